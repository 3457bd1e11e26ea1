//! Who may use the admin API, and how that is proved: an admin key or token, or a session.
//!
//! [`exposure`] says where requests may come from; the edge asks it before anything is read. [`gate`] stands before
//! every admin route: it finds the [`principal`] and holds it against the route's action. A handler is reached by
//! nobody else, whether or not it asks for its [`Admin`].

mod admin_key;
pub mod exposure;
pub mod gate;
pub mod guesses;
pub mod password;
pub mod principal;
pub mod session;
pub mod setup;

pub use exposure::{Exposure, Refused};
pub use gate::{Admin, Gate};
pub use principal::bearer;

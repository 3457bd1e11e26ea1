//! Rate limits as one instance counts them: what it was leased of a minute and of the calls at once, and what it took.
//!
//! Nothing here asks a ledger or knows the time: both are handed in, times as milliseconds of a clock that is never
//! set. See `docs/adr/0009` for the whole of it.

mod allowance;
mod counts;
mod peers;
mod slots;
mod taken;

pub use counts::Counts;
pub use peers::{BURIED_AFTER, Peers, SILENT_AFTER};
pub use taken::{Kind, Line, Link, Standing, Taken, Ticket, TooMuch, Waiter};

/// Milliseconds of a clock that is never set.
pub type Millis = u64;

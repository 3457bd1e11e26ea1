//! The data plane: calls as OpenAI's, Anthropic's and Cohere's clients make them.

mod answer;
pub mod body;
mod copy;
mod failover;
pub mod fields;
pub mod forward;
mod left_out;
pub mod models;
mod notice;
mod opened;
mod plane;
mod plans;
pub(crate) mod probe;
mod provider_ids;
mod revoked;
mod rewrite;
mod seal;
mod shadow;
mod sse;
pub mod steering;
mod stream;
mod transcript;
pub(crate) mod trial;
mod unread;

pub use plane::DataPlane;
pub use seal::Seal;
pub use transcript::Rewriting;

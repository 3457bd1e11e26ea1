//! Telling others of events: signed messages, sent again until they are taken (Standard Webhooks).
//!
//! What is to be sent is queued by the store, in the transaction of what happened. [`policy`] says where messages may
//! go, [`sender`] sends one, [`signature`] vouches for it, [`worker`] works the queue off.

pub mod policy;
pub mod sender;
pub mod signature;
pub mod worker;

pub use policy::Policy;
pub use sender::Sender;

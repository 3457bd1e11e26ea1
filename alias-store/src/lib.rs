//! Keeps the catalogue and the usage of Model Aliases in SQLite or PostgreSQL.
//!
//! [`SqlStore`] implements the traits of [`alias_core::repository`] and [`alias_core::catalog`]. This is the only
//! crate that knows SQL, and none of its types show which library speaks it.

mod aliases;
mod audit;
mod budgets;
mod catalog;
mod column;
mod connection;
mod credits;
mod desired;
mod error;
mod groups;
mod idempotency;
mod identities;
mod jobs;
mod keys;
mod limits;
mod memberships;
mod migrate;
mod notify;
mod organizations;
mod plans;
mod provider_models;
mod reference;
mod replicas;
mod reports;
mod schema;
mod secrets;
mod stats;
mod store;
mod teams;
pub mod transfer;
mod url;
mod usage;
mod verify;
mod webhooks;
mod window;

pub mod spool;

pub use connection::turns_away;
pub use migrate::MigrationStatus;
pub use notify::Watch;
pub use store::SqlStore;
pub use url::{DatabaseUrl, InvalidDatabaseUrl};

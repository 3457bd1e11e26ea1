//! Keeps the catalogue and the usage of Model Aliases in SQLite or PostgreSQL.
//!
//! [`SqlStore`] implements the traits of [`alias_core::repository`] and [`alias_core::catalog`]. This is the only
//! crate that knows SQL, and none of its types show which library speaks it.
//!
//! ```
//! use std::sync::Arc;
//!
//! use alias_core::alias::AliasDraft;
//! use alias_core::audit::Actor;
//! use alias_core::clock::{Clock, Timestamp};
//! use alias_core::repository::AliasRepository;
//! use alias_store::{DatabaseUrl, SqlStore};
//!
//! #[derive(Debug)]
//! struct SystemClock;
//!
//! impl Clock for SystemClock {
//!     fn now(&self) -> Timestamp {
//!         chrono::Utc::now().into()
//!     }
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! # let file = folder.path().join("aliases.db");
//! // A file of SQLite, or "postgres://…".parse()?. Migrations run when it is opened.
//! let store = SqlStore::open(&DatabaseUrl::sqlite(file), 4, Arc::new(SystemClock)).await?;
//!
//! // Every method is one transaction: the change, its record in the audit log, the catalogue's next revision.
//! let smart = AliasDraft::new("smart", "openai/gpt-4").parse()?;
//! let written = store.create(smart, &Actor::system()).await?;
//! assert_eq!(written.value.alias.version, 1);
//!
//! // Names are equal in any case of their letters.
//! let found = store.find(&"SMART".parse()?).await?;
//! assert_eq!(found.map(|found| found.alias.spec.litellm_model.to_string()).as_deref(), Some("openai/gpt-4"));
//! # Ok(())
//! # })
//! # }
//! ```
//!
//! As a [`CatalogSource`](alias_core::catalog::CatalogSource) it feeds `alias_router::LiveRouter`, which decides by it
//! within a second of every change, whoever made it.
//! [`spool`] is the durable log of calls that are on their way into the books, [`transfer`] takes a whole database to
//! another one.

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
mod notices;
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

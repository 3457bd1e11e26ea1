//! What every backend of the store promises: one suite, run on SQLite always, and on PostgreSQL where
//! `ALIAS_TEST_POSTGRES_URL` names a server on which databases may be created.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what a test sets up may fail as loudly as what it checks"
)]

mod accounts;
mod alias_history;
mod alias_schedule;
mod aliases;
mod audit;
mod back_rates;
mod budgets;
mod canaries;
mod catalogue;
mod credit_walk;
mod credits;
mod deltas;
mod desired;
mod groups;
mod idempotency;
mod jobs;
mod key_scopes;
mod keys;
mod limits;
mod lists;
mod organizations;
mod provider_models;
mod races;
mod refills;
mod replicas;
mod reports;
mod safety;
mod secrets;
mod sessions;
mod standing;
mod sunset_reminders;
mod teams;
mod times;
mod tokens;
mod transfer;
mod usage;
mod verify;
mod webhooks;
mod world;

//! The admin API: aliases, access groups, organizations, teams, keys, and who administers; one file a resource.
//!
//! A handler reads top to bottom as check, store, publish, answer. What they share is in [`path`] (names in
//! paths), [`query`] and [`list`] (parameters, parts of lists), [`edit`] (partial updates), [`idempotency`]
//! (repetitions), [`what_if`] (trials) and [`answer`] (statuses and headers).

pub mod accounts;
pub mod aliases;
pub mod answer;
pub mod audit;
pub mod budgets;
pub mod catalog;
pub mod credits;
pub mod csv;
pub mod desired;
pub mod edit;
pub mod explain;
pub mod groups;
pub mod idempotency;
pub mod instances;
pub mod keys;
pub mod list;
pub mod notices;
pub mod organizations;
pub mod path;
pub mod query;
pub mod replicas;
pub mod sign_in;
pub mod sign_on;
pub mod tables;
pub mod teams;
pub mod tokens;
pub mod upstream;
pub mod usage;
pub mod webhooks;
pub mod what_if;

#[cfg(test)]
mod tests;

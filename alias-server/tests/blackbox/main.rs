//! The server as its users meet it: a real process, real HTTP, a real database, real kills.
//!
//! With `ALIAS_TEST_POSTGRES_URL` set, what depends on the database runs on PostgreSQL, too.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says where")]

mod alias_life;
mod audit;
mod budgets;
mod bulk;
mod canary;
mod chains;
mod client;
mod clock;
mod cluster;
mod concurrency;
mod conformance;
mod credits;
mod ctl;
mod default_model;
mod disk;
mod examples;
mod explain;
mod exposure;
mod failover;
mod guesses;
mod guide;
mod hostile;
mod http;
mod identities;
mod jobs;
mod keys;
mod kills;
mod large;
mod leaks;
mod lifecycle;
mod limits;
mod line;
mod load;
mod metrics;
mod migrate;
mod notices;
mod operator;
mod outage;
mod prices;
mod provider;
mod rate_limits;
mod receiver;
mod refills;
mod replicas;
mod revocation;
mod rights;
mod roles;
mod routing;
mod schedule;
mod secrets;
mod server;
mod shadow;
mod sunset;
mod tables;
mod tls;
mod tokens;
mod traces;
mod trial;
mod ui;
mod usage;
mod webhooks;
mod what_if;

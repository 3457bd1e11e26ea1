//! Calls over real HTTP, against a provider that does as it likes.

mod failures;
mod plain;
mod provider;
mod refusals;
mod service;
mod streams;

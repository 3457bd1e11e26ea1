//! Calls over real HTTP, against a provider that does as it likes.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod endings;
mod failures;
mod images;
mod plain;
mod provider;
mod refusals;
mod service;
mod streams;

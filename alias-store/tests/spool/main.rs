//! The usage spool, seen from outside: crashes, damage, concurrency and shipping.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "what a test sets up may fail as loudly as what it checks"
)]

mod books;
mod calls;
mod kill;
mod opening;
mod recovery;
mod renewing;
mod shipping;
mod walk;

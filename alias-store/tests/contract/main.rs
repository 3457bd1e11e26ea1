//! What every backend of the store promises: one suite, run on SQLite always, and on PostgreSQL where
//! `ALIAS_TEST_POSTGRES_URL` names a server on which databases may be created.

#[cfg(test)]
mod aliases;
#[cfg(test)]
mod catalogue;
#[cfg(test)]
mod groups;
#[cfg(test)]
mod idempotency;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod lists;
#[cfg(test)]
mod organizations;
#[cfg(test)]
mod races;
#[cfg(test)]
mod safety;
#[cfg(test)]
mod teams;
#[cfg(test)]
mod usage;
#[cfg(test)]
mod world;

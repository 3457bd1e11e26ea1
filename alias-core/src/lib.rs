//! The words of Model Aliases and what they mean: domain types, validation, arithmetic, repository traits.
//!
//! This crate does no I/O and has no clock, randomness or async runtime of its own. A value of one of its types is
//! valid: parsing is the only door. An embedding service takes this crate alone for the types, with
//! `alias-router` for the server's own decisions, or with `alias-store` for its storage.
//!
//! ```
//! use alias_core::alias::AliasDraft;
//!
//! // What somebody wrote down is a draft. Checked, it cannot be wrong any more.
//! let smart = AliasDraft::new("smart", "openai/gpt-4").parse()?;
//! assert_eq!(smart.alias.as_str(), "smart");
//! assert_eq!(smart.spec.litellm_model.provider(), "openai");
//! assert!(smart.spec.active, "what is not said is as a user would expect");
//!
//! // Everything that is wrong is told at once, field by field.
//! let report = AliasDraft::new("two words", "gpt-4").parse().unwrap_err();
//! let mut fields: Vec<_> = report.field_errors().into_keys().collect();
//! fields.sort();
//! assert_eq!(fields, ["alias", "litellm_model"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! - [`alias`], [`group`], [`organization`], [`team`], [`key`]: the things that operators manage. Each has a
//!   draft (unchecked input), a checked form, and what is read back.
//! - [`name`], [`id`], [`model_ref`]: what they are called, what they are, and where an alias points.
//! - [`house`]: who makes the calls that no team makes.
//! - [`money`], [`usage`], [`report`]: integers of money, what a call used, and sums of that.
//! - [`back_rate`]: what calls of unknown price came to, told later.
//! - [`budget`], [`calendar`]: how much may be spent in a window of time, and when that begins and ends.
//! - [`job`]: calls that belong together, and their credit.
//! - [`webhook`]: who else is told of events, and how.
//! - [`notice`]: what operators tell teams, and in which words.
//! - [`desired`]: what there shall be, as one document, and what applying it would change.
//! - [`catalog`]: everything that deciding about calls needs, as plain data; [`replica`]: who follows it, and how far.
//! - [`plan`]: changes that are tried out before they are made, and what would come of them.
//! - [`limit`]: rate limits, and the ledger that hands out what they allow.
//! - [`access`], [`identity`]: who administers, and what each role may do.
//! - [`repository`], [`audit`], [`clock`]: what a store keeps, who changed it, and when.
//! - [`calendar`]: days, weeks, months and years of a time zone.
//! - [`provider`], [`lint`], [`validation`]: what input is checked against, and how that is reported; [`causes`]: errors
//!   in one line.

pub mod access;
pub mod alias;
pub mod audit;
pub mod back_rate;
pub mod budget;
pub mod calendar;
pub mod catalog;
pub mod causes;
pub mod clock;
pub mod credits;
pub mod desired;
pub mod group;
pub mod house;
pub mod id;
pub mod identity;
pub mod job;
pub mod key;
pub mod limit;
pub mod lint;
pub mod model_ref;
pub mod money;
pub mod name;
pub mod notice;
pub mod organization;
pub mod plan;
pub mod price;
pub mod provider;
pub mod provider_model;
pub mod replica;
pub mod report;
pub mod repository;
pub mod team;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod text;
pub mod usage;
pub mod validation;
pub mod webhook;

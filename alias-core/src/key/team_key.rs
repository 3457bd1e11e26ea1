//! Keys of a team as they are made, shown, changed and rotated.

use serde::{Deserialize, Serialize};
use validator::{Validate, ValidationErrors};

use super::networks::{Network, Networks};
use super::scope::{self, Entrance, EntranceSet, NamedScope};
use super::{KeyId, KeySecret};
use crate::alias::AliasName;
use crate::clock::Timestamp;
use crate::limit::{self, Limits, LimitsChange, LimitsDraft};
use crate::validation::{self, all_parsed};

/// A key as stored and listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TeamKey {
    /// Its public id.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "mfzwizltoqqho33s"))]
    pub key_id: KeyId,
    /// Its name for people.
    #[cfg_attr(feature = "openapi", schema(example = "default"))]
    pub name: String,
    /// Its last characters: `sk-…cdef`.
    #[cfg_attr(feature = "openapi", schema(example = "sk-…cdef"))]
    pub virtual_key_masked: String,
    /// When it stops working by itself.
    pub expires_at: Option<Timestamp>,
    /// What it is limited to.
    #[serde(flatten)]
    pub scope: NamedScope,
    /// How many calls and tokens a minute, and calls at once, it may have.
    #[serde(flatten)]
    pub limits: Limits,
    /// When it was last used, to the second or so; null: never.
    pub last_used_at: Option<Timestamp>,
    /// When it was created.
    pub created_at: Timestamp,
}

impl TeamKey {
    /// Whether the key works at `now`.
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|end| now < end)
    }
}

/// A new key of a team, unchecked.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct KeyDraft {
    /// Its name for people; `default` where absent.
    #[validate(custom(function = validation::label))]
    #[cfg_attr(feature = "openapi", schema(max_length = 200, example = "ci"))]
    pub name: Option<String>,
    /// When it stops working by itself; never where absent.
    pub expires_at: Option<Timestamp>,
    /// The models that it may call, of those that its team may; all of them where absent.
    #[validate(custom(function = scope::models))]
    #[cfg_attr(feature = "openapi", schema(min_items = 1, example = json!(["gpt-4"])))]
    pub models: Option<Vec<String>>,
    /// The endpoints that it may use, `models` being the lists; all where absent.
    #[validate(custom(function = scope::endpoints))]
    #[cfg_attr(feature = "openapi", schema(min_items = 1, example = json!(["chat_completions", "models"])))]
    pub endpoints: Option<Vec<String>>,
    /// The networks that its requests may come from, by the address of the connection; all where absent.
    #[validate(custom(function = scope::networks))]
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 100, example = json!(["10.0.0.0/8"])))]
    pub networks: Option<Vec<String>>,
    /// Whether answers to its calls say which provider's model served them, in `x-alias-upstream-model`; false where
    /// absent. For owners and admins to set.
    #[cfg_attr(feature = "openapi", schema(example = false))]
    pub upstream_identity: Option<bool>,
    /// Calls a minute; no limit where absent.
    #[validate(custom(function = limit::check))]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 1_000_000_000, example = 60))]
    pub rpm_limit: Option<i64>,
    /// Tokens a minute, of input and output together; no limit where absent.
    #[validate(custom(function = limit::check))]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 1_000_000_000, example = 100_000))]
    pub tpm_limit: Option<i64>,
    /// Calls at once; no limit where absent.
    #[validate(custom(function = limit::check))]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 1_000_000_000, example = 10))]
    pub max_parallel_requests: Option<i64>,
}

/// A checked new key: its name, its end, its limits, and the secret that was drawn for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewKey {
    /// Its name for people.
    pub name: String,
    /// When it stops working by itself.
    pub expires_at: Option<Timestamp>,
    /// What it is limited to.
    pub scope: NamedScope,
    /// Its rate limits.
    pub limits: Limits,
    /// The secret; the store keeps its digest.
    pub secret: KeySecret,
}

impl NewKey {
    /// The key that a team is made with: without an end, and without limits.
    pub fn first(secret: KeySecret) -> Self {
        Self {
            name: "default".into(),
            expires_at: None,
            scope: NamedScope::default(),
            limits: Limits::default(),
            secret,
        }
    }
}

impl KeyDraft {
    /// Checks every field at the time `now`.
    ///
    /// # Errors
    /// One entry for each wrong field: an end that has passed already, for example.
    pub fn parse(self, secret: KeySecret, now: Timestamp) -> Result<NewKey, ValidationErrors> {
        let report = self.validate().err().unwrap_or_default();
        checked(report, self.expires_at, now)?;
        let scope = NamedScope {
            models: self.models.as_deref().map(read_models).transpose()?,
            endpoints: self.endpoints.as_deref().map(read_endpoints).transpose()?,
            networks: self.networks.as_deref().map(read_networks).transpose()?,
            upstream_identity: self.upstream_identity.unwrap_or_default(),
        };
        let limits = LimitsDraft {
            rpm_limit: self.rpm_limit,
            tpm_limit: self.tpm_limit,
            max_parallel_requests: self.max_parallel_requests,
        }
        .parse()?;
        let name = self.name.unwrap_or_else(|| "default".into());
        Ok(NewKey { name, expires_at: self.expires_at, scope, limits, secret })
    }
}

/// Adds what is wrong with an end to a report, and fails where it says anything.
fn checked(
    mut report: ValidationErrors,
    end: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), ValidationErrors> {
    if end.is_some_and(|end| end <= now) {
        report.add("expires_at", validation::error("invalid_value", "expires_at must be in the future"));
    }
    validation::clean(report)
}

fn read_models(texts: &[String]) -> Result<Vec<AliasName>, ValidationErrors> {
    all_parsed("models", texts)
}

fn read_endpoints(texts: &[String]) -> Result<EntranceSet, ValidationErrors> {
    Ok(all_parsed::<Entrance>("endpoints", texts)?.into_iter().collect())
}

fn read_networks(texts: &[String]) -> Result<Networks, ValidationErrors> {
    Ok(all_parsed::<Network>("networks", texts)?.into_iter().collect())
}

/// A change of a key, unchecked. An absent field is kept; null takes an end or a limit away.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct KeyEdit {
    /// Its name for people.
    #[serde(default, deserialize_with = "validation::given")]
    #[validate(custom(function = validation::required_label))]
    #[cfg_attr(feature = "openapi", schema(nullable = false, max_length = 200, example = "ci"))]
    pub name: Option<String>,
    /// When it stops working by itself; null: never.
    #[serde(default, deserialize_with = "validation::present")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Timestamp>))]
    pub expires_at: Option<Option<Timestamp>>,
    /// The models that it may call, of those that its team may; null: all of them.
    #[serde(default, deserialize_with = "validation::present")]
    #[validate(custom(function = scope::models))]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Vec<String>>, min_items = 1))]
    pub models: Option<Option<Vec<String>>>,
    /// The endpoints that it may use, `models` being the lists; null: all.
    #[serde(default, deserialize_with = "validation::present")]
    #[validate(custom(function = scope::endpoints))]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Vec<String>>, min_items = 1))]
    pub endpoints: Option<Option<Vec<String>>>,
    /// The networks that its requests may come from, by the address of the connection; null: all.
    #[serde(default, deserialize_with = "validation::present")]
    #[validate(custom(function = scope::networks))]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Vec<String>>, min_items = 1, max_items = 100))]
    pub networks: Option<Option<Vec<String>>>,
    /// Whether answers to its calls say which provider's model served them. For owners and admins to set.
    #[serde(default, deserialize_with = "validation::given")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub upstream_identity: Option<bool>,
    /// Calls a minute; null: no limit.
    #[serde(default, deserialize_with = "validation::present")]
    #[validate(custom(function = limit::check))]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<i64>, minimum = 1, maximum = 1_000_000_000))]
    pub rpm_limit: Option<Option<i64>>,
    /// Tokens a minute, of input and output together; null: no limit.
    #[serde(default, deserialize_with = "validation::present")]
    #[validate(custom(function = limit::check))]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<i64>, minimum = 1, maximum = 1_000_000_000))]
    pub tpm_limit: Option<Option<i64>>,
    /// Calls at once; null: no limit.
    #[serde(default, deserialize_with = "validation::present")]
    #[validate(custom(function = limit::check))]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<i64>, minimum = 1, maximum = 1_000_000_000))]
    pub max_parallel_requests: Option<Option<i64>>,
}

/// A checked change of a key: `None` keeps.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct KeyChange {
    /// New name for people.
    pub name: Option<String>,
    /// New end, or none.
    pub expires_at: Option<Option<Timestamp>>,
    /// New limit on models, or none.
    pub models: Option<Option<Vec<AliasName>>>,
    /// New limit on endpoints, or none.
    pub endpoints: Option<Option<EntranceSet>>,
    /// New limit on networks, or none.
    pub networks: Option<Option<Networks>>,
    /// Whether answers say which provider's model served them, from now on.
    pub upstream_identity: Option<bool>,
    /// New rate limits.
    pub limits: LimitsChange,
}

impl KeyEdit {
    /// Checks every field that is present at the time `now`.
    ///
    /// # Errors
    /// One entry for each wrong field: an end that has passed already, for example.
    pub fn parse(self, now: Timestamp) -> Result<KeyChange, ValidationErrors> {
        let report = self.validate().err().unwrap_or_default();
        checked(report, self.expires_at.flatten(), now)?;
        Ok(KeyChange {
            name: self.name,
            expires_at: self.expires_at,
            models: kept_or(self.models, read_models)?,
            endpoints: kept_or(self.endpoints, read_endpoints)?,
            networks: kept_or(self.networks, read_networks)?,
            upstream_identity: self.upstream_identity,
            limits: LimitsChange::parse(self.rpm_limit, self.tpm_limit, self.max_parallel_requests)?,
        })
    }
}

/// A limit that is kept, taken away, or read.
fn kept_or<T>(
    sent: Option<Option<Vec<String>>>,
    read: impl Fn(&[String]) -> Result<T, ValidationErrors>,
) -> Result<Option<Option<T>>, ValidationErrors> {
    sent.map(|texts| texts.as_deref().map(&read).transpose()).transpose()
}

/// A rotation of a key, unchecked.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RotateDraft {
    /// How long the old key goes on working, in seconds: 0 (the default) to 2,592,000 (30 days).
    #[validate(range(
        min = 0,
        max = 2_592_000,
        message = "grace_seconds must be from 0 to 2592000 (30 days)"
    ))]
    pub grace_seconds: Option<u32>,
}

/// A key that took the place of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotated {
    /// The new key: the name, the end and the limits of the old one, and another secret.
    pub new: TeamKey,
    /// When the old one stops working.
    pub old_ends_at: Timestamp,
}

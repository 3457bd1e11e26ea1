//! The audit log as it is read: a chain in which every record vouches for the one before.

use std::net::IpAddr;

use serde::Serialize;

use crate::clock::Timestamp;
use crate::repository::Window;

/// A record of the audit log.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditRecord {
    /// Its identity.
    #[cfg_attr(feature = "openapi", schema(example = "aud_0192f0a1b2c37d4e8f90a1b2c3d4e5f6"))]
    pub id: String,
    /// Its place in the chain, from 1 on, without gaps.
    pub seq: u64,
    /// When it was written.
    pub at: Timestamp,
    /// What was done, e.g. `alias.update`.
    #[cfg_attr(feature = "openapi", schema(example = "alias.update"))]
    pub action: String,
    /// Whether it was done, or refused.
    pub outcome: Outcome,
    /// What kind of object it was done to, e.g. `model_alias`.
    #[cfg_attr(feature = "openapi", schema(example = "model_alias"))]
    pub object: String,
    /// The object's name at that time.
    #[cfg_attr(feature = "openapi", schema(example = "gpt-4"))]
    pub name: String,
    /// Who: `local`, `admin_key`, `token`, `account`, `anonymous`, `guardrail` or `system`.
    #[cfg_attr(feature = "openapi", schema(example = "account"))]
    pub actor: String,
    /// The public id of the token or account.
    pub actor_id: Option<String>,
    /// What the token or account was called.
    pub actor_name: Option<String>,
    /// Through what: `api`, `ui`, `cli`, `apply` or `system`.
    #[cfg_attr(feature = "openapi", schema(example = "api"))]
    pub source: String,
    /// From where.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "127.0.0.1"))]
    pub address: Option<IpAddr>,
    /// In which request.
    pub request_id: Option<String>,
    /// Why, in the actor's words.
    pub reason: Option<String>,
    /// The fields that differ: `{"field": {"from": …, "to": …}}`.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub diff: serde_json::Value,
    /// The revision of the catalogue that the write produced; null where it produced none.
    pub revision: Option<u64>,
    /// How often it happened: more than 1 where refusals of one minute and address are summed.
    pub count: u64,
    /// SHA-256 over the record before and this one's fields, in hexadecimal.
    pub hash: String,
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, serde::Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was done.
    Done,
    /// It was refused: nothing was changed.
    Refused,
}

impl Outcome {
    /// The word in the log.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
        }
    }
}

/// What was refused, for the log: a sign-in that failed, an action that is not allowed, or a sum of both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What was tried, e.g. `session.create` or `team.delete`.
    pub action: String,
    /// What kind of object it would have been done to.
    pub object: String,
    /// The object's name, up to 256 bytes.
    pub name: String,
    /// The code that the client read.
    pub code: String,
    /// How often: 1, or the sum of a minute.
    pub count: u64,
}

/// Which records to list, the newest first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AuditQuery {
    /// Only those of this actor: a kind, an id or a name.
    pub actor: Option<String>,
    /// Only those of this action, or below it (`alias` finds `alias.update`).
    pub action: Option<String>,
    /// Only those about the object of this name.
    pub target: Option<String>,
    /// Only done, or only refused ones.
    pub outcome: Option<Outcome>,
    /// Only those at or after.
    pub from: Option<Timestamp>,
    /// Only those before.
    pub to: Option<Timestamp>,
    /// Which part; sorted by `seq`, from the newest on.
    pub window: Window,
}

/// What verifying the chain found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChainReport {
    /// Whether every record is there and as it was written.
    pub valid: bool,
    /// How many records were checked.
    pub records: u64,
    /// The hash of the newest record: keep it elsewhere, to tell later that nothing before it was rewritten.
    pub head: Option<String>,
    /// The first record that is missing or was changed.
    pub first_broken: Option<u64>,
}

//! Who did what: every write leaves an entry in the same transaction, and so does what was refused.

mod record;

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::access::Role;
use crate::catalog::Revision;
use crate::identity::{AccountId, SessionDigest};
use crate::key::KeyId;
use crate::organization::OrganizationUid;

pub use record::*;

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ActorKind {
    /// Somebody on this machine, in open mode.
    Local,
    /// The holder of the bootstrap admin key.
    AdminKey,
    /// The holder of an admin token.
    Token {
        /// Its public id.
        id: KeyId,
        /// Its name for people.
        name: String,
        /// What it may do.
        role: Role,
    },
    /// Somebody who signed in.
    Account {
        /// The account.
        id: AccountId,
        /// Its address.
        email: String,
        /// What it may do.
        role: Role,
    },
    /// Somebody who did not prove who he is.
    Anonymous,
    /// The guardrails of a canary, which an operator set.
    Guardrail,
    /// The service itself.
    System,
}

impl ActorKind {
    /// The word in the audit log.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::AdminKey => "admin_key",
            Self::Token { .. } => "token",
            Self::Account { .. } => "account",
            Self::Anonymous => "anonymous",
            Self::Guardrail => "guardrail",
            Self::System => "system",
        }
    }

    /// What it may do at most: who proved nothing has the least role.
    pub fn role(&self) -> Role {
        match self {
            Self::Local | Self::AdminKey | Self::Guardrail | Self::System => Role::Owner,
            Self::Token { role, .. } | Self::Account { role, .. } => *role,
            Self::Anonymous => Role::Viewer,
        }
    }

    /// The public id of a token or an account.
    pub fn id(&self) -> Option<String> {
        match self {
            Self::Token { id, .. } => Some(id.to_string()),
            Self::Account { id, .. } => Some(id.to_string()),
            _ => None,
        }
    }

    /// What a token or an account is called.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Token { name, .. } => Some(name),
            Self::Account { email, .. } => Some(email),
            _ => None,
        }
    }
}

/// Through what somebody acts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The REST interface.
    #[default]
    Api,
    /// The dashboard.
    Ui,
    /// The command line.
    Cli,
    /// A document of the desired state.
    Apply,
    /// The service itself.
    System,
}

impl Source {
    /// The word in the audit log.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Ui => "ui",
            Self::Cli => "cli",
            Self::Apply => "apply",
            Self::System => "system",
        }
    }
}

/// The session that an account acts in, and the reach that it had when it was let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActingSession {
    /// The session.
    pub digest: SessionDigest,
    /// The only organization in reach, if there is only one.
    pub organization: Option<OrganizationUid>,
}

/// Who acts, through what, from where, in which request, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// Who it is.
    pub kind: ActorKind,
    /// The session that an account acts in. A write of it counts only while the session lives, with the
    /// same role and reach.
    pub session: Option<ActingSession>,
    /// Through what.
    pub source: Source,
    /// The address of the request's sender.
    pub address: Option<IpAddr>,
    /// The request's id.
    pub request_id: Option<String>,
    /// Why, in the actor's words.
    pub reason: Option<String>,
    /// The state of the catalogue that he decided on: a write to a later one is refused. `None`: any.
    pub seen: Option<Revision>,
}

impl Actor {
    /// The service itself.
    pub fn system() -> Self {
        Self {
            kind: ActorKind::System,
            session: None,
            source: Source::System,
            address: None,
            request_id: None,
            reason: None,
            seen: None,
        }
    }

    /// The guardrails of a canary, for a reason that says which figures broke them.
    pub fn guardrail(reason: String) -> Self {
        Self { kind: ActorKind::Guardrail, reason: Some(reason), ..Self::system() }
    }
}

/// One entry of the audit log, as a write unit makes it; the store adds id, time and actor.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditEntry {
    /// What was done, e.g. `alias.update`.
    pub action: &'static str,
    /// What kind of object it was done to, e.g. `model_alias`.
    pub object: &'static str,
    /// The object's name at that time.
    pub name: String,
    /// The fields that differ: `{"field": {"from": …, "to": …}}`.
    pub diff: serde_json::Value,
}

/// The fields in which two objects differ, as `{"field": {"from": …, "to": …}}`.
///
/// An absent object counts as one without fields, so that a creation lists all it set.
pub fn diff(from: &serde_json::Value, to: &serde_json::Value) -> serde_json::Value {
    use serde_json::{Map, Value};
    let empty = Map::new();
    let (from, to) = (from.as_object().unwrap_or(&empty), to.as_object().unwrap_or(&empty));
    let fields: std::collections::BTreeSet<&String> = from.keys().chain(to.keys()).collect();
    let mut changed = Map::new();
    for field in fields {
        let (old, new) = (from.get(field).unwrap_or(&Value::Null), to.get(field).unwrap_or(&Value::Null));
        if old != new {
            changed.insert(field.clone(), serde_json::json!({ "from": old, "to": new }));
        }
    }
    Value::Object(changed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_diff_names_the_fields_that_changed_and_no_others() {
        let (old, new) = (json!({"a": 1, "b": 2}), json!({"a": 1, "b": 3, "c": []}));
        assert_eq!(diff(&old, &new), json!({"b": {"from": 2, "to": 3}, "c": {"from": null, "to": []}}));
        assert_eq!(diff(&new, &new), json!({}));
    }
}

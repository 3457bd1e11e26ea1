//! Who did what: every write of the catalogue leaves an entry, in the same transaction.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

/// What kind of identity acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ActorKind {
    /// Somebody on this machine, in open mode.
    Local,
    /// The holder of the bootstrap admin key.
    AdminKey,
    /// The service itself.
    System,
}

impl ActorKind {
    /// The word in the audit log.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::AdminKey => "admin_key",
            Self::System => "system",
        }
    }
}

/// Who acts, from where, in which request, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// What kind of identity it is.
    pub kind: ActorKind,
    /// The address of the request's sender.
    pub address: Option<IpAddr>,
    /// The request's id.
    pub request_id: Option<String>,
    /// Why, in the actor's words.
    pub reason: Option<String>,
}

impl Actor {
    /// The service itself.
    pub fn system() -> Self {
        Self { kind: ActorKind::System, address: None, request_id: None, reason: None }
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

//! What a call was made with, as records show it: a team's key, or a token of an identity provider.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::KeyId;

/// How much of a token's subject is recorded, in bytes.
pub const MAX_SUBJECT: usize = 128;

const TOKEN: &str = "jwt:";
const OPERATOR: &str = "admin:";

/// What a call was made with: a key's public id, `jwt:` and the subject of a token, or `admin:` and the operator who
/// tried an alias out. Safe to show and to log.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum CallerId {
    /// A team's key.
    Key(KeyId),
    /// A token of an identity provider, with its subject.
    Token(Arc<str>),
    /// No key at all: an operator, by name.
    Operator(Arc<str>),
}

impl CallerId {
    /// A token's holder. Control characters of the subject are left out, and what is longer than [`MAX_SUBJECT`].
    pub fn token(subject: &str) -> Self {
        Self::Token(recorded(subject))
    }

    /// An operator, with the same bounds.
    pub fn operator(name: &str) -> Self {
        Self::Operator(recorded(name))
    }

    /// The key, where it is one.
    pub fn key(&self) -> Option<&KeyId> {
        match self {
            Self::Key(id) => Some(id),
            Self::Token(_) | Self::Operator(_) => None,
        }
    }
}

/// As much of a name as is recorded.
fn recorded(name: &str) -> Arc<str> {
    let mut text: String = name.chars().filter(|c| !c.is_control()).take(MAX_SUBJECT).collect();
    while text.len() > MAX_SUBJECT {
        text.pop();
    }
    text.into()
}

impl From<KeyId> for CallerId {
    fn from(id: KeyId) -> Self {
        Self::Key(id)
    }
}

impl fmt::Display for CallerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(id) => id.fmt(f),
            Self::Token(subject) => write!(f, "{TOKEN}{subject}"),
            Self::Operator(name) => write!(f, "{OPERATOR}{name}"),
        }
    }
}

/// A text that names neither a key nor a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a key id, `jwt:` and a subject, or `admin:` and a name")]
pub struct InvalidCallerId;

impl FromStr for CallerId {
    type Err = InvalidCallerId;

    fn from_str(text: &str) -> Result<Self, InvalidCallerId> {
        if let Some(subject) = text.strip_prefix(TOKEN) {
            return Ok(Self::token(subject));
        }
        match text.strip_prefix(OPERATOR) {
            Some(name) => Ok(Self::operator(name)),
            None => text.parse().map(Self::Key).map_err(|_| InvalidCallerId),
        }
    }
}

impl Serialize for CallerId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Key(id) => serializer.serialize_str(id.as_str()),
            Self::Token(_) | Self::Operator(_) => serializer.collect_str(self),
        }
    }
}

impl<'de> Deserialize<'de> for CallerId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<str>::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_callers_id_reads_back_and_a_long_subject_is_cut() {
        let key: CallerId = "mfzwizltoqqho33s".parse().unwrap();
        assert!(key.key().is_some());
        let token = CallerId::token("ci\n@acme");
        assert_eq!(token.to_string(), "jwt:ci@acme");
        let long = CallerId::token(&"é".repeat(500));
        assert_eq!(long.to_string().len(), TOKEN.len() + MAX_SUBJECT);
        let operator = CallerId::operator("ops@acme");
        assert_eq!(operator.to_string(), "admin:ops@acme");
        for id in [key, token, long, operator] {
            let json = serde_json::to_string(&id).unwrap();
            assert_eq!(serde_json::from_str::<CallerId>(&json).unwrap(), id, "{json}");
        }
        assert!("x".parse::<CallerId>().is_err());
    }
}

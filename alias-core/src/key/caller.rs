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

/// What a call was made with: a key's public id, or `jwt:` and the subject of a token. Safe to show and to log.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum CallerId {
    /// A team's key.
    Key(KeyId),
    /// A token of an identity provider, with its subject.
    Token(Arc<str>),
}

impl CallerId {
    /// A token's holder. Control characters of the subject are left out, and what is longer than [`MAX_SUBJECT`].
    pub fn token(subject: &str) -> Self {
        let mut text: String = subject.chars().filter(|c| !c.is_control()).take(MAX_SUBJECT).collect();
        while text.len() > MAX_SUBJECT {
            text.pop();
        }
        Self::Token(text.into())
    }

    /// The key, where it is one.
    pub fn key(&self) -> Option<&KeyId> {
        match self {
            Self::Key(id) => Some(id),
            Self::Token(_) => None,
        }
    }
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
        }
    }
}

/// A text that names neither a key nor a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a key id, or `jwt:` and a subject")]
pub struct InvalidCallerId;

impl FromStr for CallerId {
    type Err = InvalidCallerId;

    fn from_str(text: &str) -> Result<Self, InvalidCallerId> {
        match text.strip_prefix(TOKEN) {
            Some(subject) => Ok(Self::token(subject)),
            None => text.parse().map(Self::Key).map_err(|_| InvalidCallerId),
        }
    }
}

impl Serialize for CallerId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Key(id) => serializer.serialize_str(id.as_str()),
            Self::Token(_) => serializer.collect_str(self),
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
        for id in [key, token, long] {
            let json = serde_json::to_string(&id).unwrap();
            assert_eq!(serde_json::from_str::<CallerId>(&json).unwrap(), id, "{json}");
        }
        assert!("x".parse::<CallerId>().is_err());
    }
}

//! Identities that the product chooses: immutable, never reused, never shown to be guessed from.
//!
//! Grants, statistics and history hang on these, not on names: a new alias of an old name inherits
//! nothing.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;
use uuid::fmt::Simple;

use crate::text;

/// What kind of thing an [`Id`] identifies.
pub trait IdKind {
    /// The prefix of its text, with the underscore: `mal_`.
    const PREFIX: &'static str;
}

/// An identity of kind `K`: a prefix and a version 7 UUID, e.g. `mal_0192…`. Ids sort by age.
pub struct Id<K: IdKind> {
    uuid: Uuid,
    kind: PhantomData<fn() -> K>,
}

impl<K: IdKind> Id<K> {
    /// An id of the given UUID, which the caller draws (this crate has no randomness).
    pub const fn new(uuid: Uuid) -> Self {
        Self { uuid, kind: PhantomData }
    }

    /// What it holds behind its prefix.
    pub const fn uuid(&self) -> Uuid {
        self.uuid
    }
}

/// As its text; in a format that people do not read, as the bytes of its UUID, which say nothing of its kind.
impl<K: IdKind> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            self.uuid.serialize(serializer)
        }
    }
}

impl<'de, K: IdKind> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            text::read(deserializer)
        } else {
            Uuid::deserialize(deserializer).map(Self::new)
        }
    }
}

/// A text that is not an id of the expected kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be an id that starts with `{0}`")]
pub struct InvalidId(&'static str);

impl<K: IdKind> FromStr for Id<K> {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        text.strip_prefix(K::PREFIX)
            .filter(|rest| rest.len() == 32 && !rest.bytes().any(|b| b.is_ascii_uppercase()))
            .and_then(|rest| Uuid::try_parse(rest).ok())
            .map(Self::new)
            .ok_or(InvalidId(K::PREFIX))
    }
}

impl<K: IdKind> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(K::PREFIX)?;
        // Written at once: calls have many ids, and formatting digits as a number takes four times as long.
        f.write_str(self.uuid.as_simple().encode_lower(&mut [0; Simple::LENGTH]))
    }
}

impl<K: IdKind> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<K: IdKind> TryFrom<String> for Id<K> {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        text.parse()
    }
}

impl<K: IdKind> From<Id<K>> for String {
    fn from(id: Id<K>) -> Self {
        [K::PREFIX, id.uuid.as_simple().encode_lower(&mut [0; Simple::LENGTH])].concat()
    }
}

impl<K: IdKind> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K: IdKind> Copy for Id<K> {}

impl<K: IdKind> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.uuid == other.uuid
    }
}

impl<K: IdKind> Eq for Id<K> {}

impl<K: IdKind> std::hash::Hash for Id<K> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.uuid.hash(state);
    }
}

impl<K: IdKind> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<K: IdKind> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.uuid.cmp(&other.uuid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alias::AliasId;
    use crate::team::TeamUid;

    #[test]
    fn an_id_reads_back_only_as_its_own_kind() {
        let id = AliasId::new(Uuid::from_u128(0x0192_0000_0000_7000_8000_0000_0000_0001));
        assert_eq!(id.to_string(), "mal_01920000000070008000000000000001");
        assert_eq!(id.to_string().parse(), Ok(id));
        assert!(id.to_string().parse::<TeamUid>().is_err());
        assert!("mal_xyz".parse::<AliasId>().is_err());
    }
}

//! Team keys: what clients authenticate with. Only digests are kept.
//!
//! A key reads `sk-<public id>_<secret><checksum>`: 16 + 1 + 52 + 7 characters of lower case base 32. The public
//! id may be logged; the secret has 256 bits; the checksum lets a mistyped key be refused without a look-up.
//! Admin tokens read the same behind `ak-`, so that neither is ever taken for the other.

mod caller;
mod networks;
mod scope;
mod team_key;

use std::fmt;

use crate::text::serde_as_text;

pub use caller::{CallerId, InvalidCallerId, MAX_SUBJECT};
pub use networks::{InvalidNetwork, Network, Networks};
pub use scope::{Entrance, EntranceSet, InvalidEntrance, KeyScope, NamedScope};
pub use team_key::{KeyChange, KeyDraft, KeyEdit, NewKey, RotateDraft, Rotated, TeamKey};

/// Random bytes of a key's public id.
pub const ID_BYTES: usize = 10;
/// Random bytes of a key's secret: 256 bits.
pub const SECRET_BYTES: usize = 32;

/// Characters of a key's checksum: four bytes in base 32.
const CHECKSUM_LENGTH: usize = 7;

/// Characters of a key's public id: ten bytes in base 32.
const ID_LENGTH: usize = 16;

/// Characters of a key's secret: 32 bytes in base 32.
const SECRET_LENGTH: usize = 52;

/// What the last block of a secret's hash has behind it: a bit, zeros, and the length.
const PADDING: usize = 64 - SECRET_LENGTH;

const KEY_LENGTH: usize = SECRET_STARTS + SECRET_LENGTH + CHECKSUM_LENGTH;
/// Where the secret begins: behind the prefix, the id and `_`.
const SECRET_STARTS: usize = 3 + ID_LENGTH + 1;

/// What keys of teams begin with.
const TEAM: &str = "sk-";
/// What admin tokens begin with.
const ADMIN: &str = "ak-";

/// The alphabet of RFC 4648, in lower case.
const BASE32: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

fn base32(bytes: &[u8]) -> String {
    data_encoding::BASE32_NOPAD.encode(bytes).to_ascii_lowercase()
}

/// The public id of a key: 16 characters. Safe to show and to log.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId([u8; ID_LENGTH]);

serde_as_text!(KeyId);

impl KeyId {
    /// Whether a key, as a client presents it, carries this id.
    pub fn is_of(&self, presented: &str) -> bool {
        presented.as_bytes().get(3..).and_then(<[u8]>::first_chunk) == Some(&self.0)
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        // Base 32 is ASCII: there is no other case.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// A text that is not a key id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a key id: 16 lower case letters and digits, as the list of keys shows it")]
pub struct InvalidKeyId;

impl std::str::FromStr for KeyId {
    type Err = InvalidKeyId;

    fn from_str(text: &str) -> Result<Self, InvalidKeyId> {
        let id: [u8; ID_LENGTH] = text.as_bytes().try_into().map_err(|_| InvalidKeyId)?;
        id.iter().all(|byte| BASE32.contains(byte)).then_some(Self(id)).ok_or(InvalidKeyId)
    }
}

impl TryFrom<String> for KeyId {
    type Error = InvalidKeyId;

    fn try_from(text: String) -> Result<Self, InvalidKeyId> {
        text.parse()
    }
}

impl From<KeyId> for String {
    fn from(id: KeyId) -> Self {
        id.as_str().to_owned()
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("KeyId").field(&self.as_str()).finish()
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// SHA-256 of a key's secret: what is stored and looked up. A 256-bit secret needs no slow hash.
#[derive(Clone, Copy, Eq)]
pub struct KeyDigest([u8; 32]);

impl PartialEq for KeyDigest {
    fn eq(&self, other: &Self) -> bool {
        // Word by word: a call of the system's comparison takes longer than the comparison.
        let words = |digest: &Self| -> [u128; 2] {
            let (a, b) = digest.0.split_at(16);
            [a, b].map(|half| half.first_chunk().map_or(0, |half| u128::from_ne_bytes(*half)))
        };
        words(self) == words(other)
    }
}

impl std::hash::Hash for KeyDigest {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl KeyDigest {
    /// A digest from its bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The digest of a key as a client presents it, or `None` where the text cannot be a key of ours:
    /// wrong length, prefix, characters or checksum. No look-up is needed then.
    pub fn of_presented(text: &str) -> Option<Self> {
        Self::of_kind(TEAM, text)
    }

    /// The digest of an admin token as a program presents it, or `None` where the text cannot be one.
    pub fn of_admin_token(text: &str) -> Option<Self> {
        Self::of_kind(ADMIN, text)
    }

    fn of_kind(prefix: &str, text: &str) -> Option<Self> {
        if text.len() != KEY_LENGTH || !text.starts_with(prefix) {
            return None;
        }
        let (body, check) = text.split_at_checked(KEY_LENGTH - CHECKSUM_LENGTH)?;
        (checksum(body) == check.as_bytes() && has_form(body)).then(|| Self::of(text))
    }

    /// Of the secret alone: its 52 characters fit one block of the hash, the whole key would need two.
    fn of(text: &str) -> Self {
        let secret = text.as_bytes().get(SECRET_STARTS..KEY_LENGTH - CHECKSUM_LENGTH);
        Self(secret.and_then(|secret| secret.first_chunk()).map_or([0; 32], of_one_block))
    }
}

/// Whether a public id, `_` and a secret stand behind the prefix: a key has one text that is let in, and no other.
fn has_form(body: &str) -> bool {
    let (id, secret) = (body.get(3..SECRET_STARTS - 1), body.get(SECRET_STARTS..));
    // Without an early end, the compiler looks at many characters at once.
    let plain =
        |part: &str| part.bytes().fold(true, |so_far, b| so_far & matches!(b, b'a'..=b'z' | b'2'..=b'7'));
    body.as_bytes().get(SECRET_STARTS - 1) == Some(&b'_')
        && id.is_some_and(plain)
        && secret.is_some_and(plain)
}

impl fmt::Debug for KeyDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyDigest(…)")
    }
}

/// SHA-256 of a text that fits one block of it, with the padding of FIPS 180-4, section 5.1.1.
///
/// Written out because every call goes through here: a hasher for texts of any length takes a third more time.
fn of_one_block(text: &[u8; SECRET_LENGTH]) -> [u8; 32] {
    const START: [u32; 8] = [
        0x6a09_e667,
        0xbb67_ae85,
        0x3c6e_f372,
        0xa54f_f53a,
        0x510e_527f,
        0x9b05_688c,
        0x1f83_d9ab,
        0x5be0_cd19,
    ];
    const BITS: u64 = SECRET_LENGTH as u64 * 8;
    let mut block = [0; 64];
    let (start, rest) = block.split_at_mut(SECRET_LENGTH);
    start.copy_from_slice(text);
    rest[0] = 0x80;
    rest[PADDING - 8..].copy_from_slice(&BITS.to_be_bytes());
    let mut state = START;
    sha2::block_api::compress256(&mut state, &[block]);
    let mut digest = [0; 32];
    for (bytes, word) in digest.chunks_exact_mut(4).zip(state) {
        bytes.copy_from_slice(&word.to_be_bytes());
    }
    digest
}

/// The last characters of a key: the CRC-32 of the rest, in base 32.
///
/// Written out because every call goes through here: it takes nothing from the heap.
fn checksum(body: &str) -> [u8; CHECKSUM_LENGTH] {
    // 32 bits and three zeros make seven characters of five bits.
    let bits = u64::from(crc32fast::hash(body.as_bytes())) << 3;
    std::array::from_fn(|place| BASE32[usize::from((bits >> (30 - 5 * place)).to_le_bytes()[0] & 31)])
}

/// A whole key in clear: exists only in the answer that creates it.
///
/// ```
/// use alias_core::key::{KeyDigest, KeySecret};
///
/// // Draw these bytes from the system's random number generator.
/// let secret = KeySecret::from_random([1; 10], [2; 32]);
/// // What is kept is the digest, and what is looked up is that of what a client presents.
/// assert_eq!(KeyDigest::of_presented(secret.expose()), Some(secret.digest()));
/// assert_eq!(KeyDigest::of_presented("sk-a-guess"), None);
/// // What logs and lists show.
/// assert!(!secret.masked().contains(secret.expose()));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct KeySecret {
    text: String,
    id: KeyId,
}

impl KeySecret {
    /// A key made of random bytes, which the caller draws (this crate has no randomness).
    pub fn from_random(id: [u8; ID_BYTES], secret: [u8; SECRET_BYTES]) -> Self {
        Self::of_kind(TEAM, id, secret)
    }

    /// An admin token made of random bytes, which the caller draws.
    pub fn admin_from_random(id: [u8; ID_BYTES], secret: [u8; SECRET_BYTES]) -> Self {
        Self::of_kind(ADMIN, id, secret)
    }

    /// Another secret for a team's key that keeps its id, of random bytes that the caller draws.
    pub fn renewed(id: KeyId, secret: [u8; SECRET_BYTES]) -> Self {
        Self::of_id(TEAM, id, secret)
    }

    fn of_kind(prefix: &str, id: [u8; ID_BYTES], secret: [u8; SECRET_BYTES]) -> Self {
        let mut public = [0; ID_LENGTH];
        data_encoding::BASE32_NOPAD.encode_mut(&id, &mut public);
        public.make_ascii_lowercase();
        Self::of_id(prefix, KeyId(public), secret)
    }

    fn of_id(prefix: &str, id: KeyId, secret: [u8; SECRET_BYTES]) -> Self {
        let mut text = format!("{prefix}{id}_{}", base32(&secret));
        let check = checksum(&text);
        text.extend(check.map(char::from));
        Self { text, id }
    }

    /// The key in clear, for the one answer that shows it.
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// Its public id.
    pub fn id(&self) -> &KeyId {
        &self.id
    }

    /// What is stored of it.
    pub fn digest(&self) -> KeyDigest {
        KeyDigest::of(&self.text)
    }

    /// What later answers show of it: `sk-…cdef`.
    pub fn masked(&self) -> String {
        let (head, tail) = (self.text.get(..3), self.text.get(self.text.len() - 4..));
        format!("{}…{}", head.unwrap_or_default(), tail.unwrap_or_default())
    }
}

impl fmt::Debug for KeySecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeySecret({}, …)", self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::{Digest, Sha256};

    #[test]
    fn a_key_is_recognised_by_its_checksum_and_never_printed() {
        let key = KeySecret::from_random([7; ID_BYTES], [9; SECRET_BYTES]);
        assert_eq!(key.expose().len(), KEY_LENGTH);
        let secret = &key.expose()[SECRET_STARTS..KEY_LENGTH - CHECKSUM_LENGTH];
        assert_eq!(<[u8; 32]>::from(Sha256::digest(secret)), *key.digest().bytes());
        assert_eq!(KeyDigest::of_presented(key.expose()), Some(key.digest()));
        assert_eq!(key.id().as_str().parse::<KeyId>().as_ref(), Ok(key.id()));
        let wrong = key.expose().replace("sk-a", "sk-b");
        for text in [format!("{}x", key.expose()), wrong, "sk-".into(), String::new(), "é".repeat(40)] {
            assert_eq!(KeyDigest::of_presented(&text), None, "{text}");
        }
        let twin = KeySecret::from_random([8; ID_BYTES], [9; SECRET_BYTES]);
        assert!(key.id().is_of(key.expose()) && !key.id().is_of(twin.expose()));
        assert!(!format!("{key:?} {:?}", key.digest()).contains(&key.expose()[20..40]));
        assert_eq!(key.masked().chars().count(), 8);
    }

    #[test]
    fn a_text_that_holds_a_keys_secret_but_is_not_the_key_is_refused_even_with_its_own_checksum() {
        let key = KeySecret::from_random([7; ID_BYTES], [9; SECRET_BYTES]);
        let body = &key.expose()[..KEY_LENGTH - CHECKSUM_LENGTH];
        let signed = |body: &str| {
            let text: String = body.chars().chain(checksum(body).map(char::from)).collect();
            KeyDigest::of_presented(&text)
        };
        assert_eq!(signed(body), Some(key.digest()));
        assert_eq!(signed(&body.replace('_', "-")), None);
        for place in [3, SECRET_STARTS, SECRET_STARTS + 51] {
            for other in ["\n", "\0", "A", "1", "_"] {
                let mut text = body.to_owned();
                text.replace_range(place..=place, other);
                assert_eq!(signed(&text), None, "{text:?}");
            }
        }
        let mut text = body.to_owned();
        text.replace_range((SECRET_STARTS - 2)..=SECRET_STARTS, "_é");
        assert_eq!(signed(&text), None, "{text:?}");
    }

    #[test]
    fn a_renewed_key_has_its_id_and_another_secret() {
        let key = KeySecret::from_random([7; ID_BYTES], [9; SECRET_BYTES]);
        let renewed = KeySecret::renewed(key.id().clone(), [8; SECRET_BYTES]);
        assert_eq!(renewed.id(), key.id());
        assert_eq!(KeyDigest::of_presented(renewed.expose()), Some(renewed.digest()));
        assert_ne!(renewed.digest(), key.digest());
    }

    #[test]
    fn a_team_key_is_no_admin_token_and_an_admin_token_no_team_key() {
        let key = KeySecret::from_random([7; ID_BYTES], [9; SECRET_BYTES]);
        let token = KeySecret::admin_from_random([7; ID_BYTES], [9; SECRET_BYTES]);
        assert_eq!(KeyDigest::of_admin_token(token.expose()), Some(token.digest()));
        assert!(token.masked().starts_with("ak-…"));
        assert_eq!(KeyDigest::of_presented(token.expose()), None);
        assert_eq!(KeyDigest::of_admin_token(key.expose()), None);
        assert_eq!(KeyDigest::of_presented(&token.expose().replace("ak-", "sk-")), None);
    }
}

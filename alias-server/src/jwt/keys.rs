//! The keys that tokens are verified with: from a key set, from a PEM file, or a shared secret.

use std::path::Path;

use jsonwebtoken::jwk::{Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;

/// The most keys of one set that are looked at.
pub const MAX_KEYS: usize = 64;

/// Why there are no keys.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The file cannot be read.
    #[error("{0}: {1}")]
    File(String, #[source] std::io::Error),
    /// The address does not answer.
    #[error("the keys cannot be fetched")]
    Fetch(#[from] reqwest::Error),
    /// The answer is no key set.
    #[error("the address answered {0}")]
    Status(u16),
    /// The answer is too long.
    #[error("the answer has more than {0} bytes")]
    TooLong(usize),
    /// The text holds no keys.
    #[error("no key set (RFC 7517) and no public key in PEM")]
    Form,
    /// The keys are for other algorithms.
    #[error("no key in it goes with jwt_algorithms")]
    NoneFits,
}

/// Keys, each with what it may have signed.
#[derive(Debug, Default)]
pub(super) struct KeySet(Vec<VerificationKey>);

#[derive(Debug)]
struct VerificationKey {
    id: Option<String>,
    key: DecodingKey,
    algorithms: Vec<Algorithm>,
}

#[derive(Deserialize)]
struct Document {
    /// Read one by one: a key of an unknown kind does not spoil the others.
    keys: Vec<Value>,
}

impl KeySet {
    /// The one key of a secret.
    pub(super) fn of_secret(secret: &SecretString, allowed: &[Algorithm]) -> Self {
        let key = DecodingKey::from_secret(secret.expose_secret().as_bytes());
        Self(vec![VerificationKey { id: None, key, algorithms: allowed.to_vec() }])
    }

    /// The keys of a file: a key set, or one public key in PEM.
    pub(super) fn of_file(file: &Path, allowed: &[Algorithm]) -> Result<Self, KeysError> {
        let text =
            std::fs::read_to_string(file).map_err(|why| KeysError::File(file.display().to_string(), why))?;
        if text.contains("-----BEGIN ") {
            Self::of_pem(&text, allowed)
        } else {
            Self::of_json(&text, allowed)
        }
    }

    fn of_pem(text: &str, allowed: &[Algorithm]) -> Result<Self, KeysError> {
        let pem = text.as_bytes();
        let key = DecodingKey::from_rsa_pem(pem)
            .or_else(|_| DecodingKey::from_ec_pem(pem))
            .or_else(|_| DecodingKey::from_ed_pem(pem))
            .map_err(|_| KeysError::Form)?;
        Self(vec![]).with(VerificationKey::new(None, key, None, allowed)).some()
    }

    /// The keys of a key set that go with these algorithms.
    pub(super) fn of_json(text: &str, allowed: &[Algorithm]) -> Result<Self, KeysError> {
        let document: Document = serde_json::from_str(text).map_err(|_| KeysError::Form)?;
        let keys =
            document.keys.into_iter().take(MAX_KEYS).filter_map(|key| serde_json::from_value(key).ok());
        keys.fold(Self::default(), |set, key: Jwk| set.with(VerificationKey::of(&key, allowed))).some()
    }

    fn with(mut self, key: Option<VerificationKey>) -> Self {
        self.0.extend(key);
        self
    }

    fn some(self) -> Result<Self, KeysError> {
        if self.0.is_empty() { Err(KeysError::NoneFits) } else { Ok(self) }
    }

    /// The keys that may have signed a token which names this key, if any, and this algorithm. A key without a name
    /// may be any.
    pub(super) fn fitting(
        &self,
        id: Option<&str>,
        algorithm: Algorithm,
    ) -> impl Iterator<Item = &DecodingKey> {
        self.0
            .iter()
            .filter(move |key| id.is_none() || key.id.is_none() || key.id.as_deref() == id)
            .filter(move |key| key.algorithms.contains(&algorithm))
            .map(|key| &key.key)
    }
}

impl VerificationKey {
    /// `None` for keys that sign nothing, for shared secrets, which have no place in a set that is handed around, and
    /// where no algorithm is left.
    fn of(jwk: &Jwk, allowed: &[Algorithm]) -> Option<Self> {
        if jwk.common.public_key_use.as_ref().is_some_and(|purpose| *purpose != PublicKeyUse::Signature) {
            return None;
        }
        let only = match jwk.common.key_algorithm {
            Some(algorithm) => Some(algorithm.to_string().parse().ok()?),
            None => None,
        };
        Self::new(jwk.common.key_id.clone(), DecodingKey::from_jwk(jwk).ok()?, only, allowed)
    }

    fn new(
        id: Option<String>,
        key: DecodingKey,
        only: Option<Algorithm>,
        allowed: &[Algorithm],
    ) -> Option<Self> {
        let family = key.family();
        if family == AlgorithmFamily::Hmac {
            return None;
        }
        let algorithms: Vec<Algorithm> = allowed
            .iter()
            .copied()
            .filter(|algorithm| family.algorithms().contains(algorithm))
            .filter(|algorithm| only.is_none_or(|only| only == *algorithm))
            .collect();
        (!algorithms.is_empty()).then_some(Self { id, key, algorithms })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const ALLOWED: [Algorithm; 2] = [Algorithm::ES256, Algorithm::EdDSA];

    fn jwk(more: Value) -> Value {
        let mut key =
            json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
        for (name, value) in more.as_object().unwrap() {
            key[name] = value.clone();
        }
        key
    }

    fn fitting(keys: &Value, id: Option<&str>, algorithm: Algorithm) -> Option<usize> {
        let set = KeySet::of_json(&json!({ "keys": keys }).to_string(), &ALLOWED).ok()?;
        Some(set.fitting(id, algorithm).count())
    }

    #[test]
    fn a_key_goes_by_its_name_and_its_algorithm() {
        let keys = json!([jwk(json!({"kid": "a"})), jwk(json!({"kid": "b"})), {"kty": "new"}]);
        assert_eq!(fitting(&keys, Some("a"), Algorithm::EdDSA), Some(1));
        assert_eq!(fitting(&keys, None, Algorithm::EdDSA), Some(2));
        assert_eq!(fitting(&keys, Some("c"), Algorithm::EdDSA), Some(0));
        assert_eq!(fitting(&keys, Some("a"), Algorithm::ES256), Some(0));
    }

    #[test]
    fn keys_that_sign_nothing_and_shared_secrets_are_left_out() {
        for key in [
            jwk(json!({"use": "enc"})),
            jwk(json!({"alg": "RS256"})),
            json!({"kty": "oct", "k": "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0", "alg": "HS256"}),
        ] {
            assert_eq!(fitting(&json!([key]), None, Algorithm::EdDSA), None, "{key}");
        }
        let why = KeySet::of_json("<html>", &ALLOWED).unwrap_err();
        assert!(matches!(why, KeysError::Form));
    }
}

//! Which admin keys are good enough to start with: long, and neither a sample nor a pattern.

use sha2::{Digest, Sha256};

use super::exposure::Refused;

/// The least characters of an admin key.
pub(super) const MIN_ADMIN_KEY: usize = 32;

/// The least different characters.
const MIN_DIFFERENT: usize = 8;

/// What stands in the keys of documents and examples, which everybody knows. By chance, one of them is in fewer than
/// one random key in a million.
const SAMPLES: [&str; 14] = [
    "changeme",
    "change-me",
    "change_me",
    "change-this",
    "change_this",
    "replace-me",
    "replace_me",
    "your-",
    "your_",
    "example",
    "placeholder",
    "password",
    "sk-1234",
    "12345678",
];

/// The digest of a key that nobody guesses.
pub(super) fn strong(key: &str) -> Result<[u8; 32], Refused> {
    let different = key.bytes().collect::<std::collections::HashSet<_>>().len();
    if key.chars().count() < MIN_ADMIN_KEY {
        return Err(Refused::WeakKey(key.chars().count()));
    }
    if different < MIN_DIFFERENT {
        return Err(Refused::PlainKey(different));
    }
    let folded = key.to_ascii_lowercase();
    if SAMPLES.iter().any(|sample| folded.contains(sample)) {
        return Err(Refused::KnownKey("a sample that everybody knows"));
    }
    if repeats_itself(key.as_bytes()) || counts(key.as_bytes()) {
        return Err(Refused::KnownKey("a pattern"));
    }
    Ok(Sha256::digest(key.as_bytes()).into())
}

/// Whether it is a shorter text, written twice or more.
fn repeats_itself(key: &[u8]) -> bool {
    (1..=key.len() / 2).any(|period| key.iter().zip(key.iter().skip(period)).all(|(a, b)| a == b))
}

/// Whether most of its characters follow the one before, up or down.
fn counts(key: &[u8]) -> bool {
    let steps = key.iter().zip(key.iter().skip(1)).filter(|(a, b)| a.abs_diff(**b) == 1).count();
    steps > key.len() / 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_keys_are_taken_and_known_ones_are_not() {
        for good in ["9f86d081884c7d659a2feaa0c55ad015", "kq3VxT0mYb7-hZ2_Rj8LdW5sNfPcA9uG"] {
            assert!(strong(good).is_ok(), "{good}");
        }
        for (weak, why) in [
            ("", Refused::WeakKey(0)),
            ("sk-1234", Refused::WeakKey(7)),
            (&"a".repeat(40), Refused::PlainKey(1)),
            ("changeme-9f86d081884c7d659a2feaa0", Refused::KnownKey("a sample that everybody knows")),
            ("Your-Admin-Key-For-Production-Use", Refused::KnownKey("a sample that everybody knows")),
            ("0123456789abcdef0123456789abcdef", Refused::KnownKey("a sample that everybody knows")),
            ("fe0d9c2b7a8fe0d9c2b7a8fe0d9c2b7a8", Refused::KnownKey("a pattern")),
            ("abcdefghijklmnopqrstuvwxyzyxwvutsr", Refused::KnownKey("a pattern")),
        ] {
            assert_eq!(strong(weak), Err(why), "{weak}");
        }
    }
}

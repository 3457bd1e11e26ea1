//! Sealing: what only this service can read and make, bound to the team that it is for (`docs/adr/0007`).

use std::fmt;

use alias_core::repository::ServiceSecret;
use alias_core::team::TeamUid;
use data_encoding::BASE64URL_NOPAD;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, MAX_TAG_LEN, NONCE_LEN, Nonce, UnboundKey};
use ring::error::Unspecified;
use ring::{hkdf, hmac};

/// Texts are filled up to a multiple of this, so that lengths tell nothing of where an id comes from.
const BLOCK: usize = 256;
/// Ends a text before it is filled up with zeros.
const END: u8 = 0x80;

/// Seals and opens: AES-256-GCM under a nonce that is derived from all that is sealed. The same text for the same
/// team is sealed the same way everywhere, and no nonce serves two texts.
pub struct Seal {
    key: LessSafeKey,
    nonces: hmac::Key,
}

impl Seal {
    /// The name of the service's secret that its keys are derived from.
    pub const SECRET: &str = "provider-ids";

    /// A seal of the service's secret.
    ///
    /// # Errors
    /// The cryptography fails.
    pub fn new(secret: &ServiceSecret) -> Result<Self, Unspecified> {
        let derived = hkdf::Salt::new(hkdf::HKDF_SHA256, b"alias-server").extract(secret.expose());
        let key = UnboundKey::from(derived.expand(&[b"seal"], &AES_256_GCM)?);
        let nonces = hmac::Key::from(derived.expand(&[b"nonce"], hmac::HMAC_SHA256)?);
        Ok(Self { key: LessSafeKey::new(key), nonces })
    }

    /// Seals `text` for a team, as something that starts with `prefix`.
    ///
    /// # Errors
    /// The cryptography fails: the text is of many gigabytes.
    pub(super) fn close(&self, team: TeamUid, prefix: &str, text: &str) -> Result<String, Unspecified> {
        let bound_to = context(team, prefix);
        let mut filled = text.as_bytes().to_vec();
        filled.push(END);
        filled.resize(filled.len().next_multiple_of(BLOCK), 0);
        let nonce = self.nonce(&bound_to, &filled);
        let tag = self.key.seal_in_place_separate_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(bound_to),
            &mut filled,
        )?;
        let sealed = [&nonce[..], &filled, tag.as_ref()].concat();
        Ok(format!("{prefix}{}", BASE64URL_NOPAD.encode(&sealed)))
    }

    /// The text that was sealed for this team under this prefix; `None` for anything else.
    pub(super) fn open(&self, team: TeamUid, prefix: &str, sealed: &str) -> Option<String> {
        let mut bytes = BASE64URL_NOPAD.decode(sealed.strip_prefix(prefix)?.as_bytes()).ok()?;
        if bytes.len() < NONCE_LEN + MAX_TAG_LEN {
            return None;
        }
        let (nonce, text) = bytes.split_at_mut(NONCE_LEN);
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let filled = self.key.open_in_place(nonce, Aad::from(context(team, prefix)), text).ok()?;
        let end = filled.iter().rposition(|byte| *byte == END)?;
        std::str::from_utf8(filled.get(..end)?).ok().map(str::to_owned)
    }

    /// A nonce that depends on everything: to seal two things under one would give the key's half away.
    fn nonce(&self, bound_to: &str, filled: &[u8]) -> [u8; NONCE_LEN] {
        let mut whole = hmac::Context::with_key(&self.nonces);
        whole.update(&(bound_to.len() as u64).to_be_bytes());
        whole.update(bound_to.as_bytes());
        whole.update(filled);
        let mut nonce = [0; NONCE_LEN];
        nonce.iter_mut().zip(whole.sign().as_ref()).for_each(|(byte, drawn)| *byte = *drawn);
        nonce
    }
}

/// What a sealed text is bound to. A team's uid has one length: no two pairs read the same.
fn context(team: TeamUid, prefix: &str) -> String {
    format!("{prefix}{team}")
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seal(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alias_core::testing::id;
    use proptest::prelude::*;

    fn seal(byte: u8) -> Seal {
        Seal::new(&ServiceSecret::new([byte; 32])).unwrap()
    }

    #[test]
    fn a_text_is_sealed_the_same_way_by_all_replicas_and_opened_by_all() {
        let (one, other) = (seal(7), seal(7));
        let sealed = one.close(id(1), "resp_", "resp_bGl0ZWxsbTpvcGVuYWk=").unwrap();
        assert_eq!(other.close(id(1), "resp_", "resp_bGl0ZWxsbTpvcGVuYWk=").unwrap(), sealed);
        assert_eq!(other.open(id(1), "resp_", &sealed).as_deref(), Some("resp_bGl0ZWxsbTpvcGVuYWk="));
        assert!(sealed.starts_with("resp_") && sealed.len() < 400, "{sealed}");
        assert!(sealed.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)), "{sealed}");
    }

    #[test]
    fn another_team_prefix_secret_or_text_does_not_open() {
        let sealed = seal(7).close(id(1), "resp_", "resp_1").unwrap();
        assert_eq!(seal(7).open(id(2), "resp_", &sealed), None);
        assert_eq!(seal(8).open(id(1), "resp_", &sealed), None);
        let renamed = sealed.replacen("resp_", "cntr_", 1);
        assert_eq!(seal(7).open(id(1), "cntr_", &renamed), None);
        for forged in [
            "",
            "resp_",
            "resp_1",
            "resp_bGl0ZWxsbTpvcGVuYWk=",
            &sealed[..40],
            &format!("{sealed}A"),
            &sealed[5..],
        ] {
            assert_eq!(seal(7).open(id(1), "resp_", forged), None, "{forged}");
        }
        for at in [5, 30, sealed.len() - 2] {
            let mut changed = sealed.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            assert_eq!(seal(7).open(id(1), "resp_", std::str::from_utf8(&changed).unwrap()), None, "{at}");
        }
    }

    #[test]
    fn teams_and_texts_share_no_nonce_and_lengths_tell_nothing() {
        let of = |team, prefix, text| seal(7).close(id(team), prefix, text).unwrap();
        let all = [of(1, "resp_", "a"), of(2, "resp_", "a"), of(1, "cntr_", "a"), of(1, "resp_", "b")];
        let nonces: std::collections::HashSet<_> = all.iter().map(|sealed| &sealed[5..21]).collect();
        assert_eq!(nonces.len(), all.len());
        assert_eq!(of(1, "resp_", "msg_1").len(), of(1, "resp_", &"x".repeat(200)).len());
    }

    #[test]
    fn debug_shows_no_key() {
        assert_eq!(format!("{:?}", seal(7)), "Seal(…)");
    }

    proptest! {
        #[test]
        fn every_text_comes_back(text in ".{0,600}") {
            let sealed = seal(7).close(id(1), "resp_", &text).unwrap();
            prop_assert_eq!(seal(7).open(id(1), "resp_", &sealed), Some(text));
        }
    }
}

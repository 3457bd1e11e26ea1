//! What a webhook's messages are signed with. Shown once, never printed.

use std::fmt;

use data_encoding::BASE64;

/// Random bytes of a secret: 256 bits.
pub const SECRET_BYTES: usize = 32;

/// The secret of a webhook.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookSecret([u8; SECRET_BYTES]);

impl WebhookSecret {
    /// A secret of bytes that the caller has drawn (this crate has no randomness).
    pub const fn new(bytes: [u8; SECRET_BYTES]) -> Self {
        Self(bytes)
    }

    /// The key of the signature, and what is stored.
    pub const fn expose(&self) -> &[u8; SECRET_BYTES] {
        &self.0
    }

    /// What receivers are given: `whsec_` and the bytes in base 64.
    pub fn shown(&self) -> String {
        format!("whsec_{}", BASE64.encode(&self.0))
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret(…)")
    }
}

/// What messages are signed with at present.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signing {
    /// The secret.
    pub secret: WebhookSecret,
    /// The one before, for a day after a rotation.
    pub old: Option<WebhookSecret>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_shown_in_full_where_it_is_asked_for_and_never_printed() {
        let secret = WebhookSecret::new([7; 32]);
        assert_eq!(secret.shown(), "whsec_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=");
        assert_eq!(
            format!("{:?}", Signing { secret, old: None }),
            "Signing { secret: WebhookSecret(…), old: None }"
        );
    }
}

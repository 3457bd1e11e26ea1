//! The one-time token for the first owner: the server prints it, so that no first visitor becomes the owner.

use data_encoding::BASE64URL_NOPAD;
use parking_lot::Mutex;
use subtle::ConstantTimeEq;

/// The token, until the first account exists.
#[derive(Default)]
pub struct SetupToken(Mutex<Option<String>>);

impl SetupToken {
    /// A token that was just drawn.
    ///
    /// # Errors
    /// Where the system gives no randomness.
    pub fn draw() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 24];
        getrandom::fill(&mut bytes)?;
        Ok(Self(Mutex::new(Some(BASE64URL_NOPAD.encode(&bytes)))))
    }

    /// The token in clear, for the one line that prints it.
    pub fn expose(&self) -> Option<String> {
        self.0.lock().clone()
    }

    /// Whether this is the token, and there still is one.
    pub fn is(&self, presented: &str) -> bool {
        self.0.lock().as_ref().is_some_and(|token| token.as_bytes().ct_eq(presented.as_bytes()).into())
    }

    /// It was used: there is none any more.
    pub fn spend(&self) {
        self.0.lock().take();
    }
}

impl std::fmt::Debug for SetupToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SetupToken(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_works_until_it_was_spent() {
        let token = SetupToken::draw().unwrap();
        let text = token.expose().unwrap();
        assert!(token.is(&text) && !token.is("") && !token.is(&text[1..]));
        token.spend();
        assert!(!token.is(&text) && !token.is("") && token.expose().is_none());
        assert!(!SetupToken::default().is(""));
    }
}

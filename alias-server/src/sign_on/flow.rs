//! What a browser keeps while its user is at the provider: signed, for ten minutes, and for nobody else to read.

use actix_web::cookie::{Cookie, SameSite, time};
use actix_web::http::header::{COOKIE, HeaderMap};
use alias_core::clock::Timestamp;
use data_encoding::BASE64URL_NOPAD;
use ring::hmac;
use ring::rand::SystemRandom;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use crate::auth::exposure::is_local;
use crate::config::SignOn;

/// How long somebody may be at the provider.
const MICROS: i64 = 600 * 1_000_000;
const SECONDS: i64 = 600;

const LOCAL: &str = "alias_sign_on";
const ELSEWHERE: &str = "__Host-alias_sign_on";

/// One attempt to sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flow {
    /// What the provider gives back, so that no other page can finish the attempt.
    pub state: String,
    /// What the ID token has to hold, so that no other one can be put in its place.
    pub nonce: String,
    /// What redeems the code, so that nobody else can.
    pub verifier: String,
    /// When it began, in microseconds.
    pub at: i64,
}

impl Flow {
    /// Whether the provider gave back what it was given.
    pub fn is_of(&self, state: &str) -> bool {
        self.state.as_bytes().ct_eq(state.as_bytes()).into()
    }
}

/// Signs flows. Replicas that share the client's secret take each other's.
pub struct Seal(hmac::Key);

impl std::fmt::Debug for Seal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seal(…)")
    }
}

impl Seal {
    /// The seal of these settings; without a client secret, one of this process.
    ///
    /// # Errors
    /// Where the system gives no randomness.
    pub fn of(settings: &SignOn) -> Result<Self, ring::error::Unspecified> {
        let Some(secret) = &settings.client_secret else {
            return Ok(Self(hmac::Key::generate(hmac::HMAC_SHA256, &SystemRandom::new())?));
        };
        // A key of its own: what is signed here proves nothing to the provider.
        let secret = hmac::Key::new(hmac::HMAC_SHA256, secret.expose_secret().as_bytes());
        let derived = hmac::sign(&secret, b"model-aliases sign-on cookie");
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref())))
    }

    /// The cookie that holds a flow, for the host that the request names.
    pub fn cookie(&self, flow: &Flow, headers: &HeaderMap) -> Cookie<'static> {
        let text = BASE64URL_NOPAD.encode(&serde_json::to_vec(flow).unwrap_or_default());
        let signature = BASE64URL_NOPAD.encode(hmac::sign(&self.0, text.as_bytes()).as_ref());
        made(headers, format!("{text}.{signature}"), SECONDS)
    }

    /// The flow in a request's cookie, if it is one of ours that is not over at `now`.
    pub fn flow(&self, headers: &HeaderMap, now: Timestamp) -> Option<Flow> {
        let name = if is_local(headers) { LOCAL } else { ELSEWHERE };
        let lines = headers.get_all(COOKIE).filter_map(|line| line.to_str().ok());
        let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let (_, value) = pairs.find(|(key, _)| *key == name)?;
        let (text, signature) = value.split_once('.')?;
        let signature = BASE64URL_NOPAD.decode(signature.as_bytes()).ok()?;
        hmac::verify(&self.0, text.as_bytes(), &signature).ok()?;
        let flow: Flow = serde_json::from_slice(&BASE64URL_NOPAD.decode(text.as_bytes()).ok()?).ok()?;
        (0..MICROS).contains(&(now.micros() - flow.at)).then_some(flow)
    }
}

/// The cookie that takes the place of a flow's and is over at once.
pub fn no_cookie(headers: &HeaderMap) -> Cookie<'static> {
    made(headers, String::new(), 0)
}

/// `Lax`: the provider's page leads back here.
fn made(headers: &HeaderMap, value: String, seconds: i64) -> Cookie<'static> {
    let local = is_local(headers);
    Cookie::build(if local { LOCAL } else { ELSEWHERE }, value)
        .path("/")
        .http_only(true)
        .secure(!local)
        .same_site(SameSite::Lax)
        .max_age(time::Duration::seconds(seconds))
        .finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::{HOST, HeaderValue};

    fn request(cookie: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, HeaderValue::from_static("aliases.example"));
        headers.insert(COOKIE, HeaderValue::from_str(cookie).unwrap());
        headers
    }

    #[test]
    fn a_flow_is_taken_back_unchanged_from_the_same_seal_and_in_time_only() {
        let seal = |secret: u8| Seal(hmac::Key::new(hmac::HMAC_SHA256, &[secret; 32]));
        let flow = Flow { state: "s".into(), nonce: "n".into(), verifier: "v".into(), at: 1_000_000 };
        let cookie = seal(1).cookie(&flow, &request("")).stripped().to_string();
        let at = |micros| Timestamp::from_micros(flow.at + micros);
        assert_eq!(seal(1).flow(&request(&cookie), at(5)), Some(flow.clone()));
        assert_eq!(seal(2).flow(&request(&cookie), at(5)), None, "another seal");
        assert_eq!(seal(1).flow(&request(&cookie), at(MICROS)), None, "too late");
        assert_eq!(seal(1).flow(&request(&cookie), at(-1)), None, "from the future");
        let value = cookie.split_once('=').unwrap().1;
        let other = Flow { state: "t".into(), ..flow.clone() };
        let text = BASE64URL_NOPAD.encode(&serde_json::to_vec(&other).unwrap());
        let forged = format!("{ELSEWHERE}={text}.{}", value.split_once('.').unwrap().1);
        assert_eq!(seal(1).flow(&request(&forged), at(5)), None, "changed");
        assert!(flow.is_of("s") && !flow.is_of("") && !flow.is_of("ss"));
    }
}

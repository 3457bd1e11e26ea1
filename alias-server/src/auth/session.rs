//! The cookie of a session: a secret of 256 bits that scripts cannot read and other sites cannot send.

use std::fmt;

use actix_web::cookie::{Cookie, SameSite, time::Duration};
use actix_web::http::header::{COOKIE, HeaderMap};
use alias_core::identity::{SESSION_SECONDS, SessionDigest};
use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::exposure::is_local;
use crate::error::{ApiError, Code};

/// The cookie on this machine, where there is no TLS.
const LOCAL: &str = "alias_session";
/// The cookie elsewhere: the prefix makes browsers take it only with `Secure`, for this host and every path.
const ELSEWHERE: &str = "__Host-alias_session";

/// A session's secret, as its cookie holds it.
#[derive(Clone)]
pub struct SessionSecret([u8; 32]);

impl SessionSecret {
    /// A new secret.
    ///
    /// # Errors
    /// 500 where the system gives no randomness.
    pub fn draw() -> Result<Self, ApiError> {
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).map_err(|why| {
            ApiError::new(Code::InternalError, "No session could be made; the log has the details.")
                .caused_by(why)
        })?;
        Ok(Self(secret))
    }

    /// The secret in a request's cookie, if there is exactly one.
    pub fn presented(headers: &HeaderMap) -> Option<Self> {
        let name = if is_local(headers) { LOCAL } else { ELSEWHERE };
        let mut found = headers
            .get_all(COOKIE)
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .filter(|(key, _)| *key == name);
        let (_, value) = found.next().filter(|_| found.next().is_none())?;
        BASE64URL_NOPAD.decode(value.as_bytes()).ok()?.try_into().ok().map(Self)
    }

    /// What is stored of it.
    pub fn digest(&self) -> SessionDigest {
        Sha256::digest(self.0).into()
    }

    /// What a page of ours sends along with every change: it follows from the secret, and not the other way round.
    pub fn csrf_token(&self) -> String {
        let digest = Sha256::new().chain_update(b"x-csrf-token of ").chain_update(self.0).finalize();
        BASE64URL_NOPAD.encode(&digest)
    }

    /// Whether this is its CSRF token.
    pub fn vouches(&self, token: &str) -> bool {
        self.csrf_token().as_bytes().ct_eq(token.as_bytes()).into()
    }

    /// The cookie that holds it, for the host that the request names.
    pub fn cookie(&self, headers: &HeaderMap) -> Cookie<'static> {
        made(headers, BASE64URL_NOPAD.encode(&self.0), SESSION_SECONDS)
    }
}

impl fmt::Debug for SessionSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionSecret(…)")
    }
}

/// The cookie that takes the place of a session's and is over at once.
pub fn no_cookie(headers: &HeaderMap) -> Cookie<'static> {
    made(headers, String::new(), 0)
}

fn made(headers: &HeaderMap, value: String, seconds: i64) -> Cookie<'static> {
    let local = is_local(headers);
    Cookie::build(if local { LOCAL } else { ELSEWHERE }, value)
        .path("/")
        .http_only(true)
        .secure(!local)
        .same_site(SameSite::Strict)
        .max_age(Duration::seconds(seconds))
        .finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::{HOST, HeaderName, HeaderValue};

    fn headers(host: &str, cookies: &[String]) -> HeaderMap {
        let mut map = HeaderMap::new();
        map.insert(HOST, HeaderValue::from_str(host).unwrap());
        for cookie in cookies {
            map.append(COOKIE, HeaderValue::from_str(cookie).unwrap());
        }
        map
    }

    #[test]
    fn a_cookie_is_read_back_and_two_are_none() {
        let secret = SessionSecret::draw().unwrap();
        for (host, name) in [("localhost:8003", LOCAL), ("aliases.example", ELSEWHERE)] {
            let pair = secret.cookie(&headers(host, &[])).stripped().to_string();
            assert!(pair.starts_with(name), "{pair}");
            let read = SessionSecret::presented(&headers(host, &[format!("a=b; {pair}")])).unwrap();
            assert_eq!(read.digest(), secret.digest());
            assert!(SessionSecret::presented(&headers(host, &[pair.clone(), pair.clone()])).is_none());
            assert!(SessionSecret::presented(&headers(host, &[format!("{name}=short")])).is_none());
        }
        let local = secret.cookie(&headers("localhost", &[])).stripped().to_string();
        assert!(SessionSecret::presented(&headers("aliases.example", &[local])).is_none());
    }

    #[test]
    fn beyond_this_machine_a_cookie_needs_tls() {
        let secret = SessionSecret::draw().unwrap();
        let cookie = secret.cookie(&headers("aliases.example", &[])).to_string();
        for flag in ["HttpOnly", "Secure", "SameSite=Strict", "Path=/", "Max-Age=43200"] {
            assert!(cookie.contains(flag), "{cookie}");
        }
        let local = secret.cookie(&headers("127.0.0.1:8003", &[])).to_string();
        assert!(local.contains("HttpOnly") && !local.contains("Secure"), "{local}");
        let mut proxied = headers("127.0.0.1:8003", &[]);
        proxied.insert(HeaderName::from_static("x-forwarded-for"), HeaderValue::from_static("192.0.2.1"));
        assert!(
            secret.cookie(&proxied).to_string().contains("Secure"),
            "a proxy said the name of this machine"
        );
        assert!(!format!("{secret:?}").contains(&BASE64URL_NOPAD.encode(&secret.0)));
    }
}

//! Where admin requests may come from: without any key, from this machine only, and never from another site's page.

use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};

use actix_web::http::Method;
use actix_web::http::header::{HOST, HeaderMap, ORIGIN};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::admin_key::{MIN_ADMIN_KEY, strong};
use crate::error::{ApiError, Code};

/// Headers that only a proxy adds.
const PROXY_HEADERS: [&str; 10] = [
    "forwarded",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-forwarded-port",
    "x-forwarded-server",
    "x-real-ip",
    "via",
    "cf-connecting-ip",
    "true-client-ip",
];

/// How the admin API is protected.
#[derive(Debug)]
pub struct Exposure {
    /// SHA-256 of the bootstrap admin key.
    bootstrap: Option<[u8; 32]>,
    /// No key, account or token exists; every address is loopback. Once false, false until the end.
    open: AtomicBool,
    /// Names under which requests are taken, besides the loopback ones. With keys: all where empty.
    allowed_hosts: Vec<String>,
}

/// Why the server does not start.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// An address beyond this machine, and no key.
    #[error(
        "refusing to start: {0} is reachable from other machines and no admin key is set. \
         Set ALIAS_ADMIN_KEY (32 characters or more, for example from `openssl rand -hex 32`), or listen on 127.0.0.1"
    )]
    Exposed(SocketAddr),
    /// An admin key that somebody could guess.
    #[error(
        "refusing to start: the admin key has {0} characters, at least {MIN_ADMIN_KEY} are needed. \
         Make one with `openssl rand -hex 32`"
    )]
    WeakKey(usize),
    /// An admin key that repeats itself.
    #[error(
        "refusing to start: the admin key has only {0} different characters. Make one with `openssl rand -hex 32`"
    )]
    PlainKey(usize),
    /// An admin key that is in many documents, or follows a rule.
    #[error("refusing to start: the admin key is {0}. Make one with `openssl rand -hex 32`")]
    KnownKey(&'static str),
}

impl Exposure {
    /// Decides the mode. `any_identity`: an account or an admin token exists.
    ///
    /// # Errors
    /// [`Refused`], with the fix in its text. An empty or short key is never "off".
    pub fn decide(
        admin_key: Option<&SecretString>,
        any_identity: bool,
        listen: &[SocketAddr],
        allowed_hosts: Vec<String>,
    ) -> Result<Self, Refused> {
        let bootstrap = admin_key.map(|key| strong(key.expose_secret())).transpose()?;
        let open = bootstrap.is_none() && !any_identity;
        match listen.iter().find(|address| open && !address.ip().is_loopback()) {
            Some(address) => Err(Refused::Exposed(*address)),
            None => Ok(Self { bootstrap, open: AtomicBool::new(open), allowed_hosts }),
        }
    }

    /// Whether requests from this machine need no key.
    pub fn is_open(&self) -> bool {
        self.open.load(Ordering::Relaxed)
    }

    /// An account or a token exists from now on: every request needs a key, until the server ends.
    pub fn close(&self) {
        self.open.store(false, Ordering::Relaxed);
    }

    /// Whether this is the bootstrap admin key.
    pub fn is_bootstrap_key(&self, presented: &str) -> bool {
        let presented: [u8; 32] = Sha256::digest(presented.as_bytes()).into();
        self.bootstrap.is_some_and(|digest| presented.ct_eq(&digest).into())
    }

    /// The word for the start-up line.
    pub fn word(&self) -> &'static str {
        if self.is_open() { "open (this machine only, no key)" } else { "keyed (admin key required)" }
    }

    /// Checks where an admin or page request comes from, before anything of it is read.
    ///
    /// # Errors
    /// 421 for a name that could be rebound, 403 for another machine, a proxy, or another site's page.
    pub fn admit(&self, method: &Method, headers: &HeaderMap, peer: Option<IpAddr>) -> Result<(), ApiError> {
        let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        let open = self.is_open();
        let any = !open && self.allowed_hosts.is_empty();
        let serves = |name| any || is_loopback_name(name) || listed(&self.allowed_hosts, name);
        if !host_name(host).is_some_and(serves) {
            return Err(unknown_host());
        }
        if open && !peer.is_some_and(|address| address.to_canonical().is_loopback()) {
            return Err(ApiError::new(
                Code::NotLoopback,
                "Without an admin key, only this machine is served. Set ALIAS_ADMIN_KEY to serve others.",
            ));
        }
        if open && is_proxied(headers) {
            return Err(ApiError::new(
                Code::ProxiedOpenMode,
                "This request came through a proxy, and no admin key is set. Set ALIAS_ADMIN_KEY, then restart.",
            ));
        }
        same_site(method, headers, host)
    }
}

fn is_proxied(headers: &HeaderMap) -> bool {
    PROXY_HEADERS.iter().any(|name| headers.contains_key(*name))
}

/// Whether a request came to a name of this machine, and not through a proxy that gave it this name: its cookies need
/// no TLS.
pub fn is_local(headers: &HeaderMap) -> bool {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    host_name(host).is_some_and(is_loopback_name) && !is_proxied(headers)
}

fn unknown_host() -> ApiError {
    ApiError::new(
        Code::UnknownHost,
        "This host name is not served. Use localhost, or add the name to ALIAS_ALLOWED_HOSTS.",
    )
}

/// The name in a `Host` header, without its port; `None` where the header is anything but a name and a port.
fn host_name(host: &str) -> Option<&str> {
    let (name, port) = match host.strip_prefix('[') {
        Some(rest) => {
            let end = rest.find(']')?;
            (host.get(..end + 2)?, host.get(end + 2..)?)
        }
        None => host.split_at(host.find(':').unwrap_or(host.len())),
    };
    let port_fits = port.is_empty() || port.strip_prefix(':').is_some_and(|p| p.parse::<u16>().is_ok());
    let name_fits =
        name.starts_with('[') || name.bytes().all(|b| b.is_ascii_alphanumeric() || b".-_".contains(&b));
    (port_fits && name_fits && !name.is_empty()).then_some(name)
}

/// Names that no foreign resolver can point here.
fn is_loopback_name(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    if name == "localhost" || name.ends_with(".localhost") {
        return true;
    }
    let address = name.trim_start_matches('[').trim_end_matches(']');
    address.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn listed(allowed: &[String], name: &str) -> bool {
    allowed.iter().any(|host| host.eq_ignore_ascii_case(name))
}

/// A browser says which site a request comes from; a write of another site is refused.
fn same_site(method: &Method, headers: &HeaderMap, host: &str) -> Result<(), ApiError> {
    if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return Ok(());
    }
    let foreign = match (headers.get("sec-fetch-site"), headers.get(ORIGIN)) {
        (Some(site), _) => !matches!(site.as_bytes(), b"same-origin" | b"none"),
        (None, Some(origin)) => {
            let origin = origin.to_str().unwrap_or_default();
            origin.split_once("://").is_none_or(|(_, from)| !from.eq_ignore_ascii_case(host))
        }
        (None, None) => false,
    };
    if foreign {
        return Err(ApiError::new(Code::CrossSiteRequest, "A page of another site may not write here."));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::{HeaderName, HeaderValue};

    fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in pairs {
            map.append(HeaderName::try_from(*name).unwrap(), HeaderValue::from_str(value).unwrap());
        }
        map
    }

    fn admit(method: Method, pairs: &[(&str, &str)]) -> Result<(), Code> {
        let open = Exposure::decide(None, false, &[], vec!["aliases.test".into()]).unwrap();
        open.admit(&method, &headers(pairs), Some([127, 0, 0, 1].into())).map_err(|e| e.code())
    }

    #[test]
    fn an_exposed_address_needs_a_strong_key() {
        let (here, all): (SocketAddr, SocketAddr) =
            ("127.0.0.1:8003".parse().unwrap(), "0.0.0.0:8003".parse().unwrap());
        let decide = |key: Option<&str>, listen: &[SocketAddr]| {
            let key = key.map(SecretString::from);
            Exposure::decide(key.as_ref(), false, listen, vec![]).map(|exposure| exposure.is_open())
        };
        assert_eq!(decide(None, &[here]), Ok(true));
        assert_eq!(decide(None, &[here, all]).unwrap_err(), Refused::Exposed(all));
        assert_eq!(decide(Some(&"a".repeat(40)), &[here]).unwrap_err(), Refused::PlainKey(1));
        for weak in ["", "sk-1234", "changeme"] {
            assert!(matches!(decide(Some(weak), &[here]), Err(Refused::WeakKey(_))), "{weak}");
        }
        assert_eq!(decide(Some("9f86d081884c7d659a2feaa0c55ad015"), &[all]), Ok(false));
    }

    #[test]
    fn who_has_accounts_is_not_open_for_want_of_a_key() {
        let all: SocketAddr = "0.0.0.0:8003".parse().unwrap();
        let exposure = Exposure::decide(None, true, &[all], vec![]).unwrap();
        assert!(!exposure.is_open() && !exposure.is_bootstrap_key(""));
    }

    #[test]
    fn only_names_that_cannot_be_rebound_are_served_in_open_mode() {
        for host in [
            "localhost:8003",
            "LOCALHOST",
            "x.localhost",
            "127.0.0.1:1",
            "127.9.9.9",
            "[::1]:8003",
            "aliases.test",
        ] {
            assert_eq!(admit(Method::GET, &[("host", host)]), Ok(()), "{host}");
        }
        for host in [
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "evil.example@localhost",
            "localhost:8003/#@x",
            "localhost:x",
            "",
            "[::2]",
            "10.0.0.1",
            "localhost:8003:1",
        ] {
            assert_eq!(admit(Method::GET, &[("host", host)]), Err(Code::UnknownHost), "{host}");
        }
    }

    #[test]
    fn another_sites_page_cannot_write_and_ours_can() {
        let post =
            |more: &[(&str, &str)]| admit(Method::POST, &[&[("host", "localhost:8003")], more].concat());
        assert_eq!(post(&[]), Ok(()));
        assert_eq!(post(&[("origin", "http://localhost:8003"), ("sec-fetch-site", "same-origin")]), Ok(()));
        assert_eq!(post(&[("origin", "http://localhost:8003")]), Ok(()));
        for origin in ["https://evil.example", "null", "http://localhost:1", "http://localhost.evil.example"]
        {
            assert_eq!(post(&[("origin", origin)]), Err(Code::CrossSiteRequest), "{origin}");
        }
        for site in ["cross-site", "same-site"] {
            assert_eq!(post(&[("sec-fetch-site", site)]), Err(Code::CrossSiteRequest), "{site}");
        }
        assert_eq!(post(&[("x-forwarded-for", "1.2.3.4")]), Err(Code::ProxiedOpenMode));
    }

    #[test]
    fn another_machine_is_not_served_in_open_mode() {
        let open = Exposure::decide(None, false, &[], vec![]).unwrap();
        let error = open
            .admit(&Method::GET, &headers(&[("host", "localhost")]), Some([10, 0, 0, 1].into()))
            .unwrap_err();
        assert_eq!(error.code(), Code::NotLoopback);
    }
}

//! Who sent an admin request, by what it carries: a key or token in a header, or the cookie of a session.

use actix_web::http::Method;
use actix_web::http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap};
use alias_core::access::Authority;
use alias_core::audit::ActorKind;
use alias_core::key::KeyDigest;

use super::gate::Gate;
use super::session::SessionSecret;
use crate::error::{ApiError, Code};

/// The header that vouches for a request which is signed in by a cookie.
pub const CSRF: &str = "x-csrf-token";

/// Somebody who proved who he is.
#[derive(Debug, Clone)]
pub struct Principal {
    /// Who it is.
    pub kind: ActorKind,
    /// What he may do.
    pub authority: Authority,
    /// The session that he signed in with, if he did.
    pub session: Option<SessionSecret>,
}

impl Principal {
    fn of(kind: ActorKind, authority: Authority) -> Self {
        Self { kind, authority, session: None }
    }

    /// A browser adds cookies to requests of any page: what changes something must also carry what only our page
    /// knows, and a type that no form can send.
    ///
    /// # Errors
    /// 403 for a cookie without its CSRF token.
    pub(super) fn check_csrf(&self, method: &Method, headers: &HeaderMap) -> Result<(), ApiError> {
        self.session.as_ref().map_or(Ok(()), |secret| check_csrf(method, headers, secret))
    }
}

/// Finds out who sent a request. A header beats a cookie.
///
/// # Errors
/// 401 for who proves nothing, 503 where the storage is away.
pub async fn identify(gate: &Gate, headers: &HeaderMap) -> Result<Principal, ApiError> {
    if gate.is_open().await? {
        return Ok(Principal::of(ActorKind::Local, Authority::owner()));
    }
    let presented = bearer(headers).or_else(|| headers.get("x-admin-key")?.to_str().ok());
    if let Some(presented) = presented {
        return by_header(gate, presented).await;
    }
    let Some(secret) = SessionSecret::presented(headers) else { return Err(unauthenticated()) };
    let session = gate.sessions.resume(&secret.digest(), gate.clock.now()).await?;
    let session = session.ok_or_else(unauthenticated)?;
    let kind = ActorKind::Account { id: session.account, email: session.email, role: session.authority.role };
    Ok(Principal { session: Some(secret), ..Principal::of(kind, session.authority) })
}

async fn by_header(gate: &Gate, presented: &str) -> Result<Principal, ApiError> {
    if gate.exposure.is_bootstrap_key(presented) {
        return Ok(Principal::of(ActorKind::AdminKey, Authority::owner()));
    }
    let Some(digest) = KeyDigest::of_admin_token(presented) else { return Err(unauthenticated()) };
    let holder = gate.tokens.authenticate(&digest, gate.clock.now()).await?;
    let holder = holder.filter(|holder| holder.token_id.is_of(presented)).ok_or_else(unauthenticated)?;
    let kind = ActorKind::Token { id: holder.token_id, name: holder.name, role: holder.authority.role };
    Ok(Principal::of(kind, holder.authority))
}

fn check_csrf(method: &Method, headers: &HeaderMap, secret: &SessionSecret) -> Result<(), ApiError> {
    if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return Ok(());
    }
    let sent = headers.get(CSRF).and_then(|token| token.to_str().ok()).unwrap_or_default();
    let json = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.split(';').next().is_some_and(|v| v.trim() == "application/json"));
    if secret.vouches(sent) && (json || method == Method::DELETE) {
        return Ok(());
    }
    Err(ApiError::new(
        Code::Csrf,
        "A request that is signed in by a cookie needs the header x-csrf-token, as /api/admin-users/me gives it, and \
         Content-Type: application/json.",
    ))
}

/// The token of the one `Authorization: Bearer` header; `None` where there are two.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut all = headers.get_all(AUTHORIZATION);
    let only = all.next().filter(|_| all.next().is_none())?;
    let (scheme, token) = only.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

pub(super) fn unauthenticated() -> ApiError {
    crate::error::unauthenticated(
        "Send an admin key or token as `Authorization: Bearer …` or as `X-Admin-Key: …`, or sign in.",
    )
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

    #[test]
    fn one_bearer_token_is_read_and_two_are_none() {
        assert_eq!(bearer(&headers(&[("authorization", "bearer abc")])), Some("abc"));
        assert_eq!(bearer(&headers(&[("authorization", "Basic abc")])), None);
        assert_eq!(bearer(&headers(&[("authorization", "Bearer a"), ("authorization", "Bearer b")])), None);
    }

    #[test]
    fn a_cookie_alone_changes_nothing() {
        let secret = SessionSecret::draw().unwrap();
        let token = secret.csrf_token();
        let check =
            |method: Method, pairs: &[(&str, &str)]| check_csrf(&method, &headers(pairs), &secret).is_ok();
        let json = ("content-type", "application/json; charset=utf-8");
        assert!(check(Method::GET, &[]));
        assert!(check(Method::POST, &[(CSRF, &token), json]));
        assert!(check(Method::DELETE, &[(CSRF, &token)]));
        assert!(!check(Method::POST, &[json]));
        assert!(!check(Method::DELETE, &[(CSRF, &SessionSecret::draw().unwrap().csrf_token())]));
        assert!(!check(Method::POST, &[(CSRF, &token), ("content-type", "text/plain")]));
        assert!(!check(Method::POST, &[(CSRF, &token)]));
    }
}

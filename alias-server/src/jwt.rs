//! Callers with JSON Web Tokens: verified here, and admitted by the router like a key of the team that they name.

mod keys;
mod remote;

use std::fmt;
use std::sync::Arc;

use alias_core::clock::Timestamp;
use alias_router::{Arrival, Caller, Denied, RoutingTable, Token};
use arc_swap::ArcSwap;
use jsonwebtoken::{Validation, decode, decode_header};
use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;

use crate::config::{JwtSettings, KeySource};

use keys::KeySet;
pub use keys::{KeysError, MAX_KEYS};
use remote::Remote;

/// How far the clocks of the issuer and of this machine may be apart, in seconds.
const LEEWAY: u64 = 30;

/// The longest token, in bytes.
const MAX_TOKEN: usize = 16 << 10;

type Claims = Map<String, Value>;

/// Why a token is not taken: for the log. The client reads what it reads for a wrong key.
#[derive(Debug, thiserror::Error)]
enum Refused {
    #[error("the token has more than {MAX_TOKEN} bytes")]
    TooLong,
    #[error("the token needs extensions that are not known here")]
    Critical,
    #[error("no key is known for the token")]
    NoKey,
    #[error("the claim {0} is missing or has another form")]
    Claim(String),
    #[error(transparent)]
    Invalid(#[from] jsonwebtoken::errors::Error),
}

/// Verifies tokens by the settings of this server.
pub struct Verifier {
    settings: JwtSettings,
    keys: ArcSwap<KeySet>,
    remote: Option<Remote>,
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier").field("issuer", &self.settings.issuer).finish_non_exhaustive()
    }
}

impl Verifier {
    /// A verifier with the keys of its file or secret. Those of an address are not there yet: see [`Self::follow`].
    ///
    /// # Errors
    /// [`KeysError`]: no key in the file can be used, or no client can be made for the address.
    pub fn new(settings: JwtSettings) -> Result<Self, KeysError> {
        let (keys, remote) = match &settings.keys {
            KeySource::Url(url) => (KeySet::default(), Some(Remote::new(url.clone())?)),
            KeySource::File(file) => (KeySet::of_file(file, &settings.algorithms)?, None),
            KeySource::Secret(secret) => (KeySet::of_secret(secret, &settings.algorithms), None),
        };
        Ok(Self { settings, keys: ArcSwap::from_pointee(keys), remote })
    }

    /// Whether a caller's text is a token: three parts, which no key has.
    pub fn is_token(presented: &str) -> bool {
        presented.split('.').count() == 3
    }

    /// Fetches the keys of an address, at once and again and again, until `stop`. The keys stay as they are while
    /// the address does not answer.
    pub async fn follow(self: Arc<Self>, stop: CancellationToken) {
        let Some(remote) = &self.remote else { return };
        loop {
            let fetched = match remote.fetch().await {
                Ok(text) => KeySet::of_json(&text, &self.settings.algorithms),
                Err(why) => Err(why),
            };
            let is_there = match fetched {
                Ok(keys) => {
                    self.keys.store(Arc::new(keys));
                    true
                }
                Err(why) => {
                    tracing::warn!(%why, url = %remote.url(), "cannot fetch the keys of tokens; going on with those known");
                    false
                }
            };
            tokio::select! {
                () = remote.next_time(is_there) => {}
                () = stop.cancelled() => return,
            }
        }
    }

    /// Who presents this token.
    ///
    /// # Errors
    /// [`Denied::UnknownKey`] for every token that is not valid here; else those of [`RoutingTable::vouch`].
    pub fn admit(&self, token: &str, table: &RoutingTable, arrival: Arrival) -> Result<Caller, Denied> {
        let refused = |why: Refused| {
            tracing::debug!(%why, "a token was refused");
            Denied::UnknownKey
        };
        let claims = self.verify(token).map_err(refused)?;
        let text = |name: &str| claim(&claims, name).and_then(Value::as_str);
        let missing = |name: &str| refused(Refused::Claim(name.to_owned()));
        let JwtSettings { team_claim, models_claim, .. } = &self.settings;
        let models = match models_claim {
            Some(name) => Some(models(claim(&claims, name)).ok_or_else(|| missing(name))?),
            None => None,
        };
        let vouched = Token {
            subject: text("sub").unwrap_or_default(),
            team: text(team_claim).ok_or_else(|| missing(team_claim))?,
            models: models.as_deref(),
            expires_at: end(&claims).ok_or_else(|| missing("exp"))?,
        };
        table.vouch(&vouched, arrival)
    }

    /// The claims of a token that is signed by a known key, with an algorithm that goes, and is for us and now.
    fn verify(&self, token: &str) -> Result<Claims, Refused> {
        if token.len() > MAX_TOKEN {
            return Err(Refused::TooLong);
        }
        let header = decode_header(token)?;
        if header.crit.is_some() {
            return Err(Refused::Critical);
        }
        let keys = self.keys.load();
        let mut why = Refused::NoKey;
        for key in keys.fitting(header.kid.as_deref(), header.alg) {
            let mut rules = Validation::new(header.alg);
            rules.set_required_spec_claims(&["exp", "iss", "aud"]);
            rules.set_issuer(&[&self.settings.issuer]);
            rules.set_audience(&self.settings.audience);
            (rules.validate_nbf, rules.leeway) = (true, LEEWAY);
            match decode::<Claims>(token, key, &rules) {
                Ok(data) => return Ok(data.claims),
                Err(error) => why = error.into(),
            }
        }
        // Without a name, a new key looks like a wrong signature.
        let may_be_new = matches!(why, Refused::NoKey) || header.kid.is_none();
        if let Some(remote) = self.remote.as_ref().filter(|_| may_be_new) {
            remote.ask_soon();
        }
        Err(why)
    }
}

/// A claim by its name, or by its place where that begins with `/` (a JSON pointer).
fn claim<'a>(claims: &'a Claims, name: &str) -> Option<&'a Value> {
    let Some(path) = name.strip_prefix('/') else { return claims.get(name) };
    let (first, rest) = path.split_once('/').map_or((path, None), |(first, rest)| (first, Some(rest)));
    let value = claims.get(&first.replace("~1", "/").replace("~0", "~"))?;
    rest.map_or(Some(value), |rest| value.pointer(&format!("/{rest}")))
}

/// The models of a claim: a list of texts, or one text with spaces between the names.
fn models(claim: Option<&Value>) -> Option<Vec<String>> {
    match claim? {
        Value::String(text) => Some(text.split_whitespace().map(str::to_owned).collect()),
        Value::Array(names) => names.iter().map(|name| name.as_str().map(str::to_owned)).collect(),
        _ => None,
    }
}

/// When a token ends, with the time that clocks may be apart.
fn end(claims: &Claims) -> Option<Timestamp> {
    let end = claims.get("exp")?;
    // A NumericDate may have a fraction (RFC 7519, section 2).
    let whole = || format!("{:.0}", end.as_f64()?.floor()).parse().ok();
    let seconds = end.as_i64().or_else(whole)?.checked_add_unsigned(LEEWAY)?;
    // What ends after the last moment that is known here ends then.
    Some(Timestamp::from_micros(seconds.min(LAST_SECOND).checked_mul(1_000_000)?))
}

/// The year 9999.
const LAST_SECOND: i64 = 253_402_300_799;

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn claims(value: Value) -> Claims {
        let Value::Object(claims) = value else { panic!("{value} is no object") };
        claims
    }

    #[test]
    fn a_claim_is_found_by_its_name_or_by_its_place() {
        let claims =
            claims(json!({"team": "a", "https://x/team": "b", "x": {"y/z": {"team": "c"}}, "": "d"}));
        let found = |name: &str| claim(&claims, name).and_then(Value::as_str);
        assert_eq!(
            (found("team"), found("https://x/team"), found("/x/y~1z/team")),
            (Some("a"), Some("b"), Some("c"))
        );
        assert_eq!(
            (found("/team"), found("/team/x"), found("/nope"), found("x")),
            (Some("a"), None, None, None)
        );
    }

    #[test]
    fn models_are_a_list_or_words_and_nothing_else() {
        let read = |value: Value| models(Some(&value));
        assert_eq!(read(json!("a b")), Some(vec!["a".into(), "b".into()]));
        assert_eq!(read(json!(["a", "b"])), Some(vec!["a".into(), "b".into()]));
        assert_eq!((read(json!([])), read(json!(""))), (Some(vec![]), Some(vec![])));
        assert_eq!((read(json!(["a", 1])), read(json!(null)), models(None)), (None, None, None));
    }

    #[test]
    fn a_token_ends_a_little_after_its_time_and_always_at_some_time() {
        let ends = |exp: Value| end(&claims(json!({ "exp": exp }))).map(Timestamp::micros);
        assert_eq!(ends(json!(1_000)), Some(1_030_000_000));
        assert_eq!(ends(json!(i64::MAX - 100)), Some(LAST_SECOND * 1_000_000));
        assert_eq!((ends(json!("1000")), ends(json!(null))), (None, None));
    }

    #[test]
    fn three_parts_make_a_token_and_a_key_has_one() {
        assert!(Verifier::is_token("a.b.c") && Verifier::is_token(".."));
        assert!(!Verifier::is_token("a.b") && !Verifier::is_token("a.b.c.d") && !Verifier::is_token(""));
        assert!(!Verifier::is_token(alias_core::testing::key(1).expose()));
    }
}

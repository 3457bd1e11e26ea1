//! Settings of callers with JSON Web Tokens: who issues them, how they are verified, which team they speak for.

use std::path::PathBuf;

use jsonwebtoken::{Algorithm, AlgorithmFamily};
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};

use super::sign_on::address;
use super::{ConfigError, Settings, invalid, parse, secret};

/// The shortest shared secret, in bytes: that of the weakest algorithm's hash.
const MIN_SECRET: usize = 32;

/// Which tokens are taken, and what they say.
#[derive(Debug, Clone)]
pub struct JwtSettings {
    /// Who issues them (`iss`).
    pub issuer: String,
    /// Whom they are for (`aud`): one of these.
    pub audience: Vec<String>,
    /// Where the keys are that verify them.
    pub keys: KeySource,
    /// The algorithms that they may be signed with.
    pub algorithms: Vec<Algorithm>,
    /// The claim that names the team.
    pub team_claim: String,
    /// The claim that names the models; without one, all that the team may call.
    pub models_claim: Option<String>,
}

/// Where the keys are that verify tokens.
#[derive(Debug, Clone)]
pub enum KeySource {
    /// A key set (RFC 7517) at this address.
    Url(Url),
    /// A file with a key set, or with one public key in PEM.
    File(PathBuf),
    /// A secret that the issuer has, too.
    Secret(SecretString),
}

impl JwtSettings {
    /// Everything that is needed, or nothing at all.
    pub(super) fn of(settings: &mut Settings) -> Result<Option<Self>, ConfigError> {
        let Some(issuer) = settings.jwt_issuer.take() else {
            let others = [
                ("jwt_audience", settings.jwt_audience.is_some()),
                ("jwt_keys_url", settings.jwt_keys_url.is_some()),
                ("jwt_keys_file", settings.jwt_keys_file.is_some()),
                ("jwt_secret", settings.jwt_secret.is_some()),
                ("jwt_secret_file", settings.jwt_secret_file.is_some()),
                ("jwt_algorithms", settings.jwt_algorithms.is_some()),
                ("jwt_team_claim", settings.jwt_team_claim.is_some()),
                ("jwt_models_claim", settings.jwt_models_claim.is_some()),
            ];
            return match others.iter().find(|(_, given)| *given) {
                Some((name, _)) => Err(invalid("jwt_issuer", format!("is missing: {name} is given"))),
                None => Ok(None),
            };
        };
        let audience = settings.jwt_audience.take().filter(|all| !all.is_empty());
        let keys = source(settings)?;
        Ok(Some(Self {
            issuer,
            audience: audience.ok_or_else(|| invalid("jwt_audience", "is missing: jwt_issuer is given"))?,
            algorithms: algorithms(settings.jwt_algorithms.take(), &keys)?,
            keys,
            team_claim: settings.jwt_team_claim.take().unwrap_or_else(|| "team".into()),
            models_claim: settings.jwt_models_claim.take(),
        }))
    }
}

/// The one source of keys that is given.
fn source(settings: &mut Settings) -> Result<KeySource, ConfigError> {
    let url = settings.jwt_keys_url.take();
    let secret = secret("jwt_secret", settings.jwt_secret.take(), settings.jwt_secret_file.take())?;
    match (url, settings.jwt_keys_file.take(), secret) {
        (Some(url), None, None) => address("jwt_keys_url", &url).map(KeySource::Url),
        (None, Some(file), None) => Ok(KeySource::File(file)),
        (None, None, Some(secret)) if secret.expose_secret().len() < MIN_SECRET => Err(invalid(
            "jwt_secret",
            format!("must have at least {MIN_SECRET} bytes; make one with `openssl rand -hex 32`"),
        )),
        (None, None, Some(secret)) => Ok(KeySource::Secret(secret)),
        (None, None, None) => {
            Err(invalid("jwt_keys_url", "is missing: give it, or jwt_keys_file, or jwt_secret_file"))
        }
        _ => Err(invalid(
            "jwt_keys_url",
            "only one of jwt_keys_url, jwt_keys_file and jwt_secret may be given",
        )),
    }
}

/// A shared secret goes with HMAC and nothing else; a public key never does, for everybody has it.
fn algorithms(words: Option<Vec<String>>, keys: &KeySource) -> Result<Vec<Algorithm>, ConfigError> {
    let shared = matches!(keys, KeySource::Secret(_));
    let Some(words) = words else {
        return Ok(if shared {
            vec![Algorithm::HS256]
        } else {
            vec![Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA]
        });
    };
    let mut all = Vec::new();
    for word in &words {
        let algorithm: Algorithm = parse("jwt_algorithms", word).map_err(|_| {
            invalid("jwt_algorithms", format!("{word:?} is none; write for example RS256 or ES256"))
        })?;
        if AlgorithmFamily::Hmac.algorithms().contains(&algorithm) != shared {
            let fits =
                if shared { "HS256, HS384 and HS512 go" } else { "only algorithms with public keys go" };
            return Err(invalid("jwt_algorithms", format!("{word} cannot be: {fits} with these keys")));
        }
        all.push(algorithm);
    }
    if all.is_empty() {
        return Err(invalid("jwt_algorithms", "names no algorithm: leave it out for the default"));
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> Settings {
        Settings {
            jwt_issuer: Some("https://id.example".into()),
            jwt_audience: Some(vec!["aliases".into()]),
            jwt_keys_url: Some("https://id.example/keys".into()),
            ..Settings::default()
        }
    }

    fn refused(change: impl FnOnce(&mut Settings)) -> String {
        let mut settings = settings();
        change(&mut settings);
        JwtSettings::of(&mut settings).unwrap_err().to_string()
    }

    #[test]
    fn tokens_are_described_in_full_or_not_at_all() {
        let jwt = JwtSettings::of(&mut settings()).unwrap().unwrap();
        assert_eq!((jwt.team_claim.as_str(), jwt.models_claim), ("team", None));
        assert!(!jwt.algorithms.contains(&Algorithm::HS256));
        assert!(JwtSettings::of(&mut Settings::default()).unwrap().is_none());
        assert!(refused(|s| s.jwt_issuer = None).contains("jwt_issuer"));
        assert!(refused(|s| s.jwt_audience = None).contains("jwt_audience"));
        assert!(refused(|s| s.jwt_keys_url = None).contains("jwt_keys_file"));
        assert!(refused(|s| s.jwt_keys_file = Some("f".into())).contains("only one"));
        assert!(refused(|s| s.jwt_keys_url = Some("http://id.example/keys".into())).contains("https://"));
    }

    #[test]
    fn no_algorithm_goes_that_everybody_could_sign_with() {
        for word in ["none", "None", "HS256", "x", ""] {
            let why = refused(|s| s.jwt_algorithms = Some(vec!["RS256".into(), word.into()]));
            assert!(why.contains("jwt_algorithms"), "{word}: {why}");
        }
        let shared = |algorithm: Option<&str>, secret: &str| {
            let mut settings = settings();
            settings.jwt_keys_url = None;
            settings.jwt_secret = Some(secret.into());
            settings.jwt_algorithms = algorithm.map(|word| vec![word.into()]);
            JwtSettings::of(&mut settings).map(|jwt| jwt.unwrap().algorithms).map_err(|why| why.to_string())
        };
        let secret = "x".repeat(MIN_SECRET);
        assert_eq!(shared(None, &secret), Ok(vec![Algorithm::HS256]));
        assert!(shared(Some("RS256"), &secret).unwrap_err().contains("jwt_algorithms"));
        assert!(shared(None, "short").unwrap_err().contains("jwt_secret"));
    }
}

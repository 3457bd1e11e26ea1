//! Settings of single sign-on: the OpenID provider, and what its people may do here.

use alias_core::identity::Appointment;
use reqwest::Url;
use secrecy::SecretString;

use super::{ConfigError, Settings, invalid, secret};

/// Where the provider sends people back to, below the public URL.
const CALLBACK: &str = "/api/admin-users/oidc/callback";

/// An OpenID provider, and what its people may do here.
#[derive(Debug, Clone)]
pub struct SignOn {
    /// The provider: `/.well-known/openid-configuration` is below it.
    pub issuer: String,
    /// What this server is called there.
    pub client_id: String,
    /// What this server proves itself with there.
    pub client_secret: Option<SecretString>,
    /// What is asked for besides `openid`.
    pub scopes: Vec<String>,
    /// Where the provider sends people back to.
    pub callback: Url,
    /// The claim that roles follow from.
    pub roles_claim: String,
    /// What each value of the claim makes of somebody; the first that he has counts.
    pub roles: Vec<(String, Appointment)>,
    /// Domains of the addresses that may sign in; all where empty.
    pub email_domains: Vec<String>,
    /// Whether the provider has to vouch for the address.
    pub needs_verified_email: bool,
}

impl SignOn {
    /// Everything that is needed, or nothing at all.
    pub(super) fn of(settings: &mut Settings) -> Result<Option<Self>, ConfigError> {
        let Some(issuer) = settings.oidc_issuer.take() else {
            let others = [
                ("oidc_client_id", settings.oidc_client_id.is_some()),
                ("oidc_client_secret", settings.oidc_client_secret.is_some()),
                ("oidc_client_secret_file", settings.oidc_client_secret_file.is_some()),
                ("oidc_roles", settings.oidc_roles.is_some()),
            ];
            return match others.iter().find(|(_, given)| *given) {
                Some((name, _)) => Err(invalid("oidc_issuer", format!("is missing: {name} is given"))),
                None => Ok(None),
            };
        };
        let missing = |name| move || invalid(name, "is missing: oidc_issuer is given");
        let public_url = settings.public_url.take().ok_or_else(missing("public_url"))?;
        let roles =
            settings.oidc_roles.take().filter(|roles| !roles.is_empty()).ok_or_else(missing("oidc_roles"))?;
        Ok(Some(Self {
            issuer: address("oidc_issuer", &issuer).map(|_| issuer)?,
            client_id: settings.oidc_client_id.take().ok_or_else(missing("oidc_client_id"))?,
            client_secret: secret(
                "oidc_client_secret",
                settings.oidc_client_secret.take(),
                settings.oidc_client_secret_file.take(),
            )?,
            scopes: settings.oidc_scopes.take().unwrap_or_else(|| vec!["email".into(), "profile".into()]),
            callback: address("public_url", &format!("{}{CALLBACK}", public_url.trim_end_matches('/')))?,
            roles_claim: settings.oidc_roles_claim.take().unwrap_or_else(|| "groups".into()),
            roles: roles.iter().map(|role| mapping(role)).collect::<Result<_, _>>()?,
            email_domains: settings.oidc_email_domains.take().unwrap_or_default(),
            needs_verified_email: settings.oidc_verified_email.unwrap_or(true),
        }))
    }
}

/// An address that nobody between can read: `https`, or this machine.
pub(super) fn address(name: &'static str, text: &str) -> Result<Url, ConfigError> {
    let url = Url::parse(text).map_err(|why| invalid(name, format!("{text:?}: {why}")))?;
    let is_local = url.host_str().is_some_and(|host| matches!(host, "localhost" | "127.0.0.1" | "[::1]"));
    let is_plain = url.username().is_empty() && url.password().is_none() && url.query().is_none();
    if is_plain && (url.scheme() == "https" || url.scheme() == "http" && is_local) {
        return Ok(url);
    }
    Err(invalid(name, format!("{text:?} must be an https:// address without user or query")))
}

/// `value=role`, or `value=role@organization`; the value may hold `=`.
fn mapping(text: &str) -> Result<(String, Appointment), ConfigError> {
    let wrong = |why: &str| {
        invalid(
            "oidc_roles",
            format!("{text:?} {why}; write for example platform=admin or acme=org-admin@org_acme"),
        )
    };
    let (value, role) = text.rsplit_once('=').ok_or_else(|| wrong("has no `=`"))?;
    let (role, organization) = role.split_once('@').map_or((role, None), |(role, at)| (role, Some(at)));
    if value.is_empty() {
        return Err(wrong("names no value of the claim"));
    }
    let appointment = Appointment::parse(role, organization).map_err(|report| wrong(&report.to_string()))?;
    Ok((value.to_owned(), appointment))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> Settings {
        Settings {
            oidc_issuer: Some("https://id.example".into()),
            oidc_client_id: Some("aliases".into()),
            public_url: Some("https://aliases.example/".into()),
            oidc_roles: Some(vec!["platform=admin".into(), "cn=ops,dc=acme=org-admin@org_acme".into()]),
            ..Settings::default()
        }
    }

    fn refused(change: impl FnOnce(&mut Settings)) -> String {
        let mut settings = settings();
        change(&mut settings);
        SignOn::of(&mut settings).unwrap_err().to_string()
    }

    #[test]
    fn a_provider_is_described_in_full_or_not_at_all() {
        let sign_on = SignOn::of(&mut settings()).unwrap().unwrap();
        assert_eq!(sign_on.callback.as_str(), "https://aliases.example/api/admin-users/oidc/callback");
        assert_eq!(sign_on.roles[1].0, "cn=ops,dc=acme");
        assert!(sign_on.needs_verified_email);
        assert!(SignOn::of(&mut Settings::default()).unwrap().is_none());
        assert!(refused(|s| s.oidc_issuer = None).contains("oidc_issuer"));
        assert!(refused(|s| s.public_url = None).contains("public_url"));
        assert!(refused(|s| s.oidc_roles = None).contains("oidc_roles"));
        assert!(refused(|s| s.oidc_client_id = None).contains("oidc_client_id"));
    }

    #[test]
    fn an_address_in_clear_and_a_role_that_is_none_are_refused() {
        assert!(refused(|s| s.oidc_issuer = Some("http://id.example".into())).contains("https://"));
        assert!(refused(|s| s.public_url = Some("http://aliases.example".into())).contains("https://"));
        for role in ["platform", "=admin", "platform=king", "acme=org-admin", "acme=admin@org_acme"] {
            assert!(refused(|s| s.oidc_roles = Some(vec![role.into()])).contains("oidc_roles"), "{role}");
        }
        let local = |s: &mut Settings| s.oidc_issuer = Some("http://127.0.0.1:9400".into());
        let mut settings = settings();
        local(&mut settings);
        assert!(SignOn::of(&mut settings).is_ok());
    }
}

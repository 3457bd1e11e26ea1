//! Single sign-on with OpenID Connect: the authorization code with PKCE, state and nonce.
//!
//! [`provider`] speaks with the provider, [`flow`] is what a browser keeps meanwhile, [`account`] makes somebody of
//! who was vouched for. The routes are in [`crate::admin::sign_on`].

pub mod account;
pub mod flow;
pub mod provider;

use std::collections::HashSet;

use alias_core::identity::{Appointment, Email};
use serde_json::{Map, Value};

use crate::config::SignOn;
use crate::error::{ApiError, Code};

/// Somebody whom the provider vouched for.
#[derive(Debug)]
pub struct Person {
    /// The provider.
    pub issuer: String,
    /// Who it is there, for ever.
    pub subject: String,
    /// Everything that the provider says.
    pub claims: Map<String, Value>,
}

impl Person {
    fn text(&self, claim: &str) -> Option<&str> {
        self.claims.get(claim)?.as_str()
    }

    /// His address, or else who it is there: for the log.
    pub fn name(&self) -> &str {
        self.text("email").unwrap_or(&self.subject)
    }

    /// What he is called.
    pub fn display_name(&self) -> Option<String> {
        let name: String = self.text("name")?.chars().filter(|c| !c.is_control()).take(200).collect();
        Some(name.trim().to_owned()).filter(|name| !name.is_empty())
    }

    /// His address, if it is one that may sign in.
    ///
    /// # Errors
    /// 403 that says what is missing.
    pub fn email(&self, settings: &SignOn) -> Result<Email, ApiError> {
        let verified = matches!(self.claims.get("email_verified"), Some(Value::Bool(true)));
        let verified = verified || self.text("email_verified") == Some("true");
        let email = self.text("email").and_then(|email| email.parse::<Email>().ok());
        let email = email.ok_or_else(|| refused("the provider gave no e-mail address"))?;
        if settings.needs_verified_email && !verified {
            return Err(refused("the provider does not vouch for the e-mail address"));
        }
        let domain = email.as_str().rsplit('@').next().unwrap_or_default();
        let known = settings.email_domains.iter().any(|allowed| allowed.eq_ignore_ascii_case(domain));
        if !(known || settings.email_domains.is_empty()) {
            return Err(refused("addresses of this domain may not sign in here"));
        }
        Ok(email)
    }

    /// What he may do: the first role whose value he has.
    ///
    /// # Errors
    /// 403 where he has none of the values.
    pub fn appointment(&self, settings: &SignOn) -> Result<Appointment, ApiError> {
        let values: HashSet<&str> = match self.claims.get(&settings.roles_claim) {
            Some(Value::String(value)) => HashSet::from([value.as_str()]),
            Some(Value::Array(values)) => values.iter().filter_map(Value::as_str).collect(),
            _ => HashSet::new(),
        };
        let fits = settings.roles.iter().find(|(value, _)| values.contains(value.as_str()));
        fits.map(|(_, appointment)| appointment.clone())
            .ok_or_else(|| refused("no role is meant for this person"))
    }
}

/// Somebody is known, and may not come in.
pub(crate) fn refused(why: &str) -> ApiError {
    ApiError::new(Code::Forbidden, format!("The sign-in was refused: {why}. Ask an owner or admin."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alias_core::access::Role;
    use serde_json::json;

    fn settings() -> SignOn {
        SignOn {
            issuer: "https://id.example".into(),
            client_id: "aliases".into(),
            client_secret: None,
            scopes: vec![],
            callback: "https://aliases.example/x".parse().unwrap(),
            roles_claim: "groups".into(),
            roles: vec![
                ("platform".into(), Appointment::parse("admin", None).unwrap()),
                ("staff".into(), Appointment::parse("viewer", None).unwrap()),
            ],
            email_domains: vec!["acme.example".into()],
            needs_verified_email: true,
        }
    }

    fn person(claims: Value) -> Person {
        let Value::Object(claims) = claims else { panic!("claims are an object") };
        Person { issuer: "https://id.example".into(), subject: "1".into(), claims }
    }

    #[test]
    fn the_first_role_that_fits_counts_and_nobody_has_one_by_accident() {
        let role =
            |groups: Value| person(json!({"groups": groups})).appointment(&settings()).map(|a| a.role).ok();
        assert_eq!(role(json!(["staff", "platform"])), Some(Role::Admin));
        assert_eq!(role(json!("staff")), Some(Role::Viewer));
        for none in
            [json!([]), json!("platform staff"), json!(["Platform"]), json!({"platform": true}), json!(null)]
        {
            assert_eq!(role(none.clone()), None, "{none}");
        }
        assert!(person(json!({})).appointment(&settings()).is_err());
    }

    #[test]
    fn an_address_must_be_vouched_for_and_of_a_known_domain() {
        let email = |claims: Value| person(claims).email(&settings()).is_ok();
        assert!(email(json!({"email": "Ada@ACME.example", "email_verified": true})));
        for bad in [
            json!({"email": "ada@acme.example"}),
            json!({"email": "ada@acme.example", "email_verified": false}),
            json!({"email": "ada@evil.example", "email_verified": true}),
            json!({"email": "ada@x.acme.example", "email_verified": true}),
            json!({"email": "ada@evil.example@acme.example", "email_verified": true}),
            json!({"email_verified": true}),
        ] {
            assert!(!email(bad.clone()), "{bad}");
        }
    }
}

//! Accounts of people, who sign in with a password or through an OpenID provider.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use validator::{Validate, ValidateEmail, ValidationErrors};

use super::Appointment;
use crate::access::Role;
use crate::clock::Timestamp;
use crate::id::{Id, IdKind};
use crate::organization::OrganizationId;
use crate::validation::{self, parsed, parses};

/// Marks ids of accounts.
#[derive(Debug)]
pub struct AccountKind;

impl IdKind for AccountKind {
    const PREFIX: &'static str = "usr_";
}

/// The immutable identity of an account.
pub type AccountId = Id<AccountKind>;

/// An address of e-mail, which accounts are found by; in lower case, up to 254 characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

impl Email {
    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A text that is no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be an e-mail address, for example ops@acme.example")]
pub struct InvalidEmail;

impl FromStr for Email {
    type Err = InvalidEmail;

    fn from_str(text: &str) -> Result<Self, InvalidEmail> {
        let fits = text.len() <= 254 && text.is_ascii() && text.validate_email();
        fits.then(|| Self(text.to_ascii_lowercase())).ok_or(InvalidEmail)
    }
}

impl TryFrom<String> for Email {
    type Error = InvalidEmail;

    fn try_from(text: String) -> Result<Self, InvalidEmail> {
        text.parse()
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.0
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The fewest characters of a password.
pub const MIN_PASSWORD: usize = 12;

/// The most characters of a password.
pub const MAX_PASSWORD: usize = 128;

/// A password in clear, on its way to be hashed. It is never shown and never kept.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(
    feature = "openapi",
    schema(value_type = String, format = Password, min_length = 12, max_length = 128, example = "correct horse battery staple")
)]
pub struct Password(String);

impl Password {
    /// The password in clear, for hashing.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// A password's argon2id hash, in the PHC string format.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// A hash from its text.
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

/// How somebody proves who he is. Each account has one way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// By a password.
    Password(PasswordHash),
    /// By an OpenID provider: its issuer and its name for the person, `sub`.
    OpenId {
        /// The provider.
        issuer: String,
        /// The person, in the provider's words.
        subject: String,
    },
}

/// The way of signing in, as shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SignIn {
    /// By a password.
    Password,
    /// By an OpenID provider.
    OpenId,
}

/// An account as stored and listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Account {
    /// Its identity.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "usr_0192f0a1b2c37d4e8f90a1b2c3d4e5f6"))]
    pub user_id: AccountId,
    /// Its address.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "ops@acme.example"))]
    pub email: Email,
    /// What the person is called.
    #[cfg_attr(feature = "openapi", schema(example = "Ada Lovelace"))]
    pub display_name: String,
    /// What it may do.
    pub role: Role,
    /// The organization that it belongs to; none reaches all.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "org_newclient"))]
    pub organization_id: Option<OrganizationId>,
    /// Whether it may sign in.
    pub active: bool,
    /// How it signs in.
    pub sign_in: SignIn,
    /// When somebody last signed in to it.
    pub last_sign_in_at: Option<Timestamp>,
    /// Counts its changes from 1; also its `ETag`.
    pub version: u32,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A new account with a password, unchecked.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AccountDraft {
    /// Its address, which no other account has.
    #[serde(default)]
    #[validate(custom(function = parses::<Email>))]
    #[cfg_attr(
        feature = "openapi",
        schema(required, min_length = 3, max_length = 254, example = "ops@acme.example")
    )]
    pub email: String,
    /// What the person is called; the address where absent.
    #[validate(custom(function = validation::label))]
    #[cfg_attr(feature = "openapi", schema(max_length = 200, example = "Ada Lovelace"))]
    pub display_name: Option<String>,
    /// Its password, 12 to 128 characters.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required))]
    pub password: Password,
    /// What it may do: owner, admin, org-admin, team-admin, billing or viewer.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required, value_type = Role, example = "viewer"))]
    pub role: String,
    /// The organization that it belongs to: needed for org-admin and team-admin, refused for owner and admin.
    pub organization_id: Option<String>,
}

/// A checked new account, without its credential: making the hash takes time, and is not for this crate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAccount {
    /// Its address.
    pub email: Email,
    /// What the person is called.
    pub display_name: String,
    /// What it may do.
    pub appointment: Appointment,
}

impl AccountDraft {
    /// Checks every field; the password comes back to be hashed.
    ///
    /// # Errors
    /// One entry for each wrong field.
    pub fn parse(self) -> Result<(NewAccount, Password), ValidationErrors> {
        let mut report = self.validate().err().unwrap_or_default();
        check_password(&self.password, &mut report);
        let appointment = Appointment::parse(&self.role, self.organization_id.as_deref());
        let appointment = validation::merged(report, appointment)?;
        let email: Email = parsed("email", &self.email)?;
        let display_name = self.display_name.unwrap_or_else(|| email.to_string());
        Ok((NewAccount { email, display_name, appointment }, self.password))
    }
}

/// A change of an account, unchecked. An absent field is kept.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AccountEdit {
    /// What the person is called.
    #[serde(default, deserialize_with = "validation::given")]
    #[validate(custom(function = validation::required_label))]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub display_name: Option<String>,
    /// A new password; every session of the account ends.
    #[serde(default, deserialize_with = "validation::given")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub password: Option<Password>,
    /// What it may do from now on; goes with `organization_id` where the role needs one.
    #[serde(default, deserialize_with = "validation::given")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, value_type = Option<Role>))]
    pub role: Option<String>,
    /// The organization that it belongs to from now on; goes with `role`.
    pub organization_id: Option<String>,
    /// Whether it may sign in; every session of the account ends where not.
    #[serde(default, deserialize_with = "validation::given")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub active: Option<bool>,
}

/// A checked change of an account: `None` keeps.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountChange {
    /// New name.
    pub display_name: Option<String>,
    /// New hash; goes with the end of all sessions.
    pub password: Option<PasswordHash>,
    /// New role and organization.
    pub appointment: Option<Appointment>,
    /// Whether it may sign in; `false` goes with the end of all sessions.
    pub active: Option<bool>,
}

impl AccountEdit {
    /// Checks every field that is present; a new password comes back to be hashed.
    ///
    /// # Errors
    /// One entry for each wrong field.
    pub fn parse(self) -> Result<(AccountChange, Option<Password>), ValidationErrors> {
        let mut report = self.validate().err().unwrap_or_default();
        if let Some(password) = &self.password {
            check_password(password, &mut report);
        }
        if self.organization_id.is_some() && self.role.is_none() {
            report.add(
                "organization_id",
                validation::error("invalid_value", "organization_id goes with role: give both"),
            );
        }
        let appointment = match &self.role {
            Some(role) => Appointment::parse(role, self.organization_id.as_deref()).map(Some),
            None => Ok(None),
        };
        let appointment = validation::merged(report, appointment)?;
        let change = AccountChange {
            display_name: self.display_name,
            password: None,
            appointment,
            active: self.active,
        };
        Ok((change, self.password))
    }
}

/// Not left to `validator`, which would copy the password into its report.
fn check_password(password: &Password, report: &mut ValidationErrors) {
    match password.0.chars().count() {
        MIN_PASSWORD..=MAX_PASSWORD => {}
        0 => report.add("password", validation::error("missing_field", "password is required")),
        characters => report.add(
            "password",
            validation::error(
                "invalid_value",
                format!("password must have {MIN_PASSWORD} to {MAX_PASSWORD} characters, not {characters}"),
            ),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft() -> AccountDraft {
        AccountDraft {
            email: "Ops@Acme.example".into(),
            password: Password("correct horse battery".into()),
            role: "viewer".into(),
            ..AccountDraft::default()
        }
    }

    #[test]
    fn an_account_is_found_by_its_address_in_any_case() {
        let (account, _) = draft().parse().unwrap();
        assert_eq!(account.email.as_str(), "ops@acme.example");
        assert_eq!(account.display_name, "ops@acme.example");
    }

    #[test]
    fn every_wrong_field_of_an_account_is_named_at_once() {
        let wrong = AccountDraft {
            email: "nobody".into(),
            password: Password("short".into()),
            role: "org-admin".into(),
            ..AccountDraft::default()
        };
        let report = wrong.parse().unwrap_err();
        let mut fields: Vec<_> = report.field_errors().into_keys().collect();
        fields.sort();
        assert_eq!(fields, ["email", "organization_id", "password"]);
    }

    #[test]
    fn a_password_is_never_printed() {
        assert!(!format!("{:?}", draft()).contains("correct horse"));
        assert!(!format!("{:?}", PasswordHash::new("$argon2id$x".into())).contains("argon2id"));
    }
}

//! Admin tokens: what programs administer with. Made, shown and kept like keys of teams.

use serde::{Deserialize, Serialize};
use validator::{Validate, ValidationErrors};

use super::Appointment;
use crate::access::{Authority, Role};
use crate::clock::Timestamp;
use crate::key::{KeyId, KeySecret};
use crate::organization::OrganizationId;
use crate::validation;

/// An admin token as stored and listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AdminToken {
    /// Its public id.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "mfzwizltoqqho33s"))]
    pub token_id: KeyId,
    /// Its name for people.
    #[cfg_attr(feature = "openapi", schema(example = "terraform"))]
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// The organization that it belongs to; none reaches all.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "org_newclient"))]
    pub organization_id: Option<OrganizationId>,
    /// Its last characters: `ak-…cdef`.
    #[cfg_attr(feature = "openapi", schema(example = "ak-…cdef"))]
    pub token_masked: String,
    /// When it stops working by itself.
    pub expires_at: Option<Timestamp>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// When it was created.
    pub created_at: Timestamp,
}

/// A token that was presented and works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenHolder {
    /// The token's public id.
    pub token_id: KeyId,
    /// Its name for people.
    pub name: String,
    /// What it may do.
    pub authority: Authority,
}

/// A new admin token, unchecked.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TokenDraft {
    /// Its name for people, 1 to 200 characters.
    #[serde(default)]
    #[validate(custom(function = validation::required_label))]
    #[cfg_attr(
        feature = "openapi",
        schema(required, min_length = 1, max_length = 200, example = "terraform")
    )]
    pub name: String,
    /// What it may do: owner, admin, org-admin, team-admin, billing or viewer.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required, value_type = Role, example = "admin"))]
    pub role: String,
    /// The organization that it belongs to: needed for org-admin and team-admin, refused for owner and admin.
    pub organization_id: Option<String>,
    /// When it stops working by itself; never where absent.
    pub expires_at: Option<Timestamp>,
}

/// A checked new token, and the secret that was drawn for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    /// Its name for people.
    pub name: String,
    /// What it may do.
    pub appointment: Appointment,
    /// When it stops working by itself.
    pub expires_at: Option<Timestamp>,
    /// The secret; the store keeps its digest.
    pub secret: KeySecret,
}

impl TokenDraft {
    /// Checks every field at the time `now`.
    ///
    /// # Errors
    /// One entry for each wrong field.
    pub fn parse(self, secret: KeySecret, now: Timestamp) -> Result<NewToken, ValidationErrors> {
        let mut report = self.validate().err().unwrap_or_default();
        if self.expires_at.is_some_and(|end| end <= now) {
            report.add("expires_at", validation::error("invalid_value", "expires_at must be in the future"));
        }
        let appointment = Appointment::parse(&self.role, self.organization_id.as_deref());
        let appointment = validation::merged(report, appointment)?;
        Ok(NewToken { name: self.name, appointment, expires_at: self.expires_at, secret })
    }
}

//! Who administers: accounts of people, tokens of programs, and sessions of those who signed in.

mod account;
mod session;
mod token;

use validator::ValidationErrors;

use crate::access::{Belonging, Role};
use crate::organization::OrganizationId;
use crate::validation::{self, parsed};

pub use account::*;
pub use session::*;
pub use token::*;

/// What an identity may do, as asked for: the store looks the organization up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appointment {
    /// The role.
    pub role: Role,
    /// The organization that the identity belongs to.
    pub organization_id: Option<OrganizationId>,
}

impl Appointment {
    /// Checks that the role exists and fits the organization: owners and admins belong to none, org-admins and
    /// team-admins to one.
    ///
    /// # Errors
    /// An entry for the field that does not fit.
    pub fn parse(role: &str, organization_id: Option<&str>) -> Result<Self, ValidationErrors> {
        let role: Role = parsed("role", role)?;
        let organization_id = organization_id.map(|id| parsed("organization_id", id)).transpose()?;
        let wrong = match (role.belonging(), &organization_id) {
            (Belonging::Never, Some(_)) => {
                Some(format!("the role {role} reaches every organization: leave organization_id out"))
            }
            (Belonging::Always, None) => {
                Some(format!("the role {role} belongs to one organization: give organization_id"))
            }
            _ => None,
        };
        match wrong {
            None => Ok(Self { role, organization_id }),
            Some(why) => {
                let mut report = ValidationErrors::new();
                report.add("organization_id", validation::error("invalid_value", why));
                Err(report)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_that_does_not_fit_its_organization_is_refused() {
        for (role, organization, fits) in [
            ("owner", None, true),
            ("owner", Some("acme"), false),
            ("admin", Some("acme"), false),
            ("org-admin", None, false),
            ("org-admin", Some("acme"), true),
            ("team-admin", None, false),
            ("viewer", None, true),
            ("viewer", Some("acme"), true),
            ("billing", Some("no such/id"), false),
            ("root", None, false),
        ] {
            assert_eq!(Appointment::parse(role, organization).is_ok(), fits, "{role} {organization:?}");
        }
    }
}

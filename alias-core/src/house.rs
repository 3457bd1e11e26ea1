//! The house: who makes, and pays for, the calls that no team makes, such as an operator's test of an alias.

use uuid::Uuid;
use validator::{ValidationError, ValidationErrors};

use crate::organization::OrganizationId;
use crate::team::{TeamId, TeamUid};
use crate::validation::error;

/// What the house is called where calls name a team and its organization. No team or organization can be created that
/// is called so.
pub const HOUSE: &str = "alias-server";

/// The team of the house. It is in no list of teams and holds nothing.
pub const TEAM: TeamUid = TeamUid::new(Uuid::nil());

/// The id that calls of the house have for a team.
pub fn team_id() -> TeamId {
    TeamId::known(HOUSE)
}

/// The id that calls of the house have for an organization.
pub fn organization_id() -> OrganizationId {
    OrganizationId::known(HOUSE)
}

/// Refuses the name of the house for what somebody creates.
pub(crate) fn refuse(report: &mut ValidationErrors, field: &'static str, id: &str) {
    if id.eq_ignore_ascii_case(HOUSE) {
        report.add(field, taken());
    }
}

fn taken() -> ValidationError {
    error("invalid_value", format!("{HOUSE:?} stands for calls of the service itself: choose another"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::organization::OrganizationDraft;
    use crate::team::TeamDraft;

    #[test]
    fn the_house_has_names_that_nobody_else_can_have() {
        assert_eq!(HOUSE.parse::<TeamId>().unwrap(), team_id());
        assert_eq!(HOUSE.parse::<OrganizationId>().unwrap(), organization_id());
        let team = TeamDraft {
            organization_id: "org".into(),
            team_id: "Alias-Server".into(),
            ..TeamDraft::default()
        };
        assert!(team.parse().unwrap_err().field_errors().contains_key("team_id"));
        let organization = OrganizationDraft {
            organization_id: HOUSE.into(),
            name: "A".into(),
            ..OrganizationDraft::default()
        };
        assert!(organization.parse().unwrap_err().field_errors().contains_key("organization_id"));
    }
}

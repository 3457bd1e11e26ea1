//! The team that an organization can be created with: both are stored, or neither.

use alias_core::audit::Actor;
use alias_core::credits::Billing;
use alias_core::money::MicroCredits;
use alias_core::organization::NewOrganization;
use alias_core::repository::{OrganizationRepository, Written};
use alias_core::team::NewTeam;

use super::object::NewOrganizationObject;
use crate::admin::teams::first_key;
use crate::admin::teams::object::TeamObject;
use crate::error::{ApiError, Code, FieldError};

/// The team `<organization_id>-default`: no groups, no credits.
fn team_of(organization: &NewOrganization) -> Result<NewTeam, ApiError> {
    let team_id = format!("{}-default", organization.organization_id);
    let team_id = team_id.parse().map_err(|why| {
        ApiError::fields(
            Code::InvalidValue,
            vec![FieldError {
                field: "create_default_team".into(),
                pointer: "#/create_default_team".into(),
                code: "invalid_value".into(),
                message: format!("the default team cannot be called `{team_id}`: {why}"),
                suggestion: None,
            }],
        )
    })?;
    Ok(NewTeam {
        organization_id: organization.organization_id.clone(),
        team_id,
        team_alias: "default".into(),
        access_groups: Vec::new(),
        default_model: None,
        credits_allocated: MicroCredits::ZERO,
        limits: alias_core::limit::Limits::default(),
        billing: Billing::default(),
        metadata: alias_core::alias::Metadata::new(),
    })
}

/// Stores an organization with its default team, whose key the answer shows.
pub(super) async fn create(
    organizations: &dyn OrganizationRepository,
    new: NewOrganization,
    actor: &Actor,
) -> Result<Written<NewOrganizationObject>, ApiError> {
    let team = team_of(&new)?;
    let (key, shown) = first_key()?;
    let Written { value, revision } = organizations.create(new, Some((team, key)), actor).await?;
    let with_key = |team| TeamObject { virtual_key: Some(shown), ..TeamObject::from(team) };
    let default_team = value.team.map(with_key);
    let value = NewOrganizationObject { organization: value.organization.into(), default_team };
    Ok(Written { value, revision })
}

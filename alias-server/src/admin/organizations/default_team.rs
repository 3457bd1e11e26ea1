//! The team that an organization can be created with: both are stored, or neither.

use alias_core::audit::Actor;
use alias_core::money::MicroCredits;
use alias_core::organization::NewOrganization;
use alias_core::repository::{OrganizationRepository, StoreError, TeamRepository, Written};
use alias_core::team::NewTeam;

use super::object::NewOrganizationObject;
use crate::admin::teams::create_with_key;
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
        credits_allocated: MicroCredits::ZERO,
        metadata: alias_core::alias::Metadata::new(),
    })
}

/// Stores an organization, then its default team; where the second fails, the first is taken back.
pub(super) async fn create(
    organizations: &dyn OrganizationRepository,
    teams: &dyn TeamRepository,
    new: NewOrganization,
    actor: &Actor,
) -> Result<Written<NewOrganizationObject>, ApiError> {
    let (id, team) = (new.organization_id.clone(), team_of(&new)?);
    organizations.create(new, actor).await?;
    let team = match create_with_key(teams, team, actor).await {
        Ok(written) => written,
        Err(why) => {
            organizations.delete(&id, None, actor).await?;
            return Err(why);
        }
    };
    let gone = || StoreError::NotFound { kind: "organization", name: id.to_string() };
    let organization = organizations.find(&id).await?.ok_or_else(gone)?.into();
    let value = NewOrganizationObject { organization, default_team: Some(team.value) };
    Ok(Written { value, revision: team.revision })
}

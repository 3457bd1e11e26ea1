//! What somebody may name in a key's limit on models: for who sees only one organization, what the team is granted.

use alias_core::access::Action;
use alias_core::alias::AliasName;
use alias_core::name::nearest;
use alias_core::repository::{StoreError, TeamRepository};
use alias_core::team::TeamId;

use crate::admin::path::not_found;
use crate::auth::Admin;
use crate::error::ApiError;

/// Refuses names that are not granted to the team by who may not see the catalogue, in the words for names that nothing
/// has. Those that the key is limited to `already` may stay.
pub(super) async fn check(
    admin: &Admin,
    teams: &dyn TeamRepository,
    team: &TeamId,
    models: Option<&[AliasName]>,
    already: &[AliasName],
) -> Result<(), ApiError> {
    let Some(models) = models.filter(|_| admin.may(Action::ReadCatalog).is_err()) else { return Ok(()) };
    let found = teams.find(team).await?.ok_or_else(|| not_found::<TeamId>(team.as_str()))?;
    let known = || found.allowed_model_aliases.iter().chain(already);
    let missing: Vec<&AliasName> =
        models.iter().filter(|name| !known().any(|known| known.folded() == name.folded())).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let near = |name: &&AliasName| nearest(name.as_str(), known().map(AliasName::as_str));
    let mut suggestions: Vec<String> = missing.iter().flat_map(near).map(str::to_owned).collect();
    suggestions.dedup();
    let names = missing.iter().map(ToString::to_string).collect();
    Err(StoreError::UnknownReference { kind: "model alias", field: "models", names, suggestions }.into())
}

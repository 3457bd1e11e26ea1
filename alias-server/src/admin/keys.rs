//! `/api/teams/{team}/keys`: what a team's clients authenticate with. A key is shown once, when it is made.

mod granted;
mod secret;

use actix_web::{HttpResponse, web};
use alias_core::clock::{Clock, Timestamp};
use alias_core::key::{KeyDraft, KeyEdit, KeyId, KeySecret, RotateDraft, TeamKey};
use alias_core::repository::{KeyRepository, TeamRepository, Written};
use alias_core::team::TeamId;
use alias_router::LiveRouter;
use serde::Serialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::admin::answer::{Prefer, REVISION, created, deleted, publish, segment};
use crate::admin::edit::changes;
use crate::admin::idempotency::Once;
use crate::admin::path::{Named, not_found};
use crate::admin::query::{NoParameters, Query};
use crate::auth::Admin;
use crate::error::{ApiError, Code};
use crate::extract::{JsonObject, JsonOrDefault, typed};

pub use secret::draw_secret;
use secret::shown_again;

/// What a change may say.
const WRITABLE: [&str; 9] = [
    "name",
    "expires_at",
    "models",
    "endpoints",
    "networks",
    "upstream_identity",
    "rpm_limit",
    "tpm_limit",
    "max_parallel_requests",
];

/// What making a key takes: where keys and their teams are kept, who must know of them, and the time.
type Making = (
    web::Data<dyn KeyRepository>,
    web::Data<dyn TeamRepository>,
    web::Data<LiveRouter>,
    web::Data<dyn Clock>,
);

/// A new key: the only answer that shows it in clear.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewTeamKey {
    /// The team that it speaks for.
    #[schema(value_type = String, example = "newclient-prod")]
    pub team_id: TeamId,
    /// The key.
    #[serde(flatten)]
    pub key: TeamKey,
    /// The key in clear, this once; another one where the answer is repeated before the key was used, null after.
    pub virtual_key: Option<String>,
}

/// A key that took the place of another.
#[derive(Debug, Serialize, ToSchema)]
pub struct RotatedKey {
    /// The new key.
    #[serde(flatten)]
    pub new: NewTeamKey,
    /// The public id of the old one.
    #[schema(value_type = String, example = "mfzwizltoqqho33s")]
    pub old_key_id: KeyId,
    /// When the old one stops working.
    pub old_key_ends_at: Timestamp,
}

/// The keys of a team.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeyList {
    /// The keys that are not revoked, oldest first.
    pub keys: Vec<TeamKey>,
}

/// A key that stopped working.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeyRevoked {
    /// What happened, in a sentence.
    #[schema(example = "Key 'mfzwizltoqqho33s' revoked successfully")]
    pub message: String,
    /// Its public id.
    #[schema(value_type = String, example = "mfzwizltoqqho33s")]
    pub key_id: KeyId,
    /// Always true.
    pub revoked: bool,
}

/// Create a key of a team.
///
/// The body is optional. The answer shows the key, this once.
///
/// # Errors
/// 403 for `upstream_identity` from who belongs to an organization, 404 where there is no such team, 422 for wrong fields.
#[utoipa::path(
    post, path = "/api/teams/{team}/keys", tag = "keys", operation_id = "create_key",
    params(Named<TeamId>, Once),
    request_body(content = Option<KeyDraft>, example = json!({"name": "ci", "expires_at": "2035-10-14T12:00:00Z", "models": ["gpt-4"], "endpoints": ["chat_completions"]})),
    responses((status = 201, description = "Created; `virtual_key` is shown this once.", body = NewTeamKey)),
)]
pub async fn create(
    admin: Admin,
    once: Once,
    (keys, teams, live, clock): Making,
    Query(NoParameters {}): Query<NoParameters>,
    Named(team): Named<TeamId>,
    JsonOrDefault(draft): JsonOrDefault<KeyDraft>,
) -> Result<HttpResponse, ApiError> {
    let actor = admin.actor().clone();
    let again = shown_again((keys.clone(), live.clone()), team.clone(), actor.clone());
    let asker = admin.clone();
    let work = async move {
        let secret = draw_secret(KeySecret::from_random)?;
        let virtual_key = Some(secret.expose().to_owned());
        let new = draft.parse(secret, clock.now())?;
        check_identity(&asker, new.scope.upstream_identity)?;
        granted::check(&asker, &**teams, &team, new.scope.models.as_deref(), &[]).await?;
        let Written { value: key, revision } = keys.create(&team, new, &actor).await?;
        publish(&live, revision).await;
        let location = format!("/api/teams/{}/keys/{}", segment(team.as_str()), key.key_id);
        Ok(created(&location, None, revision, &NewTeamKey { team_id: team, key, virtual_key }))
    };
    once.run_renewing(&admin, work, again).await
}

/// What stands behind aliases is not for those who belong to an organization: they cannot have a key show it to them.
fn check_identity(admin: &Admin, wanted: bool) -> Result<(), ApiError> {
    if !wanted || admin.home().is_none() {
        return Ok(());
    }
    let detail =
        "upstream_identity is for owners and admins to set: it shows which provider's model serves calls.";
    Err(ApiError::new(Code::Forbidden, detail).about("upstream_identity"))
}

/// Nor are they shown the secret of a key that has it, by rotating one.
async fn check_rotation(
    admin: &Admin,
    keys: &dyn KeyRepository,
    team: &TeamId,
    key: &KeyId,
) -> Result<(), ApiError> {
    if admin.home().is_none() || !one_of(keys, team, key).await?.scope.upstream_identity {
        return Ok(());
    }
    let detail = "The key has upstream_identity, which is for owners and admins: have one of them rotate it, \
                  or set its upstream_identity to false first.";
    Err(ApiError::new(Code::Forbidden, detail))
}

/// List the keys of a team, masked.
///
/// # Errors
/// 404 where there is no such team.
#[utoipa::path(
    get, path = "/api/teams/{team}/keys", tag = "keys", operation_id = "list_keys",
    params(Named<TeamId>),
    responses((status = 200, description = "Its keys.", body = KeyList)),
)]
pub async fn list(
    _: Admin,
    keys: web::Data<dyn KeyRepository>,
    Query(NoParameters {}): Query<NoParameters>,
    Named(team): Named<TeamId>,
) -> Result<HttpResponse, ApiError> {
    let keys = keys_of(&**keys, &team).await?;
    Ok(HttpResponse::Ok().json(KeyList { keys }))
}

async fn keys_of(keys: &dyn KeyRepository, team: &TeamId) -> Result<Vec<TeamKey>, ApiError> {
    keys.list(team).await?.ok_or_else(|| not_found::<TeamId>(team.as_str()))
}

async fn one_of(keys: &dyn KeyRepository, team: &TeamId, key: &KeyId) -> Result<TeamKey, ApiError> {
    let found = keys_of(keys, team).await?.into_iter().find(|found| found.key_id == *key);
    found.ok_or_else(|| not_found::<KeyId>(key.as_str()))
}

/// Show a key, masked.
///
/// # Errors
/// 404 where there is no such team, or it has no such key.
#[utoipa::path(
    get, path = "/api/teams/{team}/keys/{key}", tag = "keys", operation_id = "get_key",
    params(Named<TeamId>, Named<KeyId>),
    responses((status = 200, description = "The key.", body = TeamKey)),
)]
pub async fn find(
    _: Admin,
    keys: web::Data<dyn KeyRepository>,
    Query(NoParameters {}): Query<NoParameters>,
    Named(team): Named<TeamId>,
    Named(key): Named<KeyId>,
) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(one_of(&**keys, &team, &key).await?))
}

/// Replace a key by a new one of the same name, end and limits.
///
/// The body is optional. The old key goes on working for `grace_seconds`, and not at all without.
///
/// # Errors
/// 403 for a key with `upstream_identity` from who belongs to an organization, 404 where there is no such team, or it
/// has no such working key, 422 for wrong fields.
#[utoipa::path(
    post, path = "/api/teams/{team}/keys/{key}/rotate", tag = "keys", operation_id = "rotate_key",
    params(Named<TeamId>, Named<KeyId>, Once),
    request_body(content = Option<RotateDraft>, example = json!({"grace_seconds": 3600})),
    responses((status = 200, description = "The new key; `virtual_key` is shown this once.", body = RotatedKey)),
)]
pub async fn rotate(
    admin: Admin,
    once: Once,
    (keys, _, live, clock): Making,
    Query(NoParameters {}): Query<NoParameters>,
    Named(team): Named<TeamId>,
    Named(key): Named<KeyId>,
    JsonOrDefault(draft): JsonOrDefault<RotateDraft>,
) -> Result<HttpResponse, ApiError> {
    let actor = admin.actor().clone();
    let again = shown_again((keys.clone(), live.clone()), team.clone(), actor.clone());
    let asker = admin.clone();
    let work = async move {
        draft.validate()?;
        check_rotation(&asker, &**keys, &team, &key).await?;
        let ends = after(clock.now(), draft.grace_seconds.unwrap_or(0));
        let secret = draw_secret(KeySecret::from_random)?;
        let virtual_key = Some(secret.expose().to_owned());
        let Written { value: rotated, revision } = keys.rotate(&team, &key, secret, ends, &actor).await?;
        publish(&live, revision).await;
        let new = NewTeamKey { team_id: team, key: rotated.new, virtual_key };
        let body = RotatedKey { new, old_key_id: key, old_key_ends_at: rotated.old_ends_at };
        Ok(HttpResponse::Ok().insert_header((REVISION, revision.to_string())).json(body))
    };
    once.run_renewing(&admin, work, again).await
}

fn after(now: Timestamp, seconds: u32) -> Timestamp {
    Timestamp::from_micros(now.micros() + i64::from(seconds) * 1_000_000)
}

/// Change a key: its name, its end, its limits.
///
/// A field that is absent is kept; null takes an end or a limit away.
///
/// # Errors
/// 404 where there is no such team, or it has no such working key, 422 for wrong fields and unknown models.
#[utoipa::path(
    method(put, patch), path = "/api/teams/{team}/keys/{key}", tag = "keys", operation_id = "update_key",
    params(Named<TeamId>, Named<KeyId>),
    request_body(content = KeyEdit, example = json!({"models": ["gpt-4"], "networks": ["10.0.0.0/8"]})),
    responses((status = 200, description = "The key as it is now.", body = TeamKey)),
)]
pub async fn update(
    admin: Admin,
    (keys, teams, live, clock): Making,
    Query(NoParameters {}): Query<NoParameters>,
    Named(team): Named<TeamId>,
    Named(key): Named<KeyId>,
    JsonObject(sent): JsonObject,
) -> Result<HttpResponse, ApiError> {
    let current = one_of(&**keys, &team, &key).await?;
    let edit: KeyEdit = typed(changes(sent, &current, &WRITABLE)?)?;
    let change = edit.parse(clock.now())?;
    check_identity(&admin, change.upstream_identity == Some(true) && !current.scope.upstream_identity)?;
    let already = current.scope.models.unwrap_or_default();
    let models = change.models.as_ref().and_then(Option::as_deref);
    granted::check(&admin, &**teams, &team, models, &already).await?;
    let Written { value, revision } = keys.update(&team, &key, change, admin.actor()).await?;
    publish(&live, revision).await;
    Ok(HttpResponse::Ok().insert_header((REVISION, revision.to_string())).json(value))
}

/// Revoke a key for ever, at once.
///
/// # Errors
/// 404 where there is no such team, or it has no such key.
#[utoipa::path(
    delete, path = "/api/teams/{team}/keys/{key}", tag = "keys", operation_id = "revoke_key",
    params(Named<TeamId>, Named<KeyId>, Prefer),
    responses((status = 200, description = "It stopped working.", body = KeyRevoked)),
)]
pub async fn revoke(
    admin: Admin,
    keys: web::Data<dyn KeyRepository>,
    live: web::Data<LiveRouter>,
    prefer: Prefer,
    Query(NoParameters {}): Query<NoParameters>,
    Named(team): Named<TeamId>,
    Named(key): Named<KeyId>,
) -> Result<HttpResponse, ApiError> {
    let Written { value: key, revision } = keys.revoke(&team, &key, admin.actor()).await?;
    publish(&live, revision).await;
    let message = format!("Key '{}' revoked successfully", key.key_id);
    Ok(deleted(prefer, revision, &KeyRevoked { message, key_id: key.key_id, revoked: true }))
}

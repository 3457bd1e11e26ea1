//! `/api/teams/{team}/keys`: what a team's clients authenticate with. A key is shown once, when it is made.

use actix_web::{HttpResponse, web};
use alias_core::clock::{Clock, Timestamp};
use alias_core::key::{ID_BYTES, KeyDraft, KeyId, KeySecret, NewKey, RotateDraft, SECRET_BYTES, TeamKey};
use alias_core::repository::{KeyRepository, Written};
use alias_core::team::TeamId;
use alias_router::LiveRouter;
use serde::Serialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::admin::answer::{Prefer, REVISION, created, deleted, publish, segment};
use crate::admin::idempotency::Once;
use crate::admin::path::{Named, not_found};
use crate::admin::query::{NoParameters, Query};
use crate::auth::Admin;
use crate::error::{ApiError, Code};
use crate::extract::JsonOrDefault;

/// Draws a new key: the one place where keys come from.
///
/// # Errors
/// 500 where the system gives no randomness.
pub fn draw_secret() -> Result<KeySecret, ApiError> {
    let (mut id, mut secret) = ([0; ID_BYTES], [0; SECRET_BYTES]);
    let drawn = getrandom::fill(&mut id).and_then(|()| getrandom::fill(&mut secret));
    drawn.map_err(|why| {
        ApiError::new(Code::InternalError, "No key could be made; the log has the details.").caused_by(why)
    })?;
    Ok(KeySecret::from_random(id, secret))
}

/// What making a key takes: where keys are kept, who must know of them, and the time.
type Making = (web::Data<dyn KeyRepository>, web::Data<LiveRouter>, web::Data<dyn Clock>);

/// A new key: the only answer that shows it in clear.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewTeamKey {
    /// The team that it speaks for.
    #[schema(value_type = String, example = "newclient-prod")]
    pub team_id: TeamId,
    /// The key.
    #[serde(flatten)]
    pub key: TeamKey,
    /// The key in clear, this once; null where the answer is repeated.
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
/// 404 where there is no such team, 422 for wrong fields.
#[utoipa::path(
    post, path = "/api/teams/{team}/keys", tag = "keys", operation_id = "create_key",
    params(Named<TeamId>, Once),
    request_body(content = Option<KeyDraft>, example = json!({"name": "ci", "expires_at": "2035-10-14T12:00:00Z"})),
    responses((status = 201, description = "Created; `virtual_key` is shown this once.", body = NewTeamKey)),
)]
pub async fn create(
    admin: Admin,
    once: Once,
    (keys, live, clock): Making,
    Query(NoParameters {}): Query<NoParameters>,
    Named(team): Named<TeamId>,
    JsonOrDefault(draft): JsonOrDefault<KeyDraft>,
) -> Result<HttpResponse, ApiError> {
    let actor = admin.actor().clone();
    once.run(&admin, async move {
        let secret = draw_secret()?;
        let virtual_key = Some(secret.expose().to_owned());
        let Written { value: key, revision } =
            keys.create(&team, draft.parse(secret, clock.now())?, &actor).await?;
        publish(&live, revision).await;
        let location = format!("/api/teams/{}/keys/{}", segment(team.as_str()), key.key_id);
        Ok(created(&location, None, revision, &NewTeamKey { team_id: team, key, virtual_key }))
    })
    .await
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

/// Replace a key by a new one of the same name and end.
///
/// The body is optional. The old key goes on working for `grace_seconds`, and not at all without.
///
/// # Errors
/// 404 where there is no such team, or it has no such working key, 422 for wrong fields.
#[utoipa::path(
    post, path = "/api/teams/{team}/keys/{key}/rotate", tag = "keys", operation_id = "rotate_key",
    params(Named<TeamId>, Named<KeyId>, Once),
    request_body(content = Option<RotateDraft>, example = json!({"grace_seconds": 3600})),
    responses((status = 200, description = "The new key; `virtual_key` is shown this once.", body = RotatedKey)),
)]
pub async fn rotate(
    admin: Admin,
    once: Once,
    (keys, live, clock): Making,
    Query(NoParameters {}): Query<NoParameters>,
    Named(team): Named<TeamId>,
    Named(key): Named<KeyId>,
    JsonOrDefault(draft): JsonOrDefault<RotateDraft>,
) -> Result<HttpResponse, ApiError> {
    let actor = admin.actor().clone();
    once.run(&admin, async move {
        draft.validate()?;
        let old = keys_of(&**keys, &team).await?.into_iter().find(|old| old.key_id == key);
        let old = old.ok_or_else(|| not_found::<KeyId>(key.as_str()))?;
        let ends = end_of(&old, clock.now(), draft.grace_seconds.unwrap_or(0));
        let secret = draw_secret()?;
        let virtual_key = Some(secret.expose().to_owned());
        let new = NewKey { name: old.name, expires_at: old.expires_at, secret };
        let Written { value: key, revision } = keys.rotate(&team, &old.key_id, new, ends, &actor).await?;
        publish(&live, revision).await;
        let new = NewTeamKey { team_id: team, key, virtual_key };
        let body = RotatedKey { new, old_key_id: old.key_id, old_key_ends_at: ends };
        Ok(HttpResponse::Ok().insert_header((REVISION, revision.to_string())).json(body))
    })
    .await
}

/// When an old key stops working: after the grace, or at its own end before.
fn end_of(old: &TeamKey, now: Timestamp, grace_seconds: u32) -> Timestamp {
    let ends = Timestamp::from_micros(now.micros() + i64::from(grace_seconds) * 1_000_000);
    old.expires_at.map_or(ends, |own| own.min(ends))
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

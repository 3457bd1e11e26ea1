//! `/api/admin-tokens`: what programs administer with. A token is shown once, when it is made.

use std::fmt;
use std::str::FromStr;

use actix_web::{HttpResponse, web};
use alias_core::clock::Clock;
use alias_core::identity::{AdminToken, TokenDraft};
use alias_core::key::{InvalidKeyId, KeyId, KeySecret};
use alias_core::repository::TokenRepository;
use serde::Serialize;
use utoipa::ToSchema;

use crate::admin::answer::{Prefer, created, deleted};
use crate::admin::idempotency::Once;
use crate::admin::keys::draw_secret;
use crate::admin::path::{InPath, Named, not_found};
use crate::admin::query::{NoParameters, Query};
use crate::auth::Admin;
use crate::error::ApiError;
use crate::extract::JsonBody;

/// The public id of a token, in a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenId(KeyId);

impl FromStr for TokenId {
    type Err = InvalidKeyId;

    fn from_str(text: &str) -> Result<Self, InvalidKeyId> {
        text.parse().map(Self)
    }
}

impl fmt::Display for TokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl InPath for TokenId {
    const PLACEHOLDER: &'static str = "token";
    const KIND: &'static str = "admin token";
    const EXAMPLE: &'static str = "mfzwizltoqqho33s";
}

/// A new token: the only answer that shows it in clear.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewAdminToken {
    /// The token.
    #[serde(flatten)]
    pub token: AdminToken,
    /// The token in clear, this once; null where the answer is repeated.
    pub admin_token: Option<String>,
}

/// The tokens that work.
#[derive(Debug, Serialize, ToSchema)]
pub struct AdminTokenList {
    /// The tokens that are not revoked, oldest first.
    pub admin_tokens: Vec<AdminToken>,
}

/// A token that stopped working.
#[derive(Debug, Serialize, ToSchema)]
pub struct AdminTokenRevoked {
    /// What happened, in a sentence.
    #[schema(example = "Admin token 'mfzwizltoqqho33s' revoked successfully")]
    pub message: String,
    /// Its public id.
    #[schema(value_type = String, example = "mfzwizltoqqho33s")]
    pub token_id: KeyId,
    /// Always true.
    pub revoked: bool,
}

/// Create an admin token.
///
/// The answer shows it, this once. From the first token or account on, every admin request needs a key.
///
/// # Errors
/// 403 for a role above one's own, 422 for wrong fields and an organization that does not exist.
#[utoipa::path(
    post, path = "/api/admin-tokens", tag = "identities", operation_id = "create_admin_token",
    params(Once),
    request_body(content = TokenDraft, example = json!({"name": "terraform", "role": "admin"})),
    responses((status = 201, description = "Created; `admin_token` is shown this once.", body = NewAdminToken)),
)]
pub async fn create(
    admin: Admin,
    once: Once,
    tokens: web::Data<dyn TokenRepository>,
    clock: web::Data<dyn Clock>,
    Query(NoParameters {}): Query<NoParameters>,
    JsonBody(draft): JsonBody<TokenDraft>,
) -> Result<HttpResponse, ApiError> {
    let asker = admin.clone();
    once.run(&admin, async move {
        let secret = draw_secret(KeySecret::admin_from_random)?;
        let admin_token = Some(secret.expose().to_owned());
        let new = draft.parse(secret, clock.now())?;
        asker.may_make(new.appointment.role)?;
        let token = tokens.create(new, asker.actor()).await?;
        let location = format!("/api/admin-tokens/{}", token.token_id);
        Ok(created(&location, None, None, &NewAdminToken { token, admin_token }))
    })
    .await
}

/// List admin tokens, masked.
///
/// # Errors
/// 503 where the storage is away.
#[utoipa::path(
    get, path = "/api/admin-tokens", tag = "identities", operation_id = "list_admin_tokens",
    responses((status = 200, description = "The tokens that are not revoked.", body = AdminTokenList)),
)]
pub async fn list(
    _: Admin,
    tokens: web::Data<dyn TokenRepository>,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(AdminTokenList { admin_tokens: tokens.list().await? }))
}

/// Revoke an admin token for ever, at once.
///
/// # Errors
/// 403 for a token above one's own role, 404 where there is no such token.
#[utoipa::path(
    delete, path = "/api/admin-tokens/{token}", tag = "identities", operation_id = "revoke_admin_token",
    params(Named<TokenId>, Prefer),
    responses((status = 200, description = "It stopped working.", body = AdminTokenRevoked)),
)]
pub async fn revoke(
    admin: Admin,
    tokens: web::Data<dyn TokenRepository>,
    prefer: Prefer,
    Query(NoParameters {}): Query<NoParameters>,
    Named(id): Named<TokenId>,
) -> Result<HttpResponse, ApiError> {
    let found = tokens.list().await?.into_iter().find(|token| token.token_id == id.0);
    admin.may_appoint(found.ok_or_else(|| not_found::<TokenId>(&id.to_string()))?.role)?;
    let token_id = tokens.revoke(&id.0, admin.actor()).await?.token_id;
    let message = format!("Admin token '{token_id}' revoked successfully");
    Ok(deleted(prefer, None, &AdminTokenRevoked { message, token_id, revoked: true }))
}

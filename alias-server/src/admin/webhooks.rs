//! `/api/webhooks`: who else is told of events. A secret is shown once, when it is made.

pub mod deliveries;
pub mod object;

use actix_web::{HttpMessage, HttpRequest, HttpResponse, web};
use alias_core::repository::{StoreError, TeamRepository, WebhookQuery, WebhookRepository};
use alias_core::team::TeamId;
use alias_core::webhook::{
    SECRET_BYTES, Webhook, WebhookDraft, WebhookEdit, WebhookId, WebhookSecret, WebhookUrl,
};

pub use self::deliveries::{list as list_deliveries, test};
use self::object::{NewWebhookObject, WRITABLE, WebhookDeleted, WebhookList, WebhookListParameters};
use crate::admin::answer::{Prefer, created, deleted, found, updated};
use crate::admin::edit::{IfMatch, changes};
use crate::admin::idempotency::Once;
use crate::admin::list::ListRequest;
use crate::admin::path::{InPath, Named, not_found};
use crate::admin::query::{NoParameters, Query};
use crate::auth::Admin;
use crate::error::{ApiError, Code, FieldError};
use crate::extract::{JsonBody, JsonObject, typed};
use crate::refusals::OutOfReach;
use crate::webhooks::{Policy, Sender};

impl InPath for WebhookId {
    const PLACEHOLDER: &'static str = "webhook";
    const KIND: &'static str = "webhook";
    const EXAMPLE: &'static str = "whk_0192f0a1b2c37d4e8f90a1b2c3d4e5f6";
}

/// Draws a secret.
fn draw_secret() -> Result<WebhookSecret, ApiError> {
    let mut bytes = [0; SECRET_BYTES];
    getrandom::fill(&mut bytes).map_err(|why| {
        ApiError::new(Code::InternalError, "No secret could be made; the log has the details.").caused_by(why)
    })?;
    Ok(WebhookSecret::new(bytes))
}

/// Whether messages may go there.
fn check_url(policy: Policy, url: &WebhookUrl) -> Result<(), ApiError> {
    policy.check(url).map_err(|why| {
        let error = FieldError::of("webhook_url", "address_not_allowed", format!("webhook_url {why}"));
        ApiError::fields(Code::InvalidValue, vec![error])
    })
}

/// Whether he may register a webhook of this team, or of all. A team that is out of reach is answered as one that
/// does not exist.
async fn check_team(
    admin: &Admin,
    teams: &dyn TeamRepository,
    team: Option<&TeamId>,
) -> Result<(), ApiError> {
    let Some(home) = admin.home() else { return Ok(()) };
    let Some(id) = team else {
        let detail =
            "Name a team_id: a webhook without one is told of every team, which is for owners and admins.";
        return Err(ApiError::new(Code::Forbidden, detail).about("team_id"));
    };
    match teams.find(id).await? {
        Some(found) if found.team.organization_id == *home => Ok(()),
        _ => Err(StoreError::UnknownReference {
            kind: "team",
            field: "team_id",
            names: vec![id.to_string()],
            suggestions: Vec::new(),
        }
        .into()),
    }
}

/// The webhook of an id, if it is in reach: who belongs to an organization reaches those of its teams.
async fn existing(
    admin: &Admin,
    webhooks: &dyn WebhookRepository,
    id: &WebhookId,
    request: &HttpRequest,
) -> Result<Webhook, ApiError> {
    let missing = || not_found::<WebhookId>(&id.to_string());
    let webhook = webhooks.find(id).await?.ok_or_else(missing)?;
    match admin.home() {
        Some(home) if webhook.organization_id.as_ref() != Some(home) => {
            request.extensions_mut().insert(OutOfReach);
            Err(missing())
        }
        _ => Ok(webhook),
    }
}

/// Register a webhook.
///
/// The answer shows its secret, this once. Without `team_id` it is told of everything, which is for owners and admins.
///
/// # Errors
/// 403 without `team_id` for who belongs to an organization, 409 where there are too many, 422 for wrong fields, unknown
/// events, and addresses that are not allowed.
#[utoipa::path(
    post, path = "/api/webhooks/register", tag = "webhooks", operation_id = "register_webhook",
    params(Once),
    request_body(content = WebhookDraft, example = json!({
        "team_id": "newclient-prod", "webhook_url": "https://hooks.newclient.example/aliases",
        "events": ["alias.updated", "team.low_credits"], "description": "Tells the team's channel",
    })),
    responses(
        (status = 201, description = "Registered; `secret` is shown this once.", body = NewWebhookObject),
        (status = 409, description = "There are too many webhooks."),
    ),
)]
pub async fn register(
    admin: Admin,
    once: Once,
    webhooks: web::Data<dyn WebhookRepository>,
    teams: web::Data<dyn TeamRepository>,
    sender: web::Data<Sender>,
    Query(NoParameters {}): Query<NoParameters>,
    JsonBody(draft): JsonBody<WebhookDraft>,
) -> Result<HttpResponse, ApiError> {
    let asker = admin.clone();
    once.run(&admin, async move {
        let new = draft.parse()?;
        check_url(sender.policy(), &new.webhook_url)?;
        check_team(&asker, &**teams, new.team_id.as_ref()).await?;
        let secret = draw_secret()?;
        let webhook = webhooks.create(new, secret.clone(), asker.actor()).await?;
        let location = format!("/api/webhooks/{}", webhook.webhook_id);
        let object = NewWebhookObject { webhook, secret: Some(secret.shown()) };
        Ok(created(&location, Some(object.webhook.version), None, &object))
    })
    .await
}

/// List webhooks, the oldest first.
///
/// # Errors
/// 400 for parameters that are unknown or wrong.
#[utoipa::path(
    get, path = "/api/webhooks", tag = "webhooks", operation_id = "list_webhooks",
    params(WebhookListParameters),
    responses((status = 200, description = "A part of the list.", body = WebhookList)),
)]
pub async fn list(
    admin: Admin,
    request: HttpRequest,
    webhooks: web::Data<dyn WebhookRepository>,
    Query(parameters): Query<WebhookListParameters>,
) -> Result<HttpResponse, ApiError> {
    let query = WebhookQuery { organization_id: admin.home().cloned(), ..parameters.parse()? };
    let page = webhooks.list(&query).await?;
    let list = ListRequest::of(&parameters);
    let body = WebhookList { page: list.page_info(&page), webhooks: page.items };
    Ok(list.answer(request.path(), body.page.next_cursor.as_deref(), &body))
}

/// Show a webhook, without its secret.
///
/// # Errors
/// 404 where there is none of that id.
#[utoipa::path(
    get, path = "/api/webhooks/{webhook}", tag = "webhooks", operation_id = "get_webhook",
    params(Named<WebhookId>),
    responses((status = 200, description = "The webhook.", body = Webhook)),
)]
pub async fn find(
    admin: Admin,
    request: HttpRequest,
    webhooks: web::Data<dyn WebhookRepository>,
    Query(NoParameters {}): Query<NoParameters>,
    Named(id): Named<WebhookId>,
) -> Result<HttpResponse, ApiError> {
    let webhook = existing(&admin, &**webhooks, &id, &request).await?;
    Ok(found(webhook.version, &webhook))
}

/// Change a webhook: its address, its events, whether it is on.
///
/// A field that is absent is kept. What waits goes to the new address; what waits for a webhook that is switched off is
/// given up.
///
/// # Errors
/// 404, 412 where it is not at the version of `If-Match`, 422 for wrong fields.
#[utoipa::path(
    method(put, patch), path = "/api/webhooks/{webhook}", tag = "webhooks", operation_id = "update_webhook",
    params(Named<WebhookId>, IfMatch),
    request_body(content = WebhookEdit, example = json!({"events": ["alias.deleted"], "active": true})),
    responses((status = 200, description = "The webhook as it is now.", body = Webhook)),
)]
#[expect(clippy::too_many_arguments, reason = "what the request consists of")]
pub async fn update(
    admin: Admin,
    request: HttpRequest,
    webhooks: web::Data<dyn WebhookRepository>,
    sender: web::Data<Sender>,
    IfMatch(expected): IfMatch,
    Query(NoParameters {}): Query<NoParameters>,
    Named(id): Named<WebhookId>,
    JsonObject(sent): JsonObject,
) -> Result<HttpResponse, ApiError> {
    let current = existing(&admin, &**webhooks, &id, &request).await?;
    let edit: WebhookEdit = typed(changes(sent, &current, WRITABLE)?)?;
    let change = edit.parse()?;
    if let Some(url) = &change.webhook_url {
        check_url(sender.policy(), url)?;
    }
    let webhook = webhooks.update(&id, change, expected, admin.actor()).await?;
    Ok(updated(webhook.version, None, &webhook))
}

/// Delete a webhook, with what waits for it.
///
/// # Errors
/// 404, 412 where it is not at the version of `If-Match`.
#[utoipa::path(
    delete, path = "/api/webhooks/{webhook}", tag = "webhooks", operation_id = "delete_webhook",
    params(Named<WebhookId>, IfMatch, Prefer),
    responses((status = 200, description = "It is gone.", body = WebhookDeleted)),
)]
pub async fn delete(
    admin: Admin,
    request: HttpRequest,
    webhooks: web::Data<dyn WebhookRepository>,
    prefer: Prefer,
    IfMatch(expected): IfMatch,
    Query(NoParameters {}): Query<NoParameters>,
    Named(id): Named<WebhookId>,
) -> Result<HttpResponse, ApiError> {
    existing(&admin, &**webhooks, &id, &request).await?;
    let webhook = webhooks.delete(&id, expected, admin.actor()).await?;
    Ok(deleted(prefer, None, &WebhookDeleted::from(webhook)))
}

/// Give a webhook another secret.
///
/// For 24 hours the secret before signs, too: messages carry two signatures. The body is empty.
///
/// # Errors
/// 404 where there is none of that id.
#[utoipa::path(
    post, path = "/api/webhooks/{webhook}/rotate-secret", tag = "webhooks", operation_id = "rotate_webhook_secret",
    params(Named<WebhookId>, Once),
    responses((status = 200, description = "The webhook; `secret` is shown this once.", body = NewWebhookObject)),
)]
pub async fn rotate_secret(
    admin: Admin,
    request: HttpRequest,
    once: Once,
    webhooks: web::Data<dyn WebhookRepository>,
    Query(NoParameters {}): Query<NoParameters>,
    Named(id): Named<WebhookId>,
) -> Result<HttpResponse, ApiError> {
    existing(&admin, &**webhooks, &id, &request).await?;
    let actor = admin.actor().clone();
    once.run(&admin, async move {
        let secret = draw_secret()?;
        let webhook = webhooks.rotate(&id, secret.clone(), &actor).await?;
        let object = NewWebhookObject { webhook, secret: Some(secret.shown()) };
        Ok(updated(object.webhook.version, None, &object))
    })
    .await
}

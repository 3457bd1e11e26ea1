//! What became of a webhook's messages, and a message to try it out.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use alias_core::audit::Actor;
use alias_core::repository::{DeliveryQueue, WebhookRepository};
use alias_core::webhook::{DeliveryStatus, Outcome, WebhookId};

use super::existing;
use super::object::{DeliveryList, DeliveryListParameters, WebhookTested};
use crate::admin::idempotency::Once;
use crate::admin::list::ListRequest;
use crate::admin::path::{Named, not_found};
use crate::admin::query::{NoParameters, Query};
use crate::auth::Admin;
use crate::error::{ApiError, Code};
use crate::webhooks::Sender;

/// List a webhook's deliveries, the newest first.
///
/// Those that came to an end are kept for 7 days.
///
/// # Errors
/// 400 for parameters that are unknown or wrong, 404 where there is no such webhook.
#[utoipa::path(
    get, path = "/api/webhooks/{webhook}/deliveries", tag = "webhooks", operation_id = "list_webhook_deliveries",
    params(Named<WebhookId>, DeliveryListParameters),
    responses((status = 200, description = "A part of the list.", body = DeliveryList)),
)]
pub async fn list(
    admin: Admin,
    request: HttpRequest,
    webhooks: web::Data<dyn WebhookRepository>,
    Query(parameters): Query<DeliveryListParameters>,
    Named(id): Named<WebhookId>,
) -> Result<HttpResponse, ApiError> {
    existing(&admin, &**webhooks, &id, &request).await?;
    let page = webhooks.deliveries(&id, &parameters.parse()?).await?;
    let list = ListRequest::of(&parameters);
    let body = DeliveryList { page: list.page_info(&page), deliveries: page.items };
    Ok(list.answer(request.path(), body.page.next_cursor.as_deref(), &body))
}

/// What a test takes: where webhooks and their messages are kept, and who sends.
type Testing = (web::Data<dyn WebhookRepository>, web::Data<dyn DeliveryQueue>, web::Data<Sender>);

/// Send a `webhook.test` now, once, and answer what it came to.
///
/// It is sent also where the webhook is off or does not want this event. The body is empty.
///
/// # Errors
/// 404 where there is no such webhook, 503 while too many tests are under way.
#[utoipa::path(
    post, path = "/api/webhooks/{webhook}/test", tag = "webhooks", operation_id = "test_webhook",
    params(Named<WebhookId>, Once),
    responses((status = 200, description = "What it came to, be it good or bad.", body = WebhookTested)),
)]
pub async fn test(
    admin: Admin,
    request: HttpRequest,
    once: Once,
    (webhooks, queue, sender): Testing,
    Query(NoParameters {}): Query<NoParameters>,
    Named(id): Named<WebhookId>,
) -> Result<HttpResponse, ApiError> {
    existing(&admin, &**webhooks, &id, &request).await?;
    let actor = admin.actor().clone();
    once.run(&admin, async move {
        let Some(_place) = sender.place_for_a_test() else {
            let detail = "Too many tests of webhooks are under way. Try again shortly.";
            return Err(ApiError::new(Code::ServerBusy, detail).header("retry-after", "5"));
        };
        let tested = tried(&webhooks, &queue, &sender, &id, &actor).await?;
        Ok(HttpResponse::Ok().json(tested))
    })
    .await
}

/// Queues a test, sends it, and notes what it came to.
async fn tried(
    webhooks: &Arc<dyn WebhookRepository>,
    queue: &Arc<dyn DeliveryQueue>,
    sender: &Sender,
    id: &WebhookId,
    by: &Actor,
) -> Result<WebhookTested, ApiError> {
    let claim = webhooks.begin_test(id, by).await?;
    let message = claim.messages.first().ok_or_else(|| not_found::<WebhookId>(&id.to_string()))?;
    let attempt = sender.send(&claim.url, &claim.signing, message).await.judged_once();
    let delivered = attempt.outcome == Outcome::Delivered;
    let tested = WebhookTested {
        delivery_id: message.id,
        status: if delivered { DeliveryStatus::Delivered } else { DeliveryStatus::Failed },
        response_status: attempt.status,
        latency_ms: attempt.latency_ms,
        error: attempt.error.clone(),
    };
    queue.note(&claim, &message.id, attempt).await?;
    Ok(tested)
}

//! `GET /v1/notices`: what operators tell the team whose key this is.

use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use alias_core::key::Entrance;
use alias_core::repository::NoticeRepository;
use alias_router::LiveRouter;

use super::object::{PartParameters, TeamNoticeList};
use crate::admin::answer::REVISION;
use crate::admin::list::ListRequest;
use crate::admin::query::Query;
use crate::error::ApiError;
use crate::openai::DataPlane;

/// List the notices that the key's team is shown, the newest first.
///
/// Keys that are limited to endpoints read them where they list models.
///
/// # Errors
/// 400 for parameters that are unknown or wrong.
#[utoipa::path(
    get, path = "/v1/notices", tag = "notices", operation_id = "list_own_notices",
    params(PartParameters),
    responses((status = 200, description = "A part of the list.", body = TeamNoticeList)),
)]
pub async fn list(
    request: HttpRequest,
    plane: web::Data<DataPlane>,
    live: web::Data<LiveRouter>,
    notices: web::Data<dyn NoticeRepository>,
    Query(parameters): Query<PartParameters>,
) -> Result<HttpResponse, ApiError> {
    let caller = plane.caller(Entrance::Models, &request)?;
    let list = ListRequest::of(&parameters);
    let page = notices.shown_to(&caller.team_uid(), &list.window()?).await?;
    let body = TeamNoticeList::of(list.page_info(&page), page.items);
    let mut answer = list.answer(request.path(), body.page.next_cursor.as_deref(), &body);
    if let Ok(revision) = HeaderValue::from_str(&live.revision().to_string()) {
        answer.headers_mut().insert(HeaderName::from_static(REVISION), revision);
    }
    Ok(answer)
}

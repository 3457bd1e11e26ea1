//! `/api/notices`: what operators tell teams, in words of their own or in those that follow from an alias.

pub mod object;
pub mod own;
mod wording;

use actix_web::{HttpRequest, HttpResponse, web};
use alias_core::clock::{Clock, Timestamp};
use alias_core::notice::{NewNotice, Notice, NoticeDraft, NoticeEdit, NoticeId};
use alias_core::repository::NoticeRepository;
use alias_core::team::TeamId;

use self::object::{
    NoticeDeleted, NoticeList, NoticeListParameters, NoticeObject, NoticePreview, NoticeWriteParameters,
    PartParameters, TeamNoticeList, WRITABLE,
};
use self::wording::Words;
use crate::admin::answer::{Prefer, created, deleted, found, updated};
use crate::admin::edit::{IfMatch, changes};
use crate::admin::idempotency::Once;
use crate::admin::list::ListRequest;
use crate::admin::path::{InPath, Named, not_found};
use crate::admin::query::{NoParameters, Query};
use crate::auth::Admin;
use crate::error::ApiError;
use crate::extract::{JsonBody, JsonObject, typed};

impl InPath for NoticeId {
    const PLACEHOLDER: &'static str = "notice";
    const KIND: &'static str = "notice";
    const EXAMPLE: &'static str = "ntc_0192f0a1b2c37d4e8f90a1b2c3d4e5f6";
}

fn missing(id: &NoticeId) -> ApiError {
    not_found::<NoticeId>(&id.to_string())
}

/// Where notices are kept, and when it is.
type Kept = (web::Data<dyn NoticeRepository>, web::Data<dyn Clock>);

/// Publish a notice.
///
/// Teams read it with their keys at `/v1/notices`; webhooks of those that it is for are sent `notice.published`. Where
/// `title` or `text` is absent, it is made from the alias: that it is there (`new_model`), that another model stands
/// behind it (`switch`: the next one that is scheduled, or the last one that was made), or what becomes of it
/// (`deprecation`). With `dry_run`, nothing is published, and the answer shows what would be, and for how many teams.
///
/// # Errors
/// 409 where there are too many, 422 for wrong fields, for what does not exist, and where there is nothing to tell of
/// the alias.
#[utoipa::path(
    post, path = "/api/notices", tag = "notices", operation_id = "create_notice",
    params(Once, NoticeWriteParameters),
    request_body(content = NoticeDraft, example = json!({
        "title": "Maintenance on Sunday", "text": "Calls may take longer from 6 to 8 UTC.", "audience": "everyone",
        "expires_at": "2099-01-31T08:00:00Z",
    })),
    responses(
        (status = 200, description = "With `dry_run`: what would be published.", body = NoticePreview),
        (status = 201, description = "Published.", body = NoticeObject),
        (status = 409, description = "There are too many notices."),
    ),
)]
pub async fn create(
    admin: Admin,
    once: Once,
    (notices, clock): Kept,
    words: Words,
    Query(parameters): Query<NoticeWriteParameters>,
    JsonBody(draft): JsonBody<NoticeDraft>,
) -> Result<HttpResponse, ApiError> {
    if parameters.tries()? {
        let new = worded(draft, &words, clock.now()).await?;
        let teams_reached = notices.reach_of(&new).await?;
        return Ok(HttpResponse::Ok().json(NoticePreview::of(new, teams_reached)));
    }
    let actor = admin.actor().clone();
    once.run(&admin, async move {
        let new = worded(draft, &words, clock.now()).await?;
        let notice = notices.create(new, &actor).await?;
        let object = shown(&**notices, notice).await?;
        let location = format!("/api/notices/{}", object.notice.notice_id);
        Ok(created(&location, Some(object.notice.version), None, &object))
    })
    .await
}

/// A draft, checked, with the words that it lacks.
async fn worded(draft: NoticeDraft, words: &Words, now: Timestamp) -> Result<NewNotice, ApiError> {
    let wanted = draft.parse(now)?;
    let made = words.of(&wanted, now).await?;
    Ok(wanted.said(made))
}

/// A notice that was just written, with how many teams it is for.
async fn shown(notices: &dyn NoticeRepository, notice: Notice) -> Result<NoticeObject, ApiError> {
    let reach = notices.find(&notice.notice_id).await?;
    Ok(NoticeObject { teams_reached: reach.map_or(0, |(_, reach)| reach), notice })
}

/// List notices, the newest first, those that have expired included.
///
/// # Errors
/// 400 for parameters that are unknown or wrong.
#[utoipa::path(
    get, path = "/api/notices", tag = "notices", operation_id = "list_notices",
    params(NoticeListParameters),
    responses((status = 200, description = "A part of the list.", body = NoticeList)),
)]
pub async fn list(
    request: HttpRequest,
    (notices, _): Kept,
    Query(parameters): Query<NoticeListParameters>,
) -> Result<HttpResponse, ApiError> {
    let page = notices.list(&parameters.parse()?).await?;
    let list = ListRequest::of(&parameters);
    let body = NoticeList { page: list.page_info(&page), notices: page.items };
    Ok(list.answer(request.path(), body.page.next_cursor.as_deref(), &body))
}

/// Show a notice, and how many teams it is for now.
///
/// # Errors
/// 404 where there is none of that id.
#[utoipa::path(
    get, path = "/api/notices/{notice}", tag = "notices", operation_id = "get_notice",
    params(Named<NoticeId>),
    responses((status = 200, description = "The notice.", body = NoticeObject)),
)]
pub async fn find(
    (notices, _): Kept,
    Query(NoParameters {}): Query<NoParameters>,
    Named(id): Named<NoticeId>,
) -> Result<HttpResponse, ApiError> {
    let (notice, teams_reached) = notices.find(&id).await?.ok_or_else(|| missing(&id))?;
    Ok(found(notice.version, &NoticeObject { notice, teams_reached }))
}

/// Change a notice: its words, whom it is for, until when it is shown.
///
/// A field that is absent is kept. Teams read the new words from now on; webhooks are not told again.
///
/// # Errors
/// 404, 412 where it is not at the version of `If-Match`, 422 for wrong fields and for what does not exist.
#[utoipa::path(
    method(put, patch), path = "/api/notices/{notice}", tag = "notices", operation_id = "update_notice",
    params(Named<NoticeId>, IfMatch),
    request_body(content = NoticeEdit, example = json!({"title": "Maintenance on Monday", "expires_at": null})),
    responses((status = 200, description = "The notice as it is now.", body = NoticeObject)),
)]
pub async fn update(
    admin: Admin,
    (notices, clock): Kept,
    IfMatch(expected): IfMatch,
    Query(NoParameters {}): Query<NoParameters>,
    Named(id): Named<NoticeId>,
    JsonObject(sent): JsonObject,
) -> Result<HttpResponse, ApiError> {
    let (notice, teams_reached) = notices.find(&id).await?.ok_or_else(|| missing(&id))?;
    let current = NoticeObject { notice, teams_reached };
    let edit: NoticeEdit = typed(changes(sent, &current, WRITABLE)?)?;
    let change = edit.parse(current.notice.alias.is_some(), clock.now())?;
    let notice = notices.update(&id, change, expected, admin.actor()).await?;
    let object = shown(&**notices, notice).await?;
    Ok(updated(object.notice.version, None, &object))
}

/// Take a notice back: nobody is shown it any more.
///
/// # Errors
/// 404, 412 where it is not at the version of `If-Match`.
#[utoipa::path(
    delete, path = "/api/notices/{notice}", tag = "notices", operation_id = "delete_notice",
    params(Named<NoticeId>, IfMatch, Prefer),
    responses((status = 200, description = "It is gone.", body = NoticeDeleted)),
)]
pub async fn delete(
    admin: Admin,
    (notices, _): Kept,
    prefer: Prefer,
    IfMatch(expected): IfMatch,
    Query(NoParameters {}): Query<NoParameters>,
    Named(id): Named<NoticeId>,
) -> Result<HttpResponse, ApiError> {
    let notice = notices.delete(&id, expected, admin.actor()).await?;
    Ok(deleted(prefer, None, &NoticeDeleted::from(notice)))
}

/// List the notices that a team is shown, the newest first.
///
/// # Errors
/// 400 for parameters that are unknown or wrong, 404 for a team that does not exist.
#[utoipa::path(
    get, path = "/api/teams/{team}/notices", tag = "notices", operation_id = "list_team_notices",
    params(Named<TeamId>, PartParameters),
    responses((status = 200, description = "A part of the list.", body = TeamNoticeList)),
)]
pub async fn of_team(
    _: Admin,
    request: HttpRequest,
    (notices, _): Kept,
    Named(team): Named<TeamId>,
    Query(parameters): Query<PartParameters>,
) -> Result<HttpResponse, ApiError> {
    let list = ListRequest::of(&parameters);
    let page = notices.shown_to_team(&team, &list.window()?).await?;
    let page = page.ok_or_else(|| not_found::<TeamId>(team.as_str()))?;
    let body = TeamNoticeList::of(list.page_info(&page), page.items);
    Ok(list.answer(request.path(), body.page.next_cursor.as_deref(), &body))
}

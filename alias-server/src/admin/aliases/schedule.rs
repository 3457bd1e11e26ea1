//! `effective_at`: changes of aliases that wait for their moment, and `/api/model-aliases/{alias}/schedule`.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::LOCATION;
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};
use alias_core::alias::{
    AliasName, ScheduleId, ScheduledAction, ScheduledChange, VersionAuthor, check_moment,
};
use alias_core::audit::Actor;
use alias_core::clock::{Clock, Timestamp};
use alias_core::repository::{AliasRepository, AliasScheduleRepository, Expected};
use alias_router::LiveRouter;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

use super::location;
use crate::admin::answer::{Prefer, REVISION, deleted, publish};
use crate::admin::path::{Named, not_found};
use crate::admin::query::{NoParameters, Query};
use crate::auth::Admin;
use crate::error::{ApiError, Code, FieldError};

/// The field, or parameter, that says from when on a change counts.
const FIELD: &str = "effective_at";

/// From when on a change counts.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MomentParameters {
    /// Make the change at this moment, up to 366 days ahead, and not now: 202. With `PUT` and `disable`, the body may
    /// say it, too.
    #[param(example = "2027-01-31T06:00:00Z")]
    pub effective_at: Option<String>,
}

/// What scheduling takes.
#[derive(Debug)]
pub struct Later(HttpRequest);

impl FromRequest for Later {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(request.clone())))
    }
}

impl Later {
    fn part<T: ?Sized + 'static>(&self) -> Result<&web::Data<T>, ApiError> {
        let missing = || ApiError::new(Code::InternalError, "The server is not set up.");
        self.0.app_data::<web::Data<T>>().ok_or_else(missing)
    }

    /// The moment that the query or the body names; `None` is now.
    ///
    /// # Errors
    /// 422 for what is no moment, has passed, is too far ahead, or is said twice.
    pub fn moment(
        &self,
        parameters: &MomentParameters,
        body: Option<Value>,
    ) -> Result<Option<Timestamp>, ApiError> {
        let text = match (parameters.effective_at.clone(), body) {
            (text, None | Some(Value::Null)) => text,
            (None, Some(Value::String(text))) => Some(text),
            (None, Some(_)) => return Err(wrong("must be a text like 2027-01-31T06:00:00Z")),
            (Some(_), Some(_)) => return Err(wrong("stands in the query and in the body: say it once")),
        };
        let Some(text) = text else { return Ok(None) };
        let at: Timestamp =
            text.parse().map_err(|_| wrong("must be a moment like 2027-01-31T06:00:00Z, with its offset"))?;
        check_moment(at, self.part::<dyn Clock>()?.now())?;
        Ok(Some(at))
    }

    /// Has a change wait, and says so.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn schedule(
        &self,
        alias: &AliasName,
        action: ScheduledAction,
        at: Timestamp,
        expected: Expected,
        by: &Actor,
    ) -> Result<HttpResponse, ApiError> {
        let kept = self.part::<dyn AliasScheduleRepository>()?;
        let written = kept.schedule(alias, action, at, expected, by).await?;
        publish(self.part::<LiveRouter>()?, written.revision).await;
        let object = ScheduledObject::from(written.value);
        let mut answer = HttpResponse::Accepted();
        answer.insert_header((REVISION, written.revision.to_string()));
        answer.insert_header((LOCATION, format!("{}/schedule/{}", location(alias), object.id)));
        Ok(answer.json(object))
    }
}

fn wrong(why: &str) -> ApiError {
    let errors = vec![FieldError::of(FIELD, "invalid_value", format!("{FIELD} {why}"))];
    ApiError::fields(Code::InvalidValue, errors)
}

/// Takes the moment out of a body, of which it is no field of the alias.
pub fn take_moment(sent: &mut Map<String, Value>) -> Option<Value> {
    sent.remove(FIELD)
}

/// A change of an alias that waits for its moment.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ScheduledChange)]
pub struct ScheduledObject {
    /// Its identity.
    #[schema(value_type = String, example = "sch_01928b00000070008000000000000001")]
    pub id: ScheduleId,
    /// `update` or `delete`.
    #[schema(example = "update")]
    pub action: &'static str,
    /// The fields that it sets, of an update.
    #[schema(value_type = Option<Object>, example = json!({"litellm_model": "anthropic/claude-3-opus-20240229"}))]
    pub change: Value,
    /// From when on it counts.
    pub effective_at: Timestamp,
    /// Who scheduled it, why, and in which request.
    #[serde(flatten)]
    pub by: VersionAuthor,
    /// When it was scheduled.
    pub created_at: Timestamp,
}

impl From<ScheduledChange> for ScheduledObject {
    fn from(change: ScheduledChange) -> Self {
        Self {
            id: change.id,
            action: change.action.as_str(),
            change: match &change.action {
                ScheduledAction::Update(edit) => serde_json::to_value(edit).unwrap_or_default(),
                ScheduledAction::Delete => Value::Null,
            },
            effective_at: change.effective_at,
            by: change.by,
            created_at: change.created_at,
        }
    }
}

/// What waits for an alias.
#[derive(Debug, Serialize, ToSchema)]
pub struct AliasSchedule {
    /// The alias.
    #[schema(value_type = String, example = "smart")]
    pub alias: AliasName,
    /// The changes, the next one first.
    pub scheduled: Vec<ScheduledObject>,
}

/// Show what waits for a model alias.
///
/// Changes that were made with `effective_at`. From its moment on, each counts on every server, by the clock.
///
/// # Errors
/// 404 where there is none of that name.
#[utoipa::path(
    get, path = "/api/model-aliases/{alias}/schedule", tag = "model aliases", operation_id = "get_model_alias_schedule",
    params(Named<AliasName>),
    responses((status = 200, description = "The changes, the next one first.", body = AliasSchedule)),
)]
pub async fn list(
    _: Admin,
    aliases: web::Data<dyn AliasRepository>,
    Query(NoParameters {}): Query<NoParameters>,
    Named(alias): Named<AliasName>,
) -> Result<HttpResponse, ApiError> {
    let found = aliases.find(&alias).await?.ok_or_else(|| not_found::<AliasName>(alias.as_str()))?;
    let scheduled = found.scheduled.into_iter().map(ScheduledObject::from).collect();
    Ok(HttpResponse::Ok().json(AliasSchedule { alias: found.alias.alias, scheduled }))
}

/// What was taken back.
#[derive(Debug, Serialize, ToSchema)]
pub struct Unscheduled {
    /// What happened, in a sentence.
    #[schema(example = "The change of 'smart' at 2027-01-31T06:00:00Z will not be made")]
    pub message: String,
    /// Always true.
    pub cancelled: bool,
    /// The change.
    #[schema(inline)]
    pub scheduled: ScheduledObject,
}

/// Take back a change that waits.
///
/// # Errors
/// 404 where there is no such alias, or it has no such change: it was taken back, or its moment has come.
#[utoipa::path(
    delete, path = "/api/model-aliases/{alias}/schedule/{change}", tag = "model aliases", operation_id = "cancel_model_alias_change",
    params(Named<AliasName>, Named<ScheduleId>, Prefer),
    responses((status = 200, description = "What will not be made.", body = Unscheduled)),
)]
pub async fn cancel(
    admin: Admin,
    kept: web::Data<dyn AliasScheduleRepository>,
    live: web::Data<LiveRouter>,
    prefer: Prefer,
    Query(NoParameters {}): Query<NoParameters>,
    Named(alias): Named<AliasName>,
    Named(change): Named<ScheduleId>,
) -> Result<HttpResponse, ApiError> {
    let written = kept.unschedule(&alias, change, admin.actor()).await?;
    publish(&live, written.revision).await;
    let scheduled = ScheduledObject::from(written.value);
    let message = format!("The change of '{alias}' at {} will not be made", scheduled.effective_at);
    Ok(deleted(prefer, written.revision, &Unscheduled { message, cancelled: true, scheduled }))
}

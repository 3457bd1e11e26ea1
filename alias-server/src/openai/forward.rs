//! Calls: from a team's key and the name of an alias to the provider's answer, the same way for every endpoint.

use std::time::Instant;

use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::{FromRequest, Handler, HttpRequest, HttpResponse, web};
use alias_core::alias::{AliasName, ResponseModel};
use alias_core::catalog::CatalogAlias;
use alias_core::clock::Timestamp;
use alias_core::credits::BudgetMode;
use alias_core::key::Entrance;
use alias_core::model_ref::ModelRef;
use alias_core::name::MAX_NAME;
use alias_core::usage::{Call, CallId, Endpoint, JobRef};
use alias_router::limits::Standing;
use alias_router::{Bounds, Caller, Decision, Denied, Notice, Request, RoutingTable, Trial, decide, explain};
use alias_store::spool::SpoolError;
use uuid::Uuid;

use crate::error::{ApiError, Code};
use crate::explain::RefusedCall;
use crate::extract::read_body;
use crate::limits::show;
use crate::metering::{Metered, NotAdmitted};
use crate::room::Taken;
use crate::trace::Trace;
use crate::upstream::Departure;

use super::answer::{failed, stopped, unrecorded, whole};
use super::body::{CallBody, Effect};
use super::failover::{Failover, Written};
use super::fields;
use super::notice;
use super::opened;
use super::plane::DataPlane;
use super::plans::{Plan, plans};
use super::provider_ids::ProviderIds;
use super::revoked::revoked;
use super::rewrite::Rewriter;
use super::shadow::Shadowed;
use super::stream::relay;

const NAME: HeaderName = HeaderName::from_static("x-alias-name");
/// How many fallbacks a call went to.
const FALLBACK: HeaderName = HeaderName::from_static("x-alias-fallback");
/// Which provider's model served the call: for keys that are to know.
const UPSTREAM: HeaderName = HeaderName::from_static("x-alias-upstream-model");
/// What the alias made of parameters; and the header that asks for it.
const PARAMETERS: HeaderName = HeaderName::from_static("x-alias-parameters");
const REVISION: HeaderName = HeaderName::from_static("x-alias-revision");

/// What a handler of calls is given.
type Arguments = (HttpRequest, web::Payload, web::Data<DataPlane>);

/// The handler of one endpoint.
pub fn handler(endpoint: Endpoint) -> impl Handler<Arguments, Output = Result<HttpResponse, ApiError>>
where
    Arguments: FromRequest,
{
    // Boxed here, where it is made: the framework boxes what it is given, too, and would copy its ten kilobytes there.
    move |request, payload, plane| Box::pin(call(endpoint, request, payload, plane))
}

/// Takes a call, decides about it, records that it was admitted, sends it on, and answers.
///
/// # Errors
/// The table of `/v1` in the API contract. A refusal before anything was sent is no call; everything after it is.
pub async fn call(
    endpoint: Endpoint,
    request: HttpRequest,
    payload: web::Payload,
    plane: web::Data<DataPlane>,
) -> Result<HttpResponse, ApiError> {
    let caller = plane.caller(Entrance::Call(endpoint), &request)?;
    plane.catch_up(request.headers()).await?;
    let mut taken = plane.room.begin();
    let noted = |error: ApiError| error.of_call(|| undecided(&caller));
    let bytes = read_body(request.headers(), payload.into_inner(), plane.max_body, &mut taken).await;
    let bytes = bytes.map_err(noted)?;
    let admitted = admit(&plane, &caller, &bytes, Incoming::of(endpoint, &request)).await.map_err(noted)?;
    drop(bytes);
    forward(plane, caller, admitted, taken).await
}

/// What became of parameters, for a header: their names are on the allow-lists.
fn told(effects: &[(String, Effect)]) -> String {
    let told = effects.iter().map(|(name, effect)| format!("{name}={}", effect.as_str()));
    told.collect::<Vec<_>>().join(", ")
}

/// How a call came in.
#[derive(Debug, Clone)]
pub(crate) struct Incoming {
    endpoint: Endpoint,
    trace: Trace,
    /// Whether the client wants to know what became of its parameters.
    shows_effects: bool,
    /// The job that it is part of.
    job: Option<JobRef>,
}

impl Incoming {
    /// A call of its own.
    pub(crate) fn of(endpoint: Endpoint, request: &HttpRequest) -> Self {
        let shows_effects =
            request.headers().get(PARAMETERS).is_some_and(|value| value.as_bytes() == b"show");
        Self { endpoint, trace: Trace::of(request), shows_effects, job: None }
    }

    /// The same as part of a job.
    pub(crate) fn in_job(self, job: JobRef) -> Self {
        Self { job: Some(job), ..self }
    }
}

/// A call that may be sent.
pub(crate) struct Admitted {
    call_id: CallId,
    decision: Decision,
    limits: Standing,
    metered: Metered,
    rewriter: Rewriter,
    failover: Failover,
    /// Its copy for a model that is looked at.
    shadow: Option<Shadowed>,
    /// What became of parameters, where the client wants to know.
    effects: Option<Vec<(String, Effect)>>,
    /// What callers are told of the end of the alias.
    notice: Option<Notice>,
    stream: bool,
    trace: Trace,
    endpoint: Endpoint,
}

impl Admitted {
    /// The call's id.
    pub(crate) fn call_id(&self) -> CallId {
        self.call_id
    }

    /// The alias that is called.
    pub(crate) fn alias(&self) -> &AliasName {
        self.decision.name()
    }

    /// Whether the credit of the job that it is part of pays for it.
    pub(crate) fn is_paid_by_job(&self) -> bool {
        let price = self.decision.price();
        price.billing.budget_mode == BudgetMode::JobBased && !price.is_free()
    }

    /// What tells whether it has left for the upstream.
    pub(crate) fn departure(&self) -> Departure {
        self.metered.departure()
    }
}

/// Decides about a call and takes it: whatever it needs is held, and nothing is sent yet. Dropped, it was no call.
///
/// # Errors
/// A refusal, in the words of the table.
pub(crate) async fn admit(
    plane: &DataPlane,
    caller: &Caller,
    bytes: &[u8],
    incoming: Incoming,
) -> Result<Admitted, ApiError> {
    let received = Instant::now();
    let mut body = CallBody::parse(incoming.endpoint, bytes, &plane.extra_fields)?;
    let ids = plane.ids(caller.team_uid());
    opened::open(&mut body, &ids)?;
    let user = body.user();
    let (decision, notice) = decided(plane, caller, Request::of(body.model()).for_user(user.as_deref()))?;
    let taken = take(plane, caller, &mut body, (decision, ids), (incoming, received)).await;
    match taken {
        Ok(admitted) => Ok(Admitted { notice, ..admitted }),
        Err(error) => {
            let error = error.of_call(|| explained(&plane.live.table(), caller, body.model()));
            Err(announced(error, notice.as_ref()))
        }
    }
}

/// Takes the call of a trial, which an operator decided to make.
///
/// # Errors
/// A refusal, in the words of the table.
pub(crate) async fn admit_trial(
    plane: &DataPlane,
    trial: &Trial,
    bytes: &[u8],
    incoming: Incoming,
) -> Result<Admitted, ApiError> {
    let received = Instant::now();
    let mut body = CallBody::parse(incoming.endpoint, bytes, &plane.extra_fields)?;
    let decided = (trial.decision.clone(), plane.ids(trial.caller.team_uid()));
    take(plane, &trial.caller, &mut body, decided, (incoming, received)).await
}

/// Takes a call that was decided about.
async fn take(
    plane: &DataPlane,
    caller: &Caller,
    body: &mut CallBody<'_>,
    (decision, ids): (Decision, ProviderIds),
    (incoming, received): (Incoming, Instant),
) -> Result<Admitted, ApiError> {
    let Incoming { endpoint, mut trace, shows_effects, job } = incoming;
    let effects = match decision.rules() {
        Some(rules) => body.apply(&rules.parameters, decision.name().as_str())?,
        None => Vec::new(),
    };
    let pass = plane.limits.admit(caller, || body.token_estimate()).await?;
    let limits = pass.standing();
    let bounds = Bounds { in_job: job.is_some(), ..body.bounds(plane.default_max_output) };
    let call = Call { job, ..record(plane, endpoint, body.stream(), &decision, caller, &trace.request_id) };
    let call_id = call.call_id;
    let (plan, mut metered) = admitted(plane, &decision, call, &bounds, received).await?;
    if let Some(cap) = plan.demand.cap {
        body.cap_output(cap);
    }
    let of = (endpoint, &decision.alias().alias);
    metered.traced(plane.spans.as_ref().and_then(|spans| spans.begin(&mut trace, of, received)));
    // A fallback that serves what credits do not cover is no target of the split.
    let of_split = plan.target == *decision.target();
    metered.counts_for(of_split.then(|| plane.arms.begin(&decision, metered.departure())).flatten());
    metered.hold(pass);
    metered.expect(body.size(), decision.serving().on_disconnect);
    metered.decided(decision.revision(), trace.trace_id());
    let ids_again = || plane.ids(caller.team_uid());
    let shadow =
        of_split.then(|| plane.shadows.copy(&decision, body, call_id, &plane.arms, ids_again)).flatten();
    let hide_usage = body.stream() && fields::reports_usage_on_request(endpoint) && !body.include_usage();
    Ok(Admitted {
        call_id,
        rewriter: Rewriter::new(endpoint, decision.name(), hide_usage, call_id, ids)
            .showing(decision.rules().map_or(ResponseModel::Alias, |rules| rules.response_model)),
        failover: Failover::new(written(body, &plan.target), plan.alternatives),
        shadow,
        effects: shows_effects.then_some(effects),
        notice: None,
        stream: body.stream(),
        decision,
        limits,
        metered,
        trace,
        endpoint,
    })
}

fn written(body: &CallBody<'_>, target: &ModelRef) -> Written {
    let (bytes, model) = body.write_with_place(target);
    Written { bytes: bytes.into(), model }
}

/// Admits a call by the first plan that the team's credits and budgets cover.
async fn admitted(
    plane: &DataPlane,
    decision: &Decision,
    call: Call,
    bounds: &Bounds,
    received: Instant,
) -> Result<(Plan, Metered), ApiError> {
    let ways = plans(decision, bounds).map_err(|why| ApiError::no_bound(why, decision.name()))?;
    let mut first = None;
    for plan in ways {
        let call = Call { litellm_model: plan.target.clone(), ..call.clone() };
        let held = (plan.demand, received);
        let others = plan.alternatives.len();
        match plane.meter.admit(call, plan.price.clone(), held, others, decision.budgets()).await {
            Ok(metered) => return Ok((plan, metered)),
            Err(why @ NotAdmitted::Spool(_)) => return Err(not_admitted(why, decision.alias(), plane.now())),
            Err(why) => first = first.or(Some(why)),
        }
    }
    let nothing = || ApiError::new(Code::InternalError, "Something went wrong; the log has the details.");
    Err(first.map_or_else(nothing, |why| not_admitted(why, decision.alias(), plane.now())))
}

/// Where a call goes that names this model, or none.
fn decided(
    plane: &DataPlane,
    caller: &Caller,
    request: Request<'_>,
) -> Result<(Decision, Option<Notice>), ApiError> {
    let (table, model) = (plane.live.table(), request.model);
    let decision = decide(&table, caller, &request).map_err(|denied| {
        let default = || table.default_model(caller).map(|alias| alias.alias.as_str());
        let error = refuse(plane, caller, denied, model.or_else(default).unwrap_or_default());
        let error = error.of_call(|| explained(&table, caller, model));
        announced(error, table.notice(caller, &request).as_ref())
    })?;
    let notice = decision.alias().deprecation().and_then(|_| table.notice(caller, &request));
    Ok((decision, notice))
}

/// An error, with what callers are told of the end of the alias.
fn announced(error: ApiError, notice: Option<&Notice>) -> ApiError {
    match notice {
        Some(notice) => notice::on_error(error, notice),
        None => error,
    }
}

/// A call that is refused before it was decided about, for those who ask why.
fn undecided(caller: &Caller) -> RefusedCall {
    RefusedCall { caller: caller.clone(), model: None, explanation: None }
}

/// A call that is refused, for those who ask why.
fn explained(table: &RoutingTable, caller: &Caller, model: Option<&str>) -> RefusedCall {
    let explanation = explain(table, caller, &Request::of(model));
    let model = model.map(|model| model.chars().take(MAX_NAME).collect());
    RefusedCall { caller: caller.clone(), model, explanation: Some(explanation) }
}

fn refuse(plane: &DataPlane, caller: &Caller, denied: Denied, model: &str) -> ApiError {
    if let Denied::NotGranted { alias_id, .. }
    | Denied::ModelDisabled { alias_id, .. }
    | Denied::ModelBrownout { alias_id, .. }
    | Denied::ModelSunset { alias_id, .. } = denied
    {
        plane.meter.deny(alias_id, caller.team_uid());
    }
    ApiError::denied(denied, model, plane.now())
}

fn record(
    plane: &DataPlane,
    endpoint: Endpoint,
    stream: bool,
    decision: &Decision,
    caller: &Caller,
    request_id: &str,
) -> Call {
    let alias = decision.alias();
    Call {
        call_id: CallId::new(Uuid::now_v7()),
        started_at: plane.now(),
        endpoint,
        stream,
        alias_id: alias.id,
        alias: alias.alias.clone(),
        alias_version: alias.version,
        scheduled: alias.scheduled,
        litellm_model: decision.target().clone(),
        organization_id: caller.organization_id().clone(),
        team_uid: caller.team_uid(),
        team_id: caller.team_id().clone(),
        key_id: caller.id().clone(),
        request_id: request_id.to_owned(),
        job: None,
    }
}

pub(super) fn not_admitted(why: NotAdmitted, alias: &CatalogAlias, now: Timestamp) -> ApiError {
    let why = match why {
        NotAdmitted::Spool(why) => why,
        NotAdmitted::Credit(why) => return ApiError::no_credit(why),
        NotAdmitted::Budget { budget, why } => return ApiError::over_budget(&budget, why, alias, now),
    };
    match why {
        SpoolError::Full | SpoolError::Stalled => ApiError::new(
            Code::UsageLogFull,
            "Calls cannot be recorded at present, so none are taken. Try again shortly.",
        )
        .header("retry-after", "1"),
        _ => ApiError::new(
            Code::InternalError,
            "The call could not be recorded, so it was not sent. Try again.",
        ),
    }
    .caused_by(why)
}

/// Sends a call on, and makes the client's answer of the upstream's.
///
/// # Errors
/// Those of the upstream. The call is recorded if it was sent.
pub(crate) async fn forward(
    plane: web::Data<DataPlane>,
    caller: Caller,
    mut admitted: Admitted,
    taken: Taken,
) -> Result<HttpResponse, ApiError> {
    let Some(notice) = admitted.notice.take() else { return sent(plane, caller, admitted, taken).await };
    let mut response =
        sent(plane, caller, admitted, taken).await.map_err(|error| notice::on_error(error, &notice))?;
    notice::show(&notice, response.headers_mut());
    Ok(response)
}

async fn sent(
    plane: web::Data<DataPlane>,
    caller: Caller,
    admitted: Admitted,
    taken: Taken,
) -> Result<HttpResponse, ApiError> {
    let Admitted {
        decision,
        limits,
        mut metered,
        rewriter,
        mut failover,
        shadow,
        effects,
        stream,
        trace,
        endpoint,
        ..
    } = admitted;
    let alias = decision.name();
    let shows_upstream = plane.live.table().shows_upstream(&caller);
    let mut revoked = Box::pin(revoked(plane.clone(), caller, &decision));
    let (mut body, mut taken) = (failover.first(), Some(taken));
    let answer = loop {
        // The room goes back as soon as a connection has the body, if it is not kept for other targets: an answer may take
        // its time, and takes room of its own.
        let keeps = failover.may_go_on();
        let departure = metered.leaving(taken.take_if(|_| !keeps));
        let sent = tokio::select! {
            biased;
            sent = plane.upstream.send(endpoint, body, stream, &trace, &departure) => sent,
            error = &mut revoked => return Err(stopped(metered, error).await),
        };
        let why = match sent {
            Ok(answer) => break answer,
            Err(why) => why,
        };
        tracing::warn!(request_id = trace.request_id, %why, %alias, "the upstream failed a call");
        let Some((next, again)) = failover.next(&why) else { return Err(failed(metered, why).await) };
        metered.failed_over(&next, ApiError::from(why).word());
        body = again;
    };
    let tried = failover.tried();
    drop((failover, taken));
    metered.first_byte();
    let served_by = metered.target().filter(|_| shows_upstream).cloned();
    if let Some(copy) = shadow {
        plane.shadows.send(copy, &plane.meter);
    }
    let mut response = if stream {
        metered.journalled().map_err(unrecorded)?;
        relay(answer, rewriter, metered, trace.request_id, revoked).await?
    } else {
        whole(answer, rewriter, metered, plane.room.begin(), revoked).await?
    };
    if let Ok(name) = HeaderValue::from_str(decision.alias().alias.as_str()) {
        response.headers_mut().insert(NAME, name);
    }
    if let Some(Ok(model)) = served_by.map(|model| HeaderValue::from_str(model.as_str())) {
        response.headers_mut().insert(UPSTREAM, model);
    }
    if tried > 0 {
        response.headers_mut().insert(FALLBACK, HeaderValue::from(tried));
    }
    if let Some(Ok(told)) = effects.map(|effects| HeaderValue::from_str(&told(&effects))) {
        response.headers_mut().insert(PARAMETERS, told);
    }
    show(&limits, response.headers_mut());
    response.headers_mut().insert(REVISION, HeaderValue::from(decision.revision().0));
    Ok(response)
}

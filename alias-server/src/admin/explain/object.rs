//! What an explanation looks like on the wire.

use alias_core::alias::{Fallback, ParameterRules, Shadow, SplitTarget};
use alias_core::catalog::Revision;
use alias_core::clock::Timestamp;
use alias_core::usage::RecordedCall;
use alias_router::{Check, Explanation};
use serde::Serialize;
use utoipa::ToSchema;

use super::fixes::{Fix, Fixes};
use super::words::{Told, of_barrier, printable, word};
use crate::error::ApiError;
use crate::openai::probe::Barrier;

/// The decision of a call that is served.
const ALLOWED: &str = "allowed";

/// Why a call is served or refused.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExplainObject {
    /// Whether it is served.
    #[schema(example = false)]
    pub allowed: bool,
    /// `allowed`, or the code of the error that the client reads.
    #[schema(example = "model_access_denied")]
    pub decision: String,
    /// The HTTP status of the error; `null` where there is none.
    #[schema(example = 403)]
    pub status: Option<u16>,
    /// What the client reads; `null` where the call is served.
    pub message: Option<String>,
    /// The team that calls; `null` where the key was not valid.
    #[schema(example = "newclient-prod")]
    pub team_id: Option<String>,
    /// Its organization.
    #[schema(example = "org_newclient")]
    pub organization_id: Option<String>,
    /// The public id of the key, or who presented a token; `null` where only the team was asked about.
    pub key_id: Option<String>,
    /// The name as it was called; `null` where none was.
    #[schema(example = "gpt-4")]
    pub model: Option<String>,
    /// The alias of that name.
    #[schema(example = "gpt-4")]
    pub alias: Option<String>,
    /// Its version.
    pub alias_version: Option<u32>,
    /// Where calls of it go.
    #[schema(example = "openai/gpt-4")]
    pub resolves_to: Option<String>,
    /// Where a part of the callers goes instead: `resolves_to` says where this one does.
    pub split: Vec<SplitTarget>,
    /// What serves the call if its target fails, in this order.
    pub fallbacks: Vec<Fallback>,
    /// What a part of the calls is copied to.
    #[schema(inline)]
    pub shadow: Option<Shadow>,
    /// What becomes of the parameters of calls.
    pub parameters: ParameterRules,
    /// The groups of the team that grant it.
    pub via_groups: Vec<String>,
    /// What the caller may call and see, at most 20 names.
    #[schema(example = json!(["gpt-3.5-turbo"]))]
    pub available_models: Vec<String>,
    /// The checks, in the order in which a call meets them. The first that is not ok decides.
    pub steps: Vec<StepObject>,
    /// The revision of the catalogue that it is of; `null` where it is not known any more.
    #[schema(value_type = Option<u64>)]
    pub revision: Option<Revision>,
    /// How long the decision took, in nanoseconds; `null` for a request of the past.
    #[schema(example = 412)]
    pub decided_in_ns: Option<u64>,
    /// What is on record of the request, where one was asked about.
    pub recorded: Option<RecordedObject>,
}

/// One check.
#[derive(Debug, Serialize, ToSchema)]
pub struct StepObject {
    /// What was asked: `key`, `network`, `team`, `endpoint`, `model`, `access`, `scope`, `active`, `rate_limit`, `price`,
    /// `credits`, `budget`; of requests of the past also `request` and `upstream`.
    #[schema(example = "access")]
    pub check: &'static str,
    /// Whether the call passes.
    #[schema(example = false)]
    pub ok: bool,
    /// What was found.
    #[schema(example = "No active group of team newclient-prod grants gpt-4. It holds starter-models.")]
    pub detail: String,
    /// The best way to mend it; `null` where there is nothing to mend.
    pub fix: Option<Fix>,
    /// Other ways.
    pub alternatives: Vec<Fix>,
}

impl StepObject {
    /// A check that went like this.
    pub(super) fn new(check: &'static str, ok: bool, detail: impl Into<String>, fixes: Vec<Fix>) -> Self {
        let mut fixes = fixes.into_iter();
        Self { check, ok, detail: detail.into(), fix: fixes.next(), alternatives: fixes.collect() }
    }
}

/// A request of the past.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecordedObject {
    /// The id that its answer carried.
    pub request_id: String,
    /// When it was admitted or refused.
    pub at: Timestamp,
    /// Its path, or the word of its endpoint.
    #[schema(example = "/v1/chat/completions")]
    pub place: String,
    /// How a call that was sent ended; `refused` for one that was not.
    #[schema(example = "refused")]
    pub outcome: &'static str,
    /// The HTTP status that the client saw; 0 where it saw none.
    #[schema(example = 403)]
    pub status: u16,
    /// The code of the error that it read.
    pub error_code: Option<String>,
    /// The id of the call, where it was sent.
    pub call_id: Option<String>,
    /// How long it took, in milliseconds, where it was sent.
    pub duration_ms: Option<u64>,
}

impl RecordedObject {
    /// A call that was sent.
    pub(super) fn of(recorded: &RecordedCall) -> Self {
        let call = &recorded.call;
        Self {
            request_id: call.request_id.clone(),
            at: call.started_at,
            place: call.endpoint.as_str().to_owned(),
            outcome: recorded.outcome.as_str(),
            status: recorded.status,
            error_code: recorded.error_code.clone(),
            call_id: Some(call.call_id.to_string()),
            duration_ms: Some(recorded.duration_us / 1_000),
        }
    }
}

impl ExplainObject {
    /// What is decided about a call, and by what it is held up besides.
    pub(super) fn of(told: &Told<'_>, barriers: Vec<(Barrier, Option<ApiError>)>, fixes: &Fixes) -> Self {
        let explanation = told.explanation;
        let refused = explanation.decision.as_ref().err().cloned();
        let asked = told.model.map_or_else(|| told.name(), str::to_owned);
        let denied = refused.map(|denied| ApiError::denied(denied, &asked, told.at));
        let decided = denied.or_else(|| barriers.iter().find_map(|(_, refusal)| refusal.clone()));
        let mut steps = steps(told, fixes);
        for (barrier, refusal) in barriers {
            let (check, passes) = of_barrier(barrier);
            steps.push(match refusal {
                None => StepObject::new(check, true, passes, Vec::new()),
                Some(error) => StepObject::new(check, false, error.detail(), fixes.of_barrier(barrier, told)),
            });
        }
        Self { steps, ..Self::decided(told, decided.as_ref()) }
    }

    /// What the client was told of a call, beside the checks.
    pub(super) fn decided(told: &Told<'_>, error: Option<&ApiError>) -> Self {
        let explanation = told.explanation;
        let alias = explanation.alias();
        let key = explanation.caller().id();
        let routing = alias.and_then(|alias| alias.routing.as_ref()).filter(|_| told.shows_target());
        let rules = routing.map(|routing| &routing.rules);
        Self {
            allowed: error.is_none(),
            decision: error.map_or(ALLOWED, ApiError::word).to_owned(),
            status: error.map(|error| error.code().status().as_u16()),
            message: error.map(|error| error.detail().to_owned()),
            team_id: Some(explanation.team_id().to_string()),
            organization_id: Some(explanation.organization_id().to_string()),
            key_id: told.of_key.then(|| key.to_string()),
            model: told.model.map(printable),
            alias: alias.map(|alias| alias.alias.to_string()),
            alias_version: alias.map(|alias| alias.version),
            resolves_to: alias.filter(|_| told.shows_target()).map(|alias| told.target(alias)),
            split: rules.map(|rules| rules.split.clone()).unwrap_or_default(),
            fallbacks: rules.map(|rules| rules.fallbacks.clone()).unwrap_or_default(),
            shadow: rules.and_then(|rules| rules.shadow.clone()),
            parameters: rules.map(|rules| rules.parameters.clone()).unwrap_or_default(),
            via_groups: explanation.via_groups.iter().map(ToString::to_string).collect(),
            available_models: explanation.available.clone(),
            steps: Vec::new(),
            revision: Some(explanation.revision),
            decided_in_ns: None,
            recorded: None,
        }
    }
}

/// The checks of the decision.
pub(super) fn steps(told: &Told<'_>, fixes: &Fixes) -> Vec<StepObject> {
    let explanation: &Explanation = told.explanation;
    let step = |step: &alias_router::Step| {
        let (check, ok) = (word(step.check), step.refusal.is_none());
        StepObject::new(check, ok, told.sentence(step), fixes.of_step(step, told))
    };
    let shown =
        |step: &&alias_router::Step| step.check != Check::Key || step.refusal.is_some() || told.of_key;
    explanation.steps.iter().filter(shown).map(step).collect()
}

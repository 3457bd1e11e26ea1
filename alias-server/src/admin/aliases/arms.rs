//! `/api/model-aliases/{alias}/arms`: how the targets of an alias compare that its callers are split over.

use actix_web::{HttpResponse, web};
use alias_core::alias::{AliasName, ArmFigures, Guardrails, Measure, Portion, Routing, Verdict};
use alias_core::catalog::CatalogAlias;
use alias_core::clock::Clock;
use alias_core::model_ref::ModelRef;
use alias_core::money::NanoUsd;
use alias_router::LiveRouter;
use rust_decimal::Decimal;
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

use crate::admin::path::{Named, not_found};
use crate::admin::query::{NoParameters, Query};
use crate::arms::{Arms, Compared, window};
use crate::error::ApiError;

/// How the targets of an alias compare.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AliasArms)]
pub struct ArmsObject {
    /// The alias.
    #[schema(value_type = String, example = "smart")]
    alias: AliasName,
    /// Its version.
    #[schema(example = 2)]
    version: u32,
    /// Over how many seconds the figures are: those of the server that answers, counted since it started and since this
    /// is the version of the alias.
    #[schema(example = 300)]
    window_seconds: u64,
    /// The targets that its callers are split over, the alias's own first. One where they are not split; then nothing is
    /// counted.
    arms: Vec<ArmObject>,
    /// The target that is tried out; `null` where none has guardrails.
    #[schema(value_type = Option<String>, example = "anthropic/claude-3-opus-20240229")]
    canary: Option<ModelRef>,
    /// How much worse than the others it may be.
    guardrails: Option<Guardrails>,
    /// What they say at present; a canary that breaks them is taken out within seconds.
    verdict: Option<VerdictWord>,
    /// Which one it breaks.
    breaks: Option<Measure>,
    /// The same in a sentence.
    #[schema(example = "12 of the 50 calls that it needs before it is judged.")]
    detail: Option<String>,
    /// What a part of the calls is copied to; `null` where none are.
    shadow: Option<ShadowObject>,
}

/// What became of copies of calls within the window.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AliasShadow)]
pub struct ShadowObject {
    /// Its `share` is that of the calls, and its `canary` is false.
    #[serde(flatten)]
    figures: ArmObject,
    /// Calls that were drawn for a copy, and had none for want of room.
    #[schema(example = 0)]
    skipped: u64,
}

/// What guardrails say of a canary.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum VerdictWord {
    /// It has too few calls to be judged.
    TooFewCalls,
    /// It keeps to them.
    Within,
    /// It does not, and is about to be taken out.
    Broken,
}

/// What became of the calls of one target within the window.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AliasArm)]
pub struct ArmObject {
    /// The target.
    #[schema(value_type = String, example = "openai/gpt-4")]
    litellm_model: ModelRef,
    /// Its part of the callers, in per cent.
    #[schema(value_type = f64, example = 95)]
    share: PerCent,
    /// Whether it is the one that is tried out.
    canary: bool,
    /// Calls that ended.
    #[schema(example = 950)]
    calls: u64,
    /// Calls that were sent on within the window and have not ended.
    #[schema(example = 4)]
    running: u64,
    /// Those that the provider failed, or refused.
    #[schema(example = 3)]
    errors: u64,
    /// The same in per cent of the calls; `null` where there were none.
    #[schema(value_type = Option<f64>, example = 0.31)]
    error_rate: Option<PerCent>,
    /// The time from their admission to their end that 95 of 100 calls keep to, in milliseconds, to 6 per cent. One that
    /// has not ended is among them once it has been out for longer.
    #[schema(example = 2_300)]
    p95_duration_ms: Option<u64>,
    /// The time to the first byte that 95 of 100 calls keep to, in milliseconds, to 6 per cent. One whose first byte has
    /// not come is among them once it has been out for longer.
    #[schema(example = 420)]
    p95_first_byte_ms: Option<u64>,
    /// Tokens of an answer on average.
    #[schema(example = 310)]
    output_tokens_per_call: Option<u64>,
    /// What the provider takes for a call on average, in USD.
    #[schema(value_type = Option<f64>, example = 0.0123)]
    cost_per_call_usd: Option<NanoUsd>,
}

/// Per cent, in hundredths. Serialises as per cent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct PerCent(u64);

impl Serialize for PerCent {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let exact = Decimal::new(i64::try_from(self.0).unwrap_or(i64::MAX), 2).normalize();
        let number: serde_json::Number = exact.to_string().parse().map_err(serde::ser::Error::custom)?;
        number.serialize(to)
    }
}

impl ArmObject {
    fn of(target: &ModelRef, share: u64, canary: bool, figures: &ArmFigures) -> Self {
        let nanos = |nanos: u64| NanoUsd::new(i64::try_from(nanos).unwrap_or(i64::MAX));
        Self {
            litellm_model: target.clone(),
            share: PerCent(share),
            canary,
            calls: figures.calls,
            running: figures.running,
            errors: figures.errors,
            error_rate: figures.error_rate().map(PerCent),
            p95_duration_ms: figures.duration.micros.map(|micros| micros / 1_000),
            p95_first_byte_ms: figures.first_byte.micros.map(|micros| micros / 1_000),
            output_tokens_per_call: figures.output_tokens.mean(),
            cost_per_call_usd: figures.cost.mean().map(nanos),
        }
    }
}

impl ArmsObject {
    fn of(alias: &CatalogAlias, compared: Compared) -> Self {
        let usual = Routing::default();
        let rules = alias.routing.as_ref().map_or(&usual, |routing| &routing.rules);
        let canary = rules.canary();
        let others: u64 = rules.split.iter().map(|arm| u64::from(arm.share.hundredths())).sum();
        let own = (&alias.litellm_model, u64::from(Portion::ALL).saturating_sub(others));
        let split = rules.split.iter().map(|arm| (&arm.litellm_model, u64::from(arm.share.hundredths())));
        let targets = std::iter::once(own).chain(split);
        let is_canary = |target: &ModelRef| canary.is_some_and(|(canary, _)| canary == target);
        let arms = targets.zip(&compared.arms);
        let arms: Vec<ArmObject> = arms
            .map(|((target, share), figures)| ArmObject::of(target, share, is_canary(target), figures))
            .collect();
        let calls = arms.iter().find(|arm| arm.canary).map_or(0, |arm| arm.calls);
        let told = compared.verdict.zip(canary).map(|(verdict, (_, rails))| told(verdict, rails, calls));
        let (verdict, breaks, detail) = match told {
            Some((verdict, breaks, detail)) => (Some(verdict), breaks, Some(detail)),
            None => (None, None, None),
        };
        Self {
            alias: alias.alias.clone(),
            version: alias.version,
            window_seconds: window(rules).as_secs(),
            arms,
            canary: canary.map(|(target, _)| target.clone()),
            guardrails: canary.map(|(_, guardrails)| guardrails.clone()),
            verdict,
            breaks,
            shadow: rules.shadow.as_ref().zip(compared.shadow).map(|(shadow, (figures, skipped))| {
                let share = u64::from(shadow.share.hundredths());
                ShadowObject {
                    figures: ArmObject::of(&shadow.litellm_model, share, false, &figures),
                    skipped,
                }
            }),
            detail,
        }
    }
}

/// What is said of a canary with so many calls.
fn told(verdict: Verdict, guardrails: &Guardrails, calls: u64) -> (VerdictWord, Option<Measure>, String) {
    match verdict {
        Verdict::TooFewCalls => {
            let needed = guardrails.min_calls;
            let detail = format!("{calls} of the {needed} calls that it needs before it is judged.");
            (VerdictWord::TooFewCalls, None, detail)
        }
        Verdict::Within => (VerdictWord::Within, None, "It keeps to its guardrails.".into()),
        Verdict::Broken(breach) => {
            let measure = breach.measure;
            (VerdictWord::Broken, Some(measure), format!("It is about to be taken out: {breach}."))
        }
    }
}

/// Compare the targets of a model alias.
///
/// Of an alias whose callers are split: errors, times, tokens and cost of a call at each target, within a window of time,
/// as the server that answers has counted them. Where one target is a canary with guardrails: what these say of it.
///
/// # Errors
/// 404 where there is no such alias.
#[utoipa::path(
    get, path = "/api/model-aliases/{alias}/arms", tag = "model aliases", operation_id = "compare_alias_targets",
    params(Named<AliasName>),
    responses((status = 200, description = "The targets.", body = ArmsObject)),
)]
pub async fn show(
    (live, arms): (web::Data<LiveRouter>, web::Data<Arms>),
    clock: web::Data<dyn Clock>,
    Query(NoParameters {}): Query<NoParameters>,
    Named(alias): Named<AliasName>,
) -> Result<HttpResponse, ApiError> {
    let table = live.table();
    let found = table.alias(alias.as_str()).and_then(|alias| alias.at(clock.now()));
    let found = found.ok_or_else(|| not_found::<AliasName>(alias.as_str()))?;
    let usual = Routing::default();
    let rules = found.routing.as_ref().map_or(&usual, |routing| &routing.rules);
    Ok(HttpResponse::Ok().json(ArmsObject::of(found, arms.compared(found, rules))))
}

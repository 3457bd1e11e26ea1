//! What another target of an alias means, as the API shows it.

use alias_core::lint::Warning;
use alias_core::model_ref::ModelRef;
use alias_core::money::NanoUsd;
use alias_core::plan::{Capabilities, Switch};
use alias_core::provider_model::ProviderModel;
use serde::Serialize;
use utoipa::ToSchema;

/// What another target of an alias means for the calls that it had in the last 30 days.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TargetSwitch)]
pub struct SwitchObject {
    /// Where calls go.
    #[schema(value_type = String, example = "openai/gpt-4")]
    pub from: ModelRef,
    /// Where they would go.
    #[schema(value_type = String, example = "anthropic/claude-3-opus-20240229")]
    pub to: ModelRef,
    /// What providers took, in USD.
    #[schema(value_type = f64, example = 234.56)]
    pub cost_usd: NanoUsd,
    /// What the same tokens would have cost on the other target; null where its price is not known.
    #[schema(value_type = Option<f64>, example = 198.2)]
    pub repriced_cost_usd: Option<NanoUsd>,
    /// How much dearer that is; less than nothing where it is cheaper.
    #[schema(value_type = Option<f64>, example = -36.36)]
    pub difference_usd: Option<NanoUsd>,
    /// The calls whose tokens that counts.
    #[schema(example = 1204)]
    pub calls: u64,
    /// Calls whose tokens nobody knows: they are not counted.
    #[schema(example = 3)]
    pub uncounted_calls: u64,
    /// Calls whose input alone is longer than the other target takes.
    #[schema(example = 0)]
    pub calls_too_long: u64,
    /// What can be done then and now; null where the catalogue does not have both models.
    #[schema(inline)]
    pub capabilities: Option<Capabilities>,
    /// The most input tokens that the two take.
    #[schema(inline)]
    pub max_input_tokens: Limits,
    /// The most output tokens that the two give.
    #[schema(inline)]
    pub max_output_tokens: Limits,
    /// What speaks against it, in sentences.
    pub warnings: Vec<Warning>,
}

/// A limit of both targets; null where it is not known.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(as = TargetLimits)]
pub struct Limits {
    /// Of the present target.
    #[schema(example = 128_000)]
    pub from: Option<u64>,
    /// Of the other.
    #[schema(example = 200_000)]
    pub to: Option<u64>,
}

impl Limits {
    fn of(switch: &Switch, limit: impl Fn(&ProviderModel) -> Option<u64>) -> Self {
        Self { from: switch.old.as_ref().and_then(&limit), to: switch.new.as_ref().and_then(&limit) }
    }

    /// Both, where the other is smaller.
    fn shrinks(self) -> Option<(u64, u64)> {
        self.from.zip(self.to).filter(|(from, to)| to < from)
    }
}

impl SwitchObject {
    pub(super) fn of(switch: &Switch) -> Self {
        let repriced = switch.repriced();
        let calls = switch.short.calls.saturating_add(switch.long.calls);
        let shown = Self {
            from: switch.from.clone(),
            to: switch.to.clone(),
            cost_usd: switch.cost,
            repriced_cost_usd: repriced.map(|repriced| repriced.cost),
            difference_usd: repriced
                .map(|repriced| NanoUsd::new(repriced.cost.nanos().saturating_sub(switch.cost.nanos()))),
            calls,
            uncounted_calls: switch.uncounted,
            calls_too_long: switch.too_long,
            capabilities: switch.capabilities(),
            max_input_tokens: Limits::of(switch, |model| model.max_input_tokens),
            max_output_tokens: Limits::of(switch, |model| model.max_output_tokens),
            warnings: Vec::new(),
        };
        Self { warnings: warnings(switch, &shown), ..shown }
    }
}

fn warnings(switch: &Switch, shown: &SwitchObject) -> Vec<Warning> {
    let mut all = Vec::new();
    let mut warn = |code, message: String| all.push(Warning { code, message });
    let to = &switch.to;
    let Some(new) = &switch.new else {
        warn(
            "not_in_catalog",
            format!("{to} is not in the catalogue of models: what it costs and can do is not known"),
        );
        return all;
    };
    if new.prices.is_none() {
        warn("price_unknown", format!("the price of {to} is not known"));
    }
    if let Some(lost) = shown.capabilities.as_ref().filter(|found| !found.lost.is_empty()) {
        warn("capabilities_lost", format!("{to} cannot do: {}", lost.lost.join(", ")));
    }
    if let Some((from, less)) = shown.max_input_tokens.shrinks() {
        warn(
            "smaller_context",
            format!("{to} takes {less} tokens of input, where {} takes {from}", switch.from),
        );
    }
    if let Some((from, less)) = shown.max_output_tokens.shrinks() {
        warn(
            "shorter_answers",
            format!("{to} gives {less} tokens of output, where {} gives {from}", switch.from),
        );
    }
    if switch.too_long > 0 {
        warn(
            "calls_too_long",
            format!("{} calls of the last 30 days were too long for {to}", switch.too_long),
        );
    }
    let modes = switch.old.as_ref().and_then(|old| old.mode.as_ref()).zip(new.mode.as_ref());
    if let Some((old, new)) = modes.filter(|(old, new)| old != new) {
        warn("other_mode", format!("{to} is for {new}, where {} is for {old}", switch.from));
    }
    all
}

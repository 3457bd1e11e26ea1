//! Several deployments of one name: parts of the callers here, and fallbacks where `LiteLLM` has an order of them.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use serde_json::{Value, json};

use alias_core::alias::{MAX_SPLIT, Portion};

/// By what `LiteLLM` weighs deployments: the first that they have.
pub(super) const WEIGHTS: [&str; 3] = ["weight", "rpm", "tpm"];

/// One deployment of a name.
#[derive(Debug)]
pub(super) struct Deployment<'a> {
    /// Where it is in the file.
    pub(super) path: String,
    /// What is said of it.
    pub(super) entry: &'a Value,
    /// Where its calls go.
    pub(super) target: String,
}

/// How the deployments of a name share its calls.
#[derive(Debug, Default)]
pub(super) struct Shared {
    /// What the alias points to.
    pub(super) target: String,
    /// Other targets, and their parts in hundredths of a per cent.
    pub(super) others: Vec<(String, u16)>,
    /// Targets that get no calls, and why.
    pub(super) left_out: Vec<(String, &'static str)>,
}

impl Shared {
    /// As an alias says it.
    pub(super) fn split(&self) -> Value {
        let arm = |(target, share): &(String, u16)| {
            Some(json!({ "litellm_model": target, "share": Portion::new(*share)? }))
        };
        self.others.iter().filter_map(arm).collect()
    }
}

/// Those that are called first, and those that are called when they fail, in this order.
pub(super) fn ordered(mut all: Vec<Deployment<'_>>) -> (Vec<Deployment<'_>>, Vec<Deployment<'_>>) {
    let order = |one: &Deployment<'_>| one.entry["litellm_params"]["order"].as_u64().unwrap_or(u64::MAX);
    all.sort_by_key(order);
    let first = all.first().map(order);
    all.into_iter().partition(|one| Some(order(one)) == first)
}

/// What part of the calls each target gets.
pub(super) fn shared(deployments: &[Deployment<'_>]) -> Shared {
    let mut weights = weights(deployments);
    let mut shared = Shared::default();
    weights.retain(|(target, weight)| {
        if weight.is_zero() {
            shared.left_out.push((target.clone(), "it has no weight"));
        }
        !weight.is_zero()
    });
    for (target, _) in weights.drain(weights.len().min(MAX_SPLIT + 1)..) {
        shared.left_out.push((target, "an alias has at most 8 other targets"));
    }
    let total: Decimal = weights.iter().map(|(_, weight)| *weight).sum();
    let mut all = weights.into_iter();
    shared.target = all.next().map(|(target, _)| target).unwrap_or_default();
    shared.others = all.map(|(target, weight)| (target, part(weight, total))).collect();
    shared
}

/// The weight of each target; equal ones where nothing is said.
fn weights(deployments: &[Deployment<'_>]) -> Vec<(String, Decimal)> {
    let by = WEIGHTS.into_iter().find(|by| deployments.iter().any(|one| weight(one, by).is_some()));
    let mut all: Vec<(String, Decimal)> = Vec::new();
    for one in deployments {
        let weight = by.map_or(Some(Decimal::ONE), |by| weight(one, by)).unwrap_or_default();
        match all.iter_mut().find(|(target, _)| *target == one.target) {
            Some((_, sum)) => *sum = sum.saturating_add(weight),
            None => all.push((one.target.clone(), weight)),
        }
    }
    if all.iter().all(|(_, weight)| weight.is_zero()) {
        for (_, weight) in &mut all {
            *weight = Decimal::ONE;
        }
    }
    all
}

/// A weight that is a number from 0 up to a billion.
fn weight(of: &Deployment<'_>, by: &str) -> Option<Decimal> {
    let number = of.entry["litellm_params"][by].as_number()?.to_string();
    let number = number.parse().or_else(|_| Decimal::from_scientific(&number)).ok()?;
    Some(number.clamp(Decimal::ZERO, Decimal::from(1_000_000_000)))
}

/// A part in hundredths of a per cent; what gets any calls gets at least one hundredth.
fn part(weight: Decimal, total: Decimal) -> u16 {
    let part = weight.checked_mul(Decimal::from(Portion::ALL)).and_then(|all| all.checked_div(total));
    part.and_then(|part| part.to_u16()).unwrap_or_default().max(1)
}

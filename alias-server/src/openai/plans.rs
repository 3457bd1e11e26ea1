//! What a call may be sent as: by which target first, by which others after it, and what each way can cost at most.

use alias_core::alias::Condition;
use alias_core::model_ref::ModelRef;
use alias_core::price::CallPrice;
use alias_router::{Alternative, Bounds, Decision, Demand, NoBound};

/// One way to serve a call.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    /// Where it goes first.
    pub(super) target: ModelRef,
    /// What it is charged by then.
    pub(super) price: CallPrice,
    /// Where it goes after that.
    pub(super) alternatives: Vec<Alternative>,
    /// What is held for it: the most that it can burn at any of these.
    pub(super) demand: Demand,
}

/// The ways to serve a call, the best first: with all its fallbacks; without them, where what they could cost is too
/// much; by a fallback that is there for that.
///
/// # Errors
/// [`NoBound`] where the most that the call can burn at its target cannot be told.
pub(super) fn plans(decision: &Decision, bounds: &Bounds) -> Result<Vec<Plan>, NoBound> {
    let budgeted = decision.budgets().any(|budget| budget.is_hard());
    let (target, price) = (decision.target().clone(), decision.price());
    let alone = Demand::of(&price, bounds, budgeted);
    let mut others: Vec<(Alternative, Demand)> = Vec::new();
    for other in decision.alternatives() {
        // Of a fallback whose cost nobody can bound, nothing is held: it cannot serve.
        if let Ok(demand) = Demand::of(&other.price, bounds, budgeted) {
            others.push((other, demand));
        }
    }
    let cheaper: Vec<Plan> = others
        .iter()
        .filter(|(other, _)| other.on.contains(&Condition::OutOfBudget))
        .map(|(other, demand)| Plan {
            target: other.target.clone(),
            price: other.price.clone(),
            alternatives: Vec::new(),
            demand: *demand,
        })
        .collect();
    let alone = match alone {
        Ok(demand) => demand,
        Err(_) if !cheaper.is_empty() => return Ok(cheaper),
        Err(why) => return Err(why),
    };
    let whole = others.iter().fold(alone, |most, (_, demand)| most.or_more(demand));
    let alternatives: Vec<Alternative> = others.into_iter().map(|(other, _)| other).collect();
    let mut plans = Vec::with_capacity(1 + cheaper.len());
    if !alternatives.is_empty() {
        plans.push(Plan { target: target.clone(), price: price.clone(), alternatives, demand: whole });
    }
    if plans.is_empty() || whole != alone {
        plans.push(Plan { target, price, alternatives: Vec::new(), demand: alone });
    }
    plans.extend(cheaper);
    Ok(plans)
}

//! What stands between a call that was decided about and the upstream: limits, prices, credits and budgets, asked as
//! the smallest call would ask them. Nothing is kept.

use alias_core::usage::Endpoint;
use alias_router::{Bounds, Caller, Decision, Demand};

use crate::error::ApiError;
use crate::metering::NotAdmitted;

use super::forward::not_admitted;
use super::plane::DataPlane;

/// The input of the smallest call, in tokens: what an empty one is bounded by.
const INPUT: u64 = 1_100;

/// What a call has to pass beside the decision, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Barrier {
    /// The rate limits of the key and the team.
    RateLimit,
    /// Whether the most that it burns can be told.
    Price,
    /// The team's credits.
    Credits,
    /// The budgets that it falls under.
    Budget,
}

/// Whether the smallest call would pass; the first refusal ends it.
pub(crate) async fn probe(
    plane: &DataPlane,
    caller: &Caller,
    decision: &Decision,
    endpoint: Endpoint,
) -> Vec<(Barrier, Option<ApiError>)> {
    let mut passed = vec![];
    let pass = match plane.limits.admit(caller, || 1).await {
        Ok(pass) => pass,
        Err(error) => return vec![(Barrier::RateLimit, Some(error))],
    };
    passed.push((Barrier::RateLimit, None));
    let budgeted = decision.budgets().any(|budget| budget.is_hard());
    let demand = match Demand::of(&decision.price(), &smallest(endpoint), budgeted) {
        Ok(demand) => demand,
        Err(why) => {
            passed.push((Barrier::Price, Some(ApiError::no_bound(why, &decision.alias().alias))));
            return passed;
        }
    };
    passed.push((Barrier::Price, None));
    let now = plane.now();
    let covered =
        plane.meter.covers(caller.team_uid(), now, &decision.price(), demand, decision.budgets()).await;
    drop(pass);
    match covered {
        Ok(()) => passed.extend([(Barrier::Credits, None), (Barrier::Budget, None)]),
        Err(why) => {
            let barrier = match why {
                NotAdmitted::Budget { .. } => {
                    passed.push((Barrier::Credits, None));
                    Barrier::Budget
                }
                _ => Barrier::Credits,
            };
            passed.push((barrier, Some(not_admitted(why, decision.alias(), now))));
        }
    }
    passed
}

fn smallest(endpoint: Endpoint) -> Bounds {
    let images = endpoint == Endpoint::ImagesGenerations;
    let no_output = matches!(endpoint, Endpoint::Embeddings | Endpoint::Moderations | Endpoint::Rerank);
    Bounds {
        input: Some(INPUT),
        output: Some(1),
        answers: 1,
        images: u64::from(images),
        no_output: no_output || images,
        in_job: false,
    }
}

//! What stands behind the changes of a plan: the recent calls of an alias, and what its targets cost.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use alias_core::clock::Timestamp;
use alias_core::desired::{Change, Plan, Subject};
use alias_core::model_ref::ModelRef;
use alias_core::money::TokenPrice;
use alias_core::report::{Grouping, ReportQuery, Scope, midnight};
use alias_core::repository::{ModelCatalogRepository, ReportRepository, StoreError};
use serde::Serialize;
use utoipa::ToSchema;

/// The days whose calls are told, of which today is one.
const DAYS: i64 = 7;
/// How many changes of a target are told with prices.
const MOST_PRICED: usize = 200;

/// What stands behind a plan.
#[derive(Debug, Default)]
pub struct Weight {
    calls: HashMap<String, u64>,
    prices: HashMap<ModelRef, Option<ModelPrice>>,
}

/// What a model costs, as the catalogue of models knows it, in USD per million tokens.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub(super) struct ModelPrice {
    /// Input tokens.
    #[schema(value_type = f64, example = 30)]
    input: TokenPrice,
    /// Output tokens.
    #[schema(value_type = f64, example = 60)]
    output: TokenPrice,
}

/// What the targets before and after a change cost.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub(super) struct PriceChange {
    /// The present target; null where nobody knows.
    #[schema(inline)]
    from: Option<ModelPrice>,
    /// The other; null where nobody knows.
    #[schema(inline)]
    to: Option<ModelPrice>,
}

impl Weight {
    /// Asks for what stands behind a plan.
    pub async fn of(
        plan: &Plan,
        reports: &dyn ReportRepository,
        models: &dyn ModelCatalogRepository,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let aliases = || plan.changes.iter().filter(|change| matches!(change.subject, Subject::Alias(_)));
        let mut weight = Self::default();
        if aliases().next().is_none() {
            return Ok(weight);
        }
        let tomorrow = now.utc().date_naive() + chrono::Days::new(1);
        let first = tomorrow - chrono::Duration::days(DAYS);
        let query = ReportQuery {
            group_by: Some(Grouping::Alias),
            most_first: true,
            times: false,
            ..ReportQuery::of(Scope::between(midnight(first), midnight(tomorrow)))
        };
        let rows = reports.report(&query).await?.rows;
        weight.calls = rows.into_iter().map(|row| (row.name, row.figures.calls)).collect();
        let switched = aliases().filter_map(targets).take(MOST_PRICED);
        for model in switched.flat_map(|(from, to)| [from, to]) {
            if let Entry::Vacant(place) = weight.prices.entry(model) {
                let known = models.find(place.key()).await?.and_then(|(known, _)| known.model.prices);
                place.insert(known.map(|prices| ModelPrice { input: prices.input, output: prices.output }));
            }
        }
        Ok(weight)
    }

    /// The calls that an alias had in 7 days, today among them; none for other objects.
    pub(super) fn calls(&self, change: &Change) -> Option<u64> {
        let Subject::Alias(name) = &change.subject else { return None };
        Some(self.calls.get(name.as_str()).copied().unwrap_or(0))
    }

    /// What its targets cost, where a change is of the target.
    pub(super) fn prices(&self, change: &Change) -> Option<PriceChange> {
        let (from, to) = targets(change)?;
        let known = |model| self.prices.get(model).copied().flatten();
        Some(PriceChange { from: known(&from), to: known(&to) })
    }
}

/// The targets before and after a change, where it is one of the target.
fn targets(change: &Change) -> Option<(ModelRef, ModelRef)> {
    let of = |side: &str| change.fields["litellm_model"][side].as_str()?.parse().ok();
    Some((of("from")?, of("to")?))
}

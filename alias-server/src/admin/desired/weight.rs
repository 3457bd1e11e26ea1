//! What stands behind the changes of a plan: the recent calls of an alias, and what its targets cost.

use std::collections::HashMap;

use alias_core::alias::AliasName;
use alias_core::clock::Timestamp;
use alias_core::desired::{Change, Document, Plan, Subject};
use alias_core::model_ref::ModelRef;
use alias_core::money::TokenPrice;
use alias_core::price::Pricing;
use alias_core::report::{Grouping, ReportQuery, Scope, midnight};
use alias_core::repository::{ModelCatalogRepository, ReportRepository, StoreError};
use serde::Serialize;
use utoipa::ToSchema;

/// The days whose calls are told, of which today is one.
const DAYS: i64 = 7;
/// How many models are asked for their price.
const MOST_PRICED: usize = 200;

/// What stands behind a plan.
#[derive(Debug, Default)]
pub struct Weight {
    calls: HashMap<String, u64>,
    prices: HashMap<AliasName, PriceChange>,
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
        document: &Document,
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
        let switched = plan.changes.iter().filter_map(|change| switched(change, document));
        let switched: Vec<_> = switched.collect();
        let mut known = HashMap::new();
        for model in switched.iter().flat_map(|(_, from, to)| [from, to]) {
            if known.len() < MOST_PRICED && !known.contains_key(model) {
                known.insert(model, price(models, model).await?);
            }
        }
        let both = |(name, from, to): &(AliasName, ModelRef, ModelRef)| {
            Some((name.clone(), PriceChange { from: *known.get(from)?, to: *known.get(to)? }))
        };
        weight.prices = switched.iter().filter_map(both).collect();
        Ok(weight)
    }

    /// The calls that an alias had in 7 days, today among them; none for other objects.
    pub(super) fn calls(&self, change: &Change) -> Option<u64> {
        let Subject::Alias(name) = &change.subject else { return None };
        Some(self.calls.get(name.as_str()).copied().unwrap_or(0))
    }

    /// What its targets cost, where a change is of the target and the target's price counts.
    pub(super) fn prices(&self, change: &Change) -> Option<PriceChange> {
        let Subject::Alias(name) = &change.subject else { return None };
        self.prices.get(name).copied()
    }
}

async fn price(models: &dyn ModelCatalogRepository, of: &ModelRef) -> Result<Option<ModelPrice>, StoreError> {
    let known = models.find(of).await?.and_then(|(known, _)| known.model.prices);
    Ok(known.map(|prices| ModelPrice { input: prices.input, output: prices.output }))
}

/// An alias that goes from one model to another and costs what they cost, before and after.
fn switched(change: &Change, document: &Document) -> Option<(AliasName, ModelRef, ModelRef)> {
    let Subject::Alias(name) = &change.subject else { return None };
    let of = |side: &str| -> Option<ModelRef> {
        let model: ModelRef = change.fields["litellm_model"][side].as_str()?.parse().ok()?;
        model.alias().is_none().then_some(model)
    };
    let pricing = &document.content.aliases.get(name)?.pricing;
    let is_of_models =
        matches!(pricing, Pricing::Catalog { markup: None }) && change.fields["pricing"].is_null();
    is_of_models.then_some(())?;
    Some((name.clone(), of("from")?, of("to")?))
}

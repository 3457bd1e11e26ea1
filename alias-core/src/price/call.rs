//! What one call is charged by: pinned when it is admitted, whatever changes meanwhile.

use std::sync::Arc;

use super::{Markup, ModelFacts, PriceList, Pricing};
use crate::credits::Billing;
use crate::money::NanoUsd;
use crate::usage::{PriceBasis, TokenUsage};

/// The prices of a call, and how its team counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallPrice {
    /// What the alias says.
    pub pricing: Pricing,
    /// Whether prices of its own are said by no version of the alias that the call is recorded with: then the call's
    /// record pins them itself.
    pub unversioned: bool,
    /// What is known of its target.
    pub model: Option<Arc<ModelFacts>>,
    /// How the team counts.
    pub billing: Billing,
}

/// What a charge is computed from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Basis<'a> {
    /// What an event pins of it.
    pub basis: PriceBasis,
    /// The markup that is in it.
    pub markup: Markup,
    /// The prices, where it needs some.
    pub prices: Option<&'a PriceList>,
}

impl CallPrice {
    /// Whether calls cost nothing, and pass limits on money.
    pub fn is_free(&self) -> bool {
        self.pricing == Pricing::Free
    }

    /// The markup on the target's price.
    fn markup(&self) -> Markup {
        match self.pricing {
            Pricing::Catalog { markup: Some(own) } => own,
            Pricing::Catalog { markup: None } => self.billing.markup,
            Pricing::Fixed(_) | Pricing::Free => Markup::NONE,
        }
    }

    /// What the provider took: what it said, else what its tokens cost by the catalogue, else nobody knows.
    pub fn provider_cost(
        &self,
        said: Option<NanoUsd>,
        tokens: Option<&TokenUsage>,
        images: u64,
    ) -> Option<NanoUsd> {
        let prices = self.model.as_ref().and_then(|model| model.prices.as_ref());
        said.or_else(|| prices?.known_cost(tokens, images))
    }

    /// What the client's charge is computed from. What LiteLLM says that the provider took counts only where there is
    /// no price.
    pub fn basis(&self, said: Option<NanoUsd>) -> Basis<'_> {
        let catalog = self.model.as_ref().and_then(|model| Some((model.price_id?, model.prices.as_deref()?)));
        let (basis, prices) = match (&self.pricing, catalog) {
            (Pricing::Free, _) => (PriceBasis::Free, None),
            (Pricing::Fixed(prices), _) => (PriceBasis::Fixed, Some(&**prices)),
            (Pricing::Catalog { .. }, Some((id, prices))) => (PriceBasis::Catalog(id), Some(prices)),
            (Pricing::Catalog { .. }, None) if said.is_some() => (PriceBasis::Reported, None),
            (Pricing::Catalog { .. }, None) => (PriceBasis::Unknown, None),
        };
        Basis { basis, markup: self.markup(), prices }
    }

    /// The most that a call can be charged which takes and gives at most so many tokens; `None` without a price.
    pub fn most(&self, input: u64, output: u64, images: u64) -> Option<NanoUsd> {
        match &self.pricing {
            Pricing::Free => Some(NanoUsd::ZERO),
            Pricing::Fixed(prices) => Some(prices.most(input, output, images)),
            Pricing::Catalog { .. } => {
                let prices = self.model.as_ref()?.prices.as_ref()?;
                Some(self.markup().most_on(prices.most(input, output, images)))
            }
        }
    }
}

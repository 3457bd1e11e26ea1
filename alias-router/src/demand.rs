//! How much credit a call must hold before it may be sent: the most that it can burn.

use alias_core::credits::{BudgetMode, LimitMode};
use alias_core::money::{MicroCredits, NanoUsd};
use alias_core::price::CallPrice;

/// What is known of a call's size before it is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// The most input tokens; `None` where the body does not hold all of the input.
    pub input: Option<u64>,
    /// The most output tokens of one answer, as the request, the alias or the operator caps them.
    pub output: Option<u64>,
    /// How many answers are asked for.
    pub answers: u64,
    /// How many images are asked for.
    pub images: u64,
    /// Whether the endpoint gives no output tokens.
    pub no_output: bool,
    /// Whether the call is part of a job, which pays for it.
    pub in_job: bool,
}

/// What a call needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Demand {
    /// What to hold of the team's credits; `None` where they do not limit the call.
    pub hold: Option<MicroCredits>,
    /// What to hold on every budget that refuses: the most that the client can be charged. `None` where none does.
    pub charge: Option<NanoUsd>,
    /// The cap on the output tokens of one answer that the hold goes by: it must be sent.
    pub cap: Option<u64>,
}

/// Why the most that a call can burn cannot be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoBound {
    /// The input is not all in the body, and nobody knows how much the model takes.
    #[error("the most that the input can be is not known")]
    Input,
    /// Nothing caps the output.
    #[error("nothing caps the output")]
    Output,
    /// The model has no known price.
    #[error("the price is not known")]
    Price,
}

impl Demand {
    const NOTHING: Self = Self { hold: None, charge: None, cap: None };

    /// What a call of this price and size needs; `budgeted` says whether a budget refuses what it does not cover.
    ///
    /// # Errors
    /// [`NoBound`], under a hard limit only.
    pub fn of(price: &CallPrice, bounds: &Bounds, budgeted: bool) -> Result<Self, NoBound> {
        let billing = &price.billing;
        if price.is_free() {
            return Ok(Self::NOTHING);
        }
        let hard = billing.limit_mode == LimitMode::HardLimit;
        let by_job = billing.budget_mode == BudgetMode::JobBased;
        let job = (hard && by_job && !bounds.in_job).then_some(MicroCredits::ONE);
        let counted = hard && !by_job;
        if !counted && !budgeted {
            return Ok(Self { hold: job, ..Self::NOTHING });
        }
        let (input, cap) = Self::size(price, bounds)?;
        let output = cap.unwrap_or(0).saturating_mul(bounds.answers.max(1));
        let priced = budgeted || (counted && billing.budget_mode == BudgetMode::ConsumptionUsd);
        let most =
            priced.then(|| price.most(input, output, bounds.images).ok_or(NoBound::Price)).transpose()?;
        let credits = || billing.most_credits(most.unwrap_or_default(), input.saturating_add(output));
        Ok(Self { hold: if counted { Some(credits()) } else { job }, charge: most.filter(|_| budgeted), cap })
    }

    /// What covers a call that may go either way: the more of each, under the lower cap.
    #[must_use]
    pub fn or_more(self, other: &Self) -> Self {
        Self {
            hold: self.hold.max(other.hold),
            charge: self.charge.max(other.charge),
            cap: [self.cap, other.cap].into_iter().flatten().min(),
        }
    }

    /// The most input tokens, and the cap on the output of one answer.
    fn size(price: &CallPrice, bounds: &Bounds) -> Result<(u64, Option<u64>), NoBound> {
        let model = price.model.as_deref();
        let input = bounds.input.or(model.and_then(|model| model.max_input_tokens)).ok_or(NoBound::Input)?;
        let most = model.and_then(|model| model.max_output_tokens);
        let cap = match (bounds.no_output, bounds.output, most) {
            (true, _, _) => None,
            (false, Some(asked), most) => Some(most.map_or(asked, |most| asked.min(most))),
            (false, None, Some(most)) => Some(most),
            (false, None, None) => return Err(NoBound::Output),
        };
        Ok((input, cap))
    }
}

#[cfg(test)]
mod tests;

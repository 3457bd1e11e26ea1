//! How much credit a call must hold before it may be sent: the most that it can burn.

use alias_core::credits::{BudgetMode, LimitMode};
use alias_core::money::MicroCredits;
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
    /// What to hold; `None` where nothing limits the call.
    pub hold: Option<MicroCredits>,
    /// The cap on the output tokens of one answer that the hold goes by: it must be sent.
    pub cap: Option<u64>,
}

/// Why the most that a call can burn cannot be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
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
    const NOTHING: Self = Self { hold: None, cap: None };

    /// What a call of this price and size needs.
    ///
    /// # Errors
    /// [`NoBound`], under a hard limit only.
    pub fn of(price: &CallPrice, bounds: &Bounds) -> Result<Self, NoBound> {
        let billing = &price.billing;
        if billing.limit_mode != LimitMode::HardLimit || price.is_free() {
            return Ok(Self::NOTHING);
        }
        if billing.budget_mode == BudgetMode::JobBased {
            let hold = (!bounds.in_job).then_some(MicroCredits::ONE);
            return Ok(Self { hold, cap: None });
        }
        let model = price.model.as_deref();
        let input = bounds.input.or(model.and_then(|model| model.max_input_tokens)).ok_or(NoBound::Input)?;
        let most = model.and_then(|model| model.max_output_tokens);
        let cap = match (bounds.no_output, bounds.output, most) {
            (true, _, _) => None,
            (false, Some(asked), most) => Some(most.map_or(asked, |most| asked.min(most))),
            (false, None, Some(most)) => Some(most),
            (false, None, None) => return Err(NoBound::Output),
        };
        let output = cap.unwrap_or(0).saturating_mul(bounds.answers.max(1));
        let charge = match billing.budget_mode {
            BudgetMode::ConsumptionUsd => price.most(input, output, bounds.images).ok_or(NoBound::Price)?,
            _ => alias_core::money::NanoUsd::ZERO,
        };
        let hold = billing.most_credits(charge, input.saturating_add(output));
        Ok(Self { hold: Some(hold), cap })
    }
}

#[cfg(test)]
mod tests;

//! The ledger: every change of a balance, for ever.

use serde::{Deserialize, Serialize};
use validator::{Validate, ValidationErrors};

use crate::clock::Timestamp;
use crate::id::Id;
use crate::money::MicroCredits;
use crate::team::{TeamId, TeamUid};
use crate::validation::{self, parsed, parses};

/// Marks ids of transactions (`txn_…`).
#[derive(Debug)]
pub struct TransactionIdKind;

impl crate::id::IdKind for TransactionIdKind {
    const PREFIX: &'static str = "txn_";
}

/// Identifies a transaction; ids of later ones are larger.
pub type TransactionId = Id<TransactionIdKind>;

/// What changed a balance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TransactionKind {
    /// What a team was created with.
    Allocation,
    /// Credits that were added.
    Addition,
    /// What calls burned: one for each batch of calls that entered the books.
    Deduction,
    /// A job that was completed.
    Job,
    /// Credits given back for what was charged.
    Refund,
    /// A correction by an administrator.
    Adjustment,
    /// Credits whose time ran out.
    Expiry,
    /// Credits that were added by themselves, as the team's refill says.
    Refill,
    /// What calls took of a budget, in nano-USD: one for each batch of calls that entered the books.
    Spending,
}

impl TransactionKind {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allocation => "allocation",
            Self::Addition => "addition",
            Self::Deduction => "deduction",
            Self::Job => "job",
            Self::Refund => "refund",
            Self::Adjustment => "adjustment",
            Self::Expiry => "expiry",
            Self::Refill => "refill",
            Self::Spending => "spending",
        }
    }
}

/// One change of a balance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transaction {
    /// Its id.
    pub id: TransactionId,
    /// What it was.
    pub kind: TransactionKind,
    /// By how much; below zero takes away.
    pub amount: MicroCredits,
    /// The balance after it.
    pub balance_after: MicroCredits,
    /// Why, in a person's words.
    pub description: Option<String>,
    /// The job it was for.
    pub job_id: Option<String>,
    /// When it was entered.
    pub at: Timestamp,
}

/// Credits to give or to take away, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    /// What it is.
    pub kind: TransactionKind,
    /// By how much; below zero takes away.
    pub amount: MicroCredits,
    /// Why.
    pub description: Option<String>,
}

/// What a transfer made of a balance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditsAdded {
    /// The team.
    pub team_uid: TeamUid,
    /// Its public id.
    pub team_id: TeamId,
    /// What was given.
    pub amount: MicroCredits,
    /// What is left.
    pub remaining: MicroCredits,
    /// The entry in the ledger.
    pub transaction_id: TransactionId,
}

/// Credits to add, unchecked.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TransferDraft {
    /// The team that gets them.
    #[serde(default)]
    #[validate(custom(function = parses::<TeamId>))]
    #[cfg_attr(
        feature = "openapi",
        schema(required, min_length = 1, max_length = 128, example = "acme-prod")
    )]
    pub team_id: String,
    /// How many, up to 10¹² with up to 6 decimals; more than 0, or below 0 with type `adjustment`.
    #[cfg_attr(feature = "openapi", schema(value_type = f64, required, example = 500))]
    pub amount: Option<serde_json::Number>,
    /// `addition` (where absent), `refund`, `adjustment` or `expiry` (which takes away).
    #[serde(rename = "type")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<TransactionKind>))]
    pub kind: Option<String>,
    /// Why, for the ledger.
    #[validate(custom(function = validation::label))]
    #[cfg_attr(feature = "openapi", schema(max_length = 200, example = "Purchased 500 additional credits"))]
    pub description: Option<String>,
}

impl TransferDraft {
    /// Checks every field.
    ///
    /// # Errors
    /// One entry for each wrong field, all at once.
    pub fn parse(self) -> Result<(TeamId, Transfer), ValidationErrors> {
        let mut report = self.validate().err().unwrap_or_default();
        let kind = match self.kind.as_deref() {
            None | Some("addition") => TransactionKind::Addition,
            Some("refund") => TransactionKind::Refund,
            Some("adjustment") => TransactionKind::Adjustment,
            Some("expiry") => TransactionKind::Expiry,
            Some(_) => {
                let words = "must be addition, refund, adjustment or expiry";
                report.add("type", validation::error("invalid_value", words));
                TransactionKind::Addition
            }
        };
        let amount = match self.amount.as_ref() {
            None => Err(validation::error(
                "missing_field",
                "amount is required: a number of credits, for example 500",
            )),
            Some(number) => amount(kind, &number.to_string()),
        };
        let amount = amount.map_err(|why| report.add("amount", why)).unwrap_or_default();
        validation::clean(report)?;
        Ok((parsed("team_id", &self.team_id)?, Transfer { kind, amount, description: self.description }))
    }
}

fn amount(kind: TransactionKind, text: &str) -> Result<MicroCredits, validator::ValidationError> {
    let (below, digits) = text.strip_prefix('-').map_or((false, text), |digits| (true, digits));
    let wrong = |why: String| validation::error("invalid_value", why);
    let credits: MicroCredits =
        digits.parse().map_err(|why: crate::money::InvalidCredits| wrong(why.to_string()))?;
    match kind {
        _ if credits == MicroCredits::ZERO => Err(wrong("must not be 0".into())),
        TransactionKind::Adjustment if below => Ok(-credits),
        _ if below => Err(wrong("must be more than 0; type \"adjustment\" takes credits away".into())),
        TransactionKind::Expiry => Ok(-credits),
        _ => Ok(credits),
    }
}

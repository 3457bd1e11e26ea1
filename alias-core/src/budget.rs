//! Budgets: the most that may be spent, in USD, through one thing in a window of time.
//!
//! Every budget that a call falls under applies, and the tightest wins: the call holds the most that it can cost on all
//! of them, or on none. A window is a sum over the ledger: nothing is ever set back.

mod draft;
mod limit;
mod window;

use serde::{Deserialize, Serialize};

use crate::alias::{AliasId, AliasName};
use crate::clock::Timestamp;
use crate::credits::{AccountId, LimitMode};
use crate::id::{Id, IdKind};
use crate::key::KeyId;
use crate::money::NanoUsd;
use crate::organization::{OrganizationId, OrganizationUid};
use crate::team::{TeamId, TeamUid};
use crate::usage::InstanceId;

pub use draft::{BudgetChange, BudgetDraft, BudgetEdit, NewBudget, ScopeDraft, WindowDraft};
pub use limit::{InvalidLimit, SpendLimit};
pub use window::{BudgetWindow, InvalidSpan, Span};

/// The most budgets that there may be.
pub const MAX_BUDGETS: u32 = 100_000;
/// The most budgets of one organization, team, key, alias or tag: a call holds credit of each.
pub const MAX_OF_SUBJECT: u32 = 4;

/// Marks ids of budgets (`bud_…`).
#[derive(Debug)]
pub struct BudgetKind;

impl IdKind for BudgetKind {
    const PREFIX: &'static str = "bud_";
}

/// The identity of a budget.
pub type BudgetId = Id<BudgetKind>;

/// What a budget is of, by the names that people use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// All calls of an organization's teams.
    OrganizationId(OrganizationId),
    /// All calls of a team.
    TeamId(TeamId),
    /// All calls with a key.
    KeyId(KeyId),
    /// All calls of an alias, whoever makes them.
    Alias(AliasName),
    /// All calls of aliases that carry a tag, in any case of its letters.
    Tag(String),
}

/// What a budget is of, by its identity.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Subject {
    /// An organization.
    Organization(OrganizationUid),
    /// A team.
    Team(TeamUid),
    /// A key.
    Key(KeyId),
    /// An alias.
    Alias(AliasId),
    /// A tag of aliases, in ASCII lower case.
    Tag(String),
}

/// A budget as it is read, with what was spent of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Budget {
    /// Its identity.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = String, example = "bud_0192f0a1b2c37d4e8f90a1b2c3d4e5f6")
    )]
    pub budget_id: BudgetId,
    /// What it is of: one of these names.
    #[cfg_attr(feature = "openapi", schema(value_type = ScopeDraft, example = json!({"team_id": "newclient-prod"})))]
    pub scope: Scope,
    /// The organization that it is within; `None` for aliases and tags, which are everybody's.
    #[serde(skip)]
    pub organization_id: Option<OrganizationId>,
    /// The most that may be spent in one window, in USD of what clients are charged.
    #[cfg_attr(feature = "openapi", schema(value_type = f64, example = 100))]
    pub limit_usd: SpendLimit,
    /// `hard_limit`: calls are refused before they could exceed it. `soft_limit`: calls go on, and webhooks tell.
    pub limit_mode: LimitMode,
    /// Over what time it is summed.
    pub window: BudgetWindow,
    /// What it is for.
    pub description: String,
    /// What was spent in the current window.
    #[cfg_attr(feature = "openapi", schema(value_type = f64, example = 12.5))]
    pub spent_usd: NanoUsd,
    /// What servers hold of it at present for calls to come; part of what remains.
    #[cfg_attr(feature = "openapi", schema(value_type = f64, example = 0.25))]
    pub held_usd: NanoUsd,
    /// What is left in the current window; below zero where a limit was lowered or is soft.
    #[cfg_attr(feature = "openapi", schema(value_type = f64, example = 87.5))]
    pub remaining_usd: NanoUsd,
    /// When the current window began; null for a lifetime.
    pub window_starts_at: Option<Timestamp>,
    /// When the current window ends and the next begins; null where it never does.
    pub window_ends_at: Option<Timestamp>,
    /// Counts its changes from 1; also its `ETag`.
    pub version: u32,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// The part of a call's charge that a budget bears. It is written with the call, and taken from the budget's account
/// when the call enters the books.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// The budget.
    pub budget: BudgetId,
    /// Its account: that of the window that the call was admitted in.
    pub account: AccountId,
    /// What is charged, in nano-USD: the call's whole charge, as far as it was held.
    pub charged: i64,
    /// The instance on whose lease it was held; `None` where the budget limits nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lease: Option<InstanceId>,
}

#[cfg(test)]
mod tests;

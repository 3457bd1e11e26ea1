//! A team as the API shows it: its facts in lists; access, key and usage beside them elsewhere.

use alias_core::alias::{AliasName, Metadata};
use alias_core::clock::Timestamp;
use alias_core::credits::{Balance, Billing, BudgetMode, CreditRate, LimitMode};
use alias_core::desired::Manager;
use alias_core::group::GroupName;
use alias_core::key::KeyId;
use alias_core::limit::Limits;
use alias_core::model_ref::ModelRef;
use alias_core::money::{MicroCredits, NanoUsd};
use alias_core::organization::{OrganizationId, Standing};
use alias_core::price::Markup;
use alias_core::team::{Team, TeamDetails, TeamId, TeamSummary};
use alias_core::usage::UsageStats;
use serde::Serialize;
use utoipa::ToSchema;

use crate::admin::list::PageInfo;

/// What is known about a team itself.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TeamSummary)]
pub struct TeamFacts {
    /// The organization it belongs to.
    #[schema(value_type = String, example = "org_newclient")]
    pub organization_id: OrganizationId,
    /// Its id.
    #[schema(value_type = String, example = "newclient-prod")]
    pub team_id: TeamId,
    /// Its name for people.
    #[schema(example = "Production")]
    pub team_alias: String,
    /// The groups it holds; none means that it may call nothing.
    #[schema(value_type = Vec<String>, example = json!(["starter-models"]))]
    pub access_groups: Vec<GroupName>,
    /// The alias that its calls go to which name none; null where there is none.
    #[schema(value_type = Option<String>, example = "gpt-3.5-turbo")]
    pub default_model: Option<AliasName>,
    /// Credits it was given.
    #[schema(value_type = f64, example = 1000)]
    pub credits_allocated: MicroCredits,
    /// Credits it has left.
    #[schema(value_type = f64, example = 1000)]
    pub credits_remaining: MicroCredits,
    /// How many calls and tokens a minute, and calls at once, it may have.
    #[serde(flatten)]
    pub limits: Limits,
    /// Credits it spent.
    #[schema(value_type = f64, example = 0)]
    pub credits_used: MicroCredits,
    /// How its calls are counted in credits.
    #[serde(flatten)]
    pub billing: BillingObject,
    /// Whether it may call.
    pub status: Standing,
    /// Why it is so.
    pub status_reason: Option<String>,
    /// When a pause ends by itself.
    pub pause_until: Option<Timestamp>,
    /// The operator's own facts.
    #[schema(value_type = Object)]
    pub metadata: Metadata,
    /// Whose file made or changed it (`managed_by` of `POST /api/apply`), and will again; null where none did.
    #[schema(value_type = Option<String>, example = "platform-repo")]
    pub managed_by: Option<Manager>,
    /// Counts its changes from 1; also its `ETag`.
    pub version: u32,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl TeamFacts {
    fn new(team: Team, access_groups: Vec<GroupName>, credits: Balance, managed_by: Option<Manager>) -> Self {
        Self {
            organization_id: team.organization_id,
            team_id: team.team_id,
            team_alias: team.team_alias,
            access_groups,
            default_model: team.default_model,
            credits_allocated: credits.allocated,
            credits_remaining: credits.remaining(),
            credits_used: credits.used,
            billing: team.billing.into(),
            limits: team.limits,
            status: team.status.status,
            status_reason: team.status.status_reason,
            pause_until: team.status.pause_until,
            metadata: team.metadata,
            managed_by,
            version: team.version,
            created_at: team.created_at,
            updated_at: team.updated_at,
        }
    }
}

impl From<TeamSummary> for TeamFacts {
    fn from(summary: TeamSummary) -> Self {
        Self::new(summary.team, summary.access_groups, summary.credits, summary.managed_by)
    }
}

/// How a team's calls are counted in credits.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct BillingObject {
    /// How usage is counted.
    pub budget_mode: BudgetMode,
    /// What happens when no credits are left.
    pub limit_mode: LimitMode,
    /// Credits for one USD, in `consumption_usd` mode.
    #[schema(value_type = f64, example = 10)]
    pub credits_per_dollar: CreditRate,
    /// Tokens for one credit, in `consumption_tokens` mode.
    #[schema(example = 10_000)]
    pub tokens_per_credit: u64,
    /// Per cent on top of the provider's cost, where an alias has neither price nor markup of its own.
    #[schema(value_type = f64, example = 0)]
    pub cost_markup_percentage: Markup,
}

impl From<Billing> for BillingObject {
    fn from(billing: Billing) -> Self {
        let Billing { budget_mode, limit_mode, credits_per_dollar, tokens_per_credit, markup } = billing;
        let cost_markup_percentage = markup;
        Self { budget_mode, limit_mode, credits_per_dollar, tokens_per_credit, cost_markup_percentage }
    }
}

/// A team with what it may call, its oldest key, and what it used.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Team)]
pub struct TeamObject {
    /// The team.
    #[serde(flatten)]
    pub facts: TeamFacts,
    /// The active aliases that its active groups hold.
    #[schema(value_type = Vec<String>, example = json!(["gpt-3.5-turbo"]))]
    pub allowed_model_aliases: Vec<AliasName>,
    /// Its key in clear: in the answer that creates it, once.
    pub virtual_key: Option<String>,
    /// The public id of its oldest key.
    #[schema(value_type = Option<String>, example = "mfzwizltoqqho33s")]
    pub key_id: Option<KeyId>,
    /// The last characters of its oldest key.
    #[schema(example = "sk-…cdef")]
    pub virtual_key_masked: Option<String>,
    /// What it spent.
    pub usage_summary: UsageSummary,
    /// What it used.
    pub usage_stats: UsageStats,
}

impl From<TeamDetails> for TeamObject {
    fn from(details: TeamDetails) -> Self {
        let (key_id, virtual_key_masked) =
            details.keys.into_iter().next().map(|key| (key.key_id, key.virtual_key_masked)).unzip();
        Self {
            usage_summary: UsageSummary::new(&details.usage, details.credits.used, details.total_jobs),
            facts: TeamFacts::new(details.team, details.access_groups, details.credits, details.managed_by),
            allowed_model_aliases: details.allowed_model_aliases,
            virtual_key: None,
            key_id,
            virtual_key_masked,
            usage_stats: details.usage,
        }
    }
}

/// The fields of a [`TeamObject`] that an update may set.
pub const WRITABLE: &[&str] = &[
    "team_alias",
    "access_groups",
    "default_model",
    "budget_mode",
    "limit_mode",
    "credits_per_dollar",
    "tokens_per_credit",
    "cost_markup_percentage",
    "rpm_limit",
    "tpm_limit",
    "max_parallel_requests",
    "metadata",
];

/// What a team, or all teams of an organization, spent.
#[derive(Debug, Serialize, ToSchema)]
pub struct UsageSummary {
    /// Jobs that were created.
    #[schema(example = 0)]
    pub total_jobs: u64,
    /// What providers took, in USD.
    #[schema(value_type = f64, example = 234.56)]
    pub total_cost_usd: NanoUsd,
    /// Credits spent.
    #[schema(value_type = f64, example = 0)]
    pub credits_used: MicroCredits,
}

impl UsageSummary {
    /// What was used, and spent.
    pub fn new(usage: &UsageStats, credits_used: MicroCredits, total_jobs: u64) -> Self {
        Self { total_jobs, total_cost_usd: usage.total_cost_usd, credits_used }
    }
}

/// A part of the list of teams.
#[derive(Debug, Serialize, ToSchema)]
pub struct TeamList {
    /// The teams.
    pub teams: Vec<TeamFacts>,
    /// Where the list stands.
    #[serde(flatten)]
    pub page: PageInfo,
}

/// A team with what was asked for besides.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TeamShown)]
pub struct TeamShown {
    /// The team.
    #[serde(flatten)]
    pub team: TeamObject,
    /// With `expand=models`: what it is granted, by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub models: Option<Vec<TeamModel>>,
}

/// What a team's groups grant.
#[derive(Debug, Serialize, ToSchema)]
pub struct TeamModels {
    /// The team.
    #[schema(value_type = String, example = "newclient-prod")]
    pub team_id: TeamId,
    /// The team's own standing: calls are served while it is `active`, and its organization too.
    pub status: Standing,
    /// The aliases, by name.
    pub models: Vec<TeamModel>,
}

/// An alias that a team is granted.
#[derive(Debug, Serialize, ToSchema)]
pub struct TeamModel {
    /// The alias.
    #[schema(value_type = String, example = "gpt-3.5-turbo")]
    pub alias: AliasName,
    /// Where it goes.
    #[schema(value_type = String, example = "openai/gpt-3.5-turbo")]
    pub litellm_model: ModelRef,
    /// What it is for.
    pub description: String,
    /// The groups that grant it.
    #[schema(value_type = Vec<String>, example = json!(["starter-models"]))]
    pub via_groups: Vec<GroupName>,
}

/// What a deletion took away.
#[derive(Debug, Serialize, ToSchema)]
pub struct TeamDeleted {
    /// What happened, in a sentence.
    #[schema(example = "Team 'newclient-prod' deleted successfully")]
    pub message: String,
    /// The team that is gone.
    #[schema(value_type = String, example = "newclient-prod")]
    pub team_id: TeamId,
    /// The organization it belonged to.
    #[schema(value_type = String, example = "org_newclient")]
    pub organization_id: OrganizationId,
    /// Always true.
    pub deleted: bool,
    /// How many keys stopped working.
    #[schema(example = 1)]
    pub keys_revoked: u64,
}

impl From<TeamDetails> for TeamDeleted {
    fn from(details: TeamDetails) -> Self {
        Self {
            message: format!("Team '{}' deleted successfully", details.team.team_id),
            team_id: details.team.team_id,
            organization_id: details.team.organization_id,
            deleted: true,
            keys_revoked: details.keys.len() as u64,
        }
    }
}

//! Teams: who calls. A team belongs to one organization, holds access groups, and has keys.

use serde::{Deserialize, Serialize};
use validator::{Validate, ValidationErrors};

use crate::alias::{AliasName, Metadata};
use crate::clock::Timestamp;
use crate::credits::{Balance, Billing, BillingChange, BillingEdit};
use crate::desired::Manager;
use crate::group::GroupName;
use crate::house;
use crate::id::{Id, IdKind};
use crate::key::TeamKey;
use crate::limit::{self, Limits, LimitsChange, LimitsDraft};
use crate::money::MicroCredits;
use crate::name::{Name, NameKind};
use crate::organization::{OrganizationId, Status};
use crate::usage::UsageStats;
use crate::validation::{self, parsed, parses};

/// Marks team ids, the chosen ones and our own (`tem_…`).
#[derive(Debug)]
pub struct TeamKind;

impl NameKind for TeamKind {
    const NOUN: &'static str = "team_id";
    const PUNCTUATION: &'static str = "._-";
    const EXAMPLE: &'static str = "newclient-prod";
    const OPEN_END: bool = true;
}

impl IdKind for TeamKind {
    const PREFIX: &'static str = "tem_";
}

/// The id that the operator chose: `team_id`.
pub type TeamId = Name<TeamKind>;

/// Our own immutable identity of it: a new team of an old id inherits nothing.
pub type TeamUid = Id<TeamKind>;

/// A team as stored.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Team {
    /// Our own identity of it.
    #[serde(skip)]
    pub uid: TeamUid,
    /// The organization it belongs to.
    pub organization_id: OrganizationId,
    /// The id that the operator chose.
    pub team_id: TeamId,
    /// Its name for people.
    pub team_alias: String,
    /// The alias that its calls go to which name none.
    pub default_model: Option<AliasName>,
    /// How many calls and tokens a minute, and calls at once, it may have.
    #[serde(flatten)]
    pub limits: Limits,
    /// How its calls are counted in credits.
    #[serde(flatten)]
    pub billing: Billing,
    /// The operator's own facts.
    pub metadata: Metadata,
    /// Whether it may call.
    #[serde(flatten)]
    pub status: Status,
    /// Counts its changes from 1; also its `ETag`.
    pub version: u32,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A team with what it may call, its keys, and what it used.
#[derive(Debug, Clone, PartialEq)]
pub struct TeamDetails {
    /// The team.
    pub team: Team,
    /// The groups it holds, by name.
    pub access_groups: Vec<GroupName>,
    /// The active aliases that its active groups hold, by name.
    pub allowed_model_aliases: Vec<AliasName>,
    /// Its keys, oldest first.
    pub keys: Vec<TeamKey>,
    /// What it was given, and what is left of it.
    pub credits: Balance,
    /// What it used.
    pub usage: UsageStats,
    /// How many jobs it ever had.
    pub total_jobs: u64,
    /// Whose document made or changed it, if one did.
    pub managed_by: Option<Manager>,
}

/// A team in lists.
#[derive(Debug, Clone, PartialEq)]
pub struct TeamSummary {
    /// The team.
    pub team: Team,
    /// The groups it holds, by name.
    pub access_groups: Vec<GroupName>,
    /// What it was given, and what is left of it.
    pub credits: Balance,
    /// Whose document made or changed it, if one did.
    pub managed_by: Option<Manager>,
}

/// A new team, unchecked.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TeamDraft {
    /// The organization it belongs to.
    #[serde(default)]
    #[validate(custom(function = parses::<OrganizationId>))]
    #[cfg_attr(
        feature = "openapi",
        schema(required, min_length = 1, max_length = 128, example = "org_newclient")
    )]
    pub organization_id: String,
    /// Its id: 1 to 128 letters, digits and `._-`.
    #[serde(default)]
    #[validate(custom(function = parses::<TeamId>))]
    #[cfg_attr(
        feature = "openapi",
        schema(required, min_length = 1, max_length = 128, example = "newclient-prod")
    )]
    pub team_id: String,
    /// Its name for people; the id where absent.
    #[validate(custom(function = validation::label))]
    #[cfg_attr(feature = "openapi", schema(max_length = 200, example = "Production"))]
    pub team_alias: Option<String>,
    /// The groups it holds; none means that it may call nothing.
    #[validate(custom(function = validation::names::<GroupName>))]
    #[cfg_attr(feature = "openapi", schema(example = json!(["starter-models"])))]
    pub access_groups: Option<Vec<String>>,
    /// The alias that its calls go to which name none; such calls are refused where it is absent.
    #[validate(custom(function = parses::<AliasName>))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 128, example = "gpt-3.5-turbo"))]
    pub default_model: Option<String>,
    /// Credits given at the start, 0 where absent.
    #[validate(custom(function = validation::credits))]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>, example = 1000))]
    pub credits_allocated: Option<serde_json::Number>,
    /// Calls a minute; no limit where absent.
    #[validate(custom(function = limit::check))]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 1_000_000_000, example = 60))]
    pub rpm_limit: Option<i64>,
    /// Tokens a minute, of input and output together; no limit where absent.
    #[validate(custom(function = limit::check))]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 1_000_000_000, example = 100_000))]
    pub tpm_limit: Option<i64>,
    /// Calls at once; no limit where absent.
    #[validate(custom(function = limit::check))]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 1_000_000_000, example = 10))]
    pub max_parallel_requests: Option<i64>,
    /// How usage is counted: `job_based` (1 credit a completed job; where absent), `consumption_usd` or
    /// `consumption_tokens`.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::credits::BudgetMode>))]
    pub budget_mode: Option<String>,
    /// What happens when no credits are left: `hard_limit` (refuse; where absent), `soft_limit` (go on and say so) or
    /// `unlimited`.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::credits::LimitMode>))]
    pub limit_mode: Option<String>,
    /// Credits for one USD of what the client is charged; 10 where absent.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>, example = 10))]
    pub credits_per_dollar: Option<serde_json::Number>,
    /// Tokens for one credit; 10,000 where absent.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 1_000_000_000, example = 10_000))]
    pub tokens_per_credit: Option<u64>,
    /// Per cent on top of the provider's cost, where an alias has neither price nor markup of its own; 0 where absent.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>, example = 20))]
    pub cost_markup_percentage: Option<serde_json::Number>,
    /// Free-form facts, up to 16 KiB.
    #[validate(custom(function = validation::metadata))]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub metadata: Option<Metadata>,
}

/// A checked new team.
#[derive(Debug, Clone, PartialEq)]
pub struct NewTeam {
    /// The organization it belongs to.
    pub organization_id: OrganizationId,
    /// Its id.
    pub team_id: TeamId,
    /// Its name for people.
    pub team_alias: String,
    /// The groups it holds.
    pub access_groups: Vec<GroupName>,
    /// The alias that its calls go to which name none.
    pub default_model: Option<AliasName>,
    /// Credits given at the start.
    pub credits_allocated: MicroCredits,
    /// Its rate limits.
    pub limits: Limits,
    /// How its calls are counted in credits.
    pub billing: Billing,
    /// The operator's own facts.
    pub metadata: Metadata,
}

impl TeamDraft {
    /// Checks every field.
    ///
    /// # Errors
    /// One entry for each wrong field, all at once.
    pub fn parse(self) -> Result<NewTeam, ValidationErrors> {
        let mut report = self.validate().err().unwrap_or_default();
        house::refuse(&mut report, "team_id", &self.team_id);
        let billing = validation::part(&mut report, self.billing().parse());
        validation::clean(report)?;
        let credits =
            self.credits_allocated.map(|n| parsed("credits_allocated", &n.to_string())).transpose()?;
        Ok(NewTeam {
            organization_id: parsed("organization_id", &self.organization_id)?,
            team_alias: self.team_alias.unwrap_or_else(|| self.team_id.clone()),
            team_id: parsed("team_id", &self.team_id)?,
            access_groups: validation::all_parsed("access_groups", &self.access_groups.unwrap_or_default())?,
            default_model: self.default_model.map(|name| parsed("default_model", &name)).transpose()?,
            credits_allocated: credits.unwrap_or_default(),
            limits: LimitsDraft {
                rpm_limit: self.rpm_limit,
                tpm_limit: self.tpm_limit,
                max_parallel_requests: self.max_parallel_requests,
            }
            .parse()?,
            billing: billing.applied_to(Billing::default()),
            metadata: self.metadata.unwrap_or_default(),
        })
    }
}

impl TeamDraft {
    fn billing(&self) -> BillingEdit {
        BillingEdit {
            budget_mode: self.budget_mode.clone(),
            limit_mode: self.limit_mode.clone(),
            credits_per_dollar: self.credits_per_dollar.clone(),
            tokens_per_credit: self.tokens_per_credit,
            cost_markup_percentage: self.cost_markup_percentage.clone(),
        }
    }
}

/// A change of a team, unchecked. An absent field is kept.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TeamEdit {
    /// Its name for people.
    #[serde(default, deserialize_with = "validation::given")]
    #[validate(custom(function = validation::required_label))]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub team_alias: Option<String>,
    /// The groups from now on; replaces all of them. `[]` takes every model away.
    #[serde(default, deserialize_with = "validation::given")]
    #[validate(custom(function = validation::names::<GroupName>))]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub access_groups: Option<Vec<String>>,
    /// The alias that its calls go to which name none; null: such calls are refused.
    #[serde(default, deserialize_with = "validation::present")]
    #[validate(custom(function = parses::<AliasName>))]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, min_length = 1, max_length = 128, example = "gpt-3.5-turbo"))]
    pub default_model: Option<Option<String>>,
    /// Calls a minute; null: no limit.
    #[serde(default, deserialize_with = "validation::present")]
    #[validate(custom(function = limit::check))]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<i64>, minimum = 1, maximum = 1_000_000_000))]
    pub rpm_limit: Option<Option<i64>>,
    /// Tokens a minute, of input and output together; null: no limit.
    #[serde(default, deserialize_with = "validation::present")]
    #[validate(custom(function = limit::check))]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<i64>, minimum = 1, maximum = 1_000_000_000))]
    pub tpm_limit: Option<Option<i64>>,
    /// Calls at once; null: no limit.
    #[serde(default, deserialize_with = "validation::present")]
    #[validate(custom(function = limit::check))]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<i64>, minimum = 1, maximum = 1_000_000_000))]
    pub max_parallel_requests: Option<Option<i64>>,
    /// How usage is counted from now on.
    #[serde(default, deserialize_with = "validation::given")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::credits::BudgetMode>, nullable = false))]
    pub budget_mode: Option<String>,
    /// What happens from now on when no credits are left.
    #[serde(default, deserialize_with = "validation::given")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::credits::LimitMode>, nullable = false))]
    pub limit_mode: Option<String>,
    /// Credits for one USD of what the client is charged.
    #[serde(default, deserialize_with = "validation::given")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>, nullable = false, example = 10))]
    pub credits_per_dollar: Option<serde_json::Number>,
    /// Tokens for one credit.
    #[serde(default, deserialize_with = "validation::given")]
    #[cfg_attr(
        feature = "openapi",
        schema(nullable = false, minimum = 1, maximum = 1_000_000_000, example = 10_000)
    )]
    pub tokens_per_credit: Option<u64>,
    /// Per cent on top of the provider's cost, where an alias has neither price nor markup of its own.
    #[serde(default, deserialize_with = "validation::given")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>, nullable = false, example = 20))]
    pub cost_markup_percentage: Option<serde_json::Number>,
    /// Free-form facts. They are replaced as a whole, not merged: send all of them; null or `{}` leaves none.
    #[serde(default, deserialize_with = "validation::or_empty")]
    #[validate(custom(function = validation::metadata))]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub metadata: Option<Metadata>,
}

/// A checked change of a team: `None` keeps.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TeamChange {
    /// New name for people.
    pub team_alias: Option<String>,
    /// New groups, all of them.
    pub access_groups: Option<Vec<GroupName>>,
    /// New model of calls that name none; `Some(None)` leaves none.
    pub default_model: Option<Option<AliasName>>,
    /// New ways of counting in credits.
    pub billing: BillingChange,
    /// New metadata.
    pub metadata: Option<Metadata>,
    /// New rate limits.
    pub limits: LimitsChange,
    /// New standing.
    pub status: Option<Status>,
}

impl TeamEdit {
    /// Checks every field that is present.
    ///
    /// # Errors
    /// One entry for each wrong field, all at once.
    pub fn parse(self) -> Result<TeamChange, ValidationErrors> {
        let mut report = self.validate().err().unwrap_or_default();
        let edit = BillingEdit {
            budget_mode: self.budget_mode,
            limit_mode: self.limit_mode,
            credits_per_dollar: self.credits_per_dollar,
            tokens_per_credit: self.tokens_per_credit,
            cost_markup_percentage: self.cost_markup_percentage,
        };
        let billing = validation::part(&mut report, edit.parse());
        validation::clean(report)?;
        Ok(TeamChange {
            billing,
            team_alias: self.team_alias,
            access_groups: self
                .access_groups
                .map(|names| validation::all_parsed("access_groups", &names))
                .transpose()?,
            default_model: self
                .default_model
                .map(|name| name.map(|name| parsed("default_model", &name)).transpose())
                .transpose()?,
            metadata: self.metadata,
            limits: LimitsChange::parse(self.rpm_limit, self.tpm_limit, self.max_parallel_requests)?,
            status: None,
        })
    }
}

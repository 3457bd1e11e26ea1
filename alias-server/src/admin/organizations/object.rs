//! An organization as the API shows it: its facts in lists, its teams and usage beside them elsewhere.

use alias_core::alias::Metadata;
use alias_core::clock::Timestamp;
use alias_core::desired::Manager;
use alias_core::money::MicroCredits;
use alias_core::organization::{
    Organization, OrganizationDetails, OrganizationId, OrganizationSummary, Standing,
};
use alias_core::team::{TeamId, TeamSummary};
use alias_core::usage::UsageStats;
use serde::Serialize;
use utoipa::ToSchema;

use crate::admin::list::PageInfo;
use crate::admin::teams::object::{TeamObject, UsageSummary};

/// What is known about an organization itself.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OrganizationSummary)]
pub struct OrganizationFacts {
    /// Its id.
    #[schema(value_type = String, example = "org_newclient")]
    pub organization_id: OrganizationId,
    /// Its name.
    #[schema(example = "New Client Inc")]
    pub name: String,
    /// How many teams it has.
    #[schema(example = 1)]
    pub team_count: u64,
    /// Credits that its teams were given.
    #[schema(value_type = f64, example = 1000)]
    pub total_credits_allocated: MicroCredits,
    /// Whether its teams may call.
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

impl OrganizationFacts {
    fn new(
        organization: Organization,
        team_count: u64,
        total_credits_allocated: MicroCredits,
        managed_by: Option<Manager>,
    ) -> Self {
        Self {
            organization_id: organization.organization_id,
            name: organization.name,
            team_count,
            total_credits_allocated,
            status: organization.status.status,
            status_reason: organization.status.status_reason,
            pause_until: organization.status.pause_until,
            metadata: organization.metadata,
            managed_by,
            version: organization.version,
            created_at: organization.created_at,
            updated_at: organization.updated_at,
        }
    }
}

impl From<OrganizationSummary> for OrganizationFacts {
    fn from(summary: OrganizationSummary) -> Self {
        let OrganizationSummary { organization, team_count, total_credits_allocated, managed_by } = summary;
        Self::new(organization, team_count, total_credits_allocated, managed_by)
    }
}

/// An organization with its teams and what they used.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Organization)]
pub struct OrganizationObject {
    /// The organization.
    #[serde(flatten)]
    pub facts: OrganizationFacts,
    /// Its teams.
    pub teams: Vec<OrganizationTeam>,
    /// What they spent.
    pub usage_summary: UsageSummary,
    /// What they used.
    pub usage_stats: UsageStats,
}

impl From<OrganizationDetails> for OrganizationObject {
    fn from(details: OrganizationDetails) -> Self {
        let credits = details.teams.iter().map(|team| team.credits.allocated.micros());
        let credits = MicroCredits::new(credits.fold(0, i64::saturating_add));
        let used = details.teams.iter().map(|team| team.credits.used.micros()).fold(0, i64::saturating_add);
        Self {
            facts: OrganizationFacts::new(
                details.organization,
                details.teams.len() as u64,
                credits,
                details.managed_by,
            ),
            teams: details.teams.into_iter().map(OrganizationTeam::from).collect(),
            usage_summary: UsageSummary::new(&details.usage, MicroCredits::new(used), details.total_jobs),
            usage_stats: details.usage,
        }
    }
}

/// The fields of an [`OrganizationObject`] that an update may set.
pub const WRITABLE: &[&str] = &["name", "metadata"];

/// A team of an organization.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrganizationTeam {
    /// Its id.
    #[schema(value_type = String, example = "newclient-prod")]
    pub team_id: TeamId,
    /// Its name for people.
    #[schema(example = "Production")]
    pub team_alias: String,
    /// Credits it was given.
    #[schema(value_type = f64, example = 1000)]
    pub credits_allocated: MicroCredits,
    /// Credits it has left.
    #[schema(value_type = f64, example = 1000)]
    pub credits_remaining: MicroCredits,
    /// Whether it may call.
    pub status: Standing,
}

impl From<TeamSummary> for OrganizationTeam {
    fn from(summary: TeamSummary) -> Self {
        let (team, credits) = (summary.team, summary.credits);
        Self {
            team_id: team.team_id,
            team_alias: team.team_alias,
            credits_allocated: credits.allocated,
            credits_remaining: credits.remaining(),
            status: team.status.status,
        }
    }
}

/// A new organization, and its default team where one was asked for.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewOrganizationObject {
    /// The organization.
    #[serde(flatten)]
    pub organization: OrganizationObject,
    /// The team `<organization_id>-default`, with its key, this once.
    pub default_team: Option<TeamObject>,
}

/// A part of the list of organizations.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrganizationList {
    /// The organizations.
    pub organizations: Vec<OrganizationFacts>,
    /// Where the list stands.
    #[serde(flatten)]
    pub page: PageInfo,
}

/// The teams of an organization.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrganizationTeams {
    /// The organization.
    #[schema(value_type = String, example = "org_newclient")]
    pub organization_id: OrganizationId,
    /// How many teams it has.
    #[schema(example = 1)]
    pub team_count: u64,
    /// Its teams.
    pub teams: Vec<OrganizationTeam>,
}

/// What a deletion took away.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrganizationDeleted {
    /// What happened, in a sentence.
    #[schema(example = "Organization 'org_newclient' deleted successfully")]
    pub message: String,
    /// The organization that is gone.
    #[schema(value_type = String, example = "org_newclient")]
    pub organization_id: OrganizationId,
    /// Always true.
    pub deleted: bool,
    /// The teams that went with it.
    #[schema(value_type = Vec<String>, example = json!(["newclient-prod"]))]
    pub teams_deleted: Vec<TeamId>,
}

impl From<OrganizationDetails> for OrganizationDeleted {
    fn from(details: OrganizationDetails) -> Self {
        let id = details.organization.organization_id;
        Self {
            message: format!("Organization '{id}' deleted successfully"),
            organization_id: id,
            deleted: true,
            teams_deleted: details.teams.into_iter().map(|team| team.team.team_id).collect(),
        }
    }
}

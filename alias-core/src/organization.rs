//! Organizations: the customers that teams belong to.

use serde::{Deserialize, Serialize};
use validator::{Validate, ValidationErrors};

use crate::alias::Metadata;
use crate::clock::Timestamp;
use crate::desired::Manager;
use crate::house;
use crate::id::{Id, IdKind};
use crate::money::MicroCredits;
use crate::name::{Name, NameKind};
use crate::team::{TeamDetails, TeamSummary};
use crate::usage::UsageStats;
use crate::validation::{self, parsed, parses};

/// Marks organization ids, the chosen ones and our own (`org_…` is free for people to use; ours is `ogz_…`).
#[derive(Debug)]
pub struct OrganizationKind;

impl NameKind for OrganizationKind {
    const NOUN: &'static str = "organization_id";
    const PUNCTUATION: &'static str = "._-";
    const EXAMPLE: &'static str = "org_newclient";
    const OPEN_END: bool = true;
}

impl IdKind for OrganizationKind {
    const PREFIX: &'static str = "ogz_";
}

/// The id that the operator chose: `organization_id`.
pub type OrganizationId = Name<OrganizationKind>;

/// Our own immutable identity of it.
pub type OrganizationUid = Id<OrganizationKind>;

/// Whether a team or an organization may call at present. Of the two, the stricter wins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Calls are served.
    #[default]
    Active,
    /// Calls are refused for a while (429).
    Paused,
    /// Calls are refused (403).
    Suspended,
}

impl Standing {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Suspended => "suspended",
        }
    }
}

/// A standing, why it is so, and until when.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Status {
    /// The standing.
    pub status: Standing,
    /// Why, in the operator's words.
    pub status_reason: Option<String>,
    /// When a pause ends by itself.
    pub pause_until: Option<Timestamp>,
}

/// An organization as stored.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Organization {
    /// Our own identity of it.
    #[serde(skip)]
    pub uid: OrganizationUid,
    /// The id that the operator chose.
    pub organization_id: OrganizationId,
    /// Its name.
    pub name: String,
    /// The operator's own facts.
    pub metadata: Metadata,
    /// Whether its teams may call.
    #[serde(flatten)]
    pub status: Status,
    /// Counts its changes from 1; also its `ETag`.
    pub version: u32,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// An organization with its teams and what they used.
#[derive(Debug, Clone, PartialEq)]
pub struct OrganizationDetails {
    /// The organization.
    pub organization: Organization,
    /// Its teams, by id.
    pub teams: Vec<TeamSummary>,
    /// What its teams used.
    pub usage: UsageStats,
    /// How many jobs its teams ever had.
    pub total_jobs: u64,
    /// Whose document made or changed it, if one did.
    pub managed_by: Option<Manager>,
}

/// An organization with the sizes of what it holds, for lists.
#[derive(Debug, Clone, PartialEq)]
pub struct OrganizationSummary {
    /// The organization.
    pub organization: Organization,
    /// How many teams it has.
    pub team_count: u64,
    /// What its teams were given.
    pub total_credits_allocated: MicroCredits,
    /// Whose document made or changed it, if one did.
    pub managed_by: Option<Manager>,
}

/// A new organization, unchecked.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct OrganizationDraft {
    /// Its id: 1 to 128 letters, digits and `._-`.
    #[serde(default)]
    #[validate(custom(function = parses::<OrganizationId>))]
    #[cfg_attr(
        feature = "openapi",
        schema(required, min_length = 1, max_length = 128, example = "org_newclient")
    )]
    pub organization_id: String,
    /// Its name, 1 to 200 characters.
    #[serde(default)]
    #[validate(custom(function = validation::required_label))]
    #[cfg_attr(
        feature = "openapi",
        schema(required, min_length = 1, max_length = 200, example = "New Client Inc")
    )]
    pub name: String,
    /// Free-form facts, up to 16 KiB.
    #[validate(custom(function = validation::metadata))]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub metadata: Option<Metadata>,
    /// Also create a team `default` of it, with no access groups and no credits.
    pub create_default_team: Option<bool>,
}

/// A checked new organization.
#[derive(Debug, Clone, PartialEq)]
pub struct NewOrganization {
    /// Its id.
    pub organization_id: OrganizationId,
    /// Its name.
    pub name: String,
    /// The operator's own facts.
    pub metadata: Metadata,
}

/// An organization that was stored, and the team that was stored with it.
#[derive(Debug, Clone, PartialEq)]
pub struct CreatedOrganization {
    /// The organization, its team included.
    pub organization: OrganizationDetails,
    /// The team, with its first key.
    pub team: Option<TeamDetails>,
}

impl OrganizationDraft {
    /// Checks every field.
    ///
    /// # Errors
    /// One entry for each wrong field, all at once.
    pub fn parse(self) -> Result<NewOrganization, ValidationErrors> {
        let mut report = self.validate().err().unwrap_or_default();
        house::refuse(&mut report, "organization_id", &self.organization_id);
        validation::clean(report)?;
        Ok(NewOrganization {
            organization_id: parsed("organization_id", &self.organization_id)?,
            name: self.name,
            metadata: self.metadata.unwrap_or_default(),
        })
    }
}

/// A change of an organization, unchecked. An absent field is kept.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct OrganizationEdit {
    /// Its name.
    #[serde(default, deserialize_with = "validation::given")]
    #[validate(custom(function = validation::required_label))]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub name: Option<String>,
    /// Free-form facts. They are replaced as a whole, not merged: send all of them; null or `{}` leaves none.
    #[serde(default, deserialize_with = "validation::or_empty")]
    #[validate(custom(function = validation::metadata))]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub metadata: Option<Metadata>,
}

/// A checked change of an organization: `None` keeps.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OrganizationChange {
    /// New name.
    pub name: Option<String>,
    /// New metadata.
    pub metadata: Option<Metadata>,
    /// New standing.
    pub status: Option<Status>,
}

impl OrganizationEdit {
    /// Checks every field that is present.
    ///
    /// # Errors
    /// One entry for each wrong field, all at once.
    pub fn parse(self) -> Result<OrganizationChange, ValidationErrors> {
        self.validate()?;
        Ok(OrganizationChange { name: self.name, metadata: self.metadata, status: None })
    }
}

/// A change of standing, unchecked: of an organization, or of a team.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct StatusDraft {
    /// The standing from now on. The paths `suspend`, `resume` and `pause` imply it.
    pub status: Option<Standing>,
    /// Why, up to 200 characters.
    #[validate(custom(function = validation::label))]
    pub reason: Option<String>,
    /// When a pause ends by itself.
    pub pause_until: Option<Timestamp>,
}

impl StatusDraft {
    /// Checks the fields; `implied` is the standing that the path says, if it says one.
    ///
    /// # Errors
    /// One entry for each wrong field: no standing at all, one that contradicts the path, an end of a
    /// pause without a pause, or one that is not after `now`.
    pub fn parse(self, implied: Option<Standing>, now: Timestamp) -> Result<Status, ValidationErrors> {
        let mut report = self.validate().err().unwrap_or_default();
        let status = implied.or(self.status);
        if self.pause_until.is_some_and(|end| end <= now) {
            report
                .add("pause_until", validation::error("invalid_value", "pause_until must lie in the future"));
        }
        match status {
            None => report.add(
                "status",
                validation::error("missing_field", "status is required: `active`, `paused` or `suspended`"),
            ),
            Some(said) if self.status.is_some_and(|asked| asked != said) => {
                report.add(
                    "status",
                    validation::error("invalid_value", "status contradicts the path: leave it out"),
                );
            }
            Some(said) if said != Standing::Paused && self.pause_until.is_some() => report.add(
                "pause_until",
                validation::error("invalid_value", "pause_until goes with the status `paused` only"),
            ),
            Some(_) => {}
        }
        validation::clean(report)?;
        Ok(Status {
            status: status.unwrap_or_default(),
            status_reason: self.reason,
            pause_until: self.pause_until,
        })
    }
}

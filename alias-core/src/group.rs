//! Access groups: bundles of aliases that teams are granted.

use serde::{Deserialize, Serialize};
use validator::{Validate, ValidationErrors};

use crate::alias::AliasName;
use crate::clock::Timestamp;
use crate::desired::Manager;
use crate::id::{Id, IdKind};
use crate::name::{Name, NameKind};
use crate::team::TeamId;
use crate::validation::{self, parsed, parses};

/// Marks group names and ids (`grp_…`).
#[derive(Debug)]
pub struct GroupKind;

impl NameKind for GroupKind {
    const NOUN: &'static str = "group_name";
    const PUNCTUATION: &'static str = "._-";
    const EXAMPLE: &'static str = "starter-models";
    const OPEN_END: bool = true;
}

impl IdKind for GroupKind {
    const PREFIX: &'static str = "grp_";
}

/// The name of an access group.
pub type GroupName = Name<GroupKind>;

/// The immutable identity of an access group.
pub type GroupId = Id<GroupKind>;

/// An access group as stored. An empty one grants nothing; so does an inactive one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AccessGroup {
    /// Its identity.
    pub id: GroupId,
    /// Its name.
    pub group_name: GroupName,
    /// What it is for.
    pub description: String,
    /// A name for people; the group name where none was given.
    pub display_name: Option<String>,
    /// Inactive groups keep their members and grant nothing.
    pub active: bool,
    /// Counts its changes from 1; also its `ETag`.
    pub version: u32,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed, members included.
    pub updated_at: Timestamp,
}

/// A member of a group, as the group's page shows it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GroupMember {
    /// The alias.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "gpt-4"))]
    pub alias: AliasName,
    /// Where it goes.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "openai/gpt-4"))]
    pub litellm_model: crate::model_ref::ModelRef,
    /// What it is for.
    pub description: String,
    /// Whether it serves calls.
    pub active: bool,
}

/// A group with its members and the teams that hold it.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupDetails {
    /// The group.
    pub group: AccessGroup,
    /// Its members, by name.
    pub members: Vec<GroupMember>,
    /// The teams that hold it, by id.
    pub teams: Vec<TeamId>,
    /// Whose document made or changed it, if one did.
    pub managed_by: Option<Manager>,
}

/// A group with the sizes of what surrounds it, for lists.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupSummary {
    /// The group.
    pub group: AccessGroup,
    /// How many aliases it holds.
    pub model_count: u64,
    /// How many teams hold it.
    pub team_count: u64,
    /// Whose document made or changed it, if one did.
    pub managed_by: Option<Manager>,
}

/// A new group, unchecked.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct GroupDraft {
    /// Its name: 1 to 128 letters, digits and `._-`.
    #[serde(default)]
    #[validate(custom(function = parses::<GroupName>))]
    #[cfg_attr(
        feature = "openapi",
        schema(required, min_length = 1, max_length = 128, example = "starter-models")
    )]
    pub group_name: String,
    /// What it is for.
    #[validate(custom(function = validation::description))]
    #[cfg_attr(feature = "openapi", schema(max_length = 2000, example = "Models for starter plan"))]
    pub description: Option<String>,
    /// A name for people.
    #[validate(custom(function = validation::label))]
    pub display_name: Option<String>,
    /// Aliases to hold from the start.
    #[validate(custom(function = validation::names::<AliasName>))]
    #[cfg_attr(feature = "openapi", schema(example = json!(["gpt-3.5-turbo"])))]
    pub model_aliases: Option<Vec<String>>,
}

/// A checked new group.
#[derive(Debug, Clone, PartialEq)]
pub struct NewGroup {
    /// Its name.
    pub group_name: GroupName,
    /// What it is for.
    pub description: String,
    /// A name for people.
    pub display_name: Option<String>,
    /// Its first members.
    pub model_aliases: Vec<AliasName>,
}

impl GroupDraft {
    /// Checks every field.
    ///
    /// # Errors
    /// One entry for each wrong field, all at once.
    pub fn parse(self) -> Result<NewGroup, ValidationErrors> {
        self.validate()?;
        Ok(NewGroup {
            group_name: parsed("group_name", &self.group_name)?,
            description: self.description.unwrap_or_default(),
            display_name: self.display_name.filter(|label| *label != self.group_name),
            model_aliases: validation::all_parsed("model_aliases", &self.model_aliases.unwrap_or_default())?,
        })
    }
}

/// A change of a group, unchecked. An absent field is kept.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct GroupEdit {
    /// What it is for.
    #[serde(default, deserialize_with = "validation::present")]
    #[validate(custom(function = validation::description))]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub description: Option<Option<String>>,
    /// A name for people; null leaves the group's own.
    #[serde(default, deserialize_with = "validation::present")]
    #[validate(custom(function = validation::label))]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub display_name: Option<Option<String>>,
    /// Whether it grants anything.
    #[serde(default, deserialize_with = "validation::given")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub active: Option<bool>,
    /// The members from now on; replaces all of them. `[]` leaves none.
    #[serde(default, deserialize_with = "validation::given")]
    #[validate(custom(function = validation::names::<AliasName>))]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub model_aliases: Option<Vec<String>>,
}

/// A checked change of a group: `None` keeps.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct GroupChange {
    /// New description.
    pub description: Option<String>,
    /// New display name, or none.
    pub display_name: Option<Option<String>>,
    /// New state.
    pub active: Option<bool>,
    /// New members, all of them.
    pub model_aliases: Option<Vec<AliasName>>,
}

impl GroupEdit {
    /// Checks every field that is present.
    ///
    /// # Errors
    /// One entry for each wrong field, all at once.
    pub fn parse(self) -> Result<GroupChange, ValidationErrors> {
        self.validate()?;
        Ok(GroupChange {
            description: self.description.map(Option::unwrap_or_default),
            display_name: self.display_name,
            active: self.active,
            model_aliases: self
                .model_aliases
                .map(|names| validation::all_parsed("model_aliases", &names))
                .transpose()?,
        })
    }
}

/// Aliases to add to a group or to take out of it, unchecked.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MembersDraft {
    /// The aliases, at least one.
    #[serde(default)]
    #[validate(custom(function = validation::some_names::<AliasName>))]
    #[cfg_attr(feature = "openapi", schema(required, min_items = 1, example = json!(["gpt-4o"])))]
    pub model_aliases: Vec<String>,
}

impl MembersDraft {
    /// Checks every name.
    ///
    /// # Errors
    /// An entry that names the wrong element.
    pub fn parse(self) -> Result<Vec<AliasName>, ValidationErrors> {
        self.validate()?;
        validation::all_parsed("model_aliases", &self.model_aliases)
    }
}

/// What became of aliases that were to be added or removed.
#[derive(Debug, Clone, PartialEq)]
pub struct MembersChanged {
    /// The group afterwards.
    pub details: GroupDetails,
    /// Those that were added, or removed.
    pub changed: Vec<AliasName>,
    /// Those for which there was nothing to do.
    pub unchanged: Vec<AliasName>,
}

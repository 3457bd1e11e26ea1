//! An access group as the API shows it: its facts in lists, its members beside them elsewhere.

use std::collections::HashMap;

use alias_core::alias::AliasName;
use alias_core::clock::Timestamp;
use alias_core::desired::Manager;
use alias_core::group::{
    AccessGroup, GroupDetails, GroupId, GroupMember, GroupName, GroupSummary, MembersChanged,
};
use alias_core::team::TeamId;
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::admin::list::PageInfo;

/// What is known about an access group itself.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AccessGroupSummary)]
pub struct GroupFacts {
    /// Its identity, for ever.
    #[schema(value_type = String, example = "grp_01928b00000070008000000000000001")]
    pub id: GroupId,
    /// Its name.
    #[schema(value_type = String, example = "starter-models")]
    pub group_name: GroupName,
    /// A name for people; the group name where none was given.
    #[schema(example = "starter-models")]
    pub display_name: String,
    /// What it is for.
    #[schema(example = "Models for starter plan")]
    pub description: String,
    /// Inactive groups keep their members and grant nothing.
    pub active: bool,
    /// How many aliases it holds.
    #[schema(example = 1)]
    pub model_count: u64,
    /// How many teams hold it.
    #[schema(example = 1)]
    pub team_count: u64,
    /// Whose file made or changed it (`managed_by` of `POST /api/apply`), and will again; null where none did.
    #[schema(value_type = Option<String>, example = "platform-repo")]
    pub managed_by: Option<Manager>,
    /// Counts its changes from 1; also its `ETag`.
    pub version: u32,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed, members included.
    pub updated_at: Timestamp,
}

impl GroupFacts {
    fn new(group: AccessGroup, model_count: u64, team_count: u64, managed_by: Option<Manager>) -> Self {
        Self {
            id: group.id,
            display_name: group.display_name.unwrap_or_else(|| group.group_name.to_string()),
            group_name: group.group_name,
            description: group.description,
            active: group.active,
            model_count,
            team_count,
            managed_by,
            version: group.version,
            created_at: group.created_at,
            updated_at: group.updated_at,
        }
    }

    fn of(details: &GroupDetails) -> Self {
        let (models, teams) = (details.members.len() as u64, details.teams.len() as u64);
        Self::new(details.group.clone(), models, teams, details.managed_by.clone())
    }
}

impl From<GroupSummary> for GroupFacts {
    fn from(summary: GroupSummary) -> Self {
        Self::new(summary.group, summary.model_count, summary.team_count, summary.managed_by)
    }
}

/// An access group with its members and the teams that hold it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AccessGroup)]
pub struct GroupObject {
    /// The group.
    #[serde(flatten)]
    pub facts: GroupFacts,
    /// Its members.
    pub model_aliases: Vec<GroupMember>,
    /// The teams that hold it.
    #[schema(value_type = Vec<String>, example = json!(["newclient-prod"]))]
    pub teams_with_access: Vec<TeamId>,
}

impl From<GroupDetails> for GroupObject {
    fn from(details: GroupDetails) -> Self {
        let facts = GroupFacts::of(&details);
        Self { facts, model_aliases: details.members, teams_with_access: details.teams }
    }
}

impl GroupObject {
    /// Puts the names of members in place of what a GET shows of them. A member that was altered stays as it
    /// was sent, to be refused: here, a group has members, and nothing of them is changed.
    pub fn name_members(&self, sent: &mut Map<String, Value>) {
        let shown: HashMap<&str, Value> =
            self.model_aliases.iter().map(|member| (member.alias.as_str(), json!(member))).collect();
        for member in sent.get_mut("model_aliases").and_then(Value::as_array_mut).into_iter().flatten() {
            let name = member.get("alias").and_then(Value::as_str);
            if let Some(name) = name.filter(|name| shown.get(name) == Some(member)) {
                *member = name.into();
            }
        }
    }
}

/// The fields of a [`GroupObject`] that an update may set.
pub const WRITABLE: &[&str] = &["description", "display_name", "active", "model_aliases"];

/// A new access group; its members by name.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NewAccessGroup)]
pub struct NewGroupObject {
    /// The group.
    #[serde(flatten)]
    pub facts: GroupFacts,
    /// Its members.
    #[schema(value_type = Vec<String>, example = json!(["gpt-3.5-turbo"]))]
    pub model_aliases: Vec<AliasName>,
    /// The teams that hold it: none yet.
    #[schema(value_type = Vec<String>, example = json!([]))]
    pub teams_with_access: Vec<TeamId>,
}

impl From<GroupDetails> for NewGroupObject {
    fn from(details: GroupDetails) -> Self {
        let facts = GroupFacts::of(&details);
        let model_aliases = details.members.into_iter().map(|member| member.alias).collect();
        Self { facts, model_aliases, teams_with_access: details.teams }
    }
}

/// A group after aliases were added.
#[derive(Debug, Serialize, ToSchema)]
pub struct ModelsAdded {
    /// The group.
    #[serde(flatten)]
    pub group: GroupObject,
    /// The aliases that are new in it.
    #[schema(value_type = Vec<String>, example = json!(["gpt-4o"]))]
    pub added: Vec<AliasName>,
    /// Those that were in it before.
    #[schema(value_type = Vec<String>, example = json!([]))]
    pub already_present: Vec<AliasName>,
}

impl From<MembersChanged> for ModelsAdded {
    fn from(done: MembersChanged) -> Self {
        Self { group: done.details.into(), added: done.changed, already_present: done.unchanged }
    }
}

/// A group after aliases were taken out.
#[derive(Debug, Serialize, ToSchema)]
pub struct ModelsRemoved {
    /// The group.
    #[serde(flatten)]
    pub group: GroupObject,
    /// The aliases that were in it.
    #[schema(value_type = Vec<String>, example = json!(["gpt-4o"]))]
    pub removed: Vec<AliasName>,
    /// Those that were not.
    #[schema(value_type = Vec<String>, example = json!([]))]
    pub not_present: Vec<AliasName>,
}

impl From<MembersChanged> for ModelsRemoved {
    fn from(done: MembersChanged) -> Self {
        Self { group: done.details.into(), removed: done.changed, not_present: done.unchanged }
    }
}

/// A part of the list of access groups.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AccessGroupList)]
pub struct GroupList {
    /// The groups.
    pub access_groups: Vec<GroupFacts>,
    /// Where the list stands.
    #[serde(flatten)]
    pub page: PageInfo,
}

/// What a deletion took away.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AccessGroupDeleted)]
pub struct GroupDeleted {
    /// What happened, in a sentence.
    #[schema(example = "Access group 'starter-models' deleted successfully")]
    pub message: String,
    /// The group that is gone.
    #[schema(value_type = String, example = "starter-models")]
    pub group_name: GroupName,
    /// Always true.
    pub deleted: bool,
    /// The aliases that it held; they stay.
    #[schema(value_type = Vec<String>, example = json!(["gpt-3.5-turbo"]))]
    pub model_aliases: Vec<AliasName>,
    /// How many teams lost it.
    #[schema(example = 1)]
    pub teams_affected: u64,
    /// Which teams lost it.
    #[schema(value_type = Vec<String>, example = json!(["newclient-prod"]))]
    pub removed_from_teams: Vec<TeamId>,
}

impl From<GroupDetails> for GroupDeleted {
    fn from(details: GroupDetails) -> Self {
        Self {
            message: format!("Access group '{}' deleted successfully", details.group.group_name),
            group_name: details.group.group_name,
            deleted: true,
            model_aliases: details.members.into_iter().map(|member| member.alias).collect(),
            teams_affected: details.teams.len() as u64,
            removed_from_teams: details.teams,
        }
    }
}

//! The desired state of the catalogue as one document: aliases, access groups, organizations, teams.
//!
//! A document says what there shall be. [`plan`] holds it against what there is and tells what would change, and who
//! would gain or lose access to which alias. Secrets, balances and standings are no part of it.
//!
//! ```
//! use alias_core::desired::{Document, Operation, Options, State, plan};
//!
//! let document = serde_json::json!({"version": 1, "aliases": {"smart": "openai/gpt-4"}});
//! let document = Document::read(document).map_err(|faults| format!("{faults:?}"))?;
//! let plan = plan(&State::default(), &document, Options::default()).map_err(|why| format!("{why:?}"))?;
//! let change = &plan.changes[0];
//! assert_eq!((change.operation, change.subject.name()), (Operation::Create, "smart"));
//! # Ok::<(), String>(())
//! ```

mod access;
mod advice;
mod chains;
mod diff;
mod document;
mod references;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use serde_json::{Value, json};

use crate::alias::{AliasName, AliasSpec, Metadata};
use crate::clock::Timestamp;
use crate::credits::Billing;
use crate::group::GroupName;
use crate::limit::Limits;
use crate::money::MicroCredits;
use crate::name::{Name, NameKind};
use crate::organization::OrganizationId;
use crate::team::TeamId;

pub use access::AccessChange;
pub use diff::{Change, Operation, Options, Plan, PlanError, plan};
pub use document::{Fault, MAX_OBJECTS, VERSION};

/// Marks the names of those who keep documents.
#[derive(Debug)]
pub struct ManagerKind;

impl NameKind for ManagerKind {
    const NOUN: &'static str = "managed_by";
    const PUNCTUATION: &'static str = "._:/@-";
    const EXAMPLE: &'static str = "platform-repo";
    const OPEN_END: bool = false;
}

/// Who keeps a document: the mark on the objects that it made or changed.
pub type Manager = Name<ManagerKind>;

/// What an access group shall be.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupContent {
    /// What it is for.
    pub description: String,
    /// A name for people; the group name where there is none.
    pub display_name: Option<String>,
    /// Whether it grants anything.
    pub active: bool,
    /// Its aliases, by name, each once.
    pub model_aliases: Vec<AliasName>,
}

/// What an organization shall be.
#[derive(Debug, Clone, PartialEq)]
pub struct OrganizationContent {
    /// Its name.
    pub name: String,
    /// The operator's own facts.
    pub metadata: Metadata,
}

/// What a team shall be.
#[derive(Debug, Clone, PartialEq)]
pub struct TeamContent {
    /// The organization it belongs to.
    pub organization_id: OrganizationId,
    /// Its name for people.
    pub team_alias: String,
    /// The groups it holds, by name, each once.
    pub access_groups: Vec<GroupName>,
    /// The alias that its calls go to which name none.
    pub default_model: Option<AliasName>,
    /// What it is given when it is created; of one that is there, what it was given until now.
    pub credits_allocated: MicroCredits,
    /// Its rate limits.
    pub limits: Limits,
    /// How its calls are counted in credits.
    pub billing: Billing,
    /// The operator's own facts.
    pub metadata: Metadata,
}

/// Everything that a document can say, by name.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Content {
    /// Aliases.
    pub aliases: BTreeMap<AliasName, AliasSpec>,
    /// Access groups.
    pub access_groups: BTreeMap<GroupName, GroupContent>,
    /// Organizations.
    pub organizations: BTreeMap<OrganizationId, OrganizationContent>,
    /// Teams.
    pub teams: BTreeMap<TeamId, TeamContent>,
}

impl Content {
    /// How many objects there are.
    pub fn len(&self) -> usize {
        self.aliases.len() + self.access_groups.len() + self.organizations.len() + self.teams.len()
    }

    /// Keeps the objects that `keep` says.
    pub fn retain(&mut self, keep: impl Fn(&Subject) -> bool) {
        self.aliases.retain(|name, _| keep(&Subject::Alias(name.clone())));
        self.access_groups.retain(|name, _| keep(&Subject::AccessGroup(name.clone())));
        self.organizations.retain(|id, _| keep(&Subject::Organization(id.clone())));
        self.teams.retain(|id, _| keep(&Subject::Team(id.clone())));
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A checked document.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Document {
    /// Who keeps it, if that is said.
    pub managed_by: Option<Manager>,
    /// What there shall be.
    pub content: Content,
}

/// What there is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct State {
    /// All objects.
    pub content: Content,
    /// Whose document made or changed an object, of those that have such a mark.
    pub managers: HashMap<Subject, Manager>,
    /// When it is so: what ends at a moment has ended by then, or not.
    pub at: Timestamp,
}

/// One object of the catalogue, by its name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    /// An organization.
    Organization(OrganizationId),
    /// An alias.
    Alias(AliasName),
    /// An access group.
    AccessGroup(GroupName),
    /// A team.
    Team(TeamId),
}

impl Subject {
    /// The word for its kind: `alias`, `access_group`, `organization` or `team`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Organization(_) => "organization",
            Self::Alias(_) => "alias",
            Self::AccessGroup(_) => "access_group",
            Self::Team(_) => "team",
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        match self {
            Self::Organization(id) => id.as_str(),
            Self::Alias(name) => name.as_str(),
            Self::AccessGroup(name) => name.as_str(),
            Self::Team(id) => id.as_str(),
        }
    }

    /// The member of a document that has objects of its kind.
    pub fn section(&self) -> &'static str {
        match self {
            Self::Organization(_) => "organizations",
            Self::Alias(_) => "aliases",
            Self::AccessGroup(_) => "access_groups",
            Self::Team(_) => "teams",
        }
    }

    /// What the object says in full, where `content` has it.
    pub fn of(&self, content: &Content) -> Option<Value> {
        match self {
            Self::Organization(id) => content.organizations.get(id).map(OrganizationContent::in_full),
            Self::Alias(name) => content.aliases.get(name).map(value),
            Self::AccessGroup(name) => content.access_groups.get(name).map(GroupContent::in_full),
            Self::Team(id) => content.teams.get(id).map(TeamContent::in_full),
        }
    }
}

impl OrganizationContent {
    fn in_full(&self) -> Value {
        json!({ "name": self.name, "metadata": self.metadata })
    }
}

impl GroupContent {
    fn in_full(&self) -> Value {
        json!({
            "description": self.description,
            "display_name": self.display_name,
            "active": self.active,
            "model_aliases": self.model_aliases,
        })
    }
}

impl TeamContent {
    fn in_full(&self) -> Value {
        let mut all = json!({
            "organization_id": self.organization_id,
            "team_alias": self.team_alias,
            "access_groups": self.access_groups,
            "default_model": self.default_model,
            "credits_allocated": self.credits_allocated,
            "metadata": self.metadata,
        });
        for part in [value(&self.limits), value(&self.billing)] {
            if let (Some(all), Value::Object(part)) = (all.as_object_mut(), part) {
                all.extend(part);
            }
        }
        all
    }
}

/// What our own types say is always a JSON value.
fn value(of: &impl Serialize) -> Value {
    serde_json::to_value(of).unwrap_or_default()
}

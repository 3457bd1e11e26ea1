//! Changes of the catalogue as data: what can be tried out before it is done, and what would come of it.

mod switch;

use serde::Serialize;
use serde_json::Value;

use crate::alias::{AliasChange, AliasDetails, AliasId, AliasName, ModelAlias, NewAlias, Renaming};
use crate::catalog::{Catalog, Revision};
use crate::group::{GroupChange, GroupDetails, GroupName, MembersChanged, NewGroup};
use crate::money::NanoUsd;
use crate::repository::{DeletedAlias, Expected};
use crate::team::{TeamChange, TeamDetails, TeamId, TeamUid};

pub use switch::{Capabilities, Repriced, Switch, TokenSums};

/// A change that is not made yet.
#[derive(Debug, Clone, PartialEq)]
pub enum Plan {
    /// A new alias.
    CreateAlias(Box<NewAlias>),
    /// Another content of an alias.
    UpdateAlias {
        /// Which.
        alias: AliasName,
        /// What is different then.
        change: Box<AliasChange>,
        /// At which version it must be.
        expected: Expected,
    },
    /// An alias goes.
    DeleteAlias {
        /// Which.
        alias: AliasName,
        /// At which version it must be.
        expected: Expected,
    },
    /// An earlier content of an alias counts again.
    RollBackAlias {
        /// Which.
        alias: AliasName,
        /// The version whose content it is.
        version: u32,
        /// At which version it must be.
        expected: Expected,
    },
    /// A deleted alias comes back.
    RestoreAlias {
        /// Which.
        alias: AliasName,
    },
    /// An alias gets another name.
    RenameAlias {
        /// Which.
        alias: AliasName,
        /// How.
        renaming: Renaming,
        /// At which version it must be.
        expected: Expected,
    },
    /// A new access group.
    CreateGroup(NewGroup),
    /// An access group that says something else, or holds other aliases.
    UpdateGroup {
        /// Which.
        group: GroupName,
        /// What is different then.
        change: GroupChange,
        /// At which version it must be.
        expected: Expected,
    },
    /// More aliases in an access group.
    AddModels {
        /// Which.
        group: GroupName,
        /// The aliases.
        aliases: Vec<AliasName>,
    },
    /// Fewer aliases in an access group.
    RemoveModels {
        /// Which.
        group: GroupName,
        /// The aliases.
        aliases: Vec<AliasName>,
    },
    /// An access group goes.
    DeleteGroup {
        /// Which.
        group: GroupName,
        /// Only where no team holds it.
        if_unused: bool,
        /// At which version it must be.
        expected: Expected,
    },
    /// A team that holds other groups, or says something else.
    UpdateTeam {
        /// Which.
        team: TeamId,
        /// What is different then.
        change: Box<TeamChange>,
        /// At which version it must be.
        expected: Expected,
    },
}

/// What the write of a [`Plan`] answers.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// The alias as it is then.
    Alias(Box<AliasDetails>),
    /// What goes with the alias.
    AliasDeleted(Box<DeletedAlias>),
    /// The group as it is then.
    Group(Box<GroupDetails>),
    /// The group, and what became of the aliases that were to be added.
    ModelsAdded(Box<MembersChanged>),
    /// The group, and what became of the aliases that were to be taken out.
    ModelsRemoved(Box<MembersChanged>),
    /// What goes with the group.
    GroupDeleted(Box<GroupDetails>),
    /// The team as it is then.
    Team(Box<TeamDetails>),
}

impl Outcome {
    /// The alias that the change is about, as it is then, if it is about one that is there then.
    pub fn alias(&self) -> Option<&ModelAlias> {
        match self {
            Self::Alias(details) => Some(&details.alias),
            _ => None,
        }
    }

    /// The object as it is then, and its version, without what differs each time the change is tried out: ids of what is new, and
    /// times. Two trials that say the same here would write the same.
    pub fn said(&self) -> Value {
        let of = |what: &str, object: &dyn Fn() -> serde_json::Result<Value>, rest: Value| {
            let mut object = object().unwrap_or_default();
            if let Some(fields) = object.as_object_mut() {
                for moving in ["id", "created_at", "updated_at"] {
                    fields.remove(moving);
                }
            }
            serde_json::json!({ "what": what, "object": object, "rest": rest })
        };
        let members = |group: &GroupDetails| -> Value {
            group.members.iter().map(|member| member.alias.as_str()).collect()
        };
        let group = |what: &str, group: &GroupDetails| {
            of(what, &|| serde_json::to_value(&group.group), members(group))
        };
        match self {
            Self::Alias(details) => {
                let groups = details.access_groups.iter().map(crate::name::Name::as_str).collect();
                of("alias", &|| serde_json::to_value(&details.alias), groups)
            }
            Self::AliasDeleted(gone) => {
                of("alias deleted", &|| serde_json::to_value(&gone.alias), Value::Null)
            }
            Self::Group(details) => group("group", details),
            Self::ModelsAdded(changed) | Self::ModelsRemoved(changed) => group("group", &changed.details),
            Self::GroupDeleted(gone) => group("group deleted", gone),
            Self::Team(details) => {
                let groups = details.access_groups.iter().map(crate::name::Name::as_str).collect();
                of("team", &|| serde_json::to_value(&details.team), groups)
            }
        }
    }
}

/// Calls and what they cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Spend {
    /// Calls that were sent upstream, however they ended.
    #[cfg_attr(feature = "openapi", schema(example = 1204))]
    pub calls: u64,
    /// What providers took, in USD.
    #[cfg_attr(feature = "openapi", schema(value_type = f64, example = 18.2))]
    pub cost_usd: NanoUsd,
    /// What clients were charged, in USD.
    #[cfg_attr(feature = "openapi", schema(value_type = f64, example = 21.84))]
    pub billed_usd: NanoUsd,
}

impl std::ops::AddAssign for Spend {
    fn add_assign(&mut self, more: Self) {
        self.calls = self.calls.saturating_add(more.calls);
        self.cost_usd = self.cost_usd + more.cost_usd;
        self.billed_usd = self.billed_usd + more.billed_usd;
    }
}

/// What one team spent on one alias, lately: today, and as many whole UTC days before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Used {
    /// The alias.
    pub alias: AliasId,
    /// The team.
    pub team: TeamUid,
    /// In the last 7 days.
    pub last_7_days: Spend,
    /// In the last 30 days.
    pub last_30_days: Spend,
}

/// A team that was told of besides its place in the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The team.
    pub team: TeamUid,
    /// What it is, or was, called.
    pub team_id: String,
}

/// What came of trying out a [`Plan`]: it was done, looked at, and undone, in one transaction.
#[derive(Debug, Clone)]
pub struct Rehearsal {
    /// The state that it was tried out on.
    pub revision: Revision,
    /// What the audit log would call it; `None` where nothing would change.
    pub action: Option<&'static str>,
    /// The fields that would differ: `{"field": {"from": …, "to": …}}`.
    pub change: Value,
    /// What the write would answer.
    pub outcome: Outcome,
    /// The aliases that it is about.
    pub concerned: Vec<AliasId>,
    /// The part of the catalogue that it could touch, before: those aliases, others with the same targets, and who is
    /// granted any of them.
    pub before: Catalog,
    /// The same part, after.
    pub after: Catalog,
    /// What was spent on the aliases lately, by alias and team.
    pub used: Vec<Used>,
    /// Who spent it.
    pub callers: Vec<Caller>,
    /// What another target of the alias means, if that changes.
    pub switch: Option<Switch>,
}

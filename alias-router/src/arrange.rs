//! How routing tables are arranged: the first from a whole catalogue, each later one from the last and what is
//! different since. Both are one way: a whole catalogue is what is different from none.
//!
//! References to what is not there are kept and grant nothing; what they mean is found again when it appears.

mod aliases;
mod groups;
mod keys;
mod orphans;
mod teams;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use alias_core::alias::AliasId;
use alias_core::budget::{BudgetId, Subject};
use alias_core::catalog::{Catalog, CatalogBudget, CatalogDelta, CatalogStanding, CatalogTeam, Mark};
use alias_core::group::GroupId;
use alias_core::organization::{OrganizationId, OrganizationUid};
use alias_core::team::TeamUid;
use foldhash::fast::RandomState;

use crate::budgets::Budgets;
use crate::grants::Numbers;
use crate::table::{RouterPolicy, RoutingTable};
use orphans::Orphans;

/// The number of the next table.
static NUMBERS: AtomicU64 = AtomicU64::new(0);

type Map<K, V> = HashMap<K, V, RandomState>;
type Set<K> = HashSet<K, RandomState>;

/// From this many numbers on that nothing has any more, a whole catalogue makes a smaller table.
const WASTE: usize = 4096;

/// The newest table, and what the next one is derived from.
pub(crate) struct Arrangement {
    table: RoutingTable,
    budgets: Budgets,
    organizations: Map<OrganizationUid, Organization>,
    groups: Map<GroupId, Group>,
    /// The numbers of the groups that hold an alias, be it there or not.
    holders: Map<AliasId, Numbers>,
    aliases: Map<AliasId, u32>,
    teams: Map<TeamUid, Team>,
    /// How many numbers of aliases, groups, teams and limits nothing has any more.
    wasted: usize,
    /// What there is of teams that are not there.
    orphans: Orphans,
    /// Which history the table is of.
    mark: Option<Mark>,
}

struct Organization {
    id: Arc<OrganizationId>,
    standing: CatalogStanding,
}

struct Group {
    number: u32,
    active: bool,
    /// Ascending.
    aliases: Box<[AliasId]>,
}

struct Team {
    number: u32,
    /// None of a team that is not there, which keys name.
    team: Option<CatalogTeam>,
}

/// What has to be derived again besides what was said to be different.
#[derive(Default)]
struct Stale {
    /// What other budgets are of than before.
    subjects: Set<Subject>,
    organizations: Set<OrganizationUid>,
    /// Groups that grant something else to their teams: all or nothing.
    grants: Set<GroupId>,
    /// Aliases that are in other groups than before.
    holders: Set<AliasId>,
    /// Groups whose members are to be put in order again, by number.
    rows: Set<u32>,
    /// Aliases that have another number than before, or none.
    numbers: Set<AliasId>,
}

impl Arrangement {
    /// Arranges a whole catalogue. Of several things with the same identity, name or digest, the first counts.
    pub(crate) fn of(catalog: &Catalog, policy: RouterPolicy) -> Self {
        let mut arrangement = Self {
            table: RoutingTable::empty(policy),
            budgets: Budgets::default(),
            organizations: Map::default(),
            groups: Map::default(),
            holders: Map::with_capacity_and_hasher(catalog.aliases.len(), RandomState::default()),
            aliases: Map::with_capacity_and_hasher(catalog.aliases.len(), RandomState::default()),
            teams: Map::with_capacity_and_hasher(catalog.teams.len(), RandomState::default()),
            wasted: 0,
            orphans: Orphans::default(),
            mark: None,
        };
        arrangement.arrange(&CatalogDelta::default(), catalog);
        arrangement.orphans.begin();
        arrangement
    }

    /// Arranges what is different now.
    pub(crate) fn apply(&mut self, delta: &CatalogDelta) {
        self.arrange(delta, &delta.changed);
    }

    /// The newest table.
    pub(crate) fn table(&self) -> RoutingTable {
        RoutingTable { number: NUMBERS.fetch_add(1, Ordering::Relaxed), ..self.table.clone() }
    }

    /// Which history the newest table is of.
    pub(crate) fn mark(&self) -> Option<&Mark> {
        self.mark.as_ref()
    }

    /// Whether a table from the whole catalogue would be much smaller.
    pub(crate) fn is_wasteful(&self) -> bool {
        let is_most = |wasted: usize, of: usize| wasted > WASTE && wasted > of.saturating_sub(wasted);
        let numbered = self.aliases.len() + self.groups.len() + self.teams.len() + self.wasted;
        is_most(self.wasted + self.orphans.teams(), numbered)
            || is_most(self.orphans.keys(), self.table.keys.len())
    }

    fn arrange(&mut self, delta: &CatalogDelta, changed: &Catalog) {
        let mut stale = Stale::default();
        self.arrange_budgets(&delta.gone.budgets, &changed.budgets, &mut stale);
        self.arrange_organizations(&delta.gone.organizations, &changed.organizations, &mut stale);
        self.arrange_groups(&delta.gone.groups, &changed.groups, &mut stale);
        self.arrange_aliases(&delta.gone.aliases, &changed.aliases, &mut stale);
        self.arrange_rows(&stale);
        self.arrange_teams(&delta.gone.teams, &changed.teams, &stale);
        self.arrange_keys(&delta.gone.keys, &changed.keys, &stale);
        let changed_ids = changed.aliases.iter().map(|alias| &alias.id);
        self.table.tombstones.change(delta.gone.aliases.iter().chain(changed_ids), &changed.tombstones);
        self.table.revision = changed.revision;
        self.mark.clone_from(&changed.mark);
    }

    fn arrange_budgets(&mut self, gone: &[BudgetId], changed: &[CatalogBudget], stale: &mut Stale) {
        for id in gone.iter().chain(changed.iter().map(|budget| &budget.id)) {
            stale.subjects.extend(self.budgets.remove(*id));
        }
        for budget in changed {
            stale.subjects.insert(budget.subject.clone());
            self.budgets.put(budget);
        }
    }
}

//! How a routing table is arranged from a catalogue, which may hold references to what is not there.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use alias_core::alias::AliasId;
use alias_core::catalog::{Catalog, CatalogAlias, CatalogGroup, CatalogKey, CatalogStanding, CatalogTeam};
use alias_core::clock::Timestamp;
use alias_core::group::GroupId;
use alias_core::name::MAX_NAME;
use alias_core::organization::{OrganizationId, OrganizationUid};
use alias_core::team::TeamUid;
use foldhash::fast::RandomState;
use hashbrown::HashTable;

use crate::budgets::Budgets;
use crate::caller::{Gate, KeyEntry, KeyLimits, NEVER, NO_SCOPE, TeamEntry};
use crate::default_model;
use crate::grants::{Numbers, Relation};
use crate::table::{AliasEntry, RouterPolicy, RoutingTable, fold, hash_of, hash_of_folded};

/// The number of the next table.
static NUMBERS: AtomicU64 = AtomicU64::new(0);

type Map<K, V> = HashMap<K, V, RandomState>;

pub(crate) fn build(catalog: &Catalog, policy: RouterPolicy) -> RoutingTable {
    let budgets = Budgets::new(&catalog.budgets);
    let mut aliases = by_name(&catalog.aliases, &budgets);
    let groups = first_of((0..).zip(&catalog.groups).map(|(number, group)| (group.id, (number, group))));
    let members = Relation::new(catalog.groups.len(), memberships(&aliases, &groups));
    for (group, _) in (0..).zip(&catalog.groups) {
        for alias in members.row(group) {
            if let Some(entry) = aliases.get_mut(*alias as usize) {
                entry.groups.push(group);
            }
        }
    }
    let aliases: Box<[Arc<AliasEntry>]> = aliases.into_iter().map(Arc::new).collect();
    let defaults = default_model::numbers(catalog, &aliases);
    let teams = teams(catalog, &groups, &budgets, &defaults);
    let numbers = first_of((0..).zip(&teams).map(|(number, team)| (team.uid, number)));
    let name_hasher = RandomState::default();
    let (keys, scopes) = keys(&catalog.keys, &numbers, &budgets);
    RoutingTable {
        number: NUMBERS.fetch_add(1, Ordering::Relaxed),
        revision: catalog.revision,
        policy,
        keys,
        scopes,
        team_names: teams_by_hash(&teams, &name_hasher),
        teams,
        names: aliases_by_hash(&aliases, &name_hasher),
        name_hasher,
        aliases,
        members,
    }
}

/// A map in which the first entry of a key stays.
fn first_of<K: Eq + Hash, V>(entries: impl Iterator<Item = (K, V)>) -> Map<K, V> {
    let mut map = Map::with_capacity_and_hasher(entries.size_hint().0, RandomState::default());
    for (key, value) in entries {
        map.entry(key).or_insert(value);
    }
    map
}

fn by_name(aliases: &[CatalogAlias], budgets: &Budgets) -> Vec<AliasEntry> {
    let mut order: Vec<(String, &CatalogAlias)> =
        aliases.iter().map(|alias| (alias.alias.folded(), alias)).collect();
    order.sort_by(|a, b| a.0.cmp(&b.0));
    order.dedup_by(|later, first| later.0 == first.0);
    order.into_iter().map(|(_, alias)| AliasEntry::new(alias, budgets.of_alias(alias))).collect()
}

/// The aliases by the hashes of their folded names.
fn aliases_by_hash(aliases: &[Arc<AliasEntry>], hasher: &RandomState) -> HashTable<Arc<AliasEntry>> {
    let hash = |entry: &Arc<AliasEntry>| hash_of_name(entry.alias.alias.as_str(), hasher);
    let mut names = HashTable::with_capacity(aliases.len());
    for entry in aliases {
        names.insert_unique(hash(entry), Arc::clone(entry), hash);
    }
    names
}

fn hash_of_name(name: &str, hasher: &RandomState) -> u64 {
    fold(name, &mut [0; MAX_NAME]).map_or(0, |folded| hash_of_folded(folded, hasher))
}

/// The numbers of teams by the hashes of their folded ids.
fn teams_by_hash(teams: &[Arc<TeamEntry>], hasher: &RandomState) -> HashTable<u32> {
    let hash = |number: u32| {
        hash_of_name(teams.get(number as usize).map_or("", |team| team.team_id.as_str()), hasher)
    };
    let mut names = HashTable::with_capacity(teams.len());
    for (number, _) in (0..).zip(teams) {
        names.insert_unique(hash(number), number, |other| hash(*other));
    }
    names
}

/// Which group holds which alias.
fn memberships(aliases: &[AliasEntry], groups: &Map<GroupId, (u32, &CatalogGroup)>) -> Vec<(u32, u32)> {
    let numbers: Map<AliasId, u32> =
        first_of((0..).zip(aliases).map(|(number, entry)| (entry.alias.id, number)));
    groups
        .values()
        .flat_map(|(number, group)| group.aliases.iter().map(move |alias| (*number, alias)))
        .filter_map(|(group, alias)| Some((group, *numbers.get(alias)?)))
        .collect()
}

/// The teams. One whose organization is not there is not there either.
fn teams(
    catalog: &Catalog,
    groups: &Map<GroupId, (u32, &CatalogGroup)>,
    budgets: &Budgets,
    defaults: &HashMap<AliasId, u32>,
) -> Box<[Arc<TeamEntry>]> {
    let organizations: Map<OrganizationUid, (Arc<OrganizationId>, CatalogStanding)> = first_of(
        catalog.organizations.iter().map(|o| (o.uid, (Arc::new(o.organization_id.clone()), o.standing))),
    );
    // Inactive groups are left out here, and so grant nothing.
    let entry = |team: &CatalogTeam| {
        let (organization_id, standing) = organizations.get(&team.organization)?;
        let held = team.groups.iter().filter_map(|group| groups.get(group));
        let mut numbers: Numbers =
            held.filter(|(_, group)| group.active).map(|(number, _)| *number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        Some(Arc::new(TeamEntry {
            gate: Gate::of(team.standing, *standing),
            groups: numbers,
            default_model: team.default_model.and_then(|alias| defaults.get(&alias).copied()),
            uid: team.uid,
            team_id: team.team_id.clone(),
            limits: team.limits,
            organization_id: Arc::clone(organization_id),
            billing: team.billing,
            budgets: budgets.of_team(team),
        }))
    };
    catalog.teams.iter().filter_map(entry).collect()
}

/// The keys by their digests, and what some of them are limited to.
fn keys(
    keys: &[CatalogKey],
    teams: &Map<TeamUid, u32>,
    budgets: &Budgets,
) -> (HashTable<KeyEntry>, Box<[KeyLimits]>) {
    let mut table: HashTable<KeyEntry> = HashTable::with_capacity(keys.len());
    let mut scopes: Vec<KeyLimits> = Vec::new();
    for key in keys {
        let Some(team) = teams.get(&key.team) else { continue };
        let hash = hash_of(&key.digest);
        if table.find(hash, |known| known.digest == key.digest).is_some() {
            continue;
        }
        let mut scope = NO_SCOPE;
        let budgets = budgets.of_key(&key.id);
        if key.scope.is_some() || !key.limits.are_none() || !budgets.is_empty() {
            scope = u32::try_from(scopes.len()).unwrap_or(NO_SCOPE);
            scopes.push(KeyLimits { scope: key.scope.clone(), limits: key.limits, budgets });
        }
        let entry = KeyEntry {
            digest: key.digest,
            key_id: key.id.clone(),
            ends: key.expires_at.map_or(NEVER, Timestamp::micros),
            team: *team,
            scope,
        };
        table.insert_unique(hash, entry, |known| hash_of(&known.digest));
    }
    (table, scopes.into())
}

//! How a routing table is arranged from a catalogue, which may hold references to what is not there.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use alias_core::alias::AliasId;
use alias_core::catalog::{Catalog, CatalogAlias, CatalogGroup, CatalogStanding};
use alias_core::group::GroupId;
use alias_core::organization::{OrganizationId, OrganizationUid};
use alias_core::team::TeamUid;
use foldhash::fast::RandomState;
use hashbrown::HashTable;

use crate::caller::{Gate, KeyEntry, TeamEntry};
use crate::grants::Relation;
use crate::table::{RouterPolicy, RoutingTable, folded_hash, hash_of};

type Map<K, V> = HashMap<K, V, RandomState>;

pub(crate) fn build(catalog: &Catalog, policy: RouterPolicy) -> RoutingTable {
    let aliases = by_name(&catalog.aliases);
    let groups = first_of((0..).zip(&catalog.groups).map(|(number, group)| (group.id, (number, group))));
    let pairs = memberships(&aliases, &groups);
    let teams = teams(catalog, &groups);
    let name_hasher = RandomState::default();
    RoutingTable {
        revision: catalog.revision,
        policy,
        keys: keys(catalog, &teams),
        names: names(&aliases, &name_hasher),
        name_hasher,
        holders: Relation::new(aliases.len(), pairs.iter().map(|&(group, alias)| (alias, group)).collect()),
        members: Relation::new(catalog.groups.len(), pairs),
        aliases,
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

fn by_name(aliases: &[CatalogAlias]) -> Box<[Arc<CatalogAlias>]> {
    let mut order: Vec<(String, &CatalogAlias)> =
        aliases.iter().map(|alias| (alias.alias.folded(), alias)).collect();
    order.sort_by(|a, b| a.0.cmp(&b.0));
    order.dedup_by(|later, first| later.0 == first.0);
    order.into_iter().map(|(_, alias)| Arc::new(alias.clone())).collect()
}

fn names(aliases: &[Arc<CatalogAlias>], hasher: &RandomState) -> HashTable<u32> {
    let hash = |number: u32| {
        aliases.get(number as usize).and_then(|a| folded_hash(hasher, a.alias.as_str())).unwrap_or_default()
    };
    let mut names = HashTable::with_capacity(aliases.len());
    for (number, _) in (0..).zip(aliases) {
        names.insert_unique(hash(number), number, |other| hash(*other));
    }
    names
}

/// The pairs of group and alias that grant something.
fn memberships(
    aliases: &[Arc<CatalogAlias>],
    groups: &Map<GroupId, (u32, &CatalogGroup)>,
) -> Vec<(u32, u32)> {
    let numbers: Map<AliasId, u32> = first_of((0..).zip(aliases).map(|(number, alias)| (alias.id, number)));
    let active = groups.values().filter(|(_, group)| group.active);
    active
        .flat_map(|(number, group)| group.aliases.iter().map(move |alias| (*number, alias)))
        .filter_map(|(group, alias)| Some((group, *numbers.get(alias)?)))
        .collect()
}

/// The teams by identity. A team of an organization that is not there is not there either.
fn teams(
    catalog: &Catalog,
    groups: &Map<GroupId, (u32, &CatalogGroup)>,
) -> Map<TeamUid, Option<Arc<TeamEntry>>> {
    let organizations: Map<OrganizationUid, (Arc<OrganizationId>, CatalogStanding)> = first_of(
        catalog.organizations.iter().map(|o| (o.uid, (Arc::new(o.organization_id.clone()), o.standing))),
    );
    first_of(catalog.teams.iter().map(|team| {
        let entry = organizations.get(&team.organization).map(|(organization_id, standing)| {
            let held = team.groups.iter().filter_map(|group| groups.get(group));
            let mut numbers: Vec<u32> = held.filter(|(_, group)| group.active).map(|held| held.0).collect();
            numbers.sort_unstable();
            numbers.dedup();
            Arc::new(TeamEntry {
                gate: Gate::of(team.standing, *standing),
                groups: numbers.into(),
                uid: team.uid,
                team_id: team.team_id.clone(),
                organization_id: Arc::clone(organization_id),
            })
        });
        (team.uid, entry)
    }))
}

fn keys(catalog: &Catalog, teams: &Map<TeamUid, Option<Arc<TeamEntry>>>) -> HashTable<Arc<KeyEntry>> {
    let mut keys: HashTable<Arc<KeyEntry>> = HashTable::with_capacity(catalog.keys.len());
    for key in &catalog.keys {
        let Some(Some(team)) = teams.get(&key.team) else { continue };
        let hash = hash_of(&key.digest);
        if keys.find(hash, |known| known.digest == key.digest).is_some() {
            continue;
        }
        let entry = KeyEntry {
            digest: key.digest,
            expires_at: key.expires_at,
            team: Arc::clone(team),
            id: key.id.clone(),
        };
        keys.insert_unique(hash, Arc::new(entry), |known| hash_of(&known.digest));
    }
    keys
}

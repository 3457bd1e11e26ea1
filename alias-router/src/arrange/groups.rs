//! Access groups: which aliases they hold, by identity and by number.

use alias_core::alias::AliasId;
use alias_core::catalog::CatalogGroup;
use alias_core::group::GroupId;

use crate::arrange::{Arrangement, Group, Set, Stale};
use crate::table::NamedGroup;

impl Arrangement {
    pub(super) fn arrange_groups(&mut self, gone: &[GroupId], changed: &[CatalogGroup], stale: &mut Stale) {
        for id in gone {
            if let Some(group) = self.groups.remove(id) {
                self.hold(&group, &[], stale);
                stale.grants.insert(*id);
                self.wasted += 1;
            }
        }
        let mut seen = Set::default();
        for group in changed.iter().filter(|group| seen.insert(group.id)) {
            self.put_group(group, stale);
        }
    }

    fn put_group(&mut self, group: &CatalogGroup, stale: &mut Stale) {
        let known = self.groups.remove(&group.id);
        if known.as_ref().is_none_or(|known| known.active != group.active) {
            stale.grants.insert(group.id);
        }
        let number = known.as_ref().map_or_else(|| self.table.members.push([].into()), |known| known.number);
        self.name_group(number, group);
        let mut aliases = group.aliases.clone();
        aliases.sort_unstable();
        aliases.dedup();
        let known = known.unwrap_or(Group { number, active: group.active, aliases: Box::default() });
        self.hold(&known, &aliases, stale);
        self.groups.insert(group.id, Group { number, active: group.active, aliases: aliases.into() });
    }

    /// Notes what a group is called. Both lists give groups the same numbers.
    fn name_group(&mut self, number: u32, group: &CatalogGroup) {
        let named = NamedGroup { name: group.name.clone(), active: group.active };
        match self.table.groups.get_mut(number) {
            Some(known) => *known = named,
            None => _ = self.table.groups.push(named),
        }
    }

    /// Notes which aliases a group holds now that it did not, and which no more.
    fn hold(&mut self, before: &Group, now: &[AliasId], stale: &mut Stale) {
        let number = before.number;
        for id in missing(now, &before.aliases) {
            let holders = self.holders.entry(id).or_default();
            if let Err(place) = holders.binary_search(&number) {
                holders.insert(place, number);
            }
            stale.holders.insert(id);
            stale.rows.insert(number);
        }
        for id in missing(&before.aliases, now) {
            if let Some(holders) = self.holders.get_mut(&id) {
                holders.retain(|holder| *holder != number);
                if holders.is_empty() {
                    self.holders.remove(&id);
                }
            }
            stale.holders.insert(id);
            stale.rows.insert(number);
        }
    }

    /// Puts the members of groups in order.
    pub(super) fn arrange_rows(&mut self, stale: &Stale) {
        if stale.rows.is_empty() {
            return;
        }
        let groups = self.groups.values().filter(|group| stale.rows.contains(&group.number));
        let rows: Vec<(u32, Vec<u32>)> = groups.map(|group| (group.number, self.row_of(group))).collect();
        let held: Set<u32> = rows.iter().map(|(number, _)| *number).collect();
        for number in stale.rows.iter().filter(|number| !held.contains(number)) {
            self.set_row(*number, &[]);
        }
        for (number, row) in rows {
            self.set_row(number, &row);
        }
    }

    fn set_row(&mut self, number: u32, row: &[u32]) {
        if let Some(members) = self.table.members.get_mut(number) {
            *members = row.into();
        }
    }

    /// The members of a group that are there, by name. Those that were there before come first, in the order that
    /// they had, so that sorting has little to do.
    fn row_of(&self, group: &Group) -> Vec<u32> {
        let holds = |number: &u32| {
            self.table
                .alias_at(*number)
                .is_some_and(|entry| group.aliases.binary_search(&entry.alias.id).is_ok())
        };
        let before = self.table.members.get(group.number).map_or(&[][..], |row| row);
        let mut row: Vec<u32> = before.iter().copied().filter(holds).collect();
        let known: Set<u32> = row.iter().copied().collect();
        row.extend(
            group
                .aliases
                .iter()
                .filter_map(|id| self.aliases.get(id))
                .filter(|number| !known.contains(number)),
        );
        row.sort_by(|a, b| self.table.folded(*a).cmp(self.table.folded(*b)));
        row
    }
}

/// Those of `these` that `others` have not; both are ascending.
fn missing<'a>(these: &'a [AliasId], others: &'a [AliasId]) -> impl Iterator<Item = AliasId> + 'a {
    these.iter().copied().filter(move |id| others.binary_search(id).is_err())
}

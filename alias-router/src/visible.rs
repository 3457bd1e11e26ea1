//! What a caller sees: the list of models, and the names in refusals. Every name passes the rule of calls.

use alias_core::alias::Visibility;
use alias_core::catalog::CatalogAlias;
use alias_core::name::{MAX_NAME, nearest};
use itertools::Itertools as _;

use crate::caller::{Caller, Reach};
use crate::denied::MAX_AVAILABLE;
use crate::table::{Access, RoutingTable};

/// How many names on either side of the one asked for, in the order of names, are tried as suggestions.
const SUGGEST_FROM: usize = 128;

impl RoutingTable {
    /// The aliases that the caller may call and may see, by name. Computed by the rule that admits calls.
    /// Empty for a caller who could not authenticate with this table.
    pub fn visible_models<'a>(&'a self, caller: &'a Caller) -> Vec<&'a CatalogAlias> {
        self.admit(caller, caller.arrival.at)
            .map(|reach| self.visible(reach, self.reached(reach)).collect())
            .unwrap_or_default()
    }

    /// The first names that the caller may call and may see.
    #[cold]
    pub(crate) fn available(&self, reach: Reach<'_>) -> Vec<String> {
        let visible = self.visible(reach, self.reached(reach));
        visible.take(MAX_AVAILABLE).map(|alias| alias.alias.as_str().to_owned()).collect()
    }

    /// Names like `wanted` that the caller may call and may see.
    ///
    /// Only so many on either side of it are compared, so that a refusal costs little in a large catalogue.
    #[cold]
    pub(crate) fn suggestions(&self, reach: Reach<'_>, wanted: &str) -> Vec<String> {
        if wanted.len() > MAX_NAME {
            return Vec::new();
        }
        let folded = wanted.to_ascii_lowercase();
        let place = |row: &[u32]| row.partition_point(|number| self.folded(*number).lt(folded.bytes()));
        let (before, after): (Vec<_>, Vec<_>) = self.rows(reach).map(|row| row.split_at(place(row))).unzip();
        let before = before.into_iter().map(|row| row.iter().rev()).kmerge_by(|a, b| self.by_name(**b, **a));
        let after = after.into_iter().map(<[u32]>::iter).kmerge_by(|a, b| self.by_name(**a, **b));
        let near = self.visible(reach, before).take(SUGGEST_FROM);
        let near = near.chain(self.visible(reach, after).take(SUGGEST_FROM));
        nearest(wanted, near.map(|alias| alias.alias.as_str())).into_iter().map(str::to_owned).collect()
    }

    /// The members of the team's groups, each group's by name.
    fn rows<'a>(&'a self, reach: Reach<'a>) -> impl Iterator<Item = &'a [u32]> {
        reach.team.groups.iter().map(|group| self.members.get(*group).map_or(&[][..], |row| row))
    }

    /// The members of all of the team's groups, by name.
    fn reached<'a>(&'a self, reach: Reach<'a>) -> impl Iterator<Item = &'a u32> {
        self.rows(reach).map(<[u32]>::iter).kmerge_by(|a, b| self.by_name(**a, **b))
    }

    /// Whether `a` comes before `b` by name; of no two aliases neither does.
    fn by_name(&self, a: u32, b: u32) -> bool {
        a != b && self.folded(a).lt(self.folded(b))
    }

    /// Those of `sorted` that the caller may call and may see.
    fn visible<'a>(
        &'a self,
        reach: Reach<'a>,
        sorted: impl Iterator<Item = &'a u32> + 'a,
    ) -> impl Iterator<Item = &'a CatalogAlias> {
        sorted.dedup().filter_map(move |number| {
            let entry = self.alias_at(*number)?.at(reach.at)?;
            let shown = entry.alias.visibility == Visibility::Listed && !entry.is_prefix();
            (shown && self.access(entry, reach) == Access::Callable).then_some(&entry.alias)
        })
    }
}

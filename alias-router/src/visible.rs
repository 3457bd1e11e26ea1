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
            .map(|reach| self.visible(reach, self.rows(reach).kmerge()).collect())
            .unwrap_or_default()
    }

    /// The first names that the caller may call and may see.
    #[cold]
    pub(crate) fn available(&self, reach: Reach<'_>) -> Vec<String> {
        let visible = self.visible(reach, self.rows(reach).kmerge());
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
        let place = self.aliases.partition_point(|entry| {
            entry.alias.alias.as_str().bytes().map(|byte| byte.to_ascii_lowercase()).lt(folded.bytes())
        });
        let (before, after): (Vec<_>, Vec<_>) = reach
            .team
            .groups
            .iter()
            .map(|group| {
                let row = self.members.row(*group);
                row.split_at(row.partition_point(|alias| (*alias as usize) < place))
            })
            .unzip();
        let before = before.into_iter().map(|row| row.iter().rev()).kmerge_by(|a, b| a > b);
        let after = after.into_iter().map(<[u32]>::iter).kmerge();
        let near = self.visible(reach, before).take(SUGGEST_FROM);
        let near = near.chain(self.visible(reach, after).take(SUGGEST_FROM));
        nearest(wanted, near.map(|alias| alias.alias.as_str())).into_iter().map(str::to_owned).collect()
    }

    /// The members of the team's groups, each group's by name.
    fn rows<'a>(&'a self, reach: Reach<'a>) -> impl Iterator<Item = std::slice::Iter<'a, u32>> {
        reach.team.groups.iter().map(|group| self.members.row(*group).iter())
    }

    /// Those of `sorted` that the caller may call and may see.
    fn visible<'a>(
        &'a self,
        reach: Reach<'a>,
        sorted: impl Iterator<Item = &'a u32> + 'a,
    ) -> impl Iterator<Item = &'a CatalogAlias> {
        sorted.dedup().filter_map(move |number| {
            let entry = self.aliases.get(*number as usize)?;
            let shown = entry.alias.visibility == Visibility::Listed;
            (shown && entry.access(reach) == Access::Callable).then_some(&entry.alias)
        })
    }
}

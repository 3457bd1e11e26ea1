//! A yardstick: the same look-ups in maps of strings, as one would write them first. What a read of memory costs differs from
//! machine to machine; this pays it, too.

use std::collections::{HashMap, HashSet};

use alias_core::catalog::Catalog;
use alias_core::testing::key;

use super::world::Size;

/// Key, team, alias and grant: nothing is hashed for secrecy, nothing is suspended, and nothing has limits.
pub(crate) struct Plain {
    keys: HashMap<String, String>,
    teams: HashMap<String, HashSet<String>>,
    aliases: HashMap<String, (String, Vec<String>)>,
}

impl Plain {
    pub(crate) fn new(catalog: &Catalog, size: Size) -> Self {
        let groups: HashMap<_, _> =
            catalog.groups.iter().map(|group| (group.id, group.name.to_string())).collect();
        let mut held: HashMap<_, Vec<String>> = HashMap::new();
        for group in &catalog.groups {
            for alias in &group.aliases {
                held.entry(*alias).or_default().push(group.name.to_string());
            }
        }
        let teams: Vec<String> = catalog.teams.iter().map(|team| team.team_id.to_string()).collect();
        let of_team = |n: u64| teams[usize::try_from(n % size.teams).unwrap()].clone();
        Self {
            keys: (0..size.keys).map(|n| (key(n).expose().to_owned(), of_team(n))).collect(),
            teams: catalog
                .teams
                .iter()
                .map(|team| {
                    (team.team_id.to_string(), team.groups.iter().map(|id| groups[id].clone()).collect())
                })
                .collect(),
            aliases: catalog
                .aliases
                .iter()
                .map(|alias| {
                    let groups = held.remove(&alias.id).unwrap_or_default();
                    (alias.alias.to_string(), (alias.litellm_model.to_string(), groups))
                })
                .collect(),
        }
    }

    /// The model that the alias stands for, where the key's team may call it.
    pub(crate) fn resolve(&self, presented: &str, model: &str) -> Option<&str> {
        let granted = self.teams.get(self.keys.get(presented)?)?;
        let (target, groups) = self.aliases.get(model)?;
        groups.iter().any(|group| granted.contains(group)).then_some(target)
    }
}

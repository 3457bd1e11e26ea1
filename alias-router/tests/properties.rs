//! Random catalogues against a naive reading of the rules.
#![expect(clippy::unwrap_used, reason = "what a test sets up may fail as loudly as what it checks")]

mod catalogue;

use std::sync::Arc;

use alias_core::alias::Visibility;
use alias_core::catalog::{
    Catalog, CatalogAlias, CatalogGroup, CatalogKey, CatalogOrganization, CatalogStanding, CatalogTeam,
    Revision,
};
use alias_core::clock::Timestamp;
use alias_core::key::{Entrance, KeyScope, Network};
use alias_core::organization::Standing;
use alias_core::testing::{id, key};
use alias_router::{
    Check, Decision, Denied, Explanation, Request, RouterPolicy, RoutingTable, decide, explain,
};
use catalogue::{alias, arrival, group, now, one_team, organization, team, team_key};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

// There are at most 10 aliases, 6 groups, 2 organizations and 4 teams; references go a little further, so that
// some of them lead nowhere.

fn standing() -> impl Strategy<Value = CatalogStanding> {
    let standing =
        prop_oneof![6 => Just(Standing::Active), 1 => Just(Standing::Paused), 1 => Just(Standing::Suspended)];
    (standing, prop_oneof![Just(None), (-2_i64..2).prop_map(Some)]).prop_map(|(standing, end)| {
        let pause_until = end.map(|micros| Timestamp::from_micros(now().micros() + micros));
        CatalogStanding { standing, pause_until }
    })
}

fn aliases() -> impl Strategy<Value = Vec<CatalogAlias>> {
    vec((any::<bool>(), any::<bool>(), any::<bool>()), 0..=10).prop_map(|flags| {
        let entry = |(n, (present, active, listed)): (u64, (bool, bool, bool))| {
            let visibility = if listed { Visibility::Listed } else { Visibility::Hidden };
            present.then(|| CatalogAlias { active, visibility, ..alias(n, &format!("Model-{n}")) })
        };
        (0..).zip(flags).filter_map(entry).collect()
    })
}

/// Limits of a key: on models often, on the place that requests of the tests come to or from now and then.
fn scopes() -> impl Strategy<Value = Option<KeyScope>> {
    let models = prop_oneof![Just(None), vec(0..12_u64, 0..6).prop_map(Some)];
    let endpoints =
        prop_oneof![8 => Just(None), 1 => Just(Some("chat_completions")), 1 => Just(Some("rerank"))];
    let networks =
        prop_oneof![8 => Just(None), 1 => Just(Some("127.0.0.0/8")), 1 => Just(Some("10.0.0.0/8"))];
    (models, endpoints, networks).prop_map(|(models, endpoint, network)| {
        KeyScope::new(
            models.map(|models| models.into_iter().map(id).collect()),
            endpoint.map(|word| word.parse::<Entrance>().into_iter().collect()),
            network.map(|text| text.parse::<Network>().into_iter().collect()),
        )
    })
}

fn catalogs() -> impl Strategy<Value = Catalog> {
    let groups = vec((prop::bool::weighted(0.8), vec(0..12_u64, 0..8)), 0..=6);
    let organizations = vec(standing(), 0..=2);
    let teams = vec((0..3_u64, vec(0..8_u64, 0..5), standing()), 0..=4);
    let keys = vec((0..5_u64, prop_oneof![4 => Just(None), 1 => (-1_i64..2).prop_map(Some)], scopes()), 0..6);
    (aliases(), groups, organizations, teams, keys).prop_map(
        |(aliases, groups, organizations, teams, keys)| {
            let one_group = |(n, (active, members)): (u64, (bool, Vec<u64>))| CatalogGroup {
                active,
                ..group(n, &members)
            };
            let one_organization = |(n, standing)| CatalogOrganization { standing, ..organization(n) };
            let one_team = |(n, (organization, held, standing)): (u64, (u64, Vec<u64>, CatalogStanding))| {
                CatalogTeam { standing, ..team(n, organization, &held) }
            };
            let one_key = |(n, (team, end, scope)): (u64, (u64, Option<i64>, Option<KeyScope>))| CatalogKey {
                expires_at: end.map(|micros| Timestamp::from_micros(now().micros() + micros)),
                scope: scope.map(Arc::new),
                ..team_key(n, team)
            };
            Catalog {
                mark: None,
                revision: Revision(7),
                aliases,
                groups: (0..).zip(groups).map(one_group).collect(),
                organizations: (0..).zip(organizations).map(one_organization).collect(),
                teams: (0..).zip(teams).map(one_team).collect(),
                keys: (0..).zip(keys).map(one_key).collect(),
                budgets: vec![],
                tombstones: vec![],
            }
        },
    )
}

fn serves(standing: CatalogStanding) -> bool {
    match standing.standing {
        Standing::Active => true,
        Standing::Paused => standing.pause_until.is_some_and(|end| end <= now()),
        Standing::Suspended => false,
    }
}

/// Whether the holder of a key is let in, read straight from the data.
fn let_in(catalog: &Catalog, key: &CatalogKey) -> bool {
    let here = key.scope.as_ref().is_none_or(|scope| {
        scope.holds_entrance(arrival().entrance) && scope.holds_address(arrival().address)
    });
    here && key.expires_at.is_none_or(|end| now() < end)
        && catalog.teams.iter().any(|team| {
            team.uid == key.team
                && serves(team.standing)
                && catalog.organizations.iter().any(|o| o.uid == team.organization && serves(o.standing))
        })
}

/// Whether an active group leads from the key's team to the alias, and the key is for it, read straight from the
/// data.
fn granted(catalog: &Catalog, key: &CatalogKey, alias: &CatalogAlias) -> bool {
    if key.scope.as_ref().is_some_and(|scope| !scope.holds_model(alias.id)) {
        return false;
    }
    let team = catalog.teams.iter().find(|team| team.uid == key.team);
    team.is_some_and(|team| {
        let held = catalog.groups.iter().filter(|group| team.groups.contains(&group.id));
        held.filter(|group| group.active).any(|group| group.aliases.contains(&alias.id))
    })
}

fn swap_case(name: &str, mask: u64) -> String {
    let swapped = name.char_indices().map(|(place, c)| match (mask >> (place % 64)) & 1 {
        0 => c.to_ascii_lowercase(),
        _ => c.to_ascii_uppercase(),
    });
    swapped.collect()
}

proptest! {
    #[test]
    fn every_answer_is_the_one_that_the_rules_give(
        catalog in catalogs(), hide_denied: bool, mask: u64,
    ) {
        let table = RoutingTable::build(&catalog, RouterPolicy { hide_denied });
        prop_assert_eq!(table.revision(), Revision(7));
        for (n, entry) in (0..).zip(&catalog.keys) {
            let Ok(caller) = table.authenticate(key(n).expose(), arrival()) else {
                prop_assert!(!let_in(&catalog, entry));
                continue;
            };
            prop_assert!(let_in(&catalog, entry));
            prop_assert_eq!(caller.team_uid(), entry.team);
            for alias in &catalog.aliases {
                let name = swap_case(alias.alias.as_str(), mask);
                let got = decide(&table, &caller, &Request::new(&name));
                match (granted(&catalog, entry, alias), alias.active) {
                    (true, true) => prop_assert_eq!(got.as_ref().map(Decision::alias), Ok(alias)),
                    (true, false) => {
                        let disabled = matches!(got, Err(Denied::ModelDisabled { alias_id, .. }) if alias_id == alias.id);
                        prop_assert!(disabled);
                    }
                    (false, _) if hide_denied || alias.visibility == Visibility::Hidden => {
                        prop_assert!(matches!(got, Err(Denied::UnknownModel { .. })), "{:?}", got);
                    }
                    (false, _) => {
                        let refused = matches!(got, Err(Denied::NotGranted { alias_id, .. }) if alias_id == alias.id);
                        prop_assert!(refused);
                    }
                }
            }
        }
    }

    #[test]
    fn the_first_check_that_refuses_is_the_decision(catalog in catalogs(), hide_denied: bool) {
        let table = RoutingTable::build(&catalog, RouterPolicy { hide_denied });
        for entry in &catalog.keys {
            let Some(caller) = table.caller_of_key(&entry.id, arrival()) else { continue };
            let names = catalog.aliases.iter().map(|alias| alias.alias.as_str());
            for name in names.chain(["model-", ""]) {
                let request = Request::new(name);
                let explanation = explain(&table, &caller, &request);
                let refused = explanation.steps.iter().find_map(|step| step.refusal.clone());
                let decided = decide(&table, &caller, &request);
                prop_assert_eq!(refused, decided.as_ref().err().cloned());
                prop_assert_eq!(explanation.decision.is_ok(), decided.is_ok());
                let via = explanation.via_groups.len();
                let granted = |step: &alias_router::Step| step.check == Check::Access && step.refusal.is_none();
                prop_assert_eq!(via > 0, explanation.steps.iter().any(granted));
                let seen = Explanation::as_the_caller_sees_it(explanation);
                let unknown = matches!(seen.decision, Err(Denied::UnknownModel { .. }));
                prop_assert!(!unknown || seen.alias().is_none());
                let refused = seen.steps.iter().find_map(|step| step.refusal.as_ref());
                prop_assert_eq!(refused, seen.decision.as_ref().err());
            }
        }
    }

    #[test]
    fn what_is_listed_is_what_can_be_called_and_shown_and_refusals_name_nothing_else(catalog in catalogs()) {
        let table = RoutingTable::build(&catalog, RouterPolicy::default());
        for n in (0..).zip(&catalog.keys).map(|(n, _)| n) {
            let Ok(caller) = table.authenticate(key(n).expose(), arrival()) else { continue };
            let callable = |alias: &&CatalogAlias| {
                alias.visibility == Visibility::Listed
                    && decide(&table, &caller, &Request::new(alias.alias.as_str())).is_ok()
            };
            let mut wanted: Vec<_> = catalog.aliases.iter().filter(callable).cloned().collect();
            wanted.sort_by_key(|alias| alias.alias.folded());
            let listed = table.visible_models(&caller);
            prop_assert!(listed.iter().map(|alias| &**alias).eq(&wanted));

            let names: Vec<_> = wanted.iter().map(|alias| alias.alias.to_string()).collect();
            let Err(Denied::UnknownModel { available, suggestions, .. }) =
                decide(&table, &caller, &Request::new("model-"))
            else {
                return Err(TestCaseError::fail("model- must be unknown"));
            };
            prop_assert_eq!(&available, &names);
            prop_assert_eq!(suggestions, &names[..names.len().min(3)]);
        }
    }

    #[test]
    fn no_text_makes_the_router_panic_or_grants_anything(
        aliases in aliases(),
        text in prop_oneof![any::<String>(), "\\PC{0,300}", "[A-Za-z0-9._:@/+-]{120,140}"],
        repeated in select(vec![1_usize, 127, 128, 129, 4_000]),
    ) {
        let table = RoutingTable::build(&one_team(aliases.clone()), RouterPolicy::default());
        let caller = table.authenticate(key(1).expose(), arrival()).unwrap();
        for text in [&text, &text.repeat(repeated)] {
            prop_assert_eq!(table.authenticate(text, arrival()).map(|_| ()), Err(Denied::UnknownKey));
            let called = decide(&table, &caller, &Request::new(text));
            let exists = aliases.iter().any(|a| a.alias.as_str().eq_ignore_ascii_case(text));
            prop_assert!(called.is_err() || exists);
        }
    }
}

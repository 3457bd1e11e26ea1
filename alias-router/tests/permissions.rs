//! The permission matrix: every state of key, team, organization, alias and grant, with the answer it must give.
#![expect(clippy::unwrap_used, reason = "what a test sets up may fail as loudly as what it checks")]

mod catalogue;

use alias_core::alias::Visibility;
use alias_core::catalog::{Catalog, CatalogStanding};
use alias_core::clock::Timestamp;
use alias_core::organization::Standing;
use alias_core::testing::{id, key};
use alias_router::{Decision, Denied, Request, RouterPolicy, RoutingTable, decide};
use catalogue::{alias, arrival, group, now, one_team, organization, team, team_key};

const HOUR: i64 = 3_600_000_000;

fn after(micros: i64) -> Timestamp {
    Timestamp::from_micros(now().micros() + micros)
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Key {
    Works,
    EndsLater,
    EndsNow,
    Ended,
    Revoked,
    Malformed,
    OfNoTeam,
    OfTeamWithoutOrganization,
}

const KEYS: [(Key, bool); 8] = [
    (Key::Works, true),
    (Key::EndsLater, true),
    (Key::EndsNow, false),
    (Key::Ended, false),
    (Key::Revoked, false),
    (Key::Malformed, false),
    (Key::OfNoTeam, false),
    (Key::OfTeamWithoutOrganization, false),
];

/// What a standing says on its own, from lenient to strict.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
enum Says {
    Open,
    PausedUntil(i64),
    Paused,
    Suspended,
}

const STANDINGS: [(Standing, Option<i64>, Says); 7] = [
    (Standing::Active, None, Says::Open),
    (Standing::Paused, Some(-HOUR), Says::Open),
    (Standing::Paused, Some(0), Says::Open),
    (Standing::Paused, Some(HOUR), Says::PausedUntil(HOUR)),
    (Standing::Paused, Some(2 * HOUR), Says::PausedUntil(2 * HOUR)),
    (Standing::Paused, None, Says::Paused),
    (Standing::Suspended, None, Says::Suspended),
];

#[derive(Debug, Clone, Copy, PartialEq)]
enum Grant {
    OneGroup,
    TwoGroups,
    BesideAnInactiveGroup,
    NoGroupHeld,
    EmptyGroup,
    InactiveGroup,
    GroupOfOthers,
    GroupThatIsGone,
    GroupOfADeletedAlias,
}

const GRANTS: [(Grant, bool); 9] = [
    (Grant::OneGroup, true),
    (Grant::TwoGroups, true),
    (Grant::BesideAnInactiveGroup, true),
    (Grant::NoGroupHeld, false),
    (Grant::EmptyGroup, false),
    (Grant::InactiveGroup, false),
    (Grant::GroupOfOthers, false),
    (Grant::GroupThatIsGone, false),
    (Grant::GroupOfADeletedAlias, false),
];

/// A catalogue with `smart` (number 1) under test, and `always` (number 2), which the team may call.
fn catalogue_of(grant: Grant) -> Catalog {
    let (held, holding): (&[u64], &[u64]) = match grant {
        Grant::OneGroup => (&[1, 2], &[2]),
        Grant::TwoGroups => (&[1, 2, 3], &[2, 3]),
        Grant::BesideAnInactiveGroup => (&[1, 2, 9], &[2, 9]),
        Grant::NoGroupHeld => (&[1], &[2, 3]),
        Grant::EmptyGroup => (&[1, 4], &[2]),
        Grant::InactiveGroup => (&[1, 9], &[9]),
        Grant::GroupOfOthers => (&[1, 2], &[3]),
        Grant::GroupThatIsGone => (&[1, 77], &[]),
        Grant::GroupOfADeletedAlias => (&[1, 5], &[]),
    };
    let members = |n: u64| if holding.contains(&n) { vec![1] } else { vec![] };
    let mut groups = vec![group(1, &[2]), group(4, &[]), group(5, &[66])];
    groups.extend([2, 3, 9].map(|n| group(n, &members(n))));
    groups.iter_mut().filter(|group| group.id == id(9)).for_each(|group| group.active = false);
    Catalog {
        aliases: vec![alias(1, "smart"), alias(2, "always")],
        groups,
        organizations: vec![organization(1)],
        teams: vec![team(1, 1, held), team(2, 1, &[2, 3, 9])],
        keys: vec![team_key(1, 1), team_key(2, 2)],
        ..Catalog::default()
    }
}

fn ask(catalog: &Catalog, policy: RouterPolicy, presented: &str) -> Result<Decision, Denied> {
    let table = RoutingTable::build(catalog, policy);
    let caller = table.authenticate(presented, arrival())?;
    decide(&table, &caller, &Request::new("smart"))
}

#[test]
fn only_a_working_key_of_a_team_in_good_standing_gets_in() {
    for (state, works) in KEYS {
        for (team_standing, team_end, team_says) in STANDINGS {
            for (org_standing, org_end, org_says) in STANDINGS {
                let mut catalog = one_team(vec![alias(1, "smart")]);
                catalog.teams[0].standing =
                    CatalogStanding { standing: team_standing, pause_until: team_end.map(after) };
                catalog.organizations[0].standing =
                    CatalogStanding { standing: org_standing, pause_until: org_end.map(after) };
                let mut presented = key(1).expose().to_owned();
                match state {
                    Key::Works => {}
                    Key::EndsLater => catalog.keys[0].expires_at = Some(after(1)),
                    Key::EndsNow => catalog.keys[0].expires_at = Some(now()),
                    Key::Ended => catalog.keys[0].expires_at = Some(after(-HOUR)),
                    Key::Revoked => catalog.keys.clear(),
                    Key::Malformed => presented.push('x'),
                    Key::OfNoTeam => catalog.keys[0].team = id(99),
                    Key::OfTeamWithoutOrganization => catalog.teams[0].organization = id(99),
                }
                let stricter = if team_says >= org_says { team_says } else { org_says };
                let wanted = match stricter {
                    _ if !works => Err(Denied::UnknownKey),
                    Says::Open => Ok("openai/smart".to_owned()),
                    Says::PausedUntil(end) => Err(Denied::TeamPaused { until: Some(after(end)) }),
                    Says::Paused => Err(Denied::TeamPaused { until: None }),
                    Says::Suspended => {
                        Err(Denied::TeamSuspended { by_organization: team_says != Says::Suspended })
                    }
                };
                let got = ask(&catalog, RouterPolicy::default(), &presented);
                let got = got.map(|decision| decision.target().to_string());
                assert_eq!(got, wanted, "{state:?}, team {team_says:?}, organization {org_says:?}");
            }
        }
    }
}

#[test]
fn only_a_granted_active_alias_is_called_and_only_a_listed_one_is_listed() {
    for (grant, granted) in GRANTS {
        for active in [true, false] {
            for visibility in [Visibility::Listed, Visibility::Hidden] {
                for hide_denied in [false, true] {
                    let mut catalog = catalogue_of(grant);
                    catalog.aliases[0].active = active;
                    catalog.aliases[0].visibility = visibility;
                    let case = format!("{grant:?}, active {active}, {visibility:?}, hide {hide_denied}");
                    let policy = RouterPolicy { hide_denied };

                    let shown = granted && active && visibility == Visibility::Listed;
                    let mut available = vec!["always".to_owned()];
                    available.extend(shown.then(|| "smart".to_owned()));
                    let exists = !hide_denied && visibility == Visibility::Listed;
                    let wanted = match (granted, active) {
                        (true, true) => Ok("openai/smart".to_owned()),
                        (true, false) => {
                            Err(Denied::ModelDisabled { alias_id: id(1), available: available.clone() })
                        }
                        (false, _) if exists => {
                            Err(Denied::NotGranted { alias_id: id(1), available: available.clone() })
                        }
                        (false, _) => Err(Denied::UnknownModel {
                            available: available.clone(),
                            suggestions: vec![],
                            removed: None,
                        }),
                    };
                    let got = ask(&catalog, policy, key(1).expose());
                    assert_eq!(got.map(|decision| decision.target().to_string()), wanted, "{case}");

                    let table = RoutingTable::build(&catalog, policy);
                    let caller = table.authenticate(key(1).expose(), arrival()).unwrap();
                    let listed: Vec<_> =
                        table.visible_models(&caller).iter().map(|a| a.alias.to_string()).collect();
                    assert_eq!(listed, available, "{case}");
                }
            }
        }
    }
}

#[test]
fn a_hidden_alias_is_refused_word_for_word_like_one_that_does_not_exist() {
    let mut hidden = catalogue_of(Grant::GroupOfOthers);
    hidden.aliases.push(alias(3, "smort"));
    hidden.groups[0].aliases.push(id(3));
    let mut gone = hidden.clone();
    hidden.aliases[0].visibility = Visibility::Hidden;
    gone.aliases.remove(0);
    let refusal = ask(&hidden, RouterPolicy::default(), key(1).expose()).unwrap_err();
    assert_eq!(refusal, ask(&gone, RouterPolicy::default(), key(1).expose()).unwrap_err());
    assert_eq!(
        refusal,
        Denied::UnknownModel {
            available: vec!["always".into(), "smort".into()],
            suggestions: vec!["smort".into()],
            removed: None,
        }
    );
}

#[test]
fn a_caller_of_an_older_table_is_held_to_the_newer_one() {
    let before = one_team(vec![alias(1, "smart"), alias(2, "fast")]);
    let old = RoutingTable::build(&before, RouterPolicy::default());
    let caller = old.authenticate(key(1).expose(), arrival()).unwrap();
    let ask = |catalog: &Catalog| {
        let new = RoutingTable::build(catalog, RouterPolicy::default());
        (decide(&new, &caller, &Request::new("smart")).map(|_| ()), new.visible_models(&caller).len())
    };

    // Another group takes the number that the team's group had.
    let mut other_group = before.clone();
    other_group.groups = vec![group(2, &[1, 2]), group(1, &[2])];
    let available = vec!["fast".to_owned()];
    assert_eq!(ask(&other_group), (Err(Denied::NotGranted { alias_id: id(1), available }), 1));

    let mut revoked = before.clone();
    revoked.keys.clear();
    assert_eq!(ask(&revoked), (Err(Denied::UnknownKey), 0));

    let mut suspended = before.clone();
    suspended.teams[0].standing.standing = Standing::Suspended;
    assert_eq!(ask(&suspended), (Err(Denied::TeamSuspended { by_organization: false }), 0));
}

#[test]
fn of_two_entries_with_one_identity_the_first_counts() {
    let mut catalog = one_team(vec![alias(1, "smart")]);
    catalog.aliases.push(alias(2, "SMART"));
    catalog.groups[0].active = false;
    catalog.groups.push(group(1, &[1, 2]));
    catalog.keys.push(team_key(1, 2));
    catalog.teams.push(team(2, 1, &[1]));
    let table = RoutingTable::build(&catalog, RouterPolicy::default());
    let caller = table.authenticate(key(1).expose(), arrival()).unwrap();
    assert_eq!(caller.team_id().as_str(), "team-1");
    assert_eq!(table.alias("smart").map(|alias| alias.id), Some(id(1)));
    assert_eq!(
        decide(&table, &caller, &Request::new("smart")).unwrap_err(),
        Denied::NotGranted { alias_id: id(1), available: vec![] }
    );
}

#[test]
fn a_caller_says_who_it_is_and_never_what_its_key_is() {
    let catalog = one_team(vec![]);
    let table = RoutingTable::build(&catalog, RouterPolicy::default());
    let caller = table.authenticate(key(1).expose(), arrival()).unwrap();
    assert_eq!(caller.id().key(), Some(key(1).id()));
    assert_eq!((caller.team_uid(), caller.team_id().as_str()), (id(1), "team-1"));
    assert_eq!(caller.organization_id().as_str(), "org-1");
    let shown = format!("{caller:?} {table:?}");
    assert!(shown.contains("team-1") && !shown.contains(&key(1).expose()[20..]), "{shown}");
}

#[test]
fn a_key_with_the_secret_of_another_is_unknown() {
    use alias_core::key::{ID_BYTES, KeySecret, SECRET_BYTES};
    let ours = KeySecret::from_random([1; ID_BYTES], [9; SECRET_BYTES]);
    let forged = KeySecret::from_random([2; ID_BYTES], [9; SECRET_BYTES]);
    let mut catalog = one_team(Vec::new());
    for known in &mut catalog.keys {
        (known.id, known.digest) = (ours.id().clone(), ours.digest());
    }
    let table = RoutingTable::build(&catalog, RouterPolicy::default());
    assert!(table.authenticate(ours.expose(), arrival()).is_ok());
    assert_eq!(table.authenticate(forged.expose(), arrival()).err(), Some(Denied::UnknownKey));
}

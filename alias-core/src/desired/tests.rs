//! Documents that are read, written, and held against what there is.

use serde_json::{Value, json};

use super::*;

fn document(value: Value) -> Document {
    Document::read(value).unwrap()
}

fn onboarding() -> Value {
    json!({
        "version": 1,
        "aliases": {
            "gpt-4": {"litellm_model": "openai/gpt-4", "description": "Most capable GPT-4 model"},
            "smart": "openai/gpt-4",
        },
        "access_groups": {"starter": {"description": "For the starter plan", "model_aliases": ["smart"]}},
        "organizations": {"acme": {"name": "Acme"}},
        "teams": {"acme-prod": {
            "organization_id": "acme", "access_groups": ["starter"], "credits_allocated": 1000, "rpm_limit": 60,
        }},
    })
}

/// What there is after a document was applied.
fn applied(state: &State, document: &Document, options: Options) -> State {
    let plan = plan(state, document, options).unwrap();
    let mut next = state.clone();
    let wanted = &document.content;
    for change in &plan.changes {
        if let (Some(manager), true) = (&document.managed_by, change.operation != Operation::Delete) {
            next.managers.insert(change.subject.clone(), manager.clone());
        }
        let all = &mut next.content;
        match (&change.subject, change.operation) {
            (_, Operation::Adopt) => {}
            (Subject::Alias(name), Operation::Delete) => drop(all.aliases.remove(name)),
            (Subject::AccessGroup(name), Operation::Delete) => drop(all.access_groups.remove(name)),
            (Subject::Organization(id), Operation::Delete) => drop(all.organizations.remove(id)),
            (Subject::Team(id), Operation::Delete) => drop(all.teams.remove(id)),
            (Subject::Alias(name), _) => drop(all.aliases.insert(name.clone(), wanted.aliases[name].clone())),
            (Subject::AccessGroup(name), _) => {
                all.access_groups.insert(name.clone(), wanted.access_groups[name].clone());
            }
            (Subject::Organization(id), _) => {
                all.organizations.insert(id.clone(), wanted.organizations[id].clone());
            }
            (Subject::Team(id), _) => drop(all.teams.insert(id.clone(), wanted.teams[id].clone())),
        }
    }
    next
}

fn operations(plan: &Plan) -> Vec<(Operation, &str)> {
    plan.changes.iter().map(|change| (change.operation, change.subject.name())).collect()
}

#[test]
fn a_document_reads_as_it_was_written_and_short_where_it_can() {
    let read = document(onboarding());
    assert_eq!(read.write(), onboarding());
    assert_eq!(document(read.write()), read);
    let strange = json!({"version": 1, "aliases": {"x": {"litellm_model": "nowhere/x", "allow_unknown_provider": true}}});
    assert_eq!(document(strange.clone()).write(), strange);
    // Every other target may be a stranger's, too.
    for other in [
        json!({"split": [{"litellm_model": "nowhere/x", "share": 5}]}),
        json!({"fallbacks": [{"litellm_model": "nowhere/x", "on": ["timeout"]}]}),
        json!({"overrides": [{"team_id": "t", "litellm_model": "nowhere/x"}]}),
    ] {
        let mut strange = strange.clone();
        strange["aliases"]["x"]["litellm_model"] = json!("openai/gpt-4");
        strange["aliases"]["x"].as_object_mut().unwrap().extend(other.as_object().unwrap().clone());
        assert_eq!(document(strange.clone()).write(), strange);
    }
}

#[test]
fn every_fault_is_named_with_its_place_and_what_was_meant() {
    let faults = Document::read(json!({
        "version": 2,
        "alias": {},
        "aliases": {"a b": "openai/gpt-4", "ok": {"litelm_model": "openai/gpt-4"}, "GPT": "openai/x", "gpt": "openai/y"},
        "access_groups": {"g": {"model_aliases": ["-"], "active": "yes"}, "h": {"group_name": "h"}},
        "teams": {"t": {"organization_id": "o", "rpm_limit": 0, "budget_mode": "free"}},
    }))
    .unwrap_err();
    let said: Vec<String> = faults
        .iter()
        .map(|fault| format!("{}: {} {}", fault.path.join("/"), fault.code, fault.message))
        .collect();
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn applying_makes_it_so_and_applying_again_changes_nothing() {
    let wanted = document(onboarding());
    let first = plan(&State::default(), &wanted, Options::default()).unwrap();
    assert_eq!(
        operations(&first),
        [
            (Operation::Create, "acme"),
            (Operation::Create, "gpt-4"),
            (Operation::Create, "smart"),
            (Operation::Create, "starter"),
            (Operation::Create, "acme-prod"),
        ]
    );
    assert_eq!(first.access[0].gained[0].as_str(), "smart");
    let state = applied(&State::default(), &wanted, Options::default());
    let again = plan(&state, &wanted, Options { prune: true, take_over: false }).unwrap();
    assert!(again.is_empty() && again.unchanged == 5 && again.access.is_empty(), "{again:?}");
    assert_eq!(Document { managed_by: None, content: state.content }.write(), onboarding());
}

#[test]
fn a_change_tells_fields_and_who_loses_what() {
    let state = applied(&State::default(), &document(onboarding()), Options::default());
    let mut other = onboarding();
    other["aliases"]["smart"] = json!("anthropic/claude-3-opus-20240229");
    other["access_groups"]["starter"]["model_aliases"] = json!(["gpt-4"]);
    other["teams"]["acme-prod"]["credits_allocated"] = json!(5);
    let plan = plan(&state, &document(other), Options::default()).unwrap();
    assert_eq!(operations(&plan), [(Operation::Update, "smart"), (Operation::Update, "starter")]);
    let from_to = json!({"from": "openai/gpt-4", "to": "anthropic/claude-3-opus-20240229"});
    assert_eq!((&plan.changes[0].fields["litellm_model"], plan.changes[0].teams), (&from_to, 1));
    let access = json!([{"team_id": "acme-prod", "gained": ["gpt-4"], "lost": ["smart"]}]);
    assert_eq!(serde_json::to_value(&plan.access).unwrap(), access);
    assert_eq!(plan.notes[0].path, ["teams", "acme-prod", "credits_allocated"]);
}

#[test]
fn what_is_not_named_goes_only_with_prune_and_nothing_dangles() {
    let state = applied(&State::default(), &document(onboarding()), Options::default());
    let only = document(json!({"version": 1, "organizations": {"acme": {"name": "Acme"}}}));
    assert!(plan(&state, &only, Options::default()).unwrap().is_empty());
    let prune = Options { prune: true, take_over: false };
    let pruned = plan(&state, &only, prune).unwrap();
    let gone = ["acme-prod", "starter", "gpt-4", "smart"].map(|name| (Operation::Delete, name));
    assert_eq!(operations(&pruned), gone);
    assert_eq!(pruned.access[0].lost[0].as_str(), "smart");
    let without = document(json!({"version": 1, "access_groups": {"starter": {"model_aliases": ["smart"]}}}));
    let Err(PlanError::Wrong(faults)) = plan(&state, &without, prune) else { panic!("it dangles") };
    assert!(faults[0].message.contains("no model alias `smart`"), "{faults:?}");
}

#[test]
fn documents_of_two_owners_keep_out_of_each_others_way() {
    let mut mine = onboarding();
    mine["managed_by"] = json!("platform");
    let state = applied(&State::default(), &document(mine.clone()), Options::default());
    let theirs = |model: &str| {
        document(
            json!({"version": 1, "managed_by": "research", "aliases": {"smart": model, "lab": "openai/o1"}}),
        )
    };
    let prune = Options { prune: true, take_over: false };
    // What says the same is no dispute, and prune leaves what others manage.
    assert_eq!(
        operations(&plan(&state, &theirs("openai/gpt-4"), prune).unwrap()),
        [(Operation::Create, "lab")]
    );
    let refused = plan(&state, &theirs("openai/o1"), prune);
    assert!(matches!(refused, Err(PlanError::ManagedByOthers(faults)) if faults.len() == 1));
    let taken = Options { prune: false, take_over: true };
    let state = applied(&state, &theirs("openai/o1"), taken);
    assert!(plan(&state, &document(mine), prune).is_err(), "and then it is theirs");
    let by_hand = applied(&State::default(), &document(onboarding()), Options::default());
    let adopted = plan(&by_hand, &theirs("openai/gpt-4"), Options::default()).unwrap();
    assert_eq!(operations(&adopted), [(Operation::Create, "lab"), (Operation::Adopt, "smart")]);
}

#[test]
fn teams_stay_where_they_are_and_organizations_with_foreign_teams_stay() {
    let state = applied(&State::default(), &document(onboarding()), Options::default());
    let mut moved = onboarding();
    moved["organizations"]["other"] = json!({"name": "Other"});
    moved["teams"]["acme-prod"]["organization_id"] = json!("other");
    let Err(PlanError::Wrong(faults)) = plan(&state, &document(moved), Options::default()) else { panic!() };
    assert_eq!((faults.len(), faults[0].code.as_str()), (1, "immutable_field"));
    let mut foreign = state;
    let team = Subject::Team("acme-prod".parse().unwrap());
    foreign.managers.insert(team, "research".parse().unwrap());
    let nothing = document(json!({"version": 1}));
    let Err(PlanError::Wrong(faults)) = plan(&foreign, &nothing, Options { prune: true, take_over: false })
    else {
        panic!()
    };
    assert_eq!(faults[0].code, "resource_in_use");
}

#[test]
fn a_fingerprint_is_that_of_one_plan() {
    let empty = State::default();
    let one = plan(&empty, &document(onboarding()), Options::default()).unwrap();
    assert_eq!(one.fingerprint(), one.clone().fingerprint());
    let state = applied(&empty, &document(onboarding()), Options::default());
    let other = plan(&state, &document(onboarding()), Options::default()).unwrap();
    assert_ne!(one.fingerprint(), other.fingerprint());
}

#[test]
fn the_models_that_come_with_the_server_are_no_misspellings() {
    let read = document(json!({"version": 1, "aliases": {
        "opus": {"litellm_model": "anthropic/claude-3-opus-20240229", "description": "Long texts"},
        "vision": {"litellm_model": "openai/gpt-4-vision-preview", "description": "Images"},
        "typo": {"litellm_model": "openai/gpt-nonsense", "description": "Nothing"},
    }}));
    let advice = read.content.advice();
    let told: Vec<String> =
        advice.iter().map(|fault| format!("{} {}", fault.path.join("/"), fault.code)).collect();
    assert_eq!(told, ["aliases/typo not_in_catalog"]);
}

#[test]
fn advice_names_what_grants_nothing_and_what_nothing_in_the_document_has() {
    let read = document(json!({
        "version": 1,
        "aliases": {"used": {"litellm_model": "openai/gpt-4", "description": "d"}, "UNUSED": {"litellm_model": "openai/gpt-4", "description": "d"},
            "mid": {"litellm_model": "openai/gpt-4", "description": "d"}, "top": {"litellm_model": "alias/MID", "description": "d"}},
        "access_groups": {"empty": {}, "held": {"model_aliases": ["used", "elsewhere"]}},
        "teams": {"poor": {"organization_id": "acme"}, "rich": {"organization_id": "acme", "access_groups": ["held"]}},
    }));
    let codes: Vec<String> = read
        .content
        .advice()
        .into_iter()
        .map(|fault| format!("{} {}", fault.path.join("/"), fault.code))
        .collect();
    assert_eq!(
        codes,
        [
            "aliases/UNUSED uppercase",
            "aliases/top in_no_group",
            "aliases/UNUSED in_no_group",
            "access_groups/empty empty_group",
            "access_groups/empty unused_group",
            "teams/poor team_without_groups",
        ]
    );
    let others: Vec<String> =
        read.content.names_of_others().into_iter().map(|fault| fault.path.join("/")).collect();
    let organization = |team| format!("teams/{team}/organization_id");
    assert_eq!(
        others,
        ["access_groups/held/model_aliases".to_owned(), organization("poor"), organization("rich")]
    );
}

#[test]
fn a_group_of_more_names_than_one_request_adds_is_read_as_it_was_exported() {
    let names: Vec<String> = (0..10_500).map(|number| format!("alias-{number}")).collect();
    let read = document(json!({"version": 1, "access_groups": {"big": {"model_aliases": names}}}));
    assert_eq!(read.content.access_groups.values().next().unwrap().model_aliases.len(), names.len());
}

#[test]
fn an_override_is_of_a_team_or_an_organization_that_is_there_or_was_when_it_was_said() {
    let with = |overrides: Value| {
        let mut wanted = onboarding();
        wanted["aliases"]["smart"] = json!({"litellm_model": "openai/gpt-4", "overrides": overrides});
        document(wanted)
    };
    let refused = |state: &State, wanted: &Document, options| match plan(state, wanted, options) {
        Err(PlanError::Wrong(faults)) => {
            faults.iter().map(|fault| format!("{}: {}", fault.path.join("/"), fault.message)).collect()
        }
        other => vec![format!("{other:?}")],
    };
    let wrong = with(json!([
        {"team_id": "acme-prd", "litellm_model": "azure/x"},
        {"organization_id": "nobody", "litellm_model": "azure/x"},
    ]));
    let faults = refused(&State::default(), &wrong, Options::default());
    assert_eq!(faults.len(), 2, "{faults:?}");
    assert_eq!(
        faults[0],
        "aliases/smart/overrides: there is no team `acme-prd`, and the document makes none: did you mean `acme-prod`?"
    );
    assert!(faults[1].contains("no organization `nobody`"), "{faults:?}");
    let right = with(json!([
        {"team_id": "ACME-prod", "litellm_model": "azure/x"},
        {"organization_id": "acme", "litellm_model": "azure/y"},
    ]));
    let mut state = applied(&State::default(), &right, Options::default());
    // A document that no longer names the team, and deletes it, may not send its calls anywhere.
    let mut without = right.clone();
    without.content.teams.clear();
    let prune = Options { prune: true, take_over: false };
    assert_eq!(refused(&state, &without, prune).len(), 1);
    // The team went by itself: what was said of it stays, and whoever changes another thing is not refused.
    state.content.teams.clear();
    assert!(plan(&state, &without, Options::default()).is_ok());
}

mod properties {
    use proptest::prelude::*;

    use super::*;

    use crate::testing::documents::documents as drawn;

    /// Any document whose names are all its own.
    fn documents() -> impl Strategy<Value = Document> {
        drawn().prop_map(document)
    }

    proptest! {

        /// More with PROPTEST_CASES.
        #[test]
        fn any_document_reads_as_it_was_written_and_applied_to_nothing_it_is_all_there_is(wanted in documents()) {
            let text = wanted.write().to_string();
            prop_assert_eq!(&Document::read(serde_json::from_str(&text).unwrap()).unwrap(), &wanted);
            let state = applied(&State::default(), &wanted, Options::default());
            prop_assert_eq!(&state.content, &wanted.content);
            let again = plan(&state, &wanted, Options { prune: true, take_over: false }).unwrap();
            prop_assert!(again.is_empty());
        }

        #[test]
        fn from_any_document_to_any_other_prune_leaves_the_other(one in documents(), other in documents()) {
            let mut other = other;
            other.managed_by = one.managed_by.clone();
            // A team that moved would be another one.
            other.content.teams.retain(|id, team| {
                one.content.teams.get(id).is_none_or(|old| old.organization_id == team.organization_id)
            });
            let prune = Options { prune: true, take_over: false };
            let first = applied(&State::default(), &one, prune);
            let mut second = applied(&first, &other, prune);
            for (id, team) in &mut second.content.teams {
                team.credits_allocated = other.content.teams[id].credits_allocated;
            }
            prop_assert_eq!(second.content, other.content);
        }
    }
}

fn faults(of: Result<Plan, PlanError>) -> Vec<String> {
    match of {
        Err(PlanError::Wrong(faults) | PlanError::ManagedByOthers(faults)) => {
            faults.iter().map(|fault| format!("{}: {}", fault.path.join("/"), fault.message)).collect()
        }
        Ok(plan) => panic!("{plan:?}"),
    }
}

fn notes(of: &Plan) -> Vec<String> {
    of.notes.iter().map(|note| format!("{}: {}", note.path.join("/"), note.message)).collect()
}

#[test]
fn another_spelling_of_a_name_is_no_change_and_takes_nothing_over() {
    let wanted = document(onboarding());
    let state = applied(&State::default(), &wanted, Options::default());
    let mut other = onboarding();
    other["access_groups"]["starter"]["model_aliases"] = json!(["SMART"]);
    other["teams"]["acme-prod"]["organization_id"] = json!("ACME");
    other["teams"]["acme-prod"]["access_groups"] = json!(["Starter"]);
    assert!(plan(&state, &document(other.clone()), Options::default()).unwrap().is_empty());
    other["managed_by"] = json!("somebody");
    let theirs = applied(&state, &document(other), Options::default());
    let mut mine = onboarding();
    mine["managed_by"] = json!("me");
    assert!(plan(&theirs, &document(mine), Options::default()).unwrap().is_empty());
}

#[test]
fn aliases_that_lead_on_end_somewhere_or_are_told() {
    let of = |aliases: Value| document(json!({"version": 1, "aliases": aliases}));
    let planned = |aliases: Value| plan(&State::default(), &of(aliases), Options::default());
    assert_eq!(
        faults(planned(json!({"a": "alias/b", "b": "alias/c", "c": "alias/A"}))),
        ["aliases/a/litellm_model: leads in a circle: a -> b -> c -> a"]
    );
    // A swap is none, in whatever order it is done.
    let deprecation = |to: &str| json!({"deprecated_at": "2024-01-01T00:00:00Z", "sunset_at": "2024-02-01T00:00:00Z", "at_sunset": "redirect", "replacement": to});
    let one = of(
        json!({"old": {"litellm_model": "openai/o1", "deprecation": deprecation("new")}, "new": "openai/o1"}),
    );
    let state = applied(&State::default(), &one, Options::default());
    let other =
        json!({"new": {"litellm_model": "openai/o1", "deprecation": deprecation("old")}, "old": "openai/o1"});
    assert!(plan(&state, &of(other), Options::default()).is_ok());
    let both = json!({"new": {"litellm_model": "openai/o1", "deprecation": deprecation("old")}, "old": {"litellm_model": "openai/o1", "deprecation": deprecation("new")}});
    assert_eq!(faults(planned(both)), ["aliases/new/deprecation: leads in a circle: new -> old -> new"]);
    let long: serde_json::Map<_, _> = (0..12)
        .map(|n| {
            (
                format!("n{n:02}"),
                json!(if n == 11 { "openai/o1".into() } else { format!("alias/n{:02}", n + 1) }),
            )
        })
        .collect();
    assert!(faults(planned(Value::Object(long)))[0].contains("leads over more than 8 aliases: n00 -> n01"));
    // What was a target once may be gone, here and where the export of this is applied.
    let open = planned(json!({"front": "alias/core", "care": "openai/o1"})).unwrap();
    assert_eq!(
        notes(&open),
        [
            "aliases/front/litellm_model: there is no model alias `core`, and the document makes none: did you mean `care`?"
        ]
    );
}

/// What a team of one group loses by a change of aliases.
fn lost(before: Value, after: Value) -> (Vec<String>, usize) {
    let all = |aliases: Value| {
        let group = json!({"model_aliases": ["top", "plain"]});
        document(
            json!({"version": 1, "aliases": aliases, "access_groups": {"g": group}, "organizations": {"o": {"name": "O"}}, "teams": {"t": {"organization_id": "o", "access_groups": ["g"]}}}),
        )
    };
    let mut state = applied(&State::default(), &all(before), Options::default());
    state.at = "2025-01-01T00:00:00Z".parse().unwrap();
    let plan = plan(&state, &all(after), Options::default()).unwrap();
    let lost = plan.access.iter().flat_map(|team| &team.lost).map(ToString::to_string).collect();
    (lost, plan.changes[0].teams)
}

#[test]
fn whoever_leads_through_an_alias_loses_with_it_and_an_end_in_the_past_is_one() {
    let before = json!({"top": "alias/low", "low": "openai/o1", "plain": "openai/o1"});
    let off = json!({"top": "alias/low", "low": {"litellm_model": "openai/o1", "active": false}, "plain": "openai/o1"});
    assert_eq!(lost(before.clone(), off), (vec!["top".into()], 1));
    let ended = |replacement: Value| {
        let deprecation = json!({"deprecated_at": "2024-01-01T00:00:00Z", "sunset_at": "2024-02-01T00:00:00Z", "at_sunset": if replacement.is_null() { "block" } else { "redirect" }, "replacement": replacement});
        json!({"top": "alias/low", "low": "openai/o1", "plain": {"litellm_model": "openai/o1", "deprecation": deprecation}})
    };
    assert_eq!(lost(before.clone(), ended(Value::Null)), (vec!["plain".into()], 1));
    assert_eq!(lost(before, ended(json!("low"))), (vec![], 1));
}

#[test]
fn prune_takes_nothing_that_other_documents_stand_on_and_says_what_goes_with_it() {
    let mut one = json!({"version": 1, "managed_by": "one", "aliases": {"core": "openai/o1", "rest": "openai/o1"}, "access_groups": {"g": {"model_aliases": ["core"]}}});
    let two = json!({"version": 1, "managed_by": "two", "aliases": {"front": "alias/core"}, "organizations": {"o": {"name": "O"}},
        "teams": {"t": {"organization_id": "o", "access_groups": ["g"], "default_model": "core"}}});
    let state = applied(&State::default(), &document(one.clone()), Options::default());
    let state = applied(&state, &document(two), Options::default());
    one["aliases"] = json!({"rest": "openai/o1"});
    one["access_groups"] = json!({});
    let prune = Options { prune: true, take_over: false };
    let refused = faults(plan(&state, &document(one.clone()), prune));
    assert_eq!(refused.len(), 2, "{refused:?}");
    assert!(
        refused[0].starts_with(
            "access_groups/g: prune would delete it, and the team `t`, which two manages, needs it"
        ),
        "{refused:?}"
    );
    assert!(
        refused[1]
            .starts_with("aliases/core: prune would delete it, and the alias `front`, which two manages"),
        "{refused:?}"
    );
    // What nobody's document keeps goes, and is told.
    let mut by_hand = state;
    by_hand.managers.retain(|subject, _| {
        !matches!(subject, Subject::Alias(name) if name.as_str() == "front")
            && !matches!(subject, Subject::Team(_))
    });
    let told = notes(&plan(&by_hand, &document(one), prune).unwrap());
    assert_eq!(
        told,
        [
            "aliases/core: calls of `front`, which leads to it, are refused",
            "aliases/core: the team `t` has no default model any more"
        ]
    );
}

#[test]
fn a_plan_says_whose_the_objects_become_and_another_owner_makes_it_another_plan() {
    let of = |manager: Value, model: &str| {
        document(json!({"version": 1, "managed_by": manager, "aliases": {"k": model}}))
    };
    let state = applied(&State::default(), &of(json!("one"), "openai/o1"), Options::default());
    let over = Options { prune: false, take_over: true };
    let planned = |manager: Value| plan(&state, &of(manager, "openai/gpt-4"), over).unwrap();
    let two = planned(json!("two"));
    assert_eq!(two.changes[0].fields["managed_by"], json!({"from": "one", "to": "two"}));
    let prints = [
        two.fingerprint(),
        planned(json!("three")).fingerprint(),
        planned(Value::Null).fingerprint(),
        planned(json!("one")).fingerprint(),
    ];
    assert!(prints.iter().enumerate().all(|(at, print)| !prints[..at].contains(print)), "{prints:?}");
}

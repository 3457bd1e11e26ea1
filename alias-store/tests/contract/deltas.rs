//! What a replica is told of changes, against the whole catalogue: applied to what it knew, it is the same.

use std::collections::BTreeMap;
use std::fmt::Debug;

use alias_core::alias::AliasChange;
use alias_core::budget::{BudgetChange, BudgetDraft, SpendLimit};
use alias_core::catalog::{Catalog, CatalogChange, CatalogDelta, CatalogSource, Known, Mark, Revision};
use alias_core::clock::Timestamp;
use alias_core::group::GroupChange;
use alias_core::key::{KeyDraft, KeyEdit, KeySecret, SECRET_BYTES};
use alias_core::organization::{OrganizationChange, Standing, Status};
use alias_core::provider_model::ModelChange;
use alias_core::repository::{
    AliasHistoryRepository, AliasRepository, BudgetRepository, GroupRepository, KeyRepository,
    ModelCatalogRepository, OrganizationRepository, TeamRepository,
};
use alias_core::team::TeamEdit;
use alias_core::testing;
use serde_json::json;

use crate::catalogue::full;
use crate::world::{World, alias_name, by, group_name, key, on_each_database, team_id, texts};

/// A list as it is after a change.
fn applied<T: Clone, I: Eq>(known: &[T], changed: &[T], gone: &[I], id: impl Fn(&T) -> I) -> Vec<T> {
    let told = |item: &T| changed.iter().any(|new| id(new) == id(item)) || gone.contains(&id(item));
    known.iter().filter(|item| !told(item)).chain(changed).cloned().collect()
}

fn followed(known: &Catalog, delta: &CatalogDelta) -> Catalog {
    let CatalogDelta { changed, gone, .. } = delta;
    let teams = applied(&known.teams, &changed.teams, &gone.teams, |team| team.uid);
    let keys = applied(&known.keys, &changed.keys, &gone.keys, |key| key.digest);
    Catalog {
        revision: changed.revision,
        mark: changed.mark.clone(),
        aliases: applied(&known.aliases, &changed.aliases, &gone.aliases, |alias| alias.id),
        groups: applied(&known.groups, &changed.groups, &gone.groups, |group| group.id),
        organizations: applied(&known.organizations, &changed.organizations, &gone.organizations, |o| o.uid),
        // A team takes its keys along.
        keys: keys.into_iter().filter(|key| teams.iter().any(|team| team.uid == key.team)).collect(),
        teams,
        budgets: applied(&known.budgets, &changed.budgets, &gone.budgets, |budget| budget.id),
        tombstones: {
            let there_again = changed.aliases.iter().map(|alias| alias.id);
            let anew: Vec<_> = gone.aliases.iter().copied().chain(there_again).collect();
            applied(&known.tombstones, &changed.tombstones, &anew, |stone| stone.id)
        },
    }
}

/// Says the same of a catalogue in whatever order it was read.
fn told(catalog: &Catalog) -> BTreeMap<&'static str, Vec<String>> {
    fn sorted<T: Debug>(items: &[T]) -> Vec<String> {
        let mut lines: Vec<String> = items.iter().map(|item| format!("{item:?}")).collect();
        lines.sort();
        lines
    }
    let mut groups = catalog.groups.clone();
    for group in &mut groups {
        group.aliases.sort();
    }
    BTreeMap::from([
        ("revision", vec![catalog.revision.0.to_string()]),
        ("aliases", sorted(&catalog.aliases)),
        ("groups", sorted(&groups)),
        ("organizations", sorted(&catalog.organizations)),
        ("teams", sorted(&catalog.teams)),
        ("keys", sorted(&catalog.keys)),
        ("budgets", sorted(&catalog.budgets)),
        ("tombstones", sorted(&catalog.tombstones)),
    ])
}

/// Someone who follows the catalogue, and all states that it was in.
struct Follower<'a> {
    world: &'a World,
    states: Vec<Catalog>,
}

impl<'a> Follower<'a> {
    async fn of(world: &'a World) -> Self {
        Self { world, states: vec![full(world).await] }
    }

    /// Looks at what a write did: from every state before, what is told leads to what is there now. `things` are to be
    /// told, and no more, to who knew the state before.
    async fn sees(&mut self, what: &str, things: usize) {
        let now = full(self.world).await;
        let last = self.states.last().unwrap().revision;
        assert_eq!(now.revision, Revision(last.0 + 1), "{what}");
        for known in &self.states {
            let change = self.world.store.changes_since(Some(known.known())).await.unwrap();
            let CatalogChange::Delta(delta) = change else { panic!("{what}: {change:?}") };
            assert_eq!(delta.since, known.revision);
            assert_eq!(
                told(&followed(known, &delta)),
                told(&now),
                "{what}, from revision {}",
                known.revision.0
            );
            if known.revision == last {
                let CatalogDelta { changed: c, gone: g, .. } = &delta;
                let changed = c.aliases.len() + c.groups.len() + c.organizations.len() + c.teams.len();
                let gone = g.aliases.len() + g.groups.len() + g.organizations.len() + g.teams.len();
                let keys = c.keys.len() + g.keys.len() + c.budgets.len() + g.budgets.len();
                assert_eq!(changed + gone + keys, things, "{what}: {delta:?}");
            }
        }
        self.states.push(now);
    }
}

fn read<T: serde::de::DeserializeOwned>(value: serde_json::Value) -> T {
    serde_json::from_value(value).unwrap()
}

/// Every trigger of this database on a table of the catalogue, by the database's own list.
fn triggers(world: &World, table: &str) -> i64 {
    let name = format!("note_{table}");
    match &world.place {
        crate::world::Place::Sqlite(_) => {
            let names = ["insert", "update", "delete"].map(|what| format!("'{name}_{what}'")).join(", ");
            let from = "sqlite_master WHERE type = 'trigger' AND tbl_name =";
            world.count(&format!("{from} '{table}' AND name IN ({names})"))
        }
        crate::world::Place::Postgres { .. } => world.count(&format!(
            "information_schema.triggers WHERE event_object_table = '{table}' AND trigger_name = '{name}'"
        )),
    }
}

on_each_database! {
    async fn every_table_that_decides_notes_what_is_written_to_it(world) {
        for table in [
            "model_aliases", "alias_versions", "access_groups", "group_aliases", "organizations", "teams",
            "team_groups", "team_keys", "key_models", "budgets", "provider_models", "model_prices",
        ] {
            assert_eq!(triggers(world, table), 3, "{table}: one each for insert, update and delete");
        }
    }

    async fn writes_of_aliases_and_groups_are_told_as_they_are(world) {
        let mut follower = Follower::of(world).await;
        let store = &world.store;
        world.alias("a").await;
        follower.sees("a new alias", 1).await;
        world.group("g", &["a"]).await;
        follower.sees("a new group", 1).await;
        world.alias_to("b", "openai/gpt-5", &["g"]).await;
        follower.sees("a new alias in a group", 2).await;
        let change = AliasChange { litellm_model: Some("openai/o3".parse().unwrap()), ..AliasChange::default() };
        AliasRepository::update(store, &alias_name("a"), change, None, &by()).await.unwrap();
        follower.sees("another target", 1).await;
        AliasHistoryRepository::rollback(store, &alias_name("a"), 1, None, &by()).await.unwrap();
        follower.sees("a rollback", 1).await;
        GroupRepository::remove_models(store, &group_name("g"), &[alias_name("a")], &by()).await.unwrap();
        follower.sees("a member less", 1).await;
        GroupRepository::add_models(store, &group_name("g"), &[alias_name("a")], &by()).await.unwrap();
        follower.sees("a member more", 1).await;
        let change = GroupChange { active: Some(false), ..GroupChange::default() };
        GroupRepository::update(store, &group_name("g"), change, None, &by()).await.unwrap();
        follower.sees("a disabled group", 1).await;
        AliasRepository::delete(store, &alias_name("b"), None, &by()).await.unwrap();
        follower.sees("a deleted alias", 2).await;
        AliasHistoryRepository::restore(store, &alias_name("b"), &by()).await.unwrap();
        follower.sees("a restored alias", 2).await;
        GroupRepository::delete(store, &group_name("g"), false, None, &by()).await.unwrap();
        follower.sees("a deleted group", 1).await;
    }

    async fn writes_of_organizations_teams_keys_and_budgets_are_told_as_they_are(world) {
        world.alias("a").await;
        world.group("g", &["a"]).await;
        let mut follower = Follower::of(world).await;
        let store = &world.store;
        world.organization("acme").await;
        follower.sees("a new organization", 1).await;
        world.team("acme", "t", &["g"], 1).await;
        follower.sees("a new team with its key", 2).await;
        let status = Status { status: Standing::Suspended, ..Status::default() };
        let change = OrganizationChange { status: Some(status), ..OrganizationChange::default() };
        OrganizationRepository::update(store, &"acme".parse().unwrap(), change, None, &by()).await.unwrap();
        follower.sees("a suspended organization", 1).await;
        for edit in [
            json!({"access_groups": []}), json!({"rpm_limit": 3}), json!({"cost_markup_percentage": 10}),
            json!({"default_model": "a"}),
        ] {
            let change = read::<TeamEdit>(edit.clone()).parse().unwrap();
            TeamRepository::update(store, &team_id("t"), change, None, &by()).await.unwrap();
            follower.sees(&edit.to_string(), 1).await;
        }
        let draft = KeyDraft { models: Some(texts(&["a"])), ..KeyDraft::default() };
        let new = draft.parse(testing::key(2), world.clock_now()).unwrap();
        KeyRepository::create(store, &team_id("t"), new, &by()).await.unwrap();
        follower.sees("a new key", 1).await;
        let change = read::<KeyEdit>(json!({"models": null, "rpm_limit": 5})).parse(world.clock_now()).unwrap();
        KeyRepository::update(store, &team_id("t"), key(2).secret.id(), change, &by()).await.unwrap();
        follower.sees("a key limited otherwise", 1).await;
        let secret = KeySecret::renewed(key(2).secret.id().clone(), [7; SECRET_BYTES]);
        KeyRepository::renew(store, &team_id("t"), secret, &by()).await.unwrap();
        follower.sees("another secret: the key, and the digest that it had", 2).await;
        let draft: BudgetDraft = read(json!({"scope": {"key_id": key(2).secret.id()}, "limit_usd": 5}));
        let budget = BudgetRepository::create(store, draft.parse().unwrap(), &by()).await.unwrap().value;
        follower.sees("a budget of a key", 1).await;
        let ends = Timestamp::from_micros(world.clock_now().micros() + 60_000_000);
        store.rotate(&team_id("t"), key(2).secret.id(), key(3).secret, ends, &by()).await.unwrap();
        follower.sees("a rotated key: both, and the budget for both", 4).await;
        let change = BudgetChange { limit_usd: Some(SpendLimit::new(9)), ..BudgetChange::default() };
        BudgetRepository::update(store, &budget.budget_id, change, None, &by()).await.unwrap();
        follower.sees("another limit", 2).await;
        KeyRepository::revoke(store, &team_id("t"), key(3).secret.id(), &by()).await.unwrap();
        follower.sees("a revoked key, and its budget, which the other has still", 2).await;
        BudgetRepository::delete(store, &budget.budget_id, None, &by()).await.unwrap();
        follower.sees("a deleted budget", 1).await;
        TeamRepository::delete(store, &team_id("t"), None, &by()).await.unwrap();
        follower.sees("a deleted team, which takes its keys along", 1).await;
        OrganizationRepository::delete(store, &"acme".parse().unwrap(), None, &by()).await.unwrap();
        follower.sees("a deleted organization", 1).await;
    }

    async fn a_budget_of_an_alias_comes_back_with_it(world) {
        let store = &world.store;
        world.alias("a").await;
        let mut follower = Follower::of(world).await;
        let draft: BudgetDraft = read(json!({"scope": {"alias": "a"}, "limit_usd": 5}));
        BudgetRepository::create(store, draft.parse().unwrap(), &by()).await.unwrap();
        follower.sees("a budget of an alias", 1).await;
        AliasRepository::delete(store, &alias_name("a"), None, &by()).await.unwrap();
        follower.sees("a deleted alias with its budget", 2).await;
        // Also who read everything while it was away is told.
        AliasHistoryRepository::restore(store, &alias_name("a"), &by()).await.unwrap();
        follower.sees("a restored alias with its budget", 2).await;
    }

    async fn a_price_is_told_with_the_aliases_that_it_is_of(world) {
        world.alias("a").await;
        let mut follower = Follower::of(world).await;
        let change = ModelChange { max_input_tokens: Some(9), ..ModelChange::default() };
        let model = "openai/gpt-4".parse().unwrap();
        ModelCatalogRepository::set(&world.store, &model, change, None, &by()).await.unwrap();
        follower.sees("a model's window", 1).await;
    }

    async fn who_missed_what_the_log_no_longer_tells_reads_everything(world) {
        world.alias("a").await;
        world.alias("b").await;
        world.execute("DELETE FROM catalogue_changes WHERE revision = 2");
        for known in [Revision(0), Revision(1), Revision(7)] {
            let change = world.store.changes_since(Some(known.into())).await.unwrap();
            assert!(matches!(&change, CatalogChange::Full(all) if all.aliases.len() == 2), "{known:?}: {change:?}");
        }
        world.alias("c").await;
        assert!(matches!(world.store.changes_since(Some(Revision(2).into())).await.unwrap(), CatalogChange::Delta(_)));
    }

    async fn the_log_is_cut_in_pieces_and_a_piece_is_never_taken_for_the_whole(world) {
        let known = full(world).await.known();
        world.alias("a").await;
        world.execute("UPDATE catalogue SET revision = 9000");
        // Two revisions of before that touched very much.
        world.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 12000)              INSERT INTO catalogue_changes (revision, kind, id) SELECT 2 + i / 7001, 'key', 'k' || i FROM n",
        );
        let left = || world.count("catalogue_changes WHERE kind = 'key'");
        let mut seen = vec![left()];
        for name in ["b", "c", "d"] {
            world.alias(name).await;
            seen.push(left());
            if world.count("catalogue_changes WHERE revision = 3") > 0 {
                let whole = world.count("catalogue_changes WHERE revision = 2 AND kind = 'key'") == 7_000;
                let said = world.count("catalogue_changes WHERE kind = 'anything' AND revision < 9000") > 0;
                assert!(whole || said || world.count("catalogue_changes WHERE revision = 2") == 0, "{seen:?}");
            }
        }
        // The first revision had a row, too.
        assert_eq!(seen, [12_000, 7_001, 2_001, 0]);
        assert_eq!(world.count("catalogue_changes WHERE revision < 9000"), 0);
        assert!(matches!(world.store.changes_since(Some(known)).await.unwrap(), CatalogChange::Full(_)));
        assert_eq!(world.count("catalogue_marks WHERE revision < 9000"), 0);
        assert_eq!(world.count("catalogue_changes"), 3);
    }

    async fn as_long_as_the_log_tells_what_came_after_a_state_its_history_is_known(world) {
        world.execute("UPDATE catalogue SET revision = 100");
        world.alias("a").await;
        let known = full(world).await.known();
        assert_eq!(known.revision, Revision(101));
        // As if there had been all these writes, and the log were old enough to be cut.
        let many = "WITH RECURSIVE n(i) AS (SELECT 102 UNION ALL SELECT i + 1 FROM n WHERE i < 4196) INSERT INTO";
        world.execute(&format!("{many} catalogue_changes (revision, kind, id) SELECT i, 'key', 'k' FROM n"));
        world.execute(&format!("{many} catalogue_marks (revision, mark) SELECT i, 'm' || i FROM n"));
        world.execute("INSERT INTO catalogue_changes (revision, kind, id) VALUES (30, 'key', 'k')");
        world.execute("UPDATE catalogue SET revision = 4196");
        world.alias("b").await;
        assert_eq!(world.count("catalogue_changes WHERE revision <= 101"), 0, "it was cut");
        let other = Known { mark: Some(Mark::new("other")), ..known.clone() };
        assert!(matches!(world.store.changes_since(Some(known)).await.unwrap(), CatalogChange::Delta(_)));
        assert!(matches!(world.store.changes_since(Some(other)).await.unwrap(), CatalogChange::Diverged));
    }

    async fn a_write_that_no_trigger_saw_makes_everything_be_read(world) {
        world.organization("acme").await;
        world.team("acme", "t", &[], 1).await;
        let drop = match &world.place {
            crate::world::Place::Sqlite(_) => "DROP TRIGGER note_model_aliases_insert; DROP TRIGGER note_alias_versions_insert",
            crate::world::Place::Postgres { .. } => {
                "DROP TRIGGER note_model_aliases ON model_aliases; DROP TRIGGER note_alias_versions ON alias_versions"
            }
        };
        world.execute(drop);
        world.alias("a").await;
        let change = world.store.changes_since(Some(Revision(2).into())).await.unwrap();
        assert!(matches!(&change, CatalogChange::Full(all) if all.aliases.len() == 1), "{change:?}");
    }
}

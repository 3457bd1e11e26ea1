//! The catalogue of provider models: a price that changed is a new one, and calls keep theirs.

use alias_core::catalog::{CatalogChange, CatalogSource};
use alias_core::price::Pricing;
use alias_core::provider_model::{ImportSummary, ModelSource, ProviderModel, read_litellm};
use alias_core::repository::{AliasRepository, ModelCatalogRepository, ModelQuery};

use crate::world::{World, alias_name, by, on_each_database, window};

fn map(prices: &[(&str, &str)]) -> Vec<ProviderModel> {
    let entry = |(model, price): &(&str, &str)| {
        format!(
            r#""{model}": {{"litellm_provider": "openai", "mode": "chat", "max_output_tokens": 4096, {price}}}"#
        )
    };
    let entries: Vec<String> = prices.iter().map(entry).collect();
    read_litellm(&format!("{{{}}}", entries.join(","))).unwrap().models
}

const ONE: &str = r#""input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06"#;
const TWO: &str = r#""input_cost_per_token": 2e-06, "output_cost_per_token": 4e-06"#;
const NONE: &str = r#""output_cost_per_second": 1"#;

async fn import(world: &World, prices: &[(&str, &str)], source: ModelSource) -> ImportSummary {
    world.store.import(map(prices), source, false, &by()).await.unwrap().value
}

on_each_database! {
    async fn a_changed_price_is_a_new_one_and_the_same_price_is_not(world) {
        let first = import(world, &[("gpt-4", ONE), ("gpt-5", NONE)], ModelSource::Litellm).await;
        assert_eq!(first, ImportSummary { added: 2, repriced: 1, ..ImportSummary::default() });
        let again = import(world, &[("gpt-4", ONE), ("gpt-5", NONE)], ModelSource::Litellm).await;
        assert_eq!(again, ImportSummary { unchanged: 2, ..ImportSummary::default() });
        let dry = world.store.import(map(&[("gpt-4", TWO)]), ModelSource::Litellm, true, &by()).await.unwrap().value;
        let changed = import(world, &[("gpt-4", TWO), ("gpt-5", NONE)], ModelSource::Litellm).await;
        assert_eq!(changed, ImportSummary { changed: 1, repriced: 1, unchanged: 1, ..ImportSummary::default() });
        assert_eq!((dry.changed, dry.repriced), (1, 1));
        let (known, history) = ModelCatalogRepository::find(&world.store, &"openai/GPT-4".parse().unwrap()).await.unwrap().unwrap();
        let inputs: Vec<i64> = history.iter().map(|price| price.prices.as_ref().unwrap().input.picos()).collect();
        assert_eq!(inputs, [2_000_000, 1_000_000]);
        assert_eq!(known.price_id, Some(history[0].id));
        assert!(ModelCatalogRepository::find(&world.store, &"openai/none".parse().unwrap()).await.unwrap().is_none());
    }

    async fn models_that_are_gone_from_the_map_are_counted_and_stay(world) {
        import(world, &[("gpt-4", ONE), ("gpt-5", ONE)], ModelSource::Litellm).await;
        let later = import(world, &[("gpt-4", ONE)], ModelSource::Litellm).await;
        assert_eq!(later, ImportSummary { unchanged: 1, gone: 1, ..ImportSummary::default() });
        let stays = ModelCatalogRepository::find(&world.store, &"openai/gpt-5".parse().unwrap()).await.unwrap();
        assert!(stays.unwrap().0.model.prices.is_some());
        let by_hand = import(world, &[("gpt-5", TWO)], ModelSource::Manual).await;
        assert_eq!(by_hand.gone, 0, "one model by hand is no map");
    }

    async fn a_target_has_its_price_however_it_writes_its_provider(world) {
        import(world, &[("gpt-3.5-turbo-instruct", ONE)], ModelSource::Litellm).await;
        let target = "text-completion-openai/gpt-3.5-turbo-instruct";
        world.alias_to("a", target, &[]).await;
        let alias = AliasRepository::find(&world.store, &alias_name("a")).await.unwrap().unwrap();
        assert_eq!(alias.model.unwrap().prices.as_ref().unwrap().output.picos(), 2_000_000);
        let known = ModelCatalogRepository::find(&world.store, &target.parse().unwrap()).await.unwrap();
        assert_eq!(known.unwrap().0.model.model.as_str(), "openai/gpt-3.5-turbo-instruct");
    }

    async fn providers_say_how_many_aliases_point_to_them(world) {
        import(world, &[("gpt-4", ONE)], ModelSource::Litellm).await;
        world.alias("a").await;
        world.alias("b").await;
        world.alias_to("c", "anthropic/claude-3", &[]).await;
        let said: Vec<(String, u64, u64)> = world.store.providers().await.unwrap().into_iter()
            .map(|one| (one.provider, one.models, one.aliases)).collect();
        assert_eq!(said, [("anthropic".to_owned(), 0, 1), ("openai".to_owned(), 1, 2)]);
    }

    async fn what_was_set_by_hand_is_kept_by_an_import(world) {
        import(world, &[("gpt-4", TWO)], ModelSource::Manual).await;
        let kept = import(world, &[("gpt-4", ONE)], ModelSource::Litellm).await;
        assert_eq!(kept, ImportSummary { kept: 1, ..ImportSummary::default() });
        assert_eq!(import(world, &[("gpt-4", ONE)], ModelSource::Manual).await.repriced, 1);
    }

    async fn what_comes_with_the_server_only_adds_models_and_an_import_replaces_it(world) {
        import(world, &[("gpt-4", ONE)], ModelSource::Builtin).await;
        let newer = import(world, &[("gpt-4", TWO), ("gpt-5", ONE)], ModelSource::Builtin).await;
        assert_eq!(newer, ImportSummary { added: 1, repriced: 1, unchanged: 1, ..ImportSummary::default() });
        let imported = import(world, &[("gpt-4", TWO)], ModelSource::Litellm).await;
        assert_eq!(imported, ImportSummary { changed: 1, repriced: 1, ..ImportSummary::default() });
        let again = import(world, &[("gpt-4", ONE)], ModelSource::Builtin).await;
        assert_eq!((again.kept, again.repriced), (1, 0));
    }

    async fn thousands_of_models_are_taken_in_at_once_and_twice(world) {
        let keys: Vec<String> = (0..4_000).map(|n| format!("model-{n}")).collect();
        let all = |price| keys.iter().map(|key| (key.as_str(), price)).collect::<Vec<_>>();
        assert_eq!(import(world, &all(ONE), ModelSource::Litellm).await.added, 4_000);
        let changed = import(world, &all(TWO), ModelSource::Litellm).await;
        assert_eq!((changed.changed, changed.repriced, changed.added), (4_000, 4_000, 0));
        let window = window(1);
        let query = ModelQuery { window, ..ModelQuery::default() };
        assert_eq!(ModelCatalogRepository::list(&world.store, &query).await.unwrap().total, 4_000);
    }

    async fn an_alias_has_the_price_of_its_target_in_the_catalogue_that_calls_are_decided_by(world) {
        world.alias("a").await;
        let facts = async || match world.store.changes_since(None).await.unwrap() {
            CatalogChange::Full(catalog) => catalog.aliases[0].model.clone(),
            other => panic!("{other:?}"),
        };
        assert_eq!(facts().await, None);
        import(world, &[("gpt-4", ONE)], ModelSource::Litellm).await;
        let known = facts().await.unwrap();
        assert_eq!((known.prices.as_ref().unwrap().output.picos(), known.max_output_tokens), (2_000_000, Some(4096)));
        let alias = AliasRepository::find(&world.store, &alias_name("a")).await.unwrap().unwrap();
        assert_eq!((alias.alias.spec.pricing, alias.model), (Pricing::UNSAID, Some(known)));
    }

    async fn models_are_listed_by_provider_and_text_and_in_pages(world) {
        import(world, &[("gpt-4", ONE), ("gpt-5", NONE), ("o1", ONE)], ModelSource::Litellm).await;
        let list = async |q: Option<&str>, limit| {
            let query = ModelQuery { q: q.map(str::to_owned), provider: Some("openai".into()), mode: Some("chat".into()), window: window(limit) };
            ModelCatalogRepository::list(&world.store, &query).await.unwrap()
        };
        let page = list(Some("GPT"), 1).await;
        assert_eq!((page.items[0].model.model.as_str(), page.total, page.next.is_some()), ("openai/gpt-4", 2, true));
        assert_eq!(list(None, 10).await.items.len(), 3);
        let providers = world.store.providers().await.unwrap();
        assert_eq!((providers[0].provider.as_str(), providers[0].models, providers[0].priced), ("openai", 3, 2));
    }
}

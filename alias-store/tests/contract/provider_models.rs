//! The catalogue of provider models: a price that changed is a new one, and calls keep theirs.

use alias_core::catalog::{CatalogChange, CatalogSource};
use alias_core::money::TokenPrice;
use alias_core::price::{PriceList, Pricing};
use alias_core::provider_model::{ImportSummary, ModelChange, ModelSource, ProviderModel, read_litellm};
use alias_core::repository::{AliasRepository, Expected, ModelCatalogRepository, ModelQuery, StoreError};

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

    async fn a_model_is_set_at_the_version_that_was_read_and_every_change_counts(world) {
        let model = || "openai/gpt-4".parse().unwrap();
        let price = |price| Some(Some(PriceList::new(TokenPrice::new(price), TokenPrice::new(price))));
        let set = async |change: ModelChange, expected: Expected| {
            world.store.set(&model(), change, expected, &by()).await.map(|written| written.value.0)
        };
        let refused = set(ModelChange::default(), Some(1)).await.unwrap_err();
        assert!(matches!(refused, StoreError::NotFound { kind: "catalog model", .. }), "{refused:?}");
        import(world, &[("gpt-4", ONE)], ModelSource::Litellm).await;
        import(world, &[("gpt-4", ONE)], ModelSource::Litellm).await;
        let set_once = set(ModelChange { prices: price(5), ..ModelChange::default() }, Some(1)).await.unwrap();
        assert_eq!((set_once.version, set_once.source, set_once.model.max_output_tokens), (2, ModelSource::Manual, Some(4096)));
        let refused = set(ModelChange { prices: price(6), ..ModelChange::default() }, Some(1)).await.unwrap_err();
        assert!(matches!(refused, StoreError::Conflict { current: 2, .. }), "{refused:?}");
        // What changes nothing counts nothing, and what is absent is kept.
        assert_eq!(set(ModelChange { prices: price(5), ..ModelChange::default() }, Some(2)).await.unwrap(), set_once);
        let change = ModelChange { max_input_tokens: Some(9), ..ModelChange::default() };
        let (limited, history) = world.store.set(&model(), change, None, &by()).await.unwrap().value;
        assert_eq!((limited.version, limited.model.max_input_tokens, limited.price_id), (3, Some(9), set_once.price_id));
        assert_eq!(history.len(), 2);
        assert_eq!(set(ModelChange { prices: Some(None), ..ModelChange::default() }, Some(3)).await.unwrap().model.prices, None);
    }

    async fn two_who_set_different_facts_at_once_lose_none(world) {
        let model = || "openai/new".parse().unwrap();
        let mut setting = Vec::new();
        for number in 0..8 {
            let store = world.replica().await;
            let change = match number % 2 {
                0 => ModelChange { max_input_tokens: Some(7), ..ModelChange::default() },
                _ => ModelChange { max_output_tokens: Some(8), ..ModelChange::default() },
            };
            setting.push(tokio::spawn(async move { store.set(&model(), change, None, &by()).await.map(drop) }));
        }
        for set in setting {
            set.await.unwrap().unwrap();
        }
        let (known, _) = ModelCatalogRepository::find(&world.store, &model()).await.unwrap().unwrap();
        assert_eq!((known.model.max_input_tokens, known.model.max_output_tokens, known.version), (Some(7), Some(8), 2));
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

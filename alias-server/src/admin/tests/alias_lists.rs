//! `/api/model-aliases`: what is read, and how it is asked for.

use alias_core::alias::AliasDetails;
use alias_core::repository::{AliasQuery, AliasSort, Page, Position, Start, Window};
use serde_json::json;

use super::aliases::{gpt_4, with_gpt_4};
use super::{Storage, get, serve};

fn named(alias: &str) -> AliasDetails {
    let mut details = gpt_4();
    details.alias.alias = alias.parse().unwrap();
    details
}

#[actix_web::test]
async fn the_list_is_the_guides_with_its_paging() {
    let mut storage = Storage::default();
    storage.aliases.expect_list().withf(|query| *query == AliasQuery::default()).returning(|_| {
        Ok(Page {
            items: vec![gpt_4()],
            total: 2,
            next: Some(Position { value: None, name: "gpt-4".into() }),
        })
    });
    let answer = storage.serve(get("/api/model-aliases")).await;
    let next = answer.json()["next_cursor"].as_str().unwrap().to_owned();
    assert_eq!(answer.header("link"), format!("</api/model-aliases?cursor={next}>; rel=\"next\""));
    insta::assert_json_snapshot!(answer.json(), {".next_cursor" => "[cursor]", ".aliases[].warnings" => "[]"}, @r#"
    {
      "aliases": [
        {
          "access_groups": [
            "gpt-models",
            "premium-models"
          ],
          "active": true,
          "alias": "gpt-4",
          "created_at": "2024-10-14T12:00:00Z",
          "deprecated_at": null,
          "deprecation": null,
          "description": "Most capable GPT-4 model",
          "display_name": "GPT-4",
          "fallbacks": [],
          "id": "mal_01928b00000070008000000000000001",
          "litellm_model": "openai/gpt-4",
          "managed_by": null,
          "match": "exact",
          "metadata": {},
          "on_disconnect": "cancel",
          "overrides": [],
          "parameters": {},
          "pricing": {
            "basis": "fixed",
            "prices": {
              "input": 30,
              "output": 60
            }
          },
          "pricing_input": 30,
          "pricing_output": 60,
          "pricing_source": "alias",
          "provider": "openai",
          "replacement": null,
          "response_model": "alias",
          "scheduled": [],
          "shadow": null,
          "split": [],
          "status": "active",
          "sticky": "key",
          "sunset_at": null,
          "tags": [],
          "teams_with_access": 15,
          "updated_at": "2024-10-14T12:00:00Z",
          "usage_count": 1543,
          "usage_stats": {
            "avg_tokens_per_call": 850,
            "denied_calls": 3,
            "failed_calls": 12,
            "last_used_at": "2024-10-14T12:00:00Z",
            "total_billed_usd": 300.1,
            "total_calls": 1543,
            "total_cost_usd": 234.56,
            "unpriced_calls": 0
          },
          "version": 7,
          "visibility": "listed",
          "warnings": "[]"
        }
      ],
      "has_more": true,
      "next_cursor": "[cursor]",
      "total": 2
    }
    "#);
}

#[actix_web::test]
async fn filters_sorting_and_windows_reach_the_storage() {
    let mut storage = Storage::default();
    let expected = AliasQuery {
        active: Some(true),
        provider: Some("openai".into()),
        access_group: Some("gpt-models".parse().unwrap()),
        team: Some("acme-prod".parse().unwrap()),
        tag: Some("chat".into()),
        q: Some("gpt 4".into()),
        sort: vec![(AliasSort::UsageCount, true), (AliasSort::LitellmModel, false)],
        window: Window { limit: 2, start: Start::Offset(4) },
        ..AliasQuery::default()
    };
    storage
        .aliases
        .expect_list()
        .withf(move |query| *query == expected)
        .returning(|_| Ok(Page { items: vec![], total: 0, next: None }));
    let path = "/api/model-aliases?active=true&provider=openai&access_group=gpt-models&team=acme-prod&tag=chat\
                &q=gpt%204&sort=-usage_count,litellm_model&limit=2&offset=4";
    let answer = storage.serve(get(path)).await;
    assert_eq!(answer.json(), json!({"aliases": [], "total": 0, "has_more": false, "next_cursor": null}));
    assert_eq!(answer.header("link"), "");
}

#[actix_web::test]
async fn wrong_parameters_are_refused() {
    for (query, code) in [
        ("active=1", "invalid_value"),
        ("active=True", "invalid_value"),
        ("team=a%20b", "invalid_value"),
        ("sort=price", "invalid_value"),
        ("unused_since=yesterday", "invalid_value"),
        ("expand=teams", "unknown_parameter"),
        ("dry_run=true", "unknown_parameter"),
        ("limit=0", "invalid_value"),
        ("cursor=abc", "invalid_value"),
    ] {
        let answer = serve(get(&format!("/api/model-aliases?{query}"))).await;
        assert_eq!(answer.refusal(), (400, code.to_owned()), "{query}");
    }
}

#[actix_web::test]
async fn an_alias_is_found_by_its_encoded_name_with_and_without_a_trailing_slash() {
    for path in [
        "/api/model-aliases/anthropic%2Fclaude",
        "/api/model-aliases/anthropic%2Fclaude/",
        "/api/model-aliases/by-name?alias=anthropic/claude",
    ] {
        let mut storage = Storage::default();
        storage
            .aliases
            .expect_find()
            .withf(|name| name.as_str() == "anthropic/claude")
            .returning(|_| Ok(Some(named("anthropic/claude"))));
        let answer = storage.serve(get(path)).await;
        assert_eq!((answer.status, answer.header("etag")), (200, "\"7\""), "{path}");
        assert_eq!(answer.json()["alias"], "anthropic/claude");
    }
}

#[actix_web::test]
async fn what_cannot_be_a_name_is_not_found() {
    for name in ["%00", "%zz", "a%2", "%c0%af", "..%5cetc", "a%252Fb", "*", &"n".repeat(500)] {
        let answer = serve(get(&format!("/api/model-aliases/{name}"))).await;
        assert_eq!(answer.refusal(), (404, "model_not_found".into()), "{name}");
        assert_eq!(answer.json()["title"], "Model not found");
    }
    assert_eq!(
        with_gpt_4().serve(get("/api/model-aliases/gpt-5")).await.refusal(),
        (404, "model_not_found".into())
    );
}

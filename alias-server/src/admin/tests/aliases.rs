//! `/api/model-aliases`: creations, updates, deletions.

use actix_web::http::Method;
use alias_core::alias::{AliasDetails, AliasDraft, AliasSpec, ModelAlias};
use alias_core::repository::{DeletedAlias, StoreError};
use alias_core::testing::id;
use alias_core::usage::UsageStats;
use serde_json::json;

use super::{Storage, get, noon, request, send, serve, usage, written};

/// The alias of the user guide.
pub(super) fn gpt_4() -> AliasDetails {
    let draft = AliasDraft {
        description: Some("Most capable GPT-4 model".into()),
        display_name: Some("GPT-4".into()),
        pricing_input: Some(30.into()),
        pricing_output: Some(60.into()),
        ..AliasDraft::new("gpt-4", "openai/gpt-4")
    };
    let new = draft.parse().unwrap();
    let alias = ModelAlias {
        id: id(1),
        alias: new.alias,
        version: 7,
        spec: new.spec,
        created_at: noon(),
        updated_at: noon(),
    };
    AliasDetails {
        model: None,
        alias,
        access_groups: vec!["gpt-models".parse().unwrap(), "premium-models".parse().unwrap()],
        teams_with_access: 15,
        usage: usage(),
        scheduled: vec![],
        managed_by: None,
        at: noon(),
    }
}

/// A storage that has the guide's alias and no other.
pub(super) fn with_gpt_4() -> Storage {
    let mut storage = Storage::default();
    storage.aliases.expect_find().returning(|name| Ok((name.as_str() == "gpt-4").then(gpt_4)));
    storage
}

#[actix_web::test]
async fn a_creation_as_in_the_guide_is_answered_with_the_whole_alias_and_where_it_is() {
    let mut storage = Storage::default();
    storage
        .aliases
        .expect_create()
        .withf(|new, _| new.alias.as_str() == "gpt-4" && new.spec.active)
        .returning(|new, _| {
            let mut details = gpt_4();
            details.alias.version = 1;
            details.alias.spec = new.spec;
            Ok(written(AliasDetails {
                access_groups: vec![],
                teams_with_access: 0,
                usage: UsageStats::default(),
                ..details
            }))
        });
    let body =
        r#"{"alias": "gpt-4", "litellm_model": "openai/gpt-4", "description": "Most capable GPT-4 model"}"#;
    let answer = storage.serve(send(Method::POST, "/api/model-aliases/create", body)).await;
    assert_eq!(answer.status, 201);
    assert_eq!(answer.header("location"), "/api/model-aliases/gpt-4");
    assert_eq!(answer.header("etag"), "\"1\"");
    assert_eq!(answer.header("x-alias-revision"), "9");
    assert!(answer.json()["warnings"].is_array());
    insta::assert_json_snapshot!(answer.json(), {".warnings" => "[]"}, @r#"
    {
      "access_groups": [],
      "active": true,
      "alias": "gpt-4",
      "created_at": "2024-10-14T12:00:00Z",
      "deprecated_at": null,
      "deprecation": null,
      "description": "Most capable GPT-4 model",
      "display_name": "gpt-4",
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
        "basis": "catalog"
      },
      "pricing_input": null,
      "pricing_output": null,
      "pricing_source": "unknown",
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
      "teams_with_access": 0,
      "updated_at": "2024-10-14T12:00:00Z",
      "usage_count": 0,
      "usage_stats": {
        "avg_tokens_per_call": 0,
        "denied_calls": 0,
        "failed_calls": 0,
        "last_used_at": null,
        "total_billed_usd": 0,
        "total_calls": 0,
        "total_cost_usd": 0,
        "unpriced_calls": 0
      },
      "version": 1,
      "visibility": "listed",
      "warnings": "[]"
    }
    "#);
}

#[actix_web::test]
async fn a_write_that_asks_for_what_is_not_there_does_nothing() {
    for (method, path, body) in [
        (Method::DELETE, "/api/model-aliases/gpt-4?force=true", ""),
        (Method::PUT, "/api/model-aliases/gpt-4?force=true", "{}"),
        (Method::POST, "/api/model-aliases/create?force=true", "{}"),
    ] {
        let answer = serve(send(method, path, body)).await;
        assert_eq!(answer.refusal(), (400, "unknown_parameter".into()), "{path}");
    }
}

#[actix_web::test]
async fn a_second_creation_is_refused_in_the_guides_words() {
    let mut storage = with_gpt_4();
    storage
        .aliases
        .expect_create()
        .returning(|_, _| Err(StoreError::AlreadyExists { kind: "model alias", name: "gpt-4".into() }));
    let body = r#"{"alias": "gpt-4", "litellm_model": "openai/gpt-4-turbo"}"#;
    let answer = storage.serve(send(Method::POST, "/api/model-aliases/create", body)).await;
    assert_eq!(answer.status, 409);
    insta::assert_json_snapshot!(answer.json(), @r#"
    {
      "code": "alias_already_exists",
      "detail": "Alias already exists: 'gpt-4' points to openai/gpt-4. Use a different name, or update it with PUT /api/model-aliases/gpt-4.",
      "existing": "/api/model-aliases/gpt-4",
      "instance": "/api/model-aliases/create",
      "request_id": "req_test",
      "status": 409,
      "title": "Alias already exists",
      "type": "/docs/errors/alias_already_exists"
    }
    "#);
}

#[actix_web::test]
async fn a_repeated_script_can_ignore_or_update_what_exists() {
    let exists = || {
        let mut storage = with_gpt_4();
        storage
            .aliases
            .expect_create()
            .returning(|_, _| Err(StoreError::AlreadyExists { kind: "model alias", name: "gpt-4".into() }));
        storage
    };
    let path = |word: &str| format!("/api/model-aliases/create?if_exists={word}");
    let body = r#"{"alias": "gpt-4", "litellm_model": "openai/gpt-4-turbo"}"#;
    let answer = exists().serve(send(Method::POST, &path("ignore"), body)).await;
    assert_eq!((answer.status, &answer.json()["litellm_model"]), (200, &json!("openai/gpt-4")));

    let mut storage = exists();
    storage
        .aliases
        .expect_update()
        .withf(|_, change, expected, _| {
            let target =
                change.litellm_model.as_ref().is_some_and(|model| model.as_str() == "openai/gpt-4-turbo");
            target && change.description.is_none() && expected.is_none()
        })
        .returning(|_, _, _, _| Ok(written(gpt_4())));
    assert_eq!(storage.serve(send(Method::POST, &path("update"), body)).await.status, 200);

    let in_a_group = r#"{"alias": "gpt-4", "litellm_model": "openai/gpt-4", "access_groups": ["other"]}"#;
    let answer = exists().serve(send(Method::POST, &path("update"), in_a_group)).await;
    assert_eq!(answer.refusal(), (422, "invalid_value".into()));
    assert_eq!(
        serve(send(Method::POST, &path("maybe"), body)).await.refusal(),
        (400, "invalid_value".into())
    );
}

#[actix_web::test]
async fn wrong_fields_are_named_all_at_once() {
    let body = r#"{"alias": "a b", "litellm_model": "opnai/gpt-4", "description": "x"}"#;
    let answer = serve(send(Method::POST, "/api/model-aliases/create", body)).await;
    assert_eq!(answer.status, 422);
    insta::assert_json_snapshot!(answer.json()["errors"], @r##"
    [
      {
        "code": "invalid_format",
        "field": "alias",
        "message": "alias must not contain ' ': use letters, digits, dots and hyphens, for example `gpt-4`",
        "pointer": "#/alias",
        "suggestion": null
      },
      {
        "code": "unknown_provider",
        "field": "litellm_model",
        "message": "LiteLLM has no provider \"opnai\": correct it, or send \"allow_unknown_provider\": true",
        "pointer": "#/litellm_model",
        "suggestion": "openai/gpt-4"
      }
    ]
    "##);
    for (body, status, code, title) in [
        (r#"{"alias": "a", "litellm_model": "gpt-4"}"#, 422, "invalid_model", "Invalid model"),
        (r#"{"alias": "a b", "litellm_model": "openai/gpt-4"}"#, 422, "invalid_alias", "Invalid alias name"),
        (r#"{"alias": "a", "litelm_model": "openai/gpt-4"}"#, 422, "unknown_field", "Validation failed"),
        (r#"{"alias": 4, "litellm_model": "openai/gpt-4"}"#, 422, "invalid_type", "Validation failed"),
        ("{}", 422, "missing_field", "Validation failed"),
        ("[]", 422, "invalid_type", "Validation failed"),
        ("", 400, "malformed_json", "Malformed JSON"),
        ("alias=gpt-4", 400, "malformed_json", "Malformed JSON"),
        (&format!(r#"{{"alias": "{}"}}"#, "n".repeat(5000)), 413, "request_too_large", "Request too large"),
    ] {
        let answer = serve(send(Method::POST, "/api/model-aliases/create", body)).await;
        assert_eq!(answer.refusal(), (status, code.to_owned()), "{body}");
        assert_eq!(answer.json()["title"], title);
    }
}

#[actix_web::test]
async fn an_update_takes_back_what_a_get_gave_and_leaves_the_comparison_to_the_store() {
    let mut storage = with_gpt_4();
    storage
        .aliases
        .expect_update()
        .withf(|name, change, expected, _| {
            let whole = AliasSpec { active: false, ..gpt_4().alias.spec };
            let makes_it =
                change.clone().applied_to(&AliasSpec { description: "other".into(), ..whole.clone() })
                    == whole;
            name.as_str() == "gpt-4" && makes_it && *expected == Some(7)
        })
        .returning(|_, _, _, _| {
            let mut details = gpt_4();
            (details.alias.version, details.alias.spec.active) = (8, false);
            Ok(written(details))
        });
    let mut whole = with_gpt_4().serve(get("/api/model-aliases/gpt-4")).await.json();
    whole["active"] = json!(false);
    let put = send(Method::PUT, "/api/model-aliases/gpt-4", &whole.to_string())
        .insert_header(("if-match", "\"7\""));
    let answer = storage.serve(put).await;
    assert_eq!((answer.status, answer.header("etag")), (200, "\"8\""), "{}", answer.text);
    assert_eq!((&answer.json()["active"], &answer.json()["status"]), (&json!(false), &json!("disabled")));
    assert_eq!(answer.header("x-alias-revision"), "9");
}

#[actix_web::test]
async fn an_update_of_what_the_server_sets_is_refused() {
    for (body, code) in [
        (r#"{"alias": "gpt-5"}"#, "immutable_field"),
        (r#"{"usage_count": 999999, "active": false}"#, "immutable_field"),
        (r#"{"created_at": "1970-01-01T00:00:00Z"}"#, "immutable_field"),
        (r#"{"active": null}"#, "invalid_type"),
        (r#"{"aktive": false}"#, "unknown_field"),
        (r#"{"active": "no"}"#, "invalid_type"),
        (r#"{"litellm_model": "openai"}"#, "invalid_model"),
    ] {
        let answer = with_gpt_4().serve(send(Method::PATCH, "/api/model-aliases/gpt-4", body)).await;
        assert_eq!(answer.refusal(), (422, code.to_owned()), "{body}");
    }
}

#[actix_web::test]
async fn a_version_that_moved_on_is_a_failed_precondition() {
    let mut storage = with_gpt_4();
    storage.aliases.expect_update().returning(|_, _, _, _| {
        Err(StoreError::Conflict { kind: "model alias", name: "gpt-4".into(), current: 8 })
    });
    let put = || send(Method::PUT, "/api/model-aliases/gpt-4", r#"{"active": false}"#);
    let answer = storage.serve(put().insert_header(("if-match", "\"7\""))).await;
    assert_eq!(answer.refusal(), (412, "version_conflict".into()));
    assert_eq!(answer.json()["current_etag"], "\"8\"");
    for tag in ["W/\"7\"", "7", "\"7\", \"8\"", "\"seven\""] {
        let mut storage = with_gpt_4();
        storage.aliases.expect_update().withf(|_, _, expected, _| *expected == Some(0)).returning(
            |_, _, _, _| Err(StoreError::Conflict { kind: "model alias", name: "gpt-4".into(), current: 8 }),
        );
        let answer = storage.serve(put().insert_header(("if-match", tag))).await;
        assert_eq!(answer.refusal(), (412, "version_conflict".into()), "{tag}");
    }
}

#[actix_web::test]
async fn a_deletion_says_what_went_with_it_unless_less_is_preferred() {
    let storage = || {
        let mut storage = Storage::default();
        storage
            .aliases
            .expect_delete()
            .withf(|name, expected, _| name.as_str() == "gpt-4" && expected.is_none())
            .returning(|_, _, _| {
                Ok(written(DeletedAlias {
                    alias: gpt_4().alias,
                    removed_from_access_groups: vec!["gpt-models".parse().unwrap()],
                    teams_affected: 15,
                    restorable_until: noon(),
                }))
            });
        storage
    };
    let delete = || request(Method::DELETE, "/api/model-aliases/gpt-4");
    let answer = storage().serve(delete()).await;
    assert_eq!((answer.status, answer.header("x-alias-revision")), (200, "9"));
    insta::assert_json_snapshot!(answer.json(), @r#"
    {
      "alias": "gpt-4",
      "deleted": true,
      "message": "Model alias 'gpt-4' deleted successfully",
      "removed_from_access_groups": [
        "gpt-models"
      ],
      "restorable_until": "2024-10-14T12:00:00Z",
      "teams_affected": 15
    }
    "#);
    let answer = storage().serve(delete().insert_header(("prefer", "return=minimal"))).await;
    assert_eq!((answer.status, answer.text.as_str(), answer.header("x-alias-revision")), (204, "", "9"));
}

#[actix_web::test]
async fn validation_reports_and_changes_nothing() {
    let check = |body: &str| send(Method::POST, "/api/model-aliases/validate", body);
    let answer = with_gpt_4().serve(check(r#"{"alias": "Smart", "litellm_model": "openai/gpt-4o"}"#)).await;
    assert_eq!(answer.status, 200);
    insta::assert_json_snapshot!(answer.json(), @r#"
    {
      "errors": [],
      "valid": true,
      "warnings": [
        {
          "code": "uppercase",
          "message": "stick to lower case: clients need not remember the spelling"
        },
        {
          "code": "no_description",
          "message": "describe what the model is for, so that teams can choose"
        },
        {
          "code": "unpriced",
          "message": "nobody knows what openai/gpt-4o costs, and teams whose credits are counted in USD are refused: give the alias a price (pricing), or its target one in the catalogue"
        }
      ]
    }
    "#);
    for (body, code) in [
        (r#"{"alias": "gpt-4", "litellm_model": "openai/gpt-4o"}"#, "alias_already_exists"),
        (r#"{"alias": "new", "litellm_model": "opnai/gpt-4o"}"#, "unknown_provider"),
        (r#"{"alias": "new", "litellm_model": "openai/gpt-4o", "foo": 1}"#, "unknown_field"),
    ] {
        let answer = with_gpt_4().serve(check(body)).await;
        assert_eq!(
            (&answer.json()["valid"], &answer.json()["errors"][0]["code"]),
            (&json!(false), &json!(code))
        );
    }
    assert_eq!(serve(check("x")).await.refusal(), (400, "malformed_json".into()));
}

//! `/api/model-access-groups`.

use actix_web::http::Method;
use alias_core::group::{AccessGroup, GroupDetails, GroupMember, GroupSummary, MembersChanged};
use alias_core::repository::{NameQuery, Page, StoreError};
use alias_core::testing::id;
use serde_json::json;

use super::{Storage, get, noon, request, send, serve, written};

fn group() -> AccessGroup {
    AccessGroup {
        id: id(1),
        group_name: "starter-models".parse().unwrap(),
        description: "Models for starter plan".into(),
        display_name: None,
        active: true,
        version: 2,
        created_at: noon(),
        updated_at: noon(),
    }
}

pub(super) fn member(alias: &str, active: bool) -> GroupMember {
    GroupMember {
        alias: alias.parse().unwrap(),
        litellm_model: format!("openai/{alias}").parse().unwrap(),
        description: "Fast model for simple tasks".into(),
        active,
    }
}

pub(super) fn starter() -> GroupDetails {
    GroupDetails {
        group: group(),
        members: vec![member("gpt-3.5-turbo", true)],
        teams: vec!["newclient-prod".parse().unwrap()],
        managed_by: Some("platform-repo".parse().unwrap()),
    }
}

fn with_starter() -> Storage {
    let mut storage = Storage::default();
    storage.groups.expect_find().returning(|name| Ok((name.as_str() == "starter-models").then(starter)));
    storage
}

#[actix_web::test]
async fn a_creation_as_in_the_guide_is_answered_with_the_group_and_its_members_by_name() {
    let mut storage = Storage::default();
    storage
        .groups
        .expect_create()
        .withf(|new, _| new.model_aliases.len() == 1)
        .returning(|_, _| Ok(written(GroupDetails { teams: vec![], ..starter() })));
    let body = r#"{"group_name": "starter-models", "description": "Models for starter plan", "model_aliases": ["gpt-3.5-turbo"]}"#;
    let answer = storage.serve(send(Method::POST, "/api/model-access-groups/create", body)).await;
    assert_eq!((answer.status, answer.header("etag")), (201, "\"2\""));
    assert_eq!(answer.header("location"), "/api/model-access-groups/starter-models");
    insta::assert_json_snapshot!(answer.json(), @r#"
    {
      "active": true,
      "created_at": "2024-10-14T12:00:00Z",
      "description": "Models for starter plan",
      "display_name": "starter-models",
      "group_name": "starter-models",
      "id": "grp_01928b00000070008000000000000001",
      "managed_by": "platform-repo",
      "model_aliases": [
        "gpt-3.5-turbo"
      ],
      "model_count": 1,
      "team_count": 0,
      "teams_with_access": [],
      "updated_at": "2024-10-14T12:00:00Z",
      "version": 2
    }
    "#);
}

#[actix_web::test]
async fn a_group_shows_its_members_and_the_teams_that_hold_it() {
    let answer = with_starter().serve(get("/api/model-access-groups/starter-models")).await;
    assert_eq!((answer.status, answer.header("etag")), (200, "\"2\""));
    insta::assert_json_snapshot!(answer.json(), @r#"
    {
      "active": true,
      "created_at": "2024-10-14T12:00:00Z",
      "description": "Models for starter plan",
      "display_name": "starter-models",
      "group_name": "starter-models",
      "id": "grp_01928b00000070008000000000000001",
      "managed_by": "platform-repo",
      "model_aliases": [
        {
          "active": true,
          "alias": "gpt-3.5-turbo",
          "description": "Fast model for simple tasks",
          "litellm_model": "openai/gpt-3.5-turbo"
        }
      ],
      "model_count": 1,
      "team_count": 1,
      "teams_with_access": [
        "newclient-prod"
      ],
      "updated_at": "2024-10-14T12:00:00Z",
      "version": 2
    }
    "#);
    let answer = with_starter().serve(get("/api/model-access-groups/other")).await;
    assert_eq!(answer.refusal(), (404, "access_group_not_found".into()));
}

#[actix_web::test]
async fn the_list_counts_models_and_teams() {
    let mut storage = Storage::default();
    storage
        .groups
        .expect_list()
        .withf(|query| *query == NameQuery { descending: true, ..NameQuery::default() })
        .returning(|_| {
            Ok(Page {
                items: vec![GroupSummary { group: group(), model_count: 1, team_count: 1, managed_by: None }],
                total: 1,
                next: None,
            })
        });
    let answer = storage.serve(get("/api/model-access-groups?sort=-group_name")).await;
    insta::assert_json_snapshot!(answer.json(), @r#"
    {
      "access_groups": [
        {
          "active": true,
          "created_at": "2024-10-14T12:00:00Z",
          "description": "Models for starter plan",
          "display_name": "starter-models",
          "group_name": "starter-models",
          "id": "grp_01928b00000070008000000000000001",
          "managed_by": null,
          "model_count": 1,
          "team_count": 1,
          "updated_at": "2024-10-14T12:00:00Z",
          "version": 2
        }
      ],
      "has_more": false,
      "next_cursor": null,
      "total": 1
    }
    "#);
}

#[actix_web::test]
async fn adding_and_removing_say_what_became_of_each_alias() {
    let changed = || MembersChanged {
        details: starter(),
        changed: vec!["gpt-4o".parse().unwrap()],
        unchanged: vec!["gpt-3.5-turbo".parse().unwrap()],
    };
    let mut storage = Storage::default();
    storage
        .groups
        .expect_add_models()
        .withf(|_, names, _| names.len() == 2)
        .returning(move |_, _, _| Ok(written(changed())));
    let body = r#"{"model_aliases": ["gpt-4o", "gpt-3.5-turbo", "GPT-4o"]}"#;
    let answer =
        storage.serve(send(Method::POST, "/api/model-access-groups/starter-models/add-models", body)).await;
    assert_eq!(answer.status, 200);
    let body = answer.json();
    assert_eq!((&body["added"], &body["already_present"]), (&json!(["gpt-4o"]), &json!(["gpt-3.5-turbo"])));
    assert_eq!(body["model_aliases"][0]["alias"], "gpt-3.5-turbo");

    let mut storage = Storage::default();
    storage.groups.expect_remove_models().returning(move |_, _, _| Ok(written(changed())));
    let body = r#"{"model_aliases": ["gpt-4o", "gpt-3.5-turbo"]}"#;
    let answer = storage
        .serve(send(Method::POST, "/api/model-access-groups/starter-models/remove-models", body))
        .await;
    let body = answer.json();
    assert_eq!((&body["removed"], &body["not_present"]), (&json!(["gpt-4o"]), &json!(["gpt-3.5-turbo"])));
}

#[actix_web::test]
async fn unknown_aliases_are_all_named() {
    let mut storage = Storage::default();
    storage.groups.expect_add_models().returning(|_, _, _| {
        Err(StoreError::UnknownReference {
            kind: "model alias",
            field: "model_aliases",
            names: vec!["gpt-40".into(), "x".into()],
            suggestions: vec!["gpt-4o".into()],
        })
    });
    let body = r#"{"model_aliases": ["gpt-40", "x"]}"#;
    let answer =
        storage.serve(send(Method::POST, "/api/model-access-groups/starter-models/add-models", body)).await;
    assert_eq!(answer.refusal(), (422, "unknown_reference".into()));
    assert_eq!(answer.json()["unknown"], json!(["gpt-40", "x"]));
    assert_eq!(answer.json()["suggestions"], json!(["gpt-4o"]));
    for body in
        [r#"{"model_aliases": []}"#, "{}", r#"{"model_aliases": "gpt-4o"}"#, r#"{"model_aliases": [1]}"#]
    {
        let answer =
            serve(send(Method::POST, "/api/model-access-groups/starter-models/add-models", body)).await;
        assert_eq!(answer.status, 422, "{body}");
    }
}

#[actix_web::test]
async fn members_are_replaced_by_an_object_or_a_bare_list_and_may_be_none() {
    for (body, count) in
        [(r#"{"model_aliases": ["gpt-4", "gpt-4o"]}"#, 2), (r#"["gpt-4", "gpt-4o"]"#, 2), ("[]", 0)]
    {
        let mut storage = Storage::default();
        storage
            .groups
            .expect_update()
            .withf(move |_, change, _, _| {
                change.model_aliases.as_ref().is_some_and(|names| names.len() == count)
            })
            .returning(|_, _, _, _| Ok(written(starter())));
        let answer =
            storage.serve(send(Method::PUT, "/api/model-access-groups/starter-models/models", body)).await;
        assert_eq!(answer.status, 200, "{body}");
    }
    let answer = serve(send(Method::PUT, "/api/model-access-groups/starter-models/models", "{}")).await;
    assert_eq!(answer.refusal(), (422, "missing_field".into()));
}

#[actix_web::test]
async fn an_update_takes_back_what_a_get_gave() {
    let mut storage = with_starter();
    storage
        .groups
        .expect_update()
        .withf(|_, change, _, _| {
            let names = change.model_aliases.clone().unwrap_or_default();
            change.active == Some(false)
                && change.display_name == Some(None)
                && names == ["gpt-3.5-turbo".parse().unwrap()]
        })
        .returning(|_, _, _, _| Ok(written(starter())));
    let mut whole = with_starter().serve(get("/api/model-access-groups/starter-models")).await.json();
    whole["active"] = json!(false);
    let answer =
        storage.serve(send(Method::PUT, "/api/model-access-groups/starter-models", &whole.to_string())).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    for altered in
        [r#"{"model_aliases": [{"alias": "gpt-3.5-turbo", "active": false}]}"#, r#"{"active": null}"#]
    {
        let put = send(Method::PUT, "/api/model-access-groups/starter-models", altered);
        assert_eq!(with_starter().serve(put).await.status, 422, "{altered}");
    }
    let rename = send(Method::PUT, "/api/model-access-groups/starter-models", r#"{"group_name": "x"}"#);
    assert_eq!(with_starter().serve(rename).await.refusal(), (422, "immutable_field".into()));
}

#[actix_web::test]
async fn a_deletion_names_the_teams_and_can_be_bound_to_having_none() {
    let mut storage = Storage::default();
    storage
        .groups
        .expect_delete()
        .withf(|_, if_unused, _, _| !if_unused)
        .returning(|_, _, _, _| Ok(written(starter())));
    let answer = storage.serve(request(Method::DELETE, "/api/model-access-groups/starter-models")).await;
    insta::assert_json_snapshot!(answer.json(), @r#"
    {
      "deleted": true,
      "group_name": "starter-models",
      "message": "Access group 'starter-models' deleted successfully",
      "model_aliases": [
        "gpt-3.5-turbo"
      ],
      "removed_from_teams": [
        "newclient-prod"
      ],
      "teams_affected": 1
    }
    "#);

    let mut storage = Storage::default();
    storage.groups.expect_delete().withf(|_, if_unused, _, _| *if_unused).returning(|_, _, _, _| {
        Err(StoreError::InUse { kind: "access group", name: "starter-models".into() })
    });
    let strict = request(Method::DELETE, "/api/model-access-groups/starter-models?if_unused=true");
    assert_eq!(storage.serve(strict).await.refusal(), (409, "resource_in_use".into()));
    let wrong = request(Method::DELETE, "/api/model-access-groups/starter-models?if_unused=yes");
    assert_eq!(serve(wrong).await.refusal(), (400, "invalid_value".into()));
}

//! `/api/teams/{team}/keys`.

use std::sync::{Arc, Mutex};

use actix_web::http::Method;
use alias_core::clock::Timestamp;
use alias_core::key::{KeyId, KeySecret, Rotated, TeamKey};
use alias_core::repository::{Attempt, RecordedAnswer, StoreError};
use serde_json::json;

use super::{Storage, get, noon, request, send, serve, team_key, written};

const KEYS: &str = "/api/teams/newclient-prod/keys";

fn id(n: u64) -> String {
    team_key(n).key_id.to_string()
}

#[actix_web::test]
async fn a_new_key_is_shown_once_and_a_body_is_optional() {
    for (body, name) in [("", "default"), (r#"{"name": "ci", "expires_at": "2024-10-15T12:00:00Z"}"#, "ci")] {
        let mut storage = Storage::default();
        storage.keys.expect_create().returning(|_, new, _| {
            let masked = new.secret.masked();
            Ok(written(TeamKey {
                key_id: new.secret.id().clone(),
                name: new.name,
                virtual_key_masked: masked,
                expires_at: new.expires_at,
                scope: new.scope,
                limits: new.limits,
                last_used_at: None,
                created_at: noon(),
            }))
        });
        let answer = storage.serve(send(Method::POST, KEYS, body)).await;
        let shown = answer.json();
        assert_eq!((answer.status, &shown["name"]), (201, &json!(name)));
        let (key, id) = (shown["virtual_key"].as_str().unwrap(), shown["key_id"].as_str().unwrap());
        assert!(alias_core::key::KeyDigest::of_presented(key).is_some());
        assert_eq!(answer.header("location"), format!("{KEYS}/{id}"));
        assert_eq!(answer.header("x-alias-revision"), "9");
    }
    let past = send(Method::POST, KEYS, r#"{"expires_at": "2024-10-14T12:00:00Z"}"#);
    assert_eq!(serve(past).await.refusal(), (422, "invalid_value".into()));
}

#[actix_web::test]
async fn the_list_masks_keys() {
    let mut storage = Storage::default();
    storage.keys.expect_list().returning(|_| Ok(Some(vec![team_key(1)])));
    let answer = storage.serve(get(KEYS)).await;
    assert!(!answer.text.contains(alias_core::testing::key(1).expose()));
    insta::assert_json_snapshot!(answer.json(), @r#"
    {
      "keys": [
        {
          "created_at": "2024-10-14T12:00:00Z",
          "endpoints": null,
          "expires_at": null,
          "key_id": "aaaaaaaaaaaacaaa",
          "last_used_at": null,
          "max_parallel_requests": null,
          "models": null,
          "name": "default",
          "networks": null,
          "rpm_limit": null,
          "tpm_limit": null,
          "upstream_identity": false,
          "virtual_key_masked": "sk-…i4sy"
        }
      ]
    }
    "#);
    let mut storage = Storage::default();
    storage.keys.expect_list().returning(|_| Ok(None));
    assert_eq!(storage.serve(get(KEYS)).await.refusal(), (404, "team_not_found".into()));
}

#[actix_web::test]
async fn a_rotation_says_which_key_ends_when() {
    for (body, asked) in [
        ("", noon()),
        (r#"{"grace_seconds": 3600}"#, Timestamp::from_micros(noon().micros() + 3_600_000_000)),
    ] {
        let mut storage = Storage::default();
        storage.keys.expect_rotate().returning(move |_, old, secret, ends, _| {
            assert_eq!((old.as_str(), ends), (id(1).as_str(), asked));
            let new = TeamKey { key_id: secret.id().clone(), ..team_key(2) };
            Ok(written(Rotated { new, old_ends_at: ends }))
        });
        let answer = storage.serve(send(Method::POST, &format!("{KEYS}/{}/rotate", id(1)), body)).await;
        let shown = answer.json();
        assert_eq!((answer.status, &shown["old_key_id"]), (200, &json!(id(1))));
        assert_eq!(shown["old_key_ends_at"], json!(asked));
        let key = shown["virtual_key"].as_str().unwrap();
        assert!(key.starts_with(&format!("sk-{}_", shown["key_id"].as_str().unwrap())), "{shown}");
    }
}

#[actix_web::test]
async fn what_is_no_key_of_the_team_cannot_be_rotated() {
    let path = format!("{KEYS}/{}/rotate", id(1));
    let mut storage = Storage::default();
    storage.keys.expect_rotate().returning(|_, key, _, _, _| gone(key));
    assert_eq!(storage.serve(send(Method::POST, &path, "")).await.refusal(), (404, "key_not_found".into()));
    assert_eq!(
        serve(send(Method::POST, &format!("{KEYS}/x/rotate"), "")).await.refusal(),
        (404, "key_not_found".into())
    );
    let long = send(Method::POST, &path, r#"{"grace_seconds": 2592001}"#);
    assert_eq!(serve(long).await.refusal(), (422, "invalid_value".into()));
}

fn gone<T>(key: &KeyId) -> Result<T, StoreError> {
    Err(StoreError::NotFound { kind: "key", name: key.to_string() })
}

#[actix_web::test]
async fn wrong_limits_are_refused_with_the_fix_and_store_nothing() {
    for (body, code, fix) in [
        (r#"{"models": []}"#, "invalid_value", "leave it out, or send null"),
        (r#"{"endpoints": []}"#, "invalid_value", "leave it out, or send null"),
        (r#"{"networks": []}"#, "invalid_value", "leave it out, or send null"),
        (r#"{"models": ["a b"]}"#, "invalid_format", "a b"),
        (r#"{"endpoints": ["chat"]}"#, "invalid_format", "chat_completions"),
        (r#"{"networks": ["10.0.0.1/8"]}"#, "invalid_format", "write 10.0.0.0/8"),
        (r#"{"networks": ["everywhere"]}"#, "invalid_format", "192.0.2.7"),
    ] {
        let answer = serve(send(Method::POST, KEYS, body)).await;
        let told = answer.json();
        assert_eq!((answer.status, told["errors"][0]["code"].as_str()), (422, Some(code)), "{body}: {told}");
        assert!(told["detail"].as_str().unwrap().contains(fix), "{body}: {told}");
    }
}

#[actix_web::test]
async fn a_key_is_changed_by_what_is_sent_and_may_be_sent_back_as_it_was_read() {
    let path = format!("{KEYS}/{}", id(1));
    for method in [Method::PUT, Method::PATCH] {
        let mut storage = Storage::default();
        storage.keys.expect_list().returning(|_| Ok(Some(vec![team_key(1)])));
        storage.keys.expect_update().returning(|_, _, change, _| {
            assert_eq!((change.name, change.expires_at), (Some("ci".into()), None));
            assert_eq!((change.endpoints, change.networks), (Some(None), None));
            assert_eq!(change.models, Some(Some(vec!["gpt-4".parse().unwrap()])));
            Ok(written(team_key(1)))
        });
        let body = r#"{"name": "ci", "models": ["gpt-4"], "endpoints": null}"#;
        let answer = storage.serve(send(method, &path, body)).await;
        assert_eq!((answer.status, answer.header("x-alias-revision")), (200, "9"));
    }
    let mut storage = Storage::default();
    storage.keys.expect_list().returning(|_| Ok(Some(vec![team_key(1)])));
    storage.keys.expect_update().returning(|_, _, _, _| Ok(written(team_key(1))));
    let mut read = serde_json::to_value(team_key(1)).unwrap();
    assert_eq!(storage.serve(send(Method::PUT, &path, &read.to_string())).await.status, 200);
    read["virtual_key_masked"] = json!("sk-…abcd");
    let mut storage = Storage::default();
    storage.keys.expect_list().returning(|_| Ok(Some(vec![team_key(1)])));
    let answer = storage.serve(send(Method::PUT, &path, &read.to_string())).await;
    assert_eq!(answer.refusal(), (422, "immutable_field".into()));
}

#[actix_web::test]
async fn one_key_is_shown_where_it_was_said_to_be() {
    for (number, status) in [(1, 200), (2, 404)] {
        let mut storage = Storage::default();
        storage.keys.expect_list().returning(|_| Ok(Some(vec![team_key(1)])));
        assert_eq!(storage.serve(get(&format!("{KEYS}/{}", id(number)))).await.status, status);
    }
}

#[actix_web::test]
async fn a_key_is_revoked_once() {
    let mut storage = Storage::default();
    storage.keys.expect_revoke().returning(|_, _, _| Ok(written(team_key(1))));
    let path = format!("{KEYS}/{}", id(1));
    let answer = storage.serve(request(Method::DELETE, &path)).await;
    assert_eq!((answer.status, &answer.json()["revoked"]), (200, &json!(true)));
    let mut storage = Storage::default();
    storage.keys.expect_revoke().returning(|_, key, _| gone(key));
    assert_eq!(storage.serve(request(Method::DELETE, &path)).await.refusal(), (404, "key_not_found".into()));
}

/// What a repeated rotation is answered whose key 2 is `renewed` like this, and the secret that was stored.
async fn repeated(
    renewed: fn(&KeySecret) -> Result<TeamKey, StoreError>,
) -> (serde_json::Value, Option<String>) {
    let stored = Arc::new(Mutex::new(None));
    let slot = Arc::clone(&stored);
    let mut storage = Storage::default();
    storage.answers.expect_begin().returning(|_| {
        let body = json!({"key_id": id(2), "virtual_key": null, "virtual_key_masked": "sk-…lost", "old_key_id": id(1)});
        let headers = vec![("x-alias-revision".into(), "7".into())];
        Ok(Attempt::Answered(RecordedAnswer { status: 200, headers, body: body.to_string() }))
    });
    storage.keys.expect_renew().times(1).returning(move |_, secret, _| {
        *slot.lock().unwrap() = Some(secret.expose().to_owned());
        renewed(&secret).map(written)
    });
    let path = format!("{KEYS}/{}/rotate", id(1));
    let answer = storage.serve(send(Method::POST, &path, "").insert_header(("idempotency-key", "a"))).await;
    assert_eq!((answer.status, answer.header("idempotent-replayed")), (200, "true"));
    let stored = stored.lock().unwrap().take();
    (answer.json(), stored)
}

#[actix_web::test]
async fn a_lost_answer_is_asked_again_with_another_secret_for_the_same_key() {
    let (body, stored) =
        repeated(|secret| Ok(TeamKey { virtual_key_masked: secret.masked(), ..team_key(2) })).await;
    assert_eq!((body["virtual_key"].as_str(), &body["key_id"]), (stored.as_deref(), &json!(id(2))));
    assert!(stored.unwrap().starts_with(&format!("sk-{}_", id(2))));
    assert_ne!(body["virtual_key_masked"], "sk-…lost");
    assert_eq!(body["old_key_id"], json!(id(1)));
}

#[actix_web::test]
async fn a_key_that_was_used_keeps_its_secret_and_a_repetition_does_not_show_it() {
    let (body, _) = repeated(|secret| gone(secret.id())).await;
    assert_eq!((&body["virtual_key"], &body["virtual_key_masked"]), (&json!(null), &json!("sk-…lost")));
}

//! `/api/teams/{team}/keys`.

use actix_web::http::Method;
use alias_core::clock::Timestamp;
use alias_core::key::TeamKey;
use alias_core::repository::StoreError;
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
          "expires_at": null,
          "key_id": "aaaaaaaaaaaacaaa",
          "name": "default",
          "virtual_key_masked": "sk-…i4sy"
        }
      ]
    }
    "#);
    let mut storage = Storage::default();
    storage.keys.expect_list().returning(|_| Ok(None));
    assert_eq!(storage.serve(get(KEYS)).await.refusal(), (404, "team_not_found".into()));
}

/// Rotates key 1, whose own end is `own_end`, and tells name and end of the answer's old key.
async fn rotated(body: &'static str, own_end: Option<Timestamp>) -> (u16, serde_json::Value) {
    let mut storage = Storage::default();
    storage.keys.expect_list().returning(move |_| {
        Ok(Some(vec![TeamKey { name: "ci".into(), expires_at: own_end, ..team_key(1) }]))
    });
    storage.keys.expect_rotate().returning(move |_, old, new, _, _| {
        assert_eq!((old.as_str(), new.name.as_str(), new.expires_at), (id(1).as_str(), "ci", own_end));
        Ok(written(TeamKey { name: new.name, expires_at: new.expires_at, ..team_key(2) }))
    });
    let answer = storage.serve(send(Method::POST, &format!("{KEYS}/{}/rotate", id(1)), body)).await;
    (answer.status, answer.json())
}

#[actix_web::test]
async fn a_rotation_keeps_name_and_end_and_says_when_the_old_key_ends() {
    let (status, body) = rotated("", None).await;
    assert_eq!((status, &body["old_key_ends_at"]), (200, &json!("2024-10-14T12:00:00Z")));
    assert!(body["virtual_key"].as_str().unwrap().starts_with("sk-"));
    let (_, body) = rotated(r#"{"grace_seconds": 3600}"#, None).await;
    assert_eq!(body["old_key_ends_at"], "2024-10-14T13:00:00Z");
    let own_end = Timestamp::from_micros(noon().micros() + 60_000_000);
    let (_, body) = rotated(r#"{"grace_seconds": 3600}"#, Some(own_end)).await;
    assert_eq!(body["old_key_ends_at"], "2024-10-14T12:01:00Z");
}

#[actix_web::test]
async fn what_is_no_key_of_the_team_cannot_be_rotated() {
    let mut storage = Storage::default();
    storage.keys.expect_list().returning(|_| Ok(Some(vec![])));
    let path = format!("{KEYS}/{}/rotate", id(1));
    assert_eq!(storage.serve(send(Method::POST, &path, "")).await.refusal(), (404, "key_not_found".into()));
    assert_eq!(
        serve(send(Method::POST, &format!("{KEYS}/x/rotate"), "")).await.refusal(),
        (404, "key_not_found".into())
    );
    let long = send(Method::POST, &path, r#"{"grace_seconds": 2592001}"#);
    assert_eq!(serve(long).await.refusal(), (422, "invalid_value".into()));
}

#[actix_web::test]
async fn a_key_is_revoked_once() {
    let mut storage = Storage::default();
    storage.keys.expect_revoke().returning(|_, _, _| Ok(written(team_key(1))));
    let path = format!("{KEYS}/{}", id(1));
    let answer = storage.serve(request(Method::DELETE, &path)).await;
    assert_eq!((answer.status, &answer.json()["revoked"]), (200, &json!(true)));
    let mut storage = Storage::default();
    storage
        .keys
        .expect_revoke()
        .returning(|_, key, _| Err(StoreError::NotFound { kind: "key", name: key.to_string() }));
    assert_eq!(storage.serve(request(Method::DELETE, &path)).await.refusal(), (404, "key_not_found".into()));
}

//! `Idempotency-Key`: work is done once.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use alias_core::repository::{Attempt, IdempotentRequest, RecordedAnswer, StoreError};
use std::sync::{Arc, Mutex};

use super::{Storage, send, serve, teams, written};

const BODY: &str = r#"{"organization_id": "org_newclient", "team_id": "newclient-prod"}"#;

fn create(key: &str, body: &str) -> TestRequest {
    send(Method::POST, "/api/teams/create", body).insert_header(("idempotency-key", key.to_owned()))
}

/// What is asked of the store of answers, for a request that reaches it.
async fn claim(request: TestRequest) -> IdempotentRequest {
    let seen = Arc::new(Mutex::new(None));
    let mut storage = Storage::default();
    let slot = Arc::clone(&seen);
    storage.answers.expect_begin().returning(move |request| {
        *slot.lock().unwrap() = Some(request.clone());
        Ok(Attempt::InProgress)
    });
    let answer = storage.serve(request).await;
    assert_eq!(answer.refusal(), (409, "request_in_progress".into()));
    assert_eq!(answer.header("retry-after"), "1");
    seen.lock().unwrap().take().unwrap()
}

#[actix_web::test]
async fn the_first_answer_is_kept_without_its_key() {
    let kept = Arc::new(Mutex::new(None));
    let mut storage = Storage::default();
    let slot = Arc::clone(&kept);
    storage.answers.expect_begin().returning(|_| Ok(Attempt::First));
    storage.answers.expect_finish().times(1).returning(move |_, answer| {
        *slot.lock().unwrap() = answer;
        Ok(())
    });
    storage.teams.expect_create().times(1).returning(|_, _, _| Ok(written(teams::details())));
    let answer = storage.serve(create("a", BODY)).await;
    let shown = answer.json()["virtual_key"].as_str().unwrap().to_owned();
    let kept = kept.lock().unwrap().take().unwrap();
    assert_eq!((answer.status, kept.status), (201, 201));
    assert!(!kept.body.contains(&shown) && kept.body.contains("\"virtual_key\":null"), "{}", kept.body);
    for name in ["location", "etag", "x-alias-revision", "content-type"] {
        assert!(kept.headers.contains(&(name.to_owned(), answer.header(name).to_owned())), "{name}");
    }
}

#[actix_web::test]
async fn a_repetition_gets_the_kept_answer() {
    let mut storage = Storage::default();
    storage.answers.expect_begin().returning(|_| {
        Ok(Attempt::Answered(RecordedAnswer {
            status: 201,
            headers: vec![
                ("location".into(), "/api/teams/newclient-prod".into()),
                ("content-type".into(), "application/json".into()),
            ],
            body: "{\"virtual_key\":null}".into(),
        }))
    });
    let answer = storage.serve(create("a", BODY)).await;
    assert_eq!((answer.status, answer.text.as_str()), (201, "{\"virtual_key\":null}"));
    assert_eq!(answer.header("idempotent-replayed"), "true");
    assert_eq!(answer.header("location"), "/api/teams/newclient-prod");
}

#[actix_web::test]
async fn a_refusal_is_kept_and_a_failure_of_ours_is_not() {
    for (failure, kept) in [
        (StoreError::AlreadyExists { kind: "team", name: "newclient-prod".into() }, Some(409)),
        (StoreError::Unavailable("away".into()), None),
    ] {
        let mut storage = Storage::default();
        let failure = Mutex::new(Some(failure));
        storage.answers.expect_begin().returning(|_| Ok(Attempt::First));
        storage
            .answers
            .expect_finish()
            .times(1)
            .withf(move |_, answer| answer.as_ref().map(|answer| answer.status) == kept)
            .returning(|_, _| Ok(()));
        storage.teams.expect_create().returning(move |_, _, _| Err(failure.lock().unwrap().take().unwrap()));
        let answer = storage.serve(create("a", BODY)).await;
        assert_eq!(answer.status, kept.unwrap_or(503));
    }
}

#[actix_web::test]
async fn caller_path_and_key_are_the_scope_and_the_body_is_compared() {
    let first = claim(create("a", BODY)).await;
    assert_eq!(claim(create("a", BODY)).await, first);
    let other_key = claim(create("b", BODY)).await;
    assert_ne!(other_key.scope, first.scope);
    let other_body = claim(create("a", &format!("{BODY} "))).await;
    assert!(other_body.scope == first.scope && other_body.body != first.body);
    let groups = send(Method::POST, "/api/model-access-groups/create", r#"{"group_name": "x"}"#);
    assert_ne!(claim(groups.insert_header(("idempotency-key", "a"))).await.scope, first.scope);
}

#[actix_web::test]
async fn what_was_begun_and_never_answered_is_not_done_again() {
    let mut storage = Storage::default();
    storage.answers.expect_begin().returning(|_| Ok(Attempt::Unanswered));
    let answer = storage.serve(create("a", BODY)).await;
    assert_eq!(answer.refusal(), (409, "request_in_progress".into()));
    assert!(answer.text.contains("not known") && answer.header("retry-after").is_empty(), "{}", answer.text);
}

#[actix_web::test]
async fn another_body_under_the_same_key_is_refused() {
    let mut storage = Storage::default();
    storage.answers.expect_begin().returning(|_| Ok(Attempt::OtherBody));
    assert_eq!(storage.serve(create("a", BODY)).await.refusal(), (422, "idempotency_key_reused".into()));
    for key in ["", &"k".repeat(256), "schlüssel"] {
        assert_eq!(serve(create(key, BODY)).await.refusal(), (400, "invalid_value".into()), "{key}");
    }
}

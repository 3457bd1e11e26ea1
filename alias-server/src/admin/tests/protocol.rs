//! What holds for every path: methods, ids, slashes, media types, storage that is away.

use actix_web::http::Method;
use alias_core::repository::StoreError;

use super::{Storage, get, request, send, serve};

#[actix_web::test]
async fn every_path_answers_options_and_refuses_other_methods_with_what_it_takes() {
    for (path, allow) in [
        ("/api/model-aliases", "OPTIONS, GET, HEAD, POST"),
        ("/api/model-aliases/create", "OPTIONS, POST"),
        ("/api/model-aliases/gpt-4", "OPTIONS, GET, HEAD, PUT, PATCH, DELETE"),
        ("/api/teams/acme-prod/suspend", "OPTIONS, POST, PUT"),
    ] {
        let answer = serve(request(Method::OPTIONS, path)).await;
        assert_eq!((answer.status, answer.header("allow")), (204, allow), "{path}");
        let answer = serve(request(Method::TRACE, path)).await;
        assert_eq!(answer.header("allow"), allow, "{path}");
        assert_eq!(answer.refusal(), (405, "method_not_allowed".into()), "{path}");
    }
}

#[actix_web::test]
async fn an_unknown_path_is_a_problem_with_the_requests_id() {
    let answer = serve(get("/api/nothing")).await;
    assert_eq!(answer.refusal(), (404, "route_not_found".into()));
    assert_eq!(
        (answer.header("x-request-id"), &answer.json()["request_id"]),
        ("req_test", &"req_test".into())
    );
}

#[actix_web::test]
async fn other_media_types_and_codings_are_refused() {
    let create = |name: &str, value: &str| {
        send(Method::POST, "/api/model-aliases/create", "{}")
            .insert_header((name.to_owned(), value.to_owned()))
    };
    for (name, value) in
        [("content-encoding", "gzip"), ("content-type", "text/xml"), ("content-type", "multipart/form-data")]
    {
        assert_eq!(
            serve(create(name, value)).await.refusal(),
            (415, "unsupported_media_type".into()),
            "{value}"
        );
    }
}

#[actix_web::test]
async fn a_client_that_takes_no_coding_at_all_is_told_so() {
    let answer = serve(
        request(Method::POST, "/api/model-aliases/validate")
            .insert_header(("accept-encoding", "identity;q=0")),
    )
    .await;
    assert_eq!(answer.refusal(), (406, "not_acceptable".into()));
}

#[actix_web::test]
async fn a_storage_that_is_away_is_said_so_and_nothing_of_its_words_is_shown() {
    let mut storage = Storage::default();
    storage
        .aliases
        .expect_find()
        .returning(|_| Err(StoreError::Unavailable("SQLITE_BUSY at /var/lib/aliases.db".into())));
    let answer = storage.serve(get("/api/model-aliases/gpt-4")).await;
    assert_eq!(answer.refusal(), (503, "storage_unavailable".into()));
    assert!(!answer.text.contains("SQLITE"), "{}", answer.text);
    assert_eq!(answer.header("retry-after"), "1");
}

#[actix_web::test]
async fn a_write_that_waited_too_long_for_another_is_told_of_that_one() {
    let mut storage = Storage::default();
    storage.aliases.expect_find().returning(|_| Err(StoreError::Busy));
    let answer = storage.serve(get("/api/model-aliases/gpt-4")).await;
    assert_eq!(answer.refusal(), (503, "server_busy".into()));
    assert!(answer.text.contains("Another change is being made; nothing was changed."), "{}", answer.text);
    assert_eq!(answer.header("retry-after"), "1");
}

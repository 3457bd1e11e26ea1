//! Repeated requests: the answer of the first, or the word that it is under way.

use alias_core::repository::{Attempt, IdempotencyRepository, IdempotentRequest, RecordedAnswer};

use crate::world::on_each_database;

fn request(scope: u8, body: u8) -> IdempotentRequest {
    IdempotentRequest { scope: [scope; 32], body: [body; 32] }
}

fn answer() -> RecordedAnswer {
    RecordedAnswer {
        status: 201,
        headers: vec![("location".into(), "/api/model-aliases/a".into()), ("etag".into(), "\"1\"".into())],
        body: r#"{"alias":"a"}"#.into(),
    }
}

on_each_database! {
    async fn a_repetition_gets_the_first_answer_and_another_body_none(world) {
        let store = &world.store;
        assert_eq!(store.begin(&request(1, 1)).await.unwrap(), Attempt::First);
        assert_eq!(store.begin(&request(1, 1)).await.unwrap(), Attempt::InProgress);
        assert_eq!(store.begin(&request(1, 2)).await.unwrap(), Attempt::OtherBody);
        store.finish(&request(1, 1), Some(answer())).await.unwrap();
        assert_eq!(store.begin(&request(1, 1)).await.unwrap(), Attempt::Answered(answer()));
        assert_eq!(store.begin(&request(1, 2)).await.unwrap(), Attempt::OtherBody);
        assert_eq!(store.begin(&request(2, 1)).await.unwrap(), Attempt::First);
    }

    async fn a_failure_of_ours_makes_the_repetition_a_first(world) {
        let store = &world.store;
        store.begin(&request(1, 1)).await.unwrap();
        store.finish(&request(1, 1), None).await.unwrap();
        assert_eq!(store.begin(&request(1, 1)).await.unwrap(), Attempt::First);
    }

    async fn a_claim_that_was_never_answered_is_not_run_again_and_all_is_forgotten_after_a_day(world) {
        let store = &world.store;
        store.begin(&request(1, 1)).await.unwrap();
        store.begin(&request(2, 2)).await.unwrap();
        store.finish(&request(2, 2), Some(answer())).await.unwrap();
        world.clock.advance(chrono::Duration::seconds(61));
        assert_eq!(store.begin(&request(1, 1)).await.unwrap(), Attempt::Unanswered);
        assert_eq!(store.begin(&request(1, 3)).await.unwrap(), Attempt::OtherBody);
        assert_eq!(store.begin(&request(2, 2)).await.unwrap(), Attempt::Answered(answer()));
        world.clock.advance(chrono::Duration::hours(24));
        assert_eq!(store.begin(&request(2, 3)).await.unwrap(), Attempt::First);
        assert_eq!(world.count("idempotency"), 1);
    }

    async fn repetitions_touch_neither_revision_nor_audit_log(world) {
        world.store.begin(&request(1, 1)).await.unwrap();
        world.store.finish(&request(1, 1), Some(answer())).await.unwrap();
        assert_eq!((world.count("catalogue WHERE revision = 0"), world.count("audit_log")), (1, 0));
    }
}

//! Sessions: who is signed in, and for how long.

use alias_core::clock::Clock;
use alias_core::identity::{AccountChange, Credential, IDLE_SECONDS, PasswordHash, SESSION_SECONDS, Session};
use alias_core::repository::{AccountRepository, SessionRepository, StoreError};

use crate::accounts::{account, new};
use crate::world::{World, by, on_each_database};

async fn resume(world: &World, number: u8) -> Option<Session> {
    world.store.resume(&[number; 32], world.clock.now()).await.unwrap()
}

fn pass(world: &World, seconds: i64) {
    world.clock.advance(chrono::Duration::seconds(seconds));
}

on_each_database! {
    async fn a_session_is_resumed_until_it_is_closed(world) {
        let ada = account(world, "ada@acme.example", "admin").await;
        world.store.open(&ada, [1; 32], &by()).await.unwrap();
        let session = resume(world, 1).await.unwrap();
        assert_eq!((session.account, session.email.as_str()), (ada.user_id, "ada@acme.example"));
        assert_eq!(resume(world, 2).await, None);
        let signed_in = AccountRepository::find(&world.store, ada.user_id).await.unwrap().unwrap();
        assert_eq!(signed_in.last_sign_in_at, Some(world.clock.now()));
        world.store.close(&[1; 32], &by()).await.unwrap();
        world.store.close(&[1; 32], &by()).await.unwrap();
        assert_eq!(resume(world, 1).await, None);
        assert_eq!(world.count("audit_log WHERE object = 'session'"), 2);
    }

    async fn a_session_ends_unused_or_old(world) {
        let ada = account(world, "ada@acme.example", "admin").await;
        world.store.open(&ada, [1; 32], &by()).await.unwrap();
        pass(world, IDLE_SECONDS - 1);
        assert!(resume(world, 1).await.is_some(), "a use keeps it");
        pass(world, IDLE_SECONDS - 1);
        assert!(resume(world, 1).await.is_some());
        pass(world, IDLE_SECONDS);
        assert_eq!(resume(world, 1).await, None, "unused for too long");

        world.store.open(&ada, [2; 32], &by()).await.unwrap();
        let mut passed = 0;
        while passed + IDLE_SECONDS / 2 < SESSION_SECONDS {
            pass(world, IDLE_SECONDS / 2);
            passed += IDLE_SECONDS / 2;
            assert!(resume(world, 2).await.is_some(), "after {passed} s");
        }
        pass(world, IDLE_SECONDS / 2);
        assert_eq!(resume(world, 2).await, None, "too old, however much it is used");
    }

    async fn sessions_that_are_over_are_swept(world) {
        let ada = account(world, "ada@acme.example", "admin").await;
        for number in 1..=3 {
            world.store.open(&ada, [number; 32], &by()).await.unwrap();
        }
        pass(world, IDLE_SECONDS);
        world.store.open(&ada, [4; 32], &by()).await.unwrap();
        assert_eq!(world.count("sessions"), 1);
    }

    async fn who_is_disabled_or_has_a_new_password_is_signed_out(world) {
        account(world, "owner@acme.example", "owner").await;
        let mut ada = account(world, "ada@acme.example", "admin").await;
        let off = AccountChange { active: Some(false), ..AccountChange::default() };
        let on = AccountChange { active: Some(true), ..AccountChange::default() };
        let password =
            AccountChange { password: Some(PasswordHash::new("$new$".into())), ..AccountChange::default() };
        for (number, change) in [(1, password), (2, off)] {
            world.store.open(&ada, [number; 32], &by()).await.unwrap();
            let changed = AccountRepository::update(&world.store, ada.user_id, change, None, &by()).await.unwrap();
            assert_eq!(resume(world, number).await, None);
            let late = world.store.open(&ada, [9; 32], &by()).await.unwrap_err();
            assert!(matches!(late, StoreError::NotFound { kind: "account", .. }), "what vouched for it is old: {late:?}");
            ada = changed;
        }
        assert_eq!(world.store.by_password(&ada.email).await.unwrap(), None, "a disabled account does not sign in");
        let refused = world.store.open(&ada, [3; 32], &by()).await.unwrap_err();
        assert!(matches!(refused, StoreError::NotFound { kind: "account", .. }), "{refused:?}");
        AccountRepository::update(&world.store, ada.user_id, on, None, &by()).await.unwrap();
        assert_eq!(resume(world, 2).await, None, "what was ended stays ended");
    }

    async fn an_account_is_found_by_its_own_way_of_signing_in_only(world) {
        let ada = account(world, "ada@acme.example", "admin").await;
        let subject = Credential::OpenId { issuer: "https://id.example".into(), subject: "7".into() };
        let bob = AccountRepository::create(&world.store, new("bob@acme.example", "viewer"), subject, &by()).await.unwrap();
        let (found, hash) = world.store.by_password(&ada.email).await.unwrap().unwrap();
        assert_eq!((found.user_id, hash.as_str()), (ada.user_id, "$hash$"));
        assert_eq!(world.store.by_password(&bob.email).await.unwrap(), None);
        let found = world.store.by_subject("https://id.example", "7").await.unwrap();
        assert_eq!(found.map(|account| account.user_id), Some(bob.user_id));
        assert_eq!(world.store.by_subject("https://id.example", "8").await.unwrap(), None);
        assert_eq!(world.store.by_subject("https://other.example", "7").await.unwrap(), None);
    }
}

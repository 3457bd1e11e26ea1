//! Admin tokens: made, used, revoked; only digests are kept.

use alias_core::access::Role;
use alias_core::clock::{Clock, Timestamp};
use alias_core::identity::{Appointment, NewToken};
use alias_core::repository::{OrganizationRepository, SessionRepository, StoreError, TokenRepository};
use alias_core::testing::admin_token;

use crate::world::{World, by, on_each_database};

fn token(number: u64, role: &str, organization: Option<&str>) -> NewToken {
    NewToken {
        name: format!("token {number}"),
        appointment: Appointment::parse(role, organization).unwrap(),
        expires_at: None,
        secret: admin_token(number),
    }
}

async fn holder(world: &World, number: u64) -> Option<alias_core::identity::TokenHolder> {
    world.store.authenticate(&admin_token(number).digest(), world.clock.now()).await.unwrap()
}

on_each_database! {
    async fn a_token_is_known_by_its_secret_until_it_is_revoked(world) {
        let made = TokenRepository::create(&world.store, token(1, "admin", None), &by()).await.unwrap();
        assert_eq!(made.token_masked, admin_token(1).masked());
        let found = holder(world, 1).await.unwrap();
        assert_eq!((found.token_id.clone(), found.authority.role), (made.token_id, Role::Admin));
        assert_eq!(found.authority.organization, None);
        assert_eq!(holder(world, 2).await, None);
        assert!(world.store.any_identity().await.unwrap());

        TokenRepository::revoke(&world.store, &found.token_id, &by()).await.unwrap();
        assert_eq!(holder(world, 1).await, None);
        assert!(TokenRepository::list(&world.store).await.unwrap().is_empty());
        assert!(!world.store.any_identity().await.unwrap());
        let again = TokenRepository::revoke(&world.store, &found.token_id, &by()).await.unwrap_err();
        assert!(matches!(again, StoreError::NotFound { kind: "admin token", .. }), "{again:?}");
    }

    async fn a_token_ends_by_itself(world) {
        let ends = Timestamp::from_micros(world.clock.now().micros() + 1_000);
        let token = NewToken { expires_at: Some(ends), ..token(1, "viewer", None) };
        TokenRepository::create(&world.store, token, &by()).await.unwrap();
        assert!(holder(world, 1).await.is_some());
        world.tick();
        assert_eq!(holder(world, 1).await, None);
    }

    async fn the_use_of_a_token_is_noted_to_the_minute(world) {
        TokenRepository::create(&world.store, token(1, "viewer", None), &by()).await.unwrap();
        let used = async || TokenRepository::list(&world.store).await.unwrap()[0].last_used_at;
        assert_eq!(used().await, None);
        let first = world.clock.now();
        holder(world, 1).await.unwrap();
        world.clock.advance(chrono::Duration::seconds(59));
        holder(world, 1).await.unwrap();
        assert_eq!(used().await, Some(first));
        world.clock.advance(chrono::Duration::seconds(1));
        holder(world, 1).await.unwrap();
        assert_eq!(used().await, Some(world.clock.now()));
    }

    async fn a_token_of_an_organization_goes_with_it(world) {
        world.organization("Acme").await;
        let made = TokenRepository::create(&world.store, token(1, "org-admin", Some("acme")), &by()).await;
        assert_eq!(made.unwrap().organization_id, Some("Acme".parse().unwrap()));
        let home = holder(world, 1).await.unwrap().authority.organization.unwrap();
        assert_eq!(home.organization_id.as_str(), "Acme");

        let unknown = TokenRepository::create(&world.store, token(2, "viewer", Some("acne")), &by()).await;
        let StoreError::UnknownReference { field, suggestions, .. } = unknown.unwrap_err() else { panic!() };
        assert_eq!((field, suggestions), ("organization_id", vec!["Acme".to_owned()]));

        OrganizationRepository::delete(&world.store, &"acme".parse().unwrap(), None, &by()).await.unwrap();
        assert_eq!(holder(world, 1).await, None);
    }

    async fn the_secret_of_a_token_is_nowhere(world) {
        TokenRepository::create(&world.store, token(1, "owner", None), &by()).await.unwrap();
        let secret = &admin_token(1).expose()[20..40].to_owned();
        assert_eq!(world.count(&format!("audit_log WHERE diff LIKE '%{secret}%'")), 0);
        assert_eq!(world.count("audit_log WHERE action = 'admin_token.create'"), 1);
        assert_eq!(world.count("catalogue WHERE revision = 0"), 1);
    }
}

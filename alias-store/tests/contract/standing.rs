//! Who was let in and may not act any more: his write does not count, wherever it waited meanwhile.

use alias_core::access::Role;
use alias_core::audit::{ActingSession, Actor, ActorKind};
use alias_core::clock::{Clock, Timestamp};
use alias_core::group::GroupDraft;
use alias_core::identity::{Account, AccountChange, Appointment, NewToken};
use alias_core::repository::{
    AccountRepository, AuditRepository, GroupRepository, SessionRepository, StoreError, TokenRepository,
};
use alias_core::testing::admin_token;

use crate::accounts::account;
use crate::world::{World, by, on_each_database};

/// Whether `by` can make a group.
async fn may_write(world: &World, by: &Actor, name: &str) -> bool {
    let before = world.count("access_groups");
    let draft = GroupDraft { group_name: name.into(), ..GroupDraft::default() };
    let written = GroupRepository::create(&world.store, draft.parse().unwrap(), by).await;
    assert_eq!(world.count("access_groups") - before, i64::from(written.is_ok()));
    match written {
        Ok(_) => true,
        Err(StoreError::ActorRevoked) => false,
        Err(other) => panic!("{other:?}"),
    }
}

fn in_session(account: &Account, number: u8) -> Actor {
    let kind =
        ActorKind::Account { id: account.user_id, email: account.email.to_string(), role: account.role };
    Actor { kind, session: Some(ActingSession { digest: [number; 32], organization: None }), ..by() }
}

on_each_database! {
    async fn a_token_that_was_revoked_or_has_ended_writes_nothing(world) {
        let ends = Timestamp::from_micros(world.clock.now().micros() + 1_000);
        let mut actors = Vec::new();
        for (number, expires_at) in [(1, None), (2, Some(ends))] {
            let new = NewToken {
                name: "ci".into(),
                appointment: Appointment::parse("admin", None).unwrap(),
                expires_at,
                secret: admin_token(number),
            };
            let token = TokenRepository::create(&world.store, new, &by()).await.unwrap();
            let kind = ActorKind::Token { id: token.token_id, name: token.name, role: token.role };
            actors.push(Actor { kind, ..by() });
        }
        assert!(may_write(world, &actors[0], "a").await && may_write(world, &actors[1], "b").await);
        TokenRepository::revoke(&world.store, admin_token(1).id(), &by()).await.unwrap();
        world.tick();
        assert!(!may_write(world, &actors[0], "c").await && !may_write(world, &actors[1], "d").await);
        assert!(world.store.verify().await.unwrap().valid);
    }

    async fn a_session_that_ended_or_changed_its_role_writes_nothing(world) {
        account(world, "owner@acme.example", "owner").await;
        let ada = account(world, "ada@acme.example", "admin").await;
        for session in 1..=3 {
            world.store.open(&ada, [session; 32], &by()).await.unwrap();
        }
        assert!(may_write(world, &in_session(&ada, 1), "a").await);
        world.store.close(&[1; 32], &in_session(&ada, 1)).await.unwrap();
        assert!(!may_write(world, &in_session(&ada, 1), "b").await);
        assert!(may_write(world, &in_session(&ada, 2), "c").await);
        let demoted =
            AccountChange { appointment: Some(Appointment::parse("viewer", None).unwrap()), ..AccountChange::default() };
        AccountRepository::update(&world.store, ada.user_id, demoted, None, &by()).await.unwrap();
        assert!(!may_write(world, &in_session(&ada, 2), "d").await, "it was let in as an admin");
        let viewer = Account { role: Role::Viewer, ..ada.clone() };
        assert!(may_write(world, &in_session(&viewer, 2), "e").await, "what a role may is asked elsewhere");
        let off = AccountChange { active: Some(false), ..AccountChange::default() };
        AccountRepository::update(&world.store, ada.user_id, off, None, &by()).await.unwrap();
        assert!(!may_write(world, &in_session(&viewer, 3), "f").await);
    }

    async fn a_session_that_was_moved_to_another_organization_writes_nothing(world) {
        world.organization("here").await;
        world.organization("there").await;
        account(world, "owner@acme.example", "owner").await;
        let boss = account(world, "boss@acme.example", "viewer").await;
        let moved = async |organization: &str| {
            let appointment = Some(Appointment::parse("org-admin", Some(organization)).unwrap());
            let change = AccountChange { appointment, ..AccountChange::default() };
            AccountRepository::update(&world.store, boss.user_id, change, None, &by()).await.unwrap()
        };
        let boss = moved("here").await;
        world.store.open(&boss, [1; 32], &by()).await.unwrap();
        let session = world.store.resume(&[1; 32], world.clock.now()).await.unwrap().unwrap();
        let organization = session.authority.organization.map(|home| home.uid);
        let here = Actor { session: Some(ActingSession { digest: [1; 32], organization }), ..in_session(&boss, 1) };
        assert!(may_write(world, &here, "a").await);
        moved("there").await;
        assert!(!may_write(world, &here, "b").await);
    }

    async fn nobody_without_a_key_writes_once_there_is_an_identity(world) {
        let anybody = Actor { kind: ActorKind::Local, ..by() };
        assert!(may_write(world, &anybody, "a").await);
        account(world, "owner@acme.example", "owner").await;
        assert!(!may_write(world, &anybody, "b").await);
        assert!(may_write(world, &Actor { kind: ActorKind::AdminKey, ..by() }, "c").await);
    }
}

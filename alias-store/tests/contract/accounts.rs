//! Accounts: unique by address, and one active owner stays.

use alias_core::access::Role;
use alias_core::identity::{
    Account, AccountChange, Appointment, Credential, NewAccount, PasswordHash, SignIn,
};
use alias_core::repository::{AccountRepository, OrganizationRepository, StoreError};

use crate::world::{World, by, on_each_database};

pub(crate) fn password(text: &str) -> Credential {
    Credential::Password(PasswordHash::new(text.into()))
}

pub(crate) fn new(email: &str, role: &str) -> NewAccount {
    NewAccount {
        email: email.parse().unwrap(),
        display_name: email.into(),
        appointment: Appointment::parse(role, None).unwrap(),
    }
}

pub(crate) async fn account(world: &World, email: &str, role: &str) -> Account {
    AccountRepository::create(&world.store, new(email, role), password("$hash$"), &by()).await.unwrap()
}

fn demotion() -> AccountChange {
    AccountChange {
        appointment: Some(Appointment::parse("viewer", None).unwrap()),
        ..AccountChange::default()
    }
}

async fn list(world: &World) -> Vec<Account> {
    AccountRepository::list(&world.store).await.unwrap()
}

on_each_database! {
    async fn an_account_is_read_back_as_it_was_made(world) {
        let made = account(world, "Ada@Acme.example", "admin").await;
        assert_eq!((made.email.as_str(), made.role, made.version), ("ada@acme.example", Role::Admin, 1));
        assert_eq!(AccountRepository::find(&world.store, made.user_id).await.unwrap(), Some(made.clone()));
        let subject = Credential::OpenId { issuer: "https://id.example".into(), subject: "7".into() };
        let other =
            AccountRepository::create(&world.store, new("bob@acme.example", "viewer"), subject.clone(), &by()).await.unwrap();
        assert_eq!(other.sign_in, SignIn::OpenId);
        assert_eq!(list(world).await, [made, other]);
        for (email, credential) in [("ADA@acme.example", password("x")), ("carl@acme.example", subject)] {
            let twin = AccountRepository::create(&world.store, new(email, "viewer"), credential, &by()).await;
            assert!(matches!(twin, Err(StoreError::AlreadyExists { kind: "account", .. })), "{email}: {twin:?}");
        }
    }

    async fn there_is_one_first_account(world) {
        let made = world.store.create_first(new("a@b.example", "owner"), password("x"), &by()).await.unwrap();
        assert_eq!(made.role, Role::Owner);
        let second = world.store.create_first(new("c@d.example", "owner"), password("x"), &by()).await;
        assert!(matches!(second, Err(StoreError::AlreadyExists { .. })), "{second:?}");
    }

    async fn a_change_raises_the_version_and_one_that_changes_nothing_does_not(world) {
        let made = account(world, "a@b.example", "viewer").await;
        let change = AccountChange { display_name: Some("Ada".into()), ..AccountChange::default() };
        let after = AccountRepository::update(&world.store, made.user_id, change.clone(), Some(1), &by()).await.unwrap();
        assert_eq!((after.display_name.as_str(), after.version), ("Ada", 2));
        let same = AccountRepository::update(&world.store, made.user_id, change.clone(), None, &by()).await.unwrap();
        assert_eq!(same, after);
        let stale = AccountRepository::update(&world.store, made.user_id, change, Some(1), &by()).await;
        assert!(matches!(stale, Err(StoreError::Conflict { current: 2, .. })), "{stale:?}");
        assert_eq!(world.count("audit_log WHERE action = 'account.update'"), 1);
    }

    async fn the_last_active_owner_stays(world) {
        let owner = account(world, "a@b.example", "owner").await;
        let off = AccountChange { active: Some(false), ..AccountChange::default() };
        for change in [demotion(), off.clone()] {
            let refused = AccountRepository::update(&world.store, owner.user_id, change, None, &by()).await;
            assert!(matches!(refused, Err(StoreError::LastOwner)), "{refused:?}");
        }
        let refused = AccountRepository::delete(&world.store, owner.user_id, None, &by()).await;
        assert!(matches!(refused, Err(StoreError::LastOwner)), "{refused:?}");
        assert_eq!(list(world).await, std::slice::from_ref(&owner));

        let other = account(world, "c@d.example", "owner").await;
        AccountRepository::update(&world.store, other.user_id, off, None, &by()).await.unwrap();
        let refused = AccountRepository::delete(&world.store, owner.user_id, None, &by()).await;
        assert!(matches!(refused, Err(StoreError::LastOwner)), "a disabled owner counts for nothing");
    }

    async fn of_two_owners_who_demote_each_other_one_stays(world) {
        let owners = [account(world, "a@b.example", "owner").await, account(world, "c@d.example", "owner").await];
        let stores = [world.store.clone(), world.replica().await];
        let tasks: Vec<_> = owners.into_iter().zip(stores).map(|(owner, store)| {
            tokio::spawn(async move { AccountRepository::update(&store, owner.user_id, demotion(), None, &by()).await })
        }).collect();
        let mut refused = 0;
        for task in tasks {
            refused += u32::from(matches!(task.await.unwrap(), Err(StoreError::LastOwner)));
        }
        assert_eq!(refused, 1);
        assert_eq!(list(world).await.iter().filter(|account| account.role == Role::Owner).count(), 1);
    }

    async fn a_password_is_in_no_record(world) {
        let made = account(world, "a@b.example", "viewer").await;
        let change = AccountChange { password: Some(PasswordHash::new("$other$".into())), ..AccountChange::default() };
        AccountRepository::update(&world.store, made.user_id, change, None, &by()).await.unwrap();
        assert_eq!(world.count("audit_log WHERE diff LIKE '%$%'"), 0);
        assert_eq!(world.count("audit_log WHERE action = 'account.update' AND diff LIKE '%password%'"), 1);
    }

    async fn an_account_of_an_organization_goes_with_it(world) {
        world.organization("acme").await;
        let appointment = Appointment::parse("org-admin", Some("ACME")).unwrap();
        let new = NewAccount { appointment, ..new("a@b.example", "viewer") };
        let made = AccountRepository::create(&world.store, new, password("x"), &by()).await.unwrap();
        assert_eq!(made.organization_id, Some("acme".parse().unwrap()));
        OrganizationRepository::delete(&world.store, &"acme".parse().unwrap(), None, &by()).await.unwrap();
        assert_eq!(AccountRepository::find(&world.store, made.user_id).await.unwrap(), None);
    }
}

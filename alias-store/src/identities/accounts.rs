//! Accounts of people.

use alias_core::access::Role;
use alias_core::audit::Actor;
use alias_core::clock::Timestamp;
use alias_core::identity::{Account, AccountChange, AccountId, Credential, Email, NewAccount, SignIn};
use alias_core::repository::{AccountRepository, Expected, StoreError};
use async_trait::async_trait;
use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde::Serialize;
use uuid::Uuid;

use super::organization_of;
use crate::audit::{Change, entry};
use crate::column::{moment, parse, storable, time, version, word};
use crate::connection::AnyConnection;
use crate::error::{Failure, Named};
use crate::reference::check_version;
use crate::schema::{accounts, organizations, sessions};
use crate::store::SqlStore;

pub(super) const KIND: &str = "account";

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = accounts)]
pub(super) struct AccountRow {
    user_id: String,
    email: String,
    display_name: String,
    pub(super) role: String,
    pub(super) organization_uid: Option<String>,
    active: bool,
    pub(super) password_hash: Option<String>,
    last_sign_in_at: Option<NaiveDateTime>,
    version: i32,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
}

/// An account with the id of its organization.
pub(super) type Found = (AccountRow, Option<String>);

/// The accounts, as diesel finds them.
macro_rules! all {
    () => {
        accounts::table
            .left_join(organizations::table)
            .select((AccountRow::as_select(), organizations::organization_id.nullable()))
    };
}
pub(super) use all;

pub(super) fn account((row, organization_id): Found) -> Result<Account, Failure> {
    Ok(Account {
        user_id: parse("accounts.user_id", &row.user_id)?,
        email: parse("accounts.email", &row.email)?,
        display_name: row.display_name,
        role: word("accounts.role", &row.role)?,
        organization_id: organization_id.map(|id| parse("organizations.organization_id", &id)).transpose()?,
        active: row.active,
        sign_in: if row.password_hash.is_some() { SignIn::Password } else { SignIn::OpenId },
        last_sign_in_at: row.last_sign_in_at.map(moment),
        version: version("accounts.version", row.version)?,
        created_at: moment(row.created_at),
        updated_at: moment(row.updated_at),
    })
}

fn find(conn: &mut AnyConnection, id: AccountId) -> Result<Option<Account>, Failure> {
    let row: Option<Found> = all!().filter(accounts::user_id.eq(id.to_string())).first(conn).optional()?;
    row.map(account).transpose()
}

/// An account that is about to be changed, if who acts may change one of its role.
fn expected_live(
    conn: &mut AnyConnection,
    id: AccountId,
    expected: Expected,
    by: Role,
) -> Result<Account, Failure> {
    let found = find(conn, id)?.ok_or_else(|| Failure::not_found(KIND, id))?;
    by.may_govern(found.role).map_err(StoreError::from)?;
    check_version(KIND, id, found.version, expected)?;
    Ok(found)
}

fn email_is_taken(conn: &mut AnyConnection, email: &Email) -> Result<bool, Failure> {
    let taken = accounts::table.filter(accounts::email.eq(email.as_str()));
    Ok(diesel::select(diesel::dsl::exists(taken)).get_result(conn)?)
}

fn create(
    conn: &mut AnyConnection,
    new: NewAccount,
    credential: Credential,
    now: Timestamp,
) -> Result<Account, Failure> {
    if email_is_taken(conn, &new.email)? {
        return Err(Failure::already_exists(KIND, new.email));
    }
    let (uid, organization_id) = organization_of(conn, &new.appointment)?.unzip();
    let (hash, issuer, subject) = match credential {
        Credential::Password(hash) => (Some(hash.as_str().to_owned()), None, None),
        Credential::OpenId { issuer, subject } => (None, Some(issuer), Some(subject)),
    };
    let stored = Account {
        user_id: AccountId::new(Uuid::now_v7()),
        email: new.email,
        display_name: storable(&new.display_name),
        role: new.appointment.role,
        organization_id,
        active: true,
        sign_in: if hash.is_some() { SignIn::Password } else { SignIn::OpenId },
        last_sign_in_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    diesel::insert_into(accounts::table)
        .values((
            accounts::user_id.eq(stored.user_id.to_string()),
            accounts::email.eq(stored.email.as_str()),
            accounts::display_name.eq(&stored.display_name),
            accounts::role.eq(stored.role.as_str()),
            accounts::organization_uid.eq(uid),
            accounts::active.eq(true),
            accounts::password_hash.eq(hash),
            accounts::issuer.eq(issuer.as_deref().map(storable)),
            accounts::subject.eq(subject.as_deref().map(storable)),
            accounts::version.eq(1),
            accounts::created_at.eq(time(now)),
            accounts::updated_at.eq(time(now)),
        ))
        .execute(conn)
        .named(KIND, stored.email.as_str())?;
    Ok(stored)
}

/// Whether another account is an active owner. Writers of accounts come one after the other, so that two cannot
/// each be sure of the other one.
fn another_owner(conn: &mut AnyConnection, than: &Account) -> Result<bool, Failure> {
    let others = accounts::table
        .filter(accounts::role.eq(Role::Owner.as_str()))
        .filter(accounts::active.eq(true))
        .filter(accounts::user_id.ne(than.user_id.to_string()));
    Ok(diesel::select(diesel::dsl::exists(others)).get_result(conn)?)
}

/// Refuses what would leave no active owner.
fn keep_an_owner(conn: &mut AnyConnection, before: &Account, stays: bool) -> Result<(), Failure> {
    let was = before.role == Role::Owner && before.active;
    if was && !stays && !another_owner(conn, before)? {
        return Err(StoreError::LastOwner.into());
    }
    Ok(())
}

fn update(
    conn: &mut AnyConnection,
    before: &Account,
    change: &AccountChange,
    now: Timestamp,
) -> Result<Account, Failure> {
    let mut after = Account { version: before.version + 1, updated_at: now, ..before.clone() };
    if let Some(name) = &change.display_name {
        after.display_name = storable(name);
    }
    if let Some(active) = change.active {
        after.active = active;
    }
    let id = before.user_id.to_string();
    if let Some(appointment) = &change.appointment {
        let (uid, organization_id) = organization_of(conn, appointment)?.unzip();
        (after.role, after.organization_id) = (appointment.role, organization_id);
        diesel::update(accounts::table.find(&id)).set(accounts::organization_uid.eq(uid)).execute(conn)?;
    }
    keep_an_owner(conn, before, after.role == Role::Owner && after.active)?;
    if let Some(hash) = &change.password {
        after.sign_in = SignIn::Password;
        let none: Option<String> = None;
        diesel::update(accounts::table.find(&id))
            .set((
                accounts::password_hash.eq(hash.as_str()),
                accounts::issuer.eq(none.clone()),
                accounts::subject.eq(none),
            ))
            .execute(conn)?;
    }
    diesel::update(accounts::table.find(&id))
        .set((
            accounts::display_name.eq(&after.display_name),
            accounts::role.eq(after.role.as_str()),
            accounts::active.eq(after.active),
            accounts::version.eq(after.version.cast_signed()),
            accounts::updated_at.eq(time(now)),
        ))
        .execute(conn)?;
    if change.password.is_some() || !after.active {
        diesel::delete(sessions::table.filter(sessions::user_id.eq(&id))).execute(conn)?;
    }
    Ok(after)
}

/// Whether a change would leave everything as it is.
fn changes_nothing(before: &Account, change: &AccountChange) -> bool {
    change.password.is_none()
        && change.display_name.as_ref().is_none_or(|name| *name == before.display_name)
        && change.active.is_none_or(|active| active == before.active)
        && change.appointment.as_ref().is_none_or(|appointment| {
            appointment.role == before.role && appointment.organization_id == before.organization_id
        })
}

/// What the audit log says of an account: that a password is new, never what it is.
#[derive(Serialize)]
struct Recorded<'a> {
    #[serde(flatten)]
    account: &'a Account,
    password: Option<&'static str>,
}

impl<'a> Recorded<'a> {
    fn new(account: &'a Account, new_password: bool) -> Self {
        Self { account, password: new_password.then_some("new") }
    }
}

#[async_trait]
impl AccountRepository for SqlStore {
    async fn create(
        &self,
        new: NewAccount,
        credential: Credential,
        by: &Actor,
    ) -> Result<Account, StoreError> {
        self.change_apart(by, move |conn, now| {
            let stored = create(conn, new, credential, now)?;
            let entry = entry("account.create", KIND, &stored.email, &(), &stored)?;
            Ok(Change::Made(stored, entry))
        })
        .await
    }

    async fn create_first(
        &self,
        new: NewAccount,
        credential: Credential,
        by: &Actor,
    ) -> Result<Account, StoreError> {
        self.change_apart(by, move |conn, now| {
            if diesel::select(diesel::dsl::exists(accounts::table.select(accounts::user_id)))
                .get_result(conn)?
            {
                return Err(Failure::already_exists(KIND, "the first one"));
            }
            let stored = create(conn, new, credential, now)?;
            let entry = entry("account.create", KIND, &stored.email, &(), &stored)?;
            Ok(Change::Made(stored, entry))
        })
        .await
    }

    async fn find(&self, id: AccountId) -> Result<Option<Account>, StoreError> {
        self.read(move |conn| find(conn, id)).await
    }

    async fn list(&self) -> Result<Vec<Account>, StoreError> {
        self.read(|conn| {
            let rows: Vec<Found> = all!().order(accounts::email).load(conn)?;
            rows.into_iter().map(account).collect()
        })
        .await
    }

    async fn update(
        &self,
        id: AccountId,
        change: AccountChange,
        expected: Expected,
        by: &Actor,
    ) -> Result<Account, StoreError> {
        let role = by.kind.role();
        self.change_apart(by, move |conn, now| {
            let before = expected_live(conn, id, expected, role)?;
            if changes_nothing(&before, &change) {
                return Ok(Change::Nothing(before));
            }
            let after = update(conn, &before, &change, now)?;
            let new_password = change.password.is_some();
            let (from, to) = (Recorded::new(&before, false), Recorded::new(&after, new_password));
            let entry = entry("account.update", KIND, &after.email, &from, &to)?;
            Ok(Change::Made(after, entry))
        })
        .await
    }

    async fn delete(&self, id: AccountId, expected: Expected, by: &Actor) -> Result<Account, StoreError> {
        let role = by.kind.role();
        self.change_apart(by, move |conn, _| {
            let before = expected_live(conn, id, expected, role)?;
            keep_an_owner(conn, &before, false)?;
            // Its sessions go with it: the foreign key says so.
            diesel::delete(accounts::table.find(id.to_string())).execute(conn)?;
            let entry = entry("account.delete", KIND, &before.email, &before, &())?;
            Ok(Change::Made(before, entry))
        })
        .await
    }
}

//! Signing in, and who is signed in.

use alias_core::audit::Actor;
use alias_core::clock::Timestamp;
use alias_core::identity::{
    Account, AccountId, Email, IDLE_SECONDS, PasswordHash, SESSION_SECONDS, Session, SessionDigest,
};
use alias_core::repository::{SessionRepository, StoreError};
use async_trait::async_trait;
use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde_json::json;

use super::accounts::{AccountRow, Found, KIND, account, all};
use super::{authority, is_news, standing};
use crate::audit::{Change, entry};
use crate::column::{moment, parse, time};
use crate::connection::AnyConnection;
use crate::error::Failure;
use crate::schema::{accounts, organizations, sessions};
use crate::store::{SqlStore, Verdict};

/// How many sessions that are over are swept when one is opened.
const SWEPT: i64 = 100;

fn before(now: Timestamp, seconds: i64) -> NaiveDateTime {
    time(Timestamp::from_micros(now.micros() - seconds * 1_000_000))
}

/// Deletes sessions that are over.
fn sweep(conn: &mut AnyConnection, now: Timestamp) -> Result<(), Failure> {
    let over: Vec<Vec<u8>> = sessions::table
        .filter(
            sessions::created_at
                .le(before(now, SESSION_SECONDS))
                .or(sessions::seen_at.le(before(now, IDLE_SECONDS))),
        )
        .select(sessions::digest)
        .limit(SWEPT)
        .load(conn)?;
    diesel::delete(sessions::table.filter(sessions::digest.eq_any(over))).execute(conn)?;
    Ok(())
}

/// The session of this digest, if it lives.
pub(super) fn live(
    conn: &mut AnyConnection,
    digest: &SessionDigest,
    now: Timestamp,
) -> Result<Option<Session>, Failure> {
    type Row = (NaiveDateTime, NaiveDateTime, AccountRow, Option<String>);
    let row: Option<Row> = sessions::table
        .inner_join(accounts::table.left_join(organizations::table))
        .filter(sessions::digest.eq(digest.to_vec()))
        .filter(accounts::active.eq(true))
        .select((
            sessions::created_at,
            sessions::seen_at,
            AccountRow::as_select(),
            organizations::organization_id.nullable(),
        ))
        .first(conn)
        .optional()?;
    let Some((created_at, seen_at, row, organization_id)) = row else { return Ok(None) };
    let authority = authority(&row.role, row.organization_uid.clone(), organization_id.clone())?;
    let account = account((row, organization_id))?;
    let session = Session {
        account: account.user_id,
        email: account.email.to_string(),
        authority,
        created_at: moment(created_at),
        seen_at: moment(seen_at),
    };
    Ok(Some(session).filter(|session| session.is_live(now)))
}

#[async_trait]
impl SessionRepository for SqlStore {
    async fn any_identity(&self) -> Result<bool, StoreError> {
        self.read(standing::any).await
    }

    async fn by_password(&self, email: &Email) -> Result<Option<(Account, PasswordHash)>, StoreError> {
        let email = email.clone();
        self.read(move |conn| {
            let row: Option<Found> = all!()
                .filter(accounts::email.eq(email.as_str()))
                .filter(accounts::active.eq(true))
                .first(conn)
                .optional()?;
            let hash = row.as_ref().and_then(|(row, _)| row.password_hash.clone()).map(PasswordHash::new);
            Ok(row.map(account).transpose()?.zip(hash))
        })
        .await
    }

    async fn by_subject(&self, issuer: &str, subject: &str) -> Result<Option<Account>, StoreError> {
        let (issuer, subject) = (crate::column::storable(issuer), crate::column::storable(subject));
        self.read(move |conn| {
            let row: Option<Found> = all!()
                .filter(accounts::issuer.eq(issuer))
                .filter(accounts::subject.eq(subject))
                .filter(accounts::active.eq(true))
                .first(conn)
                .optional()?;
            row.map(account).transpose()
        })
        .await
    }

    async fn open(&self, account: &Account, digest: SessionDigest, by: &Actor) -> Result<(), StoreError> {
        let (id, seen) = (account.user_id, account.version.cast_signed());
        self.change_apart(by, move |conn, now| {
            sweep(conn, now)?;
            let active = accounts::table
                .find(id.to_string())
                .filter(accounts::active.eq(true))
                .filter(accounts::version.eq(seen));
            let email: Option<String> = active.select(accounts::email).first(conn).optional()?;
            let email = email.ok_or_else(|| Failure::not_found(KIND, id))?;
            diesel::update(accounts::table.find(id.to_string()))
                .set(accounts::last_sign_in_at.eq(time(now)))
                .execute(conn)?;
            diesel::insert_into(sessions::table)
                .values((
                    sessions::digest.eq(digest.to_vec()),
                    sessions::user_id.eq(id.to_string()),
                    sessions::created_at.eq(time(now)),
                    sessions::seen_at.eq(time(now)),
                ))
                .execute(conn)?;
            let entry = entry("session.create", "session", email, &(), &json!({ "user_id": id }))?;
            Ok(Change::Made((), entry))
        })
        .await
    }

    async fn resume(&self, digest: &SessionDigest, now: Timestamp) -> Result<Option<Session>, StoreError> {
        let digest = *digest;
        let Some(session) = self.read(move |conn| live(conn, &digest, now)).await? else {
            return Ok(None);
        };
        if is_news(Some(session.seen_at), now) {
            let note = self.write(move |conn| {
                diesel::update(sessions::table.find(digest.to_vec()))
                    .set(sessions::seen_at.eq(time(now)))
                    .execute(conn)?;
                Ok(Verdict::Commit(()))
            });
            // The session goes on, and ends the earlier for not being noted.
            if let Err(error) = note.await {
                tracing::debug!(%error, "the use of a session was not noted");
            }
        }
        Ok(Some(session))
    }

    async fn close(&self, digest: &SessionDigest, by: &Actor) -> Result<(), StoreError> {
        let digest = *digest;
        self.change_apart(by, move |conn, _| {
            let whose: Option<String> =
                sessions::table.find(digest.to_vec()).select(sessions::user_id).first(conn).optional()?;
            let Some(whose) = whose else { return Ok(Change::Nothing(())) };
            let whose: AccountId = parse("sessions.user_id", &whose)?;
            diesel::delete(sessions::table.find(digest.to_vec())).execute(conn)?;
            let entry = entry("session.delete", "session", whose, &json!({ "user_id": whose }), &())?;
            Ok(Change::Made((), entry))
        })
        .await
    }
}

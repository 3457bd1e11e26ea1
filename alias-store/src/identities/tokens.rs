//! Admin tokens: digests, and until when they work.

use alias_core::audit::Actor;
use alias_core::clock::Timestamp;
use alias_core::identity::{AdminToken, NewToken, TokenHolder};
use alias_core::key::{KeyDigest, KeyId};
use alias_core::repository::{StoreError, TokenRepository};
use async_trait::async_trait;
use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::{authority, is_news, organization_of};
use crate::audit::{Change, entry};
use crate::column::{moment, parse, storable, time, word};
use crate::connection::AnyConnection;
use crate::error::{Failure, Named};
use crate::schema::{admin_tokens, organizations};
use crate::store::{SqlStore, Verdict};

const KIND: &str = "admin token";

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = admin_tokens)]
struct TokenRow {
    token_id: String,
    name: String,
    role: String,
    organization_uid: Option<String>,
    masked: String,
    expires_at: Option<NaiveDateTime>,
    last_used_at: Option<NaiveDateTime>,
    created_at: NaiveDateTime,
}

/// A token with the id of its organization.
type Found = (TokenRow, Option<String>);

fn token((row, organization_id): Found) -> Result<AdminToken, Failure> {
    Ok(AdminToken {
        token_id: parse("admin_tokens.token_id", &row.token_id)?,
        name: row.name,
        role: word("admin_tokens.role", &row.role)?,
        organization_id: organization_id.map(|id| parse("organizations.organization_id", &id)).transpose()?,
        token_masked: row.masked,
        expires_at: row.expires_at.map(moment),
        last_used_at: row.last_used_at.map(moment),
        created_at: moment(row.created_at),
    })
}

/// The tokens that are not revoked, as diesel finds them.
macro_rules! unrevoked {
    () => {
        admin_tokens::table
            .left_join(organizations::table)
            .filter(admin_tokens::revoked_at.is_null())
            .select((TokenRow::as_select(), organizations::organization_id.nullable()))
    };
}

fn create(conn: &mut AnyConnection, new: NewToken, now: Timestamp) -> Result<AdminToken, Failure> {
    let organization = organization_of(conn, &new.appointment)?;
    let (uid, organization_id) = organization.unzip();
    let stored = AdminToken {
        token_id: new.secret.id().clone(),
        name: storable(&new.name),
        role: new.appointment.role,
        organization_id,
        token_masked: new.secret.masked(),
        expires_at: new.expires_at,
        last_used_at: None,
        created_at: now,
    };
    diesel::insert_into(admin_tokens::table)
        .values((
            admin_tokens::token_id.eq(stored.token_id.as_str()),
            admin_tokens::name.eq(&stored.name),
            admin_tokens::role.eq(stored.role.as_str()),
            admin_tokens::organization_uid.eq(uid),
            admin_tokens::digest.eq(new.secret.digest().bytes().to_vec()),
            admin_tokens::masked.eq(&stored.token_masked),
            admin_tokens::expires_at.eq(stored.expires_at.map(time)),
            admin_tokens::created_at.eq(time(now)),
        ))
        .execute(conn)
        .named(KIND, stored.token_id.as_str())?;
    Ok(stored)
}

/// The holder of a working token, and when its use was last noted.
fn holder(
    conn: &mut AnyConnection,
    digest: &KeyDigest,
    now: Timestamp,
) -> Result<Option<(TokenHolder, Option<Timestamp>)>, Failure> {
    let found: Option<Found> =
        unrevoked!().filter(admin_tokens::digest.eq(digest.bytes().to_vec())).first(conn).optional()?;
    let Some((row, organization_id)) = found else { return Ok(None) };
    if row.expires_at.is_some_and(|end| moment(end) <= now) {
        return Ok(None);
    }
    let holder = TokenHolder {
        token_id: parse("admin_tokens.token_id", &row.token_id)?,
        name: row.name,
        authority: authority(&row.role, row.organization_uid, organization_id)?,
    };
    Ok(Some((holder, row.last_used_at.map(moment))))
}

#[async_trait]
impl TokenRepository for SqlStore {
    async fn create(&self, new: NewToken, by: &Actor) -> Result<AdminToken, StoreError> {
        self.change_apart(by, move |conn, now| {
            let stored = create(conn, new, now)?;
            let entry = entry("admin_token.create", "admin_token", &stored.token_id, &(), &stored)?;
            Ok(Change::Made(stored, entry))
        })
        .await
    }

    async fn list(&self) -> Result<Vec<AdminToken>, StoreError> {
        self.read(|conn| {
            let rows: Vec<Found> =
                unrevoked!().order((admin_tokens::created_at, admin_tokens::token_id)).load(conn)?;
            rows.into_iter().map(token).collect()
        })
        .await
    }

    async fn revoke(&self, id: &KeyId, by: &Actor) -> Result<AdminToken, StoreError> {
        let id = id.clone();
        self.change_apart(by, move |conn, now| {
            let found: Option<Found> =
                unrevoked!().filter(admin_tokens::token_id.eq(id.as_str())).first(conn).optional()?;
            let revoked = token(found.ok_or_else(|| Failure::not_found(KIND, &id))?)?;
            diesel::update(admin_tokens::table.find(id.as_str()))
                .set(admin_tokens::revoked_at.eq(time(now)))
                .execute(conn)?;
            let entry = entry("admin_token.revoke", "admin_token", &id, &revoked, &())?;
            Ok(Change::Made(revoked, entry))
        })
        .await
    }

    async fn authenticate(
        &self,
        digest: &KeyDigest,
        now: Timestamp,
    ) -> Result<Option<TokenHolder>, StoreError> {
        let digest = *digest;
        let Some((holder, noted)) = self.read(move |conn| holder(conn, &digest, now)).await? else {
            return Ok(None);
        };
        if is_news(noted, now) {
            let id = holder.token_id.clone();
            let note = self.write(move |conn| {
                diesel::update(admin_tokens::table.find(id.as_str()))
                    .set(admin_tokens::last_used_at.eq(time(now)))
                    .execute(conn)?;
                Ok(Verdict::Commit(()))
            });
            // Who holds a token that works is let in, whether or not that can be noted.
            if let Err(error) = note.await {
                tracing::debug!(%error, "the use of an admin token was not noted");
            }
        }
        Ok(Some(holder))
    }
}

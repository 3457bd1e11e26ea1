//! Keys of teams: digests, and until when they work.

use alias_core::audit::Actor;
use alias_core::clock::Timestamp;
use alias_core::key::{KeyId, NewKey, TeamKey};
use alias_core::repository::{KeyRepository, StoreError, Written};
use alias_core::team::{Team, TeamId};
use async_trait::async_trait;
use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::audit::{Change, entry};
use crate::column::{moment, parse, time};
use crate::connection::AnyConnection;
use crate::error::{Failure, Named};
use crate::schema::team_keys;
use crate::store::SqlStore;
use crate::teams;

const KIND: &str = "key";

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = team_keys)]
struct KeyRow {
    key_id: String,
    name: String,
    masked: String,
    expires_at: Option<NaiveDateTime>,
    created_at: NaiveDateTime,
}

impl TryFrom<KeyRow> for TeamKey {
    type Error = Failure;

    fn try_from(row: KeyRow) -> Result<Self, Failure> {
        Ok(Self {
            key_id: parse("team_keys.key_id", &row.key_id)?,
            name: row.name,
            virtual_key_masked: row.masked,
            expires_at: row.expires_at.map(moment),
            created_at: moment(row.created_at),
        })
    }
}

/// Stores a key of a team.
pub(crate) fn insert(
    conn: &mut AnyConnection,
    team_uid: &str,
    key: &NewKey,
    now: Timestamp,
) -> Result<TeamKey, Failure> {
    let stored = TeamKey {
        key_id: key.secret.id().clone(),
        name: key.name.clone(),
        virtual_key_masked: key.secret.masked(),
        expires_at: key.expires_at,
        created_at: now,
    };
    diesel::insert_into(team_keys::table)
        .values((
            team_keys::key_id.eq(stored.key_id.as_str()),
            team_keys::team_uid.eq(team_uid),
            team_keys::name.eq(&stored.name),
            team_keys::digest.eq(key.secret.digest().bytes().to_vec()),
            team_keys::masked.eq(&stored.virtual_key_masked),
            team_keys::expires_at.eq(stored.expires_at.map(time)),
            team_keys::created_at.eq(time(now)),
        ))
        .execute(conn)
        .named(KIND, stored.key_id.as_str())?;
    Ok(stored)
}

/// The keys of a team that are not revoked, oldest first.
pub(crate) fn of_team(conn: &mut AnyConnection, team_uid: &str) -> Result<Vec<TeamKey>, Failure> {
    let rows: Vec<KeyRow> = team_keys::table
        .filter(team_keys::team_uid.eq(team_uid))
        .filter(team_keys::revoked_at.is_null())
        .order((team_keys::created_at, team_keys::key_id))
        .select(KeyRow::as_select())
        .load(conn)?;
    rows.into_iter().map(TeamKey::try_from).collect()
}

fn team(conn: &mut AnyConnection, id: &TeamId) -> Result<Team, Failure> {
    teams::live(conn, id)?.ok_or_else(|| Failure::not_found(teams::KIND, id))
}

/// A team's key that is not revoked.
fn unrevoked(conn: &mut AnyConnection, team: &Team, id: &KeyId) -> Result<TeamKey, Failure> {
    let row: Option<KeyRow> = team_keys::table
        .find(id.as_str())
        .filter(team_keys::team_uid.eq(team.uid.to_string()))
        .filter(team_keys::revoked_at.is_null())
        .select(KeyRow::as_select())
        .first(conn)
        .optional()?;
    row.ok_or_else(|| Failure::not_found(KIND, id))?.try_into()
}

fn end(conn: &mut AnyConnection, id: &KeyId, now: Timestamp) -> Result<(), Failure> {
    diesel::update(team_keys::table.find(id.as_str()))
        .set(team_keys::revoked_at.eq(time(now)))
        .execute(conn)?;
    Ok(())
}

/// Lets a key go on until `at`, if it did not end before that anyway.
fn end_at(conn: &mut AnyConnection, key: &TeamKey, at: Timestamp) -> Result<(), Failure> {
    let at = key.expires_at.map_or(at, |end| end.min(at));
    diesel::update(team_keys::table.find(key.key_id.as_str()))
        .set(team_keys::expires_at.eq(time(at)))
        .execute(conn)?;
    Ok(())
}

#[async_trait]
impl KeyRepository for SqlStore {
    async fn create(
        &self,
        team_id: &TeamId,
        key: NewKey,
        by: &Actor,
    ) -> Result<Written<TeamKey>, StoreError> {
        let id = team_id.clone();
        self.change(by, move |conn, now| {
            let team = team(conn, &id)?;
            let stored = insert(conn, &team.uid.to_string(), &key, now)?;
            let entry = entry("key.create", KIND, &stored.key_id, &(), &Recorded::new(&team, &stored))?;
            Ok(Change::Made(stored, entry))
        })
        .await
    }

    async fn list(&self, team: &TeamId) -> Result<Option<Vec<TeamKey>>, StoreError> {
        let id = team.clone();
        self.read(move |conn| {
            teams::live(conn, &id)?.map(|team| of_team(conn, &team.uid.to_string())).transpose()
        })
        .await
    }

    async fn rotate(
        &self,
        team_id: &TeamId,
        old: &KeyId,
        new: NewKey,
        old_ends: Timestamp,
        by: &Actor,
    ) -> Result<Written<TeamKey>, StoreError> {
        let (id, old) = (team_id.clone(), old.clone());
        self.change(by, move |conn, now| {
            let team = team(conn, &id)?;
            let old = unrevoked(conn, &team, &old)?;
            if !old.is_live(now) {
                return Err(Failure::not_found(KIND, old.key_id));
            }
            if old_ends <= now {
                end(conn, &old.key_id, now)?;
            } else {
                end_at(conn, &old, old_ends)?;
            }
            let stored = insert(conn, &team.uid.to_string(), &new, now)?;
            let (from, to) = (Recorded::new(&team, &old), Recorded::new(&team, &stored));
            let entry = entry("key.rotate", KIND, &old.key_id, &from, &to)?;
            Ok(Change::Made(stored, entry))
        })
        .await
    }

    async fn revoke(
        &self,
        team_id: &TeamId,
        key: &KeyId,
        by: &Actor,
    ) -> Result<Written<TeamKey>, StoreError> {
        let (id, key) = (team_id.clone(), key.clone());
        self.change(by, move |conn, now| {
            let team = team(conn, &id)?;
            let key = unrevoked(conn, &team, &key)?;
            end(conn, &key.key_id, now)?;
            let entry = entry("key.revoke", KIND, &key.key_id, &Recorded::new(&team, &key), &())?;
            Ok(Change::Made(key, entry))
        })
        .await
    }
}

/// What the audit log says of a key.
#[derive(serde::Serialize)]
struct Recorded<'a> {
    team_id: &'a TeamId,
    #[serde(flatten)]
    key: &'a TeamKey,
}

impl<'a> Recorded<'a> {
    fn new(team: &'a Team, key: &'a TeamKey) -> Self {
        Self { team_id: &team.team_id, key }
    }
}

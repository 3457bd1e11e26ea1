//! Keys of teams: digests, what they are limited to, and until when they work.

mod read;
mod scope;

use alias_core::audit::Actor;
use alias_core::clock::Timestamp;
use alias_core::key::{KeyChange, KeyId, KeySecret, NamedScope, NewKey, Rotated, TeamKey};
use alias_core::repository::{KeyRepository, StoreError, Written};
use alias_core::team::{Team, TeamId};
use async_trait::async_trait;
use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::audit::{Change, entry};
use crate::column::{json, moment, time};
use crate::connection::AnyConnection;
use crate::error::{Failure, Named};
use crate::schema::team_keys;
use crate::store::SqlStore;
use crate::{limits, teams};

pub(crate) use read::{end as end_of, of_team};
use read::{live, unrevoked};
pub(crate) use scope::{ScopeRow, may_call_too};

pub(crate) const KIND: &str = "key";

/// How long after its making a key's secret can be replaced, in microseconds: who lost the answer asks again soon, and
/// later the key may be in use without that having been noted.
const RENEWABLE: i64 = 10 * 60 * 1_000_000;

/// Stores a key of a team.
pub(crate) fn insert(
    conn: &mut AnyConnection,
    team_uid: &str,
    key: &NewKey,
    now: Timestamp,
) -> Result<TeamKey, Failure> {
    let id = key.secret.id();
    diesel::insert_into(team_keys::table)
        .values((
            team_keys::key_id.eq(id.as_str()),
            team_keys::team_uid.eq(team_uid),
            team_keys::name.eq(&key.name),
            team_keys::digest.eq(key.secret.digest().bytes().to_vec()),
            team_keys::masked.eq(key.secret.masked()),
            team_keys::expires_at.eq(key.expires_at.map(time)),
            team_keys::endpoints.eq(key.scope.endpoints.as_ref().map(json).transpose()?),
            team_keys::networks.eq(key.scope.networks.as_ref().map(json).transpose()?),
            team_keys::upstream_identity.eq(key.scope.upstream_identity),
            team_keys::rpm_limit.eq(limits::column(key.limits.rpm_limit)),
            team_keys::tpm_limit.eq(limits::column(key.limits.tpm_limit)),
            team_keys::max_parallel_requests.eq(limits::column(key.limits.max_parallel_requests)),
            team_keys::created_at.eq(time(now)),
            team_keys::lineage.eq(id.as_str()),
        ))
        .execute(conn)
        .named(KIND, id.as_str())?;
    if let Some(models) = &key.scope.models {
        scope::limit_models(conn, id, Some(models))?;
    }
    unrevoked(conn, team_uid, id)
}

fn team(conn: &mut AnyConnection, id: &TeamId) -> Result<Team, Failure> {
    teams::live(conn, id)?.ok_or_else(|| Failure::not_found(teams::KIND, id))
}

fn end(conn: &mut AnyConnection, id: &KeyId, now: Timestamp) -> Result<(), Failure> {
    diesel::update(team_keys::table.find(id.as_str()))
        .set(team_keys::revoked_at.eq(time(now)))
        .execute(conn)?;
    Ok(())
}

/// Lets a key go on until `at`, and not at all where that is now.
fn end_at(conn: &mut AnyConnection, key: &TeamKey, at: Timestamp, now: Timestamp) -> Result<(), Failure> {
    if at <= now {
        return end(conn, &key.key_id, now);
    }
    diesel::update(team_keys::table.find(key.key_id.as_str()))
        .set(team_keys::grace_ends_at.eq(time(at)))
        .execute(conn)?;
    Ok(())
}

/// The end that a key was given, which may lie behind that of its grace.
fn own_end(conn: &mut AnyConnection, id: &KeyId) -> Result<Option<Timestamp>, Failure> {
    let own: Option<NaiveDateTime> =
        team_keys::table.find(id.as_str()).select(team_keys::expires_at).first(conn)?;
    Ok(own.map(moment))
}

/// Writes what a change of a key says.
fn change(conn: &mut AnyConnection, before: TeamKey, change: KeyChange) -> Result<(), Failure> {
    // What a GET showed may be sent back: that the key has been replaced stays so.
    let new_end = change.expires_at.filter(|end| *end != before.expires_at);
    let endpoints = change.endpoints.unwrap_or(before.scope.endpoints);
    let networks = change.networks.unwrap_or(before.scope.networks);
    let upstream_identity = change.upstream_identity.unwrap_or(before.scope.upstream_identity);
    let limits = change.limits.of(before.limits);
    diesel::update(team_keys::table.find(before.key_id.as_str()))
        .set((
            team_keys::name.eq(change.name.unwrap_or(before.name)),
            team_keys::endpoints.eq(endpoints.as_ref().map(json).transpose()?),
            team_keys::networks.eq(networks.as_ref().map(json).transpose()?),
            team_keys::upstream_identity.eq(upstream_identity),
            team_keys::rpm_limit.eq(limits::column(limits.rpm_limit)),
            team_keys::tpm_limit.eq(limits::column(limits.tpm_limit)),
            team_keys::max_parallel_requests.eq(limits::column(limits.max_parallel_requests)),
        ))
        .execute(conn)?;
    if let Some(end) = new_end {
        // Whoever gives a key another end means it, also where the key has been replaced.
        diesel::update(team_keys::table.find(before.key_id.as_str()))
            .set((
                team_keys::expires_at.eq(end.map(time)),
                team_keys::grace_ends_at.eq(None::<NaiveDateTime>),
            ))
            .execute(conn)?;
    }
    match change.models {
        Some(models) => scope::limit_models(conn, &before.key_id, models.as_deref()),
        None => Ok(()),
    }
}

/// A key takes the place of another, and so falls under the budgets of that one.
fn inherit(conn: &mut AnyConnection, old: &KeyId, new: &KeyId) -> Result<(), Failure> {
    let lineage: String = team_keys::table.find(old.as_str()).select(team_keys::lineage).first(conn)?;
    diesel::update(team_keys::table.find(new.as_str())).set(team_keys::lineage.eq(lineage)).execute(conn)?;
    Ok(())
}

/// Replaces what a key is recognised by.
fn resecret(conn: &mut AnyConnection, secret: &KeySecret) -> Result<(), Failure> {
    diesel::update(team_keys::table.find(secret.id().as_str()))
        .set((team_keys::digest.eq(secret.digest().bytes().to_vec()), team_keys::masked.eq(secret.masked())))
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
        secret: KeySecret,
        old_ends: Timestamp,
        by: &Actor,
    ) -> Result<Written<Rotated>, StoreError> {
        let (id, old) = (team_id.clone(), old.clone());
        self.change(by, move |conn, now| {
            let team = team(conn, &id)?;
            let uid = team.uid.to_string();
            let old = live(conn, &uid, &old, now)?;
            let old_ends_at = old.expires_at.map_or(old_ends, |own| own.min(old_ends));
            end_at(conn, &old, old_ends_at, now)?;
            let scope = NamedScope { models: None, ..old.scope.clone() };
            let expires_at = own_end(conn, &old.key_id)?;
            let new = NewKey { name: old.name.clone(), expires_at, scope, limits: old.limits, secret };
            insert(conn, &uid, &new, now)?;
            scope::copy_models(conn, &old.key_id, new.secret.id())?;
            inherit(conn, &old.key_id, new.secret.id())?;
            let new = unrevoked(conn, &uid, new.secret.id())?;
            let (from, to) = (Recorded::new(&team, &old), Recorded::new(&team, &new));
            let entry = entry("key.rotate", KIND, &old.key_id, &from, &to)?;
            Ok(Change::Made(Rotated { new, old_ends_at }, entry))
        })
        .await
    }

    async fn update(
        &self,
        team_id: &TeamId,
        key: &KeyId,
        edit: KeyChange,
        by: &Actor,
    ) -> Result<Written<TeamKey>, StoreError> {
        let (id, key) = (team_id.clone(), key.clone());
        self.change(by, move |conn, now| {
            let team = team(conn, &id)?;
            let uid = team.uid.to_string();
            let before = live(conn, &uid, &key, now)?;
            change(conn, before.clone(), edit)?;
            let after = unrevoked(conn, &uid, &key)?;
            if after == before {
                return Ok(Change::Nothing(before));
            }
            let (from, to) = (Recorded::new(&team, &before), Recorded::new(&team, &after));
            let entry = entry("key.update", KIND, &key, &from, &to)?;
            Ok(Change::Made(after, entry))
        })
        .await
    }

    async fn renew(
        &self,
        team_id: &TeamId,
        secret: KeySecret,
        by: &Actor,
    ) -> Result<Written<TeamKey>, StoreError> {
        let id = team_id.clone();
        self.change(by, move |conn, now| {
            let team = team(conn, &id)?;
            let uid = team.uid.to_string();
            let before = live(conn, &uid, secret.id(), now)?;
            let age = now.micros() - before.created_at.micros();
            if before.last_used_at.is_some() || age >= RENEWABLE {
                return Err(Failure::not_found(KIND, secret.id()));
            }
            resecret(conn, &secret)?;
            let after = unrevoked(conn, &uid, secret.id())?;
            let (from, to) = (Recorded::new(&team, &before), Recorded::new(&team, &after));
            let entry = entry("key.renew", KIND, secret.id(), &from, &to)?;
            Ok(Change::Made(after, entry))
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
            let key = unrevoked(conn, &team.uid.to_string(), &key)?;
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

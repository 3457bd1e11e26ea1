//! Who shares the accounts of rate limits: signs of life, and what becomes of those who gave none.

use std::sync::Arc;

use alias_core::limit::{Ask, Grant, MINUTE, Subject};
use alias_core::repository::{Beat, LimitRepository, Peer, StoreError};
use alias_core::usage::InstanceId;
use async_trait::async_trait;
use diesel::prelude::*;

use super::accounts;
use crate::column::{CHUNK, parse};
use crate::connection::{AnyConnection, on_each_backend};
use crate::error::Failure;
use crate::schema::{limit_accounts, limit_instances, limit_slots};
use crate::store::{SqlStore, Verdict};

/// How long an account is kept that nobody uses, in windows.
const KEPT: i64 = 10;
/// How many accounts are forgotten at a time.
const AT_A_TIME: i64 = 500;

/// Raises the beat of an instance; answers whether it was known.
fn raise(conn: &mut AnyConnection, instance: &str) -> Result<bool, Failure> {
    let raised = diesel::update(limit_instances::table.find(instance))
        .set(limit_instances::beat.eq(limit_instances::beat + 1))
        .execute(conn)?;
    if raised == 0 {
        let row = (limit_instances::instance.eq(instance), limit_instances::beat.eq(1));
        on_each_backend!(conn, c => diesel::insert_into(limit_instances::table)
            .values(row)
            .on_conflict_do_nothing()
            .execute(c))?;
    }
    Ok(raised > 0)
}

fn peers(conn: &mut AnyConnection) -> Result<Vec<Peer>, Failure> {
    let rows: Vec<(String, i64)> = limit_instances::table.load(conn)?;
    rows.iter()
        .map(|(instance, beat)| {
            Ok(Peer { instance: parse("limit_instances.instance", instance)?, beat: *beat })
        })
        .collect()
}

/// Takes the slots of instances that are not there any more, and asked once more before they went.
fn bury_orphans(conn: &mut AnyConnection) -> Result<usize, Failure> {
    let living = limit_instances::table.select(limit_instances::instance);
    Ok(diesel::delete(limit_slots::table.filter(limit_slots::instance.ne_all(living))).execute(conn)?)
}

impl SqlStore {
    /// The sign of life of the only server: what others hold is of lives before.
    async fn beat_alone(&self, instance: InstanceId) -> Result<Beat, StoreError> {
        let others = move || limit_slots::table.filter(limit_slots::instance.ne(instance.to_string()));
        let left: i64 = self.read(move |conn| Ok(others().count().get_result(conn)?)).await?;
        if left > 0 {
            self.write(move |conn| {
                diesel::delete(others()).execute(conn)?;
                Ok(Verdict::Commit(()))
            })
            .await?;
        }
        Ok(Beat { known: true, peers: vec![Peer { instance, beat: 0 }] })
    }
}

#[async_trait]
impl LimitRepository for SqlStore {
    async fn ask(&self, ask: &Ask) -> Result<Grant, StoreError> {
        let (ask, clock) = (ask.clone(), Arc::clone(&self.clock));
        self.write(move |conn| Ok(Verdict::Commit(accounts::ask(conn, &ask, &clock)?))).await
    }

    async fn beat(&self, instance: InstanceId) -> Result<Beat, StoreError> {
        if self.url().file().is_some() {
            return self.beat_alone(instance).await;
        }
        self.write(move |conn| {
            let known = raise(conn, &instance.to_string())?;
            Ok(Verdict::Commit(Beat { known, peers: peers(conn)? }))
        })
        .await
    }

    async fn recalls(&self, subjects: &[Subject]) -> Result<Vec<(Subject, i64)>, StoreError> {
        let subjects = subjects.to_vec();
        self.read(move |conn| {
            let mut found = Vec::with_capacity(subjects.len());
            for chunk in subjects.chunks(CHUNK) {
                let texts: Vec<String> = chunk.iter().map(ToString::to_string).collect();
                let rows: Vec<(String, i64)> = limit_accounts::table
                    .filter(limit_accounts::subject.eq_any(&texts))
                    .select((limit_accounts::subject, limit_accounts::recall))
                    .load(conn)?;
                let rows: std::collections::HashMap<String, i64> = rows.into_iter().collect();
                let known = chunk.iter().zip(&texts);
                found.extend(known.filter_map(|(subject, text)| Some((subject.clone(), *rows.get(text)?))));
            }
            Ok(found)
        })
        .await
    }

    async fn bury(&self, dead: Peer) -> Result<(), StoreError> {
        self.write(move |conn| {
            let instance = dead.instance.to_string();
            let row = limit_instances::table.find(&instance).filter(limit_instances::beat.eq(dead.beat));
            if diesel::delete(row).execute(conn)? == 0 {
                return Ok(Verdict::RollBack(()));
            }
            diesel::delete(limit_slots::table.filter(limit_slots::instance.eq(&instance))).execute(conn)?;
            Ok(Verdict::Commit(()))
        })
        .await
    }

    async fn leave(&self, instance: InstanceId) -> Result<(), StoreError> {
        self.write(move |conn| {
            let instance = instance.to_string();
            diesel::delete(limit_instances::table.find(&instance)).execute(conn)?;
            diesel::delete(limit_slots::table.filter(limit_slots::instance.eq(&instance))).execute(conn)?;
            Ok(Verdict::Commit(()))
        })
        .await
    }

    async fn tidy(&self) -> Result<(), StoreError> {
        let (clock, alone) = (Arc::clone(&self.clock), self.url().file().is_some());
        self.write(move |conn| {
            let oldest = accounts::now(conn, &clock)? / MINUTE - KEPT;
            let orphans = if alone { 0 } else { bury_orphans(conn)? };
            let old: Vec<String> = limit_accounts::table
                .filter(limit_accounts::minute.lt(oldest))
                .order(limit_accounts::subject)
                .limit(AT_A_TIME)
                .select(limit_accounts::subject)
                .load(conn)?;
            if old.is_empty() && orphans == 0 {
                return Ok(Verdict::RollBack(()));
            }
            diesel::delete(
                limit_accounts::table
                    .filter(limit_accounts::subject.eq_any(&old))
                    .filter(limit_accounts::minute.lt(oldest)),
            )
            .execute(conn)?;
            Ok(Verdict::Commit(()))
        })
        .await
    }
}

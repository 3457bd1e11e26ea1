//! Budgets: what may be spent through one thing in a window of time, and what was.

mod account;
mod alerts;
mod read;
mod row;
mod subject;

use alias_core::audit::Actor;
use alias_core::budget::{Budget, BudgetChange, BudgetId, MAX_BUDGETS, MAX_OF_SUBJECT, NewBudget};
use alias_core::clock::Timestamp;
use alias_core::repository::{BudgetQuery, BudgetRepository, Expected, Page, StoreError, Written};
use async_trait::async_trait;
use diesel::prelude::*;
use uuid::Uuid;

use crate::audit::{Change, entry};
use crate::column::{storable, time};
use crate::connection::AnyConnection;
use crate::error::Failure;
use crate::schema::budgets as b;
use crate::store::SqlStore;

pub(crate) use account::{Locked, Policy, lock, lock_all};
pub(crate) use alerts::tell;
pub(crate) use read::{catalogued, of_aliases, of_keys};
use row::{NewRow, live};

const KIND: &str = "budget";

/// Each call holds credit of every budget that it falls under, and each server knows them all: there is an end to them.
fn check_room(conn: &mut AnyConnection, scope: &str, subject: &str) -> Result<(), Failure> {
    let all: i64 = live!().count().get_result(conn)?;
    let here: i64 =
        live!().filter(b::scope.eq(scope)).filter(b::subject.eq(subject)).count().get_result(conn)?;
    for (there, most) in [(all, MAX_BUDGETS), (here, MAX_OF_SUBJECT)] {
        if there >= i64::from(most) {
            return Err(StoreError::TooMany { kind: KIND, most }.into());
        }
    }
    Ok(())
}

fn create(conn: &mut AnyConnection, new: &NewBudget, now: Timestamp) -> Result<Budget, Failure> {
    let found = subject::named(conn, &new.scope)?;
    check_room(conn, found.scope, &found.subject)?;
    let id = BudgetId::new(Uuid::now_v7());
    diesel::insert_into(b::table).values(NewRow::of(id, &found, new, now)?).execute(conn)?;
    existing(conn, id, now)
}

fn existing(conn: &mut AnyConnection, id: BudgetId, now: Timestamp) -> Result<Budget, Failure> {
    read::one(conn, id, now)?.ok_or_else(|| Failure::not_found(KIND, id))
}

/// The budget of an id, at the version that the writer expects.
fn expected(
    conn: &mut AnyConnection,
    id: BudgetId,
    version: Expected,
    now: Timestamp,
) -> Result<Budget, Failure> {
    let budget = existing(conn, id, now)?;
    crate::reference::check_version(KIND, id, budget.version, version)?;
    Ok(budget)
}

fn changed(before: &Budget, change: BudgetChange) -> Budget {
    let before = before.clone();
    Budget {
        limit_usd: change.limit_usd.unwrap_or(before.limit_usd),
        limit_mode: change.limit_mode.unwrap_or(before.limit_mode),
        description: change.description.map_or(before.description, |text| storable(&text)),
        ..before
    }
}

/// What the audit log says of a budget: its rule, and not what was spent meanwhile.
fn recorded(budget: &Budget) -> serde_json::Value {
    serde_json::json!({
        "scope": budget.scope,
        "limit_usd": budget.limit_usd,
        "limit_mode": budget.limit_mode,
        "window": budget.window,
        "description": budget.description,
    })
}

#[async_trait]
impl BudgetRepository for SqlStore {
    async fn create(&self, new: NewBudget, by: &Actor) -> Result<Written<Budget>, StoreError> {
        self.change(by, move |conn, now| {
            let after = create(conn, &new, now)?;
            let entry = entry("budget.create", KIND, after.budget_id, &(), &recorded(&after))?;
            Ok(Change::Made(after, entry))
        })
        .await
    }

    async fn find(&self, id: &BudgetId) -> Result<Option<Budget>, StoreError> {
        let (id, now) = (*id, self.clock.now());
        self.read(move |conn| read::one(conn, id, now)).await
    }

    async fn list(&self, query: &BudgetQuery) -> Result<Page<Budget>, StoreError> {
        let (query, now) = (query.clone(), self.clock.now());
        self.read(move |conn| read::page(conn, &query, now)).await
    }

    async fn update(
        &self,
        id: &BudgetId,
        change: BudgetChange,
        version: Expected,
        by: &Actor,
    ) -> Result<Written<Budget>, StoreError> {
        let id = *id;
        self.change(by, move |conn, now| {
            let before = expected(conn, id, version, now)?;
            let after = changed(&before, change);
            if after == before {
                return Ok(Change::Nothing(before));
            }
            diesel::update(b::table.find(id.to_string()))
                .set((
                    b::limit_nanos.eq(after.limit_usd.nanos()),
                    b::limit_mode.eq(after.limit_mode.as_str()),
                    b::description.eq(&after.description),
                    b::version.eq((before.version + 1).cast_signed()),
                    b::updated_at.eq(time(now)),
                ))
                .execute(conn)?;
            let after = existing(conn, id, now)?;
            let entry = entry("budget.update", KIND, id, &recorded(&before), &recorded(&after))?;
            Ok(Change::Made(after, entry))
        })
        .await
    }

    async fn delete(
        &self,
        id: &BudgetId,
        version: Expected,
        by: &Actor,
    ) -> Result<Written<Budget>, StoreError> {
        let id = *id;
        self.change(by, move |conn, now| {
            let before = expected(conn, id, version, now)?;
            // Its accounts stay, and so does it: the books go by both.
            diesel::update(b::table.find(id.to_string())).set(b::deleted_at.eq(time(now))).execute(conn)?;
            let entry = entry("budget.delete", KIND, id, &recorded(&before), &())?;
            Ok(Change::Made(before, entry))
        })
        .await
    }
}

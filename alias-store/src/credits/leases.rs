//! Leases: granted, given back, and taken away from instances that are no more.

use std::sync::Arc;

use alias_core::audit::Actor;
use alias_core::clock::Timestamp;
use alias_core::credits::{AccountId, Lease};
use alias_core::repository::{Granted, InstanceState, LeaseRepository, StoreError, Tenure, Wish};
use alias_core::usage::InstanceId;
use async_trait::async_trait;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::locked::{Account, Held, is_open};
use super::refill;
use crate::audit::{Change, entry};
use crate::budgets;
use crate::column::{big, count, parse};
use crate::connection::AnyConnection;
use crate::error::Failure;
use crate::jobs::LESSEE;
use crate::schema::{credit_accounts, credit_leases, instances};
use crate::store::{SqlStore, Verdict};
use crate::usage::times;

/// Of what is left, the part that one grant takes: slices shrink with the balance.
const SLICES: i64 = 16;
/// The most recalls that one beat tells.
const RECALLS: i64 = 1_000;
/// The most instances that are listed.
const INSTANCES: i64 = 10_000;

impl Held {
    fn lease(self, account: AccountId) -> Lease {
        Lease { account, granted: self.granted, returned: self.returned, charged: self.charged }
    }
}

fn grant(
    conn: &mut AnyConnection,
    (instance, boot): (&str, i64),
    wish: Wish,
    now: Timestamp,
) -> Result<Granted, Failure> {
    if !is_open(conn, instance, Some(boot))? {
        return Ok(Granted::Closed);
    }
    let id = wish.account.to_string();
    let none = Lease::none(wish.account);
    let Some((mut account, _)) = budgets::lock(conn, id.clone(), wish.budget, now)? else {
        return Ok(Granted::Short { lease: none, available: 0, others: false });
    };
    let mut held = Held::read(conn, &id, instance)?;
    if held.granted != wish.known {
        return Ok(Granted::Lease(held.lease(wish.account)));
    }
    if account.available() < wish.need {
        refill::enter_due(conn, &id, &mut account, now)?;
    }
    let available = account.available();
    if available < wish.need {
        // What jobs reserve is nobody's to give back.
        let reserved = Held::read(conn, &id, LESSEE)?.free();
        let others = account.granted - account.charged > held.free() + reserved;
        if others {
            recall(conn, &id)?;
        }
        return Ok(Granted::Short { lease: held.lease(wish.account), available, others });
    }
    let slice = wish.need.max(available / SLICES).min(available);
    account.granted += slice;
    held.granted += slice;
    account.save(conn, &id)?;
    held.save(conn, &id, instance)?;
    Ok(Granted::Lease(held.lease(wish.account)))
}

fn give_back(
    conn: &mut AnyConnection,
    instance: &str,
    account_id: AccountId,
    returned: i64,
) -> Result<Lease, Failure> {
    let id = account_id.to_string();
    let Some(mut account) = Account::lock(conn, &id)? else { return Ok(Lease::none(account_id)) };
    answered(conn, &id, instance)?;
    let mut held = Held::read(conn, &id, instance)?;
    if returned > held.returned && held.charged.saturating_add(returned) <= held.granted {
        account.granted -= returned - held.returned;
        held.returned = returned;
        account.save(conn, &id)?;
        held.save(conn, &id, instance)?;
    }
    Ok(held.lease(account_id))
}

/// The instance has heard who ran dry of the account until now.
fn answered(conn: &mut AnyConnection, account: &str, instance: &str) -> Result<(), Failure> {
    let recalls: i64 = credit_accounts::table.find(account).select(credit_accounts::recalls).first(conn)?;
    diesel::update(credit_leases::table.find((account, instance)))
        .set(credit_leases::answered.eq(recalls))
        .execute(conn)?;
    Ok(())
}

/// The accounts that an instance holds something of, by id.
fn accounts_of(conn: &mut AnyConnection, instance: &str) -> Result<Vec<String>, Failure> {
    use credit_leases as l;
    let leases =
        l::table.filter(l::instance_id.eq(instance)).filter((l::granted - l::returned - l::charged).gt(0));
    let mut ids: Vec<String> = leases.select(l::account_id).load(conn)?;
    // Not by the database, whose collation may sort otherwise than everybody else who locks several.
    ids.sort_unstable();
    Ok(ids)
}

fn close(conn: &mut AnyConnection, instance: &str, beat: Option<i64>) -> Result<bool, Failure> {
    let open = instances::table.find(instance).filter(instances::closed.eq(false));
    let set = instances::closed.eq(true);
    let closed = match beat {
        Some(beat) => diesel::update(open.filter(instances::beat.eq(beat))).set(set).execute(conn)?,
        None => diesel::update(open).set(set).execute(conn)?,
    };
    if closed == 0 {
        return Ok(false);
    }
    for id in accounts_of(conn, instance)? {
        let Some(mut account) = Account::lock(conn, &id)? else { continue };
        let mut held = Held::read(conn, &id, instance)?;
        account.granted -= held.free();
        held.returned = held.granted - held.charged;
        account.save(conn, &id)?;
        held.save(conn, &id, instance)?;
    }
    times::count(conn, instance, 1)?;
    Ok(true)
}

/// Says that an instance lives; tells whether it is open. SQLite has one server, whose beats nobody counts.
pub(crate) fn beat(conn: &mut AnyConnection, instance: &str) -> Result<bool, Failure> {
    let open = instances::table.find(instance).filter(instances::closed.eq(false));
    match conn {
        AnyConnection::Postgres(c) => {
            Ok(diesel::update(open).set(instances::beat.eq(instances::beat + 1)).execute(c)? == 1)
        }
        AnyConnection::Sqlite(c) => Ok(open.count().get_result::<i64>(c)? == 1),
    }
}

fn recalls(conn: &mut AnyConnection, instance: &str) -> Result<Vec<(AccountId, i64)>, Failure> {
    use credit_leases as l;
    let recalled: Vec<(String, i64)> = l::table
        .inner_join(credit_accounts::table)
        .filter(l::instance_id.eq(instance))
        .filter(credit_accounts::recalls.gt(l::answered))
        .filter((l::granted - l::returned - l::charged).gt(0))
        .order(l::account_id)
        .limit(RECALLS)
        .select((l::account_id, credit_accounts::recalls))
        .load(conn)?;
    let parsed = |(id, recalls): &(String, i64)| Ok((parse("credit_leases.account_id", id)?, *recalls));
    recalled.iter().map(parsed).collect()
}

fn recall(conn: &mut AnyConnection, account: &str) -> Result<(), Failure> {
    diesel::update(credit_accounts::table.find(account))
        .set(credit_accounts::recalls.eq(credit_accounts::recalls + 1))
        .execute(conn)?;
    Ok(())
}

/// The leases of an instance.
pub(super) fn all(conn: &mut AnyConnection, instance: &str) -> Result<Vec<Lease>, Failure> {
    use credit_leases as l;
    let rows: Vec<(String, Held)> = l::table
        .filter(l::instance_id.eq(instance))
        .select((l::account_id, (l::granted, l::returned, l::charged)))
        .load(conn)?;
    rows.into_iter().map(|(id, held)| Ok(held.lease(parse("credit_leases.account_id", &id)?))).collect()
}

fn states(conn: &mut AnyConnection) -> Result<Vec<InstanceState>, Failure> {
    let held = sql::<BigInt>(
        "CAST(COALESCE((SELECT SUM(granted - returned - charged) FROM credit_leases \
         WHERE credit_leases.instance_id = instances.id AND granted - returned - charged > 0 \
         AND credit_leases.account_id IN \
         (SELECT id FROM credit_accounts WHERE budget_id IS NULL)), 0) AS BIGINT)",
    );
    let rows: Vec<(String, i64, bool, i64)> = instances::table
        .filter(instances::closed.eq(false))
        .order(instances::id)
        .limit(INSTANCES)
        .select((instances::id, instances::beat, instances::closed, held))
        .load(conn)?;
    rows.into_iter()
        .map(|(id, beat, closed, held)| {
            Ok(InstanceState { instance: parse("instances.id", &id)?, beat, closed, held })
        })
        .collect()
}

#[async_trait]
impl LeaseRepository for SqlStore {
    async fn grant(&self, who: Tenure, wish: Wish) -> Result<Granted, StoreError> {
        let clock = Arc::clone(&self.clock);
        self.write(move |conn| {
            let who = (&*who.instance.to_string(), big(who.boot));
            grant(conn, who, wish, clock.now()).map(Verdict::Commit)
        })
        .await
    }

    async fn give_back(&self, who: Tenure, returned: &[(AccountId, i64)]) -> Result<Vec<Lease>, StoreError> {
        let mut returned = returned.to_vec();
        returned.sort_unstable_by_key(|(account, _)| account.to_string());
        self.write(move |conn| {
            let instance = who.instance.to_string();
            if !is_open(conn, &instance, Some(big(who.boot)))? {
                return Ok(Verdict::RollBack(all(conn, &instance)?));
            }
            let given = returned.iter().map(|(account, much)| give_back(conn, &instance, *account, *much));
            given.collect::<Result<_, _>>().map(Verdict::Commit)
        })
        .await
    }

    async fn leases(&self, instance: InstanceId) -> Result<(u64, Vec<Lease>), StoreError> {
        self.read(move |conn| {
            let instance = instance.to_string();
            let shipped: Option<i64> =
                instances::table.find(&instance).select(instances::shipped_seq).first(conn).optional()?;
            Ok((count(shipped.unwrap_or_default()), all(conn, &instance)?))
        })
        .await
    }

    async fn recalls(&self, instance: InstanceId) -> Result<Vec<(AccountId, i64)>, StoreError> {
        self.read(move |conn| recalls(conn, &instance.to_string())).await
    }

    async fn recall(&self, account: AccountId) -> Result<(), StoreError> {
        self.write(move |conn| recall(conn, &account.to_string()).map(Verdict::Commit)).await
    }

    async fn close(&self, instance: InstanceId, beat: Option<i64>) -> Result<bool, StoreError> {
        self.write(move |conn| close(conn, &instance.to_string(), beat).map(Verdict::Commit)).await
    }

    async fn retire(&self, instance: InstanceId, by: &Actor) -> Result<bool, StoreError> {
        self.change_apart(by, move |conn, _| {
            if !close(conn, &instance.to_string(), None)? {
                return Ok(Change::Nothing(false));
            }
            Ok(Change::Made(true, entry("instance.retire", "instance", instance, &(), &())?))
        })
        .await
    }

    async fn instances(&self) -> Result<Vec<InstanceState>, StoreError> {
        self.read(states).await
    }
}

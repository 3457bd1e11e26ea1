//! Rows that a unit of work holds until it ends. The order, everywhere: instance, accounts by id, leases.

use diesel::prelude::*;

use crate::connection::{AnyConnection, on_each_backend};
use crate::error::Failure;
use crate::schema::{credit_accounts, credit_leases, instances};

/// An account, locked.
#[derive(Debug, Clone, Copy, Queryable)]
pub(crate) struct Account {
    pub(crate) allocated: i64,
    pub(crate) granted: i64,
    pub(crate) charged: i64,
    /// What was left when credits were last given.
    pub(crate) full: i64,
}

/// Writes what an account has after it was given `amount`, or after that was taken away.
pub(crate) fn give(conn: &mut AnyConnection, id: &str, amount: i64, after: &Account) -> Result<(), Failure> {
    use credit_accounts as a;
    let full = if amount > 0 { after.allocated.saturating_sub(after.charged) } else { after.full };
    diesel::update(a::table.find(id))
        .set((a::allocated.eq(after.allocated), a::full_at.eq(full)))
        .execute(conn)?;
    Ok(())
}

impl Account {
    pub(crate) fn lock(conn: &mut AnyConnection, id: &str) -> Result<Option<Self>, Failure> {
        use credit_accounts as a;
        let row = a::table.find(id).select((a::allocated, a::granted, a::charged, a::full_at));
        Ok(match conn {
            AnyConnection::Postgres(c) => row.for_update().first(c).optional()?,
            AnyConnection::Sqlite(c) => row.first(c).optional()?,
        })
    }

    /// What can still be leased.
    pub(crate) fn available(&self) -> i64 {
        self.allocated.saturating_sub(self.granted).max(0)
    }

    /// Writes what changes without an administrator's word: what is held, and what is charged.
    pub(crate) fn save(&self, conn: &mut AnyConnection, id: &str) -> Result<(), Failure> {
        use credit_accounts as a;
        diesel::update(a::table.find(id))
            .set((a::granted.eq(self.granted), a::charged.eq(self.charged)))
            .execute(conn)?;
        Ok(())
    }
}

/// What an instance holds of an account. The account's lock keeps it from changing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Queryable)]
pub(crate) struct Held {
    pub(crate) granted: i64,
    pub(crate) returned: i64,
    pub(crate) charged: i64,
}

impl Held {
    pub(crate) fn read(conn: &mut AnyConnection, account: &str, instance: &str) -> Result<Self, Failure> {
        use credit_leases as l;
        let row = l::table.find((account, instance)).select((l::granted, l::returned, l::charged));
        Ok(row.first(conn).optional()?.unwrap_or_default())
    }

    /// What can still be charged or given back.
    pub(crate) fn free(&self) -> i64 {
        self.granted - self.returned - self.charged
    }

    pub(crate) fn save(
        &self,
        conn: &mut AnyConnection,
        account: &str,
        instance: &str,
    ) -> Result<(), Failure> {
        use credit_leases as l;
        let numbers =
            (l::granted.eq(self.granted), l::returned.eq(self.returned), l::charged.eq(self.charged));
        on_each_backend!(conn, c => diesel::insert_into(l::table)
            .values((l::account_id.eq(account), l::instance_id.eq(instance), numbers))
            .on_conflict((l::account_id, l::instance_id))
            .do_update()
            .set(numbers)
            .execute(c))?;
        Ok(())
    }
}

/// Whether an instance is open, and in this start of it where one is named. It stays so until the unit of work ends.
pub(crate) fn is_open(conn: &mut AnyConnection, instance: &str, boot: Option<i64>) -> Result<bool, Failure> {
    let row = instances::table.find(instance).select((instances::closed, instances::boot));
    let found: Option<(bool, i64)> = match conn {
        AnyConnection::Postgres(c) => row.for_share().first(c).optional()?,
        AnyConnection::Sqlite(c) => row.first(c).optional()?,
    };
    Ok(found.is_some_and(|(closed, current)| !closed && boot.is_none_or(|boot| boot == current)))
}

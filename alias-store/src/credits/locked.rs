//! Rows that a unit of work holds until it ends. The order, everywhere: instance, accounts by id, leases.

use std::collections::{BTreeMap, HashMap};

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Text};
use diesel::upsert::excluded;

use crate::column::CHUNK;
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

    /// Those of the accounts that there are. Their ids come in their order, and so are they locked.
    pub(crate) fn lock_all(conn: &mut AnyConnection, ids: &[&str]) -> Result<Vec<(String, Self)>, Failure> {
        use credit_accounts as a;
        if let [id] = ids {
            // The statement for one stays prepared.
            let locked = Self::lock(conn, id)?;
            return Ok(locked.map(|account| ((*id).to_owned(), account)).into_iter().collect());
        }
        let mut all = Vec::with_capacity(ids.len());
        for chunk in ids.chunks(CHUNK) {
            let rows = a::table
                .filter(a::id.eq_any(chunk))
                .select((a::id, (a::allocated, a::granted, a::charged, a::full_at)));
            let locked: Vec<(String, Self)> = match conn {
                // PostgreSQL sorts before it locks; its collations may sort otherwise than this program.
                AnyConnection::Postgres(c) => {
                    rows.order(sql::<Text>("id COLLATE \"C\"")).for_update().load(c)?
                }
                AnyConnection::Sqlite(c) => rows.load(c)?,
            };
            all.extend(locked);
        }
        Ok(all)
    }

    /// What can still be leased.
    pub(crate) fn available(&self) -> i64 {
        self.allocated.saturating_sub(self.granted).max(0)
    }

    /// Writes what changes without an administrator's word: what is held, and what is charged.
    pub(crate) fn save(&self, conn: &mut AnyConnection, id: &str) -> Result<(), Failure> {
        Self::save_all(conn, &[(id, self)])
    }

    /// [`Self::save`] of many accounts, which PostgreSQL takes in one statement; to SQLite each is a call of a function.
    pub(crate) fn save_all(conn: &mut AnyConnection, accounts: &[(&str, &Self)]) -> Result<(), Failure> {
        use credit_accounts as a;
        match conn {
            AnyConnection::Postgres(c) => {
                let (ids, all): (Vec<&str>, Vec<&Self>) = accounts.iter().copied().unzip();
                diesel::sql_query(
                    "UPDATE credit_accounts SET granted = new.granted, charged = new.charged \
                     FROM unnest($1, $2, $3) AS new (id, granted, charged) WHERE credit_accounts.id = new.id",
                )
                .bind::<Array<Text>, _>(ids)
                .bind::<Array<BigInt>, _>(all.iter().map(|account| account.granted).collect::<Vec<_>>())
                .bind::<Array<BigInt>, _>(all.iter().map(|account| account.charged).collect::<Vec<_>>())
                .execute(c)?;
            }
            AnyConnection::Sqlite(c) => {
                for (id, account) in accounts {
                    diesel::update(a::table.find(id))
                        .set((a::granted.eq(account.granted), a::charged.eq(account.charged)))
                        .execute(c)?;
                }
            }
        }
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

    /// What instances hold of accounts: under the account, by instance.
    pub(crate) fn read_all(
        conn: &mut AnyConnection,
        accounts: &[&str],
        instances: &[&str],
    ) -> Result<HashMap<String, BTreeMap<String, Self>>, Failure> {
        use credit_leases as l;
        let mut all: HashMap<String, BTreeMap<String, Self>> = HashMap::new();
        for (accounts, instances) in
            accounts.chunks(CHUNK).flat_map(|a| instances.chunks(CHUNK).map(move |i| (a, i)))
        {
            let rows: Vec<(String, String, Self)> = l::table
                .filter(l::account_id.eq_any(accounts).and(l::instance_id.eq_any(instances)))
                .select((l::account_id, l::instance_id, (l::granted, l::returned, l::charged)))
                .load(conn)?;
            for (account, instance, held) in rows {
                all.entry(account).or_default().insert(instance, held);
            }
        }
        Ok(all)
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
        Self::save_all(conn, &[(account, instance, self)])
    }

    /// [`Self::save`] of many.
    pub(crate) fn save_all(conn: &mut AnyConnection, leases: &[(&str, &str, &Self)]) -> Result<(), Failure> {
        use credit_leases as l;
        for chunk in leases.chunks(CHUNK) {
            let rows: Vec<_> = chunk.iter().copied().map(LeaseRow::of).collect();
            on_each_backend!(conn, c => diesel::insert_into(l::table)
                .values(&rows)
                .on_conflict((l::account_id, l::instance_id))
                .do_update()
                .set((
                    l::granted.eq(excluded(l::granted)),
                    l::returned.eq(excluded(l::returned)),
                    l::charged.eq(excluded(l::charged)),
                ))
                .execute(c))?;
        }
        Ok(())
    }
}

#[derive(Insertable)]
#[diesel(table_name = credit_leases, treat_none_as_default_value = false)]
struct LeaseRow<'a> {
    account_id: &'a str,
    instance_id: &'a str,
    granted: i64,
    returned: i64,
    charged: i64,
}

impl<'a> LeaseRow<'a> {
    fn of((account_id, instance_id, held): (&'a str, &'a str, &Held)) -> Self {
        let Held { granted, returned, charged } = *held;
        Self { account_id, instance_id, granted, returned, charged }
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

//! Credits: the accounts of teams, and their ledger.

mod alerts;
mod charges;
mod leases;
mod locked;
mod refill;

use std::collections::HashMap;

use alias_core::audit::Actor;
use alias_core::clock::Timestamp;
use alias_core::credits::{
    AccountId, Balance, Billing, CreditRate, CreditsAdded, Refill, RefillPolicy, Transaction, TransactionId,
    TransactionKind, Transfer,
};
use alias_core::money::MicroCredits;
use alias_core::price::Markup;
use alias_core::repository::{CreditFault, CreditRepository, Page, Position, StoreError, Window};
use alias_core::team::{TeamId, TeamUid};
use async_trait::async_trait;
use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde_json::json;
use uuid::Uuid;

use crate::audit::{Change, entry};
use crate::column::{CHUNK, count, moment, parse, storable, time, word};
use crate::connection::{AnyBackend, AnyConnection, on_each_backend};
use crate::error::Failure;
use crate::schema::{credit_accounts, credit_transactions, teams};
use crate::store::SqlStore;
use crate::{teams as team, window};

pub(crate) use alerts::{Whose, tell};
pub(crate) use charges::{BudgetCharge, OUTRIGHT, charge};
pub(crate) use leases::beat;
pub(crate) use locked::{Account, Held};
pub(crate) use refill::enter_due;

/// A team's policy, as columns of its row.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = teams)]
pub(crate) struct BillingRow {
    budget_mode: String,
    limit_mode: String,
    credits_per_dollar: i64,
    tokens_per_credit: i64,
    markup: i64,
}

impl BillingRow {
    pub(crate) fn read(&self) -> Result<Billing, Failure> {
        Ok(Billing {
            budget_mode: word("teams.budget_mode", &self.budget_mode)?,
            limit_mode: word("teams.limit_mode", &self.limit_mode)?,
            credits_per_dollar: CreditRate::new(self.credits_per_dollar),
            tokens_per_credit: count(self.tokens_per_credit),
            markup: Markup::new(self.markup),
        })
    }
}

/// Opens the account of a new team.
pub(crate) fn open(
    conn: &mut AnyConnection,
    team: TeamUid,
    allocated: MicroCredits,
    now: Timestamp,
) -> Result<(), Failure> {
    let id = AccountId::of_team(team).to_string();
    diesel::insert_into(credit_accounts::table)
        .values((
            credit_accounts::id.eq(&id),
            credit_accounts::team_uid.eq(team.to_string()),
            credit_accounts::allocated.eq(allocated.micros()),
            credit_accounts::full_at.eq(allocated.micros()),
            credit_accounts::created_at.eq(time(now)),
        ))
        .execute(conn)?;
    if allocated == MicroCredits::ZERO {
        return Ok(());
    }
    let line =
        Line { kind: TransactionKind::Allocation, amount: allocated, after: allocated, ..Line::of(&id) };
    line.enter(conn, now).map(drop)
}

/// A line of the ledger to be entered.
pub(crate) struct Line<'a> {
    pub(crate) account: &'a str,
    pub(crate) kind: TransactionKind,
    pub(crate) amount: MicroCredits,
    pub(crate) after: MicroCredits,
    pub(crate) description: Option<&'a str>,
    pub(crate) job_id: Option<&'a str>,
}

impl<'a> Line<'a> {
    pub(crate) fn of(account: &'a str) -> Self {
        Self {
            account,
            kind: TransactionKind::Deduction,
            amount: MicroCredits::ZERO,
            after: MicroCredits::ZERO,
            description: None,
            job_id: None,
        }
    }

    pub(crate) fn enter(self, conn: &mut AnyConnection, now: Timestamp) -> Result<TransactionId, Failure> {
        let id = TransactionId::new(Uuid::now_v7());
        diesel::insert_into(credit_transactions::table).values(self.row(id, now)).execute(conn)?;
        Ok(id)
    }

    /// Enters lines in their order.
    fn enter_all(conn: &mut AnyConnection, lines: Vec<Self>, now: Timestamp) -> Result<(), Failure> {
        let rows: Vec<_> =
            lines.into_iter().map(|line| line.row(TransactionId::new(Uuid::now_v7()), now)).collect();
        for chunk in rows.chunks(CHUNK) {
            on_each_backend!(conn, c => diesel::insert_into(credit_transactions::table)
                .values(chunk)
                .execute(c))?;
        }
        Ok(())
    }

    fn row(self, id: TransactionId, now: Timestamp) -> LineRow<'a> {
        LineRow {
            id: id.to_string(),
            account_id: self.account,
            kind: self.kind.as_str(),
            amount: self.amount.micros(),
            balance_after: self.after.micros(),
            description: self.description.map(storable),
            job_id: self.job_id.map(str::to_owned),
            created_at: time(now),
        }
    }
}

#[derive(Insertable)]
#[diesel(table_name = credit_transactions, treat_none_as_default_value = false)]
struct LineRow<'a> {
    id: String,
    account_id: &'a str,
    kind: &'static str,
    amount: i64,
    balance_after: i64,
    description: Option<String>,
    job_id: Option<String>,
    created_at: NaiveDateTime,
}

/// The balances of teams, under their uids.
pub(crate) fn balances(
    conn: &mut AnyConnection,
    uids: &[String],
) -> Result<HashMap<String, Balance>, Failure> {
    let mut balances = HashMap::with_capacity(uids.len());
    for chunk in uids.chunks(CHUNK) {
        let rows: Vec<(Option<String>, i64, i64, i64, i64)> = credit_accounts::table
            .filter(credit_accounts::team_uid.eq_any(chunk))
            .select((
                credit_accounts::team_uid,
                credit_accounts::allocated,
                credit_accounts::charged,
                credit_accounts::granted,
                credit_accounts::full_at,
            ))
            .load(conn)?;
        balances.extend(rows.into_iter().filter_map(|(uid, allocated, charged, granted, full)| {
            let balance = Balance {
                allocated: MicroCredits::new(allocated),
                used: MicroCredits::new(charged),
                leased: MicroCredits::new(granted - charged),
                full: MicroCredits::new(full),
            };
            Some((uid?, balance))
        }));
    }
    Ok(balances)
}

/// The balance of a team.
pub(crate) fn balance(conn: &mut AnyConnection, team: TeamUid) -> Result<Balance, Failure> {
    let uid = team.to_string();
    Ok(balances(conn, std::slice::from_ref(&uid))?.remove(&uid).unwrap_or_default())
}

/// Adds to an account, or takes away what nobody holds.
fn transfer(
    conn: &mut AnyConnection,
    id: &TeamId,
    what: &Transfer,
    now: Timestamp,
) -> Result<(CreditsAdded, Balance), Failure> {
    let team = team::live(conn, id)?.ok_or_else(|| Failure::not_found(team::KIND, id))?;
    let account_id = AccountId::of_team(team.uid).to_string();
    let account =
        Account::lock(conn, &account_id)?.ok_or_else(|| Failure::not_found("account", &account_id))?;
    let allocated = account.allocated.saturating_add(what.amount.micros());
    if what.amount < MicroCredits::ZERO && allocated < account.granted {
        let available = MicroCredits::new(account.available());
        return Err(StoreError::from(CreditFault::Held { available }).into());
    }
    if allocated > MicroCredits::MAX.micros() {
        return Err(StoreError::from(CreditFault::TooMany).into());
    }
    let before = balance(conn, team.uid)?;
    locked::give(conn, &account_id, what.amount.micros(), &Account { allocated, ..account })?;
    let remaining = MicroCredits::new(allocated - account.charged);
    let line = Line {
        kind: what.kind,
        amount: what.amount,
        after: remaining,
        description: what.description.as_deref(),
        ..Line::of(&account_id)
    };
    let transaction_id = line.enter(conn, now)?;
    Ok((
        CreditsAdded {
            team_uid: team.uid,
            team_id: team.team_id,
            amount: what.amount,
            remaining,
            transaction_id,
        },
        before,
    ))
}

#[derive(Queryable)]
struct TransactionRow {
    id: String,
    kind: String,
    amount: i64,
    balance_after: i64,
    description: Option<String>,
    job_id: Option<String>,
    created_at: NaiveDateTime,
}

impl TryFrom<TransactionRow> for Transaction {
    type Error = Failure;

    fn try_from(row: TransactionRow) -> Result<Self, Failure> {
        Ok(Self {
            id: parse("credit_transactions.id", &row.id)?,
            kind: word("credit_transactions.kind", &row.kind)?,
            amount: MicroCredits::new(row.amount),
            balance_after: MicroCredits::new(row.balance_after),
            description: row.description,
            job_id: row.job_id,
            at: moment(row.created_at),
        })
    }
}

fn page(conn: &mut AnyConnection, account: &str, window: &Window) -> Result<Page<Transaction>, Failure> {
    use credit_transactions as t;
    let of_account = || t::table.filter(t::account_id.eq(account)).into_boxed::<AnyBackend>();
    let total: i64 = of_account().count().get_result(conn)?;
    let mut rows = of_account();
    if let Some(after) = window::after(window) {
        rows = rows.filter(t::id.lt(storable(&after.name)));
    }
    let rows: Vec<TransactionRow> = rows
        .order(t::id.desc())
        .select((t::id, t::kind, t::amount, t::balance_after, t::description, t::job_id, t::created_at))
        .limit(window::rows_wanted(window))
        .offset(window::offset(window))
        .load(conn)?;
    let position = |last: &Transaction| Position { value: None, name: last.id.to_string() };
    window::page(rows, window, total, |rows| rows.into_iter().map(TryInto::try_into).collect(), position)
}

#[async_trait]
impl CreditRepository for SqlStore {
    async fn transfer(&self, team: &TeamId, what: Transfer, by: &Actor) -> Result<CreditsAdded, StoreError> {
        let id = team.clone();
        self.change_apart(by, move |conn, now| {
            let (added, before) = transfer(conn, &id, &what, now)?;
            let from = json!({ "credits_allocated": before.allocated });
            let allocated = MicroCredits::new(before.allocated.micros().saturating_add(what.amount.micros()));
            let to = json!({ "credits_allocated": allocated, "description": what.description });
            let entry = entry("credits.transfer", team::KIND, &added.team_id, &from, &to)?;
            Ok(Change::Made(added, entry))
        })
        .await
    }

    async fn refilled(&self, team: &TeamId) -> Result<Option<Refill>, StoreError> {
        refill::refilled(self, team).await
    }

    async fn configure_refill(
        &self,
        team: &TeamId,
        policy: Option<RefillPolicy>,
        by: &Actor,
    ) -> Result<Option<Refill>, StoreError> {
        // Apart, for it stays also where the policy is the same already.
        refill::refilled(self, team).await?;
        let id = team.clone();
        self.change_apart(by, move |conn, now| {
            let team = team::live(conn, &id)?.ok_or_else(|| Failure::not_found(team::KIND, &id))?;
            let refill::Configured { before, after } = refill::configure(conn, &team, policy, now)?;
            let policy =
                |refill: Option<Refill>| json!({ "auto_refill": refill.map(|refill| refill.policy) });
            let (from, to) = (policy(before), policy(after));
            if from == to {
                return Ok(Change::Nothing(before));
            }
            let entry = entry("credits.configure_refill", team::KIND, &team.team_id, &from, &to)?;
            Ok(Change::Made(after, entry))
        })
        .await
    }

    async fn refill_all(&self) -> Result<u64, StoreError> {
        refill::refill_all(self).await
    }

    async fn balance(&self, team: &TeamId) -> Result<Option<Balance>, StoreError> {
        let id = team.clone();
        self.read(move |conn| team::live(conn, &id)?.map(|team| balance(conn, team.uid)).transpose()).await
    }

    async fn transactions(
        &self,
        team: &TeamId,
        window: &Window,
    ) -> Result<Option<Page<Transaction>>, StoreError> {
        let (id, window) = (team.clone(), window.clone());
        self.read(move |conn| {
            let of = |team: alias_core::team::Team| AccountId::of_team(team.uid).to_string();
            team::live(conn, &id)?.map(of).map(|account| page(conn, &account, &window)).transpose()
        })
        .await
    }
}

//! Budgets as they are read.

use alias_core::budget::{Budget, BudgetId, BudgetWindow, SpendLimit};
use alias_core::catalog::CatalogBudget;
use alias_core::clock::Timestamp;
use alias_core::credits::LimitMode;
use alias_core::money::NanoUsd;
use alias_core::repository::{BudgetQuery, Page, Position};
use diesel::prelude::*;

use super::account;
use super::row::{BudgetRow, live};
use super::subject::{self, Names};
use crate::column::{from_json, moment, parse, version, word};
use crate::connection::{AnyBackend, AnyConnection};
use crate::error::Failure;
use crate::schema::{budgets as b, organizations as o, team_keys as k};
use crate::window::{self, by_name};

pub(super) fn one(conn: &mut AnyConnection, id: BudgetId, now: Timestamp) -> Result<Option<Budget>, Failure> {
    let row = live!().filter(b::budget_id.eq(id.to_string())).select(BudgetRow::as_select());
    let row: Option<BudgetRow> = row.first(conn).optional()?;
    Ok(finish(conn, row.into_iter().collect(), now)?.pop())
}

pub(super) fn page(
    conn: &mut AnyConnection,
    query: &BudgetQuery,
    now: Timestamp,
) -> Result<Page<Budget>, Failure> {
    let of = match &query.scope {
        Some(scope) => match subject::find(conn, scope)? {
            Some(named) => Some((named.scope, named.subject)),
            // What is not there has no budgets.
            None => return Ok(Page { items: vec![], total: 0, next: None }),
        },
        None => None,
    };
    let within: Option<String> = match &query.organization_id {
        Some(id) => {
            let uid = o::table.filter(o::folded.eq(id.folded())).select(o::uid).first(conn).optional()?;
            Some(uid.unwrap_or_default())
        }
        None => None,
    };
    let matching = || {
        let mut rows = live!().into_boxed::<AnyBackend>();
        if let Some((scope, subject)) = &of {
            rows = rows.filter(b::scope.eq(*scope)).filter(b::subject.eq(subject.clone()));
        }
        if let Some(uid) = &within {
            rows = rows.filter(b::organization_uid.eq(uid.clone()));
        }
        rows
    };
    let window = &query.window;
    let total: i64 = matching().count().get_result(conn)?;
    let rows: Vec<BudgetRow> = by_name!(matching(), b::budget_id, false, window)
        .select(BudgetRow::as_select())
        .limit(window::rows_wanted(window))
        .offset(window::offset(window))
        .load(conn)?;
    let position = |last: &Budget| Position { value: None, name: last.budget_id.to_string() };
    window::page(rows, window, total, |rows| finish(conn, rows, now), position)
}

fn finish(conn: &mut AnyConnection, rows: Vec<BudgetRow>, now: Timestamp) -> Result<Vec<Budget>, Failure> {
    let names = Names::of(conn, &rows)?;
    // What went away since the rows were read is gone with its budgets.
    rows.into_iter().filter_map(|row| budget(conn, &names, row, now).transpose()).collect()
}

fn budget(
    conn: &mut AnyConnection,
    names: &Names,
    row: BudgetRow,
    now: Timestamp,
) -> Result<Option<Budget>, Failure> {
    let Some(scope) = names.scope(&row)? else { return Ok(None) };
    let id: BudgetId = parse("budgets.budget_id", &row.budget_id)?;
    let window: BudgetWindow = from_json("budgets.time_window", &row.time_window)?;
    let account::Spent { spent, held } = account::spent(conn, id, window, now)?;
    let (window_starts_at, window_ends_at) = window.around(now);
    let organization =
        names.organization(&row).map(|id| parse("organizations.organization_id", id)).transpose()?;
    Ok(Some(Budget {
        budget_id: id,
        scope,
        organization_id: organization,
        limit_usd: SpendLimit::new(row.limit_nanos),
        limit_mode: word::<LimitMode>("budgets.limit_mode", &row.limit_mode)?,
        window,
        description: row.description,
        spent_usd: NanoUsd::new(spent),
        held_usd: NanoUsd::new(held),
        remaining_usd: NanoUsd::new(row.limit_nanos.saturating_sub(spent)),
        window_starts_at,
        window_ends_at,
        version: version("budgets.version", row.version)?,
        created_at: moment(row.created_at),
        updated_at: moment(row.updated_at),
    }))
}

/// Budgets, all or some, as far as deciding needs them. One of a key is of every key of its lineage.
pub(crate) fn catalogued(
    conn: &mut AnyConnection,
    only: Option<&[String]>,
) -> Result<Vec<CatalogBudget>, Failure> {
    let mut wanted = live!().order(b::budget_id).select(BudgetRow::as_select()).into_boxed::<AnyBackend>();
    if let Some(ids) = only {
        wanted = wanted.filter(b::budget_id.eq_any(ids));
    }
    let rows: Vec<BudgetRow> = wanted.load(conn)?;
    let lineages: Vec<&str> =
        rows.iter().filter(|row| row.scope == "key").map(|row| row.subject.as_str()).collect();
    let keys = subject::keys_of(conn, &lineages)?;
    let mut all = Vec::with_capacity(rows.len());
    for row in &rows {
        let mode: LimitMode = word("budgets.limit_mode", &row.limit_mode)?;
        let budget = CatalogBudget {
            id: parse("budgets.budget_id", &row.budget_id)?,
            subject: subject::subject(&row.scope, &row.subject)?,
            window: from_json("budgets.time_window", &row.time_window)?,
            hard: mode == LimitMode::HardLimit,
        };
        if row.scope != "key" {
            all.push(budget);
            continue;
        }
        for (_, key) in keys.iter().filter(|(lineage, _)| *lineage == row.subject) {
            all.push(CatalogBudget { subject: subject::subject("key", key)?, ..budget.clone() });
        }
    }
    Ok(all)
}

/// The budgets that these keys fall under, by their lineages.
pub(crate) fn of_keys(conn: &mut AnyConnection, keys: &[String]) -> Result<Vec<String>, Failure> {
    let lineages: Vec<String> = k::table.filter(k::key_id.eq_any(keys)).select(k::lineage).load(conn)?;
    let budgets = b::table.filter(b::scope.eq("key")).filter(b::subject.eq_any(&lineages));
    Ok(budgets.select(b::budget_id).load(conn)?)
}

/// The budgets of these aliases.
pub(crate) fn of_aliases(conn: &mut AnyConnection, aliases: &[String]) -> Result<Vec<String>, Failure> {
    let budgets = b::table.filter(b::scope.eq("alias")).filter(b::subject.eq_any(aliases));
    Ok(budgets.select(b::budget_id).load(conn)?)
}

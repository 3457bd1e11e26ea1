//! Budgets as rows.

use alias_core::budget::{BudgetId, NewBudget};
use alias_core::clock::Timestamp;
use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::subject::Named;
use crate::column::{json, storable, time};
use crate::error::Failure;
use crate::schema::budgets;

/// A budget lives as long as what it is of.
pub(super) const LIVE: &str = "(CASE budgets.scope \
    WHEN 'organization' THEN EXISTS (SELECT 1 FROM organizations WHERE organizations.uid = budgets.subject) \
    WHEN 'team' THEN EXISTS (SELECT 1 FROM teams WHERE teams.uid = budgets.subject) \
    WHEN 'key' THEN EXISTS (SELECT 1 FROM team_keys \
        WHERE team_keys.lineage = budgets.subject AND team_keys.revoked_at IS NULL) \
    WHEN 'alias' THEN EXISTS (SELECT 1 FROM model_aliases \
        WHERE model_aliases.id = budgets.subject AND model_aliases.deleted_at IS NULL) \
    ELSE budgets.scope = 'tag' END)";

/// Budgets that are not deleted, of what is not.
macro_rules! live {
    () => {
        $crate::schema::budgets::table
            .filter($crate::schema::budgets::deleted_at.is_null())
            .filter(diesel::dsl::sql::<diesel::sql_types::Bool>($crate::budgets::row::LIVE))
    };
}
pub(super) use live;

/// A new budget's row.
#[derive(Insertable)]
#[diesel(table_name = budgets)]
pub(super) struct NewRow {
    budget_id: String,
    scope: &'static str,
    subject: String,
    limit_nanos: i64,
    limit_mode: &'static str,
    time_window: String,
    description: String,
    version: i32,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
    organization_uid: Option<String>,
}

impl NewRow {
    pub(super) fn of(id: BudgetId, named: &Named, new: &NewBudget, now: Timestamp) -> Result<Self, Failure> {
        Ok(Self {
            budget_id: id.to_string(),
            scope: named.scope,
            subject: named.subject.clone(),
            limit_nanos: new.limit_usd.nanos(),
            limit_mode: new.limit_mode.as_str(),
            time_window: json(&new.window)?,
            description: storable(&new.description),
            version: 1,
            created_at: time(now),
            updated_at: time(now),
            organization_uid: named.organization_uid.clone(),
        })
    }
}

/// A budget's row.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = budgets)]
pub(super) struct BudgetRow {
    pub(super) budget_id: String,
    pub(super) scope: String,
    pub(super) subject: String,
    pub(super) limit_nanos: i64,
    pub(super) limit_mode: String,
    pub(super) time_window: String,
    pub(super) description: String,
    pub(super) version: i32,
    pub(super) created_at: NaiveDateTime,
    pub(super) updated_at: NaiveDateTime,
    pub(super) organization_uid: Option<String>,
}

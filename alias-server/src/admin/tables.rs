//! Which columns lists have as CSV, for `Accept: text/csv`: every member of their rows, the most telling first.

use actix_web::{HttpRequest, HttpResponse};
use alias_core::budget::Budget;
use serde::Serialize;

use crate::admin::aliases::object::{AliasList, AliasObject};
use crate::admin::budgets::object::BudgetList;
use crate::admin::catalog::object::{ModelList, ModelObject};
use crate::admin::credits::object::{TransactionList, TransactionObject};
use crate::admin::csv;
use crate::admin::groups::object::{GroupFacts, GroupList};
use crate::admin::list::{ListRequest, PageInfo};
use crate::admin::organizations::object::{OrganizationFacts, OrganizationList};
use crate::admin::teams::object::{TeamFacts, TeamList};

/// A list's answer whose rows can be a table.
pub trait Table: Serialize {
    /// The members of a row, in the order of the columns.
    const COLUMNS: &'static [&'static str];
    /// A row.
    type Row: Serialize;
    /// The rows of this part.
    fn rows(&self) -> &[Self::Row];
    /// Where the list stands.
    fn page(&self) -> &PageInfo;
}

/// 200 with a part of a list, as CSV or as JSON, whichever the client wants; and a link to the next one.
pub fn answer<T: Table>(request: &HttpRequest, list: ListRequest, body: &T) -> HttpResponse {
    let next = body.page().next_cursor.as_deref();
    if csv::is_wanted(request.headers()) {
        return csv::answer(list.link(request.path(), next), T::COLUMNS, body.rows());
    }
    list.answer(request.path(), next, body)
}

macro_rules! table {
    ($list:ty, $row:ty, $rows:ident, $columns:expr) => {
        impl Table for $list {
            const COLUMNS: &'static [&'static str] = $columns;
            type Row = $row;
            fn rows(&self) -> &[$row] {
                &self.$rows
            }
            fn page(&self) -> &PageInfo {
                &self.page
            }
        }
    };
}

table!(
    AliasList,
    AliasObject,
    aliases,
    &[
        "alias",
        "litellm_model",
        "description",
        "active",
        "status",
        "usage_count",
        "access_groups",
        "teams_with_access",
        "usage_stats",
        "display_name",
        "provider",
        "pricing_input",
        "pricing_output",
        "pricing_source",
        "pricing",
        "tags",
        "visibility",
        "on_disconnect",
        "match",
        "split",
        "sticky",
        "fallbacks",
        "overrides",
        "shadow",
        "parameters",
        "response_model",
        "metadata",
        "deprecated_at",
        "deprecation",
        "sunset_at",
        "replacement",
        "scheduled",
        "managed_by",
        "warnings",
        "version",
        "created_at",
        "updated_at",
        "id",
    ]
);

table!(
    GroupList,
    GroupFacts,
    access_groups,
    &[
        "group_name",
        "display_name",
        "description",
        "active",
        "model_count",
        "team_count",
        "managed_by",
        "version",
        "created_at",
        "updated_at",
        "id",
    ]
);

table!(
    OrganizationList,
    OrganizationFacts,
    organizations,
    &[
        "organization_id",
        "name",
        "status",
        "status_reason",
        "pause_until",
        "team_count",
        "total_credits_allocated",
        "metadata",
        "managed_by",
        "version",
        "created_at",
        "updated_at",
    ]
);

table!(
    TeamList,
    TeamFacts,
    teams,
    &[
        "team_id",
        "team_alias",
        "organization_id",
        "status",
        "status_reason",
        "pause_until",
        "access_groups",
        "default_model",
        "credits_allocated",
        "credits_remaining",
        "credits_used",
        "budget_mode",
        "limit_mode",
        "credits_per_dollar",
        "tokens_per_credit",
        "cost_markup_percentage",
        "rpm_limit",
        "tpm_limit",
        "max_parallel_requests",
        "metadata",
        "managed_by",
        "version",
        "created_at",
        "updated_at",
    ]
);

table!(
    ModelList,
    ModelObject,
    models,
    &[
        "model",
        "provider",
        "mode",
        "prices",
        "price_id",
        "max_input_tokens",
        "max_output_tokens",
        "capabilities",
        "deprecation_date",
        "source",
        "version",
        "updated_at",
    ]
);

table!(
    TransactionList,
    TransactionObject,
    transactions,
    &["timestamp", "type", "amount", "balance_after", "description", "job_id", "transaction_id"]
);

table!(
    BudgetList,
    Budget,
    budgets,
    &[
        "budget_id",
        "scope",
        "limit_usd",
        "spent_usd",
        "held_usd",
        "remaining_usd",
        "window",
        "window_starts_at",
        "window_ends_at",
        "limit_mode",
        "description",
        "version",
        "created_at",
        "updated_at",
    ]
);

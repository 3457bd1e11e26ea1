//! Budgets as the API shows them, and the parameters of their list.

use alias_core::budget::{Budget, BudgetId, Scope};
use alias_core::repository::BudgetQuery;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::admin::list::{ListRequest, PageInfo};
use crate::admin::query::{invalid, parsed};
use crate::error::ApiError;

/// The fields of a budget that an update may set.
pub const WRITABLE: &[&str] = &["limit_usd", "limit_mode", "description"];

/// A part of the list of budgets.
#[derive(Debug, Serialize, ToSchema)]
pub struct BudgetList {
    /// The budgets.
    pub budgets: Vec<Budget>,
    /// Where the list stands.
    #[serde(flatten)]
    pub page: PageInfo,
}

/// What a deletion took away.
#[derive(Debug, Serialize, ToSchema)]
pub struct BudgetDeleted {
    /// What happened, in a sentence.
    #[schema(example = "Budget 'bud_0192f0a1b2c37d4e8f90a1b2c3d4e5f6' deleted successfully")]
    pub message: String,
    /// The budget that is gone.
    #[schema(value_type = String, example = "bud_0192f0a1b2c37d4e8f90a1b2c3d4e5f6")]
    pub budget_id: BudgetId,
    /// Always true.
    pub deleted: bool,
}

impl From<Budget> for BudgetDeleted {
    fn from(budget: Budget) -> Self {
        let budget_id = budget.budget_id;
        Self { message: format!("Budget '{budget_id}' deleted successfully"), budget_id, deleted: true }
    }
}

/// Filters of budgets: at most one of what they are of.
#[derive(Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BudgetListParameters {
    /// Only those of this organization.
    pub organization_id: Option<String>,
    /// Only those of this team.
    pub team_id: Option<String>,
    /// Only those of this key.
    pub key_id: Option<String>,
    /// Only those of this alias.
    pub alias: Option<String>,
    /// Only those of this tag.
    pub tag: Option<String>,
    /// The most entries, 1 to 1000 (the default).
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    pub limit: Option<String>,
    /// `next_cursor` of the answer before.
    pub cursor: Option<String>,
    /// How many entries to skip, in place of `cursor`.
    #[param(value_type = Option<u32>)]
    pub offset: Option<String>,
}

impl BudgetListParameters {
    /// Checks every parameter.
    ///
    /// # Errors
    /// 400 for the first wrong one.
    pub fn parse(&self) -> Result<BudgetQuery, ApiError> {
        let scopes = [
            parsed("organization_id", self.organization_id.as_deref())?.map(Scope::OrganizationId),
            parsed("team_id", self.team_id.as_deref())?.map(Scope::TeamId),
            parsed("key_id", self.key_id.as_deref())?.map(Scope::KeyId),
            parsed("alias", self.alias.as_deref())?.map(Scope::Alias),
            self.tag.clone().map(Scope::Tag),
        ];
        let mut named = scopes.into_iter().flatten();
        let scope = named.next();
        if named.next().is_some() {
            let why = "goes alone: name one of organization_id, team_id, key_id, alias, tag";
            return Err(invalid("scope", why));
        }
        Ok(BudgetQuery { scope, organization_id: None, window: ListRequest::of(self).window()? })
    }
}

//! Keeping budgets.

use async_trait::async_trait;

use super::{Expected, Page, StoreError, Window, Written};
use crate::audit::Actor;
use crate::budget::{Budget, BudgetChange, BudgetId, NewBudget, Scope};
use crate::organization::OrganizationId;

/// Which budgets to list, the oldest first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct BudgetQuery {
    /// Only those of this.
    pub scope: Option<Scope>,
    /// Only those within this organization: its own, its teams', and those of their keys.
    pub organization_id: Option<OrganizationId>,
    /// Which part.
    pub window: Window,
}

/// Budgets. One whose subject is deleted is gone with it.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait BudgetRepository: Send + Sync {
    /// Stores a new budget.
    ///
    /// # Errors
    /// `UnknownReference` for a subject that does not exist; `TooMany`.
    async fn create(&self, new: NewBudget, by: &Actor) -> Result<Written<Budget>, StoreError>;

    /// The budget of an id, with what was spent in its current window.
    async fn find(&self, id: &BudgetId) -> Result<Option<Budget>, StoreError>;

    /// A page of budgets.
    async fn list(&self, query: &BudgetQuery) -> Result<Page<Budget>, StoreError>;

    /// Applies a change. A lower limit holds from the next slice on that a server asks for.
    ///
    /// # Errors
    /// `NotFound`; `Conflict`.
    async fn update(
        &self,
        id: &BudgetId,
        change: BudgetChange,
        expected: Expected,
        by: &Actor,
    ) -> Result<Written<Budget>, StoreError>;

    /// Deletes a budget: it limits nothing from now on. What was spent stays in the books.
    ///
    /// # Errors
    /// `NotFound`; `Conflict`.
    async fn delete(
        &self,
        id: &BudgetId,
        expected: Expected,
        by: &Actor,
    ) -> Result<Written<Budget>, StoreError>;
}

//! What is asked of the router, and what it answers when a call may go on.

use std::fmt;
use std::sync::Arc;

use alias_core::catalog::{CatalogAlias, Revision};
use alias_core::credits::Billing;
use alias_core::model_ref::ModelRef;
use alias_core::price::CallPrice;

use crate::budgets::{BudgetEntry, Shared};
use crate::caller::Reach;
use crate::table::AliasEntry;

/// A call, as far as deciding needs it.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Request<'a> {
    /// The `model` that the client named: any text of any length. Where it named none, the team's default counts.
    pub model: Option<&'a str>,
}

impl<'a> Request<'a> {
    /// A call of `model`.
    pub fn new(model: &'a str) -> Self {
        Self { model: Some(model) }
    }

    /// A call of `model`, or of the team's default where there is none.
    pub fn of(model: Option<&'a str>) -> Self {
        Self { model }
    }
}

/// A call that may go on, and all that it needs for that. It is carried along; nothing is looked up by name
/// again, so a change of the catalogue does not touch a call that was admitted before.
#[derive(Clone)]
pub struct Decision {
    entry: Arc<AliasEntry>,
    billing: Billing,
    revision: Revision,
    budgets: [Option<Shared>; 3],
}

impl Decision {
    pub(crate) fn new(entry: &Arc<AliasEntry>, reach: Reach<'_>, revision: Revision) -> Self {
        let some = |budgets: &Shared| (!budgets.is_empty()).then(|| Arc::clone(budgets));
        let budgets = [some(&reach.team.budgets), reach.budgets.and_then(some), some(&entry.budgets)];
        Self { entry: Arc::clone(entry), billing: reach.team.billing, revision, budgets }
    }

    /// The alias that was called, as it was when the call was admitted.
    pub fn alias(&self) -> &CatalogAlias {
        &self.entry.alias
    }

    /// Where the call goes.
    pub fn target(&self) -> &ModelRef {
        &self.alias().litellm_model
    }

    /// What the call is charged by.
    pub fn price(&self) -> CallPrice {
        let alias = self.alias();
        CallPrice { pricing: alias.pricing.clone(), model: alias.model.clone(), billing: self.billing }
    }

    /// The budgets that the call falls under: its organization's, team's, key's, alias's, and those of its alias's
    /// tags. Every one applies.
    pub fn budgets(&self) -> impl Iterator<Item = &Arc<BudgetEntry>> {
        self.budgets.iter().flatten().flat_map(|some| some.iter())
    }

    /// The revision of the catalogue that decided.
    pub fn revision(&self) -> Revision {
        self.revision
    }
}

impl fmt::Debug for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decision")
            .field("alias", self.alias())
            .field("revision", &self.revision)
            .finish_non_exhaustive()
    }
}

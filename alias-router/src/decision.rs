//! What is asked of the router, and what it answers when a call may go on.

use std::fmt;
use std::sync::Arc;

use alias_core::catalog::{CatalogAlias, Revision};
use alias_core::credits::Billing;
use alias_core::model_ref::ModelRef;
use alias_core::price::CallPrice;

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
}

impl Decision {
    pub(crate) fn new(entry: &Arc<AliasEntry>, billing: Billing, revision: Revision) -> Self {
        Self { entry: Arc::clone(entry), billing, revision }
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

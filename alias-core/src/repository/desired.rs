//! Keeping the catalogue as a document says.

use async_trait::async_trait;

use super::{StoreError, Written};
use crate::audit::Actor;
use crate::desired::{Document, Options, Plan, PlanError, State};

/// What came of a document.
#[derive(Debug, Clone, PartialEq)]
pub enum Applied {
    /// All of the plan was done; an empty one changed nothing.
    Done(Plan),
    /// The document cannot be applied; nothing was changed.
    Refused(PlanError),
    /// The plan is another one than the caller saw; nothing was changed.
    Outdated(Plan),
}

/// The catalogue as a whole, as documents see it.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait DesiredRepository: Send + Sync {
    /// Everything that documents can say, in one consistent read, and who manages it.
    async fn state(&self) -> Result<State, StoreError>;

    /// Makes it as the document says: all of it in one transaction, under one revision, with a record of the audit log
    /// for every object. `seen` is the fingerprint of the plan that the caller agreed to.
    ///
    /// # Errors
    /// Those of the writes that it consists of.
    async fn apply(
        &self,
        document: &Document,
        options: Options,
        seen: Option<String>,
        by: &Actor,
    ) -> Result<Written<Applied>, StoreError>;
}

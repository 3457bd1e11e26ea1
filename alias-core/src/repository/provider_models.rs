//! Keeping the catalogue of provider models.

use async_trait::async_trait;

use super::{Expected, Page, StoreError, Window, Written};
use crate::audit::Actor;
use crate::model_ref::ModelRef;
use crate::provider_model::{
    ImportSummary, KnownModel, ModelChange, ModelSource, PriceVersion, ProviderModel, ProviderSummary,
};

/// Which models to list, sorted by reference.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ModelQuery {
    /// Only those of this provider.
    pub provider: Option<String>,
    /// Only those of this mode.
    pub mode: Option<String>,
    /// Only those with this text in their reference, ignoring case.
    pub q: Option<String>,
    /// Which part.
    pub window: Window,
}

/// Models of providers.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait ModelCatalogRepository: Send + Sync {
    /// Takes in what a source says. A model that a stronger source has settled is kept; a price that is the same gets
    /// no new version. Each model stands in it once. What is built in only adds models. With `dry_run` nothing is
    /// changed.
    async fn import(
        &self,
        models: Vec<ProviderModel>,
        source: ModelSource,
        dry_run: bool,
        by: &Actor,
    ) -> Result<Written<ImportSummary>, StoreError>;

    /// Applies what an administrator says of a model, which may be one that is not known yet. Answers what
    /// [`find`](Self::find) does.
    ///
    /// # Errors
    /// `Conflict`; `NotFound` where a version is expected of a model that is not known.
    async fn set(
        &self,
        model: &ModelRef,
        change: ModelChange,
        expected: Expected,
        by: &Actor,
    ) -> Result<Written<(KnownModel, Vec<PriceVersion>)>, StoreError>;

    /// The model of a reference, ignoring case, and every price it had, newest first.
    async fn find(&self, model: &ModelRef) -> Result<Option<(KnownModel, Vec<PriceVersion>)>, StoreError>;

    /// A page of models.
    async fn list(&self, query: &ModelQuery) -> Result<Page<KnownModel>, StoreError>;

    /// The providers that have models or aliases here, by name.
    async fn providers(&self) -> Result<Vec<ProviderSummary>, StoreError>;
}

//! Taking a canary back: a version without it, an entry of the audit log, and an event.

use alias_core::alias::{AliasDetails, AliasName, VersionKind};
use alias_core::audit::Actor;
use alias_core::clock::Timestamp;
use alias_core::model_ref::ModelRef;
use alias_core::repository::{CanaryRepository, Expected, StoreError, Written};
use async_trait::async_trait;

use super::versions::Making;
use super::{details, expected_live, save_spec};
use crate::audit::Change;
use crate::connection::AnyConnection;
use crate::error::Failure;
use crate::store::SqlStore;
use crate::webhooks;

fn take_back(
    conn: &mut AnyConnection,
    now: Timestamp,
    name: &AliasName,
    target: &ModelRef,
    expected: Expected,
    by: &Actor,
) -> Result<Change<AliasDetails>, Failure> {
    let before = expected_live(conn, name, expected)?;
    let mut spec = before.spec.clone();
    spec.routing.split.retain(|other| other.litellm_model != *target);
    if spec == before.spec {
        return Ok(Change::Nothing(details(conn, before, now)?));
    }
    let making = Making::of(VersionKind::Update, by, now);
    let made = save_spec(conn, before, spec, making, "alias.take_back_canary")?;
    if let Change::Made(after, _) = &made {
        webhooks::alias_rolled_back(conn, &after.alias, target, by.reason.as_deref(), now)?;
    }
    Ok(made)
}

#[async_trait]
impl CanaryRepository for SqlStore {
    async fn take_back(
        &self,
        name: &AliasName,
        target: &ModelRef,
        expected: Expected,
        by: &Actor,
    ) -> Result<Written<AliasDetails>, StoreError> {
        let (name, target, actor) = (name.clone(), target.clone(), by.clone());
        self.change(by, move |conn, now| take_back(conn, now, &name, &target, expected, &actor)).await
    }
}

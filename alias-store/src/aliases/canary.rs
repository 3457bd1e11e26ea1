//! Taking a canary back: a version without it, entries of the audit log, and an event.

use alias_core::alias::{AliasDetails, AliasName, ScheduledAction, VersionKind};
use alias_core::audit::Actor;
use alias_core::clock::Timestamp;
use alias_core::model_ref::ModelRef;
use alias_core::repository::{CanaryRepository, Expected, StoreError, Written};
use async_trait::async_trait;

use super::versions::Making;
use super::{details, expected_live, save_spec, schedule};
use crate::audit::{Change, Changes};
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
) -> Result<Changes<AliasDetails>, Failure> {
    let before = expected_live(conn, name, expected)?;
    let mut spec = before.spec.clone();
    spec.routing.split.retain(|other| other.litellm_model != *target);
    if spec == before.spec {
        return Ok(Changes::Nothing(details(conn, before, now)?));
    }
    // Found out to be bad, it must not come back because it was once thought to be good.
    let forgotten = schedule::forget_some(conn, &before, |change| would_have(&change.action, target))?;
    let making = Making::of(VersionKind::Update, by, now);
    match save_spec(conn, before, spec, making, "alias.take_back_canary")? {
        Change::Made(after, entry) => {
            webhooks::alias_rolled_back(conn, &after, target, by.reason.as_deref(), now)?;
            let after = details(conn, after, now)?;
            Ok(Changes::Made(after, std::iter::once(entry).chain(forgotten).collect()))
        }
        Change::Nothing(same) => Ok(Changes::Nothing(details(conn, same, now)?)),
    }
}

/// Whether calls would go to this target by what the change says itself, whatever else comes before it.
fn would_have(action: &ScheduledAction, target: &ModelRef) -> bool {
    let ScheduledAction::Update(change) = action else { return false };
    let mut split = change.split.iter().flatten();
    change.litellm_model.as_ref() == Some(target) || split.any(|arm| arm.litellm_model == *target)
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
        self.change_all(by, move |conn, now| take_back(conn, now, &name, &target, expected, &actor)).await
    }
}

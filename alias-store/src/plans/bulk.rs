//! Several changes as one: each is made by the code of its own write, and the first that is refused undoes all.

use alias_core::audit::Actor;
use alias_core::plan::Plan;
use alias_core::repository::{Bulk, BulkRepository, StoreError, Written};
use async_trait::async_trait;

use super::carry_out;
use crate::audit::Changes;
use crate::error::Failure;
use crate::store::SqlStore;

#[async_trait]
impl BulkRepository for SqlStore {
    async fn make_all(&self, plans: Vec<Plan>, by: &Actor) -> Result<Written<Bulk>, StoreError> {
        let actor = by.clone();
        self.change_all(by, move |conn, now| {
            let (mut outcomes, mut entries) = (Vec::with_capacity(plans.len()), Vec::new());
            for (at, plan) in plans.into_iter().enumerate() {
                match carry_out(conn, now, plan, &actor) {
                    Ok((outcome, entry)) => {
                        outcomes.push(outcome);
                        entries.extend(entry);
                    }
                    Err(Failure::Refused(why)) => return Ok(Changes::Nothing(Err((at, why)))),
                    Err(failed) => return Err(failed),
                }
            }
            if entries.is_empty() {
                return Ok(Changes::Nothing(Ok(outcomes)));
            }
            Ok(Changes::Made(Ok(outcomes), entries))
        })
        .await
    }
}

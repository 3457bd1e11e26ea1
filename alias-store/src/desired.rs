//! The catalogue as a whole: read for documents, and made as they say in one unit of work.

mod carry_out;
pub(crate) mod marks;
mod state;

use alias_core::audit::Actor;
use alias_core::desired::{Document, Options, State, plan};
use alias_core::repository::{Applied, DesiredRepository, StoreError, Written};
use async_trait::async_trait;

use crate::audit::Changes;
use crate::store::SqlStore;

#[async_trait]
impl DesiredRepository for SqlStore {
    async fn state(&self) -> Result<State, StoreError> {
        let now = self.clock.now();
        self.read(move |conn| Ok(state::load(conn, now)?.0)).await
    }

    async fn apply(
        &self,
        document: &Document,
        options: Options,
        seen: Option<String>,
        by: &Actor,
    ) -> Result<Written<Applied>, StoreError> {
        let (document, actor) = (document.clone(), by.clone());
        self.change_all(by, move |conn, now| {
            // Nobody else writes from here on: the plan is of what it changes.
            let (state, ids) = state::load(conn, now)?;
            let plan = match plan(&state, &document, options) {
                Ok(plan) => plan,
                Err(why) => return Ok(Changes::Nothing(Applied::Refused(why))),
            };
            if seen.is_some_and(|seen| seen != plan.fingerprint()) {
                return Ok(Changes::Nothing(Applied::Outdated(plan)));
            }
            if plan.is_empty() {
                return Ok(Changes::Nothing(Applied::Done(plan)));
            }
            let entries = carry_out::all(conn, now, &plan, &document, ids, &actor)?;
            Ok(Changes::Made(Applied::Done(plan), entries))
        })
        .await
    }
}

//! How an update of an alias ends, whatever asked for it: weighed, put off or made, published, answered.

use actix_web::HttpResponse;
use alias_core::alias::{AliasChange, AliasName, ScheduledAction};
use alias_core::audit::Actor;
use alias_core::clock::Timestamp;
use alias_core::plan::Plan;
use alias_core::repository::{AliasRepository, Expected};
use alias_router::LiveRouter;

use super::object::AliasObject;
use super::schedule::{Later, MomentParameters};
use crate::admin::answer::{publish, updated};
use crate::admin::what_if::{Weighed, WhatIf};
use crate::error::ApiError;

/// A change of an alias, and when it is to be made.
pub(super) struct Changing {
    pub(super) alias: AliasName,
    pub(super) change: AliasChange,
    /// Now where absent.
    pub(super) moment: Option<Timestamp>,
    /// The version that the alias must be at.
    pub(super) expected: Expected,
}

/// What it is made with.
pub(super) type Means<'a> =
    (&'a WhatIf<MomentParameters>, &'a Later, &'a dyn AliasRepository, &'a LiveRouter);

impl Changing {
    /// Tries the change out where that is asked for, else has it wait for its moment, or makes it.
    pub(super) async fn make(
        self,
        (what_if, later, aliases, live): Means<'_>,
        by: &Actor,
    ) -> Result<HttpResponse, ApiError> {
        let Self { alias, change, moment, expected } = self;
        let plan = || Plan::UpdateAlias { alias: alias.clone(), change: Box::new(change.clone()), expected };
        let by = match what_if.weigh(by, plan).await? {
            Weighed::Tried(answer) => return Ok(answer),
            Weighed::Write(by) => by,
        };
        if let Some(at) = moment {
            let action = ScheduledAction::Update(Box::new(change));
            return later.schedule(&alias, action, at, expected, &by).await;
        }
        let written = aliases.update(&alias, change, expected, &by).await?;
        publish(live, written.revision).await;
        let object = AliasObject::from(written.value);
        Ok(updated(object.version, written.revision, &object))
    }
}

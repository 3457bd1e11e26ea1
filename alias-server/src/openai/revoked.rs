//! A running stream's right to go on: a revoked key or a suspended team ends it.

use std::time::Duration;

use actix_web::web;
use alias_core::alias::AliasName;
use alias_core::catalog::Revision;
use alias_router::{Caller, Denied, Request, decide};

use crate::error::ApiError;

use super::plane::DataPlane;

/// Longer than any stream lasts.
const FOR_EVER: Duration = Duration::from_hours(1);

/// Waits until the catalogue says that `caller` may not call at all any more. A model that is disabled, changed or
/// no longer granted meanwhile does not end a call that it was admitted for.
pub(super) async fn revoked(plane: web::Data<DataPlane>, caller: Caller, alias: AliasName) -> ApiError {
    loop {
        let known = plane.live.revision();
        let decided = decide(&plane.live.table(), &caller, &Request::new(alias.as_str()));
        if let Err(denied @ (Denied::UnknownKey | Denied::TeamSuspended { .. })) = decided {
            return ApiError::denied(denied, alias.as_str(), plane.now());
        }
        plane.live.wait_for(Revision(known.0.saturating_add(1)), FOR_EVER).await;
    }
}

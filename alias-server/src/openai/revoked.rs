//! A running stream's right to go on: a key that ends, or a team that is paused or suspended, ends it.

use std::time::Duration;

use actix_web::web;
use alias_core::alias::AliasName;
use alias_core::catalog::Revision;
use alias_router::Caller;

use crate::error::ApiError;

use super::plane::DataPlane;

/// How often a stream is looked at although the catalogue stays as it is: keys expire by the clock.
const LOOK: Duration = Duration::from_secs(15);

/// Waits until `caller` may not call at all any more. A model that is disabled, changed or no longer granted
/// meanwhile does not end a call that it was admitted for.
pub(super) async fn revoked(plane: web::Data<DataPlane>, caller: Caller, alias: AliasName) -> ApiError {
    loop {
        let (known, now) = (plane.live.revision(), plane.now());
        let served = plane.live.table().still_serves(&caller, now);
        if let Err(denied) = served {
            return ApiError::denied(denied, alias.as_str(), now);
        }
        plane.live.wait_for(Revision(known.0.saturating_add(1)), LOOK).await;
    }
}

//! A running stream's right to go on: a key that ends, or a team that is paused or suspended, ends it.

use std::time::Duration;

use actix_web::web;
use alias_core::alias::{AliasId, AliasName};
use alias_core::catalog::Revision;
use alias_router::{Caller, Decision};

use crate::error::ApiError;

use super::plane::DataPlane;

/// How often a stream is looked at although the catalogue stays as it is: keys expire by the clock.
const LOOK: Duration = Duration::from_secs(15);

/// Waits until `caller` may not make this call any more: its key ended or was limited to something else, or its
/// team may not call at all. It may when it was decided about: it is looked at when something has changed since, or
/// [`LOOK`] is over. A model that is disabled, changed or no longer granted to the team meanwhile does not end a call
/// that it was admitted for.
pub(super) fn revoked(
    plane: web::Data<DataPlane>,
    caller: Caller,
    decision: &Decision,
) -> impl Future<Output = ApiError> + use<> {
    let alias = decision.alias();
    wait(plane, caller, decision.revision(), (alias.id, alias.alias.clone()))
}

async fn wait(
    plane: web::Data<DataPlane>,
    caller: Caller,
    mut known: Revision,
    (id, alias): (AliasId, AliasName),
) -> ApiError {
    loop {
        plane.live.wait_for(Revision(known.0.saturating_add(1)), LOOK).await;
        let now = plane.now();
        known = plane.live.revision();
        let served = plane.live.table().still_serves(&caller, id, now);
        if let Err(denied) = served {
            return ApiError::denied(denied, alias.as_str(), now);
        }
    }
}

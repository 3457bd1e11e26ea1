//! `/api/instances`: the servers that hold credit, and retiring those that are gone.

use actix_web::{HttpResponse, web};
use alias_core::money::MicroCredits;
use alias_core::repository::{InstanceState, LeaseRepository};
use alias_core::usage::InstanceId;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use crate::admin::query::{NoParameters, Query};
use crate::auth::Admin;
use crate::error::{ApiError, Code};

/// One server's data folder, as the database knows it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Instance)]
pub struct InstanceObject {
    /// Its id.
    #[schema(value_type = String, example = "ins_0193f0c2b1d47a8b9c0d1e2f30415263")]
    pub instance_id: InstanceId,
    /// Raised every second while it lives, on PostgreSQL: one that stands still is gone, or cut off.
    pub beat: i64,
    /// What it holds of all teams' credits.
    #[schema(value_type = f64, example = 62)]
    pub credits_held: MicroCredits,
}

impl From<InstanceState> for InstanceObject {
    fn from(state: InstanceState) -> Self {
        let InstanceState { instance, beat, held, .. } = state;
        Self { instance_id: instance, beat, credits_held: MicroCredits::new(held) }
    }
}

/// The servers.
#[derive(Debug, Serialize, ToSchema)]
pub struct InstanceList {
    /// Those that are not closed, oldest first.
    pub instances: Vec<InstanceObject>,
}

/// List instances.
///
/// An instance is the data folder of a server. Each holds a little of the teams' credits, so that calls need not ask.
///
/// # Errors
/// Those of the storage.
#[utoipa::path(
    get, path = "/api/instances", tag = "operations", operation_id = "list_instances",
    responses((status = 200, description = "Those that are not closed, oldest first.", body = InstanceList)),
)]
pub async fn list(
    _: Admin,
    leases: web::Data<dyn LeaseRepository>,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<HttpResponse, ApiError> {
    let instances = leases.instances().await?.into_iter().map(InstanceObject::from).collect();
    Ok(HttpResponse::Ok().json(InstanceList { instances }))
}

/// Which instance.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct OfInstance {
    /// Its id.
    #[expect(dead_code, reason = "what the document says of the path")]
    #[param(value_type = String, example = "ins_0193f0c2b1d47a8b9c0d1e2f30415263")]
    instance: InstanceId,
}

/// Retire an instance.
///
/// For one whose server will not come back: the credit that it holds goes back to the teams. It is safe even if the
/// server lives after all: it goes on under a new id, and what its running calls cost is the house's.
///
/// # Errors
/// 404 for one that does not exist or is closed.
#[utoipa::path(
    post, path = "/api/instances/{instance}/retire", tag = "operations", operation_id = "retire_instance",
    params(OfInstance),
    responses((status = 204, description = "It is closed.")),
)]
pub async fn retire(
    admin: Admin,
    leases: web::Data<dyn LeaseRepository>,
    path: web::Path<String>,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<HttpResponse, ApiError> {
    let gone = || {
        ApiError::new(
            Code::InstanceNotFound,
            "There is no open instance of this id. GET /api/instances lists them.",
        )
    };
    let instance: InstanceId = path.parse().map_err(|_| gone())?;
    if !leases.retire(instance, admin.actor()).await? {
        return Err(gone());
    }
    Ok(HttpResponse::NoContent().finish())
}

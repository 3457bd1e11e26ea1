//! `/api/replicas`: the servers over one database, and how far each has followed the catalogue.

use actix_web::{HttpResponse, web};
use alias_core::catalog::Revision;
use alias_core::clock::Timestamp;
use alias_core::replica::{Replica, ReplicaId, ReplicaStatus, Replicas};
use alias_core::repository::ReplicaRepository;
use serde::Serialize;
use utoipa::ToSchema;

use crate::admin::query::{NoParameters, Query};
use crate::auth::Admin;
use crate::error::ApiError;

/// One run of a server.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Replica)]
pub struct ReplicaObject {
    /// Another one with each start.
    #[schema(value_type = String, example = "rep_0193f0c2b1d47a8b9c0d1e2f30415263")]
    pub replica_id: ReplicaId,
    /// Where it listens, as it knows itself.
    #[schema(example = "0.0.0.0:8003")]
    pub address: String,
    /// What runs there.
    #[schema(example = "0.1.0")]
    pub version: String,
    /// The revision of the catalogue that it decides by.
    #[schema(value_type = u64, example = 42)]
    pub revision: Revision,
    /// How many revisions it is behind.
    #[schema(example = 0)]
    pub lag: u64,
    /// `current`, `behind`, or `silent`: not heard for 3 s.
    pub status: ReplicaStatus,
    /// When it started.
    pub started_at: Timestamp,
    /// How long ago it was heard, in milliseconds.
    #[schema(example = 420)]
    pub silent_ms: u64,
}

/// All of them.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReplicaList {
    /// The newest revision of the catalogue.
    #[schema(value_type = u64, example = 42)]
    pub revision: Revision,
    /// Those heard within an hour, oldest first.
    pub replicas: Vec<ReplicaObject>,
}

impl ReplicaObject {
    fn of(replica: Replica, newest: Revision) -> Self {
        let status = replica.status(newest);
        let Replica { report, started_at, silent_for } = replica;
        Self {
            replica_id: report.replica_id,
            address: report.address,
            version: report.version,
            revision: report.revision,
            lag: newest.0.saturating_sub(report.revision.0),
            status,
            started_at,
            silent_ms: u64::try_from(silent_for.as_millis()).unwrap_or(u64::MAX),
        }
    }
}

/// List replicas.
///
/// Every server says once a second, and with every change that it takes up, by which revision it decides.
///
/// # Errors
/// Those of the storage.
#[utoipa::path(
    get, path = "/api/replicas", tag = "operations", operation_id = "list_replicas",
    responses((status = 200, description = "Those heard within an hour, oldest first.", body = ReplicaList)),
)]
pub async fn list(
    _: Admin,
    kept: web::Data<dyn ReplicaRepository>,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<HttpResponse, ApiError> {
    let Replicas { newest, all } = kept.replicas().await?;
    let replicas = all.into_iter().map(|replica| ReplicaObject::of(replica, newest)).collect();
    Ok(HttpResponse::Ok().json(ReplicaList { revision: newest, replicas }))
}

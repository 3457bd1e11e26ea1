//! The servers over one database: what this one says of itself, and waiting until all have followed a write.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::http::uri::{PathAndQuery, Uri};
use actix_web::middleware::Next;
use actix_web::web;
use alias_core::catalog::Revision;
use alias_core::replica::{ReplicaId, ReplicaReport, Replicas};
use alias_core::repository::{ReplicaRepository, StoreError};
use alias_router::LiveRouter;
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep, timeout, timeout_at};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::admin::answer::REVISION;
use crate::admin::query::invalid;
use crate::error::ApiError;

/// How many live replicas have a write, of how many: `3/3`.
pub const REACHED: HeaderName = HeaderName::from_static("x-alias-replicas");
/// The parameter of writes that waits for them.
pub const WAIT: &str = "wait";

/// How often a replica is heard.
const BEAT: Duration = Duration::from_secs(1);
/// The least time between two reports, however fast the catalogue changes.
const APART: Duration = Duration::from_millis(50);
/// How often who waits looks.
const LOOK: Duration = Duration::from_millis(25);
/// How long a write waits for the others.
const PATIENCE: Duration = Duration::from_secs(5);

/// Says where this replica stands: once a second, and whenever it has taken up a newer catalogue. Leaves at the end.
pub async fn follow(
    kept: Arc<dyn ReplicaRepository>,
    live: Arc<LiveRouter>,
    addresses: Vec<SocketAddr>,
    stop: CancellationToken,
) {
    let replica_id = ReplicaId::new(Uuid::now_v7());
    let address = addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    while !stop.is_cancelled() {
        let revision = live.revision();
        let version = env!("CARGO_PKG_VERSION").to_owned();
        let report = ReplicaReport { replica_id, address: address.clone(), version, revision };
        if let Err(why) = kept.report(&report).await {
            tracing::debug!(%why, "the other replicas cannot be told how this one stands");
        }
        let began = Instant::now();
        tokio::select! {
            _ = live.wait_for(Revision(revision.0 + 1), BEAT) => {}
            () = stop.cancelled() => {}
        }
        stop.run_until_cancelled(sleep(APART.saturating_sub(began.elapsed()))).await;
    }
    // Nobody is to wait for who has ended; who is cut off is silent soon.
    let left = timeout(BEAT, kept.leave(replica_id)).await;
    if !matches!(left, Ok(Ok(()))) {
        tracing::debug!("this replica could not say that it ends");
    }
}

/// How the replicas stand, for all writes that wait for them: one asks, the others take the same answer.
#[derive(Debug, Default)]
pub struct Looks(Mutex<Option<(Instant, Arc<Replicas>)>>);

impl Looks {
    /// How they stand, or stood a moment ago: who was not seen to have a write yet is looked at again anyway.
    async fn look(&self, kept: &dyn ReplicaRepository) -> Result<Arc<Replicas>, StoreError> {
        let mut last = self.0.lock().await;
        if let Some((asked, replicas)) = &*last
            && asked.elapsed() < LOOK
        {
            return Ok(Arc::clone(replicas));
        }
        let asked = Instant::now();
        let replicas = Arc::new(kept.replicas().await?);
        *last = Some((asked, Arc::clone(&replicas)));
        Ok(replicas)
    }
}

/// Stands before a write: with `?wait=replicas` it is answered once all live replicas decide by it, or after 5 s; the
/// header `x-alias-replicas` says how many do, of how many.
///
/// # Errors
/// None of its own.
pub async fn waiting(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let waits = match take_wait(&mut request) {
        Ok(waits) => waits,
        Err(error) => return Ok(request.error_response(error)),
    };
    let kept = request.app_data::<web::Data<dyn ReplicaRepository>>().cloned();
    let looks = request.app_data::<web::Data<Looks>>().cloned();
    let mut answer = next.call(request).await?.map_into_boxed_body();
    let revision = answer.headers().get(REVISION).and_then(|value| value.to_str().ok()?.parse().ok());
    if let (true, Some(revision), Some(kept), Some(looks)) =
        (waits && answer.status().is_success(), revision, kept, looks)
    {
        let (reached, live) = reach(&**kept, &looks, Revision(revision)).await;
        // Where nobody could be asked, nothing is said.
        if live > 0
            && let Ok(value) = HeaderValue::try_from(format!("{reached}/{live}"))
        {
            answer.headers_mut().insert(REACHED, value);
        }
    }
    Ok(answer)
}

/// Takes `wait` out of the query, so that the handler need not know of it; tells whether it is to be waited.
fn take_wait(request: &mut ServiceRequest) -> Result<bool, ApiError> {
    let Some(query) = request.uri().query() else { return Ok(false) };
    let mut wait = None;
    let rest: Vec<&str> = query
        .split('&')
        .filter(|pair| match pair.split_once('=').unwrap_or((pair, "")) {
            (WAIT, value) => {
                wait = Some(if wait.is_none() { value.to_owned() } else { String::new() });
                false
            }
            _ => true,
        })
        .collect();
    let Some(wait) = wait else { return Ok(false) };
    if wait != "replicas" {
        return Err(invalid(WAIT, "must be replicas"));
    }
    let path = request.uri().path();
    let path = if rest.is_empty() { path.to_owned() } else { format!("{path}?{}", rest.join("&")) };
    let mut parts = request.uri().clone().into_parts();
    // What was a path and query without one of its pairs is one still.
    parts.path_and_query = PathAndQuery::try_from(path).ok();
    if let Ok(uri) = Uri::from_parts(parts) {
        request.head_mut().uri = uri;
    }
    Ok(true)
}

/// Waits until all live replicas decide by a revision: how many do at the end, of how many.
async fn reach(kept: &dyn ReplicaRepository, looks: &Looks, revision: Revision) -> (usize, usize) {
    let deadline = Instant::now() + PATIENCE;
    let mut last = (0, 0);
    loop {
        match timeout_at(deadline, looks.look(kept)).await {
            Ok(Ok(replicas)) => last = replicas.reached(revision),
            Ok(Err(why)) => tracing::debug!(%why, "cannot see how the other replicas stand"),
            Err(_) => return last,
        }
        if (last.1 > 0 && last.0 == last.1) || Instant::now() >= deadline {
            return last;
        }
        sleep(LOOK).await;
    }
}

//! What every call goes through: the routing table, the upstream, the meter.

use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::http::header::HeaderMap;
use alias_core::catalog::Revision;
use alias_core::clock::{Clock, Timestamp};
use alias_core::key::Entrance;
use alias_core::team::TeamUid;
use alias_core::usage::{Denials, Endpoint};
use alias_router::{Arrival, Caller, LiveRouter};

use crate::arms::Arms;
use crate::auth::bearer;
use crate::config::Config;
use crate::error::{ApiError, Code};
use crate::jwt::Verifier;
use crate::limits::RateLimits;
use crate::metering::Meter;
use crate::room::Room;
use crate::spans::Spans;
use crate::upstream::Upstream;

use super::fields::ExtraFields;
use super::provider_ids::ProviderIds;
use super::seal::Seal;
use super::shadow::Shadows;

/// How long a call waits for a revision that this replica does not know yet.
const CATCH_UP: Duration = Duration::from_secs(1);

/// The parts of the data plane, and the settings of calls.
#[derive(Debug, Clone)]
pub struct DataPlane {
    pub(crate) live: Arc<LiveRouter>,
    pub(super) upstream: Upstream,
    pub(crate) meter: Meter,
    pub(super) limits: RateLimits,
    pub(super) spans: Option<Spans>,
    pub(super) arms: Arms,
    pub(super) shadows: Shadows,
    pub(super) extra_fields: ExtraFields,
    /// The largest body of a call, in bytes.
    pub(crate) max_body: usize,
    /// The cap on answers that nothing else caps, where credit is held for them.
    pub(super) default_max_output: Option<u64>,
    pub(crate) room: Room,
    clock: Arc<dyn Clock>,
    tokens: Option<Arc<Verifier>>,
    seal: Arc<Seal>,
}

impl DataPlane {
    /// The data plane of one server.
    pub fn new(
        live: Arc<LiveRouter>,
        upstream: Upstream,
        meter: Meter,
        limits: RateLimits,
        config: &Config,
        clock: Arc<dyn Clock>,
        seal: Seal,
    ) -> Self {
        let (extra_fields, bodies) = (config.extra_fields.clone(), config.body_limits);
        let shadows = Shadows::new(&upstream, meter.metrics().clone());
        let (max_body, room, seal) = (bodies.call, Room::of(bodies.all), Arc::new(seal));
        Self {
            live,
            upstream,
            meter,
            limits,
            spans: None,
            arms: Arms::default(),
            shadows,
            extra_fields,
            max_body,
            default_max_output: config.default_max_output_tokens,
            room,
            clock,
            tokens: None,
            seal,
        }
    }

    /// The same data plane for callers with tokens, too, where these are taken.
    #[must_use]
    pub fn with_tokens(self, tokens: Option<Arc<Verifier>>) -> Self {
        Self { tokens, ..self }
    }

    /// The same data plane with spans of its calls, where these are wanted.
    #[must_use]
    pub fn with_spans(self, spans: Option<Spans>) -> Self {
        Self { spans, ..self }
    }

    /// The same data plane with figures that others read.
    #[must_use]
    pub fn with_arms(self, arms: Arms) -> Self {
        Self { arms, ..self }
    }

    /// The same data plane for one more thread that serves, with connections of its own.
    #[must_use]
    pub fn for_worker(&self) -> Self {
        Self { upstream: self.upstream.with_own_connections(), ..self.clone() }
    }

    /// What the operator lets pass besides the documented fields.
    pub(crate) fn extra_fields(&self) -> &ExtraFields {
        &self.extra_fields
    }

    /// The refusals since the last time, for the database.
    pub fn take_denials(&self) -> Vec<Denials> {
        self.meter.take_denials()
    }

    /// Waits until everything is recorded that outlived its client. To be called when no more calls are served.
    pub async fn settled(&self) {
        self.meter.settled().await;
    }

    /// The ids that a team is shown.
    pub(super) fn ids(&self, team: TeamUid) -> ProviderIds {
        ProviderIds::new(Arc::clone(&self.seal), team)
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Waits for the revision of the catalogue that the client has seen, if it names one.
    pub(crate) async fn catch_up(&self, headers: &HeaderMap) -> Result<(), ApiError> {
        let Some(named) = headers.get("x-alias-min-revision") else { return Ok(()) };
        let revision =
            named.to_str().ok().and_then(|text| text.trim().parse().ok()).map(Revision).ok_or_else(|| {
                ApiError::new(
                    Code::InvalidParameter,
                    "x-alias-min-revision must be a revision, as x-alias-revision gave it.",
                )
                .about("x-alias-min-revision")
            })?;
        if self.live.revision() >= revision || self.live.wait_for(revision, CATCH_UP).await {
            return Ok(());
        }
        let detail = format!(
            "This replica does not know revision {revision} of the catalogue yet. Try again shortly."
        );
        Err(ApiError::new(Code::ReplicaBehind, detail).header("retry-after", "1"))
    }

    /// Who calls, by the key or token in the headers. A missing one is a wrong one.
    pub(crate) fn caller(&self, entrance: Entrance, request: &HttpRequest) -> Result<Caller, ApiError> {
        if self.live.is_expired() {
            return Err(expired());
        }
        let headers = request.headers();
        let arrival =
            Arrival { at: self.now(), entrance, address: request.peer_addr().map(|peer| peer.ip()) };
        let mut key = bearer(headers);
        if entrance == Entrance::Call(Endpoint::Messages) && !headers.contains_key("authorization") {
            let mut all = headers.get_all("x-api-key");
            key =
                all.next().filter(|_| all.next().is_none()).and_then(|key| key.to_str().ok()).map(str::trim);
        }
        let table = self.live.table();
        let presented = key.unwrap_or_default();
        let caller = match &self.tokens {
            Some(tokens) if Verifier::is_token(presented) => tokens.admit(presented, &table, arrival),
            _ => table.authenticate(presented, arrival),
        };
        caller.map_err(|denied| ApiError::denied(denied, "", arrival.at))
    }
}

/// What callers read of a server that may not know of keys that were revoked since.
fn expired() -> ApiError {
    let detail = "This server has not reached its database for too long, and serves no more calls until it does. Try \
        again later, or at another server.";
    ApiError::new(Code::CatalogueExpired, detail).header("retry-after", "5")
}

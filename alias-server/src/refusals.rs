//! What was refused, for the audit log: one record for somebody who is known, a sum a minute for who is not.
//!
//! Nothing here is on the way of a request that is served.

mod sums;
mod tried;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServiceResponse;
use actix_web::{HttpMessage, HttpRequest, web};
use alias_core::audit::{Actor, ActorKind, Refusal, Source};
use alias_core::clock::Clock;
use alias_core::repository::AuditRepository;
use tokio_util::sync::CancellationToken;

use self::sums::{Sum, Sums};
use self::tried::Tried;
use crate::auth::Admin;
use crate::auth::guesses::network;
use crate::edge::RequestId;
use crate::error::{Code, Dialect, is_of_jobs};

/// How long writing what is left may take at the end.
const LAST_WRITE: Duration = Duration::from_secs(5);

/// The most sums in one transaction.
const AT_A_TIME: usize = 50;

/// Who tried to sign in, in his own words. A handler that signs people in leaves it in the request.
#[derive(Debug, Clone)]
pub struct SigningIn(pub String);

/// Left in a request for what is not in its sender's reach, and is answered as if it did not exist.
#[derive(Debug, Clone, Copy)]
pub struct OutOfReach;

/// The way of refusals into the audit log.
pub struct Refusals {
    log: Arc<dyn AuditRepository>,
    sums: Sums,
}

impl std::fmt::Debug for Refusals {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Refusals").field("sums", &self.sums).finish_non_exhaustive()
    }
}

/// Whether, and how, an error is one for the audit log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Somebody may not do this.
    NotAllowed,
    /// A password or a provider did not vouch for somebody.
    SignIn,
    /// Somebody did not prove who he is, or came from where nobody may come from.
    Nobody,
}

impl Kind {
    fn of(code: Code) -> Option<Self> {
        match code {
            Code::Forbidden | Code::Csrf => Some(Self::NotAllowed),
            Code::InvalidCredentials => Some(Self::SignIn),
            Code::Unauthenticated
            | Code::InvalidApiKey
            | Code::RateLimited
            | Code::UnknownHost
            | Code::CrossSiteRequest
            | Code::ProxiedOpenMode
            | Code::NotLoopback => Some(Self::Nobody),
            _ => None,
        }
    }
}

/// Notes that a request was refused, where that is one for the audit log. The edge calls it before it answers.
pub async fn note(code: Code, response: &ServiceResponse) {
    let request = response.request();
    let out_of_reach = request.extensions().contains::<OutOfReach>().then_some(Kind::NotAllowed);
    let kind = Kind::of(code).or(out_of_reach);
    let (Some(kind), Some(refusals)) = (kind, request.app_data::<web::Data<Refusals>>()) else { return };
    let known = request.extensions().get::<Admin>().map(|admin| admin.actor().clone());
    let signs_in = request.extensions().get::<SigningIn>().map(|who| who.0.clone());
    match (kind, known, signs_in) {
        (_, Some(actor), _) => {
            refusals.record(code, Tried::of(request), &actor).await;
        }
        (Kind::NotAllowed | Kind::SignIn, _, Some(who)) => {
            refusals.record(code, Tried::to_sign_in(who), &anonymous(request)).await;
        }
        (Kind::SignIn, _, None) => {
            refusals.record(code, Tried::to_sign_in(String::new()), &anonymous(request)).await;
        }
        _ => {
            let path = request.path();
            let is_call = Dialect::of(path) != Dialect::Problem || is_of_jobs(path);
            refusals.sums.add(Sum { address: address(request).map(network), is_call, code });
        }
    }
}

fn address(request: &HttpRequest) -> Option<IpAddr> {
    request.peer_addr().map(|peer| peer.ip().to_canonical())
}

fn anonymous(request: &HttpRequest) -> Actor {
    Actor {
        kind: ActorKind::Anonymous,
        session: None,
        source: Source::Api,
        address: address(request),
        request_id: request.extensions().get::<RequestId>().map(|id| id.0.clone()),
        reason: None,
        seen: None,
    }
}

impl Refusals {
    /// Refusals that go to this log.
    pub fn new(log: Arc<dyn AuditRepository>) -> Self {
        Self { log, sums: Sums::default() }
    }

    /// Writes one record. That it cannot be written changes nothing about the refusal.
    async fn record(&self, code: Code, tried: Tried, by: &Actor) {
        let refused = [(tried.refused(code), by.clone())];
        if let Err(why) = self.log.refused(&refused).await {
            tracing::error!(%why, action = refused[0].0.action, "a refusal is not in the audit log");
        }
    }

    /// Writes the sums at the end of every minute, and what is left at the end.
    pub async fn follow(self: Arc<Self>, clock: Arc<dyn Clock>, stop: CancellationToken) {
        loop {
            let stopped =
                stop.run_until_cancelled(tokio::time::sleep(rest_of_minute(&*clock))).await.is_none();
            if stopped {
                let _ = tokio::time::timeout(LAST_WRITE, self.write_sums()).await;
                return;
            }
            self.write_sums().await;
        }
    }

    async fn write_sums(&self) {
        let sums: Vec<(Sum, u64)> = self.sums.take().into_iter().collect();
        let refused: Vec<(Refusal, Actor)> = sums
            .iter()
            .map(|(sum, count)| {
                let by = Actor {
                    kind: ActorKind::Anonymous,
                    session: None,
                    source: Source::Api,
                    address: sum.address,
                    request_id: None,
                    reason: None,
                    seen: None,
                };
                (Refusal { count: *count, ..Tried::to_get_in(sum.is_call).refused(sum.code) }, by)
            })
            .collect();
        // A few at a time: other writers wait for each transaction.
        for (number, some) in refused.chunks(AT_A_TIME).enumerate() {
            if let Err(why) = self.log.refused(some).await {
                tracing::warn!(%why, "refusals are not in the audit log yet");
                self.sums.put_back(sums.into_iter().skip(number * AT_A_TIME));
                return;
            }
        }
    }
}

fn rest_of_minute(clock: &dyn Clock) -> Duration {
    const MINUTE: i64 = 60_000_000;
    let rest = MINUTE - clock.now().micros().rem_euclid(MINUTE);
    Duration::from_micros(rest.unsigned_abs())
}

//! Recording calls: each that was admitted exactly once, however it ends, before its last byte goes out.

mod charging;
mod counts;
mod denied;
mod estimate;
mod held;
mod reported;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use alias_core::alias::{AliasId, OnDisconnect};
use alias_core::catalog::Revision;
use alias_core::clock::{Clock, Timestamp};
use alias_core::credits::AccountId;
use alias_core::money::NanoUsd;
use alias_core::price::CallPrice;
use alias_core::team::TeamUid;
use alias_core::usage::{Call, Denials, FailedTarget, Outcome, UsageEvent};
use alias_router::{Alternative, BudgetEntry, Demand};
use alias_store::spool::{Spool, SpoolError};
use futures_util::FutureExt as _;
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::arms::Running;
use crate::credit::{Credit, Need, NoCredit, Patience};
use crate::limits::Pass;
use crate::metrics::{Metrics, Standing};
use crate::room::Taken;
use crate::spans::CallSpan;
use crate::upstream::Departure;

use denied::Denied;
use estimate::Estimate;
use held::Held;

pub(crate) use estimate::tokens as estimated_tokens;
pub use reported::Reported;

/// The room in a record that a target takes which failed, in shares of budgets.
const OF_FAILED: usize = 2;

/// How long answers without a client are still read when the server stops.
const LAST_WORDS: Duration = Duration::from_secs(3);

/// Writes calls to the usage spool, and counts the refused ones.
#[derive(Clone)]
pub struct Meter(Arc<Shared>);

struct Shared {
    spool: Arc<Spool>,
    credit: Arc<Credit>,
    clock: Arc<dyn Clock>,
    metrics: Metrics,
    denied: Denied,
    /// Streams that are read to their end although their client has left.
    tasks: TaskTracker,
    /// Done when these have to come to an end.
    ending: CancellationToken,
    runtime: Handle,
}

impl fmt::Debug for Meter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Meter").field("tasks", &self.0.tasks.len()).finish_non_exhaustive()
    }
}

impl Meter {
    /// A meter over an open spool. What outlives its client runs on the runtime that this is called on, so that it
    /// does not end with the thread that served the client.
    ///
    /// # Panics
    /// Outside a Tokio runtime.
    pub fn new(spool: Arc<Spool>, credit: Arc<Credit>, clock: Arc<dyn Clock>, metrics: Metrics) -> Self {
        let (denied, tasks, runtime) = (Denied::default(), TaskTracker::new(), Handle::current());
        let ending = CancellationToken::new();
        Self(Arc::new(Shared { spool, credit, clock, metrics, denied, tasks, ending, runtime }))
    }

    /// Takes a call that may be sent: the credit that it may burn is held, and there is room for its record. Its body
    /// had been `received` at that time. So many `others` may serve it after its target.
    ///
    /// # Errors
    /// [`NotAdmitted`]: the call must not be sent, and nothing is held.
    pub async fn admit(
        &self,
        call: Call,
        price: CallPrice,
        (demand, received): (Demand, Instant),
        others: usize,
        budgets: impl Iterator<Item = &Arc<BudgetEntry>>,
    ) -> Result<Metered, NotAdmitted> {
        let shared = &self.0;
        let hold = self.hold(call.team_uid, call.started_at, &price, demand, budgets).await?;
        let parts = hold.fallen_under() + others * OF_FAILED;
        shared.spool.reserve(call.call_id, parts).map_err(NotAdmitted::Spool)?;
        // Until something better is known, the client left.
        let event = Box::new(UsageEvent { outcome: Outcome::Disconnected, ..UsageEvent::interrupted(call) });
        let (admitted, departure) = (Instant::now(), Departure::default());
        let open = Open {
            event,
            price,
            hold,
            estimate: Estimate::default(),
            drains: false,
            revision: Revision::default(),
            trace: None,
            span: None,
            received,
            admitted,
            departure,
            pass: Pass::default(),
            at_arm: None,
        };
        Ok(Metered { meter: self.clone(), open: Some(Box::new(open)) })
    }

    /// Whether there is credit for a call at this time, and every budget covers it. Nothing is held any more when this
    /// returns.
    ///
    /// # Errors
    /// [`NotAdmitted`], as for the call itself.
    pub async fn covers(
        &self,
        team: TeamUid,
        at: Timestamp,
        price: &CallPrice,
        demand: Demand,
        budgets: impl Iterator<Item = &Arc<BudgetEntry>>,
    ) -> Result<(), NotAdmitted> {
        self.hold(team, at, price, demand, budgets).await.map(drop)
    }

    async fn hold(
        &self,
        team: TeamUid,
        at: Timestamp,
        price: &CallPrice,
        demand: Demand,
        budgets: impl Iterator<Item = &Arc<BudgetEntry>>,
    ) -> Result<Held, NotAdmitted> {
        let mut hold = Held::nothing(Arc::clone(&self.0.credit));
        let mut patience = Patience::default();
        if let Some(amount) = demand.hold {
            let need = Need::of_team(AccountId::of_team(team), amount.micros());
            hold.credits(need, &mut patience).await.map_err(NotAdmitted::Credit)?;
        }
        if !price.is_free() {
            hold.budgets(budgets, at, demand.charge, &mut patience).await?;
        }
        Ok(hold)
    }

    /// How the server stands, as far as its calls go.
    pub fn standing(&self) -> Standing {
        Standing {
            unshipped: self.0.spool.unshipped(),
            credit_trips: self.0.credit.trips(),
            without_client: self.0.tasks.len() as u64,
            ..Standing::default()
        }
    }

    /// The credit that calls hold.
    pub fn credit(&self) -> &Arc<Credit> {
        &self.0.credit
    }

    /// Counts a refusal of a known alias.
    pub fn deny(&self, alias: AliasId, team: TeamUid) {
        self.0.denied.count(self.0.clock.now().day(), alias, team);
    }

    /// The refusals since the last time, for the database.
    pub fn take_denials(&self) -> Vec<Denials> {
        self.0.denied.take()
    }

    /// Waits until everything that outlived its client is recorded, and cuts short what takes long. To be called when
    /// no more calls are served.
    pub async fn settled(&self) {
        self.0.tasks.close();
        if tokio::time::timeout(LAST_WORDS, self.0.tasks.wait()).await.is_err() {
            self.0.ending.cancel();
            self.0.tasks.wait().await;
        }
    }

    /// Waits until what outlives its client has to come to an end.
    pub(crate) async fn ending(&self) {
        self.0.ending.cancelled().await;
    }

    /// Where it counts calls.
    pub(crate) fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// Runs something that nobody waits for, and that ends with the server at the latest.
    pub(crate) fn beside(&self, task: impl Future<Output = ()> + Send + 'static) {
        drop(self.0.runtime.spawn(task));
    }

    /// Runs something that must be finished although its client has left.
    pub(crate) fn outlive(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.0.tasks.spawn_on(task, &self.0.runtime);
    }
}

/// A call that was admitted. Dropping it unsettled records it as left by its client, if it was sent.
pub struct Metered {
    meter: Meter,
    open: Option<Box<Open>>,
}

/// Why a call must not be sent.
#[derive(Debug, thiserror::Error)]
pub enum NotAdmitted {
    /// There is no credit for it.
    #[error(transparent)]
    Credit(NoCredit),
    /// A budget that it falls under does not cover it.
    #[error("{why}")]
    Budget {
        /// The budget.
        budget: Arc<BudgetEntry>,
        /// Why.
        why: NoCredit,
    },
    /// There is no room for its record.
    #[error(transparent)]
    Spool(SpoolError),
}

struct Open {
    event: Box<UsageEvent>,
    price: CallPrice,
    hold: Held,
    estimate: Estimate,
    drains: bool,
    revision: Revision,
    trace: Option<String>,
    /// Its span, where it is traced.
    span: Option<CallSpan>,
    /// When its body had been read.
    received: Instant,
    admitted: Instant,
    /// Whether it left for the upstream: only then it is a call, and recorded.
    departure: Departure,
    /// What it holds of its rate limits. Dropped without a word, it was no call.
    pass: Pass,
    /// What it is at the target of a split, while that one has not failed it.
    at_arm: Option<Running>,
}

impl fmt::Debug for Metered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metered")
            .field("call", &self.open.as_ref().map(|open| &open.event.call))
            .finish_non_exhaustive()
    }
}

impl Metered {
    /// The meter that admitted it.
    pub(crate) fn meter(&self) -> &Meter {
        &self.meter
    }

    /// Holds a call's rate limits until it is settled.
    pub fn hold(&mut self, pass: Pass) {
        if let Some(open) = &mut self.open {
            open.pass = pass;
        }
    }

    /// It is one of the calls at a target of a split.
    pub(crate) fn counts_for(&mut self, arm: Option<Running>) {
        if let Some(open) = &mut self.open {
            open.at_arm = arm;
        }
    }

    /// What the upstream tells whether the call has left with.
    pub fn departure(&self) -> Departure {
        self.open.as_ref().map(|open| open.departure.clone()).unwrap_or_default()
    }

    /// What the upstream tells that the call leaves, now that this is about to happen: from then on it is recorded exactly
    /// once, whatever happens. `room` is what its body takes until then.
    pub(crate) fn leaving(&self, room: Option<Taken>) -> Departure {
        let Some(open) = &self.open else { return Departure::default() };
        let (shared, call, received) = (Arc::clone(&self.meter.0), open.event.call.clone(), open.received);
        let first = !open.departure.has_left();
        open.departure.then(move || {
            if first {
                shared.spool.admit_soon(call);
                shared.metrics.overhead(received.elapsed());
            }
            drop(room);
        });
        open.departure.clone()
    }

    /// Journals the call, if that is still to be done. Called before the client sees a byte of an answer that is
    /// not settled yet, so that none is answered without being counted.
    ///
    /// # Errors
    /// The spool cannot write: the answer must not be given.
    pub fn journalled(&self) -> Result<(), SpoolError> {
        self.open.as_ref().map_or(Ok(()), |open| self.meter.0.spool.admit_now(open.event.call.call_id))
    }

    /// The answer's first byte has come.
    pub fn first_byte(&mut self) {
        if let Some(open) = &mut self.open {
            let since = micros_since(open.admitted);
            open.event.first_byte_us.get_or_insert(since);
            if let Some(running) = &open.at_arm {
                running.first_byte();
            }
        }
    }

    /// The status that the client sees.
    pub fn answered(&mut self, status: u16) {
        if let Some(open) = &mut self.open {
            open.event.status = status;
        }
    }

    /// What is estimated where nobody reports tokens: from the bytes of the request, and what is done with the answer
    /// when its client leaves.
    pub fn expect(&mut self, request_bytes: usize, on_disconnect: OnDisconnect) {
        if let Some(open) = &mut self.open {
            open.estimate.input = estimate::tokens(request_bytes);
            open.drains = on_disconnect == OnDisconnect::Drain;
        }
    }

    /// The span that ends with it.
    pub(crate) fn traced(&mut self, span: Option<CallSpan>) {
        if let Some(open) = &mut self.open {
            open.span = span;
        }
    }

    /// By what it was decided, and the trace that it belongs to: for the log.
    pub fn decided(&mut self, by: Revision, trace: Option<&str>) {
        if let Some(open) = &mut self.open {
            (open.revision, open.trace) = (by, trace.map(str::to_owned));
        }
    }

    /// Another target serves the call from here on, by its own price: the one before failed it so.
    pub fn failed_over(&mut self, next: &Alternative, code: &str) {
        if let Some(open) = &mut self.open {
            let target = std::mem::replace(&mut open.event.call.litellm_model, next.target.clone());
            let failed = FailedTarget { litellm_model: target, code: code.to_owned() };
            open.event.settlement.failed.push(failed);
            if let Some(running) = open.at_arm.take() {
                running.failed(code);
            }
            open.price = next.price.clone();
        }
    }

    /// Where the call went in the end; nothing once it is settled.
    pub fn target(&self) -> Option<&alias_core::model_ref::ModelRef> {
        self.open.as_ref().map(|open| &open.event.call.litellm_model)
    }

    /// Whether the answer is read to its end although its client has left.
    pub fn drains(&self) -> bool {
        self.open.as_ref().is_some_and(|open| open.drains)
    }

    /// So many tokens of the answer went by, by estimation; `whole` says that the provider's last word on usage came,
    /// if it has one.
    pub fn delivered(&mut self, tokens: u64, whole: bool) {
        if let Some(open) = &mut self.open {
            open.estimate.output = Some(tokens);
            open.estimate.whole = whole;
        }
    }

    /// What the provider has reported so far; later reports replace it.
    pub fn report(&mut self, reported: &Reported, cost: Option<NanoUsd>) {
        if let Some(open) = &mut self.open {
            open.event.tokens = reported.tokens(open.event.call.endpoint);
            open.event.provider_cost = cost.or(reported.cost());
            open.event.settlement.raw = reported.raw();
            open.event.settlement.images = reported.images();
        }
    }

    /// Records how the call ended. What the client is to see last may be sent when this has returned. Written with
    /// the first poll: a client that leaves meanwhile changes nothing.
    ///
    /// # Errors
    /// The spool cannot record it: the answer must not look complete.
    pub async fn settle(mut self, outcome: Outcome, error_code: Option<&str>) -> Result<(), SpoolError> {
        let Some(mut open) = self.open.take() else { return Ok(()) };
        if !open.is_call(&self.meter.0.spool) {
            open.unsent(outcome, error_code);
            return Ok(());
        }
        open.close(outcome, error_code, &self.meter.0.metrics);
        // The first poll writes the record: whoever stops waiting for the disk has been charged all the same.
        open.hold.recorded = true;
        let settled = self.meter.0.spool.settle(open.event).await.map(drop);
        if matches!(settled, Err(SpoolError::NotOpen { .. } | SpoolError::Io { .. })) {
            open.hold.recorded = false;
        }
        settled
    }
}

impl Open {
    /// Whether anything left for the upstream. What did not is no call, and gives its space back.
    fn is_call(&self, spool: &Spool) -> bool {
        if self.departure.over() {
            return true;
        }
        spool.release(self.event.call.call_id);
        false
    }

    /// It ended before it was a call. Only its trace knows of it.
    fn unsent(&mut self, outcome: Outcome, error_code: Option<&str>) {
        if let Some(span) = self.span.take() {
            (self.event.outcome, self.event.error_code) = (outcome, error_code.map(str::to_owned));
            span.end(&self.event, self.revision, false);
        }
    }

    fn close(&mut self, outcome: Outcome, error_code: Option<&str>, metrics: &Metrics) {
        let event = &mut self.event;
        event.outcome = outcome;
        event.error_code = error_code.map(str::to_owned);
        event.duration_us = micros_since(self.admitted);
        self.estimate.complete(event);
        charging::charge(event, &self.price, &mut self.hold);
        metrics.call(event);
        if let Some(running) = self.at_arm.take() {
            running.end(event);
        }
        log(event, self.revision, self.trace.as_deref());
        if let Some(span) = self.span.take() {
            span.end(event, self.revision, true);
        }
        let failed = (outcome == Outcome::Failed).then_some(0);
        self.pass.used(event.tokens.map(|tokens| tokens.total()).or(failed));
    }
}

impl Drop for Metered {
    fn drop(&mut self) {
        let Some(mut open) = self.open.take() else { return };
        if !open.is_call(&self.meter.0.spool) {
            open.unsent(Outcome::Disconnected, None);
            return;
        }
        open.close(Outcome::Disconnected, None, &self.meter.0.metrics);
        // Nobody waits for this record to be durable: to write it, the first poll is enough.
        open.hold.recorded = true;
        let call = open.event.call.call_id;
        if let Some(Err(why)) = self.meter.0.spool.settle(open.event).now_or_never() {
            open.hold.recorded = false;
            tracing::error!(%call, %why, "a call cannot be recorded");
        }
    }
}

/// A line for each call, where somebody wants it: `alias_server::calls` at the level `debug`. What was said is in none.
fn log(event: &UsageEvent, revision: Revision, trace: Option<&str>) {
    let call = &event.call;
    tracing::debug!(
        target: "alias_server::calls",
        request_id = call.request_id,
        trace_id = trace,
        call_id = %call.call_id,
        endpoint = call.endpoint.as_str(),
        alias = %call.alias,
        team_id = %call.team_id,
        key_id = %call.key_id,
        revision = revision.0,
        outcome = event.outcome.as_str(),
        status = event.status,
        error_code = event.error_code,
        duration_us = event.duration_us,
        first_byte_us = event.first_byte_us,
        tokens = event.tokens.map(|tokens| tokens.total()),
        "call"
    );
}

fn micros_since(start: Instant) -> u64 {
    u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX)
}

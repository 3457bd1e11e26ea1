//! Copies of calls to a model that is looked at beside the one that answers. Nobody reads what it says, nobody waits for
//! it, and no team pays for it: its figures are what is kept.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use alias_core::alias::AliasName;
use alias_core::money::NanoUsd;
use alias_core::price::CallPrice;
use alias_core::usage::{CallId, Endpoint, TokenUsage};
use alias_router::Decision;
use bytes::Bytes;
use tokio::sync::Semaphore;

use crate::arms::{Arms, Counted, Ended, Running};
use crate::metering::{Meter, Reported};
use crate::metrics::{Metrics, ShadowCopy};
use crate::room::{Room, Taken};
use crate::trace::Trace;
use crate::upstream::{Answer, Departure, Upstream, UpstreamError};

use super::answer::cost;
use super::body::CallBody;
use super::provider_ids::ProviderIds;
use super::rewrite::Rewriter;
use super::transcript::Transcript;

/// How many copies are sent at a time, those that wait for their turn included. Until its answer begins, a copy takes
/// room alone: else those of slow calls would hold the places of all others.
const HELD: usize = 64;
/// How many of them are on their way.
const RUNNING: usize = 8;
/// The largest body that is copied, and the room for all of them, in bytes.
const MAX_BODY: usize = 256 << 10;
const ROOM: usize = 16 << 20;
/// The most bytes of an answer that are read.
const MAX_ANSWER: usize = 4 << 20;
/// How long one may take, from its turn on.
const TIME: Duration = Duration::from_mins(2);

/// The copies of one server.
#[derive(Clone)]
pub(super) struct Shadows(Arc<Shared>);

struct Shared {
    /// With connections of its own: what is slow there holds up nobody here.
    upstream: Upstream,
    held: Arc<Semaphore>,
    running: Semaphore,
    room: Room,
    metrics: Metrics,
}

/// A copy that is yet to be sent. Dropped, it is none.
pub(super) struct Shadowed {
    bytes: Bytes,
    stream: bool,
    price: CallPrice,
    rewriter: Rewriter,
    account: Account,
    _room: Taken,
}

/// Where it counts what becomes of a copy: by its target, and by the alias that was called.
#[derive(Clone)]
struct Account {
    counted: Counted,
    alias: AliasName,
    metrics: Metrics,
}

impl Account {
    /// There is no room for it.
    fn skip(&self) {
        self.counted.skip();
        self.metrics.shadow(&self.alias, ShadowCopy::Skipped, None);
    }

    /// It was answered, and there was no room for the answer.
    fn unread(&self, cost: Option<u64>) {
        self.counted.skip();
        self.metrics.shadow(&self.alias, ShadowCopy::Failed, cost);
    }

    /// It ended, and took so many nano-USD.
    fn add(&self, ended: &Ended, cost: Option<u64>) {
        self.counted.add(ended);
        let became = if ended.failed { ShadowCopy::Failed } else { ShadowCopy::Complete };
        self.metrics.shadow(&self.alias, became, cost);
    }
}

impl fmt::Debug for Shadows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shadows").field("free", &self.0.held.available_permits()).finish_non_exhaustive()
    }
}

impl fmt::Debug for Shadowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shadowed").field("counted", &self.account.counted).finish_non_exhaustive()
    }
}

impl Shadows {
    pub(super) fn new(upstream: &Upstream, metrics: Metrics) -> Self {
        Self(Arc::new(Shared {
            upstream: upstream.with_own_connections(),
            held: Arc::new(Semaphore::new(HELD)),
            running: Semaphore::new(RUNNING),
            room: Room::of(ROOM),
            metrics,
        }))
    }

    /// The copy of a call that was decided so, where it is drawn for one, can be copied, and there is room for it.
    pub(super) fn copy(
        &self,
        decision: &Decision,
        body: &CallBody<'_>,
        call: CallId,
        arms: &Arms,
        ids: impl FnOnce() -> ProviderIds,
    ) -> Option<Shadowed> {
        let shadow = decision.shadow()?;
        if !is_drawn(call, shadow.named.share.hundredths()) || !body.stands_alone() {
            return None;
        }
        let (alias, metrics) = (decision.alias().alias.clone(), self.0.metrics.clone());
        let account = Account { counted: arms.shadow(decision)?, alias, metrics };
        let mut room = self.0.room.begin();
        if body.size() > MAX_BODY || !room.grow(body.size()) {
            account.skip();
            return None;
        }
        Some(Shadowed {
            bytes: body.write_for(shadow.target).into(),
            stream: body.stream(),
            price: shadow.price,
            rewriter: Rewriter::new(body.endpoint(), decision.name(), false, call, ids()),
            account,
            _room: room,
        })
    }

    /// Sends a copy, for nobody to wait for.
    pub(super) fn send(&self, copy: Shadowed, meter: &Meter) {
        let Ok(place) = Arc::clone(&self.0.held).try_acquire_owned() else { return copy.account.skip() };
        let shadows = self.clone();
        meter.beside(async move {
            let _place = place;
            let Ok(_turn) = shadows.0.running.acquire().await else { return };
            let account = copy.account.clone();
            let mut seen = Seen::new(&copy);
            match tokio::time::timeout(TIME, answered(&shadows.0, copy, &mut seen)).await {
                Ok(Err(UpstreamError::NoRoom)) if seen.first_byte.is_none() => account.skip(),
                Ok(Err(UpstreamError::NoRoom)) => account.unread(seen.cost()),
                Ok(Ok(())) => account.add(&seen.ended(Became::Answered), seen.cost()),
                Ok(Err(_)) => account.add(&seen.ended(Became::Failed), seen.cost()),
                Err(_) => account.add(&seen.ended(Became::TooLong), seen.cost()),
            }
        });
    }
}

/// Whether a call is one of so many hundredths of a per cent: its id is drawn at random.
fn is_drawn(call: CallId, hundredths: u16) -> bool {
    let [.., a, b, c, d] = *call.uuid().as_bytes();
    u32::from_be_bytes([a, b, c, d]) % 10_000 < u32::from(hundredths)
}

/// How a copy ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Became {
    Answered,
    Failed,
    /// Nobody waited for it any longer.
    TooLong,
}

/// What came of a copy so far.
struct Seen {
    endpoint: Endpoint,
    began: Instant,
    departure: Departure,
    running: Running,
    first_byte: Option<Duration>,
    reported: Reported,
    /// What LiteLLM says that the provider took.
    said: Option<NanoUsd>,
    price: CallPrice,
}

impl Seen {
    /// Nothing: it is about to be sent.
    fn new(copy: &Shadowed) -> Self {
        let departure = Departure::default();
        Self {
            endpoint: copy.rewriter.endpoint(),
            began: Instant::now(),
            running: Running::begin(copy.account.counted.clone(), departure.clone()),
            departure,
            first_byte: None,
            reported: Reported::default(),
            said: None,
            price: copy.price.clone(),
        }
    }

    fn first_byte(&mut self) {
        self.running.first_byte();
        self.first_byte = Some(self.began.elapsed());
    }

    fn tokens(&self) -> Option<TokenUsage> {
        self.reported.tokens(self.endpoint)
    }

    /// What the provider took, in nano-USD, where that is known.
    fn cost(&self) -> Option<u64> {
        let said = self.said.or(self.reported.cost());
        let cost = self.price.provider_cost(said, self.tokens().as_ref(), self.reported.images());
        cost.and_then(|cost| u64::try_from(cost.nanos()).ok())
    }

    fn ended(&self, became: Became) -> Ended {
        let micros = |time: Duration| u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        let failed = became != Became::Answered;
        // As of calls: a failure that comes fast is no time.
        let took = (became != Became::Failed).then(|| micros(self.began.elapsed()));
        Ended {
            failed,
            duration_us: took,
            first_byte_us: took.map(|took| self.first_byte.map_or(took, micros)),
            output_tokens: self.tokens().filter(|_| !failed).map(|tokens| tokens.all_output()),
            cost: self.cost().filter(|_| !failed),
        }
    }
}

async fn answered(shared: &Shared, copy: Shadowed, seen: &mut Seen) -> Result<(), UpstreamError> {
    let Shadowed { bytes, stream, rewriter, _room, .. } = copy;
    // A trace of its own: the caller's is of what it called.
    let (trace, endpoint) = (Trace::default(), rewriter.endpoint());
    let mut answer = shared.upstream.send(endpoint, bytes, stream, &trace, &seen.departure).await?;
    seen.first_byte();
    seen.said = cost(&answer.headers);
    if stream {
        streamed(&mut answer, rewriter, seen).await
    } else {
        whole(shared, &mut answer, rewriter, seen).await
    }
}

async fn whole(
    shared: &Shared,
    answer: &mut Answer,
    mut rewriter: Rewriter,
    seen: &mut Seen,
) -> Result<(), UpstreamError> {
    let mut room = shared.room.begin();
    let body = answer.body.all(MAX_ANSWER, &mut room).await?;
    let read = rewriter.object(&body, &mut Vec::new())?;
    seen.reported = rewriter.reported().clone();
    if read.failed { Err(UpstreamError::Invalid("it says that it failed")) } else { Ok(()) }
}

async fn streamed(answer: &mut Answer, rewriter: Rewriter, seen: &mut Seen) -> Result<(), UpstreamError> {
    let (mut transcript, mut unread, mut left) = (Transcript::new(rewriter), Vec::new(), MAX_ANSWER);
    while !transcript.is_over() {
        unread.clear();
        match answer.body.chunk().await? {
            Some(chunk) => {
                left = left.checked_sub(chunk.len()).ok_or(UpstreamError::Invalid("it is too large"))?;
                transcript.feed(&chunk, &mut unread)?;
            }
            None => transcript.end(&mut unread)?,
        }
        seen.reported = transcript.rewriter().reported().clone();
    }
    if transcript.has_failed() { Err(UpstreamError::Invalid("it says that it failed")) } else { Ok(()) }
}

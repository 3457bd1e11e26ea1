//! From ended spans to the collector: a queue with a bound, and a task that empties it. Nobody waits for either.

use std::time::Duration;

use opentelemetry::Context;
use opentelemetry_otlp::SpanExporter;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{Span, SpanData, SpanExporter as _, SpanProcessor};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

use crate::metrics::Metrics;

/// The most spans that wait to be sent; further ones are dropped.
const WAITING: usize = 4_096;
/// The most spans in one batch.
const AT_A_TIME: usize = 512;
/// How long a batch that is not full waits for more.
const GATHER: Duration = Duration::from_secs(1);
/// How often is looked whether it is full: within that time, fewer spans end than there is room for.
const LOOK: Duration = Duration::from_millis(100);
/// How long sending may take at the end: what is on its way then, and what is left.
const LAST_WORDS: Duration = Duration::from_secs(3);

/// Takes ended spans, as long as there is room for them.
#[derive(Debug)]
pub(super) struct Queue {
    ended: Sender<SpanData>,
    metrics: Metrics,
}

/// Sends what is in the queue.
#[derive(Debug)]
pub struct Export {
    ended: Receiver<SpanData>,
    exporter: SpanExporter,
    metrics: Metrics,
    reached: bool,
}

/// A queue, and what empties it.
pub(super) fn queue(exporter: SpanExporter, metrics: Metrics) -> (Queue, Export) {
    let (ended, taken) = channel(WAITING);
    let queue = Queue { ended, metrics: metrics.clone() };
    (queue, Export { ended: taken, exporter, metrics, reached: true })
}

impl SpanProcessor for Queue {
    fn on_start(&self, _: &mut Span, _: &Context) {}

    fn on_end(&self, span: SpanData) {
        if self.ended.try_send(span).is_err() {
            self.metrics.spans_dropped(1);
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }
}

impl Export {
    /// Sends batches until it is told to stop, and then what is left, once.
    pub(crate) async fn follow(mut self, stop: CancellationToken) {
        let late = async {
            stop.cancelled().await;
            tokio::time::sleep(LAST_WORDS).await;
        };
        tokio::select! {
            () = self.send_all(&stop) => {}
            () = late => {}
        }
    }

    async fn send_all(&mut self, stop: &CancellationToken) {
        while let Some(batch) = stop.run_until_cancelled(self.batch()).await {
            self.send(batch).await;
        }
        self.rest().await;
    }

    /// Waits until a batch is full, or there is something and enough time has passed. Given up in between, nothing is
    /// lost.
    async fn batch(&mut self) -> Vec<SpanData> {
        let until = Instant::now() + GATHER;
        while self.ended.len() < AT_A_TIME && (self.ended.is_empty() || Instant::now() < until) {
            tokio::time::sleep(LOOK).await;
        }
        self.taken()
    }

    /// What is in the queue, and fits into a batch.
    fn taken(&mut self) -> Vec<SpanData> {
        let mut batch = Vec::with_capacity(self.ended.len().min(AT_A_TIME));
        while batch.len() < AT_A_TIME
            && let Ok(span) = self.ended.try_recv()
        {
            batch.push(span);
        }
        batch
    }

    async fn rest(&mut self) {
        loop {
            let batch = self.taken();
            if batch.is_empty() {
                return;
            }
            self.send(batch).await;
        }
    }

    /// Sends a batch once: what a collector does not take is not kept, for it would only make others wait.
    async fn send(&mut self, batch: Vec<SpanData>) {
        let count = batch.len() as u64;
        let sent = timeout(super::TIMEOUT, self.exporter.export(batch)).await;
        let why = match sent {
            Ok(Ok(())) => {
                self.metrics.spans_exported(count);
                if !std::mem::replace(&mut self.reached, true) {
                    tracing::info!("the collector takes traces again");
                }
                return;
            }
            Ok(Err(why)) => why.to_string(),
            Err(_) => "it does not answer".to_owned(),
        };
        self.metrics.spans_dropped(count);
        if std::mem::replace(&mut self.reached, false) {
            tracing::warn!(why, "the collector does not take traces; they are dropped until it does");
        }
    }
}

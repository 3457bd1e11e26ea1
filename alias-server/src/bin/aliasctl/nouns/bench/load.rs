//! Requests at a steady rate, timed from when they were due.

use std::sync::Arc;
use std::time::Duration;

use hdrhistogram::Histogram;
use indicatif::ProgressBar;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::What;
use crate::context::Context;
use crate::failure::{Failure, Refusal};
use crate::nouns::segment;

/// The longest time that is told apart, in microseconds: an hour.
const LONGEST: u64 = 3_600_000_000;

/// How much is sent, and how fast.
#[derive(Debug, Clone, Copy)]
pub(super) struct Load {
    pub(super) requests: u64,
    pub(super) rps: u32,
    pub(super) connections: u32,
}

/// What came of it.
#[derive(Debug)]
pub(super) struct Measured {
    /// Of every request, in microseconds.
    pub(super) times: Histogram<u64>,
    pub(super) failed: u64,
    /// Why the first that failed did.
    pub(super) why: Option<String>,
    pub(super) took: Duration,
}

/// One request, as often as it is wanted.
#[derive(Debug, Clone)]
pub(super) struct Probe {
    http: reqwest::Client,
    url: String,
    key: Option<HeaderValue>,
    body: Option<String>,
}

impl Probe {
    pub(super) fn new(context: &Context, key: &SecretString, model: &str, what: What) -> Self {
        let call = json!({
            "model": model, "max_tokens": 16, "messages": [{ "role": "user", "content": "Say hello." }],
        });
        let (path, body) = match what {
            What::Resolve => (format!("/v1/models/{}", segment(model)), None),
            What::Call => ("/v1/chat/completions".to_owned(), Some(call.to_string())),
        };
        let key = HeaderValue::from_str(&format!("Bearer {}", key.expose_secret())).map(|mut value| {
            value.set_sensitive(true);
            value
        });
        Self { http: context.client.http(), url: context.client.address(&path), key: key.ok(), body }
    }

    /// Sends it and reads its answer to the end.
    pub(super) async fn send(&self) -> Result<(), Failure> {
        let unreachable = |why: reqwest::Error| Failure::Unreachable {
            url: self.url.clone(),
            why: why.without_url().to_string(),
        };
        let Some(key) = self.key.clone() else {
            return Err(Failure::Usage("the key of the team has characters that no key has".to_owned()));
        };
        let request = match &self.body {
            Some(body) => {
                self.http.post(&self.url).header(CONTENT_TYPE, "application/json").body(body.clone())
            }
            None => self.http.get(&self.url),
        };
        let answer = request.header(AUTHORIZATION, key).send().await.map_err(unreachable)?;
        let status = answer.status();
        let body = answer.bytes().await.map_err(unreachable)?;
        if status.is_success() {
            return Ok(());
        }
        // These are the endpoints of OpenAI, whose errors have a form of their own.
        let said: Value = serde_json::from_slice(&body).unwrap_or_default();
        let problem = json!({ "title": said["error"]["message"] });
        let refusal = Refusal { status: status.as_u16(), problem, near: Vec::new(), next: None };
        Err(Failure::Refused(Box::new(refusal)))
    }
}

impl Load {
    /// Sends all requests, each when it is due.
    pub(super) async fn run(self, probe: &Probe, bar: &ProgressBar) -> Result<Measured, Failure> {
        let start = Instant::now();
        let mut measured = Measured { times: times()?, failed: 0, why: None, took: Duration::ZERO };
        let free = Arc::new(Semaphore::new(self.connections as usize));
        let mut running = JoinSet::new();
        for number in 0..self.requests {
            let due = start + self.after(number);
            tokio::time::sleep_until(due).await;
            // Waiting for a connection is part of the time.
            let place = Arc::clone(&free).acquire_owned().await;
            let probe = probe.clone();
            running.spawn(async move {
                let done = probe.send().await;
                drop(place);
                (due.elapsed(), done)
            });
            while let Some(ended) = running.try_join_next() {
                measured.add(ended);
            }
            bar.set_position(measured.times.len());
        }
        while let Some(ended) = running.join_next().await {
            measured.add(ended);
        }
        measured.took = start.elapsed();
        Ok(measured)
    }

    /// When a request is due.
    fn after(self, number: u64) -> Duration {
        let nanoseconds = u128::from(number).saturating_mul(1_000_000_000) / u128::from(self.rps);
        Duration::from_nanos(u64::try_from(nanoseconds).unwrap_or(u64::MAX))
    }
}

impl Measured {
    fn add(&mut self, ended: Result<(Duration, Result<(), Failure>), tokio::task::JoinError>) {
        let (time, done) = match ended {
            Ok(ended) => ended,
            Err(why) => (Duration::ZERO, Err(Failure::Failed(why.to_string()))),
        };
        self.times.saturating_record(u64::try_from(time.as_micros()).unwrap_or(LONGEST).clamp(1, LONGEST));
        if let Err(why) = done {
            self.failed += 1;
            self.why.get_or_insert_with(|| why.sentence());
        }
    }
}

/// Three digits of every time are kept.
fn times() -> Result<Histogram<u64>, Failure> {
    Histogram::new_with_bounds(1, LONGEST, 3).map_err(|why| Failure::Failed(why.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_due_at_a_steady_rate() {
        let load = Load { requests: 10, rps: 4, connections: 1 };
        let due: Vec<u64> = (0..5).map(|number| load.after(number).as_millis().try_into().unwrap()).collect();
        assert_eq!(due, [0, 250, 500, 750, 1_000]);
    }
}

//! Sends one message once, within bounds, and says what came of it.

use std::error::Error;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use alias_core::clock::{Clock, Timestamp};
use alias_core::webhook::{Attempt, Message, Outcome, RetryRule, Signing, WebhookUrl};
use chrono::DateTime;
use http::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::{Client, redirect};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::policy::{NotAllowed, Policy, Resolver};
use super::signature;

/// How long one attempt may take, from looking the name up to the head of the answer.
pub const TIMEOUT: Duration = Duration::from_secs(10);
/// The most tests at a time.
const TESTS: usize = 8;
const AGENT: &str = concat!("alias-server/", env!("CARGO_PKG_VERSION"));

/// Sends messages: no proxies, no redirects, no connection that outlives its message.
pub struct Sender {
    policy: Policy,
    clock: Arc<dyn Clock>,
    /// In clear, and encrypted. Made when they are needed: there are machines without certificates.
    clients: [OnceLock<Client>; 2],
    tests: Semaphore,
}

impl std::fmt::Debug for Sender {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sender").field("policy", &self.policy).finish_non_exhaustive()
    }
}

/// What a receiver answered, or why it did not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    status: Option<u16>,
    latency_ms: u32,
    error: Option<String>,
    /// For how many seconds it wants to be left alone.
    asked_for: Option<u32>,
}

/// Why nothing was answered. What the client library says is not shown: it quotes addresses.
#[derive(Debug, thiserror::Error)]
enum Unanswered {
    #[error("the address {0}")]
    NotAllowed(NotAllowed),
    #[error("no answer within {} s", TIMEOUT.as_secs())]
    Late,
    #[error("the receiver could not be connected to")]
    Unconnected(#[source] reqwest::Error),
    #[error("the connection broke off before an answer")]
    Broken(#[source] reqwest::Error),
    #[error("TLS cannot be set up on this server")]
    Tls(#[source] reqwest::Error),
}

impl Sender {
    /// A sender that has not connected yet.
    pub fn new(policy: Policy, clock: Arc<dyn Clock>) -> Self {
        Self { policy, clock, clients: [OnceLock::new(), OnceLock::new()], tests: Semaphore::new(TESTS) }
    }

    /// Where messages may go.
    pub fn policy(&self) -> Policy {
        self.policy
    }

    /// A place for a test, if there is one.
    pub fn place_for_a_test(&self) -> Option<SemaphorePermit<'_>> {
        self.tests.try_acquire().ok()
    }

    /// Sends a message once.
    pub async fn send(&self, url: &WebhookUrl, signing: &Signing, message: &Message) -> Answer {
        let began = tokio::time::Instant::now();
        let sent = tokio::time::timeout(TIMEOUT, self.exchange(url, signing, message)).await;
        let sent = sent.unwrap_or(Err(Unanswered::Late));
        let latency_ms = u32::try_from(began.elapsed().as_millis()).unwrap_or(u32::MAX);
        match sent {
            Ok((status, asked_for)) => {
                Answer { status: Some(status), latency_ms, error: refused(status), asked_for }
            }
            Err(why) => {
                tracing::debug!(message = %message.id, %why, "a webhook was not answered");
                Answer { status: None, latency_ms, error: Some(why.to_string()), asked_for: None }
            }
        }
    }

    async fn exchange(
        &self,
        url: &WebhookUrl,
        signing: &Signing,
        message: &Message,
    ) -> Result<(u16, Option<u32>), Unanswered> {
        self.policy.check(url).map_err(Unanswered::NotAllowed)?;
        let now = self.clock.now();
        let timestamp = now.micros().div_euclid(1_000_000);
        let request = self
            .client(url.is_encrypted())?
            .post(url.as_str())
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", message.id.to_string())
            .header("webhook-timestamp", timestamp.to_string())
            .header("webhook-signature", signature::header(signing, &message.id, timestamp, &message.body))
            .body(message.body.clone());
        // What the answer says beside its head is not read.
        let answer = request.send().await.map_err(unanswered)?;
        Ok((answer.status().as_u16(), retry_after(answer.headers(), now)))
    }

    fn client(&self, encrypted: bool) -> Result<&Client, Unanswered> {
        let [clear, coded] = &self.clients;
        let place = if encrypted { coded } else { clear };
        if let Some(client) = place.get() {
            return Ok(client);
        }
        let client = Client::builder()
            .user_agent(AGENT)
            .redirect(redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .pool_max_idle_per_host(0)
            .dns_resolver(Arc::new(Resolver { policy: self.policy, encrypted }))
            .build()
            .map_err(Unanswered::Tls)?;
        Ok(place.get_or_init(|| client))
    }
}

impl Answer {
    /// What follows for a message that was sent `attempts` times before, where it is sent again at all.
    pub fn judged(self, attempts: u32, jitter: u16, now: Timestamp) -> Attempt {
        let wait = RetryRule::wait(attempts.saturating_add(1), jitter, self.asked_for);
        let again = wait.and_then(|wait| chrono::Duration::from_std(wait).ok());
        let again = again.map(|wait| Outcome::Again(Timestamp::from(now.utc() + wait)));
        self.into_attempt(again.unwrap_or(Outcome::GivenUp))
    }

    /// What follows for a message that is sent once.
    pub fn judged_once(self) -> Attempt {
        self.into_attempt(Outcome::GivenUp)
    }

    fn into_attempt(self, where_not_taken: Outcome) -> Attempt {
        let outcome = match self.status {
            Some(200..=299) => Outcome::Delivered,
            Some(410) => Outcome::Gone,
            _ => where_not_taken,
        };
        Attempt { status: self.status, latency_ms: self.latency_ms, error: self.error, outcome }
    }
}

/// Why an answer of this status does not take the message.
fn refused(status: u16) -> Option<String> {
    match status {
        200..=299 => None,
        300..=399 => Some(format!("the receiver answered {status}: redirects are not followed")),
        410 => Some("the receiver answered 410 Gone: the webhook was switched off".into()),
        _ => Some(format!("the receiver answered {status}")),
    }
}

fn unanswered(why: reqwest::Error) -> Unanswered {
    let why = why.without_url();
    let mut cause: Option<&(dyn Error + 'static)> = Some(&why);
    while let Some(error) = cause {
        if let Some(not_allowed) = error.downcast_ref::<NotAllowed>() {
            return Unanswered::NotAllowed(*not_allowed);
        }
        cause = error.source();
    }
    if why.is_connect() { Unanswered::Unconnected(why) } else { Unanswered::Broken(why) }
}

/// Seconds, or the time until a date.
fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<u32> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(u32::try_from(seconds).unwrap_or(u32::MAX));
    }
    let until = DateTime::parse_from_rfc2822(text).ok()?.to_utc();
    u32::try_from((until - now.utc()).num_seconds().max(0)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, asked_for: Option<u32>) -> Answer {
        Answer { status: Some(status), latency_ms: 1, error: refused(status), asked_for }
    }

    #[test]
    fn what_is_not_taken_is_sent_again_until_it_is_enough() {
        let now = Timestamp::from_micros(0);
        let outcome = |status, attempts, asked| answer(status, asked).judged(attempts, 0, now).outcome;
        let after = |seconds: i64| Outcome::Again(Timestamp::from_micros(seconds * 1_000_000));
        assert_eq!(outcome(204, 0, None), Outcome::Delivered);
        assert_eq!(outcome(500, 0, None), after(5));
        assert_eq!(outcome(302, 1, None), after(300));
        assert_eq!(outcome(429, 0, Some(60)), after(60));
        assert_eq!(outcome(503, 0, Some(u32::MAX)), after(86_400));
        assert_eq!(outcome(500, 9, None), Outcome::GivenUp);
        assert_eq!(outcome(410, 0, None), Outcome::Gone);
        assert_eq!(answer(500, None).judged_once().outcome, Outcome::GivenUp);
    }

    #[tokio::test]
    async fn a_connection_to_a_name_that_is_not_allowed_is_not_made_and_says_why() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let policy = Policy { allow_private: false };
        let resolver = Arc::new(Resolver { policy, encrypted: false });
        let client = Client::builder().no_proxy().dns_resolver(resolver).build().unwrap();
        let why = unanswered(client.get("http://localhost:9/").send().await.unwrap_err());
        assert!(matches!(why, Unanswered::NotAllowed(NotAllowed::Private)), "{why:?}");
        assert!(why.to_string().contains("webhook_allow_private"));
    }

    #[test]
    fn a_receiver_says_how_long_to_wait_in_seconds_or_by_a_date() {
        let now = Timestamp::from_micros(1_728_907_200_000_000);
        let read = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, text.parse().unwrap());
            retry_after(&headers, now)
        };
        assert_eq!(read("120"), Some(120));
        assert_eq!(read("99999999999"), Some(u32::MAX));
        assert_eq!(read("Mon, 14 Oct 2024 12:01:00 GMT"), Some(60));
        assert_eq!(read("Mon, 14 Oct 2024 11:01:00 GMT"), Some(0));
        assert_eq!(read("soon"), None);
    }
}

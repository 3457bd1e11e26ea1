//! Keys at an address: fetched within bounds, again after a while, and sooner where a token names an unknown one.

use std::time::Duration;

use reqwest::{Client, Url, redirect};
use tokio::sync::Notify;

use super::keys::KeysError;

/// How long one answer may take, and how long it may be.
const TIMEOUT: Duration = Duration::from_secs(5);
const MAX_ANSWER: usize = 256 << 10;

/// How often the keys are fetched, and how often where that failed.
const REFRESH: Duration = Duration::from_mins(5);
const RETRY: Duration = Duration::from_secs(5);
/// The least time between two fetches, whatever tokens come.
const APART: Duration = Duration::from_secs(5);

/// An address of keys.
#[derive(Debug)]
pub(super) struct Remote {
    url: Url,
    client: Client,
    asked: Notify,
}

impl Remote {
    pub(super) fn new(url: Url) -> Result<Self, KeysError> {
        let client =
            Client::builder().timeout(TIMEOUT).redirect(redirect::Policy::none()).no_proxy().build()?;
        Ok(Self { url, client, asked: Notify::new() })
    }

    pub(super) fn url(&self) -> &Url {
        &self.url
    }

    /// What stands there now.
    pub(super) async fn fetch(&self) -> Result<String, KeysError> {
        let mut answer = self.client.get(self.url.clone()).send().await?;
        if answer.status() != http::StatusCode::OK {
            return Err(KeysError::Status(answer.status().as_u16()));
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            if body.len() + chunk.len() > MAX_ANSWER {
                return Err(KeysError::TooLong(MAX_ANSWER));
            }
            body.extend_from_slice(&chunk);
        }
        String::from_utf8(body).map_err(|_| KeysError::Form)
    }

    /// Has the keys fetched soon: a token names one that is not known.
    pub(super) fn ask_soon(&self) {
        self.asked.notify_one();
    }

    /// Waits until it is time to fetch again.
    pub(super) async fn next_time(&self, was_there: bool) {
        tokio::time::sleep(APART).await;
        let rest = if was_there { REFRESH } else { RETRY }.saturating_sub(APART);
        let _ = tokio::time::timeout(rest, self.asked.notified()).await;
    }
}

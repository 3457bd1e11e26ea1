//! Looks at the upstream as an operator would: whether it answers and takes our key, and which models it lists.

use std::collections::BTreeSet;
use std::time::Duration;

use alias_core::causes::WithCauses;
use reqwest::{Client, Response, StatusCode, redirect};
use secrecy::ExposeSecret;
use serde_json::Value;

use super::UpstreamConfig;

/// How long one request may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// The most bytes of an answer.
const MAX_ANSWER: usize = 16 << 20;

/// What the upstream came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// It answers.
    Answers {
        /// The names of the models that it lists.
        listed: BTreeSet<String>,
        /// The models that `LiteLLM` routes to, by its own names for them and by theirs; none where it does not tell.
        deployed: BTreeSet<String>,
    },
    /// There was no answer, for this reason.
    Unreachable(String),
    /// It does not take our key, by this status.
    KeyRefused(u16),
    /// It answers with this status, and not with a list of models.
    Unexpected(u16),
}

impl Finding {
    /// How it stands, in a sentence without its full stop.
    pub fn said(&self, base: &str) -> String {
        match self {
            Self::Answers { listed, .. } => format!("{base} answers, and lists {} models", listed.len()),
            Self::Unreachable(why) => format!("{base}: {why}"),
            Self::KeyRefused(status) => format!("{base} does not take our key ({status})"),
            Self::Unexpected(status) => format!("{base}/v1/models answers {status}, and no list of models"),
        }
    }

    /// The setting to change, and what to do in words.
    pub fn fix(&self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Answers { .. } => None,
            Self::Unreachable(_) => Some(("upstream_url", "start it, or set upstream_url")),
            Self::KeyRefused(_) => Some((
                "upstream_key_file",
                "set upstream_key_file to its key (LiteLLM's master key, or one of its virtual keys)",
            )),
            Self::Unexpected(_) => {
                Some(("upstream_url", "see that upstream_url is LiteLLM, or speaks OpenAI's API"))
            }
        }
    }
}

/// The base of the upstream's API, without `/v1`.
pub fn base(config: &UpstreamConfig) -> &str {
    let base = config.base_url.trim_end_matches('/');
    base.strip_suffix("/v1").unwrap_or(base)
}

/// Asks the upstream for its models, as the way of calls leads there: no proxies, no redirects.
pub async fn look(config: &UpstreamConfig) -> Finding {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder()
        .connect_timeout(config.connect_timeout)
        .timeout(PATIENCE)
        .redirect(redirect::Policy::none())
        .no_proxy()
        .build();
    let client = match client {
        Ok(client) => client,
        Err(why) => return Finding::Unreachable(WithCauses(&why).to_string()),
    };
    let base = base(config);
    let (status, models) = match get(&client, &format!("{base}/v1/models"), config).await {
        Ok(answer) => answer,
        Err(why) => return Finding::Unreachable(why),
    };
    if matches!(status.as_u16(), 401 | 403) {
        return Finding::KeyRefused(status.as_u16());
    }
    if !status.is_success() || !models["data"].is_array() {
        return Finding::Unexpected(status.as_u16());
    }
    let deployed = match get(&client, &format!("{base}/model/info"), config).await {
        Ok((status, info)) if status.is_success() => texts(&info, &["/model_name", "/litellm_params/model"]),
        _ => BTreeSet::new(),
    };
    Finding::Answers { listed: texts(&models, &["/id"]), deployed }
}

fn texts(list: &Value, places: &[&str]) -> BTreeSet<String> {
    let items = list["data"].as_array().into_iter().flatten();
    items
        .flat_map(|item| places.iter().filter_map(|place| item.pointer(place)?.as_str()))
        .map(str::to_owned)
        .collect()
}

/// The status, and the body where it is JSON.
async fn get(client: &Client, url: &str, config: &UpstreamConfig) -> Result<(StatusCode, Value), String> {
    let mut request = client.get(url);
    if let Some(key) = &config.key {
        request = request.bearer_auth(key.expose_secret());
    }
    let answer = request.send().await.map_err(|why| WithCauses(&why).to_string())?;
    let status = answer.status();
    let body = whole(answer).await?;
    Ok((status, serde_json::from_slice(&body).unwrap_or_default()))
}

async fn whole(answer: Response) -> Result<Vec<u8>, String> {
    let (mut answer, mut body) = (answer, Vec::new());
    while let Some(part) = answer.chunk().await.map_err(|why| WithCauses(&why).to_string())? {
        if body.len() + part.len() > MAX_ANSWER {
            return Err(format!("its answer has more than {} MiB", MAX_ANSWER >> 20));
        }
        body.extend_from_slice(&part);
    }
    Ok(body)
}

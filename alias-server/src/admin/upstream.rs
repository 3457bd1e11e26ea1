//! `/api/upstream`: whether what calls are forwarded to answers, and which setting to change where it does not.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use actix_web::{HttpResponse, web};
use serde::Serialize;
use tokio::sync::Mutex;
use utoipa::ToSchema;

use crate::admin::query::{NoParameters, Query};
use crate::config::Config;
use crate::error::ApiError;
use crate::upstream::UpstreamConfig;
use crate::upstream::probe::{self, Finding};

/// How long a look holds: whoever asks within that time is told the same.
const FRESH: Duration = Duration::from_secs(1);
/// The most names of models in an answer.
const MOST_MODELS: usize = 200;

/// The upstream, and what it came to last. It is looked at once at a time, however many ask.
#[derive(Debug)]
pub struct Lookout {
    config: UpstreamConfig,
    mock: bool,
    last: Mutex<Option<(Instant, Finding)>>,
}

impl Lookout {
    /// Looks at the upstream of these settings.
    pub fn of(config: &Config) -> Self {
        Self { config: config.upstream.clone(), mock: config.dev, last: Mutex::default() }
    }

    async fn look(&self) -> Finding {
        let mut last = self.last.lock().await;
        if let Some((_, found)) = last.as_ref().filter(|(at, _)| at.elapsed() < FRESH) {
            return found.clone();
        }
        let found = probe::look(&self.config).await;
        *last = Some((Instant::now(), found.clone()));
        found
    }
}

/// How the upstream stands.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum UpstreamState {
    /// It answers, and lists its models.
    Answers,
    /// There was no answer.
    Unreachable,
    /// It does not take the key of this server.
    KeyRefused,
    /// It answers, and not with a list of models.
    Unexpected,
}

impl UpstreamState {
    fn of(found: &Finding) -> Self {
        match found {
            Finding::Answers { .. } => Self::Answers,
            Finding::Unreachable(_) => Self::Unreachable,
            Finding::KeyRefused(_) => Self::KeyRefused,
            Finding::Unexpected(_) => Self::Unexpected,
        }
    }
}

/// What calls are forwarded to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Upstream)]
pub struct UpstreamObject {
    /// Where it is, by the setting `upstream_url`.
    #[schema(example = "http://localhost:8002")]
    url: String,
    /// Whether it is the mock provider that is built in (`--dev`).
    mock: bool,
    /// How it stands.
    state: UpstreamState,
    /// The same in words.
    #[schema(example = "http://localhost:8002 answers, and lists 12 models")]
    detail: String,
    /// The setting to change, which is read when a server starts; `null` where it answers.
    #[schema(example = "upstream_url")]
    setting: Option<&'static str>,
    /// What to do about it.
    #[schema(example = "start it, or set upstream_url")]
    fix: Option<&'static str>,
    /// The first 200 of the models that it lists, by name.
    #[schema(example = json!(["gpt-4"]))]
    models: Vec<String>,
    /// How many it lists.
    #[schema(example = 12)]
    total_models: usize,
}

/// Look at the upstream.
///
/// Asks it for its models, as calls would reach it, with the key of this server: 10 s at most for each of two questions.
///
/// # Errors
/// Those of the parameters. An upstream that does not answer is no error: `state` says so.
#[utoipa::path(
    get, path = "/api/upstream", tag = "operations", operation_id = "look_at_upstream",
    responses((status = 200, description = "How it stands.", body = UpstreamObject)),
)]
pub async fn show(
    lookout: web::Data<Lookout>,
    Query(NoParameters {}): Query<NoParameters>,
) -> Result<HttpResponse, ApiError> {
    let found = lookout.look().await;
    let base = probe::base(&lookout.config);
    let (detail, fix) = (found.said(base), found.fix());
    let state = UpstreamState::of(&found);
    let listed = match found {
        Finding::Answers { listed, .. } => listed,
        _ => BTreeSet::new(),
    };
    Ok(HttpResponse::Ok().json(UpstreamObject {
        url: base.to_owned(),
        mock: lookout.mock,
        state,
        detail,
        setting: fix.map(|(setting, _)| setting),
        fix: fix.map(|(_, fix)| fix),
        total_models: listed.len(),
        models: listed.into_iter().take(MOST_MODELS).collect(),
    }))
}

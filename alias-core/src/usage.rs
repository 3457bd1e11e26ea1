//! What a call used, and what is counted of it.

mod settlement;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::alias::{AliasId, AliasName, ScheduleId};
use crate::clock::Timestamp;
use crate::id::Id;
use crate::key::CallerId;
use crate::model_ref::ModelRef;
use crate::money::NanoUsd;
use crate::organization::OrganizationId;
use crate::team::{TeamId, TeamUid};

pub use settlement::{FailedTarget, JobRef, MAX_RAW, PriceBasis, Settlement, UsageSource};

/// The most tokens of one class that a single call is believed to have used.
pub const MAX_TOKENS: u64 = 1_000_000_000;

/// Tokens of a call in disjoint classes: they sum to [`TokenUsage::total`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenUsage {
    /// Input that was neither read from nor written to a cache.
    pub input: u64,
    /// Input read from the provider's cache.
    pub cache_read: u64,
    /// Input written to the provider's cache, for as long as it is kept where nothing is said.
    pub cache_write: u64,
    /// Input written to the provider's cache to be kept for an hour.
    #[serde(default)]
    pub cache_write_1h: u64,
    /// Output that the client sees.
    pub output: u64,
    /// Output spent on reasoning.
    pub reasoning: u64,
    /// Tokens of audio that was sent.
    #[serde(default)]
    pub audio_input: u64,
    /// Tokens of audio that was made.
    #[serde(default)]
    pub audio_output: u64,
}

impl TokenUsage {
    /// Every class, by its name.
    pub fn classes(&self) -> [(&'static str, u64); 8] {
        [
            ("input", self.input),
            ("cache_read", self.cache_read),
            ("cache_write", self.cache_write),
            ("cache_write_1h", self.cache_write_1h),
            ("output", self.output),
            ("reasoning", self.reasoning),
            ("audio_input", self.audio_input),
            ("audio_output", self.audio_output),
        ]
    }

    /// All input classes.
    pub fn all_input(&self) -> u64 {
        self.input + self.cache_read + self.cache_write + self.cache_write_1h + self.audio_input
    }

    /// All output classes.
    pub fn all_output(&self) -> u64 {
        self.output + self.reasoning + self.audio_output
    }

    /// All classes.
    pub fn total(&self) -> u64 {
        self.all_input() + self.all_output()
    }
}

/// Marks ids of calls (`call_…`).
#[derive(Debug)]
pub struct CallKind;

impl crate::id::IdKind for CallKind {
    const PREFIX: &'static str = "call_";
}

/// Identifies one admitted call: what makes its recording idempotent.
pub type CallId = Id<CallKind>;

/// The endpoint family that a call came through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Endpoint {
    /// `POST /v1/chat/completions`
    ChatCompletions,
    /// `POST /v1/completions`
    Completions,
    /// `POST /v1/embeddings`
    Embeddings,
    /// `POST /v1/responses`
    Responses,
    /// `POST /v1/messages`
    Messages,
    /// `POST /v1/images/generations`
    ImagesGenerations,
    /// `POST /v1/moderations`
    Moderations,
    /// `POST /v1/rerank`
    Rerank,
}

impl Endpoint {
    /// Every endpoint.
    pub const ALL: [Self; 8] = [
        Self::ChatCompletions,
        Self::Completions,
        Self::Embeddings,
        Self::Responses,
        Self::Messages,
        Self::ImagesGenerations,
        Self::Moderations,
        Self::Rerank,
    ];

    /// The path of the endpoint under an API base that ends in `/v1`.
    pub fn path(self) -> &'static str {
        match self {
            Self::ChatCompletions => "/chat/completions",
            Self::Completions => "/completions",
            Self::Embeddings => "/embeddings",
            Self::Responses => "/responses",
            Self::Messages => "/messages",
            Self::ImagesGenerations => "/images/generations",
            Self::Moderations => "/moderations",
            Self::Rerank => "/rerank",
        }
    }

    /// The word for records and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ChatCompletions => "chat_completions",
            Self::Completions => "completions",
            Self::Embeddings => "embeddings",
            Self::Responses => "responses",
            Self::Messages => "messages",
            Self::ImagesGenerations => "images_generations",
            Self::Moderations => "moderations",
            Self::Rerank => "rerank",
        }
    }
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Outcome {
    /// Answered to the end.
    Complete,
    /// The provider refused, failed, or broke off.
    Failed,
    /// The client left before the end.
    Disconnected,
    /// The process died meanwhile; found in the journal at the next start.
    Interrupted,
}

impl Outcome {
    /// The word for records and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Failed => "failed",
            Self::Disconnected => "disconnected",
            Self::Interrupted => "interrupted",
        }
    }
}

/// A call as it was admitted: who called what, and where it went. Written to the journal before the
/// client sees a first byte, and carried into the call's [`UsageEvent`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// The call's identity.
    pub call_id: CallId,
    /// When it was admitted.
    #[serde(with = "crate::clock::micros")]
    pub started_at: Timestamp,
    /// Where it came in.
    pub endpoint: Endpoint,
    /// Whether the client asked for a stream.
    pub stream: bool,
    /// The alias that was called.
    pub alias_id: AliasId,
    /// Its name at that time.
    pub alias: AliasName,
    /// Its version at that time.
    pub alias_version: u32,
    /// The scheduled change that the call went by before this was a version. Its version is the one that this became,
    /// where it became one, and `alias_version` until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheduled: Option<ScheduleId>,
    /// The model that the call was sent to.
    pub litellm_model: ModelRef,
    /// The organization of the team, by its public id.
    pub organization_id: OrganizationId,
    /// The team that called.
    pub team_uid: TeamUid,
    /// The team's public id.
    pub team_id: TeamId,
    /// The key that was used, or who presented a token.
    pub key_id: CallerId,
    /// The request's id, as every answer and log line carries it.
    pub request_id: String,
    /// The job that it is part of, if it came in one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job: Option<JobRef>,
}

/// One call, recorded once: the row of the append-only usage log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageEvent {
    /// Who called what.
    pub call: Call,
    /// How it ended.
    pub outcome: Outcome,
    /// The HTTP status that the client saw; 0 where it saw none.
    pub status: u16,
    /// The error code of the answer, if it was an error.
    pub error_code: Option<String>,
    /// Admission to the end, in microseconds.
    pub duration_us: u64,
    /// Admission to the provider's first byte, in microseconds.
    pub first_byte_us: Option<u64>,
    /// What the provider reported; `None` where it reported nothing.
    pub tokens: Option<TokenUsage>,
    /// What the provider took, as LiteLLM reports it; `None` is unknown, never 0.
    #[serde(with = "crate::money::nanos")]
    pub provider_cost: Option<NanoUsd>,
    /// What the client is charged; `None` is unknown, never 0.
    #[serde(with = "crate::money::nanos")]
    pub charge: Option<NanoUsd>,
    /// What that burned in credits, and how all this was counted.
    #[serde(default)]
    pub settlement: Settlement,
}

impl UsageEvent {
    /// The record of a call whose process died before it was settled.
    pub fn interrupted(call: Call) -> Self {
        Self {
            call,
            outcome: Outcome::Interrupted,
            status: 0,
            error_code: None,
            duration_us: 0,
            first_byte_us: None,
            tokens: None,
            provider_cost: None,
            charge: None,
            settlement: Settlement::default(),
        }
    }
}

/// A call that is in the books, as far as it is told what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedCall {
    /// Who called what. The job that it was part of is left out.
    pub call: Call,
    /// How it ended.
    pub outcome: Outcome,
    /// The HTTP status that the client saw; 0 where it saw none.
    pub status: u16,
    /// The error code of the answer, if it was an error.
    pub error_code: Option<String>,
    /// Admission to the end, in microseconds.
    pub duration_us: u64,
    /// Admission to the provider's first byte, in microseconds.
    pub first_byte_us: Option<u64>,
    /// What it used; `None` where nobody counted.
    pub tokens: Option<TokenUsage>,
    /// What the provider took; `None` is unknown, never 0.
    pub provider_cost: Option<NanoUsd>,
    /// The targets that failed it before the one that served it.
    pub failed: Vec<FailedTarget>,
}

/// Marks ids of instances (`ins_…`).
#[derive(Debug)]
pub struct InstanceKind;

impl crate::id::IdKind for InstanceKind {
    const PREFIX: &'static str = "ins_";
}

/// Identifies one data folder of one server: the owner of a usage spool.
pub type InstanceId = Id<InstanceKind>;

/// Refusals of one team on one alias, counted since the last report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denials {
    /// The UTC day they are counted under.
    pub day: chrono::NaiveDate,
    /// The alias that was refused.
    pub alias_id: AliasId,
    /// The team that was refused.
    pub team_uid: TeamUid,
    /// How many times.
    pub count: u64,
}

/// Lifetime statistics, as the alias, team and organization pages show them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UsageStats {
    /// Calls that were sent upstream, however they ended.
    #[cfg_attr(feature = "openapi", schema(example = 1543))]
    pub total_calls: u64,
    /// What providers took, in USD.
    #[cfg_attr(feature = "openapi", schema(value_type = f64, example = 234.56))]
    pub total_cost_usd: NanoUsd,
    /// All tokens over successful calls, rounded; 0 where there was none.
    #[cfg_attr(feature = "openapi", schema(example = 850))]
    pub avg_tokens_per_call: u64,
    /// Calls that did not complete.
    pub failed_calls: u64,
    /// Calls that were refused before anything was sent.
    pub denied_calls: u64,
    /// What clients are charged, in USD.
    #[cfg_attr(feature = "openapi", schema(value_type = f64, example = 300.1))]
    pub total_billed_usd: NanoUsd,
    /// Completed calls whose cost nobody reported.
    pub unpriced_calls: u64,
    /// When the last call began.
    pub last_used_at: Option<Timestamp>,
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

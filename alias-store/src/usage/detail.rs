//! What an event says that no list is sorted or filtered by, in one column.

use std::borrow::Cow;

use alias_core::usage::{Settlement, TokenUsage, UsageEvent};
use serde::{Deserialize, Serialize};

use crate::column::count;

/// The columns of tokens: input, read from and written to caches (however long these keep it), output, reasoning.
pub(crate) type Tokens = (Option<i64>, Option<i64>, Option<i64>, Option<i64>, Option<i64>);

/// The tokens of an event; `None` where nobody knows them.
pub(crate) fn tokens(columns: Tokens, detail: &Detail<'_>) -> Option<TokenUsage> {
    let (input, cache_read, cache_write, output, reasoning) = columns;
    let cache_write = count(cache_write?);
    let cache_write_1h = detail.cache_write_1h.min(cache_write);
    Some(TokenUsage {
        input: count(input?),
        cache_read: count(cache_read?),
        cache_write: cache_write - cache_write_1h,
        cache_write_1h,
        output: count(output?),
        reasoning: count(reasoning?),
        audio_input: detail.audio.0,
        audio_output: detail.audio.1,
    })
}

/// The rest of an event.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Detail<'a> {
    /// Tokens of audio that was sent and made.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub(crate) audio: (u64, u64),
    /// Of the tokens that were written to a cache, those that it keeps for an hour.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub(crate) cache_write_1h: u64,
    /// The job's type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) job_type: Option<Cow<'a, str>>,
    /// How it was counted.
    #[serde(flatten)]
    pub(crate) settlement: Cow<'a, Settlement>,
}

impl<'a> Detail<'a> {
    pub(super) fn of(event: &'a UsageEvent) -> Self {
        let audio = event.tokens.map(|tokens| (tokens.audio_input, tokens.audio_output));
        Self {
            audio: audio.unwrap_or_default(),
            cache_write_1h: event.tokens.map_or(0, |tokens| tokens.cache_write_1h),
            job_type: event.call.job.as_ref().map(|job| Cow::Borrowed(job.kind.as_str())),
            settlement: Cow::Borrowed(&event.settlement),
        }
    }
}

fn is_nothing<N: Default + PartialEq>(number: &N) -> bool {
    *number == N::default()
}

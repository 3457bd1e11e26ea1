//! What a provider reports of a call's usage: any dialect, any nonsense, as disjoint classes of tokens.

use alias_core::money::NanoUsd;
use alias_core::usage::{Endpoint, MAX_RAW, MAX_TOKENS, TokenUsage};

use super::counts::{Counts, Member};

#[cfg(test)]
mod tests;

/// What was reported so far. Later reports of one answer replace earlier ones, number by number: streams
/// repeat themselves, and their counts are totals.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reported {
    /// The last report, as it came.
    raw: Option<String>,
    input: Option<u64>,
    output: Option<u64>,
    /// Of the report that the counts beside it were last in: an older total would not be theirs.
    total: Option<u64>,
    cache_read: Option<u64>,
    /// All of it, however long it is kept.
    cache_write: Option<u64>,
    /// The part of it that is kept for an hour.
    cache_write_1h: Option<u64>,
    reasoning: Option<u64>,
    audio_input: Option<u64>,
    audio_output: Option<u64>,
    /// Input of the provider's own tools. Where it is billed, it is in the input; the total has it in any case.
    tool_use: Option<u64>,
    cost: Option<NanoUsd>,
    images: u64,
}

impl Reported {
    /// Takes in a `usage` object. What is none, or holds no number, changes nothing.
    pub fn merge(&mut self, raw: &str) {
        let Ok(usage) = Counts::read(raw) else { return };
        let mut said = self.merge_top(&usage);
        if let Some(input) = usage.object(&[Member::PromptTokensDetails, Member::InputTokensDetails]) {
            said |= replace(&mut self.audio_input, input.most(&[Member::AudioTokens]));
            said |= replace(&mut self.tool_use, input.most(&[Member::ToolUseTokens]));
        }
        if let Some(output) = usage.object(&[Member::CompletionTokensDetails, Member::OutputTokensDetails]) {
            said |=
                replace(&mut self.reasoning, output.most(&[Member::ReasoningTokens, Member::ThinkingTokens]));
            said |= replace(&mut self.audio_output, output.most(&[Member::AudioTokens]));
        }
        if said {
            self.raw = (raw.len() <= MAX_RAW).then(|| raw.to_owned());
        }
    }

    /// Takes in what the top of a report says, and of caches what its details say; tells whether it said anything.
    fn merge_top(&mut self, usage: &Counts<'_>) -> bool {
        let details =
            usage.object(&[Member::PromptTokensDetails, Member::InputTokensDetails]).unwrap_or_default();
        let read = usage.most(&[Member::CacheReadInputTokens, Member::PromptCacheHitTokens]);
        let write = usage.most(&[Member::CacheCreationInputTokens]);
        let kept = usage.object(&[Member::CacheCreation]);
        let kept = kept.or_else(|| details.object(&[Member::CacheCreationTokenDetails])).unwrap_or_default();
        let [minutes, hour] = [Member::Ephemeral5m, Member::Ephemeral1h].map(|name| kept.most(&[name]));
        let parts = minutes.or(hour).map(|_| minutes.unwrap_or(0).saturating_add(hour.unwrap_or(0)));
        let counts = replace(&mut self.input, usage.first(&[Member::PromptTokens, Member::InputTokens]))
            | replace(&mut self.output, usage.first(&[Member::CompletionTokens, Member::OutputTokens]));
        if counts && self.input.is_some() {
            self.total = None;
        }
        let cost = usage.get(Member::Cost).and_then(|cost| NanoUsd::from_usd(cost.trim_matches('"')));
        self.cost = cost.or(self.cost);
        counts
            | replace(&mut self.total, usage.first(&[Member::TotalTokens]))
            | replace(&mut self.cache_read, read.max(details.most(&[Member::CachedTokens])))
            | replace(
                &mut self.cache_write,
                write
                    .max(details.most(&[Member::CacheWriteTokens, Member::CacheCreationTokens]))
                    .max(parts.map(|parts| parts.min(MAX_TOKENS))),
            )
            | replace(&mut self.cache_write_1h, hour)
            | cost.is_some()
    }

    /// So many images are in the answer.
    pub fn has_images(&mut self, images: u64) {
        self.images = images;
    }

    /// One more image has come.
    pub fn one_more_image(&mut self) {
        self.images = self.images.saturating_add(1);
    }

    /// The images that were made.
    pub fn images(&self) -> u64 {
        self.images
    }

    /// The last report as the provider worded it; `None` where it is longer than [`MAX_RAW`]: a part would be wrong.
    pub fn raw(&self) -> Option<String> {
        self.raw.clone()
    }

    /// What the provider took, where it is said.
    pub fn cost(&self) -> Option<NanoUsd> {
        self.cost
    }

    /// The tokens in disjoint classes, each at most [`MAX_TOKENS`]; `None` where none were reported.
    ///
    /// `OpenAI` counts cached tokens within the input and reasoning within the output, Anthropic counts the
    /// cached ones beside the input. What a class has more than the count that it is a part of is not believed.
    pub fn tokens(&self, endpoint: Endpoint) -> Option<TokenUsage> {
        let (input, output, beside) = self.sums(endpoint)?;
        let (read, write) = (self.cache_read.unwrap_or(0), self.cache_write.unwrap_or(0));
        let (cache_read, cache_write, input) = if endpoint == Endpoint::Messages {
            (read, write, input)
        } else {
            let read = read.min(input);
            let write = write.min(input - read);
            (read, write, input - read - write)
        };
        let cache_write_1h = self.cache_write_1h.unwrap_or(0).min(cache_write);
        let audio_input = self.audio_input.unwrap_or(0).min(input);
        let within = self.reasoning.unwrap_or(0).saturating_sub(beside).min(output);
        let output = output - within;
        let audio_output = self.audio_output.unwrap_or(0).min(output);
        Some(TokenUsage {
            input: input - audio_input,
            cache_read,
            cache_write: cache_write - cache_write_1h,
            cache_write_1h,
            output: output - audio_output,
            reasoning: beside + within,
            audio_input,
            audio_output,
        })
    }

    /// All input, all output, and the reasoning that is not within it: what the total has beyond these two. Without
    /// an output of text there is no reasoning: there it is input. A total that is too small takes nothing away.
    fn sums(&self, endpoint: Endpoint) -> Option<(u64, u64, u64)> {
        let tools = self.tool_use.unwrap_or(0);
        let reads_only = matches!(endpoint, Endpoint::Embeddings | Endpoint::Rerank | Endpoint::Moderations);
        match (self.input, self.output, self.total) {
            (None, None, None) => None,
            (None, output, Some(total)) if endpoint != Endpoint::Messages || output.is_none() => {
                let output = output.unwrap_or(0);
                Some((total.saturating_sub(output), output, 0))
            }
            (Some(input), output, Some(total)) if endpoint != Endpoint::Messages => {
                let rest =
                    total.saturating_sub(input).saturating_sub(output.unwrap_or(0)).saturating_sub(tools);
                Some(match output {
                    _ if reads_only => (input + rest, output.unwrap_or(0), 0),
                    Some(output) => (input, output, rest),
                    None => (input, rest, 0),
                })
            }
            (input, output, _) => Some((input.unwrap_or(0), output.unwrap_or(0), 0)),
        }
    }
}

/// Takes a number where one is said, and tells whether it is.
fn replace(count: &mut Option<u64>, said: Option<u64>) -> bool {
    *count = said.or(*count);
    said.is_some()
}

/// A whole number, forced into 0 to [`MAX_TOKENS`]; anything else says nothing. Providers whose counts are floats
/// write `5.0`.
pub(super) fn whole(said: &str) -> Option<u64> {
    let (whole, fraction) = said.split_once('.').unwrap_or((said, ""));
    let whole = whole.parse::<i128>().ok().filter(|_| fraction.bytes().all(|digit| digit == b'0'))?;
    Some(u64::try_from(whole.max(0)).unwrap_or(MAX_TOKENS).min(MAX_TOKENS))
}

//! Tokens that nobody reported, estimated from what went by. What a provider reports is never replaced by it.

use alias_core::usage::{Endpoint, Outcome, TokenUsage, UsageEvent, UsageSource};

/// Bytes of text to a token, as providers' own rule of thumb for English has it.
const BYTES: usize = 4;

/// The tokens of so many bytes of text.
pub(crate) fn tokens(bytes: usize) -> u64 {
    bytes.div_ceil(BYTES) as u64
}

/// What is known of a call besides reports.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Estimate {
    pub(super) input: u64,
    /// `None`: nothing of an answer came.
    pub(super) output: Option<u64>,
    /// Whether the provider's last word on usage came, if it has one.
    pub(super) whole: bool,
}

impl Estimate {
    /// Fills in what the provider did not say: all of it, or the output of an answer that broke off.
    pub(super) fn complete(&self, event: &mut UsageEvent) {
        if !counts_tokens(event.call.endpoint) {
            return;
        }
        // A call that was sent and left before anything came: its input was read all the same.
        let left = event.outcome == Outcome::Disconnected;
        let Some(output) = self.output.or(left.then_some(0)) else { return };
        let output = if event.call.endpoint == Endpoint::Embeddings { 0 } else { output };
        let estimated = match &mut event.tokens {
            None => {
                event.tokens = Some(TokenUsage { input: self.input, output, ..TokenUsage::default() });
                true
            }
            // Streams of Anthropic's dialect begin with a count of what has been written until then: one token.
            Some(tokens) if event.outcome != Outcome::Complete && !self.whole && tokens.output < output => {
                tokens.output = output;
                true
            }
            Some(_) => false,
        };
        if estimated {
            event.settlement.source = UsageSource::Estimated;
        }
    }
}

/// Whether the endpoint is paid by tokens of text.
fn counts_tokens(endpoint: Endpoint) -> bool {
    matches!(
        endpoint,
        Endpoint::ChatCompletions
            | Endpoint::Completions
            | Endpoint::Responses
            | Endpoint::Messages
            | Endpoint::Embeddings
    )
}

//! What a provider reports of a call's usage: any dialect, any nonsense, as disjoint classes of tokens.

use alias_core::money::NanoUsd;
use alias_core::usage::{Endpoint, MAX_RAW, MAX_TOKENS, TokenUsage};

use super::counts::Counts;

/// What was reported so far. Later reports of one answer replace earlier ones, number by number: streams
/// repeat themselves, and their counts are totals.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reported {
    /// The last report, as it came.
    raw: Option<String>,
    input: Option<u64>,
    output: Option<u64>,
    total: Option<u64>,
    cache_read: Option<u64>,
    cache_write: Option<u64>,
    reasoning: Option<u64>,
    audio_input: Option<u64>,
    audio_output: Option<u64>,
    cost: Option<NanoUsd>,
}

impl Reported {
    /// Takes in a `usage` object. What is none, or holds no number, changes nothing.
    pub fn merge(&mut self, usage: &str) {
        let raw = usage;
        let Ok(usage) = Counts::read(usage) else { return };
        self.raw = Some(raw.to_owned()).filter(|raw| raw.len() <= MAX_RAW).or(self.raw.take());
        let details = |name| usage.get(name).and_then(|details| Counts::read(details).ok());
        let input = details("prompt_tokens_details").or_else(|| details("input_tokens_details"));
        let output = details("completion_tokens_details").or_else(|| details("output_tokens_details"));
        let cached = input.and_then(|input| input.get("cached_tokens"));
        replace(&mut self.input, usage.get("prompt_tokens").or(usage.get("input_tokens")));
        replace(&mut self.output, usage.get("completion_tokens").or(usage.get("output_tokens")));
        replace(&mut self.total, usage.get("total_tokens"));
        replace(&mut self.cache_read, usage.get("cache_read_input_tokens").or(cached));
        replace(&mut self.cache_write, usage.get("cache_creation_input_tokens"));
        replace(&mut self.reasoning, output.and_then(|output| output.get("reasoning_tokens")));
        replace(&mut self.audio_input, input.and_then(|input| input.get("audio_tokens")));
        replace(&mut self.audio_output, output.and_then(|output| output.get("audio_tokens")));
        let cost = usage.get("cost");
        let cost = cost.and_then(|cost| NanoUsd::from_usd(cost.trim_matches('"')));
        self.cost = cost.or(self.cost);
    }

    /// The last report as the provider worded it, up to a bound.
    pub fn raw(&self) -> Option<String> {
        self.raw.clone()
    }

    /// What the provider took, where it is said.
    pub fn cost(&self) -> Option<NanoUsd> {
        self.cost
    }

    /// The tokens in disjoint classes; `None` where none were reported.
    ///
    /// `OpenAI` counts cached tokens within the input and reasoning within the output, Anthropic counts the
    /// cached ones beside the input.
    pub fn tokens(&self, endpoint: Endpoint) -> Option<TokenUsage> {
        if self.input.is_none() && self.output.is_none() && self.total.is_none() {
            return None;
        }
        let all_output = self.output.unwrap_or(0);
        let reasoning = self.reasoning.unwrap_or(0).min(all_output);
        let input = self.input.or_else(|| Some(self.total?.saturating_sub(all_output))).unwrap_or(0);
        let (read, write) = (self.cache_read.unwrap_or(0), self.cache_write.unwrap_or(0));
        let (cache_read, cache_write, input) = if endpoint == Endpoint::Messages {
            (read, write, input)
        } else {
            let read = read.min(input);
            let write = write.min(input - read);
            (read, write, input - read - write)
        };
        let audio_input = self.audio_input.unwrap_or(0).min(input);
        let output = all_output - reasoning;
        let audio_output = self.audio_output.unwrap_or(0).min(output);
        Some(TokenUsage {
            input: input - audio_input,
            cache_read,
            cache_write,
            output: output - audio_output,
            reasoning,
            audio_input,
            audio_output,
        })
    }
}

/// Takes a whole number, forced into 0 to [`MAX_TOKENS`]; anything else says nothing. Providers whose counts are
/// floats write `5.0`.
fn replace(count: &mut Option<u64>, said: Option<&str>) {
    let whole = said.and_then(|said| {
        let (whole, fraction) = said.split_once('.').unwrap_or((said, ""));
        whole.parse::<i128>().ok().filter(|_| fraction.bytes().all(|digit| digit == b'0'))
    });
    if let Some(said) = whole {
        *count = Some(u64::try_from(said.max(0)).unwrap_or(MAX_TOKENS).min(MAX_TOKENS));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tokens(endpoint: Endpoint, reports: &[&str]) -> Option<TokenUsage> {
        let mut all = Reported::default();
        for report in reports {
            all.merge(report);
        }
        all.tokens(endpoint)
    }

    fn classes(input: u64, cache_read: u64, cache_write: u64, output: u64, reasoning: u64) -> TokenUsage {
        TokenUsage { input, cache_read, cache_write, output, reasoning, ..TokenUsage::default() }
    }

    #[test]
    fn cached_and_reasoning_tokens_are_taken_out_of_openais_totals() {
        let usage = r#"{"prompt_tokens":100,"completion_tokens":50,"total_tokens":150,
            "prompt_tokens_details":{"cached_tokens":40},"completion_tokens_details":{"reasoning_tokens":20}}"#;
        assert_eq!(tokens(Endpoint::ChatCompletions, &[usage]), Some(classes(60, 40, 0, 30, 20)));
        let usage = r#"{"input_tokens":100,"output_tokens":50,"input_tokens_details":{"cached_tokens":40},
            "output_tokens_details":{"reasoning_tokens":20}}"#;
        assert_eq!(tokens(Endpoint::Responses, &[usage]), Some(classes(60, 40, 0, 30, 20)));
    }

    #[test]
    fn anthropics_cumulative_reports_are_merged_not_added() {
        let start = r#"{"input_tokens":10,"cache_read_input_tokens":7,"cache_creation_input_tokens":3,"output_tokens":1}"#;
        let deltas = [start, r#"{"output_tokens":5}"#, r#"{"output_tokens":9}"#];
        assert_eq!(tokens(Endpoint::Messages, &deltas), Some(classes(10, 7, 3, 9, 0)));
    }

    #[test]
    fn embeddings_and_totals_alone_are_input() {
        assert_eq!(
            tokens(Endpoint::Embeddings, &[r#"{"prompt_tokens":8,"total_tokens":8}"#]),
            Some(classes(8, 0, 0, 0, 0))
        );
        assert_eq!(tokens(Endpoint::Rerank, &[r#"{"total_tokens":8}"#]), Some(classes(8, 0, 0, 0, 0)));
    }

    #[test]
    fn absurd_numbers_are_clamped_and_nonsense_is_unknown() {
        let of = |usage| tokens(Endpoint::ChatCompletions, &[usage]);
        assert_eq!(of(r#"{"prompt_tokens":-5000,"completion_tokens":-5000}"#), Some(classes(0, 0, 0, 0, 0)));
        let huge = r#"{"prompt_tokens":4611686018427387904,"completion_tokens":9223372036854775808}"#;
        assert_eq!(of(huge), Some(classes(MAX_TOKENS, 0, 0, MAX_TOKENS, 0)));
        assert_eq!(of(r#"{"prompt_tokens":"NaN","completion_tokens":null,"total_tokens":1e308}"#), None);
        for nonsense in ["null", "[]", "7", "{}", "{", r#"{"prompt_tokens":{}}"#] {
            assert_eq!(of(nonsense), None, "{nonsense}");
        }
        let lies = r#"{"prompt_tokens":5,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":900},"completion_tokens_details":"no"}"#;
        assert_eq!(of(lies), Some(classes(0, 5, 0, 2, 0)));
    }

    #[test]
    fn of_a_name_that_stands_twice_the_last_value_counts() {
        let of = |usage| tokens(Endpoint::ChatCompletions, &[usage]);
        let twice = r#"{"prompt_tokens":1,"x":[],"prompt_t\u006fkens":2,"completion_tokens":9,"completion_tokens":3,
            "prompt_tokens_details":{"cached_tokens":2,"cached_tokens":1}}"#;
        assert_eq!(of(twice), Some(classes(1, 1, 0, 3, 0)));
        assert_eq!(of(r#"{"prompt_tokens":1,"prompt_tokens":null}"#), None);
    }

    #[test]
    fn whole_floats_are_counts_and_other_floats_are_not() {
        let of = |usage| tokens(Endpoint::ChatCompletions, &[usage]);
        assert_eq!(of(r#"{"prompt_tokens":5.0,"completion_tokens":3.00}"#), Some(classes(5, 0, 0, 3, 0)));
        assert_eq!(of(r#"{"prompt_tokens":-5.0}"#), Some(classes(0, 0, 0, 0, 0)));
        for unknown in ["5.5", "0.1", "5e3", "5.0e3", "\"5.0\"", "true"] {
            let usage = format!(r#"{{"prompt_tokens":{unknown}}}"#);
            assert_eq!(tokens(Endpoint::ChatCompletions, &[&usage]), None, "{unknown}");
        }
    }

    #[test]
    fn a_cost_is_known_only_where_it_is_said() {
        let cost = |usage| {
            let mut all = Reported::default();
            all.merge(usage);
            all.cost()
        };
        assert_eq!(cost(r#"{"cost":0.00012}"#), Some(NanoUsd::new(120_000)));
        assert_eq!(cost(r#"{"cost":"1.2e-4"}"#), Some(NanoUsd::new(120_000)));
        assert_eq!(cost(r#"{"cost":0}"#), Some(NanoUsd::ZERO));
        for unknown in [r#"{"cost":null}"#, r#"{"cost":-1}"#, r#"{"cost":{}}"#, "{}"] {
            assert_eq!(cost(unknown), None, "{unknown}");
        }
    }

    proptest! {
        #[test]
        fn no_report_makes_more_than_the_bound_or_a_panic(input: i128, output: i128, cached: i128, reasoning: i128, messages: bool) {
            let usage = format!(
                r#"{{"prompt_tokens":{input},"completion_tokens":{output},"cache_creation_input_tokens":{cached},
                "prompt_tokens_details":{{"cached_tokens":{cached}}},"completion_tokens_details":{{"reasoning_tokens":{reasoning}}}}}"#
            );
            let endpoint = if messages { Endpoint::Messages } else { Endpoint::ChatCompletions };
            let all = tokens(endpoint, &[&usage]).unwrap();
            prop_assert!(all.total() <= 4 * MAX_TOKENS);
            if !messages {
                prop_assert_eq!(all.all_input(), u64::try_from(input.clamp(0, i128::from(MAX_TOKENS))).unwrap());
            }
        }
    }
}

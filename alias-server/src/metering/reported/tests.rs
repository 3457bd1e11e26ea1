//! What reports of all dialects, and nonsense, become.

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
fn what_a_cache_keeps_for_an_hour_is_a_class_of_its_own_within_what_was_written() {
    let kept =
        |cache_write, cache_write_1h| TokenUsage { cache_write_1h, ..classes(10, 0, cache_write, 1, 0) };
    let of = |caches: &str| {
        tokens(Endpoint::Messages, &[&format!(r#"{{"input_tokens":10,"output_tokens":1{caches}}}"#)])
    };
    let both = r#","cache_creation":{"ephemeral_5m_input_tokens":3,"ephemeral_1h_input_tokens":4}"#;
    assert_eq!(of(&format!(r#"{both},"cache_creation_input_tokens":7"#)), Some(kept(3, 4)));
    assert_eq!(of(both), Some(kept(3, 4)), "the parts make the sum where it is not said");
    let lies = r#","cache_creation":{"ephemeral_1h_input_tokens":9},"cache_creation_input_tokens":7"#;
    assert_eq!(of(lies), Some(kept(0, 9)));
    assert_eq!(of(r#","cache_creation":null,"cache_creation_input_tokens":7"#), Some(kept(7, 0)));
    let chat = r#"{"prompt_tokens":17,"completion_tokens":1,"prompt_tokens_details":{"cache_creation_tokens":7,
        "cache_creation_token_details":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":7}}}"#;
    assert_eq!(tokens(Endpoint::ChatCompletions, &[chat]), Some(kept(0, 7)));
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

/// A call's reports, the classes that they become, and what the provider bills in all.
#[derive(serde::Deserialize)]
struct Fixture<'a> {
    name: &'a str,
    endpoint: Endpoint,
    #[serde(borrow)]
    reports: Vec<&'a serde_json::value::RawValue>,
    tokens: TokenUsage,
    total: u64,
}

#[test]
fn every_dialect_comes_apart_into_classes_that_sum_to_what_is_billed() {
    for file in [
        include_str!("../../../tests/data/usage/openai.json"),
        include_str!("../../../tests/data/usage/anthropic.json"),
        include_str!("../../../tests/data/usage/gemini.json"),
        include_str!("../../../tests/data/usage/others.json"),
    ] {
        for fixture in serde_json::from_str::<Vec<Fixture<'_>>>(file).unwrap() {
            let reports: Vec<&str> = fixture.reports.iter().map(|report| report.get()).collect();
            let found = tokens(fixture.endpoint, &reports);
            assert_eq!(found, Some(fixture.tokens), "{}", fixture.name);
            assert_eq!(found.map(|tokens| tokens.total()), Some(fixture.total), "{}", fixture.name);
        }
    }
}

#[test]
fn what_is_kept_is_the_last_report_as_it_came_with_its_cost() {
    let raw = |reports: &[&str]| {
        let mut all = Reported::default();
        for report in reports {
            all.merge(report);
        }
        all.raw()
    };
    let usage = r#"{ "prompt_tokens":7, "cost":0.00012, "own":[1, {"x":null}],"prompt_tokens":8 }"#;
    assert_eq!(raw(&[r#"{"prompt_tokens":1}"#, usage]).as_deref(), Some(usage));
    // What says no number is no report.
    assert_eq!(raw(&[usage, "{}", "null", r#"{"prompt_tokens":null}"#]).as_deref(), Some(usage));
}

#[test]
fn a_report_that_is_too_large_to_keep_is_counted_and_dropped_whole() {
    let of = |length: usize| format!("{:length$}", r#"{"prompt_tokens":7}"#);
    let mut all = Reported::default();
    all.merge(&of(MAX_RAW));
    assert_eq!(all.raw(), Some(of(MAX_RAW)));
    all.merge(&of(MAX_RAW + 1));
    assert_eq!((all.raw(), all.tokens(Endpoint::Completions)), (None, Some(classes(7, 0, 0, 0, 0))));
}

#[test]
fn an_older_total_adds_nothing_to_newer_counts() {
    let first = r#"{"prompt_tokens":100,"completion_tokens":5,"total_tokens":105}"#;
    let second = r#"{"prompt_tokens":60,"completion_tokens":10}"#;
    assert_eq!(tokens(Endpoint::ChatCompletions, &[first, second]), Some(classes(60, 0, 0, 10, 0)));
}

/// A number as a provider may write it, or something else.
fn number() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => (0..5_000_u64).prop_map(|n| n.to_string()),
        1 => any::<i128>().prop_map(|n| n.to_string()),
        1 => any::<f64>().prop_filter("JSON", |n| n.is_finite()).prop_map(|n| format!("{n:?}")),
        1 => (0..5_000_u64).prop_map(|n| format!("{n}.0")),
        1 => prop::sample::select(vec!["null", "\"7\"", "{}", "[]", "true", "-0", "1e999", "99999999999999999999999999999999999999999"]).prop_map(str::to_owned),
    ]
}

const TOP: [&str; 8] = [
    "prompt_tokens",
    "input_tokens",
    "completion_tokens",
    "output_tokens",
    "total_tokens",
    "cache_read_input_tokens",
    "cache_creation_input_tokens",
    "prompt_cache_hit_tokens",
];
const DETAILS: [&str; 5] = [
    "prompt_tokens_details",
    "input_tokens_details",
    "completion_tokens_details",
    "output_tokens_details",
    "cache_creation",
];
const WITHIN: [&str; 8] = [
    "ephemeral_5m_input_tokens",
    "ephemeral_1h_input_tokens",
    "cached_tokens",
    "cache_write_tokens",
    "audio_tokens",
    "reasoning_tokens",
    "thinking_tokens",
    "tool_use_tokens",
];

/// An object of any of these names, some of them twice.
fn object(names: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop::collection::vec((prop::sample::select(names), number()), 0..10).prop_map(|members| {
        let members: Vec<String> =
            members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
        format!("{{{}}}", members.join(","))
    })
}

fn report() -> impl Strategy<Value = String> {
    let details = prop::collection::vec((prop::sample::select(&DETAILS[..]), object(&WITHIN)), 0..4);
    (object(&TOP), details).prop_map(|(top, details)| {
        let details: Vec<String> = details.iter().map(|(name, of)| format!("\"{name}\":{of}")).collect();
        let top = &top[1..top.len() - 1];
        let members: Vec<&str> = std::iter::once(top)
            .chain(details.iter().map(String::as_str))
            .filter(|all| !all.is_empty())
            .collect();
        format!("{{{}}}", members.join(","))
    })
}

fn endpoint() -> impl Strategy<Value = Endpoint> {
    prop::sample::select(&Endpoint::ALL[..])
}

proptest! {
    #[test]
    fn no_report_makes_a_panic_or_a_class_of_more_than_its_bound(reports in prop::collection::vec(report(), 0..4), endpoint in endpoint()) {
        let reports: Vec<&str> = reports.iter().map(String::as_str).collect();
        if let Some(all) = tokens(endpoint, &reports) {
            let classes =
                [all.input, all.cache_read, all.cache_write, all.cache_write_1h, all.output, all.reasoning, all.audio_input, all.audio_output];
            prop_assert!(classes.iter().all(|class| *class <= MAX_TOKENS), "{:?}", all);
            prop_assert_eq!(classes.iter().sum::<u64>(), all.total());
            prop_assert!(all.total() <= 4 * MAX_TOKENS);
        }
    }

    #[test]
    fn the_classes_sum_to_the_larger_of_the_total_and_its_parts(
        (input, output, total) in (0..=MAX_TOKENS, 0..=MAX_TOKENS, 0..=MAX_TOKENS),
        (cached, written, reasoning, audio) in any::<(u32, u32, u32, u32)>(),
        endpoint in endpoint(),
    ) {
        let usage = format!(
            r#"{{"prompt_tokens":{input},"completion_tokens":{output},"total_tokens":{total},
            "prompt_tokens_details":{{"cached_tokens":{cached},"cache_write_tokens":{written},"audio_tokens":{audio}}},
            "completion_tokens_details":{{"reasoning_tokens":{reasoning},"audio_tokens":{audio}}}}}"#
        );
        let found = tokens(endpoint, &[&usage]).unwrap();
        if endpoint == Endpoint::Messages {
            let caches = u64::from(cached).min(MAX_TOKENS) + u64::from(written).min(MAX_TOKENS);
            prop_assert_eq!(found.total(), input + output + caches);
        } else {
            prop_assert_eq!(found.total(), total.max(input + output));
        }
    }

    #[test]
    fn a_full_report_replaces_all_earlier_ones(earlier in prop::collection::vec(report(), 0..3), last in prop::array::uniform10(0..=MAX_TOKENS), endpoint in endpoint()) {
        let [input, output, total, read, write, hour, reasoning, heard, spoken, tools] = last;
        let last = format!(
            r#"{{"prompt_tokens":{input},"completion_tokens":{output},"total_tokens":{total},
            "prompt_tokens_details":{{"cached_tokens":{read},"cache_write_tokens":{write},"audio_tokens":{heard},"tool_use_tokens":{tools},
                "cache_creation_token_details":{{"ephemeral_1h_input_tokens":{hour}}}}},
            "completion_tokens_details":{{"reasoning_tokens":{reasoning},"audio_tokens":{spoken}}}}}"#
        );
        let mut reports: Vec<&str> = earlier.iter().map(String::as_str).collect();
        reports.push(&last);
        prop_assert_eq!(tokens(endpoint, &reports), tokens(endpoint, &[&last]));
    }
}

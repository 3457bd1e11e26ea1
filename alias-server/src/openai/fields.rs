//! The allow-lists of call bodies: which fields a caller may send to which endpoint, and how each is read.
//!
//! The lists hold what the APIs of `OpenAI`, Anthropic and (rerank) Cohere document, and the inference parameters of
//! providers that LiteLLM documents. Left out on purpose: everything that steers LiteLLM or reaches another model
//! (see [`crate::openai::steering`]), and second spellings of `max_tokens` and `n`, which would pass by their checks.

use alias_core::usage::Endpoint;

pub use crate::openai::steering::{ExtraFields, InvalidExtraField};

/// How a field is read before it is passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Well-formed JSON, passed on as the same bytes.
    Opaque,
    /// The name of the model: a string.
    Model,
    /// Whether to stream: a boolean or null.
    Stream,
    /// An object of flags for streams.
    StreamOptions,
    /// A flat map of strings.
    Metadata,
    /// A list of tools, with documented members only.
    Tools,
    /// A list of functions, the older form of tools.
    Functions,
    /// Nothing but false or null: an answer in the background would be counted for nobody.
    Foreground,
    /// The id of an answer of ours, or null.
    ResponseId,
    /// A string.
    Text,
    /// A list.
    List,
    /// A string or a list.
    TextOrList,
    /// A limit of output tokens: a positive integer or null.
    Tokens,
    /// A number of answers: a small positive integer or null.
    Count,
}

/// How the endpoint reads a field; `None` where it does not have it.
pub fn rule(endpoint: Endpoint, name: &str) -> Option<Rule> {
    let (own, shared) = lists(endpoint);
    let listed = own.binary_search(&name).is_ok() || shared.binary_search(&name).is_ok();
    listed.then(|| reading(endpoint, name))
}

/// Every field that some endpoint has; some stand here more than once.
pub fn all_names() -> impl Iterator<Item = &'static str> {
    Endpoint::ALL.into_iter().flat_map(names)
}

/// Whether some endpoint has the field.
pub fn is_listed(name: &str) -> bool {
    Endpoint::ALL.into_iter().any(|endpoint| rule(endpoint, name).is_some())
}

/// Every field that the endpoint has.
pub fn names(endpoint: Endpoint) -> impl Iterator<Item = &'static str> {
    let (own, shared) = lists(endpoint);
    own.iter().chain(shared).copied()
}

/// The fields that a call cannot do without. A model is none of them: the team may have a default.
pub fn required(endpoint: Endpoint) -> &'static [&'static str] {
    match endpoint {
        Endpoint::ChatCompletions => &["messages"],
        Endpoint::Messages => &["messages", "max_tokens"],
        Endpoint::Completions | Endpoint::ImagesGenerations => &["prompt"],
        Endpoint::Embeddings | Endpoint::Moderations => &["input"],
        Endpoint::Rerank => &["query", "documents"],
        // What to answer may also come from a stored prompt or conversation: the provider says what is missing.
        _ => &[],
    }
}

/// Whether the endpoint's streams report usage only where `stream_options.include_usage` is set.
pub fn reports_usage_on_request(endpoint: Endpoint) -> bool {
    matches!(endpoint, Endpoint::ChatCompletions | Endpoint::Completions)
}

/// The endpoint's own list and the one it shares with others.
fn lists(endpoint: Endpoint) -> (&'static [&'static str], &'static [&'static str]) {
    match endpoint {
        Endpoint::ChatCompletions => (CHAT_COMPLETIONS, INFERENCE),
        Endpoint::Completions => (COMPLETIONS, INFERENCE),
        Endpoint::Responses => (RESPONSES, INFERENCE),
        Endpoint::Embeddings => (EMBEDDINGS, &[]),
        Endpoint::Messages => (MESSAGES, &[]),
        Endpoint::ImagesGenerations => (IMAGES_GENERATIONS, &[]),
        Endpoint::Moderations => (MODERATIONS, &[]),
        Endpoint::Rerank => (RERANK, &[]),
        // An endpoint without a list takes nothing.
        _ => (&[], &[]),
    }
}

fn reading(endpoint: Endpoint, name: &str) -> Rule {
    match name {
        "model" => Rule::Model,
        "stream" => Rule::Stream,
        "stream_options" => Rule::StreamOptions,
        "metadata" => Rule::Metadata,
        "tools" => Rule::Tools,
        "functions" => Rule::Functions,
        "messages" => Rule::List,
        "input" => Rule::TextOrList,
        "query" => Rule::Text,
        "max_tokens" | "max_completion_tokens" | "max_output_tokens" => Rule::Tokens,
        "n" | "best_of" => Rule::Count,
        "prompt" if endpoint == Endpoint::Completions => Rule::TextOrList,
        "prompt" if endpoint == Endpoint::ImagesGenerations => Rule::Text,
        "documents" if endpoint == Endpoint::Rerank => Rule::List,
        "previous_response_id" => Rule::ResponseId,
        "background" if endpoint == Endpoint::Responses => Rule::Foreground,
        _ => Rule::Opaque,
    }
}

// Each list is sorted: it is searched by halves.

/// Inference parameters of providers, beyond `OpenAI`'s, on every endpoint that generates text.
const INFERENCE: &[&str] = &[
    "bad_words",
    "chat_template_kwargs",
    "citation_options",
    "context_length_exceeded_behavior",
    "documents",
    "enable_search",
    "enable_thinking",
    "guided_choice",
    "guided_grammar",
    "guided_json",
    "guided_regex",
    "ignore_eos",
    "include_reasoning",
    "include_stop_str_in_output",
    "length_penalty",
    "min_p",
    "min_tokens",
    "mirostat",
    "mirostat_eta",
    "mirostat_tau",
    "num_ctx",
    "prompt_mode",
    "prompt_truncate_len",
    "random_seed",
    "reasoning_effort",
    "reasoning_format",
    "repeat_last_n",
    "repeat_penalty",
    "repetition_penalty",
    "return_images",
    "return_related_questions",
    "safe_prompt",
    "safety_settings",
    "search_domain_filter",
    "search_mode",
    "search_parameters",
    "search_recency_filter",
    "skip_special_tokens",
    "spaces_between_special_tokens",
    "stop_token_ids",
    "structured_outputs",
    "tfs_z",
    "thinking",
    "thinking_budget",
    "top_a",
    "top_k",
    "typical_p",
];

const CHAT_COMPLETIONS: &[&str] = &[
    "audio",
    "cache_control",
    "context_management",
    "frequency_penalty",
    "function_call",
    "functions",
    "logit_bias",
    "logprobs",
    "max_completion_tokens",
    "max_tokens",
    "messages",
    "metadata",
    "modalities",
    "model",
    "moderation",
    "n",
    "parallel_tool_calls",
    "prediction",
    "presence_penalty",
    "prompt_cache_key",
    "prompt_cache_options",
    "prompt_cache_retention",
    "reasoning",
    "response_format",
    "safety_identifier",
    "seed",
    "service_tier",
    "stop",
    "store",
    "stream",
    "stream_options",
    "temperature",
    "tool_choice",
    "tools",
    "top_logprobs",
    "top_p",
    "user",
    "verbosity",
    "web_search_options",
];

const COMPLETIONS: &[&str] = &[
    "best_of",
    "echo",
    "frequency_penalty",
    "logit_bias",
    "logprobs",
    "max_tokens",
    "model",
    "n",
    "presence_penalty",
    "prompt",
    "seed",
    "stop",
    "stream",
    "stream_options",
    "suffix",
    "temperature",
    "top_p",
    "user",
];

const EMBEDDINGS: &[&str] = &[
    "dimensions",
    "embedding_type",
    "embedding_types",
    "encoding_format",
    "input",
    "input_type",
    "late_chunking",
    "model",
    "normalized",
    "output_dimension",
    "output_dtype",
    "task",
    "task_type",
    "title",
    "truncate",
    "truncation",
    "user",
];

const RESPONSES: &[&str] = &[
    "access_programs",
    "background",
    "context_management",
    "conversation",
    "image",
    "include",
    "input",
    "instructions",
    "max_output_tokens",
    "max_tool_calls",
    "metadata",
    "model",
    "moderation",
    "parallel_tool_calls",
    "previous_response_id",
    "prompt",
    "prompt_cache_key",
    "prompt_cache_options",
    "prompt_cache_retention",
    "reasoning",
    "safety_identifier",
    "service_tier",
    "store",
    "stream",
    "stream_options",
    "temperature",
    "text",
    "tool_choice",
    "tools",
    "top_logprobs",
    "top_p",
    "truncation",
    "user",
];

const MESSAGES: &[&str] = &[
    "cache_control",
    "container",
    "context_management",
    "diagnostics",
    "inference_geo",
    "max_tokens",
    "messages",
    "metadata",
    "model",
    "output_config",
    "output_format",
    "service_tier",
    "speed",
    "stop_sequences",
    "stream",
    "system",
    "temperature",
    "thinking",
    "tool_choice",
    "tools",
    "top_k",
    "top_p",
];

const IMAGES_GENERATIONS: &[&str] = &[
    "aspect_ratio",
    "background",
    "cfg_scale",
    "complexity",
    "frame_count",
    "frame_duration_ms",
    "guidance_scale",
    "model",
    "moderation",
    "n",
    "negative_prompt",
    "num_inference_steps",
    "output_compression",
    "output_format",
    "partial_images",
    "prompt",
    "quality",
    "response_format",
    "safety_identifier",
    "seed",
    "size",
    "stream",
    "style",
    "style_preset",
    "user",
];

const MODERATIONS: &[&str] = &["input", "model"];

const RERANK: &[&str] = &[
    "documents",
    "instruction",
    "max_chunks_per_doc",
    "max_tokens_per_doc",
    "model",
    "query",
    "rank_fields",
    "return_documents",
    "top_n",
    "truncation",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openai::steering::steers;

    #[test]
    fn every_list_is_sorted_and_no_field_stands_twice() {
        for endpoint in Endpoint::ALL {
            let (own, shared) = lists(endpoint);
            for list in [own, shared] {
                assert!(list.is_sorted_by(|a, b| a < b), "{endpoint}");
            }
            assert!(own.iter().all(|name| shared.binary_search(name).is_err()), "{endpoint}");
        }
    }

    #[test]
    fn no_list_holds_a_field_that_steers_litellm() {
        for endpoint in Endpoint::ALL {
            for name in names(endpoint) {
                assert!(!steers(name), "{endpoint}: {name}");
            }
        }
    }

    #[test]
    fn what_an_endpoint_requires_it_also_has() {
        for endpoint in Endpoint::ALL {
            for name in required(endpoint) {
                assert!(rule(endpoint, name).is_some(), "{endpoint}: {name}");
            }
        }
    }

    #[test]
    fn no_second_spelling_of_a_limit_passes_by_its_check() {
        for name in [
            "max_new_tokens",
            "max_tokens_to_sample",
            "num_predict",
            "candidate_count",
            "num_return_sequences",
        ] {
            assert!(Endpoint::ALL.iter().all(|endpoint| rule(*endpoint, name).is_none()), "{name}");
        }
    }
}

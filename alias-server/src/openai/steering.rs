//! The names that steer LiteLLM: what neither a caller nor an operator's `extra_fields` may pass on.

use crate::openai::fields::{self, Rule};
use alias_core::usage::Endpoint;

/// The most extra fields that an operator may allow.
pub const MAX_EXTRA_FIELDS: usize = 64;
/// The longest name of an extra field, in bytes.
pub const MAX_FIELD_NAME: usize = 64;

/// Names that choose where LiteLLM sends a call, with which credentials, or whether it logs, checks and answers it.
const STEERING: &[&str] = &[
    "additional_drop_params",
    "allowed_model_region",
    "allowed_openai_params",
    "api_base",
    "api_version",
    "base_model",
    "base_url",
    "betas",
    "caching",
    "content_policy_fallbacks",
    "context_window_fallback_dict",
    "context_window_fallbacks",
    "custom_llm_provider",
    "custom_prompt_dict",
    "default_headers",
    "deployment_id",
    "deployment_url",
    "drop_params",
    "extra_body",
    "extra_headers",
    "extra_query",
    "fallback_credit_token",
    "fallback_models",
    "fallbacks",
    "force_timeout",
    "headers",
    "max_fallbacks",
    "max_retries",
    "model_alias_map",
    "model_config",
    "model_file_id_mapping",
    "model_group",
    "model_info",
    "model_list",
    "no_log",
    "num_retries",
    "nvcf_function_id",
    "openai_federation",
    "prompt_id",
    "prompt_label",
    "prompt_variables",
    "prompt_version",
    "provider_specific_header",
    "proxy_server_request",
    "request_timeout",
    "retry_policy",
    "retry_strategy",
    "router_settings_override",
    "routing_strategy",
    "secret_fields",
    "shared_session",
    "silent_model",
    "ssl_verify",
    "stream_timeout",
    "tag_regex",
    "tags",
    "token_exchange_endpoint",
    "trusted_callback_vars",
    "turn_off_message_logging",
    "use_litellm_proxy",
    "use_ssl",
    "user_config",
    "workspace_id",
];

/// Families of such names: LiteLLM's own, providers' credentials and endpoints, prices, loggers.
const FAMILIES: &[&str] = &[
    "_",
    "agentcore_",
    "anthropic_",
    "arize_",
    "auto_router_",
    "aws_",
    "azure_",
    "bedrock_",
    "cache_creation_input_",
    "cache_read_input_",
    "chatgpt_auth",
    "client_secret",
    "dd_",
    "gcs_",
    "github_copilot_",
    "humanloop_",
    "input_cost_",
    "langfuse_",
    "langsmith_",
    "litellm_",
    "mcp_",
    "mock_",
    "newrelic_",
    "oci_",
    "openai_identity_",
    "openai_service_account",
    "output_cost_",
    "posthog_",
    "s3_",
    "sagemaker_",
    "signoz_",
    "user_api_key",
    "vertex_",
    "wandb_",
    "watsonx_",
    "weave_",
    "x_litellm_",
];

/// Words that steer LiteLLM, or choose among models, as a field of a body; harmless as a caller's own label.
const STEERING_FIELDS: &[&str] = &[
    "budget_duration",
    "cache",
    "client",
    "cooldown_time",
    "cost_per_query",
    "cost_per_second",
    "itpm",
    "keep_alive",
    "max_budget",
    "models",
    "order",
    "organization",
    "otpm",
    "plugins",
    "priority",
    "project",
    "provider",
    "provider_options",
    "proxy",
    "region_name",
    "route",
    "router",
    "rpd",
    "rpm",
    "rust",
    "self",
    "timeout",
    "tpd",
    "tpm",
    "transforms",
    "ttl",
    "verbose",
    "weight",
];

/// Endings of names that hold an address or a secret.
const TELLING_ENDINGS: &[&str] = &[
    "_base",
    "_credential",
    "_credentials",
    "_endpoint",
    "_headers",
    "_host",
    "_password",
    "_proxy",
    "_retries",
    "_secret",
    "_timeout",
    "_token",
    "_uri",
    "_url",
];

/// Whether a name steers LiteLLM wherever LiteLLM reads it, at the top level or inside `metadata`.
pub fn steers(name: &str) -> bool {
    let name = normal(name);
    STEERING.binary_search(&name.as_str()).is_ok()
        || FAMILIES.iter().any(|family| name.starts_with(family))
        || name.contains("api_key")
        || name.contains("apikey")
        || name.contains("guardrail")
        || name.ends_with("_credentials")
}

/// One spelling of a name: LiteLLM has `no-log` beside `no_log`.
fn normal(name: &str) -> String {
    name.to_ascii_lowercase().replace(['-', '.', ' '], "_")
}

/// The operator's own extra fields: names that every endpoint takes and passes on unread.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExtraFields(Box<[Box<str>]>);

/// Why a name cannot be an extra field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidExtraField {
    /// Empty, longer than [`MAX_FIELD_NAME`], or with other characters than names have.
    #[error("{0:?} is no name of a field: use 1 to {MAX_FIELD_NAME} letters, digits, `_`, `-` and `.`")]
    Name(String),
    /// It would let callers steer LiteLLM.
    #[error("{0:?} steers LiteLLM (its targets, credentials, retries or logs): set it there, not in calls")]
    Steering(String),
    /// A field that is read and checked; as an extra field it would pass unchecked.
    #[error("{0:?} is a field that the server itself reads: leave it out")]
    Interpreted(String),
    /// More than [`MAX_EXTRA_FIELDS`] names.
    #[error("at most {MAX_EXTRA_FIELDS} names")]
    TooMany,
}

impl ExtraFields {
    /// Checks the operator's list. Names that stand twice count once.
    ///
    /// # Errors
    /// [`InvalidExtraField`] for the first name that cannot be one.
    pub fn new<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> Result<Self, InvalidExtraField> {
        let mut checked: Vec<Box<str>> = Vec::new();
        for name in names {
            checked.push(checked_name(name.as_ref())?.into());
        }
        checked.sort_unstable();
        checked.dedup();
        if checked.len() > MAX_EXTRA_FIELDS {
            return Err(InvalidExtraField::TooMany);
        }
        Ok(Self(checked.into()))
    }

    /// Whether the operator allows the name.
    pub fn contains(&self, name: &str) -> bool {
        self.0.binary_search_by(|known| (**known).cmp(name)).is_ok()
    }

    /// The names, sorted.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|name| &**name)
    }
}

fn checked_name(name: &str) -> Result<&str, InvalidExtraField> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"_-.".contains(&b);
    if !(1..=MAX_FIELD_NAME).contains(&name.len()) || !name.bytes().all(plain) {
        return Err(InvalidExtraField::Name(name.chars().take(MAX_FIELD_NAME).collect()));
    }
    let read = |endpoint: &Endpoint| fields::rule(*endpoint, name).is_some_and(|rule| rule != Rule::Opaque);
    if Endpoint::ALL.iter().any(read) {
        return Err(InvalidExtraField::Interpreted(name.into()));
    }
    let spelling = normal(name);
    if steers(name)
        || STEERING_FIELDS.binary_search(&spelling.as_str()).is_ok()
        || TELLING_ENDINGS.iter().any(|ending| spelling.ends_with(ending))
    {
        return Err(InvalidExtraField::Steering(name.into()));
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_searched_lists_are_sorted() {
        assert!(STEERING.is_sorted_by(|a, b| a < b));
        assert!(STEERING_FIELDS.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn an_operator_can_allow_a_parameter_of_his_provider() {
        let extra = ExtraFields::new(["use_beam_search", "dry_multiplier", "use_beam_search"]).unwrap();
        assert!(extra.contains("use_beam_search") && !extra.contains("use_beam"));
        assert_eq!(extra.iter().collect::<Vec<_>>(), ["dry_multiplier", "use_beam_search"]);
    }

    #[test]
    fn an_operator_cannot_open_what_steers_litellm() {
        for name in [
            "api_base",
            "API_BASE",
            "base_url",
            "api_key",
            "azure_api_key",
            "user_config",
            "fallbacks",
            "context_window_fallbacks",
            "mock_response",
            "mock_tool_calls",
            "litellm_params",
            "litellm_metadata",
            "extra_headers",
            "extra_body",
            "model_list",
            "custom_llm_provider",
            "vertex_credentials",
            "vertex_project",
            "some_credentials",
            "aws_region_name",
            "aws_bedrock_runtime_endpoint",
            "timeout",
            "no-log",
            "no_log",
            "guardrails",
            "disable_global_guardrail",
            "opted_out_global_guardrails",
            "caching",
            "cache",
            "tags",
            "num_retries",
            "headers",
            "api_version",
            "organization",
            "input_cost_per_token",
            "langfuse_host",
            "hf_token",
            "callback_url",
            "proxy",
            "models",
        ] {
            assert_eq!(ExtraFields::new([name]), Err(InvalidExtraField::Steering(name.into())), "{name}");
        }
    }

    #[test]
    fn an_operator_cannot_take_the_check_off_a_field_that_is_read() {
        for name in
            ["model", "stream", "stream_options", "tools", "metadata", "max_tokens", "n", "background"]
        {
            assert_eq!(ExtraFields::new([name]), Err(InvalidExtraField::Interpreted(name.into())), "{name}");
        }
    }

    #[test]
    fn a_name_that_would_need_escaping_is_no_field() {
        for name in ["", "a\"b", "a b", "é", "a\\u0062", &"n".repeat(65)] {
            assert!(matches!(ExtraFields::new([name]), Err(InvalidExtraField::Name(_))), "{name}");
        }
        let many: Vec<String> = (0..=MAX_EXTRA_FIELDS).map(|n| format!("f{n}")).collect();
        assert_eq!(ExtraFields::new(many), Err(InvalidExtraField::TooMany));
    }
}

//! Under which name the catalogue knows a model: targets and LiteLLM's map write the providers of some in several ways.

use crate::model_ref::ModelRef;

/// The provider that others belong to: LiteLLM tells families of some apart by what they serve.
pub(super) fn family(provider: &str) -> &str {
    let provider = provider.strip_prefix("text-completion-").unwrap_or(provider);
    match provider {
        "vertex_ai_beta" => "vertex_ai",
        _ if provider.starts_with("vertex_ai-") => "vertex_ai",
        _ if provider.starts_with("fireworks_ai-") => "fireworks_ai",
        "bedrock_converse" => "bedrock",
        "azure_text" => "azure",
        "cohere_chat" => "cohere",
        "amazon-nova" => "amazon_nova",
        _ => provider,
    }
}

/// The model of an entry of LiteLLM's map: its key as it is where that names the provider, else the provider before it.
pub(super) fn reference(key: &str, provider: &str) -> String {
    let provider = family(provider);
    match key.split_once('/') {
        Some((first, rest)) if family(first) == provider => format!("{provider}/{rest}"),
        _ => format!("{provider}/{key}"),
    }
}

/// What a target is looked up by: in lower case, under the family of its provider, without the words that only say how
/// LiteLLM talks to Bedrock. `azure/eu/…` and `openrouter/openai/…` are models of their own, with prices of their own.
pub fn place(model: &ModelRef) -> String {
    let (provider, mut rest) = (family(model.provider()), model.model());
    if provider == "bedrock" {
        let plain = ["converse/", "invoke/"].into_iter().find_map(|way| rest.strip_prefix(way));
        rest = plain.unwrap_or(rest);
    }
    format!("{provider}/{rest}").to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_names_its_model_with_and_without_the_provider() {
        for (key, provider, model) in [
            ("gpt-4o", "openai", "openai/gpt-4o"),
            ("gemini/gemini-pro", "gemini", "gemini/gemini-pro"),
            ("claude-3", "vertex_ai-anthropic_models", "vertex_ai/claude-3"),
            ("vertex_ai/llama", "vertex_ai-llama_models", "vertex_ai/llama"),
            ("anthropic.claude-v2:1", "bedrock_converse", "bedrock/anthropic.claude-v2:1"),
            ("bedrock/us-east-1/anthropic.claude-v1", "bedrock", "bedrock/us-east-1/anthropic.claude-v1"),
            ("azure/gpt-35-turbo-instruct", "azure_text", "azure/gpt-35-turbo-instruct"),
            ("azure_ai/mistral-large", "azure_ai", "azure_ai/mistral-large"),
            ("text-completion-codestral/codestral", "text-completion-codestral", "codestral/codestral"),
            ("amazon-nova/nova-pro", "amazon_nova", "amazon_nova/nova-pro"),
            ("openai/gpt-4o", "openrouter", "openrouter/openai/gpt-4o"),
            ("openrouter/openai/gpt-4o", "openrouter", "openrouter/openai/gpt-4o"),
        ] {
            assert_eq!(reference(key, provider), model, "{key}");
        }
    }

    #[test]
    fn a_target_is_found_however_it_writes_its_provider() {
        for (target, looked_up) in [
            ("openai/GPT-4o", "openai/gpt-4o"),
            ("text-completion-openai/gpt-3.5-turbo-instruct", "openai/gpt-3.5-turbo-instruct"),
            ("vertex_ai_beta/gemini-pro", "vertex_ai/gemini-pro"),
            ("bedrock_converse/anthropic.claude-v2:1", "bedrock/anthropic.claude-v2:1"),
            ("bedrock/converse/anthropic.claude-v2:1", "bedrock/anthropic.claude-v2:1"),
            ("cohere_chat/command-r", "cohere/command-r"),
            ("openrouter/openai/gpt-4o", "openrouter/openai/gpt-4o"),
            ("azure/eu/gpt-4o", "azure/eu/gpt-4o"),
        ] {
            assert_eq!(place(&target.parse().unwrap()), looked_up, "{target}");
        }
    }
}

//! Parameters that a deployment has for calls that do not say them: rules with a default here.

use serde_json::{Map, Value, json};

use super::super::{Imported, Level};

/// The parameters of calls; whatever else a deployment says is about how it is reached.
pub(super) const OF_CALLS: [&str; 30] = [
    "dimensions",
    "encoding_format",
    "frequency_penalty",
    "logit_bias",
    "logprobs",
    "max_completion_tokens",
    "max_tokens",
    "min_p",
    "modalities",
    "n",
    "parallel_tool_calls",
    "presence_penalty",
    "quality",
    "reasoning",
    "reasoning_effort",
    "repetition_penalty",
    "response_format",
    "safety_settings",
    "seed",
    "service_tier",
    "size",
    "stop",
    "style",
    "temperature",
    "thinking",
    "tool_choice",
    "tools",
    "top_k",
    "top_logprobs",
    "top_p",
];

/// Makes rules of what the deployments of an alias say, where they say the same.
pub(super) fn read(path: &str, alias: &str, deployments: &[&Value], into: &mut Imported) {
    let all: Vec<Map<String, Value>> = deployments.iter().map(|deployment| of(deployment)).collect();
    let Some(first) = all.first().filter(|_| all.iter().any(|one| !one.is_empty())) else { return };
    let at = |names: &Map<String, Value>| {
        format!("{path}.litellm_params.{{{}}}", names.keys().cloned().collect::<Vec<_>>().join(","))
    };
    if all.iter().any(|one| one != first) {
        let message =
            format!("the deployments of {alias} have different ones: rules on parameters are the alias's");
        into.find(Level::Manual, at(all.iter().find(|one| !one.is_empty()).unwrap_or(first)), message);
        return;
    }
    let mut rules = Map::new();
    for (name, value) in first {
        if value.to_string().contains("\"os.environ/") {
            let message = "it is known to LiteLLM's environment only: give the alias a rule by hand";
            into.find(Level::Manual, format!("{path}.litellm_params.{name}"), message);
            continue;
        }
        let mut more = rules.clone();
        more.insert(name.clone(), json!({ "default": value }));
        match into.amend(alias, &json!({ "parameters": more })) {
            Ok(()) => rules = more,
            Err(why) => into.find(Level::Unsupported, format!("{path}.litellm_params.{name}"), why),
        }
    }
    if !rules.is_empty() {
        into.find(Level::Exact, at(&rules), "sent where a call does not say them");
    }
}

fn of(deployment: &Value) -> Map<String, Value> {
    let said = deployment["litellm_params"].as_object().into_iter().flatten();
    said.filter(|(name, value)| OF_CALLS.contains(&name.as_str()) && !value.is_null())
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

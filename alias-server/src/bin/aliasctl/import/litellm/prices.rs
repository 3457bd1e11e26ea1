//! Prices that a deployment has of its own: fixed prices of the alias.

use alias_core::price::PriceListDraft;
use alias_core::provider_model::read_litellm;
use serde_json::{Map, Value, json};

use super::super::{Imported, Level};
use Level::{Exact, Manual};

/// Whether a member of a deployment is a price.
pub(super) fn is_price(member: &str) -> bool {
    member.contains("cost_per_") || member.contains("token_cost")
}

/// Prices that the deployment has of its own.
pub(super) fn read(path: &str, target: &str, entry: &Value, alias: &mut Value, into: &mut Imported) {
    for of in ["litellm_params", "model_info"] {
        let costs: Map<String, Value> = entry[of]
            .as_object()
            .into_iter()
            .flatten()
            .filter(|(name, _)| is_price(name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        if costs.is_empty() {
            continue;
        }
        let at = format!("{path}.{of}.{{{}}}", costs.keys().cloned().collect::<Vec<_>>().join(","));
        // A price that is not there is not known, and not 0.
        let both =
            ["input_cost_per_token", "output_cost_per_token"].iter().all(|name| costs.contains_key(*name));
        let mut map = json!({ target: costs });
        map[target]["litellm_provider"] = json!(target.split('/').next());
        let read = read_litellm(&map.to_string());
        match read.ok().filter(|_| both).and_then(|read| read.models.into_iter().next()?.prices) {
            Some(prices) => {
                alias["pricing"] = json!({ "basis": "fixed", "prices": PriceListDraft::from(&prices) });
                into.find(Exact, at, "the alias has these prices");
            }
            None => into.find(
                Manual,
                at,
                "these prices cannot be read: both input and output per token are needed",
            ),
        }
    }
}

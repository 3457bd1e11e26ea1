//! For tests: documents of every kind that can be written, for properties that hold for all of them.

use proptest::prelude::*;
use serde_json::{Value, json};

/// Any document whose names are all its own: `Document::read` takes it.
pub fn documents() -> impl Strategy<Value = Value> {
    let section = |of: BoxedStrategy<Value>| proptest::collection::btree_map(name(), of, 0..6);
    let picks = proptest::collection::vec(any::<(prop::sample::Index, prop::sample::Index)>(), 12);
    (
        section(alias().boxed()),
        section("[ -~]{0,9}".prop_map(|text| json!({"description": text})).boxed()),
        section("[A-Z][a-z ü]{0,9}".prop_map(|name| json!({"name": name})).boxed()),
        section(team().boxed()),
        picks,
        proptest::option::of(name()),
    )
        .prop_map(|(mut aliases, mut groups, organizations, mut teams, picks, managed_by)| {
            let pick = |keys: Vec<String>, at: usize| -> Vec<String> {
                let chosen = picks.iter().skip(at % 3).step_by(3);
                if keys.is_empty() { Vec::new() } else { chosen.map(|(a, _)| a.get(&keys).clone()).collect() }
            };
            for (at, group) in groups.values_mut().enumerate() {
                group["model_aliases"] = json!(pick(aliases.keys().cloned().collect(), at));
                group["active"] = json!(at % 2 == 0);
            }
            let home: Vec<String> = organizations.keys().cloned().collect();
            if home.is_empty() {
                teams.clear();
            }
            for alias in aliases.values_mut().filter(|alias| alias["overrides"][0].is_object()) {
                match teams.keys().next() {
                    Some(team) => alias["overrides"][0]["team_id"] = json!(team),
                    None => alias["overrides"] = json!([]),
                }
            }
            for (at, team) in teams.values_mut().enumerate() {
                team["organization_id"] = json!(home[at % home.len()]);
                team["access_groups"] = json!(pick(groups.keys().cloned().collect(), at));
                team["default_model"] = json!(pick(aliases.keys().cloned().collect(), at).first());
            }
            json!({
                "version": 1, "managed_by": managed_by, "aliases": aliases, "access_groups": groups,
                "organizations": organizations, "teams": teams,
            })
        })
}

fn name() -> impl Strategy<Value = String> {
    "[a-z][a-z0-9-]{0,6}[a-z0-9]"
}

/// A number of three decimals.
fn thousandths(count: u32) -> Value {
    decimal(&format!("{}.{:03}", count / 1000, count % 1000))
}

fn decimal(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

fn pricing() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!({"basis": "catalog"})),
        Just(json!({"basis": "free"})),
        (0..1_000_000u32).prop_map(|m| json!({"basis": "catalog", "markup_percentage": thousandths(m)})),
        (0..9_000_000u32, 0..9_000_000u32, proptest::option::of(0..9_000u32)).prop_map(
            |(input, output, cached)| {
                let usd = thousandths;
                let mut prices = json!({"input": usd(input), "output": usd(output)});
                if let Some(cached) = cached {
                    prices["cache_read"] = usd(cached);
                }
                json!({"basis": "fixed", "prices": prices})
            }
        ),
    ]
}

fn model() -> impl Strategy<Value = String> {
    prop_oneof!["(openai|azure|bedrock)/[a-z][a-z0-9.:-]{0,12}[a-w0-9]", "own[a-z]{3}/[a-w]{1,5}"]
}

/// Where calls go besides the target. What stands twice is left out, as it would be refused.
fn routing() -> impl Strategy<Value = Value> {
    let others = || proptest::collection::btree_set(model().prop_map(|model| format!("{model}x")), 0..4);
    let share = 1..2_500u32;
    (others(), others(), share, any::<bool>(), any::<bool>()).prop_map(|(split, fallbacks, share, a, b)| {
        let share = decimal(&format!("{}.{:02}", share / 100, share % 100));
        let mut arms: Vec<Value> =
            split.iter().map(|model| json!({"litellm_model": model, "share": share})).collect();
        if let Some(canary) = arms.first_mut().filter(|_| b) {
            canary["guardrails"] =
                json!({"error_rate": 2.5, "p95_duration": 50, "min_calls": 20, "window_seconds": 60});
        }
        let on = if a { json!(["context_length"]) } else { json!(["unavailable", "timeout"]) };
        let falls = fallbacks.iter().map(|model| json!({"litellm_model": model, "on": on}));
        json!({
            "split": arms, "fallbacks": falls.collect::<Vec<_>>(),
            "sticky": if a { "user" } else { "key" },
            "response_model": if b { "upstream" } else { "alias" },
            "overrides": if b { json!([{"team_id": "t-1", "litellm_model": "own/x"}]) } else { json!([]) },
            "shadow": if b { json!({"litellm_model": "own/shadow", "share": share}) } else { Value::Null },
            "parameters": if a { json!({"temperature": {"default": 0.5, "max": 1}}) } else { json!({}) },
        })
    })
}

fn alias() -> impl Strategy<Value = Value> {
    let texts = ("[ -~äß\n]{0,20}", proptest::option::of("[ -~é]{1,12}"));
    let rest =
        (any::<bool>(), any::<bool>(), any::<bool>(), proptest::collection::vec("[a-z:._-]{1,8}", 0..3));
    let parts = (model(), texts, pricing(), routing(), rest);
    parts.prop_map(|(model, (description, label), pricing, mut all, (a, l, d, tags))| {
        let own = json!({
            "litellm_model": model, "allow_unknown_provider": true, "description": description,
            "display_name": label, "pricing": pricing, "active": a, "tags": tags,
            "visibility": if l { "listed" } else { "hidden" },
            "on_disconnect": if d { "cancel" } else { "drain" },
            "metadata": {"k": [1, 2.5, null, {"deep": "x"}]},
        });
        // A model of the same name as another target is refused, so the others end in x.
        if let (Some(all), Value::Object(own)) = (all.as_object_mut(), own) {
            all.extend(own);
        }
        all
    })
}

fn team() -> impl Strategy<Value = Value> {
    let limits = (proptest::option::of(1..1_000_000_000u32), proptest::option::of(1..9u32));
    let money = (0..9_000_000u32, 1..9_000_000u32, 1..100_000u32, 0..100_000u32);
    let modes = (
        prop_oneof![Just("job_based"), Just("consumption_usd"), Just("consumption_tokens")],
        prop_oneof![Just("hard_limit"), Just("soft_limit"), Just("unlimited")],
    );
    (limits, money, modes).prop_map(|((rpm, parallel), (given, rate, tokens, markup), (mode, limit))| {
        json!({
            "rpm_limit": rpm, "max_parallel_requests": parallel, "budget_mode": mode, "limit_mode": limit,
            "credits_allocated": thousandths(given), "credits_per_dollar": thousandths(rate),
            "tokens_per_credit": tokens, "cost_markup_percentage": thousandths(markup),
        })
    })
}

//! Prices that come late: calls of unknown price are valued afterwards, once, and the operator sees it before.

use std::process::{Command, Output};

use serde_json::{Value, json};

use crate::http;
use crate::provider::{Mode, Provider};
use crate::server::{Server, Setup, databases};

/// A server with two calls of unknown price in its books: 7 and 3 tokens each.
fn called(provider: &Provider) -> Server {
    let server = Setup::upstream(provider.address).start();
    let key = server.onboard(&[("smart", "openai/nobody-knows")]);
    provider.set(Mode::Usage(r#"{"prompt_tokens":7,"completion_tokens":3,"total_tokens":10}"#));
    for _ in 0..2 {
        assert_eq!(server.chat(&key, "smart").status, 200);
    }
    server.wait_for_calls("smart", 2);
    server
}

fn usage(server: &Server) -> Value {
    server.ok("GET", "/api/usage?group_by=model", None)["rows"][0].clone()
}

fn back_rate(server: &Server, body: Value) -> Value {
    server.ok("POST", "/api/catalog/back-rate", Some(body))
}

#[test]
fn calls_of_unknown_price_are_valued_when_there_is_a_price_and_only_once() {
    let provider = Provider::start();
    let server = called(&provider);
    assert_eq!((&usage(&server)["unpriced_calls"], &usage(&server)["cost_usd"]), (&json!(2), &json!(0)));
    assert_eq!(back_rate(&server, json!({}))["events"], 0);
    let credits = || server.ok("GET", "/api/credits/balance?team_id=team", None)["credits_used"].clone();
    let used = credits();
    let model = "/api/catalog/models/openai%2Fnobody-knows";
    server.ok("PUT", model, Some(json!({"prices": {"input": 1, "output": 2}})));
    let planned = back_rate(&server, json!({"dry_run": true}));
    assert_eq!(
        (&planned["events"], &planned["dry_run"], &planned["complete"]),
        (&json!(2), &json!(true), &json!(true))
    );
    assert_eq!(planned["cost_usd"], json!(0.000_026));
    assert_eq!(usage(&server)["unpriced_calls"], 2, "a dry run changes nothing");
    let done = back_rate(&server, json!({"model": "openai/nobody-knows", "from": "2020-01-01T00:00:00Z"}));
    assert_eq!(
        (&done["events"], &done["cost_usd"], &done["by_model"]),
        (&json!(2), &planned["cost_usd"], &planned["by_model"])
    );
    let now = usage(&server);
    assert_eq!((&now["unpriced_calls"], &now["cost_usd"]), (&json!(0), &json!(0.000_026)));
    assert_eq!(back_rate(&server, json!({}))["events"], 0);
    assert_eq!(credits(), used, "no credits are taken for it");
    assert_eq!(server.ok("GET", "/api/usage/verify", None)["clean"], true);
    let audit = server.ok("GET", "/api/audit?limit=1", None);
    assert_eq!(audit["records"][0]["action"], "catalog.back_rate", "{audit}");
}

#[test]
fn what_cannot_be_valued_is_refused_with_what_to_do() {
    let provider = Provider::start();
    let server = called(&provider);
    let refused = |body: Value| {
        let answer = server.admin("POST", "/api/catalog/back-rate", Some(body));
        (answer.status, answer.json())
    };
    let (status, why) = refused(json!({"model": "openai/nobody-knows"}));
    assert_eq!((status, &why["code"]), (404, &json!("catalog_model_not_found")), "{why}");
    server.ok("PUT", "/api/catalog/models/openai/nobody-knows", Some(json!({"max_output_tokens": 100})));
    for (body, field) in [
        (json!({"model": "openai/nobody-knows"}), "model"),
        (json!({"model": "nobody"}), "model"),
        (json!({"from": "2024-01-02T00:00:00Z", "to": "2024-01-02T00:00:00Z"}), "to"),
        (json!({"from": "yesterday"}), "from"),
        (json!({"dryrun": true}), "dryrun"),
    ] {
        let (status, why) = refused(body.clone());
        assert_eq!((status, &why["errors"][0]["field"]), (422, &json!(field)), "{body}: {why}");
    }
}

#[test]
fn providers_say_how_many_aliases_use_them_and_deprecated_targets_are_pointed_out() {
    let provider = Provider::start();
    let server = called(&provider);
    let map = server.folder().join("map.json");
    let entry = json!({"nobody-knows": {"litellm_provider": "openai", "deprecation_date": "2026-12-31",
        "input_cost_per_token": 1e-6, "output_cost_per_token": 2e-6}});
    std::fs::write(&map, entry.to_string()).unwrap();
    assert!(catalog(&server, &["import", map.to_str().unwrap()]).status.success());
    let alias = server.ok("GET", "/api/model-aliases/smart", None);
    let codes: Vec<&Value> = alias["warnings"].as_array().unwrap().iter().map(|one| &one["code"]).collect();
    assert!(
        codes.contains(&&json!("deprecated_model")) && !codes.contains(&&json!("not_in_catalog")),
        "{alias}"
    );
    let checked = server.ok(
        "POST",
        "/api/model-aliases/validate",
        Some(json!({"alias": "b", "litellm_model": "openai/nobody-knows"})),
    );
    assert!(checked["warnings"].to_string().contains("deprecated_model"), "{checked}");
    let providers = server.ok("GET", "/api/catalog/providers", None);
    let of = |name: &str| {
        providers["providers"].as_array().unwrap().iter().find(|one| one["provider"] == name).cloned()
    };
    assert_eq!(of("openai").unwrap()["aliases"], 1, "{providers}");
}

#[test]
fn the_command_line_shows_what_a_model_costs_and_cost() {
    let provider = Provider::start();
    let server = called(&provider);
    for input in [1, 3] {
        let prices = json!({"prices": {"input": input, "output": 6}, "max_output_tokens": 100});
        server.ok("PUT", "/api/catalog/models/openai/nobody-knows", Some(prices));
    }
    let shown = catalog(&server, &["show", "openai/nobody-knows"]);
    let said = String::from_utf8(shown.stdout).unwrap();
    assert!(shown.status.success(), "{said}");
    for part in [
        "as manual says",
        "output tokens at most  100",
        r#"{"input":3,"output":6}"#,
        r#"{"input":1,"output":6}"#,
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let missing = catalog(&server, &["show", "openai/nobody-at-all"]);
    assert_eq!(missing.status.code(), Some(1));
    assert_eq!(String::from_utf8(missing.stdout).unwrap(), "openai/nobody-at-all is not in the catalogue\n");
    assert_eq!(catalog(&server, &["show", "no-provider"]).status.code(), Some(64));
}

pub(crate) fn catalog(server: &Server, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_alias-server"))
        .arg("catalog")
        .args(arguments)
        .arg("--data-dir")
        .arg(server.folder().join("data"))
        .output()
        .unwrap()
}

#[test]
fn what_a_cache_keeps_for_an_hour_is_charged_by_its_own_price() {
    let provider = Provider::start();
    let server = Setup::upstream(provider.address).start();
    let key = server.onboard(&[("smart", "openai/gpt-4")]);
    server.ok(
        "PUT",
        "/api/teams/team",
        Some(json!({"budget_mode": "consumption_usd", "credits_per_dollar": 1_000_000})),
    );
    let prices = json!({"input": 1, "output": 1, "cache_write": 1.25, "cache_write_1h": 2});
    let pricing = json!({"pricing": {"basis": "fixed", "prices": prices}});
    let alias = server.ok("PUT", "/api/model-aliases/smart", Some(pricing));
    assert_eq!(alias["pricing"]["prices"]["cache_write_1h"], 2, "{alias}");
    provider.set(Mode::Usage(
        r#"{"prompt_tokens":110,"completion_tokens":0,"total_tokens":110,"prompt_tokens_details":{"cache_creation_tokens":110,
        "cache_creation_token_details":{"ephemeral_5m_input_tokens":10,"ephemeral_1h_input_tokens":100}}}"#,
    ));
    let body = r#"{"model":"smart","messages":[],"max_tokens":5}"#;
    assert_eq!(server.team(&key, "POST", "/v1/chat/completions", Some(body)).status, 200);
    // 10 × 1.25 and 100 × 2 µUSD, a credit a µUSD.
    let balance = server.ok("GET", "/api/credits/balance?team_id=team", None);
    assert_eq!(balance["credits_used"], 212.5);
    assert_eq!(server.ok("GET", "/api/usage", None)["rows"][0]["input_tokens"], 110);
    assert_eq!(server.ok("GET", "/api/usage/verify", None)["clean"], true);
}

#[test]
fn a_model_is_set_only_at_the_version_that_was_read() {
    let server = Setup::default().start();
    let path = "/api/catalog/models/openai%2Fmine";
    let put = |tag: Option<&str>, input: u64| {
        let body = json!({"prices": {"input": input, "output": 1}}).to_string();
        let mut headers = vec![("Content-Type", "application/json")];
        headers.extend(tag.map(|tag| ("If-Match", tag)));
        http::send(server.address, "PUT", path, &headers, Some(body.as_bytes())).unwrap()
    };
    let missing = put(Some("\"1\""), 1);
    assert_eq!((missing.status, &missing.json()["code"]), (404, &json!("catalog_model_not_found")));
    let made = put(None, 1);
    assert_eq!((made.status, made.header("etag")), (200, Some("\"1\"")));
    assert!(made.header("x-alias-revision").is_some());
    let read = server.admin("GET", path, None);
    assert_eq!((read.header("etag"), &read.json()["version"]), (Some("\"1\""), &json!(1)));
    assert_eq!(put(Some("\"1\""), 2).header("etag"), Some("\"2\""));
    let late = put(Some("\"1\""), 3);
    assert_eq!((late.status, &late.json()["code"]), (412, &json!("version_conflict")));
    assert_eq!(late.json()["current_etag"], "\"2\"");
    assert_eq!(server.ok("GET", path, None)["prices"]["input"], 2);
    assert_eq!(put(Some("*"), 3).status, 200);
}

#[test]
fn aliases_without_a_price_of_an_unknown_model_or_in_no_group_are_found() {
    for database in databases() {
        let server = Setup { database, ..Setup::default() }.start();
        server.onboard(&[("known", "openai/gpt-4")]);
        for (name, more) in [
            ("odd", json!({"litellm_model": "mistral/unheard-of"})),
            ("own", json!({"litellm_model": "mistral/unheard-of", "pricing_input": 1, "pricing_output": 2})),
            ("free", json!({"litellm_model": "mistral/unheard-of", "pricing": {"basis": "free"}})),
            ("talks", json!({"litellm_model": "bedrock_converse/anthropic.claude-3-haiku-20240307-v1:0"})),
            ("chain", json!({"litellm_model": "alias/known"})),
        ] {
            let mut draft = more;
            draft["alias"] = json!(name);
            server.ok("POST", "/api/model-aliases/create", Some(draft));
        }
        let names = |query: &str| {
            let list = server.ok("GET", &format!("/api/model-aliases?{query}"), None);
            let aliases = list["aliases"].as_array().unwrap().clone();
            assert_eq!(list["total"], aliases.len(), "{query}");
            aliases.iter().map(|alias| alias["alias"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(names("priced=false"), ["odd"]);
        assert_eq!(names("priced=true"), ["chain", "free", "known", "own", "talks"]);
        assert_eq!(names("in_catalog=false"), ["free", "odd", "own"]);
        assert_eq!(names("in_catalog=true"), ["chain", "known", "talks"]);
        assert_eq!(names("in_group=true"), ["known"]);
        assert_eq!(names("in_group=false&priced=false"), ["odd"]);
        server.ok("PUT", "/api/model-aliases/odd", Some(json!({"litellm_model": "openai/gpt-4o"})));
        assert_eq!(names("priced=false"), [""; 0]);
        server.ok("PUT", "/api/model-aliases/free", Some(json!({"pricing": {"basis": "catalog"}})));
        assert_eq!(names("priced=false"), ["free"]);
        assert_eq!(server.admin("GET", "/api/model-aliases?priced=maybe", None).status, 400);
    }
}

//! `/metrics`: what calls were, in the words of Prometheus, with labels that no client can add to.

use serde_json::json;

use crate::provider::{Mode, Provider};
use crate::server::{Server, Setup};

/// The value of a line, by its name and labels as they stand in the text.
fn value<T: std::str::FromStr>(text: &str, series: &str) -> T {
    let found = text.lines().find_map(|line| line.strip_prefix(series)?.trim().parse().ok());
    found.unwrap_or_else(|| panic!("{series}\n{text}"))
}

fn figures(server: &Server) -> String {
    let answer = server.admin("GET", "/metrics", None);
    assert_eq!(answer.status, 200);
    assert!(answer.header("content-type").unwrap().starts_with("application/openmetrics-text"));
    answer.text()
}

#[test]
fn every_call_is_counted_by_how_it_ended_and_nothing_that_clients_write_is_a_label() {
    let provider = Provider::start();
    let server = Setup::upstream(provider.address).start();
    let key = server.onboard(&[("smart", "openai/gpt-4")]);
    provider.set(Mode::Usage(r#"{"prompt_tokens":7,"completion_tokens":3,"total_tokens":10}"#));
    for _ in 0..3 {
        assert_eq!(server.chat(&key, "smart").status, 200);
    }
    provider.set(Mode::Status(500));
    assert!(server.chat(&key, "smart").status >= 500);
    assert_eq!(server.chat(&key, "never-heard-of").status, 404);
    assert_eq!(server.chat("sk-nobody", "smart").status, 401);
    let text = figures(&server);
    let of = |series: &str| value::<u64>(&text, series);
    let seconds = |series: &str| value::<f64>(&text, series);
    let calls = |outcome: &str| {
        of(&format!(
            "alias_calls_total{{alias=\"smart\",endpoint=\"chat_completions\",outcome=\"{outcome}\"}}"
        ))
    };
    assert_eq!((calls("complete"), calls("failed")), (3, 1));
    assert_eq!(of("alias_tokens_total{alias=\"smart\",class=\"input\"}"), 21);
    assert_eq!(of("alias_tokens_total{alias=\"smart\",class=\"output\"}"), 9);
    // 7 tokens at 30 and 3 at 60 USD a million, three times.
    assert_eq!(of("alias_billed_nano_usd_total{alias=\"smart\"}"), 1_170_000);
    assert_eq!(of("alias_refusals_total{code=\"model_not_found\"}"), 1);
    assert_eq!(of("alias_refusals_total{code=\"invalid_api_key\"}"), 1);
    for histogram in ["overhead", "call_duration"] {
        assert_eq!(of(&format!("alias_{histogram}_seconds_count")), 4, "{histogram}");
        assert!(seconds(&format!("alias_{histogram}_seconds_sum")) > 0.0, "{histogram}");
    }
    let revision = server.ok("GET", "/health/ready", None)["revision"].as_u64().unwrap();
    assert_eq!(of("alias_catalogue_revision"), revision);
    assert!(seconds("alias_catalogue_confirmed_timestamp_seconds") > 1.7e9);
    assert!(of("alias_database_connections ") >= 1);
    assert!(!text.contains("never-heard-of") && !text.contains("nobody"), "{text}");
    assert!(text.ends_with("# EOF\n"), "it is whole");
}

#[test]
fn the_figures_need_a_key_where_there_is_one() {
    let setup =
        Setup { admin_key: Some("an-admin-key-of-more-than-32-characters".into()), ..Setup::default() };
    let server = setup.start();
    assert_eq!(server.team("nothing", "GET", "/metrics", None).status, 401);
    assert!(figures(&server).contains("alias_catalogue_revision"));
    let made = server.ok("POST", "/api/admin-tokens", Some(json!({"name": "prometheus", "role": "viewer"})));
    let token = made["admin_token"].as_str().unwrap();
    assert_eq!(server.team(token, "GET", "/metrics", None).status, 200);
}

//! What a server says of its calls: `/metrics`, the log, and traces that go on to the upstream.

use serde_json::{Value, json};

use crate::credits::until;
use crate::provider::{Mode, Provider};
use crate::server::{Server, Setup};

/// The value of a line, by its name and labels as they stand in the text.
pub(crate) fn value<T: std::str::FromStr>(text: &str, series: &str) -> T {
    let found = text.lines().find_map(|line| line.strip_prefix(series)?.trim().parse().ok());
    found.unwrap_or_else(|| panic!("{series}\n{text}"))
}

pub(crate) fn figures(server: &Server) -> String {
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
fn figures_of_a_deleted_alias_are_told_once_more_and_then_forgotten() {
    let provider = Provider::start();
    let server = Setup::upstream(provider.address).start();
    let key = server.onboard(&[("smart", "openai/gpt-4"), ("old", "openai/gpt-4")]);
    for alias in ["smart", "old", "old"] {
        assert_eq!(server.chat(&key, alias).status, 200);
    }
    // One that stands for all names that begin so is not the one that is deleted.
    let prefix = json!({"alias": "ol", "match": "prefix", "litellm_model": "openai/{rest}"});
    server.ok("POST", "/api/model-aliases", Some(prefix));
    server.ok("DELETE", "/api/model-aliases/old", None);
    let last = figures(&server);
    let of = "alias_calls_total{alias=\"old\",endpoint=\"chat_completions\",outcome=\"complete\"}";
    assert_eq!(value::<u64>(&last, of), 2);
    let after = figures(&server);
    assert!(!after.contains("\"old\"") && after.contains("\"smart\""), "{after}");
    // One of that name begins at nothing.
    server.ok("POST", "/api/model-aliases/old/restore", None);
    assert_eq!(server.chat(&key, "old").status, 200);
    assert_eq!(value::<u64>(&figures(&server), of), 1);
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

#[test]
fn a_call_is_one_line_of_the_log_where_that_is_wanted_and_keeps_its_trace() {
    let provider = Provider::start();
    let extra = vec!["--log".to_owned(), "info,alias_server::calls=debug".to_owned()];
    let server = Setup { extra, ..Setup::upstream(provider.address) }.start();
    let key = server.onboard(&[("smart", "openai/gpt-4")]);
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let parent = format!("00-{trace}-00f067aa0ba902b7-01");
    let bearer = format!("Bearer {key}");
    let headers = [("Authorization", bearer.as_str()), ("traceparent", &parent), ("x-request-id", "mine-1")];
    let body = br#"{"model":"smart","messages":[{"role":"user","content":"a secret matter"}]}"#;
    let answer =
        crate::http::send(server.address, "POST", "/v1/chat/completions", &headers, Some(body)).unwrap();
    assert_eq!(answer.status, 200);
    let head = provider.seen().last().unwrap().head.to_ascii_lowercase();
    assert!(
        head.contains(&format!("traceparent: {parent}")) && head.contains("x-request-id: mine-1"),
        "{head}"
    );
    let line = || server.log().lines().find(|line| line.contains("alias_server::calls")).map(str::to_owned);
    until("the call is in the log", || line().is_some());
    let line: Value = serde_json::from_str(&line().unwrap()).unwrap();
    let keys = server.ok("GET", "/api/teams/team/keys", None);
    let revision: u64 = answer.header("x-alias-revision").unwrap().parse().unwrap();
    for (name, value) in [
        ("request_id", json!("mine-1")),
        ("trace_id", json!(trace)),
        ("alias", json!("smart")),
        ("team_id", json!("team")),
        ("key_id", keys["keys"][0]["key_id"].clone()),
        ("outcome", json!("complete")),
        ("status", json!(200)),
        ("revision", json!(revision)),
    ] {
        assert_eq!(line[name], value, "{name} in {line}");
    }
    assert!(!server.log().contains("secret matter"));
}

//! Reports on usage as their readers meet them, and the check of the books from the command line.

use std::process::Command;

use serde_json::{Value, json};

use crate::credits::until;
use crate::http;
use crate::provider::Provider;
use crate::server::{Server, Setup};

const KEY: &str = "an-admin-key-of-more-than-32-characters";

/// A server on which a team made three calls of one alias and one of another.
fn called() -> (Provider, Server) {
    let provider = Provider::start();
    let server =
        Setup { admin_key: Some(KEY.into()), upstream: Some(provider.address), ..Setup::default() }.start();
    let key = server.onboard(&[("smart", "openai/gpt-4"), ("fast", "anthropic/claude-3-haiku")]);
    for model in ["smart", "smart", "fast", "smart"] {
        assert_eq!(server.chat(&key, model).status, 200);
    }
    (provider, server)
}

fn get(server: &Server, path: &str) -> Value {
    server.ok("GET", path, None)
}

#[test]
fn a_call_is_in_every_report_as_soon_as_it_was_answered() {
    let (_provider, server) = called();
    let whole = &get(&server, "/api/usage")["rows"][0];
    assert_eq!(
        (&whole["calls"], &whole["successful"], &whole["group"]),
        (&json!(4), &json!(4), &Value::Null)
    );
    assert!(whole["input_tokens"].as_u64() > Some(0));
    let times = &whole["latency_ms"];
    assert!(times["p50"].as_u64() > Some(0) && times["p50"].as_u64() <= times["p99"].as_u64(), "{times}");
    assert_eq!((&times["calls"], &whole["first_token_ms"]), (&json!(4), &Value::Null), "none was streamed");
    let hours = &get(&server, "/api/usage?group_by=model&interval=hour")["rows"];
    let known = hours.as_array().unwrap().iter().map(|row| row["latency_ms"]["calls"].as_u64().unwrap());
    assert_eq!(known.sum::<u64>(), 4);
    assert_eq!(get(&server, "/api/usage?from=2024-10-01&to=2024-10-02&interval=day")["rows"], json!([]));
    for (group, names) in [
        ("alias", ["fast", "smart"]),
        ("provider", ["anthropic", "openai"]),
        ("model", ["anthropic/claude-3-haiku", "openai/gpt-4"]),
    ] {
        let report = get(&server, &format!("/api/usage?group_by={group}&interval=day"));
        let mut rows: Vec<(String, u64)> = report["rows"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| (row["group"].as_str().unwrap().to_owned(), row["calls"].as_u64().unwrap()))
            .collect();
        rows.sort();
        assert_eq!(rows, [(names[0].to_owned(), 1), (names[1].to_owned(), 3)], "{group}");
    }
    for (group, name) in [
        ("team", "team"),
        ("org", "org"),
        ("outcome", "complete"),
        ("endpoint", "chat_completions"),
        ("job_type", "direct"),
    ] {
        let row = &get(&server, &format!("/api/usage?group_by={group}&interval=hour"))["rows"][0];
        assert_eq!((&row["group"], &row["calls"]), (&json!(name), &json!(4)), "{group}");
        assert!(row["period"].as_str().unwrap().ends_with(":00:00Z"), "{row}");
    }
    let groups = get(&server, "/api/usage?group_by=access_group");
    assert_eq!(groups["rows"][0]["calls"], 4, "{groups}");
    let alias = get(&server, "/api/model-aliases/smart/usage?group_by=team&interval=month");
    assert_eq!((&alias["rows"][0]["group"], &alias["rows"][0]["calls"]), (&json!("team"), &json!(3)));
}

#[test]
fn teams_and_organizations_see_their_jobs_and_costs() {
    let (_provider, server) = called();
    let team = get(&server, "/api/teams/team/usage");
    let summary = &team["summary"];
    assert_eq!(
        (&summary["total_jobs"], &summary["successful_jobs"], &summary["failed_jobs"]),
        (&json!(4), &json!(4), &json!(0))
    );
    assert_eq!((&summary["credits_used"], &team["by_job_type"]["direct"]), (&json!(4), &json!(4)));
    assert_eq!(
        (&team["by_alias"]["smart"]["calls"], &summary["latency_ms"]["calls"]),
        (&json!(3), &json!(4))
    );
    let organization = get(&server, "/api/organizations/org/usage");
    assert_eq!(
        (&organization["by_team"]["team"]["jobs"], &organization["summary"]["total_calls"]),
        (&json!(4), &json!(4))
    );
    let costs = get(&server, "/api/organizations/org/costs");
    assert_eq!((&costs["by_team"][0]["group"], &costs["credits_used"]), (&json!("team"), &json!(4)));
    assert_eq!(get(&server, "/api/teams/team/usage?period=2024-10")["summary"]["total_jobs"], 0);
    for bad in ["/api/teams/team/usage?period=all", "/api/organizations/org/costs?start_date=soon"] {
        assert_eq!(server.admin("GET", bad, None).status, 400, "{bad}");
    }
    assert_eq!(server.admin("GET", "/api/teams/nobody/usage", None).status, 404);
    let dashboard = get(&server, "/api/stats/dashboard");
    assert_eq!((&dashboard["today"]["calls"], &dashboard["last_30_days"]["calls"]), (&json!(4), &json!(4)));
    assert_eq!(
        (&dashboard["top_aliases"][0]["group"], &dashboard["teams_low_on_credits"]),
        (&json!("smart"), &json!([]))
    );
}

#[test]
fn refused_calls_are_told_by_team_and_alias() {
    let provider = Provider::start();
    let server =
        Setup { admin_key: Some(KEY.into()), upstream: Some(provider.address), ..Setup::default() }.start();
    let key = server.onboard(&[("smart", "openai/gpt-4")]);
    server.ok(
        "POST",
        "/api/model-aliases/create",
        Some(json!({"alias": "dear", "litellm_model": "openai/o1"})),
    );
    for model in ["dear", "dear", "nothing-has-this-name"] {
        assert!(server.chat(&key, model).status >= 403);
    }
    let denied = || get(&server, "/api/usage/denied");
    until("refused calls in the books", || denied()["rows"][0]["denied_calls"] == 2);
    let report = denied();
    let row = &report["rows"][0];
    assert_eq!(
        (&row["alias"], &row["team"], &report["has_more"]),
        (&json!("dear"), &json!("team"), &json!(false))
    );
    assert_eq!(report["rows"].as_array().unwrap().len(), 1, "{report}");
    assert!(report["from"].as_str().unwrap() < row["last_denied_on"].as_str().unwrap());
    assert_eq!(get(&server, "/api/usage/denied?alias=smart")["rows"], json!([]));
    for (query, word) in [
        ("from=2024-10-14T12:00:00Z", "counted by day"),
        ("from=2020-01-01", "400 days"),
        ("limit=0", "1 to 1000"),
        ("group_by=team", "group_by"),
    ] {
        let refused = server.admin("GET", &format!("/api/usage/denied?{query}"), None);
        assert_eq!(refused.status, 400, "{query}");
        assert!(refused.text().contains(word), "{query}: {}", refused.text());
    }
}

#[test]
fn a_report_comes_as_csv_in_parts_and_not_for_too_long_a_time() {
    let (_provider, server) = called();
    let bearer = format!("Bearer {KEY}");
    let headers = [("Authorization", bearer.as_str()), ("Accept", "text/csv")];
    let path = "/api/usage?group_by=alias&limit=1";
    let csv = http::send(server.address, "GET", path, &headers, None).unwrap();
    let text = csv.text();
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with("period,group,group_id,calls") && lines.len() == 2, "{lines:?}");
    assert!(lines[0].contains(",latency_ms.p95,") && lines[1].ends_with(",3,,,,"), "{lines:?}");
    assert_eq!(server.admin("GET", &format!("{path}&format=csv"), None).text().lines().count(), 2);
    let first = get(&server, path);
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = get(&server, &format!("{path}&cursor={cursor}"));
    assert_ne!(first["rows"][0]["group"], second["rows"][0]["group"]);
    assert_eq!((&first["total"], &second["has_more"]), (&json!(2), &json!(false)));
    for (query, word) in [
        ("from=2020-01-01", "400 days"),
        ("from=2024-01-01&to=2024-03-01&group_by=key", "31 days"),
        ("group_by=colour", "must be one of alias"),
        ("interval=week", "hour, day, month"),
        ("from=yesterday", "a date like"),
        ("limit=10001", "1 to 10000"),
    ] {
        let refused = server.admin("GET", &format!("/api/usage?{query}"), None);
        assert_eq!(refused.status, 400, "{query}");
        assert!(refused.text().contains(word), "{query}: {}", refused.text());
    }
    assert_eq!(server.admin("GET", "/api/usage?alias=nothing", None).json()["code"], "model_not_found");
}

#[test]
fn who_belongs_to_an_organization_sees_its_usage_only() {
    let (_provider, server) = called();
    server.ok(
        "POST",
        "/api/organizations/create",
        Some(json!({"organization_id": "other", "name": "Other"})),
    );
    let token = |organization: &str| {
        let draft = json!({"name": organization, "role": "viewer", "organization_id": organization});
        server.ok("POST", "/api/admin-tokens", Some(draft))["admin_token"].as_str().unwrap().to_owned()
    };
    let (own, other) = (token("org"), token("other"));
    let ask = |key: &str, path: &str| server.team(key, "GET", path, None);
    assert_eq!(ask(&own, "/api/usage").json()["rows"][0]["calls"], 4);
    assert_eq!(ask(&other, "/api/usage").json()["rows"], json!([]));
    assert_eq!(ask(&other, "/api/usage?group_by=model").json()["rows"], json!([]));
    assert_eq!(ask(&other, "/api/usage?organization=org").status, 403);
    assert_eq!(ask(&other, "/api/usage?team=team").status, 404);
    assert_eq!(ask(&other, "/api/usage?team=nobody").status, 404);
    assert_eq!(ask(&other, "/api/stats/dashboard").json()["last_30_days"]["calls"], 0);
    assert_eq!(ask(&own, "/api/stats/dashboard").json()["last_30_days"]["calls"], 4);
    for path in ["/api/usage/verify", "/api/model-aliases/smart/usage"] {
        assert_eq!(ask(&own, path).status, 403, "{path}");
    }
}

/// `alias-server verify` on the server's folder: its exit code, and what it says.
fn verify(server: &Server, arguments: &[&str]) -> (i32, String) {
    let folder = server.folder().join("data");
    let done = Command::new(env!("CARGO_BIN_EXE_alias-server"))
        .env_clear()
        .arg("verify")
        .arg("--data-dir")
        .arg(folder)
        .args(arguments)
        .output()
        .unwrap();
    let said = String::from_utf8(done.stdout).unwrap() + &String::from_utf8(done.stderr).unwrap();
    (done.status.code().unwrap(), said)
}

#[test]
fn the_books_are_checked_over_the_api_and_from_the_command_line() {
    let (_provider, mut server) = called();
    let report = get(&server, "/api/usage/verify");
    assert_eq!((&report["clean"], &report["events"]), (&json!(true), &json!(4)), "{report}");
    let (code, said) = verify(&server, &[]);
    assert!(code == 0 && said.contains("clean: 0 differences. 4 calls"), "{code} {said}");
    let (code, said) = verify(&server, &["--json"]);
    let read: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((code, &read["clean"], &read["accounts"]), (0, &json!(true), &json!(1)), "{said}");
    assert!(read["seconds"].is_number() && read["peak_memory_kib"].as_u64() > Some(0), "{said}");
    let (code, said) = verify(&server, &["--database-url", "sqlite:///nowhere/at/all.db"]);
    assert!(code == 2 && said.contains("cannot read the database"), "{code} {said}");
    assert!(!std::path::Path::new("/nowhere").exists());
    server.kill();
    assert_eq!(verify(&server, &[]).0, 0, "after a kill");
}

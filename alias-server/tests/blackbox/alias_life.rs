//! Going back in the life of an alias: its versions, a rollback, a restoration, and what was served when.

use serde_json::{Value, json};

use crate::http;
use crate::provider::Provider;
use crate::server::{Server, Setup, databases};

fn started(database: Option<String>) -> (Provider, Server, String) {
    let provider = Provider::start();
    let server = Setup { database, ..Setup::upstream(provider.address) }.start();
    let key = server.onboard(&[("smart", "openai/gpt-4"), ("fast", "openai/gpt-3.5-turbo")]);
    (provider, server, key)
}

fn because(server: &Server, method: &str, path: &str, reason: &str, body: &Value) -> Value {
    let headers = [("Content-Type", "application/json"), ("x-alias-reason", reason)];
    let body = body.to_string();
    let answer = http::send(server.address, method, path, &headers, Some(body.as_bytes())).unwrap();
    assert!(answer.status < 300, "{}", answer.text());
    answer.json()
}

fn history(server: &Server, query: &str) -> Value {
    server.ok("GET", &format!("/api/model-aliases/smart/history{query}"), None)
}

#[test]
fn a_history_says_who_changed_what_when_and_why() {
    for database in databases() {
        let (_provider, server, _) = started(database);
        let switch = json!({"litellm_model": "anthropic/claude-3-opus-20240229"});
        because(&server, "PUT", "/api/model-aliases/smart", "ticket 4711", &switch);
        server.ok("PUT", "/api/model-aliases/smart", Some(json!({})));
        let reason = json!({"reason": "incident"});
        let disabled = server.ok("POST", "/api/model-aliases/smart/disable", Some(reason));
        assert_eq!((&disabled["active"], &disabled["version"]), (&json!(false), &json!(3)));
        let enabled = server.ok("POST", "/api/model-aliases/smart/enable", None);
        assert_eq!((&enabled["active"], &enabled["version"]), (&json!(true), &json!(4)));
        let all = history(&server, "");
        assert_eq!((&all["total"], &all["has_more"], &all["id"]), (&json!(4), &json!(false), &enabled["id"]));
        let versions = all["versions"].as_array().unwrap();
        let said = |field: &str| versions.iter().map(|v| v[field].clone()).collect::<Vec<_>>();
        assert_eq!(said("version"), [4, 3, 2, 1].map(|number| json!(number)));
        assert_eq!(said("reason"), [json!(null), json!("incident"), json!("ticket 4711"), json!(null)]);
        assert_eq!(said("kind"), ["update", "update", "update", "create"].map(|kind| json!(kind)));
        assert_eq!(versions[1]["change"], json!({"active": {"from": true, "to": false}}));
        assert_eq!(
            versions[2]["change"],
            json!({"litellm_model": {"from": "openai/gpt-4", "to": "anthropic/claude-3-opus-20240229"}})
        );
        assert_eq!(versions[3]["change"]["litellm_model"]["to"], "openai/gpt-4");
        for version in versions {
            assert!(version["request_id"].as_str().unwrap().starts_with("req_"), "{version}");
            assert_eq!(version["actor"], "local");
        }
        let first = history(&server, "?limit=3");
        let cursor = first["next_cursor"].as_str().unwrap();
        let rest = history(&server, &format!("?limit=3&cursor={cursor}"));
        assert_eq!((&rest["versions"][0], &rest["has_more"]), (&versions[3], &json!(false)));
        for (path, status) in
            [("nothing/history", 404), ("smart/history?limit=0", 400), ("smart/history?x=1", 400)]
        {
            let answer = server.admin("GET", &format!("/api/model-aliases/{path}"), None);
            assert_eq!(answer.status, status, "{path}");
        }
    }
}

#[test]
fn a_rollback_is_one_call_and_the_next_request_goes_by_it() {
    let (provider, server, key) = started(None);
    server.ok(
        "PUT",
        "/api/model-aliases/smart",
        Some(json!({"litellm_model": "openai/worse", "tags": ["new"]})),
    );
    assert_eq!(server.chat(&key, "smart").status, 200);
    assert_eq!(provider.seen().last().unwrap().body["model"], "openai/worse");
    let wish = json!({"version": 1, "reason": "too slow"});
    let answer = server.admin("POST", "/api/model-aliases/smart/rollback", Some(wish.clone()));
    assert_eq!((answer.status, answer.header("etag")), (200, Some("\"3\"")));
    assert!(answer.header("x-alias-revision").is_some());
    let back = answer.json();
    assert_eq!((&back["litellm_model"], &back["tags"]), (&json!("openai/gpt-4"), &json!([])));
    assert_eq!(server.chat(&key, "smart").status, 200);
    assert_eq!(provider.seen().last().unwrap().body["model"], "openai/gpt-4");
    let newest = &history(&server, "?limit=1")["versions"][0];
    assert_eq!(
        (&newest["kind"], &newest["restored_from"], &newest["reason"]),
        (&json!("rollback"), &json!(1), &json!("too slow"))
    );
    let again = server.ok("POST", "/api/model-aliases/smart/rollback", Some(wish));
    assert_eq!(again["version"], 3, "nothing was left to change");
    for (body, code) in [
        (json!({"version": 9}), "unknown_version"),
        (json!({"version": 0}), "invalid_type"),
        (json!({}), "missing_field"),
        (json!({"version": 1, "reason": "x".repeat(501)}), "invalid_value"),
        (json!({"version": "1"}), "invalid_type"),
        (json!({"versoin": 1}), "unknown_field"),
    ] {
        let answer = server.admin("POST", "/api/model-aliases/smart/rollback", Some(body.clone()));
        let said = answer.json();
        assert_eq!((answer.status, &said["errors"][0]["code"]), (422, &json!(code)), "{body}: {said}");
    }
    let calls = server.wait_for_calls("smart", 2);
    assert_eq!(calls["usage_count"], 2);
    let events = server.ok("GET", "/api/audit?action=alias.rollback", None);
    assert_eq!(events["total"], 1);
}

#[test]
fn a_deleted_alias_comes_back_with_its_id_its_groups_its_figures_and_its_callers() {
    for database in databases() {
        let (_provider, server, key) = started(database);
        assert_eq!(server.chat(&key, "smart").status, 200);
        let before = server.wait_for_calls("smart", 1);
        server.ok("DELETE", "/api/model-aliases/smart", None);
        assert_eq!(server.chat(&key, "smart").status, 404);
        let gone = history(&server, "");
        assert!(gone["deleted_at"].is_string() && gone["versions"][0]["kind"] == "delete", "{gone}");
        let path = "/api/model-aliases/smart/restore";
        let back = server.ok("POST", path, Some(json!({"reason": "acme needs it"})));
        for field in
            ["id", "access_groups", "teams_with_access", "created_at", "usage_count", "litellm_model"]
        {
            assert_eq!(back[field], before[field], "{field}");
        }
        assert_eq!(server.chat(&key, "smart").status, 200);
        let taken = server.admin("POST", path, None);
        assert_eq!((taken.status, taken.json()["code"].clone()), (409, json!("alias_already_exists")));
        server.ok("DELETE", "/api/model-aliases/smart", None);
        let new = json!({"alias": "smart", "litellm_model": "openai/gpt-4"});
        server.ok("POST", "/api/model-aliases/create", Some(new));
        assert_eq!(server.admin("POST", path, None).status, 409);
        assert_eq!(server.admin("POST", "/api/model-aliases/never/restore", None).status, 404);
    }
}

#[test]
fn what_was_served_at_a_time_can_be_asked_for_by_the_times_that_answers_show() {
    let (_provider, server, _) = started(None);
    let created = server.ok("GET", "/api/model-aliases/smart", None);
    let at = |time: &str| server.admin("GET", &format!("/api/model-aliases/smart?at={time}"), None);
    let time = created["updated_at"].as_str().unwrap();
    let then = at(time).json();
    assert_eq!(
        (&then["version"], &then["litellm_model"], &then["id"]),
        (&json!(1), &json!("openai/gpt-4"), &created["id"])
    );
    assert_eq!((&then["as_of"]["kind"], &then["as_of"]["until"]), (&json!("create"), &json!(null)));
    server.ok("PUT", "/api/model-aliases/smart", Some(json!({"litellm_model": "openai/b"})));
    let micros = server.ok("GET", "/api/model-aliases/smart", None);
    let now = at(micros["updated_at"].as_str().unwrap()).json();
    assert_eq!((&now["version"], &now["litellm_model"]), (&json!(2), &json!("openai/b")));
    for (time, status, code) in [
        ("2001-01-01", 404, "model_not_found"),
        ("2101-01-01", 400, "invalid_value"),
        ("yesterday", 400, "invalid_value"),
    ] {
        let answer = at(time);
        assert_eq!((answer.status, &answer.json()["code"]), (status, &json!(code)), "{time}");
    }
}

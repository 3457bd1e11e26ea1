//! Lists as CSV, and aliases with what belongs to them.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::http;
use crate::server::{Server, Setup};

fn csv(server: &Server, path: &str) -> http::Answer {
    http::send(server.address, "GET", path, &[("Accept", "text/csv")], None).unwrap()
}

#[test]
fn lists_come_as_csv_with_every_member_of_their_rows() {
    let server = Setup::default().start();
    let make = |path: &str, body: Value| server.ok("POST", path, Some(body));
    make("/api/model-aliases/create", json!({"alias": "gpt-4", "litellm_model": "openai/gpt-4"}));
    make("/api/model-access-groups/create", json!({"group_name": "all", "model_aliases": ["gpt-4"]}));
    make("/api/organizations/create", json!({"organization_id": "org_acme", "name": "Acme"}));
    let team = json!({"organization_id": "org_acme", "team_id": "acme-prod", "access_groups": ["all"], "credits_allocated": 7});
    make("/api/teams/create", team);
    make("/api/budgets", json!({"scope": {"team_id": "acme-prod"}, "limit_usd": 1}));
    for (path, rows) in [
        ("/api/model-aliases", "aliases"),
        ("/api/model-access-groups", "access_groups"),
        ("/api/organizations", "organizations"),
        ("/api/teams", "teams"),
        ("/api/catalog/models", "models"),
        ("/api/credits/transactions?team_id=acme-prod", "transactions"),
        ("/api/budgets", "budgets"),
    ] {
        let listed = server.ok("GET", path, None);
        let row = listed[rows][0].as_object().unwrap_or_else(|| panic!("{path}: {listed}"));
        let answer = csv(&server, path);
        assert!(answer.header("content-type").unwrap().starts_with("text/csv"), "{path}");
        let text = answer.text();
        let mut lines = text.split("\r\n");
        let columns: BTreeSet<_> = lines.next().unwrap().split(',').map(str::to_owned).collect();
        assert_eq!(columns, row.keys().cloned().collect::<BTreeSet<_>>(), "{path}");
        assert_eq!(lines.filter(|line| !line.is_empty()).count(), listed[rows].as_array().unwrap().len());
    }
    let first = csv(&server, "/api/model-aliases").text();
    assert!(first.contains("\r\ngpt-4,openai/gpt-4,"), "{first}");
}

#[test]
fn a_part_of_a_list_as_csv_leads_to_the_next_one() {
    let server = Setup::default().start();
    for alias in ["a", "b"] {
        let body = json!({"alias": alias, "litellm_model": "openai/gpt-4"});
        server.ok("POST", "/api/model-aliases/create", Some(body));
    }
    let answer = csv(&server, "/api/model-aliases?limit=1");
    let link = answer.header("link").unwrap();
    let next = link.split(['<', '>']).nth(1).unwrap();
    let rest = csv(&server, next);
    assert!(rest.text().contains("\r\nb,openai/gpt-4,"), "{}", rest.text());
    assert!(rest.header("link").is_none());
}

#[test]
fn an_alias_is_shown_with_its_teams_and_its_newest_versions() {
    let server = Setup::default().start();
    let make = |path: &str, body: Value| server.ok("POST", path, Some(body));
    make("/api/model-aliases/create", json!({"alias": "gpt-4", "litellm_model": "openai/gpt-4"}));
    for group in ["one", "other", "asleep"] {
        make("/api/model-access-groups/create", json!({"group_name": group, "model_aliases": ["gpt-4"]}));
    }
    server.ok("PUT", "/api/model-access-groups/asleep", Some(json!({"active": false})));
    make("/api/organizations/create", json!({"organization_id": "org_acme", "name": "Acme"}));
    for (team, groups) in [("a", json!(["one", "other"])), ("b", json!(["other"])), ("c", json!(["asleep"]))]
    {
        let body = json!({"organization_id": "org_acme", "team_id": team, "access_groups": groups});
        make("/api/teams/create", body);
    }
    for number in 0..25 {
        let body = json!({"description": format!("number {number}")});
        server.ok("PUT", "/api/model-aliases/gpt-4", Some(body));
    }
    let bare = server.ok("GET", "/api/model-aliases/gpt-4", None);
    assert!(bare.get("teams").is_none() && bare.get("history").is_none());
    let shown = server.ok("GET", "/api/model-aliases/gpt-4?expand=teams,history,stats", None);
    assert_eq!(
        shown["teams"],
        json!([{"team_id": "a", "via_groups": ["one", "other"]}, {"team_id": "b", "via_groups": ["other"]}])
    );
    assert_eq!(shown["teams_with_access"], 2);
    let versions = shown["history"].as_array().unwrap();
    assert_eq!((versions.len(), &versions[0]["version"]), (20, &json!(26)));
    for (query, status) in [("expand=keys", 400), ("expand=teams&at=2024-10-14", 400)] {
        let answer = server.admin("GET", &format!("/api/model-aliases/gpt-4?{query}"), None);
        assert_eq!(answer.status, status, "{query}: {}", answer.text());
    }
}

//! Budgets over HTTP: every one that a call falls under applies, under parallel calls and across kills.

use serde_json::{Value, json};

use crate::credits::{assert_verified, calls_at_once, until};
use crate::provider::{Mode, Provider};
use crate::server::{Server, Setup, databases, times};

/// An alias whose every call costs one dollar, for a team that credits do not limit.
fn onboard(server: &Server) -> String {
    let key = server.onboard(&[("smart", "openai/gpt-4")]);
    let dollar = json!({"basis": "fixed", "prices": {"input": 0, "output": 0, "request": 1}});
    server.ok(
        "PUT",
        "/api/model-aliases/smart",
        Some(json!({"pricing": dollar, "tags": ["Vision", "vision", "Vision"]})),
    );
    server.ok("PUT", "/api/teams/team", Some(json!({"limit_mode": "unlimited"})));
    key
}

fn create(server: &Server, scope: Value, more: Value) -> Value {
    let mut budget = json!({"scope": scope});
    budget.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let made = server.admin("POST", "/api/budgets", Some(budget));
    assert_eq!(made.status, 201, "{}", made.json());
    made.json()
}

fn show(server: &Server, budget: &Value) -> Value {
    server.ok("GET", &format!("/api/budgets/{}", budget["budget_id"].as_str().unwrap()), None)
}

fn path(budget: &Value) -> String {
    format!("/api/budgets/{}", budget["budget_id"].as_str().unwrap())
}

#[test]
fn every_level_applies_and_the_tightest_wins() {
    let provider = Provider::start();
    let server = Setup::upstream(provider.address).start();
    let key = onboard(&server);
    let team = server.ok("GET", "/api/teams/team", None);
    let keys = server.ok("GET", "/api/teams/team/keys", None);
    let (key_id, organization) = (&keys["keys"][0]["key_id"], &team["organization_id"]);
    assert!(key_id.is_string() && organization.is_string(), "{keys} {team}");
    let scopes = [
        (json!({"organization_id": organization}), "your organization"),
        (json!({"team_id": "team"}), "your team"),
        (json!({"key_id": key_id}), "this key"),
        (json!({"alias": "smart"}), "model 'smart'"),
        (json!({"tag": "vision"}), "models with the tag 'vision'"),
    ];
    let mut budgets: Vec<Value> = Vec::new();
    for (scope, _) in &scopes {
        budgets.push(create(&server, scope.clone(), json!({"limit_usd": 100})));
    }
    for (answered, ((_, words), budget)) in scopes.iter().zip(&budgets).enumerate() {
        // One of them has one dollar left.
        server.ok("PATCH", &path(budget), Some(json!({"limit_usd": answered + 1})));
        assert_eq!(server.chat(&key, "smart").status, 200, "{words}");
        let refused = server.chat(&key, "smart");
        assert_eq!((refused.status, refused.header("x-should-retry")), (429, Some("false")));
        let error = &refused.json()["error"];
        assert_eq!(error["code"], "budget_exceeded");
        assert!(error["message"].as_str().unwrap().contains(words), "{error}");
        server.ok("PATCH", &path(budget), Some(json!({"limit_usd": 100})));
    }
    assert_eq!(provider.sent(), 5, "a refused call is never sent");
    for budget in &budgets {
        let now = show(&server, budget);
        assert_eq!((&now["spent_usd"], &now["remaining_usd"]), (&json!(5), &json!(95)), "{now}");
    }
    // What a GET gave can be sent back, whatever was spent meanwhile.
    let mut organization = server.ok("GET", "/api/organizations/org", None);
    let mut read = show(&server, &budgets[3]);
    assert_eq!(server.chat(&key, "smart").status, 200);
    read["description"] = json!("sent back");
    let put = server.ok("PUT", &path(&budgets[3]), Some(read));
    assert_eq!((&put["description"], &put["spent_usd"]), (&json!("sent back"), &json!(6)));
    organization["name"] = json!("Sent back");
    assert_eq!(server.ok("PUT", "/api/organizations/org", Some(organization))["name"], "Sent back");
    // What one refuses takes nothing of the others, and one that is gone limits nothing.
    server.ok("PATCH", &path(&budgets[1]), Some(json!({"limit_usd": 0})));
    assert_eq!(server.chat(&key, "smart").status, 429);
    assert_eq!(show(&server, &budgets[0])["spent_usd"], 6);
    server.ok("DELETE", &path(&budgets[1]), None);
    assert_eq!(server.admin("GET", &path(&budgets[1]), None).status, 404);
    assert_eq!(server.chat(&key, "smart").status, 200);
    // Another tag, another alias: what is not theirs does not count.
    server.ok("PUT", "/api/model-aliases/smart", Some(json!({"tags": []})));
    assert_eq!(server.chat(&key, "smart").status, 200);
    assert_eq!(show(&server, &budgets[4])["spent_usd"], 7);
    assert_eq!(show(&server, &budgets[3])["spent_usd"], 8);
    assert_eq!(server.ok("GET", "/api/model-aliases/smart", None)["usage_stats"]["total_calls"], 8);
    assert_verified(&server);
}

#[test]
fn what_is_free_passes_and_what_has_no_price_or_bound_does_not() {
    let provider = Provider::start();
    let server = Setup::upstream(provider.address).impatient().start();
    let key = onboard(&server);
    let budget = create(&server, json!({"team_id": "team"}), json!({"limit_usd": 0}));
    let code = || {
        let answer = server.chat(&key, "smart");
        (answer.status, answer.json()["error"]["code"].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(code(), (429, "budget_exceeded".to_owned()));
    server.ok("PUT", "/api/model-aliases/smart", Some(json!({"pricing": {"basis": "free"}})));
    assert_eq!(server.chat(&key, "smart").status, 200);
    let unknown = json!({"pricing": {"basis": "catalog"}, "litellm_model": "openai/nobody-knows"});
    server.ok("PUT", "/api/model-aliases/smart", Some(unknown));
    assert_eq!(code(), (400, "max_tokens_required".to_owned()));
    let capped = r#"{"model":"smart","messages":[],"max_tokens":5}"#;
    let refused = server.team(&key, "POST", "/v1/chat/completions", Some(capped));
    assert_eq!((refused.status, &refused.json()["error"]["code"]), (403, &json!("price_unknown")));
    // A soft budget refuses nothing; without a price it takes what the provider says.
    server.ok("PATCH", &path(&budget), Some(json!({"limit_mode": "soft_limit"})));
    assert_eq!(server.chat(&key, "smart").status, 200);
    assert_eq!(show(&server, &budget)["spent_usd"], 0.00012);
    server.ok(
        "PUT",
        "/api/model-aliases/smart",
        Some(json!({"pricing_input": 0, "pricing_output": 1_000_000})),
    );
    provider.set(Mode::Usage(r#"{"prompt_tokens":7,"completion_tokens":3,"total_tokens":10}"#));
    assert_eq!(server.chat(&key, "smart").status, 200);
    let now = show(&server, &budget);
    assert_eq!((&now["spent_usd"], &now["remaining_usd"]), (&json!(3.00012), &json!(-3.00012)));
    // A failed call takes nothing.
    provider.set(Mode::Hang);
    assert_eq!(server.chat(&key, "smart").status, 504);
    assert_eq!(show(&server, &budget)["spent_usd"], 3.00012);
    assert_verified(&server);
}

#[test]
fn calls_of_a_job_count_and_the_team_is_told_when_its_window_ends() {
    let provider = Provider::start();
    let server = Setup::upstream(provider.address).start();
    let key = onboard(&server);
    let window = json!({"type": "calendar", "period": "year", "time_zone": "Asia/Kathmandu"});
    let budget = create(&server, json!({"team_id": "team"}), json!({"limit_usd": 1, "window": window}));
    let ends = budget["window_ends_at"].as_str().unwrap().to_owned();
    assert!(ends.ends_with("-12-31T18:15:00Z"), "{ends}");
    let job = json!({"team_id": "team", "job_type": "t"}).to_string();
    let job = server.team(&key, "POST", "/api/jobs/create", Some(&job)).json();
    let call = || {
        let path = format!("/api/jobs/{}/llm-call", job["job_id"].as_str().unwrap());
        server.team(
            &key,
            "POST",
            &path,
            Some(r#"{"model":"smart","messages":[{"role":"user","content":"x"}]}"#),
        )
    };
    assert_eq!(call().status, 200);
    let refused = call();
    assert_eq!(refused.status, 429, "{}", refused.json());
    assert!(refused.json().to_string().contains(&format!("It begins anew at {ends}")), "{}", refused.json());
    assert_eq!(show(&server, &budget)["spent_usd"], 1);
}

#[test]
fn wrong_budgets_are_refused_with_the_field_and_change_nothing() {
    let server = Setup::default().start();
    server.onboard(&[("smart", "openai/gpt-4")]);
    let refused = |budget: Value| {
        let answer = server.admin("POST", "/api/budgets", Some(budget));
        let field = answer.json()["errors"][0]["field"].as_str().unwrap_or_default().to_owned();
        (answer.status, answer.json()["code"].as_str().unwrap_or_default().to_owned(), field)
    };
    let of = |field: &str| (422, "invalid_value".to_owned(), field.to_owned());
    assert_eq!(
        refused(json!({"scope": {"team_id": "team"}})),
        (422, "missing_field".into(), "limit_usd".into())
    );
    assert_eq!(refused(json!({"scope": {}, "limit_usd": 1})), (422, "missing_field".into(), "scope".into()));
    assert_eq!(refused(json!({"scope": {"tag": "a", "alias": "b"}, "limit_usd": 1})), of("scope"));
    assert_eq!(refused(json!({"scope": {"tag": "a"}, "limit_usd": -1})), of("limit_usd"));
    let window = |window: Value| refused(json!({"scope": {"tag": "a"}, "limit_usd": 1, "window": window}));
    assert_eq!(
        window(json!({"type": "calendar", "period": "month", "time_zone": "Mars"})),
        of("window.time_zone")
    );
    assert_eq!(window(json!({"type": "rolling", "duration": "5m"})), of("window.duration"));
    let unknown =
        server.admin("POST", "/api/budgets", Some(json!({"scope": {"team_id": "nobody"}, "limit_usd": 1})));
    assert_eq!((unknown.status, &unknown.json()["code"]), (422, &json!("unknown_reference")));
    assert_eq!(server.ok("GET", "/api/budgets", None)["total"], 0);
    let made = create(&server, json!({"team_id": "team"}), json!({"limit_usd": 1}));
    let moved = server.admin(
        "PATCH",
        &path(&made),
        Some(json!({"window": {"type": "lifetime"}, "scope": {"tag": "x"}})),
    );
    assert_eq!((moved.status, &moved.json()["code"]), (422, &json!("immutable_field")));
    assert_eq!(server.ok("GET", "/api/budgets?team_id=team", None)["total"], 1);
    assert_eq!(server.ok("GET", "/api/budgets?tag=x", None)["total"], 0);
    assert_eq!(server.admin("GET", "/api/budgets?tag=x&team_id=team", None).status, 400);
}

#[test]
fn of_three_hundred_calls_at_once_no_more_are_served_than_the_budget_allows() {
    for database in databases() {
        for round in 0..times("ALIAS_TEST_CEILINGS", 3) {
            let provider = Provider::start();
            let setup =
                Setup { upstream: Some(provider.address), database: database.clone(), ..Setup::default() };
            let count = if database.is_some() { 3 } else { 1 };
            let mut servers: Vec<Server> = (0..count).map(|_| setup.clone().start()).collect();
            let key = if round == 0 || database.is_none() {
                onboard(&servers[0])
            } else {
                let made = servers[0].ok("POST", "/api/teams/team/keys", None);
                made["virtual_key"].as_str().unwrap().to_owned()
            };
            let team = create(&servers[0], json!({"team_id": "team"}), json!({"limit_usd": 50}));
            let day = json!({"type": "rolling", "duration": "24h"});
            let alias =
                create(&servers[0], json!({"alias": "smart"}), json!({"limit_usd": 1_000, "window": day}));
            for server in &servers {
                until("the key and the budgets are known", || {
                    let headers = server.team(&key, "GET", "/v1/models", None);
                    headers.status == 200 && knows(server, &servers[0])
                });
            }
            let (served, refused) = calls_at_once(&servers, &key, 300);
            let told: Vec<_> = refused.iter().filter(|(status, _)| *status != 429).collect();
            assert!(told.is_empty(), "{told:?}");
            assert!(served <= 50, "{served} calls were served");
            assert!(served >= if count == 1 { 50 } else { 45 }, "only {served} were served");
            until("all calls are in the books", || show(&servers[0], &team)["spent_usd"] == json!(served));
            assert_eq!(provider.sent(), u64::try_from(served).unwrap());
            // A kill takes nothing back and loses nothing.
            let mut victim = servers.remove(0);
            victim.kill();
            victim.restart();
            for budget in [&team, &alias] {
                assert_eq!(show(&victim, budget)["spent_usd"], json!(served));
            }
            (served..50).for_each(|_| drop(victim.chat(&key, "smart")));
            assert_eq!(victim.chat(&key, "smart").status, 429);
            assert_verified(&victim);
            victim.ok("DELETE", &path(&team), None);
            victim.ok("DELETE", &path(&alias), None);
            println!("round {round}: {served} of 300 served by {count} servers");
        }
    }
}

/// Whether a server's catalogue is as new as another's.
fn knows(server: &Server, other: &Server) -> bool {
    let revision = |of: &Server| of.admin("GET", "/health/ready", None).json()["revision"].as_u64().unwrap();
    revision(server) >= revision(other)
}

//! Refills over HTTP: set, shown and ended; and a team that ran dry goes on when its next period begins.

use std::sync::Arc;
use std::time::{Duration, Instant};

use alias_core::audit::Actor;
use alias_core::clock::{Clock, Timestamp};
use alias_core::credits::RefillDraft;
use alias_core::repository::CreditRepository;
use alias_core::testing::FixedClock;
use alias_store::{DatabaseUrl, SqlStore};
use serde_json::{Value, json};

use crate::provider::Provider;
use crate::server::{Server, Setup};

const PATH: &str = "/api/credits/teams/team/configure-auto-refill";

fn balance(server: &Server) -> Value {
    server.ok("GET", "/api/credits/balance?team_id=team", None)
}

/// A team that has no credits, and its key.
fn dry(server: &Server) -> String {
    let key = server.onboard(&[("smart", "openai/gpt-4")]);
    let take = json!({"team_id": "team", "amount": -1_000_000, "type": "adjustment"});
    server.ok("POST", "/api/credits/add", Some(take));
    key
}

/// A team that is refilled every day, as it was set in the year 2024: it is due now.
fn due(server: &Server, team: &str, credits: i64) {
    let url = DatabaseUrl::sqlite(server.folder().join("data/aliases.db"));
    let draft = RefillDraft {
        refill_amount: Some(credits.into()),
        refill_period: Some("daily".into()),
        ..RefillDraft::default()
    };
    let set = async {
        let store = SqlStore::open(&url, 1, Arc::new(FixedClock::default())).await.unwrap();
        let policy = draft.parse().unwrap();
        store.configure_refill(&team.parse().unwrap(), policy, &Actor::system()).await.unwrap();
    };
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(set);
}

/// What the list of teams says that a team has left.
fn listed(server: &Server, team: &str) -> i64 {
    let list = server.ok("GET", &format!("/api/teams?q={team}"), None);
    let found = list["teams"].as_array().unwrap().iter().find(|found| found["team_id"] == team);
    found.unwrap()["credits_remaining"].as_i64().unwrap()
}

fn lines(server: &Server) -> Vec<(String, f64)> {
    let ledger = server.ok("GET", "/api/credits/transactions?team_id=team", None);
    let of = |line: &Value| (line["type"].as_str().unwrap().to_owned(), line["amount"].as_f64().unwrap());
    ledger["transactions"].as_array().unwrap().iter().map(of).collect()
}

fn assert_verified(server: &Server) {
    let report = server.ok("GET", "/api/usage/verify", None);
    assert_eq!(report["clean"], true, "{report}");
}

#[test]
fn a_refill_is_set_shown_in_the_balance_and_ended() {
    let server = Setup::default().start();
    dry(&server);
    assert_eq!(balance(&server)["auto_refill"], Value::Null);
    let none = json!({
        "team_id": "team", "enabled": false, "refill_amount": null, "refill_period": null, "time_zone": null,
        "unused": null, "next_refill_at": null, "last_refill_at": null,
    });
    assert_eq!(server.ok("GET", PATH, None), none);
    let wanted = json!({"enabled": true, "refill_amount": 12.5, "refill_period": "weekly",
        "time_zone": "America/New_York", "unused": "expire"});
    let spelled = PATH.replace("team/", "TEAM/");
    let mut set = server.ok("POST", &spelled, Some(wanted.clone()));
    assert_eq!(set, server.ok("GET", PATH, None));
    for (field, value) in wanted.as_object().unwrap() {
        assert_eq!(set[field], *value, "{field}");
    }
    assert_eq!((&set["team_id"], &set["last_refill_at"]), (&json!("team"), &Value::Null));
    let next: Timestamp = set["next_refill_at"].as_str().unwrap().parse().unwrap();
    let ahead = next.micros() - alias_server::clock::SystemClock.now().micros();
    assert!((0..=8 * 86_400_000_000).contains(&ahead), "{next}");
    let (object, now) = (set.as_object_mut().unwrap(), balance(&server));
    object.retain(|field, _| field != "team_id" && field != "enabled");
    assert_eq!(now["auto_refill"], set);
    assert_eq!(now["credits_remaining"], 0, "the next period brings the first");
    assert_eq!(server.ok("DELETE", PATH, None), none);
    assert_eq!(server.ok("POST", PATH, Some(json!({"enabled": false}))), none);
    assert_eq!(balance(&server)["auto_refill"], Value::Null);
}

#[test]
fn a_wrong_refill_is_refused_and_says_how_to_go_on() {
    let server = Setup::default().start();
    dry(&server);
    let right = json!({"refill_amount": 10, "refill_period": "daily"});
    for (wrong, field, says) in [
        (json!({"refill_amount": null}), "refill_amount", "is required"),
        (json!({"refill_amount": 0}), "refill_amount", "more than 0"),
        (json!({"refill_amount": "10"}), "refill_amount", "number"),
        (json!({"refill_period": "yearly"}), "refill_period", "daily, weekly or monthly"),
        (json!({"time_zone": "Berlin"}), "time_zone", "Europe/Berlin"),
        (json!({"unused": "burn"}), "unused", "keep or expire"),
        (json!({"enabled": false}), "refill_amount", "leave it out"),
        (json!({"refil_period": "daily"}), "refil_period", "refill_period"),
    ] {
        let mut sent = right.clone();
        sent.as_object_mut().unwrap().extend(wrong.as_object().unwrap().clone());
        let refused = server.admin("POST", PATH, Some(sent));
        let error = &refused.json()["errors"][0];
        assert_eq!((refused.status, &error["field"]), (422, &json!(field)), "{wrong}: {}", refused.text());
        assert!(error.to_string().contains(says), "{error}");
    }
    assert_eq!(server.ok("GET", PATH, None)["enabled"], false);
    for method in ["GET", "POST", "DELETE"] {
        let body = (method == "POST").then(|| right.clone());
        let missing = server.admin(method, &PATH.replace("teams/team", "teams/nobody"), body);
        assert_eq!((missing.status, &missing.json()["code"]), (404, &json!("team_not_found")), "{method}");
    }
}

#[test]
fn a_team_that_ran_dry_goes_on_with_its_next_period() {
    let provider = Provider::start();
    let server = Setup::upstream(provider.address).start();
    let key = dry(&server);
    assert_eq!(server.chat(&key, "smart").status, 429);
    due(&server, "team", 3);
    // A refusal is remembered for a quarter of a second.
    std::thread::sleep(Duration::from_millis(300));
    for _ in 0..3 {
        assert_eq!(server.chat(&key, "smart").status, 200);
    }
    assert_eq!(server.chat(&key, "smart").status, 429);
    let refills = || lines(&server).into_iter().filter(|(kind, _)| kind == "refill").collect::<Vec<_>>();
    assert_eq!(refills(), [("refill".into(), 3.0)]);
    let refill = balance(&server)["auto_refill"].clone();
    let (last, next) =
        (refill["last_refill_at"].as_str().unwrap(), refill["next_refill_at"].as_str().unwrap());
    assert!(last < next && next.ends_with("T00:00:00Z"), "{refill}");
    assert_verified(&server);
}

#[test]
fn a_job_and_whoever_reads_find_what_is_due() {
    let server = Setup::default().start();
    let key = dry(&server);
    let job = json!({"team_id": "team", "job_type": "analysis"}).to_string();
    assert_eq!(server.team(&key, "POST", "/api/jobs/create", Some(&job)).status, 403);
    due(&server, "team", 2);
    assert_eq!(server.team(&key, "POST", "/api/jobs/create", Some(&job)).status, 201);
    // Each team is read in one way; the list of all enters nothing by itself.
    let paths =
        ["credits/balance?team_id=a", "credits/teams/b/balance", "credits/transactions?team_id=c", "teams/d"];
    for (path, team) in paths.into_iter().zip(["a", "b", "c", "d"]) {
        let draft = json!({"organization_id": "org", "team_id": team});
        server.ok("POST", "/api/teams/create", Some(draft));
        due(&server, team, 2);
        assert_eq!(listed(&server, team), 0, "{path}");
        server.ok("GET", &format!("/api/{path}"), None);
        assert_eq!(listed(&server, team), 2, "{path}");
    }
    assert_verified(&server);
}

#[test]
fn a_server_refills_without_being_asked() {
    let mut server = Setup::default().start();
    dry(&server);
    server.terminate();
    due(&server, "team", 7);
    server.restart();
    let deadline = Instant::now() + crate::http::PATIENCE;
    while listed(&server, "team") != 7 {
        assert!(Instant::now() < deadline, "no refill came");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_verified(&server);
}

#[test]
fn a_team_that_was_read_can_be_sent_back_although_calls_and_a_refill_came_between() {
    let provider = Provider::start();
    let server = Setup::upstream(provider.address).start();
    let key = server.onboard(&[("smart", "openai/gpt-4")]);
    let mut read = server.ok("GET", "/api/teams/team", None);
    assert_eq!(server.chat(&key, "smart").status, 200);
    server.wait_for_calls("smart", 1);
    due(&server, "team", 5);
    assert_eq!(balance(&server)["credits_remaining"], 1_000_004);
    read["team_alias"] = json!("Team");
    let sent_back = server.ok("PUT", "/api/teams/team", Some(read.clone()));
    assert_eq!(
        (&sent_back["team_alias"], &sent_back["credits_remaining"]),
        (&json!("Team"), &json!(1_000_004))
    );
    // Who changes them is told that this is not the way.
    for field in ["credits_allocated", "credits_remaining", "credits_used"] {
        let mut forged = read.clone();
        forged[field] = json!(3);
        let refused = server.admin("PUT", "/api/teams/team", Some(forged));
        assert_eq!((refused.status, &refused.json()["code"]), (422, &json!("immutable_field")), "{field}");
    }
}

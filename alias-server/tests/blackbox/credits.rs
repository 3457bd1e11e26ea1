//! Credits over HTTP: a ceiling that holds under parallel calls, on one server and on three, and across kills.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::http;
use crate::provider::{Mode, Provider};
use crate::server::{Server, Setup, databases, times};
use crate::stalls;

fn give(server: &Server, team: &str, credits: i64) -> Value {
    server.ok("POST", "/api/credits/add", Some(json!({"team_id": team, "amount": credits})))
}

fn balance(server: &Server) -> Value {
    server.ok("GET", "/api/credits/balance?team_id=team", None)
}

/// A team with so many credits and nothing else, on a fresh onboarding.
pub(crate) fn onboard(server: &Server, credits: i64) -> String {
    let key = server.onboard(&[("smart", "openai/gpt-4")]);
    let spare = balance(server)["credits_remaining"].as_i64().unwrap();
    let take = json!({"team_id": "team", "amount": credits - spare, "type": "adjustment"});
    server.ok("POST", "/api/credits/add", Some(take));
    key
}

/// Calls made at once, spread over the servers: how many were answered, and what the others were told.
pub(crate) fn calls_at_once(servers: &[Server], key: &str, calls: usize) -> (usize, Vec<(u16, Value)>) {
    let refused = Mutex::new(Vec::new());
    let served = Mutex::new(0);
    std::thread::scope(|scope| {
        for client in 0..50 {
            let (refused, served) = (&refused, &served);
            scope.spawn(move || {
                for call in (client..calls).step_by(50) {
                    let one = &servers[call % servers.len()];
                    let answer = http::patiently(|| one.chat(key, "smart"));
                    match answer.status {
                        200 => *served.lock().unwrap() += 1,
                        status => refused.lock().unwrap().push((status, answer.json())),
                    }
                }
            });
        }
    });
    (served.into_inner().unwrap(), refused.into_inner().unwrap())
}

/// Waits for something, for long enough on a machine that is busy.
pub(crate) fn until(what: &str, mut done: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_mins(2);
    while !done() {
        assert!(Instant::now() < deadline, "not in time: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_team_without_credits_is_told_so_and_not_to_try_again() {
    let provider = Provider::start();
    let server = Setup::upstream(provider.address).start();
    let key = onboard(&server, 2);
    assert_eq!(server.chat(&key, "smart").status, 200);
    assert_eq!(server.chat(&key, "smart").status, 200);
    let refused = server.chat(&key, "smart");
    assert_eq!((refused.status, refused.header("x-should-retry")), (429, Some("false")));
    assert_eq!(refused.json()["error"]["code"], "insufficient_quota");
    assert_eq!(provider.sent(), 2, "a refused call is never sent");
    let now = balance(&server);
    assert_eq!(
        (&now["credits_remaining"], &now["credits_used"], &now["status"]),
        (&json!(0), &json!(2), &json!("exhausted"))
    );
    // More credits hold with the next call.
    assert_eq!(give(&server, "team", 1)["credits_remaining"], 1);
    assert_eq!(server.chat(&key, "smart").status, 200);
    let ledger = server.ok("GET", "/api/credits/transactions?team_id=team", None);
    let sum: i64 =
        ledger["transactions"].as_array().unwrap().iter().map(|line| line["amount"].as_i64().unwrap()).sum();
    assert_eq!(sum, 0);
    assert_eq!(ledger["transactions"][0]["balance_after"], 0);
}

#[test]
fn a_failed_call_takes_no_credit() {
    let provider = Provider::start();
    let server = Setup::upstream(provider.address).impatient().start();
    let key = onboard(&server, 3);
    provider.set(Mode::Hang);
    for _ in 0..5 {
        assert_eq!(server.chat(&key, "smart").status, 504);
    }
    provider.set(Mode::Good);
    for _ in 0..3 {
        assert_eq!(server.chat(&key, "smart").status, 200);
    }
    assert_eq!(server.chat(&key, "smart").status, 429);
}

#[test]
fn consumption_is_held_at_its_most_and_charged_as_it_was() {
    let provider = Provider::start();
    let server = Setup::upstream(provider.address).start();
    let key = onboard(&server, 3_000);
    // 1 USD for a million tokens, in and out: 1 µUSD a token, and a credit a µUSD.
    // Nobody knows how much this model takes and gives.
    let own = json!({"litellm_model": "openai/nobody-knows", "pricing_input": 1, "pricing_output": 1});
    server.ok("PUT", "/api/model-aliases/smart", Some(own));
    server.ok(
        "PUT",
        "/api/teams/team",
        Some(json!({"budget_mode": "consumption_usd", "credits_per_dollar": 1_000_000})),
    );
    let call = |body: &str| server.team(&key, "POST", "/v1/chat/completions", Some(body));
    let without = call(r#"{"model":"smart","messages":[]}"#);
    assert_eq!((without.status, &without.json()["error"]["code"]), (400, &json!("max_tokens_required")));
    provider.set(Mode::Usage(r#"{"prompt_tokens":7,"completion_tokens":3,"total_tokens":10}"#));
    let body = r#"{"model":"smart","messages":[],"max_tokens":50}"#;
    assert_eq!(call(body).status, 200);
    assert_eq!(balance(&server)["credits_used"], 10);
    // Held at its most it does not fit any more: the allowance, the body, and 50 tokens of answer.
    let take = json!({"team_id": "team", "amount": -2_090, "type": "adjustment"});
    until("idle credit is given back", || {
        server.admin("POST", "/api/credits/add", Some(take.clone())).status == 200
    });
    assert_eq!(call(body).json()["error"]["code"], "insufficient_quota");
    // A free alias passes.
    server.ok("PUT", "/api/model-aliases/smart", Some(json!({"pricing": {"basis": "free"}})));
    assert_eq!(call(body).status, 200);
    // An unknown price does not, under a limit.
    server.ok(
        "PUT",
        "/api/model-aliases/smart",
        Some(json!({"pricing": {"basis": "catalog"}, "litellm_model": "openai/nobody-knows"})),
    );
    let unpriced = call(body);
    assert_eq!((unpriced.status, &unpriced.json()["error"]["code"]), (403, &json!("price_unknown")));
    server.ok("PUT", "/api/teams/team", Some(json!({"limit_mode": "soft_limit"})));
    assert_eq!(call(body).status, 200);
}

#[test]
fn a_price_of_the_catalogue_with_its_markup_is_what_a_call_is_charged() {
    let provider = Provider::start();
    let server = Setup::upstream(provider.address).start();
    let key = onboard(&server, 10_000);
    server.ok("PUT", "/api/teams/team", Some(json!({"budget_mode": "consumption_usd", "credits_per_dollar": 1_000_000, "cost_markup_percentage": 50})));
    let alias = || server.ok("GET", "/api/model-aliases/smart", None);
    assert_eq!(
        (&alias()["pricing_source"], &alias()["pricing_input"]),
        (&json!("catalog"), &json!(30)),
        "the user guide's models come with their prices"
    );
    let map = server.folder().join("map.json");
    std::fs::write(
        &map,
        r#"{"gpt-4": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 1e-06,
        "output_cost_per_token": 2e-06, "max_output_tokens": 100}, "odd": {"mode": "chat"}}"#,
    )
    .unwrap();
    let imported = std::process::Command::new(env!("CARGO_BIN_EXE_alias-server"))
        .args(["catalog", "import"])
        .arg(&map)
        .arg("--data-dir")
        .arg(server.folder().join("data"))
        .output()
        .unwrap();
    let said = String::from_utf8(imported.stdout).unwrap();
    assert!(imported.status.success() && said.contains("1 models read, 1 entries could not be"), "{said}");
    until("the new price is known", || alias()["pricing_input"] == 1);
    provider.set(Mode::Usage(r#"{"prompt_tokens":7,"completion_tokens":3,"total_tokens":10}"#));
    // Without a cap of its own, the catalogue's maximum is held for, and sent.
    until("the server has it, too", || server.chat(&key, "smart").status == 200);
    assert_eq!(provider.seen().last().unwrap().body["max_tokens"], 100);
    // (7 × 1 + 3 × 2) µUSD and a half of that on top, a credit a µUSD.
    assert_eq!(balance(&server)["credits_used"], 19.5);
    let set = server.ok(
        "PUT",
        "/api/catalog/models/openai/gpt-4",
        Some(json!({"prices": {"input": 0, "output": 0}})),
    );
    assert_eq!(set["price_history"].as_array().unwrap().len(), 3);
    assert_eq!(server.chat(&key, "smart").status, 200);
    assert_eq!(balance(&server)["credits_used"], 19.5);
    let wrong =
        server.admin("PUT", "/api/catalog/models/openai/gpt-4", Some(json!({"max_output_tokens": 0})));
    assert_eq!((wrong.status, wrong.json()["errors"][0]["field"].as_str()), (422, Some("max_output_tokens")));
    let unknown = json!({"litellm_model": "openai/nobody-knows", "pricing": {"basis": "catalog"}});
    let told = server.ok("PUT", "/api/model-aliases/smart", Some(unknown));
    assert_eq!(told["pricing_source"], "unknown");
    assert!(told["warnings"].to_string().contains("unpriced"), "{told}");
    assert_verified(&server);
}

#[test]
fn what_was_burned_without_a_limit_does_not_come_back_when_there_is_one_again() {
    let provider = Provider::start();
    let server = Setup::upstream(provider.address).start();
    let key = onboard(&server, 5);
    server.ok("PUT", "/api/teams/team", Some(json!({"limit_mode": "soft_limit"})));
    for _ in 0..8 {
        assert_eq!(server.chat(&key, "smart").status, 200);
    }
    assert_eq!(balance(&server)["credits_remaining"], -3);
    server.ok("PUT", "/api/teams/team", Some(json!({"limit_mode": "hard_limit"})));
    assert_eq!(server.chat(&key, "smart").status, 429);
    give(&server, "team", 5);
    let answered = (0..5).filter(|_| server.chat(&key, "smart").status == 200).count();
    assert_eq!(answered, 2);
    assert_verified(&server);
}

#[test]
fn a_list_of_prompts_is_held_for_every_prompt() {
    let provider = Provider::start();
    let server = Setup::upstream(provider.address).start();
    let key = onboard(&server, 3_000);
    server.ok("PUT", "/api/model-aliases/smart", Some(json!({"pricing_input": 1, "pricing_output": 1})));
    server.ok(
        "PUT",
        "/api/teams/team",
        Some(json!({"budget_mode": "consumption_usd", "credits_per_dollar": 1_000_000})),
    );
    let call = |prompt: Value| {
        let body = json!({"model": "smart", "max_tokens": 500, "prompt": prompt}).to_string();
        server.team(&key, "POST", "/v1/completions", Some(&body)).status
    };
    assert_eq!(call(json!(["a", "b", "c", "d", "e"])), 429);
    assert_eq!(call(json!([[1, 2], [3], [4], [5], [6]])), 429);
    assert_ne!(call(json!([1, 2, 3, 4, 5])), 429);
}

#[test]
fn the_operators_cap_bounds_answers_that_nothing_else_caps() {
    let provider = Provider::start();
    let extra = vec!["--default-max-output-tokens".to_owned(), "77".to_owned()];
    let server = Setup { upstream: Some(provider.address), extra, ..Setup::default() }.start();
    let key = onboard(&server, 10_000);
    let unknown = json!({"litellm_model": "openai/nobody-knows", "pricing_input": 1, "pricing_output": 1});
    server.ok("PUT", "/api/model-aliases/smart", Some(unknown));
    server.ok("PUT", "/api/teams/team", Some(json!({"budget_mode": "consumption_tokens"})));
    assert_eq!(server.chat(&key, "smart").status, 200);
    assert_eq!(provider.seen().last().unwrap().body["max_tokens"], 77);
    // A request that caps lower keeps its own cap; null is none.
    for (asked, sent) in [("5", 5), ("null", 77)] {
        let body = format!(r#"{{"model":"smart","messages":[],"max_tokens":{asked}}}"#);
        assert_eq!(server.team(&key, "POST", "/v1/chat/completions", Some(&body)).status, 200);
        let seen = provider.seen().last().unwrap().clone();
        assert_eq!((&seen.body["max_tokens"], seen.raw.matches("max_tokens").count()), (&json!(sent), 1));
    }
}

/// `alias-server instances …` on the server's folder: its exit code, and what it says.
fn instances(server: &Server, arguments: &[&str]) -> (i32, String) {
    let done = std::process::Command::new(env!("CARGO_BIN_EXE_alias-server"))
        .env_clear()
        .arg("instances")
        .args(arguments)
        .arg("--data-dir")
        .arg(server.folder().join("data"))
        .output()
        .unwrap();
    (done.status.code().unwrap(), String::from_utf8(done.stdout).unwrap())
}

#[test]
fn a_server_that_is_retired_while_it_lives_goes_on_under_a_new_id() {
    let provider = Provider::start();
    let server = Setup::upstream(provider.address).start();
    let key = onboard(&server, 100);
    assert_eq!(server.chat(&key, "smart").status, 200);
    assert_eq!(balance(&server)["credits_used"], 1);
    let (code, said) = instances(&server, &["list"]);
    let id = said.lines().nth(1).and_then(|line| line.split_whitespace().next()).unwrap().to_owned();
    assert_eq!((code, said.lines().count()), (0, 2), "{said}");
    assert_eq!(instances(&server, &["retire", &id]).0, 0);
    assert_eq!(instances(&server, &["retire", &id]).0, 1, "it is retired already");
    assert_eq!(balance(&server)["credits_remaining"], 99);
    until("it has a new id", || {
        let (_, said) = instances(&server, &["list"]);
        said.contains("ins_") && !said.contains(&id)
    });
    until("it serves again", || server.chat(&key, "smart").status == 200);
    let now = balance(&server);
    assert!(now["credits_used"].as_i64().unwrap() >= 2, "{now}");
    assert_verified(&server);
}

#[test]
fn a_provider_that_reports_more_than_it_can_is_the_houses_matter() {
    let provider = Provider::start();
    let server = Setup::upstream(provider.address).start();
    let key = onboard(&server, 2_000);
    server.ok("PUT", "/api/model-aliases/smart", Some(json!({"pricing_input": 1, "pricing_output": 1})));
    server.ok(
        "PUT",
        "/api/teams/team",
        Some(json!({"budget_mode": "consumption_usd", "credits_per_dollar": 1_000_000})),
    );
    provider
        .set(Mode::Usage(r#"{"prompt_tokens":900000000,"completion_tokens":3,"total_tokens":900000003}"#));
    let call = || {
        server
            .team(
                &key,
                "POST",
                "/v1/chat/completions",
                Some(r#"{"model":"smart","messages":[],"max_tokens":50}"#),
            )
            .status
    };
    assert_eq!(call(), 200);
    let now = balance(&server);
    let left = now["credits_remaining"].as_i64().unwrap();
    assert!((0..2_000).contains(&left), "{now}");
    assert!(now["credits_used"].as_i64().unwrap() <= 2_000, "{now}");
}

#[test]
fn of_three_hundred_calls_at_once_no_more_are_served_than_there_are_credits() {
    for database in databases() {
        for round in 0..times("ALIAS_TEST_CEILINGS", 3) {
            let provider = Provider::start();
            let setup =
                Setup { upstream: Some(provider.address), database: database.clone(), ..Setup::default() };
            let count = if database.is_some() { 3 } else { 1 };
            let servers: Vec<Server> = (0..count).map(|_| setup.clone().start()).collect();
            let key = if round == 0 || database.is_none() {
                onboard(&servers[0], 50)
            } else {
                let rest = balance(&servers[0])["credits_remaining"].as_i64().unwrap();
                give(&servers[0], "team", 50 - rest);
                servers[0].ok("POST", "/api/teams/team/keys", None)["virtual_key"]
                    .as_str()
                    .unwrap()
                    .to_owned()
            };
            for server in &servers {
                until("the key is known", || server.team(&key, "GET", "/v1/models", None).status == 200);
            }
            let (served, refused) = calls_at_once(&servers, &key, 300);
            let told: Vec<_> = refused.iter().filter(|(status, _)| *status != 429).collect();
            assert!(told.is_empty(), "{told:?}");
            assert!(served <= 50, "{served} calls were served");
            // On one server all of them are; on three, a little may lie where nobody asks.
            assert!(served >= if count == 1 { 50 } else { 45 }, "only {served} were served");
            until("all calls are in the books", || {
                balance(&servers[0])["credits_remaining"] == json!(50 - served)
            });
            assert_eq!(provider.sent(), u64::try_from(served).unwrap());
            assert_verified(&servers[0]);
            println!("round {round}: {served} of 300 served by {count} servers");
        }
    }
}

#[test]
fn a_kill_amid_calls_loses_no_credit_and_no_call() {
    for database in databases() {
        for round in 0..times("ALIAS_TEST_CEILINGS", 3) {
            let provider = Provider::start();
            let setup =
                Setup { upstream: Some(provider.address), database: database.clone(), ..Setup::default() };
            let count = if database.is_some() { 3 } else { 1 };
            let mut servers: Vec<Server> = (0..count).map(|_| setup.clone().start()).collect();
            let key = if round == 0 || database.is_none() {
                onboard(&servers[0], 200)
            } else {
                let rest = balance(&servers[0])["credits_remaining"].as_i64().unwrap();
                give(&servers[0], "team", 200 - rest);
                servers[0].ok("POST", "/api/teams/team/keys", None)["virtual_key"]
                    .as_str()
                    .unwrap()
                    .to_owned()
            };
            for server in &servers {
                until("the key is known", || server.team(&key, "GET", "/v1/models", None).status == 200);
            }
            let before = counted(&servers[0]);
            let served = Mutex::new(0_u64);
            let last = servers.len() - 1;
            let mut victim = servers.remove(last);
            let address = victim.address;
            let bearer = format!("Bearer {key}");
            std::thread::scope(|scope| {
                let (served, bearer, servers) = (&served, bearer.as_str(), &servers);
                for client in 0..12 {
                    scope.spawn(move || {
                        for call in 0..15 {
                            let to = if (client + call) % 3 == 0 || servers.is_empty() {
                                address
                            } else {
                                servers[call % servers.len()].address
                            };
                            let body = br#"{"model":"smart","messages":[]}"#;
                            let answer = crate::http::send(
                                to,
                                "POST",
                                "/v1/chat/completions",
                                &[("Authorization", bearer)],
                                Some(body),
                            );
                            if answer.is_ok_and(|answer| answer.status == 200) {
                                *served.lock().unwrap() += 1;
                            }
                        }
                    });
                }
                until("some were served", || *served.lock().unwrap() >= 20);
                victim.kill();
            });
            victim.restart();
            servers.push(victim);
            let served = served.into_inner().unwrap();
            // Every call that was sent is in the books once: answered or interrupted, which is free.
            let sent = provider.sent();
            let (calls, completed) = at_rest(&servers[0], before);
            assert!((served..=sent).contains(&calls), "{served} answered, {calls} in the books, {sent} sent");
            assert!((served..=calls).contains(&completed), "{served} answered, {completed} complete");
            let left = balance(&servers[0])["credits_remaining"].as_u64().unwrap();
            assert_eq!(left, 200 - completed, "{completed} calls were charged");
            println!(
                "round {round}: {served} answered, {calls} in the books, {sent} sent, {left} credits left"
            );
        }
    }
}

/// Every number of the books, computed again.
pub(crate) fn assert_verified(server: &Server) {
    let report = server.ok("GET", "/api/usage/verify", None);
    assert_eq!(report["clean"], true, "{report}");
}

/// The calls in the books, and those of them that were completed.
fn counted(server: &Server) -> (u64, u64) {
    let alias = server.ok("GET", "/api/model-aliases/smart", None);
    let number = |name: &str| alias["usage_stats"][name].as_u64().unwrap();
    (number("total_calls"), number("total_calls") - number("failed_calls"))
}

/// The same since `before`, when they stand still.
fn at_rest(server: &Server, before: (u64, u64)) -> (u64, u64) {
    let (mut seen, mut since) = (counted(server), stalls::watch());
    while stalls::ran_since(since) < Duration::from_millis(1_500) {
        let now = counted(server);
        if now != seen {
            (seen, since) = (now, Instant::now());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    (seen.0 - before.0, seen.1 - before.1)
}

#[test]
fn a_server_that_never_comes_back_is_retired_and_its_credit_with_it() {
    for database in databases().into_iter().flatten() {
        let provider = Provider::start();
        let setup = Setup { upstream: Some(provider.address), database: Some(database), ..Setup::default() };
        let (stays, mut goes) = (setup.clone().start(), setup.start());
        let key = onboard(&stays, 32);
        until("the key is known", || goes.team(&key, "GET", "/v1/models", None).status == 200);
        assert_eq!(goes.chat(&key, "smart").status, 200);
        until("the call is in the books", || balance(&stays)["credits_used"] == 1);
        goes.kill();
        drop(goes);
        let held = |server: &Server| -> Vec<(String, f64)> {
            let list = server.ok("GET", "/api/instances", None);
            let of = |one: &Value| {
                (one["instance_id"].as_str().unwrap().to_owned(), one["credits_held"].as_f64().unwrap())
            };
            list["instances"].as_array().unwrap().iter().map(of).collect()
        };
        let (gone, _) = held(&stays).into_iter().find(|(_, held)| *held > 0.0).expect("it held a slice");
        let retired = stays.admin("POST", &format!("/api/instances/{gone}/retire"), None);
        assert_eq!(retired.status, 204);
        assert_eq!(stays.admin("POST", &format!("/api/instances/{gone}/retire"), None).status, 404);
        let now = balance(&stays);
        assert_eq!((&now["credits_remaining"], &now["credits_leased"]), (&json!(31), &json!(0)));
        for _ in 0..31 {
            assert_eq!(stays.chat(&key, "smart").status, 200);
        }
        assert_eq!(stays.chat(&key, "smart").status, 429);
        assert_verified(&stays);
    }
}

#[test]
fn a_server_whose_folder_is_lost_under_load_costs_no_more_than_it_held() {
    for database in databases().into_iter().flatten() {
        for round in 0..times("ALIAS_TEST_CEILINGS", 3) {
            let provider = Provider::start();
            let setup = Setup {
                upstream: Some(provider.address),
                database: Some(database.clone()),
                ..Setup::default()
            };
            let (mut stays, goes) = (setup.clone().start(), setup.clone().start());
            let key = if round == 0 {
                onboard(&stays, 200)
            } else {
                let rest = balance(&stays)["credits_remaining"].as_i64().unwrap();
                give(&stays, "team", 200 - rest);
                let made = stays.ok("POST", "/api/teams/team/keys", None);
                made["virtual_key"].as_str().unwrap().to_owned()
            };
            until("the key is known", || goes.team(&key, "GET", "/v1/models", None).status == 200);
            let before = counted(&stays);
            let served = Mutex::new(0_u64);
            let (bearer, to) = (format!("Bearer {key}"), [stays.address, goes.address]);
            let held = std::thread::scope(|scope| {
                for client in 0..12_usize {
                    let (served, bearer) = (&served, bearer.as_str());
                    scope.spawn(move || {
                        for call in 0..12 {
                            let (to, body) = (to[(client + call) % 2], br#"{"model":"smart","messages":[]}"#);
                            let headers = [("Authorization", bearer)];
                            let answer =
                                crate::http::send(to, "POST", "/v1/chat/completions", &headers, Some(body));
                            if answer.is_ok_and(|answer| answer.status == 200) {
                                *served.lock().unwrap() += 1;
                            }
                        }
                    });
                }
                until("some were served", || *served.lock().unwrap() >= 40);
                let mut goes = goes;
                goes.kill();
                drop(goes);
                // Who still asks is told to wait, until the one that is gone is retired.
                retire_the_silent(&stays)
            });
            let (calls, completed) = at_rest(&stays, before);
            let (served, sent) = (served.into_inner().unwrap(), provider.sent());
            let lost = u32::try_from(served.saturating_sub(completed)).unwrap();
            assert!(f64::from(lost) <= held, "{lost} answered calls are lost, {held} credits were held");
            assert!(calls <= sent, "{calls} in the books, {sent} sent");
            let now = balance(&stays);
            assert_eq!(now["credits_remaining"], json!(200 - completed), "{now}");
            assert_verified(&stays);
            println!("round {round}: {served} answered, {completed} charged, {lost} lost of {held} held");
            // So that the next round finds one silent instance.
            stays.terminate();
        }
    }
}

/// Retires the one instance that holds something and whose beat stands still; tells what it held.
fn retire_the_silent(server: &Server) -> f64 {
    let beats = || -> Vec<(String, i64, f64)> {
        let list = server.ok("GET", "/api/instances", None);
        let of = |one: &Value| {
            let id = one["instance_id"].as_str().unwrap().to_owned();
            (id, one["beat"].as_i64().unwrap(), one["credits_held"].as_f64().unwrap())
        };
        list["instances"].as_array().unwrap().iter().map(of).collect()
    };
    let first = beats();
    let mut silent = None;
    until("the others beat", || {
        let now = beats();
        let still = |(id, beat, held): &&(String, i64, f64)| {
            *held > 0.0 && first.iter().any(|(i, b, _)| i == id && b == beat)
        };
        let all: Vec<_> = now.iter().filter(still).cloned().collect();
        silent = all.first().cloned();
        all.len() == 1
    });
    let (id, _, held) = silent.unwrap();
    assert_eq!(server.admin("POST", &format!("/api/instances/{id}/retire"), None).status, 204);
    held
}

#[test]
fn a_server_that_is_stopped_gives_back_what_it_holds() {
    let provider = Provider::start();
    let mut server = Setup::upstream(provider.address).start();
    let key = onboard(&server, 1_000);
    assert_eq!(server.chat(&key, "smart").status, 200);
    assert!(balance(&server)["credits_leased"].as_f64().unwrap() > 0.0);
    server.terminate();
    server.restart();
    let now = balance(&server);
    assert_eq!((&now["credits_remaining"], &now["credits_leased"]), (&json!(999), &json!(0)));
    assert_eq!(server.chat(&key, "smart").status, 200);
}

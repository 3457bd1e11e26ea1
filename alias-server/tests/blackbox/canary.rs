//! Canaries with guardrails, over HTTP: what is worse than the other targets goes back by itself, and says why.

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use alias_core::clock::Timestamp;

use crate::ctl::ctl;
use crate::http;
use crate::provider::{Mode, Provider};
use crate::receiver::Receiver;
use crate::schedule::ahead;
use crate::server::{Server, Setup, databases};
use crate::stalls;

const SMART: &str = "/api/model-aliases/smart";
const NEW: &str = "openai/new";
/// How long it may take until no call goes to a canary that fails.
const PROMISED: Duration = Duration::from_secs(10);

fn started(provider: &Provider, database: Option<String>) -> (Server, String) {
    let extra = vec!["--webhook-allow-private".to_owned()];
    let server = Setup { upstream: Some(provider.address), database, extra, ..Setup::default() }.start();
    let key = server.onboard(&[("smart", "openai/old")]);
    (server, key)
}

/// Has half of the users go to the canary.
fn try_out(server: &Server, guardrails: Value) {
    let split = json!([
        {"litellm_model": NEW, "share": 50, "guardrails": guardrails},
        {"litellm_model": "openai/other", "share": 1},
    ]);
    server.ok("PUT", SMART, Some(json!({"split": split, "sticky": "user"})));
}

/// A call of one of many users; its status.
fn call(server: &Server, key: &str, user: u64) -> u16 {
    let body = json!({"model": "smart", "messages": [], "user": format!("user-{user}")}).to_string();
    server.team(key, "POST", "/v1/chat/completions", Some(&body)).status
}

/// Calls of many users, until the canary is out of the split of the alias.
fn call_until_it_is_back(servers: &[&Server], key: &str) -> Duration {
    let began = stalls::watch();
    for user in 0.. {
        for server in servers {
            call(server, key, user % 40);
        }
        // What calls go by, and not only what is written already.
        if servers.iter().all(|server| arms(server)["canary"] != NEW) {
            break;
        }
        assert!(stalls::ran_since(began) < PROMISED, "the canary is still there: {}", arms(servers[0]));
    }
    began.elapsed()
}

fn arms(server: &Server) -> Value {
    server.ok("GET", &format!("{SMART}/arms"), None)
}

fn newest_version(server: &Server) -> Value {
    server.ok("GET", &format!("{SMART}/history"), None)["versions"][0].clone()
}

#[test]
fn a_canary_that_fails_is_taken_back_within_ten_seconds_and_it_is_told_why() {
    for database in databases() {
        let (provider, receiver) = (Provider::start(), Receiver::start());
        let (server, key) = started(&provider, database);
        let hook = json!({"webhook_url": receiver.url(), "events": ["alias.rolled_back"]});
        server.ok("POST", "/api/webhooks/register", Some(hook));
        try_out(&server, json!({"error_rate": 10, "min_calls": 10}));
        provider.set(Mode::FailsFor(&[NEW], 503));
        let took = call_until_it_is_back(&[&server], &key);
        println!("a failing canary was out of the split after {took:?}");
        provider.set(Mode::FailsFor(&[NEW], 503));
        assert!((0..40).all(|user| call(&server, &key, user) == 200), "no call goes to the canary any more");
        assert!(provider.seen().iter().all(|seen| seen.body["model"] != NEW));
        let version = newest_version(&server);
        let reason = version["reason"].as_str().unwrap();
        assert_eq!((&version["actor"], &version["version"]), (&json!("guardrail"), &json!(3)));
        assert!(
            reason.contains(NEW) && reason.contains("error_rate") && reason.contains("calls failed"),
            "{reason}"
        );
        let alias = server.ok("GET", SMART, None);
        assert_eq!(alias["split"], json!([{"litellm_model": "openai/other", "share": 1}]), "others stay");
        let log = server.ok("GET", "/api/audit?action=alias.take_back_canary", None);
        assert_eq!(
            (log["records"].as_array().unwrap().len(), &log["records"][0]["reason"]),
            (1, &version["reason"])
        );
        let message = receiver.wait_for(1).remove(0).json();
        assert_eq!(
            (&message["type"], &message["data"]["canary"]),
            (&json!("alias.rolled_back"), &json!(NEW))
        );
        assert_eq!(message["data"]["reason"], version["reason"]);
        // What it was before is a rollback away, and is judged anew.
        provider.set(Mode::Good);
        server.ok("POST", &format!("{SMART}/rollback"), Some(json!({"version": 2})));
        assert_eq!(
            (&arms(&server)["verdict"], &arms(&server)["arms"][1]["errors"]),
            (&json!("too_few_calls"), &json!(0))
        );
    }
}

#[test]
fn a_canary_that_is_no_worse_than_the_others_stays_and_its_figures_are_shown() {
    let provider = Provider::start();
    let (server, key) = started(&provider, None);
    let before = arms(&server);
    assert_eq!(
        (&before["canary"], &before["verdict"], &before["arms"][0]["share"]),
        (&Value::Null, &Value::Null, &json!(100))
    );
    try_out(&server, json!({"error_rate": 10, "cost": 50, "output_tokens": 50, "min_calls": 10}));
    for user in 0..60 {
        assert_eq!(call(&server, &key, user), 200);
    }
    let told = arms(&server);
    let of = |model: &str| {
        let all = told["arms"].as_array().unwrap();
        all.iter().find(|arm| arm["litellm_model"] == model).unwrap_or_else(|| panic!("{told}")).clone()
    };
    let (old, new) = (of("openai/old"), of(NEW));
    assert_eq!(
        (&old["share"], &new["share"], &old["canary"], &new["canary"]),
        (&json!(49), &json!(50), &json!(false), &json!(true))
    );
    let calls: u64 = told["arms"].as_array().unwrap().iter().map(|arm| arm["calls"].as_u64().unwrap()).sum();
    assert_eq!(calls, 60);
    assert_eq!(
        (&new["errors"], &new["error_rate"], &new["output_tokens_per_call"]),
        (&json!(0), &json!(0), &json!(3))
    );
    assert_eq!(new["cost_per_call_usd"], 0.00012);
    assert!(
        new["p95_duration_ms"].as_u64().is_some() && new["p95_first_byte_ms"].as_u64().is_some(),
        "{told}"
    );
    assert_eq!(
        (&told["verdict"], &told["breaks"], &told["canary"]),
        (&json!("within"), &Value::Null, &json!(NEW))
    );
    // Where the provider fails everybody, it is not the canary's fault.
    provider.set(Mode::Status(500));
    for user in 0..200 {
        assert_eq!(call(&server, &key, user % 40), 502);
    }
    let told = arms(&server);
    assert_eq!(told["verdict"], "within", "{told}");
    assert_eq!(newest_version(&server)["version"], 2);
    assert_eq!(server.admin("GET", "/api/model-aliases/none/arms", None).status, 404);
    // The same for a caller: which target it has, and what that one is held to.
    let why = server.ok("GET", "/api/explain?team=team&model=smart", None);
    assert_eq!(why["split"][0]["guardrails"]["error_rate"], 10);
    let table = ctl(&["alias", "arms", "smart"]).at(&server).run();
    assert!(table.code == 0 && table.output.contains(NEW), "{table:?}");
    assert!(table.errors.contains("keeps to its guardrails"), "{table:?}");
    let line = ["alias", "update", "smart", "--canary", "openai/newer=5", "--guardrail", "error_rate=2.5"];
    assert_eq!(ctl(&line).at(&server).run().code, 0);
    let split = server.ok("GET", SMART, None)["split"].clone();
    assert_eq!(
        (&split[0]["litellm_model"], &split[0]["guardrails"]["error_rate"]),
        (&json!("openai/newer"), &json!(2.5))
    );
}

#[test]
fn failures_that_a_fallback_makes_good_and_slow_answers_are_the_canarys_all_the_same() {
    let provider = Provider::start();
    let (server, key) = started(&provider, None);
    server.ok("PUT", SMART, Some(json!({"fallbacks": [{"litellm_model": "openai/spare"}]})));
    try_out(&server, json!({"error_rate": 10, "min_calls": 10}));
    provider.set(Mode::FailsFor(&[NEW], 503));
    call_until_it_is_back(&[&server], &key);
    assert!(provider.seen().iter().any(|seen| seen.body["model"] == "openai/spare"), "nobody noticed");
    try_out(&server, json!({"p95_duration": 100, "min_calls": 5}));
    provider.set(Mode::SlowFor(&[NEW], 400));
    call_until_it_is_back(&[&server], &key);
    let reason = newest_version(&server)["reason"].as_str().unwrap().to_owned();
    assert!(reason.contains("p95_duration"), "{reason}");
    let vain = json!({"split": [{"litellm_model": NEW, "share": 5, "guardrails": {"min_calls": 5}}]});
    let answer = server.admin("PUT", SMART, Some(vain));
    assert_eq!(
        (answer.status, &answer.json()["errors"][0]["field"]),
        (422, &json!("split")),
        "{}",
        answer.text()
    );
}

#[test]
fn two_servers_that_judge_at_the_same_moment_take_a_canary_back_once() {
    for database in databases().into_iter().flatten() {
        let provider = Provider::start();
        let (one, key) = started(&provider, Some(database.clone()));
        let two =
            Setup { upstream: Some(provider.address), database: Some(database), ..Setup::default() }.start();
        try_out(&one, json!({"error_rate": 10, "min_calls": 10}));
        provider.set(Mode::FailsFor(&[NEW], 503));
        call_until_it_is_back(&[&one, &two], &key);
        let deadline = Instant::now() + http::PATIENCE;
        while arms(&two)["canary"] == NEW {
            assert!(Instant::now() < deadline, "the other server has not heard of it");
            std::thread::yield_now();
        }
        for server in [&one, &two] {
            assert!((0..40).all(|user| call(server, &key, user) == 200));
        }
        let log = one.ok("GET", "/api/audit?action=alias.take_back_canary", None);
        assert_eq!(
            (log["records"].as_array().unwrap().len(), &newest_version(&one)["version"]),
            (1, &json!(3))
        );
    }
}

/// Sends calls of many users, and waits for none of their answers.
fn leave_out(server: &Server, key: &str, calls: u64) -> Vec<TcpStream> {
    let send = |user| {
        let body = json!({"model": "smart", "messages": [], "user": format!("user-{user}")}).to_string();
        let mut stream = TcpStream::connect(server.address).unwrap();
        write!(
            stream,
            "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        stream
    };
    (0..calls).map(send).collect()
}

#[test]
fn a_canary_whose_calls_hang_is_taken_back_before_they_end() {
    let provider = Provider::start();
    let (server, key) = started(&provider, None);
    try_out(&server, json!({"p95_first_byte": 200, "min_calls": 10}));
    provider.set(Mode::SlowFor(&[NEW], 60_000));
    let began = stalls::watch();
    let out = leave_out(&server, &key, 60);
    while arms(&server)["canary"] == NEW {
        assert!(stalls::ran_since(began) < PROMISED, "{}", arms(&server));
        std::thread::yield_now();
    }
    println!("a canary that hangs was out of the split after {:?}", began.elapsed());
    let reason = newest_version(&server)["reason"].as_str().unwrap().to_owned();
    assert!(reason.contains("p95_first_byte") && reason.contains("are still out"), "{reason}");
    assert!((0..40).all(|user| call(&server, &key, user) == 200), "nobody waits any more");
    drop(out);
}

#[test]
fn a_proxy_that_is_away_is_no_fault_of_the_canary() {
    // A port that nobody listens at any more.
    let away = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let server = Setup { upstream: Some(away), ..Setup::default() }.start();
    let key = server.onboard(&[("smart", "openai/old")]);
    try_out(&server, json!({"error_rate": 10, "min_calls": 5}));
    for user in 0..40 {
        assert_eq!(call(&server, &key, user), 502);
    }
    let told = arms(&server);
    assert_eq!((&told["canary"], &told["verdict"]), (&json!(NEW), &json!("too_few_calls")), "{told}");
    assert!(told["arms"].as_array().unwrap().iter().all(|arm| arm["calls"] == 0), "{told}");
}

#[test]
fn what_waits_and_would_bring_a_canary_back_is_taken_back_with_it() {
    for database in databases() {
        let provider = Provider::start();
        let (server, key) = started(&provider, database);
        try_out(&server, json!({"error_rate": 10, "min_calls": 10}));
        let (tomorrow, later) = (ahead(86_400), ahead(172_800));
        let waits = |at: Timestamp, change: Value| {
            server.ok("PUT", &format!("{SMART}?effective_at={at}"), Some(change));
        };
        // Bigger, and in the end for all; and something else.
        waits(tomorrow, json!({"split": [{"litellm_model": NEW, "share": 80}]}));
        waits(later, json!({"litellm_model": NEW, "split": []}));
        waits(later, json!({"description": "Thinks"}));
        provider.set(Mode::FailsFor(&[NEW], 503));
        call_until_it_is_back(&[&server], &key);
        let left = server.ok("GET", &format!("{SMART}/schedule"), None)["scheduled"].clone();
        assert_eq!(left.as_array().unwrap().len(), 1, "{left}");
        assert_eq!(left[0]["change"], json!({"description": "Thinks"}));
        let log = server.ok("GET", "/api/audit?action=alias.unschedule", None)["records"].clone();
        let reasons: Vec<&Value> = log.as_array().unwrap().iter().map(|record| &record["reason"]).collect();
        assert_eq!(reasons, vec![&newest_version(&server)["reason"]; 2], "{log}");
        assert_eq!(server.ok("GET", "/api/audit/verify", None)["valid"], true);
    }
}

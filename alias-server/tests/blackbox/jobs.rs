//! Jobs over HTTP: created, called, completed; a credit each, and none for those that failed.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::http::{self, Answer};
use crate::provider::{Mode, Provider};
use crate::server::{Server, Setup, databases};

/// A server with a team that has so many credits, and its key.
fn with_credits(setup: Setup, credits: i64) -> (Server, String) {
    let server = setup.start();
    let key = server.onboard(&[("smart", "openai/gpt-4"), ("free", "openai/gpt-3.5-turbo")]);
    server.ok("PUT", "/api/model-aliases/free", Some(json!({"pricing": {"basis": "free"}})));
    let spare = balance(&server)["credits_remaining"].as_i64().unwrap();
    let take = json!({"team_id": "team", "amount": credits - spare, "type": "adjustment"});
    server.ok("POST", "/api/credits/add", Some(take));
    (server, key)
}

fn balance(server: &Server) -> Value {
    server.ok("GET", "/api/credits/balance?team_id=team", None)
}

fn used(server: &Server) -> (Value, Value) {
    let now = balance(server);
    (now["credits_used"].clone(), now["credits_leased"].clone())
}

fn ask(server: &Server, key: &str, method: &str, path: &str, body: &Value) -> Answer {
    let body = (!body.is_null()).then(|| body.to_string());
    server.team(key, method, path, body.as_deref())
}

fn post(server: &Server, key: &str, path: &str, body: &Value) -> Answer {
    ask(server, key, "POST", path, body)
}

fn create(server: &Server, key: &str) -> String {
    let job = post(server, key, "/api/jobs/create", &json!({"job_type": "analysis"}));
    assert_eq!(job.status, 201, "{}", job.text());
    job.json()["job_id"].as_str().unwrap().to_owned()
}

fn chat(model: &str) -> Value {
    json!({"model": model, "messages": [{"role": "user", "content": "hi"}], "purpose": "greeting"})
}

fn complete(server: &Server, key: &str, job: &str, status: &str) -> Answer {
    post(server, key, &format!("/api/jobs/{job}/complete"), &json!({ "status": status }))
}

/// The bytes of an answer that breaks off.
fn cut(server: &Server, key: &str, path: &str, body: &Value) -> String {
    let request = request(server, key, path, body);
    let bytes = http::exchange(server.address, request.as_bytes(), http::PATIENCE).unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}

fn request(server: &Server, key: &str, path: &str, body: &Value) -> String {
    let (body, host) = (body.to_string(), server.address);
    format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {key}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

/// Waits until a job stands so.
fn until(server: &Server, key: &str, job: &str, status: &str) -> Value {
    let deadline = Instant::now() + http::PATIENCE;
    loop {
        let seen = ask(server, key, "GET", &format!("/api/jobs/{job}"), &Value::Null).json();
        if seen["status"] == status {
            return seen;
        }
        assert!(Instant::now() < deadline, "not {status} in time: {seen}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_job_is_created_called_and_completed_for_one_credit() {
    let provider = Provider::start();
    let (server, key) = with_credits(Setup::upstream(provider.address), 10);
    let draft =
        json!({"team_id": "TEAM", "job_type": "document_analysis", "user_id": "u", "metadata": {"pages": 3}});
    let created = post(&server, &key, "/api/jobs/create", &draft);
    let job = created.json();
    assert_eq!((created.status, &job["status"], &job["team_id"]), (201, &json!("pending"), &json!("team")));
    let id = job["job_id"].as_str().unwrap();
    assert_eq!(created.header("location"), Some(format!("/api/jobs/{id}").as_str()));
    assert_eq!((id.len(), used(&server)), (36, (json!(0), json!(1))));
    for _ in 0..3 {
        let mut call = chat("smart");
        call["call_metadata"] = json!({"page": 1});
        let answer = post(&server, &key, &format!("/api/jobs/{id}/llm-call"), &call);
        let said = answer.json();
        assert_eq!((answer.status, answer.header("x-alias-name")), (200, Some("smart")), "{said}");
        assert_eq!((&said["object"], &said["model"]), (&json!("chat.completion"), &json!("smart")));
        assert_eq!(said["choices"][0]["message"]["content"], "hello");
        assert_eq!(said["response"], json!({"content": "hello", "finish_reason": "stop"}));
        assert_eq!(
            (&said["metadata"]["tokens_used"], &said["metadata"]["model"]),
            (&json!(10), &json!("smart"))
        );
        assert!(said["call_id"].as_str().unwrap().starts_with("call_"), "{said}");
    }
    // Nothing of the job's own goes to the provider.
    let seen = provider.seen();
    assert_eq!(
        seen[0].body,
        json!({"model": "openai/gpt-4", "messages": [{"role": "user", "content": "hi"}]})
    );
    until(&server, &key, id, "in_progress");
    let done = complete(&server, &key, id, "completed");
    let ended = done.json();
    assert_eq!((done.status, &ended["status"], &ended["final"]), (200, &json!("completed"), &json!(true)));
    let costs = &ended["costs"];
    assert_eq!(
        (&costs["total_calls"], &costs["successful_calls"], &costs["failed_calls"], &costs["total_tokens"]),
        (&json!(3), &json!(3), &json!(0), &json!(30))
    );
    assert_eq!(
        (&costs["total_cost_usd"], &costs["credit_applied"], &costs["credits_remaining"]),
        (&json!(0.00036), &json!(true), &json!(9))
    );
    assert_eq!(
        (ended["calls"].as_array().unwrap().len(), &ended["calls"][0]["purpose"]),
        (3, &json!("greeting"))
    );
    // Completed again, it answers the same; otherwise it is refused.
    assert_eq!(complete(&server, &key, id, "completed").json(), ended);
    let refused = complete(&server, &key, id, "failed");
    assert_eq!((refused.status, &refused.json()["code"]), (409, &json!("job_finished")));
    let late = post(&server, &key, &format!("/api/jobs/{id}/llm-call"), &chat("smart"));
    assert_eq!((late.status, &late.json()["code"]), (409, &json!("job_finished")));
    assert_eq!((used(&server), provider.sent()), ((json!(1), json!(0)), 3));
    let ledger = server.ok("GET", "/api/credits/transactions?team_id=team", None);
    assert_eq!(ledger["transactions"][0]["job_id"], json!(id));
    for path in ["/api/teams/team", "/api/organizations/org"] {
        assert_eq!(server.ok("GET", path, None)["usage_summary"]["total_jobs"], 1, "{path}");
    }
}

#[test]
fn a_failed_job_costs_nothing_and_neither_does_one_of_free_calls() {
    let provider = Provider::start();
    let (server, key) = with_credits(Setup::upstream(provider.address), 1);
    for (model, status) in [("smart", "failed"), ("free", "completed")] {
        let job = create(&server, &key);
        let answer = post(&server, &key, &format!("/api/jobs/{job}/llm-call"), &chat(model));
        assert_eq!(answer.status, 200, "{}", answer.text());
        let ended = complete(&server, &key, &job, status).json();
        assert_eq!(ended["costs"]["credit_applied"], false, "{ended}");
        assert_eq!(used(&server), (json!(0), json!(0)), "{model} {status}");
    }
    let books = server.ok("GET", "/api/usage/verify", None);
    assert_eq!(books["clean"], true, "{books}");
}

#[test]
fn without_credits_no_job_begins_and_it_is_said_in_the_words_of_jobs() {
    let provider = Provider::start();
    let (server, key) = with_credits(Setup::upstream(provider.address), 1);
    let first = create(&server, &key);
    let refused = post(&server, &key, "/api/jobs/create", &json!({"job_type": "x"}));
    let said = refused.json();
    assert_eq!((refused.status, &said["code"]), (403, &json!("insufficient_credits")));
    assert_eq!((&said["error"], &said["message"]), (&json!("Insufficient credits"), &said["detail"]));
    assert_eq!(refused.header("content-type"), Some("application/problem+json"));
    // The job that was begun goes on.
    let answer = post(&server, &key, &format!("/api/jobs/{first}/llm-call"), &chat("smart"));
    assert_eq!(answer.status, 200);
    assert_eq!(complete(&server, &key, &first, "failed").status, 200);
    create(&server, &key);
}

#[test]
fn credit_that_the_server_keeps_for_calls_is_there_for_jobs() {
    let provider = Provider::start();
    let (server, key) = with_credits(Setup::upstream(provider.address), 32);
    assert_eq!(server.chat(&key, "smart").status, 200);
    assert_eq!(balance(&server)["credits_used"], 1);
    for number in 0..31 {
        let job = post(&server, &key, "/api/jobs/create", &json!({"job_type": "x"}));
        assert_eq!(job.status, 201, "{number}: {}", job.text());
    }
    assert_eq!(post(&server, &key, "/api/jobs/create", &json!({"job_type": "x"})).status, 403);
}

#[test]
fn of_fifty_jobs_at_once_ten_begin_where_there_is_credit_for_ten() {
    for database in databases() {
        let setup = Setup { database, ..Setup::default() };
        let (server, key) = with_credits(setup, 10);
        let statuses = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for _ in 0..50 {
                let (server, key, statuses) = (&server, &key, &statuses);
                scope.spawn(move || {
                    let answer = post(server, key, "/api/jobs/create", &json!({"job_type": "x"}));
                    statuses.lock().unwrap().push(answer.status);
                });
            }
        });
        let statuses = statuses.into_inner().unwrap();
        let of = |wanted| statuses.iter().filter(|status| **status == wanted).count();
        assert_eq!((of(201), of(403)), (10, 40), "{statuses:?}");
        assert_eq!(used(&server), (json!(0), json!(10)));
    }
}

#[test]
fn a_call_of_a_job_streams_and_an_error_is_an_event() {
    let provider = Provider::start();
    let (server, key) = with_credits(Setup::upstream(provider.address), 10);
    let job = create(&server, &key);
    let stream = || post(&server, &key, &format!("/api/jobs/{job}/llm-call-stream"), &chat("smart"));
    let answer = stream();
    let text = answer.text();
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("text/event-stream")), "{text}");
    assert!(text.contains("\"object\":\"chat.completion.chunk\"") && text.contains("[DONE]"), "{text}");
    assert!(text.contains("\"model\":\"smart\"") && !text.contains("\"usage\""), "{text}");
    provider.set(Mode::StreamCut);
    let broken = cut(&server, &key, &format!("/api/jobs/{job}/llm-call-stream"), &chat("smart"));
    assert!(broken.contains("data: {\"error\":{") && !broken.contains("[DONE]"), "{broken}");
    let ended = complete(&server, &key, &job, "completed").json();
    let costs = &ended["costs"];
    assert_eq!((&costs["total_calls"], &costs["successful_calls"]), (&json!(2), &json!(1)), "{ended}");
    assert_eq!((&ended["final"], used(&server)), (&json!(true), (json!(1), json!(0))));
}

#[test]
fn a_job_of_another_team_is_not_found() {
    let provider = Provider::start();
    let (server, key) = with_credits(Setup::upstream(provider.address), 10);
    let other = json!({"organization_id": "org", "team_id": "other", "access_groups": ["all"], "credits_allocated": 5});
    let other =
        server.ok("POST", "/api/teams/create", Some(other))["virtual_key"].as_str().unwrap().to_owned();
    let job = create(&server, &key);
    for (method, path, body) in [
        ("GET", "", Value::Null),
        ("GET", "/costs", Value::Null),
        ("PATCH", "/metadata", json!({"metadata": {}})),
        ("POST", "/llm-call", chat("smart")),
        ("POST", "/llm-call-stream", chat("smart")),
        ("POST", "/complete", json!({"status": "completed"})),
    ] {
        let answer = ask(&server, &other, method, &format!("/api/jobs/{job}{path}"), &body);
        assert_eq!(
            (answer.status, &answer.json()["code"]),
            (404, &json!("job_not_found")),
            "{method} {path}"
        );
    }
    assert_eq!(ask(&server, &other, "GET", "/api/jobs", &Value::Null).json()["total"], 0);
    assert_eq!(ask(&server, &key, "GET", "/api/jobs", &Value::Null).json()["total"], 1);
    let foreign = post(&server, &other, "/api/jobs/create", &json!({"team_id": "team", "job_type": "x"}));
    assert_eq!((foreign.status, &foreign.json()["code"]), (403, &json!("forbidden")));
    assert_eq!(ask(&server, "sk-nobody", "GET", "/api/jobs", &Value::Null).status, 401);
    assert_eq!(provider.sent(), 0);
    let list = server.ok("GET", "/api/teams/team/jobs?status=pending&limit=5&offset=0", None);
    assert_eq!((&list["total"], &list["jobs"][0]["job_id"]), (&json!(1), &json!(job)));
}

#[test]
fn a_wrong_call_is_refused_with_what_would_be_right_and_is_none_of_the_jobs() {
    let provider = Provider::start();
    let (server, key) = with_credits(Setup::upstream(provider.address), 10);
    let job = create(&server, &key);
    let call = |body: Value| post(&server, &key, &format!("/api/jobs/{job}/llm-call"), &body);
    let nameless = call(json!({"messages": []}));
    assert_eq!((nameless.status, &nameless.json()["code"]), (422, &json!("missing_field")));
    assert_eq!(nameless.json()["available_models"], json!(["free", "smart"]));
    server.ok(
        "POST",
        "/api/model-aliases/create",
        Some(json!({"alias": "secret", "litellm_model": "openai/gpt-4"})),
    );
    let denied = call(chat("secret"));
    let said = denied.json();
    assert_eq!((denied.status, &said["code"]), (403, &json!("model_access_denied")));
    assert_eq!(
        (&said["error"], &said["available_models"]),
        (&json!("Model access denied"), &json!(["free", "smart"]))
    );
    assert_eq!(said["message"], said["detail"]);
    for (wrong, code) in [
        (json!({"model": "smart", "model_group": "smart", "messages": []}), "invalid_value"),
        (json!({"model": "smart", "messages": [], "stream": true}), "invalid_value"),
        (json!({"model": "smart", "messages": [], "api_base": "http://x"}), "unknown_parameter"),
        (json!({"model": "smart", "messages": [], "call_metadata": 4}), "invalid_value"),
    ] {
        let answer = call(wrong.clone());
        let said = answer.json();
        assert_eq!((answer.status, &said["code"]), (400, &json!(code)), "{wrong}: {said}");
    }
    assert_eq!(provider.sent(), 0);
    let answer = call(json!({"model_group": "smart", "messages": []}));
    assert_eq!(answer.status, 200, "{}", answer.text());
    provider.set(Mode::Status(400));
    assert_eq!(call(chat("smart")).status, 400);
    let ended = complete(&server, &key, &job, "completed").json();
    let costs = &ended["costs"];
    assert_eq!(
        (&costs["total_calls"], &costs["failed_calls"], &ended["final"]),
        (&json!(2), &json!(1), &json!(true))
    );
    assert_eq!(ended["calls"][1]["status"], "failed");
}

#[test]
fn a_call_that_never_left_is_not_waited_for() {
    let (server, key) = with_credits(Setup::default(), 10);
    let job = create(&server, &key);
    let answer = post(&server, &key, &format!("/api/jobs/{job}/llm-call"), &chat("smart"));
    assert_eq!((answer.status, &answer.json()["code"]), (502, &json!("upstream_unreachable")));
    let ended = complete(&server, &key, &job, "failed").json();
    assert_eq!((&ended["final"], &ended["costs"]["total_calls"]), (&json!(true), &json!(0)));
}

#[test]
fn a_job_ends_although_a_call_of_it_runs_and_says_that_it_is_not_final() {
    let provider = Provider::start();
    let (server, key) = with_credits(Setup::upstream(provider.address), 10);
    let job = create(&server, &key);
    provider.set(Mode::StreamDrip);
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream.set_read_timeout(Some(http::PATIENCE)).unwrap();
    let request = request(&server, &key, &format!("/api/jobs/{job}/llm-call-stream"), &chat("smart"));
    stream.write_all(request.as_bytes()).unwrap();
    stream.read_exact(&mut [0; 16]).unwrap();
    let ended = complete(&server, &key, &job, "completed").json();
    assert_eq!(
        (&ended["final"], &ended["costs"]["credit_applied"]),
        (&json!(false), &json!(true)),
        "{ended}"
    );
    // The client leaves, and the call is in the books.
    drop(stream);
    let last = || complete(&server, &key, &job, "completed").json();
    crate::credits::until("the call is known to have ended", || last()["final"] == true);
    let ended = last();
    assert_eq!((&ended["final"], &ended["costs"]["total_calls"]), (&json!(true), &json!(1)), "{ended}");
    assert_eq!(ended["calls"][0]["status"], "disconnected");
    assert_eq!(used(&server), (json!(1), json!(0)));
}

#[test]
fn a_job_of_one_call_is_made_in_one_request_and_fails_with_its_call() {
    let provider = Provider::start();
    let (server, key) = with_credits(Setup::upstream(provider.address), 3);
    let mut body = chat("smart");
    body["job_type"] = json!("chat");
    body["metadata"] = json!({"pages": 3});
    let once = |body: &Value| post(&server, &key, "/api/jobs/create-and-call", body);
    let answer = once(&body);
    let said = answer.json();
    assert_eq!((answer.status, &said["status"]), (200, &json!("completed")), "{said}");
    assert_eq!(
        (&said["response"]["content"], &said["costs"]["credit_applied"]),
        (&json!("hello"), &json!(true))
    );
    assert_eq!(said["costs"]["total_calls"], 1);
    assert!(said["completed_at"].is_string());
    let nameless = once(&json!({"job_type": "chat", "messages": []}));
    assert_eq!((nameless.status, used(&server)), (422, (json!(1), json!(0))), "nothing was created");
    provider.set(Mode::Status(500));
    let failed = once(&body);
    assert_eq!((failed.status, &failed.json()["code"]), (502, &json!("upstream_invalid_response")));
    let job = failed.json()["job_id"].as_str().unwrap().to_owned();
    assert_eq!(until(&server, &key, &job, "failed")["credit_applied"], false);
    provider.set(Mode::Good);
    let stream = post(&server, &key, "/api/jobs/create-and-call-stream", &body);
    assert!(stream.text().contains("[DONE]"), "{}", stream.text());
    let job = stream.header("x-alias-job-id").unwrap();
    let seen = ask(&server, &key, "GET", &format!("/api/jobs/{job}"), &Value::Null).json();
    assert_eq!(
        (&seen["status"], &seen["credit_applied"], &seen["final"]),
        (&json!("completed"), &json!(true), &json!(true))
    );
    provider.set(Mode::StreamCut);
    let broken = cut(&server, &key, "/api/jobs/create-and-call-stream", &body);
    let (_, rest) = broken.split_once("x-alias-job-id: ").unwrap();
    until(&server, &key, rest.split("\r\n").next().unwrap(), "failed");
    assert_eq!(used(&server), (json!(2), json!(0)));
    let books = server.ok("GET", "/api/usage/verify", None);
    assert_eq!(books["clean"], true, "{books}");
}

#[test]
fn a_repeated_creation_makes_one_job() {
    let provider = Provider::start();
    let (server, key) = with_credits(Setup::upstream(provider.address), 5);
    let bearer = format!("Bearer {key}");
    let headers =
        [("Authorization", bearer.as_str()), ("Content-Type", "application/json"), ("Idempotency-Key", "k")];
    let send = |path: &str, body: &Value| {
        http::send(server.address, "POST", path, &headers, Some(body.to_string().as_bytes())).unwrap()
    };
    let draft = json!({"job_type": "x"});
    let (first, again) = (send("/api/jobs/create", &draft), send("/api/jobs/create", &draft));
    assert_eq!((first.json(), again.header("idempotent-replayed")), (again.json(), Some("true")));
    assert_eq!(send("/api/jobs/create", &json!({"job_type": "y"})).json()["code"], "idempotency_key_reused");
    let mut body = chat("smart");
    body["job_type"] = json!("chat");
    let (first, again) = (send("/api/jobs/create-and-call", &body), send("/api/jobs/create-and-call", &body));
    assert_eq!((first.status, first.json()), (200, again.json()), "{}", again.text());
    assert_eq!((provider.sent(), used(&server)), (1, (json!(1), json!(1))));
}

#[test]
fn in_the_consumption_modes_a_job_reserves_nothing_and_its_calls_pay() {
    let provider = Provider::start();
    let (server, key) = with_credits(Setup::upstream(provider.address), 3_000);
    server.ok("PUT", "/api/model-aliases/smart", Some(json!({"pricing_input": 1, "pricing_output": 1})));
    let mode = json!({"budget_mode": "consumption_usd", "credits_per_dollar": 1_000_000});
    server.ok("PUT", "/api/teams/team", Some(mode));
    let job = create(&server, &key);
    assert_eq!(used(&server), (json!(0), json!(0)));
    let mut call = chat("smart");
    call["max_tokens"] = json!(50);
    let answer = post(&server, &key, &format!("/api/jobs/{job}/llm-call"), &call);
    assert_eq!(answer.status, 200, "{}", answer.text());
    let ended = complete(&server, &key, &job, "completed").json();
    assert_eq!(ended["costs"]["credit_applied"], false);
    assert_eq!(balance(&server)["credits_used"], 10);
}

#[test]
fn a_silent_job_ends_by_itself() {
    let provider = Provider::start();
    let setup = Setup { extra: vec!["--job-ttl".into(), "5s".into()], ..Setup::upstream(provider.address) };
    let (server, key) = with_credits(setup, 10);
    let (idle, busy) = (create(&server, &key), create(&server, &key));
    assert_eq!(post(&server, &key, &format!("/api/jobs/{busy}/llm-call"), &chat("smart")).status, 200);
    assert_eq!(until(&server, &key, &idle, "expired")["credit_applied"], false);
    assert_eq!(until(&server, &key, &busy, "expired")["credit_applied"], true);
    assert_eq!(used(&server), (json!(1), json!(0)));
}

//! Webhooks as their receivers meet them: signed, sent again, never led astray.

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use data_encoding::BASE64;
use ring::hmac;
use serde_json::{Value, json};

use crate::http::{self, Answer};
use crate::receiver::{Message, Receiver};
use crate::server::{Server, Setup};

const KEY: &str = "an-admin-key-of-more-than-32-characters";
const PAGE: &str = include_str!("../../../docs/reference/webhooks.md");

fn server() -> Server {
    let extra = ["--webhook-allow-private", "--log", "trace"].map(str::to_owned).to_vec();
    Setup { admin_key: Some(KEY.into()), extra, ..Setup::default() }.start()
}

fn register(server: &Server, receiver: &Receiver, events: &[&str]) -> Value {
    let draft = json!({"webhook_url": receiver.url(), "events": events});
    server.ok("POST", "/api/webhooks/register", Some(draft))
}

fn path(webhook: &Value, below: &str) -> String {
    format!("/api/webhooks/{}{below}", webhook["webhook_id"].as_str().unwrap())
}

fn create_alias(server: &Server, name: &str) {
    let draft = json!({"alias": name, "litellm_model": "openai/gpt-4"});
    server.ok("POST", "/api/model-aliases/create", Some(draft));
}

/// What the secret makes of a message.
fn signature(secret: &Value, message: &Message) -> String {
    let key = secret.as_str().unwrap().strip_prefix("whsec_").unwrap();
    let key = hmac::Key::new(hmac::HMAC_SHA256, &BASE64.decode(key.as_bytes()).unwrap());
    let signed =
        [message.header("webhook-id"), message.header("webhook-timestamp"), message.body.as_str()].join(".");
    format!("v1,{}", BASE64.encode(hmac::sign(&key, signed.as_bytes()).as_ref()))
}

/// Runs the page's code of a language on a message; tells what it says.
fn verified(program: &str, language: &str, file: &str, call: &str, given: &Value) -> Option<String> {
    let code = PAGE.split(&format!("```{language}\n")).nth(1).unwrap().split("```").next().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(file);
    std::fs::write(&path, format!("{code}\n{call}\n")).unwrap();
    let run = Command::new(program).arg(&path).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut run = run.ok()?;
    run.stdin.take().unwrap().write_all(given.to_string().as_bytes()).unwrap();
    Some(String::from_utf8(run.wait_with_output().unwrap().stdout).unwrap().trim().to_ascii_lowercase())
}

fn in_python(given: &Value) -> Option<String> {
    let call = "import json, sys\ngiven = json.load(sys.stdin)\n\
        print(verify(given['secret'], given['headers'], given['body'].encode()))";
    verified("python3", "python", "verify.py", call, given)
}

fn in_node(given: &Value) -> Option<String> {
    let call = "import { readFileSync } from \"node:fs\";\nconst given = JSON.parse(readFileSync(0, \"utf8\"));\n\
        console.log(verify(given.secret, given.headers, Buffer.from(given.body)));";
    verified("node", "js", "verify.mjs", call, given)
}

/// Waits until a webhook's newest delivery is as it should be.
fn delivery(server: &Server, webhook: &Value, fits: impl Fn(&Value) -> bool) -> Value {
    let end = Instant::now() + Duration::from_secs(20);
    loop {
        let newest = server.ok("GET", &path(webhook, "/deliveries"), None)["deliveries"][0].take();
        if fits(&newest) {
            return newest;
        }
        assert!(Instant::now() < end, "{newest}");
        std::thread::yield_now();
    }
}

#[test]
fn a_message_is_signed_and_the_pages_code_verifies_it() {
    let (server, receiver) = (server(), Receiver::start());
    let webhook = register(&server, &receiver, &["alias.created", "alias.disabled"]);
    create_alias(&server, "smart");
    let message = receiver.wait_for(1).remove(0);
    let body = message.json();
    assert_eq!((&body["type"], &body["data"]["alias"]), (&json!("alias.created"), &json!("smart")));
    assert_eq!(body["data"]["litellm_model"], "openai/gpt-4");
    assert_eq!(message.header("content-type"), "application/json");
    assert_eq!(message.header("webhook-signature"), signature(&webhook["secret"], &message));
    let headers: serde_json::Map<String, Value> =
        message.headers.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    let given = json!({"secret": webhook["secret"], "headers": headers, "body": message.body});
    let mut forged = given.clone();
    forged["body"] = json!(message.body.replace("smart", "smarT"));
    let mut stale = given.clone();
    stale["headers"]["webhook-timestamp"] = json!("1728907200");
    assert_eq!(in_python(&given).expect("python3 is needed here"), "true");
    for (given, expected) in [(&given, "true"), (&forged, "false"), (&stale, "false")] {
        for said in [in_python(given), in_node(given)].into_iter().flatten() {
            assert_eq!(said, expected);
        }
    }
    let done = delivery(&server, &webhook, |newest| newest["status"] == "delivered");
    assert_eq!((&done["delivery_id"], &done["attempts"]), (&json!(message.header("webhook-id")), &json!(1)));
    assert_eq!((&done["last_status"], &done["next_attempt_at"]), (&json!(200), &Value::Null));
}

#[test]
fn what_was_not_taken_is_sent_again_under_the_same_id_and_signed_by_both_secrets_after_a_rotation() {
    let (mut server, receiver) = (server(), Receiver::start());
    let webhook = register(&server, &receiver, &["alias.created"]);
    receiver.answer(&["500 Internal Server Error"]);
    create_alias(&server, "smart");
    receiver.wait_for(1);
    let waiting = delivery(&server, &webhook, |newest| newest["attempts"] == 1);
    assert_eq!((&waiting["status"], &waiting["last_status"]), (&json!("pending"), &json!(500)));
    assert!(waiting["next_attempt_at"].is_string());
    let rotated = server.ok("POST", &path(&webhook, "/rotate-secret"), None);
    assert_ne!(rotated["secret"], webhook["secret"]);
    // The queue outlives the process.
    server.kill();
    server.restart();
    let seen = receiver.wait_for(2);
    assert_eq!(seen[0].header("webhook-id"), seen[1].header("webhook-id"));
    assert_eq!(seen[0].body, seen[1].body);
    let both = [signature(&rotated["secret"], &seen[1]), signature(&webhook["secret"], &seen[1])];
    assert_eq!(seen[1].header("webhook-signature"), both.join(" "));
    delivery(&server, &webhook, |newest| newest["status"] == "delivered" && newest["attempts"] == 2);
}

#[test]
fn a_test_tells_what_it_came_to_redirects_lead_nowhere_and_410_switches_off() {
    let (server, receiver, elsewhere) = (server(), Receiver::start(), Receiver::start());
    let webhook = register(&server, &receiver, &["alias.created"]);
    let test = || server.ok("POST", &path(&webhook, "/test"), None);
    let good = test();
    assert_eq!((&good["status"], &good["response_status"]), (&json!("delivered"), &json!(200)));
    assert!(good["latency_ms"].is_u64() && good["error"].is_null());
    assert_eq!(receiver.seen()[0].json()["type"], "webhook.test");
    receiver.answer(&[&format!("307 Temporary Redirect\r\nLocation: {}", elsewhere.url())]);
    let led = test();
    assert_eq!((&led["status"], &led["response_status"]), (&json!("failed"), &json!(307)));
    assert!(led["error"].as_str().unwrap().contains("redirects are not followed"));
    assert!(elsewhere.seen().is_empty());
    receiver.answer(&["410 Gone"]);
    assert_eq!(test()["response_status"], 410);
    let off = server.ok("GET", &path(&webhook, ""), None);
    assert_eq!((&off["active"], off["disabled_reason"].is_string()), (&json!(false), true));
    let on = server.ok("PATCH", &path(&webhook, ""), Some(json!({"active": true})));
    assert_eq!((&on["active"], &on["disabled_reason"]), (&json!(true), &Value::Null));
    let listed = server.ok("GET", &path(&webhook, "/deliveries?limit=2"), None);
    assert_eq!((&listed["total"], &listed["has_more"]), (&json!(3), &json!(true)));
    let next = listed["next_cursor"].as_str().unwrap();
    let rest = server.ok("GET", &path(&webhook, &format!("/deliveries?limit=2&cursor={next}")), None);
    assert_eq!(rest["deliveries"][0]["delivery_id"], good["delivery_id"]);
}

#[test]
fn private_addresses_unknown_events_and_wrong_fields_are_refused_and_store_nothing() {
    let server = Setup { admin_key: Some(KEY.into()), ..Setup::default() }.start();
    let register = |url: &str, events: Value| {
        server.admin("POST", "/api/webhooks/register", Some(json!({"webhook_url": url, "events": events})))
    };
    let wrong = |answer: Answer| {
        assert_eq!(answer.status, 422, "{}", answer.text());
        answer.json()["errors"][0].take()
    };
    for url in [
        "http://hooks.example.com/",
        "https://127.0.0.1/",
        "https://localhost:8003/",
        "https://10.0.0.1/",
        "https://100.64.0.1/",
        "https://169.254.169.254/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://0.0.0.0/",
        "https://2130706433/",
    ] {
        let error = wrong(register(url, json!(["alias.created"])));
        assert_eq!(
            (&error["field"], &error["code"]),
            (&json!("webhook_url"), &json!("address_not_allowed")),
            "{url}"
        );
    }
    let error = wrong(register("https://u:p@hooks.example.com/", json!(["alias.created"])));
    assert_eq!(error["field"], "webhook_url");
    let error = wrong(register("https://hooks.example.com/", json!(["alias.update"])));
    assert_eq!((&error["field"], &error["suggestion"]), (&json!("events"), &json!("alias.updated")));
    assert_eq!(server.ok("GET", "/api/webhooks", None)["total"], 0);
    let made = register("https://hooks.example.com/", json!(["alias.created"]));
    assert_eq!(made.status, 201);
    let changed =
        server.admin("PUT", &path(&made.json(), ""), Some(json!({"webhook_url": "https://10.0.0.1/"})));
    assert_eq!(changed.status, 422);
}

#[test]
fn a_secret_is_shown_once_and_a_repetition_registers_nothing_twice() {
    let (server, receiver) = (server(), Receiver::start());
    let body = json!({"webhook_url": receiver.url(), "events": ["alias.created"]}).to_string();
    let bearer = format!("Bearer {KEY}");
    let headers = [("Authorization", bearer.as_str()), ("Idempotency-Key", "one")];
    let send = || {
        http::send(server.address, "POST", "/api/webhooks/register", &headers, Some(body.as_bytes())).unwrap()
    };
    let (first, again) = (send(), send());
    assert_eq!((first.status, again.status), (201, 201));
    assert!(first.header("location").unwrap().starts_with("/api/webhooks/whk_"));
    let (first, again) = (first.json(), again.json());
    assert_eq!((&again["webhook_id"], &again["secret"]), (&first["webhook_id"], &Value::Null));
    create_alias(&server, "smart");
    receiver.wait_for(1);
    let secret = first["secret"].as_str().unwrap();
    assert_eq!(BASE64.decode(secret.strip_prefix("whsec_").unwrap().as_bytes()).unwrap().len(), 32);
    for place in ["/api/webhooks", &path(&first, ""), &path(&first, "/deliveries"), "/api/audit"] {
        let text = server.admin("GET", place, None).text();
        assert!(
            !text.contains(&secret[6..]) && text.contains("whk_") | text.contains("msg_"),
            "{place}: {text}"
        );
    }
    assert!(!server.log().contains(&secret[6..]));
}

#[test]
fn who_belongs_to_an_organization_has_webhooks_of_its_teams_and_no_others() {
    let (server, receiver) = (server(), Receiver::start());
    for organization in ["here", "elsewhere"] {
        let draft = json!({"organization_id": organization, "name": organization});
        server.ok("POST", "/api/organizations/create", Some(draft));
        let team = json!({"organization_id": organization, "team_id": format!("team-{organization}")});
        server.ok("POST", "/api/teams/create", Some(team));
    }
    let token = |role: &str| {
        let draft = json!({"name": role, "role": role, "organization_id": "here"});
        server.ok("POST", "/api/admin-tokens", Some(draft))["admin_token"].as_str().unwrap().to_owned()
    };
    let draft = |team: Option<&str>| {
        json!({"team_id": team, "webhook_url": receiver.url(), "events": ["alias.created"]}).to_string()
    };
    let global =
        server.ok("POST", "/api/webhooks/register", Some(serde_json::from_str(&draft(None)).unwrap()));
    let own = draft(Some("team-elsewhere"));
    let foreign = server.ok("POST", "/api/webhooks/register", Some(serde_json::from_str(&own).unwrap()));
    for role in ["org-admin", "team-admin"] {
        let key = token(role);
        let register = |team| server.team(&key, "POST", "/api/webhooks/register", Some(&draft(team)));
        assert_eq!(register(None).json()["code"], "forbidden");
        assert_eq!(register(Some("team-elsewhere")).json()["code"], "unknown_reference");
        let made = register(Some("team-here"));
        assert_eq!(made.status, 201, "{}", made.text());
        for other in [&global, &foreign] {
            for (method, below) in [
                ("GET", ""),
                ("PUT", ""),
                ("DELETE", ""),
                ("POST", "/test"),
                ("POST", "/rotate-secret"),
                ("GET", "/deliveries"),
            ] {
                let answer = server.team(&key, method, &path(other, below), Some("{}"));
                assert_eq!(answer.json()["code"], "webhook_not_found", "{method} {below}");
            }
        }
        let listed = server.team(&key, "GET", "/api/webhooks", None).json();
        assert!(listed["webhooks"].as_array().unwrap().iter().all(|one| one["team_id"] == "team-here"));
        assert_eq!(server.team(&key, "DELETE", &path(&made.json(), ""), None).status, 200);
    }
    let viewer = token("viewer");
    assert_eq!(server.team(&viewer, "GET", "/api/webhooks", None).json()["total"], 0);
    assert_eq!(
        server.team(&viewer, "POST", "/api/webhooks/register", Some(&draft(Some("team-here")))).status,
        403
    );
    assert_eq!(server.ok("GET", "/api/webhooks?team_id=team-elsewhere", None)["total"], 1);
    assert!(receiver.seen().is_empty());
}

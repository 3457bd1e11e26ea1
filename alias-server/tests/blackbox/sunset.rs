//! Aliases on their way out: what callers are told, and what becomes of calls once the time is over.

use std::time::Instant;

use alias_core::clock::Timestamp;
use serde_json::{Value, json};

use crate::http::{self, Answer};
use crate::provider::Provider;
use crate::schedule::ahead;
use crate::server::{Server, Setup, databases};

const OLD: &str = "/api/model-aliases/old";

fn deprecate(server: &Server, alias: &str, body: Value) -> Value {
    server.ok("POST", &format!("/api/model-aliases/{alias}/deprecate"), Some(body))
}

fn stream(server: &Server, key: &str) -> Answer {
    let body = json!({"model": "old", "stream": true, "messages": [{"role": "user", "content": "Hi"}]});
    server.team(key, "POST", "/v1/chat/completions", Some(&body.to_string()))
}

/// The answer to calls of the old alias as soon as they do not go to its own target any more.
fn after_sunset(server: &Server, provider: &Provider, key: &str) -> Answer {
    let deadline = Instant::now() + http::PATIENCE;
    loop {
        let answer = server.chat(key, "old");
        assert!(Instant::now() < deadline, "the old target is still called");
        if answer.status != 200 || provider.seen().last().unwrap().body["model"] != "openai/old" {
            return answer;
        }
    }
}

fn names(server: &Server, key: &str) -> Vec<String> {
    let list = server.team(key, "GET", "/v1/models", None).json();
    list["data"].as_array().unwrap().iter().map(|model| model["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_answer_about_a_deprecated_alias_says_so_and_after_its_sunset_calls_are_refused() {
    for database in databases() {
        let provider = Provider::start();
        let server = Setup { database, ..Setup::upstream(provider.address) }.start();
        let key = server.onboard(&[("old", "openai/old"), ("smart", "openai/new")]);
        let quiet = server.chat(&key, "old");
        assert_eq!((quiet.status, quiet.header("deprecation")), (200, None));
        let sunset = ahead(8);
        let told = json!({"sunset_at": sunset, "replacement": "smart", "message": "Prompts stay.", "reason": "retired"});
        let alias = deprecate(&server, "old", told);
        assert_eq!((&alias["status"], &alias["sunset_at"]), (&json!("deprecated"), &json!(sunset)));
        assert_eq!((&alias["replacement"], &alias["version"]), (&json!("smart"), &json!(2)));
        let since: Timestamp = alias["deprecated_at"].as_str().unwrap().parse().unwrap();
        let expected = format!("@{}", since.micros() / 1_000_000);
        let says_so = |answer: &Answer| {
            assert_eq!(answer.header("deprecation"), Some(expected.as_str()), "{}", answer.text());
            assert_eq!(
                answer.header("sunset").unwrap(),
                sunset.utc().format("%a, %d %b %Y %H:%M:%S GMT").to_string()
            );
            assert!(
                answer
                    .header("link")
                    .unwrap()
                    .contains("</api/model-aliases/smart>; rel=\"successor-version\"")
            );
        };
        for answer in [
            server.chat(&key, "old"),
            stream(&server, &key),
            server.team(&key, "GET", "/v1/models/old", None),
        ] {
            assert_eq!(answer.status, 200, "{}", answer.text());
            says_so(&answer);
        }
        assert_eq!(server.chat(&key, "smart").header("deprecation"), None);
        let explained = server.ok("GET", "/api/explain?team=team&model=old", None);
        assert!(
            explained["allowed"] == true && explained.to_string().contains("deprecated since"),
            "{explained}"
        );
        let refused = after_sunset(&server, &provider, &key);
        assert_eq!((refused.status, &refused.json()["error"]["code"]), (410, &json!("model_sunset")));
        let text = refused.json()["error"]["message"].as_str().unwrap().to_owned();
        assert!(text.contains("Use 'smart'. Prompts stay.") && text.contains(&sunset.to_string()), "{text}");
        says_so(&refused);
        says_so(&server.team(&key, "GET", "/v1/models/old", None));
        assert_eq!(names(&server, &key), ["smart"]);
        assert_eq!(server.ok("GET", OLD, None)["status"], "sunset");
        assert_eq!(server.ok("GET", "/api/model-aliases?deprecated=true", None)["total"], 1);
        assert_eq!(
            server.ok("GET", "/api/model-aliases?deprecated=false", None)["aliases"][0]["alias"],
            "smart"
        );
        let back = server.ok("POST", &format!("{OLD}/undeprecate"), None);
        assert_eq!((&back["status"], &back["deprecation"]), (&json!("active"), &json!(null)));
        assert_eq!(server.chat(&key, "old").header("deprecation"), None);
        assert_eq!(server.chat(&key, "old").status, 200);
        let again = server.ok("POST", &format!("{OLD}/rollback"), Some(json!({"version": 2})));
        assert_eq!((&again["status"], &again["replacement"]), (&json!("sunset"), &json!("smart")));
    }
}

#[test]
fn a_redirect_goes_where_the_replacement_goes_under_the_old_name() {
    for database in databases() {
        let provider = Provider::start();
        let server = Setup { database, ..Setup::upstream(provider.address) }.start();
        let key = server.onboard(&[("old", "openai/old")]);
        // Nobody is granted the replacement.
        server.ok(
            "POST",
            "/api/model-aliases/create",
            Some(json!({"alias": "smart", "litellm_model": "openai/new"})),
        );
        deprecate(
            &server,
            "old",
            json!({"sunset_at": ahead(5), "replacement": "smart", "at_sunset": "redirect"}),
        );
        let answer = after_sunset(&server, &provider, &key);
        assert_eq!((answer.status, &answer.json()["model"]), (200, &json!("old")), "{}", answer.text());
        assert_eq!(provider.seen().last().unwrap().body["model"], "openai/new");
        assert_eq!(names(&server, &key), ["old"]);
        server.ok("PUT", "/api/model-aliases/smart", Some(json!({"litellm_model": "openai/newer"})));
        assert_eq!(server.chat(&key, "old").status, 200);
        assert_eq!(provider.seen().last().unwrap().body["model"], "openai/newer");
        server.ok("POST", "/api/model-aliases/smart/disable", None);
        assert_eq!(server.chat(&key, "old").status, 410);
        assert!(names(&server, &key).is_empty());
    }
}

#[test]
fn what_cannot_be_is_refused_and_changes_nothing() {
    let server = Setup::default().start();
    server.onboard(&[("a", "openai/a"), ("b", "openai/b"), ("c", "openai/c")]);
    let redirect = |to: &str| json!({"sunset_at": ahead(3600), "replacement": to, "at_sunset": "redirect"});
    deprecate(&server, "a", redirect("b"));
    deprecate(&server, "b", redirect("c"));
    for (body, why) in [
        (redirect("a"), "c -> a -> b -> c"),
        (redirect("c"), "another alias"),
        (redirect("nobody"), "Not found"),
        (json!({"at_sunset": "redirect"}), "needs sunset_at"),
        (json!({"sunset_at": "2001-01-01T00:00:00Z"}), "has passed"),
        (json!({"at_sunset": "explode"}), "explode"),
        (json!({"when": "now"}), "when"),
    ] {
        let answer = server.admin("POST", "/api/model-aliases/c/deprecate", Some(body.clone()));
        assert_eq!(answer.status, 422, "{body}: {}", answer.text());
        assert!(answer.text().contains(why), "{body}: {}", answer.text());
    }
    assert_eq!(server.ok("GET", "/api/model-aliases/c", None)["version"], 1);
    let short = server.admin("PUT", "/api/model-aliases/c", Some(json!({"replacement": "a"})));
    assert_eq!((short.status, &short.json()["code"]), (422, &json!("immutable_field")));
}

#[test]
fn within_a_brown_out_calls_are_refused_with_its_end_and_served_again_after() {
    for database in databases() {
        let provider = Provider::start();
        let server = Setup { database, ..Setup::upstream(provider.address) }.start();
        let key = server.onboard(&[("old", "openai/old"), ("smart", "openai/new")]);
        let (starts_at, ends_at) = (ahead(4), ahead(10));
        let told = json!({
            "sunset_at": ahead(3600), "replacement": "smart", "message": "Prompts stay.",
            "brownouts": [{"starts_at": starts_at, "ends_at": ends_at}],
        });
        let alias = deprecate(&server, "old", told);
        assert_eq!(alias["deprecation"]["brownouts"][0]["ends_at"], json!(ends_at));
        assert_eq!(server.chat(&key, "old").status, 200);
        let refused = after_sunset(&server, &provider, &key);
        let error = refused.json()["error"].take();
        assert_eq!((refused.status, &error["code"]), (503, &json!("model_brownout")), "{error}");
        let text = error["message"].as_str().unwrap();
        assert!(text.contains(&format!("refuses calls until {ends_at}")), "{text}");
        assert!(text.contains(alias["sunset_at"].as_str().unwrap()), "{text}");
        assert!(text.ends_with("Use 'smart'. Prompts stay."), "{text}");
        assert_eq!((&error["replacement"], &error["brownout_ends_at"]), (&json!("smart"), &json!(ends_at)));
        assert_eq!(refused.header("x-should-retry"), Some("false"));
        let wait: i64 = refused.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=7).contains(&wait), "{wait}");
        for header in ["deprecation", "sunset", "link"] {
            assert!(refused.header(header).is_some(), "{header}");
        }
        let explained = server.ok("GET", "/api/explain?team=team&model=old", None).to_string();
        let back = server.team(&key, "GET", "/v1/models/old", None);
        if server.chat(&key, "old").status != 200 {
            assert!(explained.contains(&format!("refuses calls until {ends_at}")), "{explained}");
            assert_eq!(back.status, 503);
        }
        crate::credits::until("it is over", || server.chat(&key, "old").status == 200);
        assert_eq!(server.ok("GET", OLD, None)["status"], "deprecated");
        assert_eq!(names(&server, &key), ["old", "smart"]);
    }
}

#[test]
fn brown_outs_that_cannot_be_are_refused_with_their_place() {
    let server = Setup::default().start();
    server.onboard(&[("old", "openai/old")]);
    let with = |windows: Value| json!({"sunset_at": ahead(200_000), "brownouts": windows});
    let window = |start: i64, end: i64| json!({"starts_at": ahead(start), "ends_at": ahead(end)});
    for (body, why) in [
        (with(json!([window(10, 10)])), "brownouts[0] must end later"),
        (with(json!([window(10, 90_000)])), "brownouts[0] must last at most 24 hours"),
        (with(json!([window(10, 20), window(15, 30)])), "brownouts[1] must start after"),
        (with(json!([window(199_999, 200_010)])), "brownouts[0] must lie between"),
        (json!({"brownouts": [window(10, 20)]}), "need sunset_at"),
        (with(json!([{"starts_at": ahead(10)}])), "ends_at"),
    ] {
        let answer = server.admin("POST", &format!("{OLD}/deprecate"), Some(body.clone()));
        assert_eq!(answer.status, 422, "{body}: {}", answer.text());
        assert!(answer.text().contains(why), "{body}: {}", answer.text());
    }
    assert_eq!(server.ok("GET", OLD, None)["version"], 1);
}

//! Aliases that lead on to other aliases, those that got another name, and what is left of deleted ones.

use std::time::Instant;

use serde_json::{Value, json};

use crate::http;
use crate::provider::Provider;
use crate::schedule::ahead;
use crate::server::{Server, Setup, databases};

fn create(server: &Server, alias: &str, model: &str) -> Value {
    let draft = json!({"alias": alias, "litellm_model": model});
    server.ok("POST", "/api/model-aliases/create", Some(draft))
}

fn refused(server: &Server, method: &str, path: &str, body: Value) -> (String, String) {
    let answer = server.admin(method, path, Some(body.clone()));
    assert_eq!(answer.status, 422, "{body}: {}", answer.text());
    (answer.json()["errors"][0]["field"].as_str().unwrap_or_default().to_owned(), answer.text())
}

fn last_target(provider: &Provider) -> Value {
    provider.seen().last().unwrap().body["model"].clone()
}

#[test]
fn a_call_of_a_chain_goes_where_its_last_alias_says_and_is_recorded_under_the_name_that_was_called() {
    for database in databases() {
        let provider = Provider::start();
        let server = Setup { database, ..Setup::upstream(provider.address) }.start();
        let key =
            server.onboard(&[("smart", "openai/gpt-4"), ("best", "alias/smart"), ("top", "alias/BEST")]);
        let alias = server.ok("GET", "/api/model-aliases/top", None);
        assert_eq!((&alias["litellm_model"], &alias["provider"]), (&json!("alias/BEST"), &json!("alias")));
        let answer = server.chat(&key, "top");
        assert_eq!((answer.status, &answer.json()["model"]), (200, &json!("top")), "{}", answer.text());
        assert_eq!(
            (answer.header("x-alias-name"), last_target(&provider)),
            (Some("top"), json!("openai/gpt-4"))
        );
        assert_eq!(server.wait_for_calls("top", 1)["usage_count"], 1);
        assert_eq!(server.ok("GET", "/api/model-aliases/smart", None)["usage_count"], 0);
        let told = server.ok("GET", "/api/explain?team=team&model=top", None);
        assert_eq!((&told["allowed"], &told["resolves_to"]), (&json!(true), &json!("openai/gpt-4")));
        assert!(told.to_string().contains("calls go where those of smart go in the end"), "{told}");
        // It is charged by the prices of the alias that it gets to.
        let priced =
            json!({"alias": "priced", "litellm_model": "openai/o3", "pricing_input": 2, "pricing_output": 4});
        server.ok("POST", "/api/model-aliases/create", Some(priced));
        create(&server, "to-priced", "alias/priced");
        let members = json!({"model_aliases": ["to-priced"]});
        server.ok("POST", "/api/model-access-groups/all/add-models", Some(members));
        assert_eq!(server.chat(&key, "to-priced").status, 200);
        let usage = server.wait_for_calls("to-priced", 1)["usage_stats"].clone();
        assert!(usage["total_billed_usd"].as_f64() > Some(0.0), "{usage}");
        assert_eq!(server.ok("GET", "/api/usage/verify", None)["clean"], true);
        // The next call goes where the end of the chain goes then; a trial does, too.
        server.ok(
            "PUT",
            "/api/model-aliases/smart",
            Some(json!({"litellm_model": "anthropic/claude-3-opus"})),
        );
        assert_eq!(server.chat(&key, "top").status, 200);
        assert_eq!(last_target(&provider), "anthropic/claude-3-opus");
        let tried = server.ok("POST", "/api/model-aliases/top/test", None);
        assert_eq!(
            (&tried["ok"], &tried["litellm_model"]),
            (&json!(true), &json!("anthropic/claude-3-opus"))
        );
        // Who loses what is told of every name that leads there.
        let impact = server.ok("GET", "/api/model-aliases/smart/impact?action=disable", None);
        for name in ["smart", "best", "top"] {
            assert!(impact["teams"].to_string().contains(&format!("\"{name}\"")), "{name}: {impact}");
        }
        server.ok("POST", "/api/model-aliases/smart/disable", None);
        let off = server.chat(&key, "top");
        assert_eq!((off.status, &off.json()["error"]["code"]), (403, &json!("model_disabled")));
        let told = server.ok("GET", "/api/explain?team=team&model=top", None);
        assert!(told.to_string().contains("top leads on to smart, which is disabled"), "{told}");
        assert!(told.to_string().contains("aliasctl alias enable smart"), "{told}");
        let listed = server.team(&key, "GET", "/v1/models", None).json()["data"].clone();
        assert_eq!((&listed[0]["id"], &listed[1]), (&json!("to-priced"), &Value::Null));
        // What an operator reads of the team says the same.
        let granted = server.ok("GET", "/api/teams/team/models", None)["models"].clone();
        assert_eq!((&granted[0]["alias"], &granted[1]), (&json!("to-priced"), &Value::Null), "{granted}");
        assert_eq!(server.ok("GET", "/api/teams/team?expand=models", None)["models"], granted);
        assert_eq!(server.ok("GET", "/api/teams/team", None).get("models"), None);
        assert_eq!(server.admin("GET", "/api/teams/team?expand=keys", None).status, 400);
        assert_eq!(server.ok("GET", "/api/usage/verify", None)["clean"], true);
    }
}

#[test]
fn what_would_be_no_chain_is_refused_with_its_path_and_changes_nothing() {
    for database in databases() {
        let server = Setup { database, ..Setup::default() }.start();
        create(&server, "a", "openai/a");
        for (alias, model) in [("b", "alias/a"), ("c", "alias/b")] {
            create(&server, alias, model);
        }
        let put = |body: Value| refused(&server, "PUT", "/api/model-aliases/a", body);
        let new = |body: Value| refused(&server, "POST", "/api/model-aliases/create", body);
        let (field, text) = put(json!({"litellm_model": "alias/C"}));
        assert!(field == "litellm_model" && text.contains("leads in a circle: a -> C -> b -> a"), "{text}");
        assert!(put(json!({"litellm_model": "alias/A"})).1.contains("a -> A"));
        let (_, text) = put(json!({"litellm_model": "alias/bb"}));
        assert!(text.contains("unknown_reference") && text.contains("bb"), "{text}");
        for (more, field) in [
            (json!({"pricing_input": 1, "pricing_output": 1}), "pricing"),
            (json!({"fallbacks": [{"litellm_model": "openai/x"}]}), "fallbacks"),
            (json!({"parameters": {"temperature": {"default": 1}}}), "parameters"),
            (json!({"match": "prefix", "alias": "p-", "litellm_model": "alias/{rest}"}), "litellm_model"),
            (json!({"litellm_model": "alias/b-"}), "litellm_model"),
            (
                json!({"litellm_model": "openai/x", "split": [{"litellm_model": "alias/b", "share": 5}]}),
                "split",
            ),
        ] {
            let mut draft = json!({"alias": "d", "litellm_model": "alias/b"});
            draft.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            assert_eq!(new(draft.clone()).0, field, "{draft}");
        }
        // Eight hops, from whichever end the ninth is asked for.
        for n in 0..6 {
            let to = if n == 0 { "c".to_owned() } else { format!("d{}", n - 1) };
            create(&server, &format!("d{n}"), &format!("alias/{to}"));
        }
        let (_, text) = new(json!({"alias": "d6", "litellm_model": "alias/d5"}));
        assert!(text.contains("more than 8 aliases"), "{text}");
        create(&server, "z", "openai/z");
        let (_, text) = put(json!({"litellm_model": "alias/z"}));
        assert!(text.contains("more than 8 aliases, with those that lead to it: a -> z"), "{text}");
        assert_eq!(server.ok("GET", "/api/model-aliases/a", None)["version"], 1);
        // A document may name them in any order.
        let aliases = json!({"first": "alias/second", "second": "alias/third", "third": "openai/t"});
        server.ok("POST", "/api/apply", Some(json!({"document": {"version": 1, "aliases": aliases}})));
        assert_eq!(server.ok("GET", "/api/model-aliases/first", None)["litellm_model"], "alias/second");
    }
}

#[test]
fn a_renamed_alias_stays_what_it_was_and_its_old_name_goes_on_until_its_sunset() {
    for database in databases() {
        let provider = Provider::start();
        let server = Setup { database, ..Setup::upstream(provider.address) }.start();
        let team_key = server.onboard(&[("gpt4", "openai/gpt-4"), ("other", "openai/other")]);
        let limited = json!({"name": "limited", "models": ["gpt4"]});
        let limited = server.ok("POST", "/api/teams/team/keys", Some(limited));
        let limited = limited["virtual_key"].as_str().unwrap();
        assert_eq!(server.chat(&team_key, "gpt4").status, 200);
        let before = server.wait_for_calls("gpt4", 1);
        let tried = server.ok(
            "POST",
            "/api/model-aliases/gpt4/rename?dry_run=true",
            Some(json!({"new_alias": "gpt-4"})),
        );
        assert_eq!(tried["dry_run"], true, "{tried}");
        let sunset = ahead(8);
        let body = json!({"new_alias": "gpt-4", "sunset_at": sunset, "reason": "one pattern"});
        let renamed = server.ok("POST", "/api/model-aliases/gpt4/rename", Some(body));
        for same in ["id", "usage_count", "access_groups", "litellm_model", "created_at"] {
            assert_eq!(renamed[same], before[same], "{same}");
        }
        assert_eq!((&renamed["alias"], &renamed["version"]), (&json!("gpt-4"), &json!(2)));
        let history = server.ok("GET", "/api/model-aliases/gpt-4/history", None);
        assert_eq!(
            history["versions"][0]["change"]["alias"],
            json!({"from": "gpt4", "to": "gpt-4"}),
            "{history}"
        );
        let old = server.ok("GET", "/api/model-aliases/gpt4", None);
        assert_eq!((&old["litellm_model"], &old["status"]), (&json!("alias/gpt-4"), &json!("deprecated")));
        assert_eq!(old["access_groups"], before["access_groups"]);
        let none = server.ok("GET", "/api/model-aliases/gpt4/callers", None);
        assert_eq!((&none["callers"], &none["still_calling"]), (&json!([]), &json!(0)));
        for key in [&team_key, limited] {
            let answer = server.chat(key, "gpt4");
            assert_eq!((answer.status, &answer.json()["model"]), (200, &json!("gpt4")), "{}", answer.text());
            assert!(answer.header("deprecation").is_some() && answer.header("sunset").is_some());
            let link = answer.header("link").unwrap();
            assert!(link.contains("</api/model-aliases/gpt-4>; rel=\"successor-version\""), "{link}");
            let new = server.chat(key, "gpt-4");
            assert_eq!((new.status, new.header("deprecation")), (200, None));
        }
        let callers = server.ok("GET", "/api/model-aliases/gpt4/callers", None);
        let one = &callers["callers"][0];
        assert_eq!((&one["team_id"], &one["last_7_days"]["calls"]), (&json!("team"), &json!(2)), "{callers}");
        assert!(one["last_used_at"].is_string() && callers["still_calling"] == 1, "{callers}");
        assert!(callers["notification"].as_str().unwrap().contains("specify model=\"gpt-4\""), "{callers}");
        let deadline = Instant::now() + http::PATIENCE;
        let refused_at_last = loop {
            let answer = server.chat(&team_key, "gpt4");
            assert!(Instant::now() < deadline, "the old name is still served");
            if answer.status != 200 {
                break answer;
            }
        };
        assert_eq!(
            (refused_at_last.status, &refused_at_last.json()["error"]["code"]),
            (410, &json!("model_sunset"))
        );
        assert!(refused_at_last.text().contains("Use 'gpt-4'."), "{}", refused_at_last.text());
        assert_eq!(server.chat(limited, "gpt-4").status, 200);
        assert_eq!(server.ok("GET", "/api/audit?action=alias.rename", None)["total"], 1);
        assert_eq!(server.ok("GET", "/api/audit/verify", None)["valid"], true);
        assert_eq!(server.ok("GET", "/api/usage/verify", None)["clean"], true);
    }
}

#[test]
fn a_name_that_cannot_be_given_is_refused_and_one_can_be_given_up_at_once() {
    let server = Setup::default().start();
    let key = server.onboard(&[("a", "openai/a"), ("b", "openai/b"), ("to-a", "alias/a")]);
    let rename = |body: Value| server.admin("POST", "/api/model-aliases/a/rename", Some(body));
    let taken = rename(json!({"new_alias": "B"}));
    assert_eq!((taken.status, &taken.json()["code"]), (409, &json!("alias_already_exists")));
    for (body, field) in [
        (json!({}), "new_alias"),
        (json!({"new_alias": "a b"}), "new_alias"),
        (json!({"new_alias": "c", "sunset_at": "2001-01-01T00:00:00Z"}), "sunset_at"),
        (json!({"new_alias": "c", "sunset_at": ahead(60), "keep_old_as_redirect": false}), "sunset_at"),
        (json!({"new_alias": "c", "keep_old_as_redirect": false}), "keep_old_as_redirect"),
    ] {
        let (said, text) = refused(&server, "POST", "/api/model-aliases/a/rename", body.clone());
        assert!(said == field || text.contains(field), "{body}: {text}");
    }
    assert_eq!(rename(json!({"new_alias": "a"})).json()["version"], 1, "it has that name");
    assert_eq!(rename(json!({"new_alias": "A"})).json()["version"], 2, "other letters leave no old name");
    server.ok("DELETE", "/api/model-aliases/to-a", None);
    let given_up = json!({"new_alias": "c", "keep_old_as_redirect": false});
    assert_eq!(server.ok("POST", "/api/model-aliases/A/rename", Some(given_up))["alias"], "c");
    assert_eq!(server.admin("GET", "/api/model-aliases/a", None).status, 404);
    assert_eq!(server.chat(&key, "a").status, 404);
}

#[test]
fn who_calls_a_deleted_alias_is_told_what_takes_its_place() {
    for database in databases() {
        let provider = Provider::start();
        let mut server = Setup { database, ..Setup::upstream(provider.address) }.start();
        let key =
            server.onboard(&[("old", "openai/old"), ("smart", "openai/new"), ("plain", "openai/plain")]);
        server.ok("POST", "/api/model-aliases/old/deprecate", Some(json!({"replacement": "smart"})));
        for name in ["old", "plain"] {
            server.ok("DELETE", &format!("/api/model-aliases/{name}"), None);
        }
        for _ in 0..2 {
            let answer = server.chat(&key, "OLD");
            let error = answer.json()["error"].clone();
            assert_eq!(
                (answer.status, &error["code"], &error["replacement"]),
                (404, &json!("model_not_found"), &json!("smart"))
            );
            let text = error["message"].as_str().unwrap();
            assert!(text.contains("was removed on 20") && text.ends_with("use 'smart'."), "{text}");
            let told = server.ok("GET", "/api/explain?team=team&model=old", None);
            assert!(told.to_string().contains("smart takes its place"), "{told}");
            assert!(!server.chat(&key, "plain").text().contains("removed"));
            server.kill();
            server.restart();
        }
        server.ok("POST", "/api/model-aliases/old/restore", None);
        assert_eq!(server.chat(&key, "old").status, 200);
    }
}

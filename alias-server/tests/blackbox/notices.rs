//! Notices: what operators tell teams, in which words, who reads it, and that webhooks are told in time and once.

use serde_json::{Value, json};

use crate::credits::until;
use crate::provider::Provider;
use crate::receiver::Receiver;
use crate::schedule::ahead;
use crate::server::{Server, Setup, databases};

const NOTICES: &str = "/api/notices";
const MONTH: i64 = 30 * 24 * 60 * 60;

fn publish(server: &Server, body: Value) -> Value {
    let answer = server.admin("POST", NOTICES, Some(body));
    assert_eq!(answer.status, 201, "{}", answer.text());
    let said = answer.json();
    assert!(answer.header("location").unwrap().ends_with(said["notice_id"].as_str().unwrap()));
    said
}

/// The titles of what a team reads with its key, the newest first.
fn read(server: &Server, key: &str) -> Vec<String> {
    let answer = server.team(key, "GET", "/v1/notices", None);
    assert_eq!(answer.status, 200, "{}", answer.text());
    let titles = answer.json()["notices"].as_array().unwrap().clone();
    titles.iter().map(|notice| notice["title"].as_str().unwrap().to_owned()).collect()
}

fn second_team(server: &Server) -> String {
    server.ok(
        "POST",
        "/api/organizations/create",
        Some(json!({"organization_id": "other", "name": "Other"})),
    );
    let team = json!({"organization_id": "other", "team_id": "two", "access_groups": []});
    let made = server.ok("POST", "/api/teams/create", Some(team));
    made["virtual_key"].as_str().unwrap().to_owned()
}

fn say(title: &str, more: Value) -> Value {
    let mut body = json!({"title": title, "text": "What there is to know."});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

#[test]
fn each_team_reads_what_is_for_it_and_learns_of_nobody_else() {
    for database in databases() {
        let provider = Provider::start();
        let server = Setup { database, ..Setup::upstream(provider.address) }.start();
        let one = server.onboard(&[("smart", "openai/gpt-4")]);
        let two = second_team(&server);
        publish(&server, say("all", json!({"audience": "everyone"})));
        publish(&server, say("holders", json!({"audience": "holders", "alias": "smart"})));
        publish(&server, say("callers", json!({"audience": "callers", "alias": "smart"})));
        let named = publish(&server, say("named", json!({"team_ids": ["two"]})));
        publish(&server, say("organization", json!({"organization_ids": ["other"]})));
        assert_eq!(named["teams_reached"], 1);
        assert_eq!(read(&server, &one), ["holders", "all"]);
        assert_eq!(read(&server, &two), ["organization", "named", "all"]);
        // Who calls, and who holds, is asked when it is read.
        assert_eq!(server.chat(&one, "smart").status, 200);
        until("the call is counted", || read(&server, &one) == ["callers", "holders", "all"]);
        let seen = server.ok("GET", "/api/teams/two/notices", None);
        assert_eq!(seen["total"], 3);
        for hidden in ["team_ids", "organization_ids", "audience", "created_by", "teams_reached"] {
            assert!(seen["notices"][0].get(hidden).is_none(), "{hidden}: {seen}");
        }
        assert_eq!(server.admin("GET", "/api/teams/nobody/notices", None).status, 404);
        assert_eq!(server.team("sk-wrong", "GET", "/v1/notices", None).status, 401);
        // Changed and taken back, it is so at once.
        let path = format!("{NOTICES}/{}", named["notice_id"].as_str().unwrap());
        let changed = server.ok("PUT", &path, Some(json!({"title": "renamed", "audience": "everyone"})));
        assert_eq!(
            (&changed["version"], &changed["team_ids"], &changed["teams_reached"]),
            (&json!(2), &json!([]), &json!(2))
        );
        assert!(read(&server, &one).contains(&"renamed".into()));
        assert_eq!(server.ok("PUT", &path, Some(json!({"title": "renamed"})))["version"], 2);
        let whole = server.ok("GET", &path, None);
        assert_eq!(server.ok("PUT", &path, Some(whole))["version"], 2, "what was read may be sent back");
        // Of two lists, the one that is not sent stays.
        let both =
            publish(&server, say("both", json!({"team_ids": ["team"], "organization_ids": ["other"]})));
        let both = format!("{NOTICES}/{}", both["notice_id"].as_str().unwrap());
        for (change, teams, organizations) in [
            (json!({"team_ids": ["two"]}), json!(["two"]), json!(["other"])),
            (json!({"team_ids": []}), json!([]), json!(["other"])),
            (json!({"team_ids": ["team"]}), json!(["team"]), json!(["other"])),
            (json!({"organization_ids": null}), json!(["team"]), json!([])),
        ] {
            let now = server.ok("PUT", &both, Some(change.clone()));
            assert_eq!((&now["team_ids"], &now["organization_ids"]), (&teams, &organizations), "{change}");
            assert_eq!(now["audience"], "named");
        }
        let nobody = server.admin("PUT", &both, Some(json!({"team_ids": []})));
        assert_eq!(nobody.status, 422, "{}", nobody.text());
        assert!(nobody.text().contains("audience"), "{}", nobody.text());
        assert_eq!(server.ok("GET", &both, None)["team_ids"], json!(["team"]));
        server.ok("DELETE", &both, None);
        server.ok("DELETE", &path, None);
        assert!(!read(&server, &one).contains(&"renamed".into()));
        assert_eq!(server.admin("GET", &path, None).json()["code"], "notice_not_found");
        let list = server.ok("GET", &format!("{NOTICES}?alias=smart&limit=1"), None);
        assert_eq!((&list["total"], &list["notices"][0]["title"]), (&json!(2), &json!("callers")));
        let audit = server.ok("GET", "/api/audit?action=notice", None);
        assert_eq!(audit["total"], 13);
        // It is there after a restart, and gone when its time is over.
        publish(&server, say("short", json!({"audience": "everyone", "expires_at": ahead(8)})));
        assert!(read(&server, &two).contains(&"short".into()));
        until("its time is over", || !read(&server, &two).contains(&"short".into()));
        assert_eq!(server.ok("GET", NOTICES, None)["notices"][0]["title"], "short");
    }
}

#[test]
fn words_follow_from_the_alias_and_name_models_only_where_they_are_to() {
    let server = Setup::default().start();
    server.onboard(&[("smart", "openai/gpt-4"), ("old", "openai/old")]);
    let try_out = |body: Value| server.admin("POST", &format!("{NOTICES}?dry_run=true"), Some(body));
    let words = |body: Value| {
        let answer = try_out(body);
        assert_eq!(answer.status, 200, "{}", answer.text());
        let said = answer.json();
        assert_eq!((&said["dry_run"], &said["teams_reached"]), (&json!(true), &json!(1)));
        format!("{}\n{}", said["title"].as_str().unwrap(), said["text"].as_str().unwrap())
    };
    let of = |kind: &str, alias: &str| json!({"kind": kind, "alias": alias, "audience": "holders"});
    let new = words(of("new_model", "smart"));
    assert!(new.starts_with("New Model Available: smart") && new.contains("model=\"smart\""), "{new}");
    for nothing in [of("switch", "smart"), of("deprecation", "old")] {
        let refused = try_out(nothing);
        assert_eq!((refused.status, &refused.json()["code"]), (422, &json!("nothing_to_announce")));
    }
    server.ok("PUT", "/api/model-aliases/smart", Some(json!({"litellm_model": "anthropic/claude-3-opus"})));
    let made = words(of("switch", "smart"));
    assert!(made.starts_with("Model Changed: smart\nSince ") && !made.contains("anthropic"), "{made}");
    let at = ahead(3600);
    let later = json!({"litellm_model": "gemini/gemini-1.5-pro"});
    let waiting = server.admin("PUT", &format!("/api/model-aliases/smart?effective_at={at}"), Some(later));
    assert_eq!(waiting.status, 202);
    let mut named = of("switch", "smart");
    named["name_models"] = json!(true);
    let planned = words(named);
    assert!(planned.contains(&format!("From {at} on")), "{planned}");
    assert!(planned.contains("gemini/gemini-1.5-pro in the place of anthropic/claude-3-opus"), "{planned}");
    let told = json!({"sunset_at": ahead(MONTH), "replacement": "smart", "message": "Prompts stay."});
    server.ok("POST", "/api/model-aliases/old/deprecate", Some(told));
    let gone = words(of("deprecation", "old"));
    assert!(gone.contains("model=\"smart\"") && gone.contains("Prompts stay."), "{gone}");
    // What teams may not know is not in words that are made: descriptions, and names that are hidden.
    server.ok(
        "PUT",
        "/api/model-aliases/smart",
        Some(json!({"description": "OpenAI's best.", "visibility": "hidden"})),
    );
    let mut new = of("new_model", "smart");
    assert!(!words(new.clone()).contains("OpenAI"));
    new["name_models"] = json!(true);
    assert!(words(new).contains("OpenAI's best."));
    let gone = words(of("deprecation", "old"));
    assert!(!gone.contains("smart") && gone.contains("Prompts stay."), "{gone}");
    let callers = server.ok("GET", "/api/model-aliases/old/callers", None);
    assert!(!callers["notification"].as_str().unwrap().contains("smart"), "{callers}");
    assert_eq!(callers["replacement"], "smart", "operators see it");
    assert_eq!(server.ok("GET", NOTICES, None)["total"], 0, "nothing was published");
    for (wrong, field) in [
        (json!({"title": "a", "text": "b"}), "audience"),
        (json!({"audience": "everyone"}), "title"),
        (json!({"title": "a", "text": "b", "team_ids": ["nobody"]}), "team_ids"),
        (json!({"title": "a", "text": "b", "audience": "callers", "alias": "nothing"}), "alias"),
        (json!({"title": "a", "text": "b", "audience": "everyone", "kinds": 1}), "kinds"),
    ] {
        let answer = server.admin("POST", NOTICES, Some(wrong.clone()));
        assert_eq!(answer.status, 422, "{wrong}: {}", answer.text());
        assert!(answer.text().contains(field), "{wrong}: {}", answer.text());
    }
}

#[test]
fn webhooks_are_told_of_notices_and_reminded_of_sunsets_once_however_many_servers_there_are() {
    for database in databases() {
        let (provider, receiver) = (Provider::start(), Receiver::start());
        let extra = vec!["--webhook-allow-private".to_owned()];
        let mut server = Setup { database, extra, ..Setup::upstream(provider.address) }.start();
        let key = server.onboard(&[("old", "openai/old"), ("smart", "openai/new")]);
        assert_eq!(server.chat(&key, "old").status, 200);
        until("the call is counted", || {
            server.ok("GET", "/api/model-aliases/old/callers", None)["still_calling"] == 1
        });
        let events = json!(["alias.deprecated", "alias.sunset_approaching", "notice.published"]);
        server.ok(
            "POST",
            "/api/webhooks/register",
            Some(json!({"webhook_url": receiver.url(), "events": events})),
        );
        // In 30 days and 3 seconds: the first reminder is due in 3 seconds.
        let told = json!({"sunset_at": ahead(MONTH + 3), "replacement": "smart"});
        server.ok("POST", "/api/model-aliases/old/deprecate", Some(told));
        let deprecated = receiver.wait_for(1)[0].json();
        assert_eq!(deprecated["type"], "alias.deprecated");
        assert_eq!(deprecated["data"]["still_calling"][0]["team_id"], "team");
        assert_eq!(deprecated["data"]["still_calling"][0]["calls_last_30_days"], 1);
        // Nobody is there when it is due; whoever comes next sends it.
        server.terminate();
        server.restart();
        let reminded = receiver.wait_for(2)[1].json();
        assert_eq!(reminded["type"], "alias.sunset_approaching");
        assert_eq!(reminded["data"]["days_left"], 30);
        assert_eq!(reminded["data"]["still_calling"][0]["team_id"], "team");
        publish(&server, json!({"kind": "deprecation", "alias": "old", "audience": "callers"}));
        let notice = receiver.wait_for(3)[2].json();
        assert_eq!((&notice["type"], &notice["data"]["alias"]), (&json!("notice.published"), &json!("old")));
        assert!(notice["data"]["text"].as_str().unwrap().contains("model=\"smart\""));
        assert_eq!(receiver.seen().len(), 3, "the reminder came once");
    }
}

#[test]
fn only_those_who_write_the_catalogue_write_notices() {
    let server = Setup::default().start();
    server.onboard(&[("smart", "openai/gpt-4")]);
    let made = server.ok("POST", "/api/admin-tokens", Some(json!({"name": "first", "role": "owner"})));
    let admin = made["admin_token"].as_str().unwrap().to_owned();
    let ask = |bearer: &str, method: &str, path: &str, body: Option<Value>| {
        server.team(bearer, method, path, body.map(|body| body.to_string()).as_deref()).status
    };
    let notice = || Some(say("all", json!({"audience": "everyone"})));
    assert_eq!(ask(&admin, "POST", NOTICES, notice()), 201);
    let mine = json!({"organization_id": "mine", "name": "Mine"});
    assert_eq!(ask(&admin, "POST", "/api/organizations/create", Some(mine)), 201);
    let body = json!({"name": "theirs", "role": "org-admin", "organization_id": "mine"}).to_string();
    let made = server.team(&admin, "POST", "/api/admin-tokens", Some(&body)).json();
    let theirs = made["admin_token"].as_str().unwrap().to_owned();
    assert_eq!(ask(&theirs, "POST", NOTICES, notice()), 403);
    assert_eq!(ask(&theirs, "GET", NOTICES, None), 403);
    assert_eq!(ask(&theirs, "GET", "/api/teams/team/notices", None), 404, "of another organization");
}

//! What would come of a change, before it is made: who loses and gains what, and a token that holds the change to it.

use serde_json::{Value, json};

use crate::prices::catalog;
use crate::provider::Provider;
use crate::server::{Server, Setup, databases};

/// Team `team` holds the group `all` with `smart` and `fast`; team `other` holds `few` with `fast` alone.
fn started(database: Option<String>) -> (Provider, Server, String) {
    let provider = Provider::start();
    let server = Setup { database, ..Setup::upstream(provider.address) }.start();
    let key = server.onboard(&[("smart", "openai/gpt-4"), ("fast", "openai/gpt-3.5-turbo")]);
    let few = json!({"group_name": "few", "model_aliases": ["fast"]});
    server.ok("POST", "/api/model-access-groups/create", Some(few));
    let other = json!({"organization_id": "org", "team_id": "other", "access_groups": ["few"]});
    server.ok("POST", "/api/teams/create", Some(other));
    (provider, server, key)
}

/// Who loses and who gains which names.
fn touched(impact: &Value) -> Vec<(String, Value, Value)> {
    let teams = impact["teams"].as_array().unwrap_or_else(|| panic!("{impact}"));
    teams
        .iter()
        .map(|team| {
            (team["team_id"].as_str().unwrap().to_owned(), team["loses"].clone(), team["gains"].clone())
        })
        .collect()
}

fn loses(team: &str, names: &[&str]) -> (String, Value, Value) {
    (team.to_owned(), json!(names), json!([]))
}

fn gains(team: &str, names: &[&str]) -> (String, Value, Value) {
    (team.to_owned(), json!([]), json!(names))
}

fn impact(server: &Server, path: &str) -> Value {
    server.ok("GET", path, None)
}

#[test]
fn the_impact_of_a_deletion_names_teams_keys_calls_and_what_is_left_in_its_place() {
    for database in databases() {
        let (_provider, server, key) = started(database);
        server.ok("PUT", "/api/teams/team", Some(json!({"default_model": "smart"})));
        let twin = json!({"alias": "twin", "litellm_model": "openai/gpt-4", "access_groups": ["all"]});
        server.ok("POST", "/api/model-aliases/create", Some(twin));
        let limited = json!({"name": "limited", "models": ["fast"]});
        server.ok("POST", "/api/teams/team/keys", Some(limited));
        server.ok(
            "PUT",
            "/api/catalog/models/openai/gpt-4",
            Some(json!({"prices": {"input": 1000, "output": 2000}})),
        );
        for _ in 0..2 {
            assert_eq!(server.chat(&key, "smart").status, 200);
        }
        let before = server.ok("GET", "/api/model-aliases/smart", None);
        let said = impact(&server, "/api/model-aliases/smart/impact?action=delete");
        assert_eq!(touched(&said), [loses("team", &["smart"])]);
        let team = &said["teams"][0];
        assert_eq!((&team["equivalents"], &team["loses_default"]), (&json!(["twin"]), &json!(true)));
        assert_eq!((&team["keys_affected"], &said["keys_affected"]), (&json!(1), &json!(1)));
        assert_eq!(team["keys"][0]["key_id"], key[3..19]);
        assert_eq!((&said["action"], &said["access_groups"]), (&json!("alias.delete"), &json!(["all"])));
        // 7 tokens of input and 3 of output each; what they cost is what the provider says.
        let spent = json!({"calls": 2, "cost_usd": 0.000_24, "billed_usd": 0.026});
        for of in [team, &said["usage"], &said["callers"][0]] {
            assert_eq!((&of["last_7_days"], &of["last_30_days"]), (&spent, &spent), "{said}");
        }
        assert_eq!(said["switch"], json!(null));
        let after = server.ok("GET", "/api/model-aliases/smart", None);
        assert_eq!(
            (&after["version"], &after["access_groups"]),
            (&before["version"], &before["access_groups"])
        );
        assert_eq!(server.chat(&key, "smart").status, 200, "nothing was changed");
        let same = impact(&server, "/api/model-aliases/smart/impact?action=delete");
        assert_eq!(same["impact_token"], said["impact_token"], "figures move, and are no part of it");
    }
}

#[test]
fn a_write_with_a_token_is_refused_where_the_world_has_changed_since() {
    for database in databases() {
        let (_provider, server, key) = started(database);
        let path = "/api/model-aliases/smart";
        let token = |action: &str| {
            let said = impact(&server, &format!("{path}/impact?action={action}"));
            said["impact_token"].as_str().unwrap().to_owned()
        };
        let with = |method: &str, path: &str, token: &str, body: Option<Value>| {
            server.admin(method, &format!("{path}?impact_token={token}"), body)
        };
        // Another team is granted it meanwhile.
        let told = token("delete");
        server.ok("PUT", "/api/teams/other/access-groups", Some(json!(["few", "all"])));
        let refused = with("DELETE", path, &told, None);
        let why = refused.json();
        assert_eq!((refused.status, &why["code"]), (409, &json!("impact_changed")), "{why}");
        assert_eq!(server.chat(&key, "smart").status, 200);
        // Another administrator changes the alias meanwhile.
        let told = token("delete");
        server.ok("PUT", path, Some(json!({"description": "changed"})));
        assert_eq!(with("DELETE", path, &told, None).status, 409);
        // A token is for what it was told of, and for nothing else.
        assert_eq!(with("DELETE", path, &token("disable"), None).status, 409);
        assert_eq!(with("DELETE", path, "imp_made-up", None).status, 409);
        // What touches nobody concerned is no obstacle.
        let told = token("disable");
        server.ok(
            "POST",
            "/api/model-aliases/create",
            Some(json!({"alias": "x", "litellm_model": "openai/x"})),
        );
        server.ok("POST", "/api/organizations/create", Some(json!({"organization_id": "o2", "name": "O"})));
        let done = with("POST", &format!("{path}/disable"), &told, None);
        assert_eq!((done.status, &done.json()["active"]), (200, &json!(false)));
        assert_eq!(server.chat(&key, "smart").status, 403);
        let told = token("delete");
        assert_eq!(with("DELETE", path, &told, None).status, 200);
    }
}

#[test]
fn a_switch_tells_what_its_calls_would_have_cost_and_what_cannot_be_done_any_more() {
    let (_provider, server, key) = started(None);
    let price = |model: &str, body: Value| {
        server.ok("PUT", &format!("/api/catalog/models/{model}"), Some(body));
    };
    price("openai/old", json!({"prices": {"input": 1000, "output": 2000}, "max_input_tokens": 1000}));
    price(
        "openai/new",
        json!({"prices": {"input": 100, "output": 100, "request": 0.5}, "max_input_tokens": 5}),
    );
    server.ok("PUT", "/api/model-aliases/smart", Some(json!({"litellm_model": "openai/old"})));
    for _ in 0..2 {
        assert_eq!(server.chat(&key, "smart").status, 200);
    }
    server.wait_for_calls("smart", 2);
    let path = "/api/model-aliases/smart/impact?action=switch&litellm_model=";
    let said = impact(&server, &format!("{path}openai/new"));
    assert_eq!(touched(&said), [], "nobody loses the name");
    let switch = &said["switch"];
    assert_eq!(
        (&switch["from"], &switch["to"], &switch["calls"]),
        (&json!("openai/old"), &json!("openai/new"), &json!(2))
    );
    // 0.00012 each now, as the provider says; 10 tokens and half a dollar a request then.
    assert_eq!((&switch["cost_usd"], &switch["repriced_cost_usd"]), (&json!(0.000_24), &json!(1.002)));
    assert_eq!(switch["difference_usd"], json!(1.001_76));
    assert_eq!(
        (&switch["calls_too_long"], &switch["max_input_tokens"]),
        (&json!(2), &json!({"from": 1000, "to": 5}))
    );
    let codes = |switch: &Value| -> Vec<Value> {
        switch["warnings"].as_array().unwrap().iter().map(|warning| warning["code"].clone()).collect()
    };
    assert_eq!(codes(switch), ["smaller_context", "calls_too_long"]);
    let unknown = impact(&server, &format!("{path}nobody/knows"))["switch"].clone();
    assert_eq!(
        (&unknown["repriced_cost_usd"], codes(&unknown)),
        (&json!(null), vec![json!("not_in_catalog")])
    );
    let entry = |vision| {
        json!({"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 1e-6,
            "output_cost_per_token": 2e-6, "supports_vision": vision, "supports_function_calling": true})
    };
    let map = server.folder().join("map.json");
    let models = json!({"openai/sees": entry(true), "openai/blind": entry(false)});
    std::fs::write(&map, models.to_string()).unwrap();
    assert!(catalog(&server, &["import", map.to_str().unwrap()]).status.success());
    server.ok("PUT", "/api/model-aliases/smart", Some(json!({"litellm_model": "openai/sees"})));
    let poorer = impact(&server, &format!("{path}openai/blind"))["switch"].clone();
    assert_eq!(poorer["capabilities"], json!({"lost": ["vision"], "gained": []}), "{poorer}");
    assert_eq!(codes(&poorer), ["capabilities_lost"]);
}

#[test]
fn every_write_of_aliases_groups_and_grants_can_be_tried_out() {
    for database in databases() {
        let (_provider, server, key) = started(database);
        let revision = || server.admin("GET", "/api/audit?limit=1", None).json()["total"].clone();
        let before = revision();
        let dry = |method: &str, path: &str, body: Value| -> Value {
            let path = format!("{path}{}dry_run=true", if path.contains('?') { '&' } else { '?' });
            let answer = server.admin(method, &path, Some(body));
            let said = answer.json();
            assert_eq!((answer.status, &said["dry_run"]), (200, &json!(true)), "{method} {path}: {said}");
            assert!(answer.header("x-alias-revision").is_none());
            said
        };
        let aliases = "/api/model-aliases";
        let groups = "/api/model-access-groups";
        let new = json!({"alias": "new", "litellm_model": "openai/n", "access_groups": ["few"]});
        let made = dry("POST", &format!("{aliases}/create"), new);
        assert_eq!(
            (touched(&made["impact"]), &made["result"]["alias"]),
            (vec![gains("other", &["new"])], &json!("new"))
        );
        let off = dry("PUT", &format!("{aliases}/fast"), json!({"active": false}));
        assert_eq!(touched(&off["impact"]), [loses("other", &["fast"]), loses("team", &["fast"])]);
        assert_eq!(off["impact"]["change"], json!({"active": {"from": true, "to": false}}));
        let off = dry("POST", &format!("{aliases}/fast/disable"), json!({}));
        assert_eq!(off["result"]["status"], "disabled");
        let gone = dry("DELETE", &format!("{aliases}/fast"), json!({}));
        assert_eq!(gone["result"]["removed_from_access_groups"], json!(["all", "few"]));
        let nothing = dry("POST", &format!("{aliases}/fast/rollback"), json!({"version": 1}));
        assert_eq!((&nothing["impact"]["action"], &nothing["impact"]["teams"]), (&json!(null), &json!([])));
        let less = dry("POST", &format!("{groups}/all/remove-models"), json!({"model_aliases": ["smart"]}));
        assert_eq!(
            (touched(&less["impact"]), &less["result"]["removed"]),
            (vec![loses("team", &["smart"])], &json!(["smart"]))
        );
        let more = dry("POST", &format!("{groups}/few/add-models"), json!({"model_aliases": ["smart"]}));
        assert_eq!(touched(&more["impact"]), [gains("other", &["smart"])]);
        let other = dry("PUT", &format!("{groups}/few/models"), json!(["smart"]));
        assert_eq!(touched(&other["impact"]), [("other".into(), json!(["fast"]), json!(["smart"]))]);
        let off = dry("PUT", &format!("{groups}/few"), json!({"active": false}));
        assert_eq!(touched(&off["impact"]), [loses("other", &["fast"])]);
        let gone = dry("DELETE", &format!("{groups}/few?if_unused=false"), json!({}));
        assert_eq!(touched(&gone["impact"]), [loses("other", &["fast"])]);
        let made =
            dry("POST", &format!("{groups}/create"), json!({"group_name": "g", "model_aliases": ["fast"]}));
        assert_eq!((touched(&made["impact"]), &made["impact"]["action"]), (vec![], &json!("group.create")));
        let granted = dry("PUT", "/api/teams/other/access-groups", json!(["few", "all"]));
        assert_eq!(touched(&granted["impact"]), [gains("other", &["smart"])]);
        let none = dry("PUT", "/api/teams/team", json!({"access_groups": []}));
        assert_eq!(touched(&none["impact"]), [loses("team", &["fast", "smart"])]);
        server.ok("DELETE", &format!("{aliases}/smart"), None);
        let back = dry("POST", &format!("{aliases}/smart/restore"), json!({}));
        assert_eq!(touched(&back["impact"]), [gains("team", &["smart"])]);
        assert_eq!(server.chat(&key, "smart").status, 404);
        assert_eq!(revision(), json!(before.as_u64().unwrap() + 1), "only the deletion was made");
    }
}

#[test]
fn a_dry_run_is_refused_as_the_write_would_be_and_wrong_questions_are_told_why() {
    let (_provider, server, _) = started(None);
    for (method, path, body, status, code) in [
        ("PUT", "model-aliases/fast?dry_run=true", json!({"litellm_model": "gpt"}), 422, "invalid_model"),
        ("PUT", "model-aliases/none?dry_run=true", json!({}), 404, "model_not_found"),
        (
            "POST",
            "model-aliases?dry_run=true",
            json!({"alias": "fast", "litellm_model": "openai/x"}),
            409,
            "alias_already_exists",
        ),
        (
            "PUT",
            "model-access-groups/all?dry_run=true",
            json!({"model_aliases": ["no"]}),
            422,
            "unknown_reference",
        ),
        ("PUT", "model-aliases/fast?dry_run=maybe", json!({}), 400, "invalid_value"),
        ("PUT", "model-aliases/fast?dry_run=true&dry_run=false", json!({}), 400, "invalid_value"),
        ("PUT", "organizations/org?dry_run=true", json!({}), 400, "unknown_parameter"),
        (
            "POST",
            "model-aliases?dry_run=true&if_exists=update",
            json!({"alias": "fast", "litellm_model": "openai/x"}),
            400,
            "invalid_value",
        ),
        ("GET", "model-aliases/fast/impact", json!(null), 400, "invalid_value"),
        ("GET", "model-aliases/fast/impact?action=switch", json!(null), 400, "invalid_value"),
        (
            "GET",
            "model-aliases/fast/impact?action=delete&litellm_model=a/b",
            json!(null),
            400,
            "invalid_value",
        ),
        ("GET", "model-aliases/none/impact?action=delete", json!(null), 404, "model_not_found"),
        ("GET", "model-access-groups/none/impact?action=delete", json!(null), 404, "access_group_not_found"),
        ("GET", "model-access-groups/all/impact?action=add", json!(null), 400, "invalid_value"),
        (
            "GET",
            "model-access-groups/all/impact?action=add&model_aliases=no",
            json!(null),
            422,
            "unknown_reference",
        ),
    ] {
        let body = Some(body).filter(|body| !body.is_null());
        let answer = server.admin(method, &format!("/api/{path}"), body);
        assert_eq!((answer.status, &answer.json()["code"]), (status, &json!(code)), "{method} {path}");
    }
    let removed =
        impact(&server, "/api/model-access-groups/all/impact?action=remove&model_aliases=fast,smart");
    assert_eq!(touched(&removed), [loses("team", &["fast", "smart"])]);
    let off = impact(&server, "/api/model-access-groups/all/impact?action=disable");
    assert_eq!(touched(&off), [loses("team", &["fast", "smart"])]);
}

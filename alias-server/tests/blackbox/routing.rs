//! Where calls go besides the target of their alias, over HTTP: prefixes, splits, fallbacks and rules on parameters.

use serde_json::{Value, json};

use crate::provider::{Mode, Provider};
use crate::server::{Server, Setup, databases, times};

const SMART: &str = "/api/model-aliases/smart";

fn started(provider: &Provider) -> (Server, String) {
    let server = Setup::upstream(provider.address).start();
    let key = server.onboard(&[("smart", "openai/gpt-4")]);
    (server, key)
}

fn sent(provider: &Provider) -> Vec<String> {
    provider.seen().iter().map(|seen| seen.body["model"].as_str().unwrap().to_owned()).collect()
}

fn refused(server: &Server, method: &str, path: &str, body: Value) -> String {
    let answer = server.admin(method, path, Some(body));
    assert_eq!(answer.status, 422, "{}", answer.text());
    answer.json()["errors"][0]["field"].as_str().unwrap().to_owned()
}

#[test]
fn one_prefix_serves_every_name_that_begins_with_it_and_is_in_no_list() {
    let provider = Provider::start();
    let (server, key) = started(&provider);
    let draft = json!({"alias": "claude-", "match": "prefix", "litellm_model": "anthropic/claude-{rest}", "access_groups": ["all"]});
    let made = server.ok("POST", "/api/model-aliases/create", Some(draft));
    assert_eq!((&made["alias"], &made["match"]), (&json!("claude-"), &json!("prefix")));
    let answer = server.chat(&key, "claude-3-opus");
    assert_eq!((answer.status, &answer.json()["model"]), (200, &json!("claude-3-opus")));
    assert_eq!(sent(&provider), ["anthropic/claude-3-opus"]);
    assert_eq!(answer.header("x-alias-name").unwrap(), "claude-");
    assert_eq!(server.chat(&key, "claude-").status, 404);
    let listed = server.team(&key, "GET", "/v1/models", None).json();
    assert_eq!(
        listed["data"].as_array().unwrap().iter().map(|model| &model["id"]).collect::<Vec<_>>(),
        ["smart"]
    );
    let one = server.team(&key, "GET", "/v1/models/claude-3-haiku", None).json();
    assert_eq!(one["id"], "claude-3-haiku");
    assert_eq!(server.wait_for_calls("claude-", 1)["usage_count"], 1);
    let told = server.ok("GET", "/api/explain?team=team&model=claude-3-haiku", None);
    assert_eq!((&told["allowed"], &told["resolves_to"]), (&json!(true), &json!("anthropic/claude-3-haiku")));
    assert_eq!(told["alias"], "claude-");
    for (draft, field) in [
        (json!({"alias": "gpt-", "litellm_model": "openai/gpt-4"}), "alias"),
        (json!({"alias": "gpt-", "match": "prefix", "litellm_model": "openai/gpt-4"}), "litellm_model"),
        (json!({"alias": "gpt", "litellm_model": "openai/gpt-{rest}"}), "litellm_model"),
    ] {
        assert_eq!(refused(&server, "POST", "/api/model-aliases/create", draft), field);
    }
    assert_eq!(refused(&server, "PUT", "/api/model-aliases/claude-", json!({"match": "exact"})), "alias");
}

#[test]
fn a_part_of_the_callers_goes_elsewhere_and_stays_there() {
    let provider = Provider::start();
    let (server, key) = started(&provider);
    let split = |share: u64| json!({"split": [{"litellm_model": "anthropic/claude-3-haiku", "share": share}], "sticky": "user"});
    let made = server.ok("PUT", SMART, Some(split(50)));
    assert_eq!(made["split"][0]["share"], 50);
    let call = |user: usize| {
        let body = json!({"model": "smart", "messages": [], "user": format!("user-{user}")}).to_string();
        provider.set(Mode::Good);
        let answer = server.team(&key, "POST", "/v1/chat/completions", Some(&body));
        assert_eq!((answer.status, &answer.json()["model"]), (200, &json!("smart")));
        sent(&provider).pop().unwrap()
    };
    let first: Vec<String> = (0..40).map(call).collect();
    assert!(first.iter().any(|target| target == "openai/gpt-4"));
    assert!(first.iter().any(|target| target == "anthropic/claude-3-haiku"));
    assert_eq!((0..40).map(call).collect::<Vec<_>>(), first);
    server.ok("PUT", SMART, Some(split(80)));
    let raised: Vec<String> = (0..40).map(call).collect();
    for (before, after) in first.iter().zip(&raised) {
        assert!(before == "openai/gpt-4" || after == before);
    }
    server.ok("PUT", SMART, Some(json!({"split": null})));
    assert!((0..5).map(call).all(|target| target == "openai/gpt-4"));
    let history = server.ok("GET", &format!("{SMART}/history"), None);
    assert!(history["versions"][1]["change"]["split"].is_object(), "{history}");
}

/// Five calls of each of so many users, at the same time; where the calls of each went.
fn targets_of_users(server: &Server, key: &str, users: std::ops::Range<u64>) -> Vec<Vec<String>> {
    let of_user = |user: u64| {
        let body = json!({"model": "smart", "messages": [], "user": format!("user-{user}")}).to_string();
        let call = || {
            let answer = server.team(key, "POST", "/v1/chat/completions", Some(&body));
            assert_eq!(answer.status, 200, "{}", answer.text());
            answer.json()["choices"][0]["message"]["content"].as_str().unwrap().to_owned()
        };
        (0..5).map(|_| call()).collect()
    };
    users.map(of_user).collect()
}

#[test]
fn a_canary_gets_its_share_of_the_callers_and_each_caller_stays_where_it_is() {
    let calls = times("ALIAS_TEST_CANARY_CALLS", 1_000);
    let provider = Provider::start();
    let (server, key) = started(&provider);
    let canary = json!({"split": [{"litellm_model": "openai/canary", "share": 5}], "sticky": "user"});
    server.ok("PUT", SMART, Some(canary));
    provider.set(Mode::Named);
    let (users, parts) = (calls / 5, 4);
    let part = |n: u64| (users * n / parts)..(users * (n + 1) / parts);
    let targets: Vec<Vec<String>> = std::thread::scope(|scope| {
        let (server, key) = (&server, &key);
        let running: Vec<_> =
            (0..parts).map(|n| scope.spawn(move || targets_of_users(server, key, part(n)))).collect();
        running.into_iter().flat_map(|one| one.join().unwrap()).collect()
    });
    let sticky = targets.iter().filter(|of_user| of_user.iter().all(|target| target == &of_user[0])).count();
    let there = targets.iter().filter(|of_user| of_user[0] == "I am openai/canary").count();
    println!("{calls} calls of {users} users: {sticky} of them sticky, {there} at the canary of 5 per cent");
    assert_eq!((sticky, u64::try_from(targets.len()).unwrap()), (targets.len(), users));
    // Within five standard deviations of a binomial distribution: n p q with p = 1/20.
    let (twentieths, off) = (users, (20 * u64::try_from(there).unwrap()).abs_diff(users));
    assert!(off * off <= 25 * 19 * twentieths, "{there} of {users}");
    assert_eq!(server.wait_for_calls("smart", users * 5)["usage_count"], users * 5);
}

#[test]
fn a_fallback_serves_what_the_target_failed_and_all_of_it_is_one_call() {
    let provider = Provider::start();
    let (server, key) = started(&provider);
    let fallbacks = json!([
        {"litellm_model": "azure/long", "on": ["context_length"]},
        {"litellm_model": "azure/gpt-4"},
        {"litellm_model": "anthropic/claude-3-opus"},
    ]);
    server.ok("PUT", SMART, Some(json!({"fallbacks": fallbacks})));
    provider.set(Mode::FailsFor(&["openai/gpt-4", "azure/gpt-4"], 503));
    let answer = server.chat(&key, "smart");
    assert_eq!((answer.status, &answer.json()["model"]), (200, &json!("smart")), "{}", answer.text());
    assert_eq!(answer.header("x-alias-fallback").unwrap(), "2");
    assert_eq!(sent(&provider), ["openai/gpt-4", "azure/gpt-4", "anthropic/claude-3-opus"]);
    let stats = server.wait_for_calls("smart", 1);
    assert_eq!((&stats["usage_count"], &stats["usage_stats"]["failed_calls"]), (&json!(1), &json!(0)));
    let told = server.ok(
        "GET",
        &format!("/api/explain?request_id={}", answer.header("x-request-id").unwrap()),
        None,
    );
    assert_eq!(told["resolves_to"], "anthropic/claude-3-opus");
    let upstream = told["steps"].as_array().unwrap().last().unwrap();
    assert!(upstream["detail"].as_str().unwrap().contains("openai/gpt-4"), "{told}");
    // A mistake of the caller goes nowhere else, and where all fail the last failure is told.
    provider.set(Mode::Status(400));
    assert_eq!(server.chat(&key, "smart").status, 400);
    assert_eq!(sent(&provider), ["openai/gpt-4"]);
    provider.set(Mode::Status(500));
    let answer = server.chat(&key, "smart");
    assert_eq!((answer.status, sent(&provider).len()), (502, 3));
    assert_eq!(server.wait_for_calls("smart", 3)["usage_stats"]["failed_calls"], 2);
    // A stream goes on as well, as long as nothing of it was sent.
    provider.set(Mode::FailsFor(&["openai/gpt-4"], 429));
    let body = json!({"model": "smart", "messages": [], "stream": true}).to_string();
    let stream = server.team(&key, "POST", "/v1/chat/completions", Some(&body));
    assert!(stream.status == 200 && stream.text().contains("[DONE]"), "{}", stream.text());
    assert_eq!(server.ok("GET", "/api/usage/verify", None)["clean"], true);
    assert_eq!(
        refused(&server, "PUT", SMART, json!({"fallbacks": [{"litellm_model": "x/y", "on": []}]})),
        "fallbacks"
    );
}

#[test]
fn a_fallback_serves_what_credits_do_not_cover() {
    let provider = Provider::start();
    let (server, _) = started(&provider);
    let price = |input: f64| json!({"prices": {"input": input, "output": input}});
    for (model, usd) in [("openai/gpt-4", 1_000_000.0), ("openai/small", 0.001)] {
        server.ok("PUT", &format!("/api/catalog/models/{model}"), Some(price(usd)));
    }
    let team = json!({
        "organization_id": "org", "team_id": "poor", "access_groups": ["all"], "credits_allocated": 1,
        "budget_mode": "consumption_usd",
    });
    let key = server.ok("POST", "/api/teams/create", Some(team))["virtual_key"].as_str().unwrap().to_owned();
    let call = || {
        let body = json!({"model": "smart", "messages": [], "max_tokens": 1_000}).to_string();
        server.team(&key, "POST", "/v1/chat/completions", Some(&body))
    };
    assert_eq!(call().json()["error"]["code"], "insufficient_quota");
    let usual = json!({"fallbacks": [{"litellm_model": "openai/small"}]});
    server.ok("PUT", SMART, Some(usual));
    assert_eq!(call().status, 429);
    let cheaper = json!({"fallbacks": [{"litellm_model": "openai/small", "on": ["out_of_budget"]}]});
    server.ok("PUT", SMART, Some(cheaper));
    assert_eq!(call().status, 200);
    assert_eq!(sent(&provider), ["openai/small"]);
}

#[test]
fn parameters_are_set_capped_or_refused_as_the_alias_says() {
    let provider = Provider::start();
    let (server, key) = started(&provider);
    let rules = json!({"parameters": {
        "temperature": {"default": 0.2, "max": 1},
        "max_tokens": {"max": 100},
        "top_p": {"override": 0.5},
        "tools": {"forbid": true},
    }});
    server.ok("PUT", SMART, Some(rules));
    let call = |more: Value| {
        let mut body = json!({"model": "smart", "messages": []});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let bearer = format!("Bearer {key}");
        let headers = [
            ("Authorization", bearer.as_str()),
            ("x-alias-parameters", "show"),
            ("Content-Type", "application/json"),
        ];
        crate::http::send(
            server.address,
            "POST",
            "/v1/chat/completions",
            &headers,
            Some(body.to_string().as_bytes()),
        )
        .unwrap()
    };
    let seen = || provider.seen().pop().unwrap().body;
    let answer = call(json!({}));
    assert_eq!(
        answer.header("x-alias-parameters").unwrap(),
        "max_tokens=cap, temperature=default, top_p=override"
    );
    assert_eq!(
        (&seen()["temperature"], &seen()["max_tokens"], &seen()["top_p"]),
        (&json!(0.2), &json!(100), &json!(0.5))
    );
    let answer = call(json!({"temperature": 2, "max_tokens": 50, "top_p": 0.5}));
    assert_eq!(answer.header("x-alias-parameters").unwrap(), "temperature=cap");
    assert_eq!((&seen()["temperature"], &seen()["max_tokens"]), (&json!(1), &json!(50)));
    let answer = call(json!({"tools": []}));
    assert_eq!((answer.status, &answer.json()["error"]["param"]), (400, &json!("tools")));
    assert!(server.chat(&key, "smart").header("x-alias-parameters").is_none());
    let told = server.ok("GET", "/api/explain?team=team&model=smart", None);
    assert_eq!(told["parameters"]["temperature"], json!({"default": 0.2, "max": 1}));
    assert_eq!(
        refused(&server, "PUT", SMART, json!({"parameters": {"temprature": {"max": 1}}})),
        "parameters"
    );
    let vain =
        json!({"alias": "vain", "litellm_model": "openai/gpt-4", "parameters": {"temprature": {"max": 1}}});
    let checked = server.ok("POST", "/api/model-aliases/validate", Some(vain.clone()));
    assert_eq!(
        (&checked["valid"], &checked["errors"][0]["suggestion"]),
        (&json!(false), &json!("temperature"))
    );
    let mut entry = vain;
    entry.as_object_mut().unwrap().remove("alias");
    let document = json!({"document": {"version": 1, "aliases": {"vain": entry}}});
    for body in [document.clone(), json!({"dry_run": true, "document": document["document"]})] {
        assert_eq!(refused(&server, "POST", "/api/apply", body), "document.aliases.vain.parameters");
    }
    assert_eq!(server.admin("GET", "/api/model-aliases/vain", None).status, 404, "nothing was made");
}

#[test]
fn an_answer_says_the_providers_name_of_the_model_where_the_alias_wants_that() {
    let provider = Provider::start();
    let (server, key) = started(&provider);
    assert_eq!(server.chat(&key, "smart").json()["model"], "smart");
    server.ok("PUT", SMART, Some(json!({"response_model": "upstream"})));
    assert_eq!(server.chat(&key, "smart").json()["model"], "openai/gpt-4");
    server.ok("PUT", SMART, Some(json!({"response_model": "alias"})));
    assert_eq!(server.chat(&key, "smart").json()["model"], "smart");
}

#[test]
fn a_team_or_an_organization_has_a_target_of_its_own_and_no_more_rights() {
    let provider = Provider::start();
    let (server, key) = started(&provider);
    let team = |id: &str, groups: Value| {
        let draft = json!({"organization_id": "org", "team_id": id, "access_groups": groups, "credits_allocated": 100});
        server.ok("POST", "/api/teams/create", Some(draft))["virtual_key"].as_str().unwrap().to_owned()
    };
    let (other, none) = (team("other", json!(["all"])), team("none", json!([])));
    let overrides = json!({"overrides": [
        {"organization_id": "org", "litellm_model": "azure/of-org"},
        {"team_id": "Team", "litellm_model": "azure/of-team"},
        {"team_id": "none", "litellm_model": "azure/of-none"},
    ]});
    server.ok("PUT", SMART, Some(overrides));
    assert_eq!((server.chat(&key, "smart").status, server.chat(&other, "smart").status), (200, 200));
    assert_eq!(sent(&provider), ["azure/of-team", "azure/of-org"]);
    assert_eq!(server.chat(&none, "smart").status, 403);
    let told = server.ok("GET", "/api/explain?team=team&model=smart", None);
    assert_eq!(told["resolves_to"], "azure/of-team");
    assert_eq!(refused(&server, "PUT", SMART, json!({"overrides": [{"litellm_model": "a/b"}]})), "overrides");
    let nobody = json!({"overrides": [{"team_id": "nobody", "litellm_model": "azure/x"}]});
    let told = server.admin("PUT", SMART, Some(nobody));
    assert_eq!(
        (told.status, &told.json()["code"], &told.json()["unknown"]),
        (422, &json!("unknown_reference"), &json!(["nobody"]))
    );
}

#[test]
fn which_model_served_is_told_to_keys_that_may_know_it_and_recorded_for_all() {
    for database in databases() {
        let provider = Provider::start();
        let server = Setup { database, ..Setup::upstream(provider.address) }.start();
        let key = server.onboard(&[("smart", "openai/gpt-4")]);
        server.ok("PUT", SMART, Some(json!({"fallbacks": [{"litellm_model": "azure/gpt-4"}]})));
        let curious = server.ok("POST", "/api/teams/team/keys", Some(json!({"upstream_identity": true})));
        let curious = (curious["virtual_key"].as_str().unwrap(), curious["key_id"].as_str().unwrap());
        let told = |key: &str| server.chat(key, "smart").header("x-alias-upstream-model").map(str::to_owned);
        assert_eq!((told(&key), told(curious.0).as_deref()), (None, Some("openai/gpt-4")));
        let stream =
            json!({"model": "smart", "stream": true, "messages": [{"role": "user", "content": "Hi"}]});
        let stream = server.team(curious.0, "POST", "/v1/chat/completions", Some(&stream.to_string()));
        assert_eq!(stream.header("x-alias-upstream-model"), Some("openai/gpt-4"));
        provider.set(Mode::FailsFor(&["openai/gpt-4"], 503));
        assert_eq!(told(curious.0).as_deref(), Some("azure/gpt-4"), "the one that answered");
        provider.set(Mode::Good);
        let path = format!("/api/teams/team/keys/{}", curious.1);
        assert_eq!(server.ok("GET", &path, None)["upstream_identity"], true);
        let rotated = server.ok("POST", &format!("{path}/rotate"), None);
        let rotated = (rotated["virtual_key"].as_str().unwrap(), rotated["key_id"].as_str().unwrap());
        assert_eq!(told(rotated.0).as_deref(), Some("openai/gpt-4"));
        let path = format!("/api/teams/team/keys/{}", rotated.1);
        server.ok("PUT", &path, Some(json!({"upstream_identity": false})));
        assert_eq!(told(rotated.0), None);
        server.wait_for_calls("smart", 6);
        let rows = server.ok("GET", "/api/usage?group_by=model", None);
        let models: Vec<&str> =
            rows["rows"].as_array().unwrap().iter().map(|row| row["group"].as_str().unwrap()).collect();
        assert!(models.contains(&"openai/gpt-4") && models.contains(&"azure/gpt-4"), "{rows}");
    }
}

#[test]
fn who_may_not_have_a_key_show_the_model_rotates_none_that_does() {
    for database in databases() {
        let server = Setup { database, ..Setup::default() }.start();
        server.onboard(&[("smart", "openai/gpt-4")]);
        let owner = server.ok("POST", "/api/admin-tokens", Some(json!({"name": "first", "role": "owner"})));
        let owner = owner["admin_token"].as_str().unwrap();
        let ask = |bearer: &str, method: &str, path: &str, body: Value| {
            server.team(bearer, method, path, Some(&body.to_string()))
        };
        let made = ask(owner, "POST", "/api/teams/team/keys", json!({"upstream_identity": true})).json();
        let path = format!("/api/teams/team/keys/{}", made["key_id"].as_str().unwrap());
        for role in ["org-admin", "team-admin"] {
            let token = json!({"name": role, "role": role, "organization_id": "org"});
            let token = ask(owner, "POST", "/api/admin-tokens", token).json();
            let token = token["admin_token"].as_str().unwrap();
            let refused = ask(token, "POST", &format!("{path}/rotate"), json!({}));
            assert_eq!(refused.status, 403, "{role}: {}", refused.text());
            assert!(refused.text().contains("upstream_identity"), "{}", refused.text());
            let nothing = "/api/teams/team/keys/aaaaaaaaaaaaaaaa/rotate";
            assert_eq!(ask(token, "POST", nothing, json!({})).status, 404, "{role}");
            let plain = ask(token, "POST", "/api/teams/team/keys", json!({})).json();
            let plain = format!("/api/teams/team/keys/{}/rotate", plain["key_id"].as_str().unwrap());
            assert_eq!(ask(token, "POST", &plain, json!({})).status, 200, "{role}");
        }
        assert_eq!(ask(owner, "POST", &format!("{path}/rotate"), json!({})).status, 200);
    }
}

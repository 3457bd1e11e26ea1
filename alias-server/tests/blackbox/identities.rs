//! Accounts, sessions and admin tokens, as a browser and a program use them.

use serde_json::{Value, json};

use crate::http::{self, Answer};
use crate::server::{Server, Setup};

const KEY: &str = "an-admin-key-of-more-than-32-characters";
const PASSWORD: &str = "correct horse battery staple";

fn keyed() -> Server {
    Setup { admin_key: Some(KEY.into()), ..Setup::default() }.start()
}

fn send(server: &Server, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&Value>) -> Answer {
    let mut all = vec![("Content-Type", "application/json")];
    all.extend_from_slice(headers);
    let body = body.map(ToString::to_string);
    http::send(server.address, method, path, &all, body.as_deref().map(str::as_bytes)).unwrap()
}

fn account(server: &Server, email: &str, role: &str) -> Value {
    let draft = json!({"email": email, "password": PASSWORD, "role": role});
    server.ok("POST", "/api/admin-users", Some(draft))
}

/// Signs in; gives the cookie and the CSRF token.
fn sign_in(server: &Server, email: &str) -> (String, String) {
    let answer = send(
        server,
        "POST",
        "/api/admin-users/login",
        &[],
        Some(&json!({"email": email, "password": PASSWORD})),
    );
    assert_eq!(answer.status, 200, "{}", answer.text());
    let cookie = answer.header("set-cookie").unwrap();
    for flag in ["HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(cookie.contains(flag), "{cookie}");
    }
    let pair = cookie.split(';').next().unwrap().to_owned();
    (pair, answer.json()["csrf_token"].as_str().unwrap().to_owned())
}

#[test]
fn somebody_signs_in_works_and_signs_out() {
    let server = keyed();
    account(&server, "Ops@Acme.example", "admin");
    let (cookie, token) = sign_in(&server, "ops@acme.example");
    let me = send(&server, "GET", "/api/admin-users/me", &[("Cookie", &cookie)], None).json();
    assert_eq!(
        (&me["actor"], &me["role"], &me["csrf_token"]),
        (&json!("account"), &json!("admin"), &json!(token))
    );
    assert_eq!(me["user"]["email"], "ops@acme.example");

    let group = json!({"group_name": "g"});
    let create = |headers: &[(&str, &str)]| {
        send(&server, "POST", "/api/model-access-groups/create", headers, Some(&group))
    };
    let refused = create(&[("Cookie", &cookie)]);
    assert_eq!((refused.status, &refused.json()["code"]), (403, &json!("csrf")));
    let foreign = create(&[("Cookie", &cookie), ("x-csrf-token", &token), ("Sec-Fetch-Site", "cross-site")]);
    assert_eq!(foreign.json()["code"], "cross_site_request");
    assert_eq!(create(&[("Cookie", &cookie), ("x-csrf-token", &token)]).status, 201);

    let out = send(
        &server,
        "POST",
        "/api/admin-users/logout",
        &[("Cookie", &cookie), ("x-csrf-token", &token)],
        None,
    );
    assert_eq!(out.status, 204);
    assert!(out.header("set-cookie").unwrap().contains("Max-Age=0"));
    assert_eq!(send(&server, "GET", "/api/admin-users/me", &[("Cookie", &cookie)], None).status, 401);
}

#[test]
fn a_failed_sign_in_does_not_tell_what_was_wrong() {
    let server = keyed();
    let made = account(&server, "off@acme.example", "viewer");
    let path = format!("/api/admin-users/{}", made["user_id"].as_str().unwrap());
    server.ok("PUT", &path, Some(json!({"active": false})));
    account(&server, "on@acme.example", "viewer");
    let mut texts = std::collections::BTreeSet::new();
    for (email, password) in [
        ("nobody@acme.example", PASSWORD),
        ("on@acme.example", "wrong password 1"),
        ("off@acme.example", PASSWORD),
        ("no address", PASSWORD),
    ] {
        let answer = send(
            &server,
            "POST",
            "/api/admin-users/login",
            &[],
            Some(&json!({"email": email, "password": password})),
        );
        assert_eq!((answer.status, &answer.json()["code"]), (401, &json!("invalid_credentials")), "{email}");
        texts.insert(answer.json()["detail"].as_str().unwrap().to_owned());
    }
    assert_eq!(texts.len(), 1, "{texts:?}");
}

#[test]
fn guessing_passwords_is_slowed_and_locks_no_key_out() {
    let server = keyed();
    account(&server, "on@acme.example", "viewer");
    let guess = || {
        send(
            &server,
            "POST",
            "/api/admin-users/login",
            &[],
            Some(&json!({"email": "on@acme.example", "password": "a wrong password"})),
        )
    };
    let limited =
        (0..40).map(|_| guess()).find(|answer| answer.status == 429).expect("no limit in 40 guesses");
    assert_eq!(limited.json()["code"], "rate_limited");
    assert!(limited.header("retry-after").is_some());
    server.ok("GET", "/api/model-aliases", None);
}

#[test]
fn an_admin_token_works_until_it_is_revoked_and_is_shown_once() {
    let server = keyed();
    let made = server.ok("POST", "/api/admin-tokens", Some(json!({"name": "ci", "role": "viewer"})));
    let secret = made["admin_token"].as_str().unwrap().to_owned();
    assert!(secret.starts_with("ak-"));
    let list = server.ok("GET", "/api/admin-tokens", None);
    assert!(
        !list.to_string().contains(&secret)
            && list["admin_tokens"][0]["token_masked"].as_str().unwrap().starts_with("ak-…")
    );
    let with = |header: (&str, &str), method: &str| {
        send(&server, method, "/api/model-aliases", &[header], Some(&json!({})))
    };
    let bearer = format!("Bearer {secret}");
    for header in [("Authorization", bearer.as_str()), ("X-Admin-Key", secret.as_str())] {
        assert_eq!(with(header, "GET").status, 200);
        let refused = with(header, "POST");
        assert_eq!((refused.status, &refused.json()["code"]), (403, &json!("forbidden")));
        assert!(refused.json()["detail"].as_str().unwrap().contains("viewer"));
    }
    let me = send(&server, "GET", "/api/admin-users/me", &[("Authorization", &bearer)], None).json();
    assert_eq!((&me["actor"], &me["name"]), (&json!("token"), &json!("ci")));
    server.ok("DELETE", &format!("/api/admin-tokens/{}", made["token_id"].as_str().unwrap()), None);
    assert_eq!(with(("Authorization", &bearer), "GET").status, 401);
}

#[test]
fn nobody_rises_above_himself_or_locks_himself_out() {
    let server = keyed();
    let owner = account(&server, "owner@acme.example", "owner");
    account(&server, "admin@acme.example", "admin");
    let (cookie, token) = sign_in(&server, "admin@acme.example");
    let ask = |method: &str, path: &str, body: Value| {
        let answer =
            send(&server, method, path, &[("Cookie", &cookie), ("x-csrf-token", &token)], Some(&body));
        (answer.status, answer.json()["code"].as_str().unwrap_or_default().to_owned())
    };
    let forbidden = (403, "forbidden".to_owned());
    let owners = format!("/api/admin-users/{}", owner["user_id"].as_str().unwrap());
    assert_eq!(ask("POST", "/api/admin-tokens", json!({"name": "x", "role": "owner"})), forbidden);
    assert_eq!(
        ask(
            "POST",
            "/api/admin-users",
            json!({"email": "x@y.example", "password": PASSWORD, "role": "owner"})
        ),
        forbidden
    );
    assert_eq!(ask("PUT", &owners, json!({"password": PASSWORD})), forbidden);
    assert_eq!(ask("DELETE", &owners, json!({})), forbidden);
    let me = send(&server, "GET", "/api/admin-users/me", &[("Cookie", &cookie)], None).json();
    let own = format!("/api/admin-users/{}", me["user"]["user_id"].as_str().unwrap());
    assert_eq!(ask("PUT", &own, json!({"role": "viewer"})), forbidden);
    assert_eq!(ask("PUT", &own, json!({"active": false})), forbidden);
    assert_eq!(ask("DELETE", &own, json!({})), forbidden);
    assert_eq!(ask("PUT", &own, json!({"display_name": "Me"})).0, 200);
    let last = server.admin("PUT", &owners, Some(json!({"active": false})));
    assert_eq!((last.status, &last.json()["code"]), (409, &json!("last_owner")));
}

#[test]
fn the_first_token_closes_an_open_server_at_once_and_for_good() {
    let mut server = Setup::default().start();
    let me = server.ok("GET", "/api/admin-users/me", None);
    assert_eq!((&me["actor"], &me["mode"]), (&json!("local"), &json!("open")));
    let made = server.ok("POST", "/api/admin-tokens", Some(json!({"name": "first", "role": "owner"})));
    assert_eq!(server.admin("GET", "/api/model-aliases", None).status, 401);
    let bearer = format!("Bearer {}", made["admin_token"].as_str().unwrap());
    let list = |server: &Server| {
        send(server, "GET", "/api/model-aliases", &[("Authorization", &bearer)], None).status
    };
    assert_eq!(list(&server), 200);
    server.kill();
    server.restart();
    assert_eq!(
        server.admin("GET", "/api/model-aliases", None).status,
        401,
        "a restart does not open it again"
    );
    assert_eq!(list(&server), 200);
}

#[test]
fn the_first_owner_needs_the_token_that_the_server_printed() {
    let server = keyed();
    let said = server.said();
    let token =
        said.split("\"setup_token\": \"").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
    assert!(!server.log().contains(&token));
    let setup = |token: &str| {
        let draft = json!({"setup_token": token, "email": "owner@acme.example", "password": PASSWORD});
        send(&server, "POST", "/api/admin-users/setup", &[], Some(&draft))
    };
    assert_eq!(server.ok("GET", "/api/admin-users/setup/status", None)["setup_needed"], true);
    assert_eq!(setup("guess").json()["code"], "invalid_credentials");
    let made = setup(&token);
    assert_eq!((made.status, &made.json()["user"]["role"]), (201, &json!("owner")));
    assert!(made.header("set-cookie").is_some());
    assert_eq!(setup(&token).json()["code"], "setup_done");
    assert_eq!(server.ok("GET", "/api/admin-users/setup/status", None)["setup_needed"], false);
}

#[test]
fn who_signed_in_changes_his_own_password_and_goes_on_in_a_new_session() {
    let server = keyed();
    account(&server, "on@acme.example", "viewer");
    let (cookie, token) = sign_in(&server, "on@acme.example");
    let (other, _) = sign_in(&server, "on@acme.example");
    let change = |current: &str, new: &str| {
        let draft = json!({"current_password": current, "password": new});
        let headers = [("Cookie", cookie.as_str()), ("x-csrf-token", &token)];
        send(&server, "POST", "/api/admin-users/password", &headers, Some(&draft))
    };
    assert_eq!(change("a wrong password", "another good password").json()["code"], "invalid_credentials");
    assert_eq!(change(PASSWORD, "short").status, 422);
    let changed = change(PASSWORD, "another good password");
    assert_eq!(changed.status, 200, "{}", changed.text());
    let fresh = changed.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let me = |cookie: &str| send(&server, "GET", "/api/admin-users/me", &[("Cookie", cookie)], None).status;
    assert_eq!((me(&fresh), me(&cookie), me(&other)), (200, 401, 401));
    let refused = server.admin(
        "POST",
        "/api/admin-users/password",
        Some(json!({"current_password": "x", "password": PASSWORD})),
    );
    assert_eq!(refused.json()["code"], "forbidden");
}

#[test]
fn a_new_password_ends_all_sessions() {
    let server = keyed();
    let made = account(&server, "on@acme.example", "viewer");
    let (cookie, _) = sign_in(&server, "on@acme.example");
    let path = format!("/api/admin-users/{}", made["user_id"].as_str().unwrap());
    let mut whole = server.ok("GET", &path, None);
    whole["password"] = json!("another good password");
    let changed = server.ok("PUT", &path, Some(whole));
    assert_eq!(changed["version"], 2);
    assert_eq!(send(&server, "GET", "/api/admin-users/me", &[("Cookie", &cookie)], None).status, 401);
}

//! What is secret stands in the answer that shows it once, and nowhere else.

use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use jsonwebtoken::{EncodingKey, Header, encode};
use serde_json::{Value, json};

use crate::http::{self, Answer};
use crate::provider::{GOOGLE_KEY, Mode, Provider};
use crate::server::{Server, Setup, databases};

const ADMIN_KEY: &str = "an-admin-key-of-more-than-32-characters";
const UPSTREAM_KEY: &str = "sk-upstream-9f4b1c7a2e";
const TOKEN_SECRET: &str = "a-secret-for-signing-tokens-of-48-characters-now";
const PASSWORD: &str = "a wrong mule, charger of none";
const PROMPT: &str = "the prompt that nobody else may read";
/// What the provider says where it fails.
const UPSTREAM_TEXT: &str = "sk-upstream-SECRET";

/// A server with a secret of every kind.
fn started(database: Option<String>, provider: &Provider, settings: &std::path::Path) -> Server {
    let file = |name: &str, text: &str| {
        let path = settings.join(name);
        std::fs::write(&path, text).unwrap();
        path.into_os_string().into_string().unwrap()
    };
    let (upstream, tokens) = (file("upstream", UPSTREAM_KEY), file("tokens", TOKEN_SECRET));
    let extra = [
        ["--upstream-key-file", &upstream],
        ["--jwt-secret-file", &tokens],
        ["--jwt-issuer", "https://id.example"],
        ["--jwt-audience", "aliases"],
        ["--log", "trace"],
    ];
    let extra = extra.concat().into_iter().map(str::to_owned).collect();
    Setup { admin_key: Some(ADMIN_KEY.into()), database, extra, ..Setup::upstream(provider.address) }.start()
}

fn said<'a>(answer: &'a Value, field: &str) -> &'a str {
    answer[field].as_str().unwrap_or_else(|| panic!("{field} in {answer}"))
}

fn token_of_a_caller() -> String {
    let end = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() + 600;
    let claims =
        json!({"iss": "https://id.example", "aud": "aliases", "sub": "ci", "exp": end, "team": "team"});
    encode(&Header::default(), &claims, &EncodingKey::from_secret(TOKEN_SECRET.as_bytes())).unwrap()
}

/// Makes and uses secrets as people do; gives all of them.
fn used(server: &Server, provider: &Provider) -> Vec<String> {
    let key = server.onboard(&[("smart", "openai/gpt-4")]);
    let made = server.ok("POST", "/api/teams/team/keys", Some(json!({"name": "ci"})));
    let rotate = format!("/api/teams/team/keys/{}/rotate", said(&made, "key_id"));
    let rotated = server.ok("POST", &rotate, None);
    let token = server.ok("POST", "/api/admin-tokens", Some(json!({"name": "ci", "role": "viewer"})));
    let webhook = json!({"webhook_url": "https://hooks.invalid/", "events": ["team.low_credits"]});
    let webhook = server.ok("POST", "/api/webhooks/register", Some(webhook));
    let account = json!({"email": "ops@acme.example", "password": PASSWORD, "role": "admin"});
    server.ok("POST", "/api/admin-users", Some(account));
    let sign_in = |password: &str| {
        let body = json!({"email": "ops@acme.example", "password": password}).to_string();
        http::send(server.address, "POST", "/api/admin-users/login", &[], Some(body.as_bytes())).unwrap()
    };
    assert_eq!(sign_in("not the right horse").status, 401);
    let session = sign_in(PASSWORD);
    let cookie = session.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let caller = token_of_a_caller();
    let wrong = format!("{}aaaa", &key[..key.len() - 4]);
    for (key, status) in
        [(key.as_str(), 200), (said(&rotated, "virtual_key"), 200), (&caller, 200), (&wrong, 401)]
    {
        assert_eq!(chat(server, key).status, status);
    }
    for status in [400, 401, 500] {
        provider.set(Mode::Status(status));
        assert!(chat(server, &key).status >= 400);
    }
    let of_keys = [
        &key,
        &wrong,
        said(&made, "virtual_key"),
        said(&rotated, "virtual_key"),
        said(&token, "admin_token"),
    ];
    let signature = caller.rsplit('.').next().unwrap();
    let session_secret = cookie.split_once('=').unwrap().1;
    // Behind the public id, which may be seen.
    let mut all: Vec<String> = of_keys.iter().map(|key| key[20..60].to_owned()).collect();
    let others = [
        said(&webhook, "secret"),
        ADMIN_KEY,
        UPSTREAM_KEY,
        TOKEN_SECRET,
        PASSWORD,
        "not the right horse",
        PROMPT,
        UPSTREAM_TEXT,
        GOOGLE_KEY,
        signature,
        session_secret,
    ];
    all.extend(others.map(str::to_owned));
    assert_eq!(session.json()["csrf_token"].as_str().map(str::is_empty), Some(false));
    all
}

fn chat(server: &Server, key: &str) -> Answer {
    let body = json!({"model": "smart", "messages": [{"role": "user", "content": PROMPT}]});
    server.team(key, "POST", "/v1/chat/completions", Some(&body.to_string()))
}

/// All that an administrator can read, with the names of what is there in the paths.
fn readable(server: &Server) -> Vec<(String, String)> {
    let key = server.ok("GET", "/api/teams/team/keys", None)["keys"][0]["key_id"].take();
    let user = server.ok("GET", "/api/admin-users", None)["users"][0]["user_id"].take();
    let webhook = server.ok("GET", "/api/webhooks", None)["webhooks"][0]["webhook_id"].take();
    let document = server.ok("GET", "/openapi.json", None);
    let paths = document["paths"].as_object().unwrap().iter();
    let read = paths.filter(|(path, item)| item.get("get").is_some() && !path.starts_with("/v1/"));
    read.map(|(path, _)| {
        let path = path
            .replace("{alias}", "smart")
            .replace("{group}", "all")
            .replace("{organization}", "org")
            .replace("{team}", "team")
            .replace("{key}", key.as_str().unwrap())
            .replace("{user}", user.as_str().unwrap())
            .replace("{webhook}", webhook.as_str().unwrap())
            .replace("{notice}", "ntc_01a2154e591f76189ba4c1e07c839be4")
            .replace("{budget}", "bud_01a2154e591f76189ba4c1e07c839be4")
            .replace("{model}", "openai/gpt-4")
            .replace("{job}", "01a2154e-591f-7618-9ba4-c1e07c839be4")
            .replace("{job_id}", "01a2154e-591f-7618-9ba4-c1e07c839be4")
            .replace("{code}", "forbidden")
            .replace("{path}", "aliases");
        assert!(!path.contains('{'), "{path}");
        let query = if path.ends_with("/by-name") { "?alias=smart" } else { "" };
        let text = server.admin("GET", &format!("{path}{query}"), None).text();
        (path, text)
    })
    .collect()
}

#[test]
fn no_secret_and_no_prompt_is_in_the_database_the_spool_the_logs_or_any_answer() {
    for database in databases() {
        let (provider, settings) = (Provider::start(), tempfile::tempdir().unwrap());
        let server = started(database.clone(), &provider, settings.path());
        let secrets = used(&server, &provider);
        server.wait_for_calls("smart", 6);
        let mut places = readable(&server);
        places.push(("the log".into(), server.said().to_owned() + &server.log()));
        if let Some(url) = &database {
            let dump = Command::new("pg_dump").args(["--dbname", url]).output().unwrap();
            assert!(dump.status.success() && !dump.stdout.is_empty());
            places.push(("the database".into(), String::from_utf8_lossy(&dump.stdout).into_owned()));
        }
        for secret in &secrets {
            for (place, text) in &places {
                assert!(!text.contains(secret.as_str()), "{secret} is in {place}");
            }
            assert_eq!(files_with(&server, secret), "", "{secret} is in files of the data folder");
        }
        // What is no secret is found.
        assert!(places.iter().filter(|(_, text)| text.contains("ops@acme.example")).count() >= 2);
        assert_ne!(files_with(&server, "smart"), "");
    }
}

fn files_with(server: &Server, text: &str) -> String {
    let found = Command::new("grep").args(["-rlF", text]).arg(server.folder()).output().unwrap();
    String::from_utf8_lossy(&found.stdout).into_owned()
}

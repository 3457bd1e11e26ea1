//! Nobody gets in without a key, except on this machine while no key exists.

use std::io::Read;

use serde_json::json;

use crate::http;
use crate::server::{Setup, command};

#[test]
fn an_exposed_server_without_a_strong_key_does_not_start() {
    for (listen, key, says) in [
        ("0.0.0.0:0", None, "ALIAS_ADMIN_KEY"),
        ("[::]:0", None, "ALIAS_ADMIN_KEY"),
        ("127.0.0.1:0", Some("sk-1234"), "at least 32"),
        ("127.0.0.1:0", Some(""), "at least 32"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let setup = Setup { extra: vec!["--listen".into(), listen.into()], ..Setup::default() };
        let mut command = command(&setup, folder.path(), 0);
        if let Some(key) = key {
            command.env("ALIAS_ADMIN_KEY", key);
        }
        let mut child = command.spawn().unwrap();
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(2), "{listen} {key:?}: {said}");
        assert!(said.contains(says), "{said}");
        assert!(!folder.path().join("data").exists(), "a refused start leaves nothing behind");
    }
}

#[test]
fn a_wrong_admin_key_is_told_how_to_ask() {
    let key = "an-admin-key-of-more-than-32-characters";
    let server = Setup { admin_key: Some(key.into()), ..Setup::default() }.start();
    for wrong in ["Bearer x", "Bearer ", "Basic YTpi", &format!("Bearer {key}x")] {
        let answer =
            http::send(server.address, "GET", "/api/model-aliases", &[("Authorization", wrong)], None)
                .unwrap();
        assert_eq!((answer.status, answer.header("www-authenticate").is_some()), (401, true), "{wrong}");
    }
}

#[test]
fn a_proxy_or_a_rebound_name_is_turned_away_in_open_mode() {
    let server = Setup::default().start();
    let get = |headers: &[(&str, &str)]| {
        http::send(server.address, "GET", "/api/model-aliases", headers, None).unwrap()
    };
    assert_eq!(get(&[]).status, 200);
    for name in ["X-Forwarded-For", "Forwarded", "Via", "X-Real-IP", "CF-Connecting-IP"] {
        let answer = get(&[(name, "1.2.3.4")]);
        assert_eq!((answer.status, &answer.json()["code"]), (403, &json!("proxied_open_mode")), "{name}");
    }
    let answer = get(&[("Host", "evil.example")]);
    assert_eq!((answer.status, &answer.json()["code"]), (421, &json!("unknown_host")));
}

//! Callers with JSON Web Tokens: what a team's token opens, and everything that does not.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use data_encoding::BASE64URL_NOPAD;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256};
use serde_json::{Value, json};

use crate::http::{Answer, PATIENCE};
use crate::provider::Provider;
use crate::server::{Server, Setup};

const ISSUER: &str = "https://id.example";

/// An issuer of tokens.
pub(crate) struct Issuer {
    pair: KeyPair,
    key: EncodingKey,
}

impl Issuer {
    pub(crate) fn new() -> Self {
        let pair = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
        let key = EncodingKey::from_ec_pem(pair.serialize_pem().as_bytes()).unwrap();
        Self { pair, key }
    }

    /// A token that says this.
    pub(crate) fn signs(&self, kid: Option<&str>, claims: &Value) -> String {
        let header = Header { kid: kid.map(str::to_owned), ..Header::new(Algorithm::ES256) };
        encode(&header, claims, &self.key).unwrap()
    }

    fn jwk(&self, kid: &str) -> Value {
        let mut key = Jwk::from_encoding_key(&self.key, Algorithm::ES256).unwrap();
        key.common.key_id = Some(kid.into());
        serde_json::to_value(key).unwrap()
    }
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// What a good token says, with these claims changed, or taken away where they are null.
pub(crate) fn claims(changes: Value) -> Value {
    let mut claims =
        json!({"iss": ISSUER, "aud": "aliases", "sub": "ci@acme", "exp": now() + 600, "team": "team"});
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    claims
}

fn started(more: &[&str]) -> (Provider, Server) {
    started_on(None, more)
}

fn started_on(database: Option<String>, more: &[&str]) -> (Provider, Server) {
    let provider = Provider::start();
    let extra = ["--jwt-issuer", ISSUER, "--jwt-audience", "aliases"].iter().chain(more);
    let extra = extra.map(ToString::to_string).collect();
    let server = Setup { database, extra, ..Setup::upstream(provider.address) }.start();
    server.onboard(&[("smart", "openai/gpt-4"), ("fast", "openai/gpt-3.5-turbo")]);
    (provider, server)
}

/// A server that knows the issuer's public key from a file, which has to live as long as the start.
fn with_public_key(issuer: &Issuer, more: &[&str]) -> (Provider, Server) {
    trusting(issuer, None, more)
}

/// The same on a database.
pub(crate) fn trusting(issuer: &Issuer, database: Option<String>, more: &[&str]) -> (Provider, Server) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("issuer.pem");
    std::fs::write(&file, issuer.pair.public_key_pem()).unwrap();
    started_on(database, &[&["--jwt-keys-file", file.to_str().unwrap()], more].concat())
}

fn code(answer: &Answer) -> (u16, String) {
    (answer.status, answer.json()["error"]["code"].as_str().unwrap_or_default().to_owned())
}

fn refused(status: u16, word: &str) -> (u16, String) {
    (status, word.to_owned())
}

#[test]
fn a_token_may_what_its_team_may_and_its_calls_are_recorded() {
    let issuer = Issuer::new();
    let (provider, server) = with_public_key(&issuer, &[]);
    let token = issuer.signs(Some("any"), &claims(json!({"aud": ["other", "aliases"], "team": "TEAM"})));
    assert_eq!(server.chat(&token, "smart").status, 200);
    assert_eq!(code(&server.chat(&token, "gpt-9")), refused(404, "model_not_found"));
    let list = server.team(&token, "GET", "/v1/models", None).json();
    assert_eq!(list["data"].as_array().unwrap().len(), 2);
    assert_eq!(server.wait_for_calls("smart", 1)["usage_stats"]["total_calls"], 1);
    assert!(!provider.seen()[0].head.contains(&token), "a client's token went upstream");
    assert!(!server.log().contains(&token), "a client's token is in the log");

    server.ok("POST", "/api/teams/team/suspend", Some(json!({})));
    assert_eq!(code(&server.chat(&token, "smart")), refused(403, "team_suspended"));
    server.ok("POST", "/api/teams/team/resume", None);
    server.ok("PUT", "/api/teams/team/access-groups", Some(json!([])));
    assert_eq!(code(&server.chat(&token, "smart")), refused(403, "model_access_denied"));
}

#[test]
fn a_token_that_is_wrong_in_any_way_reads_the_answer_to_a_wrong_key() {
    let issuer = Issuer::new();
    let (provider, server) = with_public_key(&issuer, &[]);
    let good = issuer.signs(None, &claims(json!({})));
    let parts: Vec<&str> = good.split('.').collect();
    let part = |value: Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    let shared = |algorithm| {
        let key = EncodingKey::from_secret(issuer.pair.public_key_pem().as_bytes());
        encode(&Header::new(algorithm), &claims(json!({})), &key).unwrap()
    };
    let critical = Header { crit: Some(vec!["x".into()]), ..Header::new(Algorithm::ES256) };
    let wrong = |changes: Value| issuer.signs(None, &claims(changes));
    let text = server.chat("sk-wrong", "smart").json()["error"]["message"].clone();
    for (what, token) in [
        ("another issuer's signature", Issuer::new().signs(None, &claims(json!({})))),
        ("no signature", format!("{}.{}.", parts[0], parts[1])),
        ("another's claims", format!("{}.{}.{}", parts[0], part(claims(json!({"sub": "x"}))), parts[2])),
        ("alg none", format!("{}.{}.", part(json!({"alg": "none"})), parts[1])),
        ("alg None and a signature", format!("{}.{}.{}", part(json!({"alg": "None"})), parts[1], parts[2])),
        ("the public key as a secret", shared(Algorithm::HS256)),
        ("the public key as a longer secret", shared(Algorithm::HS512)),
        (
            "an algorithm of another family",
            format!("{}.{}.{}", part(json!({"alg": "RS256"})), parts[1], parts[2]),
        ),
        ("unknown extensions", encode(&critical, &claims(json!({})), &issuer.key).unwrap()),
        ("past its end", wrong(json!({"exp": now() - 60}))),
        ("without an end", wrong(json!({"exp": null}))),
        ("before its time", wrong(json!({"nbf": now() + 600}))),
        ("for somebody else", wrong(json!({"aud": "others"}))),
        ("for nobody", wrong(json!({"aud": null}))),
        ("of another issuer", wrong(json!({"iss": "https://evil.example"}))),
        ("of no issuer", wrong(json!({"iss": null}))),
        ("of a team that is not there", wrong(json!({"team": "nobody"}))),
        ("of no team", wrong(json!({"team": null}))),
        ("of several teams", wrong(json!({"team": ["team"]}))),
        ("garbage", "a.b.c".to_owned()),
        ("dots", "..".to_owned()),
    ] {
        let answer = server.chat(&token, "smart");
        assert_eq!(code(&answer), refused(401, "invalid_api_key"), "{what}");
        assert_eq!(answer.json()["error"]["message"], text, "{what}");
    }
    assert!(provider.seen().is_empty(), "a refused call reached the provider");
}

#[test]
fn the_models_of_a_token_narrow_what_its_team_may_call() {
    let issuer = Issuer::new();
    let more = ["--jwt-models-claim", "/scope/models", "--jwt-team-claim", "https://acme.example/team"];
    let (_provider, server) = with_public_key(&issuer, &more);
    let token = |models: Value| {
        let home = json!({"team": null, "https://acme.example/team": "team", "scope": {"models": models}});
        issuer.signs(None, &claims(home))
    };
    for models in [json!(["FAST", "other"]), json!("fast gone")] {
        let token = token(models);
        assert_eq!(server.chat(&token, "fast").status, 200);
        assert_eq!(code(&server.chat(&token, "smart")), refused(403, "model_access_denied"));
        assert_eq!(server.team(&token, "GET", "/v1/models", None).json()["data"][0]["id"], "fast");
    }
    assert_eq!(code(&server.chat(&token(json!([])), "fast")), refused(403, "model_access_denied"));
    assert_eq!(code(&server.chat(&token(json!(null)), "fast")), refused(401, "invalid_api_key"));
}

#[test]
fn a_server_without_these_settings_takes_no_token() {
    let provider = Provider::start();
    let server = Setup::upstream(provider.address).start();
    server.onboard(&[("smart", "openai/gpt-4")]);
    let token = Issuer::new().signs(None, &claims(json!({})));
    assert_eq!(code(&server.chat(&token, "smart")), refused(401, "invalid_api_key"));
}

/// Serves a key set that can be changed; an empty one is answered with 500.
fn key_server(keys: &Arc<Mutex<String>>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (address, keys) = (listener.local_addr().unwrap(), Arc::clone(keys));
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let _ = stream.read(&mut [0; 2048]);
            let body = keys.lock().unwrap().clone();
            let status = if body.is_empty() { 500 } else { 200 };
            let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close", body.len());
            let _ = write!(stream, "{head}\r\n\r\n{body}");
        }
    });
    address
}

#[test]
fn the_keys_of_an_address_are_followed_and_kept_while_it_is_away() {
    let (first, second) = (Issuer::new(), Issuer::new());
    let set = |keys: Value| json!({ "keys": keys }).to_string();
    let keys = Arc::new(Mutex::new(set(json!([first.jwk("a")]))));
    let url = format!("http://{}/keys", key_server(&keys));
    let (_provider, server) = started(&["--jwt-keys-url", &url]);
    let (old, new) =
        (first.signs(Some("a"), &claims(json!({}))), second.signs(Some("b"), &claims(json!({}))));
    let works_in_time = |token: &str| {
        let deadline = Instant::now() + PATIENCE;
        while server.chat(token, "smart").status != 200 {
            assert!(Instant::now() < deadline, "the keys do not arrive");
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
    };
    works_in_time(&old);
    assert_eq!(code(&server.chat(&new, "smart")), refused(401, "invalid_api_key"));
    keys.lock().unwrap().clear();
    assert_eq!(server.chat(&old, "smart").status, 200);
    *keys.lock().unwrap() = set(json!([second.jwk("b")]));
    works_in_time(&new);
    assert_eq!(
        code(&server.chat(&old, "smart")),
        refused(401, "invalid_api_key"),
        "a key that was withdrawn"
    );
}

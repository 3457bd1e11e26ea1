//! Who guesses keys waits, and nobody else does.

use crate::provider::Provider;
use crate::server::Setup;

const KEY: &str = "an-admin-key-of-more-than-32-characters";

#[test]
fn guessing_keys_is_slowed_and_no_key_that_works_is_refused_for_it() {
    let provider = Provider::start();
    let server = Setup { admin_key: Some(KEY.into()), ..Setup::upstream(provider.address) }.start();
    let key = server.onboard(&[("smart", "openai/gpt-4")]);
    assert_eq!(server.chat("sk-a-guess", "smart").status, 401);
    let limited = (0..1_000).map(|_| server.chat("sk-a-guess", "smart")).find(|answer| answer.status != 401);
    let limited = limited.expect("no limit in 1000 guesses");
    assert_eq!((limited.status, &limited.json()["error"]["code"]), (429, &"rate_limited".into()));
    assert!(limited.header("retry-after").is_some());
    // One more guess is let through every 200 ms: a limit of its own would let through 300 at once.
    let admin = (0..50).map(|_| server.team("ak-a-guess", "GET", "/api/model-aliases", None));
    let admin = admin.reduce(|before, answer| if before.status == 429 { before } else { answer }).unwrap();
    assert_eq!((admin.status, &admin.json()["code"]), (429, &"rate_limited".into()), "of both planes");
    assert_eq!(server.chat(&key, "smart").status, 200);
    server.ok("GET", "/api/model-aliases", None);
}

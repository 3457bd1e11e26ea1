//! The dashboard: served with the server, under a policy that lets nothing foreign in.

use crate::http::{self, Answer};
use crate::server::{Server, Setup};

fn get(server: &Server, path: &str, headers: &[(&str, &str)]) -> Answer {
    http::send(server.address, "GET", path, headers, None).unwrap()
}

/// The nonce for styles that an answer's policy names.
fn nonce(answer: &Answer) -> Option<String> {
    let policy = answer.header("content-security-policy")?;
    policy.split('\'').find_map(|word| word.strip_prefix("nonce-")).map(str::to_owned)
}

#[test]
fn a_browser_is_led_to_the_dashboard_and_a_program_to_the_api() {
    let server = Setup::default().start();
    let browser = get(&server, "/", &[("Accept", "text/html,*/*;q=0.8")]);
    assert_eq!((browser.status, browser.header("location")), (303, Some("/ui")));
    let program = get(&server, "/", &[]);
    assert_eq!((program.status, &program.json()["dashboard"]), (200, &serde_json::json!("/ui")));
}

#[test]
fn the_dashboard_is_there_or_the_page_says_how_to_have_it() {
    let server = Setup::default().start();
    for path in ["/ui", "/ui/", "/ui/aliases", "/ui/aliases/a%2Fb", "/ui/index.html"] {
        let page = get(&server, path, &[]);
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"), "{path}");
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src '") && policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(!policy.contains("unsafe") && !policy.contains("http"), "{policy}");
        if page.status == 404 {
            assert!(page.text().contains("built without its dashboard"), "{}", page.text());
            continue;
        }
        assert_eq!(page.status, 200, "{path}");
        let first = nonce(&page).unwrap();
        assert!(page.text().contains(&first), "the page's own nonce is the policy's");
        assert_ne!(nonce(&get(&server, path, &[])), Some(first), "each answer has another one");
    }
}

#[test]
fn a_file_of_an_older_dashboard_is_an_error_and_not_a_page() {
    let server = Setup::default().start();
    let gone = get(&server, "/ui/assets/index-0000.js", &[]);
    assert_eq!((gone.status, &gone.json()["code"]), (404, &serde_json::json!("route_not_found")));
}

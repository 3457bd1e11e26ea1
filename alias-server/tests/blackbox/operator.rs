//! What `alias-server` does besides serving: files to begin with, a look at everything, and where settings come from.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

use crate::credits::until;
use crate::provider::{Mode, Provider};
use crate::server::Setup;

fn run(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> (i32, String) {
    let done: Output = Command::new(env!("CARGO_BIN_EXE_alias-server"))
        .env_clear()
        .envs(environment.iter().copied())
        .current_dir(folder)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = [done.stdout, done.stderr].concat();
    (done.status.code().unwrap(), String::from_utf8(text).unwrap())
}

#[test]
fn a_new_server_begins_with_files_that_fit_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let (code, said) = run(folder.path(), &["init", "--strategy", "tiered"], &[]);
    assert!(code == 0 && said.contains("aliasctl apply -f aliases.yaml"), "{said}");
    let key = std::fs::read_to_string(folder.path().join("admin-key")).unwrap();
    assert_eq!(key.trim().len(), 64);
    let mode = std::os::unix::fs::PermissionsExt::mode(
        &std::fs::metadata(folder.path().join("admin-key")).unwrap().permissions(),
    );
    assert_eq!(mode & 0o777, 0o600, "nobody else reads it");
    let (code, again) = run(folder.path(), &["init", "--yes"], &[]);
    assert!(code == 2 && again.contains("is there already"), "{again}");
    assert_eq!(std::fs::read_to_string(folder.path().join("admin-key")).unwrap(), key);
    let (code, settings) = run(folder.path(), &["config", "show", "--origin"], &[]);
    assert!(
        code == 0
            && settings
                .lines()
                .any(|line| line.starts_with("admin_key_file") && line.ends_with("file alias-server.yaml")),
        "{settings}"
    );
    // The catalogue goes into a server as it is.
    let server = Setup { admin_key: Some(key.trim().to_owned()), ..Setup::default() }.start();
    let (file, secret) = (folder.path().join("aliases.yaml"), folder.path().join("admin-key"));
    let line = ["apply", "-f", file.to_str().unwrap(), "--admin-key-file", secret.to_str().unwrap()];
    let applied = crate::ctl::ctl(&line).at(&server).run();
    assert!(applied.code == 0 && applied.output.ends_with("Done.\n"), "{applied:?}");
    assert_eq!(server.ok("GET", "/api/model-aliases/premium", None)["access_groups"][0], "all-models");
}

#[test]
fn every_setting_says_where_it_was_taken_from_and_no_secret_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("alias-server.yaml"), "workers: 3\nupstream_url: http://file:1\n")
        .unwrap();
    let environment = [
        ("ALIAS_UPSTREAM_URL", "http://variable:1"),
        ("ALIAS_ADMIN_KEY", "5d0c8a2f7b31e94640cf1d97a8e2635bb4f0718c"),
        ("ALIAS_DATABASE_URL", "postgres://me:hunter2@db/aliases"),
    ];
    let (code, said) =
        run(folder.path(), &["--listen", "127.0.0.1:9", "config", "show", "--origin"], &environment);
    let line = |name: &str| -> Vec<&str> {
        let line = said.lines().find(|line| line.split_whitespace().next() == Some(name)).unwrap();
        line.split("  ").map(str::trim).filter(|part| !part.is_empty()).collect()
    };
    assert_eq!(code, 0, "{said}");
    assert_eq!(line("listen"), ["listen", "127.0.0.1:9", "flag --listen"]);
    assert_eq!(line("upstream_url"), ["upstream_url", "http://variable:1", "variable ALIAS_UPSTREAM_URL"]);
    assert_eq!(line("workers"), ["workers", "3", "file alias-server.yaml"]);
    assert_eq!(line("pool_size"), ["pool_size", "8", "default"]);
    assert_eq!(line("admin_key"), ["admin_key", "(secret)", "variable ALIAS_ADMIN_KEY"]);
    assert!(!said.contains("hunter2") && !said.contains("5d0c8a2f"), "{said}");
}

#[test]
fn a_look_at_everything_names_what_is_wrong_and_how_to_put_it_right() {
    let folder = tempfile::tempdir().unwrap();
    let provider = Provider::start();
    let url = format!("http://{}", provider.address);
    let (code, said) = run(folder.path(), &["--upstream-url", &url, "doctor"], &[]);
    assert!(said.contains("✓ database"), "{said}");
    assert!(!said.contains('✗') && code == 0, "{said}");
    let (code, said) = run(
        folder.path(),
        &["--upstream-url", "http://127.0.0.1:9", "--listen", "0.0.0.0:8003", "doctor"],
        &[],
    );
    assert_eq!(code, 1, "{said}");
    for wrong in ["✗ access", "openssl rand -hex 32", "✗ upstream", "set upstream_url"] {
        assert!(said.contains(wrong), "{wrong}: {said}");
    }
}

#[test]
fn the_upstream_is_looked_at_and_the_setting_to_change_is_named() {
    let provider = Provider::start();
    let server = Setup::upstream(provider.address).start();
    let url = format!("http://{}", provider.address);
    let look = |wanted: &str| {
        until(wanted, || server.ok("GET", "/api/upstream", None)["state"] == wanted);
        server.ok("GET", "/api/upstream", None)
    };
    provider.set(Mode::Models(&["gpt-4", "claude-3-opus"]));
    let found = look("answers");
    assert_eq!(
        (&found["url"], &found["mock"], &found["total_models"]),
        (&json!(url), &json!(false), &json!(2))
    );
    assert_eq!((&found["models"], &found["setting"]), (&json!(["claude-3-opus", "gpt-4"]), &Value::Null));
    provider.set(Mode::Status(401));
    let refused = look("key_refused");
    assert_eq!(refused["setting"], "upstream_key_file");
    assert!(!refused.to_string().contains("SECRET"), "{refused}");
    provider.set(Mode::Html);
    assert_eq!(look("unexpected")["setting"], "upstream_url");
    provider.set(Mode::Reset);
    let gone = look("unreachable");
    assert_eq!(
        (&gone["setting"], &gone["fix"]),
        (&json!("upstream_url"), &json!("start it, or set upstream_url"))
    );
}

#[test]
fn aliases_that_nobody_knows_are_named() {
    let provider = Provider::start();
    let server = Setup::upstream(provider.address).start();
    server.onboard(&[("lost", "openai/gpt-9-nowhere")]);
    let data = server.folder().join("data");
    let url = format!("http://{}", provider.address);
    let line = ["--upstream-url", &url, "doctor", "--data-dir", data.to_str().unwrap()];
    let (_, said) = run(server.folder(), &line, &[]);
    assert!(said.contains("nobody knows what these cost: lost"), "{said}");
}

#[test]
fn the_manual_has_a_page_for_the_server_and_one_for_each_of_its_commands() {
    let folder = tempfile::tempdir().unwrap();
    // It needs no settings: a wrong one is no reason to show nothing.
    let (code, page) = run(folder.path(), &["man"], &[("ALIAS_LISTEN", "nonsense")]);
    assert!(code == 0 && page.contains(".TH alias") && page.contains("upstream"), "{page}");
    let (code, said) = run(folder.path(), &["man", "--dir", "made/man1"], &[]);
    assert_eq!((code, said.as_str()), (0, ""));
    let page =
        std::fs::read_to_string(folder.path().join("made/man1/alias-server-migrate-backup.1")).unwrap();
    assert!(page.contains("while servers go on"), "{page}");
}

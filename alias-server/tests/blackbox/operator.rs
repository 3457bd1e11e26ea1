//! What `alias-server` does besides serving: files to begin with, a look at everything, and where settings come from.

use std::io::{BufRead, BufReader, Lines};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Output, Stdio};

use rustix::process::{Pid, Signal, kill_process};
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
fn a_certificate_that_cannot_be_used_is_named_and_so_is_a_key_that_others_read() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    std::fs::write(folder.path().join("c.pem"), made.cert.pem()).unwrap();
    let key = folder.path().join("k.pem");
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let look = |certificate: &str| {
        run(folder.path(), &["--tls-cert-file", certificate, "--tls-key-file", "k.pem", "doctor"], &[]).1
    };
    for (mode, said) in
        [(0o600, "✓ tls        c.pem with k.pem"), (0o644, "! tls        k.pem can be read by others")]
    {
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(mode)).unwrap();
        assert!(look("c.pem").contains(said), "{}", look("c.pem"));
    }
    let wrong = look("k.pem");
    assert!(wrong.contains("✗ tls") && wrong.contains("set tls_cert_file and tls_key_file"), "{wrong}");
}

#[test]
fn what_is_found_and_set_is_told_to_programs_too() {
    let folder = tempfile::tempdir().unwrap();
    let output = |line: &[&str]| {
        let done = Command::new(env!("CARGO_BIN_EXE_alias-server"))
            .env_clear()
            .current_dir(folder.path())
            .args(line)
            .output();
        serde_json::from_slice::<Value>(&done.unwrap().stdout).unwrap()
    };
    let found = output(&["--upstream-url", "http://127.0.0.1:9", "doctor", "--json"]);
    let upstream =
        found["checks"].as_array().unwrap().iter().find(|line| line["what"] == "upstream").unwrap();
    assert_eq!(upstream["standing"], "bad", "{found}");
    let set = output(&["--workers", "3", "config", "show", "--json"]);
    assert!(
        set.as_array().unwrap().contains(&json!({"name": "workers", "value": "3", "from": "flag --workers"})),
        "{set}"
    );
    assert_eq!(output(&["config", "schema"])["properties"]["workers"]["anyOf"][0]["type"], "integer");
    let (code, said) = run(folder.path(), &["--no-such-flag"], &[]);
    assert!(code == 64 && said.contains("--no-such-flag"), "{said}");
}

#[test]
fn a_server_leaves_migrations_to_others_where_it_is_told_to() {
    let folder = tempfile::tempdir().unwrap();
    let line = ["--listen", "127.0.0.1:0", "--no-migrate"];
    let (code, said) = run(folder.path(), &line, &[]);
    assert!(code == 2 && said.contains("make it with alias-server migrate up"), "{said}");
    std::fs::create_dir_all(folder.path().join("alias-data")).unwrap();
    std::fs::write(folder.path().join("alias-data/aliases.db"), "").unwrap();
    let (code, said) = run(folder.path(), &line, &[]);
    assert!(
        code == 2 && said.contains("migrations are pending") && said.contains("alias-server migrate up"),
        "{said}"
    );
    let (code, said) = run(folder.path(), &["migrate", "up"], &[]);
    assert!(code == 0 && said.contains("0 of"), "{said}");
    let settings = vec![("ALIAS_NO_MIGRATE".to_owned(), "true".to_owned())];
    let database = format!("sqlite://{}", folder.path().join("alias-data/aliases.db").display());
    let server = Setup { database: Some(database), environment: settings, ..Setup::default() }.start();
    server.ok("GET", "/api/model-aliases", None);
}

#[test]
fn a_trial_says_where_the_dashboard_is_and_nothing_about_its_store() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_alias-server"))
        .env_clear()
        .current_dir(folder.path())
        .args(["--dev", "--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        said.push_str(&line.unwrap());
        said.push('\n');
        if said.contains("\"Hello\"") {
            break;
        }
    }
    let address = said.split("http://").nth(1).unwrap().split("/ui").next().unwrap().to_owned();
    assert!(said.contains(&format!("Dashboard  http://{address}/ui")), "{said}");
    assert!(said.contains("no call leaves this machine") && said.contains("Team dev   sk-"), "{said}");
    kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
    let done = child.wait_with_output().unwrap();
    let log = String::from_utf8(done.stderr).unwrap();
    assert_eq!(log.matches("migrated").count(), 1, "{log}");
}

/// A trial that has said how to call it, and its log.
fn trial(folder: &Path, more: &[&str]) -> (Child, Lines<BufReader<ChildStderr>>) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_alias-server"))
        .env_clear()
        .current_dir(folder)
        .arg("--dev")
        .args(more)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap()).lines();
    out.find(|line| line.as_ref().unwrap().contains("Hello")).unwrap().unwrap();
    let log = BufReader::new(child.stderr.take().unwrap()).lines();
    (child, log)
}

#[test]
fn settings_are_read_again_and_what_cannot_change_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("alias-server.yaml");
    let write = |text: &str| std::fs::write(&file, text).unwrap();
    write("listen: 127.0.0.1:0\nlog: warn\nlog_format: json\n");
    let (mut child, mut log) = trial(folder.path(), &[]);
    let mut hang_up_until = |text: &str| {
        kill_process(Pid::from_child(&child), Signal::HUP).unwrap();
        let found = log.find(|line| line.as_ref().unwrap().contains(text));
        found.unwrap().unwrap()
    };
    write("listen: 127.0.0.1:0\nlog: info\nlog_format: json\nworkers: 1\n");
    assert!(hang_up_until("another filter").contains("\"log\":\"info\""));
    assert!(hang_up_until("restart for these").contains("workers"));
    // A file that is named is looked into, too; what stands in it is nobody's business.
    let secret = folder.path().join("upstream.key");
    let with_key = format!(
        "listen: 127.0.0.1:0\nlog: info\nlog_format: json\nupstream_key_file: {}\n",
        secret.display()
    );
    std::fs::write(&secret, "sk-before").unwrap();
    write(&with_key);
    assert!(hang_up_until("upstream_key_file").contains("restart for these"));
    // Readable, and no server could start with it.
    write("max_body_call: lots\nlog: debug\n");
    assert!(hang_up_until("cannot be read again").contains("max_body_call"));
    write("workers: [\n");
    hang_up_until("cannot be read again");
    write("log: '['\n");
    hang_up_until("filter of before");
    kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
    // Without the other filter, nobody would hear of it.
    assert!(log.any(|line| line.unwrap().contains("stopping: running calls")));
    child.wait().unwrap();
}

#[test]
fn a_secret_that_was_renewed_in_its_file_waits_for_the_next_start_and_is_not_told() {
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("admin.key");
    std::fs::write(&secret, "first-secret-of-more-than-32-characters").unwrap();
    let (mut child, mut log) = trial(
        folder.path(),
        &["--listen", "127.0.0.1:0", "--log-format", "json", "--admin-key-file", "admin.key"],
    );
    std::fs::write(&secret, "second-secret-of-more-than-32-characters").unwrap();
    kill_process(Pid::from_child(&child), Signal::HUP).unwrap();
    let told = log.by_ref().map(Result::unwrap).find(|line| line.contains("were read again")).unwrap();
    assert!(told.contains("restart for these") && told.contains("\"changed\":\"admin_key_file\""), "{told}");
    assert!(!told.contains("second-secret"), "{told}");
    kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
    child.wait().unwrap();
}

#[test]
fn a_map_of_models_is_not_taken_into_a_database_that_others_migrate() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("alias-data")).unwrap();
    std::fs::write(folder.path().join("alias-data/aliases.db"), "").unwrap();
    std::fs::write(folder.path().join("map.json"), "{}").unwrap();
    for dry_run in [&["--dry-run"] as &[&str], &[]] {
        let line = [&["--no-migrate", "catalog", "import", "map.json"], dry_run].concat();
        let (code, said) = run(folder.path(), &line, &[]);
        assert!(code == 2 && said.contains("migrations are pending"), "{said}");
        let (code, said) = run(folder.path(), &["migrate", "status"], &[]);
        assert!(code == 1 && said.contains("pending   0001_initial"), "{said}");
    }
}

#[test]
fn aliases_that_nobody_knows_are_named() {
    let provider = Provider::start();
    let server = Setup::upstream(provider.address).start();
    server.onboard(&[("lost", "openai/gpt-9-nowhere")]);
    let onward = json!({"alias": "onward", "litellm_model": "alias/lost"});
    let onward = server.ok("POST", "/api/model-aliases/create", Some(onward));
    assert_eq!(onward["pricing_source"], "target", "what it leads to has a price, or none");
    let data = server.folder().join("data");
    let url = format!("http://{}", provider.address);
    let line = ["--upstream-url", &url, "doctor", "--data-dir", data.to_str().unwrap()];
    let (_, said) = run(server.folder(), &line, &[]);
    assert!(said.contains("nobody knows what these cost: lost\n"), "{said}");
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

#[test]
fn a_switch_among_the_flags_takes_no_word_that_is_not_its_own() {
    let folder = tempfile::tempdir().unwrap();
    // The word after it is a command, and no value of the flag.
    let (code, said) = run(folder.path(), &["--no-migrate", "config", "show", "--origin"], &[]);
    assert!(code == 0 && said.contains("flag --no-migrate"), "{said}");
    let (code, said) = run(folder.path(), &["--dev=false", "config", "show"], &[]);
    assert!(code == 0 && said.contains("dev"), "{said}");
}

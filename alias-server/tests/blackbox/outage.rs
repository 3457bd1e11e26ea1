//! The database goes away and comes back: known keys go on, also of a server that starts meanwhile.

use std::io::{BufRead, BufReader, Write};
use std::net::ToSocketAddrs;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::credits::{assert_verified, until};
use crate::holder::Holder;
use crate::line::Line;
use crate::provider::Provider;
use crate::server::{Server, Setup, command, databases, listens};

/// A line to a database, and the database's URL through it.
fn line(database: &str) -> (Line, String) {
    let (head, rest) = database.split_once('@').unwrap();
    let (host, name) = rest.split_once('/').unwrap();
    let line = Line::to(host.to_socket_addrs().unwrap().next().unwrap());
    let through = format!("{head}@{}/{name}", line.address);
    (line, through)
}

fn ready(server: &Server) -> Value {
    server.admin("GET", "/health/ready", None).json()
}

/// Waits until the snapshot on the server's disk is as new as what it decides by.
fn until_saved(server: &Server) {
    let note = server.folder().join("data/snapshot/snapshot.json");
    until("a snapshot is written", || {
        let saved = std::fs::read(&note).ok().and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
        saved.is_some_and(|saved| saved["revision"] == ready(server)["revision"])
    });
}

/// A server with two aliases, one of them switched off, and a team that credits do not limit.
fn onboard(server: &Server) -> String {
    let key = server.onboard(&[("smart", "openai/gpt-4"), ("off", "openai/gpt-4")]);
    server.ok("PUT", "/api/model-aliases/off", Some(json!({"active": false})));
    server.ok("PUT", "/api/teams/team", Some(json!({"limit_mode": "unlimited"})));
    key
}

#[test]
fn known_keys_go_on_without_the_database_also_on_a_server_that_starts_meanwhile() {
    for database in databases().into_iter().flatten() {
        let provider = Provider::start();
        let (line, database) = line(&database);
        let setup = Setup { upstream: Some(provider.address), database: Some(database), ..Setup::default() };
        let mut server = setup.start();
        let key = onboard(&server);
        let revoked = server.ok("POST", "/api/teams/team/keys", None);
        let id = revoked["key_id"].as_str().unwrap();
        server.ok("DELETE", &format!("/api/teams/team/keys/{id}"), None);
        let revoked = revoked["virtual_key"].as_str().unwrap();
        assert_eq!(server.chat(&key, "smart").status, 200);
        until_saved(&server);
        line.cut();
        let mut answered = 1;
        for start in 0..3 {
            until("it is known that the database is away", || ready(&server)["status"] == "degraded");
            for _ in 0..20 {
                assert_eq!(server.chat(&key, "smart").status, 200, "start {start}");
                answered += 1;
            }
            // Nothing becomes open: what was refused before is refused as before.
            assert_eq!(server.chat(&key, "off").status, 403);
            assert_eq!(server.chat(revoked, "smart").status, 401);
            assert_eq!(server.chat(&format!("sk-{}", "a".repeat(60)), "smart").status, 401);
            let write = server.admin("PUT", "/api/model-aliases/smart", Some(json!({"active": false})));
            assert_eq!((write.status, &write.json()["code"]), (503, &json!("storage_unavailable")));
            match start {
                0 => server.kill(),
                1 => server.terminate(),
                _ => break,
            }
            server.restart();
        }
        line.mend();
        until("the database is reached", || ready(&server)["status"] == "ready");
        assert_eq!(server.chat(&key, "smart").status, 200);
        answered += 1;
        until("all calls are in the books", || {
            server.ok("GET", "/api/model-aliases/smart", None)["usage_stats"]["total_calls"] == answered
        });
        assert_eq!(provider.sent(), answered);
        assert_verified(&server);
        server.ok("PUT", "/api/model-aliases/smart", Some(json!({"active": false})));
        assert_eq!(server.chat(&key, "smart").status, 403);
    }
}

#[test]
fn a_database_that_somebody_else_holds_is_waited_for_also_by_a_server_that_starts() {
    for database in databases() {
        let provider = Provider::start();
        let setup = Setup { upstream: Some(provider.address), database, ..Setup::default() };
        let mut server = setup.start();
        let key = onboard(&server);
        let starts = server.setup().database.is_some();
        if starts {
            until_saved(&server);
        }
        let holder = Holder::of(&server);
        let change = || server.admin("PUT", "/api/model-aliases/smart", Some(json!({"description": "new"})));
        let refused = change();
        assert_eq!((refused.status, &refused.json()["code"]), (503, &json!("server_busy")));
        assert_eq!(refused.header("retry-after"), Some("1"));
        assert_eq!(server.chat(&key, "smart").status, 200);
        drop(holder);
        assert_ne!(server.ok("GET", "/api/model-aliases/smart", None)["description"], json!("new"));
        assert_eq!(change().status, 200);
        if !starts {
            continue;
        }
        until_saved(&server);
        let holder = Holder::of(&server);
        server.kill();
        server.restart();
        assert_eq!(
            (ready(&server)["status"].as_str(), server.chat(&key, "smart").status),
            (Some("degraded"), 200)
        );
        drop(holder);
        until("the database is reached", || ready(&server)["status"] == "ready");
        server.ok("PUT", "/api/model-aliases/smart", Some(json!({"description": "newer"})));
    }
}

#[test]
fn a_database_that_comes_back_behind_is_not_migrated_by_a_server_that_leaves_that_to_others() {
    for direct in databases().into_iter().flatten() {
        let provider = Provider::start();
        let (line, database) = line(&direct);
        let environment = vec![("ALIAS_NO_MIGRATE".to_owned(), "true".to_owned())];
        let migrate = |action: &str| {
            let done = Command::new(env!("CARGO_BIN_EXE_alias-server"))
                .env_clear()
                .args(["migrate", action, "--database-url", &direct])
                .output()
                .unwrap();
            (done.status.code().unwrap(), String::from_utf8(done.stdout).unwrap())
        };
        assert_eq!(migrate("up").0, 0);
        let setup = Setup {
            upstream: Some(provider.address),
            database: Some(database),
            environment,
            ..Setup::default()
        };
        let mut server = setup.start();
        let key = onboard(&server);
        until_saved(&server);
        line.cut();
        server.kill();
        // What another program left half done.
        sql(
            &direct,
            "CREATE TABLE put_by AS SELECT * FROM __diesel_schema_migrations ORDER BY version DESC LIMIT 1",
        );
        sql(&direct, "DELETE FROM __diesel_schema_migrations WHERE version IN (SELECT version FROM put_by)");
        server.restart();
        line.mend();
        until("it says what is wrong", || server.log().contains("migrations are pending (1)"));
        assert_eq!(migrate("status").0, 1, "nobody ran it");
        assert_eq!(
            (ready(&server)["status"].as_str(), server.chat(&key, "smart").status),
            (Some("degraded"), 200)
        );
        sql(&direct, "INSERT INTO __diesel_schema_migrations SELECT * FROM put_by");
        until("the database is reached", || ready(&server)["status"] == "ready");
        assert_eq!(server.chat(&key, "smart").status, 200);
    }
}

#[test]
fn without_the_word_of_the_database_calls_are_served_for_so_long_and_no_longer() {
    for database in databases().into_iter().flatten() {
        let provider = Provider::start();
        let (line, database) = line(&database);
        let extra = vec!["--snapshot-max-age".to_owned(), "6s".to_owned()];
        let setup =
            Setup { upstream: Some(provider.address), database: Some(database), extra, ..Setup::default() };
        let mut server = setup.start();
        let key = onboard(&server);
        until_saved(&server);
        assert_eq!(server.chat(&key, "smart").status, 200);
        line.cut();
        until("it has expired", || server.chat(&key, "smart").status == 503);
        let refused = server.chat(&key, "smart");
        assert_eq!(refused.json()["error"]["code"], "catalogue_expired");
        assert_eq!(server.team(&key, "GET", "/v1/models", None).status, 503);
        line.mend();
        until("it serves again", || server.chat(&key, "smart").status == 200);
        // A start does not make it younger.
        until_saved(&server);
        line.cut();
        server.kill();
        until("the snapshot is too old", || {
            let said = fails_to_start(&server);
            said.contains("snapshot_max_age") && said.contains("old")
        });
    }
}

/// Everything in a database, as SQL that puts it back.
fn dump(database: &str) -> Vec<u8> {
    let said =
        Command::new("pg_dump").args(["--clean", "--if-exists", "--dbname", database]).output().unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    said.stdout
}

/// Does something to a database beside its servers.
fn sql(database: &str, text: &str) {
    let said = Command::new("psql").args([database, "-qAtX", "-v", "ON_ERROR_STOP=1", "-c", text]).output();
    let said = said.unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
}

/// Puts everything back as it was, under the servers that use it.
fn restore(database: &str, saved: &[u8]) {
    let mut psql = Command::new("psql")
        .args(["--quiet", "--single-transaction", "--set", "ON_ERROR_STOP=1", database])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    psql.stdin.take().unwrap().write_all(saved).unwrap();
    assert!(psql.wait().unwrap().success());
}

#[test]
fn a_database_that_was_put_back_and_written_to_is_noticed_although_its_revision_is_the_same() {
    for database in databases().into_iter().flatten() {
        let provider = Provider::start();
        let (line, through) = line(&database);
        let of = |url| Setup { upstream: Some(provider.address), database: Some(url), ..Setup::default() };
        let server = of(through).start();
        let key = onboard(&server);
        let saved = dump(&database);
        let create = |server: &Server, alias: &str| {
            server.ok(
                "POST",
                "/api/model-aliases",
                Some(json!({"alias": alias, "litellm_model": "openai/o3"})),
            );
        };
        create(&server, "first");
        server.ok("PUT", "/api/model-aliases/smart", Some(json!({"active": false})));
        assert_eq!(server.chat(&key, "smart").status, 403);
        let known = ready(&server)["revision"].clone();
        line.cut();
        restore(&database, &saved);
        let mut other = of(database.clone()).start();
        create(&other, "second");
        other.ok("PUT", "/api/model-aliases/off", Some(json!({"active": true})));
        assert_eq!(ready(&other)["revision"], known, "as many writes as were lost");
        line.mend();
        until("it goes by the second history", || server.chat(&key, "smart").status == 200);
        assert_eq!(server.chat(&key, "off").status, 200);
        until("the other server follows", || ready(&other)["revision"] == ready(&server)["revision"]);
        let figures = server.admin("GET", "/metrics", None).text();
        assert!(figures.contains("alias_catalogue_restorations_total 1\n"), "{figures}");
        let entries = other.ok("GET", "/api/audit?action=catalogue.restored", None);
        assert_eq!(entries["records"].as_array().unwrap().len(), 1, "{entries}");
        create(&other, "third");
        until("writes are followed as before", || {
            server.admin("GET", "/api/model-aliases/third", None).status == 200
                && ready(&server)["revision"] == ready(&other)["revision"]
        });
        other.terminate();
    }
}

/// What the server's command says when it does not start on its folder.
fn fails_to_start(server: &Server) -> String {
    said_at_the_end(server.setup(), server.folder())
}

fn said_at_the_end(setup: &Setup, folder: &std::path::Path) -> String {
    let mut start = command(setup, folder, 0).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = String::new();
    for line in BufReader::new(start.stderr.take().unwrap()).lines() {
        let line = line.unwrap();
        if listens(&line).is_some() {
            // It serves: it is too early.
            start.kill().unwrap();
            start.wait().unwrap();
            return String::new();
        }
        said.push_str(&line);
        said.push('\n');
    }
    assert_eq!(start.wait().unwrap().code(), Some(2));
    said
}

#[test]
fn a_snapshot_that_is_damaged_or_of_another_database_is_not_started_from() {
    for database in databases().into_iter().flatten() {
        let provider = Provider::start();
        let (line, through) = line(&database);
        let setup = Setup { upstream: Some(provider.address), database: Some(through), ..Setup::default() };
        let mut server = setup.start();
        let key = onboard(&server);
        until_saved(&server);
        assert_eq!(server.chat(&key, "smart").status, 200);
        line.cut();
        server.kill();
        let folder = server.folder().join("data/snapshot");
        let file = std::fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .find(|path| path.extension().is_some_and(|end| end == "db"))
            .unwrap();
        let whole = std::fs::read(&file).unwrap();
        let mut damaged = whole.clone();
        let middle = damaged.len() / 2;
        damaged[middle] ^= 1;
        std::fs::write(&file, &damaged).unwrap();
        assert!(fails_to_start(&server).contains("damaged"));
        std::fs::write(&file, &whole).unwrap();
        let note = folder.join("snapshot.json");
        let told = std::fs::read_to_string(&note).unwrap();
        std::fs::write(&note, told.replace("/blackbox_", "/other_")).unwrap();
        assert!(fails_to_start(&server).contains("another database"));
        std::fs::write(&note, told).unwrap();
        server.restart();
        assert_eq!(server.chat(&key, "smart").status, 200);
        server.kill();
        std::fs::remove_dir_all(&folder).unwrap();
        let said = fails_to_start(&server);
        assert!(said.contains("no snapshot") && said.contains("cannot reach the database"), "{said}");
    }
}

#[test]
fn a_database_that_turns_the_server_away_ends_its_start_although_there_is_a_snapshot() {
    for database in databases().into_iter().flatten() {
        let mut server = Setup { database: Some(database.clone()), ..Setup::default() }.start();
        onboard(&server);
        until_saved(&server);
        server.kill();
        let (head, rest) = database.split_once('@').unwrap();
        let (host, _) = rest.split_once('/').unwrap();
        for wrong in [format!("{head}@{host}/never_made"), format!("postgres://nobody_of_that_name@{rest}")] {
            let mut setup = server.setup().clone();
            setup.database = Some(wrong);
            let said = said_at_the_end(&setup, server.folder());
            assert!(said.contains("does not exist") && said.contains("credentials"), "{said}");
        }
    }
}

#[test]
fn a_database_that_was_restored_is_read_anew_and_says_so() {
    for database in databases().into_iter().flatten() {
        let mut server = Setup { database: Some(database.clone()), ..Setup::default() }.start();
        let key = onboard(&server);
        let (before, saved) = (ready(&server)["revision"].as_u64().unwrap(), dump(&database));
        server.ok("POST", "/api/model-aliases", Some(json!({"alias": "late", "litellm_model": "openai/o3"})));
        server.ok("PUT", "/api/model-aliases/smart", Some(json!({"active": false})));
        assert_eq!(server.chat(&key, "smart").status, 403);
        restore(&database, &saved);
        until("it goes by what was restored", || {
            server.admin("GET", "/api/model-aliases/smart", None).json()["active"] == true
        });
        until("its data plane does, too", || server.chat(&key, "smart").status != 403);
        assert_eq!(ready(&server)["revision"].as_u64().unwrap(), before + 2 + 1_000_000);
        let figures = server.admin("GET", "/metrics", None).text();
        assert!(figures.contains("alias_catalogue_restorations_total 1\n"), "{figures}");
        let entries = server.ok("GET", "/api/audit?action=catalogue.restored", None);
        assert_eq!(entries["records"].as_array().unwrap().len(), 1, "{entries}");
        let made = server.ok("PUT", "/api/model-aliases/smart", Some(json!({"active": false})));
        assert_eq!(made["active"], false);
        assert_eq!(server.chat(&key, "smart").status, 403);
        server.terminate();
    }
}

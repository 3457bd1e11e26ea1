//! `alias-server migrate`: backups of a server that runs, restores, and a move to another database.

use std::path::Path;

use serde_json::json;

use crate::provider::Provider;
use crate::server::{Server, Setup, databases};

/// `alias-server migrate …` on a database: its exit code, and what it says.
fn migrate(arguments: &[&str], database: &str) -> (i32, String) {
    let done = std::process::Command::new(env!("CARGO_BIN_EXE_alias-server"))
        .env_clear()
        .arg("migrate")
        .args(arguments)
        .args(["--database-url", database])
        .output()
        .unwrap();
    let said = [done.stdout, done.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
    (done.status.code().unwrap(), said)
}

fn url(server: &Server, database: Option<&str>) -> String {
    database.map_or_else(
        || format!("sqlite://{}", server.folder().join("data/aliases.db").display()),
        str::to_owned,
    )
}

fn sqlite(file: &Path) -> String {
    format!("sqlite://{}", file.display())
}

/// What a server's users see of a state: aliases, teams, figures, the ledger, the audit log.
fn state(server: &Server) -> Vec<String> {
    // Waits for what is on its way into the books.
    server.ok("GET", "/api/credits/balance?team_id=team", None);
    [
        "/api/model-aliases",
        "/api/teams",
        "/api/usage?group_by=alias",
        "/api/credits/transactions?team_id=team",
        "/api/audit",
    ]
    .iter()
    .map(|path| server.ok("GET", path, None).to_string())
    .collect()
}

#[test]
fn a_backup_of_a_server_that_runs_is_restored_whole_on_either_database() {
    for database in databases() {
        let provider = Provider::start();
        let setup =
            Setup { upstream: Some(provider.address), database: database.clone(), ..Setup::default() };
        let mut server = setup.start();
        let key = server.onboard(&[("smart", "openai/gpt-4")]);
        for _ in 0..20 {
            assert_eq!(server.chat(&key, "smart").status, 200);
        }
        let before = state(&server);
        let folder = tempfile::tempdir().unwrap();
        let (file, from) = (folder.path().join("backup.db"), url(&server, database.as_deref()));
        let named = file.to_str().unwrap();
        let (code, said) = migrate(&["backup", named], &from);
        assert!(code == 0 && said.contains("rows of"), "{said}");
        // What comes later is not in it, and a second one does not overwrite the first.
        server.ok("PUT", "/api/model-aliases/smart", Some(json!({"description": "later"})));
        assert_eq!(migrate(&["backup", named], &from).0, 2);
        server.terminate();
        let mut targets = vec![None];
        targets.extend(databases().into_iter().flatten().map(Some));
        for target in targets {
            let restored = folder.path().join(format!("restored-{}", target.is_some()));
            // There is no such folder yet.
            let to = target.clone().unwrap_or_else(|| sqlite(&restored.join("aliases.db")));
            let (code, said) = migrate(&["restore", named], &to);
            assert!(code == 0 && said.contains("say the same"), "{said}");
            assert_eq!(migrate(&["restore", named], &to).0, 2, "it is not empty any more");
            let extra = vec!["--database-url".to_owned(), to];
            let again = Setup { upstream: Some(provider.address), extra, ..Setup::default() }.start();
            assert_eq!(state(&again), before);
            assert_eq!(again.chat(&key, "smart").status, 200);
        }
    }
}

#[test]
fn an_installation_moves_to_postgresql_with_one_command() {
    for database in databases().into_iter().flatten() {
        let provider = Provider::start();
        let mut server = Setup::upstream(provider.address).start();
        let key = server.onboard(&[("smart", "openai/gpt-4")]);
        for _ in 0..20 {
            assert_eq!(server.chat(&key, "smart").status, 200);
        }
        let before = state(&server);
        server.terminate();
        let from = url(&server, None);
        let (code, said) = migrate(&["move", "--to", &database], &from);
        assert!(code == 0 && said.contains("20 calls") && said.contains("say the same"), "{said}");
        assert!(!said.contains("postgres@"), "no address of a database with its user is said: {said}");
        // The same folder goes on with the new database.
        server.restart_on(&database);
        let moved = server;
        assert_eq!(state(&moved), before);
        assert_eq!(moved.chat(&key, "smart").status, 200);
        assert_eq!(moved.ok("GET", "/api/credits/balance?team_id=team", None)["credits_used"], 21);
        assert_eq!(moved.ok("GET", "/api/usage/verify", None)["clean"], true);
    }
}

#[test]
fn the_migrations_are_listed_before_and_after_they_are_run() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("aliases.db");
    let (code, said) = migrate(&["status"], &sqlite(&file));
    assert!(code == 2 && said.contains("cannot use the database"), "{said}");
    assert!(!file.exists(), "to ask makes nothing");
    std::fs::write(&file, "").unwrap();
    let (code, said) = migrate(&["status"], &sqlite(&file));
    assert!(code == 1 && said.contains("pending   0001_initial"), "{said}");
    let (code, said) = migrate(&["up"], &sqlite(&file));
    assert!(code == 0 && said.contains("run       0001_initial") && said.contains("0 of"), "{said}");
    assert_eq!(migrate(&["status"], &sqlite(&file)).0, 0);
}

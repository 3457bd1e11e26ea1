//! Documents of every kind go through files, the command line and the database, and come out as they went in.

use alias_core::desired::Document;
use alias_core::testing::documents::documents;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use super::{Said, ctl};
use crate::server::{Server, Setup, times};

/// Whose documents they are: what one has and the next has not goes with it.
const OWNER: &str = "platform-repo";

/// Makes a catalogue empty.
fn clear(server: &Server) {
    let nothing = json!({"document": {"version": 1, "managed_by": OWNER}, "prune": true});
    server.ok("POST", "/api/apply", Some(nothing));
}

/// A command that must be done.
fn done(server: &Server, line: &[&str]) -> Said {
    let said = ctl(line).at(server).run();
    assert_eq!(said.code, 0, "{line:?}: {said:?}");
    said
}

/// An export, without the line that says where the server is.
fn exported(server: &Server) -> String {
    done(server, &["export", "--managed-by", OWNER]).output.split_once('\n').unwrap().1.to_owned()
}

#[test]
fn any_document_is_exported_as_it_was_applied_and_makes_the_same_catalogue_elsewhere() {
    let (server, elsewhere) = (Setup::default().start(), Setup::default().start());
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: String| -> String {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    // The same ones in every run.
    let (mut runner, all) = (TestRunner::deterministic(), documents());
    for _ in 0..times("ALIAS_TEST_DOCUMENTS", 10) {
        let mut drawn = all.new_tree(&mut runner).unwrap().current();
        drawn["managed_by"] = json!(OWNER);
        let wanted = Document::read(drawn).unwrap().write();
        clear(&server);
        clear(&elsewhere);
        let written = file("written.json", wanted.to_string());
        done(&server, &["apply", "-f", &written, "--yes"]);
        let one = exported(&server);
        assert_eq!(serde_norway::from_str::<Value>(&one).unwrap(), wanted, "{one}");
        let copy = file("exported.yaml", one.clone());
        done(&elsewhere, &["apply", "-f", &copy, "--yes"]);
        assert_eq!(exported(&elsewhere), one, "{wanted}");
        for applied in [&written, &copy] {
            // Ends with 2 where anything would change.
            done(&server, &["plan", "-f", applied, "--prune"]);
        }
    }
}

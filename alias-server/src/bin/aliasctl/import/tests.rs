//! What becomes of files of other programs, part by part.

use std::path::{Path, PathBuf};

use alias_core::desired::Document;

use super::*;

fn usual() -> Given {
    Given { provider: None, organization: "imported".to_owned() }
}

fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/bin/aliasctl/import/testdata").join(folder);
    let mut all: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    all.sort();
    all
}

fn shown(path: &Path) -> String {
    let imported = read(path, None, &usual()).unwrap();
    let document = imported.document(None);
    // Whatever is read can be applied.
    let checked = Document::read(document.clone()).unwrap();
    assert!(checked.content.names_of_others().is_empty(), "{}", path.display());
    let findings = imported.findings.iter().map(|finding| {
        format!("{:<11} {}: {}", format!("{:?}", finding.level), finding.path, finding.message)
    });
    let findings: Vec<String> = findings.collect();
    let name = path.file_name().unwrap().to_str().unwrap();
    format!("=== {name}\n{}\n\n{}", findings.join("\n"), serde_norway::to_string(&document).unwrap())
}

#[test]
fn configurations_of_litellm_say_what_becomes_of_every_part() {
    let all = files("litellm");
    assert!(all.len() >= 10);
    let all: Vec<String> = all.iter().map(|path| shown(path)).collect();
    insta::assert_snapshot!("litellm", all.join("\n"));
}

#[test]
fn files_of_others_are_known_by_their_form() {
    let all: Vec<String> = files("other").iter().map(|path| shown(path)).collect();
    insta::assert_snapshot!("others", all.join("\n"));
}

#[test]
fn what_the_file_does_not_say_can_be_given() {
    let given = Given { provider: Some("azure".to_owned()), organization: "acme".to_owned() };
    let mapping = files("other").into_iter().find(|path| path.ends_with("one_api_mapping.json")).unwrap();
    let read = read(&mapping, None, &given).unwrap();
    assert_eq!(read.aliases["gpt-4"]["litellm_model"], "azure/gpt-4-0613");
    assert!(read.findings.iter().all(|finding| finding.level == Level::Exact), "{:?}", read.findings);
}

#[test]
fn our_own_file_is_taken_as_it_is_and_a_file_with_nothing_in_it_is_known_as_one() {
    let folder = tempfile::tempdir().unwrap();
    let read_text = |text: &str| {
        let file = folder.path().join("file.json");
        std::fs::write(&file, text).unwrap();
        read(&file, None, &usual())
    };
    let text = r#"// from Git
        {"version": 1, "managed_by": "git", "aliases": {"smart": "openai/gpt-4"},
         "organizations": {"org": {"name": "Org"}}, "teams": {"team": {"organization_id": "org"}}}"#;
    let imported = read_text(text).unwrap();
    assert!(!imported.is_empty());
    let document = imported.document(None);
    assert_eq!(
        (&document["managed_by"], &document["aliases"]["smart"]),
        (&"git".into(), &"openai/gpt-4".into())
    );
    assert_eq!(document["teams"]["team"]["organization_id"], "org");
    assert_eq!(imported.document(Some("other"))["managed_by"], "other");
    let places: Vec<&str> = imported.findings.iter().map(|finding| finding.path.as_str()).collect();
    assert_eq!(places, ["aliases", "organizations", "teams"]);
    assert!(read_text(r#"{"general_settings": {}, "model_list": []}"#).unwrap().is_empty());
    let wrong = read_text(r#"{"aliases": {"smart": "openai/gpt-4"}}"#).unwrap_err();
    assert!(wrong.sentence().contains("version"), "{}", wrong.sentence());
}

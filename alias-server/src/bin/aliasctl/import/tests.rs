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

#[test]
fn channels_have_the_providers_of_who_numbered_them() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("channels.json");
    let text = r#"[{"type": 27, "model_mapping": "", "models": "a"}, {"type": 34, "models": "b"}, {"type": 41, "models": "c"},
                   {"type": 42, "models": "d"}, {"type": 3, "models": "e"}]"#;
    std::fs::write(&file, text).unwrap();
    let targets = |source| {
        let read = read(&file, source, &usual()).unwrap();
        let manual = read.findings.iter().filter(|finding| finding.path.rsplit('.').next() == Some("type"));
        (
            read.aliases
                .values()
                .map(|alias| alias["litellm_model"].as_str().unwrap().to_owned())
                .collect::<Vec<_>>(),
            manual.count(),
        )
    };
    let all = |all: [&str; 5]| all.map(str::to_owned).to_vec();
    let of_new = all(["perplexity/a", "cohere/b", "vertex_ai/c", "mistral/d", "azure/e"]);
    assert_eq!(targets(Some(Source::NewApi)), (of_new, 0));
    let of_one = all(["openai/a", "openai/b", "openai/c", "vertex_ai/d", "azure/e"]);
    assert_eq!(targets(Some(Source::OneApi)), (of_one, 3));
    let nobody = all(["openai/a", "openai/b", "openai/c", "openai/d", "azure/e"]);
    assert_eq!(targets(None), (nobody, 4));
}

#[test]
fn variables_of_an_environment_are_no_mapping_and_are_not_shown() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("env.json");
    std::fs::write(&file, r#"{"a": "b", "OPENAI_API_KEY": "sk-proj-abc"}"#).unwrap();
    assert!(read(&file, None, &usual()).unwrap_err().sentence().contains("--from"));
    let said = read(&file, Some(Source::OneApi), &usual()).unwrap();
    assert!(!format!("{said:?}").contains("sk-proj"), "{said:?}");
    assert!(said.named("a").is_some() && said.named("OPENAI_API_KEY").is_none());
}

#[test]
fn a_section_of_another_form_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config.yaml");
    std::fs::write(&file, "model_list: {a: {model_name: x, litellm_params: {model: openai/x}}}").unwrap();
    let said = read(&file, None, &usual()).unwrap();
    assert!(said.is_empty());
    let found: Vec<_> = said.findings.iter().map(|finding| (finding.level, finding.path.as_str())).collect();
    assert_eq!(found, [(Level::Unsupported, "model_list")]);
}

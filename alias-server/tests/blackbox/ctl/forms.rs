//! The forms of answers: tables wide and narrow, with and without colours, and the forms for programs.

use insta::assert_snapshot;

use super::{ctl, onboarded};

#[test]
fn a_list_is_a_table_for_people_and_the_apis_answer_for_programs() {
    let server = onboarded();
    let list = |more: &[&str]| ctl(&[&["alias", "list"], more].concat()).at(&server).run();
    assert_snapshot!("table", list(&[]).shown());
    assert_snapshot!("wide", list(&["-o", "wide"]).shown());
    assert_snapshot!("csv", list(&["-o", "csv"]).shown());
    assert_snapshot!("name", list(&["-o", "name"]).shown());
    assert_eq!(list(&["--json"]).json(), server.ok("GET", "/api/model-aliases", None));
    let group = ctl(&["group", "get", "starter-models", "--json"]).at(&server).run();
    assert_snapshot!("json", group.shown());
    let yaml = list(&["-o", "yaml"]).output;
    assert!(yaml.contains("litellm_model: anthropic/claude-3-opus-20240229"), "{yaml}");
}

#[test]
fn a_table_is_as_narrow_as_the_terminal_and_breaks_no_name() {
    let server = onboarded();
    let at = |columns: &str| ctl(&["alias", "list"]).at(&server).with("COLUMNS", columns).run();
    let fits = at("85");
    assert!(fits.output.lines().all(|line| line.chars().count() <= 85), "{}", fits.output);
    // Without room for the columns beside each other they stand below each other.
    let narrow = at("60");
    assert!(narrow.output.lines().all(|line| line.chars().count() <= 60), "{}", narrow.output);
    for said in [&fits, &narrow] {
        assert!(said.output.contains("anthropic/claude-3-opus-20240229"), "{}", said.output);
    }
    assert_snapshot!("narrow", format!("{}\n{}", fits.shown(), narrow.shown()));
}

#[test]
fn colours_come_where_they_are_wanted_and_nowhere_else() {
    let server = onboarded();
    let colored = |flags: &[&str], variable: Option<&str>| {
        let run = ctl(&[&["team", "list"], flags].concat()).at(&server);
        variable.into_iter().fold(run, |run, name| run.with(name, "1")).run().output.contains('\u{1b}')
    };
    assert!(!colored(&[], None), "not to a pipe");
    assert!(colored(&["--color", "always"], None));
    assert!(colored(&[], Some("CLICOLOR_FORCE")));
    assert!(!colored(&["--color", "never"], Some("CLICOLOR_FORCE")));
    assert!(!colored(&[], Some("NO_COLOR")));
}

#[test]
fn every_noun_is_listed_and_shown() {
    let server = onboarded();
    let all: Vec<String> = [
        "group list",
        "group get starter-models",
        "org list",
        "team list",
        "team models newclient-prod",
        "key list newclient-prod",
        "credits balance newclient-prod",
        "resolve gpt-3.5-turbo --team newclient-prod",
        "usage",
    ]
    .iter()
    .map(|line| {
        let said = ctl(&line.split(' ').collect::<Vec<_>>()).at(&server).run();
        format!("$ aliasctl {line}\n{}", said.shown())
    })
    .collect();
    // The id of a key is drawn anew in every run.
    let key = server.ok("GET", "/api/teams/newclient-prod/keys", None);
    let key = &key["keys"][0];
    let all = all.join("\n").replace(key["key_id"].as_str().unwrap(), "(sixteen chars.)");
    let all = all.replace(key["virtual_key_masked"].as_str().unwrap(), "sk-…");
    let all: Vec<&str> = all.lines().filter(|line| !line.starts_with("id ")).collect();
    assert_snapshot!("nouns", all.join("\n"));
}

#[test]
fn the_guides_onboarding_is_done_with_commands() {
    let server = crate::server::Setup::default().start();
    let commands = [
        "alias create gpt-4 openai/gpt-4 -d GPT-4",
        "alias create gpt-3.5-turbo openai/gpt-3.5-turbo",
        "group create starter-models gpt-3.5-turbo -d Starter",
        "org create org_newclient Client",
        "team create newclient-prod --org org_newclient --name Production --group starter-models --credits 1000",
        "alias switch gpt-4 anthropic/claude-3-opus-20240229",
        "alias disable gpt-4 --yes",
        "group add-models starter-models gpt-4",
        "team update newclient-prod --rpm 60 --default-model gpt-3.5-turbo",
        "credits add newclient-prod 500 -d bought",
        "team pause newclient-prod --because invoice --yes",
        "team resume newclient-prod",
        "alias rollback gpt-4 1 --reason incident",
        "alias history gpt-4",
        "alias delete gpt-4 --yes",
        "alias restore gpt-4",
        "credits add newclient-prod -100 -d refund --yes",
        "org delete org_newclient --yes",
    ];
    let said: Vec<String> = commands
        .iter()
        .map(|line| {
            let said = ctl(&line.split(' ').collect::<Vec<_>>()).at(&server).run();
            assert_eq!(said.code, 0, "{line}: {said:?}");
            format!("$ aliasctl {line}\n{}", said.shown())
        })
        .collect();
    assert_snapshot!("onboarding", said.join("\n"));
    let said = ctl(&["team", "get", "newclient-prod"]).at(&server).run();
    assert_eq!(said.code, 4, "it went with its organization");
    assert_eq!(server.ok("GET", "/api/model-aliases/gpt-4", None)["access_groups"][0], "starter-models");
    let audit = server.ok("GET", "/api/audit?action=alias.create", None);
    assert_eq!(audit["records"][0]["source"], "cli");
}

#[test]
fn a_budget_is_made_shown_changed_and_deleted() {
    let server = onboarded();
    let run = |line: &str| ctl(&line.split(' ').collect::<Vec<_>>()).at(&server).run();
    let made = run("budget create 100 --team newclient-prod --every month --time-zone Europe/Berlin --json");
    assert_eq!(made.code, 0, "{made:?}");
    let made = made.json();
    let id = made["budget_id"].as_str().unwrap();
    assert_eq!(made["window"]["time_zone"], "Europe/Berlin");
    let list = run("budget list --team newclient-prod");
    assert!(list.code == 0 && list.output.contains("team_id=newclient-prod"), "{list:?}");
    assert_eq!(run("budget list --alias gpt-4").output, "none\n");
    let changed = run(&format!("budget update {id} --limit 12.5 --limit-mode soft_limit"));
    assert_eq!(changed.output, format!("budget {id} updated\n"), "{changed:?}");
    let shown = run(&format!("budget get {id} --json")).json();
    assert_eq!((&shown["limit_usd"], &shown["limit_mode"]), (&serde_json::json!(12.5), &"soft_limit".into()));
    let unasked = run(&format!("budget delete {id}"));
    assert!(unasked.code == 64 && unasked.errors.contains("team_id=newclient-prod"), "{unasked:?}");
    assert_eq!(run(&format!("budget delete {id} --yes")).code, 0);
    assert_eq!(run(&format!("budget get {id}")).code, 4);
    for wrong in ["budget create 100", "budget create 100 --team a --alias b", "budget create x --team a"] {
        assert_eq!(run(wrong).code, 64, "{wrong}");
    }
}

#[test]
fn completions_and_manual_pages_know_every_command() {
    for shell in ["bash", "zsh", "fish", "pwsh", "elvish"] {
        let said = ctl(&["completion", shell]).run();
        assert!(said.code == 0 && said.output.contains("remove-models"), "{shell}");
    }
    let folder = tempfile::tempdir().unwrap();
    let said = ctl(&["man", "--dir", folder.path().to_str().unwrap()]).run();
    assert_eq!(said.code, 0, "{said:?}");
    let page = std::fs::read_to_string(folder.path().join("aliasctl-alias-switch.1")).unwrap();
    assert!(page.contains("Point an alias to another model"), "{page}");
}

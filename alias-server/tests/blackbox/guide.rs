//! Every command of the user guide, as curl sends it, on a default local start.

use std::process::Command;

use serde_json::{Value, json};

use crate::server::{Server, Setup};

#[derive(serde::Deserialize)]
struct Said {
    section: String,
    argv: Vec<String>,
}

fn commands() -> Vec<Said> {
    serde_json::from_str(include_str!("../data/guide_commands.json")).unwrap()
}

/// Runs curl with the guide's own arguments; only the address differs.
fn run(server: &Server, said: &Said) -> (u16, Value) {
    let at = format!("http://{}", server.address);
    let argv = said.argv.iter().map(|arg| arg.replace("http://localhost:8003", &at));
    let output = Command::new("curl").args(["-s", "-w", "\n%{http_code}"]).args(argv).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let (body, status) = text.rsplit_once('\n').unwrap();
    (status.parse().unwrap(), serde_json::from_str(body).unwrap_or(Value::Null))
}

fn name_of(said: &Said) -> String {
    let method = said.argv.iter().position(|arg| arg == "-X").map_or("GET", |at| &said.argv[at + 1]);
    let url = said.argv.iter().find(|arg| arg.starts_with("http")).unwrap();
    format!("{}: {method} {url}", said.section)
}

#[test]
fn every_command_of_the_guide_works_as_written() {
    let server = Setup::default().start();
    let absent = ["old-model", "deprecated-model", "gpt-models", "acme-prod"];
    let (mut created, mut conflicts) = (std::collections::HashSet::new(), 0);
    for said in commands() {
        let (status, body) = run(&server, &said);
        let name = name_of(&said);
        let sent: Value =
            said.argv.last().and_then(|arg| serde_json::from_str(arg).ok()).unwrap_or(Value::Null);
        if absent.iter().any(|absent| name.contains(absent)) {
            assert_eq!(status, 404, "{name}: {body}");
        } else if name.contains("model-aliases/create") && !created.insert(sent["alias"].clone()) {
            assert_eq!((status, &body["title"]), (409, &json!("Alias already exists")), "{name}");
            conflicts += 1;
        } else {
            assert!((200..300).contains(&status), "{name}: {status} {body}");
        }
    }
    assert!(conflicts > 0, "the guide repeats creations");
    second_pass(&server, &absent);
}

/// What the guide never creates is created; its commands on these succeed then.
fn second_pass(server: &Server, absent: &[&str]) {
    for alias in ["old-model", "deprecated-model"] {
        server.ok(
            "POST",
            "/api/model-aliases/create",
            Some(json!({"alias": alias, "litellm_model": "openai/gpt-4"})),
        );
    }
    server.ok("POST", "/api/model-access-groups/create", Some(json!({"group_name": "gpt-models"})));
    let team =
        json!({"organization_id": "org_newclient", "team_id": "acme-prod", "access_groups": ["gpt-models"]});
    server.ok("POST", "/api/teams/create", Some(team));
    for said in commands().iter().filter(|said| absent.iter().any(|absent| name_of(said).contains(absent))) {
        let (status, body) = run(server, said);
        assert!((200..300).contains(&status), "{}: {status} {body}", name_of(said));
    }
    let group = server.ok("GET", "/api/model-access-groups/gpt-models", None);
    assert_eq!(group["model_aliases"][0]["alias"], "gpt-4o");
    assert_eq!(server.ok("GET", "/api/teams/acme-prod", None)["access_groups"], json!(["gpt-models"]));
}

/// Whether every member of `part` is in `whole`, with a value of the same kind.
fn contains(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        (Value::Object(whole), Value::Object(part)) => {
            part.iter().all(|(name, value)| whole.get(name).is_some_and(|found| contains(found, value)))
        }
        (whole, part) => std::mem::discriminant(whole) == std::mem::discriminant(part),
    }
}

#[test]
fn every_answer_that_the_guide_prints_is_contained_in_ours() {
    let server = Setup::default().start();
    let draft =
        json!({"alias": "gpt-4", "litellm_model": "openai/gpt-4", "description": "d", "active": true});
    let created = server.ok("POST", "/api/model-aliases/create", Some(draft));
    let printed =
        json!({"alias": "", "litellm_model": "", "description": "", "active": true, "created_at": ""});
    assert!(contains(&created, &printed), "{created}");
    let listed =
        json!({"alias": "", "litellm_model": "", "description": "", "active": true, "usage_count": 1543});
    let list = server.ok("GET", "/api/model-aliases", None);
    assert!(contains(&list["aliases"][0], &listed), "{list}");
    let detail = json!({
        "alias": "", "litellm_model": "", "description": "", "active": true,
        "access_groups": ["gpt-models", "premium-models"], "teams_with_access": 15,
        "usage_stats": {"total_calls": 1543, "total_cost_usd": 234.56, "avg_tokens_per_call": 850},
    });
    let found = server.ok("GET", "/api/model-aliases/gpt-4", None);
    assert!(contains(&found, &detail), "{found}");
}

#[test]
fn the_guides_commands_work_with_a_key_a_json_type_and_a_trailing_slash_too() {
    let key = "an-admin-key-of-more-than-32-characters";
    let server = Setup { admin_key: Some(key.into()), ..Setup::default() }.start();
    let bearer = format!("Authorization: Bearer {key}");
    let admin = format!("X-Admin-Key: {key}");
    for (number, header) in [bearer, admin].iter().enumerate() {
        let mut said = commands().remove(0);
        said.argv.iter_mut().for_each(|arg| {
            *arg = arg.replace("gpt-4", &format!("gpt-4-{number}")).replace("/create", "/create/");
        });
        assert_eq!(run(&server, &said).0, 401, "without a key");
        said.argv.extend(["-H".into(), header.clone()]);
        let (status, body) = run(&server, &said);
        assert_eq!(status, 201, "{body}");
    }
}

//! Every example of the API's description, sent to a server: it does what the description says.

mod asked;
mod described;
mod recorded;

use described::Described;
use recorded::Recorded;
use serde_json::{Value, json};

use crate::http::{self, Answer};
use crate::provider::Provider;
use crate::server::{Server, Setup};

/// What a question has to say beyond what its parameters always need.
const ASKED: [(&str, &str); 3] = [
    ("list_credit_transactions", "team_id=acme-prod"),
    ("explain", "team=acme-prod&model=gpt-4"),
    ("get_access_group_impact", "model_aliases=gpt-4"),
];

/// One documented operation.
struct Operation<'a> {
    method: String,
    path: &'a str,
    said: &'a Value,
}

impl Operation<'_> {
    /// Whether a team's key is for it.
    fn is_call(&self) -> bool {
        ["/v1/", "/chat/", "/api/jobs"].iter().any(|start| self.path.starts_with(start))
    }

    /// The body that is shown for it.
    fn example(&self) -> Option<Value> {
        self.said.pointer("/requestBody/content/application~1json/example").cloned()
    }
}

/// A world in which the examples make sense.
struct World {
    server: Server,
    key: String,
    _provider: Provider,
}

impl World {
    fn new() -> Self {
        let provider = Provider::start();
        let server = Setup::upstream(provider.address).start();
        let mut world = Self { server, key: String::new(), _provider: provider };
        world.complete();
        world
    }

    /// Makes what is missing of it; what is there says so with 409.
    fn complete(&mut self) {
        let make = |path: &str, body: Value| {
            let answer = self.server.admin("POST", path, Some(body));
            assert!(matches!(answer.status, 201 | 409), "{path}: {} {}", answer.status, answer.text());
        };
        let aliases = [
            "gpt-4",
            "gpt-4o",
            "gpt-3.5-turbo",
            "claude-3-opus",
            "vision",
            "smart",
            "anthropic/claude-3-opus",
        ];
        for alias in aliases {
            make("/api/model-aliases/create", json!({"alias": alias, "litellm_model": "openai/gpt-4"}));
        }
        for group in ["gpt-models", "starter-models", "premium-models"] {
            make("/api/model-access-groups/create", json!({"group_name": group, "model_aliases": aliases}));
        }
        self.server.ok(
            "PUT",
            "/api/model-access-groups/premium-models/models",
            Some(json!({"model_aliases": aliases})),
        );
        for organization in ["org_acme", "org_newclient"] {
            make("/api/organizations/create", json!({"organization_id": organization, "name": organization}));
        }
        for (team, organization) in [("acme-prod", "org_acme"), ("newclient-prod", "org_newclient")] {
            let body = json!({"team_id": team, "organization_id": organization, "access_groups": ["premium-models"], "credits_allocated": 1_000_000});
            make("/api/teams/create", body);
        }
        let body = json!({"access_groups": ["premium-models"], "budget_mode": "job_based"});
        self.server.ok("PUT", "/api/teams/acme-prod", Some(body));
        self.server.ok("POST", "/api/teams/acme-prod/resume", Some(json!({})));
        self.server.ok("POST", "/api/model-aliases/gpt-4/enable", Some(json!({})));
        if self.call("GET", "/v1/models", None).status == 401 {
            let key = self.server.ok("POST", "/api/teams/acme-prod/keys", Some(json!({"name": "examples"})));
            key["virtual_key"].as_str().unwrap().clone_into(&mut self.key);
        }
    }

    /// What has to be so before an operation, beyond what is always there.
    fn prepare(&mut self, name: &str) {
        let gone = match name {
            "restore_model_alias" => Some("/api/model-aliases/gpt-4"),
            name if name.starts_with("create_model_alias") => Some("/api/model-aliases/gpt-4"),
            name if name.starts_with("create_access_group") => {
                Some("/api/model-access-groups/starter-models")
            }
            name if name.starts_with("create_organization") => {
                Some("/api/organizations/org_newclient?confirm=org_newclient")
            }
            name if name.starts_with("create_team") && !name.contains("key") => {
                Some("/api/teams/newclient-prod")
            }
            "roll_back_model_alias" => {
                for number in 0..6 {
                    let body = json!({"description": format!("version {number}")});
                    self.server.ok("PUT", "/api/model-aliases/gpt-4", Some(body));
                }
                None
            }
            _ => None,
        };
        if let Some(path) = gone {
            let answer = self.server.admin("DELETE", path, None);
            assert!(matches!(answer.status, 200 | 404), "{path}: {}", answer.text());
        }
    }

    /// The id of a new object of the kind that a placeholder names; none where the example's is there.
    fn made(&self, placeholder: &str) -> Option<String> {
        let (path, body, member) = match placeholder {
            "{token}" => ("/api/admin-tokens", json!({"name": "t", "role": "viewer"}), "token_id"),
            "{budget}" => {
                let body = json!({"scope": {"team_id": "acme-prod"}, "limit_usd": 100, "window": {"type": "calendar", "period": "month", "time_zone": "UTC"}});
                ("/api/budgets", body, "budget_id")
            }
            "{webhook}" => {
                let body = json!({"webhook_url": "https://hooks.example.com/x", "events": ["alias.updated"]});
                ("/api/webhooks/register", body, "webhook_id")
            }
            "{notice}" => {
                let body = json!({"title": "Maintenance", "text": "On Sunday.", "audience": "everyone"});
                ("/api/notices", body, "notice_id")
            }
            "{change}" => {
                let body = json!({"effective_at": crate::schedule::ahead(3600)});
                ("/api/model-aliases/gpt-4/disable", body, "id")
            }
            "{instance}" => {
                let all = self.server.ok("GET", "/api/instances", None);
                return all["instances"][0]["instance_id"].as_str().map(str::to_owned);
            }
            "{key}" => ("/api/teams/acme-prod/keys", json!({"name": "k"}), "key_id"),
            "{job}" => {
                let answer = self.call("POST", "/api/jobs/create", Some(json!({"job_type": "example"})));
                return answer.json()["job_id"].as_str().map(str::to_owned);
            }
            _ => return None,
        };
        let made = self.server.ok("POST", path, Some(body));
        Some(made[member].as_str().unwrap_or_else(|| panic!("{placeholder}: {made}")).to_owned())
    }

    fn call(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        self.server.team(&self.key, method, path, body.map(|body| body.to_string()).as_deref())
    }

    /// Sends an operation's example.
    fn send(&self, one: &Operation<'_>) -> Answer {
        let mut path = one.path.to_owned();
        let mut query = Vec::new();
        for parameter in one.said["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().unwrap_or_default();
            let example = parameter["example"].as_str().unwrap_or_default();
            if parameter["in"] == "path" {
                let placeholder = format!("{{{name}}}");
                let value = self.made(&placeholder).unwrap_or_else(|| example.to_owned());
                path = path.replace(&placeholder, &value);
            } else if parameter["in"] == "query" && parameter["required"] == true {
                query.push(format!("{name}={}", http::segment(example)));
            }
        }
        let name = one.said["operationId"].as_str().unwrap_or_default();
        query.extend(ASKED.iter().filter(|(asked, _)| *asked == name).map(|(_, more)| (*more).to_owned()));
        if !query.is_empty() {
            path = format!("{path}?{}", query.join("&"));
        }
        self.ask(one, &path, one.example())
    }

    /// Sends a request to an operation.
    fn ask(&self, one: &Operation<'_>, path: &str, body: Option<Value>) -> Answer {
        let body = body.map(|body| body.to_string());
        self.say(one, path, &[], body.as_deref())
    }

    fn say(&self, one: &Operation<'_>, path: &str, header: &[(&str, &str)], body: Option<&str>) -> Answer {
        let bearer = format!("Bearer {}", self.key);
        let mut headers = vec![("Content-Type", "application/json")];
        headers.extend_from_slice(header);
        if one.is_call() {
            headers.push(("Authorization", &bearer));
        }
        let body = body.map(str::as_bytes);
        http::send(self.server.address, &one.method, path, &headers, body).unwrap()
    }

    /// What an operation answers to what it cannot take.
    fn refused(&self, one: &Operation<'_>) -> Vec<Answer> {
        let mut here = one.path.to_owned();
        let mut nowhere = one.path.to_owned();
        let mut conditional = false;
        for parameter in one.said["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().unwrap_or_default();
            conditional |= name == "If-Match";
            if parameter["in"] == "path" {
                let placeholder = format!("{{{name}}}");
                here = here.replace(&placeholder, parameter["example"].as_str().unwrap_or_default());
                nowhere = nowhere.replace(&placeholder, "nothing-there");
            }
        }
        let example = one.example().map(|body| body.to_string());
        let mut all = vec![self.say(one, &format!("{here}?nonsense=1"), &[], example.as_deref())];
        if one.path.contains('{') {
            all.push(self.say(one, &nowhere, &[], example.as_deref()));
        }
        if conditional {
            all.push(self.say(one, &here, &[("If-Match", "\"99999\"")], example.as_deref()));
        }
        if example.is_some() {
            for bad in ["{bad", "[]", "{}", r#"{"nonsense":1}"#] {
                all.push(self.say(one, &here, &[], Some(bad)));
            }
            all.push(self.say(one, &here, &[("Content-Type", "text/plain")], example.as_deref()));
        }
        if one.is_call() {
            let no_key = http::send(self.server.address, &one.method, &here, &[], None).unwrap();
            all.push(no_key);
        }
        all
    }
}

fn operations(document: &Value) -> Vec<Operation<'_>> {
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, said) in item.as_object().unwrap() {
            all.push(Operation { method: method.to_uppercase(), path, said });
        }
    }
    all
}

#[test]
fn every_example_of_the_description_works() {
    let mut world = World::new();
    let document = world.server.ok("GET", "/openapi.json", None);
    let mut wrong = Vec::new();
    let mut recorded = Recorded::new("answers.json");
    let mut described = Described::by(&document);
    let all = operations(&document);
    for one in &all {
        let name = one.said["operationId"].as_str().unwrap();
        // An identity would close the server to everybody who has none, which is all others here.
        if one.path.starts_with("/api/admin-users")
            || one.path.starts_with("/api/admin-tokens")
            || one.path.starts_with("/ui")
        {
            continue;
        }
        world.complete();
        world.prepare(name);
        let answer = world.send(one);
        recorded.note(name, one.said, &answer);
        described.note_whole(one.said, &answer);
        if !(200..300).contains(&answer.status) {
            let text: String = answer.text().chars().take(300).collect();
            wrong.push(format!("{name}: {} {} answers {} {text}", one.method, one.path, answer.status));
        }
    }
    assert!(all.len() > 100 && wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
    recorded.done();
    described.done(100);
}

#[test]
fn every_refusal_of_an_operation_and_every_other_answer_is_described() {
    let mut world = World::new();
    let document = world.server.ok("GET", "/openapi.json", None);
    let mut described = Described::by(&document);
    let all = operations(&document);
    for one in &all {
        for answer in world.refused(one) {
            described.note(one.said, &answer);
        }
    }
    world.complete();
    for question in asked::questions() {
        let one = all.iter().find(|one| one.said["operationId"] == question.name).unwrap();
        let answer = world.ask(one, question.path, question.body);
        let (name, path) = (question.name, question.path);
        assert_eq!(answer.status, question.status, "{name} {path}: {}", answer.text());
        described.note(one.said, &answer);
    }
    described.done(500);
}

/// The operations about people and tokens, in an order in which their examples make sense, and what is answered.
const PEOPLE: [(&str, u16); 17] = [
    ("get_setup_status", 200),
    // The server printed another token.
    ("set_up", 401),
    ("create_user", 201),
    ("sign_in", 200),
    ("who_am_i", 200),
    ("list_users", 200),
    ("get_user", 200),
    ("change_password", 200),
    ("sign_out", 204),
    ("update_user", 200),
    ("update_user_by_patch", 200),
    ("delete_user", 200),
    ("create_admin_token", 201),
    ("list_admin_tokens", 200),
    ("revoke_admin_token", 200),
    // There is no provider to sign in at.
    ("begin_single_sign_on", 404),
    ("end_single_sign_on", 404),
];

#[test]
fn every_example_about_people_works_where_a_key_is_needed() {
    let key = "an-admin-key-of-more-than-32-characters".to_owned();
    let server = Setup { admin_key: Some(key), ..Setup::default() }.start();
    let document = server.ok("GET", "/openapi.json", None);
    let all = operations(&document);
    let named = |name: &str| all.iter().find(|one| one.said["operationId"] == name).unwrap();
    let (mut user, mut token) = (String::new(), String::new());
    let mut session: Option<(String, String)> = None;
    let mut recorded = Recorded::new("answers_about_people.json");
    let mut described = Described::by(&document);
    for (name, status) in PEOPLE {
        let one = named(name);
        let path = one.path.replace("{user}", &user).replace("{token}", &token);
        let body = one.example();
        let answer = match (&session, name) {
            (Some((cookie, csrf)), "change_password" | "sign_out") => {
                let headers = [
                    ("Content-Type", "application/json"),
                    ("Cookie", cookie.as_str()),
                    ("x-csrf-token", csrf.as_str()),
                ];
                let body = body.map(|body| body.to_string());
                http::send(server.address, &one.method, &path, &headers, body.as_deref().map(str::as_bytes))
                    .unwrap()
            }
            _ => server.admin(&one.method, &path, body),
        };
        assert_eq!(answer.status, status, "{name}: {}", answer.text());
        described.note(one.said, &answer);
        if status < 300 && status != 204 {
            recorded.note(name, one.said, &answer);
        }
        let said = answer.json();
        let text = |member: &str| said[member].as_str().unwrap_or_default().to_owned();
        match name {
            "create_user" => user = text("user_id"),
            "create_admin_token" => token = text("token_id"),
            "sign_in" | "change_password" => {
                let cookie = answer.header("set-cookie").unwrap().split(';').next().unwrap();
                session = Some((cookie.to_owned(), text("csrf_token")));
            }
            _ => {}
        }
    }
    let about_people = |one: &&Operation<'_>| {
        one.path.starts_with("/api/admin-users") || one.path.starts_with("/api/admin-tokens")
    };
    assert_eq!(all.iter().filter(about_people).count(), PEOPLE.len(), "all of them are tried");
    // Who has no key is told so.
    for one in &all {
        let answer = http::send(server.address, &one.method, one.path, &[], None).unwrap();
        described.note(one.said, &answer);
    }
    recorded.done();
    described.done(PEOPLE.len());
}

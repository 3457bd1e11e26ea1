//! Every route and every role: who gets in is what the description of the API says, and nobody else.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::http::{self, Answer};
use crate::server::{Server, Setup};

const KEY: &str = "an-admin-key-of-more-than-32-characters";

/// What anybody may read, and how one gets in.
const PUBLIC: [&str; 20] = [
    "/",
    "/docs",
    "/docs/errors",
    "/docs/errors.md",
    "/docs/errors/{code}",
    "/health",
    "/health/live",
    "/health/ready",
    "/llms.txt",
    "/openapi.json",
    "/redoc",
    "/schema/aliases-v1.json",
    "/schema/settings-v1.json",
    "/ui",
    "/ui/{path}",
    "/api/admin-users/login",
    "/api/admin-users/oidc/callback",
    "/api/admin-users/oidc/login",
    "/api/admin-users/setup",
    "/api/admin-users/setup/status",
];

const ROLES: [&str; 6] = ["owner", "admin", "org-admin", "team-admin", "billing", "viewer"];

/// Sends a request that no handler serves: its parameter is unknown. Who passes the gate reads 400.
fn knock(server: &Server, method: &str, path: &str, key: Option<&str>) -> Answer {
    let path = path
        .replace("{organization}", "here")
        .replace("{team}", "team-here")
        .replace("{code}", "forbidden")
        .replace(['{', '}'], "");
    let bearer = format!("Bearer {}", key.unwrap_or_default());
    let mut headers = vec![("Content-Type", "application/json")];
    if key.is_some() {
        headers.push(("Authorization", bearer.as_str()));
    }
    http::send(server.address, &method.to_uppercase(), &format!("{path}?nonsense=1"), &headers, Some(b"{}"))
        .unwrap()
}

fn token(server: &Server, role: &str, organization: Option<&str>) -> String {
    let draft = json!({"name": role, "role": role, "organization_id": organization});
    let made = server.ok("POST", "/api/admin-tokens", Some(draft));
    made["admin_token"].as_str().unwrap().to_owned()
}

fn prepared() -> Server {
    let server = Setup { admin_key: Some(KEY.into()), ..Setup::default() }.start();
    for organization in ["here", "elsewhere"] {
        let draft = json!({"organization_id": organization, "name": organization});
        server.ok("POST", "/api/organizations/create", Some(draft));
        let team = json!({"organization_id": organization, "team_id": format!("team-{organization}")});
        server.ok("POST", "/api/teams/create", Some(team));
    }
    server
}

/// Every documented operation: path, method, what is said of it.
fn operations(document: &Value) -> Vec<(String, String, &Value)> {
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        let methods = item.as_object().unwrap().iter();
        let methods =
            methods.filter(|(m, _)| ["get", "post", "put", "patch", "delete"].contains(&m.as_str()));
        all.extend(methods.map(|(method, said)| (path.clone(), method.clone(), said)));
    }
    all
}

#[test]
fn every_route_lets_in_the_roles_that_its_description_names_and_nobody_else() {
    let server = prepared();
    let document = server.ok("GET", "/openapi.json", None);
    let mut matrix = String::new();
    let everywhere: BTreeMap<&str, String> =
        ["owner", "admin", "billing", "viewer"].map(|role| (role, token(&server, role, None))).into();
    let bound: BTreeMap<&str, [String; 2]> = ["org-admin", "team-admin", "billing", "viewer"]
        .map(|role| (role, ["here", "elsewhere"].map(|home| token(&server, role, Some(home)))))
        .into();
    for (path, method, said) in operations(&document) {
        if path.starts_with("/v1/") || path.starts_with("/chat/") || path.starts_with("/api/jobs") {
            continue;
        }
        let anonymous = knock(&server, &method, &path, None);
        let roles: Vec<&str> =
            said["x-roles"].as_array().into_iter().flatten().map(|role| role.as_str().unwrap()).collect();
        if PUBLIC.contains(&path.as_str()) {
            assert_ne!(anonymous.status, 401, "{method} {path}");
            assert!(roles.is_empty(), "{method} {path}");
            continue;
        }
        assert_eq!(anonymous.status, 401, "{method} {path}: {}", anonymous.text());
        if method == "get" {
            assert_eq!(knock(&server, "head", &path, None).status, 401, "HEAD {path}");
        }
        assert!(!roles.is_empty(), "{method} {path} names no roles");
        let within = said["x-within-organizations"] == true;
        let check = |key: &str, name: &str, refused: Option<u16>| {
            let answer = knock(&server, &method, &path, Some(key));
            let gate = [401, 403, 404].contains(&answer.status).then_some(answer.status);
            assert_eq!(gate, refused, "{method} {path} as {name}: {} {}", answer.status, answer.text());
        };
        for (role, key) in &everywhere {
            check(key, role, (!roles.contains(role)).then_some(403));
        }
        for (role, [here, elsewhere]) in &bound {
            let may = roles.contains(role) && within;
            check(here, &format!("{role} of here"), (!may).then_some(403));
            let in_path = path.contains("{organization}") || path.contains("{team}");
            let refused = if may { in_path.then_some(404) } else { Some(403) };
            check(elsewhere, &format!("{role} of elsewhere"), refused);
        }
        let marks = ROLES.map(|role| match (roles.contains(&role), role) {
            (false, _) => "-",
            (true, "owner" | "admin") => "all",
            (true, "org-admin" | "team-admin") => "own",
            (true, _) if within => "both",
            (true, _) => "all",
        });
        let _ = writeln!(
            matrix,
            "{:6} {path:55} {}",
            method.to_uppercase(),
            marks.map(|mark| format!("{mark:5}")).concat().trim_end()
        );
    }
    insta::assert_snapshot!(matrix);
}

#[test]
fn who_belongs_to_an_organization_sees_and_changes_nothing_of_others() {
    let server = prepared();
    let key = token(&server, "org-admin", Some("here"));
    let ask = |method: &str, path: &str, body: Option<Value>| {
        let body = body.map(|body| body.to_string());
        server.team(&key, method, path, body.as_deref())
    };
    assert_eq!(ask("GET", "/api/teams", None).json()["teams"][0]["team_id"], "team-here");
    assert_eq!(ask("GET", "/api/teams", None).json()["total"], 1);
    assert_eq!(ask("GET", "/api/teams?organization_id=elsewhere", None).status, 403);
    let organizations = ask("GET", "/api/organizations", None).json();
    assert_eq!(
        (&organizations["total"], &organizations["organizations"][0]["organization_id"]),
        (&json!(1), &json!("here"))
    );
    assert_eq!(ask("GET", "/api/teams/team-elsewhere", None).json()["code"], "team_not_found");
    assert_eq!(ask("GET", "/api/teams/nobody", None).json()["code"], "team_not_found");
    let team = |organization: &str, more: Value| {
        let mut draft = json!({"organization_id": organization, "team_id": "new"});
        draft.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        ask("POST", "/api/teams/create", Some(draft))
    };
    assert_eq!(team("elsewhere", json!({})).json()["code"], "forbidden");
    server.ok("POST", "/api/model-access-groups/create", Some(json!({"group_name": "all"})));
    for field in [json!({"access_groups": ["all"]}), json!({"credits_allocated": 5})] {
        let refused = team("here", field.clone());
        let name = field.as_object().unwrap().keys().next().unwrap();
        assert_eq!(refused.status, 403, "{field}");
        let detail = refused.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains(name.as_str()) && detail.contains("may: owner, admin"), "{detail}");
    }
    assert_eq!(team("here", json!({})).status, 201);
    let mut whole = ask("GET", "/api/teams/new", None).json();
    whole["team_alias"] = json!("New");
    assert_eq!(ask("PUT", "/api/teams/new", Some(whole)).status, 200, "what a GET gave is taken back");
    let grant = ask("PUT", "/api/teams/new", Some(json!({"access_groups": ["all"]})));
    assert_eq!((grant.status, grant.json()["code"].as_str().unwrap().to_owned()), (403, "forbidden".into()));
}

//! What to do where a check fails: in words, as curl, as a command, and where in the dashboard.

use actix_web::HttpRequest;
use alias_core::alias::AliasName;
use alias_core::key::KeyId;
use alias_router::{Check, Denied, Step};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::words::Told;
use crate::admin::answer::segment;
use crate::openai::probe::Barrier;

/// A way to mend what a check found.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Fix {
    /// What it does, in words.
    #[schema(example = "Give team newclient-prod the access group gpt-models.")]
    pub text: String,
    /// What else comes of it, where that can be counted.
    #[schema(example = "+2 aliases for this team")]
    pub effect: Option<String>,
    /// The same as a request; `null` where that takes a decision that nobody can make for you.
    pub curl: Option<String>,
    /// The same as a command.
    #[schema(example = "aliasctl team update newclient-prod --add-group gpt-models")]
    pub cli: Option<String>,
    /// Where it can be done in the dashboard.
    #[schema(example = "/ui/teams/newclient-prod")]
    pub ui_url: Option<String>,
}

impl Fix {
    fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), effect: None, curl: None, cli: None, ui_url: None }
    }

    fn curl(self, curl: String) -> Self {
        Self { curl: Some(curl), ..self }
    }

    fn effect(self, effect: Option<String>) -> Self {
        Self { effect, ..self }
    }

    fn cli(self, cli: String) -> Self {
        Self { cli: Some(cli), ..self }
    }

    fn at(self, page: &str, name: &str) -> Self {
        Self { ui_url: Some(format!("/ui/{page}/{}", segment(name))), ..self }
    }
}

/// Writes fixes for whoever asked, so that they can be copied as they stand.
#[derive(Debug)]
pub(super) struct Fixes {
    base: String,
    /// Whether the server takes requests without a key.
    open: bool,
}

impl Fixes {
    /// For the client of a request, under the name that it has for this server.
    pub(super) fn for_client_of(request: &HttpRequest, open: bool) -> Self {
        let connection = request.connection_info();
        let plain = |text: &str| {
            !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b".:-[]".contains(&b))
        };
        let host = Some(connection.host()).filter(|host| plain(host)).unwrap_or("localhost:8003");
        let scheme = if connection.scheme() == "https" { "https" } else { "http" };
        Self { base: format!("{scheme}://{host}"), open }
    }

    fn curl(&self, method: &str, path: &str, body: Option<&Value>) -> String {
        let mut line = format!("curl -X {method} {}{path}", self.base);
        if !self.open {
            line.push_str(" -H \"Authorization: Bearer $ALIAS_ADMIN_KEY\"");
        }
        if let Some(body) = body {
            let body = body.to_string().replace('\'', r"'\''");
            line.push_str(" -H \"Content-Type: application/json\" -d '");
            line.push_str(&body);
            line.push('\'');
        }
        line
    }

    /// What can be done about a check that failed, the best first.
    pub(super) fn of_step(&self, step: &Step, told: &Told<'_>) -> Vec<Fix> {
        let Some(refusal) = &step.refusal else { return Vec::new() };
        let (team, name) = (told.explanation.team_id().as_str(), told.name());
        let key = told.explanation.caller().id().key();
        match (step.check, refusal) {
            (Check::Key, _) => vec![self.new_key(team)],
            (Check::Team, Denied::TeamSuspended { by_organization: true }) => {
                vec![self.resume_organization(told.explanation.organization_id().as_str())]
            }
            (Check::Team, _) => vec![self.resume_team(team)],
            (Check::Network, _) => key.map(|key| self.open_key(team, key, "networks")).into_iter().collect(),
            (Check::Endpoint, _) => {
                key.map(|key| self.open_key(team, key, "endpoints")).into_iter().collect()
            }
            (Check::Scope, _) => key.map(|key| self.open_key(team, key, "models")).into_iter().collect(),
            (Check::Model, _) => self.model(told),
            (Check::Access, _) if told.whole => self.access(told, &name),
            (Check::Access, _) => vec![ask(team)],
            (Check::Active, Denied::ModelSunset { .. } | Denied::ModelBrownout { .. }) => {
                vec![self.serve_again(&name)]
            }
            (Check::Active, _) => vec![self.serve(told, &name)],
            _ => Vec::new(),
        }
    }

    /// What can be done about a barrier.
    pub(super) fn of_barrier(&self, barrier: Barrier, told: &Told<'_>) -> Vec<Fix> {
        let (team, name) = (told.explanation.team_id().as_str(), told.name());
        match barrier {
            Barrier::RateLimit => {
                vec![
                    Fix::new("Wait for the limit to have room again, or raise it on the key or the team.")
                        .at("teams", team),
                ]
            }
            Barrier::Price => {
                let path = format!("/api/model-aliases/{}", segment(&name));
                let body = json!({"pricing_input": 1, "pricing_output": 2});
                vec![
                    Fix::new(format!(
                        "Give {name} a price, in USD per million tokens: these two are examples."
                    ))
                    .curl(self.curl("PUT", &path, Some(&body)))
                    .at("aliases", &name),
                ]
            }
            Barrier::Credits => {
                let body = json!({"team_id": team, "amount": 100});
                vec![
                    Fix::new(format!("Add credits to team {team}: 100, for example."))
                        .curl(self.curl("POST", "/api/credits/add", Some(&body)))
                        .cli(format!("aliasctl credits add {team} 100"))
                        .at("teams", team),
                ]
            }
            Barrier::Budget => vec![
                Fix::new(
                    "Raise the budget, or wait until it begins anew; GET /api/budgets shows which there are.",
                )
                .curl(self.curl("GET", "/api/budgets", None)),
            ],
        }
    }

    fn new_key(&self, team: &str) -> Fix {
        let path = format!("/api/teams/{}/keys", segment(team));
        Fix::new(format!("Create another key of team {team}."))
            .curl(self.curl("POST", &path, None))
            .cli(format!("aliasctl key create {team}"))
            .at("teams", team)
    }

    fn resume_team(&self, team: &str) -> Fix {
        let path = format!("/api/teams/{}/resume", segment(team));
        Fix::new(format!("Resume team {team}."))
            .curl(self.curl("POST", &path, None))
            .cli(format!("aliasctl team resume {team}"))
            .at("teams", team)
    }

    fn resume_organization(&self, organization: &str) -> Fix {
        let path = format!("/api/organizations/{}/status", segment(organization));
        Fix::new(format!("Set organization {organization} to active."))
            .curl(self.curl("PUT", &path, Some(&json!({"status": "active"}))))
            .cli(format!("aliasctl org resume {organization}"))
            .at("organizations", organization)
    }

    /// Takes a limit from a key.
    fn open_key(&self, team: &str, key: &KeyId, limit: &str) -> Fix {
        let path = format!("/api/teams/{}/keys/{key}", segment(team));
        Fix::new(format!("Take the limit on {limit} from key {key}, or send the list that it should have."))
            .curl(self.curl("PUT", &path, Some(&json!({ limit: null }))))
            .at("teams", team)
    }

    fn model(&self, told: &Told<'_>) -> Vec<Fix> {
        let team = told.explanation.team_id().as_str();
        let Some(model) = told.model else {
            let path = format!("/api/teams/{}", segment(team));
            let default = told.explanation.available.first();
            let fix = Fix::new(match default {
                Some(default) => {
                    format!("Name a model, or give team {team} a default model, such as {default}.")
                }
                None => format!("Name a model, or give team {team} a default model."),
            });
            let fix = fix.at("teams", team);
            return vec![match default {
                Some(default) => fix.curl(self.curl("PUT", &path, Some(&json!({"default_model": default})))),
                None => fix,
            }];
        };
        let mut fixes = vec![];
        if let Some(near) = told.explanation.suggestions.first() {
            fixes.push(Fix::new(format!("Call '{near}'.")));
        }
        match model.parse::<AliasName>() {
            Ok(name) if told.whole => {
                let body = json!({"alias": name.as_str(), "litellm_model": "provider/model-name"});
                let mut fix =
                    Fix::new(format!("Create alias {name}, with the model that it should point to."))
                        .curl(self.curl("POST", "/api/model-aliases/create", Some(&body)))
                        .cli(format!("aliasctl alias create {name} provider/model-name"));
                fix.ui_url = Some("/ui/aliases".into());
                fixes.push(fix);
            }
            Ok(_) => {}
            Err(why) => {
                fixes.push(Fix::new(format!("Call another name. This one can be no alias: it {why}.")));
            }
        }
        fixes
    }

    /// Gives a team what it lacks: a group that has the alias, or the alias in a group that it holds.
    fn access(&self, told: &Told<'_>, name: &str) -> Vec<Fix> {
        let team = told.explanation.team_id().as_str();
        let held = &told.explanation.held;
        let mut fixes = vec![];
        for group in &told.explanation.holders {
            let (group_name, is_held) = (group.name.as_str(), held.iter().any(|one| one.name == group.name));
            match (group.active, is_held) {
                (false, true) => {
                    let path = format!("/api/model-access-groups/{}", segment(group_name));
                    let fix =
                        Fix::new(format!("Set access group {group_name}, which the team holds, to active."));
                    fixes.push(
                        fix.curl(self.curl("PUT", &path, Some(&json!({"active": true}))))
                            .at("access-groups", group_name),
                    );
                }
                (true, false) => {
                    let mut all: Vec<&str> = held.iter().map(|one| one.name.as_str()).collect();
                    all.push(group_name);
                    let path = format!("/api/teams/{}", segment(team));
                    fixes.push(
                        Fix::new(format!("Give team {team} the access group {group_name}."))
                            .curl(self.curl("PUT", &path, Some(&json!({ "access_groups": all }))))
                            .cli(format!("aliasctl team update {team} --add-group {group_name}"))
                            .effect(told.effect(&group.name).map(|effect| {
                                format!("+{} for this team", counted(effect.brings, "alias", "aliases"))
                            }))
                            .at("teams", team),
                    );
                }
                _ => {}
            }
        }
        for group in held.iter().filter(|group| group.active) {
            let effect = told
                .effect(&group.name)
                .map(|effect| format!("+1 alias for {}", counted(effect.teams_lacking, "team", "teams")));
            let group = group.name.as_str();
            let path = format!("/api/model-access-groups/{}/add-models", segment(group));
            fixes.push(
                Fix::new(format!("Add {name} to access group {group}, for every team that holds it."))
                    .curl(self.curl("POST", &path, Some(&json!({"model_aliases": [name]}))))
                    .cli(format!("aliasctl group add-models {group} {name}"))
                    .effect(effect)
                    .at("access-groups", group),
            );
        }
        if fixes.is_empty() {
            fixes.push(
                Fix::new(format!("Create an access group with {name}, and give it to team {team}."))
                    .at("teams", team),
            );
        }
        fixes.truncate(MAX_FIXES);
        fixes
    }

    /// For an alias whose time is over.
    fn serve_again(&self, name: &str) -> Fix {
        let path = format!("/api/model-aliases/{}/undeprecate", segment(name));
        Fix::new(format!("Serve {name} again: take its deprecation back."))
            .curl(self.curl("POST", &path, None))
            .cli(format!("aliasctl alias undeprecate {name}"))
            .at("aliases", name)
    }

    /// For an alias that serves no calls: itself, or that it leads on to.
    fn serve(&self, told: &Told<'_>, name: &str) -> Fix {
        match told.explanation.end() {
            Some(end) if !end.active => self.enable(end.alias.as_str()),
            Some(end) => {
                let name = end.alias.as_str();
                let path = format!("/api/model-aliases/{}", segment(name));
                let body = json!({"litellm_model": "openai/gpt-4"});
                Fix::new(format!(
                    "Point {name} to a model, or to an alias that serves calls: this one is an example."
                ))
                .curl(self.curl("PUT", &path, Some(&body)))
                .cli(format!("aliasctl alias switch {name} openai/gpt-4"))
                .at("aliases", name)
            }
            None => self.enable(name),
        }
    }

    fn enable(&self, name: &str) -> Fix {
        let path = format!("/api/model-aliases/{}", segment(name));
        Fix::new(format!("Enable {name}."))
            .curl(self.curl("PUT", &path, Some(&json!({"active": true}))))
            .cli(format!("aliasctl alias enable {name}"))
            .at("aliases", name)
    }
}

/// The most ways that one check shows.
const MAX_FIXES: usize = 6;

/// For those who may not grant anything themselves.
fn ask(team: &str) -> Fix {
    Fix::new(format!("Ask an owner or admin to grant the model to team {team}."))
}

/// How many, in words.
fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

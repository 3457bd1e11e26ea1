//! `aliasctl resolve`: what a call of a model would hit, and whether a team may make it.

mod in_file;

use alias_core::model_ref::REST;
use serde_json::{Value, json};

use super::alias::ALIAS;
use super::team::TEAM;
use crate::client::Request;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::list::{self, Limit};
use crate::output::{Column, column, wide};

const COLUMNS: &[Column] = &[
    column("ALIAS", "alias"),
    column("MODEL", "litellm_model"),
    column("VERSION", "version"),
    column("ACTIVE", "active"),
    column("TEAM", "team_id"),
    column("ALLOWED", "allowed"),
    column("THROUGH", "via_groups"),
    wide("REVISION", "revision"),
    wide("DECIDED IN NS", "decided_in_ns"),
];

/// A model, and who would call it.
///
/// Ends with 3 where the call would be refused, and with 4 where there is no such alias.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The name that a client sends as model
    model: String,
    /// The team that would call it
    #[arg(long)]
    team: Option<String>,
    /// Look in this file, and ask no server
    #[arg(long, value_name = "FILE")]
    file: Option<std::path::PathBuf>,
}

impl Arguments {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        if let Some(file) = &self.file {
            let found = in_file::resolve(
                &crate::document::checked(file)?.content,
                &self.model,
                self.team.as_deref(),
            )?;
            return told(context, &found.0, &found.1);
        }
        let alias = named(context, &self.model).await?;
        let active = alias["active"] == true;
        let mut found = json!({
            "alias": alias["alias"], "litellm_model": target(&alias, &self.model), "version": alias["version"],
            "active": active, "team_id": null, "allowed": active, "via_groups": null,
            "revision": null, "decided_in_ns": null,
        });
        if let Some(team) = &self.team {
            let answer = TEAM.about(context, team, Request::get(TEAM.at(team, "/models"))).await?;
            let asked =
                Request::get("/api/explain").with("team", Some(team)).with("model", Some(&self.model));
            let explained = context.client.send(asked).await?;
            found["team_id"] = answer["team_id"].clone();
            for member in ["revision", "decided_in_ns"] {
                found[member] = explained[member].clone();
            }
            let through = through(&answer, &alias["alias"]);
            found["allowed"] = (active && through.is_some() && answer["status"] == "active").into();
            found["via_groups"] = through.unwrap_or(Value::Null);
            // What the alias says of this team comes before its target.
            if explained["resolves_to"].is_string() {
                found["litellm_model"] = explained["resolves_to"].clone();
            }
        }
        told(context, &found, &alias)
    }
}

fn told(context: &Context, found: &Value, alias: &Value) -> Result<Exit, Failure> {
    context.output.done(found, &in_words(found, alias), COLUMNS)?;
    Ok(if found["allowed"] == true { Exit::Done } else { Exit::Negative })
}

/// The alias of this name, or the longest prefix that serves it.
async fn named(context: &Context, model: &str) -> Result<Value, Failure> {
    let missing = match ALIAS.find(context, model).await {
        Err(Failure::Refused(refusal)) if refusal.status == 404 => Failure::Refused(refusal),
        Ok(alias) if alias["match"] == "prefix" => {
            let message =
                format!("{model} is the beginning of names, and no name of a model: ask for a longer one");
            return Err(Failure::Missing(message));
        }
        found => return found,
    };
    let all = list::read(context, || Request::get(ALIAS.path), ALIAS.list, Limit::ALL).await?;
    let all = all[ALIAS.list].as_array().into_iter().flatten();
    let serving = all.filter(|alias| alias["match"] == "prefix" && rest(alias, model).is_some());
    let longest = serving.max_by_key(|alias| alias["alias"].as_str().map_or(0, str::len));
    longest.cloned().ok_or(missing)
}

/// What a name has behind the name of a prefix.
fn rest<'a>(prefix: &Value, model: &'a str) -> Option<&'a str> {
    let prefix = prefix["alias"].as_str()?;
    let (beginning, rest) = model.split_at_checked(prefix.len())?;
    (beginning.eq_ignore_ascii_case(prefix) && !rest.is_empty()).then_some(rest)
}

/// Where calls of the name go.
fn target(alias: &Value, model: &str) -> String {
    let target = alias["litellm_model"].as_str().unwrap_or_default();
    target.replace(REST, rest(alias, model).unwrap_or_default())
}

/// The groups through which a team has an alias.
fn through(models: &Value, alias: &Value) -> Option<Value> {
    let mut models = models["models"].as_array()?.iter();
    models.find(|model| model["alias"] == *alias).map(|model| model["via_groups"].clone())
}

/// How long the decision took, and by which state of the catalogue.
fn decided(found: &Value) -> String {
    let (Some(nanos), Some(revision)) = (found["decided_in_ns"].as_u64(), found["revision"].as_u64()) else {
        return String::new();
    };
    let micros = format!("{}.{}", nanos / 1_000, nanos % 1_000 / 100);
    format!("\ndecided in {micros} µs by revision {revision} of the catalogue")
}

fn in_words(found: &Value, alias: &Value) -> String {
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (name, model) = (word(&found["alias"]), word(&found["litellm_model"]));
    let version =
        found["version"].as_u64().map(|version| format!(" (version {version})")).unwrap_or_default();
    let hit = format!("{name} -> {model}{version}");
    let why = if found["active"] != true {
        format!("the alias is disabled: aliasctl alias enable {name}")
    } else if let Some(why) = found["leads_nowhere"].as_str() {
        why.to_owned()
    } else if found["allowed"] == true {
        let groups = crate::table::cell(found, "via_groups");
        return if found["team_id"].is_null() {
            hit
        } else {
            format!("{hit}\nteam {} may call it, through {groups}{}", word(&found["team_id"]), decided(found))
        };
    } else if found["via_groups"].is_null() {
        let team = word(&found["team_id"]);
        match crate::table::cell(alias, "access_groups").as_str() {
            "-" => format!("no access group holds it: aliasctl group add-models GROUP {name}"),
            groups => format!("team {team} holds no active group with it; it is in: {groups}"),
        }
    } else {
        format!("team {} is not active", word(&found["team_id"]))
    };
    format!("{hit}\nrefused: {why}")
}

//! `aliasctl group`: access groups.

use serde_json::{Value, json};

use super::impact::{self, GroupImpact};
use super::{Body, IfExists, Kind, counted, teams_lose};
use crate::client::Request;
use crate::confirm::confirm;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::list::Limit;
use crate::output::{Column, column, wide};

const COLUMNS: &[Column] = &[
    column("GROUP", "group_name"),
    column("ACTIVE", "active"),
    column("MODELS", "model_count"),
    column("TEAMS", "team_count"),
    wide("VERSION", "version"),
    wide("UPDATED", "updated_at"),
    column("DESCRIPTION", "description"),
];

/// Groups on the wire.
pub(super) const GROUP: Kind = Kind {
    noun: "group",
    path: "/api/model-access-groups",
    list: "access_groups",
    name: "group_name",
    columns: COLUMNS,
};

/// What is done with access groups.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List access groups
    #[command(visible_alias = "ls")]
    List(ListArguments),
    /// Show one access group, its models and its teams
    #[command(visible_alias = "show")]
    Get(Named),
    /// Create an access group
    Create(CreateArguments),
    /// Change an access group; what is not said stays
    Update(UpdateArguments),
    /// Add aliases; the teams that hold the group may call them at once
    AddModels(Members),
    /// Take aliases out; the teams that hold the group lose them at once
    RemoveModels(Members),
    /// Make these the aliases of the group, and no others
    SetModels(Members),
    /// Tell what would come of a change: who loses what
    Impact(GroupImpact),
    /// Delete an access group; its teams lose what it granted
    #[command(visible_alias = "rm")]
    Delete(DeleteArguments),
}

/// Which access groups.
#[derive(Debug, clap::Args)]
pub(crate) struct ListArguments {
    /// Only those with this text in name or description
    text: Option<String>,
    #[command(flatten)]
    limit: Limit,
}

/// One access group.
#[derive(Debug, clap::Args)]
pub(crate) struct Named {
    /// Its name
    group: String,
}

/// A new access group.
#[derive(Debug, clap::Args)]
pub(crate) struct CreateArguments {
    /// Its name
    group: String,
    /// The aliases that it holds from the start
    models: Vec<String>,
    /// What it is for
    #[arg(short, long, value_name = "TEXT")]
    description: Option<String>,
    /// A name for people
    #[arg(long, value_name = "TEXT")]
    display_name: Option<String>,
    /// What to do where it exists
    #[arg(long, value_enum, value_name = "WHAT", default_value_t)]
    if_exists: IfExists,
}

/// A change of an access group.
#[derive(Debug, clap::Args)]
pub(crate) struct UpdateArguments {
    /// Its name
    group: String,
    /// What it is for
    #[arg(short, long, value_name = "TEXT")]
    description: Option<String>,
    /// A name for people
    #[arg(long, value_name = "TEXT")]
    display_name: Option<String>,
    /// Whether it grants anything
    #[arg(long, value_name = "BOOL")]
    active: Option<bool>,
    /// Only where it is at this version
    #[arg(long, value_name = "VERSION")]
    if_version: Option<u32>,
}

/// Aliases of a group.
#[derive(Debug, clap::Args)]
pub(crate) struct Members {
    /// The group
    group: String,
    /// The aliases
    #[arg(required = true)]
    models: Vec<String>,
}

/// A group that is to go.
#[derive(Debug, clap::Args)]
pub(crate) struct DeleteArguments {
    /// Its name
    group: String,
    /// Only where no team holds it
    #[arg(long)]
    if_unused: bool,
    /// Only where it is at this version
    #[arg(long, value_name = "VERSION")]
    if_version: Option<u32>,
}

impl Command {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        match self {
            Self::List(ListArguments { text, limit }) => {
                GROUP.list(context, limit, |request| request.with("q", text.as_deref())).await?;
            }
            Self::Get(Named { group }) => {
                let object = GROUP.find(context, &group).await?;
                let shown = if context.output.is_for_people() { short(object) } else { object };
                context.output.object(&shown, COLUMNS)?;
            }
            Self::Create(CreateArguments { group, models, description, display_name, if_exists }) => {
                let body = Body::default()
                    .with("group_name", Some(group.as_str()))
                    .with("description", description)
                    .with("display_name", display_name)
                    .with_list("model_aliases", &models);
                let (object, done) = GROUP.create(context, body, if_exists, &[]).await?;
                let models = object["model_aliases"].as_array().map_or(models.len(), Vec::len);
                let models = counted(models, "model", "models");
                let is_left = if_exists == IfExists::Ignore && done == if_exists.done();
                let with = if is_left { String::new() } else { format!(" with {models}") };
                context.output.done(&object, &format!("group {group} {done}{with}"), COLUMNS)?;
            }
            Self::Update(UpdateArguments { group, description, display_name, active, if_version }) => {
                if active == Some(false) {
                    let impact = teams_lose(teams_of(context, &group).await?, "what it grants.");
                    confirm(context, &format!("Disable the access group {group}?"), &impact).await?;
                }
                let body = Body::default()
                    .with("description", description)
                    .with("display_name", display_name)
                    .with("active", active)
                    .change()?;
                let request = Request::put(GROUP.at(&group, ""), body).at_version(if_version);
                GROUP.done(context, &group, request, &format!("group {group} updated")).await?;
            }
            Self::AddModels(members) => change_members(context, members, "/add-models", "added to").await?,
            Self::RemoveModels(members) => {
                let teams = teams_of(context, &members.group).await?;
                let lost = teams_lose(teams, &format!("{}.", members.models.join(", ")));
                confirm(context, &format!("Take models out of the group {}?", members.group), &lost).await?;
                change_members(context, members, "/remove-models", "removed from").await?;
            }
            Self::SetModels(Members { group, models }) => {
                let impact = format!("Teams that hold it: {}.", teams_of(context, &group).await?);
                confirm(context, &format!("Replace the models of the group {group}?"), &impact).await?;
                let request = Request::put(GROUP.at(&group, "/models"), json!({ "model_aliases": models }));
                let models = counted(models.len(), "model", "models");
                GROUP.done(context, &group, request, &format!("group {group} holds {models}")).await?;
            }
            Self::Impact(GroupImpact { group, action, models }) => {
                let more = (!models.is_empty()).then(|| ("model_aliases", models.join(",")));
                impact::show(context, GROUP, &group, &action, more).await?;
            }
            Self::Delete(DeleteArguments { group, if_unused, if_version }) => {
                let impact = teams_lose(teams_of(context, &group).await?, "what it grants.");
                confirm(context, &format!("Delete the access group {group}?"), &impact).await?;
                let request = Request::delete(GROUP.at(&group, ""))
                    .with("if_unused", if_unused.then_some(true))
                    .at_version(if_version);
                GROUP.done(context, &group, request, &format!("group {group} deleted")).await?;
            }
        }
        Ok(Exit::Done)
    }
}

/// A group with the names of its models alone, for people.
fn short(mut group: Value) -> Value {
    let models = group["model_aliases"].as_array().into_iter().flatten();
    let names: Vec<Value> = models.map(|model| model["alias"].clone()).collect();
    if let Some(members) = group.get_mut("model_aliases") {
        *members = Value::Array(names);
    }
    group
}

async fn teams_of(context: &Context, group: &str) -> Result<usize, Failure> {
    let object = GROUP.find(context, group).await?;
    Ok(object["teams_with_access"].as_array().map_or(0, Vec::len))
}

async fn change_members(
    context: &Context,
    Members { group, models }: Members,
    behind: &str,
    done: &str,
) -> Result<(), Failure> {
    let request = Request::post(GROUP.at(&group, behind), json!({ "model_aliases": models }));
    let done = format!("{} {done} group {group}", models.join(", "));
    GROUP.done(context, &group, request, &done).await
}

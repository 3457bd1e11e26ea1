//! `aliasctl org`: organizations.

use serde_json::Value;

use super::standing::{Pause, Standing};
use super::{Body, IfExists, Kind, counted};
use crate::client::Request;
use crate::confirm::confirm;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::list::Limit;
use crate::output::{Column, column, wide};

const COLUMNS: &[Column] = &[
    column("ORGANIZATION", "organization_id"),
    column("NAME", "name"),
    column("STATUS", "status"),
    column("TEAMS", "team_count"),
    column("CREDITS", "total_credits_allocated"),
    wide("VERSION", "version"),
    wide("CREATED", "created_at"),
];

/// Organizations on the wire.
const ORGANIZATION: Kind = Kind {
    noun: "org",
    path: "/api/organizations",
    list: "organizations",
    name: "organization_id",
    columns: COLUMNS,
};

/// What is done with organizations.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List organizations
    #[command(visible_alias = "ls")]
    List(ListArguments),
    /// Show one organization and its teams
    #[command(visible_alias = "show")]
    Get(Named),
    /// Create an organization
    Create(CreateArguments),
    /// Change what an organization is called
    Update(UpdateArguments),
    /// Refuse calls of all its teams
    Suspend(Standing),
    /// Refuse calls of all its teams for a while
    Pause(Pause),
    /// Serve calls of its teams again
    Resume(Standing),
    /// Delete an organization with its teams and their keys
    #[command(visible_alias = "rm")]
    Delete(Named),
}

/// Which organizations.
#[derive(Debug, clap::Args)]
pub(crate) struct ListArguments {
    /// Only those with this text in id or name
    text: Option<String>,
    #[command(flatten)]
    limit: Limit,
}

/// One organization.
#[derive(Debug, clap::Args)]
pub(crate) struct Named {
    /// Its id
    id: String,
}

/// A new organization.
#[derive(Debug, clap::Args)]
pub(crate) struct CreateArguments {
    /// Its id
    id: String,
    /// Its name
    name: String,
    /// Also create a team called default, without groups and credits
    #[arg(long)]
    default_team: bool,
    /// What to do where it exists
    #[arg(long, value_enum, value_name = "WHAT", default_value_t)]
    if_exists: IfExists,
}

/// Another name.
#[derive(Debug, clap::Args)]
pub(crate) struct UpdateArguments {
    /// Its id
    id: String,
    /// Its name from now on
    #[arg(long)]
    name: String,
    /// Only where it is at this version
    #[arg(long, value_name = "VERSION")]
    if_version: Option<u32>,
}

impl Command {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        match self {
            Self::List(ListArguments { text, limit }) => {
                ORGANIZATION.list(context, limit, |request| request.with("q", text.as_deref())).await?;
            }
            Self::Get(Named { id }) => ORGANIZATION.show(context, &id).await?,
            Self::Create(CreateArguments { id, name, default_team, if_exists }) => {
                let body = Body::default()
                    .with("organization_id", Some(id.as_str()))
                    .with("name", Some(name))
                    .with("create_default_team", default_team.then_some(true));
                let (object, done) =
                    ORGANIZATION.create(context, body, if_exists, &["create_default_team"]).await?;
                context.output.done(&object, &format!("organization {id} {done}"), COLUMNS)?;
            }
            Self::Update(UpdateArguments { id, name, if_version }) => {
                let body = Body::default().with("name", Some(name)).into();
                let request = Request::put(ORGANIZATION.at(&id, ""), body).at_version(if_version);
                let done = format!("organization {id} updated");
                ORGANIZATION.done(context, &id, request, &done).await?;
            }
            Self::Suspend(standing) => {
                let impact = impact(context, &standing.id, "are refused").await?;
                confirm(context, &format!("Suspend the organization {}?", standing.id), &impact).await?;
                set(context, &standing.id, standing.body(), "suspended").await?;
            }
            Self::Pause(pause) => {
                let impact = impact(context, &pause.standing.id, "are refused for a while").await?;
                let question = format!("Pause the organization {}?", pause.standing.id);
                confirm(context, &question, &impact).await?;
                set(context, &pause.standing.id, pause.body(), "paused").await?;
            }
            Self::Resume(standing) => set(context, &standing.id, standing.body(), "active").await?,
            Self::Delete(Named { id }) => {
                let impact = impact(context, &id, "and their keys go with it").await?;
                confirm(context, &format!("Delete the organization {id}?"), &impact).await?;
                let request = Request::delete(ORGANIZATION.at(&id, "")).with("confirm", Some(&id));
                let done = format!("organization {id} deleted");
                ORGANIZATION.done(context, &id, request, &done).await?;
            }
        }
        Ok(Exit::Done)
    }
}

async fn impact(context: &Context, id: &str, what: &str) -> Result<String, Failure> {
    let object = ORGANIZATION.find(context, id).await?;
    let teams = counted(object["teams"].as_array().map_or(0, Vec::len), "team", "teams");
    Ok(format!("Its {teams} {what}."))
}

async fn set(context: &Context, id: &str, body: Body, status: &str) -> Result<(), Failure> {
    let body: Value = body.with("status", Some(status)).into();
    let request = Request::put(ORGANIZATION.at(id, "/status"), body);
    ORGANIZATION.done(context, id, request, &format!("organization {id} is {status}")).await
}

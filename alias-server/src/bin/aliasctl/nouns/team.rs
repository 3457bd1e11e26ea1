//! `aliasctl team`: teams.

use serde_json::{Number, Value, json};

use super::standing::{Pause, Standing};
use super::{Body, IfExists, Kind, number};
use crate::client::Request;
use crate::confirm::confirm;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::list::Limit;
use crate::output::{Column, column, wide};

const COLUMNS: &[Column] = &[
    column("TEAM", "team_id"),
    column("ORGANIZATION", "organization_id"),
    column("STATUS", "status"),
    column("GROUPS", "access_groups"),
    column("CREDITS", "credits_remaining"),
    wide("ALLOCATED", "credits_allocated"),
    wide("MODE", "budget_mode"),
    wide("RPM", "rpm_limit"),
    wide("TPM", "tpm_limit"),
    wide("DEFAULT", "default_model"),
    wide("VERSION", "version"),
    column("NAME", "team_alias"),
];

const MODELS: &[Column] = &[
    column("ALIAS", "alias"),
    column("MODEL", "litellm_model"),
    column("THROUGH", "via_groups"),
    column("DESCRIPTION", "description"),
];

/// Teams on the wire.
pub(super) const TEAM: Kind =
    Kind { noun: "team", path: "/api/teams", list: "teams", name: "team_id", columns: COLUMNS };

/// What is done with teams.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List teams
    #[command(visible_alias = "ls")]
    List(ListArguments),
    /// Show one team
    #[command(visible_alias = "show")]
    Get(Named),
    /// Show the models that a team may call, and through which groups
    Models(Named),
    /// Create a team; its first key is shown once
    Create(CreateArguments),
    /// Change a team; what is not said stays
    Update(UpdateArguments),
    /// Refuse its calls
    Suspend(Standing),
    /// Refuse its calls for a while
    Pause(Pause),
    /// Serve its calls again
    Resume(Standing),
    /// Delete a team and its keys
    #[command(visible_alias = "rm")]
    Delete(Named),
}

/// Which teams.
#[derive(Debug, clap::Args)]
pub(crate) struct ListArguments {
    /// Only those with this text in id or name
    text: Option<String>,
    /// Only those of this organization
    #[arg(long)]
    org: Option<String>,
    /// Only those of this standing
    #[arg(long, value_parser = ["active", "paused", "suspended"])]
    status: Option<String>,
    #[command(flatten)]
    limit: Limit,
}

/// One team.
#[derive(Debug, clap::Args)]
pub(crate) struct Named {
    /// Its id
    id: String,
}

/// What may be said of a team.
#[derive(Debug, clap::Args)]
struct Facts {
    /// Its name for people
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// The alias that its calls go to which name none
    #[arg(long, value_name = "ALIAS")]
    default_model: Option<String>,
    /// Calls a minute
    #[arg(long, value_name = "COUNT")]
    rpm: Option<u64>,
    /// Tokens a minute
    #[arg(long, value_name = "COUNT")]
    tpm: Option<u64>,
    /// Calls at once
    #[arg(long, value_name = "COUNT")]
    max_parallel: Option<u64>,
    /// How its calls are counted
    #[arg(long, value_parser = ["job_based", "consumption_usd", "consumption_tokens"])]
    budget_mode: Option<String>,
    /// What happens when no credits are left
    #[arg(long, value_parser = ["hard_limit", "soft_limit", "unlimited"])]
    limit_mode: Option<String>,
}

impl Facts {
    fn body(self) -> Body {
        Body::default()
            .with("team_alias", self.name)
            .with("default_model", self.default_model)
            .with("rpm_limit", self.rpm)
            .with("tpm_limit", self.tpm)
            .with("max_parallel_requests", self.max_parallel)
            .with("budget_mode", self.budget_mode)
            .with("limit_mode", self.limit_mode)
    }
}

/// A new team.
#[derive(Debug, clap::Args)]
pub(crate) struct CreateArguments {
    /// Its id
    id: String,
    /// The organization that it belongs to
    #[arg(long)]
    org: String,
    /// An access group that it holds; repeat it for several. Without one it may call nothing
    #[arg(short, long = "group", value_name = "GROUP")]
    groups: Vec<String>,
    /// Credits given at the start
    #[arg(long, value_name = "AMOUNT", value_parser = number)]
    credits: Option<Number>,
    /// What to do where it exists
    #[arg(long, value_enum, value_name = "WHAT", default_value_t)]
    if_exists: IfExists,
    #[command(flatten)]
    facts: Facts,
}

/// A change of a team.
#[derive(Debug, clap::Args)]
pub(crate) struct UpdateArguments {
    /// Its id
    id: String,
    /// Grant another access group; repeat it for several
    #[arg(long = "add-group", value_name = "GROUP")]
    added: Vec<String>,
    /// Take an access group away; repeat it for several
    #[arg(long = "remove-group", value_name = "GROUP")]
    removed: Vec<String>,
    /// Only where it is at this version
    #[arg(long, value_name = "VERSION")]
    if_version: Option<u32>,
    #[command(flatten)]
    facts: Facts,
}

impl Command {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        match self {
            Self::List(ListArguments { text, org, status, limit }) => {
                let with = |request: Request| {
                    request
                        .with("q", text.as_deref())
                        .with("organization_id", org.as_deref())
                        .with("status", status.as_deref())
                };
                TEAM.list(context, limit, with).await?;
            }
            Self::Get(Named { id }) => TEAM.show(context, &id).await?,
            Self::Models(Named { id }) => {
                let answer = TEAM.about(context, &id, Request::get(TEAM.at(&id, "/models"))).await?;
                context.output.list(&answer, "models", MODELS)?;
            }
            Self::Create(arguments) => create(context, arguments).await?,
            Self::Update(arguments) => update(context, arguments).await?,
            Self::Suspend(standing) => {
                let question = format!("Suspend the team {}?", standing.id);
                confirm(context, &question, "Its calls are refused at once.").await?;
                set(context, &standing.id, standing.body(), "/suspend", "suspended").await?;
            }
            Self::Pause(pause) => {
                let question = format!("Pause the team {}?", pause.standing.id);
                confirm(context, &question, "Its calls are refused until it is resumed.").await?;
                set(context, &pause.standing.id, pause.body(), "/pause", "paused").await?;
            }
            Self::Resume(standing) => {
                set(context, &standing.id, standing.body(), "/resume", "active").await?;
            }
            Self::Delete(Named { id }) => {
                TEAM.find(context, &id).await?;
                confirm(context, &format!("Delete the team {id}?"), "Its keys stop working at once.").await?;
                let request = Request::delete(TEAM.at(&id, ""));
                TEAM.done(context, &id, request, &format!("team {id} deleted")).await?;
            }
        }
        Ok(Exit::Done)
    }
}

async fn create(context: &Context, new: CreateArguments) -> Result<(), Failure> {
    let body = new
        .facts
        .body()
        .with("team_id", Some(new.id.as_str()))
        .with("organization_id", Some(new.org))
        .with_list("access_groups", &new.groups)
        .with("credits_allocated", new.credits);
    let once = ["organization_id", "credits_allocated"];
    let (object, done) = TEAM.create(context, body, new.if_exists, &once).await?;
    let mut sentence = format!("team {} {done}", new.id);
    if let Some(key) = object["virtual_key"].as_str() {
        context.note("The key is shown this once: keep it now.");
        sentence = format!("{sentence}\nkey {key}");
    }
    context.output.done(&object, &sentence, COLUMNS)
}

async fn update(context: &Context, of: UpdateArguments) -> Result<(), Failure> {
    let mut body = of.facts.body();
    let mut version = of.if_version;
    if !of.added.is_empty() || !of.removed.is_empty() {
        let before = TEAM.find(context, &of.id).await?;
        body = body.with("access_groups", Some(regrouped(&before, &of.added, &of.removed)));
        // The groups that were read are the ones that are changed.
        version = version.or_else(|| before["version"].as_u64().and_then(|n| u32::try_from(n).ok()));
    }
    if !of.removed.is_empty() {
        let impact = format!("It loses what {} granted.", of.removed.join(", "));
        confirm(context, &format!("Take groups from the team {}?", of.id), &impact).await?;
    }
    let request = Request::put(TEAM.at(&of.id, ""), body.change()?).at_version(version);
    TEAM.done(context, &of.id, request, &format!("team {} updated", of.id)).await
}

/// The groups of a team, with some more and without others.
fn regrouped(team: &Value, added: &[String], removed: &[String]) -> Value {
    let present = team["access_groups"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let goes = |name: &str| removed.iter().any(|gone| gone.eq_ignore_ascii_case(name));
    let mut groups: Vec<&str> = present.filter(|name| !goes(name)).collect();
    for name in added {
        if !groups.iter().any(|there| there.eq_ignore_ascii_case(name)) {
            groups.push(name);
        }
    }
    json!(groups)
}

async fn set(context: &Context, id: &str, body: Body, behind: &str, status: &str) -> Result<(), Failure> {
    let request = Request::post(TEAM.at(id, behind), body.into());
    TEAM.done(context, id, request, &format!("team {id} is {status}")).await
}

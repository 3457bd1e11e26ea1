//! `aliasctl key`: keys of teams. A secret is shown once, when it is made.

use serde_json::{Value, json};

use super::team::TEAM;
use super::{Body, shown_once};
use crate::client::Request;
use crate::confirm::confirm;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Column, column, wide};

const COLUMNS: &[Column] = &[
    column("KEY", "key_id"),
    column("NAME", "name"),
    column("MASKED", "virtual_key_masked"),
    column("EXPIRES", "expires_at"),
    column("LAST USED", "last_used_at"),
    column("MODELS", "models"),
    wide("ENDPOINTS", "endpoints"),
    wide("NETWORKS", "networks"),
    wide("RPM", "rpm_limit"),
    wide("TPM", "tpm_limit"),
    wide("CREATED", "created_at"),
];

/// What a client sends, and the member of an answer that shows it.
const SECRET: (&str, &str) = ("key", "virtual_key");

/// What is done with keys.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List a team's keys, without their secrets
    #[command(visible_alias = "ls")]
    List(Team),
    /// Show one key, without its secret
    #[command(visible_alias = "show")]
    Get(Key),
    /// Create a key; it is shown once
    Create(CreateArguments),
    /// Give a key another secret; it is shown once
    Rotate(RotateArguments),
    /// End a key; its calls are refused at once
    Revoke(Key),
}

/// A team.
#[derive(Debug, clap::Args)]
pub(crate) struct Team {
    /// The team's id
    team: String,
}

/// A key of a team.
#[derive(Debug, clap::Args)]
pub(crate) struct Key {
    /// The team's id
    team: String,
    /// The key's public id, as the list shows it
    key: String,
}

/// A new key.
#[expect(clippy::doc_markdown, reason = "these texts are shown as help on a terminal")]
#[derive(Debug, clap::Args)]
pub(crate) struct CreateArguments {
    /// The team's id
    team: String,
    /// Its name for people
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// When it stops working by itself, like 2035-10-14T12:00:00Z
    #[arg(long, value_name = "TIME")]
    expires: Option<String>,
    /// The only models that it may call; repeat it for several
    #[arg(long = "model", value_name = "ALIAS")]
    models: Vec<String>,
    /// The only endpoints that it may use, like chat_completions; repeat it for several
    #[arg(long = "endpoint", value_name = "ENDPOINT")]
    endpoints: Vec<String>,
    /// The only networks that its calls may come from, like 10.0.0.0/8; repeat it for several
    #[arg(long = "network", value_name = "NETWORK")]
    networks: Vec<String>,
    /// Show it which provider's model served a call, in the header x-alias-upstream-model
    #[arg(long)]
    upstream_identity: bool,
    /// Calls a minute
    #[arg(long, value_name = "COUNT")]
    rpm: Option<u64>,
    /// Tokens a minute
    #[arg(long, value_name = "COUNT")]
    tpm: Option<u64>,
}

/// A key that gets another secret.
#[derive(Debug, clap::Args)]
pub(crate) struct RotateArguments {
    #[command(flatten)]
    key: Key,
    /// How long the old secret goes on working, like 1h [default: not at all]
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration)]
    grace: Option<std::time::Duration>,
}

impl Command {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        match self {
            Self::List(Team { team }) => {
                let answer = of(context, &team, Request::get(TEAM.at(&team, "/keys"))).await?;
                context.output.list(&answer, "keys", COLUMNS)?;
            }
            Self::Get(Key { team, key }) => {
                let answer = of(context, &team, Request::get(at(&team, &key, ""))).await?;
                context.output.object(&answer, COLUMNS)?;
            }
            Self::Create(arguments) => create(context, arguments).await?,
            Self::Rotate(RotateArguments { key: Key { team, key }, grace }) => {
                let body = grace.map_or_else(|| json!({}), |time| json!({ "grace_seconds": time.as_secs() }));
                let answer = of(context, &team, Request::post(at(&team, &key, "/rotate"), body)).await?;
                shown_once(context, &answer, SECRET, &format!("key {key} of team {team} rotated"), COLUMNS)?;
            }
            Self::Revoke(Key { team, key }) => {
                let question = format!("Revoke the key {key} of the team {team}?");
                confirm(context, &question, "Its calls are refused at once, for ever.").await?;
                let answer = of(context, &team, Request::delete(at(&team, &key, ""))).await?;
                context.output.done(&answer, &format!("key {key} of team {team} revoked"), COLUMNS)?;
            }
        }
        Ok(Exit::Done)
    }
}

fn at(team: &str, key: &str, behind: &str) -> String {
    TEAM.at(team, &format!("/keys/{}{behind}", super::segment(key)))
}

/// A request about a team's keys. Where there is no such team, teams that are near are told.
async fn of(context: &Context, team: &str, request: Request) -> Result<Value, Failure> {
    match context.client.send(request).await {
        Err(Failure::Refused(mut refusal)) if refusal.problem["code"] == "team_not_found" => {
            refusal.near = TEAM.near(context, team).await;
            refusal.next = Some("aliasctl team list".to_owned());
            Err(Failure::Refused(refusal))
        }
        Err(Failure::Refused(mut refusal)) if refusal.status == 404 => {
            refusal.next = Some(format!("aliasctl key list {team}"));
            Err(Failure::Refused(refusal))
        }
        done => done,
    }
}

async fn create(context: &Context, new: CreateArguments) -> Result<(), Failure> {
    let body = Body::default()
        .with("name", new.name)
        .with("expires_at", new.expires)
        .with_list("models", &new.models)
        .with_list("endpoints", &new.endpoints)
        .with_list("networks", &new.networks)
        .with("upstream_identity", new.upstream_identity.then_some(true))
        .with("rpm_limit", new.rpm)
        .with("tpm_limit", new.tpm);
    let request = Request::post(TEAM.at(&new.team, "/keys"), body.into());
    let answer = of(context, &new.team, request).await?;
    shown_once(context, &answer, SECRET, &format!("key of team {} created", new.team), COLUMNS)
}

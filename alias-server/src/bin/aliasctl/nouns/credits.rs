//! `aliasctl credits`: what teams were given, and what they spent.

use serde_json::{Number, Value, json};

use super::number;
use super::team::TEAM;
use crate::client::Request;
use crate::confirm::confirm;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::list::{self, Limit};
use crate::output::{Column, column, wide};

const BALANCE: &[Column] = &[
    column("TEAM", "team_id"),
    column("ALLOCATED", "credits_allocated"),
    column("USED", "credits_used"),
    column("REMAINING", "credits_remaining"),
    column("STATUS", "status"),
];

const LEDGER: &[Column] = &[
    column("TRANSACTION", "transaction_id"),
    column("TIME", "timestamp"),
    column("TYPE", "type"),
    column("AMOUNT", "amount"),
    column("BALANCE", "balance_after"),
    wide("JOB", "job_id"),
    column("DESCRIPTION", "description"),
];

const ADDED: &[Column] = &[
    column("TEAM", "team_id"),
    column("ADDED", "credits_added"),
    column("REMAINING", "credits_remaining"),
    column("TRANSACTION", "transaction_id"),
];

/// What is done with credits.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Give a team credits; a negative amount takes some away
    Add(AddArguments),
    /// Show what a team was given, and what is left
    Balance(Team),
    /// List what was given and spent, the newest first
    Log(LogArguments),
}

/// Credits for a team.
#[derive(Debug, clap::Args)]
pub(crate) struct AddArguments {
    /// The team's id
    team: String,
    /// How many
    #[arg(value_parser = number, allow_hyphen_values = true)]
    amount: Number,
    /// What for, as the ledger says it
    #[arg(short, long, value_name = "TEXT")]
    description: Option<String>,
}

/// A team.
#[derive(Debug, clap::Args)]
pub(crate) struct Team {
    /// The team's id
    team: String,
}

/// A team's ledger.
#[derive(Debug, clap::Args)]
pub(crate) struct LogArguments {
    /// The team's id
    team: String,
    #[command(flatten)]
    limit: Limit,
}

impl Command {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        match self {
            Self::Add(AddArguments { team, amount, description }) => {
                if amount.to_string().starts_with('-') {
                    let question = format!("Take {amount} credits from the team {team}?");
                    confirm(context, &question, "Its calls may be refused.").await?;
                }
                let mut body = json!({ "team_id": team, "amount": amount });
                if amount.to_string().starts_with('-') {
                    body["type"] = json!("adjustment");
                }
                if let Some(text) = description {
                    body["description"] = Value::String(text);
                }
                let request = Request::post("/api/credits/add", body);
                let answer = TEAM.about(context, &team, request).await?;
                let left = &answer["credits_remaining"];
                let sentence = format!("team {team} was given {amount} credits; it has {left} left");
                context.output.done(&answer, &sentence, ADDED)?;
            }
            Self::Balance(Team { team }) => {
                let request = Request::get(format!("/api/credits{}", behind(&team, "/balance")));
                let answer = TEAM.about(context, &team, request).await?;
                context.output.object(&answer, BALANCE)?;
            }
            Self::Log(LogArguments { team, limit }) => {
                TEAM.find(context, &team).await?;
                let path = format!("/api/credits{}", behind(&team, "/transactions"));
                let answer =
                    list::read(context, || Request::get(path.as_str()), "transactions", limit).await?;
                context.output.list(&answer, "transactions", LEDGER)?;
            }
        }
        Ok(Exit::Done)
    }
}

/// The path of a team, without the beginning of all paths.
fn behind(team: &str, more: &str) -> String {
    TEAM.at(team, more).trim_start_matches("/api").to_owned()
}

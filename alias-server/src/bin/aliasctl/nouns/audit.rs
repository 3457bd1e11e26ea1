//! `aliasctl audit`: who did what, and who was refused.

use std::time::Duration;

use serde_json::Value;

use crate::client::Request;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::list::{self, Limit};
use crate::output::{Column, Format, column, wide};
use crate::table;

const COLUMNS: &[Column] = &[
    column("SEQ", "seq"),
    column("TIME", "at"),
    column("ACTION", "action"),
    column("NAME", "name"),
    column("OUTCOME", "outcome"),
    column("ACTOR", "actor"),
    wide("WHO", "actor_name"),
    wide("THROUGH", "source"),
    wide("ADDRESS", "address"),
    wide("REQUEST", "request_id"),
    column("REASON", "reason"),
];

/// How often the log is asked for what is new.
const EVERY: Duration = Duration::from_secs(1);
/// How many records are read at a time.
const PART: u32 = 1_000;

/// What is done with the audit log.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List records, the newest first
    #[command(visible_alias = "ls")]
    List(ListArguments),
    /// Show what happened last, and then what happens, until Ctrl-C
    Tail(TailArguments),
    /// Check that no record was changed or deleted; ends with 3 where one was
    Verify,
}

/// Which records.
#[derive(Debug, clap::Args)]
pub(crate) struct Filters {
    /// Only those of this action, or below it: alias finds alias.update
    #[arg(long)]
    action: Option<String>,
    /// Only those about the object of this name
    #[arg(long, value_name = "NAME")]
    target: Option<String>,
    /// Only those of this actor
    #[arg(long)]
    actor: Option<String>,
    /// Only what was done, or only what was refused
    #[arg(long, value_parser = ["done", "refused"])]
    outcome: Option<String>,
}

/// A part of the log.
#[derive(Debug, clap::Args)]
pub(crate) struct ListArguments {
    #[command(flatten)]
    filters: Filters,
    /// Only those at or after this moment
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// Only those before this moment
    #[arg(long, value_name = "TIME")]
    to: Option<String>,
    #[command(flatten)]
    limit: Limit,
}

/// The end of the log.
#[derive(Debug, clap::Args)]
pub(crate) struct TailArguments {
    #[command(flatten)]
    filters: Filters,
    /// How many records to begin with
    #[arg(short = 'n', long, default_value_t = 10, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=1000))]
    lines: u32,
    /// End after these, without waiting for more
    #[arg(long)]
    no_follow: bool,
}

impl Filters {
    fn request(&self) -> Request {
        Request::get("/api/audit")
            .with("action", self.action.as_deref())
            .with("target", self.target.as_deref())
            .with("actor", self.actor.as_deref())
            .with("outcome", self.outcome.as_deref())
    }
}

impl Command {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        match self {
            Self::List(of) => {
                let request =
                    || of.filters.request().with("from", of.from.as_deref()).with("to", of.to.as_deref());
                let answer = list::read(context, request, "records", of.limit).await?;
                context.output.list(&answer, "records", COLUMNS)?;
                Ok(Exit::Done)
            }
            Self::Tail(of) => tail(context, &of).await,
            Self::Verify => {
                let answer = context.client.send(Request::get("/api/audit/verify")).await?;
                context.output.object(&answer, &[column("VALID", "valid")])?;
                let intact = answer["valid"] == true;
                Ok(if intact { Exit::Done } else { Exit::Negative })
            }
        }
    }
}

async fn tail(context: &Context, of: &TailArguments) -> Result<Exit, Failure> {
    let mut seen = show(context, of, of.lines, 0).await?;
    if of.no_follow {
        return Ok(Exit::Done);
    }
    loop {
        tokio::time::sleep(EVERY).await;
        seen = show(context, of, PART, seen).await?;
    }
}

/// Shows the records after `seen`, the oldest first; answers up to where the log was seen now.
async fn show(context: &Context, of: &TailArguments, most: u32, seen: u64) -> Result<u64, Failure> {
    let answer = context.client.send(of.filters.request().with("limit", Some(most))).await?;
    let number = |record: &Value| record["seq"].as_u64().unwrap_or(0);
    let records = answer["records"].as_array().map(Vec::as_slice).unwrap_or_default();
    for record in records.iter().rev().filter(|record| number(record) > seen) {
        crate::output::print(&line(record, context.output.format))?;
    }
    Ok(records.first().map_or(seen, number).max(seen))
}

/// One record on one line: a stream has no columns that could be measured.
fn line(record: &Value, format: Format) -> String {
    if matches!(format, Format::Json | Format::Yaml) {
        return format!("{record}\n");
    }
    let cell = |member: &str| table::cell(record, member);
    let who = if record["actor_name"].is_null() { cell("actor") } else { cell("actor_name") };
    let why = record["reason"].as_str().map(|_| format!(" ({})", cell("reason"))).unwrap_or_default();
    format!("{} {} {} {} by {who}{why}\n", cell("at"), cell("outcome"), cell("action"), cell("name"))
}

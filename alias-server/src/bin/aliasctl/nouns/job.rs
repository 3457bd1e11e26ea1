//! `aliasctl job`: the jobs of teams. Teams make and complete them with their own keys.

use super::team::TEAM;
use crate::client::Request;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::list::{self, Limit};
use crate::output::{Column, column, wide};

const COLUMNS: &[Column] = &[
    column("JOB", "job_id"),
    column("TYPE", "job_type"),
    column("STATUS", "status"),
    column("USER", "user_id"),
    column("CREDIT", "credit_applied"),
    column("CREATED", "created_at"),
    column("COMPLETED", "completed_at"),
    wide("LAST ACTIVITY", "last_activity_at"),
    wide("ERROR", "error_message"),
];

/// What is asked about jobs.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List a team's jobs, the newest first
    #[command(visible_alias = "ls")]
    List(ListArguments),
}

/// Which jobs.
#[derive(Debug, clap::Args)]
pub(crate) struct ListArguments {
    /// The team's id
    team: String,
    /// Only those that stand so
    #[arg(long, value_parser = ["pending", "in_progress", "completed", "failed", "expired"])]
    status: Option<String>,
    /// Only those of this type
    #[arg(long = "type", value_name = "TYPE")]
    of_type: Option<String>,
    #[command(flatten)]
    limit: Limit,
}

impl Command {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let Self::List(ListArguments { team, status, of_type, limit }) = self;
        // A team that there is not is told with those that are near.
        TEAM.find(context, &team).await?;
        let request = || {
            Request::get(TEAM.at(&team, "/jobs"))
                .with("status", status.as_deref())
                .with("job_type", of_type.as_deref())
        };
        let answer = list::read(context, request, "jobs", limit).await?;
        context.output.list(&answer, "jobs", COLUMNS)?;
        Ok(Exit::Done)
    }
}

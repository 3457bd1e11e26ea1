//! `aliasctl budget`: how much may be spent through one thing in a window of time.

use serde_json::{Number, Value, json};

use super::{Body, Kind, number};
use crate::client::Request;
use crate::confirm::confirm;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::list::Limit;
use crate::output::{Column, column, wide};
use crate::table;

const COLUMNS: &[Column] = &[
    column("BUDGET", "budget_id"),
    column("OF", "scope"),
    column("LIMIT $", "limit_usd"),
    column("SPENT $", "spent_usd"),
    column("REMAINING $", "remaining_usd"),
    column("WINDOW", "window"),
    wide("MODE", "limit_mode"),
    column("DESCRIPTION", "description"),
];

/// Budgets on the wire.
const BUDGET: Kind =
    Kind { noun: "budget", path: "/api/budgets", list: "budgets", name: "budget_id", columns: COLUMNS };

/// What is done with budgets.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List budgets, and what is left of them
    #[command(visible_alias = "ls")]
    List(ListArguments),
    /// Show one budget
    #[command(visible_alias = "show")]
    Get(Named),
    /// Create a budget of an organization, a team, a key, an alias, or all aliases with a tag
    Create(CreateArguments),
    /// Change a budget; what it is of, and its window, stay
    Update(UpdateArguments),
    /// Delete a budget; what it is of may spend without it
    #[command(visible_alias = "rm")]
    Delete(Named),
}

/// What a budget is of: one of these.
#[derive(Debug, clap::Args)]
#[group(multiple = false)]
pub(crate) struct Scope {
    /// All calls of this organization's teams
    #[arg(long)]
    org: Option<String>,
    /// All calls of this team
    #[arg(long)]
    team: Option<String>,
    /// All calls with this key
    #[arg(long, value_name = "KEY_ID")]
    key: Option<String>,
    /// All calls of this alias
    #[arg(long)]
    alias: Option<String>,
    /// All calls of aliases with this tag
    #[arg(long)]
    tag: Option<String>,
}

/// Which budgets.
#[derive(Debug, clap::Args)]
pub(crate) struct ListArguments {
    #[command(flatten)]
    scope: Scope,
    #[command(flatten)]
    limit: Limit,
}

/// One budget.
#[derive(Debug, clap::Args)]
pub(crate) struct Named {
    /// Its id
    id: String,
}

/// A new budget.
#[derive(Debug, clap::Args)]
pub(crate) struct CreateArguments {
    /// The most that may be spent in one window, in USD
    #[arg(value_name = "USD", value_parser = number)]
    limit_usd: Number,
    #[command(flatten)]
    scope: Scope,
    /// Begin anew with every one of these [default: never]
    #[arg(long, value_parser = ["day", "week", "month", "year"])]
    every: Option<String>,
    /// The time zone in which they begin [default: UTC]
    #[arg(long, value_name = "ZONE", requires = "every")]
    time_zone: Option<String>,
    /// What counts is the last so many hours or days, like 12h or 30d
    #[arg(long, value_name = "TIME", conflicts_with = "every")]
    rolling: Option<String>,
    /// Go on at the limit, and tell by webhook
    #[arg(long)]
    soft: bool,
    /// What it is for
    #[arg(short, long, value_name = "TEXT")]
    description: Option<String>,
}

/// A change of a budget.
#[derive(Debug, clap::Args)]
pub(crate) struct UpdateArguments {
    /// Its id
    id: String,
    /// The most that may be spent in one window, in USD
    #[arg(long = "limit", value_name = "USD", value_parser = number)]
    limit_usd: Option<Number>,
    /// What happens at the limit
    #[arg(long, value_parser = ["hard_limit", "soft_limit"])]
    limit_mode: Option<String>,
    /// What it is for
    #[arg(short, long, value_name = "TEXT")]
    description: Option<String>,
}

impl Scope {
    /// What was named, by the API's words.
    fn named(&self) -> [(&'static str, Option<&str>); 5] {
        [
            ("organization_id", self.org.as_deref()),
            ("team_id", self.team.as_deref()),
            ("key_id", self.key.as_deref()),
            ("alias", self.alias.as_deref()),
            ("tag", self.tag.as_deref()),
        ]
    }
}

impl CreateArguments {
    fn body(self) -> Result<Body, Failure> {
        let scope =
            self.scope.named().into_iter().fold(Body::default(), |body, (name, of)| body.with(name, of));
        if scope.is_empty() {
            let message = "say what it is of: --org, --team, --key, --alias or --tag";
            return Err(Failure::Usage(message.to_owned()));
        }
        let window = match (self.every, self.rolling) {
            (Some(period), _) => {
                let window = Body::default().with("type", Some("calendar")).with("period", Some(period));
                Some(window.with("time_zone", self.time_zone).into())
            }
            (None, Some(duration)) => Some(json!({ "type": "rolling", "duration": duration })),
            (None, None) => None,
        };
        Ok(Body::default()
            .with("scope", Some(Value::from(scope)))
            .with("limit_usd", Some(self.limit_usd))
            .with("window", window)
            .with("limit_mode", self.soft.then_some("soft_limit"))
            .with("description", self.description))
    }
}

impl Command {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        match self {
            Self::List(ListArguments { scope, limit }) => {
                let with = |request: Request| {
                    scope.named().into_iter().fold(request, |request, (name, of)| request.with(name, of))
                };
                BUDGET.list(context, limit, with).await?;
            }
            Self::Get(Named { id }) => BUDGET.show(context, &id).await?,
            Self::Create(arguments) => {
                let request = Request::post(BUDGET.path, arguments.body()?.into());
                let made = context.client.send(request).await?;
                let (id, of) = (table::cell(&made, "budget_id"), table::cell(&made, "scope"));
                context.output.done(&made, &format!("budget {id} of {of} created"), COLUMNS)?;
            }
            Self::Update(UpdateArguments { id, limit_usd, limit_mode, description }) => {
                let body = Body::default()
                    .with("limit_usd", limit_usd)
                    .with("limit_mode", limit_mode)
                    .with("description", description)
                    .change()?;
                let request = Request::put(BUDGET.at(&id, ""), body);
                BUDGET.done(context, &id, request, &format!("budget {id} updated")).await?;
            }
            Self::Delete(Named { id }) => {
                let of = table::cell(&BUDGET.find(context, &id).await?, "scope");
                let impact = format!("Nothing limits any more what is spent by {of}.");
                confirm(context, &format!("Delete the budget {id}?"), &impact).await?;
                let request = Request::delete(BUDGET.at(&id, ""));
                BUDGET.done(context, &id, request, &format!("budget {id} deleted")).await?;
            }
        }
        Ok(Exit::Done)
    }
}

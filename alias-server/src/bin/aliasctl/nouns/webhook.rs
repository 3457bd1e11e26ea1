//! `aliasctl webhook`: who else is told of events. A secret is shown once, when it is made.

use serde_json::json;

use super::{Body, Kind, shown_once};
use crate::client::Request;
use crate::confirm::confirm;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::list::{self, Limit};
use crate::output::{Column, column, print, wide};
use crate::table;

const COLUMNS: &[Column] = &[
    column("WEBHOOK", "webhook_id"),
    column("TEAM", "team_id"),
    column("URL", "webhook_url"),
    column("EVENTS", "events"),
    column("ACTIVE", "active"),
    wide("WHY NOT", "disabled_reason"),
    wide("DESCRIPTION", "description"),
    wide("CREATED", "created_at"),
];

const DELIVERIES: &[Column] = &[
    column("DELIVERY", "delivery_id"),
    column("EVENT", "event"),
    column("OF", "subject"),
    column("STATUS", "status"),
    column("ATTEMPTS", "attempts"),
    column("NEXT", "next_attempt_at"),
    column("ANSWER", "last_status"),
    column("ERROR", "last_error"),
    wide("LAST", "last_attempt_at"),
    wide("TOOK MS", "last_latency_ms"),
];

/// Webhooks on the wire.
const WEBHOOK: Kind =
    Kind { noun: "webhook", path: "/api/webhooks", list: "webhooks", name: "webhook_id", columns: COLUMNS };

/// What a webhook signs with, and the member of an answer that shows it.
const SECRET: (&str, &str) = ("secret", "secret");

/// What is done with webhooks.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List webhooks, without their secrets
    #[command(visible_alias = "ls")]
    List(ListArguments),
    /// Show one webhook, without its secret
    #[command(visible_alias = "show")]
    Get(Named),
    /// Register a webhook; its secret is shown once
    #[command(visible_alias = "register")]
    Create(CreateArguments),
    /// Change a webhook; what waits goes to the new address
    Update(UpdateArguments),
    /// Switch a webhook on again
    Enable(Named),
    /// Switch a webhook off; what waits for it is given up
    Disable(Named),
    /// Send a webhook.test now, and tell what it came to; ends with 3 where it was not taken
    Test(Named),
    /// Give a webhook another secret, which is shown once; the one before signs for another day, too
    Rotate(Named),
    /// List the messages of a webhook, and what became of them
    Deliveries(DeliveriesArguments),
    /// Delete a webhook, with what waits for it
    #[command(visible_alias = "rm")]
    Delete(Named),
}

/// Which webhooks.
#[derive(Debug, clap::Args)]
pub(crate) struct ListArguments {
    /// Only those of this team
    #[arg(long)]
    team: Option<String>,
    #[command(flatten)]
    limit: Limit,
}

/// One webhook.
#[derive(Debug, clap::Args)]
pub(crate) struct Named {
    /// Its id
    id: String,
}

/// A new webhook.
#[derive(Debug, clap::Args)]
pub(crate) struct CreateArguments {
    /// Where messages go
    #[arg(value_name = "URL")]
    to: String,
    /// Tell it only of what concerns this team [default: of everything]
    #[arg(long)]
    team: Option<String>,
    /// What it is told of, like alias.updated; repeat it for several
    #[arg(long = "event", value_name = "EVENT", required = true)]
    events: Vec<String>,
    /// What it is for
    #[arg(short, long, value_name = "TEXT")]
    description: Option<String>,
}

/// A change of a webhook.
#[derive(Debug, clap::Args)]
pub(crate) struct UpdateArguments {
    /// Its id
    id: String,
    /// Where messages go
    #[arg(long, value_name = "URL")]
    to: Option<String>,
    /// What it is told of from now on; repeat it for several
    #[arg(long = "event", value_name = "EVENT")]
    events: Vec<String>,
    /// What it is for
    #[arg(short, long, value_name = "TEXT")]
    description: Option<String>,
}

/// Messages of a webhook.
#[derive(Debug, clap::Args)]
pub(crate) struct DeliveriesArguments {
    /// Its id
    id: String,
    #[command(flatten)]
    limit: Limit,
}

impl Command {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        match self {
            Self::List(ListArguments { team, limit }) => {
                WEBHOOK.list(context, limit, |request| request.with("team_id", team.as_deref())).await?;
            }
            Self::Get(Named { id }) => WEBHOOK.show(context, &id).await?,
            Self::Create(new) => create(context, new).await?,
            Self::Update(UpdateArguments { id, to, events, description }) => {
                let body = Body::default()
                    .with("webhook_url", to)
                    .with_list("events", &events)
                    .with("description", description)
                    .change()?;
                let request = Request::put(WEBHOOK.at(&id, ""), body);
                WEBHOOK.done(context, &id, request, &format!("webhook {id} updated")).await?;
            }
            Self::Enable(Named { id }) => switch(context, &id, true, "enabled").await?,
            Self::Disable(Named { id }) => {
                confirm(context, &format!("Switch the webhook {id} off?"), "What waits for it is given up.")
                    .await?;
                switch(context, &id, false, "disabled").await?;
            }
            Self::Test(Named { id }) => return test(context, &id).await,
            Self::Rotate(Named { id }) => {
                let request = Request::post(WEBHOOK.at(&id, "/rotate-secret"), json!({}));
                let webhook = WEBHOOK.about(context, &id, request).await?;
                shown_once(context, &webhook, SECRET, &format!("secret of webhook {id} rotated"), COLUMNS)?;
            }
            Self::Deliveries(DeliveriesArguments { id, limit }) => {
                WEBHOOK.find(context, &id).await?;
                let request = || Request::get(WEBHOOK.at(&id, "/deliveries"));
                let answer = list::read(context, request, "deliveries", limit).await?;
                context.output.list(&answer, "deliveries", DELIVERIES)?;
            }
            Self::Delete(Named { id }) => {
                let url = table::cell(&WEBHOOK.find(context, &id).await?, "webhook_url");
                let impact = format!("{url} is told nothing more, and what waits for it is given up.");
                confirm(context, &format!("Delete the webhook {id}?"), &impact).await?;
                let request = Request::delete(WEBHOOK.at(&id, ""));
                WEBHOOK.done(context, &id, request, &format!("webhook {id} deleted")).await?;
            }
        }
        Ok(Exit::Done)
    }
}

async fn create(context: &Context, new: CreateArguments) -> Result<(), Failure> {
    let body = Body::default()
        .with("team_id", new.team)
        .with("webhook_url", Some(new.to))
        .with_list("events", &new.events)
        .with("description", new.description);
    let made = context.client.send(Request::post("/api/webhooks/register", body.into())).await?;
    let sentence = format!("webhook {} created", table::cell(&made, "webhook_id"));
    shown_once(context, &made, SECRET, &sentence, COLUMNS)
}

async fn switch(context: &Context, id: &str, on: bool, done: &str) -> Result<(), Failure> {
    let request = Request::put(WEBHOOK.at(id, ""), json!({ "active": on }));
    WEBHOOK.done(context, id, request, &format!("webhook {id} {done}")).await
}

async fn test(context: &Context, id: &str) -> Result<Exit, Failure> {
    let request = Request::post(WEBHOOK.at(id, "/test"), json!({}));
    let tested = WEBHOOK.about(context, id, request).await?;
    let was_taken = tested["status"] == "delivered";
    if context.output.is_for_people() {
        let took = table::cell(&tested, "latency_ms");
        let told = match (was_taken, tested["response_status"].as_u64(), tested["error"].as_str()) {
            (true, ..) => format!("webhook {id} took the message in {took} ms"),
            (false, Some(status), _) => {
                format!("webhook {id} did not take the message: it answered {status}")
            }
            (false, None, why) => {
                format!("webhook {id} did not take the message: {}", why.unwrap_or("it did not answer"))
            }
        };
        print(&format!("{told}\n"))?;
    } else {
        context.output.object(&tested, DELIVERIES)?;
    }
    Ok(if was_taken { Exit::Done } else { Exit::Negative })
}

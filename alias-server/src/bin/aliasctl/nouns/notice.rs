//! `aliasctl notice`: what operators tell teams, in words of their own or in those that follow from an alias.

use serde_json::Value;

use super::{Body, Kind};
use crate::client::Request;
use crate::confirm::confirm;
use crate::context::Context;
use crate::failure::Failure;
use crate::list::{self, Limit};
use crate::output::{Column, column, print, wide};
use crate::table;

const COLUMNS: &[Column] = &[
    column("NOTICE", "notice_id"),
    column("KIND", "kind"),
    column("ALIAS", "alias"),
    column("TITLE", "title"),
    column("FOR", "audience"),
    column("PUBLISHED", "created_at"),
    wide("UNTIL", "expires_at"),
    wide("TEAMS", "team_ids"),
    wide("ORGANIZATIONS", "organization_ids"),
    wide("BY", "created_by"),
];

/// What a team is shown.
const SHOWN: &[Column] = &[
    column("TITLE", "title"),
    column("ALIAS", "alias"),
    column("PUBLISHED", "created_at"),
    column("UNTIL", "expires_at"),
    wide("TEXT", "text"),
];

/// Notices on the wire.
const NOTICE: Kind =
    Kind { noun: "notice", path: "/api/notices", list: "notices", name: "notice_id", columns: COLUMNS };

/// What is done with notices.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List notices, the newest first; with --team those that the team is shown
    #[command(visible_alias = "ls")]
    List(ListArguments),
    /// Show one notice, and how many teams it is for
    #[command(visible_alias = "show")]
    Get(Named),
    /// Publish a notice; with --dry-run, tell what it would say and how many teams it would be for
    #[command(visible_alias = "publish")]
    Create(CreateArguments),
    /// Change a notice; webhooks are not told again
    Update(UpdateArguments),
    /// Take a notice back: nobody is shown it any more
    #[command(visible_alias = "rm")]
    Delete(Named),
}

/// Which notices.
#[derive(Debug, clap::Args)]
pub(crate) struct ListArguments {
    /// Those that this team is shown
    #[arg(long, conflicts_with_all = ["alias", "kind"])]
    team: Option<String>,
    /// Only those about this alias
    #[arg(long)]
    alias: Option<String>,
    /// Only those of this kind
    #[arg(long, value_parser = ["general", "new_model", "switch", "deprecation"])]
    kind: Option<String>,
    #[command(flatten)]
    limit: Limit,
}

/// One notice.
#[derive(Debug, clap::Args)]
pub(crate) struct Named {
    /// Its id
    id: String,
}

/// Whom a notice is for.
#[derive(Debug, clap::Args)]
struct Receivers {
    /// Everyone, those who may call the alias, or those who called it in the last 30 days
    #[arg(long = "to", value_name = "WHOM", value_parser = ["everyone", "holders", "callers"])]
    audience: Option<String>,
    /// This team; repeat it for several
    #[arg(long = "team", value_name = "TEAM", conflicts_with = "audience")]
    teams: Vec<String>,
    /// All teams of this organization; repeat it for several
    #[arg(long = "organization", value_name = "ORGANIZATION", conflicts_with = "audience")]
    organizations: Vec<String>,
}

/// A new notice.
#[derive(Debug, clap::Args)]
pub(crate) struct CreateArguments {
    /// What it is about: the words that are missing are made from the alias
    #[arg(long, value_parser = ["general", "new_model", "switch", "deprecation"])]
    kind: Option<String>,
    /// The alias that it is about
    #[arg(long)]
    alias: Option<String>,
    /// Its first line
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// What it says
    #[arg(long, value_name = "TEXT")]
    text: Option<String>,
    #[command(flatten)]
    receivers: Receivers,
    /// Say in the text of a switch which models they are, and in that of a new model what its description says
    #[arg(long)]
    name_models: bool,
    /// Until when teams are shown it, like 2027-01-31T06:00:00Z
    #[arg(long, value_name = "TIME")]
    expires: Option<String>,
}

/// A change of a notice.
#[derive(Debug, clap::Args)]
pub(crate) struct UpdateArguments {
    /// Its id
    id: String,
    /// Its first line
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// What it says
    #[arg(long, value_name = "TEXT")]
    text: Option<String>,
    #[command(flatten)]
    receivers: Receivers,
    /// Until when teams are shown it, like 2027-01-31T06:00:00Z
    #[arg(long, value_name = "TIME")]
    expires: Option<String>,
}

impl Receivers {
    fn said_in(self, body: Body) -> Body {
        body.with("audience", self.audience)
            .with_list("team_ids", &self.teams)
            .with_list("organization_ids", &self.organizations)
    }
}

impl Command {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::List(ListArguments { team: Some(team), limit, .. }) => {
                let path = format!("/api/teams/{}/notices", super::segment(&team));
                let answer = list::read(context, || Request::get(path.clone()), "notices", limit).await?;
                context.output.list(&answer, "notices", SHOWN)
            }
            Self::List(ListArguments { alias, kind, limit, .. }) => {
                let with =
                    |request: Request| request.with("alias", alias.as_deref()).with("kind", kind.as_deref());
                NOTICE.list(context, limit, with).await
            }
            Self::Get(Named { id }) => {
                let notice = NOTICE.find(context, &id).await?;
                shown(context, &notice)
            }
            Self::Create(new) => create(context, new).await,
            Self::Update(UpdateArguments { id, title, text, receivers, expires }) => {
                let body =
                    Body::default().with("title", title).with("text", text).with("expires_at", expires);
                let request = Request::put(NOTICE.at(&id, ""), receivers.said_in(body).change()?);
                NOTICE.done(context, &id, request, &format!("notice {id} updated")).await
            }
            Self::Delete(Named { id }) => {
                let title = table::cell(&NOTICE.find(context, &id).await?, "title");
                confirm(
                    context,
                    &format!("Delete the notice {id}?"),
                    &format!("Nobody is shown it any more: {title}"),
                )
                .await?;
                let request = Request::delete(NOTICE.at(&id, ""));
                NOTICE.done(context, &id, request, &format!("notice {id} deleted")).await
            }
        }
    }
}

async fn create(context: &Context, new: CreateArguments) -> Result<(), Failure> {
    let body = Body::default()
        .with("kind", new.kind)
        .with("alias", new.alias)
        .with("title", new.title)
        .with("text", new.text)
        .with("name_models", new.name_models.then_some(true))
        .with("expires_at", new.expires);
    let request = Request::post(NOTICE.path, new.receivers.said_in(body).into());
    let made = context.client.send(request).await?;
    if context.dry_run {
        return shown(context, &made);
    }
    let reach = table::cell(&made, "teams_reached");
    let teams = if made["teams_reached"] == 1 { "team" } else { "teams" };
    let sentence = format!("notice {} published, for {reach} {teams}", table::cell(&made, "notice_id"));
    context.output.done(&made, &sentence, COLUMNS)
}

/// The words of a notice for people; the whole of it for programs.
fn shown(context: &Context, notice: &Value) -> Result<(), Failure> {
    if !context.output.is_for_people() {
        return context.output.object(notice, COLUMNS);
    }
    let cell = |member: &str| table::cell(notice, member);
    let text = notice["text"].as_str().unwrap_or_default();
    let safe: String = text.chars().filter(|c| !c.is_control() || "\n\t".contains(*c)).collect();
    let teams = if notice["teams_reached"] == 1 { "team" } else { "teams" };
    let (title, to, reach) = (cell("title"), cell("audience"), cell("teams_reached"));
    print(&format!("{title}\n\n{}\n\nFor {to}: {reach} {teams}.\n", safe.trim_end()))
}

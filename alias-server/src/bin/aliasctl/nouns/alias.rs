//! `aliasctl alias`: model aliases.

use serde_json::{Number, Value};

use super::arms;
use super::deprecation::{self, DeprecateArguments, RenameArguments};
use super::impact::{self, AliasImpact};
use super::routing::Routing;
use super::trial::{self, TestArguments};
use super::versions::{self, HistoryArguments, RollbackArguments};
use super::{Body, IfExists, Kind, counted, number};
use crate::client::Request;
use crate::confirm::confirm;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::list::Limit;
use crate::output::{Column, column, wide};

pub(super) const COLUMNS: &[Column] = &[
    column("ALIAS", "alias"),
    column("MODEL", "litellm_model"),
    column("ACTIVE", "active"),
    column("TEAMS", "teams_with_access"),
    column("CALLS", "usage_count"),
    wide("$/1M IN", "pricing_input"),
    wide("$/1M OUT", "pricing_output"),
    wide("GROUPS", "access_groups"),
    wide("TAGS", "tags"),
    wide("VERSION", "version"),
    column("DESCRIPTION", "description"),
];

/// Aliases on the wire.
pub(super) const ALIAS: Kind =
    Kind { noun: "alias", path: "/api/model-aliases", list: "aliases", name: "alias", columns: COLUMNS };

/// What is done with aliases.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List aliases
    #[command(visible_alias = "ls")]
    List(ListArguments),
    /// Show one alias
    #[command(visible_alias = "show")]
    Get(Named),
    /// Create an alias
    Create(Box<CreateArguments>),
    /// Change an alias; what is not said stays
    Update(Box<UpdateArguments>),
    /// Point an alias to another model; clients need not change anything
    Switch(SwitchArguments),
    /// Serve calls of an alias again
    Enable(Named),
    /// Refuse calls of an alias for a while
    Disable(Named),
    /// Tell callers of an alias to go elsewhere, and when its time is over
    Deprecate(DeprecateArguments),
    /// Take the deprecation of an alias back
    Undeprecate(Named),
    /// Give an alias another name; calls of the old one go on, and are told
    Rename(RenameArguments),
    /// Delete an alias; teams lose it at once
    #[command(visible_alias = "rm")]
    Delete(Versioned),
    /// Compare the targets that callers of an alias are split over: errors, times, tokens, cost
    Arms(Named),
    /// Make a small call, also of a target that is not saved; no team pays for it
    Test(TestArguments),
    /// Tell what would come of a change: who loses what, and what it costs
    Impact(AliasImpact),
    /// Bring back an alias that was deleted in the last 30 days
    Restore(Named),
    /// Show who changed an alias when, why, and what
    History(HistoryArguments),
    /// Go back to an earlier version of an alias
    Rollback(RollbackArguments),
}

/// One alias.
#[derive(Debug, clap::Args)]
pub(crate) struct Named {
    /// Its name
    pub(super) alias: String,
}

/// One alias, at one version.
#[derive(Debug, clap::Args)]
pub(crate) struct Versioned {
    /// Its name
    alias: String,
    /// Only where it is at this version
    #[arg(long, value_name = "VERSION")]
    if_version: Option<u32>,
}

/// Which aliases.
#[expect(clippy::doc_markdown, reason = "these texts are shown as help on a terminal")]
#[derive(Debug, clap::Args)]
pub(crate) struct ListArguments {
    /// Only those with this text in name, model or description
    text: Option<String>,
    /// Only those that serve calls, or only those that do not
    #[arg(long, value_name = "BOOL")]
    active: Option<bool>,
    /// Only those of this provider
    #[arg(long)]
    provider: Option<String>,
    /// Only members of this access group
    #[arg(long)]
    group: Option<String>,
    /// Only those that this team may call
    #[arg(long)]
    team: Option<String>,
    /// Only those with this tag
    #[arg(long)]
    tag: Option<String>,
    /// Only those that were not called since this day
    #[arg(long, value_name = "DAY")]
    unused_since: Option<String>,
    /// alias, litellm_model, usage_count, created_at or updated_at; with - in front: descending; several with commas
    #[arg(long, value_name = "KEY", allow_hyphen_values = true)]
    sort: Option<String>,
    #[command(flatten)]
    limit: Limit,
}

/// What may be said of an alias.
#[derive(Debug, clap::Args)]
struct Facts {
    /// What this model is for
    #[arg(short, long, value_name = "TEXT")]
    description: Option<String>,
    /// A name for people
    #[arg(long, value_name = "TEXT")]
    display_name: Option<String>,
    /// A word to filter by; repeat it for several
    #[arg(long = "tag", value_name = "WORD")]
    tags: Vec<String>,
    /// Whether it shows up in lists
    #[arg(long, value_parser = ["listed", "hidden"])]
    visibility: Option<String>,
    /// USD per million input tokens; goes with --price-output
    #[arg(long, value_name = "USD", value_parser = number, requires = "price_output")]
    price_input: Option<Number>,
    /// USD per million output tokens; goes with --price-input
    #[arg(long, value_name = "USD", value_parser = number, requires = "price_input")]
    price_output: Option<Number>,
    /// Accept a provider that LiteLLM is not known to have
    #[arg(long)]
    allow_unknown_provider: bool,
}

impl Facts {
    fn body(self) -> Body {
        Body::default()
            .with("description", self.description)
            .with("display_name", self.display_name)
            .with_list("tags", &self.tags)
            .with("visibility", self.visibility)
            .with("pricing_input", self.price_input)
            .with("pricing_output", self.price_output)
            .with("allow_unknown_provider", self.allow_unknown_provider.then_some(true))
    }
}

/// A new alias.
#[derive(Debug, clap::Args)]
pub(crate) struct CreateArguments {
    /// The name that clients send as model
    alias: String,
    /// Where calls go, as provider/model-name
    model: String,
    /// An access group that holds it from the start; repeat it for several
    #[arg(short, long = "group", value_name = "GROUP")]
    groups: Vec<String>,
    /// Refuse calls until it is enabled
    #[arg(long)]
    disabled: bool,
    /// What to do where it exists
    #[arg(long, value_enum, value_name = "WHAT", default_value_t)]
    if_exists: IfExists,
    #[command(flatten)]
    facts: Facts,
    #[command(flatten)]
    routing: Routing,
}

/// A change of an alias.
#[derive(Debug, clap::Args)]
pub(crate) struct UpdateArguments {
    /// Its name
    alias: String,
    /// Where calls go from now on, as provider/model-name
    #[arg(short, long)]
    model: Option<String>,
    /// Whether calls are served
    #[arg(long, value_name = "BOOL")]
    active: Option<bool>,
    /// Only where it is at this version
    #[arg(long, value_name = "VERSION")]
    if_version: Option<u32>,
    #[command(flatten)]
    facts: Facts,
    /// Answer to its own name only again
    #[arg(long, conflicts_with = "prefix")]
    exact: bool,
    #[command(flatten)]
    routing: Routing,
}

/// Another model.
#[derive(Debug, clap::Args)]
pub(crate) struct SwitchArguments {
    /// Its name
    alias: String,
    /// Where calls go from now on, as provider/model-name
    model: String,
    /// Make a small call of the new target first; where it does not answer, nothing is changed, and 3 is the ending
    #[arg(long)]
    test: bool,
    /// Only where it is at this version
    #[arg(long, value_name = "VERSION")]
    if_version: Option<u32>,
}

impl Command {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        match self {
            Self::List(arguments) => list(context, arguments).await?,
            Self::Get(Named { alias }) => ALIAS.show(context, &alias).await?,
            Self::Create(arguments) => create(context, *arguments).await?,
            Self::Update(arguments) => update(context, *arguments).await?,
            Self::Switch(arguments) => return switch(context, arguments).await,
            Self::Enable(Named { alias }) => set_active(context, &alias, true).await?,
            Self::Disable(Named { alias }) => set_active(context, &alias, false).await?,
            Self::Deprecate(arguments) => deprecation::deprecate(context, arguments).await?,
            Self::Undeprecate(named) => deprecation::undeprecate(context, named).await?,
            Self::Rename(arguments) => deprecation::rename(context, arguments).await?,
            Self::Delete(arguments) => delete(context, arguments).await?,
            Self::Arms(named) => arms::show(context, named).await?,
            Self::Test(arguments) => return trial::run(context, arguments).await,
            Self::Impact(AliasImpact { alias, action, model }) => {
                let more = model.map(|model| ("litellm_model", model));
                impact::show(context, ALIAS, &alias, &action, more).await?;
            }
            Self::Restore(named) => versions::restore(context, named).await?,
            Self::History(arguments) => versions::history(context, arguments).await?,
            Self::Rollback(arguments) => versions::roll_back(context, arguments).await?,
        }
        Ok(Exit::Done)
    }
}

async fn list(context: &Context, of: ListArguments) -> Result<(), Failure> {
    let with = |request: Request| {
        request
            .with("q", of.text.as_deref())
            .with("active", of.active)
            .with("provider", of.provider.as_deref())
            .with("access_group", of.group.as_deref())
            .with("team", of.team.as_deref())
            .with("tag", of.tag.as_deref())
            .with("unused_since", of.unused_since.as_deref())
            .with("sort", of.sort.as_deref())
    };
    ALIAS.list(context, of.limit, with).await
}

async fn create(context: &Context, new: CreateArguments) -> Result<(), Failure> {
    let body = new
        .facts
        .body()
        .with("alias", Some(new.alias.as_str()))
        .with("litellm_model", Some(new.model.as_str()))
        .with_list("access_groups", &new.groups)
        .with("active", new.disabled.then_some(false));
    let body = new.routing.add_to(body)?;
    let (object, done) = ALIAS.create(context, body, new.if_exists, &["access_groups"]).await?;
    for group in new.groups.iter().filter(|group| !holds(&object, group)) {
        context.note(&format!("it is not in {group}: aliasctl group add-models {group} {}", new.alias));
    }
    let target = crate::table::cell(&object, "litellm_model");
    let sentence = format!("alias {} {done} -> {target}", new.alias);
    warn(context, &object);
    if new.groups.is_empty() && object["access_groups"].as_array().is_none_or(Vec::is_empty) {
        context.note(&format!(
            "no access group holds it, so nobody may call it: aliasctl group add-models GROUP {}",
            new.alias
        ));
    }
    context.output.done(&object, &sentence, COLUMNS)
}

/// Whether an access group has an alias.
fn holds(object: &Value, group: &str) -> bool {
    // What was only tried out tells none.
    let Some(groups) = object["access_groups"].as_array() else { return true };
    groups.iter().filter_map(Value::as_str).any(|one| one.eq_ignore_ascii_case(group))
}

/// Tells the server's advice.
fn warn(context: &Context, object: &Value) {
    for warning in object["warnings"].as_array().into_iter().flatten() {
        context.note(&format!("note: {}", warning["message"].as_str().unwrap_or_default()));
    }
}

async fn change(context: &Context, alias: &str, body: Value, version: Option<u32>) -> Result<Value, Failure> {
    let request = Request::put(ALIAS.at(alias, ""), body).at_version(version);
    ALIAS.about(context, alias, request).await
}

async fn update(context: &Context, of: UpdateArguments) -> Result<(), Failure> {
    if of.active == Some(false) {
        confirm_disabling(context, &of.alias).await?;
    }
    let body = of.facts.body().with("litellm_model", of.model).with("active", of.active);
    let body = of.routing.add_to(body.with("match", of.exact.then_some("exact")))?.change()?;
    let object = change(context, &of.alias, body, of.if_version).await?;
    warn(context, &object);
    context.output.done(&object, &format!("alias {} updated", of.alias), COLUMNS)
}

/// Asks before calls of an alias are refused.
async fn confirm_disabling(context: &Context, alias: &str) -> Result<(), Failure> {
    let impact = impact::line(context, ALIAS, alias, "disable").await?;
    confirm(context, &format!("Disable the alias {alias}?"), &impact).await
}

async fn set_active(context: &Context, alias: &str, active: bool) -> Result<(), Failure> {
    if !active {
        confirm_disabling(context, alias).await?;
    }
    let object = change(context, alias, serde_json::json!({ "active": active }), None).await?;
    let done = if active { "enabled" } else { "disabled: its calls are refused" };
    context.output.done(&object, &format!("alias {alias} {done}"), COLUMNS)
}

async fn switch(context: &Context, to: SwitchArguments) -> Result<Exit, Failure> {
    let before = ALIAS.find(context, &to.alias).await?;
    if to.test && context.dry_run {
        context.note("The test was left out: it is a call that is paid for.");
    } else if to.test && !trial::answers(context, &to.alias, &to.model).await? {
        context.note("Nothing was changed.");
        return Ok(Exit::Negative);
    }
    // What was read is what is changed: somebody else's switch in between is a conflict.
    let version = to.if_version.or_else(|| before["version"].as_u64().and_then(|n| u32::try_from(n).ok()));
    let object =
        change(context, &to.alias, serde_json::json!({ "litellm_model": to.model }), version).await?;
    warn(context, &object);
    let was = before["litellm_model"].as_str().unwrap_or_default();
    let teams = counted_teams(&object);
    let sentence = format!("alias {} switched: {was} -> {} ({teams})", to.alias, to.model);
    context.output.done(&object, &sentence, COLUMNS)?;
    Ok(Exit::Done)
}

fn counted_teams(alias: &Value) -> String {
    let teams = alias["teams_with_access"].as_u64().and_then(|count| usize::try_from(count).ok());
    counted(teams.unwrap_or(0), "team", "teams")
}

async fn delete(context: &Context, of: Versioned) -> Result<(), Failure> {
    let impact = impact::line(context, ALIAS, &of.alias, "delete").await?;
    confirm(context, &format!("Delete the alias {}?", of.alias), &impact).await?;
    let request = Request::delete(ALIAS.at(&of.alias, "")).at_version(of.if_version);
    let answer = ALIAS.about(context, &of.alias, request).await?;
    let until = answer["restorable_until"].as_str().unwrap_or_default();
    context.output.done(&answer, &format!("alias {} deleted; restorable until {until}", of.alias), COLUMNS)
}

//! `aliasctl alias history`, `rollback` and `restore`: what an alias was, and going back to it.

use serde_json::json;

use super::alias::{ALIAS, COLUMNS, Named};
use super::teams_lose;
use crate::client::Request;
use crate::confirm::confirm;
use crate::context::Context;
use crate::failure::Failure;
use crate::list::{self, Limit};
use crate::output::{Column, column, wide};

const VERSIONS: &[Column] = &[
    column("VERSION", "version"),
    column("TIME", "at"),
    column("KIND", "kind"),
    column("BY", "actor"),
    wide("WHO", "actor_name"),
    wide("REQUEST", "request_id"),
    column("CHANGED", "changed"),
    column("REASON", "reason"),
];

/// Versions of an alias.
#[derive(Debug, clap::Args)]
pub(crate) struct HistoryArguments {
    #[command(flatten)]
    named: Named,
    #[command(flatten)]
    limit: Limit,
}

/// A version of an alias.
#[derive(Debug, clap::Args)]
pub(crate) struct RollbackArguments {
    #[command(flatten)]
    named: Named,
    /// The version to go back to, as the history shows it
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    version: u32,
    /// Only where it is at this version
    #[arg(long, value_name = "VERSION")]
    if_version: Option<u32>,
}

pub(super) async fn history(context: &Context, of: HistoryArguments) -> Result<(), Failure> {
    let alias = of.named.alias;
    // Where there is none, the names that are near are told.
    let path = ALIAS.at(&alias, "/history");
    ALIAS.about(context, &alias, Request::get(path.as_str()).with("limit", Some(1))).await?;
    let mut answer = list::read(context, || Request::get(path.as_str()), "versions", of.limit).await?;
    if context.output.is_for_people() {
        for version in answer["versions"].as_array_mut().into_iter().flatten() {
            let fields =
                version["change"].as_object().map(|change| change.keys().cloned().collect::<Vec<_>>());
            version["changed"] = json!(fields);
        }
    }
    context.output.list(&answer, "versions", VERSIONS)
}

pub(super) async fn roll_back(context: &Context, to: RollbackArguments) -> Result<(), Failure> {
    let alias = to.named.alias;
    let request = || Request::post(ALIAS.at(&alias, "/rollback"), json!({ "version": to.version }));
    if !context.dry_run {
        let tried = request().with("dry_run", Some(true)).at_version(to.if_version);
        let tried = ALIAS.about(context, &alias, tried).await?;
        let teams = tried["impact"]["teams"].as_array().into_iter().flatten();
        let losers =
            teams.filter(|team| team["loses"].as_array().is_some_and(|lost| !lost.is_empty())).count();
        if losers > 0 {
            let question = format!("Take {alias} back to version {}?", to.version);
            confirm(context, &question, &format!("{}.", teams_lose(losers, "it"))).await?;
        }
    }
    let object = ALIAS.about(context, &alias, request().at_version(to.if_version)).await?;
    let model = object["litellm_model"].as_str().unwrap_or_default();
    let sentence = format!("alias {alias} is as in version {}: -> {model}", to.version);
    context.output.done(&object, &sentence, COLUMNS)
}

pub(super) async fn restore(context: &Context, Named { alias }: Named) -> Result<(), Failure> {
    let request = Request::post(ALIAS.at(&alias, "/restore"), json!({}));
    let object = ALIAS.about(context, &alias, request).await?;
    let groups = crate::table::cell(&object, "access_groups");
    context.output.done(&object, &format!("alias {alias} restored; it is in: {groups}"), COLUMNS)
}

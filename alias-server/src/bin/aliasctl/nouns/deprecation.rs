//! `aliasctl alias deprecate`, `undeprecate` and `rename`: the end of an alias, or of its name, announced and taken back.

use serde_json::json;

use super::Body;
use super::alias::{ALIAS, COLUMNS, Named};
use super::impact;
use crate::client::Request;
use crate::confirm::confirm;
use crate::context::Context;
use crate::failure::Failure;

/// How an alias ends.
#[derive(Debug, clap::Args)]
pub(crate) struct DeprecateArguments {
    #[command(flatten)]
    named: Named,
    /// When its time is over, like 2027-01-31T06:00:00Z
    #[arg(long, value_name = "TIME")]
    sunset: Option<String>,
    /// The alias to use in its place
    #[arg(long, value_name = "ALIAS")]
    replacement: Option<String>,
    /// What callers are told besides
    #[arg(long, value_name = "TEXT")]
    message: Option<String>,
    /// What becomes of calls from the sunset on
    #[arg(long, value_parser = ["block", "redirect", "keep"])]
    at_sunset: Option<String>,
    /// A window before the sunset in which calls are refused; as often as there are windows
    #[arg(long, value_name = "START/END", value_parser = window)]
    brownout: Vec<(String, String)>,
    /// Only where it is at this version
    #[arg(long, value_name = "VERSION")]
    if_version: Option<u32>,
}

/// The two moments of a window, as ISO 8601 writes it.
fn window(text: &str) -> Result<(String, String), &'static str> {
    let (start, end) = text.split_once('/').ok_or(
        "a window is two moments with a slash between, like 2027-01-17T06:00:00Z/2027-01-17T08:00:00Z",
    )?;
    Ok((start.to_owned(), end.to_owned()))
}

pub(super) async fn deprecate(context: &Context, of: DeprecateArguments) -> Result<(), Failure> {
    let alias = of.named.alias;
    let windows = of.brownout.iter().map(|(start, end)| json!({"starts_at": start, "ends_at": end}));
    let windows: Vec<_> = windows.collect();
    let body = Body::default()
        .with("brownouts", (!windows.is_empty()).then_some(windows))
        .with("sunset_at", of.sunset)
        .with("replacement", of.replacement)
        .with("message", of.message)
        .with("at_sunset", of.at_sunset);
    let request = Request::post(ALIAS.at(&alias, "/deprecate"), body.into()).at_version(of.if_version);
    let object = ALIAS.about(context, &alias, request).await?;
    let end =
        object["sunset_at"].as_str().map(|end| format!("; its time is over at {end}")).unwrap_or_default();
    let other = object["replacement"].as_str().map(|other| format!("; use {other}")).unwrap_or_default();
    context.output.done(&object, &format!("alias {alias} deprecated{end}{other}"), COLUMNS)
}

/// Another name for an alias.
#[derive(Debug, clap::Args)]
pub(crate) struct RenameArguments {
    #[command(flatten)]
    named: Named,
    /// The name that it has then
    #[arg(value_name = "NEW")]
    new_alias: String,
    /// Give the old name up at once: calls of it are refused
    #[arg(long)]
    drop_old: bool,
    /// When calls of the old name are not served any more, like 2027-01-31T06:00:00Z
    #[arg(long, value_name = "TIME", conflicts_with = "drop_old")]
    sunset: Option<String>,
    /// Only where it is at this version
    #[arg(long, value_name = "VERSION")]
    if_version: Option<u32>,
}

pub(super) async fn rename(context: &Context, of: RenameArguments) -> Result<(), Failure> {
    let alias = of.named.alias;
    if of.drop_old {
        let impact = impact::line(context, ALIAS, &alias, "delete").await?;
        confirm(context, &format!("Give the name {alias} up?"), &impact).await?;
    }
    let body = Body::default()
        .with("new_alias", Some(of.new_alias))
        .with("keep_old_as_redirect", of.drop_old.then_some(false))
        .with("sunset_at", of.sunset.clone());
    let request = Request::post(ALIAS.at(&alias, "/rename"), body.into()).at_version(of.if_version);
    let object = ALIAS.about(context, &alias, request).await?;
    let new = object["alias"].as_str().unwrap_or_default();
    let until = of.sunset.map(|end| format!(" until {end}")).unwrap_or_default();
    let old = if of.drop_old { String::new() } else { format!("; calls of {alias} go on{until}") };
    context.output.done(&object, &format!("alias {alias} renamed to {new}{old}"), COLUMNS)
}

pub(super) async fn undeprecate(context: &Context, Named { alias }: Named) -> Result<(), Failure> {
    let request = Request::post(ALIAS.at(&alias, "/undeprecate"), json!({}));
    let object = ALIAS.about(context, &alias, request).await?;
    context.output.done(&object, &format!("alias {alias} is deprecated no more"), COLUMNS)
}

//! `aliasctl plan`, `apply`, `export` and `lint`: the catalogue as a file.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::counted;
use crate::client::Request;
use crate::confirm::{confirm, must_confirm};
use crate::context::Context;
use crate::document;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Column, Format, column};
use crate::plan_text;
use crate::progress;

/// Where plans are asked for.
pub(crate) const PLAN: &str = "/api/plan";

/// A file, and how it is applied.
#[derive(Debug, clap::Args)]
pub(crate) struct Desired {
    /// The file, YAML or JSON; - is standard input
    #[arg(short, long, value_name = "FILE")]
    file: PathBuf,
    /// Delete what the file does not name, of what it manages
    #[arg(long)]
    prune: bool,
    /// Change what other files manage, too
    #[arg(long)]
    take_over: bool,
}

/// What would change.
///
/// Ends with 2 where something would.
#[derive(Debug, clap::Args)]
pub(crate) struct PlanArguments {
    #[command(flatten)]
    desired: Desired,
}

/// What is to change.
#[derive(Debug, clap::Args)]
pub(crate) struct ApplyArguments {
    #[command(flatten)]
    desired: Desired,
}

/// Which part of the catalogue.
#[derive(Debug, clap::Args)]
pub(crate) struct ExportArguments {
    /// Only what the file of this manager manages
    #[arg(long, value_name = "NAME")]
    managed_by: Option<String>,
}

/// A file to look over.
///
/// Ends with 1 where the file is wrong, or, with --strict, where there is advice.
#[derive(Debug, clap::Args)]
pub(crate) struct LintArguments {
    /// The file, YAML or JSON; - is standard input
    #[arg(short, long, value_name = "FILE")]
    file: PathBuf,
    /// Treat advice as a failure
    #[arg(long)]
    strict: bool,
}

impl Desired {
    fn body(&self) -> Result<Value, Failure> {
        let document = document::sent(&self.file)?;
        Ok(json!({ "document": document, "prune": self.prune, "take_over": self.take_over }))
    }
}

/// What applying a body of `/api/apply` would change.
pub(super) async fn planned(context: &Context, body: &Value) -> Result<Value, Failure> {
    let planned = context.client.send(Request::post(PLAN, body.clone()));
    progress::waiting(context.terminal, "planning", planned).await
}

fn is_empty(plan: &Value) -> bool {
    plan["changes"].as_array().is_none_or(Vec::is_empty)
}

fn show(context: &Context, plan: &Value, after: &str) -> Result<(), Failure> {
    if context.output.is_for_people() {
        let text = plan_text::plan(plan, context.terminal);
        return crate::output::print(&format!("{}{after}\n", text.trim_end()));
    }
    let columns = [column("OPERATION", "operation"), column("KIND", "kind"), column("NAME", "name")];
    match context.output.format {
        Format::Json | Format::Yaml => context.output.object(plan, &columns),
        _ => context.output.list(plan, "changes", &columns),
    }
}

impl PlanArguments {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let plan = planned(context, &self.desired.body()?).await?;
        show(context, &plan, " Nothing was changed.")?;
        Ok(if is_empty(&plan) { Exit::Done } else { Exit::Changes })
    }
}

impl ApplyArguments {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let body = self.desired.body()?;
        let plan = planned(context, &body).await?;
        finish(context, body, plan).await
    }
}

/// Shows a plan, asks, and has it done: this plan and no other.
pub(super) async fn finish(context: &Context, mut body: Value, plan: Value) -> Result<Exit, Failure> {
    if is_empty(&plan) || context.dry_run {
        show(context, &plan, " Nothing was changed.")?;
        return Ok(Exit::Done);
    }
    if context.output.is_for_people() {
        crate::output::print(&plan_text::plan(&plan, context.terminal))?;
    }
    if context.terminal.can_ask {
        confirm(context, "Make it so?", "").await?;
    } else if plan_text::takes_away(&plan) {
        must_confirm(context, "It deletes something, or takes access away.")?;
    }
    body["fingerprint"] = plan["fingerprint"].clone();
    let count = plan["changes"].as_array().map_or(0, Vec::len);
    let what = format!("applying {}", counted(count, "change", "changes"));
    let done = context.client.send(Request::post("/api/apply", body));
    let done = progress::waiting(context.terminal, &what, done).await?;
    if context.output.is_for_people() {
        crate::output::print("Done.\n")?;
    } else {
        show(context, &done, "")?;
    }
    Ok(Exit::Done)
}

impl ExportArguments {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let request = Request::get("/api/export").with("managed_by", self.managed_by);
        let document = context.client.send(request);
        let document = progress::waiting(context.terminal, "reading the catalogue", document).await?;
        if context.output.format == Format::Json {
            context.output.object(&document, &[])?;
        } else {
            let schema = context.client.address("/schema/aliases-v1.json");
            let head = format!("# yaml-language-server: $schema={schema}\n");
            crate::output::print(&(head + &crate::output::yaml(&document)?))?;
        }
        Ok(Exit::Done)
    }
}

const FINDINGS: &[Column] =
    &[column("LEVEL", "level"), column("WHERE", "where"), column("CODE", "code"), column("WHAT", "message")];

impl LintArguments {
    /// Reads the file and nothing else.
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let (found, exit) = findings(&self.file, self.strict)?;
        let answer = json!({ "findings": found });
        if found.is_empty() && context.output.is_for_people() {
            context.note("nothing to say");
        } else {
            context.output.list(&answer, "findings", FINDINGS)?;
        }
        Ok(exit)
    }
}

fn findings(file: &Path, strict: bool) -> Result<(Vec<Value>, Exit), Failure> {
    let found = |level: &str, fault: &alias_core::desired::Fault| json!({ "level": level, "where": fault.path.join("."), "code": fault.code, "message": fault.message });
    match alias_core::desired::Document::read(document::sent(file)?) {
        Err(faults) => Ok((faults.iter().map(|fault| found("error", fault)).collect(), Exit::Failed)),
        Ok(read) => {
            let content = read.content;
            let others = content.names_of_others();
            let mut all: Vec<Value> = content.advice().iter().map(|fault| found("advice", fault)).collect();
            let failed = strict && !all.is_empty();
            // The server may have them.
            all.extend(others.iter().map(|fault| found("elsewhere", fault)));
            Ok((all, if failed { Exit::Failed } else { Exit::Done }))
        }
    }
}

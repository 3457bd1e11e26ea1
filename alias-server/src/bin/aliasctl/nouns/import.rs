//! `aliasctl import`: what other programs know, taken into the catalogue.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::documents::{finish, planned};
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::import::{self, Finding, Given, Level, Source};
use crate::output::{Column, Format, column};

const FINDINGS: &[Column] = &[column("LEVEL", "level"), column("WHERE", "path"), column("WHAT", "message")];

/// A file of another program.
///
/// Tells what becomes of every part of it: exact, manual (look at it), or unsupported. Then goes on like apply.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The file; - is standard input
    file: PathBuf,
    /// What it is [default: what it looks like]
    #[arg(long, value_enum, value_name = "WHAT")]
    from: Option<Source>,
    /// The provider of models that name none
    #[arg(long)]
    provider: Option<String>,
    /// The organization of teams that name none
    #[arg(long, value_name = "ORGANIZATION", default_value = "imported")]
    org: String,
    /// Who manages what is made
    #[arg(long, value_name = "NAME")]
    managed_by: Option<String>,
    /// Write the document that it comes to, and ask no server
    #[arg(long)]
    document: bool,
    /// Change what other files manage, too
    #[arg(long)]
    take_over: bool,
}

impl Arguments {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let given = Given { provider: self.provider, organization: self.org };
        let imported = import::read(&self.file, self.from, &given)?;
        // For a program they are a part of the answer.
        let is_told = !context.output.is_for_people() && context.dry_run && !self.document;
        if !is_told || imported.is_empty() {
            tell(context, &imported.findings);
        }
        if imported.is_empty() {
            let nothing = format!("{}: nothing in it can be taken into the catalogue", self.file.display());
            return Err(Failure::Failed(nothing));
        }
        let document = imported.document(self.managed_by.as_deref());
        if self.document {
            return match context.output.format {
                Format::Json => context.output.object(&document, &[]),
                _ => crate::output::print(&crate::output::yaml(&document)?),
            }
            .map(|()| Exit::Done);
        }
        let body = json!({ "document": document, "take_over": self.take_over });
        let plan = planned(context, &body).await?;
        if is_told {
            let answer = json!({ "findings": imported.findings, "document": document, "plan": plan });
            match context.output.format {
                Format::Json | Format::Yaml => context.output.object(&answer, FINDINGS)?,
                _ => context.output.list(&answer, "findings", FINDINGS)?,
            }
            return Ok(Exit::Done);
        }
        finish(context, body, plan).await
    }
}

/// The findings, the ones that need a person first, on standard error.
fn tell(context: &Context, findings: &[Finding]) {
    let mut sorted: Vec<&Finding> = findings.iter().collect();
    sorted.sort_by_key(|finding| std::cmp::Reverse(finding.level));
    for finding in sorted {
        let word = match finding.level {
            Level::Exact => "exact      ",
            Level::Manual => "manual     ",
            Level::Unsupported => "unsupported",
        };
        let shown =
            crate::table::words(&Value::String(format!("{word} {}: {}", finding.path, finding.message)));
        context.note(&shown);
    }
    let count = |level| findings.iter().filter(|finding| finding.level == level).count();
    context.note(&format!(
        "{} exact, {} manual, {} unsupported",
        count(Level::Exact),
        count(Level::Manual),
        count(Level::Unsupported)
    ));
}

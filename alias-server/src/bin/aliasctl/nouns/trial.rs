//! `aliasctl alias test`: a small call of an alias, or of a target that is not saved.

use serde_json::Value;

use super::Body;
use super::alias::{ALIAS, Named};
use crate::client::Request;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Column, column};
use crate::table::cell;

/// A small call.
///
/// No team pays for it. Ends with 3 where the model does not answer.
#[derive(Debug, clap::Args)]
pub(crate) struct TestArguments {
    #[command(flatten)]
    named: Named,
    /// Another target than the alias has
    #[arg(short, long)]
    model: Option<String>,
    /// What is asked
    #[arg(long, value_name = "TEXT")]
    prompt: Option<String>,
}

const COLUMNS: &[Column] =
    &[column("ALIAS", "alias"), column("OK", "ok"), column("MS", "latency_ms"), column("REPLY", "reply")];

pub(super) async fn run(context: &Context, of: TestArguments) -> Result<Exit, Failure> {
    let name = of.named.alias;
    let answer =
        tried(context, &name, Body::default().with("litellm_model", of.model).with("prompt", of.prompt))
            .await?;
    context.output.done(&answer, &in_words(&name, &answer), COLUMNS)?;
    Ok(if answer["ok"] == true { Exit::Done } else { Exit::Negative })
}

/// Whether a model answers that the alias does not point to yet; tells what came of it.
pub(super) async fn answers(context: &Context, name: &str, model: &str) -> Result<bool, Failure> {
    let answer = tried(context, name, Body::default().with("litellm_model", Some(model))).await?;
    context.note(&in_words(name, &answer));
    Ok(answer["ok"] == true)
}

async fn tried(context: &Context, name: &str, body: Body) -> Result<Value, Failure> {
    ALIAS.about(context, name, Request::post(ALIAS.at(name, "/test"), body.into())).await
}

fn in_words(name: &str, answer: &Value) -> String {
    let model = cell(answer, "litellm_model");
    if answer["ok"] == true {
        let (time, cost) = (cell(answer, "latency_ms"), cell(answer, "cost_usd"));
        format!("{name} -> {model} answers in {time} ms, for ${cost}: {}", cell(answer, "reply"))
    } else {
        let why = cell(answer, "error.message");
        format!("{name} -> {model} does not answer: {why}\n  check: {}", cell(answer, "error.hint"))
    }
}

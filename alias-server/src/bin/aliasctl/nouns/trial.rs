//! `aliasctl alias test`: a small call of an alias, or of a target that is not saved.

use super::Body;
use super::alias::{ALIAS, Named};
use crate::client::Request;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::column;
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

pub(super) async fn run(context: &Context, of: TestArguments) -> Result<Exit, Failure> {
    let name = of.named.alias;
    let body = Body::default().with("litellm_model", of.model).with("prompt", of.prompt);
    let answer = ALIAS.about(context, &name, Request::post(ALIAS.at(&name, "/test"), body.into())).await?;
    let answered = answer["ok"] == true;
    let model = cell(&answer, "litellm_model");
    let sentence = if answered {
        let (time, cost) = (cell(&answer, "latency_ms"), cell(&answer, "cost_usd"));
        format!("{name} -> {model} answers in {time} ms, for ${cost}: {}", cell(&answer, "reply"))
    } else {
        let why = cell(&answer, "error.message");
        format!("{name} -> {model} does not answer: {why}\n  check: {}", cell(&answer, "error.hint"))
    };
    let columns =
        [column("ALIAS", "alias"), column("OK", "ok"), column("MS", "latency_ms"), column("REPLY", "reply")];
    context.output.done(&answer, &sentence, &columns)?;
    Ok(if answered { Exit::Done } else { Exit::Negative })
}

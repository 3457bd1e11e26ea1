//! `aliasctl alias arms`: how the targets of an alias compare, and what guardrails say of a canary.

use super::alias::{ALIAS, Named};
use crate::client::Request;
use crate::context::Context;
use crate::failure::Failure;
use crate::output::{Column, column, wide};

const ARMS: &[Column] = &[
    column("MODEL", "litellm_model"),
    column("SHARE %", "share"),
    column("CANARY", "canary"),
    column("CALLS", "calls"),
    wide("RUNNING", "running"),
    column("ERRORS", "errors"),
    column("ERRORS %", "error_rate"),
    column("P95 MS", "p95_duration_ms"),
    wide("FIRST BYTE MS", "p95_first_byte_ms"),
    column("TOKENS/CALL", "output_tokens_per_call"),
    column("$/CALL", "cost_per_call_usd"),
];

pub(super) async fn show(context: &Context, Named { alias }: Named) -> Result<(), Failure> {
    let mut answer = ALIAS.about(context, &alias, Request::get(ALIAS.at(&alias, "/arms"))).await?;
    if context.output.is_for_people() && answer["shadow"].is_object() {
        let mut shadow = answer["shadow"].clone();
        shadow["canary"] = "shadow".into();
        answer["arms"].as_array_mut().into_iter().for_each(|arms| arms.push(shadow.clone()));
    }
    context.output.list(&answer, "arms", ARMS)?;
    if context.output.is_for_people() {
        let seconds = answer["window_seconds"].as_u64().unwrap_or_default();
        context.note(&format!("Of the last {seconds} seconds, on the server that answered."));
        if let (Some(canary), Some(detail)) = (answer["canary"].as_str(), answer["detail"].as_str()) {
            context.note(&format!("{canary}: {detail}"));
        }
    }
    Ok(())
}

//! Lists, read to their end: the server gives them in parts.

use serde_json::{Map, Value};

use crate::client::Request;
use crate::context::Context;
use crate::failure::Failure;
use crate::output::merged;
use crate::progress;

/// How much of a list is wanted.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct Limit {
    /// The most entries [default: all]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u64).range(1..))]
    limit: Option<u64>,
}

impl Limit {
    /// The whole list.
    pub(crate) const ALL: Self = Self { limit: None };
}

/// The entries that one answer has at most.
const PAGE: u64 = 1_000;

/// Reads a list, whose entries are the member `of` of each answer.
pub(crate) async fn read(
    context: &Context,
    request: impl Fn() -> Request,
    of: &str,
    limit: Limit,
) -> Result<Value, Failure> {
    let wanted = limit.limit.unwrap_or(u64::MAX);
    let mut first: Option<Map<String, Value>> = None;
    let (mut rest, mut cursor, mut count) = (Vec::new(), None::<String>, 0);
    let mut bar = None;
    loop {
        let asked = request().with("limit", Some(PAGE.min(wanted - count))).with("cursor", cursor.as_deref());
        let Value::Object(mut answer) = context.client.send(asked).await? else {
            return Err(Failure::Failed("the server's answer is no list".to_owned()));
        };
        let entries = answer.get(of).and_then(Value::as_array).map_or(0, Vec::len) as u64;
        count += entries;
        cursor = answer.get("next_cursor").and_then(Value::as_str).map(str::to_owned);
        let total = answer.get("total").and_then(Value::as_u64).unwrap_or(count).min(wanted);
        match &first {
            None if cursor.is_none() || count >= wanted => return Ok(Value::Object(answer)),
            None => {
                bar = Some(progress::bar(context.terminal, "reading", total));
                first = Some(answer);
            }
            Some(_) => {
                if let Some(Value::Array(entries)) = answer.remove(of) {
                    rest.extend(entries);
                }
            }
        }
        if let Some(bar) = &bar {
            bar.set_position(count);
        }
        if cursor.is_none() || count >= wanted || entries == 0 {
            break;
        }
    }
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    Ok(merged(first.unwrap_or_default(), of, rest))
}

//! `aliasctl catalog update`: LiteLLM's map of models, sent in parts.

use std::path::Path;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::IMPORT;
use crate::client::Request;
use crate::context::Context;
use crate::document;
use crate::failure::Failure;
use crate::output::{Column, column};
use crate::progress;

/// The largest map that is taken from an address, in bytes; LiteLLM's has 3 MiB.
const MOST_BYTES: usize = 64 << 20;
/// How long an address may take.
const PATIENCE: Duration = Duration::from_mins(1);
/// The entries of one request.
const PART: usize = 300;
/// The bytes of them from which on there is another request: half of what a body may have.
const PART_BYTES: usize = 512 << 10;
/// What the answers to parts are added up in.
const SUMS: [&str; 7] = ["read", "unread", "added", "changed", "repriced", "unchanged", "kept"];

const COLUMNS: &[Column] = &[
    column("READ", "read"),
    column("UNREAD", "unread"),
    column("ADDED", "added"),
    column("CHANGED", "changed"),
    column("REPRICED", "repriced"),
    column("UNCHANGED", "unchanged"),
    column("KEPT", "kept"),
];

/// Where the map is.
///
/// What was set by hand is kept. Calls from before keep the price that they were charged by. It never happens by itself.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// A file (- is standard input), or an address that begins with http:// or https://
    #[arg(value_name = "FILE|URL")]
    source: String,
}

pub(super) async fn run(context: &Context, Arguments { source }: Arguments) -> Result<(), Failure> {
    let parts = parts(map(&source).await?);
    let total = parts.iter().map(Map::len).sum::<usize>() as u64;
    let bar = progress::bar(context.terminal, "models", total);
    let mut sum = json!({ "dry_run": context.dry_run, "unread_entries": [] });
    for member in SUMS {
        sum[member] = json!(0);
    }
    for part in parts {
        let count = part.len() as u64;
        let body = json!({ "models": part, "dry_run": context.dry_run });
        match context.client.send(Request::post(IMPORT, body)).await {
            Ok(answer) => add(&mut sum, answer),
            Err(why) => {
                let done = bar.position();
                bar.finish_and_clear();
                if done > 0 && !context.dry_run {
                    context
                        .note(&format!("{done} of {total} entries were taken in before: repeat the command"));
                }
                return Err(why);
            }
        }
        bar.inc(count);
    }
    bar.finish_and_clear();
    if sum["read"] == 0 {
        return Err(Failure::Failed(format!(
            "{source}: no model could be read: it is no map of LiteLLM's models"
        )));
    }
    for entry in sum["unread_entries"].as_array().into_iter().flatten() {
        context.note(&format!("{}: {}", crate::table::cell(entry, "key"), crate::table::cell(entry, "why")));
    }
    if !context.output.is_for_people() {
        return context.output.object(&sum, COLUMNS);
    }
    let verb = if context.dry_run { "would be" } else { "were" };
    crate::output::print(&format!(
        "{} models read, {} entries could not be\n{} {verb} added, {} changed, {} of both with a new price; {} are as \
         they were, {} were set by hand and are kept\n",
        sum["read"],
        sum["unread"],
        sum["added"],
        sum["changed"],
        sum["repriced"],
        sum["unchanged"],
        sum["kept"],
    ))
}

/// The map of a file or an address.
async fn map(source: &str) -> Result<Map<String, Value>, Failure> {
    let wrong = |why: String| Failure::Failed(format!("{source}: {why}"));
    let address = reqwest::Url::parse(source).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let text = match address {
        Some(address) => fetched(address).await?,
        None => document::text(Path::new(source))?,
    };
    match serde_json::from_str(text.trim_start_matches('\u{feff}')) {
        Ok(Value::Object(map)) => Ok(map),
        Ok(_) => Err(wrong("it is no JSON object with an entry for each model".to_owned())),
        Err(why) => Err(wrong(format!("it is no JSON: {why}"))),
    }
}

/// What an address answers. It is not our server: it is not shown the admin key. What the address holds besides its place
/// may be a secret, and is not told.
async fn fetched(address: reqwest::Url) -> Result<String, Failure> {
    let mut place = address.clone();
    place.set_query(None);
    let _ = (place.set_username(""), place.set_password(None));
    let place = place.to_string();
    let away = |why: reqwest::Error| Failure::Elsewhere {
        url: place.clone(),
        why: crate::client::innermost(&why.without_url()),
    };
    let client = reqwest::Client::builder().timeout(PATIENCE).build().map_err(away)?;
    let answer = client.get(address).send().await.and_then(reqwest::Response::error_for_status);
    let mut answer = answer.map_err(away)?;
    let mut bytes = Vec::new();
    while let Some(part) = answer.chunk().await.map_err(away)? {
        bytes.extend_from_slice(&part);
        if bytes.len() > MOST_BYTES {
            let why = format!("{place}: it has more than {MOST_BYTES} bytes: that is no map of models");
            return Err(Failure::Failed(why));
        }
    }
    String::from_utf8(bytes).map_err(|_| Failure::Failed(format!("{place}: it is no text")))
}

/// The map in parts. Entries of one model, with and without its provider, stay together: the server takes one of them.
fn parts(map: Map<String, Value>) -> Vec<Map<String, Value>> {
    let mut entries: Vec<(String, Value)> = map.into_iter().collect();
    entries.sort_by_cached_key(|(key, _)| (bare(key), key.clone()));
    let mut parts: Vec<Map<String, Value>> = Vec::new();
    let (mut last, mut bytes) = (String::new(), 0);
    for (key, entry) in entries {
        let is_full = parts.last().is_none_or(|part| part.len() >= PART || bytes >= PART_BYTES);
        if is_full && (parts.is_empty() || bare(&key) != last) {
            parts.push(Map::new());
            bytes = 0;
        }
        last = bare(&key);
        bytes += key.len() + entry.to_string().len();
        if let Some(part) = parts.last_mut() {
            part.insert(key, entry);
        }
    }
    parts
}

/// A key without what stands before its last slash, and whatever its case: what the server may take for one model.
fn bare(key: &str) -> String {
    key.rsplit('/').next().unwrap_or(key).to_ascii_lowercase()
}

fn add(sum: &mut Value, answer: Value) {
    for member in SUMS {
        let more = answer[member].as_u64().unwrap_or(0);
        sum[member] = (sum[member].as_u64().unwrap_or(0) + more).into();
    }
    if let (Some(all), Value::Array(more)) =
        (sum["unread_entries"].as_array_mut(), answer["unread_entries"].clone())
    {
        all.extend(more);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_of_one_model_are_never_in_two_parts() {
        let keys =
            (0..2_000).flat_map(|at| [format!("m{at}"), format!("openai/m{at}"), format!("azure/eu/m{at}")]);
        let parts = parts(keys.map(|key| (key, json!({}))).collect());
        assert_eq!(parts.iter().map(Map::len).sum::<usize>(), 6_000);
        assert!(parts.iter().all(|part| part.len() <= PART + 2), "{:?}", parts.iter().map(Map::len));
        for part in &parts {
            let has = |key: String| part.contains_key(&key);
            assert!(part.keys().all(|key| has(bare(key)) && has(format!("openai/{}", bare(key)))));
        }
    }

    #[test]
    fn names_that_differ_in_case_are_of_one_model() {
        let keys = (0..1_000).flat_map(|at| [format!("House-{at}"), format!("OPENAI/house-{at}")]);
        for part in parts(keys.map(|key| (key, json!({}))).collect()) {
            let (upper, lower): (Vec<_>, Vec<_>) = part.keys().partition(|key| key.starts_with("House"));
            assert_eq!(upper.len(), lower.len(), "{part:?}");
        }
    }

    #[test]
    fn a_part_has_no_more_bytes_than_a_request_may() {
        let large = json!({ "source": "x".repeat(40 << 10) });
        let parts = parts((0..100).map(|at| (format!("m{at:02}"), large.clone())).collect());
        let bytes = |part: &Map<String, Value>| Value::Object(part.clone()).to_string().len();
        assert!(parts.len() > 1 && parts.iter().all(|part| bytes(part) < 1 << 20), "{}", parts.len());
        assert_eq!(parts.iter().map(Map::len).sum::<usize>(), 100);
    }
}

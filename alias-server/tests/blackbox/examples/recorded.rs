//! Answers as the description of the API shows them: recorded with `ALIAS_TEST_RECORD=1`, else compared with live ones.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::{Map, Value, json};

use crate::http::Answer;

/// How many elements of a list are shown.
const SHOWN: usize = 2;
const MOMENT: &str = "2024-10-14T12:00:00Z";
const ID: &str = "0192f0a1b2c37d4e8f90a1b2c3d4e5f6";
const UUID: &str = "0192f0a1-b2c3-7d4e-8f90-a1b2c3d4e5f6";
/// What is drawn anew each time.
const DRAWN: [&str; 4] = ["csrf_token", "impact_token", "next_cursor", "fingerprint"];
/// The ids of keys and tokens.
const KEYS: [&str; 3] = ["key_id", "token_id", "actor_id"];
const KEY: &str = "3zgzstazq3evm2q6";
/// What is too long to be shown whole.
const CUT: [&str; 3] = ["get_openapi_document", "get_document_schema", "get_settings_schema"];

/// The answers to examples, of one file.
pub(super) struct Recorded {
    file: &'static str,
    answers: BTreeMap<String, Value>,
    wrong: Vec<String>,
}

impl Recorded {
    pub(super) fn new(file: &'static str) -> Self {
        Self { file, answers: BTreeMap::new(), wrong: Vec::new() }
    }

    /// Compares an answer with what the description shows of the operation, and keeps it for the record.
    /// Calls are answered as a provider likes it, and not noted.
    pub(super) fn note(&mut self, name: &str, said: &Value, answer: &Answer) {
        let is_call = said["tags"][0] == "calls" && said["requestBody"].is_object();
        let is_json = answer.header("content-type").is_some_and(|kind| kind.starts_with("application/json"));
        if !(200..300).contains(&answer.status) || !is_json || is_call {
            return;
        }
        let live = answer.json();
        let content = said.pointer(&format!("/responses/{}/content/application~1json", answer.status));
        // What is described without its form has no example either.
        let Some(content) = content else { return };
        match content.get("example") {
            None => self.wrong.push(format!("{name}: no example for {}", answer.status)),
            Some(shown) => {
                let mut found = Vec::new();
                compare(shown, &live, "", !CUT.contains(&name), &mut found);
                self.wrong.extend(found.into_iter().map(|what| format!("{name}: {what}")));
            }
        }
        let mut body = redacted("", live);
        if CUT.contains(&name)
            && let Some(members) = body.as_object_mut()
        {
            members.retain(|_, value| value.is_string());
        }
        self.answers.insert(name.to_owned(), json!({"status": answer.status, "body": body}));
    }

    /// Writes the record, where that is asked for; else everything has to be as it is shown.
    pub(super) fn done(self) {
        if std::env::var_os("ALIAS_TEST_RECORD").is_some() {
            let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/openapi").join(self.file);
            std::fs::write(path, serde_json::to_string_pretty(&self.answers).unwrap() + "\n").unwrap();
        } else {
            let help = "ALIAS_TEST_RECORD=1 records them anew";
            assert!(self.wrong.is_empty(), "{} differ; {help}:\n{}", self.wrong.len(), self.wrong.join("\n"));
        }
    }
}

/// Members whose own members are other ones from case to case: what changed, and which prices there are.
const FREE: [&str; 5] = ["change", "diff", "fields", "metadata", "prices"];

/// How what is shown differs in its form from what is: a null, and a list without elements, may be anything.
fn compare(shown: &Value, live: &Value, at: &str, whole: bool, wrong: &mut Vec<String>) {
    match (shown, live) {
        (Value::Null, _) | (_, Value::Null) => {}
        (Value::Object(shown), Value::Object(live)) => {
            for (name, value) in shown {
                match live.get(name) {
                    Some(_) if FREE.contains(&name.as_str()) => {}
                    Some(there) => compare(value, there, &format!("{at}.{name}"), whole, wrong),
                    None => wrong.push(format!("{at}.{name} is shown, and is not there")),
                }
            }
            let hidden = live.keys().filter(|name| whole && !shown.contains_key(*name));
            wrong.extend(hidden.map(|name| format!("{at}.{name} is not shown")));
        }
        (Value::Array(shown), Value::Array(live)) => {
            // Elements may have members that others lack: those of all count.
            let objects = live.iter().filter_map(Value::as_object);
            let all: Map<String, Value> = objects.flat_map(Clone::clone).collect();
            let any = if all.is_empty() { live.first().cloned() } else { Some(Value::Object(all)) };
            for one in shown {
                if let Some(any) = &any {
                    compare(one, any, &format!("{at}[]"), false, wrong);
                }
            }
        }
        _ if std::mem::discriminant(shown) == std::mem::discriminant(live) => {}
        _ => wrong.push(format!("{at} is shown as {shown}, and is {live}")),
    }
}

/// A value with the same moments, ids and secrets each time, and the first elements of its lists.
fn redacted(name: &str, value: Value) -> Value {
    match value {
        Value::Object(members) => {
            members.into_iter().map(|(name, value)| (name.clone(), redacted(&name, value))).collect()
        }
        Value::Array(all) => all.into_iter().take(SHOWN).map(|one| redacted(name, one)).collect(),
        Value::String(text) if DRAWN.contains(&name) && !text.is_empty() => json!("…"),
        Value::String(_) if KEYS.contains(&name) => json!(KEY),
        Value::String(text) => json!(plain(&text)),
        other => other,
    }
}

fn plain(text: &str) -> String {
    for secret in ["sk-", "ak-", "whsec_"] {
        if text.starts_with(secret) {
            return format!("{secret}…");
        }
    }
    let text = with_one_moment(text);
    let mut plain = String::new();
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_hexdigit() && c != '-').unwrap_or(rest.len());
        let (run, after) = rest.split_at(digits);
        plain.push_str(match run.chars().filter(char::is_ascii_hexdigit).count() {
            24.. if run.contains('-') => UUID,
            24.. => ID,
            _ => run,
        });
        let next = after.chars().next().map_or(0, char::len_utf8);
        plain.push_str(&after[..next]);
        rest = &after[next..];
    }
    match plain.split_once("127.0.0.1:") {
        Some((before, after)) => {
            let rest = after.trim_start_matches(|c: char| c.is_ascii_digit());
            format!("{before}127.0.0.1:8002{rest}")
        }
        None => plain,
    }
}

/// A text with the same day, and the same moment, in the place of all.
fn with_one_moment(text: &str) -> String {
    let is_day = |at: &usize| {
        let day = text.as_bytes().get(*at..at + 10);
        day.is_some_and(|day| day.starts_with(b"20") && day[4] == b'-' && day[7] == b'-')
    };
    let Some(at) = (0..text.len()).find(is_day).filter(|at| text.is_char_boundary(*at)) else {
        return text.to_owned();
    };
    let is_moment = text.as_bytes().get(at + 10) == Some(&b'T');
    let end = if is_moment { text[at..].find('Z').map_or(text.len(), |end| at + end + 1) } else { at + 10 };
    let shown = if is_moment { MOMENT } else { &MOMENT[..10] };
    format!("{}{shown}{}", &text[..at], with_one_moment(&text[end..]))
}

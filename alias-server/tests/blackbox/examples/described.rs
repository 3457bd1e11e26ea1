//! Whether answers are what the description of the API says: their statuses, kinds, headers, and every member.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::http::Answer;

/// Headers of the connection, of the browser's protection, and of sessions: no matter of single operations.
const OF_ALL: [&str; 14] = [
    "cache-control",
    "connection",
    "content-disposition",
    "content-encoding",
    "content-length",
    "content-security-policy",
    "content-type",
    "cross-origin-resource-policy",
    "date",
    "referrer-policy",
    "set-cookie",
    "transfer-encoding",
    "vary",
    "x-content-type-options",
];
/// What an answer to an example has, where it is described.
const ALWAYS: [&str; 3] = ["ETag", "Location", "x-alias-revision"];

/// What was found to be otherwise than it is described.
pub(super) struct Described<'a> {
    document: &'a Value,
    wrong: BTreeSet<String>,
    answers: usize,
}

/// What a value may consist of, by its schema.
#[derive(Default)]
struct Form<'a> {
    members: Map<String, Value>,
    required: BTreeSet<&'a str>,
    types: BTreeSet<&'a str>,
    items: Option<&'a Value>,
    /// Of members that it does not name, too.
    open: bool,
}

impl<'a> Described<'a> {
    pub(super) fn by(document: &'a Value) -> Self {
        Self { document, wrong: BTreeSet::new(), answers: 0 }
    }

    /// Compares an answer with the description of the operation that gave it.
    pub(super) fn note(&mut self, said: &Value, answer: &Answer) {
        self.answers += 1;
        let at = format!("{} {}", said["operationId"].as_str().unwrap_or_default(), answer.status);
        let responses = &said["responses"];
        let Some(response) = responses.get(answer.status.to_string()) else {
            let text: String = answer.text().chars().take(200).collect();
            self.wrong.insert(format!("{at} is not described: {text}"));
            return;
        };
        let response = self.target(response).clone();
        let declared = |name: &str| {
            let mut names = response["headers"].as_object().into_iter().flat_map(Map::keys);
            names.any(|declared| declared.eq_ignore_ascii_case(name))
        };
        for (name, _) in &answer.headers {
            if !OF_ALL.contains(&name.as_str()) && name != "x-frame-options" && !declared(name) {
                self.wrong.insert(format!("{at}: the header {name} is not described"));
            }
        }
        let kind = answer.header("content-type").and_then(|kind| kind.split(';').next()).unwrap_or_default();
        let content = &response["content"];
        let Some(content) = content.get(kind).or_else(|| content.get("*/*")) else {
            if !answer.body.is_empty() {
                self.wrong.insert(format!("{at}: {kind} is not described"));
            }
            return;
        };
        if kind.ends_with("json") && kind != "application/schema+json" {
            let mut wrong = Vec::new();
            self.compare(&content["schema"], &answer.json(), "", &mut wrong);
            self.wrong.extend(wrong.into_iter().map(|what| format!("{at}: {what}")));
        }
    }

    /// The same, for an answer to an example: unless that only tries something out, it has every header that tells where and what the object is now.
    pub(super) fn note_whole(&mut self, said: &Value, answer: &Answer) {
        self.note(said, answer);
        let headers = &said["responses"][answer.status.to_string()]["headers"];
        let body = answer.json();
        let changed = body["dry_run"] != true && body["applied"] != false;
        for name in ALWAYS.into_iter().filter(|_| changed) {
            if headers.get(name).is_some() && answer.header(name).is_none() {
                let of = said["operationId"].as_str().unwrap_or_default();
                self.wrong.insert(format!("{of} {}: the header {name} is not there", answer.status));
            }
        }
    }

    pub(super) fn done(self, at_least: usize) {
        let wrong: Vec<String> = self.wrong.into_iter().collect();
        assert!(wrong.is_empty(), "{} are not as described:\n{}", wrong.len(), wrong.join("\n"));
        assert!(self.answers >= at_least, "{}", self.answers);
    }

    /// What a reference leads to.
    fn target<'b>(&self, value: &'b Value) -> &'b Value
    where
        'a: 'b,
    {
        match value.get("$ref").and_then(Value::as_str) {
            Some(path) => self.document.pointer(path.trim_start_matches('#')).unwrap(),
            None => value,
        }
    }

    /// All that a schema says of a value, whichever of its alternatives it takes.
    fn form<'b>(&self, schema: &'b Value, form: &mut Form<'b>, surely: bool)
    where
        'a: 'b,
    {
        let schema = self.target(schema);
        let list = |name: &str| schema[name].as_array().into_iter().flatten();
        let combined = ["allOf", "oneOf", "anyOf"].iter().any(|name| schema.get(name).is_some());
        match &schema["type"] {
            Value::String(one) => drop(form.types.insert(one)),
            Value::Array(all) => form.types.extend(all.iter().filter_map(Value::as_str)),
            // Of no type in particular: anything.
            _ => form.open |= !combined,
        }
        let members = schema["properties"].as_object();
        for (name, member) in members.into_iter().flatten() {
            form.members.entry(name.clone()).or_insert_with(|| member.clone());
        }
        let more = schema.get("additionalProperties").is_some_and(|more| *more != Value::Bool(false));
        let is_object = schema["type"] == "object" || list("type").any(|one| one == "object");
        form.open |= more || (members.is_none() && is_object);
        if surely {
            form.required.extend(list("required").filter_map(Value::as_str));
        }
        form.items = form.items.or_else(|| schema.get("items"));
        list("allOf").for_each(|part| self.form(part, form, surely));
        list("oneOf").chain(list("anyOf")).for_each(|part| self.form(part, form, false));
    }

    fn compare(&self, schema: &Value, value: &Value, at: &str, wrong: &mut Vec<String>) {
        let mut form = Form::default();
        // The document is read as long as this value is compared.
        self.form(schema, &mut form, true);
        let is = match value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(number) if number.is_f64() => "number",
            Value::Number(_) => "integer",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        };
        let fits = form.types.contains(is) || (is == "integer" && form.types.contains("number"));
        if !(fits || form.open && form.types.is_empty()) {
            wrong.push(format!("{at} is {is}, and is described as {:?}", form.types));
        }
        match value {
            Value::Object(live) => {
                for (name, value) in live {
                    match form.members.get(name) {
                        Some(member) => self.compare(member, value, &format!("{at}.{name}"), wrong),
                        None if form.open => {}
                        None => wrong.push(format!("{at}.{name} is in no schema")),
                    }
                }
                let absent = form.required.iter().filter(|name| !live.contains_key(**name));
                wrong.extend(absent.map(|name| format!("{at}.{name} is required, and is not there")));
            }
            Value::Array(live) => {
                if let Some(items) = form.items {
                    for one in live {
                        self.compare(items, one, &format!("{at}[]"), wrong);
                    }
                }
            }
            _ => {}
        }
    }
}

//! Plans as people read them: what is made, changed and deleted, and who gains or loses what.

use comfy_table::Color;
use serde_json::Value;

use crate::table::{cell, words};
use crate::terminal::{Terminal, painted};

/// The longest value of a field that is shown in full.
const LONGEST: usize = 100;
/// How many teams are named.
const MOST_TEAMS: usize = 50;

/// A plan, and what was done of it.
pub(crate) fn plan(plan: &Value, terminal: Terminal) -> String {
    let mut lines = Vec::new();
    for change in list(plan, "changes") {
        lines.extend(of_change(change, terminal));
    }
    let access = list(plan, "access");
    lines.extend(access.iter().take(MOST_TEAMS).map(|team| of_team(team, terminal)));
    if access.len() > MOST_TEAMS {
        lines.push(format!("and {} more teams gain or lose something", access.len() - MOST_TEAMS));
    }
    lines.extend(list(plan, "notes").iter().map(|note| format!("note: {}", cell(note, "message"))));
    let count = |of: &str| plan["summary"][of].as_u64().unwrap_or(0);
    let adopted = match count("adopt") {
        0 => String::new(),
        some => format!(", {some} to adopt"),
    };
    lines.push(format!(
        "Plan: {} to create, {} to update, {} to delete{adopted}, {} as they are.",
        count("create"),
        count("update"),
        count("delete"),
        count("unchanged"),
    ));
    lines.join("\n") + "\n"
}

/// Whether something would be deleted, or somebody would lose access.
pub(crate) fn takes_away(plan: &Value) -> bool {
    plan["summary"]["delete"].as_u64().unwrap_or(0) > 0
        || list(plan, "access").iter().any(|team| !list(team, "lost").is_empty())
}

fn list<'a>(of: &'a Value, member: &str) -> &'a [Value] {
    of[member].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn of_change(change: &Value, terminal: Terminal) -> Vec<String> {
    let kind = cell(change, "kind").replace('_', " ");
    let name = cell(change, "name");
    let reach = reach(change);
    let fields = change["fields"].as_object().into_iter().flatten();
    let target = words(&change["fields"]["litellm_model"]["to"]);
    let (sign, color, more, fields): (_, _, _, Vec<String>) = match change["operation"].as_str() {
        Some("create") if target != "-" => {
            ("+", Color::Green, format!(" -> {target}"), made(fields, &["litellm_model"]))
        }
        Some("create") => ("+", Color::Green, String::new(), made(fields, &[])),
        Some("delete") => ("-", Color::Red, reach, Vec::new()),
        Some("adopt") => ("=", Color::Cyan, " belongs to this file from now on".to_owned(), Vec::new()),
        _ => {
            let fields = fields.flat_map(|(name, field)| {
                let price = (name == "litellm_model").then(|| price(&change["prices"])).flatten();
                std::iter::once(changed(name, field)).chain(price)
            });
            ("~", Color::Yellow, reach, fields.collect())
        }
    };
    let head = painted(&format!("{sign} {kind} {name}{more}"), color, terminal);
    std::iter::once(head).chain(fields.into_iter().map(|line| format!("    {line}"))).collect()
}

/// How many teams have the object, and how much they call it.
fn reach(change: &Value) -> String {
    let count = |member: &str| change[member].as_u64().filter(|count| *count > 0);
    let said = |count: Option<u64>, one: &str, many: &str| {
        count.map(|count| format!("{} {}", grouped(count), if count == 1 { one } else { many }))
    };
    let calls = said(count("calls_7_days"), "call", "calls").map(|calls| format!("{calls} in 7 days"));
    match [said(count("teams"), "team", "teams"), calls].into_iter().flatten().collect::<Vec<_>>() {
        all if all.is_empty() => String::new(),
        all => format!(" ({})", all.join(", ")),
    }
}

/// A number with a comma at every thousand.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let parts: Vec<&[u8]> = digits.as_bytes().rchunks(3).rev().collect();
    parts.into_iter().map(String::from_utf8_lossy).collect::<Vec<_>>().join(",")
}

/// What the target costs now and then.
fn price(prices: &Value) -> Option<String> {
    let of = |price: &Value| {
        if price.is_null() {
            "unknown".to_owned()
        } else {
            format!("${}/${}", price["input"], price["output"])
        }
    };
    let known = !prices["from"].is_null() || !prices["to"].is_null();
    known.then(|| format!("price in/out per 1M: {} -> {}", of(&prices["from"]), of(&prices["to"])))
}

/// What a new object says, as far as it says something.
fn made<'a>(fields: impl Iterator<Item = (&'a String, &'a Value)>, without: &[&str]) -> Vec<String> {
    let said = fields.map(|(name, change)| (name, &change["to"]));
    let said = said.filter(|(name, to)| !without.contains(&name.as_str()) && is_said(name, to));
    said.map(|(name, to)| format!("{name}: {}", short(&words(to)))).collect()
}

/// Whether a new object would not say this anyway.
fn is_said(name: &str, value: &Value) -> bool {
    let usual = match name {
        "active" => Value::Bool(true),
        "visibility" => "listed".into(),
        "on_disconnect" => "cancel".into(),
        "pricing" => serde_json::json!({ "basis": "catalog" }),
        "budget_mode"
        | "limit_mode"
        | "credits_per_dollar"
        | "tokens_per_credit"
        | "cost_markup_percentage" => {
            return false;
        }
        _ => return words(value) != "-" && *value != serde_json::json!({}),
    };
    *value != usual
}

fn changed(name: &str, change: &Value) -> String {
    let (from, to) = (&change["from"], &change["to"]);
    if let (Value::Array(from), Value::Array(to)) = (from, to) {
        let beyond = |a: &[Value], b: &[Value], sign: &str| {
            a.iter()
                .filter(|one| !b.contains(one))
                .map(|one| format!("{sign}{}", words(one)))
                .collect::<Vec<_>>()
        };
        let all = [beyond(to, from, "+"), beyond(from, to, "-")].concat();
        return format!("{name}: {}", short(&all.join(" ")));
    }
    format!("{name}: {} -> {}", short(&words(from)), short(&words(to)))
}

fn of_team(team: &Value, terminal: Terminal) -> String {
    let names = |member: &str| short(&words(&team[member]));
    let mut said = Vec::new();
    if !list(team, "gained").is_empty() {
        said.push(format!("gains {}", names("gained")));
    }
    if !list(team, "lost").is_empty() {
        said.push(painted(&format!("loses {}", names("lost")), Color::Red, terminal));
    }
    format!("team {} {}", cell(team, "team_id"), said.join("; "))
}

fn short(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

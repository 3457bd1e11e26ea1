//! What would come of a change, as people read it: who loses and gains which names, and how much they use them.

use serde_json::Value;

use crate::table::{cell, words};

/// How many teams are named.
const MOST_TEAMS: usize = 20;

/// An impact as the server tells it.
pub(crate) fn impact(impact: &Value) -> String {
    let mut lines = Vec::new();
    // What comes or goes as a whole is no change of fields.
    let fields = impact["change"].as_object().into_iter().flatten();
    for (field, change) in fields.filter(|(_, change)| !change["from"].is_null() && !change["to"].is_null()) {
        lines.push(format!("{field}: {} -> {}", words(&change["from"]), words(&change["to"])));
    }
    let teams = impact["teams"].as_array().map(Vec::as_slice).unwrap_or_default();
    lines.extend(teams.iter().take(MOST_TEAMS).map(of_team));
    let count = |member: &str| impact[member].as_u64().unwrap_or(0);
    if count("teams_affected") > MOST_TEAMS as u64 {
        lines.push(format!("and {} more teams", count("teams_affected") - MOST_TEAMS as u64));
    }
    lines.extend(of_switch(&impact["switch"]));
    let calls = &impact["usage"]["last_7_days"]["calls"];
    lines.push(format!(
        "{} and {} would lose or gain something; {} calls in 7 days",
        counted(count("teams_affected"), "team", "teams"),
        counted(count("keys_affected"), "key", "keys"),
        words(calls)
    ));
    lines.join("\n") + "\n"
}

fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn of_team(team: &Value) -> String {
    let names = |member: &str, word: &str| match cell(team, member).as_str() {
        "-" => None,
        names => Some(format!("{word} {names}")),
    };
    let said =
        [names("loses", "loses"), names("gains", "gains"), names("equivalents", "and has the same model as")];
    let said: Vec<String> = said.into_iter().flatten().collect();
    format!(
        "team {} {} ({} calls in 7 days)",
        cell(team, "team_id"),
        said.join("; "),
        cell(team, "last_7_days.calls")
    )
}

fn of_switch(switch: &Value) -> Vec<String> {
    if switch.is_null() {
        return Vec::new();
    }
    let warnings = switch["warnings"].as_array().into_iter().flatten();
    let mut lines: Vec<String> =
        warnings.map(|warning| format!("note: {}", cell(warning, "message"))).collect();
    let (cost, other) = (cell(switch, "cost_usd"), cell(switch, "repriced_cost_usd"));
    lines.push(format!("the calls of 30 days cost ${cost}; there they would have cost ${other}"));
    lines
}

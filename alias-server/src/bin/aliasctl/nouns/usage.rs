//! `aliasctl usage`: what calls used, as a table with bars.

use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::Value;

use crate::client::Request;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::list::{self, Limit};
use crate::output::{Column, Format, column, wide};
use crate::table;

const COLUMNS: &[Column] = &[
    column("OF", "group"),
    column("PERIOD", "period"),
    column("CALLS", "calls"),
    column("FAILED", "failed"),
    column("TOKENS IN", "input_tokens"),
    column("TOKENS OUT", "output_tokens"),
    wide("CREDITS", "charged_credits"),
    column("COST $", "cost_usd"),
    column("BILLED $", "billed_usd"),
    wide("UNPRICED", "unpriced_calls"),
    wide("P50 MS", "latency_ms.p50"),
    column("P95 MS", "latency_ms.p95"),
    wide("P99 MS", "latency_ms.p99"),
    wide("FIRST TOKEN P50 MS", "first_token_ms.p50"),
    wide("FIRST TOKEN P95 MS", "first_token_ms.p95"),
    wide("FIRST TOKEN P99 MS", "first_token_ms.p99"),
];

/// The longest bar, in characters.
const LONGEST_BAR: u64 = 20;

/// Which calls, and how they are summed up.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// A row for each of these
    #[arg(long, default_value = "alias", value_parser = [
        "alias", "access_group", "team", "organization", "provider", "model", "key", "job_type", "endpoint", "outcome", "none",
    ])]
    by: String,
    /// A row for each of these as well
    #[arg(long, value_parser = ["hour", "day", "month"])]
    interval: Option<String>,
    /// Calls of the time up to now, like 12h, or of so many days with today, like 30d; or since this day, like 2026-10-01
    #[arg(long, default_value = "30d", value_name = "TIME")]
    since: String,
    /// Calls up to the end of this day [default: today]
    #[arg(long, value_name = "DAY")]
    until: Option<String>,
    /// Only calls of this alias
    #[arg(long)]
    alias: Option<String>,
    /// Only calls of this team
    #[arg(long)]
    team: Option<String>,
    /// Only calls of this organization's teams
    #[arg(long)]
    org: Option<String>,
    /// Comma-separated values: short for --output csv
    #[arg(long, conflicts_with_all = ["output", "json"])]
    csv: bool,
    #[command(flatten)]
    limit: Limit,
}

impl Arguments {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let output = if self.csv { context.output.of(Format::Csv) } else { context.output };
        let from = since(&self.since, DateTime::<Utc>::from(std::time::SystemTime::now()))?;
        let by = (self.by != "none").then_some(self.by.as_str());
        let request = || {
            Request::get("/api/usage")
                .with("from", Some(&from))
                .with("to", self.until.as_deref())
                .with("group_by", by)
                .with("interval", self.interval.as_deref())
                .with("alias", self.alias.as_deref())
                .with("team", self.team.as_deref())
                .with("organization", self.org.as_deref())
        };
        let mut answer = list::read(context, request, "rows", self.limit).await?;
        let mut columns: Vec<Column> = COLUMNS.iter().copied().filter(|c| self.shows(c.member)).collect();
        if output.is_for_people() {
            add_bars(&mut answer);
            columns.push(column("", "bar"));
        }
        output.list(&answer, "rows", &columns)?;
        Ok(Exit::Done)
    }

    fn shows(&self, member: &str) -> bool {
        match member {
            "group" => self.by != "none",
            "period" => self.interval.is_some(),
            _ => true,
        }
    }
}

/// A day or a moment as it is, and a length of time as the moment that lies so far back.
fn since(text: &str, now: DateTime<Utc>) -> Result<String, Failure> {
    if text.contains('-') {
        return Ok(text.to_owned());
    }
    let wrong = || Failure::Usage(format!("--since must be like 30d, 12h or 2026-10-01, not {text:?}"));
    let length: Duration = humantime::parse_duration(text).map_err(|_| wrong())?;
    let length = chrono::Duration::from_std(length).map_err(|_| wrong())?;
    let from = now.checked_sub_signed(length).ok_or_else(wrong)?;
    // So many days are whole ones, of which today is one.
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ').trim_end();
    if matches!(unit, "d" | "day" | "days" | "w" | "week" | "weeks") {
        return Ok((from + chrono::Duration::days(1)).date_naive().to_string());
    }
    Ok(from.to_rfc3339_opts(SecondsFormat::Secs, true))
}

/// Draws how the rows' calls compare.
fn add_bars(answer: &mut Value) {
    let rows = answer.get_mut("rows").and_then(Value::as_array_mut);
    let Some(rows) = rows else { return };
    let calls = |row: &Value| table::member(row, "calls").as_u64().unwrap_or(0);
    let most = rows.iter().map(calls).max().unwrap_or(0).max(1);
    for row in rows {
        let length = calls(row).saturating_mul(LONGEST_BAR).div_ceil(most);
        let bar = "#".repeat(usize::try_from(length).unwrap_or_default());
        if let Some(members) = row.as_object_mut() {
            members.insert("bar".to_owned(), bar.into());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_counted_back_from_now_and_a_day_is_taken_as_it_is() {
        let now = DateTime::parse_from_rfc3339("2026-11-26T08:30:00Z").unwrap().to_utc();
        assert_eq!(since("7d", now).unwrap(), "2026-11-20", "today, and six days before");
        assert_eq!(since("1d", now).unwrap(), "2026-11-26");
        assert_eq!(since("36h", now).unwrap(), "2026-11-24T20:30:00Z");
        assert_eq!(since("2h", now).unwrap(), "2026-11-26T06:30:00Z");
        assert_eq!(since("2026-10-01", now).unwrap(), "2026-10-01");
        assert!(since("soon", now).is_err());
    }
}

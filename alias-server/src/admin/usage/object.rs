//! Reports on the wire.

use alias_core::clock::Timestamp;
use alias_core::report::{Figures, Grouping, Interval, ReportRow};
use serde::Serialize;
use utoipa::ToSchema;

use crate::admin::list::PageInfo;

/// One row of a report.
#[derive(Debug, Serialize, ToSchema)]
pub struct UsageRow {
    /// Its time: `2024-10-14T12:00:00Z`, `2024-10-14` or `2024-10`; null where the report has no intervals.
    #[schema(example = "2024-10-14")]
    pub period: Option<String>,
    /// What its calls have in common; null where the report has no groups.
    #[schema(example = "gpt-4")]
    pub group: Option<String>,
    /// The same by identity: two aliases that had one name one after the other are two.
    #[schema(example = "mal_0192f0a1b2c37d4e8f90a1b2c3d4e5f6")]
    pub group_id: Option<String>,
    /// The sums.
    #[serde(flatten)]
    pub figures: Figures,
}

impl From<ReportRow> for UsageRow {
    fn from(row: ReportRow) -> Self {
        let some = |text: String| Some(text).filter(|text| !text.is_empty());
        Self {
            period: some(row.period),
            group: some(row.name),
            group_id: some(row.key),
            figures: row.figures,
        }
    }
}

/// A part of a report.
#[derive(Debug, Serialize, ToSchema)]
pub struct UsageReport {
    /// Where its time begins.
    pub from: Timestamp,
    /// Where its time ends: calls that began before.
    pub to: Timestamp,
    /// How long a row's time is.
    pub interval: Option<Interval>,
    /// What the calls of a row have in common.
    pub group_by: Option<Grouping>,
    /// The rows, by time, then by identity.
    pub rows: Vec<UsageRow>,
    /// Where the report stands.
    #[serde(flatten)]
    pub page: PageInfo,
}

/// The columns of a row as CSV; `a.b` is the member `b` of `a`.
pub const COLUMNS: [&str; 25] = [
    "period",
    "group",
    "group_id",
    "calls",
    "successful",
    "failed",
    "input_tokens",
    "output_tokens",
    "cached_tokens",
    "reasoning_tokens",
    "cost_usd",
    "billed_usd",
    "credits",
    "charged_credits",
    "house_credits",
    "unpriced_calls",
    "estimated_calls",
    "latency_ms.p50",
    "latency_ms.p95",
    "latency_ms.p99",
    "latency_ms.calls",
    "first_token_ms.p50",
    "first_token_ms.p95",
    "first_token_ms.p99",
    "first_token_ms.calls",
];

#[cfg(test)]
mod tests {
    use alias_core::report::Percentiles;

    use super::*;

    #[test]
    fn every_figure_is_a_column() {
        let times = Some(Percentiles { p50: 1, p95: 2, p99: 3, calls: 4 });
        let row = ReportRow {
            period: String::new(),
            key: String::new(),
            name: String::new(),
            figures: Figures { latency_ms: times, first_token_ms: times, ..Figures::default() },
        };
        let row = serde_json::to_value(UsageRow::from(row)).unwrap();
        let mut fields: Vec<String> = Vec::new();
        for (name, value) in row.as_object().unwrap() {
            match value.as_object() {
                Some(members) => fields.extend(members.keys().map(|member| format!("{name}.{member}"))),
                None => fields.push(name.clone()),
            }
        }
        let mut columns = COLUMNS;
        fields.sort_unstable();
        columns.sort_unstable();
        assert_eq!(fields, columns);
    }
}

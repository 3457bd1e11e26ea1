//! The text of a report's query. What comes from outside is bound, never written into it.

use alias_core::report::{Grouping, Interval, ReportQuery};
use chrono::NaiveDateTime;
use diesel::RunQueryDsl;
use diesel::sql_types::{BigInt, Date, Text, Timestamp};

use super::Row;
use super::chosen::Chosen;
use crate::column::time;
use crate::connection::{AnyConnection, on_each_backend};
use crate::error::Failure;

/// What a report is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// The days' sums.
    Days,
    /// The calls.
    Calls,
}

/// A value that is bound.
enum Value {
    Text(String),
    Moment(NaiveDateTime),
    Number(i64),
}

/// A text that grows, and what is bound in it.
#[derive(Default)]
struct Writer {
    text: String,
    values: Vec<Value>,
}

impl Writer {
    fn say(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Both databases count what is bound as `$1`, `$2`, in the order of their appearance.
    fn bind(&mut self, value: Value) {
        self.values.push(value);
        self.text.push('$');
        self.text.push_str(&self.values.len().to_string());
    }

    fn any_of(&mut self, column: &str, ids: &[String]) {
        if ids.is_empty() {
            return self.say(" AND 1 = 0");
        }
        self.say(&format!(" AND {column} IN ("));
        for (place, id) in ids.iter().enumerate() {
            if place > 0 {
                self.say(", ");
            }
            self.bind(Value::Text(id.clone()));
        }
        self.say(")");
    }
}

/// Where the databases speak differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    fn of(conn: &AnyConnection) -> Self {
        match conn {
            AnyConnection::Sqlite(_) => Self::Sqlite,
            AnyConnection::Postgres(_) => Self::Postgres,
        }
    }

    /// The beginning of a row's time, in UTC.
    fn period(self, source: Source, interval: Option<Interval>) -> &'static str {
        use {Interval as I, Source as S};
        match (self, source, interval) {
            (_, _, None) => "''",
            (Self::Sqlite, S::Days, Some(I::Month)) => "SUBSTR(r.day, 1, 7)",
            (Self::Sqlite, S::Days, Some(_)) => "r.day",
            (Self::Sqlite, S::Calls, Some(I::Month)) => "SUBSTR(r.started_at, 1, 7)",
            (Self::Sqlite, S::Calls, Some(I::Day)) => "SUBSTR(r.started_at, 1, 10)",
            (Self::Sqlite, S::Calls, Some(I::Hour)) => "REPLACE(SUBSTR(r.started_at, 1, 13), ' ', 'T') || ':00:00Z'",
            (Self::Postgres, S::Days, Some(I::Month)) => "TO_CHAR(r.day, 'YYYY-MM')",
            (Self::Postgres, S::Days, Some(_)) => "TO_CHAR(r.day, 'YYYY-MM-DD')",
            (Self::Postgres, S::Calls, Some(I::Month)) => "TO_CHAR(r.started_at, 'YYYY-MM')",
            (Self::Postgres, S::Calls, Some(I::Day)) => "TO_CHAR(r.started_at, 'YYYY-MM-DD')",
            (Self::Postgres, S::Calls, Some(I::Hour)) => "TO_CHAR(r.started_at, 'YYYY-MM-DD\"T\"HH24') || ':00:00Z'",
        }
    }

    /// What the calls of a row have in common by identity, and how people call it.
    fn group(self, group: Option<Grouping>) -> (&'static str, &'static str) {
        let same = |column| (column, column);
        match (self, group) {
            (_, None) => same("''"),
            (_, Some(Grouping::Alias)) => ("r.alias_id", "COALESCE(a.alias, r.alias_id)"),
            (_, Some(Grouping::Team)) => ("r.team_uid", "COALESCE(t.team_id, r.team_uid)"),
            (_, Some(Grouping::Organization)) => {
                ("LOWER(COALESCE(t.organization_id, ''))", "COALESCE(t.organization_id, '')")
            }
            (Self::Sqlite, Some(Grouping::Provider)) => {
                same("SUBSTR(r.litellm_model, 1, INSTR(r.litellm_model, '/') - 1)")
            }
            (Self::Postgres, Some(Grouping::Provider)) => same("SPLIT_PART(r.litellm_model, '/', 1)"),
            (_, Some(Grouping::Model)) => same("r.litellm_model"),
            (_, Some(Grouping::Key)) => same("r.key_id"),
            (Self::Sqlite, Some(Grouping::JobType)) => {
                same("COALESCE(CASE WHEN r.job_id IS NOT NULL THEN JSON_EXTRACT(r.detail, '$.job_type') END, 'direct')")
            }
            // PostgreSQL refuses to read the escaped NUL, which a provider may have said in its report.
            (Self::Postgres, Some(Grouping::JobType)) => same(
                "COALESCE(CASE WHEN r.job_id IS NOT NULL \
                 THEN REPLACE(r.detail, '\\u0000', '\\ufffd')::json ->> 'job_type' END, 'direct')",
            ),
            (_, Some(Grouping::Endpoint)) => same("r.endpoint"),
            (_, Some(Grouping::Outcome)) => same("r.outcome"),
        }
    }

    /// Tokens of audio, which only few calls have: sent is 0, made is 1.
    fn audio(self, which: u8) -> String {
        let read = match self {
            Self::Sqlite => format!("JSON_EXTRACT(r.detail, '$.audio[{which}]')"),
            Self::Postgres => {
                format!("(REPLACE(r.detail, '\\u0000', '\\ufffd')::json -> 'audio' ->> {which})::bigint")
            }
        };
        format!("CASE WHEN r.detail LIKE '%\"audio\":[%' THEN COALESCE({read}, 0) ELSE 0 END")
    }

    /// The sums, each with its name.
    fn sums(self, source: Source) -> Vec<(&'static str, String)> {
        if source == Source::Days {
            let columns = [
                "calls", "completed", "input_tokens", "output_tokens", "cached_tokens", "reasoning_tokens",
                "cost_nano", "billed_nano", "credits", "charged", "unpriced", "estimated",
            ];
            let mut all: Vec<_> = columns.map(|column| (column, format!("SUM(r.{column})"))).into();
            all.extend([("jobs", "0".to_owned()), ("successful_jobs", "0".to_owned())]);
            return all;
        }
        let column = |column: &str| format!("SUM(r.{column})");
        let when = |what: &str| format!("SUM(CASE WHEN {what} THEN 1 ELSE 0 END)");
        let classes = |columns: &[&str], audio| {
            let read: Vec<_> = columns.iter().map(|column| format!("COALESCE(r.{column}, 0)")).collect();
            format!("SUM({} + {})", read.join(" + "), self.audio(audio))
        };
        vec![
            ("calls", "COUNT(*)".to_owned()),
            ("completed", when("r.outcome = 'complete'")),
            ("input_tokens", classes(&["input_tokens", "cache_read_tokens", "cache_write_tokens"], 0)),
            ("output_tokens", classes(&["output_tokens", "reasoning_tokens"], 1)),
            ("cached_tokens", column("cache_read_tokens")),
            ("reasoning_tokens", column("reasoning_tokens")),
            ("cost_nano", column("provider_cost")),
            ("billed_nano", column("charge")),
            ("credits", column("credits")),
            ("charged", column("charged")),
            ("unpriced", when("r.outcome = 'complete' AND r.provider_cost IS NULL")),
            ("estimated", when("r.detail LIKE '%\"source\":\"estimated\"%'")),
            ("jobs", "COUNT(DISTINCT COALESCE(r.job_id, r.call_id))".to_owned()),
            (
                "successful_jobs",
                "COUNT(DISTINCT CASE WHEN r.outcome = 'complete' THEN COALESCE(r.job_id, r.call_id) END)".to_owned(),
            ),
        ]
    }
}

/// Writes which calls are summed.
fn filter(writer: &mut Writer, source: Source, query: &ReportQuery, chosen: &Chosen) {
    let column = if source == Source::Days { "r.day" } else { "r.started_at" };
    let (from, to) = (time(query.scope.from), time(query.scope.to));
    writer.say(&format!(" WHERE {column} >= "));
    writer.bind(Value::Moment(from));
    writer.say(&format!(" AND {column} < "));
    writer.bind(Value::Moment(to));
    if source == Source::Days {
        writer.say(" AND r.calls > 0");
    }
    if let Some(ids) = &chosen.aliases {
        writer.any_of("r.alias_id", ids);
    }
    if let Some(ids) = &chosen.teams {
        writer.any_of("r.team_uid", ids);
    }
    if let Some((folded, age)) = &chosen.organization {
        writer.say(" AND LOWER(t.organization_id) = ");
        writer.bind(Value::Text(folded.clone()));
        writer.say(" AND SUBSTR(r.team_uid, 5) > ");
        writer.bind(Value::Text(age.clone()));
    }
}

fn text(dialect: Dialect, source: Source, query: &ReportQuery, chosen: &Chosen, limit: i64) -> Writer {
    let mut writer = Writer::default();
    let (key, name) = dialect.group(query.group_by);
    writer.say("SELECT * FROM (SELECT g.*, COUNT(*) OVER () AS total FROM (SELECT ");
    writer.say(&format!("{} AS period, {key} AS key, MAX({name}) AS name", dialect.period(source, query.interval)));
    for (column, sum) in dialect.sums(source) {
        writer.say(&format!(", CAST(COALESCE({sum}, 0) AS BIGINT) AS {column}"));
    }
    writer.say(if source == Source::Days { " FROM usage_rollups r" } else { " FROM usage_events r" });
    writer.say(" LEFT JOIN usage_teams t ON t.team_uid = r.team_uid");
    if query.group_by == Some(Grouping::Alias) {
        writer.say(" LEFT JOIN model_aliases a ON a.id = r.alias_id");
    }
    filter(&mut writer, source, query, chosen);
    // Constants stand for "all together": neither database groups by a constant in the same words.
    let grouped: Vec<&str> = [(query.interval.is_some(), "1"), (query.group_by.is_some(), "2")]
        .into_iter()
        .filter_map(|(is, place)| is.then_some(place))
        .collect();
    if grouped.is_empty() {
        writer.say(" HAVING COUNT(*) > 0");
    } else {
        writer.say(&format!(" GROUP BY {}", grouped.join(", ")));
    }
    writer.say(") g) q");
    if let Some(after) = &query.after {
        writer.say(" WHERE (q.period, q.key) > (");
        writer.bind(Value::Text(after.period.clone()));
        writer.say(", ");
        writer.bind(Value::Text(after.key.clone()));
        writer.say(")");
    }
    let order = if query.most_first { "q.calls DESC, q.key" } else { "q.period, q.key" };
    writer.say(&format!(" ORDER BY {order} LIMIT "));
    writer.bind(Value::Number(limit));
    writer
}

/// The rows of a report.
pub(super) fn rows(
    conn: &mut AnyConnection,
    source: Source,
    query: &ReportQuery,
    chosen: &Chosen,
    limit: i64,
) -> Result<Vec<Row>, Failure> {
    let writer = text(Dialect::of(conn), source, query, chosen, limit);
    on_each_backend!(conn, c => {
        let mut statement = diesel::sql_query(writer.text).into_boxed();
        for value in writer.values {
            statement = match value {
                Value::Text(text) => statement.bind::<Text, _>(text),
                Value::Number(number) => statement.bind::<BigInt, _>(number),
                Value::Moment(at) if source == Source::Days => statement.bind::<Date, _>(at.date()),
                Value::Moment(at) => statement.bind::<Timestamp, _>(at),
            };
        }
        Ok(statement.load(c)?)
    })
}

//! The text of a report's query. What comes from outside is bound, never written into it.

use alias_core::report::{Grouping, ReportQuery, Scope};
use chrono::NaiveDateTime;
use diesel::RunQueryDsl;

use super::Row;
use super::chosen::Chosen;
use super::dialect::Dialect;
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
pub(super) enum Value {
    Text(String),
    Moment(NaiveDateTime),
    Number(i64),
}

/// A text that grows, and what is bound in it.
#[derive(Default)]
pub(super) struct Writer {
    pub(super) text: String,
    pub(super) values: Vec<Value>,
}

impl Writer {
    pub(super) fn say(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Both databases count what is bound as `$1`, `$2`, in the order of their appearance.
    pub(super) fn bind(&mut self, value: Value) {
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

/// Writes whose the calls were, and which of them are summed.
pub(super) fn filter(writer: &mut Writer, source: Source, query: &ReportQuery, chosen: &Chosen) {
    writer.say(" LEFT JOIN usage_teams t ON t.team_uid = r.team_uid");
    match query.group_by {
        Some(Grouping::Alias) => writer.say(" LEFT JOIN model_aliases a ON a.id = r.alias_id"),
        Some(Grouping::AccessGroup) => writer.say(
            " JOIN group_aliases ga ON ga.alias_id = r.alias_id \
             JOIN team_groups tg ON tg.group_id = ga.group_id AND tg.team_uid = r.team_uid \
             JOIN access_groups ag ON ag.id = ga.group_id",
        ),
        _ => {}
    }
    whose(writer, source, &query.scope, chosen, "t.organization_id");
}

/// Writes the time of the calls, and whose they were; `organization` is the column that tells their teams' organization.
pub(super) fn whose(writer: &mut Writer, source: Source, scope: &Scope, chosen: &Chosen, organization: &str) {
    let column = if source == Source::Days { "r.day" } else { "r.started_at" };
    let (from, to) = (time(scope.from), time(scope.to));
    writer.say(&format!(" WHERE {column} >= "));
    writer.bind(Value::Moment(from));
    writer.say(&format!(" AND {column} < "));
    writer.bind(Value::Moment(to));
    if let Some(ids) = &chosen.aliases {
        writer.any_of("r.alias_id", ids);
    }
    if let Some(ids) = &chosen.teams {
        writer.any_of("r.team_uid", ids);
    }
    if let Some((folded, age)) = &chosen.organization {
        writer.say(&format!(" AND LOWER({organization}) = "));
        writer.bind(Value::Text(folded.clone()));
        writer.say(" AND SUBSTR(r.team_uid, 5) > ");
        writer.bind(Value::Text(age.clone()));
    }
}

/// The columns that make a row: the first and the second. Constants stand for "all together", and neither database groups
/// by a constant in the same words.
pub(super) fn grouped(query: &ReportQuery) -> Vec<&'static str> {
    [(query.interval.is_some(), "1"), (query.group_by.is_some(), "2")]
        .into_iter()
        .filter_map(|(is, place)| is.then_some(place))
        .collect()
}

fn text(dialect: Dialect, source: Source, query: &ReportQuery, chosen: &Chosen, limit: i64) -> Writer {
    let mut writer = Writer::default();
    let (key, name) = dialect.group(query.group_by);
    writer.say("SELECT * FROM (SELECT g.*, COUNT(*) OVER () AS total FROM (SELECT ");
    writer.say(&format!(
        "{} AS period, {key} AS key, MAX({name}) AS name",
        dialect.period(source, query.interval)
    ));
    for (column, sum) in dialect.sums(source) {
        writer.say(&format!(", CAST(COALESCE({sum}, 0) AS BIGINT) AS {column}"));
    }
    writer.say(if source == Source::Days { " FROM usage_rollups r" } else { " FROM usage_events r" });
    if source == Source::Calls {
        // What calls of unknown price came to later.
        writer.say(" LEFT JOIN usage_rerates v ON v.instance_id = r.instance_id AND v.seq = r.seq");
    }
    filter(&mut writer, source, query, chosen);
    if source == Source::Days {
        writer.say(" AND r.calls > 0");
    }
    let grouped = grouped(query);
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

/// The statement with its values. A macro, for its type is another for each database.
macro_rules! bound {
    ($writer:expr, $source:expr) => {{
        use diesel::sql_types::{BigInt, Date, Text, Timestamp};
        let (writer, source): (Writer, Source) = ($writer, $source);
        writer.values.into_iter().fold(diesel::sql_query(writer.text).into_boxed(), |statement, value| {
            match value {
                Value::Text(text) => statement.bind::<Text, _>(text),
                Value::Number(number) => statement.bind::<BigInt, _>(number),
                Value::Moment(at) if source == Source::Days => statement.bind::<Date, _>(at.date()),
                Value::Moment(at) => statement.bind::<Timestamp, _>(at),
            }
        })
    }};
}
pub(super) use bound;

/// The rows of a report.
pub(super) fn rows(
    conn: &mut AnyConnection,
    source: Source,
    query: &ReportQuery,
    chosen: &Chosen,
    limit: i64,
) -> Result<Vec<Row>, Failure> {
    let writer = text(Dialect::of(conn), source, query, chosen, limit);
    on_each_backend!(conn, c => Ok(bound!(writer, source).load(c)?))
}

//! Where the databases speak differently: parts of a report's query.

use alias_core::report::{Grouping, Interval};

use super::query::Source;
use crate::connection::AnyConnection;

/// Where the databases speak differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    pub(super) fn of(conn: &AnyConnection) -> Self {
        match conn {
            AnyConnection::Sqlite(_) => Self::Sqlite,
            AnyConnection::Postgres(_) => Self::Postgres,
        }
    }

    /// The beginning of a row's time, in UTC.
    pub(super) fn period(self, source: Source, interval: Option<Interval>) -> &'static str {
        use {Interval as I, Source as S};
        match (self, source, interval) {
            (_, _, None) => "''",
            (Self::Sqlite, S::Days, Some(I::Month)) => "SUBSTR(r.day, 1, 7)",
            (Self::Sqlite, S::Days, Some(_)) => "r.day",
            (Self::Sqlite, S::Calls, Some(I::Month)) => "SUBSTR(r.started_at, 1, 7)",
            (Self::Sqlite, S::Calls, Some(I::Day)) => "SUBSTR(r.started_at, 1, 10)",
            (Self::Sqlite, S::Calls, Some(I::Hour)) => {
                "REPLACE(SUBSTR(r.started_at, 1, 13), ' ', 'T') || ':00:00Z'"
            }
            (Self::Postgres, S::Days, Some(I::Month)) => "TO_CHAR(r.day, 'YYYY-MM')",
            (Self::Postgres, S::Days, Some(_)) => "TO_CHAR(r.day, 'YYYY-MM-DD')",
            (Self::Postgres, S::Calls, Some(I::Month)) => "TO_CHAR(r.started_at, 'YYYY-MM')",
            (Self::Postgres, S::Calls, Some(I::Day)) => "TO_CHAR(r.started_at, 'YYYY-MM-DD')",
            (Self::Postgres, S::Calls, Some(I::Hour)) => {
                "TO_CHAR(r.started_at, 'YYYY-MM-DD\"T\"HH24') || ':00:00Z'"
            }
        }
    }

    /// What the calls of a row have in common by identity, and how people call it.
    pub(super) fn group(self, group: Option<Grouping>) -> (&'static str, &'static str) {
        let same = |column| (column, column);
        match (self, group) {
            (_, None) => same("''"),
            (_, Some(Grouping::Alias)) => ("r.alias_id", "COALESCE(a.alias, r.alias_id)"),
            (_, Some(Grouping::AccessGroup)) => ("ag.id", "ag.group_name"),
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
            (Self::Sqlite, Some(Grouping::JobType)) => same(
                "COALESCE(CASE WHEN r.job_id IS NOT NULL THEN JSON_EXTRACT(r.detail, '$.job_type') END, 'direct')",
            ),
            // PostgreSQL refuses to read the escaped NUL, which a provider may have said in its report.
            (Self::Postgres, Some(Grouping::JobType)) => same(
                "COALESCE(CASE WHEN r.job_id IS NOT NULL \
                 THEN REPLACE(r.detail, '\\u0000', '\\ufffd')::json ->> 'job_type' END, 'direct')",
            ),
            (_, Some(Grouping::Endpoint)) => same("r.endpoint"),
            (_, Some(Grouping::Outcome)) => same("r.outcome"),
        }
    }

    /// The calls of each instance whose times wait to be counted, by their numbers: where they come from, and which they are.
    /// They are few, and both databases have to be told not to look for them in the time of a report.
    pub(super) fn waiting(self) -> (&'static str, &'static str) {
        match self {
            Self::Sqlite => (
                "instances i CROSS JOIN usage_events",
                " AND r.instance_id = i.id AND r.seq >= i.timed_seq AND r.seq < i.shipped_seq",
            ),
            Self::Postgres => (
                "instances i CROSS JOIN LATERAL (SELECT * FROM usage_events e WHERE e.instance_id = i.id \
                 AND e.seq >= i.timed_seq AND e.seq < i.shipped_seq OFFSET 0)",
                "",
            ),
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
    pub(super) fn sums(self, source: Source) -> Vec<(&'static str, String)> {
        if source == Source::Days {
            let columns = [
                "calls",
                "completed",
                "input_tokens",
                "output_tokens",
                "cached_tokens",
                "reasoning_tokens",
                "cost_nano",
                "billed_nano",
                "credits",
                "charged",
                "unpriced",
                "estimated",
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
            ("cost_nano", "SUM(COALESCE(r.provider_cost, v.provider_cost))".to_owned()),
            ("billed_nano", "SUM(COALESCE(r.charge, v.charge))".to_owned()),
            ("credits", column("credits")),
            ("charged", column("charged")),
            (
                "unpriced",
                when("r.outcome = 'complete' AND COALESCE(r.provider_cost, v.provider_cost) IS NULL"),
            ),
            ("estimated", when("r.detail LIKE '%\"source\":\"estimated\"%'")),
            ("jobs", "COUNT(DISTINCT COALESCE(r.job_id, r.call_id))".to_owned()),
            (
                "successful_jobs",
                "COUNT(DISTINCT CASE WHEN r.outcome = 'complete' THEN COALESCE(r.job_id, r.call_id) END)"
                    .to_owned(),
            ),
        ]
    }
}

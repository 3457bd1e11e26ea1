//! What a report is asked for with.

use alias_core::clock::Timestamp;
use alias_core::report::{
    Grouping, MOST_DAYS, MOST_DAYS_OF_CALLS, MOST_ROWS, Place, ReportQuery, Scope, midnight,
};
use alias_core::repository::Start;
use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use crate::admin::list::ListRequest;
use crate::admin::query::{invalid, parsed};
use crate::error::ApiError;

/// How many days a report is about where nothing was said.
const DAYS: u64 = 30;

/// Filters combine with "and".
#[derive(Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct UsageParameters {
    /// Calls that began then or later: a date, or a moment (RFC 3339). 30 days in all where absent.
    #[param(example = "2024-10-01")]
    pub from: Option<String>,
    /// Calls that began up to the end of this date, or before this moment (RFC 3339). Today where absent.
    #[param(example = "2024-10-31")]
    pub to: Option<String>,
    /// A row for each `hour`, `day` or `month`, in UTC; the whole time where absent.
    #[param(example = "day")]
    pub interval: Option<String>,
    /// A row for each `alias`, `access_group`, `team`, `organization`, `provider`, `model`, `key`, `job_type`, `endpoint` or `outcome`.
    #[param(example = "alias")]
    pub group_by: Option<String>,
    /// Only calls of this alias.
    pub alias: Option<String>,
    /// Only calls of this team.
    pub team: Option<String>,
    /// Only calls of this organization's teams.
    pub organization: Option<String>,
    /// `json` (where absent) or `csv`.
    pub format: Option<String>,
    /// The most rows, 1 to 10000; 1000 where absent.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 10_000)]
    pub limit: Option<String>,
    /// `next_cursor` of the answer before.
    pub cursor: Option<String>,
}

/// The same for one alias.
#[derive(Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AliasUsageParameters {
    /// Calls that began then or later: a date, or a moment (RFC 3339). 30 days in all where absent.
    #[param(example = "2024-10-01")]
    pub from: Option<String>,
    /// Calls that began up to the end of this date, or before this moment (RFC 3339). Today where absent.
    #[param(example = "2024-10-31")]
    pub to: Option<String>,
    /// A row for each `hour`, `day` or `month`, in UTC; the whole time where absent.
    #[param(example = "day")]
    pub interval: Option<String>,
    /// A row for each `team` or `outcome`.
    #[param(example = "team")]
    pub group_by: Option<String>,
    /// `json` (where absent) or `csv`.
    pub format: Option<String>,
    /// The most rows, 1 to 10000; 1000 where absent.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 10_000)]
    pub limit: Option<String>,
    /// `next_cursor` of the answer before.
    pub cursor: Option<String>,
}

impl From<AliasUsageParameters> for UsageParameters {
    fn from(of: AliasUsageParameters) -> Self {
        let AliasUsageParameters { from, to, interval, group_by, format, limit, cursor } = of;
        Self { from, to, interval, group_by, format, limit, cursor, ..Self::default() }
    }
}

/// A report that was asked for.
#[derive(Debug)]
pub struct Asked {
    /// Which.
    pub query: ReportQuery,
    /// Whether it was asked for as CSV.
    pub csv: bool,
}

impl UsageParameters {
    /// Checks every parameter; `list` are the same as they were sent.
    ///
    /// # Errors
    /// 400 for the first wrong one, and for a time that is too long for what is asked.
    pub fn parse(&self, list: &ListRequest, now: Timestamp) -> Result<Asked, ApiError> {
        let (from, to) = span(self.from.as_deref(), self.to.as_deref(), now)?;
        let scope = Scope {
            alias: parsed("alias", self.alias.as_deref())?,
            team: parsed("team", self.team.as_deref())?,
            organization: parsed("organization", self.organization.as_deref())?,
            ..Scope::between(from, to)
        };
        let group_by = match self.group_by.as_deref() {
            Some("org") => Some(Grouping::Organization),
            Some("status") => Some(Grouping::Outcome),
            word => parsed("group_by", word)?,
        };
        let window = list.window_of(MOST_ROWS)?;
        let after = match window.start {
            Start::After(at) => Some(Place { period: at.value.unwrap_or_default(), key: at.name }),
            Start::First | Start::Offset(_) => None,
        };
        let interval = parsed("interval", self.interval.as_deref())?;
        let query = ReportQuery { interval, group_by, limit: window.limit, after, ..ReportQuery::of(scope) };
        check_length(&query)?;
        let csv = match self.format.as_deref() {
            None | Some("json") => false,
            Some("csv") => true,
            Some(_) => return Err(invalid("format", "must be json or csv")),
        };
        Ok(Asked { query, csv })
    }
}

fn check_length(query: &ReportQuery) -> Result<(), ApiError> {
    let days = query.scope.days();
    if days > MOST_DAYS {
        return Err(invalid("from", &format!("a report is of {MOST_DAYS} days at most; this is of {days}")));
    }
    if days > MOST_DAYS_OF_CALLS && !query.is_of_days() {
        return Err(invalid(
            "from",
            &format!(
                "this report looks at every call, and is of {MOST_DAYS_OF_CALLS} days at most; this is of {days}. \
                 Whole days and months by alias, access group, team or organization go up to {MOST_DAYS}"
            ),
        ));
    }
    Ok(())
}

/// The time from one parameter to another; a date counts whole.
///
/// # Errors
/// 400 for what is neither a date nor a moment, and for an end that is not after the beginning.
pub fn span(
    from: Option<&str>,
    to: Option<&str>,
    now: Timestamp,
) -> Result<(Timestamp, Timestamp), ApiError> {
    let to = match to {
        Some(text) => moment("to", text, true)?,
        None => midnight(now.day() + Days::new(1)),
    };
    let from = match from {
        Some(text) => moment("from", text, false)?,
        None => midnight((to.utc() - chrono::TimeDelta::microseconds(1)).date_naive() - Days::new(DAYS - 1)),
    };
    if from >= to { Err(invalid("to", "must be after from")) } else { Ok((from, to)) }
}

/// A date's beginning or end, or a moment.
fn moment(name: &str, text: &str, end: bool) -> Result<Timestamp, ApiError> {
    let wrong = || invalid(name, "must be a date like 2024-10-14, or a moment like 2024-10-14T12:00:00Z");
    if text.len() != 10 {
        return text.parse().map_err(|_| wrong());
    }
    let day: NaiveDate = text.parse().map_err(|_| wrong())?;
    // Years of four digits: what is ten characters long, and begins with a digit.
    if !text.starts_with(|c: char| c.is_ascii_digit())
        || day < NaiveDate::from_ymd_opt(1, 2, 1).unwrap_or(day)
    {
        return Err(wrong());
    }
    if !end {
        return Ok(midnight(day));
    }
    day.succ_opt().map(midnight).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;

    fn now() -> Timestamp {
        "2024-10-14T12:00:00Z".parse().unwrap()
    }

    fn parse(parameters: UsageParameters) -> Result<Asked, Code> {
        let list = ListRequest::of(&parameters);
        parameters.parse(&list, now()).map_err(|why| why.code())
    }

    fn asked(from: &str, to: &str, interval: Option<&str>, group_by: Option<&str>) -> Result<Asked, Code> {
        let text = |text: &str| Some(text.to_owned());
        parse(UsageParameters {
            from: text(from),
            to: text(to),
            interval: interval.and_then(text),
            group_by: group_by.and_then(text),
            ..UsageParameters::default()
        })
    }

    #[test]
    fn a_date_counts_whole_and_what_is_absent_is_the_last_thirty_days() {
        let scope = parse(UsageParameters::default()).unwrap().query.scope;
        assert_eq!(
            (scope.from.to_string(), scope.to.to_string(), scope.days()),
            ("2024-09-15T00:00:00Z".into(), "2024-10-15T00:00:00Z".into(), 30)
        );
        let scope = asked("2024-10-01", "2024-10-01", None, None).unwrap().query.scope;
        assert_eq!((scope.days(), scope.is_of_days()), (1, true));
    }

    #[test]
    fn reports_that_look_at_every_call_are_of_a_month_at_most() {
        let is_of_days = |interval, group| {
            asked("2024-01-01", "2024-10-01", interval, group).map(|asked| asked.query.is_of_days())
        };
        assert_eq!(is_of_days(Some("month"), Some("team")), Ok(true));
        assert_eq!(is_of_days(Some("hour"), None), Err(Code::InvalidParameter));
        assert_eq!(is_of_days(None, Some("provider")), Err(Code::InvalidParameter));
        assert!(!asked("2024-10-01", "2024-10-31", None, Some("key")).unwrap().query.is_of_days());
        assert_eq!(asked("2023-01-01", "2024-10-01", None, None).unwrap_err(), Code::InvalidParameter);
        let within_a_day = asked("2024-10-01T01:00:00Z", "2024-10-01T02:00:00Z", Some("day"), None).unwrap();
        assert!(!within_a_day.query.is_of_days());
    }

    #[test]
    fn wrong_parameters_are_refused() {
        for (from, to, interval, group) in [
            ("yesterday", "2024-10-01", None, None),
            ("2024-10-02", "2024-10-01", None, None),
            ("2024-13-01", "2024-10-01", None, None),
            ("2024-10-01", "+024-10-01", None, None),
            ("2024-10-01", "2024-10-01", Some("week"), None),
            ("2024-10-01", "2024-10-01", None, Some("colour")),
        ] {
            assert_eq!(asked(from, to, interval, group).unwrap_err(), Code::InvalidParameter, "{from} {to}");
        }
    }
}

//! Notices as they are read: all of them, or those that a team is shown.

use std::collections::HashMap;

use alias_core::clock::Timestamp;
use alias_core::notice::{CALLER_DAYS, Notice, NoticeId};
use alias_core::repository::{NoticeQuery, Page, Position, Window};
use alias_core::team::TeamUid;
use diesel::prelude::*;

use super::row::NoticeRow;
use crate::catalog::in_chunks;
use crate::column::{parse, time};
use crate::connection::{AnyBackend, AnyConnection};
use crate::error::Failure;
use crate::plans::used::first_of;
use crate::schema::{
    access_groups, group_aliases, model_aliases, notice_organizations, notice_teams, notices as n,
    organizations, team_groups, teams, usage_rollups,
};
use crate::window::{self, by_name};

/// Notices with those that they name.
fn named(conn: &mut AnyConnection, rows: Vec<NoticeRow>) -> Result<Vec<Notice>, Failure> {
    let ids: Vec<String> = rows.iter().map(|row| row.notice_id.clone()).collect();
    let of_teams: Vec<(String, String)> = in_chunks(&ids, |ids| {
        let named = notice_teams::table.inner_join(teams::table);
        let named = named.filter(notice_teams::notice_id.eq_any(ids)).order(teams::folded);
        Ok(named.select((notice_teams::notice_id, teams::team_id)).load(conn)?)
    })?;
    let of_organizations: Vec<(String, String)> = in_chunks(&ids, |ids| {
        let named = notice_organizations::table.inner_join(organizations::table);
        let named = named.filter(notice_organizations::notice_id.eq_any(ids)).order(organizations::folded);
        Ok(named.select((notice_organizations::notice_id, organizations::organization_id)).load(conn)?)
    })?;
    let (mut of_teams, mut of_organizations) = (by_notice(of_teams), by_notice(of_organizations));
    rows.into_iter()
        .map(|row| {
            let names =
                |all: &mut HashMap<String, Vec<String>>| all.remove(&row.notice_id).unwrap_or_default();
            let (in_teams, in_organizations) = (names(&mut of_teams), names(&mut of_organizations));
            let in_teams = in_teams.iter().map(|id| parse("teams.team_id", id)).collect::<Result<_, _>>()?;
            let in_organizations =
                in_organizations.iter().map(|id| parse("organizations.organization_id", id));
            row.of(in_teams, in_organizations.collect::<Result<_, _>>()?)
        })
        .collect()
}

fn by_notice(pairs: Vec<(String, String)>) -> HashMap<String, Vec<String>> {
    let mut all: HashMap<String, Vec<String>> = HashMap::new();
    for (notice, name) in pairs {
        all.entry(notice).or_default().push(name);
    }
    all
}

pub(super) fn one(conn: &mut AnyConnection, id: &NoticeId) -> Result<Option<Notice>, Failure> {
    let row: Option<NoticeRow> =
        n::table.find(id.to_string()).select(NoticeRow::as_select()).first(conn).optional()?;
    Ok(named(conn, row.into_iter().collect())?.pop())
}

type Rows<'a> = n::BoxedQuery<'a, AnyBackend>;

/// The part of these notices that was asked for, the newest first.
fn part<'a>(
    conn: &mut AnyConnection,
    matching: impl Fn() -> Rows<'a>,
    window: &Window,
) -> Result<Page<Notice>, Failure> {
    let total: i64 = matching().count().get_result(conn)?;
    let rows: Vec<NoticeRow> = by_name!(matching(), n::notice_id, true, window)
        .select(NoticeRow::as_select())
        .limit(window::rows_wanted(window))
        .offset(window::offset(window))
        .load(conn)?;
    let position = |last: &Notice| Position { value: None, name: last.notice_id.to_string() };
    window::page(rows, window, total, |rows| named(conn, rows), position)
}

pub(super) fn page(conn: &mut AnyConnection, query: &NoticeQuery) -> Result<Page<Notice>, Failure> {
    let matching = || {
        let mut rows = n::table.into_boxed::<AnyBackend>();
        if let Some(alias) = &query.alias {
            let live = model_aliases::table
                .filter(model_aliases::folded.eq(alias.folded()))
                .filter(model_aliases::deleted_at.is_null())
                .select(model_aliases::id.nullable());
            rows = rows.filter(n::alias_id.eq_any(live));
        }
        if let Some(kind) = query.kind {
            rows = rows.filter(n::kind.eq(kind.as_str()));
        }
        rows
    };
    part(conn, matching, &query.window)
}

/// Those that a team is shown at `now`.
pub(super) fn shown_to(
    conn: &mut AnyConnection,
    team: &TeamUid,
    window: &Window,
    now: Timestamp,
) -> Result<Page<Notice>, Failure> {
    let team = team.to_string();
    let organization: Option<String> =
        teams::table.find(&team).select(teams::organization_uid).first(conn).optional()?;
    let organization = organization.unwrap_or_default();
    let matching = || {
        let holds = team_groups::table
            .inner_join(access_groups::table.inner_join(group_aliases::table))
            .filter(team_groups::team_uid.eq(team.clone()))
            .filter(access_groups::active.eq(true))
            .select(group_aliases::alias_id.nullable());
        let calls = usage_rollups::table
            .filter(usage_rollups::team_uid.eq(team.clone()))
            .filter(usage_rollups::day.ge(first_of(CALLER_DAYS, now)))
            .filter(usage_rollups::calls.gt(0))
            .select(usage_rollups::alias_id.nullable());
        let by_team = notice_teams::table
            .filter(notice_teams::team_uid.eq(team.clone()))
            .select(notice_teams::notice_id);
        let by_organization = notice_organizations::table
            .filter(notice_organizations::organization_uid.eq(organization.clone()))
            .select(notice_organizations::notice_id);
        let named = n::notice_id.eq_any(by_team).or(n::notice_id.eq_any(by_organization));
        let concerned = n::audience
            .eq("everyone")
            .or(n::audience.eq("named").and(named))
            .or(n::audience.eq("holders").and(n::alias_id.eq_any(holds).assume_not_null()))
            .or(n::audience.eq("callers").and(n::alias_id.eq_any(calls).assume_not_null()));
        let lasts = n::expires_at.is_null().or(n::expires_at.gt(time(now)).assume_not_null());
        n::table.into_boxed::<AnyBackend>().filter(lasts).filter(concerned)
    };
    part(conn, matching, window)
}

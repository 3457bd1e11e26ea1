//! Whom a notice is for: the names in it as rows, and the teams that they come to.

use alias_core::alias::AliasName;
use alias_core::clock::Timestamp;
use alias_core::notice::{Audience, CALLER_DAYS, NoticeId};
use alias_core::repository::StoreError;
use diesel::prelude::*;

use crate::column::{CHUNK, count, word};
use crate::connection::{AnyBackend, AnyConnection, on_each_backend};
use crate::error::Failure;
use crate::plans::used::first_of;
use crate::schema::{
    access_groups, group_aliases, notice_organizations, notice_teams, notices as n, team_groups, teams,
    usage_rollups,
};
use crate::{organizations as organization, reference, teams as team};

/// An audience, with our own ids in the place of names.
pub(super) struct Addressed {
    /// The alias that the notice is about.
    pub(super) alias: Option<String>,
    kind: Kind,
    teams: Vec<String>,
    organizations: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Everyone,
    Holders,
    Callers,
    Named,
}

impl Addressed {
    /// What the names stand for. All that nothing has are told at once, a field at a time.
    pub(super) fn find(
        conn: &mut AnyConnection,
        alias: Option<&AliasName>,
        audience: &Audience,
    ) -> Result<Self, Failure> {
        let about = alias.map(std::slice::from_ref).unwrap_or_default();
        let alias = reference::aliases(conn, "alias", about)?.pop().map(|found| found.id);
        let (mut in_teams, mut in_organizations) = (Vec::new(), Vec::new());
        let kind = match audience {
            Audience::Everyone => Kind::Everyone,
            Audience::Holders => Kind::Holders,
            Audience::Callers => Kind::Callers,
            Audience::Named { teams, organizations } => {
                in_teams = uids(teams, "team_ids", team::KIND, |id| {
                    Ok(team::live(conn, id)?.map(|team| team.uid.to_string()))
                })?;
                in_organizations = uids(organizations, "organization_ids", organization::KIND, |id| {
                    Ok(organization::live(conn, id)?.map(|found| found.uid.to_string()))
                })?;
                Kind::Named
            }
        };
        Ok(Self { alias, kind, teams: in_teams, organizations: in_organizations })
    }

    /// The audience of a notice that is there.
    pub(super) fn read(conn: &mut AnyConnection, id: &NoticeId) -> Result<Self, Failure> {
        let id = id.to_string();
        let (kind, alias): (String, Option<String>) =
            n::table.find(&id).select((n::audience, n::alias_id)).first(conn)?;
        Ok(Self {
            alias,
            kind: word("notices.audience", &kind)?,
            teams: notice_teams::table
                .filter(notice_teams::notice_id.eq(&id))
                .select(notice_teams::team_uid)
                .load(conn)?,
            organizations: notice_organizations::table
                .filter(notice_organizations::notice_id.eq(&id))
                .select(notice_organizations::organization_uid)
                .load(conn)?,
        })
    }

    /// Writes down whom the notice names.
    pub(super) fn write(&self, conn: &mut AnyConnection, id: &NoticeId) -> Result<(), Failure> {
        use notice_organizations as o;
        use notice_teams as t;
        let id = id.to_string();
        for chunk in self.teams.chunks(CHUNK) {
            let rows: Vec<_> =
                chunk.iter().map(|team| (t::notice_id.eq(&id), t::team_uid.eq(team))).collect();
            on_each_backend!(conn, c => diesel::insert_into(t::table).values(&rows).execute(c))?;
        }
        for chunk in self.organizations.chunks(CHUNK) {
            let rows: Vec<_> =
                chunk.iter().map(|uid| (o::notice_id.eq(&id), o::organization_uid.eq(uid))).collect();
            on_each_backend!(conn, c => diesel::insert_into(o::table).values(&rows).execute(c))?;
        }
        Ok(())
    }

    /// Forgets whom the notice names.
    pub(super) fn forget(conn: &mut AnyConnection, id: &NoticeId) -> Result<(), Failure> {
        let id = id.to_string();
        diesel::delete(notice_teams::table.filter(notice_teams::notice_id.eq(&id))).execute(conn)?;
        let named = notice_organizations::table.filter(notice_organizations::notice_id.eq(&id));
        diesel::delete(named).execute(conn)?;
        Ok(())
    }

    /// How many teams it comes to.
    pub(super) fn reach(&self, conn: &mut AnyConnection, now: Timestamp) -> Result<u64, Failure> {
        let all: i64 = self.matching(now).count().get_result(conn)?;
        Ok(count(all))
    }

    /// The teams that it comes to, by our own ids. `None`: all that there are.
    pub(super) fn teams(
        &self,
        conn: &mut AnyConnection,
        now: Timestamp,
    ) -> Result<Option<Vec<String>>, Failure> {
        if self.kind == Kind::Everyone {
            return Ok(None);
        }
        Ok(Some(self.matching(now).select(teams::uid).load(conn)?))
    }

    fn matching(&self, now: Timestamp) -> teams::BoxedQuery<'_, AnyBackend> {
        let all = teams::table.into_boxed::<AnyBackend>();
        let alias = self.alias.clone().unwrap_or_default();
        match self.kind {
            Kind::Everyone => all,
            Kind::Holders => {
                let holding = team_groups::table
                    .inner_join(access_groups::table.inner_join(group_aliases::table))
                    .filter(group_aliases::alias_id.eq(alias))
                    .filter(access_groups::active.eq(true))
                    .select(team_groups::team_uid);
                all.filter(teams::uid.eq_any(holding))
            }
            Kind::Callers => {
                let calling = usage_rollups::table
                    .filter(usage_rollups::alias_id.eq(alias))
                    .filter(usage_rollups::day.ge(first_of(CALLER_DAYS, now)))
                    .filter(usage_rollups::calls.gt(0))
                    .select(usage_rollups::team_uid);
                all.filter(teams::uid.eq_any(calling))
            }
            Kind::Named => all.filter(
                teams::uid.eq_any(&self.teams).or(teams::organization_uid.eq_any(&self.organizations)),
            ),
        }
    }
}

/// Our own ids of what has these names.
fn uids<N: std::fmt::Display>(
    names: &[N],
    field: &'static str,
    kind: &'static str,
    mut look_up: impl FnMut(&N) -> Result<Option<String>, Failure>,
) -> Result<Vec<String>, Failure> {
    let (mut found, mut missing) = (Vec::with_capacity(names.len()), Vec::new());
    for name in names {
        match look_up(name)? {
            Some(uid) => found.push(uid),
            None => missing.push(name.to_string()),
        }
    }
    if missing.is_empty() {
        return Ok(found);
    }
    Err(StoreError::UnknownReference { kind, field, names: missing, suggestions: Vec::new() }.into())
}

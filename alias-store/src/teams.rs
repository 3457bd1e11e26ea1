//! Teams: who calls, and which groups they hold.

mod read;

use alias_core::alias::AliasName;
use alias_core::audit::Actor;
use alias_core::clock::Timestamp;
use alias_core::credits::Billing;
use alias_core::group::GroupName;
use alias_core::key::NewKey;
use alias_core::money::MicroCredits;
use alias_core::organization::Status;
use alias_core::repository::{Expected, Page, StoreError, TeamQuery, TeamRepository, Written};
use alias_core::team::{NewTeam, Team, TeamChange, TeamDetails, TeamId, TeamSummary, TeamUid};
use async_trait::async_trait;
use diesel::dsl::Eq;
use diesel::prelude::*;
use serde::Serialize;
use uuid::Uuid;

pub(crate) use read::{all, live, of_organization};

use crate::audit::{Change, entry};
use crate::column::{big, json, searchable, time};
use crate::connection::AnyConnection;
use crate::error::{Failure, Named};
use crate::reference::Found;
use crate::schema::teams;
use crate::store::SqlStore;
use crate::{credits, keys, limits, memberships, reference};

pub(crate) const KIND: &str = "team";
/// The field that names groups.
const GROUPS: &str = "access_groups";

/// What the audit log says of a team.
#[derive(Serialize)]
pub(crate) struct Recorded<'a> {
    #[serde(flatten)]
    team: &'a Team,
    access_groups: &'a [GroupName],
    credits_allocated: MicroCredits,
}

pub(crate) fn recorded(details: &TeamDetails) -> Recorded<'_> {
    Recorded {
        team: &details.team,
        access_groups: &details.access_groups,
        credits_allocated: details.credits.allocated,
    }
}

/// The team of an id, at the version that the writer expects.
fn expected_live(conn: &mut AnyConnection, id: &TeamId, expected: Expected) -> Result<TeamDetails, Failure> {
    let team = live(conn, id)?.ok_or_else(|| Failure::not_found(KIND, id))?;
    reference::check_version(KIND, &team.team_id, team.version, expected)?;
    read::details(conn, team)
}

fn insert(
    conn: &mut AnyConnection,
    new: &Team,
    organization: String,
    default_model: Option<String>,
) -> Result<(), Failure> {
    diesel::insert_into(teams::table)
        .values((
            teams::uid.eq(new.uid.to_string()),
            teams::organization_uid.eq(organization),
            teams::team_id.eq(new.team_id.as_str()),
            teams::folded.eq(new.team_id.folded()),
            teams::team_alias.eq(&new.team_alias),
            teams::default_model.eq(default_model),
            teams::rpm_limit.eq(limits::column(new.limits.rpm_limit)),
            teams::tpm_limit.eq(limits::column(new.limits.tpm_limit)),
            teams::max_parallel_requests.eq(limits::column(new.limits.max_parallel_requests)),
            teams::metadata.eq(json(&new.metadata)?),
            teams::status.eq(new.status.status.as_str()),
            teams::version.eq(new.version.cast_signed()),
            teams::search.eq(search(new)),
            teams::created_at.eq(time(new.created_at)),
            teams::updated_at.eq(time(new.updated_at)),
            policy(&new.billing),
        ))
        .execute(conn)
        .named(KIND, new.team_id.as_str())?;
    Ok(())
}

type Policy<'a> = (
    Eq<teams::budget_mode, &'a str>,
    Eq<teams::limit_mode, &'a str>,
    Eq<teams::credits_per_dollar, i64>,
    Eq<teams::tokens_per_credit, i64>,
    Eq<teams::markup, i64>,
);

fn policy(billing: &Billing) -> Policy<'static> {
    (
        teams::budget_mode.eq(billing.budget_mode.as_str()),
        teams::limit_mode.eq(billing.limit_mode.as_str()),
        teams::credits_per_dollar.eq(billing.credits_per_dollar.micros()),
        teams::tokens_per_credit.eq(big(billing.tokens_per_credit)),
        teams::markup.eq(billing.markup.millionths()),
    )
}

fn search(team: &Team) -> String {
    searchable(&[team.team_id.as_str(), &team.team_alias])
}

fn changed(before: &Team, change: TeamChange) -> Team {
    let before = before.clone();
    Team {
        team_alias: change.team_alias.unwrap_or(before.team_alias),
        billing: change.billing.applied_to(before.billing),
        metadata: change.metadata.unwrap_or(before.metadata),
        limits: change.limits.of(before.limits),
        status: change.status.unwrap_or(before.status),
        ..before
    }
}

fn save(conn: &mut AnyConnection, after: &Team) -> Result<(), Failure> {
    diesel::update(teams::table.find(after.uid.to_string()))
        .set((
            teams::team_alias.eq(&after.team_alias),
            teams::rpm_limit.eq(limits::column(after.limits.rpm_limit)),
            teams::tpm_limit.eq(limits::column(after.limits.tpm_limit)),
            teams::max_parallel_requests.eq(limits::column(after.limits.max_parallel_requests)),
            teams::metadata.eq(json(&after.metadata)?),
            teams::status.eq(after.status.status.as_str()),
            teams::status_reason.eq(&after.status.status_reason),
            teams::pause_until.eq(after.status.pause_until.map(time)),
            teams::version.eq(after.version.cast_signed()),
            teams::search.eq(search(after)),
            teams::updated_at.eq(time(after.updated_at)),
            policy(&after.billing),
        ))
        .execute(conn)?;
    Ok(())
}

/// Stores a new team, with its first key if it gets one.
pub(crate) fn create(
    conn: &mut AnyConnection,
    new: NewTeam,
    key: Option<&NewKey>,
    now: Timestamp,
) -> Result<TeamDetails, Failure> {
    if let Some(existing) = live(conn, &new.team_id)? {
        return Err(Failure::already_exists(KIND, existing.team_id));
    }
    let organization = reference::organization(conn, "organization_id", &new.organization_id)?;
    let groups = reference::groups(conn, GROUPS, &new.access_groups)?;
    let default = default_model(conn, new.default_model.as_ref())?;
    let team = Team {
        uid: TeamUid::new(Uuid::now_v7()),
        organization_id: organization.organization_id,
        team_id: new.team_id,
        team_alias: new.team_alias,
        default_model: default.as_ref().map(|found| found.name.clone()),
        limits: new.limits,
        billing: new.billing,
        metadata: new.metadata,
        status: Status::default(),
        version: 1,
        created_at: now,
        updated_at: now,
    };
    insert(conn, &team, organization.uid.to_string(), default.map(|found| found.id))?;
    let uid = team.uid.to_string();
    memberships::replace_grants(conn, &uid, &groups)?;
    if let Some(key) = key {
        keys::insert(conn, &uid, key, now)?;
    }
    credits::open(conn, team.uid, new.credits_allocated, now)?;
    read::details(conn, team)
}

/// Gives the team exactly the groups of these names; answers whether any changed.
fn regrant(conn: &mut AnyConnection, before: &TeamDetails, names: &[GroupName]) -> Result<bool, Failure> {
    let groups = reference::groups(conn, GROUPS, names)?;
    let mut sorted = names.to_vec();
    sorted.sort();
    sorted.dedup();
    if sorted == before.access_groups {
        return Ok(false);
    }
    memberships::replace_grants(conn, &before.team.uid.to_string(), &groups)?;
    Ok(true)
}

/// The alias that calls go to which name none.
fn default_model(
    conn: &mut AnyConnection,
    name: Option<&AliasName>,
) -> Result<Option<Found<AliasName>>, Failure> {
    Ok(reference::aliases(conn, "default_model", name.map(std::slice::from_ref).unwrap_or_default())?.pop())
}

/// Has calls that name no model go to another alias, and tells which. What a GET showed may be sent back: a default
/// that is deleted at present stays, for it may be restored.
fn redefault(
    conn: &mut AnyConnection,
    before: &Team,
    wanted: Option<&Option<AliasName>>,
) -> Result<Option<AliasName>, Failure> {
    let Some(wanted) = wanted.filter(|wanted| **wanted != before.default_model) else {
        return Ok(before.default_model.clone());
    };
    let (id, name) = default_model(conn, wanted.as_ref())?.map(|found| (found.id, found.name)).unzip();
    diesel::update(teams::table.find(before.uid.to_string()))
        .set(teams::default_model.eq(id))
        .execute(conn)?;
    Ok(name)
}

pub(crate) fn update(
    conn: &mut AnyConnection,
    now: Timestamp,
    id: &TeamId,
    change: TeamChange,
    expected: Expected,
) -> Result<Change<TeamDetails>, Failure> {
    let before = expected_live(conn, id, expected)?;
    let regranted = match &change.access_groups {
        Some(names) => regrant(conn, &before, names)?,
        None => false,
    };
    let default_model = redefault(conn, &before.team, change.default_model.as_ref())?;
    let team = Team { default_model, ..changed(&before.team, change) };
    if !regranted && team == before.team {
        return Ok(Change::Nothing(before));
    }
    let team = Team { version: before.team.version + 1, updated_at: now, ..team };
    save(conn, &team)?;
    let after = read::details(conn, team)?;
    let entry = entry("team.update", KIND, &after.team.team_id, &recorded(&before), &recorded(&after))?;
    Ok(Change::Made(after, entry))
}

/// Stores a new team, and tells it.
pub(crate) fn create_recorded(
    conn: &mut AnyConnection,
    now: Timestamp,
    new: NewTeam,
    key: Option<&NewKey>,
) -> Result<Change<TeamDetails>, Failure> {
    let after = create(conn, new, key, now)?;
    let entry = entry("team.create", KIND, &after.team.team_id, &(), &recorded(&after))?;
    Ok(Change::Made(after, entry))
}

pub(crate) fn delete(
    conn: &mut AnyConnection,
    id: &TeamId,
    expected: Expected,
) -> Result<Change<TeamDetails>, Failure> {
    let before = expected_live(conn, id, expected)?;
    // Its grants and keys go with it: the foreign keys say so.
    diesel::delete(teams::table.find(before.team.uid.to_string())).execute(conn)?;
    let entry = entry("team.delete", KIND, &before.team.team_id, &recorded(&before), &())?;
    Ok(Change::Made(before, entry))
}

#[async_trait]
impl TeamRepository for SqlStore {
    async fn create(
        &self,
        new: NewTeam,
        key: NewKey,
        by: &Actor,
    ) -> Result<Written<TeamDetails>, StoreError> {
        self.change(by, move |conn, now| create_recorded(conn, now, new, Some(&key))).await
    }

    async fn find(&self, id: &TeamId) -> Result<Option<TeamDetails>, StoreError> {
        let id = id.clone();
        self.read(move |conn| live(conn, &id)?.map(|team| read::details(conn, team)).transpose()).await
    }

    async fn list(&self, query: &TeamQuery) -> Result<Page<TeamSummary>, StoreError> {
        let query = query.clone();
        self.read(move |conn| read::page(conn, &query)).await
    }

    async fn update(
        &self,
        id: &TeamId,
        change: TeamChange,
        expected: Expected,
        by: &Actor,
    ) -> Result<Written<TeamDetails>, StoreError> {
        let id = id.clone();
        self.change(by, move |conn, now| update(conn, now, &id, change, expected)).await
    }

    async fn delete(
        &self,
        id: &TeamId,
        expected: Expected,
        by: &Actor,
    ) -> Result<Written<TeamDetails>, StoreError> {
        let id = id.clone();
        self.change(by, move |conn, _| delete(conn, &id, expected)).await
    }
}

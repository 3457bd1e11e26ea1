//! Organizations: the owners of teams.

mod gone;

use std::collections::HashMap;

use alias_core::audit::Actor;
use alias_core::clock::Timestamp;
use alias_core::key::NewKey;
use alias_core::money::MicroCredits;
use alias_core::organization::{
    CreatedOrganization, NewOrganization, Organization, OrganizationChange, OrganizationDetails,
    OrganizationId, OrganizationSummary, OrganizationUid, Status,
};
use alias_core::repository::{
    Expected, OrganizationQuery, OrganizationRepository, Page, StoreError, Written,
};
use alias_core::team::NewTeam;
use async_trait::async_trait;
use chrono::NaiveDateTime;
use diesel::dsl::{count_star, sql};
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use serde::Serialize;
use uuid::Uuid;

use crate::audit::{Change, entry};
use crate::column::{
    CHUNK, containing, count, from_json, json, moment, parse, searchable, status, time, version,
};
use crate::connection::{AnyBackend, AnyConnection};
use crate::desired::marks;
use crate::error::{Failure, Named};
use crate::schema::{credit_accounts, organizations, teams};
use crate::store::SqlStore;
use crate::window::{self, by_name};
use crate::{jobs, reference, stats};

use gone::Gone;

pub(crate) const KIND: &str = "organization";

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = organizations)]
struct OrganizationRow {
    uid: String,
    organization_id: String,
    name: String,
    metadata: String,
    status: String,
    status_reason: Option<String>,
    pause_until: Option<NaiveDateTime>,
    version: i32,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
}

impl TryFrom<OrganizationRow> for Organization {
    type Error = Failure;

    fn try_from(row: OrganizationRow) -> Result<Self, Failure> {
        Ok(Self {
            uid: parse("organizations.uid", &row.uid)?,
            organization_id: parse("organizations.organization_id", &row.organization_id)?,
            name: row.name,
            metadata: from_json("organizations.metadata", &row.metadata)?,
            status: status("organizations.status", &row.status, row.status_reason, row.pause_until)?,
            version: version("organizations.version", row.version)?,
            created_at: moment(row.created_at),
            updated_at: moment(row.updated_at),
        })
    }
}

pub(crate) fn live(conn: &mut AnyConnection, id: &OrganizationId) -> Result<Option<Organization>, Failure> {
    let row = organizations::table
        .filter(organizations::folded.eq(id.folded()))
        .select(OrganizationRow::as_select())
        .first(conn)
        .optional()?;
    row.map(Organization::try_from).transpose()
}

/// The organization of an id, at the version that the writer expects.
fn expected_live(
    conn: &mut AnyConnection,
    id: &OrganizationId,
    expected: Expected,
) -> Result<Organization, Failure> {
    let organization = live(conn, id)?.ok_or_else(|| Failure::not_found(KIND, id))?;
    reference::check_version(KIND, &organization.organization_id, organization.version, expected)?;
    Ok(organization)
}

fn details(conn: &mut AnyConnection, organization: Organization) -> Result<OrganizationDetails, Failure> {
    let uid = organization.uid.to_string();
    let teams = crate::teams::of_organization(conn, &uid)?;
    let usage = stats::of_organization(conn, &uid)?;
    let total_jobs = jobs::count_of_organization(conn, &uid)?;
    let managed_by = marks::of_one(conn, &uid)?;
    Ok(OrganizationDetails { organization, teams, usage, total_jobs, managed_by })
}

fn insert(conn: &mut AnyConnection, new: &Organization) -> Result<(), Failure> {
    diesel::insert_into(organizations::table)
        .values((
            organizations::uid.eq(new.uid.to_string()),
            organizations::organization_id.eq(new.organization_id.as_str()),
            organizations::folded.eq(new.organization_id.folded()),
            organizations::name.eq(&new.name),
            organizations::metadata.eq(json(&new.metadata)?),
            organizations::status.eq(new.status.status.as_str()),
            organizations::version.eq(new.version.cast_signed()),
            organizations::search.eq(search(new)),
            organizations::created_at.eq(time(new.created_at)),
            organizations::updated_at.eq(time(new.updated_at)),
        ))
        .execute(conn)
        .named(KIND, new.organization_id.as_str())?;
    Ok(())
}

fn create(conn: &mut AnyConnection, new: NewOrganization, now: Timestamp) -> Result<Organization, Failure> {
    if let Some(existing) = live(conn, &new.organization_id)? {
        return Err(Failure::already_exists(KIND, existing.organization_id));
    }
    let organization = Organization {
        uid: OrganizationUid::new(Uuid::now_v7()),
        organization_id: new.organization_id,
        name: new.name,
        metadata: new.metadata,
        status: Status::default(),
        version: 1,
        created_at: now,
        updated_at: now,
    };
    insert(conn, &organization)?;
    Ok(organization)
}

/// What the audit log says of a new organization.
#[derive(Serialize)]
struct Recorded<'a> {
    #[serde(flatten)]
    organization: &'a Organization,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_team: Option<crate::teams::Recorded<'a>>,
}

fn search(organization: &Organization) -> String {
    searchable(&[organization.organization_id.as_str(), &organization.name])
}

fn changed(before: &Organization, change: OrganizationChange) -> Organization {
    let before = before.clone();
    Organization {
        name: change.name.unwrap_or(before.name),
        metadata: change.metadata.unwrap_or(before.metadata),
        status: change.status.unwrap_or(before.status),
        ..before
    }
}

fn save(conn: &mut AnyConnection, after: &Organization, now: Timestamp) -> Result<(), Failure> {
    diesel::update(organizations::table.find(after.uid.to_string()))
        .set((
            organizations::name.eq(&after.name),
            organizations::metadata.eq(json(&after.metadata)?),
            organizations::status.eq(after.status.status.as_str()),
            organizations::status_reason.eq(&after.status.status_reason),
            organizations::pause_until.eq(after.status.pause_until.map(time)),
            organizations::version.eq(after.version.cast_signed()),
            organizations::search.eq(search(after)),
            organizations::updated_at.eq(time(now)),
        ))
        .execute(conn)?;
    Ok(())
}

fn page(conn: &mut AnyConnection, query: &OrganizationQuery) -> Result<Page<OrganizationSummary>, Failure> {
    let matching = || {
        let mut rows = organizations::table.into_boxed::<AnyBackend>();
        if let Some(only) = &query.only {
            rows = rows.filter(organizations::folded.eq(only.folded()));
        }
        match &query.names.q {
            Some(q) => rows.filter(organizations::search.like(containing(q)).escape('\\')),
            None => rows,
        }
    };
    let total: i64 = matching().count().get_result(conn)?;
    let window = &query.names.window;
    let descending = query.names.descending;
    let rows: Vec<OrganizationRow> = by_name!(matching(), organizations::folded, descending, window)
        .select(OrganizationRow::as_select())
        .limit(window::rows_wanted(window))
        .offset(window::offset(window))
        .load(conn)?;
    let position = |last: &OrganizationSummary| window::at_name(&last.organization.organization_id);
    window::page(rows, window, total, |rows| summaries(conn, rows), position)
}

fn summaries(
    conn: &mut AnyConnection,
    rows: Vec<OrganizationRow>,
) -> Result<Vec<OrganizationSummary>, Failure> {
    let uids: Vec<String> = rows.iter().map(|row| row.uid.clone()).collect();
    let mut sizes: HashMap<String, (i64, i64)> = HashMap::with_capacity(uids.len());
    for chunk in uids.chunks(CHUNK) {
        let credits = sql::<BigInt>("CAST(COALESCE(SUM(credit_accounts.allocated), 0) AS BIGINT)");
        let found: Vec<(String, (i64, i64))> = teams::table
            .left_join(credit_accounts::table.on(credit_accounts::team_uid.eq(teams::uid.nullable())))
            .filter(teams::organization_uid.eq_any(chunk))
            .group_by(teams::organization_uid)
            .select((teams::organization_uid, (count_star(), credits)))
            .load(conn)?;
        sizes.extend(found);
    }
    let mut managers = marks::of(conn, &uids)?;
    rows.into_iter()
        .zip(&uids)
        .map(|(row, uid)| {
            let (teams, credits) = sizes.get(uid).copied().unwrap_or_default();
            Ok(OrganizationSummary {
                organization: row.try_into()?,
                team_count: count(teams),
                total_credits_allocated: MicroCredits::new(credits),
                managed_by: managers.remove(uid),
            })
        })
        .collect()
}

/// All organizations there are.
pub(crate) fn all(conn: &mut AnyConnection) -> Result<Vec<Organization>, Failure> {
    let rows: Vec<OrganizationRow> = organizations::table.select(OrganizationRow::as_select()).load(conn)?;
    rows.into_iter().map(Organization::try_from).collect()
}

/// Stores a new organization without a team, and tells it.
pub(crate) fn create_alone(
    conn: &mut AnyConnection,
    now: Timestamp,
    new: NewOrganization,
) -> Result<Change<Organization>, Failure> {
    let organization = create(conn, new, now)?;
    let recorded = Recorded { organization: &organization, first_team: None };
    let entry = entry("organization.create", KIND, &organization.organization_id, &(), &recorded)?;
    Ok(Change::Made(organization, entry))
}

pub(crate) fn update(
    conn: &mut AnyConnection,
    now: Timestamp,
    id: &OrganizationId,
    change: OrganizationChange,
    expected: Expected,
) -> Result<Change<OrganizationDetails>, Failure> {
    let before = expected_live(conn, id, expected)?;
    let after = changed(&before, change);
    if after == before {
        return Ok(Change::Nothing(details(conn, before)?));
    }
    let after = Organization { version: before.version + 1, updated_at: now, ..after };
    save(conn, &after, now)?;
    let entry = entry("organization.update", KIND, &after.organization_id, &before, &after)?;
    Ok(Change::Made(details(conn, after)?, entry))
}

pub(crate) fn delete(
    conn: &mut AnyConnection,
    id: &OrganizationId,
    expected: Expected,
) -> Result<Change<OrganizationDetails>, Failure> {
    let organization = expected_live(conn, id, expected)?;
    let before = details(conn, organization)?;
    let gone = Gone::with(conn, &before)?;
    // Its teams with grants and keys, its accounts and its tokens go with it: the foreign keys say so.
    diesel::delete(organizations::table.find(before.organization.uid.to_string())).execute(conn)?;
    let entry = entry("organization.delete", KIND, &before.organization.organization_id, &gone, &())?;
    Ok(Change::Made(before, entry))
}

#[async_trait]
impl OrganizationRepository for SqlStore {
    async fn create(
        &self,
        new: NewOrganization,
        team: Option<(NewTeam, NewKey)>,
        by: &Actor,
    ) -> Result<Written<CreatedOrganization>, StoreError> {
        self.change(by, move |conn, now| {
            let organization = create(conn, new, now)?;
            let team =
                team.map(|(team, key)| crate::teams::create(conn, team, Some(&key), now)).transpose()?;
            let recorded = Recorded {
                organization: &organization,
                first_team: team.as_ref().map(crate::teams::recorded),
            };
            let entry = entry("organization.create", KIND, &organization.organization_id, &(), &recorded)?;
            let organization = details(conn, organization)?;
            Ok(Change::Made(CreatedOrganization { organization, team }, entry))
        })
        .await
    }

    async fn find(&self, id: &OrganizationId) -> Result<Option<OrganizationDetails>, StoreError> {
        let id = id.clone();
        self.read(move |conn| live(conn, &id)?.map(|found| details(conn, found)).transpose()).await
    }

    async fn list(&self, query: &OrganizationQuery) -> Result<Page<OrganizationSummary>, StoreError> {
        let query = query.clone();
        self.read(move |conn| page(conn, &query)).await
    }

    async fn update(
        &self,
        id: &OrganizationId,
        change: OrganizationChange,
        expected: Expected,
        by: &Actor,
    ) -> Result<Written<OrganizationDetails>, StoreError> {
        let id = id.clone();
        self.change(by, move |conn, now| update(conn, now, &id, change, expected)).await
    }

    async fn delete(
        &self,
        id: &OrganizationId,
        expected: Expected,
        by: &Actor,
    ) -> Result<Written<OrganizationDetails>, StoreError> {
        let id = id.clone();
        self.change(by, move |conn, _| delete(conn, &id, expected)).await
    }
}

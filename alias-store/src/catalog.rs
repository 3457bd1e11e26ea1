//! The catalogue in one consistent read, whole or what has changed: what routers are built from.

mod delta;
mod history;
mod next;
mod part;
mod tombstones;

use std::collections::HashMap;
use std::sync::Arc;

use alias_core::alias::ScheduleId;
use alias_core::catalog::{
    Catalog, CatalogAlias, CatalogChange, CatalogGroup, CatalogKey, CatalogOrganization, CatalogRouting,
    CatalogSource, CatalogStanding, CatalogTeam, Known, Mark, NextAlias, Revision,
};
use alias_core::key::{KeyDigest, KeyScope};
use alias_core::model_ref::ModelRef;
use alias_core::price::ModelFacts;
use alias_core::repository::StoreError;
use async_trait::async_trait;
use chrono::NaiveDateTime;
use diesel::connection::{DefaultLoadingMode, SimpleConnection};
use diesel::prelude::*;

use crate::aliases::{AliasRow, SpecRecord, current, waiting};
use crate::budgets;
use crate::column::{count, moment, parse, version, word};
use crate::connection::{AnyBackend, AnyConnection};
use crate::credits::BillingRow;
use crate::error::Failure;
use crate::keys::{ScopeRow, end_of as end};
use crate::limits;
use crate::provider_models;
use crate::schema::{
    access_groups, catalogue, group_aliases, key_models, model_aliases, organizations, team_groups,
    team_keys, teams,
};
use crate::store::SqlStore;

pub(crate) use delta::note;
pub(crate) use history::is_other;
pub(crate) use part::{Part, in_chunks, load_part};
use tombstones::tombstones;

#[async_trait]
impl CatalogSource for SqlStore {
    async fn changes_since(&self, known: Option<Known>) -> Result<CatalogChange, StoreError> {
        self.read(move |conn| {
            let here = catalogue::table.select((catalogue::revision, catalogue::mark));
            let (revision, mark): (i64, String) = here.first(conn)?;
            let (revision, mark) = (Revision(count(revision)), Mark::new(mark));
            let Some(known) = known else { return Ok(CatalogChange::Full(load(conn, revision, mark)?)) };
            if known.revision == revision {
                let same = known.mark.is_none_or(|known| known == mark);
                return Ok(if same { CatalogChange::None } else { CatalogChange::Diverged });
            }
            if is_other(conn, &known, revision)? {
                return Ok(CatalogChange::Diverged);
            }
            match delta::load(conn, known.revision, revision, &mark)? {
                Some(delta) => Ok(CatalogChange::Delta(delta)),
                None => Ok(CatalogChange::Full(load(conn, revision, mark)?)),
            }
        })
        .await
    }

    async fn overtake(&self, known: Known) -> Result<Revision, StoreError> {
        self.leap(known).await
    }
}

/// Which rows are wanted: those of these identities, or all.
type Only<'a> = Option<&'a [String]>;

/// Of a query, what is wanted.
macro_rules! wanted {
    ($query:expr, $id:expr, $only:expr) => {{
        let mut query = $query.into_boxed::<AnyBackend>();
        if let Some(ids) = $only {
            query = query.filter($id.eq_any(ids));
        }
        query
    }};
}

/// What is made of each row of a query. Rows go as they are read: held all at once, those of a million keys take more
/// memory than what is made of them, and leave holes behind.
macro_rules! each {
    ($query:expr, $conn:expr, $of:expr) => {{
        let rows = $query.load_iter::<_, DefaultLoadingMode>($conn)?;
        rows.map(|row| row.map_err(Failure::from).and_then($of)).collect::<Result<Vec<_>, Failure>>()
    }};
}

/// The second ids of a query for pairs, parsed, under the first ones.
macro_rules! by_owner {
    ($place:expr, $query:expr, $conn:expr) => {{
        let mut owned = HashMap::<String, Vec<_>>::new();
        for pair in $query.load_iter::<(String, String), DefaultLoadingMode>($conn)? {
            let (owner, id) = pair?;
            owned.entry(owner).or_default().push(parse($place, &id)?);
        }
        owned
    }};
}

/// Lets this transaction read for longer than any other may: a million keys, or the aliases of a model's price.
fn patiently(conn: &mut AnyConnection) -> Result<(), Failure> {
    if let AnyConnection::Postgres(c) = conn {
        c.batch_execute("SET LOCAL statement_timeout = '60s'")?;
    }
    Ok(())
}

fn load(conn: &mut AnyConnection, revision: Revision, mark: Mark) -> Result<Catalog, Failure> {
    patiently(conn)?;
    Ok(Catalog {
        revision,
        mark: Some(mark),
        aliases: aliases(conn, None)?,
        groups: groups(conn, None)?,
        organizations: organizations(conn, None)?,
        teams: teams(conn, None)?,
        keys: keys(conn, None)?,
        budgets: budgets::catalogued(conn, None)?,
        tombstones: tombstones(conn, None)?,
    })
}

fn aliases(conn: &mut AnyConnection, only: Only<'_>) -> Result<Vec<CatalogAlias>, Failure> {
    let mut waiting = waiting(conn, only)?;
    let rows = each!(wanted!(current!(), model_aliases::id, only), conn, |mut row: AliasRow| {
        let steps = next::steps(&row, waiting.remove(&row.id).unwrap_or_default())?;
        let spec = SpecRecord::read(&std::mem::take(&mut row.spec))?;
        Ok((spec, row, steps))
    })?;
    let targets = rows.iter().flat_map(|(spec, _, steps)| {
        let later = steps.iter().filter_map(|step| step.spec.as_ref());
        std::iter::once(spec).chain(later).flat_map(targets)
    });
    let facts = provider_models::facts(conn, targets)?;
    rows.into_iter()
        .map(|(spec, row, steps)| {
            let number = version("model_aliases.version", row.version)?;
            let next = next::chain(&row, steps, &facts)?;
            alias(&row, (number, None), spec, next, &facts)
        })
        .collect()
}

/// An alias of which `row` tells who it is, and `spec` what it says.
fn alias(
    row: &AliasRow,
    (version, scheduled): (u32, Option<ScheduleId>),
    spec: SpecRecord,
    next: Option<Box<NextAlias>>,
    facts: &HashMap<String, Arc<ModelFacts>>,
) -> Result<CatalogAlias, Failure> {
    Ok(CatalogAlias {
        id: parse("model_aliases.id", &row.id)?,
        alias: parse("model_aliases.alias", &row.alias)?,
        version,
        scheduled,
        pricing: spec.pricing()?,
        on_disconnect: spec.on_disconnect,
        model: provider_models::fact_of(facts, &spec.litellm_model),
        litellm_model: spec.litellm_model,
        active: spec.active,
        visibility: spec.visibility,
        tags: spec.tags,
        created_at: moment(row.created_at),
        routing: (!spec.routing.is_plain()).then(|| {
            let models = spec.routing.targets().map(|model| provider_models::fact_of(facts, model)).collect();
            Arc::new(CatalogRouting { models, rules: spec.routing })
        }),
        next,
    })
}

/// What calls of an alias that says this may go to.
fn targets(spec: &SpecRecord) -> impl Iterator<Item = ModelRef> {
    std::iter::once(&spec.litellm_model).chain(spec.routing.targets()).cloned()
}

fn groups(conn: &mut AnyConnection, only: Only<'_>) -> Result<Vec<CatalogGroup>, Failure> {
    let members = group_aliases::table.select((group_aliases::group_id, group_aliases::alias_id));
    let mut members =
        by_owner!("group_aliases.alias_id", wanted!(members, group_aliases::group_id, only), conn);
    let rows =
        access_groups::table.select((access_groups::id, access_groups::group_name, access_groups::active));
    each!(wanted!(rows, access_groups::id, only), conn, |(id, name, active): (String, String, bool)| {
        let aliases = members.remove(&id).unwrap_or_default();
        let (id, name) = (parse("access_groups.id", &id)?, parse("access_groups.group_name", &name)?);
        Ok(CatalogGroup { id, name, active, aliases })
    })
}

type OrganizationRow = (String, String, String, Option<NaiveDateTime>);

fn organizations(conn: &mut AnyConnection, only: Only<'_>) -> Result<Vec<CatalogOrganization>, Failure> {
    let rows = organizations::table.select((
        organizations::uid,
        organizations::organization_id,
        organizations::status,
        organizations::pause_until,
    ));
    each!(wanted!(rows, organizations::uid, only), conn, |row: OrganizationRow| {
        let (uid, id, status, until) = row;
        Ok(CatalogOrganization {
            uid: parse("organizations.uid", &uid)?,
            organization_id: parse("organizations.organization_id", &id)?,
            standing: standing("organizations.status", &status, until)?,
        })
    })
}

#[derive(Queryable)]
struct TeamRow {
    uid: String,
    organization: String,
    team_id: String,
    default_model: Option<String>,
    status: String,
    pause_until: Option<NaiveDateTime>,
    limits: limits::Columns,
    #[diesel(embed)]
    billing: BillingRow,
}

fn teams(conn: &mut AnyConnection, only: Only<'_>) -> Result<Vec<CatalogTeam>, Failure> {
    let grants = team_groups::table.select((team_groups::team_uid, team_groups::group_id));
    let mut grants = by_owner!("team_groups.group_id", wanted!(grants, team_groups::team_uid, only), conn);
    let rows = teams::table.select((
        teams::uid,
        teams::organization_uid,
        teams::team_id,
        teams::default_model,
        teams::status,
        teams::pause_until,
        (teams::rpm_limit, teams::tpm_limit, teams::max_parallel_requests),
        BillingRow::as_select(),
    ));
    each!(wanted!(rows, teams::uid, only), conn, |row: TeamRow| {
        Ok(CatalogTeam {
            uid: parse("teams.uid", &row.uid)?,
            team_id: parse("teams.team_id", &row.team_id)?,
            organization: parse("teams.organization_uid", &row.organization)?,
            groups: grants.remove(&row.uid).unwrap_or_default(),
            default_model: row.default_model.map(|id| parse("teams.default_model", &id)).transpose()?,
            standing: standing("teams.status", &row.status, row.pause_until)?,
            limits: limits::read(row.limits)?,
            billing: row.billing.read()?,
        })
    })
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = team_keys)]
struct KeyRow {
    key_id: String,
    digest: Vec<u8>,
    team_uid: String,
    expires_at: Option<NaiveDateTime>,
    grace_ends_at: Option<NaiveDateTime>,
    rpm_limit: Option<i32>,
    tpm_limit: Option<i32>,
    max_parallel_requests: Option<i32>,
    #[diesel(embed)]
    scope: ScopeRow,
}

fn keys(conn: &mut AnyConnection, only: Only<'_>) -> Result<Vec<CatalogKey>, Failure> {
    let models = key_models::table.select((key_models::key_id, key_models::alias_id));
    let mut models = by_owner!("key_models.alias_id", wanted!(models, key_models::key_id, only), conn);
    let rows = team_keys::table.filter(team_keys::revoked_at.is_null()).select(KeyRow::as_select());
    each!(wanted!(rows, team_keys::key_id, only), conn, |row: KeyRow| {
        let aliases = models.remove(&row.key_id).unwrap_or_default();
        let scope = KeyScope::new(
            row.scope.limits_models.then_some(aliases),
            row.scope.endpoints()?,
            row.scope.networks()?,
        );
        let scope =
            if row.scope.upstream_identity { Some(KeyScope::with_upstream_identity(scope)) } else { scope };
        Ok(CatalogKey {
            id: parse("team_keys.key_id", &row.key_id)?,
            digest: digest(&row.digest)?,
            team: parse("team_keys.team_uid", &row.team_uid)?,
            expires_at: end(row.expires_at, row.grace_ends_at).map(moment),
            scope: scope.map(Arc::new),
            limits: limits::read((row.rpm_limit, row.tpm_limit, row.max_parallel_requests))?,
        })
    })
}

fn digest(bytes: &[u8]) -> Result<KeyDigest, Failure> {
    let bytes = <[u8; 32]>::try_from(bytes).map_err(|why| Failure::corrupt("team_keys.digest", why))?;
    Ok(KeyDigest::new(bytes))
}

fn standing(
    place: &'static str,
    status: &str,
    until: Option<NaiveDateTime>,
) -> Result<CatalogStanding, Failure> {
    Ok(CatalogStanding { standing: word(place, status)?, pause_until: until.map(moment) })
}

//! Lists of aliases: filters, order, and what surrounds each of a page's aliases, in a fixed number of queries.

use std::collections::HashMap;

use alias_core::alias::{AliasDetails, ModelAlias};
use alias_core::clock::Timestamp;
use alias_core::group::GroupName;
use alias_core::repository::{AliasQuery, AliasSort, Page, Position};
use diesel::dsl::{And, Eq, InnerJoinQuerySource, count as dsl_count, exists, not, sql};
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};

use super::{AliasRow, LiveTotal, current, schedule};
use crate::column::{CHUNK, containing, count, parse, storable, time};
use crate::connection::{AnyBackend, AnyConnection, on_each_backend};
use crate::desired::marks;
use crate::error::Failure;
use crate::schema::{
    access_groups, alias_versions, group_aliases, model_aliases, team_groups, teams, usage_rollups,
};
use crate::window;
use crate::{provider_models, stats};

/// The tags in ASCII lower case as one text in which each stands between line breaks.
pub(super) fn tags_column(tags: &[String]) -> String {
    if tags.is_empty() { String::new() } else { format!("\n{}\n", tags.join("\n").to_ascii_lowercase()) }
}

/// How often an alias was called.
fn calls() -> SqlLiteral<BigInt> {
    sql("COALESCE((SELECT CAST(SUM(usage_rollups.calls) AS BIGINT) FROM usage_rollups \
         WHERE usage_rollups.alias_id = model_aliases.id), 0)")
}

/// Whether the catalogue of providers' models knows the target of an alias.
fn is_known() -> SqlLiteral<Bool> {
    sql("EXISTS (SELECT 1 FROM provider_models \
         WHERE provider_models.folded = model_aliases.place)")
}

/// Whether it has a price for it.
fn is_priced() -> SqlLiteral<Bool> {
    sql("EXISTS (SELECT 1 FROM provider_models \
         WHERE provider_models.folded = model_aliases.place AND provider_models.price_id IS NOT NULL)")
}

/// Applies the query's filters to a boxed query over `model_aliases`.
macro_rules! filtered {
    ($rows:expr, $query:expr) => {{
        let (mut rows, query): (_, &AliasQuery) = ($rows, $query);
        if let Some(active) = query.active {
            rows = rows.filter(model_aliases::active.eq(active));
        }
        if let Some(provider) = &query.provider {
            let provider = storable(&provider.to_ascii_lowercase());
            // `0` follows `/`: a range needs no care for wildcards.
            let (models, end) = (format!("{provider}/"), format!("{provider}0"));
            rows = rows
                .filter(model_aliases::litellm_model.ge(models).and(model_aliases::litellm_model.lt(end)));
        }
        if let Some(group) = &query.access_group {
            let members = group_aliases::table
                .inner_join(access_groups::table)
                .filter(access_groups::folded.eq(group.folded()))
                .select(group_aliases::alias_id);
            rows = rows.filter(model_aliases::id.eq_any(members));
        }
        if let Some(team) = &query.team {
            let reach = group_aliases::table
                .inner_join(access_groups::table.inner_join(team_groups::table.inner_join(teams::table)))
                .filter(access_groups::active.eq(true))
                .filter(teams::folded.eq(team.folded()))
                .select(group_aliases::alias_id);
            rows = rows.filter(model_aliases::id.eq_any(reach));
        }
        if let Some(tag) = &query.tag {
            let tag = containing(&format!("\n{tag}\n"));
            rows = rows.filter(model_aliases::tags.like(tag).escape('\\'));
        }
        if let Some(since) = query.unused_since {
            let used = usage_rollups::table
                .filter(usage_rollups::alias_id.eq(model_aliases::id))
                .filter(usage_rollups::last_used_at.ge(time(since)));
            rows = rows.filter(not(exists(used)));
        }
        if let Some(deprecated) = query.deprecated {
            rows = rows.filter(model_aliases::deprecated.eq(deprecated));
        }
        if let Some(in_group) = query.in_group {
            let held = exists(group_aliases::table.filter(group_aliases::alias_id.eq(model_aliases::id)));
            rows = if in_group { rows.filter(held) } else { rows.filter(not(held)) };
        }
        if let Some(in_catalog) = query.in_catalog {
            let leads_on = model_aliases::litellm_model.like("alias/%");
            rows = if in_catalog {
                rows.filter(leads_on.or(is_known()))
            } else {
                rows.filter(not(leads_on)).filter(not(is_known()))
            };
        }
        if let Some(priced) = query.priced {
            let own = model_aliases::own_price.eq(true).or(model_aliases::litellm_model.like("alias/%"));
            rows = if priced {
                rows.filter(own.or(is_priced()))
            } else {
                rows.filter(not(own)).filter(not(is_priced()))
            };
        }
        if let Some(q) = &query.q {
            rows = rows.filter(model_aliases::search.like(containing(q)).escape('\\'));
        }
        rows
    }};
}

/// What an alias is sorted by, and how a value of it is read from a position.
macro_rules! by_key {
    ($key:expr, $column:ident, $read:ident => $done:expr) => {
        match $key {
            AliasSort::Alias => by_key!(model_aliases::folded, storable, $column, $read => $done),
            AliasSort::LitellmModel => by_key!(model_aliases::litellm_model, storable, $column, $read => $done),
            AliasSort::UsageCount => by_key!(calls(), number, $column, $read => $done),
            AliasSort::CreatedAt => by_key!(model_aliases::created_at, instant, $column, $read => $done),
            AliasSort::UpdatedAt => by_key!(model_aliases::updated_at, instant, $column, $read => $done),
        }
    };
    ($of:expr, $by:expr, $column:ident, $read:ident => $done:expr) => {{
        let ($column, $read) = (|| $of, $by);
        $done
    }};
}

/// One page of live aliases.
pub(super) fn page(
    conn: &mut AnyConnection,
    query: &AliasQuery,
    kept: &LiveTotal,
    now: Timestamp,
) -> Result<Page<AliasDetails>, Failure> {
    let total = total(conn, query, kept)?;
    let rows = filtered!(current!().into_boxed::<AnyBackend>(), query);
    let (window, order) = (&query.window, Order::of(query));
    let rows = match window::after(window) {
        Some(after) => rows.filter(order.after(after)),
        None => rows,
    };
    let rows = order.keys.iter().fold(rows, |rows, (key, down)| {
        by_key!(*key, column, _read => if *down { rows.then_order_by(column().desc()) } else { rows.then_order_by(column().asc()) })
    });
    let name = model_aliases::folded;
    let rows = if order.name_down { rows.then_order_by(name.desc()) } else { rows.then_order_by(name.asc()) };
    let rows: Vec<AliasRow> =
        rows.limit(window::rows_wanted(window)).offset(window::offset(window)).load(conn)?;
    let aliases = rows.into_iter().map(ModelAlias::try_from).collect::<Result<Vec<_>, _>>()?;
    window::page(
        aliases,
        window,
        total,
        |aliases| surrounded(conn, aliases, now),
        |last| order.position(last),
    )
}

/// How many there are on all pages.
fn total(conn: &mut AnyConnection, query: &AliasQuery, kept: &LiveTotal) -> Result<i64, Failure> {
    let all = AliasQuery { sort: query.sort.clone(), window: query.window.clone(), ..AliasQuery::default() };
    if *query == all {
        return kept.of(conn);
    }
    let live = model_aliases::table.filter(model_aliases::deleted_at.is_null());
    Ok(filtered!(live.into_boxed::<AnyBackend>(), query).count().get_result(conn)?)
}

fn number(text: &str) -> i64 {
    text.parse().unwrap_or_default()
}

fn instant(text: &str) -> chrono::NaiveDateTime {
    time(Timestamp::from_micros(number(text)))
}

/// Live aliases with what they say now.
type Current = InnerJoinQuerySource<
    model_aliases::table,
    alias_versions::table,
    And<Eq<alias_versions::alias_id, model_aliases::id>, Eq<alias_versions::version, model_aliases::version>>,
>;

/// The order of a list: by each key until one differs, and by name at the end. No two have one name.
struct Order {
    keys: Vec<(AliasSort, bool)>,
    name_down: bool,
}

impl Order {
    fn of(query: &AliasQuery) -> Self {
        let named = query.sort.iter().position(|(key, _)| *key == AliasSort::Alias);
        let (keys, rest) = query.sort.split_at(named.unwrap_or(query.sort.len()));
        Self { keys: keys.to_vec(), name_down: rest.first().is_some_and(|(_, down)| *down) }
    }

    /// What stands behind a position: beyond it by the first key, or the same by that and beyond by the next.
    fn after(&self, position: &Position) -> Box<dyn BoxableExpression<Current, AnyBackend, SqlType = Bool>> {
        type Condition = Box<dyn BoxableExpression<Current, AnyBackend, SqlType = Bool>>;
        let (column, name) = (model_aliases::folded, storable(&position.name));
        let beyond: Condition =
            if self.name_down { Box::new(column.lt(name)) } else { Box::new(column.gt(name)) };
        let mut values = position.value.as_deref().unwrap_or_default().split(BETWEEN);
        let values: Vec<&str> = self.keys.iter().map(|_| values.next().unwrap_or_default()).collect();
        self.keys.iter().zip(values).rev().fold(beyond, |next, ((key, down), value)| {
            by_key!(*key, column, read => {
                let same = column().eq(read(value)).and(next);
                if *down {
                    Box::new(column().lt(read(value)).or(same)) as Condition
                } else {
                    Box::new(column().gt(read(value)).or(same))
                }
            })
        })
    }

    fn position(&self, last: &AliasDetails) -> Position {
        let values: Vec<String> = self.keys.iter().map(|(key, _)| value(last, *key)).collect();
        let value = Some(values.join(BETWEEN)).filter(|_| !values.is_empty());
        Position { value, name: last.alias.alias.folded() }
    }
}

/// Between the values of a position: no name of a model has it.
const BETWEEN: &str = "\n";

fn value(of: &AliasDetails, key: AliasSort) -> String {
    let alias = &of.alias;
    match key {
        AliasSort::Alias => alias.alias.folded(),
        AliasSort::LitellmModel => alias.spec.litellm_model.to_string(),
        AliasSort::UsageCount => of.usage.total_calls.to_string(),
        AliasSort::CreatedAt => alias.created_at.micros().to_string(),
        AliasSort::UpdatedAt => alias.updated_at.micros().to_string(),
    }
}

/// Each alias with its groups, the number of its teams, and its statistics, as it stands at `at`.
pub(super) fn surrounded(
    conn: &mut AnyConnection,
    aliases: Vec<ModelAlias>,
    at: Timestamp,
) -> Result<Vec<AliasDetails>, Failure> {
    let ids: Vec<String> = aliases.iter().map(|alias| alias.id.to_string()).collect();
    let mut groups = groups_of(conn, &ids)?;
    let teams = teams_of(conn, &ids)?;
    let mut usage = stats::of_aliases(conn, &ids)?;
    let mut scheduled = schedule::waiting(conn, Some(&ids))?;
    let mut managers = marks::of(conn, &ids)?;
    let facts = provider_models::facts(conn, aliases.iter().map(|alias| alias.spec.litellm_model.clone()))?;
    Ok(aliases
        .into_iter()
        .zip(&ids)
        .map(|(alias, id)| AliasDetails {
            model: provider_models::fact_of(&facts, &alias.spec.litellm_model),
            alias,
            access_groups: groups.remove(id).unwrap_or_default(),
            teams_with_access: teams.get(id).copied().unwrap_or_default(),
            usage: usage.remove(id).unwrap_or_default(),
            scheduled: scheduled.remove(id).unwrap_or_default(),
            managed_by: managers.remove(id),
            at,
        })
        .collect())
}

pub(super) fn groups_of(
    conn: &mut AnyConnection,
    ids: &[String],
) -> Result<HashMap<String, Vec<GroupName>>, Failure> {
    let mut groups: HashMap<String, Vec<GroupName>> = HashMap::new();
    for chunk in ids.chunks(CHUNK) {
        let rows: Vec<(String, String)> = on_each_backend!(conn, c => group_aliases::table
            .inner_join(access_groups::table)
            .filter(group_aliases::alias_id.eq_any(chunk))
            .order(access_groups::folded)
            .select((group_aliases::alias_id, access_groups::group_name))
            .load(c))?;
        for (id, name) in rows {
            groups.entry(id).or_default().push(parse("access_groups.group_name", &name)?);
        }
    }
    Ok(groups)
}

/// Distinct teams that hold an active group with the alias, suspended ones included.
fn teams_of(conn: &mut AnyConnection, ids: &[String]) -> Result<HashMap<String, u64>, Failure> {
    let mut teams = HashMap::with_capacity(ids.len());
    for chunk in ids.chunks(CHUNK) {
        let rows: Vec<(String, i64)> = on_each_backend!(conn, c => group_aliases::table
            .inner_join(access_groups::table.inner_join(team_groups::table))
            .filter(group_aliases::alias_id.eq_any(chunk))
            .filter(access_groups::active.eq(true))
            .group_by(group_aliases::alias_id)
            .select((group_aliases::alias_id, dsl_count(team_groups::team_uid).aggregate_distinct()))
            .load(c))?;
        teams.extend(rows.into_iter().map(|(id, number)| (id, count(number))));
    }
    Ok(teams)
}

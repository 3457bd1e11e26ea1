//! Model aliases: what they say stands in their versions, of which none is ever changed.

mod list;

use alias_core::alias::{
    AliasChange, AliasDetails, AliasId, AliasName, AliasSpec, Metadata, ModelAlias, NewAlias, Visibility,
};
use alias_core::audit::Actor;
use alias_core::clock::Timestamp;
use alias_core::model_ref::ModelRef;
use alias_core::money::{AliasPrice, TokenPrice};
use alias_core::repository::{
    AliasQuery, AliasRepository, DeletedAlias, Expected, Page, StoreError, Written,
};
use async_trait::async_trait;
use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::audit::{Change, entry};
use crate::column::{from_json, json, moment, parse, searchable, time, version};
use crate::connection::AnyConnection;
use crate::error::{Failure, Named};
use crate::schema::{alias_versions, model_aliases};
use crate::store::SqlStore;
use crate::{memberships, reference};

pub(crate) const KIND: &str = "model alias";
const OBJECT: &str = "model_alias";
/// How long a deleted alias can be brought back.
const RESTORABLE: chrono::Duration = chrono::Duration::days(30);

/// A version's content as stored; prices in pico-USD per token.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SpecRecord {
    pub(crate) litellm_model: ModelRef,
    description: String,
    pub(crate) active: bool,
    display_name: Option<String>,
    price: Option<PriceRecord>,
    tags: Vec<String>,
    pub(crate) visibility: Visibility,
    metadata: Metadata,
}

#[derive(Debug, Serialize, Deserialize)]
struct PriceRecord {
    input: i64,
    output: i64,
}

impl SpecRecord {
    pub(crate) fn read(text: &str) -> Result<Self, Failure> {
        from_json("alias_versions.spec", text)
    }

    pub(crate) fn price(&self) -> Option<AliasPrice> {
        self.price.as_ref().map(|price| AliasPrice {
            input: TokenPrice::new(price.input),
            output: TokenPrice::new(price.output),
        })
    }
}

impl From<AliasSpec> for SpecRecord {
    fn from(spec: AliasSpec) -> Self {
        let price =
            spec.price.map(|price| PriceRecord { input: price.input.picos(), output: price.output.picos() });
        let AliasSpec {
            litellm_model, description, active, display_name, tags, visibility, metadata, ..
        } = spec;
        Self { litellm_model, description, active, display_name, price, tags, visibility, metadata }
    }
}

impl From<SpecRecord> for AliasSpec {
    fn from(record: SpecRecord) -> Self {
        let price = record.price();
        let SpecRecord {
            litellm_model, description, active, display_name, tags, visibility, metadata, ..
        } = record;
        Self { litellm_model, description, active, display_name, price, tags, visibility, metadata }
    }
}

/// An alias with its current version, as [`current!`] selects it.
#[derive(Debug, Queryable)]
pub(crate) struct AliasRow {
    pub(crate) id: String,
    pub(crate) alias: String,
    pub(crate) version: i32,
    pub(crate) created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
    pub(crate) spec: String,
}

impl TryFrom<AliasRow> for ModelAlias {
    type Error = Failure;

    fn try_from(row: AliasRow) -> Result<Self, Failure> {
        Ok(Self {
            id: parse("model_aliases.id", &row.id)?,
            alias: parse("model_aliases.alias", &row.alias)?,
            version: version("model_aliases.version", row.version)?,
            spec: SpecRecord::read(&row.spec)?.into(),
            created_at: moment(row.created_at),
            updated_at: moment(row.updated_at),
        })
    }
}

/// Live aliases, each joined with its current version, selected as an [`AliasRow`].
macro_rules! current {
    () => {{
        use $crate::schema::{alias_versions, model_aliases};
        model_aliases::table
            .inner_join(
                alias_versions::table.on(alias_versions::alias_id
                    .eq(model_aliases::id)
                    .and(alias_versions::version.eq(model_aliases::version))),
            )
            .filter(model_aliases::deleted_at.is_null())
            .select((
                model_aliases::id,
                model_aliases::alias,
                model_aliases::version,
                model_aliases::created_at,
                model_aliases::updated_at,
                alias_versions::spec,
            ))
    }};
}
pub(crate) use current;

fn live(conn: &mut AnyConnection, name: &AliasName) -> Result<Option<ModelAlias>, Failure> {
    let row =
        current!().filter(model_aliases::folded.eq(name.folded())).first::<AliasRow>(conn).optional()?;
    row.map(ModelAlias::try_from).transpose()
}

/// The live alias of a name, at the version that the writer expects.
fn expected_live(
    conn: &mut AnyConnection,
    name: &AliasName,
    expected: Expected,
) -> Result<ModelAlias, Failure> {
    let alias = live(conn, name)?.ok_or_else(|| Failure::not_found(KIND, name))?;
    reference::check_version(KIND, &alias.alias, alias.version, expected)?;
    Ok(alias)
}

fn details(conn: &mut AnyConnection, alias: ModelAlias) -> Result<AliasDetails, Failure> {
    let mut all = list::surrounded(conn, vec![alias])?;
    all.pop().ok_or_else(|| Failure::corrupt("model_aliases", "an alias was lost"))
}

fn insert_version(
    conn: &mut AnyConnection,
    alias: &ModelAlias,
    by: &Actor,
    now: Timestamp,
) -> Result<(), Failure> {
    diesel::insert_into(alias_versions::table)
        .values((
            alias_versions::alias_id.eq(alias.id.to_string()),
            alias_versions::version.eq(alias.version.cast_signed()),
            alias_versions::spec.eq(json(&SpecRecord::from(alias.spec.clone()))?),
            alias_versions::actor.eq(by.kind.as_str()),
            alias_versions::reason.eq(by.reason.as_deref()),
            alias_versions::effective_at.eq(time(now)),
            alias_versions::created_at.eq(time(now)),
        ))
        .execute(conn)?;
    Ok(())
}

/// The columns that lists go by.
fn listed(
    spec: &AliasSpec,
    name: &AliasName,
) -> (
    diesel::dsl::Eq<model_aliases::litellm_model, String>,
    diesel::dsl::Eq<model_aliases::active, bool>,
    diesel::dsl::Eq<model_aliases::tags, String>,
    diesel::dsl::Eq<model_aliases::search, String>,
) {
    let model = spec.litellm_model.as_str();
    (
        model_aliases::litellm_model.eq(model.to_owned()),
        model_aliases::active.eq(spec.active),
        model_aliases::tags.eq(list::tags_column(&spec.tags)),
        model_aliases::search.eq(searchable(&[name.as_str(), model, &spec.description])),
    )
}

fn insert(conn: &mut AnyConnection, alias: &ModelAlias) -> Result<(), Failure> {
    diesel::insert_into(model_aliases::table)
        .values((
            model_aliases::id.eq(alias.id.to_string()),
            model_aliases::alias.eq(alias.alias.as_str()),
            model_aliases::folded.eq(alias.alias.folded()),
            model_aliases::version.eq(alias.version.cast_signed()),
            listed(&alias.spec, &alias.alias),
            model_aliases::created_at.eq(time(alias.created_at)),
            model_aliases::updated_at.eq(time(alias.updated_at)),
        ))
        .execute(conn)
        .named(KIND, alias.alias.as_str())?;
    Ok(())
}

#[async_trait]
impl AliasRepository for SqlStore {
    async fn create(&self, new: NewAlias, by: &Actor) -> Result<Written<AliasDetails>, StoreError> {
        let actor = by.clone();
        self.change(by, move |conn, now| {
            if let Some(existing) = live(conn, &new.alias)? {
                return Err(Failure::already_exists(KIND, existing.alias));
            }
            let groups = reference::groups(conn, "access_groups", &new.access_groups)?;
            let alias = ModelAlias {
                id: AliasId::new(Uuid::now_v7()),
                alias: new.alias,
                version: 1,
                spec: new.spec,
                created_at: now,
                updated_at: now,
            };
            insert(conn, &alias)?;
            insert_version(conn, &alias, &actor, now)?;
            memberships::enter_groups(conn, &alias.id.to_string(), &groups, now)?;
            let after = details(conn, alias)?;
            let entry = entry("alias.create", OBJECT, &after.alias.alias, &(), &recorded(&after))?;
            Ok(Change::Made(after, entry))
        })
        .await
    }

    async fn find(&self, name: &AliasName) -> Result<Option<AliasDetails>, StoreError> {
        let name = name.clone();
        self.read(move |conn| live(conn, &name)?.map(|alias| details(conn, alias)).transpose()).await
    }

    async fn list(&self, query: &AliasQuery) -> Result<Page<AliasDetails>, StoreError> {
        let query = query.clone();
        self.read(move |conn| list::page(conn, &query)).await
    }

    async fn update(
        &self,
        name: &AliasName,
        change: AliasChange,
        expected: Expected,
        by: &Actor,
    ) -> Result<Written<AliasDetails>, StoreError> {
        let (name, actor) = (name.clone(), by.clone());
        self.change(by, move |conn, now| {
            let before = expected_live(conn, &name, expected)?;
            let spec = change.applied_to(&before.spec);
            if spec == before.spec {
                return Ok(Change::Nothing(details(conn, before)?));
            }
            let after = ModelAlias { spec, version: before.version + 1, updated_at: now, ..before.clone() };
            insert_version(conn, &after, &actor, now)?;
            diesel::update(model_aliases::table.find(after.id.to_string()))
                .set((
                    model_aliases::version.eq(after.version.cast_signed()),
                    listed(&after.spec, &after.alias),
                    model_aliases::updated_at.eq(time(now)),
                ))
                .execute(conn)?;
            let entry = entry("alias.update", OBJECT, &after.alias, &before, &after)?;
            Ok(Change::Made(details(conn, after)?, entry))
        })
        .await
    }

    async fn delete(
        &self,
        name: &AliasName,
        expected: Expected,
        by: &Actor,
    ) -> Result<Written<DeletedAlias>, StoreError> {
        let name = name.clone();
        self.change(by, move |conn, now| {
            let alias = expected_live(conn, &name, expected)?;
            let before = details(conn, alias)?;
            let teams_affected = memberships::leave_groups(conn, &before.alias.id.to_string(), now)?;
            diesel::update(model_aliases::table.find(before.alias.id.to_string()))
                .set(model_aliases::deleted_at.eq(time(now)))
                .execute(conn)?;
            let entry = entry("alias.delete", OBJECT, &before.alias.alias, &recorded(&before), &())?;
            let deleted = DeletedAlias {
                alias: before.alias,
                removed_from_access_groups: before.access_groups,
                teams_affected,
                restorable_until: Timestamp::from(now.utc() + RESTORABLE),
            };
            Ok(Change::Made(deleted, entry))
        })
        .await
    }
}

/// What the audit log says of an alias that comes or goes.
#[derive(Serialize)]
struct Recorded<'a> {
    #[serde(flatten)]
    alias: &'a ModelAlias,
    access_groups: &'a [alias_core::group::GroupName],
}

fn recorded(details: &AliasDetails) -> Recorded<'_> {
    Recorded { alias: &details.alias, access_groups: &details.access_groups }
}

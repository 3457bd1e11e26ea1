//! Aliases as rows: the columns that lists go by, and the content of versions.

use alias_core::alias::{AliasSpec, Metadata, ModelAlias, Visibility};
use alias_core::model_ref::ModelRef;
use alias_core::money::{AliasPrice, TokenPrice};
use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::column::{from_json, moment, parse, searchable, time, version};
use crate::error::Failure;
use crate::schema::model_aliases;

/// The row of an alias; the content beside the version is what lists filter and sort by.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = model_aliases)]
pub(super) struct AliasColumns {
    id: String,
    alias: String,
    folded: String,
    version: i32,
    litellm_model: String,
    active: bool,
    tags: String,
    search: String,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
}

impl From<&ModelAlias> for AliasColumns {
    fn from(alias: &ModelAlias) -> Self {
        let (name, spec) = (&alias.alias, &alias.spec);
        Self {
            id: alias.id.to_string(),
            alias: name.to_string(),
            folded: name.folded(),
            version: alias.version.cast_signed(),
            litellm_model: spec.litellm_model.to_string(),
            active: spec.active,
            tags: super::list::tags_column(&spec.tags),
            search: searchable(&[name.as_str(), spec.litellm_model.as_str(), &spec.description]),
            created_at: time(alias.created_at),
            updated_at: time(alias.updated_at),
        }
    }
}

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

//! Aliases as rows: the columns that lists go by, and the content of versions.

use alias_core::alias::{AliasSpec, Metadata, ModelAlias, OnDisconnect, Routing, Visibility};
use alias_core::model_ref::ModelRef;
use std::sync::Arc;

use alias_core::money::TokenPrice;
use alias_core::price::{PriceList, Pricing, PricingDraft};
use alias_core::provider_model;
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
    deprecated: bool,
    own_price: bool,
    place: String,
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
            deprecated: spec.routing.deprecation.is_some(),
            place: provider_model::place(&spec.litellm_model),
            own_price: !matches!(spec.pricing, Pricing::Catalog { .. }),
            tags: super::list::tags_column(&spec.tags),
            search: searchable(&[name.as_str(), spec.litellm_model.as_str(), &spec.description]),
            created_at: time(alias.created_at),
            updated_at: time(alias.updated_at),
        }
    }
}

/// A version's content as stored.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SpecRecord {
    pub(crate) litellm_model: ModelRef,
    description: String,
    pub(crate) active: bool,
    display_name: Option<String>,
    /// Versions written before there was `pricing`.
    #[serde(default, skip_serializing)]
    price: Option<PriceRecord>,
    #[serde(default)]
    pricing: Option<PricingDraft>,
    pub(crate) tags: Vec<String>,
    pub(crate) visibility: Visibility,
    #[serde(default)]
    pub(crate) on_disconnect: OnDisconnect,
    metadata: Metadata,
    /// Nothing in versions written before there was such a thing.
    #[serde(flatten)]
    pub(crate) routing: Routing,
}

/// Pico-USD per token.
#[derive(Debug, Deserialize)]
struct PriceRecord {
    input: i64,
    output: i64,
}

impl SpecRecord {
    pub(crate) fn read(text: &str) -> Result<Self, Failure> {
        from_json("alias_versions.spec", text)
    }

    pub(crate) fn pricing(&self) -> Result<Pricing, Failure> {
        if let Some(draft) = &self.pricing {
            return draft.parse().map_err(|why| Failure::corrupt("alias_versions.spec", why));
        }
        let fixed = |price: &PriceRecord| {
            Arc::new(PriceList::new(TokenPrice::new(price.input), TokenPrice::new(price.output)))
        };
        Ok(self.price.as_ref().map_or(Pricing::UNSAID, |price| Pricing::Fixed(fixed(price))))
    }
}

impl From<AliasSpec> for SpecRecord {
    fn from(spec: AliasSpec) -> Self {
        let pricing = Some(PricingDraft::from(&spec.pricing));
        let AliasSpec {
            litellm_model,
            description,
            active,
            display_name,
            tags,
            visibility,
            on_disconnect,
            metadata,
            routing,
            ..
        } = spec;
        Self {
            litellm_model,
            description,
            active,
            display_name,
            price: None,
            pricing,
            tags,
            visibility,
            on_disconnect,
            metadata,
            routing,
        }
    }
}

impl TryFrom<SpecRecord> for AliasSpec {
    type Error = Failure;

    fn try_from(record: SpecRecord) -> Result<Self, Failure> {
        let pricing = record.pricing()?;
        let SpecRecord {
            litellm_model,
            description,
            active,
            display_name,
            tags,
            visibility,
            on_disconnect,
            metadata,
            routing,
            ..
        } = record;
        Ok(Self {
            litellm_model,
            description,
            active,
            display_name,
            pricing,
            tags,
            visibility,
            on_disconnect,
            metadata,
            routing,
        })
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
            spec: SpecRecord::read(&row.spec)?.try_into()?,
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

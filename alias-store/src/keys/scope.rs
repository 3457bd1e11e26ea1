//! What keys are limited to, and what they are told: columns of a key, and a table of its models.

use std::collections::HashMap;

use alias_core::alias::AliasName;
use alias_core::key::{EntranceSet, KeyId, NamedScope, Networks};
use diesel::prelude::*;

use crate::column::{CHUNK, from_json, parse};
use crate::connection::{AnyConnection, on_each_backend};
use crate::error::Failure;
use crate::reference;
use crate::schema::{key_models, model_aliases, team_keys};

/// The limits of a key, as its columns hold them.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = team_keys)]
pub(crate) struct ScopeRow {
    pub(crate) limits_models: bool,
    endpoints: Option<String>,
    networks: Option<String>,
    pub(crate) upstream_identity: bool,
}

impl ScopeRow {
    /// The endpoints that the key may use.
    pub(crate) fn endpoints(&self) -> Result<Option<EntranceSet>, Failure> {
        self.endpoints.as_deref().map(|text| all("team_keys.endpoints", text)).transpose()
    }

    /// The networks that its requests may come from.
    pub(crate) fn networks(&self) -> Result<Option<Networks>, Failure> {
        self.networks.as_deref().map(|text| all("team_keys.networks", text)).transpose()
    }

    /// The limits, with the models that the key may call where these are limited.
    pub(super) fn named(&self, models: Vec<AliasName>) -> Result<NamedScope, Failure> {
        let (endpoints, networks) = (self.endpoints()?, self.networks()?);
        let models = self.limits_models.then_some(models);
        Ok(NamedScope { models, endpoints, networks, upstream_identity: self.upstream_identity })
    }
}

fn all<T, C: FromIterator<T>>(place: &'static str, text: &str) -> Result<C, Failure>
where
    T: std::str::FromStr<Err: std::error::Error + Send + Sync + 'static>,
{
    let words: Vec<String> = from_json(place, text)?;
    words.iter().map(|word| parse(place, word)).collect()
}

/// The live aliases that keys are limited to, by key, each key's by name.
pub(super) fn models(
    conn: &mut AnyConnection,
    keys: &[String],
) -> Result<HashMap<String, Vec<AliasName>>, Failure> {
    let mut all: HashMap<String, Vec<AliasName>> = HashMap::new();
    for chunk in keys.chunks(CHUNK) {
        let rows: Vec<(String, String)> = key_models::table
            .inner_join(model_aliases::table)
            .filter(key_models::key_id.eq_any(chunk))
            .filter(model_aliases::deleted_at.is_null())
            .order(model_aliases::folded)
            .select((key_models::key_id, model_aliases::alias))
            .load(conn)?;
        for (key, alias) in rows {
            all.entry(key).or_default().push(parse("model_aliases.alias", &alias)?);
        }
    }
    Ok(all)
}

/// Limits a key to exactly these models, or to none in particular.
pub(super) fn limit_models(
    conn: &mut AnyConnection,
    key: &KeyId,
    names: Option<&[AliasName]>,
) -> Result<(), Failure> {
    let aliases = reference::aliases(conn, "models", names.unwrap_or_default())?;
    set_limited(conn, key, names.is_some())?;
    diesel::delete(key_models::table.filter(key_models::key_id.eq(key.as_str()))).execute(conn)?;
    insert(conn, key, aliases.iter().map(|alias| alias.id.as_str()))
}

/// Limits a new key to the models that another is limited to, those included that are deleted at present and may
/// be restored.
pub(super) fn copy_models(conn: &mut AnyConnection, from: &KeyId, to: &KeyId) -> Result<(), Failure> {
    let limited = team_keys::table.find(from.as_str()).select(team_keys::limits_models).first(conn)?;
    let aliases: Vec<String> = key_models::table
        .filter(key_models::key_id.eq(from.as_str()))
        .select(key_models::alias_id)
        .load(conn)?;
    set_limited(conn, to, limited)?;
    insert(conn, to, aliases.iter().map(String::as_str))
}

/// Has the keys that are limited to one alias, among others, be for another one, too.
pub(crate) fn may_call_too(conn: &mut AnyConnection, alias: &str, other: &str) -> Result<(), Failure> {
    let keys: Vec<String> =
        key_models::table.filter(key_models::alias_id.eq(alias)).select(key_models::key_id).load(conn)?;
    let rows: Vec<ModelRow<'_>> = keys.iter().map(|key_id| ModelRow { key_id, alias_id: other }).collect();
    for chunk in rows.chunks(CHUNK) {
        on_each_backend!(conn, c => diesel::insert_into(key_models::table).values(chunk).execute(c))?;
    }
    Ok(())
}

fn set_limited(conn: &mut AnyConnection, key: &KeyId, limited: bool) -> Result<(), Failure> {
    diesel::update(team_keys::table.find(key.as_str()))
        .set(team_keys::limits_models.eq(limited))
        .execute(conn)?;
    Ok(())
}

#[derive(Insertable)]
#[diesel(table_name = key_models)]
struct ModelRow<'a> {
    key_id: &'a str,
    alias_id: &'a str,
}

fn insert<'a>(
    conn: &mut AnyConnection,
    key: &KeyId,
    aliases: impl Iterator<Item = &'a str>,
) -> Result<(), Failure> {
    let rows: Vec<ModelRow<'_>> =
        aliases.map(|alias_id| ModelRow { key_id: key.as_str(), alias_id }).collect();
    for chunk in rows.chunks(CHUNK) {
        on_each_backend!(conn, c => diesel::insert_into(key_models::table).values(chunk).execute(c))?;
    }
    Ok(())
}

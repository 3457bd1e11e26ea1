//! What is left of deleted aliases, for those who still call them.

use alias_core::catalog::{MAX_TOMBSTONES, Tombstone};
use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::Only;
use crate::aliases::SpecRecord;
use crate::column::{moment, parse};
use crate::connection::{AnyBackend, AnyConnection};
use crate::error::Failure;
use crate::schema::{alias_versions, model_aliases};

/// Those of these aliases, or of all, that are deleted and named what takes their place.
pub(super) fn tombstones(conn: &mut AnyConnection, only: Only<'_>) -> Result<Vec<Tombstone>, Failure> {
    let deprecated = model_aliases::table
        .inner_join(
            alias_versions::table.on(alias_versions::alias_id
                .eq(model_aliases::id)
                .and(alias_versions::version.eq(model_aliases::version))),
        )
        .filter(model_aliases::deprecated.eq(true))
        .order((model_aliases::deleted_at.desc(), model_aliases::id))
        .limit(i64::try_from(MAX_TOMBSTONES).unwrap_or(i64::MAX))
        .select((model_aliases::id, model_aliases::alias, model_aliases::deleted_at, alias_versions::spec));
    let mut deleted = deprecated.into_boxed::<AnyBackend>().filter(model_aliases::deleted_at.is_not_null());
    if let Some(ids) = only {
        deleted = deleted.filter(model_aliases::id.eq_any(ids));
    }
    let rows: Vec<(String, String, Option<NaiveDateTime>, String)> = deleted.load(conn)?;
    let mut all = Vec::with_capacity(rows.len());
    for (id, alias, at, spec) in rows {
        let spec = SpecRecord::read(&spec)?;
        let told = spec.routing.deprecation;
        let (Some(at), Some(replacement)) = (at, told.and_then(|told| told.replacement)) else { continue };
        all.push(Tombstone {
            id: parse("model_aliases.id", &id)?,
            alias: parse("model_aliases.alias", &alias)?,
            removed_at: moment(at),
            replacement,
            visibility: spec.visibility,
        });
    }
    Ok(all)
}

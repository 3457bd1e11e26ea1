//! Whose document made or changed an object.

use std::collections::HashMap;

use alias_core::desired::{Manager, Subject};
use diesel::prelude::*;

use super::state::Ids;
use crate::column::{CHUNK, parse};
use crate::connection::{AnyConnection, on_each_backend};
use crate::error::Failure;
use crate::schema::managed_objects;

/// The marks of objects that are there. That of a deleted alias waits for its restoration.
pub(super) fn all(conn: &mut AnyConnection, ids: &Ids) -> Result<HashMap<Subject, Manager>, Failure> {
    let rows: Vec<(String, String)> = managed_objects::table
        .select((managed_objects::object_id, managed_objects::managed_by))
        .load(conn)?;
    let marks: HashMap<String, String> = rows.into_iter().collect();
    let marked = ids.iter().filter_map(|(subject, id)| Some((subject, marks.get(id)?)));
    marked
        .map(|(subject, manager)| Ok((subject.clone(), parse("managed_objects.managed_by", manager)?)))
        .collect()
}

/// The marks of some objects, by their ids.
pub(crate) fn of(conn: &mut AnyConnection, ids: &[String]) -> Result<HashMap<String, Manager>, Failure> {
    let mut marks = HashMap::new();
    for chunk in ids.chunks(CHUNK) {
        let rows: Vec<(String, String)> = on_each_backend!(conn, c => managed_objects::table
            .filter(managed_objects::object_id.eq_any(chunk))
            .select((managed_objects::object_id, managed_objects::managed_by))
            .load(c))?;
        for (id, manager) in rows {
            marks.insert(id, parse("managed_objects.managed_by", &manager)?);
        }
    }
    Ok(marks)
}

/// The mark of an object.
pub(crate) fn of_one(conn: &mut AnyConnection, id: &str) -> Result<Option<Manager>, Failure> {
    let manager: Option<String> =
        managed_objects::table.find(id).select(managed_objects::managed_by).first(conn).optional()?;
    manager.map(|manager| parse("managed_objects.managed_by", &manager)).transpose()
}

/// Makes an object this manager's, or nobody's.
pub(super) fn set(conn: &mut AnyConnection, id: &str, manager: Option<&Manager>) -> Result<(), Failure> {
    diesel::delete(managed_objects::table.find(id)).execute(conn)?;
    if let Some(manager) = manager {
        diesel::insert_into(managed_objects::table)
            .values((managed_objects::object_id.eq(id), managed_objects::managed_by.eq(manager.as_str())))
            .execute(conn)?;
    }
    Ok(())
}

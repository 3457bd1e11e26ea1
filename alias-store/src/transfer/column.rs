//! The columns of a table, as the database itself lists them, and the file of a backup.

use std::io;
use std::path::Path;

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::Text;

use crate::connection::{AnyConnection, connect};
use crate::error::Failure;
use crate::store::unavailable;
use crate::url::DatabaseUrl;

/// A column, and what kind of value it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: Kind,
}

/// What both databases keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Number,
    Flag,
    Moment,
    Day,
    Bytes,
}

/// A column of a type that is not known here.
#[derive(Debug, thiserror::Error)]
#[error("the column {column} is of the unknown type {kind}")]
struct StrangeType {
    column: String,
    kind: String,
}

#[derive(QueryableByName)]
struct Listed {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    kind: String,
}

/// The columns of a table.
pub(super) fn columns(conn: &mut AnyConnection, table: &str) -> Result<Vec<Column>, Failure> {
    let listed: Vec<Listed> = match conn {
        AnyConnection::Sqlite(c) => sql_query(format!(
            "SELECT name, LOWER(type) AS kind FROM pragma_table_info('{table}') ORDER BY cid"
        ))
        .load(c)?,
        AnyConnection::Postgres(c) => sql_query(format!(
            "SELECT column_name::text AS name, data_type::text AS kind FROM information_schema.columns \
             WHERE table_schema = current_schema() AND table_name = '{table}' ORDER BY ordinal_position"
        ))
        .load(c)?,
    };
    listed
        .into_iter()
        .map(|Listed { name, kind }| {
            let kind = match kind.as_str() {
                "text" => Kind::Text,
                "bigint" | "integer" | "smallint" => Kind::Number,
                "boolean" => Kind::Flag,
                "timestamp" | "timestamp without time zone" => Kind::Moment,
                "date" => Kind::Day,
                "blob" | "bytea" => Kind::Bytes,
                _ => return Err(Failure::corrupt("the schema", StrangeType { column: name, kind })),
            };
            Ok(Column { name, kind })
        })
        .collect()
}

/// The names of all tables.
#[cfg(test)]
pub(super) fn tables(conn: &mut AnyConnection) -> Result<Vec<String>, Failure> {
    let AnyConnection::Sqlite(c) = conn else { return Ok(Vec::new()) };
    let listed: Vec<Listed> =
        sql_query("SELECT name, type AS kind FROM sqlite_master WHERE type = 'table'").load(c)?;
    Ok(listed.into_iter().map(|one| one.name).collect())
}

/// Makes a file that is not there yet, for its owner only: it holds digests of keys, and secrets.
pub(super) fn create_private(file: &Path) -> io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).map(drop)
}

/// Makes one file of a database that was written with a log beside it, and has it on the disk.
pub(super) fn settle(file: &Path) -> Result<(), Failure> {
    use diesel::connection::SimpleConnection as _;
    let mut conn = connect(&DatabaseUrl::sqlite(file.to_owned())).map_err(unavailable)?;
    if let AnyConnection::Sqlite(c) = &mut conn {
        c.batch_execute("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE;")?;
    }
    drop(conn);
    std::fs::File::open(file).and_then(|file| file.sync_all()).map_err(|why| unavailable(why).into())
}

/// Takes away what was written of a backup that failed.
pub(super) fn remove(file: &Path) {
    for end in ["", "-wal", "-shm"] {
        let mut name = file.as_os_str().to_owned();
        name.push(end);
        // What was not written is not there.
        let _ = std::fs::remove_file(name);
    }
}

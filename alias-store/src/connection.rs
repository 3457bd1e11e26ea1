//! Connections: one type for both databases, and how they are opened.

use std::error::Error;
use std::path::Path;

use alias_core::repository::StoreError;
use diesel::connection::SimpleConnection;
use diesel::r2d2::R2D2Connection;
use diesel::{Connection, PgConnection, QueryResult, SqliteConnection};

use crate::url::{DatabaseUrl, Location};

/// A connection to either database.
#[derive(diesel::MultiConnection)]
pub(crate) enum AnyConnection {
    Postgres(PgConnection),
    Sqlite(SqliteConnection),
}

/// The dialect of [`AnyConnection`], for the types of boxed queries.
pub(crate) type AnyBackend = MultiBackend;

/// Type-checks the same body once for each database, for what [`AnyConnection`] itself cannot do:
/// `ON CONFLICT`, inserts of several rows, `RETURNING`.
macro_rules! on_each_backend {
    ($conn:expr, $c:ident => $body:expr) => {
        match $conn {
            $crate::connection::AnyConnection::Postgres($c) => $body,
            $crate::connection::AnyConnection::Sqlite($c) => $body,
        }
    };
}
pub(crate) use on_each_backend;

/// The order matters: the first makes the others wait for a lock instead of failing.
const SQLITE_SESSION: &str = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; \
     PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;";

/// Read from the cache of the operating system in place, up to 1 GiB.
const FROZEN_SESSION: &str = "PRAGMA query_only = ON; PRAGMA mmap_size = 1073741824;";

/// A black-holed transaction must not hang the others.
const POSTGRES_SESSION: &str = "SET lock_timeout = '1s'; SET statement_timeout = '2s'; \
     SET idle_in_transaction_session_timeout = '2s'; SET synchronous_commit = on; SET TIME ZONE 'UTC';";

/// libpq's parameters that bound its waiting: seconds, but for `tcp_user_timeout` (ms) and the count.
const NETWORK: [(&str, &str); 5] = [
    ("connect_timeout", "5"),
    ("tcp_user_timeout", "5000"),
    ("keepalives_idle", "5"),
    ("keepalives_interval", "2"),
    ("keepalives_count", "3"),
];

/// A connection could not be opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConnectError {
    #[error("cannot connect to {url}: {why}")]
    Refused { url: DatabaseUrl, why: String },
    #[error("the database at {url} lets nobody in with these credentials, or is not there: {why}")]
    TurnedAway { url: DatabaseUrl, why: String },
    #[error("the session cannot be set up")]
    Session(#[from] diesel::result::Error),
}

/// What PostgreSQL and libpq say where a server is there, and turns away who comes: to come again changes nothing. A server
/// that speaks another language is taken for one that is away.
const TURNED_AWAY: [&str; 6] = [
    "authentication failed",
    "no password supplied",
    "no pg_hba.conf entry",
    "pg_hba.conf rejects connection",
    "is not permitted to log in",
    "\" does not exist",
];

/// Where the server asks another service whom to let in, it says the same of one that is away.
const ASKED_ELSEWHERE: [&str; 5] = ["GSSAPI", "LDAP", "PAM", "RADIUS", "SSPI"];

fn is_turned_away(why: &str) -> bool {
    let elsewhere = |service: &&str| why.contains(&format!("{service} authentication failed"));
    TURNED_AWAY.iter().any(|said| why.contains(said)) && !ASKED_ELSEWHERE.iter().any(elsewhere)
}

/// Whether the database is there, and lets this program not in: a wrong password, a role or a database that is not there.
pub fn turns_away(why: &StoreError) -> bool {
    let StoreError::Unavailable(source) = why else { return false };
    matches!(source.downcast_ref::<ConnectError>(), Some(ConnectError::TurnedAway { .. }))
}

/// Opens connections by the scheme of the URL. The derived `establish` guesses instead: with PostgreSQL down
/// it would create a SQLite file of that name.
pub(crate) fn connect(url: &DatabaseUrl) -> Result<AnyConnection, ConnectError> {
    match url.location() {
        Location::Sqlite(file) => {
            let mut conn = SqliteConnection::establish(&file.to_string_lossy())
                .map_err(|why| ConnectError::Refused { url: url.clone(), why: why.to_string() })?;
            conn.batch_execute(SQLITE_SESSION)?;
            Ok(AnyConnection::Sqlite(conn))
        }
        Location::Frozen(file) => {
            let mut conn = SqliteConnection::establish(&frozen(file))
                .map_err(|why| ConnectError::Refused { url: url.clone(), why: why.to_string() })?;
            conn.batch_execute(FROZEN_SESSION)?;
            Ok(AnyConnection::Sqlite(conn))
        }
        Location::Postgres(_) => connect_postgres(url).map(AnyConnection::Postgres),
    }
}

/// A file as SQLite's URI of one that never changes.
fn frozen(file: &Path) -> String {
    use std::fmt::Write as _;
    let mut uri = String::from("file:");
    for byte in file.as_os_str().as_encoded_bytes() {
        match byte {
            b'/' | b'-' | b'_' | b'.' | b'~' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => {
                uri.push(char::from(*byte));
            }
            // To write to a text does not fail.
            _ => drop(write!(uri, "%{byte:02x}")),
        }
    }
    uri.push_str("?mode=ro&immutable=1");
    uri
}

/// Opens a connection to PostgreSQL; fails for a URL of another database.
pub(crate) fn connect_postgres(url: &DatabaseUrl) -> Result<PgConnection, ConnectError> {
    let refused = |why: String| ConnectError::Refused { url: url.clone(), why };
    let Location::Postgres(address) = url.location() else {
        return Err(refused("not a PostgreSQL database".into()));
    };
    let mut conn = PgConnection::establish(&with_bounds(address)).map_err(|why| {
        let why = without_url(&why, address);
        if is_turned_away(&why) {
            return ConnectError::TurnedAway { url: url.clone(), why };
        }
        refused(why)
    })?;
    conn.batch_execute(POSTGRES_SESSION)?;
    Ok(conn)
}

/// The address with an end to every wait on the network, where it does not set one itself: else a
/// connection that swallows packets is waited for as long as the operating system likes.
fn with_bounds(address: &str) -> String {
    let mut bounded = address.to_owned();
    for (name, value) in NETWORK {
        if !address.contains(&format!("{name}=")) {
            bounded.push(if bounded.contains('?') { '&' } else { '?' });
            bounded.push_str(name);
            bounded.push('=');
            bounded.push_str(value);
        }
    }
    bounded
}

/// What libpq says, unless it quotes the URL, which holds the password.
fn without_url(why: &dyn Error, address: &str) -> String {
    let (text, secret) = (why.to_string(), address.split_once("://").map_or(address, |(_, rest)| rest));
    let quotes = text.contains("URI") || text.contains(secret);
    if quotes { "the database URL is malformed".into() } else { text }
}

/// Keeps a pool of connections to one database.
#[derive(Debug)]
pub(crate) struct Manager(pub(crate) DatabaseUrl);

impl r2d2::ManageConnection for Manager {
    type Connection = AnyConnection;
    type Error = ConnectError;

    fn connect(&self) -> Result<AnyConnection, ConnectError> {
        connect(&self.0)
    }

    fn is_valid(&self, conn: &mut AnyConnection) -> Result<(), ConnectError> {
        Ok(conn.ping()?)
    }

    fn has_broken(&self, conn: &mut AnyConnection) -> bool {
        std::thread::panicking() || conn.is_broken()
    }
}

/// How a transaction starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Sees one state of the database and changes nothing.
    Read,
    /// Takes the write lock first: a transaction that reads first and writes later cannot wait for the lock
    /// on SQLite.
    Write,
}

impl Mode {
    /// A frozen file has no lock to take, and what has nothing to change there may be done: the rest is refused.
    pub(crate) fn on(self, url: &DatabaseUrl) -> Self {
        if url.is_frozen() { Self::Read } else { self }
    }

    pub(crate) fn begin(self, conn: &mut AnyConnection) -> QueryResult<()> {
        use diesel::connection::AnsiTransactionManager as Manager;
        let (sqlite, postgres) = match self {
            Self::Read => ("BEGIN", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"),
            Self::Write => ("BEGIN IMMEDIATE", "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"),
        };
        match conn {
            AnyConnection::Sqlite(c) => Manager::begin_transaction_sql(c, sqlite),
            AnyConnection::Postgres(c) => Manager::begin_transaction_sql(c, postgres),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_told_that_another_service_let_him_not_in_comes_again() {
        let failed = |how: &str| format!("FATAL:  {how} authentication failed for user \"aliases\"");
        for how in ["password", "Peer", "certificate"] {
            assert!(is_turned_away(&failed(how)), "{how}");
        }
        for how in ASKED_ELSEWHERE {
            assert!(!is_turned_away(&failed(how)), "{how}");
        }
        assert!(is_turned_away("FATAL:  database \"aliases\" does not exist"));
        assert!(!is_turned_away("FATAL:  the database system is starting up"));
    }

    #[test]
    fn the_address_of_a_frozen_file_is_a_uri_whatever_its_name() {
        let uri = frozen(Path::new("/var/a b/50%?#.db"));
        assert_eq!(uri, "file:/var/a%20b/50%25%3f%23.db?mode=ro&immutable=1");
    }
}

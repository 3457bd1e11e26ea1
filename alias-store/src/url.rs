//! Where the database is: a URL that never shows its password.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// The address of a database: `sqlite://path/to/file.db`, or `postgres://user:password@host:5432/name`.
///
/// `Debug` and `Display` leave out the password and all parameters.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(Location);

#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Location {
    Sqlite(PathBuf),
    /// A file that nobody writes.
    Frozen(PathBuf),
    Postgres(String),
}

/// Why a text is not the address of a database. It does not repeat the text, which may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidDatabaseUrl {
    /// Neither of the two schemes.
    #[error(
        "the database URL must start with `sqlite:` or `postgres://`, for example `sqlite://data/aliases.db`"
    )]
    Scheme,
    /// `sqlite:` without a file.
    #[error("the database URL names no file, for example `sqlite://data/aliases.db`")]
    NoFile,
    /// `sqlite::memory:`, of which every connection would have its own.
    #[error(
        "a database in memory cannot be shared by connections: name a file, for example `sqlite://data/aliases.db`"
    )]
    Memory,
    /// `sqlite:…?…`.
    #[error("a SQLite URL takes no parameters: leave out the `?` and what follows")]
    Parameters,
}

impl DatabaseUrl {
    /// The database in a SQLite file.
    pub fn sqlite(file: impl Into<PathBuf>) -> Self {
        Self(Location::Sqlite(file.into()))
    }

    /// The database in a SQLite file that nobody writes while it is read: it is read as it is, without a lock, and with
    /// nothing written beside it. Every write is refused.
    pub fn frozen(file: impl Into<PathBuf>) -> Self {
        Self(Location::Frozen(file.into()))
    }

    /// Whether nobody writes there.
    pub(crate) fn is_frozen(&self) -> bool {
        matches!(self.0, Location::Frozen(_))
    }

    pub(crate) fn location(&self) -> &Location {
        &self.0
    }

    /// The file, where the database is one.
    pub fn file(&self) -> Option<&Path> {
        match &self.0 {
            Location::Sqlite(file) | Location::Frozen(file) => Some(file),
            Location::Postgres(_) => None,
        }
    }
}

impl FromStr for DatabaseUrl {
    type Err = InvalidDatabaseUrl;

    fn from_str(text: &str) -> Result<Self, InvalidDatabaseUrl> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self(Location::Postgres(text.to_owned())));
        }
        let path = text.strip_prefix("sqlite:").ok_or(InvalidDatabaseUrl::Scheme)?;
        let path = path.strip_prefix("//").unwrap_or(path);
        match path {
            "" => Err(InvalidDatabaseUrl::NoFile),
            path if path.contains(":memory:") => Err(InvalidDatabaseUrl::Memory),
            path if path.contains('?') => Err(InvalidDatabaseUrl::Parameters),
            path => Ok(Self::sqlite(path)),
        }
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Location::Sqlite(file) | Location::Frozen(file) => write!(f, "sqlite://{}", file.display()),
            Location::Postgres(url) => f.write_str(&public_part(url)),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// `scheme://host:port/name`. A password that should have been percent-encoded may hold `@` or `?` itself: where
/// it is not certain what is the password, nothing is shown.
fn public_part(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("postgres", url));
    let (head, parameters) = rest.split_once('?').unwrap_or((rest, ""));
    if head.matches('@').count() > 1 || parameters.contains('@') {
        return format!("{scheme}://…");
    }
    let place = head.split_once('@').map_or(head, |(_, place)| place);
    format!("{scheme}://{place}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sqlite_url_names_a_file() {
        for (text, file) in [
            ("sqlite://data/a.db", "data/a.db"),
            ("sqlite:data/a.db", "data/a.db"),
            ("sqlite:///var/a.db", "/var/a.db"),
            ("sqlite:/var/a.db", "/var/a.db"),
        ] {
            assert_eq!(text.parse(), Ok(DatabaseUrl::sqlite(file)), "{text}");
        }
    }

    #[test]
    fn what_is_no_database_is_refused_without_repeating_it() {
        for (text, fault) in [
            ("mysql://u:secret@h/d", InvalidDatabaseUrl::Scheme),
            ("sqlite://", InvalidDatabaseUrl::NoFile),
            ("sqlite::memory:", InvalidDatabaseUrl::Memory),
            ("sqlite://a.db?mode=ro", InvalidDatabaseUrl::Parameters),
        ] {
            let error = text.parse::<DatabaseUrl>().unwrap_err();
            assert_eq!(error, fault, "{text}");
            assert!(!error.to_string().contains("secret"));
        }
    }

    #[test]
    fn the_password_is_never_printed() {
        for text in [
            "postgres://user:s3cret@db.example:5432/aliases",
            "postgresql://user:s3cret@db.example/aliases?sslmode=require",
            "postgres://user:a/b?s3cret@db.example/aliases",
            "postgres://user:a@s3cret@db.example/aliases",
            "postgres://db.example/aliases?user=u&password=s3cret",
            "postgres://db.example/aliases?password=a@s3cret",
        ] {
            let url: DatabaseUrl = text.parse().unwrap();
            let shown = format!("{url} {url:?}");
            assert!(!shown.contains("s3cret"), "{shown}");
        }
        let url: DatabaseUrl = "postgres://user:s3cret@db.example:5432/aliases".parse().unwrap();
        assert_eq!(url.to_string(), "postgres://db.example:5432/aliases");
    }
}

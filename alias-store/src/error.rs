//! What can go wrong inside a unit of work, and what the outside sees of it.

use std::error::Error;

use alias_core::repository::StoreError;
use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// A failed unit of work: nothing of it was stored.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The unit refused, in the words of the domain.
    Refused(StoreError),
    /// The database failed.
    Database(DieselError),
}

impl Failure {
    /// The storage holds what cannot be read; `place` says where.
    pub(crate) fn corrupt(place: &'static str, why: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Refused(StoreError::Corrupt(Box::new(Unreadable { place, source: why.into() })))
    }

    /// What the database said, if the data is why: to try again changes nothing.
    pub(crate) fn of_the_data(&self) -> Option<String> {
        use DatabaseErrorKind::{CheckViolation, ForeignKeyViolation, NotNullViolation, UniqueViolation};
        match self {
            Self::Database(DieselError::DatabaseError(
                UniqueViolation | CheckViolation | NotNullViolation | ForeignKeyViolation,
                said,
            )) => Some(said.message().to_owned()),
            Self::Database(error @ DieselError::SerializationError(_)) => Some(error.to_string()),
            Self::Refused(error @ StoreError::Corrupt(_)) => Some(error.to_string()),
            _ => None,
        }
    }

    pub(crate) fn not_found(kind: &'static str, name: impl ToString) -> Self {
        Self::Refused(StoreError::NotFound { kind, name: name.to_string() })
    }

    pub(crate) fn already_exists(kind: &'static str, name: impl ToString) -> Self {
        Self::Refused(StoreError::AlreadyExists { kind, name: name.to_string() })
    }
}

/// A value that no version of this program writes.
#[derive(Debug, thiserror::Error)]
#[error("{place} cannot be read")]
struct Unreadable {
    place: &'static str,
    source: Box<dyn Error + Send + Sync>,
}

/// What databases say where somebody else holds a lock for longer than one waits.
const LOCKED: [&str; 2] = ["canceling statement due to lock timeout", "database is locked"];

/// Why the database was not even asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Busy {
    #[error("all connections were in use for {0} s")]
    Waited(u64),
    #[error("the unit of work was cut off")]
    CutOff,
    #[error("the database was not reached yet since the start")]
    Unconfirmed,
}

impl From<DieselError> for Failure {
    fn from(error: DieselError) -> Self {
        Self::Database(error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Refused(error)
    }
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(error) => error,
            Failure::Database(error @ (DieselError::DeserializationError(_) | DieselError::NotFound)) => {
                Self::Corrupt(Box::new(error))
            }
            Failure::Database(DieselError::DatabaseError(_, said)) if LOCKED.contains(&said.message()) => {
                Self::Busy
            }
            Failure::Database(error) => Self::Unavailable(Box::new(error)),
        }
    }
}

/// Names the subject of an insert for the case that its name is taken: a database need not say which
/// constraint it was (SQLite does not).
pub(crate) trait Named<T> {
    fn named(self, kind: &'static str, name: &str) -> Result<T, Failure>;
}

impl<T> Named<T> for Result<T, DieselError> {
    fn named(self, kind: &'static str, name: &str) -> Result<T, Failure> {
        self.map_err(|error| match error {
            DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => {
                Failure::already_exists(kind, name)
            }
            other => Failure::Database(other),
        })
    }
}

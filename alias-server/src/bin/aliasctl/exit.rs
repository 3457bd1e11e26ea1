//! What the process ends with: one number for each kind of ending, so that scripts can tell them apart.

use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// It was done, or answered with yes.
    Done,
    /// It was refused, or failed.
    Failed,
    /// A plan would change something.
    Changes,
    /// The answer is no.
    Negative,
    /// The object is not there.
    NotFound,
    /// The object is there already, or was changed meanwhile.
    Conflict,
    /// The key is missing or wrong, or its role does not allow this.
    Auth,
    /// The server cannot be reached, or took too long.
    Unreachable,
    /// The command line, or the settings, are wrong.
    Usage,
    /// Ctrl-C.
    Interrupted,
}

impl Exit {
    /// The number that the shell sees.
    pub(crate) const fn number(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Changes => 2,
            Self::Negative => 3,
            Self::NotFound => 4,
            Self::Conflict => 5,
            Self::Auth => 6,
            Self::Unreachable => 7,
            Self::Usage => 64,
            Self::Interrupted => 130,
        }
    }

    /// What an HTTP status of a refusal comes to.
    pub(crate) const fn of_status(status: u16) -> Self {
        match status {
            401 | 403 => Self::Auth,
            404 | 410 => Self::NotFound,
            409 | 412 => Self::Conflict,
            502..=504 => Self::Unreachable,
            _ => Self::Failed,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        exit.number().into()
    }
}

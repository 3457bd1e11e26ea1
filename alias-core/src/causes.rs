//! Errors with what caused them, in one line.

use std::error::Error;
use std::fmt;

/// An error as one line: what it says, and what each of its causes says, after a colon. For people and logs: the JSON
/// form of a log keeps only the outermost sentence of an error.
#[derive(Debug, Clone, Copy)]
pub struct WithCauses<'a>(pub &'a dyn Error);

impl fmt::Display for WithCauses<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(why) = cause {
            write!(f, ": {why}")?;
            cause = why.source();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    enum Failed {
        #[error("no file")]
        File,
        #[error("no settings")]
        Settings(#[source] Box<Failed>),
        #[error("no start")]
        Start(#[source] Box<Failed>),
    }

    #[test]
    fn every_cause_is_told_outermost_first() {
        let failed = Failed::Start(Box::new(Failed::Settings(Box::new(Failed::File))));
        assert_eq!(WithCauses(&failed).to_string(), "no start: no settings: no file");
        assert_eq!(WithCauses(&Failed::File).to_string(), "no file");
    }
}

//! Why the usage spool refused or failed.

use std::io;
use std::path::PathBuf;

use alias_core::usage::CallId;

use super::record::MAX_RECORD;

/// Why something could not be written to, or read from, the usage spool.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SpoolError {
    /// Another process has the folder.
    #[error("another process uses the usage folder {}", folder.display())]
    InUse {
        /// The folder.
        folder: PathBuf,
    },
    /// No space for another call and its settlement, or too much that was not shipped yet. Settlements go on.
    #[error("the usage log is full")]
    Full,
    /// The disk fails to make records durable, or falls behind. Settlements go on.
    #[error("the usage log cannot be made durable at present")]
    Stalled,
    /// The call was never admitted, or it is settled already.
    #[error("the call {0} is not open")]
    NotOpen(CallId),
    /// A record beyond the bound, which no checked input reaches.
    #[error("a usage record of {0} bytes, over the limit of {MAX_RECORD}")]
    TooLarge(usize),
    /// The events from this number on are no longer kept, or are damaged. What is left goes on under a new
    /// instance (`Spool::renew_instance`).
    #[error("the usage log has no event {0}")]
    Gap(u64),
    /// The disk failed.
    #[error("the usage log failed to {doing}")]
    Io {
        /// What was tried.
        doing: &'static str,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// A record that is whole, but not understood: written by a newer version.
    #[error("a usage record is not understood")]
    Content(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl SpoolError {
    /// For `map_err`: what a record says is not understood, or cannot be said in one.
    pub(super) fn content(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Content(Box::new(error))
    }

    /// For `map_err`: the system's error together with what was tried.
    pub(super) fn io(doing: &'static str) -> impl Fn(io::Error) -> Self {
        move |source| Self::Io { doing, source }
    }
}

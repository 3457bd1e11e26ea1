//! Suspending, pausing, resuming: what organizations and teams have in common.

use super::Body;

/// Why, and until when.
#[derive(Debug, clap::Args)]
pub(crate) struct Standing {
    /// Its id
    pub(super) id: String,
    /// Why, as its members are not told, but other operators are
    #[arg(long, value_name = "TEXT")]
    pub(super) because: Option<String>,
}

/// A pause.
#[derive(Debug, clap::Args)]
pub(crate) struct Pause {
    #[command(flatten)]
    pub(super) standing: Standing,
    /// When it ends by itself, like 2026-10-14T12:00:00Z
    #[arg(long, value_name = "TIME")]
    pub(super) until: Option<String>,
}

impl Standing {
    pub(super) fn body(&self) -> Body {
        Body::default().with("reason", self.because.as_deref())
    }
}

impl Pause {
    pub(super) fn body(&self) -> Body {
        self.standing.body().with("pause_until", self.until.as_deref())
    }
}

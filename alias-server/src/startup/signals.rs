//! What the system says to the process: end, or look at the files again.

use tokio::signal::unix::{Signal, SignalKind, signal};

/// Signals that wait to be heard, from when this is made: without it, each of them would end the process at once.
#[derive(Debug)]
pub struct Signals {
    term: Signal,
    interrupt: Signal,
    hangup: Signal,
}

/// A signal that was heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    /// SIGTERM, or SIGINT.
    End,
    /// SIGHUP.
    LookAgain,
}

impl Signals {
    /// Begins to keep signals.
    ///
    /// # Errors
    /// What the system says where signals cannot be received.
    pub fn keep() -> std::io::Result<Self> {
        Ok(Self {
            term: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hangup: signal(SignalKind::hangup())?,
        })
    }

    /// Waits until the process is told to end.
    pub async fn end(&mut self) {
        while self.next().await != Said::End {}
    }

    /// Waits for the next one.
    pub(super) async fn next(&mut self) -> Said {
        tokio::select! {
            _ = self.term.recv() => Said::End,
            _ = self.interrupt.recv() => Said::End,
            _ = self.hangup.recv() => Said::LookAgain,
        }
    }
}

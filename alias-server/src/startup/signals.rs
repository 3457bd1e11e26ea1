//! What the system says to the process: end, or look at the files again.

use tokio::signal::unix::{Signal, SignalKind, signal};

/// SIGXFSZ, which has this number on all the systems that it is known of.
const FILE_SIZE: Option<i32> =
    if cfg!(any(target_os = "linux", target_os = "macos")) { Some(25) } else { None };

/// Signals that wait to be heard, from when this is made: without it, each of them would end the process at once.
#[derive(Debug)]
pub struct Signals {
    term: Signal,
    interrupt: Signal,
    hangup: Signal,
    /// A file has grown to the limit that is set for files: whoever writes is told so, too. Never listened to.
    _file_size: Option<Signal>,
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
            _file_size: FILE_SIZE.and_then(|number| signal(SignalKind::from_raw(number)).ok()),
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

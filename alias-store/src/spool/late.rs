//! Admissions that are not written yet: most calls of a fast provider are settled before they have to be.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use alias_core::usage::{Call, CallId};

use super::error::SpoolError;
use super::journal::Journal;

/// How long an admission may wait to be written.
pub(super) const PATIENCE: Duration = Duration::from_millis(2);

/// So many are written at once: each write is a call of the system.
const TOGETHER: usize = 256;

/// The waiting admissions; at most as many as calls are open.
#[derive(Debug, Default)]
pub(super) struct Late {
    calls: HashMap<CallId, Arc<Call>>,
    /// When the oldest of them came, or before.
    since: Option<Instant>,
}

impl Late {
    pub(super) fn add(&mut self, call: Call) {
        self.since.get_or_insert_with(Instant::now);
        self.calls.insert(call.call_id, Arc::new(call));
    }

    pub(super) fn forget(&mut self, call_id: CallId) {
        self.calls.remove(&call_id);
        if self.calls.is_empty() {
            self.since = None;
        }
    }

    pub(super) fn get(&self, call_id: CallId) -> Option<Arc<Call>> {
        self.calls.get(&call_id).cloned()
    }

    pub(super) fn all(&self) -> Vec<Arc<Call>> {
        self.calls.values().cloned().collect()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }

    pub(super) fn is_due(&self) -> bool {
        self.since.is_some_and(|since| since.elapsed() >= PATIENCE)
    }
}

impl Journal {
    /// Notes that a reserved call is on its way. It is written down within [`PATIENCE`], unless it is settled before
    /// that: then its settlement says it all. Nothing is written here: the connection still has to send the call.
    pub(super) fn admit_soon(&mut self, call: Call) {
        self.late.add(call);
    }

    /// Writes down the call now, where that was put off.
    pub(super) fn admit_now(&mut self, call_id: CallId) -> Result<(), SpoolError> {
        self.late.get(call_id).map_or(Ok(()), |call| self.admit(&call))
    }

    /// Writes down what was put off. A call that makes no record stops no other.
    pub(super) fn admit_late(&mut self) -> Result<(), SpoolError> {
        let mut done = Ok(());
        for some in self.late.all().chunks(TOGETHER) {
            match self.admit_reserved(some) {
                Err(SpoolError::Content(_) | SpoolError::TooLarge(_)) => {
                    for call in some {
                        match self.admit(call) {
                            Err(unfit @ (SpoolError::Content(_) | SpoolError::TooLarge(_))) => {
                                done = Err(unfit);
                            }
                            written => written?,
                        }
                    }
                }
                written => written?,
            }
        }
        done
    }

    /// The same where the oldest has waited long enough: calls that come and go keep the promise of a syncer that
    /// is waiting for the disk.
    pub(super) fn keep_up(&mut self) {
        if self.late.is_due() {
            // The syncer tries again, and reports it.
            let _ = self.admit_late();
        }
    }
}

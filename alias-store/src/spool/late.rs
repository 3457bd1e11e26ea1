//! Admissions that are not written yet: most calls of a fast provider are settled before they have to be.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use alias_core::usage::{Call, CallId};

/// How long an admission may wait to be written.
pub(super) const PATIENCE: Duration = Duration::from_millis(2);

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

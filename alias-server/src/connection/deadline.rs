//! A time that is set often and passes rarely: its timer is left running, and looked at when it fires.

use std::future::Future;
use std::pin::Pin;
use std::task::Context;
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

/// A deadline that can be started, cleared, and waited for in passing.
#[derive(Debug)]
pub(super) struct Deadline {
    time: Duration,
    due: Option<Instant>,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Deadline {
    /// A deadline that passes so long after each start.
    pub(super) fn after(time: Duration) -> Self {
        Self { time, due: None, timer: None }
    }

    /// Starts it, unless it runs.
    pub(super) fn start(&mut self) {
        if self.due.is_none() {
            self.due = Some(Instant::now() + self.time);
        }
    }

    /// Stops it.
    pub(super) fn clear(&mut self) {
        self.due = None;
    }

    /// Whether it has passed; if not, the task is woken when it does.
    pub(super) fn passed(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(due) = self.due else { return false };
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(due)));
        if timer.as_mut().poll(cx).is_pending() {
            return false;
        }
        if due <= Instant::now() {
            return true;
        }
        // It fired for an earlier start.
        timer.as_mut().reset(due);
        timer.as_mut().poll(cx).is_ready()
    }
}

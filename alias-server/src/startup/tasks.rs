//! What runs beside the HTTP server, until it is told to stop.

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Tasks, and the word for them to end.
#[derive(Default)]
pub(super) struct Tasks {
    pub(super) stop: CancellationToken,
    running: Vec<(&'static str, JoinHandle<()>)>,
}

impl Tasks {
    /// Runs a task that ends when `stop` is cancelled.
    pub(super) fn spawn(&mut self, name: &'static str, task: impl Future<Output = ()> + Send + 'static) {
        self.running.push((name, tokio::spawn(task)));
    }

    /// Tells all to stop, and waits until they have.
    pub(super) async fn end(self) {
        self.stop.cancel();
        for (name, task) in self.running {
            if task.await.is_err() {
                tracing::error!(name, "a background task ended in a panic");
            }
        }
    }
}

//! Wakes the other replicas after a write: LISTEN/NOTIFY on PostgreSQL. SQLite has no other replicas.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::sql_types::Text;
use diesel::{PgConnection, RunQueryDsl};
use tokio::sync::Notify;

use crate::connection::{AnyConnection, connect_postgres};
use crate::error::Failure;
use crate::store::SqlStore;
use crate::url::DatabaseUrl;

/// How often a connection is asked for what has arrived: the asking does not wait.
const GLANCE: Duration = Duration::from_millis(20);
/// How long to wait before another attempt to connect, at most.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Tells when another replica may have written. Ends when it is dropped.
///
/// It is a hint that saves waiting for the next poll: who follows the catalogue polls as well.
#[derive(Debug)]
pub struct Watch {
    woken: Arc<Notify>,
    /// Closing it ends the listener.
    _listener: Option<Sender<()>>,
}

impl Watch {
    /// Waits for the next write of some replica, this one included. Writes since the last call count as one.
    /// On SQLite it waits for ever.
    pub async fn notified(&self) {
        self.woken.notified().await;
    }
}

impl SqlStore {
    /// Starts to listen for writes, on a thread and a connection of its own.
    ///
    /// # Errors
    /// [`std::io::Error`] if no thread can be started.
    pub fn watch(&self) -> std::io::Result<Watch> {
        let woken = Arc::new(Notify::new());
        if self.url().file().is_some() {
            return Ok(Watch { woken, _listener: None });
        }
        let (listener, ended) = channel();
        let (url, wake) = (self.url().clone(), Arc::clone(&woken));
        std::thread::Builder::new()
            .name("alias-store-listen".into())
            .spawn(move || listen_forever(&url, &wake, &ended))?;
        Ok(Watch { woken, _listener: Some(listener) })
    }
}

/// Says in this transaction, for when it commits, that the catalogue has a new revision.
pub(crate) fn tell(conn: &mut AnyConnection, revision: i64) -> Result<(), Failure> {
    if let AnyConnection::Postgres(c) = conn {
        diesel::sql_query("SELECT pg_notify('model_aliases', $1)")
            .bind::<Text, _>(revision.to_string())
            .execute(c)?;
    }
    Ok(())
}

fn listen_forever(url: &DatabaseUrl, wake: &Notify, ended: &Receiver<()>) {
    let mut pause = GLANCE;
    loop {
        match listening(url) {
            Ok(mut conn) => {
                pause = GLANCE;
                // What was written while nobody listened.
                wake.notify_one();
                if !forward(&mut conn, wake, ended) {
                    return;
                }
            }
            Err(error) => tracing::warn!(%error, "cannot listen for writes of other replicas"),
        }
        if has_ended(ended, pause) {
            return;
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

fn listening(url: &DatabaseUrl) -> Result<PgConnection, crate::connection::ConnectError> {
    let mut conn = connect_postgres(url)?;
    conn.batch_execute("LISTEN model_aliases")?;
    Ok(conn)
}

/// Passes on what arrives, until the connection breaks (true) or nobody watches any more (false).
fn forward(conn: &mut PgConnection, wake: &Notify, ended: &Receiver<()>) -> bool {
    loop {
        for notification in conn.notifications_iter() {
            match notification {
                Ok(_) => wake.notify_one(),
                Err(error) => {
                    tracing::warn!(%error, "no longer listening for writes of other replicas");
                    return true;
                }
            }
        }
        if has_ended(ended, GLANCE) {
            return false;
        }
    }
}

fn has_ended(ended: &Receiver<()>, within: Duration) -> bool {
    ended.recv_timeout(within) == Err(RecvTimeoutError::Disconnected)
}

//! A stream for a client that may stop reading: its source is let go then, although nobody asks for it any more.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::time::Duration;

use futures_util::stream::{self, Stream};
use tokio::time::Instant;
use tokio_util::task::AbortOnDropHandle;

/// How long a client may leave what it was sent unread.
const UNREAD: Duration = Duration::from_secs(30);

/// What a stream comes from.
pub(super) trait Source {
    /// What the stream gives.
    type Item;

    /// The next item; `None` at the end.
    async fn next(&mut self) -> Option<Self::Item>;

    /// The client does not read on. May be called again.
    fn let_go(&mut self);
}

/// Makes a stream of a source, which is let go when [`UNREAD`] has passed between two items. The time in which the
/// source itself has nothing to give does not count. To be called on a thread that serves: it spawns there.
pub(super) fn watched<S: Source + 'static>(source: S) -> impl Stream<Item = S::Item> {
    let waiting = Rc::new(Waiting { since: Cell::new(Instant::now()), source: RefCell::new(Some(source)) });
    let watch = AbortOnDropHandle::new(tokio::task::spawn_local(watch(Rc::downgrade(&waiting))));
    stream::unfold((waiting, watch), |(waiting, watch)| async move {
        let mut source = waiting.source.take()?;
        let item = source.next().await?;
        waiting.since.set(Instant::now());
        waiting.source.replace(Some(source));
        Some((item, (waiting, watch)))
    })
}

/// A stream between two items; there is no source while the next one is made.
struct Waiting<S> {
    since: Cell<Instant>,
    source: RefCell<Option<S>>,
}

async fn watch<S: Source>(waiting: Weak<Waiting<S>>) {
    loop {
        let Some(due) = waiting.upgrade().map(|waiting| waiting.look()) else { return };
        tokio::time::sleep_until(due).await;
    }
}

impl<S: Source> Waiting<S> {
    /// Lets go of a source that has waited for too long; returns when to look again.
    fn look(&self) -> Instant {
        let now = Instant::now();
        let due = self.since.get() + UNREAD;
        match &mut *self.source.borrow_mut() {
            Some(source) if due <= now => source.let_go(),
            Some(_) => return due,
            None => {}
        }
        now + UNREAD
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::StreamExt as _;
    use tokio::task::LocalSet;

    struct Slow(Rc<Cell<bool>>);

    impl Source for Slow {
        type Item = bool;

        async fn next(&mut self) -> Option<bool> {
            tokio::time::sleep(UNREAD * 2).await;
            Some(self.0.get())
        }

        fn let_go(&mut self) {
            self.0.set(true);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_source_is_let_go_when_its_client_stops_reading_and_not_when_it_is_slow_itself() {
        let reading = async {
            let gone = Rc::new(Cell::new(false));
            let mut stream = Box::pin(watched(Slow(Rc::clone(&gone))));
            for _ in 0..3 {
                assert_eq!(stream.next().await, Some(false));
                tokio::time::sleep(UNREAD * 9 / 10).await;
            }
            assert!(!gone.get());
            tokio::time::sleep(UNREAD * 2).await;
            assert!(gone.get());
        };
        LocalSet::new().run_until(reading).await;
    }
}

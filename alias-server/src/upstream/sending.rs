//! A call's bytes on their way out, and what is done when they leave.

use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Instant;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use parking_lot::Mutex;

/// Whether and when a call's bytes left, for those who outlive the wait for its answer. Clones are of the same call.
#[derive(Clone, Default)]
pub struct Departure(Arc<Leaving>);

#[derive(Default)]
struct Leaving {
    at: OnceLock<Instant>,
    then: Mutex<Option<Then>>,
}

type Then = Box<dyn FnOnce() + Send>;

impl Departure {
    /// Whether a connection has taken the bytes.
    pub fn has_left(&self) -> bool {
        self.at().is_some()
    }

    /// When a connection took the bytes first.
    pub fn at(&self) -> Option<Instant> {
        self.0.at.get().copied()
    }

    /// What is done when they leave next, once, on the connection's way: it must not take long. Replaces what was to be
    /// done before.
    pub(crate) fn then(&self, then: impl FnOnce() + Send + 'static) {
        *self.0.then.lock() = Some(Box::new(then));
    }

    /// They leave, or have left.
    pub(crate) fn leave(&self) {
        // Held until all is done: nobody is to see that they left before.
        let mut then = self.0.then.lock();
        self.0.at.get_or_init(Instant::now);
        if let Some(then) = then.take() {
            then();
        }
    }

    /// Nobody waits any more: nothing is done from here on. Tells whether they left.
    pub(crate) fn over(&self) -> bool {
        let then = self.0.then.lock().take();
        drop(then);
        self.has_left()
    }
}

impl fmt::Debug for Departure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Departure").field(&self.at()).finish()
    }
}

/// The body of a request, which tells when its connection takes it: to write it in one go, on the thread that waits for
/// the answer. Told right here, nobody has to be woken for it.
#[derive(Debug)]
pub(super) struct CallBytes {
    bytes: Option<Bytes>,
    departure: Departure,
}

impl CallBytes {
    pub(super) fn new(bytes: Bytes, departure: Departure) -> Self {
        Self { bytes: Some(bytes), departure }
    }
}

impl Body for CallBytes {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let bytes = self.bytes.take();
        if bytes.is_some() {
            self.departure.leave();
        }
        Poll::Ready(bytes.map(|bytes| Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
    use std::task::Waker;

    use super::*;

    /// A departure, and how many times what it does was done.
    fn counted() -> (Departure, Arc<AtomicU32>) {
        let (departure, done) = (Departure::default(), Arc::<AtomicU32>::default());
        count(&departure, &done);
        (departure, done)
    }

    fn count(departure: &Departure, done: &Arc<AtomicU32>) {
        let done = Arc::clone(done);
        departure.then(move || {
            done.fetch_add(1, SeqCst);
        });
    }

    fn poll(body: &mut CallBytes) -> Option<Bytes> {
        match Pin::new(body).poll_frame(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(frame) => frame.map(|frame| frame.unwrap().into_data().unwrap()),
            Poll::Pending => panic!("the bytes are there"),
        }
    }

    #[test]
    fn what_is_to_be_done_is_done_once_when_the_bytes_are_taken() {
        let (departure, done) = counted();
        let mut body = CallBytes::new("{}".into(), departure.clone());
        assert!(!departure.has_left() && body.size_hint().exact() == Some(2));
        assert_eq!((poll(&mut body), done.load(SeqCst)), (Some("{}".into()), 1));
        let at = departure.at();
        // The answer has come.
        departure.leave();
        assert_eq!((poll(&mut body), done.load(SeqCst), departure.at()), (None, 1, at));
        assert!(at.is_some() && departure.over());
    }

    #[test]
    fn another_attempt_has_its_own_and_what_was_never_sent_has_none() {
        let (departure, done) = counted();
        drop(CallBytes::new("{}".into(), departure.clone()));
        assert!(!departure.has_left(), "it found no connection");
        count(&departure, &done);
        departure.leave();
        assert_eq!(done.load(SeqCst), 1);
        count(&departure, &done);
        departure.leave();
        assert_eq!(done.load(SeqCst), 2);

        let (departure, done) = counted();
        assert!(!departure.over());
        departure.leave();
        assert_eq!(done.load(SeqCst), 0, "nobody waits for it");
        assert_eq!(Arc::strong_count(&done), 1, "what it held is given back");
    }
}

//! A call's bytes on their way out, and the news that they left.

use std::convert::Infallible;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::sync::oneshot;

/// Whether a call's bytes left, for those who outlive the wait for its answer.
#[derive(Debug, Clone, Default)]
pub struct Departure(Arc<AtomicBool>);

impl Departure {
    /// Whether the connection has taken the bytes.
    pub fn has_left(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// The body of a request, which tells when its connection has taken it.
#[derive(Debug)]
pub(super) struct CallBytes {
    bytes: Option<Bytes>,
    taken: Option<oneshot::Sender<()>>,
    departure: Departure,
}

impl CallBytes {
    /// The body, and what hears that it was taken.
    pub(super) fn new(bytes: Bytes, departure: Departure) -> (Self, oneshot::Receiver<()>) {
        let (taken, heard) = oneshot::channel();
        (Self { bytes: Some(bytes), taken: Some(taken), departure }, heard)
    }
}

impl Body for CallBytes {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let frame = self.bytes.take().map(|bytes| Ok(Frame::data(bytes)));
        if let Some(taken) = self.taken.take() {
            self.departure.0.store(true, Ordering::Release);
            // Nobody hears it where the client has left.
            let _ = taken.send(());
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
    }
}

/// Waits for an answer, and runs `sent` once: when the request was taken, or when it was answered before that.
///
/// The connection takes the bytes and writes them in one go, on the thread that waits here; so `sent` runs after
/// they were written.
pub(super) async fn told<T, E>(
    answer: impl Future<Output = Result<T, E>>,
    taken: oneshot::Receiver<()>,
    sent: impl FnOnce(),
) -> Result<T, E> {
    let mut answer = pin!(answer);
    tokio::select! {
        biased;
        early = &mut answer => {
            if early.is_ok() {
                sent();
            }
            early
        }
        // The body is dropped untaken only where the answer is an error.
        Ok(()) = taken => {
            sent();
            answer.await
        }
    }
}

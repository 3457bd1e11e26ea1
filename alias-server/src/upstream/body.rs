//! The body of an answer: read chunk by chunk, and ended where it is silent, endless or huge.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body::Body;
use hyper::body::Incoming;
use tokio::time::{Instant, Sleep};

use super::UpstreamError;
use crate::room::Taken;

/// A body on its way. Dropping it cancels the call.
#[derive(Debug)]
pub struct AnswerBody {
    body: Incoming,
    idle: Duration,
    /// When the whole answer must be there.
    ends: Instant,
    /// When the last chunk came.
    heard: Instant,
    /// Made when the body is waited for first, and set anew only when it rings: not for every chunk.
    alarm: Option<Pin<Box<Sleep>>>,
}

impl AnswerBody {
    pub(super) fn new(body: Incoming, idle: Duration, ends: Instant) -> Self {
        Self { body, idle, ends, heard: Instant::now(), alarm: None }
    }

    /// The next chunk; `None` at the end.
    ///
    /// # Errors
    /// The body breaks off, is silent for too long, or takes too long altogether.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, UpstreamError> {
        poll_fn(|context| self.poll_chunk(context)).await
    }

    /// The whole rest, which may have `limit` bytes.
    ///
    /// # Errors
    /// Those of [`Self::chunk`], it has more bytes, or there is no room for them.
    pub async fn all(&mut self, limit: usize, taken: &mut Taken) -> Result<Bytes, UpstreamError> {
        let too_large = || UpstreamError::Invalid("it is too large");
        if self.body.size_hint().lower() > limit as u64 {
            return Err(too_large());
        }
        let Some(first) = self.chunk().await? else { return Ok(Bytes::new()) };
        if self.body.is_end_stream() && first.len() <= limit {
            return Ok(first);
        }
        let mut whole = BytesMut::from(first);
        while let Some(chunk) = self.chunk().await? {
            if whole.len() + chunk.len() > limit {
                return Err(too_large());
            }
            if !taken.grow(whole.len() + chunk.len()) {
                return Err(UpstreamError::NoRoom);
            }
            whole.extend_from_slice(&chunk);
        }
        Ok(whole.freeze())
    }

    /// Reads on to the end, for at most `time` and `bytes`, so that the connection can serve another call.
    pub async fn drain(&mut self, time: Duration, bytes: usize) {
        let mut left = bytes;
        let read = async {
            while let Ok(Some(chunk)) = self.chunk().await {
                match left.checked_sub(chunk.len()) {
                    Some(rest) => left = rest,
                    None => return,
                }
            }
        };
        let _ = tokio::time::timeout(time, read).await;
    }

    fn poll_chunk(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<Bytes>, UpstreamError>> {
        loop {
            match Pin::new(&mut self.body).poll_frame(context) {
                Poll::Ready(None) => return Poll::Ready(Ok(None)),
                Poll::Ready(Some(Err(cause))) => return Poll::Ready(Err(UpstreamError::Broken(cause))),
                Poll::Ready(Some(Ok(frame))) => {
                    let Ok(chunk) = frame.into_data() else { continue };
                    self.heard = Instant::now();
                    if self.heard >= self.ends {
                        return Poll::Ready(Err(UpstreamError::Timeout("its end")));
                    }
                    return Poll::Ready(Ok(Some(chunk)));
                }
                Poll::Pending => return self.poll_alarm(context).map(Err),
            }
        }
    }

    fn poll_alarm(&mut self, context: &mut Context<'_>) -> Poll<UpstreamError> {
        loop {
            let (silent, due) = (self.heard + self.idle, self.ends.min(self.heard + self.idle));
            let alarm = self.alarm.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(due)));
            match alarm.as_mut().poll(context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(()) if Instant::now() < due => alarm.as_mut().reset(due),
                Poll::Ready(()) => {
                    let what = if silent <= self.ends { "its next bytes" } else { "its end" };
                    return Poll::Ready(UpstreamError::Timeout(what));
                }
            }
        }
    }
}

//! One connection: what it carries at the moment, and the times that a client has for its part.
//!
//! The HTTP library gives a deadline to the first head of a connection only, and none to a client that does not
//! read. Both are kept here, below it, for every head and every byte.

mod answer;
mod deadline;
mod places;

use std::cell::Cell;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

pub use answer::until_answered;
use deadline::Deadline;
pub use places::{Place, Places};

/// How long a client may take for the head of a request, from its first byte on.
pub const HEAD_TIME: Duration = Duration::from_secs(5);

/// How long a connection that rests between two requests is kept: longer than load balancers (60 s is usual) and most
/// clients keep theirs, or they would send a request into one that is being closed.
pub const IDLE_TIME: Duration = Duration::from_secs(75);

/// How long a client may leave what it was sent unread.
pub const UNREAD_TIME: Duration = Duration::from_secs(30);

/// The requests of a connection; what serves them says when each begins and ends.
#[derive(Debug, Clone, Default)]
pub struct Requests(Rc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    begun: Cell<u64>,
    running: Cell<u32>,
}

/// A request that is being served, until it is dropped.
#[derive(Debug)]
pub struct Running(Rc<Counts>);

impl Requests {
    /// Notes that a request has arrived.
    pub fn begin(&self) -> Running {
        self.0.begun.set(self.0.begun.get() + 1);
        self.0.running.set(self.0.running.get() + 1);
        Running(Rc::clone(&self.0))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.running.set(self.0.running.get().saturating_sub(1));
    }
}

/// A connection's bytes, cut off when the client is too slow.
#[derive(Debug)]
pub struct Guarded<T> {
    io: T,
    requests: Requests,
    /// How many requests had begun when it was last looked.
    seen: u64,
    head: Deadline,
    unread: Deadline,
    _place: Place,
}

impl<T> Guarded<T> {
    /// Guards a connection.
    pub fn new(io: T, place: Place) -> Self {
        Self {
            io,
            requests: Requests::default(),
            seen: 0,
            head: Deadline::after(HEAD_TIME),
            unread: Deadline::after(UNREAD_TIME),
            _place: place,
        }
    }

    /// The requests of this connection.
    pub fn requests(&self) -> &Requests {
        &self.requests
    }

    /// Whether what arrives now is a head, or a part of one.
    fn awaits_head(&mut self) -> bool {
        let begun = self.requests.0.begun.get();
        if begun != self.seen {
            self.seen = begun;
            self.head.clear();
        }
        self.requests.0.running.get() == 0
    }

    /// Notes what became of an attempt to write bytes. While an answer goes out, the next head may wait.
    fn wrote(&mut self, written: Poll<io::Result<usize>>, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        if matches!(written, Poll::Ready(Ok(bytes)) if bytes > 0) {
            self.head.clear();
        }
        self.sent(written, cx)
    }

    /// Notes what became of an attempt to send.
    fn sent<R>(&mut self, sent: Poll<io::Result<R>>, cx: &mut Context<'_>) -> Poll<io::Result<R>> {
        match sent {
            Poll::Ready(done) => {
                self.unread.clear();
                Poll::Ready(done)
            }
            Poll::Pending => {
                self.unread.start();
                self.unread.passed(cx).then(late).map_or(Poll::Pending, Poll::Ready)
            }
        }
    }
}

fn late<R>() -> io::Result<R> {
    Err(io::ErrorKind::TimedOut.into())
}

impl<T: AsyncRead + Unpin> AsyncRead for Guarded<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.io).poll_read(cx, buffer);
        if !self.awaits_head() {
            return read;
        }
        if buffer.filled().len() > before {
            self.head.start();
        }
        if read.is_pending() && self.head.passed(cx) {
            return Poll::Ready(late());
        }
        read
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Guarded<T> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.io).poll_write(cx, bytes);
        self.wrote(written, cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.io).poll_write_vectored(cx, parts);
        self.wrote(written, cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.io).poll_flush(cx);
        self.sent(flushed, cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let ended = Pin::new(&mut self.io).poll_shutdown(cx);
        self.sent(ended, cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
    use tokio::time::Instant;

    fn connection(bytes: usize) -> (DuplexStream, Guarded<DuplexStream>) {
        let (client, server) = duplex(bytes);
        let place = Places::new(1).take([10, 0, 0, 1].into()).unwrap();
        (client, Guarded::new(server, place))
    }

    /// Reads until the connection ends; how long that took.
    async fn end_of_reading(server: &mut Guarded<DuplexStream>) -> (io::ErrorKind, Duration) {
        let began = Instant::now();
        loop {
            match server.read_u8().await {
                Ok(_) => {}
                Err(why) => return (why.kind(), began.elapsed()),
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_that_dribbles_is_cut_off_however_often_bytes_come() {
        let (mut client, mut server) = connection(64);
        let dribble = tokio::spawn(async move {
            while client.write_u8(b'x').await.is_ok() {
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        });
        let (why, after) = end_of_reading(&mut server).await;
        assert_eq!((why, after.as_secs()), (io::ErrorKind::TimedOut, 5));
        drop(server);
        dribble.await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn the_time_for_a_head_ends_when_its_request_begins_and_counts_anew_for_the_next() {
        let (mut client, mut server) = connection(64);
        client.write_u8(b'h').await.unwrap();
        server.read_u8().await.unwrap();
        let running = server.requests().begin();
        // A body may take its time, and so may the answer.
        assert!(tokio::time::timeout(Duration::from_mins(1), server.read_u8()).await.is_err());
        drop(running);
        server.write_all(b"answer").await.unwrap();
        assert!(tokio::time::timeout(Duration::from_mins(1), server.read_u8()).await.is_err());
        client.write_u8(b'n').await.unwrap();
        server.read_u8().await.unwrap();
        server.flush().await.unwrap();
        let (why, after) = end_of_reading(&mut server).await;
        assert_eq!((why, after.as_secs()), (io::ErrorKind::TimedOut, 5));
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_does_not_read_is_cut_off_and_a_slow_one_is_not() {
        let (mut client, mut server) = connection(8);
        let reading = tokio::spawn(async move {
            for _ in 0..6 {
                tokio::time::sleep(Duration::from_secs(20)).await;
                client.read_exact(&mut [0; 8]).await.unwrap();
            }
            client
        });
        server.write_all(&[0; 48]).await.unwrap();
        let _client = reading.await.unwrap();
        let began = Instant::now();
        let why = server.write_all(&[0; 48]).await.unwrap_err();
        assert_eq!((why.kind(), began.elapsed().as_secs()), (io::ErrorKind::TimedOut, 30));
    }
}

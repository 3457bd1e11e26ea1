//! As much of an HTTP/1.1 client as a load generator needs: it must cost less than what it measures.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use memchr::memmem;

/// No answer may pause longer than this.
const PATIENCE: Duration = Duration::from_secs(30);
/// The largest answer that is read, in bytes.
const MAX_ANSWER: usize = 1 << 20;

/// A connection that is kept open between requests.
pub(crate) struct Connection {
    socket: TcpStream,
    /// The answer as far as it arrived.
    answer: Vec<u8>,
    /// Room for one read.
    piece: Vec<u8>,
}

/// One answer.
pub(crate) struct Exchange {
    /// The HTTP status.
    pub(crate) status: u16,
    /// When the first byte of the body was here.
    pub(crate) first_byte: Instant,
    /// When the last one was.
    pub(crate) last_byte: Instant,
    /// Bytes of head and body as sent.
    pub(crate) bytes: u64,
    /// Server-sent events in the body.
    pub(crate) events: u64,
}

/// How an answer's end is found.
enum Length {
    Known(usize),
    Chunked,
}

impl Connection {
    pub(crate) fn open(address: SocketAddr) -> io::Result<Self> {
        let socket = TcpStream::connect(address)?;
        socket.set_nodelay(true)?;
        socket.set_read_timeout(Some(PATIENCE))?;
        socket.set_write_timeout(Some(PATIENCE))?;
        Ok(Self { socket, answer: Vec::with_capacity(64 << 10), piece: vec![0; 64 << 10] })
    }

    /// Sends a request and reads the whole answer.
    pub(crate) fn exchange(&mut self, request: &[u8]) -> io::Result<Exchange> {
        self.socket.write_all(request)?;
        self.answer.clear();
        let body_at = loop {
            self.read_more()?;
            if let Some(end) = memmem::find(&self.answer, b"\r\n\r\n") {
                break end + 4;
            }
        };
        let (status, length) = parse_head(&self.answer[..body_at])?;
        if self.answer.len() == body_at && !matches!(length, Length::Known(0)) {
            self.read_more()?;
        }
        let first_byte = Instant::now();
        match length {
            Length::Known(length) => {
                while self.answer.len() < body_at + length {
                    self.read_more()?;
                }
            }
            Length::Chunked => self.read_chunks(body_at)?,
        }
        let last_byte = Instant::now();
        let events = memmem::find_iter(&self.answer[body_at..], b"\n\n").count() as u64;
        Ok(Exchange { status, first_byte, last_byte, bytes: self.answer.len() as u64, events })
    }

    fn read_more(&mut self) -> io::Result<()> {
        let count = self.socket.read(&mut self.piece)?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if self.answer.len() + count > MAX_ANSWER {
            return Err(bad("the answer is too large"));
        }
        self.answer.extend_from_slice(&self.piece[..count]);
        Ok(())
    }

    /// Reads until the last chunk, whose size is zero, and the blank line after it.
    fn read_chunks(&mut self, mut at: usize) -> io::Result<()> {
        loop {
            let Some(line) = memmem::find(&self.answer[at..], b"\r\n") else {
                self.read_more()?;
                continue;
            };
            let size =
                std::str::from_utf8(&self.answer[at..at + line]).map_err(|_| bad("a chunk has no size"))?;
            let size = usize::from_str_radix(size, 16).map_err(|_| bad("a chunk has no size"))?;
            at = at.saturating_add(line + 2).saturating_add(size).saturating_add(2);
            while self.answer.len() < at {
                self.read_more()?;
            }
            if size == 0 {
                return Ok(());
            }
        }
    }
}

fn parse_head(head: &[u8]) -> io::Result<(u16, Length)> {
    let head = std::str::from_utf8(head).map_err(|_| bad("the head is no text"))?;
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|status| status.parse().ok());
    let status = status.ok_or_else(|| bad("the answer has no status"))?;
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        if name.eq_ignore_ascii_case("content-length") {
            let length = value.trim().parse().map_err(|_| bad("the length is no number"))?;
            return Ok((status, Length::Known(length)));
        }
        if name.eq_ignore_ascii_case("transfer-encoding") && value.trim().eq_ignore_ascii_case("chunked") {
            return Ok((status, Length::Chunked));
        }
    }
    Err(bad("the answer has no end"))
}

fn bad(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

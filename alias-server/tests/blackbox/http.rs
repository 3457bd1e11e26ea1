//! HTTP byte by byte, so that odd methods, paths and headers reach the server as they are.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use serde_json::Value;

/// The longest that any answer may take.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// One answer.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }
}

/// Sends bytes and reads until the server closes, or nothing comes for `patience`.
pub(crate) fn exchange(address: SocketAddr, request: &[u8], patience: Duration) -> io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(patience))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    // The server may answer early (413) and stop reading; its answer is what counts.
    let sent = stream.write_all(request);
    let mut answer = Vec::new();
    // What arrived before a reset or a silence is the answer.
    match stream.read_to_end(&mut answer) {
        Err(why) if answer.is_empty() => Err(sent.err().unwrap_or(why)),
        _ => Ok(answer),
    }
}

/// Asks until the answer is another than that the server is too busy to do it, as a client does that heeds `Retry-After`.
pub(crate) fn patiently(mut ask: impl FnMut() -> Answer) -> Answer {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let answer = ask();
        let said = answer.json();
        let code = said["code"].as_str().or_else(|| said["error"]["code"].as_str());
        let busy = answer.status == 503 && matches!(code, Some("server_busy" | "credit_unavailable"));
        if !busy || Instant::now() > deadline {
            return answer;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// Sends one request on a connection of its own.
pub(crate) fn send(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: Option<&[u8]>,
) -> io::Result<Answer> {
    let named = |name: &str| headers.iter().any(|(n, _)| n.eq_ignore_ascii_case(name));
    let (host, length) = (address.to_string(), body.unwrap_or_default().len().to_string());
    let mut lines = headers.to_vec();
    if !named("host") {
        lines.push(("Host", &host));
    }
    if !named("connection") {
        lines.push(("Connection", "close"));
    }
    if body.is_some() {
        lines.push(("Content-Length", &length));
    }
    let lines: String = lines.iter().map(|(name, value)| [name, ": ", value, "\r\n"].concat()).collect();
    let head = format!("{method} {path} HTTP/1.1\r\n{lines}\r\n");
    let mut request = head.into_bytes();
    request.extend_from_slice(body.unwrap_or_default());
    parse(&exchange(address, &request, PATIENCE)?, method == "HEAD")
        .ok_or_else(|| io::Error::new(io::ErrorKind::UnexpectedEof, "no whole answer"))
}

/// The first answer in some bytes.
pub(crate) fn parse(bytes: &[u8], no_body: bool) -> Option<Answer> {
    let split = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&bytes[..split]).into_owned();
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(n, v)| (n.to_ascii_lowercase(), v.to_owned()))
        .collect();
    let rest = &bytes[split + 4..];
    let chunked = headers.iter().any(|(n, v)| n == "transfer-encoding" && v.contains("chunked"));
    let body = match (no_body, chunked) {
        (true, _) => Vec::new(),
        (false, true) => dechunk(rest)?,
        (false, false) => rest.to_vec(),
    };
    Some(Answer { status, headers, body })
}

/// The body of a chunked answer; `None` where it was cut.
fn dechunk(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line = rest.windows(2).position(|window| window == b"\r\n")?;
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..line]).ok()?, 16).ok()?;
        rest = rest.get(line + 2..)?;
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(rest.get(..size)?);
        rest = rest.get(size + 2..)?;
    }
}

/// Percent-encodes one path segment.
pub(crate) fn segment(name: &str) -> String {
    name.bytes()
        .map(|b| {
            if b.is_ascii_alphanumeric() || b"-._~".contains(&b) {
                char::from(b).to_string()
            } else {
                format!("%{b:02X}")
            }
        })
        .collect()
}

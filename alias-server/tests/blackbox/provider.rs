//! A model provider that misbehaves on demand.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

/// A key of the provider's, as Google's look.
pub(crate) const GOOGLE_KEY: &str = "AIzaSyA1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q";

/// What the next answers look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Good,
    /// Good, and says which model it was asked for.
    Named,
    /// A status, with the request and keys of the provider quoted in its text.
    Status(u16),
    /// A status for these models, and good answers for others.
    FailsFor(&'static [&'static str], u16),
    /// A list of these models.
    Models(&'static [&'static str]),
    Garbage,
    Empty,
    Html,
    Reset,
    Hang,
    /// Takes so many milliseconds, in which the call counts as running.
    Slow(u64),
    /// The same for these models, and good answers at once for others.
    SlowFor(&'static [&'static str], u64),
    Truncated,
    Redirect,
    BadHeaders,
    Usage(&'static str),
    StreamCut,
    StreamGarbage,
    /// Waits for `go` between the events.
    StreamHeld,
    /// Goes on and on, an event every 50 ms, until the gateway leaves.
    StreamDrip,
}

/// One request as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) head: String,
    pub(crate) raw: String,
    pub(crate) body: Value,
}

#[derive(Debug)]
struct State {
    mode: Mode,
    seen: Vec<Seen>,
    sent: u64,
    left: u64,
    running: u64,
    most: u64,
}

/// The provider. It ends with the test's process.
#[derive(Clone)]
pub(crate) struct Provider {
    pub(crate) address: SocketAddr,
    state: Arc<Mutex<State>>,
}

impl Provider {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let state = Arc::new(Mutex::new(State {
            mode: Mode::Good,
            seen: vec![],
            sent: 0,
            left: 0,
            running: 0,
            most: 0,
        }));
        let provider = Self { address: listener.local_addr().unwrap(), state };
        let shared = provider.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let shared = shared.clone();
                std::thread::spawn(move || shared.serve(stream));
            }
        });
        provider
    }

    pub(crate) fn set(&self, mode: Mode) {
        let mut state = self.state.lock().unwrap();
        state.mode = mode;
        state.seen.clear();
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.state.lock().unwrap().seen.clone()
    }

    /// Requests that arrived, in all.
    pub(crate) fn sent(&self) -> u64 {
        self.state.lock().unwrap().sent
    }

    /// Answers that the gateway left before their end.
    pub(crate) fn left(&self) -> u64 {
        self.state.lock().unwrap().left
    }

    /// The most slow calls that ran at the same time.
    pub(crate) fn most_at_once(&self) -> u64 {
        self.state.lock().unwrap().most
    }

    /// Lets time pass before an answer, in which the call is counted.
    fn run(&self, time: Duration) {
        {
            let mut state = self.state.lock().unwrap();
            state.running += 1;
            state.most = state.most.max(state.running);
        }
        std::thread::sleep(time);
        self.state.lock().unwrap().running -= 1;
    }

    fn serve(&self, stream: TcpStream) {
        stream.set_nodelay(true).unwrap();
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let mut stream = stream;
        while let Some(seen) = read_request(&mut reader) {
            let mode = {
                let mut state = self.state.lock().unwrap();
                state.seen.push(seen.clone());
                state.sent += 1;
                state.mode
            };
            let model = seen.body["model"].as_str().unwrap_or_default();
            match mode {
                Mode::Slow(ms) => self.run(Duration::from_millis(ms)),
                Mode::SlowFor(models, ms) if models.contains(&model) => self.run(Duration::from_millis(ms)),
                _ => {}
            }
            let done = answer(&mut stream, mode, &seen.body);
            match done {
                Ok(true) => {}
                Ok(false) => return,
                Err(_) => {
                    self.state.lock().unwrap().left += 1;
                    return;
                }
            }
        }
    }
}

fn read_request(reader: &mut BufReader<TcpStream>) -> Option<Seen> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let length = head
        .lines()
        .find_map(|l| l.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok())
        .unwrap_or(0);
    let mut raw = vec![0; length];
    reader.read_exact(&mut raw).ok()?;
    let raw = String::from_utf8_lossy(&raw).into_owned();
    Some(Seen { body: serde_json::from_str(&raw).unwrap_or(Value::Null), raw, head })
}

/// Whether the connection may go on; an error where the gateway has left.
fn answer(stream: &mut TcpStream, mode: Mode, request: &Value) -> std::io::Result<bool> {
    let model = request["model"].as_str().unwrap_or("m");
    let put = |stream: &mut TcpStream, status: u16, head: &str, body: &[u8]| {
        write!(stream, "HTTP/1.1 {status} X\r\ncontent-length: {}\r\n{head}\r\n", body.len())?;
        stream.write_all(body).map(|()| true)
    };
    let json_type = "content-type: application/json\r\n";
    match mode {
        Mode::Status(status) => {
            let prompt = &request["messages"][0]["content"];
            let message =
                format!("{prompt} is refused: keys sk-upstream-SECRET and {GOOGLE_KEY} at 10.1.2.3");
            let error = json!({"message": message, "type": prompt, "code": GOOGLE_KEY, "param": prompt});
            let text = json!({ "error": error }).to_string();
            put(stream, status, "content-type: application/json\r\nretry-after: 7\r\n", text.as_bytes())
        }
        Mode::FailsFor(models, status) if models.contains(&model) => {
            put(stream, status, json_type, br#"{"error":{"message":"no"}}"#)
        }
        Mode::Models(names) => {
            let all: Vec<Value> = names.iter().map(|name| json!({"id": name, "object": "model"})).collect();
            put(stream, 200, json_type, json!({"object": "list", "data": all}).to_string().as_bytes())
        }
        Mode::Garbage => put(stream, 200, json_type, b"\x00\xff{not json"),
        Mode::Empty => put(stream, 200, json_type, b""),
        Mode::Html => put(stream, 200, "content-type: text/html\r\n", b"<html>maintenance</html>"),
        Mode::Reset => Ok(false),
        Mode::Hang => {
            // Ends when the gateway gives up and closes.
            let _ = stream.read(&mut [0; 1]);
            Err(std::io::ErrorKind::BrokenPipe.into())
        }
        Mode::Truncated => {
            let body = completion(model, Some(json!({"prompt_tokens": 7, "completion_tokens": 3})));
            write!(
                stream,
                "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n{json_type}\r\n{body}",
                body.len() + 500
            )?;
            Ok(false)
        }
        Mode::Redirect => put(stream, 302, "location: http://127.0.0.1:9/elsewhere\r\n", b""),
        Mode::BadHeaders => {
            let head = format!(
                "{json_type}set-cookie: evil=1\r\nx-evil: 1\r\naccess-control-allow-origin: *\r\nserver: secret/1\r\n"
            );
            put(stream, 200, &head, completion(model, None).as_bytes())
        }
        _ if request["stream"] == true => stream_answer(stream, mode, model, request),
        Mode::Usage(usage) => {
            put(stream, 200, json_type, completion(model, serde_json::from_str(usage).ok()).as_bytes())
        }
        Mode::Named => {
            let usage = json!({"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10});
            let said = completion(model, Some(usage)).replace("hello", &format!("I am {model}"));
            put(stream, 200, json_type, said.as_bytes())
        }
        _ => {
            let usage = json!({"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10});
            let head = format!("{json_type}x-litellm-response-cost: 0.00012\r\n");
            put(stream, 200, &head, completion(model, Some(usage)).as_bytes())
        }
    }
}

fn completion(model: &str, usage: Option<Value>) -> String {
    let mut body = json!({
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": model,
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "hello"}, "finish_reason": "stop"}],
    });
    if let Some(usage) = usage {
        body["usage"] = usage;
    }
    body.to_string()
}

fn stream_answer(stream: &mut TcpStream, mode: Mode, model: &str, request: &Value) -> std::io::Result<bool> {
    write!(stream, "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n")?;
    let chunk = |delta: Value, finish: Value| {
        let choices = json!([{"index": 0, "delta": delta, "finish_reason": finish}]);
        json!({"id": "c", "object": "chat.completion.chunk", "created": 1, "model": model, "choices": choices})
    };
    if mode == Mode::StreamDrip {
        // Longer than anything is waited for, so that a stream which nobody ends is told by its length.
        for _ in 0..3_000 {
            write!(stream, "data: {}\n\n", chunk(json!({"content": "drip"}), Value::Null))?;
            std::thread::sleep(Duration::from_millis(50));
        }
    }
    for (number, word) in ["Hel", "lo ", "the", "re"].iter().enumerate() {
        if mode == Mode::StreamGarbage && number == 2 {
            write!(stream, "data: {{not json\n\n")?;
        }
        if mode == Mode::StreamCut && number == 2 {
            return Ok(false);
        }
        if mode == Mode::StreamHeld && number == 1 {
            held(stream)?;
        }
        write!(stream, "data: {}\n\n", chunk(json!({"content": word}), Value::Null))?;
    }
    write!(stream, "data: {}\n\n", chunk(json!({}), json!("stop")))?;
    if request["stream_options"]["include_usage"] == true {
        let mut last = chunk(json!({}), Value::Null);
        last["choices"] = json!([]);
        last["usage"] =
            json!({"prompt_tokens": 7, "completion_tokens": 4, "total_tokens": 11, "cost": 0.0005});
        write!(stream, "data: {last}\n\n")?;
    }
    write!(stream, "data: [DONE]\n\n")?;
    stream.flush()?;
    stream.shutdown(std::net::Shutdown::Write)?;
    Ok(true)
}

/// Waits until the gateway closes the connection; gives up after a while, so that a fault ends the test.
fn held(stream: &mut TcpStream) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    match stream.read(&mut [0; 1]) {
        Ok(0) => Err(std::io::ErrorKind::BrokenPipe.into()),
        Ok(_) => Ok(()),
        Err(why) => Err(why),
    }
}

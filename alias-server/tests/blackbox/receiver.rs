//! A receiver of webhooks that answers as it is told, and remembers what came.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;

/// How long a message may take: the second attempt comes after 5 to 6 seconds.
const PATIENCE: Duration = Duration::from_secs(20);

/// One message as it came.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Message {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

#[derive(Debug, Default)]
struct State {
    /// The heads of the next answers; 200 where there are none.
    answers: Vec<String>,
    seen: Vec<Message>,
}

/// The receiver. It ends with the test's process.
#[derive(Clone)]
pub(crate) struct Receiver {
    pub(crate) address: SocketAddr,
    state: Arc<(Mutex<State>, Condvar)>,
}

impl Receiver {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let receiver = Self { address: listener.local_addr().unwrap(), state: Arc::default() };
        let shared = receiver.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                shared.serve(stream);
            }
        });
        receiver
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    /// What the next answers begin with, such as `500 Internal Server Error`, and headers in further lines.
    pub(crate) fn answer(&self, heads: &[&str]) {
        self.state.0.lock().unwrap().answers = heads.iter().map(ToString::to_string).collect();
    }

    pub(crate) fn seen(&self) -> Vec<Message> {
        self.state.0.lock().unwrap().seen.clone()
    }

    /// Waits until this many messages came.
    pub(crate) fn wait_for(&self, messages: usize) -> Vec<Message> {
        let (state, came) = &*self.state;
        let (mut state, end) = (state.lock().unwrap(), Instant::now() + PATIENCE);
        while state.seen.len() < messages {
            let left = end.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "{} of {messages} messages came", state.seen.len());
            state = came.wait_timeout(state, left).unwrap().0;
        }
        state.seen.clone()
    }

    fn serve(&self, mut stream: TcpStream) {
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let mut headers = Vec::new();
        let mut line = String::new();
        while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
            if let Some((name, value)) = line.trim_end().split_once(": ") {
                headers.push((name.to_ascii_lowercase(), value.to_owned()));
            }
            line.clear();
        }
        let mut message = Message { headers, body: String::new() };
        let mut body = vec![0; message.header("content-length").parse().unwrap_or(0)];
        if reader.read_exact(&mut body).is_err() || body.is_empty() {
            return;
        }
        message.body = String::from_utf8(body).unwrap();
        let (state, came) = &*self.state;
        let head = {
            let mut state = state.lock().unwrap();
            state.seen.push(message);
            if state.answers.is_empty() { "200 OK".to_owned() } else { state.answers.remove(0) }
        };
        let _ = write!(stream, "HTTP/1.1 {head}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        came.notify_all();
    }
}

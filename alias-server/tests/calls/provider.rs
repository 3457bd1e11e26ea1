//! A provider on a loopback port that plays a script, byte by byte.

use std::net::SocketAddr;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, Semaphore};

/// What a provider does after it has read a request.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    Send(Vec<u8>),
    /// Waits until the test says [`Provider::go_on`].
    Hold,
    /// Waits until the other side closes.
    Hang,
    Close,
}

/// A request as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) head: String,
    pub(crate) body: String,
}

#[derive(Clone)]
pub(crate) struct Provider {
    pub(crate) address: SocketAddr,
    script: Arc<Mutex<Vec<Step>>>,
    seen: Arc<Mutex<Vec<Seen>>>,
    gate: Arc<Semaphore>,
    arrived: Arc<Notify>,
    left: Arc<Semaphore>,
    connections: Arc<Semaphore>,
}

impl Provider {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let provider = Self {
            address: listener.local_addr().unwrap(),
            script: Arc::default(),
            seen: Arc::default(),
            gate: Arc::new(Semaphore::new(0)),
            arrived: Arc::default(),
            left: Arc::new(Semaphore::new(0)),
            connections: Arc::new(Semaphore::new(0)),
        };
        let each = provider.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                each.connections.add_permits(1);
                tokio::spawn(each.clone().serve(stream));
            }
        });
        provider
    }

    /// What the next requests are answered with.
    pub(crate) fn plays(&self, script: impl Into<Vec<Step>>) {
        *self.script.lock() = script.into();
    }

    /// Lets one [`Step::Hold`] pass.
    pub(crate) fn go_on(&self) {
        self.gate.add_permits(1);
    }

    /// Waits until the other side closed a connection in a [`Step::Hang`].
    pub(crate) async fn was_left(&self) {
        self.left.acquire().await.unwrap().forget();
    }

    /// How many connections were opened.
    pub(crate) fn connections(&self) -> usize {
        self.connections.available_permits()
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().clone()
    }

    /// Waits until so many requests have arrived.
    pub(crate) async fn has_seen(&self, requests: usize) {
        while self.seen.lock().len() < requests {
            self.arrived.notified().await;
        }
    }

    async fn serve(self, stream: TcpStream) {
        let mut stream = BufReader::new(stream);
        while let Some(seen) = read(&mut stream).await {
            self.seen.lock().push(seen);
            self.arrived.notify_one();
            let script = self.script.lock().clone();
            for step in script {
                match step {
                    Step::Send(bytes) => {
                        if stream.write_all(&bytes).await.is_err() {
                            return;
                        }
                    }
                    Step::Hold => self.gate.acquire().await.unwrap().forget(),
                    Step::Hang => {
                        let _ = stream.read_to_end(&mut Vec::new()).await;
                        self.left.add_permits(1);
                        return;
                    }
                    Step::Close => return,
                }
            }
        }
    }
}

async fn read(stream: &mut BufReader<TcpStream>) -> Option<Seen> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if stream.read_line(&mut head).await.ok()? == 0 {
            return None;
        }
    }
    let length =
        head.to_ascii_lowercase().split("content-length: ").nth(1)?.split("\r\n").next()?.parse().ok()?;
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    Some(Seen { head, body: String::from_utf8(body).ok()? })
}

/// A whole answer.
pub(crate) fn answer(status: &str, headers: &str, body: &str) -> Step {
    let length = body.len();
    Step::Send(format!("HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\n\r\n{body}").into_bytes())
}

/// A chat completion with this `usage`.
pub(crate) fn completion(usage: &str) -> String {
    format!(
        r#"{{"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"gpt-4-0613","provider":"OpenAI",
        "choices":[{{"index":0,"message":{{"role":"assistant","content":"hello"}},"finish_reason":"stop"}}],"usage":{usage}}}"#
    )
}

pub(crate) const GOOD: &str = r#"{"prompt_tokens":7,"completion_tokens":3,"total_tokens":10}"#;

/// The head of a stream that ends with its connection.
pub(crate) fn stream_head() -> Step {
    Step::Send(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n".to_vec())
}

pub(crate) fn event(data: &str) -> Step {
    Step::Send(format!("data: {data}\n\n").into_bytes())
}

pub(crate) fn delta(text: &str) -> Step {
    event(&format!(
        r#"{{"model":"gpt-4-0613","choices":[{{"delta":{{"content":"{text}"}},"finish_reason":null}}]}}"#
    ))
}

pub(crate) fn finish() -> Step {
    event(r#"{"model":"gpt-4-0613","choices":[{"delta":{},"finish_reason":"stop"}]}"#)
}

pub(crate) fn usage() -> Step {
    event(&format!(r#"{{"model":"gpt-4-0613","choices":[],"usage":{GOOD}}}"#))
}

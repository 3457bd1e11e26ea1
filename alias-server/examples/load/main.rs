//! A load generator: one blocking thread a connection, latencies in nanoseconds, one JSON line at the end.
//!
//! Closed loop (as fast as answers come) for throughput, or open loop at a fixed rate for latency: there every
//! request has its time beforehand and is measured from it, so that a stalled server cannot hide the requests that
//! it kept waiting ("coordinated omission"). Threads and blocking sockets because their cost is small and even; the
//! timers of async runtimes are a millisecond coarse, which is more than what is measured.

mod http;

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

use clap::Parser;
use hdrhistogram::Histogram;
use serde_json::{Value, json};

use crate::http::{Connection, Exchange};

/// The longest latency that is told apart from longer ones, in nanoseconds.
const LONGEST: u64 = 60_000_000_000;
/// How long before its time a request stops sleeping and spins: the kernel wakes sleepers this late.
const SPIN: Duration = Duration::from_micros(80);

/// Sends chat completions and measures the answers.
#[derive(Debug, Clone, Parser)]
struct Arguments {
    /// The address of the system under test
    #[arg(long)]
    address: SocketAddr,
    /// The model to ask for
    #[arg(long)]
    model: String,
    /// The bearer key; none is sent without
    #[arg(long, env = "LOAD_KEY", hide_env_values = true)]
    key: Option<String>,
    /// A header to send, as `Name: value`; may be given several times
    #[arg(long = "header", value_name = "HEADER")]
    headers: Vec<String>,
    /// Connections, each with a thread
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u64).range(1..=1024))]
    connections: u64,
    /// Requests in all
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..))]
    requests: u64,
    /// Requests a second in all (open loop); without, as many as possible (closed loop)
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    rate: Option<u64>,
    /// Ask for streams
    #[arg(long)]
    stream: bool,
    /// The size of the prompt, in bytes
    #[arg(long, default_value_t = 40)]
    prompt_bytes: usize,
}

/// What one thread, and in the end all of them, measured.
struct Measured {
    first_byte: Histogram<u64>,
    last_byte: Histogram<u64>,
    bytes: u64,
    events: u64,
    errors: u64,
}

fn main() -> io::Result<()> {
    let arguments = Arguments::parse();
    let request = Arc::new(request(&arguments));
    let taken = Arc::new(AtomicU64::new(0));
    let ready = Arc::new(Barrier::new(usize::try_from(arguments.connections + 1).map_err(io::Error::other)?));
    let began = Arc::new(std::sync::OnceLock::new());
    let mut threads = Vec::new();
    for number in 0..arguments.connections {
        let (request, taken, ready, began) = (request.clone(), taken.clone(), ready.clone(), began.clone());
        let arguments = arguments.clone();
        threads.push(thread::spawn(move || -> io::Result<Measured> {
            let connection = Connection::open(arguments.address);
            ready.wait();
            let schedule =
                Schedule { arguments: &arguments, number, began: *began.get_or_init(Instant::now) };
            schedule.run(connection?, &request, &taken)
        }));
    }
    ready.wait();
    let start = *began.get_or_init(Instant::now);
    let mut all = Measured::new()?;
    for thread in threads {
        all.add(&thread.join().map_err(|_| io::Error::other("a thread panicked"))??)?;
    }
    println!("{}", all.report(start.elapsed()));
    Ok(())
}

fn request(arguments: &Arguments) -> Vec<u8> {
    let prompt: String = "Tell me a story. ".chars().cycle().take(arguments.prompt_bytes).collect();
    let mut body = json!({"model": arguments.model, "messages": [{"role": "user", "content": prompt}]});
    if arguments.stream {
        body["stream"] = json!(true);
    }
    let body = body.to_string();
    let key = arguments.key.as_ref().map_or(String::new(), |key| format!("Authorization: Bearer {key}\r\n"));
    let more: String = arguments.headers.iter().flat_map(|header| [header, "\r\n"]).collect();
    let (address, length) = (arguments.address, body.len());
    format!(
        "POST /v1/chat/completions HTTP/1.1\r\nHost: {address}\r\n{key}{more}\
         Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// One connection's share of the requests.
struct Schedule<'a> {
    arguments: &'a Arguments,
    number: u64,
    began: Instant,
}

impl Schedule<'_> {
    fn run(&self, mut connection: Connection, request: &[u8], taken: &AtomicU64) -> io::Result<Measured> {
        let mut measured = Measured::new()?;
        let mut turn = self.number;
        loop {
            let start = if let Some(rate) = self.arguments.rate {
                if turn >= self.arguments.requests {
                    return Ok(measured);
                }
                let due = self.began + Duration::from_nanos(turn.saturating_mul(1_000_000_000) / rate);
                turn += self.arguments.connections;
                wait_until(due);
                due
            } else {
                if taken.fetch_add(1, Ordering::Relaxed) >= self.arguments.requests {
                    return Ok(measured);
                }
                Instant::now()
            };
            if let Ok(exchange) = connection.exchange(request) {
                measured.record(start, &exchange);
            } else {
                measured.errors += 1;
                connection = Connection::open(self.arguments.address)?;
            }
        }
    }
}

fn wait_until(due: Instant) {
    let left = due.saturating_duration_since(Instant::now());
    if left > SPIN {
        thread::sleep(left.saturating_sub(SPIN));
    }
    while Instant::now() < due {
        std::hint::spin_loop();
    }
}

impl Measured {
    fn new() -> io::Result<Self> {
        let histogram = || Histogram::new_with_bounds(1, LONGEST, 3).map_err(io::Error::other);
        Ok(Self { first_byte: histogram()?, last_byte: histogram()?, bytes: 0, events: 0, errors: 0 })
    }

    fn record(&mut self, start: Instant, exchange: &Exchange) {
        if exchange.status != 200 {
            self.errors += 1;
            return;
        }
        let nanos = |end: Instant| u64::try_from((end - start).as_nanos()).unwrap_or(LONGEST);
        self.first_byte.saturating_record(nanos(exchange.first_byte));
        self.last_byte.saturating_record(nanos(exchange.last_byte));
        self.bytes += exchange.bytes;
        self.events += exchange.events;
    }

    fn add(&mut self, other: &Self) -> io::Result<()> {
        self.first_byte.add(&other.first_byte).map_err(io::Error::other)?;
        self.last_byte.add(&other.last_byte).map_err(io::Error::other)?;
        self.bytes += other.bytes;
        self.events += other.events;
        self.errors += other.errors;
        Ok(())
    }

    fn report(&self, took: Duration) -> Value {
        let percentiles = |histogram: &Histogram<u64>| {
            let at = |quantile| histogram.value_at_quantile(quantile);
            json!({"p50": at(0.5), "p90": at(0.9), "p99": at(0.99), "p99_9": at(0.999), "max": histogram.max()})
        };
        let requests = self.last_byte.len();
        let per_second = u128::from(requests) * 1_000_000_000 / took.as_nanos().max(1);
        json!({
            "requests": requests, "errors": self.errors, "bytes": self.bytes, "events": self.events,
            "nanoseconds": u64::try_from(took.as_nanos()).unwrap_or(u64::MAX),
            "requests_per_second": u64::try_from(per_second).unwrap_or(u64::MAX),
            "first_byte_ns": percentiles(&self.first_byte), "last_byte_ns": percentiles(&self.last_byte),
        })
    }
}

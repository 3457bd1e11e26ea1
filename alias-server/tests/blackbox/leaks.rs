//! Many calls, a tenth of them streams that their clients leave: nothing grows, and each is counted once.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::credits::{assert_verified, until};
use crate::provider::{Mode, Provider};
use crate::server::{Server, Setup, databases, times};

/// Clients that call at the same time.
const CLIENTS: u64 = 8;
/// What memory may grow by between the middle and the end, in KiB: caches fill, and allocators keep some.
const GROWTH: u64 = 20 << 10;
/// By how many more descriptors may be open at the end than in the middle: connections that idle.
const MORE: usize = 10;

/// The memory of a server, in KiB, and its open descriptors.
fn holds(server: &Server) -> (u64, usize) {
    let process = format!("/proc/{}", server.pid());
    let status = std::fs::read_to_string(format!("{process}/status")).unwrap();
    let memory = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    let memory = memory.trim().trim_end_matches(" kB").parse().unwrap();
    (memory, std::fs::read_dir(format!("{process}/fd")).unwrap().count())
}

/// Begins a stream, and leaves after its first event.
fn leave(server: &Server, key: &str) {
    let body = r#"{"model":"smart","messages":[],"stream":true}"#;
    let head = format!(
        "POST /v1/chat/completions HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {key}\r\nContent-Length: {}\r\n\r\n",
        server.address,
        body.len()
    );
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream.set_read_timeout(Some(crate::http::PATIENCE)).unwrap();
    stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
    let (mut seen, mut piece) = (Vec::new(), [0; 4096]);
    while !String::from_utf8_lossy(&seen).contains("drip") {
        let read = stream.read(&mut piece).unwrap();
        assert!(read > 0, "{}", String::from_utf8_lossy(&seen));
        seen.extend_from_slice(&piece[..read]);
    }
}

/// Makes so many calls, of which every tenth is left.
fn calls(server: &Server, key: &str, count: u64) {
    let next = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for _ in 0..CLIENTS {
            scope.spawn(|| {
                loop {
                    match next.fetch_add(1, Ordering::Relaxed) {
                        number if number >= count => return,
                        number if number % 10 == 0 => leave(server, key),
                        _ => assert_eq!(server.chat(key, "smart").status, 200),
                    }
                }
            });
        }
    });
    until("streams without a client have ended", || {
        server.admin("GET", "/metrics", None).text().contains("alias_calls_without_client 0\n")
    });
}

#[test]
fn calls_and_streams_that_are_left_make_nothing_grow_and_are_counted_once() {
    for database in databases() {
        let provider = Provider::start();
        let server = Setup { database, ..Setup::upstream(provider.address) }.start();
        let key = server.onboard(&[("smart", "openai/gpt-4")]);
        provider.set(Mode::StreamDrip);
        let half = times("ALIAS_TEST_LEFT_CALLS", 600) / 2;
        calls(&server, &key, half / 2);
        let before = holds(&server);
        calls(&server, &key, half / 2);
        let middle = holds(&server);
        calls(&server, &key, half);
        let after = || holds(&server);
        until("nothing has grown", || {
            let ((memory, open), (memory_before, open_before)) = (after(), middle);
            memory <= memory_before + GROWTH && open <= open_before + MORE
        });
        eprintln!("KiB and descriptors: {before:?} before, {middle:?} in the middle, {:?} after", after());
        let sent = provider.sent();
        let counted = server.wait_for_calls("smart", sent);
        assert_eq!(counted["usage_stats"]["total_calls"], sent);
        assert_verified(&server);
    }
}

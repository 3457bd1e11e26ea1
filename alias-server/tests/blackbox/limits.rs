//! What a client may take of a server: heads, time, connections; and what two parsers could read differently.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::http::{self, Answer, PATIENCE};
use crate::provider::Provider;
use crate::server::{Server, Setup};
use crate::stalls;

/// How late a deadline may be noticed on a slow machine.
const SLACK: Duration = Duration::from_secs(4);

fn exchange(server: &Server, request: &str) -> Answer {
    let bytes = http::exchange(server.address, request.as_bytes(), PATIENCE).unwrap_or_default();
    http::parse(&bytes, true).unwrap_or_else(|| panic!("no answer to {request:.80}"))
}

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect_timeout(&address, PATIENCE).unwrap();
    stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

/// Reads until the server closes; what came.
fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Sends a byte now and then until the server closes; how long that took.
fn dribble(stream: &mut TcpStream) -> Duration {
    let began = Instant::now();
    stream.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    let mut byte = [0];
    while began.elapsed() < Duration::from_mins(1) {
        let ended = match stream.read(&mut byte) {
            Ok(read) => read == 0,
            Err(why) => !matches!(why.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut),
        };
        if ended || stream.write_all(b"x").is_err() {
            break;
        }
    }
    began.elapsed()
}

#[test]
fn a_head_with_too_many_or_too_large_headers_is_refused() {
    let server = Setup::default().start();
    let get = |headers: &str| {
        exchange(
            &server,
            &format!("GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n"),
        )
    };
    let many = |count: usize| (0..count).fold(String::new(), |head, n| head + &format!("x-{n}: 1\r\n"));
    assert_eq!(get(&many(90)).status, 200);
    assert_eq!(get(&many(100)).status, 431);
    assert_eq!(get(&format!("x-large: {}\r\n", "x".repeat(60_000))).status, 200);
    assert_eq!(get(&format!("x-large: {}\r\n", "x".repeat(70_000))).status, 431);
    assert_eq!(get(&format!("x-large: {}\r\n", "x".repeat(500_000))).status, 431);
}

#[test]
fn a_path_that_is_longer_than_any_object_has_is_refused_before_it_is_looked_for() {
    let server = Setup::default().start();
    let get = |path: &str| http::send(server.address, "GET", path, &[], None).unwrap();
    let long =
        |bytes: usize| format!("/api/model-aliases/{}/x", "a".repeat(bytes - "/api/model-aliases//x".len()));
    assert_eq!(get(&long(1024)).status, 404);
    for bytes in [1025, 60_000] {
        let refused = get(&long(bytes));
        assert_eq!(
            (refused.status, refused.json()["code"].as_str()),
            (414, Some("path_too_long")),
            "{bytes}"
        );
        assert_eq!(refused.json()["instance"].as_str(), Some(&long(bytes)[..1024]), "{bytes}");
    }
    let (model, query) = (format!("openai/{}", "%41".repeat(249)), "q=".repeat(4_000));
    assert_eq!(get(&format!("/api/catalog/models/{model}")).status, 404);
    assert_eq!(get(&format!("/health?{query}")).status, 200);
}

#[test]
fn a_slow_head_is_cut_off_on_a_new_connection_and_on_one_that_was_used() {
    let server = Setup::default().start();
    let limit = Duration::from_secs(5);
    let mut fresh = connect(server.address);
    fresh.write_all(b"GET /health HTTP/1.1\r\nx-slow: ").unwrap();
    let mut used = connect(server.address);
    used.write_all(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"}") {
        let mut byte = [0];
        used.read_exact(&mut byte).unwrap();
        answer.push(byte[0]);
    }
    used.write_all(b"GET /health HTTP/1.1\r\nx-slow: ").unwrap();
    let used = std::thread::spawn(move || dribble(&mut used));
    for took in [dribble(&mut fresh), used.join().unwrap()] {
        assert!(took + SLACK > limit && took < limit + SLACK, "cut off after {took:?}");
    }
}

#[test]
fn a_connection_that_rests_for_longer_than_clients_keep_theirs_is_still_there_and_holds_up_no_stop() {
    let mut server = Setup::default().start();
    let mut stream = connect(server.address);
    // Clients in Python give up a connection after five seconds.
    for rest in [0, 7] {
        std::thread::sleep(Duration::from_secs(rest));
        stream.write_all(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
        let mut answer = [0; 15];
        stream.read_exact(&mut answer).unwrap();
        assert_eq!(&answer, b"HTTP/1.1 200 OK");
        while !answer.ends_with(b"}") {
            answer.rotate_left(1);
            stream.read_exact(&mut answer[14..]).unwrap();
        }
    }
    let began = stalls::watch();
    server.terminate();
    assert!(stalls::ran_since(began) < Duration::from_secs(10), "a stop took {:?}", began.elapsed());
}

#[test]
fn a_request_that_two_parsers_could_read_differently_is_refused_and_nothing_hidden_in_it_runs() {
    let server = Setup::default().start();
    let hidden = r#"{"alias": "smuggled", "litellm_model": "openai/x"}"#;
    let hidden = format!(
        "POST /api/model-aliases/create HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{hidden}",
        hidden.len()
    );
    let chunked = "0\r\n\r\n";
    let both = chunked.len() + hidden.len();
    let to = "POST /api/model-aliases/validate HTTP/1.1\r\nHost: localhost\r\n";
    let length = hidden.len();
    for (what, request) in [
        (
            "a length and chunks",
            format!("{to}Content-Length: {both}\r\nTransfer-Encoding: chunked\r\n\r\n{chunked}{hidden}"),
        ),
        (
            "chunks and a length",
            format!("{to}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n{chunked}{hidden}"),
        ),
        ("two lengths", format!("{to}Content-Length: 0\r\nContent-Length: {length}\r\n\r\n{hidden}")),
        ("the same length twice", format!("{to}Content-Length: 0\r\nContent-Length: 0\r\n\r\n{hidden}")),
        ("a list of lengths", format!("{to}Content-Length: 0, {length}\r\n\r\n{hidden}")),
        ("a length with a sign", format!("{to}Content-Length: +{length}\r\n\r\n{hidden}")),
        ("a length in hexadecimal", format!("{to}Content-Length: 0x0\r\n\r\n{hidden}")),
        ("a blank before the colon", format!("{to}Content-Length : {length}\r\n\r\n{hidden}")),
        ("a folded header", format!("{to}X-A: b\r\n Content-Length: {length}\r\n\r\n{hidden}")),
        (
            "chunks twice",
            format!("{to}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n{chunked}{hidden}"),
        ),
        (
            "chunks and then identity",
            format!("{to}Transfer-Encoding: chunked, identity\r\n\r\n{chunked}{hidden}"),
        ),
        ("an unknown coding", format!("{to}Transfer-Encoding: \x0bchunked\r\n\r\n{chunked}{hidden}")),
        (
            "chunks in HTTP/1.0",
            format!("{}Transfer-Encoding: chunked\r\n\r\n{chunked}{hidden}", to.replace("1.1", "1.0")),
        ),
        ("a chunk size with a sign", format!("{to}Transfer-Encoding: chunked\r\n\r\n+0\r\n\r\n{hidden}")),
        ("a chunk that ends in a bare LF", format!("{to}Transfer-Encoding: chunked\r\n\r\n0\n\n{hidden}")),
        ("a bare CR in a header", format!("{to}X-A: b\rContent-Length: {length}\r\n\r\n{hidden}")),
    ] {
        let bytes =
            http::exchange(server.address, request.as_bytes(), Duration::from_secs(8)).unwrap_or_default();
        let answers = bytes.windows(9).filter(|window| window.starts_with(b"HTTP/1.")).count();
        let status = http::parse(&bytes, true).map_or(0, |answer| answer.status);
        assert!(matches!(status, 0 | 400..=499), "{what}: {}", String::from_utf8_lossy(&bytes));
        assert!(answers <= 1, "{what}: {}", String::from_utf8_lossy(&bytes));
        let listed = server.ok("GET", "/api/model-aliases", None);
        assert_eq!(listed["total"], 0, "{what}: the hidden request ran");
    }
}

#[test]
fn large_calls_share_their_memory_and_small_ones_go_on() {
    let provider = Provider::start();
    let extra = vec!["--max-buffered=1MiB".to_owned()];
    let server = Setup { extra, ..Setup::upstream(provider.address) }.start();
    let key = server.onboard(&[("smart", "openai/gpt-4")]);
    let body = |bytes: usize| {
        let text = "x".repeat(bytes);
        json!({"model": "smart", "messages": [{"role": "user", "content": text}]}).to_string()
    };
    let chat = |bytes: usize| server.team(&key, "POST", "/v1/chat/completions", Some(&body(bytes)));
    // Held: most of a body is there, and its end is not.
    let (host, large) = (server.address, body(700_000));
    let mut held = connect(server.address);
    let lines = format!("Host: {host}\r\nAuthorization: Bearer {key}\r\nContent-Length: {}", large.len());
    held.write_all(format!("POST /v1/chat/completions HTTP/1.1\r\n{lines}\r\n\r\n").as_bytes()).unwrap();
    held.write_all(&large.as_bytes()[..690_000]).unwrap();
    let began = Instant::now();
    let busy = loop {
        let answer = chat(500_000);
        if answer.status != 200 {
            break answer;
        }
        assert!(began.elapsed() < PATIENCE, "there is room for more than there is");
    };
    assert_eq!((busy.status, &busy.json()["error"]["code"]), (503, &json!("server_busy")));
    assert_eq!(busy.header("retry-after"), Some("1"));
    assert_eq!(chat(100).status, 200);
    held.write_all(&large.as_bytes()[690_000..]).unwrap();
    held.read_exact(&mut [0; 12]).unwrap();
    assert_eq!(chat(500_000).status, 200);
}

#[test]
fn a_body_of_many_wrong_fields_or_one_large_one_is_answered_at_once_and_briefly() {
    let server = Setup::default().start();
    let fields: serde_json::Map<String, serde_json::Value> =
        (0..60_000).map(|number| (format!("a{number}"), json!(1))).collect();
    let (many, long) = (json!(fields), "x".repeat(900_000));
    let names: Vec<String> = (0..100_000).map(|number| format!("m{number}")).collect();
    for (path, body) in [
        ("/api/model-aliases/create", many.clone()),
        ("/api/teams/create", many),
        ("/api/model-aliases/create", json!({ &*long: 1 })),
        (
            "/api/model-aliases/create",
            json!({"alias": "a", "litellm_model": "openai/gpt-4", "active": &*long}),
        ),
        ("/api/model-aliases/create", json!({"alias": &*long, "litellm_model": &*long})),
        ("/api/model-access-groups/create", json!({"group_name": "g", "model_aliases": names})),
        ("/api/model-access-groups/create", json!({"group_name": "g", "model_aliases": [&*long]})),
    ] {
        let began = stalls::watch();
        let answer = server.admin("POST", path, Some(body));
        assert!([413, 422].contains(&answer.status), "{path}: {}", answer.status);
        assert!(stalls::ran_since(began) < Duration::from_secs(5), "{path} took {:?}", began.elapsed());
        assert!(answer.body.len() < 20_000, "{path}: an answer of {} bytes", answer.body.len());
    }
    let name = &long[..400_000];
    let twice = format!("{{\"{name}\": 1, \"{name}\": 2}}").into_bytes();
    let answer =
        http::send(server.address, "POST", "/api/model-aliases/create", &[], Some(&twice[..])).unwrap();
    assert!(answer.status == 400 && answer.body.len() < 20_000, "{} bytes", answer.body.len());
}

#[test]
fn an_offer_of_http_2_is_passed_over_and_a_websocket_is_refused() {
    let server = Setup::default().start();
    let create = |upgrade: &str, name: &str| {
        let headers = [
            ("Connection", "Upgrade, HTTP2-Settings"),
            ("HTTP2-Settings", "AAMAAABkAAQ"),
            ("Upgrade", upgrade),
        ];
        let body = json!({"alias": name, "litellm_model": "openai/gpt-4"}).to_string();
        let sent =
            http::send(server.address, "POST", "/api/model-aliases/create", &headers, Some(body.as_bytes()));
        sent.map_or(0, |answer| answer.status)
    };
    // As Java's HttpClient does by itself.
    assert_eq!(create("h2c", "java"), 201);
    for websocket in ["websocket", "WebSocket/13"] {
        assert_eq!(create(websocket, "socket"), 400, "{websocket}");
    }
    assert_eq!(server.ok("GET", "/api/model-aliases", None)["total"], 1);
}

#[test]
fn one_address_cannot_take_all_connections() {
    let setup = Setup { extra: vec!["--max-connections-per-address=4".into()], ..Setup::default() };
    let server = setup.start();
    // The connections of the start are closed by now, or soon.
    let deadline = Instant::now() + PATIENCE;
    let open = loop {
        let mut open: Vec<TcpStream> = (0..4).map(|_| connect(server.address)).collect();
        if open.iter_mut().all(is_open) {
            break open;
        }
        assert!(Instant::now() < deadline, "four connections are not taken");
    };
    assert_eq!(rest(&mut connect(server.address)), "", "a fifth is closed without a word");
    drop(open);
    let deadline = Instant::now() + PATIENCE;
    while http::send(server.address, "GET", "/health", &[], None).map_or(0, |answer| answer.status) != 200 {
        assert!(Instant::now() < deadline, "places are given back");
    }
}

/// Whether the server has not closed this connection.
fn is_open(stream: &mut TcpStream) -> bool {
    stream.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
    matches!(stream.read(&mut [0]), Err(why) if matches!(why.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut))
}

/// Whether the server's end of this connection is open, by the system's table of connections.
fn holds(server: &Server, client: &TcpStream) -> bool {
    let ports = [server.address.port(), client.local_addr().unwrap().port()];
    let [here, there] = ports.map(|port| format!("0100007F:{port:04X}"));
    let established = format!(" {here} {there} 01 ");
    std::fs::read_to_string("/proc/net/tcp").unwrap().contains(&established)
}

#[test]
fn a_client_that_does_not_read_a_list_is_cut_off() {
    let server = Setup::default().start();
    for number in 0..200 {
        let alias = json!({"alias": format!("a{number}"), "litellm_model": "openai/x", "description": "d".repeat(2_000)});
        server.ok("POST", "/api/model-aliases/create", Some(alias));
    }
    let mut stream = connect(server.address);
    let lists = "GET /api/model-aliases HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(64);
    stream.write_all(lists.as_bytes()).unwrap();
    let began = Instant::now();
    assert!(holds(&server, &stream));
    while holds(&server, &stream) {
        assert!(began.elapsed() < Duration::from_secs(45), "still open after {:?}", began.elapsed());
        std::thread::sleep(Duration::from_millis(100));
    }
    assert!(began.elapsed() > Duration::from_secs(20), "cut off after {:?} only", began.elapsed());
}

#[test]
fn five_hundred_slow_clients_harm_nobody_and_are_ended() {
    let provider = Provider::start();
    let server = Setup::upstream(provider.address).start();
    let key = server.onboard(&[("smart", "openai/gpt-4")]);
    let began = stalls::watch();
    let slow: Vec<TcpStream> = (0..500)
        .map(|number| {
            let mut stream = connect(server.address);
            let head =
                "POST /api/model-aliases/create HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900\r\n";
            let sent = if number % 2 == 0 { head.to_owned() } else { format!("{head}\r\n{{") };
            stream.write_all(sent.as_bytes()).unwrap();
            stream
        })
        .collect();
    let slow = std::thread::spawn(move || {
        let mut open = slow;
        while !open.is_empty() && began.elapsed() < Duration::from_mins(1) {
            std::thread::sleep(Duration::from_millis(500));
            open.retain_mut(|stream| {
                stream.set_nonblocking(true).unwrap();
                let silent = matches!(stream.read(&mut [0; 512]), Err(why) if why.kind() == std::io::ErrorKind::WouldBlock);
                silent && stream.write_all(b" ").is_ok()
            });
        }
        (open.len(), stalls::ran_since(began))
    });
    let mut slowest = Duration::ZERO;
    while !slow.is_finished() {
        let call = stalls::watch();
        assert_eq!(server.chat(&key, "smart").status, 200);
        assert_eq!(server.admin("GET", "/api/model-aliases", None).status, 200);
        slowest = slowest.max(stalls::ran_since(call));
    }
    let (left, took) = slow.join().unwrap();
    assert_eq!(left, 0, "slow clients that are still there");
    assert!(took < Duration::from_secs(30), "the last was ended after {took:?}");
    assert!(slowest < Duration::from_secs(2), "a normal call took {slowest:?}");
    assert_eq!(server.ok("GET", "/api/model-aliases", None)["total"], 1);
}

#[test]
fn what_is_no_http_is_answered_and_is_no_error_in_the_log() {
    let server = Setup::default().start();
    for request in ["GET /health HTTP/1.1\r\nHost: localhost\r\nbad header\r\n\r\n", "\0\r\n\r\n"] {
        assert_eq!(exchange(&server, request).status, 400);
    }
    assert_eq!(server.ok("GET", "/health", None)["status"], "healthy");
    assert!(!server.log().contains("ERROR"), "{}", server.log());
}

#[test]
fn log_lines_hold_no_control_characters_whatever_was_sent() {
    for format in ["json", "pretty"] {
        let extra = vec!["--log=debug".into(), format!("--log-format={format}")];
        let server = Setup { extra, ..Setup::default() }.start();
        let evil = "\u{1b}[31m\u{7}\r\nERROR forged";
        let path = format!("/api/model-aliases/{}", http::segment(evil));
        assert_eq!(server.admin("GET", &path, None).status, 404);
        for name in ["x-request-id", "user-agent", "authorization", "idempotency-key", "x-audit-reason"] {
            let sent = [(name, "a\u{1b}[31mb\tERROR forged")];
            let _ = http::send(server.address, "POST", "/api/model-aliases/validate", &sent, Some(b"{}"));
        }
        let body = json!({"alias": evil, "litellm_model": evil, "description": evil});
        assert!(server.admin("POST", "/api/model-aliases/create", Some(body)).status >= 400);
        let log = server.log();
        assert!(log.contains("model-aliases"), "{format}: the requests are logged: {log}");
        let control = log.lines().find(|line| line.chars().any(|c| c.is_control() && c != '\t'));
        assert_eq!(control, None, "{format}");
        assert!(!log.lines().any(|line| line.starts_with("ERROR")), "{format}: {log}");
    }
}

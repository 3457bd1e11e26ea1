//! HTTPS on the listener itself: both versions of TLS, and a certificate that changes while it serves.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use rcgen::{CertifiedKey, KeyPair};
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned, SupportedProtocolVersion};
use serde_json::json;

use crate::http::{self, PATIENCE};
use crate::server::{Server, Setup, command};
use crate::stalls;

/// How soon a changed file must be seen, a slow machine included.
const SEEN: Duration = Duration::from_secs(20);

type Pair = CertifiedKey<KeyPair>;
type Connection = StreamOwned<ClientConnection, TcpStream>;

/// A certificate that vouches for itself.
fn made() -> Pair {
    rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap()
}

fn write(folder: &Path, pair: &Pair) {
    std::fs::write(folder.join("key.pem"), pair.signing_key.serialize_pem()).unwrap();
    std::fs::write(folder.join("cert.pem"), pair.cert.pem()).unwrap();
}

fn files(folder: &Path) -> Vec<String> {
    let path = |name| folder.join(name).display().to_string();
    vec!["--tls-cert-file".into(), path("cert.pem"), "--tls-key-file".into(), path("key.pem")]
}

fn start(folder: &Path, pair: &Pair) -> Server {
    write(folder, pair);
    Setup { extra: files(folder), ..Setup::default() }.start()
}

/// A client that trusts this certificate only.
fn trusting(pair: &Pair, versions: &[&'static SupportedProtocolVersion]) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(pair.cert.der().to_vec())).unwrap();
    ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(versions)
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth()
}

fn connect(address: SocketAddr, config: ClientConfig) -> std::io::Result<Connection> {
    let stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let client = ClientConnection::new(Arc::new(config), "localhost".try_into().unwrap()).unwrap();
    let mut connection = StreamOwned::new(client, stream);
    connection.conn.complete_io(&mut connection.sock)?;
    Ok(connection)
}

/// One answer on a connection that stays open.
fn ask(connection: &mut Connection) -> String {
    connection.write_all(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"}") {
        let mut byte = [0];
        connection.read_exact(&mut byte).unwrap();
        answer.push(byte[0]);
    }
    String::from_utf8(answer).unwrap()
}

/// Whether a new connection gets this certificate.
fn presents(server: &Server, pair: &Pair) -> bool {
    connect(server.address, trusting(pair, rustls::ALL_VERSIONS)).is_ok()
}

fn wait_for(server: &Server, pair: &Pair) {
    let deadline = Instant::now() + SEEN;
    while !presents(server, pair) {
        assert!(Instant::now() < deadline, "the new certificate is not presented");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn both_versions_of_tls_are_spoken_and_plain_http_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let pair = made();
    let server = start(folder.path(), &pair);
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let mut connection = connect(server.address, trusting(&pair, &[version])).unwrap();
        assert_eq!(connection.conn.protocol_version(), Some(version.version));
        assert!(ask(&mut connection).starts_with("HTTP/1.1 200"), "{version:?}");
    }
    assert!(!presents(&server, &made()), "a client that trusts another certificate must not get in");
    let plain = http::exchange(server.address, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", PATIENCE);
    assert!(!plain.unwrap_or_default().starts_with(b"HTTP"), "no answer in clear");
}

#[tokio::test]
async fn clients_that_could_speak_http2_are_answered_in_http_1_1() {
    let folder = tempfile::tempdir().unwrap();
    let pair = made();
    let server = start(folder.path(), &pair);
    let connector = hyper_rustls::HttpsConnectorBuilder::new()
        .with_tls_config(trusting(&pair, rustls::ALL_VERSIONS))
        .https_only()
        .enable_all_versions()
        .build();
    let client: Client<_, String> = Client::builder(TokioExecutor::new()).build(connector);
    let port = server.address.port();
    let body = json!({"alias": "smart", "litellm_model": "openai/gpt-4"}).to_string();
    let request =
        ::http::Request::post(format!("https://localhost:{port}/api/model-aliases/create")).body(body);
    let answer = client.request(request.unwrap()).await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.version()), (201, ::http::Version::HTTP_11));
}

#[test]
fn a_new_certificate_is_presented_without_a_restart_and_open_connections_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second, third) = (made(), made(), made());
    let server = start(folder.path(), &first);
    let mut open = connect(server.address, trusting(&first, rustls::ALL_VERSIONS)).unwrap();

    write(folder.path(), &second);
    let signal = Command::new("kill").args(["-HUP", &server.pid().to_string()]).status().unwrap();
    assert!(signal.success());
    wait_for(&server, &second);
    assert!(!presents(&server, &first));
    assert!(ask(&mut open).starts_with("HTTP/1.1 200"), "an open connection goes on");

    // Without a signal: the files are looked at.
    write(folder.path(), &third);
    wait_for(&server, &third);
}

#[test]
fn files_that_cannot_be_used_change_nothing_while_it_serves() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (made(), made());
    let mut server = start(folder.path(), &first);
    for broken in ["", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", &second.cert.pem()] {
        std::fs::write(folder.path().join("cert.pem"), broken).unwrap();
        Command::new("kill").args(["-HUP", &server.pid().to_string()]).status().unwrap();
        let end = Instant::now() + Duration::from_millis(500);
        while Instant::now() < end {
            assert!(presents(&server, &first) && server.is_alive());
        }
    }
    // Now the key fits, too.
    write(folder.path(), &second);
    wait_for(&server, &second);
}

#[test]
fn a_start_with_an_unusable_certificate_is_refused_and_says_which_file() {
    let folder = tempfile::tempdir().unwrap();
    let (pair, other) = (made(), made());
    write(folder.path(), &pair);
    std::fs::write(folder.path().join("other.pem"), other.signing_key.serialize_pem()).unwrap();
    std::fs::write(folder.path().join("empty.pem"), "").unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    for (certificate, key, says) in [
        (Some("cert.pem"), None, "tls_key_file"),
        (None, Some("key.pem"), "tls_cert_file"),
        (Some("gone.pem"), Some("key.pem"), "gone.pem"),
        (Some("empty.pem"), Some("key.pem"), "BEGIN CERTIFICATE"),
        (Some("cert.pem"), Some("cert.pem"), "BEGIN PRIVATE KEY"),
        (Some("cert.pem"), Some("other.pem"), "cannot be used together"),
    ] {
        let data = tempfile::tempdir().unwrap();
        let mut extra = Vec::new();
        extra.extend(certificate.map(|name| format!("--tls-cert-file={}", path(name))));
        extra.extend(key.map(|name| format!("--tls-key-file={}", path(name))));
        let setup = Setup { extra, ..Setup::default() };
        let output = command(&setup, data.path(), 0).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{certificate:?} {key:?}: {said}");
        assert!(said.contains(says), "{certificate:?} {key:?}: {said}");
        assert!(!data.path().join("data").exists(), "a refused start leaves nothing behind");
    }
}

#[test]
fn a_client_that_never_begins_to_encrypt_is_cut_off() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(folder.path(), &made());
    let mut silent = TcpStream::connect(server.address).unwrap();
    silent.set_read_timeout(Some(PATIENCE)).unwrap();
    let began = stalls::watch();
    assert_eq!(silent.read(&mut [0; 16]).unwrap_or(0), 0);
    assert!(stalls::ran_since(began) < Duration::from_secs(8), "{:?}", began.elapsed());
}

//! A PostgreSQL server of a test's own, which can be stopped, started, and followed by another.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicU16, Ordering};

use tempfile::TempDir;

/// A database server in a folder that goes away with it.
pub(crate) struct Cluster {
    folder: TempDir,
    port: u16,
}

/// Where PostgreSQL's programs are.
fn programs() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").unwrap();
    let folders = versions.map(|entry| entry.unwrap().path().join("bin"));
    folders.filter(|path| path.join("initdb").exists()).max().unwrap()
}

/// A program of PostgreSQL's, which refuses to run as root.
fn program(name: &str) -> Command {
    let path = programs().join(name);
    if Command::new("id").arg("-u").output().unwrap().stdout != b"0\n" {
        return Command::new(path);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--init-groups"]).arg(path);
    command
}

fn run(command: &mut Command) {
    let done = command.current_dir("/").output().unwrap();
    assert!(done.status.success(), "{command:?}: {}", String::from_utf8_lossy(&done.stderr));
}

/// Below the ports that the system gives to others, who could have it before PostgreSQL does; each test, a process of its own,
/// begins elsewhere.
fn free_port() -> u16 {
    static TAKEN: AtomicU16 = AtomicU16::new(0);
    let first = u16::try_from(std::process::id() % 1000).unwrap() * 12;
    let ports = std::iter::repeat_with(|| 20_000 + (first + TAKEN.fetch_add(1, Ordering::Relaxed)) % 12_000);
    ports.take(12_000).find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok()).unwrap()
}

impl Cluster {
    /// An empty one, running; none where tests have no PostgreSQL at all.
    pub(crate) fn start() -> Option<Self> {
        std::env::var_os("ALIAS_TEST_POSTGRES_URL")?;
        let cluster = Self::new();
        run(program("initdb").args(["-A", "trust", "-U", "postgres", "--no-sync", "-D"]).arg(cluster.data()));
        cluster.up();
        Some(cluster)
    }

    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        // Where we are root, it is the other user's.
        Command::new("chown").arg("postgres:").arg(folder.path()).output().unwrap();
        Self { folder, port: free_port() }
    }

    /// Another one that follows this one, byte by byte; this one confirms nothing that the other does not have.
    pub(crate) fn standby(&self) -> Self {
        let standby = Self::new();
        let mut copy = program("pg_basebackup");
        copy.args(["-R", "-X", "stream", "-c", "fast", "-D"]).arg(standby.data());
        run(copy.args(["-d", &format!("host=127.0.0.1 port={} user=postgres", self.port)]));
        standby.up();
        self.sql("ALTER SYSTEM SET synchronous_standby_names = '*'");
        self.sql("SELECT pg_reload_conf()");
        self.sql(
            "DO $$ BEGIN FOR i IN 1..500 LOOP \
             IF EXISTS (SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync') THEN RETURN; END IF; \
             PERFORM pg_sleep(0.02), pg_stat_clear_snapshot(); END LOOP; RAISE 'no standby'; END $$",
        );
        standby
    }

    /// Writes go to this one from now on.
    pub(crate) fn promote(&self) {
        run(program("pg_ctl").args(["promote", "-w", "-D"]).arg(self.data()));
    }

    /// Starts it, as it was stopped.
    pub(crate) fn up(&self) {
        let options = format!(
            "-p {} -k {} -c listen_addresses=127.0.0.1 -c max_connections=200 -c fsync=off",
            self.port,
            self.folder.path().display()
        );
        let mut start = program("pg_ctl");
        start.args(["start", "-w", "-o", &options, "-D"]).arg(self.data());
        run(start.arg("-l").arg(self.folder.path().join("log")));
    }

    /// Stops it without a word to anybody.
    pub(crate) fn stop_at_once(&self) {
        run(program("pg_ctl").args(["stop", "-m", "immediate", "-D"]).arg(self.data()));
    }

    /// A new, empty database, for the server under test.
    pub(crate) fn database(&self, name: &str) -> String {
        self.sql(&format!("CREATE DATABASE {name}"));
        format!("postgres://postgres@127.0.0.1:{}/{name}", self.port)
    }

    /// A database that is wherever writes go.
    pub(crate) fn database_here_or_there(&self, there: &Self, name: &str) -> String {
        let hosts = format!("127.0.0.1:{},127.0.0.1:{}", self.port, there.port);
        self.sql(&format!("CREATE DATABASE {name}"));
        format!("postgres://postgres@{hosts}/{name}?target_session_attrs=read-write")
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn sql(&self, sql: &str) {
        let place = format!("host=127.0.0.1 port={} user=postgres dbname=postgres", self.port);
        run(Command::new("psql").args(["-qAtX", "-d", &place, "-c", sql]));
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let mut stop = program("pg_ctl");
        let _ = stop.current_dir("/").args(["stop", "-m", "immediate", "-D"]).arg(self.data()).output();
    }
}

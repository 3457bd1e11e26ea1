//! Somebody else who changes a database, and takes long over it.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};

use crate::server::Server;

/// Holds the locks of a long change until it is dropped.
pub(crate) struct Holder(Child);

/// The only writer that SQLite has.
const SQLITE: &str = "import sqlite3, sys\n\
    held = sqlite3.connect(sys.argv[1], isolation_level=None)\n\
    held.execute('BEGIN IMMEDIATE')\n\
    print('held', flush=True)\n\
    sys.stdin.read()\n\
    held.rollback()";

/// What a migration of PostgreSQL may change.
const POSTGRES: &str = "BEGIN; LOCK TABLE model_aliases, provider_models, catalogue IN ACCESS EXCLUSIVE MODE; \
    SELECT 'held';\n";

impl Holder {
    /// Of the server's database.
    pub(crate) fn of(server: &Server) -> Self {
        if let Some(database) = &server.setup().database {
            return Self::start(Command::new("psql").args([database, "-qAtX"]), POSTGRES);
        }
        let file = server.folder().join("data/aliases.db");
        Self::start(Command::new("python3").args(["-c", SQLITE]).arg(file), "")
    }

    fn start(command: &mut Command, said: &str) -> Self {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        child.stdin.as_mut().unwrap().write_all(said.as_bytes()).unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "held\n");
        Self(child)
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        // Each goes when nobody writes to it any more.
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

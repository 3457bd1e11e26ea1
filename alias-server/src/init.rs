//! `alias-server init`: the files of a new server: its settings, an admin key, and a catalogue to begin with.

mod strategy;

use std::fs::OpenOptions;
use std::io::{self, BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

pub use strategy::Strategy;

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// There is such a file already.
    #[error("{0} is there already: nothing was written. Take it away, or choose another folder")]
    Exists(PathBuf),
    /// It cannot be written.
    #[error("cannot write {0}")]
    Write(PathBuf, #[source] io::Error),
    /// No randomness.
    #[error("cannot draw a key: {0}")]
    Random(String),
    /// Nobody answers.
    #[error("cannot ask")]
    Ask(#[from] io::Error),
}

const SETTINGS: &str = "alias-server.yaml";
const KEY: &str = "admin-key";
const CATALOGUE: &str = "aliases.yaml";

/// Writes the files, and says what to do next.
///
/// # Errors
/// [`InitError`]: no file that was there is touched.
pub fn run(folder: &Path, strategy: Option<Strategy>, yes: bool) -> Result<ExitCode, InitError> {
    for name in [SETTINGS, KEY, CATALOGUE] {
        let path = folder.join(name);
        if path.exists() {
            return Err(InitError::Exists(path));
        }
    }
    let strategy = match strategy {
        Some(strategy) => strategy,
        None if yes || !io::stdin().is_terminal() => Strategy::default(),
        None => asked()?,
    };
    std::fs::create_dir_all(folder).map_err(|why| InitError::Write(folder.to_owned(), why))?;
    write(&folder.join(KEY), &format!("{}\n", key()?), true)?;
    write(&folder.join(SETTINGS), settings(), false)?;
    write(&folder.join(CATALOGUE), &strategy.catalogue(), false)?;
    let mut out = io::stdout().lock();
    let at = |name: &str| folder.join(name).display().to_string();
    writeln!(
        out,
        "wrote {} (settings), {} (admin key), {} (catalogue)",
        at(SETTINGS),
        at(KEY),
        at(CATALOGUE)
    )?;
    writeln!(out, "\nnext, in {}:\n  alias-server doctor\n  alias-server", folder.display())?;
    writeln!(out, "  aliasctl apply -f {CATALOGUE} --admin-key-file {KEY}")?;
    Ok(ExitCode::SUCCESS)
}

fn asked() -> Result<Strategy, InitError> {
    let mut out = io::stdout().lock();
    writeln!(out, "How shall models be called?")?;
    for (at, strategy) in Strategy::ALL.iter().enumerate() {
        writeln!(out, "  {}  {}", at + 1, strategy.told())?;
    }
    write!(out, "[1-{}, default 1] ", Strategy::ALL.len())?;
    out.flush()?;
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    let chosen =
        line.trim().parse::<usize>().ok().and_then(|at| Strategy::ALL.get(at.checked_sub(1)?).copied());
    Ok(chosen.unwrap_or_default())
}

/// 256 bits, as `openssl rand -hex 32` writes them.
fn key() -> Result<String, InitError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|why| InitError::Random(why.to_string()))?;
    Ok(data_encoding::HEXLOWER.encode(&bytes))
}

fn write(path: &Path, text: &str, secret: bool) -> Result<(), InitError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if secret {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    let written = options.open(path).and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|why| match why.kind() {
        io::ErrorKind::AlreadyExists => InitError::Exists(path.to_owned()),
        _ => InitError::Write(path.to_owned(), why),
    })
}

const fn settings() -> &'static str {
    "\
# yaml-language-server: $schema=http://localhost:8003/schema/settings-v1.json
# Settings of alias-server: `alias-server --help` has all of them, `alias-server config show` what they come to.
# A value may be ${NAME} or os.environ/NAME: a variable of the environment.

listen: [127.0.0.1:8003]
data_dir: alias-data
admin_key_file: admin-key

# LiteLLM, or anything OpenAI-compatible.
upstream_url: http://localhost:8002
# upstream_key: os.environ/LITELLM_MASTER_KEY
"
}

//! `alias-server verify`: every number of the books computed again, said to the person at the terminal.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use alias_core::report::Verification;
use alias_core::repository::StoreError;
use alias_store::SqlStore;
use serde_json::json;

use crate::clock::SystemClock;
use crate::config::Config;

/// What the process ends with where a number differs.
const DIFFERS: u8 = 1;

/// Why it could not be found out.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The database cannot be read.
    #[error("cannot read the database {0}")]
    Store(String, #[source] StoreError),
    /// Nobody takes what is said.
    #[error("cannot write what was found")]
    Output(#[from] io::Error),
}

/// Computes the books of the configured database again, and says what differs.
///
/// # Errors
/// [`VerifyError`]: whether the books are right is not known then.
pub async fn run(config: &Config, as_json: bool) -> Result<ExitCode, VerifyError> {
    let failed = |why| VerifyError::Store(config.database.to_string(), why);
    let began = Instant::now();
    let store = SqlStore::attach(&config.database, Arc::new(SystemClock)).await.map_err(failed)?;
    let report = store.recompute(progress()).await.map_err(failed)?;
    let seconds = format!("{:.3}", began.elapsed().as_secs_f64());
    let mut out = io::stdout().lock();
    if as_json {
        say_json(&mut out, &report, &seconds)?;
    } else {
        say(&mut out, &report, &seconds)?;
    }
    Ok(if report.clean { ExitCode::SUCCESS } else { ExitCode::from(DIFFERS) })
}

/// Tells a person how far it is; nobody else.
fn progress() -> impl FnMut(u64) -> bool + Send + 'static {
    let shown = io::stderr().is_terminal();
    move |calls| {
        if shown {
            // Who sees no progress still gets the result.
            let _ = write!(io::stderr(), "\r{calls} calls");
        }
        true
    }
}

fn say(out: &mut impl Write, report: &Verification, seconds: &str) -> io::Result<()> {
    for difference in &report.differences {
        writeln!(out, "{difference}")?;
    }
    let untold = report.found.saturating_sub(report.differences.len() as u64);
    if untold > 0 {
        writeln!(out, "and {untold} more")?;
    }
    writeln!(
        out,
        "{}: {} differences. {} calls ({} whose price is not on record), {} sums of days, {} instances, {} accounts, \
         {} leases, {} ledger lines in {seconds} s, with {} KiB at most",
        if report.clean { "clean" } else { "not clean" },
        report.found,
        report.events,
        report.unpinned,
        report.rollups,
        report.instances,
        report.accounts,
        report.leases,
        report.transactions,
        peak().map_or_else(|| "unknown".to_owned(), |kib| kib.to_string()),
    )
}

fn say_json(out: &mut impl Write, report: &Verification, seconds: &str) -> io::Result<()> {
    let mut object = json!(report);
    object["seconds"] = serde_json::from_str(seconds).unwrap_or_default();
    object["peak_memory_kib"] = json!(peak());
    writeln!(out, "{object}")
}

/// The most memory that this process ever held, in KiB, where the system tells.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

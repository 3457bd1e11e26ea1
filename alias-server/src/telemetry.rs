//! Logs: one line an event on stderr, for people or as JSON; never a secret, never a body.

use tracing_subscriber::EnvFilter;

use crate::config::LogFormat;

/// What a client sends that is no HTTP is answered, and is no error of the server's: anybody could fill the log with it.
/// A filter that names the same target wins.
const QUIET: &str = "actix_http::h1::dispatcher=off";

/// Starts logging for the whole process.
///
/// # Errors
/// A filter that cannot be understood.
pub fn start(filter: &str, format: LogFormat) -> Result<(), String> {
    let filter = EnvFilter::try_new(format!("{QUIET},{filter}"))
        .map_err(|why| format!("the setting log is not valid: {why}"))?;
    let colours = std::io::IsTerminal::is_terminal(&std::io::stderr());
    let lines =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(colours);
    match format {
        LogFormat::Pretty => lines.with_target(false).try_init(),
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
    }
    .map_err(|why| why.to_string())
}

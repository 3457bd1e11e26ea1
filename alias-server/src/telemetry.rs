//! Logs: one line an event on stderr, for people or as JSON; never a secret, never a body.

use tracing_subscriber::{EnvFilter, reload};

use crate::config::LogFormat;

/// What a client sends that is no HTTP is answered, and is no error of the server's: anybody could fill the log with it.
/// A filter that names the same target wins.
const QUIET: &str = "actix_http::h1::dispatcher=off";

/// The log of the process.
pub struct Log(Box<dyn Fn(EnvFilter) -> Result<(), reload::Error> + Send + Sync>);

impl std::fmt::Debug for Log {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Log(…)")
    }
}

impl Log {
    /// Keeps other lines from now on.
    ///
    /// # Errors
    /// A filter that cannot be understood: nothing is changed then.
    pub fn set(&self, filter: &str) -> Result<(), String> {
        (self.0)(parsed(filter)?).map_err(|why| why.to_string())
    }
}

/// Starts logging for the whole process.
///
/// # Errors
/// A filter that cannot be understood.
pub fn start(filter: &str, format: LogFormat) -> Result<Log, String> {
    let filter = parsed(filter)?;
    let colours = std::io::IsTerminal::is_terminal(&std::io::stderr());
    let lines = tracing_subscriber::fmt().with_writer(std::io::stderr).with_ansi(colours);
    let (started, log) = match format {
        LogFormat::Pretty => {
            let lines = lines.with_target(false).with_env_filter(filter).with_filter_reloading();
            let handle = lines.reload_handle();
            (lines.try_init(), Log(Box::new(move |filter| handle.reload(filter))))
        }
        LogFormat::Json => {
            let lines = lines.json().flatten_event(true).with_env_filter(filter).with_filter_reloading();
            let handle = lines.reload_handle();
            (lines.try_init(), Log(Box::new(move |filter| handle.reload(filter))))
        }
    };
    started.map_err(|why| why.to_string())?;
    Ok(log)
}

fn parsed(filter: &str) -> Result<EnvFilter, String> {
    EnvFilter::try_new(format!("{QUIET},{filter}"))
        .map_err(|why| format!("the setting log is not valid: {why}"))
}

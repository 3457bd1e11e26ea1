//! `aliasctl bench`: how long a server takes to resolve an alias, and to answer a call through it.

mod load;

use serde_json::{Value, json};

use self::load::{Load, Measured, Probe};
use crate::confirm::confirm;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Column, column, wide};
use crate::progress;
use crate::settings;

const COLUMNS: &[Column] = &[
    column("WHAT", "what"),
    column("SENT", "requests"),
    column("FAILED", "failed"),
    column("PER SECOND", "rps"),
    column("P50 µs", "p50_us"),
    column("P90 µs", "p90_us"),
    column("P99 µs", "p99_us"),
    wide("P99.9 µs", "p999_us"),
    column("MAX µs", "max_us"),
    column("WHY", "first_failure"),
];

/// The variables that name a team's key.
const KEY: &str = "ALIAS_TEAM_KEY";
/// How many requests may be measured at once.
const MOST: u64 = 10_000_000;

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum What {
    /// Who calls, what the alias is, and whether he may: no provider is asked
    Resolve,
    /// A small call, up to the end of its answer
    Call,
}

/// A load.
///
/// Requests begin at a steady rate, whether earlier ones were answered or not, and are timed from the moment at which
/// they were due: a server that falls behind shows it. Ends with 1 where a request failed. Calls are the team's, as all
/// of its calls are: try it with alias-server --dev, which has a provider of its own.
#[expect(clippy::doc_markdown, reason = "these texts are shown as help on a terminal")]
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The name that a client sends as model
    model: String,
    /// File that holds the key of the team that calls; - reads it from standard input [env: ALIAS_TEAM_KEY_FILE]
    #[arg(long, value_name = "FILE")]
    team_key_file: Option<std::path::PathBuf>,
    /// What is measured [default: resolve, then call]
    #[arg(long, value_enum, value_delimiter = ',')]
    what: Vec<What>,
    /// Requests a second
    #[arg(long, default_value_t = 100, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    rps: u32,
    /// How long each of them is measured
    #[arg(long, default_value = "10s", value_name = "TIME", value_parser = settings::duration)]
    duration: std::time::Duration,
    /// The most requests under way at once
    #[arg(long, default_value_t = 256, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    connections: u32,
}

impl Arguments {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let Some(key) = settings::secret(self.team_key_file.as_deref(), KEY, None)? else {
            let message = format!("a team calls: give its key with --team-key-file, {KEY}_FILE or {KEY}");
            return Err(Failure::Usage(message));
        };
        let load = self.load()?;
        let what = if self.what.is_empty() { vec![What::Resolve, What::Call] } else { self.what.clone() };
        if context.dry_run {
            let words: Vec<&str> = what.iter().map(|one| one.word()).collect();
            let count = load.requests;
            let text = format!("Would make {count} requests each of: {}. None was made.\n", words.join(", "));
            return crate::output::print(&text).map(|()| Exit::Done);
        }
        if what.contains(&What::Call) {
            let question = format!("Make {} calls of {}?", load.requests, self.model);
            confirm(context, &question, "The team pays for them, and the provider is asked.").await?;
        }
        let mut rows = Vec::new();
        for one in what {
            let probe = Probe::new(context, &key, &self.model, one);
            // Whatever refuses all of them refuses the first one, and says why.
            probe.send().await?;
            let bar = progress::bar(context.terminal, one.word(), load.requests);
            let measured = load.run(&probe, &bar).await?;
            bar.finish_and_clear();
            rows.push(row(one.word(), &measured));
        }
        let failed = rows.iter().any(|row| row["failed"] != 0);
        let columns: Vec<Column> =
            COLUMNS.iter().copied().filter(|column| failed || column.member != "first_failure").collect();
        context.output.list(&json!({ "measured": rows }), "measured", &columns)?;
        Ok(if failed { Exit::Failed } else { Exit::Done })
    }

    fn load(&self) -> Result<Load, Failure> {
        let requests = self.duration.as_millis().saturating_mul(self.rps.into()).div_ceil(1_000);
        let requests = u64::try_from(requests).ok().filter(|count| (1..=MOST).contains(count));
        let requests = requests
            .ok_or_else(|| Failure::Usage(format!("--rps times --duration must be 1 to {MOST} requests")))?;
        Ok(Load { requests, rps: self.rps, connections: self.connections })
    }
}

impl What {
    const fn word(self) -> &'static str {
        match self {
            Self::Resolve => "resolve",
            Self::Call => "call",
        }
    }
}

fn row(what: &str, measured: &Measured) -> Value {
    let at = |quantile| measured.times.value_at_quantile(quantile);
    let milliseconds = measured.took.as_millis().max(1);
    json!({
        "what": what,
        "requests": measured.times.len(),
        "failed": measured.failed,
        "rps": u128::from(measured.times.len()).saturating_mul(1_000) / milliseconds,
        "p50_us": at(0.5), "p90_us": at(0.9), "p99_us": at(0.99), "p999_us": at(0.999),
        "max_us": measured.times.max(),
        "first_failure": measured.why,
    })
}

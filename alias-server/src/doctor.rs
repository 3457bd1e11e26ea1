//! `alias-server doctor`: whether a server with these settings would do well, line by line, and how to put it right.

mod machine;
mod upstream;

use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;

use alias_core::alias::AliasDetails;
use alias_core::causes::WithCauses;
use alias_core::price::Pricing;
use alias_core::repository::{AliasQuery, AliasRepository, SessionRepository, StoreError};
use alias_store::SqlStore;
use serde::Serialize;

use crate::auth::exposure::Exposure;
use crate::clock::SystemClock;
use crate::config::{Config, TlsFiles};
use crate::startup;

/// What the process ends with where something is wrong.
const SICK: u8 = 1;
/// How many aliases are named at most.
const MOST_NAMED: usize = 5;

/// How something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
enum Standing {
    Good,
    /// It works, and should be looked at.
    Doubtful,
    /// It does not work.
    Bad,
}

/// One thing that was looked at.
#[derive(Debug, Serialize)]
struct Line {
    standing: Standing,
    what: &'static str,
    said: String,
    fix: Option<String>,
}

impl Line {
    fn good(what: &'static str, said: impl Into<String>) -> Self {
        Self { standing: Standing::Good, what, said: said.into(), fix: None }
    }

    fn doubtful(what: &'static str, said: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { standing: Standing::Doubtful, what, said: said.into(), fix: Some(fix.into()) }
    }

    fn bad(what: &'static str, said: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { standing: Standing::Bad, what, said: said.into(), fix: Some(fix.into()) }
    }
}

/// Looks at everything and says what it found. Nothing is changed.
///
/// # Errors
/// Nobody takes what is said.
pub async fn run(config: &Config, json: bool) -> io::Result<ExitCode> {
    let mut all = machine::lines(config);
    all.extend(config.tls.as_ref().map(certificate));
    let store = SqlStore::attach(&config.database, Arc::new(SystemClock)).await;
    all.push(exposure(config, &store).await);
    all.push(database(config, &store).await);
    let aliases = match &store {
        Ok(store) => active(store).await,
        Err(_) => Vec::new(),
    };
    all.extend(prices(&aliases));
    all.extend(upstream::lines(&config.upstream, &aliases).await);
    let worst = all.iter().map(|line| line.standing).max().unwrap_or(Standing::Good);
    let mut out = io::stdout().lock();
    if json {
        writeln!(out, "{}", serde_json::to_string_pretty(&serde_json::json!({ "checks": all }))?)?;
    } else {
        write(&mut out, &all)?;
    }
    Ok(if worst == Standing::Bad { ExitCode::from(SICK) } else { ExitCode::SUCCESS })
}

fn write(out: &mut impl Write, all: &[Line]) -> io::Result<()> {
    for line in all {
        let mark = match line.standing {
            Standing::Good => '✓',
            Standing::Doubtful => '!',
            Standing::Bad => '✗',
        };
        writeln!(out, "{mark} {:<10} {}", line.what, line.said)?;
        if let Some(fix) = &line.fix {
            writeln!(out, "  {:<10} {fix}", "")?;
        }
    }
    let count = |standing| all.iter().filter(|line| line.standing == standing).count();
    let (good, doubtful, bad) = (count(Standing::Good), count(Standing::Doubtful), count(Standing::Bad));
    writeln!(out, "{good} good, {doubtful} to look at, {bad} wrong")
}

/// The listener's certificate and its key.
fn certificate(files: &TlsFiles) -> Line {
    let shown = format!("{} with {}", files.certificate.display(), files.key.display());
    match startup::check_certificate(files) {
        Err(why) => Line::bad("tls", why.to_string(), "set tls_cert_file and tls_key_file to a pair in PEM"),
        Ok(()) if machine::is_open_to_others(&files.key) => Line::doubtful(
            "tls",
            format!("{} can be read by others", files.key.display()),
            format!("chmod 600 {}", files.key.display()),
        ),
        Ok(()) => Line::good("tls", shown),
    }
}

/// Who may administer, from where.
async fn exposure(config: &Config, store: &Result<SqlStore, StoreError>) -> Line {
    let any_identity = match store {
        Ok(store) => store.any_identity().await.unwrap_or(false),
        Err(_) => false,
    };
    let hosts = config.allowed_hosts.clone();
    let shown: Vec<String> = config.listen.iter().map(ToString::to_string).collect();
    let shown = shown.join(", ");
    match Exposure::decide(config.admin_key.as_ref(), any_identity, &config.listen, hosts) {
        Err(why) => Line::bad("access", why.to_string(), "see docs/how-to/operations.md: who may administer"),
        Ok(_) if config.tls.is_none() && config.listen.iter().any(|address| !address.ip().is_loopback()) => {
            Line::doubtful(
                "access",
                format!("{shown} without TLS: keys travel in clear unless a proxy encrypts"),
                "set tls_cert_file and tls_key_file, or keep it behind such a proxy",
            )
        }
        Ok(exposure) => Line::good("access", format!("{shown}: {}", exposure.word())),
    }
}

async fn database(config: &Config, store: &Result<SqlStore, StoreError>) -> Line {
    let place = config.database.to_string();
    if config.database.file().is_some_and(|file| !file.exists()) {
        return Line::good("database", format!("{place} will be made by the first start"));
    }
    if let Err(why) = store {
        let pending = match SqlStore::migrations(&config.database).await {
            Ok(all) => all.iter().filter(|one| !one.run).count(),
            Err(_) => {
                return Line::bad(
                    "database",
                    format!("{place}: {}", WithCauses(why)),
                    "start it, or correct database_url",
                );
            }
        };
        let said = format!("{place}: {pending} migrations are pending");
        return Line::doubtful(
            "database",
            said,
            "alias-server migrate up, or start the server: it runs them",
        );
    }
    Line::good("database", place)
}

/// The aliases that serve calls, the first thousand of them.
async fn active(store: &SqlStore) -> Vec<AliasDetails> {
    let query = AliasQuery { active: Some(true), ..AliasQuery::default() };
    AliasRepository::list(store, &query).await.map(|page| page.items).unwrap_or_default()
}

fn prices(aliases: &[AliasDetails]) -> Option<Line> {
    let priced = |alias: &AliasDetails| match alias.alias.spec.pricing {
        // What leads on to another alias costs what that one does.
        Pricing::Catalog { .. } if alias.alias.spec.litellm_model.alias().is_some() => true,
        Pricing::Catalog { .. } => alias.model.as_ref().is_some_and(|model| model.prices.is_some()),
        _ => true,
    };
    let without: Vec<String> =
        aliases.iter().filter(|alias| !priced(alias)).map(|alias| alias.alias.alias.to_string()).collect();
    if aliases.is_empty() {
        return None;
    }
    Some(if without.is_empty() {
        Line::good("prices", format!("all of {} active aliases are priced", aliases.len()))
    } else {
        let said = format!("nobody knows what these cost: {}", named(&without));
        Line::doubtful("prices", said, "alias-server catalog import, or give the alias prices of its own")
    })
}

/// The first few of many.
fn named(all: &[String]) -> String {
    let first = all.iter().take(MOST_NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    if all.len() > MOST_NAMED { format!("{first} and {} more", all.len() - MOST_NAMED) } else { first }
}

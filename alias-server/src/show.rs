//! `alias-server catalog show` and `config show`: what is known of a model, and what the settings come to.

use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;

use alias_core::model_ref::ModelRef;
use alias_core::price::{PriceList, PriceListDraft};
use alias_core::provider_model::{KnownModel, PriceVersion};
use alias_core::repository::{ModelCatalogRepository, StoreError};
use alias_store::SqlStore;

use crate::clock::SystemClock;
use crate::config::{self, Config, Origin};

/// What the process ends with where there is no such model.
const NOT_FOUND: u8 = 1;

/// Why it could not be said.
#[derive(Debug, thiserror::Error)]
pub enum ShowError {
    /// The database cannot be read.
    #[error("cannot read the database {0}")]
    Store(String, #[source] StoreError),
    /// Nobody takes what is said.
    #[error("cannot write what is known")]
    Output(#[from] io::Error),
}

/// Says what is known of a model, and what it cost before. The database is only read.
///
/// # Errors
/// [`ShowError`].
pub async fn run(config: &Config, model: &ModelRef) -> Result<ExitCode, ShowError> {
    let failed = |why| ShowError::Store(config.database.to_string(), why);
    let store = SqlStore::attach(&config.database, Arc::new(SystemClock)).await.map_err(failed)?;
    let found = ModelCatalogRepository::find(&store, model).await.map_err(failed)?;
    let mut out = io::stdout().lock();
    let Some((known, prices)) = found else {
        writeln!(out, "{model} is not in the catalogue")?;
        return Ok(ExitCode::from(NOT_FOUND));
    };
    facts(&mut out, &known)?;
    for version in &prices {
        price(&mut out, version)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Says every setting, and where it was taken from.
///
/// # Errors
/// Nobody takes what is said.
pub fn settings(all: &[Origin], origin: bool, json: bool) -> io::Result<ExitCode> {
    let mut out = io::stdout().lock();
    if json {
        writeln!(out, "{}", serde_json::to_string_pretty(all)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let width = all.iter().map(|one| one.name.len()).max().unwrap_or_default();
    let value_width = all.iter().map(|one| one.value.len().min(40)).max().unwrap_or_default();
    for Origin { name, value, from } in all {
        if origin {
            writeln!(out, "{name:<width$}  {value:<value_width$}  {from}")?;
        } else {
            writeln!(out, "{name:<width$}  {value}")?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes the JSON Schema of the settings file.
///
/// # Errors
/// Nobody takes what is said.
pub fn schema() -> io::Result<ExitCode> {
    writeln!(io::stdout(), "{}", serde_json::to_string_pretty(&config::schema())?)?;
    Ok(ExitCode::SUCCESS)
}

fn facts(out: &mut impl Write, known: &KnownModel) -> io::Result<()> {
    let model = &known.model;
    let or_unknown = |number: Option<u64>| number.map_or_else(|| "unknown".to_owned(), |n| n.to_string());
    writeln!(
        out,
        "{} ({}), as {} says",
        model.model,
        model.mode.as_deref().unwrap_or("unknown mode"),
        known.source.as_str()
    )?;
    writeln!(out, "  input tokens at most   {}", or_unknown(model.max_input_tokens))?;
    writeln!(out, "  output tokens at most  {}", or_unknown(model.max_output_tokens))?;
    if !model.capabilities.is_empty() {
        writeln!(out, "  can do                 {}", model.capabilities.join(", "))?;
    }
    if let Some(date) = &model.deprecation_date {
        writeln!(out, "  is served until        {date}")?;
    }
    if model.prices.is_none() {
        writeln!(out, "  price                  unknown, which is not nothing")?;
    }
    Ok(())
}

fn price(out: &mut impl Write, version: &PriceVersion) -> io::Result<()> {
    let said = version.prices.as_ref().map_or_else(|| "unknown".to_owned(), in_words);
    writeln!(out, "  price {}, from {} ({}): {said}", version.id, version.valid_from, version.source.as_str())
}

/// The prices as they are written in JSON: USD per million tokens, per image and per request.
fn in_words(prices: &PriceList) -> String {
    serde_json::to_string(&PriceListDraft::from(prices)).unwrap_or_default()
}

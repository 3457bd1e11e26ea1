//! `aliasctl catalog`: the models of providers, as the server knows them.

use serde_json::Value;

use super::segment;
use crate::client::Request;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::list::{self, Limit};
use crate::output::{Column, column, wide};

const COLUMNS: &[Column] = &[
    column("MODEL", "model"),
    column("MODE", "mode"),
    column("$/1M IN", "prices.input"),
    column("$/1M OUT", "prices.output"),
    column("MAX IN", "max_input_tokens"),
    column("MAX OUT", "max_output_tokens"),
    wide("CAPABILITIES", "capabilities"),
    wide("UNTIL", "deprecation_date"),
    wide("SOURCE", "source"),
];

/// What is done with the catalogue.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Find models by a part of their name
    Search(SearchArguments),
    /// Show one model: what it costs, what it takes, and what it cost before
    Get(ModelArguments),
    /// List the providers
    Providers,
}

/// Which models.
#[derive(Debug, clap::Args)]
pub(crate) struct SearchArguments {
    /// A part of the name
    text: Option<String>,
    /// Only those of this provider
    #[arg(long)]
    provider: Option<String>,
    #[command(flatten)]
    limit: Limit,
}

/// One model.
#[derive(Debug, clap::Args)]
pub(crate) struct ModelArguments {
    /// The model, as aliases point to it: openai/gpt-4o
    model: String,
}

impl Command {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        match self {
            Self::Search(of) => {
                let request = || {
                    Request::get("/api/catalog/models")
                        .with("q", of.text.as_deref())
                        .with("provider", of.provider.as_deref())
                };
                let answer = list::read(context, request, "models", of.limit).await?;
                context.output.list(&answer, "models", COLUMNS)?;
            }
            Self::Get(ModelArguments { model }) => {
                let path = format!("/api/catalog/models/{}", segment(&model));
                context.output.object(&find(context, path).await?, COLUMNS)?;
            }
            Self::Providers => {
                let answer = context.client.send(Request::get("/api/catalog/providers")).await?;
                let columns = [column("PROVIDER", "provider"), column("MODELS", "models")];
                context.output.list(&answer, "providers", &columns)?;
            }
        }
        Ok(Exit::Done)
    }
}

async fn find(context: &Context, path: String) -> Result<Value, Failure> {
    match context.client.send(Request::get(path)).await {
        Err(Failure::Refused(mut refusal)) if refusal.status == 404 => {
            refusal.next = Some("aliasctl catalog search".to_owned());
            Err(Failure::Refused(refusal))
        }
        done => done,
    }
}

//! `aliasctl catalog`: the models of providers, as the server knows them.

mod update;

use serde_json::{Number, Value};

use super::{Body, number, segment};
use crate::client::Request;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::list::{self, Limit};
use crate::output::{Column, column, wide};

/// Where maps of models go; whether they are tried out only is said in their bodies.
pub(crate) const IMPORT: &str = "/api/catalog/import";

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
    /// Set what a model costs, and what it takes; a model that is not there is added
    Set(SetArguments),
    /// Take in LiteLLM's map of models, from a file or an address: prices, limits, capabilities
    Update(update::Arguments),
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

/// What is known better than in LiteLLM's map.
///
/// An import does not replace what is set here. Calls from before keep the price that they were charged by.
#[derive(Debug, clap::Args)]
pub(crate) struct SetArguments {
    #[command(flatten)]
    model: ModelArguments,
    /// What a million input tokens cost, in USD
    #[arg(long, value_name = "USD", value_parser = number, requires = "output_price")]
    input_price: Option<Number>,
    /// What a million output tokens cost, in USD
    #[arg(long, value_name = "USD", value_parser = number, requires = "input_price")]
    output_price: Option<Number>,
    /// What a million input tokens from the provider's cache cost, in USD [default: as other input]
    #[arg(long, value_name = "USD", value_parser = number, requires = "input_price")]
    cache_read_price: Option<Number>,
    /// Nobody knows what it costs
    #[arg(long, conflicts_with = "input_price")]
    unpriced: bool,
    /// The most input tokens that it takes
    #[arg(long, value_name = "COUNT")]
    max_input_tokens: Option<u64>,
    /// The most output tokens that it gives
    #[arg(long, value_name = "COUNT")]
    max_output_tokens: Option<u64>,
}

impl SetArguments {
    fn body(self) -> Result<Value, Failure> {
        let prices = self.input_price.map(|input| {
            Body::default()
                .with("input", Some(input))
                .with("output", self.output_price)
                .with("cache_read", self.cache_read_price)
                .into()
        });
        Body::default()
            .with("prices", prices.or(self.unpriced.then_some(Value::Null)))
            .with("max_input_tokens", self.max_input_tokens)
            .with("max_output_tokens", self.max_output_tokens)
            .change()
    }
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
                context.output.object(&find(context, at(&model)).await?, COLUMNS)?;
            }
            Self::Set(arguments) => {
                let model = arguments.model.model.clone();
                let set = context.client.send(Request::put(at(&model), arguments.body()?)).await?;
                context.output.done(&set, &format!("model {model} set"), COLUMNS)?;
            }
            Self::Update(arguments) => update::run(context, arguments).await?,
            Self::Providers => {
                let answer = context.client.send(Request::get("/api/catalog/providers")).await?;
                let columns = [column("PROVIDER", "provider"), column("MODELS", "models")];
                context.output.list(&answer, "providers", &columns)?;
            }
        }
        Ok(Exit::Done)
    }
}

fn at(model: &str) -> String {
    format!("/api/catalog/models/{}", segment(model))
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

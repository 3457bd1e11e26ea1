//! `aliasctl`: the operator's command line. It speaks the public API and nothing else.

mod arguments;
mod client;
mod confirm;
mod context;
mod document;
mod examples;
mod exit;
mod failure;
mod impact_text;
mod import;
mod list;
mod nouns;
mod output;
mod plan_text;
mod progress;
mod settings;
mod table;
mod terminal;

use std::process::ExitCode;

use clap::FromArgMatches;

use crate::arguments::Arguments;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments =
        match arguments::command().try_get_matches().and_then(|told| Arguments::from_arg_matches(&told)) {
            Ok(arguments) => arguments,
            Err(why) => return not_understood(&why),
        };
    let json = arguments.global.wants_json();
    tokio::select! {
        done = run(arguments) => match done {
            Ok(exit) => exit.into(),
            Err(why) => {
                why.tell(json);
                why.exit().into()
            }
        },
        // Who waits for an answer at the terminal holds a thread that nothing ends but this.
        _ = tokio::signal::ctrl_c() => std::process::exit(Exit::Interrupted.number().into()),
    }
}

async fn run(arguments: Arguments) -> Result<Exit, Failure> {
    let context = Context::of(arguments.global)?;
    match arguments.command.run(&context).await {
        Err(Failure::Untried(request)) => context.output.untried(&request).map(|()| Exit::Done),
        done => done,
    }
}

/// Help and versions are answers; everything else that clap says is bad usage.
fn not_understood(why: &clap::Error) -> ExitCode {
    let asked = !why.use_stderr();
    if !asked && std::env::args_os().any(|word| word == "--json") {
        Failure::Usage(why.to_string().trim().to_owned()).tell(true);
        return Exit::Usage.into();
    }
    // Nobody to tell it to is no reason to panic.
    let _ = why.print();
    if asked { Exit::Done.into() } else { Exit::Usage.into() }
}

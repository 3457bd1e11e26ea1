//! `aliasctl`: the operator's command line. It speaks the public API and nothing else.

mod arguments;
mod client;
mod confirm;
mod context;
mod document;
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

use clap::Parser;

use crate::arguments::Arguments;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
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
    arguments.command.run(&context).await
}

/// Help and versions are answers; everything else that clap says is bad usage.
fn not_understood(why: &clap::Error) -> ExitCode {
    let asked = !why.use_stderr();
    // Nobody to tell it to is no reason to panic.
    let _ = why.print();
    if asked { Exit::Done.into() } else { Exit::Usage.into() }
}

//! The command line, as a whole: what every command takes, and which commands there are.

use std::path::PathBuf;

use clap::CommandFactory;

use crate::context::Context;
use crate::examples;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::nouns::{
    alias, audit, bench, budget, catalog, completion, credits, documents, explain, group, import, job, key,
    notice, organization, resolve, team, token, usage, user, webhook,
};
use crate::output::Format;
use crate::terminal::Color;

const ENDINGS: &str = "\
Ends with 0 when done, 1 when it failed, 2 when a plan has changes, 3 when the answer is no, 4 when not found,
5 on a conflict, 6 without the right, 7 when the server cannot be reached, 64 on bad usage, 130 on Ctrl-C.

The server is taken from --url, then ALIAS_URL, then a settings file, then http://localhost:8003. The admin key is
taken from --admin-key-file, then ALIAS_ADMIN_KEY, then ALIAS_ADMIN_KEY_FILE, then the settings file.";

/// Friendly names for LLM models: the operator's command line
#[derive(Debug, clap::Parser)]
#[command(name = "aliasctl", version, max_term_width = 110, after_long_help = ENDINGS)]
#[command(infer_subcommands = false, arg_required_else_help = true)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes.
#[derive(Debug, clap::Args)]
#[expect(clippy::doc_markdown, reason = "these texts are shown as help on a terminal")]
#[expect(clippy::struct_excessive_bools, reason = "a flag each")]
pub(crate) struct Global {
    /// The server [default: http://localhost:8003] [env: ALIAS_URL]
    #[arg(long, global = true, value_name = "URL", help_heading = "Server")]
    pub(crate) url: Option<String>,
    /// File that holds the admin key or an admin token; - reads it from standard input [env: ALIAS_ADMIN_KEY_FILE]
    #[arg(long, global = true, value_name = "FILE", help_heading = "Server")]
    pub(crate) admin_key_file: Option<PathBuf>,
    /// Settings file [default: aliasctl/config.yaml in ~/.config, then in /etc] [env: ALIASCTL_CONFIG]
    #[arg(long, global = true, value_name = "FILE", help_heading = "Server")]
    pub(crate) config: Option<PathBuf>,
    /// How long to wait for an answer [default: 30s]
    #[arg(long, global = true, value_name = "TIME", help_heading = "Server")]
    pub(crate) timeout: Option<String>,
    /// Form of the answer [default: table]
    #[arg(short, long, global = true, value_enum, value_name = "FORM", help_heading = "Output")]
    output: Option<Format>,
    /// The API's own answer, and its own errors: short for --output json
    #[arg(long, global = true, conflicts_with = "output", help_heading = "Output")]
    json: bool,
    /// Whether to use colours [default: auto]
    #[arg(long, global = true, value_enum, value_name = "WHEN", help_heading = "Output")]
    pub(crate) color: Option<Color>,
    /// No notes and no progress, only the answer
    #[arg(short, long, global = true, help_heading = "Output")]
    pub(crate) quiet: bool,
    /// Tell the requests that are sent; twice: with their headers
    #[arg(short, long, global = true, action = clap::ArgAction::Count, help_heading = "Output")]
    pub(crate) verbose: u8,
    /// Do not ask before something is lost
    #[arg(short, long, global = true, help_heading = "Changes")]
    pub(crate) yes: bool,
    /// Only tell what would come of it: of aliases, access groups, and the groups of teams
    #[arg(long, global = true, help_heading = "Changes")]
    pub(crate) dry_run: bool,
    /// Why, for the audit log
    #[arg(long, global = true, value_name = "TEXT", help_heading = "Changes")]
    pub(crate) reason: Option<String>,
}

/// The command line, with examples of every command.
pub(crate) fn command() -> clap::Command {
    examples::added(Arguments::command(), "")
}

impl Global {
    /// The form that the command line names.
    pub(crate) fn format(&self) -> Option<Format> {
        if self.json { Some(Format::Json) } else { self.output }
    }

    /// Whether errors are for a program, too.
    pub(crate) fn wants_json(&self) -> bool {
        self.format() == Some(Format::Json)
    }
}

/// The commands.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Model aliases: simple names that map to LiteLLM's provider/model
    #[command(subcommand, visible_alias = "aliases")]
    Alias(alias::Command),
    /// Access groups: bundles of aliases that teams are granted
    #[command(subcommand, visible_alias = "groups")]
    Group(group::Command),
    /// Organizations: the customers that teams belong to
    #[command(subcommand, visible_aliases = ["organization", "orgs"])]
    Org(organization::Command),
    /// Teams: who calls, and what they are granted
    #[command(subcommand, visible_alias = "teams")]
    Team(team::Command),
    /// Keys of teams: what their clients authenticate with
    #[command(subcommand, visible_alias = "keys")]
    Key(key::Command),
    /// Credits of teams: what they were given and spent
    #[command(subcommand)]
    Credits(credits::Command),
    /// Budgets: how much may be spent through one thing in a window of time
    #[command(subcommand, visible_alias = "budgets")]
    Budget(budget::Command),
    /// Jobs of teams: pieces of work of several calls
    #[command(subcommand, visible_alias = "jobs")]
    Job(job::Command),
    /// Webhooks: who else is told of events
    #[command(subcommand, visible_alias = "webhooks")]
    Webhook(webhook::Command),
    /// Notices: what operators tell teams
    #[command(subcommand, visible_alias = "notices")]
    Notice(notice::Command),
    /// Accounts of people who administer
    #[command(subcommand, visible_alias = "users")]
    User(user::Command),
    /// Admin tokens: what programs administer with
    #[command(subcommand, visible_alias = "tokens")]
    Token(token::Command),
    /// Tell what applying a file would change, and for whom
    Plan(documents::PlanArguments),
    /// Make the catalogue as a file says
    Apply(documents::ApplyArguments),
    /// Write the catalogue as such a file
    Export(documents::ExportArguments),
    /// Take in what other programs know: LiteLLM, one-api, new-api, Bifrost, CSV, lists of aliases
    Import(import::Arguments),
    /// Look such a file over, without a server
    Lint(documents::LintArguments),
    /// What a call of a model would hit
    Resolve(resolve::Arguments),
    /// Tell why a call is served or refused, and what mends it
    Explain(explain::Arguments),
    /// What calls used
    Usage(usage::Arguments),
    /// Measure how long a server takes to resolve an alias, and to answer a call through it
    Bench(bench::Arguments),
    /// The audit log
    #[command(subcommand)]
    Audit(audit::Command),
    /// The models of providers: prices, limits, capabilities
    #[command(subcommand)]
    Catalog(catalog::Command),
    /// A script that completes commands in your shell
    Completion(completion::Arguments),
    /// The manual pages
    Man(completion::ManArguments),
}

impl Command {
    /// Does it.
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        match self {
            Self::Alias(command) => command.run(context).await,
            Self::Group(command) => command.run(context).await,
            Self::Org(command) => command.run(context).await,
            Self::Team(command) => command.run(context).await,
            Self::Key(command) => command.run(context).await,
            Self::Credits(command) => command.run(context).await,
            Self::Budget(command) => command.run(context).await,
            Self::Job(command) => command.run(context).await,
            Self::Webhook(command) => command.run(context).await,
            Self::User(command) => command.run(context).await,
            Self::Notice(command) => command.run(context).await.map(|()| Exit::Done),
            Self::Token(command) => command.run(context).await,
            Self::Plan(arguments) => arguments.run(context).await,
            Self::Apply(arguments) => arguments.run(context).await,
            Self::Export(arguments) => arguments.run(context).await,
            Self::Import(arguments) => arguments.run(context).await,
            Self::Lint(arguments) => arguments.run(context),
            Self::Resolve(arguments) => arguments.run(context).await,
            Self::Explain(arguments) => arguments.run(context).await,
            Self::Usage(arguments) => arguments.run(context).await,
            Self::Bench(arguments) => arguments.run(context).await,
            Self::Audit(command) => command.run(context).await,
            Self::Catalog(command) => command.run(context).await,
            Self::Completion(arguments) => arguments.run(),
            Self::Man(arguments) => arguments.run(context),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    /// One that did would be taken for the other: a webhook's address for the server's.
    #[test]
    fn no_command_has_an_argument_of_the_name_of_one_that_all_have() {
        fn check(command: &clap::Command, global: &[clap::Id]) {
            for argument in command.get_arguments() {
                assert!(!global.contains(argument.get_id()), "{} {}", command.get_name(), argument.get_id());
            }
            command.get_subcommands().for_each(|below| check(below, global));
        }
        let all = Arguments::command();
        let global: Vec<clap::Id> = all.get_arguments().map(|argument| argument.get_id().clone()).collect();
        assert!(global.len() > 5, "{global:?}");
        all.get_subcommands().for_each(|command| check(command, &global));
    }
}

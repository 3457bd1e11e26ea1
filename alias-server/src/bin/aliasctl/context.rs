//! What every command is given: the server, the form of its answers, and how it may speak to the person.

use crate::arguments::Global;
use crate::client::Client;
use crate::failure::Failure;
use crate::output::Output;
use crate::settings::Settings;
use crate::terminal::Terminal;

/// What every command is given.
#[derive(Debug)]
pub(crate) struct Context {
    /// The server.
    pub(crate) client: Client,
    /// Where answers go, and in which form.
    pub(crate) output: Output,
    /// What stands at the other end.
    pub(crate) terminal: Terminal,
    /// Whether nothing is to be changed.
    pub(crate) dry_run: bool,
    /// Whether the person said yes to everything.
    pub(crate) yes: bool,
    /// Whether notes are left out.
    quiet: bool,
}

impl Context {
    /// From what the command line says, and from the settings that it leaves open.
    pub(crate) fn of(global: Global) -> Result<Self, Failure> {
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let settings = Settings::read(&global, variable)?;
        let terminal = Terminal::of(settings.color, global.quiet, variable);
        let client = Client::new(&settings, &global)?;
        let output = Output::new(settings.output, terminal);
        Ok(Self { client, output, terminal, yes: global.yes, dry_run: global.dry_run, quiet: global.quiet })
    }

    /// Says something beside the answer, on standard error.
    #[expect(clippy::print_stderr, reason = "notes go where they do not mix with data")]
    pub(crate) fn note(&self, text: &str) {
        if !self.quiet {
            eprintln!("{text}");
        }
    }
}

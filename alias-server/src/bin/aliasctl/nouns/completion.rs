//! `aliasctl completion` and `aliasctl man`: what shells and `man` know of the command line, made from it.

use std::path::PathBuf;

use clap_complete::Shell;

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;

const NAME: &str = "aliasctl";

/// A shell.
///
/// For bash: aliasctl completion bash > ~/.local/share/bash-completion/completions/aliasctl
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The shell
    #[arg(value_enum)]
    shell: Named,
}

/// The shells.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Named {
    /// GNU Bash
    Bash,
    /// Z shell
    Zsh,
    /// fish
    Fish,
    /// PowerShell
    #[value(alias = "powershell")]
    Pwsh,
    /// Elvish
    Elvish,
}

/// Where the manual pages go.
#[derive(Debug, clap::Args)]
pub(crate) struct ManArguments {
    /// Write a page for every command into this folder, in place of the first one to standard output
    #[arg(long, value_name = "FOLDER")]
    dir: Option<PathBuf>,
}

impl Arguments {
    pub(crate) fn run(self) -> Result<Exit, Failure> {
        let shell = match self.shell {
            Named::Bash => Shell::Bash,
            Named::Zsh => Shell::Zsh,
            Named::Fish => Shell::Fish,
            Named::Pwsh => Shell::PowerShell,
            Named::Elvish => Shell::Elvish,
        };
        let mut script = Vec::new();
        clap_complete::generate(shell, &mut crate::arguments::command(), NAME, &mut script);
        crate::output::print(&String::from_utf8_lossy(&script))?;
        Ok(Exit::Done)
    }
}

impl ManArguments {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let failed = |why: std::io::Error| Failure::Failed(format!("the manual cannot be written: {why}"));
        let command = crate::arguments::command();
        if let Some(folder) = self.dir {
            alias_server::manual::write(command, Some(&folder)).map_err(failed)?;
            context.note(&format!("the manual pages are in {}", folder.display()));
        } else {
            alias_server::manual::write(command, None).map_err(failed)?;
        }
        Ok(Exit::Done)
    }
}

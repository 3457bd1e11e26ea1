//! What the program does besides serving, and what it is told for that.

use std::path::PathBuf;

use alias_core::model_ref::ModelRef;
use alias_core::usage::InstanceId;

use super::origin::{self, Origin};
use super::settings::{Settings, layers, merged};
use super::{ConfigError, file};
use crate::init::Strategy;

/// Friendly names for LLM models: the server.
///
/// Settings are taken from flags, then from ALIAS_… environment variables, then from a file, then from defaults.
#[derive(Debug, Clone, clap::Parser)]
#[command(name = "alias-server", version, max_term_width = 110)]
pub struct Command {
    /// Settings file [default: alias-server.yaml in this folder, where there is one]
    #[arg(long, env = "ALIAS_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    #[command(flatten)]
    settings: Settings,
    /// What to do in place of serving
    #[command(subcommand)]
    pub action: Option<Action>,
}

/// What the program does besides serving.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum Action {
    /// Computes every number of the books again from the calls, and says which differ
    ///
    /// Ends with 0 where all is right, 1 where something differs, 2 where it could not be found out. The database is
    /// only read.
    Verify(VerifyArguments),
    /// Works on the catalogue of provider models
    #[command(subcommand)]
    Catalog(CatalogAction),
    /// Shows and retires the servers that hold credit
    #[command(subcommand)]
    Instances(InstancesAction),
    /// Looks after the database: its migrations, backups, and moves to another
    #[command(subcommand)]
    Migrate(MigrateAction),
    /// Writes the files of a new server: settings, an admin key, and a catalogue to begin with
    ///
    /// No file that is there is touched.
    Init(InitArguments),
    /// Looks at settings, folder, disk, clock, database, upstream and aliases, and says what to put right
    ///
    /// Ends with 0 where nothing is wrong, 1 where something is. Nothing is changed.
    Doctor(DoctorArguments),
    /// Tells the settings
    #[command(subcommand)]
    Config(ConfigAction),
    /// Writes the manual pages
    Man(ManArguments),
}

/// Where the manual pages go.
#[derive(Debug, Clone, clap::Args)]
pub struct ManArguments {
    /// Write a page for every command into this folder, in place of the first one to standard output
    #[arg(long, value_name = "FOLDER")]
    pub dir: Option<PathBuf>,
}

/// What is told of the settings.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum ConfigAction {
    /// Shows every setting; secrets are not shown
    Show {
        /// Say where each was taken from: a flag, a variable, the settings file, or the default
        #[arg(long)]
        origin: bool,
        /// Say it as JSON
        #[arg(long)]
        json: bool,
    },
    /// Writes the JSON Schema of the settings file, for editors
    Schema,
}

/// What `doctor` is told.
#[derive(Debug, Clone, clap::Args)]
pub struct DoctorArguments {
    /// Say it as JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    database: DatabaseArguments,
}

/// What `init` is told.
#[derive(Debug, Clone, clap::Args)]
pub struct InitArguments {
    /// The folder [default: this one]
    #[arg(long, value_name = "FOLDER", default_value = ".", hide_default_value = true)]
    pub dir: PathBuf,
    /// How models are called [default: asked for on a terminal, hybrid elsewhere]
    #[arg(long, value_enum)]
    pub strategy: Option<Strategy>,
    /// Ask nothing
    #[arg(long)]
    pub yes: bool,
}

/// What is done to the database.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum MigrateAction {
    /// Lists the migrations, and which of them were run
    ///
    /// Ends with 0 where all were, 1 where some are pending, 2 where it could not be found out. Changes nothing.
    Status(ListArguments),
    /// Runs the migrations that are pending
    ///
    /// A server does so itself when it starts.
    Up(ListArguments),
    /// Writes everything into one file, while servers go on
    ///
    /// The file is a SQLite database, whatever kind the original is. It holds digests of keys and secrets: keep it
    /// as safe. It must not be there yet.
    Backup(FileArguments),
    /// Reads a backup into an empty database
    Restore(FileArguments),
    /// Copies everything into another, empty database, and compares the books of both
    ///
    /// Stop the servers first: what they write meanwhile stays behind. Then start them with the new URL.
    Move(MoveArguments),
}

/// What `migrate backup` and `migrate restore` are told.
#[derive(Debug, Clone, clap::Args)]
pub struct FileArguments {
    /// The backup
    pub file: PathBuf,
    #[command(flatten)]
    database: DatabaseArguments,
}

/// What `migrate move` is told.
#[derive(Debug, Clone, clap::Args)]
pub struct MoveArguments {
    /// The database that everything is copied into; or, better, in the variable, which no list of processes shows
    #[arg(long, env = "ALIAS_TO_DATABASE_URL", value_name = "URL", hide_env_values = true)]
    pub to: String,
    #[command(flatten)]
    database: DatabaseArguments,
}

/// What is done about instances.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum InstancesAction {
    /// Lists those that are open, and what they hold
    List(ListArguments),
    /// Retires one that will not come back: what it holds goes back to the teams
    ///
    /// Safe even if it lives after all: it goes on under a new id. Ends with 1 where there is no such instance.
    Retire(RetireArguments),
}

/// What a command is told that needs to know no more than the database.
#[derive(Debug, Clone, clap::Args)]
pub struct ListArguments {
    #[command(flatten)]
    database: DatabaseArguments,
}

/// What `instances retire` is told.
#[derive(Debug, Clone, clap::Args)]
pub struct RetireArguments {
    /// Its id
    pub instance: InstanceId,
    #[command(flatten)]
    database: DatabaseArguments,
}

/// What is done to the catalogue.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum CatalogAction {
    /// Takes in LiteLLM's map of models: prices, limits, capabilities
    ///
    /// The file is `model_prices_and_context_window.json` of LiteLLM. Servers that run have the new prices within a
    /// second. What was set by hand is kept; calls from before keep the price that they were charged by.
    Import(ImportArguments),
    /// Shows what is known of a model, and every price that it had
    ///
    /// Ends with 1 where it is not in the catalogue. The database is only read.
    Show(ShowArguments),
}

/// What `catalog show` is told.
#[derive(Debug, Clone, clap::Args)]
pub struct ShowArguments {
    /// The model, as aliases point to it: openai/gpt-4o
    pub model: ModelRef,
    #[command(flatten)]
    database: DatabaseArguments,
}

/// What `catalog import` is told.
#[derive(Debug, Clone, clap::Args)]
pub struct ImportArguments {
    /// LiteLLM's map of models
    pub file: PathBuf,
    /// Say what would change, and change nothing
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    database: DatabaseArguments,
}

/// What `verify` is told, besides what the server is.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct VerifyArguments {
    /// Say it as JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    database: DatabaseArguments,
}

/// Which database a command works on.
#[derive(Debug, Clone, Default, clap::Args)]
struct DatabaseArguments {
    /// Folder of the SQLite file [default: that of the server's settings]
    #[arg(long, value_name = "FOLDER")]
    data_dir: Option<String>,
    /// The database [default: that of the server's settings]
    #[arg(long, value_name = "URL")]
    database_url: Option<String>,
    /// File that holds the database URL
    #[arg(long, value_name = "FILE")]
    database_url_file: Option<PathBuf>,
}

impl DatabaseArguments {
    /// As the first source of settings.
    fn settings(&self) -> Settings {
        Settings {
            data_dir: self.data_dir.clone(),
            database_url: self.database_url.clone(),
            database_url_file: self.database_url_file.clone(),
            ..Settings::default()
        }
    }
}

impl Action {
    /// What it says about the database that it works on, where it works on one.
    fn database(&self) -> Option<&DatabaseArguments> {
        Some(match self {
            Self::Init(_) | Self::Config(_) | Self::Man(_) => return None,
            Self::Doctor(DoctorArguments { database, .. })
            | Self::Verify(VerifyArguments { database, .. })
            | Self::Catalog(
                CatalogAction::Import(ImportArguments { database, .. })
                | CatalogAction::Show(ShowArguments { database, .. }),
            )
            | Self::Instances(
                InstancesAction::List(ListArguments { database })
                | InstancesAction::Retire(RetireArguments { database, .. }),
            )
            | Self::Migrate(
                MigrateAction::Status(ListArguments { database })
                | MigrateAction::Up(ListArguments { database })
                | MigrateAction::Backup(FileArguments { database, .. })
                | MigrateAction::Restore(FileArguments { database, .. })
                | MigrateAction::Move(MoveArguments { database, .. }),
            ) => database,
        })
    }
}

impl Command {
    /// Merges flags, environment, and the settings file.
    ///
    /// # Errors
    /// A file that cannot be read, or holds an unknown or mistyped setting.
    pub fn settings(&self, variable: impl Fn(&str) -> Option<String>) -> Result<Settings, ConfigError> {
        merged(self.own(), self.settings.clone(), self.config.as_deref(), variable)
    }

    fn own(&self) -> Settings {
        let database = self.action.as_ref().and_then(Action::database);
        database.map(DatabaseArguments::settings).unwrap_or_default()
    }

    /// Every setting, and where it was taken from; `matches` is what this command was made of.
    ///
    /// # Errors
    /// Those of [`Command::settings`].
    pub fn origins(
        &self,
        matches: &clap::ArgMatches,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Vec<Origin>, ConfigError> {
        let file = file::told(self.config.as_deref());
        let layers = layers(self.own(), self.settings.clone(), self.config.as_deref(), variable)?;
        Ok(origin::of(&layers, |name| matches.value_source(name), &file))
    }
}

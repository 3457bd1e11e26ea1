//! The server's process: settings in, exit code out.

use std::process::ExitCode;

use alias_core::causes::WithCauses;
use alias_server::config::{
    Action, CatalogAction, Command, Config, ConfigAction, InstancesAction, MigrateAction,
};
use alias_server::startup::Reload;
use alias_server::{doctor, import, init, instances, manual, migrate, show, startup, telemetry, verify};
use clap::{ArgMatches, CommandFactory, FromArgMatches};

/// What the process ends with where it refuses to start.
const REFUSED: u8 = 2;
/// What it ends with where the command line cannot be understood, as sysexits.h has it.
const USAGE: u8 = 64;

#[actix_web::main]
async fn main() -> ExitCode {
    let understood = Command::command()
        .try_get_matches()
        .and_then(|matches| Ok((Command::from_arg_matches(&matches)?, matches)));
    let (command, matches) = match understood {
        Ok(understood) => understood,
        Err(why) => return not_understood(&why),
    };
    match before_settings(&command, &matches) {
        Some(Ok(exit)) => return exit,
        Some(Err(why)) => return fail(&WithCauses(&*why).to_string()),
        None => {}
    }
    let (config, reload) = match settings(command.clone()) {
        Ok(understood) => understood,
        Err(why) => return fail(&why),
    };
    if let Some(action) = &command.action {
        return run(action, &config).await.unwrap_or_else(|why| fail(&WithCauses(&*why).to_string()));
    }
    let mut signals = match startup::Signals::keep() {
        Ok(signals) => signals,
        Err(why) => return fail(&format!("cannot receive signals: {why}")),
    };
    let _ = rustls::crypto::ring::default_provider().install_default();
    let started = tokio::select! {
        started = startup::start(config) => started,
        // Nothing is served yet. Returning would wait for the thread that waits for a database.
        () = signals.end() => std::process::exit(0),
    };
    match started {
        Ok(running) => match running.until_signalled(signals, &reload).await {
            Ok(()) => ExitCode::SUCCESS,
            Err(why) => fail(&why.to_string()),
        },
        Err(why) => fail(&WithCauses(&why).to_string()),
    }
}

/// What needs no settings that are all right.
fn before_settings(
    command: &Command,
    matches: &ArgMatches,
) -> Option<Result<ExitCode, Box<dyn std::error::Error>>> {
    match command.action.as_ref()? {
        Action::Init(asked) => Some(init::run(&asked.dir, asked.strategy, asked.yes).map_err(Into::into)),
        Action::Config(ConfigAction::Show { origin, json }) => {
            let all = command.origins(matches, |name| std::env::var(name).ok());
            Some(all.map_err(Into::into).and_then(|all| Ok(show::settings(&all, *origin, *json)?)))
        }
        Action::Config(ConfigAction::Schema) => Some(show::schema().map_err(Into::into)),
        Action::Man(asked) => {
            let written = manual::write(Command::command(), asked.dir.as_deref());
            Some(written.map(|()| ExitCode::SUCCESS).map_err(Into::into))
        }
        _ => None,
    }
}

/// Does something in place of serving.
async fn run(action: &Action, config: &Config) -> Result<ExitCode, Box<dyn std::error::Error>> {
    Ok(match action {
        Action::Verify(arguments) => verify::run(config, arguments.json).await?,
        Action::Catalog(CatalogAction::Import(arguments)) => {
            import::run(config, &arguments.file, arguments.dry_run).await?
        }
        Action::Catalog(CatalogAction::Show(arguments)) => show::run(config, &arguments.model).await?,
        Action::Instances(InstancesAction::List(_)) => instances::list(config).await?,
        Action::Instances(InstancesAction::Retire(arguments)) => {
            instances::retire(config, arguments.instance).await?
        }
        Action::Init(_) | Action::Config(_) | Action::Man(_) => ExitCode::SUCCESS,
        Action::Doctor(arguments) => doctor::run(config, arguments.json).await?,
        Action::Migrate(MigrateAction::Status(_)) => migrate::status(config).await?,
        Action::Migrate(MigrateAction::Up(_)) => migrate::up(config).await?,
        Action::Migrate(MigrateAction::Backup(arguments)) => migrate::backup(config, &arguments.file).await?,
        Action::Migrate(MigrateAction::Restore(arguments)) => {
            migrate::restore(config, &arguments.file).await?
        }
        Action::Migrate(MigrateAction::Move(arguments)) => migrate::move_to(config, &arguments.to).await?,
    })
}

/// The settings, and what looks at them again.
fn settings(command: Command) -> Result<(Config, Reload), String> {
    let read = move || command.settings(|name| std::env::var(name).ok()).map_err(|why| why.to_string());
    let settings = read()?;
    let config = Config::from_settings(settings.clone()).map_err(|why| why.to_string())?;
    let log = telemetry::start(&config.log, config.log_format)?;
    Ok((config, Reload::new(settings, read, log)))
}

/// Help and versions are answers; everything else that clap says is bad usage.
fn not_understood(why: &clap::Error) -> ExitCode {
    // Nobody to tell it to is no reason to panic.
    let _ = why.print();
    if why.use_stderr() { ExitCode::from(USAGE) } else { ExitCode::SUCCESS }
}

#[expect(clippy::print_stderr, reason = "said to the person at the terminal, whatever the log format")]
fn fail(why: &str) -> ExitCode {
    eprintln!("alias-server: {why}");
    ExitCode::from(REFUSED)
}

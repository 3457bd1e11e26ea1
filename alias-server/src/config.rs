//! Settings: flag before environment before file before default, each with one name in three spellings.

mod commands;
mod file;
mod jwt;
mod listener;
mod origin;
mod schema;
mod settings;
mod sign_on;
mod traces;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use alias_store::DatabaseUrl;
use alias_store::spool::Durability;
use secrecy::{ExposeSecret, SecretString};

pub use commands::{
    Action, CatalogAction, Command, ConfigAction, InitArguments, InstancesAction, MigrateAction,
    VerifyArguments,
};
pub use file::substitute;
pub use jwt::{JwtSettings, KeySource};
pub use listener::{ConnectionLimits, TlsFiles};
pub use origin::Origin;
pub use schema::schema;
pub use settings::Settings;
pub use sign_on::SignOn;

use crate::extract::BodyLimits;
use crate::openai::fields::ExtraFields;
use crate::spans::SpansConfig;
use crate::upstream::UpstreamConfig;

/// Everything that a server is started with, checked.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "settings that are on or off")]
pub struct Config {
    /// Where to listen. Where nothing was said: port 8003 on both loopback addresses.
    pub listen: Vec<SocketAddr>,
    /// Whether the addresses are the defaults, of which one may be missing on this machine.
    pub listen_is_default: bool,
    /// The listener's certificate; without one it speaks plain HTTP.
    pub tls: Option<TlsFiles>,
    /// How many connections are taken.
    pub connections: ConnectionLimits,
    /// The folder of the SQLite file and the usage spool.
    pub data_dir: PathBuf,
    /// Whether that folder is the default, which a trial does not touch.
    pub data_dir_is_default: bool,
    /// Where the catalogue is kept.
    pub database: DatabaseUrl,
    /// The bootstrap admin key.
    pub admin_key: Option<SecretString>,
    /// Callers with tokens of an identity provider.
    pub jwt: Option<JwtSettings>,
    /// Single sign-on for people who administer.
    pub sign_on: Option<SignOn>,
    /// Where calls go.
    pub upstream: UpstreamConfig,
    /// Host names to serve besides the loopback ones.
    pub allowed_hosts: Vec<String>,
    /// Body fields of calls to pass on besides the documented ones.
    pub extra_fields: ExtraFields,
    /// Answer for models that a team may not call as for unknown ones.
    pub hide_denied: bool,
    /// Let webhooks go to this machine and into private networks, also without TLS.
    pub webhook_allow_private: bool,
    /// The cap on answers that nothing else caps, where credit is held for them.
    pub default_max_output_tokens: Option<u64>,
    /// How long a job may be silent before it ends by itself.
    pub job_ttl: Duration,
    /// How long the catalogue decides about calls without a word of the database.
    pub snapshot_max_age: Duration,
    /// Whether a job that failed is free although calls of it succeeded.
    pub failed_jobs_with_calls_are_free: bool,
    /// When a call counts as recorded.
    pub usage_durability: Durability,
    /// The largest bodies.
    pub body_limits: BodyLimits,
    /// Threads that serve requests.
    pub workers: usize,
    /// Database connections of the admin API.
    pub pool_size: u32,
    /// Leave the database's migrations to others.
    pub no_migrate: bool,
    /// Start with the built-in mock provider as upstream.
    pub dev: bool,
    /// Where spans of calls are sent to; without it, none are made.
    pub spans: Option<SpansConfig>,
    /// Log filter.
    pub log: String,
    /// Log format.
    pub log_format: LogFormat,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Pretty,
    /// For machines, one JSON object a line.
    Json,
}

/// A setting that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// Its value is not valid.
    #[error("the setting {name} is not valid: {why}")]
    Value {
        /// The setting, as the file spells it.
        name: &'static str,
        /// What is wrong and what would be right.
        why: String,
    },
    /// A file cannot be read or understood.
    #[error("{path}: {why}")]
    File {
        /// The file.
        path: String,
        /// What is wrong.
        why: String,
    },
}

impl Config {
    /// Checks settings after all their sources were merged.
    ///
    /// # Errors
    /// The first setting that is not valid, with what would be.
    pub fn from_settings(mut settings: Settings) -> Result<Self, ConfigError> {
        let sign_on = SignOn::of(&mut settings)?;
        let jwt = JwtSettings::of(&mut settings)?;
        let data_dir_is_default = settings.data_dir.is_none();
        let data_dir = PathBuf::from(settings.data_dir.unwrap_or_else(|| "alias-data".into()));
        let listen = settings.listen.unwrap_or_default();
        let database = match secret("database_url", settings.database_url, settings.database_url_file)? {
            Some(url) => parse("database_url", url.expose_secret())?,
            None => parse("database_url", &format!("sqlite://{}", data_dir.join("aliases.db").display()))?,
        };
        let terminal = std::io::IsTerminal::is_terminal(&std::io::stderr());
        Ok(Self {
            listen_is_default: listen.is_empty(),
            listen: addresses(&listen)?,
            tls: TlsFiles::of(settings.tls_cert_file, settings.tls_key_file)?,
            sign_on,
            jwt,
            connections: ConnectionLimits::of(
                settings.max_connections,
                settings.max_connections_per_address,
            )?,
            database,
            admin_key: secret("admin_key", settings.admin_key, settings.admin_key_file)?,
            upstream: UpstreamConfig {
                base_url: parse(
                    "upstream_url",
                    settings.upstream_url.as_deref().unwrap_or("http://localhost:8002"),
                )?,
                key: secret("upstream_key", settings.upstream_key, settings.upstream_key_file)?,
                connect_timeout: duration("upstream_connect_timeout", settings.upstream_connect_timeout, 2)?,
                first_byte_timeout: duration(
                    "upstream_first_byte_timeout",
                    settings.upstream_first_byte_timeout,
                    120,
                )?,
                idle_timeout: duration("upstream_idle_timeout", settings.upstream_idle_timeout, 60)?,
            },
            allowed_hosts: settings.allowed_hosts.unwrap_or_default(),
            extra_fields: ExtraFields::new(settings.extra_fields.unwrap_or_default())
                .map_err(|why| invalid("extra_fields", why))?,
            hide_denied: settings.hide_denied.unwrap_or(false),
            webhook_allow_private: settings.webhook_allow_private.unwrap_or(false),
            default_max_output_tokens: settings.default_max_output_tokens,
            job_ttl: job_ttl(settings.job_ttl.as_deref())?,
            snapshot_max_age: duration("snapshot_max_age", settings.snapshot_max_age, 3_600)?,
            failed_jobs_with_calls_are_free: settings.failed_jobs_with_calls_are_free.unwrap_or(true),
            usage_durability: match settings.usage_durability.as_deref() {
                None | Some("process") => Durability::Process,
                Some("power") => Durability::Power,
                Some(other) => {
                    return Err(invalid(
                        "usage_durability",
                        format!("{other:?} is neither `process` nor `power`"),
                    ));
                }
            },
            body_limits: BodyLimits {
                admin: size("max_body_admin", settings.max_body_admin, 1 << 20)?,
                call: size("max_body_call", settings.max_body_call, 32 << 20)?,
                all: size("max_buffered", settings.max_buffered, 1 << 30)?,
            },
            workers: bounded("workers", settings.workers, cores(), 1, 1024)?,
            pool_size: bounded("pool_size", settings.pool_size, 8, 1, 256)?,
            no_migrate: settings.no_migrate.unwrap_or(false),
            dev: settings.dev.unwrap_or(false),
            spans: traces::spans(settings.otlp_endpoint.as_deref(), settings.trace_percent)?,
            log: settings.log.unwrap_or_else(|| "info".into()),
            log_format: match settings.log_format.as_deref() {
                Some("json") => LogFormat::Json,
                Some("pretty") => LogFormat::Pretty,
                None => {
                    if terminal {
                        LogFormat::Pretty
                    } else {
                        LogFormat::Json
                    }
                }
                Some(other) => {
                    return Err(invalid("log_format", format!("{other:?} is neither `pretty` nor `json`")));
                }
            },
            data_dir,
            data_dir_is_default,
        })
    }
}

impl Config {
    /// What the listener speaks, as the first part of its addresses.
    pub fn scheme(&self) -> &'static str {
        if self.tls.is_some() { "https" } else { "http" }
    }
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(2, std::num::NonZero::get)
}

fn invalid(name: &'static str, why: impl ToString) -> ConfigError {
    ConfigError::Value { name, why: why.to_string() }
}

fn parse<T: FromStr<Err: ToString>>(name: &'static str, text: &str) -> Result<T, ConfigError> {
    text.parse().map_err(|why: T::Err| invalid(name, why))
}

fn addresses(texts: &[String]) -> Result<Vec<SocketAddr>, ConfigError> {
    const PORT: u16 = 8003;
    if texts.is_empty() {
        return Ok(vec![(Ipv4Addr::LOCALHOST, PORT).into(), (Ipv6Addr::LOCALHOST, PORT).into()]);
    }
    let mut all = Vec::new();
    for text in texts {
        match text.strip_prefix("localhost:").map(u16::from_str) {
            Some(Ok(port)) => all
                .extend([SocketAddr::from((Ipv4Addr::LOCALHOST, port)), (Ipv6Addr::LOCALHOST, port).into()]),
            _ => all.push(
                text.parse().or_else(|_| text.parse::<IpAddr>().map(|ip| (ip, PORT).into())).map_err(
                    |_| {
                        invalid(
                            "listen",
                            format!("{text:?} is no address and port, for example 127.0.0.1:8003"),
                        )
                    },
                )?,
            ),
        }
    }
    Ok(all)
}

/// A secret given as such, or in a file; never both.
fn secret(
    name: &'static str,
    value: Option<String>,
    file: Option<PathBuf>,
) -> Result<Option<SecretString>, ConfigError> {
    match (value, file) {
        (Some(_), Some(_)) => {
            Err(invalid(name, format!("both {name} and {name}_file are given: leave one out")))
        }
        (Some(value), None) => Ok(Some(value.into())),
        (None, Some(path)) => {
            let text = std::fs::read_to_string(&path)
                .map_err(|why| invalid(name, format!("{}: {why}", path.display())))?;
            Ok(Some(text.trim_end_matches(['\n', '\r']).into()))
        }
        (None, None) => Ok(None),
    }
}

fn duration(name: &'static str, text: Option<String>, default_seconds: u64) -> Result<Duration, ConfigError> {
    let Some(text) = text else { return Ok(Duration::from_secs(default_seconds)) };
    match humantime::parse_duration(&text) {
        Ok(time) if (Duration::from_millis(1)..=Duration::from_hours(24)).contains(&time) => Ok(time),
        Ok(_) => Err(invalid(name, "must be from 1ms to 1day")),
        Err(why) => Err(invalid(name, format!("{text:?}: {why}; write for example 500ms or 2s"))),
    }
}

/// Work may take days; what is looked at every second at most cannot end sooner.
fn job_ttl(text: Option<&str>) -> Result<Duration, ConfigError> {
    let Some(text) = text else { return Ok(Duration::from_hours(24)) };
    match humantime::parse_duration(text) {
        Ok(time) if (Duration::from_secs(1)..=Duration::from_hours(24 * 30)).contains(&time) => Ok(time),
        Ok(_) => Err(invalid("job_ttl", "must be from 1s to 30days")),
        Err(why) => Err(invalid("job_ttl", format!("{text:?}: {why}; write for example 24h"))),
    }
}

fn size(name: &'static str, text: Option<String>, default: usize) -> Result<usize, ConfigError> {
    let Some(text) = text else { return Ok(default) };
    let bytes = bytesize::ByteSize::from_str(&text)
        .map_err(|why| invalid(name, format!("{text:?}: {why}; write for example 1MiB")))?;
    usize::try_from(bytes.as_u64())
        .ok()
        .filter(|b| (1_024..=64 << 30).contains(b))
        .ok_or_else(|| invalid(name, "must be from 1KiB to 64GiB"))
}

fn bounded<T: PartialOrd + std::fmt::Display>(
    name: &'static str,
    value: Option<T>,
    default: T,
    least: T,
    most: T,
) -> Result<T, ConfigError> {
    let value = value.unwrap_or(default);
    if value < least || value > most {
        return Err(invalid(name, format!("must be from {least} to {most}")));
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(settings: Settings) -> Result<Config, String> {
        Config::from_settings(settings).map_err(|why| why.to_string())
    }

    #[test]
    fn the_defaults_are_those_of_the_user_guide() {
        let config = config(Settings::default()).unwrap();
        assert_eq!(config.listen, ["127.0.0.1:8003".parse().unwrap(), "[::1]:8003".parse().unwrap()]);
        assert_eq!(config.upstream.base_url, "http://localhost:8002");
        assert!(!config.hide_denied && !config.dev && !config.webhook_allow_private);
    }

    #[test]
    fn a_wrong_setting_is_named_with_what_would_be_right() {
        let message = |settings| config(settings).unwrap_err();
        let listen = Settings { listen: Some(vec!["here".into()]), ..Settings::default() };
        assert!(message(listen).contains("setting listen"));
        let workers = Settings { workers: Some(0), ..Settings::default() };
        assert!(message(workers).contains("from 1 to 1024"));
        let timeout = Settings { upstream_idle_timeout: Some("soon".into()), ..Settings::default() };
        assert!(message(timeout).contains("500ms"));
        let size = Settings { max_body_call: Some("1B".into()), ..Settings::default() };
        assert!(message(size).contains("1KiB"));
    }
}

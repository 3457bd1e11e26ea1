//! The settings as written: one list that serves as flags, environment variables and keys of a file.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Deserializer, Serialize};

use super::{ConfigError, file};

/// Declares every setting once, with the merge that lets an earlier source win.
macro_rules! settings {
    ($($(#[$attribute:meta])* $name:ident: $type:ty,)*) => {
        /// Every setting, unchecked; absent ones take their default.
        #[expect(clippy::doc_markdown, reason = "these texts are shown as help on a terminal")]
        #[derive(Debug, Clone, Default, clap::Args, Deserialize, Serialize)]
        #[serde(deny_unknown_fields)]
        pub struct Settings {
            $($(#[$attribute])* pub $name: Option<$type>,)*
        }

        impl Settings {
            /// The names of all settings, as a file spells them.
            pub const NAMES: &'static [&'static str] = &[$(stringify!($name)),*];

            /// Their types, in the same order.
            pub(super) const TYPES: &'static [&'static str] = &[$(stringify!($type)),*];

            /// Fills what is absent here from `other`.
            #[must_use]
            pub fn or(self, other: Self) -> Self {
                Self { $($name: self.$name.or(other.$name),)* }
            }
        }
    };
}

settings! {
    /// Address to listen on; repeat it for several [default: port 8003 on 127.0.0.1 and ::1]
    #[arg(long, env = "ALIAS_LISTEN", value_delimiter = ',', value_name = "ADDRESS")]
    #[serde(default, deserialize_with = "one_or_many::<_, ','>")]
    listen: Vec<String>,
    /// File with the listener's certificate in PEM; with it, HTTPS is spoken
    #[arg(long, env = "ALIAS_TLS_CERT_FILE", value_name = "FILE")]
    tls_cert_file: PathBuf,
    /// File with the certificate's private key in PEM
    #[arg(long, env = "ALIAS_TLS_KEY_FILE", value_name = "FILE")]
    tls_key_file: PathBuf,
    /// Folder of the SQLite file and the usage spool [default: ./alias-data]
    #[arg(long, env = "ALIAS_DATA_DIR", value_name = "FOLDER")]
    data_dir: String,
    /// sqlite://FILE, or postgres://… for several replicas [default: aliases.db in the data folder]
    /// [env: ALIAS_DATABASE_URL]
    #[arg(long, value_name = "URL")]
    database_url: String,
    /// File that holds the database URL [env: ALIAS_DATABASE_URL_FILE]
    #[arg(long, value_name = "FILE")]
    database_url_file: PathBuf,
    /// Admin key, 32 characters or more; without one only this machine is served [env: ALIAS_ADMIN_KEY]
    #[arg(long, value_name = "KEY")]
    admin_key: String,
    /// File that holds the admin key [env: ALIAS_ADMIN_KEY_FILE]
    #[arg(long, value_name = "FILE")]
    admin_key_file: PathBuf,
    /// Address under which people reach this server, for single sign-on; begins with https
    #[arg(long, env = "ALIAS_PUBLIC_URL", value_name = "URL")]
    public_url: String,
    /// OpenID provider for single sign-on
    #[arg(long, env = "ALIAS_OIDC_ISSUER", value_name = "URL")]
    oidc_issuer: String,
    /// What this server is called at the provider
    #[arg(long, env = "ALIAS_OIDC_CLIENT_ID", value_name = "ID")]
    oidc_client_id: String,
    /// What this server proves itself with at the provider [env: ALIAS_OIDC_CLIENT_SECRET]
    #[arg(long, value_name = "SECRET")]
    oidc_client_secret: String,
    /// File that holds it [env: ALIAS_OIDC_CLIENT_SECRET_FILE]
    #[arg(long, value_name = "FILE")]
    oidc_client_secret_file: PathBuf,
    /// What is asked for besides openid [default: email,profile]
    #[arg(long, env = "ALIAS_OIDC_SCOPES", value_delimiter = ',', value_name = "SCOPE")]
    #[serde(default, deserialize_with = "one_or_many::<_, ','>")]
    oidc_scopes: Vec<String>,
    /// The claim that roles follow from [default: groups]
    #[arg(long, env = "ALIAS_OIDC_ROLES_CLAIM", value_name = "CLAIM")]
    oidc_roles_claim: String,
    /// What a value of the claim makes of somebody: value=role or value=role@organization; the first counts
    #[arg(long, env = "ALIAS_OIDC_ROLES", value_delimiter = ';', value_name = "VALUE=ROLE")]
    #[serde(default, deserialize_with = "one_or_many::<_, ';'>")]
    oidc_roles: Vec<String>,
    /// Domains of the e-mail addresses that may sign in [default: all]
    #[arg(long, env = "ALIAS_OIDC_EMAIL_DOMAINS", value_delimiter = ',', value_name = "DOMAIN")]
    #[serde(default, deserialize_with = "one_or_many::<_, ','>")]
    oidc_email_domains: Vec<String>,
    /// Whether the provider has to vouch for the e-mail address [default: true]
    #[arg(long, env = "ALIAS_OIDC_VERIFIED_EMAIL", num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    oidc_verified_email: bool,
    /// LiteLLM proxy, or anything OpenAI-compatible [default: http://localhost:8002]
    #[arg(long, env = "ALIAS_UPSTREAM_URL", value_name = "URL")]
    upstream_url: String,
    /// Key for the upstream [env: ALIAS_UPSTREAM_KEY]
    #[arg(long, value_name = "KEY")]
    upstream_key: String,
    /// File that holds the key for the upstream [env: ALIAS_UPSTREAM_KEY_FILE]
    #[arg(long, value_name = "FILE")]
    upstream_key_file: PathBuf,
    /// How long to wait for a connection to the upstream [default: 2s]
    #[arg(long, env = "ALIAS_UPSTREAM_CONNECT_TIMEOUT", value_name = "TIME")]
    upstream_connect_timeout: String,
    /// How long to wait for the upstream's first byte, of the 10 minutes that a whole answer has [default: 120s]
    #[arg(long, env = "ALIAS_UPSTREAM_FIRST_BYTE_TIMEOUT", value_name = "TIME")]
    upstream_first_byte_timeout: String,
    /// How long the upstream may be silent within an answer, which has 10 minutes in all [default: 60s]
    #[arg(long, env = "ALIAS_UPSTREAM_IDLE_TIMEOUT", value_name = "TIME")]
    upstream_idle_timeout: String,
    /// Host names to serve, besides the loopback ones [default: all with a key, loopback names without]
    #[arg(long, env = "ALIAS_ALLOWED_HOSTS", value_delimiter = ',', value_name = "HOST")]
    #[serde(default, deserialize_with = "one_or_many::<_, ','>")]
    allowed_hosts: Vec<String>,
    /// Body fields of calls to pass on, besides the documented ones
    #[arg(long, env = "ALIAS_EXTRA_FIELDS", value_delimiter = ',', value_name = "FIELD")]
    #[serde(default, deserialize_with = "one_or_many::<_, ','>")]
    extra_fields: Vec<String>,
    /// Answer for models that a team may not call as for unknown ones [default: false]
    #[arg(long, env = "ALIAS_HIDE_DENIED", num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    hide_denied: bool,
    /// Let webhooks go to this machine and into private networks, also without TLS [default: false]
    #[arg(long, env = "ALIAS_WEBHOOK_ALLOW_PRIVATE", num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    webhook_allow_private: bool,
    /// Tokens that answers are capped at where credit is held for them and nothing else caps them
    #[arg(long, env = "ALIAS_DEFAULT_MAX_OUTPUT_TOKENS", value_name = "TOKENS", value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    default_max_output_tokens: u64,
    /// How long a job may be silent before it ends by itself [default: 24h]
    #[arg(long, env = "ALIAS_JOB_TTL", value_name = "TIME")]
    job_ttl: String,
    /// How long calls are served without a word of the database, also from a snapshot at the start; those that need credit for an hour at most [default: 1h]
    #[arg(long, env = "ALIAS_SNAPSHOT_MAX_AGE", value_name = "TIME")]
    snapshot_max_age: String,
    /// Take no credit for a job that failed, although calls of it succeeded [default: true]
    #[arg(long, env = "ALIAS_FAILED_JOBS_WITH_CALLS_ARE_FREE", num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    failed_jobs_with_calls_are_free: bool,
    /// When a call counts as recorded: process (survives a kill) or power (survives a power cut) [default: process]
    #[arg(long, env = "ALIAS_USAGE_DURABILITY", value_name = "LEVEL")]
    usage_durability: String,
    /// Largest body of the admin API [default: 1MiB]
    #[arg(long, env = "ALIAS_MAX_BODY_ADMIN", value_name = "SIZE")]
    max_body_admin: String,
    /// Largest body of a call [default: 32MiB]
    #[arg(long, env = "ALIAS_MAX_BODY_CALL", value_name = "SIZE")]
    max_body_call: String,
    /// Memory for the large calls and answers that are held at a time, all together [default: 1GiB]
    #[arg(long, env = "ALIAS_MAX_BUFFERED", value_name = "SIZE")]
    max_buffered: String,
    /// Who issues the JSON Web Tokens that callers may present in place of a key (claim iss)
    #[arg(long, env = "ALIAS_JWT_ISSUER", value_name = "ISSUER")]
    jwt_issuer: String,
    /// Whom these tokens are for (claim aud); any of several
    #[arg(long, env = "ALIAS_JWT_AUDIENCE", value_delimiter = ',', value_name = "AUDIENCE")]
    #[serde(default, deserialize_with = "one_or_many::<_, ','>")]
    jwt_audience: Vec<String>,
    /// Address of the key set that verifies them
    #[arg(long, env = "ALIAS_JWT_KEYS_URL", value_name = "URL")]
    jwt_keys_url: String,
    /// File with a key set, or with a public key in PEM
    #[arg(long, env = "ALIAS_JWT_KEYS_FILE", value_name = "FILE")]
    jwt_keys_file: PathBuf,
    /// Secret that the issuer signs them with, where it has no public key [env: ALIAS_JWT_SECRET]
    #[arg(long, value_name = "SECRET")]
    jwt_secret: String,
    /// File that holds it [env: ALIAS_JWT_SECRET_FILE]
    #[arg(long, value_name = "FILE")]
    jwt_secret_file: PathBuf,
    /// Algorithms that they may be signed with [default: RS256,ES256,EdDSA, or HS256 with a secret]
    #[arg(long, env = "ALIAS_JWT_ALGORITHMS", value_delimiter = ',', value_name = "ALGORITHM")]
    #[serde(default, deserialize_with = "one_or_many::<_, ','>")]
    jwt_algorithms: Vec<String>,
    /// The claim that names the team: a name, or a JSON pointer that begins with / [default: team]
    #[arg(long, env = "ALIAS_JWT_TEAM_CLAIM", value_name = "CLAIM")]
    jwt_team_claim: String,
    /// The claim that names the models [default: none; all that the team may call]
    #[arg(long, env = "ALIAS_JWT_MODELS_CLAIM", value_name = "CLAIM")]
    jwt_models_claim: String,
    /// Most connections at once [default: 20000]
    #[arg(long, env = "ALIAS_MAX_CONNECTIONS", value_name = "COUNT")]
    max_connections: usize,
    /// Most connections at once from one address [default: half of all]
    #[arg(long, env = "ALIAS_MAX_CONNECTIONS_PER_ADDRESS", value_name = "COUNT")]
    max_connections_per_address: usize,
    /// Threads that serve requests [default: one a core]
    #[arg(long, env = "ALIAS_WORKERS", value_name = "COUNT")]
    workers: usize,
    /// Database connections of the admin API [default: 8]
    #[arg(long, env = "ALIAS_POOL_SIZE", value_name = "COUNT")]
    pool_size: u32,
    /// Do not run the database's migrations at the start: where some are pending, do not start [default: false]
    #[arg(long, env = "ALIAS_NO_MIGRATE", num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    no_migrate: bool,
    /// Try it out: a temporary store, a built-in mock provider, and a key to copy
    #[arg(long, env = "ALIAS_DEV", num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    dev: bool,
    /// Log filter, for example info or alias_server=debug [default: info]
    #[arg(long, env = "ALIAS_LOG", value_name = "FILTER")]
    log: String,
    /// Collector that spans of calls are sent to (OTLP over HTTP); without one, none are made
    #[arg(long, env = "ALIAS_OTLP_ENDPOINT", value_name = "URL")]
    otlp_endpoint: String,
    /// Of a hundred calls whose caller traces nothing, how many are traced [default: 100]
    #[arg(long, env = "ALIAS_TRACE_PERCENT", value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    trace_percent: u8,
    /// pretty or json [default: pretty on a terminal, json elsewhere]
    #[arg(long, env = "ALIAS_LOG_FORMAT", value_name = "FORMAT")]
    log_format: String,
}

/// A list, or a text of its entries with this between them, as flags and variables have it.
fn one_or_many<'de, D: Deserializer<'de>, const BETWEEN: char>(
    value: D,
) -> Result<Option<Vec<String>>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Said {
        One(String),
        Many(Vec<String>),
    }
    Ok(Some(match Said::deserialize(value)? {
        Said::One(text) => text.split(BETWEEN).map(|entry| entry.trim().to_owned()).collect(),
        Said::Many(texts) => texts,
    }))
}

/// Puts a variable's value into the settings.
type Set = fn(&mut Settings, String);

/// Secrets, which are not left to the flags' parser: a flag for the file must win over a variable for the value.
const SECRETS: [(&str, Set); 10] = [
    ("ALIAS_ADMIN_KEY", |s, v| s.admin_key = Some(v)),
    ("ALIAS_ADMIN_KEY_FILE", |s, v| s.admin_key_file = Some(v.into())),
    ("ALIAS_UPSTREAM_KEY", |s, v| s.upstream_key = Some(v)),
    ("ALIAS_UPSTREAM_KEY_FILE", |s, v| s.upstream_key_file = Some(v.into())),
    ("ALIAS_JWT_SECRET", |s, v| s.jwt_secret = Some(v)),
    ("ALIAS_JWT_SECRET_FILE", |s, v| s.jwt_secret_file = Some(v.into())),
    ("ALIAS_OIDC_CLIENT_SECRET", |s, v| s.oidc_client_secret = Some(v)),
    ("ALIAS_OIDC_CLIENT_SECRET_FILE", |s, v| s.oidc_client_secret_file = Some(v.into())),
    ("ALIAS_DATABASE_URL", |s, v| s.database_url = Some(v)),
    ("ALIAS_DATABASE_URL_FILE", |s, v| s.database_url_file = Some(v.into())),
];

/// Variables of the system that the user guide was written for, read where ours are absent.
const COMPATIBLE: [(&str, Set); 6] = [
    ("MASTER_KEY", |s, v| s.admin_key = Some(v)),
    ("DATABASE_URL", |s, v| s.database_url = Some(v)),
    ("LITELLM_PROXY_URL", |s, v| s.upstream_url = Some(v)),
    ("LITELLM_MASTER_KEY", |s, v| s.upstream_key = Some(v)),
    ("RUST_LOG", |s, v| s.log = Some(v)),
    ("OTEL_EXPORTER_OTLP_ENDPOINT", |s, v| s.otlp_endpoint = Some(v)),
];

/// An empty variable counts as absent, but for these: an empty admin key is refused, and never "off".
const NEVER_OFF: [&str; 2] = ["ALIAS_ADMIN_KEY", "MASTER_KEY"];

impl Settings {
    /// The settings that name a file, with its path.
    pub fn files(&self) -> Vec<(&'static str, PathBuf)> {
        let all = serde_json::to_value(self).unwrap_or_default();
        let named = Self::NAMES.iter().copied().filter(|name| name.ends_with("_file"));
        named.filter_map(|name| Some((name, PathBuf::from(all[name].as_str()?)))).collect()
    }

    /// The settings that differ from those of `other`, by name.
    pub fn changed_from(&self, other: &Self) -> Vec<&'static str> {
        let all = |of: &Self| serde_json::to_value(of).unwrap_or_default();
        let (here, there) = (all(self), all(other));
        Self::NAMES.iter().copied().filter(|name| here[*name] != there[*name]).collect()
    }

    fn from_variables(known: &[(&str, Set)], variable: &impl Fn(&str) -> Option<String>) -> Self {
        let mut settings = Self::default();
        for (name, set) in known {
            let value = variable(name).filter(|value| !value.is_empty() || NEVER_OFF.contains(name));
            if let Some(value) = value {
                set(&mut settings, value);
            }
        }
        settings
    }

    /// Fills what is absent here from a lesser source. A secret and the file that holds it are one setting: who
    /// gives either hides both.
    fn over(self, mut lesser: Self) -> Self {
        if self.admin_key.is_some() || self.admin_key_file.is_some() {
            (lesser.admin_key, lesser.admin_key_file) = (None, None);
        }
        if self.upstream_key.is_some() || self.upstream_key_file.is_some() {
            (lesser.upstream_key, lesser.upstream_key_file) = (None, None);
        }
        if self.database_url.is_some() || self.database_url_file.is_some() {
            (lesser.database_url, lesser.database_url_file) = (None, None);
        }
        if self.jwt_secret.is_some() || self.jwt_secret_file.is_some() {
            (lesser.jwt_secret, lesser.jwt_secret_file) = (None, None);
        }
        if self.oidc_client_secret.is_some() || self.oidc_client_secret_file.is_some() {
            (lesser.oidc_client_secret, lesser.oidc_client_secret_file) = (None, None);
        }
        self.or(lesser)
    }
}

/// Merges what a command says, its flags, environment, and the settings file at `path`.
///
/// # Errors
/// A file that cannot be read, or holds an unknown or mistyped setting.
pub(super) fn merged(
    own: Settings,
    flags: Settings,
    path: Option<&Path>,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Settings, ConfigError> {
    let Layers { own, flags, secrets, compatible, file } = layers(own, flags, path, variable)?;
    Ok(own.over(flags).over(secrets).over(compatible).over(file))
}

/// The sources of settings, the one that wins first.
#[derive(Debug)]
pub(super) struct Layers {
    /// Flags of the subcommand.
    pub(super) own: Settings,
    /// Flags of the server, and most variables.
    pub(super) flags: Settings,
    /// Variables that hold secrets.
    pub(super) secrets: Settings,
    /// Variables of the system that the user guide was written for.
    pub(super) compatible: Settings,
    /// The settings file.
    pub(super) file: Settings,
}

/// Reads every source.
///
/// # Errors
/// Those of [`merged`].
pub(super) fn layers(
    own: Settings,
    flags: Settings,
    path: Option<&Path>,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Layers, ConfigError> {
    let secrets = Settings::from_variables(&SECRETS, &variable);
    let compatible = Settings::from_variables(&COMPATIBLE, &variable);
    let file = file::read(path, &variable)?;
    Ok(Layers { own, flags, secrets, compatible, file })
}

#[cfg(test)]
mod tests {
    use super::super::commands::Command;
    use super::*;
    use clap::Parser;

    fn settings(args: &[&str], env: &[(&str, &str)]) -> Settings {
        let command = Command::try_parse_from([&["alias-server"], args].concat()).unwrap();
        let lookup = |name: &str| env.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned());
        command.settings(lookup).unwrap()
    }

    #[test]
    fn a_flag_wins_over_the_file_and_the_file_over_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("s.yaml");
        std::fs::write(
            &path,
            "listen: [127.0.0.1:9]\nworkers: 3\nupstream_key: ${SECRET}\nadmin_key: os.environ/ADMIN\n",
        )
        .unwrap();
        let env = [("SECRET", "s1"), ("ADMIN", "a1")];
        let merged = settings(&["--config", path.to_str().unwrap(), "--workers", "5"], &env);
        assert_eq!(merged.workers, Some(5));
        assert_eq!(merged.listen, Some(vec!["127.0.0.1:9".into()]));
        assert_eq!((merged.upstream_key.as_deref(), merged.admin_key.as_deref()), (Some("s1"), Some("a1")));
    }

    #[test]
    fn a_secret_of_a_better_source_hides_the_file_of_a_lesser_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("s.yaml");
        std::fs::write(&path, "admin_key_file: f\nupstream_key: u\ndatabase_url: postgres://u:${PW}@h/d\n")
            .unwrap();
        let env = [("ALIAS_ADMIN_KEY", "k"), ("ALIAS_UPSTREAM_KEY_FILE", "uf"), ("PW", "p")];
        let merged = settings(&["--config", path.to_str().unwrap()], &env);
        assert_eq!((merged.admin_key.as_deref(), merged.admin_key_file), (Some("k"), None));
        assert_eq!((merged.upstream_key, merged.upstream_key_file), (None, Some("uf".into())));
        assert_eq!(merged.database_url.as_deref(), Some("postgres://u:p@h/d"));
        let merged = settings(&["--admin-key-file", "g"], &[("ALIAS_ADMIN_KEY", "k")]);
        assert_eq!((merged.admin_key, merged.admin_key_file), (None, Some("g".into())));
    }

    #[test]
    fn an_empty_admin_key_is_kept_to_be_refused() {
        for name in ["ALIAS_ADMIN_KEY", "MASTER_KEY"] {
            assert_eq!(settings(&[], &[(name, "")]).admin_key.as_deref(), Some(""), "{name}");
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("s.yaml");
        std::fs::write(&path, "admin_key:\n").unwrap();
        let command = Command::try_parse_from(["alias-server", "--config", path.to_str().unwrap()]).unwrap();
        assert!(command.settings(|_| None).unwrap_err().to_string().contains("admin_key has no value"));
    }

    #[test]
    fn a_list_of_a_file_may_be_one_text_and_a_wrong_type_is_told_with_the_setting() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("s.yaml");
        let read = |text: &str| {
            std::fs::write(&path, text).unwrap();
            let line = ["alias-server", "--config", path.to_str().unwrap()];
            Command::try_parse_from(line).unwrap().settings(|_| None).map_err(|why| why.to_string())
        };
        assert_eq!(read("listen: 127.0.0.1:9\n").unwrap().listen, Some(vec!["127.0.0.1:9".into()]));
        let two = |a: &str, b: &str| Some(vec![a.to_owned(), b.to_owned()]);
        assert_eq!(
            read("allowed_hosts: a.example, b.example\n").unwrap().allowed_hosts,
            two("a.example", "b.example")
        );
        assert_eq!(
            read("oidc_roles: a,b=owner; c=viewer\n").unwrap().oidc_roles,
            two("a,b=owner", "c=viewer")
        );
        assert_eq!(read("workers: '3'\nno_migrate: 'true'\n").unwrap().workers, Some(3));
        let secret = read("admin_key: 424242424242\n").unwrap_err();
        assert!(
            secret.contains("the setting admin_key is not valid") && !secret.contains("4242"),
            "{secret}"
        );
        for (text, name) in [
            ("workers: many\n", "workers"),
            ("listen: {a: b}\n", "listen"),
            ("no_migrate: 3\n", "no_migrate"),
        ] {
            let why = read(text).unwrap_err();
            assert!(why.contains(&format!("the setting {name} is not valid")), "{why}");
        }
    }

    #[test]
    fn an_unknown_setting_is_refused_with_a_suggestion() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("s.yaml");
        std::fs::write(&path, "workerz: 3\n").unwrap();
        let command = Command::try_parse_from(["alias-server", "--config", path.to_str().unwrap()]).unwrap();
        let message = command.settings(|_| None).unwrap_err().to_string();
        assert!(message.contains("workerz") && message.contains("did you mean `workers`"), "{message}");
    }

    #[test]
    fn the_variables_of_older_set_ups_are_read() {
        let merged = settings(&[], &[("LITELLM_PROXY_URL", "http://l:1"), ("MASTER_KEY", "k")]);
        assert_eq!(
            (merged.upstream_url.as_deref(), merged.admin_key.as_deref()),
            (Some("http://l:1"), Some("k"))
        );
    }
}

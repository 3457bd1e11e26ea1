//! Where the server is and how to speak to it: a flag before a variable before a file before the default.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::SecretString;
use serde::Deserialize;

use crate::arguments::Global;
use crate::failure::Failure;
use crate::output::Format;
use crate::terminal::Color;

const DEFAULT_URL: &str = "http://localhost:8003";
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);
/// The settings that a file may have.
const NAMES: [&str; 5] = ["url", "admin_key_file", "output", "color", "timeout"];
/// What the file of a key or a password holds at most.
const MOST_SECRET: u64 = 4_096;

/// Everything that a command needs to know before it begins.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) url: String,
    pub(crate) admin_key: Option<SecretString>,
    pub(crate) output: Format,
    pub(crate) color: Color,
    pub(crate) patience: Duration,
}

/// A settings file.
#[derive(Debug, Default, Deserialize)]
struct Written {
    url: Option<String>,
    admin_key_file: Option<PathBuf>,
    output: Option<Format>,
    color: Option<Color>,
    timeout: Option<String>,
}

impl Settings {
    /// Merges what the command line says with the variables and the first settings file that is there.
    pub(crate) fn read(global: &Global, variable: impl Fn(&str) -> Option<String>) -> Result<Self, Failure> {
        let file = file(global.config.as_deref(), &variable)?;
        let url = global.url.clone().or_else(|| variable("ALIAS_URL")).or(file.url);
        let timeout = global.timeout.clone().or(file.timeout);
        Ok(Self {
            url: url.unwrap_or_else(|| DEFAULT_URL.to_owned()),
            admin_key: key_of(
                global.admin_key_file.as_deref(),
                "ALIAS_ADMIN_KEY",
                &variable,
                file.admin_key_file.as_deref(),
            )?,
            output: global.format().or(file.output).unwrap_or_default(),
            color: global.color.or(file.color).unwrap_or_default(),
            patience: match timeout.as_deref().map(duration).transpose() {
                Ok(time) => time.unwrap_or(DEFAULT_TIMEOUT),
                Err(why) => return Err(Failure::Usage(format!("timeout {why}"))),
            },
        })
    }
}

/// A length of time that is not nothing.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let parsed = humantime::parse_duration(text).ok().filter(|time| !time.is_zero());
    parsed.ok_or_else(|| format!("must be a time like 30s or 2m, not {text:?}"))
}

/// A key, from the file of a flag, from a variable, from the file that `<variable>_FILE` names, or from another file.
///
/// The key itself is never a flag: every process on the machine could read it there.
fn key_of(
    flag: Option<&Path>,
    name: &str,
    variable: impl Fn(&str) -> Option<String>,
    file: Option<&Path>,
) -> Result<Option<SecretString>, Failure> {
    if let Some(path) = flag {
        return key_in(path).map(Some);
    }
    if let Some(key) = variable(name) {
        return Ok(Some(key.into()));
    }
    let path = variable(&format!("{name}_FILE")).map(PathBuf::from);
    path.as_deref().or(file).map(key_in).transpose()
}

/// The same from the variables of this process.
pub(crate) fn secret(
    flag: Option<&Path>,
    name: &str,
    file: Option<&Path>,
) -> Result<Option<SecretString>, Failure> {
    key_of(flag, name, |name| std::env::var(name).ok().filter(|value| !value.is_empty()), file)
}

fn key_in(path: &Path) -> Result<SecretString, Failure> {
    secret_in(path, "key")
}

/// What a file holds, or what is typed where it is `-`, without the space around it.
pub(crate) fn secret_in(path: &Path, what: &str) -> Result<SecretString, Failure> {
    let mut text = String::new();
    let read = if path == Path::new("-") {
        std::io::stdin().take(MOST_SECRET).read_to_string(&mut text)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(MOST_SECRET).read_to_string(&mut text))
    };
    read.map_err(|why| Failure::Usage(format!("the {what} cannot be read from {}: {why}", path.display())))?;
    match text.trim() {
        "" => Err(Failure::Usage(format!("{} holds no {what}", path.display()))),
        secret => Ok(secret.into()),
    }
}

/// The file that was named, or the first that is there of the usual ones.
fn file(named: Option<&Path>, variable: &impl Fn(&str) -> Option<String>) -> Result<Written, Failure> {
    let named = named.map(Path::to_owned).or_else(|| variable("ALIASCTL_CONFIG").map(PathBuf::from));
    let home = variable("XDG_CONFIG_HOME").map(PathBuf::from);
    let home = home.or_else(|| variable("HOME").map(|home| Path::new(&home).join(".config")));
    let usual =
        home.into_iter().chain([PathBuf::from("/etc")]).map(|folder| folder.join("aliasctl/config.yaml"));
    match named.or_else(|| usual.into_iter().find(|path| path.is_file())) {
        Some(path) => {
            parsed(&path, variable).map_err(|why| Failure::Usage(format!("{}: {why}", path.display())))
        }
        None => Ok(Written::default()),
    }
}

fn parsed(path: &Path, variable: &impl Fn(&str) -> Option<String>) -> Result<Written, String> {
    let text = std::fs::read_to_string(path).map_err(|why| why.to_string())?;
    let mut value: serde_norway::Value = serde_norway::from_str(&text).map_err(|why| why.to_string())?;
    if value.is_null() {
        return Ok(Written::default());
    }
    let map = value.as_mapping().ok_or("must be a mapping of settings to values")?;
    for name in map.keys().map(|key| key.as_str().unwrap_or_default()) {
        if !NAMES.contains(&name) {
            let near = alias_core::name::nearest(name, NAMES);
            let hint = near.first().map(|near| format!(": did you mean `{near}`?")).unwrap_or_default();
            return Err(format!("there is no setting `{name}`{hint}"));
        }
    }
    alias_server::config::substitute(&mut value, variable)?;
    serde_norway::from_value(value).map_err(|why| why.to_string())
}

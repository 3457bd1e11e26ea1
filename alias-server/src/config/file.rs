//! The settings file: YAML, with values from the environment where it says so.

use std::path::{Path, PathBuf};

use serde_norway::Value;

use super::schema::Kind;
use super::{ConfigError, Settings};

/// The file that is read where none is named.
const DEFAULT: &str = "alias-server.yaml";

/// The file that is read, as it is told: the named one, or the one in this folder.
pub(super) fn told(named: Option<&Path>) -> String {
    named.map_or_else(|| format!("file {DEFAULT}"), |path| format!("file {}", path.display()))
}

/// Reads the named file, or the one in this folder where there is one.
pub(super) fn read(
    named: Option<&Path>,
    variable: &impl Fn(&str) -> Option<String>,
) -> Result<Settings, ConfigError> {
    let path = match named {
        Some(path) => path.to_owned(),
        None if Path::new(DEFAULT).exists() => PathBuf::from(DEFAULT),
        None => return Ok(Settings::default()),
    };
    let fail = |why: String| ConfigError::File { path: path.display().to_string(), why };
    let text = std::fs::read_to_string(&path).map_err(|why| fail(why.to_string()))?;
    let mut value: Value = serde_norway::from_str(&text).map_err(|why| fail(why.to_string()))?;
    if value.is_null() {
        return Ok(Settings::default());
    }
    check_settings(&value).map_err(fail)?;
    substitute(&mut value, variable).map_err(fail)?;
    settle_types(&mut value);
    serde_path_to_error::deserialize(value).map_err(|why| {
        // What was found is not told: it may be a secret, or stand in the wrong place.
        let name = why.path().to_string();
        let name = name.split(['.', '[']).next().unwrap_or_default();
        fail(format!("the setting {name} is not valid: it must be {}", Kind::of(name).expected()))
    })
}

fn check_settings(value: &Value) -> Result<(), String> {
    let map = value.as_mapping().ok_or("must be a mapping of settings to values")?;
    for (name, value) in map.iter().map(|(key, value)| (key.as_str().unwrap_or_default(), value)) {
        if !Settings::NAMES.contains(&name) {
            let near = alias_core::name::nearest(name, Settings::NAMES.iter().copied());
            let hint = near.first().map(|near| format!(": did you mean `{near}`?")).unwrap_or_default();
            return Err(format!("there is no setting `{name}`{hint}"));
        }
        // "Nothing" must not turn off what the line was meant to turn on.
        if value.is_null() {
            return Err(format!("the setting {name} has no value"));
        }
    }
    Ok(())
}

/// Numbers and truths that came as texts, from a variable or between quotes.
fn settle_types(value: &mut Value) {
    let Some(map) = value.as_mapping_mut() else { return };
    for (name, value) in map.iter_mut() {
        let is_text = Kind::of(name.as_str().unwrap_or_default()).is_text();
        let read = value.as_str().filter(|_| !is_text).and_then(|text| serde_norway::from_str(text).ok());
        if let Some(read @ (Value::Bool(_) | Value::Number(_))) = read {
            *value = read;
        }
    }
}

/// Replaces `os.environ/NAME` as a whole value, and `${NAME}` anywhere in one, by the variable's value.
///
/// # Errors
/// A variable that is not set, and a `${` that is not closed.
pub fn substitute(value: &mut Value, variable: &impl Fn(&str) -> Option<String>) -> Result<(), String> {
    let known =
        |name: &str| variable(name).ok_or_else(|| format!("the environment variable {name} is not set"));
    match value {
        Value::String(text) => {
            if let Some(name) = text.strip_prefix("os.environ/") {
                *text = known(name)?;
            }
            let mut done = 0;
            while let Some(start) = text.get(done..).and_then(|rest| rest.find("${")).map(|at| at + done) {
                let rest = text.get(start + 2..).unwrap_or_default();
                let name = rest.split_once('}').ok_or("a `${` is not closed")?.0.to_owned();
                let found = known(&name)?;
                text.replace_range(start..start + name.len() + 3, &found);
                done = start + found.len();
            }
        }
        Value::Sequence(items) => items.iter_mut().try_for_each(|item| substitute(item, variable))?,
        Value::Mapping(map) => map.values_mut().try_for_each(|item| substitute(item, variable))?,
        _ => {}
    }
    Ok(())
}

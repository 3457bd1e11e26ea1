//! What becomes of the parameters of a call: set where absent, set in any case, capped, or refused.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};

/// The most parameters with rules.
const MAX_RULES: usize = 32;
/// The longest value, in bytes of JSON.
const MAX_VALUE: usize = 4 << 10;
/// The longest name, in bytes.
const MAX_NAME: usize = 64;

/// What the service itself reads or writes: no rule may be about it.
const OWN: [&str; 11] = [
    "model",
    "stream",
    "stream_options",
    "messages",
    "input",
    "prompt",
    "metadata",
    "user",
    "background",
    "previous_response_id",
    "conversation",
];
/// What is counted before a call is sent, and the most that it may be: only whole numbers from 1 on will do.
const COUNTED: [(&str, u64); 5] = [
    ("n", 128),
    ("best_of", 128),
    ("max_tokens", u32::MAX as u64),
    ("max_completion_tokens", u32::MAX as u64),
    ("max_output_tokens", u32::MAX as u64),
];

/// What becomes of one parameter. Either `forbid`, or `override`, or `default` and bounds.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ParameterRule {
    /// What is sent where the call says nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Value>))]
    pub default: Option<Value>,
    /// What is sent whatever the call says.
    #[serde(default, rename = "override", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Value>))]
    pub overriding: Option<Value>,
    /// The least that is sent: a lower number is raised to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>))]
    pub min: Option<Number>,
    /// The most that is sent: a higher number is lowered to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>, example = 1))]
    pub max: Option<Number>,
    /// Calls that have it are refused.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub forbid: bool,
}

/// The rules of an alias, by the names of parameters.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct ParameterRules(pub BTreeMap<String, ParameterRule>);

impl ParameterRules {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The rule of a parameter.
    pub fn of(&self, name: &str) -> Option<&ParameterRule> {
        self.0.get(name)
    }

    /// What is wrong with them, if anything is.
    pub(super) fn fault(&self) -> Option<String> {
        if self.0.len() > MAX_RULES {
            return Some(format!("at most {MAX_RULES} parameters can have rules"));
        }
        self.0.iter().find_map(|(name, rule)| {
            let why = if is_name(name) {
                rule.fault().or_else(|| rule.miscounts(name))
            } else {
                Some(no_name(name))
            };
            why.map(|why| format!("{}: {why}", name.chars().take(MAX_NAME).collect::<String>()))
        })
    }
}

fn is_name(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    (1..=MAX_NAME).contains(&name.len()) && name.bytes().all(plain) && !OWN.contains(&name)
}

fn no_name(name: &str) -> String {
    if OWN.contains(&name) {
        "is the service's own to read and write: no rule can be about it".to_owned()
    } else {
        "is no name of a parameter: lower case letters, digits and `_`, at most 64".to_owned()
    }
}

impl ParameterRule {
    /// What is wrong with a rule about something that is counted.
    fn miscounts(&self, name: &str) -> Option<String> {
        let (_, most) = COUNTED.into_iter().find(|(counted, _)| *counted == name)?;
        let values = [&self.default, &self.overriding].into_iter().flatten().map(Value::as_u64);
        let bounds = [&self.min, &self.max].into_iter().flatten().map(Number::as_u64);
        let fits = |number: Option<u64>| number.is_some_and(|number| (1..=most).contains(&number));
        (!values.chain(bounds).all(fits)).then(|| format!("takes whole numbers from 1 to {most}"))
    }

    fn fault(&self) -> Option<String> {
        let bounded = self.min.is_some() || self.max.is_some();
        let said = [self.forbid, self.overriding.is_some(), self.default.is_some() || bounded];
        match said.iter().filter(|said| **said).count() {
            0 => return Some("say forbid, override, default, min or max".into()),
            1 => {}
            _ => return Some("forbid and override stand alone; default goes with min and max only".into()),
        }
        let size = |value: &Value| serde_json::to_string(value).map_or(usize::MAX, |text| text.len());
        let too_long = |value: &Option<Value>| value.as_ref().is_some_and(|value| size(value) > MAX_VALUE);
        if too_long(&self.default) || too_long(&self.overriding) {
            return Some(format!("a value has at most {MAX_VALUE} bytes of JSON"));
        }
        if [&self.default, &self.overriding].into_iter().flatten().any(Value::is_null) {
            return Some("null is no value: use forbid, or leave it out".into());
        }
        let default = self.default.as_ref();
        if bounded && default.is_some_and(|value| !value.as_number().is_some_and(|n| self.holds(n))) {
            return Some("default must be a number within min and max".into());
        }
        let crossed = self.min.as_ref().is_some_and(|min| !self.holds(min));
        crossed.then(|| "min must not be above max".into())
    }

    /// Whether a number is within the bounds.
    pub fn holds(&self, number: &Number) -> bool {
        self.bound_for(number).is_none()
    }

    /// The bound that is sent in the place of a number that is outside.
    pub fn bound_for(&self, number: &Number) -> Option<&Number> {
        let value = decimal(number);
        let above = |max: &&Number| value.is_none_or(|value| decimal(max).is_some_and(|max| value > max));
        let below = |min: &&Number| value.is_some_and(|value| decimal(min).is_some_and(|min| value < min));
        self.max.as_ref().filter(above).or_else(|| self.min.as_ref().filter(below))
    }
}

/// A number as it is written, so that nothing is rounded. One that is too large for that is above every bound.
fn decimal(number: &Number) -> Option<rust_decimal::Decimal> {
    let text = number.to_string();
    text.parse().or_else(|_| rust_decimal::Decimal::from_scientific(&text)).ok()
}

//! What an alias makes of the parameters of a call, before anything is counted or sent.

use alias_core::alias::{ParameterRule, ParameterRules};
use serde_json::value::RawValue;
use serde_json::{Number, Value};

use super::values::invalid;
use super::{CallBody, MAX_COUNT};
use crate::error::ApiError;
use crate::openai::fields::{self, Rule};

/// What became of a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// The call did not say it.
    Defaulted,
    /// The call said something else, or nothing.
    Overridden,
    /// The call said more, or less.
    Capped,
}

impl Effect {
    /// The word in the header that shows it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Defaulted => "default",
            Self::Overridden => "override",
            Self::Capped => "cap",
        }
    }
}

impl CallBody<'_> {
    /// Applies the rules of an alias. Parameters that the endpoint does not have are passed over. Returns what became of
    /// which parameter.
    ///
    /// # Errors
    /// 400 `invalid_value` for a parameter that is forbidden.
    pub fn apply(&mut self, rules: &ParameterRules, alias: &str) -> Result<Vec<(String, Effect)>, ApiError> {
        let mut effects = Vec::new();
        for (name, rule) in &rules.0 {
            let place = self.members.0.iter().position(|(known, _)| known == name);
            let reading = fields::rule(self.endpoint, name);
            if place.is_none() && reading.is_none() {
                continue;
            }
            let said = place.map(|place| self.sent(place).to_owned()).filter(|said| said != "null");
            if rule.forbid && said.is_some() {
                return Err(invalid(
                    name,
                    &format!("is not allowed in calls of model '{alias}': leave it out"),
                ));
            }
            if let Some((value, effect)) = outcome(rule, said.as_deref(), reading == Some(Rule::Tokens)) {
                self.set(name, place, value);
                effects.push((name.clone(), effect));
            }
        }
        if !effects.is_empty() {
            self.count_again();
        }
        Ok(effects)
    }

    /// What is sent of a field as things are.
    pub(super) fn sent(&self, place: usize) -> &str {
        let other = self.replaced.iter().find(|(replaced, _)| *replaced == place);
        let own = self.members.0.get(place).map_or("null", |(_, value)| value.get());
        other.map_or(own, |(_, other)| other)
    }

    fn set(&mut self, name: &str, place: Option<usize>, value: String) {
        let Some(place) = place else {
            self.added.push((name.to_owned(), value));
            return;
        };
        self.replaced.retain(|(replaced, _)| *replaced != place);
        self.replaced.push((place, value));
    }

    /// Reads again how long the answer may become, and how many there are.
    fn count_again(&mut self) {
        let (mut tokens, mut answers): (Option<u64>, u64) = (None, 1);
        let own = self.members.0.iter().enumerate().map(|(place, (name, _))| (&**name, self.sent(place)));
        let added = self.added.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        for (name, value) in own.chain(added) {
            let number = value.parse().ok();
            match fields::rule(self.endpoint, name) {
                Some(Rule::Tokens) => tokens = [tokens, number].into_iter().flatten().min(),
                Some(Rule::Count) => answers = answers.max(number.unwrap_or(1).min(MAX_COUNT)),
                _ => {}
            }
        }
        (self.max_output, self.answers) = (tokens, answers);
    }
}

/// What is sent in the place of what was said, if something is.
fn outcome(rule: &ParameterRule, said: Option<&str>, caps_answer: bool) -> Option<(String, Effect)> {
    if let Some(value) = &rule.overriding {
        let value = value.to_string();
        return (said != Some(&value)).then_some((value, Effect::Overridden));
    }
    let Some(said) = said else {
        if let Some(default) = &rule.default {
            return Some((default.to_string(), Effect::Defaulted));
        }
        // Nothing said is no bound at all.
        return rule.max.as_ref().filter(|_| caps_answer).map(|max| (max.to_string(), Effect::Capped));
    };
    let number: Number = serde_json::from_str(said).ok()?;
    rule.bound_for(&number).map(|bound| (bound.to_string(), Effect::Capped))
}

/// The text of a member, if it is one.
pub(super) fn text(value: &RawValue) -> Option<String> {
    match serde_json::from_str(value.get()).ok()? {
        Value::String(text) => Some(text),
        _ => None,
    }
}

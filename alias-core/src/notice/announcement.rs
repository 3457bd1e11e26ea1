//! The words of notices about aliases: that there is one, that another model stands behind it, or what becomes of it.

use std::fmt::Write as _;

use crate::alias::{AliasName, AliasSpec, AliasStatus, AtSunset, Deprecation};
use crate::clock::Timestamp;
use crate::model_ref::ModelRef;

/// A title and a text, in plain words and without a provider's name unless one is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announcement {
    /// One line.
    pub title: String,
    /// What to know, and what to do.
    pub text: String,
}

/// That calls of an alias go to another model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelSwitch {
    /// Where they went.
    pub from: ModelRef,
    /// Where they go.
    pub to: ModelRef,
    /// Since when, or from when on.
    pub at: Timestamp,
}

impl std::fmt::Display for Announcement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}\n\n{}", self.title, self.text)
    }
}

impl Announcement {
    /// That there is such a model. Its description, which may name a provider, is told where `names_models`.
    pub fn of_new(name: &AliasName, spec: &AliasSpec, names_models: bool) -> Self {
        let about = Some(&spec.description).filter(|about| names_models && !about.is_empty());
        let about = about.map_or_else(String::new, |about| format!("\n{about}\n"));
        let text = format!(
            "We've added {name} to your available models.\n{about}\n\
             To use it, simply specify: model=\"{name}\" in your API calls.\n"
        );
        Self { title: format!("New Model Available: {name}"), text }
    }

    /// That another model stands behind it, or will at a moment that is later than `now`. Which ones they are is told
    /// where `names_models`.
    pub fn of_switch(name: &AliasName, switch: &ModelSwitch, names_models: bool, now: Timestamp) -> Self {
        let ModelSwitch { from, to, at } = switch;
        let models = if names_models { format!(": {to} in the place of {from}") } else { String::new() };
        let when = if *at > now {
            format!("From {at} on, another model serves your calls of {name}{models}.")
        } else {
            format!("Since {at}, another model serves your calls of {name}{models}.")
        };
        let text = format!(
            "{when}\n\nYour code stays as it is: model=\"{name}\" works as before.\n\
             Answers may differ in style, length and speed: try what matters to you.\n"
        );
        Self { title: format!("Model Changed: {name}"), text }
    }

    /// What becomes of one that is deprecated, and what to use: its replacement, where that `may_be_known` to all who
    /// read it.
    pub fn of_deprecation(
        name: &AliasName,
        told: &Deprecation,
        status: AliasStatus,
        may_be_known: impl FnOnce(&AliasName) -> bool,
    ) -> Self {
        let end = told.sunset_at.map_or_else(String::new, |end| match told.at_sunset {
            AtSunset::Block => format!(" Until {end} your calls are served as before; from then on they are refused."),
            AtSunset::Redirect => format!(
                " Until {end} your calls are served as before; from then on the model in its place serves them."
            ),
            AtSunset::Keep => format!(" It will not be looked after from {end} on."),
        });
        let what = if status == AliasStatus::Sunset { "has reached its end" } else { "is being retired" };
        let mut text = format!("{name} {what}.{end}\n");
        if status != AliasStatus::Sunset && !told.brownouts.is_empty() {
            text.push_str("\nBefore, calls are refused for a while, so that nothing is overlooked:\n");
            for window in &told.brownouts {
                let _ = writeln!(text, "- {} to {}", window.starts_at, window.ends_at);
            }
        }
        if let Some(other) = told.replacement.as_ref().filter(|other| may_be_known(other)) {
            let _ =
                write!(text, "\nPlease use its replacement: specify model=\"{other}\" in your API calls.\n");
        }
        if let Some(message) = &told.message {
            let _ = write!(text, "\n{message}\n");
        }
        Self { title: format!("Model Deprecated: {name}"), text }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alias::AliasDraft;

    #[test]
    fn windows_in_which_calls_are_refused_are_told_until_the_end() {
        let draft = serde_json::json!({"alias": "old", "litellm_model": "openai/x", "deprecation": {
            "deprecated_at": "2026-10-01T00:00:00Z", "sunset_at": "2027-01-31T06:00:00Z",
            "brownouts": [{"starts_at": "2027-01-17T06:00:00Z", "ends_at": "2027-01-17T08:00:00Z"}]}});
        let new = serde_json::from_value::<AliasDraft>(draft).unwrap().parse().unwrap();
        let told = new.spec.routing.deprecation.unwrap();
        let before = Announcement::of_deprecation(&new.alias, &told, AliasStatus::Deprecated, |_| true).text;
        assert!(before.contains("- 2027-01-17T06:00:00Z to 2027-01-17T08:00:00Z\n"), "{before}");
        let after = Announcement::of_deprecation(&new.alias, &told, AliasStatus::Sunset, |_| true).text;
        assert!(!after.contains("2027-01-17"), "{after}");
    }

    #[test]
    fn a_switch_names_models_only_where_it_is_to() {
        let (name, now): (AliasName, Timestamp) =
            ("smart".parse().unwrap(), "2026-11-01T00:00:00Z".parse().unwrap());
        let switch = ModelSwitch {
            from: "openai/gpt-4".parse().unwrap(),
            to: "anthropic/claude-3-opus".parse().unwrap(),
            at: "2026-12-01T06:00:00Z".parse().unwrap(),
        };
        let quiet = Announcement::of_switch(&name, &switch, false, now);
        assert_eq!(quiet.title, "Model Changed: smart");
        assert!(
            quiet.text.starts_with("From 2026-12-01T06:00:00Z on, another model serves your calls of smart.")
        );
        assert!(quiet.text.contains("model=\"smart\" works as before"));
        assert!(!quiet.text.contains("openai") && !quiet.text.contains("anthropic"));
        let open = Announcement::of_switch(&name, &switch, true, switch.at);
        let line = "Since 2026-12-01T06:00:00Z, another model serves your calls of smart: \
                    anthropic/claude-3-opus in the place of openai/gpt-4.";
        assert!(open.text.starts_with(line), "{}", open.text);
    }
}

//! Who calls an alias: what is asked before it goes, and while it is on its way out.

use crate::clock::Timestamp;
use crate::notice::Announcement;
use crate::plan::Spend;

use super::{AliasName, AliasStatus, ModelAlias};

/// The most teams that are told of, those that called last.
pub const MAX_CALLERS: usize = 1_000;

/// A team that calls an alias, or has called it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AliasCaller {
    /// What the team is, or was, called.
    pub team_id: String,
    /// Its organization.
    pub organization_id: String,
    /// When its last call ended; `None` where it was only ever refused.
    pub last_used_at: Option<Timestamp>,
    /// What it spent today and on the 6 whole UTC days before.
    pub last_7_days: Spend,
    /// What it spent today and on the 29 whole UTC days before.
    pub last_30_days: Spend,
}

/// An alias, and who calls it.
#[derive(Debug, Clone, PartialEq)]
pub struct AliasCallers {
    /// The alias.
    pub alias: ModelAlias,
    /// The teams, the one that called last first, at most [`MAX_CALLERS`].
    pub teams: Vec<AliasCaller>,
    /// When this was so.
    pub at: Timestamp,
}

impl AliasCallers {
    /// The text to send to the teams: that there is such a model, or what becomes of it and what to do. Its replacement
    /// is named where that `may_be_known` to all of them.
    pub fn notification(&self, may_be_known: impl FnOnce(&AliasName) -> bool) -> String {
        let (name, spec) = (&self.alias.alias, &self.alias.spec);
        let status = AliasStatus::of(spec, self.at);
        let told = spec.routing.deprecation.as_ref().filter(|_| status != AliasStatus::Disabled);
        match told {
            Some(told) => Announcement::of_deprecation(name, told, status, may_be_known),
            None => Announcement::of_new(name, spec, false),
        }
        .to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alias::{AliasDraft, AliasId};
    use crate::testing::id;

    fn text(draft: serde_json::Value, replacement_is_known: bool) -> String {
        let draft: AliasDraft = serde_json::from_value(draft).unwrap();
        let new = draft.parse().unwrap();
        let at: Timestamp = "2026-11-01T00:00:00Z".parse().unwrap();
        let id: AliasId = id(1);
        let alias =
            ModelAlias { id, alias: new.alias, version: 1, spec: new.spec, created_at: at, updated_at: at };
        AliasCallers { alias, teams: Vec::new(), at }.notification(|_| replacement_is_known)
    }

    #[test]
    fn the_text_says_what_a_team_has_to_know_and_no_provider() {
        let new = text(
            serde_json::json!({"alias": "gpt-4o", "litellm_model": "openai/gpt-4o", "description": "Fast, by OpenAI."}),
            true,
        );
        assert_eq!(
            new,
            "New Model Available: gpt-4o\n\nWe've added gpt-4o to your available models.\n\n\
             To use it, simply specify: model=\"gpt-4o\" in your API calls.\n"
        );
        let end = "2027-01-31T06:00:00Z";
        let ending = serde_json::json!({"alias": "old", "litellm_model": "openai/x", "deprecation": {
            "deprecated_at": "2026-10-01T00:00:00Z", "sunset_at": end, "replacement": "smart", "message": "Prompts stay."}});
        let old = text(ending.clone(), true);
        assert_eq!(
            old,
            "Model Deprecated: old\n\nold is being retired. Until 2027-01-31T06:00:00Z your calls are served as before; \
             from then on they are refused.\n\nPlease use its replacement: specify model=\"smart\" in your API \
             calls.\n\nPrompts stay.\n"
        );
        let hidden = text(ending, false);
        assert!(!hidden.contains("smart") && hidden.contains("Prompts stay."), "{hidden}");
        assert!(!old.contains("openai") && !new.contains("openai"));
    }
}

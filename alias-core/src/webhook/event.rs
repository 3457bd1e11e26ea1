//! What webhooks can be told of.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use crate::name::nearest;

/// Something that happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventType {
    /// An alias was created.
    AliasCreated,
    /// An alias was changed.
    AliasUpdated,
    /// An alias is going to end.
    AliasDeprecated,
    /// The time of an alias is over soon.
    AliasSunsetApproaching,
    /// An alias refuses calls from now on.
    AliasDisabled,
    /// An alias was deleted.
    AliasDeleted,
    /// A canary of an alias broke its guardrails, and was taken out.
    AliasRolledBack,
    /// A team has few credits left.
    TeamLowCredits,
    /// A team has no credits left.
    TeamCreditsExhausted,
    /// A budget has little left in its window.
    BudgetLow,
    /// A budget has nothing left in its window.
    BudgetExhausted,
    /// Operators tell teams something.
    NoticePublished,
    /// Somebody wants to know whether a webhook works.
    WebhookTest,
}

impl EventType {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::AliasCreated,
        Self::AliasUpdated,
        Self::AliasDeprecated,
        Self::AliasSunsetApproaching,
        Self::AliasDisabled,
        Self::AliasDeleted,
        Self::AliasRolledBack,
        Self::TeamLowCredits,
        Self::TeamCreditsExhausted,
        Self::BudgetLow,
        Self::BudgetExhausted,
        Self::NoticePublished,
        Self::WebhookTest,
    ];

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AliasCreated => "alias.created",
            Self::AliasUpdated => "alias.updated",
            Self::AliasDeprecated => "alias.deprecated",
            Self::AliasSunsetApproaching => "alias.sunset_approaching",
            Self::AliasDisabled => "alias.disabled",
            Self::AliasDeleted => "alias.deleted",
            Self::AliasRolledBack => "alias.rolled_back",
            Self::TeamLowCredits => "team.low_credits",
            Self::TeamCreditsExhausted => "team.credits_exhausted",
            Self::BudgetLow => "budget.low",
            Self::BudgetExhausted => "budget.exhausted",
            Self::NoticePublished => "notice.published",
            Self::WebhookTest => "webhook.test",
        }
    }
}

impl fmt::Display for EventType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for EventType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// A word that no event has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no such event; the events are {}", words().join(", "))]
pub struct UnknownEvent {
    /// The event that was probably meant.
    pub near: Option<&'static str>,
}

fn words() -> [&'static str; 13] {
    EventType::ALL.map(EventType::as_str)
}

/// The event whose word is near, or has the same last part, or the same first one.
fn near(text: &str) -> Option<&'static str> {
    let text = text.to_ascii_lowercase().replace(['_', ':', '/'], ".");
    let plain = |word: &str| word.replace('_', ".");
    let close = nearest(&text, words()).first().copied();
    let close = close.and_then(|near| words().into_iter().find(|word| *word == near));
    let (first, last) = text.split_once('.').unwrap_or((&text, &text));
    let ends =
        |word: &&&str| plain(word).split_once('.').is_some_and(|(_, end)| !last.is_empty() && end == last);
    let begins = |word: &&&str| word.split_once('.').is_some_and(|(start, _)| start == first);
    close
        .or_else(|| words().iter().find(|word| plain(word) == text).copied())
        .or_else(|| words().iter().find(ends).copied())
        .or_else(|| words().iter().find(begins).copied())
}

impl FromStr for EventType {
    type Err = UnknownEvent;

    fn from_str(text: &str) -> Result<Self, UnknownEvent> {
        let known = Self::ALL.into_iter().find(|event| event.as_str() == text);
        known.ok_or_else(|| UnknownEvent { near: near(text) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_event_is_refused_and_the_near_one_told() {
        for event in EventType::ALL {
            assert_eq!(event.as_str().parse(), Ok(event));
        }
        let near = |text: &str| text.parse::<EventType>().unwrap_err().near;
        assert_eq!(near("alias.update"), Some("alias.updated"));
        assert_eq!(near("Alias.Created"), Some("alias.created"));
        assert_eq!(near("team_low_credits"), Some("team.low_credits"));
        assert_eq!(near("model.deleted"), Some("alias.deleted"));
        assert_eq!(near("team.anything_else"), Some("team.low_credits"));
        assert_eq!(near(""), None);
        assert_eq!(near("*"), None);
    }
}

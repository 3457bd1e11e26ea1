//! Webhooks as somebody writes them down: unchecked, and checked.

use serde::Deserialize;
use validator::{Validate, ValidationError, ValidationErrors};

use super::{EventType, WebhookUrl};
use crate::team::TeamId;
use crate::validation::{self, error, parsed, parses};

/// A new webhook, unchecked.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct WebhookDraft {
    /// The team whose events it is told of; absent, it is told of everybody's.
    #[validate(custom(function = parses::<TeamId>))]
    #[cfg_attr(feature = "openapi", schema(example = "newclient-prod"))]
    pub team_id: Option<String>,
    /// Where events are sent: an https address of the public network.
    #[serde(default)]
    #[validate(custom(function = parses::<WebhookUrl>))]
    #[cfg_attr(
        feature = "openapi",
        schema(required, max_length = 2048, example = "https://hooks.newclient.example/aliases")
    )]
    pub webhook_url: String,
    /// The events that it is told of.
    #[serde(default)]
    #[validate(custom(function = some_events))]
    #[cfg_attr(feature = "openapi", schema(required, example = json!(["alias.updated", "team.low_credits"])))]
    pub events: Vec<String>,
    /// What it is for, up to 2,000 characters.
    #[validate(custom(function = validation::description))]
    pub description: Option<String>,
}

/// A checked new webhook.
#[derive(Debug, Clone, PartialEq)]
pub struct NewWebhook {
    /// The team whose events it is told of.
    pub team_id: Option<TeamId>,
    /// Where events are sent.
    pub webhook_url: WebhookUrl,
    /// The events that it is told of.
    pub events: Vec<EventType>,
    /// What it is for.
    pub description: String,
}

impl WebhookDraft {
    /// Checks every field.
    ///
    /// # Errors
    /// One entry for each wrong field, all at once.
    pub fn parse(self) -> Result<NewWebhook, ValidationErrors> {
        self.validate()?;
        Ok(NewWebhook {
            team_id: self.team_id.map(|id| parsed("team_id", &id)).transpose()?,
            webhook_url: parsed("webhook_url", &self.webhook_url)?,
            events: all_events(&self.events)?,
            description: self.description.unwrap_or_default(),
        })
    }
}

/// A change of a webhook, unchecked. An absent field is kept.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct WebhookEdit {
    /// Where events are sent from now on, those that wait included.
    #[serde(default, deserialize_with = "validation::given")]
    #[validate(custom(function = parses::<WebhookUrl>))]
    #[cfg_attr(
        feature = "openapi",
        schema(nullable = false, max_length = 2048, example = "https://hooks.newclient.example/v2")
    )]
    pub webhook_url: Option<String>,
    /// The events from now on, all of them.
    #[serde(default, deserialize_with = "validation::given")]
    #[validate(custom(function = some_events))]
    #[cfg_attr(feature = "openapi", schema(nullable = false, example = json!(["alias.updated"])))]
    pub events: Option<Vec<String>>,
    /// What it is for.
    #[serde(default, deserialize_with = "validation::present")]
    #[validate(custom(function = validation::description))]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub description: Option<Option<String>>,
    /// Whether anything is sent. Switched off, what waits is given up.
    #[serde(default, deserialize_with = "validation::given")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, example = true))]
    pub active: Option<bool>,
}

/// A checked change of a webhook: `None` keeps.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct WebhookChange {
    /// New address.
    pub webhook_url: Option<WebhookUrl>,
    /// New events, all of them.
    pub events: Option<Vec<EventType>>,
    /// New description.
    pub description: Option<String>,
    /// New state.
    pub active: Option<bool>,
}

impl WebhookEdit {
    /// Checks every field that is present.
    ///
    /// # Errors
    /// One entry for each wrong field, all at once.
    pub fn parse(self) -> Result<WebhookChange, ValidationErrors> {
        self.validate()?;
        Ok(WebhookChange {
            webhook_url: self.webhook_url.map(|url| parsed("webhook_url", &url)).transpose()?,
            events: self.events.as_deref().map(all_events).transpose()?,
            description: self.description.map(Option::unwrap_or_default),
            active: self.active,
        })
    }
}

fn all_events(words: &[String]) -> Result<Vec<EventType>, ValidationErrors> {
    let mut events =
        words.iter().map(|word| parsed("events", word)).collect::<Result<Vec<EventType>, _>>()?;
    events.sort_unstable();
    events.dedup();
    Ok(events)
}

/// One event or more, each of which there is.
fn some_events(words: &[String]) -> Result<(), ValidationError> {
    if words.is_empty() {
        let all = EventType::ALL.map(EventType::as_str).join(", ");
        return Err(error("missing_field", format!("events is required: a list of one or more of {all}")));
    }
    if words.len() > 64 {
        return Err(error("invalid_value", "at most 64 events at once"));
    }
    let Some((word, why)) = words.iter().find_map(|word| Some((word, word.parse::<EventType>().err()?)))
    else {
        return Ok(());
    };
    let word: String = word.chars().take(64).collect();
    let meant = why.near.map(|near| format!("did you mean {near:?}? ")).unwrap_or_default();
    let mut fault = error("unknown_event", format!("{word:?}: {meant}{why}"));
    if let Some(near) = why.near {
        fault.add_param("suggestion".into(), &near);
    }
    Err(fault)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(json: &str) -> Result<NewWebhook, ValidationErrors> {
        serde_json::from_str::<WebhookDraft>(json).unwrap().parse()
    }

    #[test]
    fn every_wrong_field_is_told_and_an_unknown_event_with_what_was_meant() {
        let report =
            draft(r#"{"webhook_url": "x", "events": ["alias.updated", "alias.delete"]}"#).unwrap_err();
        let fields = report.field_errors();
        assert_eq!(fields["webhook_url"][0].code, "invalid_format");
        assert_eq!(fields["events"][0].params["suggestion"], "alias.deleted");
        let report = draft("{}").unwrap_err();
        assert_eq!(report.field_errors().len(), 2);
        assert!(report.field_errors().values().all(|errors| errors[0].code == "missing_field"));
    }

    #[test]
    fn events_stand_once() {
        let new = draft(
            r#"{"webhook_url": "https://a.example", "events": ["team.low_credits", "alias.created", "team.low_credits"]}"#,
        );
        assert_eq!(new.unwrap().events, [EventType::AliasCreated, EventType::TeamLowCredits]);
    }
}

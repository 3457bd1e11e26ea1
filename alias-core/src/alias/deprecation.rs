//! The end of an alias: since when it is deprecated, when calls of it are not served any more, and what takes its place.

use super::{AliasName, AliasSpec};
use crate::clock::Timestamp;
use crate::validation;
use serde::{Deserialize, Deserializer, Serialize};

/// How often a call is passed on at most, from an alias whose time is over to what takes its place.
pub const MAX_HOPS: usize = 8;

/// How many days before the sunset webhooks are reminded of it.
pub const REMINDER_DAYS: [u32; 3] = [30, 7, 1];

/// The most windows of one alias in which its calls are refused before the sunset.
pub const MAX_BROWNOUTS: usize = 16;
/// How long such a window is at most, in hours.
pub const MAX_BROWNOUT_HOURS: i64 = 24;

/// A window before the sunset in which calls are refused as if it had come, so that who still calls finds out in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Brownout {
    /// From when on, in whole seconds.
    #[serde(deserialize_with = "second")]
    #[cfg_attr(feature = "openapi", schema(example = "2027-01-17T06:00:00Z"))]
    pub starts_at: Timestamp,
    /// Until when, in whole seconds; up to 24 hours later.
    #[serde(deserialize_with = "second")]
    #[cfg_attr(feature = "openapi", schema(example = "2027-01-17T08:00:00Z"))]
    pub ends_at: Timestamp,
}

/// What becomes of calls once the sunset has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AtSunset {
    /// They are refused, and the refusal names the replacement.
    #[default]
    Block,
    /// They go where calls of the replacement go then; whoever was granted the alias stays so.
    Redirect,
    /// They are served as before.
    Keep,
}

impl AtSunset {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Block => "block",
            Self::Redirect => "redirect",
            Self::Keep => "keep",
        }
    }
}

/// That an alias is on its way out. A part of its version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Deprecation {
    /// Since when, or from when on. In whole seconds, as all answers show times.
    #[serde(deserialize_with = "second")]
    pub deprecated_at: Timestamp,
    /// When its time is over, in whole seconds; never by itself where absent.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "second_or_none")]
    #[cfg_attr(feature = "openapi", schema(example = "2027-01-31T06:00:00Z"))]
    pub sunset_at: Option<Timestamp>,
    /// The alias to use in its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "smart"))]
    pub replacement: Option<AliasName>,
    /// What callers are told besides, in one line of up to 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(max_length = 200, example = "Prompts need no change."))]
    pub message: Option<String>,
    /// What becomes of calls from `sunset_at` on; `block` where absent.
    #[serde(default)]
    pub at_sunset: AtSunset,
    /// Windows before the sunset in which calls are refused, up to 16, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(max_items = 16))]
    pub brownouts: Vec<Brownout>,
}

fn second<'de, D: Deserializer<'de>>(from: D) -> Result<Timestamp, D::Error> {
    Timestamp::deserialize(from).map(Timestamp::second)
}

fn second_or_none<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Timestamp>, D::Error> {
    Ok(Option::<Timestamp>::deserialize(from)?.map(Timestamp::second))
}

impl Deprecation {
    /// When calls cease to be served as before: `None` where they never do by themselves.
    pub fn ends_at(&self) -> Option<Timestamp> {
        self.sunset_at.filter(|_| self.at_sunset != AtSunset::Keep)
    }

    /// When webhooks are still to be reminded of the sunset, and how many days before it that is.
    pub fn reminders(&self, now: Timestamp) -> impl Iterator<Item = (u32, Timestamp)> {
        let end = self.sunset_at;
        let before = move |days: u32| {
            let at = end?.utc().checked_sub_signed(chrono::Duration::days(days.into()))?;
            Some((days, Timestamp::from(at)))
        };
        REMINDER_DAYS.into_iter().filter_map(before).filter(move |(_, at)| *at > now)
    }

    /// What is wrong with it for an alias of this name, if something is.
    pub(super) fn fault(&self, name: &AliasName) -> Option<String> {
        let itself = |other: &AliasName| other.folded() == name.folded();
        if self.replacement.as_ref().is_some_and(itself) {
            return Some("replacement must be another alias than this one".into());
        }
        if self.replacement.as_ref().is_some_and(AliasName::has_open_end) {
            return Some(
                "replacement must be an alias of its own, and not one of all names that begin so".into(),
            );
        }
        if self.sunset_at.is_some_and(|sunset| sunset <= self.deprecated_at) {
            return Some("sunset_at must be later than deprecated_at".into());
        }
        if self.at_sunset == AtSunset::Redirect && (self.sunset_at.is_none() || self.replacement.is_none()) {
            return Some("at_sunset `redirect` needs sunset_at and replacement".into());
        }
        if let Some(why) = self.brownouts_fault() {
            return Some(why);
        }
        let why = self.message.as_deref().map(validation::label)?.err()?;
        Some(format!("message {}", why.message.unwrap_or_default()))
    }

    /// What is wrong with the windows in which calls are refused, if something is.
    fn brownouts_fault(&self) -> Option<String> {
        if self.brownouts.is_empty() {
            return None;
        }
        if self.brownouts.len() > MAX_BROWNOUTS {
            return Some(format!("brownouts must be at most {MAX_BROWNOUTS} windows"));
        }
        let Some(sunset) = self.sunset_at else {
            return Some("brownouts need sunset_at: they tell of an end that is known".into());
        };
        let mut free = self.deprecated_at;
        for (place, Brownout { starts_at, ends_at }) in self.brownouts.iter().enumerate() {
            let wrong = |why: &str| Some(format!("brownouts[{place}] {why}"));
            if ends_at <= starts_at {
                return wrong("must end later than it starts");
            }
            if ends_at.utc() - starts_at.utc() > chrono::Duration::hours(MAX_BROWNOUT_HOURS) {
                return wrong("must last at most 24 hours");
            }
            if *starts_at < self.deprecated_at || *ends_at > sunset {
                return wrong("must lie between deprecated_at and sunset_at");
            }
            if *starts_at < free {
                return wrong("must start after the one before it has ended");
            }
            free = *ends_at;
        }
        None
    }
}

/// How an alias stands at some time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AliasStatus {
    /// Calls are served.
    Active,
    /// Calls are refused until it is enabled.
    Disabled,
    /// Calls are served, and told to go elsewhere.
    Deprecated,
    /// Its time is over: calls are refused, or go where the replacement goes.
    Sunset,
}

impl AliasStatus {
    /// How an alias that says this stands at `now`.
    pub fn of(spec: &AliasSpec, now: Timestamp) -> Self {
        let deprecation = spec.routing.deprecation.as_ref();
        match deprecation {
            _ if !spec.active => Self::Disabled,
            Some(told) if told.ends_at().is_some_and(|end| end <= now) => Self::Sunset,
            Some(told) if told.deprecated_at <= now => Self::Deprecated,
            _ => Self::Active,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::AliasStatus::{Active, Deprecated, Disabled, Sunset};
    use super::*;
    use crate::alias::AliasDraft;

    fn draft(deprecation: Value) -> Result<AliasSpec, String> {
        let draft = json!({"alias": "gpt-4", "litellm_model": "openai/gpt-4", "deprecation": deprecation});
        let draft: AliasDraft = serde_json::from_value(draft).map_err(|why| why.to_string())?;
        draft.parse().map(|new| new.spec).map_err(|report| report.to_string())
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    /// A deprecation of one month with these windows.
    fn brownouts(windows: Value) -> Value {
        let windows = windows.as_array().unwrap().iter();
        let windows = windows.map(|window| json!({"starts_at": window[0], "ends_at": window[1]}));
        json!({"deprecated_at": "2024-10-01T00:00:00Z", "sunset_at": "2024-11-01T00:00:00Z",
            "brownouts": windows.collect::<Vec<_>>()})
    }

    #[test]
    fn windows_in_their_order_are_taken_up_to_the_sunset() {
        let spec = draft(brownouts(json!([
            ["2024-10-01T00:00:00Z", "2024-10-02T00:00:00Z"],
            ["2024-10-02T00:00:00Z", "2024-10-02T01:00:00Z"],
            ["2024-10-31T12:00:00Z", "2024-11-01T00:00:00Z"],
        ])));
        let told = spec.unwrap().routing.deprecation.unwrap();
        assert_eq!(told.brownouts.len(), 3);
        // What says nothing of them is written as it was before there were any.
        let quiet = Deprecation { brownouts: Vec::new(), ..told };
        assert!(serde_json::to_value(&quiet).unwrap().get("brownouts").is_none());
    }

    #[test]
    fn the_status_follows_the_clock() {
        let spec = |at_sunset: &str| {
            draft(json!({"deprecated_at": "2024-10-01T00:00:00Z", "sunset_at": "2024-11-01T00:00:00Z",
                "replacement": "smart", "at_sunset": at_sunset}))
            .unwrap()
        };
        let then = |spec: &AliasSpec| {
            ["2024-09-30T23:59:59Z", "2024-10-01T00:00:00Z", "2024-10-31T23:59:59Z", "2024-11-01T00:00:00Z"]
                .map(|time| AliasStatus::of(spec, at(time)))
        };
        for ends in ["block", "redirect"] {
            assert_eq!(then(&spec(ends)), [Active, Deprecated, Deprecated, Sunset]);
        }
        assert_eq!(then(&spec("keep")), [Active, Deprecated, Deprecated, Deprecated]);
        assert_eq!(then(&AliasSpec { active: false, ..spec("block") }), [Disabled; 4]);
    }

    #[test]
    fn reminders_are_those_that_are_yet_to_come() {
        let spec =
            draft(json!({"deprecated_at": "2024-10-01T00:00:00Z", "sunset_at": "2024-11-01T00:00:00Z"}));
        let told = spec.unwrap().routing.deprecation.unwrap();
        let days = |now: &str| told.reminders(at(now)).map(|(days, _)| days).collect::<Vec<_>>();
        assert_eq!(days("2024-10-01T00:00:00Z"), [30, 7, 1]);
        assert_eq!(days("2024-10-02T00:00:00Z"), [7, 1]);
        assert_eq!(days("2024-10-31T23:59:59Z"), [0_u32; 0]);
        let last = told.reminders(at("2024-10-30T00:00:00Z")).next().unwrap();
        assert_eq!(last, (1, at("2024-10-31T00:00:00Z")));
        assert_eq!(Deprecation { sunset_at: None, ..told }.reminders(at("2024-10-01T00:00:00Z")).count(), 0);
    }

    #[test]
    fn what_does_not_go_together_is_refused() {
        let since = "2024-10-01T00:00:00Z";
        for (wrong, why) in [
            (json!({"deprecated_at": since, "sunset_at": since}), "sunset_at must be later"),
            (json!({"deprecated_at": since, "replacement": "GPT-4"}), "another alias"),
            (json!({"deprecated_at": since, "replacement": "claude-"}), "an alias of its own"),
            (json!({"deprecated_at": since, "replacement": "a b"}), "letters, digits"),
            (json!({"deprecated_at": since, "at_sunset": "redirect"}), "needs sunset_at"),
            (json!({"deprecated_at": since, "message": "a\nb"}), "control character"),
            (json!({"deprecated_at": since, "message": "x".repeat(201)}), "at most 200"),
            (json!({"sunset_at": since}), "deprecated_at"),
            (brownouts(json!([["2024-10-02T00:00:00Z", "2024-10-02T00:00:00Z"]])), "[0] must end later"),
            (
                brownouts(json!([["2024-10-02T00:00:00Z", "2024-10-03T00:00:01Z"]])),
                "[0] must last at most 24",
            ),
            (brownouts(json!([["2024-09-30T23:00:00Z", "2024-10-01T01:00:00Z"]])), "[0] must lie between"),
            (brownouts(json!([["2024-10-31T23:00:00Z", "2024-11-01T00:00:01Z"]])), "[0] must lie between"),
            (
                brownouts(json!([
                    ["2024-10-02T00:00:00Z", "2024-10-02T02:00:00Z"],
                    ["2024-10-02T01:00:00Z", "2024-10-02T03:00:00Z"],
                ])),
                "[1] must start after",
            ),
            (
                brownouts(Value::Array(vec![json!(["2024-10-02T00:00:00Z", "2024-10-02T01:00:00Z"]); 17])),
                "at most 16",
            ),
            (
                json!({"deprecated_at": since, "brownouts": [{"starts_at": since, "ends_at": "2024-10-01T01:00:00Z"}]}),
                "need sunset_at",
            ),
            (json!({"deprecated_at": since, "at_sunset": "explode"}), "explode"),
        ] {
            let error = draft(wrong.clone()).unwrap_err();
            assert!(error.contains(why), "{wrong}: {error}");
        }
        assert!(draft(json!({"deprecated_at": since})).is_ok());
    }
}

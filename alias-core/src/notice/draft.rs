//! Notices as somebody writes them down: unchecked, and checked.

use serde::Deserialize;
use validator::{Validate, ValidationErrors};

use super::{Announcement, Audience, Notice, NoticeKind};
use crate::alias::AliasName;
use crate::clock::Timestamp;
use crate::organization::OrganizationId;
use crate::team::TeamId;
use crate::validation::{self, all_parsed, clean, error, names, parsed, parses};

/// A new notice, unchecked.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NoticeDraft {
    /// `general` (where absent), or what it is about: `new_model`, `switch` or `deprecation` of an alias.
    #[validate(custom(function = parses::<NoticeKind>))]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<NoticeKind>, example = "deprecation"))]
    pub kind: Option<String>,
    /// The alias that it is about.
    #[validate(custom(function = parses::<AliasName>))]
    #[cfg_attr(feature = "openapi", schema(example = "gpt-4"))]
    pub alias: Option<String>,
    /// Its first line, up to 200 characters; made from the alias where absent.
    #[validate(custom(function = validation::required_label))]
    #[cfg_attr(feature = "openapi", schema(max_length = 200, example = "Maintenance on Sunday"))]
    pub title: Option<String>,
    /// What it says, in plain text of up to 8,000 characters; made from the alias where absent.
    #[validate(custom(function = required_text))]
    #[cfg_attr(
        feature = "openapi",
        schema(max_length = 8000, example = "Calls may take longer from 6 to 8 UTC.")
    )]
    pub text: Option<String>,
    /// Whom it is for: `everyone`; `holders` of the alias, who may call it; `callers` of it in the last 30 days;
    /// `named`, which is what `team_ids` and `organization_ids` say.
    #[cfg_attr(feature = "openapi", schema(example = "callers"))]
    pub audience: Option<String>,
    /// These teams.
    #[validate(custom(function = names::<TeamId>))]
    #[cfg_attr(feature = "openapi", schema(example = json!(["acme-prod"])))]
    pub team_ids: Option<Vec<String>>,
    /// All teams of these organizations.
    #[validate(custom(function = names::<OrganizationId>))]
    #[cfg_attr(feature = "openapi", schema(example = json!(["org_acme"])))]
    pub organization_ids: Option<Vec<String>>,
    /// Whether the text of a `switch` says which models they are, and that of a `new_model` the alias's description;
    /// false where absent.
    pub name_models: Option<bool>,
    /// Until when teams are shown it; always where absent.
    #[cfg_attr(feature = "openapi", schema(example = "2099-01-31T06:00:00Z"))]
    pub expires_at: Option<Timestamp>,
}

/// A checked notice, of which the words may be missing that follow from its alias.
#[derive(Debug, Clone, PartialEq)]
pub struct NoticeWanted {
    /// What it is about.
    pub kind: NoticeKind,
    /// The alias that it is about: there is one where words are missing, and where the audience is its own.
    pub alias: Option<AliasName>,
    /// Whether the text may name models and providers.
    pub names_models: bool,
    title: Option<String>,
    text: Option<String>,
    audience: Audience,
    expires_at: Option<Timestamp>,
}

/// A checked new notice.
#[derive(Debug, Clone, PartialEq)]
pub struct NewNotice {
    /// What it is about.
    pub kind: NoticeKind,
    /// The alias that it is about.
    pub alias: Option<AliasName>,
    /// Its first line.
    pub title: String,
    /// What it says.
    pub text: String,
    /// Whom it is for.
    pub audience: Audience,
    /// Until when teams are shown it.
    pub expires_at: Option<Timestamp>,
}

impl NoticeDraft {
    /// Checks every field at the time `now`.
    ///
    /// # Errors
    /// One entry for each wrong field, all at once.
    pub fn parse(self, now: Timestamp) -> Result<NoticeWanted, ValidationErrors> {
        let mut report = self.validate().err().unwrap_or_default();
        let kind = self.kind.as_deref().and_then(|kind| kind.parse().ok()).unwrap_or_default();
        let wants_words = self.title.is_none() || self.text.is_none();
        match kind {
            NoticeKind::General => {
                for (field, given) in [("title", self.title.is_some()), ("text", self.text.is_some())] {
                    if !given {
                        let why = format!(
                            "{field} is required; with a kind and an alias it can be made from these"
                        );
                        report.add(field, error("missing_field", why));
                    }
                }
            }
            _ if self.alias.is_none() && wants_words => {
                let why = "alias is required: the words are made from it";
                report.add("alias", error("missing_field", why));
            }
            _ => {}
        }
        if self.name_models == Some(true) && !matches!(kind, NoticeKind::Switch | NoticeKind::NewModel) {
            let why = "name_models is of the kinds `switch` and `new_model`: leave it out";
            report.add("name_models", error("invalid_value", why));
        }
        expiry(self.expires_at, now, &mut report);
        let word = self.audience.as_deref();
        let lists = (self.team_ids.as_deref(), self.organization_ids.as_deref());
        let audience = audience(word, lists, self.alias.is_some(), &mut report);
        clean(report)?;
        let Some(audience) = audience else { return Err(ValidationErrors::new()) };
        Ok(NoticeWanted {
            kind,
            alias: self.alias.map(|name| parsed("alias", &name)).transpose()?,
            names_models: self.name_models.unwrap_or_default(),
            title: self.title,
            text: self.text,
            audience,
            expires_at: self.expires_at.map(Timestamp::second),
        })
    }
}

impl NoticeWanted {
    /// Whether words are missing.
    pub fn wants_words(&self) -> bool {
        self.title.is_none() || self.text.is_none()
    }

    /// The notice, with these words where it has none of its own.
    pub fn said(self, made: Option<Announcement>) -> NewNotice {
        let (title, text) = made.map(|made| (made.title, made.text)).unwrap_or_default();
        let Self { kind, alias, audience, expires_at, .. } = self;
        let (title, text) = (self.title.unwrap_or(title), self.text.unwrap_or(text));
        NewNotice { kind, alias, title, text, audience, expires_at }
    }
}

/// A change of a notice, unchecked. An absent field is kept. What it is about stays what it is.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NoticeEdit {
    /// Its first line.
    #[serde(default, deserialize_with = "validation::given")]
    #[validate(custom(function = validation::required_label))]
    #[cfg_attr(feature = "openapi", schema(nullable = false, max_length = 200))]
    pub title: Option<String>,
    /// What it says.
    #[serde(default, deserialize_with = "validation::given")]
    #[validate(custom(function = required_text))]
    #[cfg_attr(feature = "openapi", schema(nullable = false, max_length = 8000))]
    pub text: Option<String>,
    /// Whom it is for.
    #[serde(default, deserialize_with = "validation::given")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, example = "everyone"))]
    pub audience: Option<String>,
    /// These teams, all of them; `organization_ids` stays.
    #[serde(default, deserialize_with = "validation::or_empty")]
    #[validate(custom(function = names::<TeamId>))]
    pub team_ids: Option<Vec<String>>,
    /// All teams of these organizations, all of them; `team_ids` stays.
    #[serde(default, deserialize_with = "validation::or_empty")]
    #[validate(custom(function = names::<OrganizationId>))]
    pub organization_ids: Option<Vec<String>>,
    /// Until when teams are shown it; null for always.
    #[serde(default, deserialize_with = "validation::present")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Timestamp>))]
    pub expires_at: Option<Option<Timestamp>>,
}

/// A checked change of a notice: `None` keeps.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NoticeChange {
    /// New first line.
    pub title: Option<String>,
    /// New text.
    pub text: Option<String>,
    /// Whom it is for from now on.
    pub audience: Option<AudienceChange>,
    /// Until when it is shown.
    pub expires_at: Option<Option<Timestamp>>,
}

/// Whom a notice is for from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AudienceChange {
    /// All of these, whomever it was for.
    To(Audience),
    /// Those that are named: a list that is `None` stays as it was.
    Named {
        /// By id.
        teams: Option<Vec<TeamId>>,
        /// By id.
        organizations: Option<Vec<OrganizationId>>,
    },
}

impl AudienceChange {
    /// Whom the notice is for by this change.
    ///
    /// # Errors
    /// `audience`, where nobody would be named any more.
    pub fn of(self, before: &Notice) -> Result<Audience, ValidationErrors> {
        let (teams, organizations) = match self {
            Self::To(audience) => return Ok(audience),
            Self::Named { teams, organizations } => (
                teams.unwrap_or_else(|| before.team_ids.clone()),
                organizations.unwrap_or_else(|| before.organization_ids.clone()),
            ),
        };
        if teams.is_empty() && organizations.is_empty() {
            let mut report = ValidationErrors::new();
            let why = "audience would be nobody: name team_ids or organization_ids, or say everyone";
            report.add("audience", error("missing_field", why));
            return Err(report);
        }
        Ok(Audience::Named { teams, organizations })
    }
}

impl NoticeEdit {
    /// Checks every field that is present, for a notice about an alias or about none.
    ///
    /// # Errors
    /// One entry for each wrong field, all at once.
    pub fn parse(self, has_alias: bool, now: Timestamp) -> Result<NoticeChange, ValidationErrors> {
        let mut report = self.validate().err().unwrap_or_default();
        expiry(self.expires_at.flatten(), now, &mut report);
        let lists = (self.team_ids.as_deref(), self.organization_ids.as_deref());
        let says = self.audience.is_some() || lists != (None, None);
        let audience =
            says.then(|| new_audience(self.audience.as_deref(), lists, has_alias, &mut report)).flatten();
        clean(report)?;
        Ok(NoticeChange {
            title: self.title,
            text: self.text,
            audience,
            expires_at: self.expires_at.map(|at| at.map(Timestamp::second)),
        })
    }
}

fn expiry(at: Option<Timestamp>, now: Timestamp, report: &mut ValidationErrors) {
    if at.is_some_and(|at| at <= now) {
        let why = "expires_at has passed: name a moment that is yet to come, or leave it out";
        report.add("expires_at", error("invalid_value", why));
    }
}

/// Whom a notice is for, by a word, by lists, or by both where they agree.
fn audience(
    word: Option<&str>,
    (teams, organizations): (Option<&[String]>, Option<&[String]>),
    has_alias: bool,
    report: &mut ValidationErrors,
) -> Option<Audience> {
    let (teams, organizations) = (teams.unwrap_or_default(), organizations.unwrap_or_default());
    let named = !teams.is_empty() || !organizations.is_empty();
    let (code, why) = match word {
        Some("named") | None if named => {
            let named = all_parsed("team_ids", teams)
                .and_then(|teams| Ok((teams, all_parsed("organization_ids", organizations)?)));
            // What is wrong with a name is in the report already.
            let (teams, organizations) = named.ok()?;
            return Some(Audience::Named { teams, organizations });
        }
        Some("everyone" | "holders" | "callers") if named => (
            "invalid_value",
            "audience must be `named` where team_ids or organization_ids say whom it is for",
        ),
        Some("everyone") => return Some(Audience::Everyone),
        Some("holders" | "callers") if !has_alias => {
            ("invalid_value", "audience `holders` and `callers` are of an alias: name one")
        }
        Some("holders") => return Some(Audience::Holders),
        Some("callers") => return Some(Audience::Callers),
        Some("named") => ("missing_field", "audience `named` needs team_ids or organization_ids"),
        None => (
            "missing_field",
            "audience is required: everyone, holders, callers, or team_ids or organization_ids",
        ),
        Some(_) => ("invalid_value", "audience must be one of everyone, holders, callers, named"),
    };
    report.add("audience", error(code, why));
    None
}

/// Whom a notice is for from now on: lists that are absent are filled from what it names.
fn new_audience(
    word: Option<&str>,
    lists: (Option<&[String]>, Option<&[String]>),
    has_alias: bool,
    report: &mut ValidationErrors,
) -> Option<AudienceChange> {
    if !matches!(word, None | Some("named")) {
        return audience(word, lists, has_alias, report).map(AudienceChange::To);
    }
    // What is wrong with a name is in the report already.
    Some(AudienceChange::Named {
        teams: lists.0.map(|teams| all_parsed("team_ids", teams)).transpose().ok()?,
        organizations: lists.1.map(|all| all_parsed("organization_ids", all)).transpose().ok()?,
    })
}

fn required_text(text: &str) -> Result<(), validator::ValidationError> {
    if text.trim().is_empty() {
        return Err(error("missing_field", "a text of at least one character is required"));
    }
    validation::long_text(text, super::MAX_TEXT)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn draft(fields: Value) -> Result<NoticeWanted, String> {
        let draft: NoticeDraft = serde_json::from_value(fields).map_err(|why| why.to_string())?;
        draft.parse("2026-11-01T00:00:00Z".parse().unwrap()).map_err(|report| report.to_string())
    }

    #[test]
    fn what_does_not_go_together_is_refused_with_the_way_out() {
        let said = json!({"title": "a", "text": "b"});
        let with = |more: Value| {
            let mut all = said.clone();
            all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            all
        };
        for (wrong, why) in [
            (with(json!({})), "audience is required"),
            (with(json!({"audience": "all"})), "one of everyone"),
            (with(json!({"audience": "named"})), "needs team_ids"),
            (with(json!({"audience": "everyone", "team_ids": ["a"]})), "must be `named`"),
            (with(json!({"audience": "callers"})), "are of an alias"),
            (with(json!({"audience": "everyone", "name_models": true})), "kinds `switch`"),
            (with(json!({"audience": "everyone", "expires_at": "2026-10-31T00:00:00Z"})), "has passed"),
            (with(json!({"audience": "everyone", "text": "x".repeat(8_001)})), "at most 8000"),
            (with(json!({"team_ids": ["a b"]})), "letters, digits"),
            (json!({"audience": "everyone"}), "title is required"),
            (json!({"audience": "everyone", "kind": "switch"}), "made from it"),
            (json!({"audience": "everyone", "kind": "party", "title": "a", "text": "b"}), "one of general"),
        ] {
            let error = draft(wrong.clone()).unwrap_err();
            assert!(error.contains(why), "{wrong}: {error}");
        }
    }

    #[test]
    fn lists_alone_name_whom_it_is_for_and_words_of_ones_own_stay() {
        let wanted =
            draft(json!({"kind": "deprecation", "alias": "old", "title": "Mine", "team_ids": ["a", "a"]}))
                .unwrap();
        assert!(wanted.wants_words());
        let made = Announcement { title: "Made".into(), text: "Made, too".into() };
        let notice = wanted.said(Some(made));
        assert_eq!((notice.title.as_str(), notice.text.as_str()), ("Mine", "Made, too"));
        let teams = vec!["a".parse().unwrap()];
        assert_eq!(notice.audience, Audience::Named { teams, organizations: Vec::new() });
    }
}

//! Budgets as somebody writes them down: unchecked, and checked.

use std::fmt::Display;
use std::str::FromStr;

use serde::Deserialize;
use serde_json::Number;
use validator::{Validate, ValidationError, ValidationErrors};

use super::{BudgetWindow, Scope, SpendLimit};
use crate::calendar::TimeZone;
use crate::credits::LimitMode;
use crate::validation::{self, clean, error, within};

/// A new budget, unchecked.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BudgetDraft {
    /// What it is of: exactly one of these names.
    #[cfg_attr(feature = "openapi", schema(required, nullable = false))]
    pub scope: Option<ScopeDraft>,
    /// The most that may be spent in one window, in USD of what clients are charged: up to 10⁹ with up to 6 decimals.
    #[cfg_attr(feature = "openapi", schema(value_type = f64, required, example = 100))]
    pub limit_usd: Option<Number>,
    /// `hard_limit` (where absent): refuse. `soft_limit`: go on, and tell by webhook.
    #[cfg_attr(feature = "openapi", schema(example = "hard_limit"))]
    pub limit_mode: Option<String>,
    /// Over what time it is summed; a lifetime where absent.
    pub window: Option<WindowDraft>,
    /// What it is for, up to 2,000 characters.
    #[validate(custom(function = validation::description))]
    pub description: Option<String>,
}

/// What a budget is of, unchecked: exactly one.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ScopeDraft {
    /// All calls of this organization's teams.
    #[cfg_attr(feature = "openapi", schema(example = "org_newclient"))]
    pub organization_id: Option<String>,
    /// All calls of this team.
    pub team_id: Option<String>,
    /// All calls with this key.
    pub key_id: Option<String>,
    /// All calls of this alias.
    pub alias: Option<String>,
    /// All calls of aliases with this tag.
    pub tag: Option<String>,
}

/// Over what time a budget is summed, unchecked.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct WindowDraft {
    /// `lifetime`, `rolling` or `calendar`.
    #[serde(rename = "type")]
    #[cfg_attr(feature = "openapi", schema(required, nullable = false, example = "calendar"))]
    pub kind: Option<String>,
    /// Only with `rolling`: how long, from `1h` to `366d`.
    pub duration: Option<String>,
    /// Only with `calendar`: `day`, `week` (from Monday), `month` or `year`.
    #[cfg_attr(feature = "openapi", schema(example = "month"))]
    pub period: Option<String>,
    /// Only with `calendar`: the time zone that it begins in; UTC where absent.
    #[cfg_attr(feature = "openapi", schema(example = "Europe/Berlin"))]
    pub time_zone: Option<String>,
}

/// A checked new budget.
#[derive(Debug, Clone, PartialEq)]
pub struct NewBudget {
    /// What it is of.
    pub scope: Scope,
    /// The most that may be spent in one window.
    pub limit_usd: SpendLimit,
    /// What happens at the limit.
    pub limit_mode: LimitMode,
    /// Over what time it is summed.
    pub window: BudgetWindow,
    /// What it is for.
    pub description: String,
}

impl BudgetDraft {
    /// Checks every field.
    ///
    /// # Errors
    /// One entry for each wrong field, all at once.
    pub fn parse(self) -> Result<NewBudget, ValidationErrors> {
        let mut report = self.validate().err().unwrap_or_default();
        let scope = noted(&mut report, "scope", self.scope.unwrap_or_default().parse());
        let limit_usd = noted(&mut report, "limit_usd", limit(self.limit_usd.as_ref()));
        let limit_mode = noted(&mut report, "limit_mode", mode(self.limit_mode.as_deref()));
        let window = self.window.map_or(Ok(BudgetWindow::Lifetime), WindowDraft::parse);
        let window = noted(&mut report, "window", window);
        clean(report)?;
        let (Some(scope), Some(limit_usd), Some(limit_mode), Some(window)) =
            (scope, limit_usd, limit_mode, window)
        else {
            // What is missing is in the report.
            return Err(ValidationErrors::new());
        };
        Ok(NewBudget {
            scope,
            limit_usd,
            limit_mode,
            window,
            description: self.description.unwrap_or_default(),
        })
    }
}

/// A change of a budget, unchecked. An absent field is kept. What it is of, and its window, stay what they are.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BudgetEdit {
    /// The most that may be spent in one window.
    #[serde(default, deserialize_with = "validation::given")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<f64>, nullable = false, example = 250))]
    pub limit_usd: Option<Number>,
    /// `hard_limit` or `soft_limit`.
    #[serde(default, deserialize_with = "validation::given")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, example = "soft_limit"))]
    pub limit_mode: Option<String>,
    /// What it is for.
    #[serde(default, deserialize_with = "validation::present")]
    #[validate(custom(function = validation::description))]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub description: Option<Option<String>>,
}

/// A checked change of a budget: `None` keeps.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct BudgetChange {
    /// New limit.
    pub limit_usd: Option<SpendLimit>,
    /// New mode.
    pub limit_mode: Option<LimitMode>,
    /// New description.
    pub description: Option<String>,
}

impl BudgetEdit {
    /// Checks every field that is present.
    ///
    /// # Errors
    /// One entry for each wrong field, all at once.
    pub fn parse(self) -> Result<BudgetChange, ValidationErrors> {
        let mut report = self.validate().err().unwrap_or_default();
        let new_limit = self.limit_usd.map(|sent| limit(Some(&sent)));
        let new_mode = self.limit_mode.map(|sent| mode(Some(&sent)));
        let change = BudgetChange {
            limit_usd: new_limit.and_then(|limit| noted(&mut report, "limit_usd", limit)),
            limit_mode: new_mode.and_then(|mode| noted(&mut report, "limit_mode", mode)),
            description: self.description.map(Option::unwrap_or_default),
        };
        clean(report).map(|()| change)
    }
}

/// The value of a field, or a note of what is wrong with it.
fn noted<T>(
    report: &mut ValidationErrors,
    field: &'static str,
    value: Result<T, ValidationError>,
) -> Option<T> {
    value.map_err(|why| report.add(field, why)).ok()
}

fn limit(sent: Option<&Number>) -> Result<SpendLimit, ValidationError> {
    let sent = sent.ok_or_else(|| error("missing_field", "limit_usd is required: USD, for example 100"))?;
    sent.to_string().parse().map_err(|why| wrong("limit_usd", &why))
}

fn mode(sent: Option<&str>) -> Result<LimitMode, ValidationError> {
    match sent.map(str::parse) {
        None => Ok(LimitMode::HardLimit),
        Some(Ok(mode @ (LimitMode::HardLimit | LimitMode::SoftLimit))) => Ok(mode),
        Some(_) => Err(error("invalid_value", "must be hard_limit or soft_limit")),
    }
}

fn wrong(name: &str, why: &impl Display) -> ValidationError {
    error("invalid_value", format!("{name} {why}"))
}

fn member<T: FromStr<Err: Display>>(name: &str, text: &str) -> Result<T, ValidationError> {
    text.parse().map_err(|why| within(name, wrong(name, &why)))
}

impl ScopeDraft {
    fn parse(self) -> Result<Scope, ValidationError> {
        let Self { organization_id, team_id, key_id, alias, tag } = self;
        let given = [&organization_id, &team_id, &key_id, &alias, &tag];
        if given.iter().filter(|name| name.is_some()).count() != 1 {
            let code =
                if given.iter().any(|name| name.is_some()) { "invalid_value" } else { "missing_field" };
            return Err(error(
                code,
                "scope needs exactly one of organization_id, team_id, key_id, alias, tag",
            ));
        }
        if let Some(id) = organization_id {
            return member("organization_id", &id).map(Scope::OrganizationId);
        }
        if let Some(id) = team_id {
            return member("team_id", &id).map(Scope::TeamId);
        }
        if let Some(id) = key_id {
            return member("key_id", &id).map(Scope::KeyId);
        }
        if let Some(name) = alias {
            return member("alias", &name).map(Scope::Alias);
        }
        let tag = tag.unwrap_or_default();
        validation::tags(std::slice::from_ref(&tag)).map_err(|why| within("tag", why))?;
        Ok(Scope::Tag(tag))
    }
}

impl WindowDraft {
    fn parse(self) -> Result<BudgetWindow, ValidationError> {
        let Self { kind, duration, period, time_zone } = self;
        let foreign = |name: &'static str, given: bool, of: &str| {
            let fault =
                || within(name, error("invalid_value", format!("{name} goes with type \"{of}\" only")));
            if given { Err(fault()) } else { Ok(()) }
        };
        let missing = |name: &'static str, what: &str| {
            within(name, error("missing_field", format!("{name} is required: {what}")))
        };
        match kind.as_deref() {
            Some("calendar") => {
                foreign("duration", duration.is_some(), "rolling")?;
                let period = period.ok_or_else(|| missing("period", "day, week, month or year"))?;
                let time_zone = time_zone.map(|zone| member("time_zone", &zone)).transpose()?;
                Ok(BudgetWindow::Calendar {
                    period: member("period", &period)?,
                    time_zone: time_zone.unwrap_or(TimeZone::UTC),
                })
            }
            Some(kind @ ("lifetime" | "rolling")) => {
                foreign("period", period.is_some(), "calendar")?;
                foreign("time_zone", time_zone.is_some(), "calendar")?;
                if kind == "lifetime" {
                    foreign("duration", duration.is_some(), "rolling")?;
                    return Ok(BudgetWindow::Lifetime);
                }
                let duration = duration.ok_or_else(|| missing("duration", "for example 24h or 30d"))?;
                Ok(BudgetWindow::Rolling { duration: member("duration", &duration)? })
            }
            Some(_) => {
                Err(within("type", error("invalid_value", "type must be lifetime, rolling or calendar")))
            }
            None => {
                Err(within("type", error("missing_field", "type is required: lifetime, rolling or calendar")))
            }
        }
    }
}

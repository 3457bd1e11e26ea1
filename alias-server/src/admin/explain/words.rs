//! What each check found, in a sentence.

use std::fmt::Write as _;

use alias_core::alias::Deprecation;
use alias_core::catalog::CatalogAlias;
use alias_core::clock::Timestamp;
use alias_core::group::GroupName;
use alias_router::{Check, Denied, Effect, Explanation, NamedGroup, Removed, RoutingTable, Step};

use crate::openai::probe::Barrier;

/// What there is to tell.
#[derive(Clone, Copy)]
pub(super) struct Told<'a> {
    pub(super) explanation: &'a Explanation,
    /// The present state, where it is of that.
    pub(super) table: Option<&'a RoutingTable>,
    /// The model as it was asked for; `None` where the team's default counts.
    pub(super) model: Option<&'a str>,
    /// The time that it is of.
    pub(super) at: Timestamp,
    /// Whether the reader may know what he may not call.
    pub(super) whole: bool,
    /// Whether a key or token is concerned, and not only a team.
    pub(super) of_key: bool,
}

impl Told<'_> {
    /// The name of the alias, or the one asked for.
    pub(super) fn name(&self) -> String {
        let alias = self.explanation.alias().map(|alias| alias.alias.to_string());
        alias.or_else(|| self.model.map(str::to_owned)).unwrap_or_default()
    }

    /// What comes of mending it with a group, where it is of the present state.
    pub(super) fn effect(&self, group: &GroupName) -> Option<Effect> {
        self.table.map(|table| table.effect(self.explanation, group))
    }

    /// Whether the target may be shown.
    pub(super) fn shows_target(&self) -> bool {
        self.whole || !self.explanation.via_groups.is_empty()
    }

    /// Where calls of the alias go: this one, where it is served.
    pub(super) fn target(&self, alias: &CatalogAlias) -> String {
        let decided = self.explanation.decision.as_ref().ok();
        decided.map_or(&alias.litellm_model, |decision| decision.target()).to_string()
    }

    /// What a check found.
    pub(super) fn sentence(&self, step: &Step) -> String {
        let (told, name) = (self.explanation, self.name());
        let key = told.caller().id();
        match (step.check, &step.refusal) {
            (Check::Key, None) => format!("The key {key} works."),
            (Check::Key, Some(_)) => {
                format!("{key} does not work: it has expired, was revoked, or its team is gone.")
            }
            (Check::Network, None) => "The key is for requests from this network.".into(),
            (Check::Network, Some(_)) => "The key is not for requests from this network.".into(),
            (Check::Team, refusal) => self.of_team(refusal.as_ref()),
            (Check::Endpoint, None) => "The key is for this endpoint.".into(),
            (Check::Endpoint, Some(Denied::EndpointNotAllowed { entrance })) => {
                format!("The key is not for {}.", entrance.as_str())
            }
            (Check::Model, None) => self.of_model(),
            (Check::Model, Some(refusal)) => self.of_no_model(refusal),
            (Check::Access, None) => format!("{name} is granted by {}.", list(&told.via_groups)),
            (Check::Access, Some(_)) => self.of_no_access(),
            (Check::Scope, None) => format!("The key is for {name}."),
            (Check::Scope, Some(_)) => format!("The key is limited to other models than {name}."),
            (Check::Active, None) => self.of_service() + &self.of_canary(),
            (Check::Active, Some(Denied::ModelSunset { since, .. })) => {
                format!("{name} is deprecated, and is not served since {since}.")
            }
            (Check::Active, Some(Denied::ModelBrownout { until, sunset_at, .. })) => {
                let end = sunset_at.map(|end| format!(", and its time is over at {end}")).unwrap_or_default();
                format!("{name} refuses calls until {until}: it is deprecated{end}.")
            }
            (Check::Active, Some(_)) => self.of_no_service(),
            _ => "Refused.".into(),
        }
    }

    fn of_service(&self) -> String {
        let (name, decided) = (self.name(), self.explanation.decision.as_ref().ok());
        let elsewhere = decided.filter(|decision| decision.serving().id != decision.alias().id);
        let told = self.explanation.alias().and_then(CatalogAlias::deprecation);
        match (elsewhere, told) {
            (Some(decision), told) => {
                let (called, serving) = (decision.alias(), &decision.serving().alias);
                let over = told.and_then(Deprecation::ends_at).is_some_and(|end| end <= self.at);
                match called.litellm_model.alias().filter(|_| !over) {
                    Some(next) if serving.folded() == next.to_ascii_lowercase() => {
                        format!("{name} leads on to {serving}: its calls go where those of {serving} go.")
                    }
                    Some(next) => {
                        format!(
                            "{name} leads on to {next}, and its calls go where those of {serving} go in the end."
                        )
                    }
                    None => format!("The time of {name} is over: its calls go where those of {serving} go."),
                }
            }
            (None, Some(told)) => {
                let mut said = format!("{name} is active, and deprecated since {}", told.deprecated_at);
                if let Some(end) = told.ends_at() {
                    let _ = write!(said, "; its time is over at {end}");
                }
                if let Some(other) = &told.replacement {
                    let _ = write!(said, "; {other} is to be used in its place");
                }
                said.push('.');
                said
            }
            (None, None) => format!("{name} is active."),
        }
    }

    /// That this caller is one of those who try a target out.
    fn of_canary(&self) -> String {
        let decided = self.explanation.decision.as_ref().ok().filter(|_| self.shows_target());
        let arm = decided.and_then(|decision| Some((decision.arm()?.1, decision.rules()?.canary()?.0)));
        match arm {
            Some((target, canary)) if target == canary => {
                format!(" This caller is one of those who try {target} out, which has guardrails.")
            }
            _ => String::new(),
        }
    }

    fn of_no_service(&self) -> String {
        let (name, alias) = (self.name(), self.explanation.alias());
        let leads_on = alias.is_some_and(|alias| alias.active && alias.litellm_model.alias().is_some());
        match self.explanation.end().map(|end| (&end.alias, end.active, end.litellm_model.alias())) {
            Some((end, false, _)) => {
                format!("{name} leads on to {end}, which is disabled: it serves no calls.")
            }
            Some((end, true, Some(next))) => {
                format!("{name} gets to {end}, and that one leads on to {next}, which is not there.")
            }
            Some((end, true, None)) => format!("{name} leads on to {end}, which serves no calls at present."),
            None if leads_on => format!("{name} serves no calls at present."),
            None => format!("{name} is disabled: it serves no calls."),
        }
    }

    fn of_team(&self, refusal: Option<&Denied>) -> String {
        let (team, organization) = (self.explanation.team_id(), self.explanation.organization_id());
        match refusal {
            None => format!("Team {team} of organization {organization} exists and is active."),
            Some(Denied::TeamSuspended { by_organization: true }) => {
                format!("Organization {organization}, which team {team} belongs to, is suspended.")
            }
            Some(Denied::TeamPaused { until }) => {
                let until = until.map(|end| format!(" until {end}")).unwrap_or_default();
                format!("Team {team}, or its organization {organization}, is paused{until}.")
            }
            Some(_) => format!("Team {team} is suspended."),
        }
    }

    fn of_model(&self) -> String {
        let Some(alias) = self.explanation.alias() else { return String::new() };
        let mut said = format!("Alias {} exists", alias.alias);
        if self.shows_target() {
            let _ = write!(said, " and points to {} (version {})", self.target(alias), alias.version);
        }
        if self.model.is_none() {
            let _ = write!(said, "; it is the team's default model");
        }
        said.push('.');
        said
    }

    fn of_no_model(&self, refusal: &Denied) -> String {
        let Some(model) = self.model else {
            return "No model was named, and the team has no default model.".into();
        };
        let mut said = format!("No alias is called '{}'", printable(model));
        if !self.whole {
            said.push_str(" that this team may know of");
        }
        said.push('.');
        if let Denied::UnknownModel { removed: Some(Removed { at, replacement }), .. } = refusal {
            let _ = write!(said, " One was removed on {at}; {replacement} takes its place.");
        } else if let Some(near) = self.explanation.suggestions.first() {
            let _ = write!(said, " Did you mean '{near}'?");
        }
        said
    }

    fn of_no_access(&self) -> String {
        let (team, name) = (self.explanation.team_id(), self.name());
        let mut said = match &*self.explanation.held {
            [] => format!("Team {team} holds no access group, so it may call nothing."),
            held => format!("No active group of team {team} grants {name}. It holds {}.", groups(held)),
        };
        if self.whole {
            match &*self.explanation.holders {
                [] => {
                    let _ = write!(said, " {name} is in no group.");
                }
                holders => {
                    let _ = write!(said, " {name} is in {}.", groups(holders));
                }
            }
        }
        said
    }
}

/// The word of a check.
pub(super) fn word(check: Check) -> &'static str {
    match check {
        Check::Key => "key",
        Check::Network => "network",
        Check::Team => "team",
        Check::Endpoint => "endpoint",
        Check::Model => "model",
        Check::Access => "access",
        Check::Scope => "scope",
        Check::Active => "active",
        _ => "other",
    }
}

/// The word of a barrier, and what is said where it lets the call pass.
pub(super) fn of_barrier(barrier: Barrier) -> (&'static str, &'static str) {
    match barrier {
        Barrier::RateLimit => ("rate_limit", "The rate limits have room for a call."),
        Barrier::Price => ("price", "What the call can cost at most is known, or nothing limits it."),
        Barrier::Credits => ("credits", "The team's credits cover the smallest call, or do not limit it."),
        Barrier::Budget => ("budget", "Every budget that the call falls under covers the smallest call."),
    }
}

fn groups(groups: &[NamedGroup]) -> String {
    let of = |group: &NamedGroup| {
        if group.active { group.name.to_string() } else { format!("{} (inactive)", group.name) }
    };
    groups.iter().map(of).collect::<Vec<_>>().join(", ")
}

fn list(names: &[impl ToString]) -> String {
    names.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// A text that a client made up, safe to show.
pub(super) fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(alias_core::name::MAX_NAME).collect()
}

//! What of a version goes together: the name, the target and the routing of an alias.

use std::collections::HashSet;

use validator::ValidationErrors;

use super::{
    MAX_FALLBACKS, MAX_OVERRIDES, MAX_SPLIT, Matching, ParameterRules, Portion, ResponseModel, Routing,
    Sticky,
};
use crate::alias::{AliasName, AliasSpec, OnDisconnect};
use crate::model_ref::ModelRef;
use crate::price::Pricing;
use crate::validation::{clean, error};

impl AliasSpec {
    /// The report that refuses a version for what one of its fields says.
    pub fn refused(field: &'static str, why: String) -> ValidationErrors {
        let mut report = ValidationErrors::new();
        report.add(field, error("invalid_value", why));
        report
    }

    /// Checks what the parts of a version say together. Each of them is right by itself.
    ///
    /// # Errors
    /// One entry for each wrong field, all at once.
    pub fn check(&self, name: &AliasName) -> Result<(), ValidationErrors> {
        let mut report = ValidationErrors::new();
        let mut say = |field: &'static str, why: String| report.add(field, error("invalid_value", why));
        let routing = &self.routing;
        let is_prefix = routing.matching == Matching::Prefix;
        if !is_prefix && name.has_open_end() {
            say("alias", "alias must end with a letter or a digit, for example `gpt-4`".into());
        }
        if is_prefix != self.litellm_model.has_rest() {
            say("litellm_model", rest(is_prefix));
        }
        if !is_prefix && routing.targets().any(ModelRef::has_rest) {
            let field = if routing.split.iter().any(|target| target.litellm_model.has_rest()) {
                "split"
            } else if routing.fallbacks.iter().any(|target| target.litellm_model.has_rest()) {
                "fallbacks"
            } else if routing.overrides.iter().any(|target| target.litellm_model.has_rest()) {
                "overrides"
            } else {
                "shadow"
            };
            say(field, rest(false));
        }
        if let Some(next) = self.litellm_model.alias() {
            if let Some(why) = fault_of_next(next, name, is_prefix) {
                say("litellm_model", why);
            }
            for field in self.without_effect() {
                say(
                    field,
                    format!("is said by alias '{next}', which calls go on to: leave it out, or clear it"),
                );
            }
        }
        for (field, mut targets) in routing.by_field() {
            if targets.any(|target| target.alias().is_some()) {
                say(field, "must name models: only litellm_model may lead on to another alias".into());
            }
        }
        let mut seen = HashSet::from([self.litellm_model.as_str()]);
        let split = routing.split.iter().map(|target| target.litellm_model.as_str());
        if let Some(why) = routing.fault_of_split().or_else(|| twice(split, &mut seen)) {
            say("split", why);
        }
        let mut seen = HashSet::from([self.litellm_model.as_str()]);
        let fallbacks = routing.fallbacks.iter().map(|fallback| fallback.litellm_model.as_str());
        if let Some(why) = routing.fault_of_fallbacks().or_else(|| twice(fallbacks, &mut seen)) {
            say("fallbacks", why);
        }
        if let Some(why) = routing.fault_of_overrides() {
            say("overrides", why);
        }
        if let Some(why) = self.fault_of_shadow() {
            say("shadow", why);
        }
        if let Some(why) = routing.deprecation.as_ref().and_then(|told| told.fault(name)) {
            say("deprecation", why);
        }
        if let Some(why) = routing.parameters.fault() {
            say("parameters", why);
        }
        clean(report)
    }

    /// What is wrong with copies to a target that serves calls of the alias itself: there is nothing to compare.
    fn fault_of_shadow(&self) -> Option<String> {
        let to = &self.routing.shadow.as_ref()?.litellm_model;
        let served = std::iter::once(&self.litellm_model)
            .chain(self.routing.split.iter().map(|target| &target.litellm_model));
        let mut served = served;
        served.any(|target| target == to).then(|| format!("{to} serves calls of this alias itself"))
    }

    /// What an alias says in vain whose calls go on to another: what that one says counts.
    fn without_effect(&self) -> Vec<&'static str> {
        let routing = &self.routing;
        let said = [
            ("pricing", self.pricing != Pricing::default()),
            ("on_disconnect", self.on_disconnect != OnDisconnect::default()),
            ("split", !routing.split.is_empty()),
            ("sticky", routing.sticky != Sticky::default()),
            ("fallbacks", !routing.fallbacks.is_empty()),
            ("overrides", !routing.overrides.is_empty()),
            ("shadow", routing.shadow.is_some()),
            ("parameters", routing.parameters != ParameterRules::default()),
            ("response_model", routing.response_model != ResponseModel::default()),
        ];
        said.into_iter().filter_map(|(field, said)| said.then_some(field)).collect()
    }
}

/// Why an alias of this name cannot go on to the one called `next`, by the names alone.
fn fault_of_next(next: &str, name: &AliasName, is_prefix: bool) -> Option<String> {
    let Ok(next) = next.parse::<AliasName>() else {
        return Some(format!("'{next}' is no name of an alias: write alias/ and a name, as in alias/smart"));
    };
    if is_prefix || next.has_open_end() {
        return Some("an alias of all names that begin so has no part in a chain: name a model".into());
    }
    (next.folded() == name.folded()).then(|| format!("leads in a circle: {name} -> {next}"))
}

fn rest(is_prefix: bool) -> String {
    let why = if is_prefix {
        "must hold {rest} once, which what follows the prefix takes the place of, as in anthropic/claude-{rest}"
    } else {
        "must not hold {rest}: that is for aliases with \"match\": \"prefix\""
    };
    why.to_owned()
}

fn twice<'a>(targets: impl Iterator<Item = &'a str>, seen: &mut HashSet<&'a str>) -> Option<String> {
    let mut targets = targets;
    targets
        .find(|target| !seen.insert(target))
        .map(|target| format!("{target} stands here twice, or is the target itself"))
}

impl Routing {
    /// The other targets, by the field that says them.
    fn by_field(&self) -> [(&'static str, Box<dyn Iterator<Item = &ModelRef> + '_>); 4] {
        [
            ("split", Box::new(self.split.iter().map(|target| &target.litellm_model))),
            ("fallbacks", Box::new(self.fallbacks.iter().map(|target| &target.litellm_model))),
            ("overrides", Box::new(self.overrides.iter().map(|target| &target.litellm_model))),
            ("shadow", Box::new(self.shadow.iter().map(|target| &target.litellm_model))),
        ]
    }

    fn fault_of_split(&self) -> Option<String> {
        if self.split.len() > MAX_SPLIT {
            return Some(format!("at most {MAX_SPLIT} other targets"));
        }
        let all: u32 = self.split.iter().map(|target| u32::from(target.share.hundredths())).sum();
        if all > u32::from(Portion::ALL) {
            return Some("the shares come to more than 100 per cent".to_owned());
        }
        let mut canaries = self.split.iter().filter_map(|target| Some((target, target.guardrails.as_ref()?)));
        let (canary, guardrails) = canaries.next()?;
        if let Some((other, _)) = canaries.next() {
            let (one, two) = (&canary.litellm_model, &other.litellm_model);
            return Some(format!("{one} and {two} have guardrails: one target can be the canary"));
        }
        guardrails.fault().map(|why| format!("{}: {why}", canary.litellm_model))
    }

    fn fault_of_overrides(&self) -> Option<String> {
        if self.overrides.len() > MAX_OVERRIDES {
            return Some(format!("at most {MAX_OVERRIDES} overrides"));
        }
        let mut seen = HashSet::new();
        self.overrides.iter().find_map(|other| {
            let whose = match (&other.team_id, &other.organization_id) {
                (Some(team), None) => format!("team {}", team.folded()),
                (None, Some(organization)) => format!("organization {}", organization.folded()),
                _ => {
                    return Some(format!(
                        "{}: name a team_id or an organization_id, and one of them only",
                        other.litellm_model
                    ));
                }
            };
            (!seen.insert(whose.clone())).then(|| format!("{whose} stands here twice"))
        })
    }

    fn fault_of_fallbacks(&self) -> Option<String> {
        if self.fallbacks.len() > MAX_FALLBACKS {
            return Some(format!("at most {MAX_FALLBACKS} fallbacks"));
        }
        let idle = self.fallbacks.iter().find(|fallback| fallback.on.is_empty());
        idle.map(|fallback| format!("{}: on must name a condition, or be left out", fallback.litellm_model))
    }
}

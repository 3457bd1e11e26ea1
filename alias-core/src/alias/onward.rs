//! Where calls of an alias go on, where it serves none itself.

use super::{AliasName, AliasSpec, AtSunset};

/// By what calls go on to another alias.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Onward {
    /// By the target.
    Target,
    /// By the replacement, once the time of the alias is over.
    Sunset,
}

impl Onward {
    /// The field that says it.
    pub const fn field(self) -> &'static str {
        match self {
            Self::Target => "litellm_model",
            Self::Sunset => "deprecation",
        }
    }
}

impl AliasSpec {
    /// The alias that is its target, where no model of a provider is.
    pub fn target_alias(&self) -> Option<AliasName> {
        self.litellm_model.alias()?.parse().ok()
    }

    /// The alias that its calls go to once its time is over.
    pub fn redirected_to(&self) -> Option<&AliasName> {
        let told = self.routing.deprecation.as_ref().filter(|told| told.at_sunset == AtSunset::Redirect);
        told?.replacement.as_ref()
    }

    /// The names that its calls go on as.
    pub fn onward(&self) -> Vec<(Onward, AliasName)> {
        let target = self.target_alias().map(|name| (Onward::Target, name));
        let replacement = self.redirected_to().map(|name| (Onward::Sunset, name.clone()));
        target.into_iter().chain(replacement).collect()
    }
}

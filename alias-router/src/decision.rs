//! What is asked of the router, and what it answers when a call may go on.

use std::fmt;
use std::sync::Arc;

use alias_core::alias::{AliasName, Condition, Fallback, Routing, Shadow};
use alias_core::catalog::{CatalogAlias, Revision};
use alias_core::credits::Billing;
use alias_core::model_ref::ModelRef;
use alias_core::price::{CallPrice, ModelFacts};

use crate::budgets::{BudgetEntry, Shared};
use crate::caller::Reach;
use crate::prefixes::Filled;
use crate::table::AliasEntry;

/// A call, as far as deciding needs it.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Request<'a> {
    /// The `model` that the client named: any text of any length. Where it named none, the team's default counts.
    pub model: Option<&'a str>,
    /// The user that the client named, for aliases that settle a caller's target by it.
    pub user: Option<&'a str>,
}

impl<'a> Request<'a> {
    /// A call of `model`.
    pub fn new(model: &'a str) -> Self {
        Self { model: Some(model), user: None }
    }

    /// A call of `model`, or of the team's default where there is none.
    pub fn of(model: Option<&'a str>) -> Self {
        Self { model, user: None }
    }

    /// The same for a user that the client names.
    #[must_use]
    pub fn for_user(self, user: Option<&'a str>) -> Self {
        Self { user, ..self }
    }
}

/// A call that may go on, and all that it needs for that. It is carried along; nothing is looked up by name
/// again, so a change of the catalogue does not touch a call that was admitted before.
#[derive(Clone)]
pub struct Decision {
    entry: Arc<AliasEntry>,
    billing: Billing,
    revision: Revision,
    budgets: [Option<Shared>; 3],
    /// Which of the other targets serves the call; `None` for the alias's own.
    arm: Option<usize>,
    /// What a prefix alias makes of the name that was called.
    filled: Option<Box<Filled>>,
    /// The alias that says where the call goes, where the time of the one that was called is over.
    served: Option<Arc<AliasEntry>>,
}

/// Another target that may serve a call, and what it is charged by then.
#[derive(Debug, Clone)]
pub struct Alternative {
    /// Where the call goes.
    pub target: ModelRef,
    /// What it is charged by.
    pub price: CallPrice,
    /// After what.
    pub on: Vec<Condition>,
}

/// A model that a call may be copied to.
#[derive(Debug, Clone)]
pub struct ShadowTarget<'a> {
    /// As the alias names it, and for how many calls.
    pub named: &'a Shadow,
    /// Where the copy goes.
    pub target: &'a ModelRef,
    /// What the provider's part is told by.
    pub price: CallPrice,
}

impl Decision {
    pub(crate) fn new(
        entry: &Arc<AliasEntry>,
        reach: Reach<'_>,
        revision: Revision,
        arm: Option<usize>,
        filled: Option<Box<Filled>>,
    ) -> Self {
        let some = |budgets: &Shared| (!budgets.is_empty()).then(|| Arc::clone(budgets));
        let budgets = [some(&reach.team.budgets), reach.budgets.and_then(some), some(&entry.budgets)];
        let entry = Arc::clone(entry);
        Self { entry, billing: reach.team.billing, revision, budgets, arm, filled, served: None }
    }

    /// The same, sent where another alias says.
    pub(crate) fn served_by(self, other: &Arc<AliasEntry>) -> Self {
        Self { served: Some(Arc::clone(other)), ..self }
    }

    /// The alias that was called, as it was when the call was admitted.
    pub fn alias(&self) -> &CatalogAlias {
        &self.entry.alias
    }

    /// The alias that says where the call goes, what it is charged by, and what becomes of its parameters: the one that
    /// was called, or what has taken its place.
    pub fn serving(&self) -> &CatalogAlias {
        self.served.as_ref().map_or(self.alias(), |served| &served.alias)
    }

    /// What a prefix alias makes of the name, where that is where the call goes.
    fn filling(&self) -> Option<&Filled> {
        self.filled.as_deref().filter(|_| self.served.is_none())
    }

    /// The name that was called, as answers show it: the alias's own, or one that begins with it.
    pub fn name(&self) -> &AliasName {
        self.filled.as_ref().map_or(&self.alias().alias, |filled| &filled.name)
    }

    /// Where the call goes.
    pub fn target(&self) -> &ModelRef {
        let main = self.filling().map_or(&self.serving().litellm_model, |filled| &filled.target);
        self.arm.and_then(|place| self.other(place)).unwrap_or(main)
    }

    /// What the call is charged by.
    pub fn price(&self) -> CallPrice {
        match self.arm {
            Some(place) => self.price_of(self.facts(place)),
            None => self.price_of(self.serving().model.clone().filter(|_| self.filling().is_none())),
        }
    }

    /// What serves the call if its target fails it, in this order.
    pub fn alternatives(&self) -> Vec<Alternative> {
        let Some(rules) = self.rules() else { return Vec::new() };
        let alternative = |(place, fallback): (usize, &Fallback)| {
            let target = self.other(place)?;
            let (target, price) = (target.clone(), self.price_of(self.facts(place)));
            Some(Alternative { target, price, on: fallback.on.clone() })
        };
        let alternatives = (rules.split.len()..).zip(&rules.fallbacks).filter_map(alternative);
        alternatives.filter(|other| other.target != *self.target()).collect()
    }

    /// The alias whose callers are split, or whose calls are copied, and which of its targets serves this one, as the
    /// alias names it. `None` where it does neither, or an override says where the call goes.
    pub fn arm(&self) -> Option<(&CatalogAlias, &ModelRef)> {
        let serving = self.serving();
        let rules = &serving.routing.as_ref()?.rules;
        if rules.split.is_empty() && rules.shadow.is_none() {
            return None;
        }
        let target = match self.arm {
            Some(place) => &rules.split.get(place)?.litellm_model,
            None => &serving.litellm_model,
        };
        Some((serving, target))
    }

    /// What calls of the alias are copied to, whether this one is or not. `None` where an override says where the call
    /// goes: it is not compared.
    pub fn shadow(&self) -> Option<ShadowTarget<'_>> {
        self.arm()?;
        let rules = self.rules()?;
        let named = rules.shadow.as_ref()?;
        let place = rules.split.len() + rules.fallbacks.len() + rules.overrides.len();
        let (target, price) = (self.other(place)?, self.price_of(self.facts(place)));
        Some(ShadowTarget { named, target, price })
    }

    /// What the alias says besides its target, if it says something.
    pub fn rules(&self) -> Option<&Routing> {
        self.serving().routing.as_ref().map(|routing| &routing.rules)
    }

    fn price_of(&self, model: Option<Arc<ModelFacts>>) -> CallPrice {
        let serving = self.serving();
        // Another alias's, or those of a change that is not known to be a version.
        let unversioned = self.served.is_some() || serving.scheduled.is_some();
        CallPrice { pricing: serving.pricing.clone(), unversioned, model, billing: self.billing }
    }

    /// One of the other targets, in the order of [`Routing::targets`].
    fn other(&self, place: usize) -> Option<&ModelRef> {
        match self.filling() {
            Some(filled) => filled.others.get(place),
            None => self.rules()?.targets().nth(place),
        }
    }

    /// What is known of it. Nothing is of what a prefix alias made of a name.
    fn facts(&self, place: usize) -> Option<Arc<ModelFacts>> {
        let routing = self.serving().routing.as_ref().filter(|_| self.filling().is_none());
        routing.and_then(|routing| routing.models.get(place)?.clone())
    }

    /// The budgets that the call falls under: its organization's, team's, key's, alias's, and those of its alias's
    /// tags. Every one applies. Where another alias has taken the place of the one that was called, its budgets apply,
    /// too, each once.
    pub fn budgets(&self) -> impl Iterator<Item = &Arc<BudgetEntry>> {
        let called = || self.budgets.iter().flatten().flat_map(|some| some.iter());
        let more = self.served.iter().flat_map(|served| served.budgets.iter());
        called().chain(more.filter(move |one| !called().any(|other| other.id() == one.id())))
    }

    /// The revision of the catalogue that decided.
    pub fn revision(&self) -> Revision {
        self.revision
    }
}

impl fmt::Debug for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decision")
            .field("alias", self.alias())
            .field("revision", &self.revision)
            .finish_non_exhaustive()
    }
}

//! What becomes of calls at the targets of a split: figures of the last minutes, counted in memory by each server.

mod judge;
mod ring;
mod running;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use alias_core::alias::{AliasId, AliasName, ArmFigures, Breach, Guardrails, Routing, USUAL_WINDOW, Verdict};
use alias_core::catalog::CatalogAlias;
use alias_core::clock::Timestamp;
use alias_core::model_ref::ModelRef;
use alias_router::{Decision, RoutingTable};
use parking_lot::{Mutex, RwLock};

use crate::upstream::Departure;

pub use judge::judge;
pub use ring::Ended;
use ring::{Ring, Tally};
use running::Out;
pub use running::Running;

/// Of how many targets figures are kept: some 30 kB each.
const MOST: usize = 2_000;
/// How many of these places targets without guardrails leave to those that have some.
const KEPT_FREE: usize = 1_000;

/// The figures of the targets of splits. Clones share them.
#[derive(Clone, Default)]
pub struct Arms(Arc<RwLock<HashMap<AliasId, Watched>>>);

/// A version of an alias whose callers are split. Its targets are compared over the same time: since it is the version
/// that counts, and no longer than the window.
struct Watched {
    name: AliasName,
    version: u32,
    window: Duration,
    began: Instant,
    arms: Vec<Arc<Arm>>,
}

/// One of its targets.
struct Arm {
    target: ModelRef,
    /// Whether it is asked for copies only.
    shadow: bool,
    ring: Mutex<Ring>,
    out: Mutex<Out>,
}

/// What a copy counts for when it ends.
#[derive(Clone)]
pub struct Counted(Arc<Arm>);

/// A canary that is worse than its guardrails allow.
#[derive(Debug)]
struct Broken {
    name: AliasName,
    version: u32,
    canary: ModelRef,
    breach: Box<Breach>,
}

impl fmt::Debug for Arms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arms").field("aliases", &self.0.read().len()).finish_non_exhaustive()
    }
}

impl fmt::Debug for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Counted").field(&self.0.target).finish()
    }
}

/// What is known of the targets of an alias.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// Of each target of the split, the alias's own first.
    pub arms: Vec<ArmFigures>,
    /// What the guardrails say, where one of them is a canary.
    pub verdict: Option<Verdict>,
    /// Of what calls are copied to, and how many were not for want of room.
    pub shadow: Option<(ArmFigures, u64)>,
}

/// Over what time the figures of an alias are kept.
pub fn window(rules: &Routing) -> Duration {
    let seconds = rules.canary().map_or(USUAL_WINDOW, |(_, guardrails)| guardrails.window_seconds);
    Duration::from_secs(u64::from(seconds))
}

impl Arms {
    /// A call that was decided so begins, and leaves with this departure; `None` where its alias is not split, and where
    /// figures of too many targets are kept already.
    pub fn begin(&self, decision: &Decision, departure: Departure) -> Option<Running> {
        let (alias, target) = decision.arm()?;
        let counted = self.arm(alias, &alias.routing.as_ref()?.rules, target, false)?;
        Some(Running::begin(counted, departure))
    }

    /// What a copy of such a call counts for.
    pub fn shadow(&self, decision: &Decision) -> Option<Counted> {
        let (alias, rules) = (decision.serving(), decision.rules()?);
        self.arm(alias, rules, &rules.shadow.as_ref()?.litellm_model, true)
    }

    fn arm(&self, alias: &CatalogAlias, rules: &Routing, target: &ModelRef, shadow: bool) -> Option<Counted> {
        let known = |all: &HashMap<AliasId, Watched>| {
            let watched = all.get(&alias.id).filter(|watched| watched.version == alias.version)?;
            watched.arms.iter().find(|arm| arm.is(target, shadow)).cloned()
        };
        let most = if rules.canary().is_some() { MOST } else { MOST - KEPT_FREE };
        let is_full = |all: &HashMap<AliasId, Watched>| {
            all.values().map(|watched| watched.arms.len()).sum::<usize>() >= most
        };
        {
            // Calls that find no room go on beside each other.
            let all = self.0.read();
            if let Some(arm) = known(&all) {
                return Some(Counted(arm));
            }
            if is_full(&all) {
                tracing::debug!(alias = %alias.alias, "figures of too many targets are kept: this one has none");
                return None;
            }
        }
        let mut all = self.0.write();
        if let Some(arm) = known(&all) {
            return Some(Counted(arm));
        }
        if is_full(&all) {
            return None;
        }
        let watched = all.entry(alias.id).or_insert_with(|| Watched::of(alias, rules));
        if watched.version > alias.version {
            // Decided before the alias was changed.
            return None;
        }
        if watched.version < alias.version {
            *watched = Watched::of(alias, rules);
        }
        let ring = Mutex::new(Ring::of(watched.window, watched.began));
        let arm = Arc::new(Arm { target: target.clone(), shadow, ring, out: Mutex::default() });
        watched.arms.push(Arc::clone(&arm));
        Some(Counted(arm))
    }

    /// The figures of an alias whose callers are split.
    pub fn compared(&self, alias: &CatalogAlias, rules: &Routing) -> Compared {
        let now = Instant::now();
        let all = self.0.read();
        let watched = all.get(&alias.id).filter(|watched| watched.version == alias.version);
        let figures =
            |target: &ModelRef| watched.map(|watched| watched.tally(now, |arm| arm.is(target, false)));
        let targets =
            std::iter::once(&alias.litellm_model).chain(rules.split.iter().map(|arm| &arm.litellm_model));
        let arms = targets.map(|target| figures(target).unwrap_or_default().figures()).collect();
        let judged = |(canary, guardrails): (&ModelRef, &Guardrails)| match watched {
            Some(watched) => watched.judged(now, canary, guardrails),
            None => Verdict::TooFewCalls,
        };
        let shadow = rules.shadow.as_ref().map(|shadow| {
            let tally = watched.map(|watched| watched.tally(now, |arm| arm.is(&shadow.litellm_model, true)));
            let tally = tally.unwrap_or_default();
            (tally.figures(), tally.skipped())
        });
        Compared { arms, verdict: rules.canary().map(judged), shadow }
    }

    /// The canaries that are worse than their guardrails allow. Versions of aliases that count no more are forgotten, and so
    /// are targets that nobody has called for the length of their window.
    fn broken(&self, table: &RoutingTable, at: Timestamp, now: Instant) -> Vec<Broken> {
        let mut broken = Vec::new();
        self.0.write().retain(|id, watched| {
            let alias = table.alias(watched.name.as_str()).and_then(|alias| alias.at(at));
            let is_watched = |alias: &&CatalogAlias| alias.id == *id && alias.version == watched.version;
            let Some(alias) = alias.filter(is_watched) else { return false };
            let Some(rules) = alias.routing.as_ref().map(|routing| &routing.rules) else { return false };
            // A call that is on its way will count for it.
            let is_waited_for = |arm: &Arc<Arm>| Arc::strong_count(arm) > 1;
            watched.arms.retain(|arm| is_waited_for(arm) || !arm.ring.lock().is_idle(now));
            if let Some((canary, guardrails)) = rules.canary()
                && let Verdict::Broken(breach) = watched.judged(now, canary, guardrails)
            {
                let (name, version) = (alias.alias.clone(), alias.version);
                broken.push(Broken { name, version, canary: canary.clone(), breach });
            }
            !watched.arms.is_empty()
        });
        broken
    }
}

impl Watched {
    fn of(alias: &CatalogAlias, rules: &Routing) -> Self {
        let (name, window) = (alias.alias.clone(), window(rules));
        Self { name, version: alias.version, window, began: Instant::now(), arms: Vec::new() }
    }

    /// What became of the calls of these targets together.
    fn tally(&self, now: Instant, is_one: impl Fn(&Arm) -> bool) -> Tally {
        let mut tally = Tally::default();
        let arms = || self.arms.iter().filter(|arm| is_one(arm));
        arms().for_each(|arm| arm.ring.lock().add_to(&mut tally, now));
        // Afterwards: what is long is known by what has ended.
        let out: Vec<_> = arms().flat_map(|arm| arm.out.lock().each(now, self.window)).collect();
        tally.wait(out);
        tally
    }

    fn judged(&self, now: Instant, canary: &ModelRef, guardrails: &Guardrails) -> Verdict {
        let own = self.tally(now, |arm| arm.is(canary, false)).figures();
        if own.calls.saturating_add(own.running) < u64::from(guardrails.min_calls) {
            return Verdict::TooFewCalls;
        }
        let others = self.tally(now, |arm| !arm.shadow && arm.target != *canary);
        guardrails.judge(&own, &others.figures())
    }
}

impl Arm {
    fn is(&self, target: &ModelRef, shadow: bool) -> bool {
        self.shadow == shadow && self.target == *target
    }
}

impl Counted {
    /// A copy ended.
    pub fn add(&self, ended: &Ended) {
        self.0.ring.lock().count(Instant::now(), ended);
    }

    /// A call was not copied: there was no room for it.
    pub fn skip(&self) {
        self.0.ring.lock().skip(Instant::now());
    }
}

#[cfg(test)]
mod tests;

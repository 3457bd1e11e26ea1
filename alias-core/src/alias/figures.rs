//! The figures of the targets of a split, and whether a canary keeps to its guardrails. Integers all along.

use std::fmt;

use rust_decimal::Decimal;

use super::{Guardrails, Measure};
use crate::money::NanoUsd;

/// What is whole, of per cent in hundredths.
const ALL: u128 = 10_000;

/// A sum over some calls: those of which it was known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sum {
    /// The sum.
    pub total: u64,
    /// Of how many calls.
    pub calls: u64,
}

impl Sum {
    /// With one call more.
    #[must_use]
    pub fn with(self, amount: u64) -> Self {
        Self { total: self.total.saturating_add(amount), calls: self.calls.saturating_add(1) }
    }

    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { total: self.total.saturating_add(other.total), calls: self.calls.saturating_add(other.calls) }
    }

    /// Of a call on average, rounded down; `None` where there were none.
    pub fn mean(self) -> Option<u64> {
        self.total.checked_div(self.calls)
    }
}

/// The time that 95 of 100 calls keep to, of those of which it is known: not of one that another target answered in the
/// end, nor of one that failed before its time was up. One that has not ended is among them once it has been out for longer
/// than that: how much longer, nobody knows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct P95 {
    /// In microseconds; `None` where it is known of no call.
    pub micros: Option<u64>,
    /// Of how many calls.
    pub calls: u64,
    /// How many of these are still waited for.
    pub waited_for: u64,
}

/// What became of the calls of one target, or of several together, within a window of time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ArmFigures {
    /// How many ended.
    pub calls: u64,
    /// How many of them the provider failed, or refused.
    pub errors: u64,
    /// How many were sent on within the window and have not ended.
    pub running: u64,
    /// The time to the end.
    pub duration: P95,
    /// The time to the first byte.
    pub first_byte: P95,
    /// Tokens of answers.
    pub output_tokens: Sum,
    /// What the provider took, in nano-USD.
    pub cost: Sum,
}

impl ArmFigures {
    /// The share of calls that failed, in hundredths of a per cent, rounded down; `None` where there were none.
    pub fn error_rate(&self) -> Option<u64> {
        self.errors.saturating_mul(10_000).checked_div(self.calls)
    }
}

/// Where a canary is worse than its guardrails allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Breach {
    /// In what.
    pub measure: Measure,
    /// The canary's figures.
    pub canary: ArmFigures,
    /// Those of the other targets together, where they have enough calls.
    pub others: Option<ArmFigures>,
    /// How much worse it may be, in hundredths of a per cent.
    pub allowed: u32,
}

/// What guardrails say of a canary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It has too few calls to be judged.
    TooFewCalls,
    /// It keeps to them.
    Within,
    /// It does not.
    Broken(Box<Breach>),
}

impl Guardrails {
    /// Judges a canary by its figures and those of the other targets together.
    ///
    /// Others that have too few calls say nothing yet: then the canary's errors alone are judged, as if the others had
    /// none, so that a canary which fails is found where nobody else is called. A canary whose calls do not end is found
    /// by its times.
    pub fn judge(&self, canary: &ArmFigures, others: &ArmFigures) -> Verdict {
        let enough = u64::from(self.min_calls);
        let others = Some(*others).filter(|others| others.calls >= enough);
        let broken = Measure::ALL.into_iter().find_map(|measure| {
            let allowed = self.tolerance(measure)?.hundredths();
            is_worse(measure, canary, others.as_ref(), allowed, enough)
                .then(|| Box::new(Breach { measure, canary: *canary, others, allowed }))
        });
        match broken {
            Some(breach) => Verdict::Broken(breach),
            None if canary.calls < enough => Verdict::TooFewCalls,
            None => Verdict::Within,
        }
    }
}

fn is_worse(
    measure: Measure,
    canary: &ArmFigures,
    others: Option<&ArmFigures>,
    allowed: u32,
    enough: u64,
) -> bool {
    if measure == Measure::ErrorRate {
        let (failed, of) = others.map_or((0, 1), |others| (others.errors, others.calls));
        return canary.calls >= enough && fails_more((canary.errors, canary.calls), (failed, of), allowed);
    }
    let Some(others) = others else { return false };
    let times = |own: P95, theirs: P95| {
        let (Some(longest), Some(usual)) = (own.micros, theirs.micros) else { return false };
        // What is waited for is longer than what it counts as: it shows that a target is slow, and none that it is fast.
        let known = theirs.calls.saturating_sub(theirs.waited_for);
        own.calls >= enough && known >= enough && exceeds((longest, 1), (usual, 1), allowed)
    };
    let means = |own: Sum, theirs: Sum| {
        let known = own.calls >= enough && theirs.calls >= enough;
        known && exceeds((own.total, own.calls), (theirs.total, theirs.calls), allowed)
    };
    match measure {
        Measure::ErrorRate => false,
        Measure::P95Duration => times(canary.duration, others.duration),
        Measure::P95FirstByte => times(canary.first_byte, others.first_byte),
        Measure::OutputTokens => means(canary.output_tokens, others.output_tokens),
        Measure::Cost => means(canary.cost, others.cost),
    }
}

/// Whether the first of two rates is more than so many points above the second.
fn fails_more(own: (u64, u64), theirs: (u64, u64), points: u32) -> bool {
    let wide = |(failed, calls): (u64, u64)| (u128::from(failed), u128::from(calls));
    let ((own, own_calls), (theirs, their_calls)) = (wide(own), wide(theirs));
    let product = |a: u128, b: u128, c: u128| a.saturating_mul(b).saturating_mul(c);
    let most =
        product(own_calls, their_calls, u128::from(points)).saturating_add(product(theirs, own_calls, ALL));
    product(own, their_calls, ALL) > most
}

/// Whether the first of two quotients is more than so many hundredths of a per cent above the second.
fn exceeds(own: (u64, u64), theirs: (u64, u64), more: u32) -> bool {
    let wide = |(total, calls): (u64, u64)| (u128::from(total), u128::from(calls));
    let ((own, own_calls), (theirs, their_calls)) = (wide(own), wide(theirs));
    let product = |a: u128, b: u128, c: u128| a.saturating_mul(b).saturating_mul(c);
    product(own, their_calls, ALL) > product(theirs, own_calls, ALL + u128::from(more))
}

impl fmt::Display for Breach {
    /// What the history of the alias says: the figures of both, and what was allowed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let allowed = Decimal::new(i64::from(self.allowed), 2).normalize();
        let of = |figures: &ArmFigures| said(self.measure, figures);
        write!(f, "{}: {}", self.measure.as_str(), of(&self.canary))?;
        match &self.others {
            Some(others) => write!(f, ", of the other targets {}", of(others))?,
            None => write!(f, ", and the other targets have too few calls to compare")?,
        }
        match self.measure {
            Measure::ErrorRate => write!(f, "; {allowed} percentage points more are allowed"),
            _ => write!(f, "; {allowed} % more are allowed"),
        }
    }
}

/// A figure in words.
fn said(measure: Measure, figures: &ArmFigures) -> String {
    match measure {
        Measure::ErrorRate => format!("{} of {} calls failed", figures.errors, figures.calls),
        Measure::P95Duration => {
            let P95 { micros, calls, waited_for } = figures.duration;
            let out = out(waited_for);
            format!("95 % of {calls} calls{out} took at most {}", millis(micros))
        }
        Measure::P95FirstByte => {
            let P95 { micros, calls, waited_for } = figures.first_byte;
            let out = out(waited_for);
            format!("the first byte of 95 % of {calls} calls{out} came within {}", millis(micros))
        }
        Measure::OutputTokens => {
            format!("{} tokens a call", figures.output_tokens.mean().unwrap_or_default())
        }
        Measure::Cost => {
            let nanos = i64::try_from(figures.cost.mean().unwrap_or_default()).unwrap_or(i64::MAX);
            format!("{} a call", NanoUsd::new(nanos))
        }
    }
}

/// That some are still waited for.
fn out(calls: u64) -> String {
    if calls == 0 { String::new() } else { format!(" ({calls} are still out)") }
}

fn millis(micros: Option<u64>) -> String {
    let Some(micros) = micros else { return "unknown".into() };
    let millis = Decimal::new(i64::try_from(micros).unwrap_or(i64::MAX), 3).round_dp(1);
    format!("{} ms", millis.normalize())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alias::Tolerance;

    fn rails(set: impl FnOnce(&mut Guardrails)) -> Guardrails {
        let mut rails: Guardrails = serde_json::from_str(r#"{"min_calls": 10}"#).unwrap();
        set(&mut rails);
        rails
    }

    fn failed(errors: u64, calls: u64) -> ArmFigures {
        ArmFigures { calls, errors, ..ArmFigures::default() }
    }

    fn p95(micros: u64, calls: u64) -> P95 {
        P95 { micros: Some(micros), calls, waited_for: 0 }
    }

    fn measure(verdict: Verdict) -> Option<Measure> {
        match verdict {
            Verdict::Broken(breach) => Some(breach.measure),
            _ => None,
        }
    }

    #[test]
    fn errors_are_judged_by_points_and_by_themselves_where_nobody_else_is_called() {
        let rails = rails(|rails| rails.error_rate = Tolerance::new(500));
        let broken = |canary, others| measure(rails.judge(&canary, &others)).is_some();
        assert_eq!(rails.judge(&failed(9, 9), &failed(0, 100)), Verdict::TooFewCalls);
        assert!(!broken(failed(1, 20), failed(0, 1_000)), "5 points are allowed");
        assert!(broken(failed(2, 20), failed(0, 1_000)));
        assert!(!broken(failed(20, 20), failed(1_000, 1_000)), "the provider fails everybody");
        assert!(!broken(failed(6, 100), failed(10, 1_000)) && broken(failed(7, 100), failed(10, 1_000)));
        assert!(broken(failed(2, 20), failed(3, 3)), "three calls say nothing");
        assert!(broken(failed(2, 20), failed(0, 0)) && !broken(failed(1, 20), failed(0, 0)));
        assert!(!broken(failed(u64::MAX, u64::MAX), failed(u64::MAX, u64::MAX)));
    }

    #[test]
    fn times_tokens_and_cost_are_judged_by_per_cent_and_only_where_both_are_known() {
        let figures = |calls: u64, each: u64| ArmFigures {
            calls,
            duration: p95(each, calls),
            output_tokens: Sum { total: each * calls, calls },
            ..ArmFigures::default()
        };
        let times = rails(|rails| rails.p95_duration = Tolerance::new(5_000));
        assert_eq!(measure(times.judge(&figures(10, 1_500), &figures(100, 1_000))), None);
        assert_eq!(
            measure(times.judge(&figures(10, 1_501), &figures(100, 1_000))),
            Some(Measure::P95Duration)
        );
        assert_eq!(
            measure(times.judge(&figures(10, 9_999), &figures(9, 1))),
            None,
            "nothing to compare with"
        );
        let failed_over = ArmFigures { duration: p95(9_999, 9), ..figures(10, 9_999) };
        assert_eq!(measure(times.judge(&failed_over, &figures(100, 1_000))), None, "nine times say nothing");
        let hangs = ArmFigures { calls: 2, running: 8, ..figures(10, 1_501) };
        assert_eq!(measure(times.judge(&hangs, &figures(100, 1_000))), Some(Measure::P95Duration));
        assert_eq!(times.judge(&hangs, &figures(100, 1_001)), Verdict::TooFewCalls, "two have ended");
        let begun = ArmFigures { duration: P95 { waited_for: 91, ..p95(1_000, 100) }, ..figures(100, 1_000) };
        assert_eq!(
            times.judge(&figures(10, 9_999), &begun),
            Verdict::Within,
            "nine of the others have ended"
        );
        let tokens = rails(|rails| rails.output_tokens = Tolerance::new(0));
        assert_eq!(measure(tokens.judge(&figures(10, 100), &figures(10, 100))), None);
        assert_eq!(measure(tokens.judge(&figures(10, 101), &figures(10, 100))), Some(Measure::OutputTokens));
        let cost = rails(|rails| rails.cost = Tolerance::new(0));
        assert_eq!(cost.judge(&figures(10, 101), &figures(10, 100)), Verdict::Within, "no cost is known");
    }

    #[test]
    fn what_is_broken_is_said_with_the_figures_of_both() {
        let both = rails(|rails| {
            rails.error_rate = Tolerance::new(250);
            rails.cost = Tolerance::new(1_000);
        });
        let Verdict::Broken(breach) = both.judge(&failed(5, 20), &failed(1, 400)) else {
            panic!("not broken")
        };
        assert_eq!(
            breach.to_string(),
            "error_rate: 5 of 20 calls failed, of the other targets 1 of 400 calls failed; 2.5 percentage points more are \
             allowed"
        );
        let times = rails(|rails| rails.p95_first_byte = Tolerance::new(5_000));
        let waits = |waited_for, micros| ArmFigures {
            first_byte: P95 { waited_for, ..p95(micros, 10) },
            ..failed(0, 10)
        };
        let Verdict::Broken(breach) = times.judge(&waits(6, 2_000_000), &waits(0, 350_049)) else {
            panic!("not broken")
        };
        assert_eq!(
            breach.to_string(),
            "p95_first_byte: the first byte of 95 % of 10 calls (6 are still out) came within 2000 ms, of the other targets \
             the first byte of 95 % of 10 calls came within 350 ms; 50 % more are allowed"
        );
        let cost = |nanos: u64| ArmFigures {
            calls: 20,
            cost: Sum { total: 20 * nanos, calls: 20 },
            ..failed(0, 20)
        };
        let Verdict::Broken(breach) = both.judge(&cost(3_000_000), &cost(1_500_000)) else {
            panic!("not broken")
        };
        assert_eq!(
            breach.to_string(),
            "cost: $0.003 a call, of the other targets $0.0015 a call; 10 % more are allowed"
        );
    }
}

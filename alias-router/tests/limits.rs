//! Rate limits over several instances: whatever order things happen in, no window admits more than its limit.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

use std::collections::HashMap;

use alias_core::limit::{Account, Ask, Grant, Limits, LimitsDraft, MINUTE, Subject};
use alias_core::testing::id;
use alias_core::usage::InstanceId;
use alias_router::limits::{Counts, Kind, Link, Taken, Ticket};
use proptest::prelude::*;

const LINK: Link = Link { away: false, silent: false, instances: 1 };

fn limits(rpm: Option<i64>, tpm: Option<i64>, parallel: Option<i64>) -> Limits {
    LimitsDraft { rpm_limit: rpm, tpm_limit: tpm, max_parallel_requests: parallel }.parse().unwrap()
}

fn subject() -> Subject {
    Subject::Team(id(1))
}

/// A ledger, and what its instances hold of the calls at once.
#[derive(Default)]
struct Ledger {
    account: Account,
    slots: HashMap<InstanceId, u64>,
    clock: i64,
}

impl Ledger {
    fn ask(&mut self, ask: &Ask) -> Grant {
        let others = self.slots.iter().filter(|(who, _)| **who != ask.instance).map(|(_, held)| held).sum();
        let grant = self.account.serve(ask, self.clock, others);
        self.slots.insert(ask.instance, ask.slots.held + grant.slots.granted);
        grant
    }
}

struct Instance {
    id: InstanceId,
    counts: Counts,
    running: Vec<Ticket>,
    /// A question on its way, and when it was asked; with the answer, once there is one.
    flying: Option<(Ask, u64, Option<Grant>)>,
}

impl Instance {
    fn new(n: u64) -> Self {
        Self { id: id(n), counts: Counts::default(), running: vec![], flying: None }
    }

    fn take(&mut self, limits: &Limits, tokens: u64, link: Link, now: u64) -> Taken {
        let taken = self.counts.take(limits, tokens, None, link, now);
        if let Taken::Now(ticket) = taken {
            self.running.push(ticket);
        }
        self.maybe_ask(matches!(taken, Taken::Wait(..)), now);
        taken
    }

    fn maybe_ask(&mut self, waited_for: bool, now: u64) {
        if self.flying.is_none() && self.counts.starts_asking(waited_for, now) {
            self.flying = Some((self.counts.ask(self.id, subject(), now), now, None));
        }
    }

    /// The question arrives, then the answer does.
    fn deliver(&mut self, ledger: &mut Ledger, now: u64) {
        match self.flying.take() {
            Some((ask, sent, None)) => {
                let grant = ledger.ask(&ask);
                self.flying = Some((ask, sent, Some(grant)));
            }
            Some((ask, sent, Some(grant))) => self.counts.granted(&ask, sent, &grant, now),
            None => {}
        }
    }

    fn lose(&mut self) {
        if let Some((ask, ..)) = self.flying.take() {
            self.counts.unanswered(&ask);
        }
    }
}

#[derive(Debug, Clone)]
enum Step {
    Take(usize, u64),
    /// The call of this place ends having used this part, in percent, of what it was admitted with.
    End(usize, usize, u64),
    Undo(usize, usize),
    Deliver(usize),
    Lose(usize),
    Tidy(usize, bool),
    Wait(u64),
    SetClock(i64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let who = 0..3_usize;
    let step = prop_oneof![
        8 => (who.clone(), 0..40_u64).prop_map(|(who, tokens)| Step::Take(who, tokens)),
        3 => (who.clone(), any::<usize>(), 0..=100_u64).prop_map(|(who, place, part)| Step::End(who, place, part)),
        1 => (who.clone(), any::<usize>()).prop_map(|(who, place)| Step::Undo(who, place)),
        8 => who.clone().prop_map(Step::Deliver),
        1 => who.clone().prop_map(Step::Lose),
        1 => (who, any::<bool>()).prop_map(|(who, recalled)| Step::Tidy(who, recalled)),
        2 => (0..20_000_u64).prop_map(Step::Wait),
        1 => (-90_000_000..90_000_000_i64).prop_map(Step::SetClock),
    ];
    prop::collection::vec(step, 0..200)
}

/// What was admitted of each window: calls, and tokens.
#[derive(Default)]
struct Admitted(HashMap<i64, (u64, u64)>);

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn no_order_of_things_admits_more_than_the_limit(
        steps in steps(), rpm in 1..60_i64, tpm in 40..400_i64, parallel in 1..12_i64,
    ) {
        let limits = limits(Some(rpm), Some(tpm), Some(parallel));
        // So many that nothing is left to share while an answer is lost: that is what another test is about.
        let link = Link { instances: u64::MAX, ..LINK };
        let mut ledger = Ledger { clock: 1_000 * MINUTE, ..Ledger::default() };
        let mut instances = [1, 2, 3].map(Instance::new);
        // Every instance has a clock of its own.
        let started = [0, 17_001, 900_000];
        let (mut time, mut admitted) = (0_u64, Admitted::default());
        let mut opened: HashMap<i64, u64> = HashMap::new();
        for step in steps {
            let now = |who: usize| started[who] + time;
            match step {
                Step::Take(who, tokens) => {
                    if let Taken::Now(ticket) = instances[who].take(&limits, tokens, link, now(who)) {
                        let sums = admitted.0.entry(ticket.window()).or_default();
                        *sums = (sums.0 + 1, sums.1 + tokens);
                    }
                }
                Step::End(who, place, part) => {
                    let instance = &mut instances[who];
                    if !instance.running.is_empty() {
                        let ticket = instance.running.remove(place % instance.running.len());
                        let held = ticket.tokens().unwrap();
                        let used = held * part / 100;
                        instance.counts.end(ticket, Some(used), now(who));
                        admitted.0.entry(ticket.window()).or_default().1 -= held - used;
                        instance.maybe_ask(false, now(who));
                    }
                }
                Step::Undo(who, place) => {
                    let instance = &mut instances[who];
                    if !instance.running.is_empty() {
                        let ticket = instance.running.remove(place % instance.running.len());
                        instance.counts.undo(ticket, now(who));
                        let sums = admitted.0.entry(ticket.window()).or_default();
                        *sums = (sums.0 - 1, sums.1 - ticket.tokens().unwrap());
                    }
                }
                Step::Deliver(who) => instances[who].deliver(&mut ledger, now(who)),
                Step::Lose(who) => instances[who].lose(),
                Step::Tidy(who, recalled) => {
                    instances[who].counts.tidy(recalled.then_some(i64::MIN), false, now(who));
                    instances[who].maybe_ask(false, now(who));
                }
                Step::Wait(ms) => {
                    time += ms;
                    ledger.clock += i64::try_from(ms).unwrap() * 1_000;
                }
                Step::SetClock(by) => ledger.clock += by,
            }
            let before = opened.keys().max().copied();
            if let Some(before) = before && ledger.account.window > before {
                let by_clock = ledger.clock.div_euclid(MINUTE) >= ledger.account.window;
                prop_assert!(by_clock || time - opened[&before] >= 60_000, "a window was opened too early");
            }
            prop_assert!(before.is_none_or(|before| ledger.account.window >= before), "windows go forward");
            opened.entry(ledger.account.window).or_insert(time);
            for (window, (calls, tokens)) in &admitted.0 {
                prop_assert!(*calls <= u64::try_from(rpm).unwrap(), "{calls} calls in {window}");
                prop_assert!(*tokens <= u64::try_from(tpm).unwrap(), "{tokens} tokens in {window}");
            }
            let running: usize = instances.iter().map(|instance| instance.running.len()).sum();
            prop_assert!(running <= usize::try_from(parallel).unwrap(), "{running} calls at once");
        }
    }
}

/// Asks and is answered until nothing is to be asked.
fn settle(instance: &mut Instance, ledger: &mut Ledger, now: u64) {
    while instance.flying.is_some() {
        instance.deliver(ledger, now);
        instance.maybe_ask(false, now);
    }
}

#[test]
fn what_one_instance_may_take_is_all_there_is_and_no_trip_is_needed_for_each() {
    let limits = limits(Some(1_000), None, None);
    let mut ledger = Ledger { clock: 7 * MINUTE, ..Ledger::default() };
    let (mut one, mut taken, mut asked) = (Instance::new(1), 0, 0);
    loop {
        match one.take(&limits, 0, LINK, 5) {
            Taken::Now(_) => taken += 1,
            Taken::Wait(..) => {}
            Taken::No(why) => {
                assert_eq!((why.kind, why.again_in), (Kind::Requests, Some(60_000)));
                break;
            }
        }
        asked += u64::from(one.flying.is_some());
        settle(&mut one, &mut ledger, 5);
    }
    assert_eq!(taken, 1_000);
    assert!(asked < 60, "{asked} trips");
    let line = one.counts.standing(&limits, 5).requests.unwrap();
    assert_eq!((line.limit, line.remaining, line.reset_in), (1_000, 0, 60_000));
}

#[test]
fn what_a_call_used_beyond_its_estimate_is_taken_from_the_present_window() {
    let limits = limits(None, Some(100), None);
    let mut ledger = Ledger { clock: 7 * MINUTE, ..Ledger::default() };
    let (mut one, mut two) = (Instance::new(1), Instance::new(2));
    one.take(&limits, 10, LINK, 0);
    settle(&mut one, &mut ledger, 0);
    assert!(matches!(one.take(&limits, 10, LINK, 0), Taken::Now(_)));
    let ticket = one.running.pop().unwrap();
    one.counts.end(ticket, Some(95), 1);
    one.maybe_ask(false, 1);
    settle(&mut one, &mut ledger, 1);
    assert!(ledger.account.tokens >= 95, "{:?}", ledger.account);
    two.take(&limits, 10, LINK, 2);
    settle(&mut two, &mut ledger, 2);
    let refused = two.take(&limits, 10, LINK, 3);
    assert!(matches!(refused, Taken::No(why) if why.kind == Kind::Tokens), "{refused:?}");
    let alone = two.take(&limits, 101, LINK, 3);
    assert!(matches!(alone, Taken::No(why) if why.again_in.is_none()), "{alone:?}");
}

#[test]
fn without_the_ledger_an_instance_goes_on_with_its_part_and_never_without_a_limit() {
    let limits = limits(Some(30), None, Some(9));
    let link = Link { instances: 3, ..LINK };
    let mut one = Instance::new(1);
    assert!(matches!(one.take(&limits, 0, link, 0), Taken::Wait(..)));
    one.lose();
    for window in 0..3_u64 {
        let mut admitted = 0;
        for call in 0..50 {
            if let Taken::Now(ticket) = one.take(&limits, 0, link, window * 60_000 + call) {
                admitted += 1;
                one.counts.end(ticket, None, 0);
                one.running.clear();
            }
            one.lose();
        }
        assert_eq!(admitted, 10, "of window {window}");
    }
    let running = (0..9).filter(|_| matches!(one.take(&limits, 0, link, 200_000), Taken::Now(_))).count();
    assert_eq!(running, 3, "a third of the calls at once");
}

#[test]
fn idle_slots_go_back_when_another_instance_was_refused() {
    let limits = limits(None, None, Some(2));
    let mut ledger = Ledger::default();
    let (mut one, mut two) = (Instance::new(1), Instance::new(2));
    for _ in 0..2 {
        one.take(&limits, 0, LINK, 0);
        settle(&mut one, &mut ledger, 0);
        assert!(matches!(one.take(&limits, 0, LINK, 0), Taken::Now(_)));
    }
    two.take(&limits, 0, LINK, 0);
    settle(&mut two, &mut ledger, 0);
    assert!(matches!(two.take(&limits, 0, LINK, 1), Taken::No(why) if why.kind == Kind::Parallel));
    let ticket = one.running.pop().unwrap();
    one.counts.end(ticket, None, 10);
    assert!(one.counts.holds_idle_slots() && two.counts.may_get_slots());
    one.counts.tidy(Some(ledger.account.recall), false, 20);
    one.maybe_ask(false, 20);
    settle(&mut one, &mut ledger, 20);
    assert!(!one.counts.holds_idle_slots());
    two.take(&limits, 0, LINK, 100);
    settle(&mut two, &mut ledger, 100);
    assert!(matches!(two.take(&limits, 0, LINK, 101), Taken::Now(_)));
}

#[test]
fn a_clock_that_was_set_back_does_not_stop_time() {
    let limits = limits(Some(1), None, None);
    let mut ledger = Ledger { clock: 1_000 * MINUTE, ..Ledger::default() };
    let mut one = Instance::new(1);
    let mut call = |ledger: &mut Ledger, now: u64| {
        let first = one.take(&limits, 0, LINK, now);
        settle(&mut one, ledger, now);
        matches!(first, Taken::Now(_)) || matches!(one.take(&limits, 0, LINK, now), Taken::Now(_))
    };
    assert!(call(&mut ledger, 0));
    ledger.clock -= 600 * MINUTE;
    assert!(!call(&mut ledger, 1_000) && !call(&mut ledger, 59_000), "no new window");
    assert!(call(&mut ledger, 61_000), "a minute later by a clock that is never set");
    assert!(!call(&mut ledger, 90_000));
}

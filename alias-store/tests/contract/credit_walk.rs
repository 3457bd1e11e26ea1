//! Random walks through the protocol of docs/explanation/credits.md, with a real wallet for each replica and a real database:
//! calls, crashes, lost and repeated messages, forced closes, lost disks. After each step the promises are checked.
//! The steps are those of docs/explanation/credits-model.py, which searches all of them on a model.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use alias_core::alias::AliasId;
use alias_core::credits::AccountId;
use alias_core::repository::{Granted, LeaseRepository, Shipped, Tenure, UsageRepository, Wish};
use alias_core::team::TeamUid;
use alias_core::testing;
use alias_core::usage::{InstanceId, UsageEvent};
use alias_router::wallet::{Hold, Wallet};

use crate::credits::{balance, burning, ledger, team_with};
use crate::world::World;

/// What every call holds, and what calls really cost: nothing, the hold, or more than it.
const HOLD: i64 = 20;
const COSTS: [i64; 3] = [0, 20, 30];
const ALLOCATED: i64 = 400;
const REPLICAS: usize = 3;

/// Numbers that look random and repeat with their seed.
struct Draw(u64);

impl Draw {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) % most as u64).unwrap()
    }
}

/// One process with its folder: the spool is what survives a crash.
struct Replica {
    up: bool,
    who: Tenure,
    wallet: Wallet,
    /// Settled events under the present instance id, in order.
    log: Vec<UsageEvent>,
    /// Calls that are journalled and not settled.
    open: BTreeMap<u64, Hold>,
    journal: BTreeSet<u64>,
}

/// A message that is on its way to the database.
#[derive(Clone)]
enum Message {
    Grant(usize, Tenure, Wish),
    Return(usize, Tenure, i64),
    Ship(InstanceId, u64, Vec<UsageEvent>),
}

struct Walk<'a> {
    world: &'a World,
    team: TeamUid,
    alias: AliasId,
    draw: Draw,
    replicas: Vec<Replica>,
    net: Vec<Message>,
    calls: u64,
    lost: BTreeSet<u64>,
    closed_by_force: bool,
    /// Nobody is closed by force and no disk is lost: then the house bears nothing but what nobody foresaw.
    gentle: bool,
    instances: u64,
    trace: Vec<String>,
}

impl Walk<'_> {
    fn account(&self) -> AccountId {
        AccountId::of_team(self.team)
    }

    fn fresh(&mut self) -> InstanceId {
        self.instances += 1;
        testing::id(1_000 + self.instances)
    }

    async fn step(&mut self) {
        let r = self.draw.below(REPLICAS);
        if !self.replicas[r].up {
            return self.restart(r).await;
        }
        match self.draw.below(20) {
            0..=4 => self.admit(r),
            5..=8 => self.settle(r),
            9 => self.ask(r),
            10 => self.give_back(r),
            11 | 12 => self.ship(r).await,
            13 => self.crash(r),
            14 if !self.gentle && self.draw.below(4) == 0 => self.close(r).await,
            15 if !self.gentle && self.draw.below(12) == 0 => self.lose_disk(r),
            16 => self.beat(r).await,
            _ => self.deliver().await,
        }
    }

    fn admit(&mut self, r: usize) {
        let (call, account) = (self.calls, self.account());
        let replica = &mut self.replicas[r];
        if let Ok(hold) = replica.wallet.hold(account, HOLD) {
            self.trace.push(format!("r{r} admits {call}"));
            replica.journal.insert(call);
            replica.open.insert(call, hold);
            self.calls += 1;
        }
    }

    fn settle(&mut self, r: usize) {
        let (cost, alias, team) = (COSTS[self.draw.below(3)], self.alias, self.team);
        let replica = &mut self.replicas[r];
        let Some((call, mut hold)) = replica.open.pop_first() else { return };
        let charged = replica.wallet.cover(&mut hold, cost);
        self.trace.push(format!("r{r}: {call} costs {cost}, charged {charged}"));
        let mut event = burning(call, alias, team, Some(hold.instance()), cost);
        event.settlement.charged = charged;
        replica.log.push(event);
        replica.journal.remove(&call);
        replica.wallet.settle(hold, charged);
    }

    fn ask(&mut self, r: usize) {
        let account = self.account();
        let replica = &self.replicas[r];
        if let Err(dry) = replica.wallet.hold(account, HOLD).map(|hold| replica.wallet.release(hold)) {
            let wish = Wish { account, budget: None, known: dry.known, need: dry.missing };
            self.trace.push(format!("r{r} asks for {} at {}", wish.need, wish.known));
            self.net.push(Message::Grant(r, replica.who, wish));
        }
    }

    fn give_back(&mut self, r: usize) {
        let replica = &self.replicas[r];
        for (_, returned) in replica.wallet.empty() {
            self.trace.push(format!("r{r} gives back to {returned}"));
            self.net.push(Message::Return(r, replica.who, returned));
        }
    }

    async fn ship(&mut self, r: usize) {
        let replica = &self.replicas[r];
        let (shipped, _) = self.world.store.leases(replica.who.instance).await.unwrap();
        let from = usize::try_from(shipped).unwrap();
        if let Some(events) = replica.log.get(from..).filter(|events| !events.is_empty()) {
            self.trace.push(format!("r{r} ships {from}+{}", events.len()));
            self.net.push(Message::Ship(replica.who.instance, shipped, events.to_vec()));
        }
    }

    fn crash(&mut self, r: usize) {
        self.trace.push(format!("r{r} is killed"));
        let replica = &mut self.replicas[r];
        replica.up = false;
        replica.open.clear();
    }

    fn lose_disk(&mut self, r: usize) {
        self.trace.push(format!("r{r} loses its disk"));
        let gone = self.replicas[r].log.iter().map(|event| event.call.call_id);
        let gone: Vec<_> = gone.collect();
        self.lost.extend((0..self.calls).filter(|call| gone.contains(&testing::id(*call))));
        let journal = self.replicas[r].journal.clone();
        self.lost.extend(journal);
        self.crash(r);
        let instance = self.fresh();
        let replica = &mut self.replicas[r];
        replica.log.clear();
        replica.journal.clear();
        replica.who = Tenure { instance, boot: 0 };
    }

    async fn close(&mut self, r: usize) {
        self.trace.push(format!("r{r} is closed by force"));
        self.closed_by_force |= self.world.store.close(self.replicas[r].who.instance, None).await.unwrap();
    }

    /// A closed instance goes on under a new id, with everything that its folder holds.
    async fn beat(&mut self, r: usize) {
        if !self.world.store.beat(self.replicas[r].who.instance).await.unwrap() {
            self.renew(r).await;
        }
    }

    async fn renew(&mut self, r: usize) {
        let who = Tenure { instance: self.fresh(), boot: 1 };
        self.trace.push(format!("r{r} goes on as {}", who.instance));
        self.world.store.announce(who.instance, who.boot).await.unwrap();
        let replica = &mut self.replicas[r];
        replica.who = who;
        replica.wallet.begin(who.instance, &[], &HashMap::new());
    }

    async fn restart(&mut self, r: usize) {
        self.trace.push(format!("r{r} restarts"));
        let (alias, team) = (self.alias, self.team);
        let replica = &mut self.replicas[r];
        for call in std::mem::take(&mut replica.journal) {
            replica.log.push(burning(call, alias, team, None, 0));
        }
        replica.who.boot += 1;
        replica.up = true;
        let who = replica.who;
        if self.world.store.announce(who.instance, who.boot).await.is_err() {
            return self.renew(r).await;
        }
        let (shipped, leases) = self.world.store.leases(who.instance).await.unwrap();
        let replica = &self.replicas[r];
        let unshipped = replica.log.iter().skip(usize::try_from(shipped).unwrap());
        let mine = unshipped.filter(|event| event.settlement.lease == Some(who.instance));
        let sum = mine.map(|event| event.settlement.charged).sum();
        replica.wallet.begin(who.instance, &leases, &HashMap::from([(self.account(), sum)]));
    }

    /// A message arrives: its answer, too, or not; or it is lost, or arrives twice.
    async fn deliver(&mut self) {
        if self.net.is_empty() {
            return;
        }
        let place = self.draw.below(self.net.len());
        let fate = self.draw.below(8);
        let message = if fate == 0 { self.net[place].clone() } else { self.net.remove(place) };
        if fate == 1 {
            self.trace.push("a message is lost".into());
            return;
        }
        self.arrive(message, fate != 2).await;
    }

    async fn arrive(&mut self, message: Message, answered: bool) {
        let store = &self.world.store;
        match message {
            Message::Grant(r, who, wish) => {
                let granted = store.grant(who, wish).await.unwrap();
                self.trace.push(format!("the database grants r{r}: {granted:?}, answered: {answered}"));
                if let (Granted::Lease(lease) | Granted::Short { lease, .. }, true) = (granted, answered) {
                    self.replicas[r].wallet.learn(who.instance, lease);
                }
            }
            Message::Return(r, who, returned) => {
                let leases = store.give_back(who, &[(self.account(), returned)]).await.unwrap();
                self.trace.push(format!("the database takes back {returned}: {leases:?}"));
                for lease in leases.into_iter().filter(|_| answered) {
                    self.replicas[r].wallet.learn(who.instance, lease);
                }
            }
            Message::Ship(instance, first, events) => {
                let shipped = store.ship(instance, first, &events).await.unwrap();
                self.trace
                    .push(format!("the database has {first}+{} of {instance}: {shipped:?}", events.len()));
            }
        }
    }

    async fn check(&self) {
        let now = balance(self.world).await;
        let seen = self.trace.join("\n");
        assert!(now.remaining().micros() >= 0, "the balance is {now:?}\n{seen}");
        let out = now.used.micros() + now.leased.micros();
        assert!(
            now.leased.micros() >= 0 && out <= ALLOCATED,
            "more is leased than was given: {now:?}\n{seen}"
        );
        assert_eq!(ledger(self.world).await, now.remaining().micros(), "the ledger is wrong\n{seen}");
        if !self.closed_by_force && self.lost.is_empty() {
            let settled = self.replicas.iter().flat_map(|replica| &replica.log);
            let settled: i64 = settled.map(|event| event.settlement.charged).sum();
            let held: i64 = self.replicas.iter().flat_map(|r| r.open.values()).map(Hold::amount).sum();
            assert!(settled + held <= ALLOCATED, "{settled} + {held} were admitted\n{seen}");
        }
    }

    /// Everybody restarts and ships: every call is in the books once.
    async fn rest(&mut self) {
        for r in 0..REPLICAS {
            self.crash(r);
            self.restart(r).await;
            let replica = &self.replicas[r];
            let (shipped, _) = self.world.store.leases(replica.who.instance).await.unwrap();
            let left = replica.log.get(usize::try_from(shipped).unwrap()..).unwrap_or_default();
            let done = self.world.store.ship(replica.who.instance, shipped, left).await.unwrap();
            assert_eq!(done, Shipped::Stored);
        }
        self.check().await;
        let seen = self.trace.join("\n");
        for call in (0..self.calls).filter(|call| !self.lost.contains(call)) {
            let id: alias_core::usage::CallId = testing::id(call);
            let rows = self.world.count(&format!("usage_events WHERE call_id = '{id}'"));
            assert_eq!(rows, 1, "call {call} is recorded {rows} times\n{seen}");
        }
        let now = balance(self.world).await;
        let charged = self.world.sum("charged", "usage_events");
        assert_eq!(charged, now.used.micros(), "events and account disagree\n{seen}");
        if self.gentle {
            let settled = self.replicas.iter().flat_map(|replica| &replica.log);
            let settled: i64 = settled.map(|event| event.settlement.charged).sum();
            assert_eq!(charged, settled, "what was settled was not charged\n{seen}");
        }
        let events = self.world.count("usage_events");
        assert_eq!(events, self.world.sum("calls", "usage_rollups"), "events and roll-ups disagree\n{seen}");
    }
}

async fn walk(world: &World, seed: u64, steps: usize) {
    let team = team_with(world, ALLOCATED).await;
    let alias = world.alias("a").await.id;
    let mut walk = Walk {
        world,
        team,
        alias,
        draw: Draw(seed),
        replicas: Vec::new(),
        net: Vec::new(),
        calls: 0,
        lost: BTreeSet::new(),
        closed_by_force: false,
        gentle: seed.is_multiple_of(2),
        instances: 0,
        trace: vec![format!("seed {seed}")],
    };
    for _ in 0..REPLICAS {
        let who = Tenure { instance: walk.fresh(), boot: 0 };
        let (wallet, log, open, journal) = <(Wallet, Vec<_>, BTreeMap<_, _>, BTreeSet<_>)>::default();
        walk.replicas.push(Replica { up: false, who, wallet, log, open, journal });
    }
    for _ in 0..steps {
        walk.step().await;
        walk.check().await;
    }
    walk.rest().await;
}

/// How many walks, each with a database of its own: `ALIAS_TEST_WALKS`.
fn walks() -> u64 {
    std::env::var("ALIAS_TEST_WALKS").ok().and_then(|text| text.parse().ok()).unwrap_or(6)
}

mod no_walk_breaks_a_promise {
    use super::*;

    #[test]
    fn sqlite() {
        for seed in 0..walks() {
            let (runtime, place) = crate::world::sqlite();
            runtime.block_on(async { walk(&World::open(place).await, seed, 150).await });
        }
    }

    #[test]
    fn postgres() {
        for seed in 0..walks() {
            let Some((runtime, place)) = crate::world::postgres() else { return };
            runtime.block_on(async { walk(&World::open(place).await, 1_000 + seed, 150).await });
        }
    }
}

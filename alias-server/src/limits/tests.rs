//! Rate limits against a ledger that counts its questions, refuses to answer, or never does.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use alias_core::catalog::{Catalog, CatalogKey, CatalogOrganization, CatalogStanding, CatalogTeam};
use alias_core::clock::Timestamp;
use alias_core::key::Entrance;
use alias_core::limit::{Account, Ask, Grant, LimitsDraft, MINUTE};
use alias_core::repository::{Beat, Peer, StoreError};
use alias_core::testing::{id, key};
use alias_router::{Arrival, RouterPolicy, RoutingTable};
use async_trait::async_trait;

use super::*;
use crate::error::{Code, Dialect};

/// What becomes of questions.
#[derive(Default)]
struct Ledger {
    accounts: Mutex<HashMap<Subject, Account>>,
    asked: AtomicUsize,
    fails: AtomicBool,
    hangs: AtomicBool,
}

#[async_trait]
impl LimitRepository for Ledger {
    async fn ask(&self, ask: &Ask) -> Result<Grant, StoreError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        if self.hangs.load(Ordering::Relaxed) {
            std::future::pending::<()>().await;
        }
        if self.fails.load(Ordering::Relaxed) {
            return Err(StoreError::Unavailable("away".into()));
        }
        Ok(self.accounts.lock().entry(ask.subject.clone()).or_default().serve(ask, 7 * MINUTE, 0))
    }

    async fn beat(&self, instance: InstanceId) -> Result<Beat, StoreError> {
        let peers = vec![Peer { instance, beat: 1 }, Peer { instance: id(2), beat: 1 }];
        Ok(Beat { known: true, peers })
    }

    async fn recalls(&self, _: &[Subject]) -> Result<Vec<(Subject, i64)>, StoreError> {
        Ok(Vec::new())
    }

    async fn bury(&self, _: Peer) -> Result<(), StoreError> {
        Ok(())
    }

    async fn leave(&self, _: InstanceId) -> Result<(), StoreError> {
        Ok(())
    }

    async fn tidy(&self) -> Result<(), StoreError> {
        Ok(())
    }
}

fn caller(team: LimitsDraft, own: LimitsDraft) -> Caller {
    let catalog = Catalog {
        organizations: vec![CatalogOrganization {
            uid: id(1),
            organization_id: "org".parse().unwrap(),
            standing: CatalogStanding::default(),
        }],
        teams: vec![CatalogTeam {
            uid: id(1),
            team_id: "team".parse().unwrap(),
            organization: id(1),
            groups: vec![],
            default_model: None,
            standing: CatalogStanding::default(),
            limits: team.parse().unwrap(),
            billing: alias_core::credits::Billing::default(),
        }],
        keys: vec![CatalogKey {
            id: key(1).id().clone(),
            digest: key(1).digest(),
            team: id(1),
            expires_at: None,
            scope: None,
            limits: own.parse().unwrap(),
        }],
        ..Catalog::default()
    };
    let table = RoutingTable::build(&catalog, RouterPolicy::default());
    let arrival = Arrival { at: Timestamp::from_micros(0), entrance: Entrance::Models, address: None };
    table.authenticate(key(1).expose(), arrival).unwrap()
}

fn rpm(limit: i64) -> LimitsDraft {
    LimitsDraft { rpm_limit: Some(limit), ..LimitsDraft::default() }
}

fn started() -> (Arc<Ledger>, RateLimits) {
    let ledger = Arc::new(Ledger::default());
    let limits = RateLimits::new(Arc::clone(&ledger) as _);
    (ledger, limits)
}

#[tokio::test]
async fn a_call_without_limits_asks_nobody() {
    let (ledger, limits) = started();
    let caller = caller(LimitsDraft::default(), LimitsDraft::default());
    let pass = limits.admit(&caller, || unreachable!("nobody limits tokens")).await.unwrap();
    assert_eq!(pass.standing(), alias_router::limits::Standing::default());
    assert_eq!(ledger.asked.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn a_thousand_calls_take_few_questions_and_not_one_call_more_passes() {
    let (ledger, limits) = started();
    let caller = caller(rpm(1_000), LimitsDraft::default());
    let mut passed = 0;
    for _ in 0..1_200 {
        if let Ok(mut pass) = limits.admit(&caller, || 0).await {
            pass.used(None);
            passed += 1;
        }
    }
    assert_eq!(passed, 1_000);
    let asked = ledger.asked.load(Ordering::Relaxed);
    assert!(asked < 70, "{asked} questions");
}

#[tokio::test]
async fn what_its_team_refuses_does_not_cost_a_key_and_what_is_not_sent_costs_nobody() {
    let (_ledger, limits) = started();
    let caller = caller(rpm(2), rpm(3));
    for _ in 0..5 {
        // Dropped without a word: it was no call.
        drop(limits.admit(&caller, || 0).await.unwrap());
    }
    for _ in 0..2 {
        limits.admit(&caller, || 0).await.unwrap().used(None);
    }
    let refused = limits.admit(&caller, || 0).await.unwrap_err();
    assert_eq!(refused.code(), Code::RateLimitExceeded);
    let key = limits.entry(&Subject::Key(key(1).id().clone()));
    let line = key.counts.lock().standing(caller.own_limits(), limits.now()).requests.unwrap();
    assert_eq!(line.remaining, 1);
    let problem = refused.body(Dialect::Problem, "/api/jobs", "r");
    assert_eq!(
        (&problem["code"], &problem["type"]),
        (&"rate_limited".into(), &"/docs/errors/rate_limited".into())
    );
    assert_eq!(refused.body(Dialect::OpenAi, "/v1", "r")["error"]["code"], "rate_limit_exceeded");
}

#[tokio::test]
async fn a_ledger_that_is_away_leaves_this_servers_part() {
    let (ledger, limits) = started();
    limits.join().await.unwrap();
    ledger.fails.store(true, Ordering::Relaxed);
    let caller = caller(rpm(10), LimitsDraft::default());
    let mut passed = 0;
    for _ in 0..20 {
        passed += usize::from(limits.admit(&caller, || 0).await.map(|mut pass| pass.used(None)).is_ok());
    }
    assert_eq!(passed, 5, "there are two servers");
    assert_eq!(ledger.asked.load(Ordering::Relaxed), 1, "and it is not asked all the time");
}

#[tokio::test]
async fn a_ledger_that_does_not_answer_is_waited_for_once_and_shortly() {
    let (ledger, limits) = started();
    ledger.hangs.store(true, Ordering::Relaxed);
    let caller = caller(rpm(3), LimitsDraft::default());
    let began = Instant::now();
    let mut passed = 0;
    for _ in 0..10 {
        passed += usize::from(limits.admit(&caller, || 0).await.map(|mut pass| pass.used(None)).is_ok());
    }
    assert_eq!(passed, 3);
    let took = began.elapsed();
    assert!(took >= PATIENCE && took < PATIENCE * 9, "{took:?}");
    assert_eq!(ledger.asked.load(Ordering::Relaxed), 1, "and it is not asked all the time");
}

#[tokio::test]
async fn who_leaves_while_waiting_takes_nothing() {
    let (ledger, limits) = started();
    ledger.hangs.store(true, Ordering::Relaxed);
    let of_team = LimitsDraft { max_parallel_requests: Some(1), ..LimitsDraft::default() };
    let caller = caller(of_team, LimitsDraft::default());
    let left = tokio::time::timeout(Duration::from_millis(20), limits.admit(&caller, || 0)).await;
    assert!(left.is_err());
    let pass = limits.admit(&caller, || 0).await.unwrap();
    assert!(limits.admit(&caller, || 0).await.is_err());
    drop(pass);
    limits.admit(&caller, || 0).await.unwrap();
}

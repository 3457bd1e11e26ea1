//! Random walks of calls, crashes, shipments and failures: at rest, every admitted call is in the books exactly once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use alias_core::usage::{CallId, Outcome};
use alias_store::spool::Spool;
use proptest::prelude::*;
use tempfile::TempDir;

use crate::books::{Books, Fault, Kept};
use crate::calls::{call, crash, event, open};
use crate::shipping::ship;

#[derive(Debug, Clone)]
enum Step {
    Admit,
    /// Without a journal record for now: no client has seen anything of the call.
    AdmitSoon,
    /// Of an open call, chosen by the number.
    Settle(usize),
    /// The process dies.
    Kill,
    Restart,
    Ship(Vec<Fault>),
    Renew,
    Backup,
    /// The database is restored from the last backup.
    Restore,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let fault =
        prop_oneof![Just(Fault::Refuse), Just(Fault::LoseReply), Just(Fault::Hang), Just(Fault::Repeat),];
    let step = prop_oneof![
        6 => Just(Step::Admit),
        3 => Just(Step::AdmitSoon),
        8 => any::<usize>().prop_map(Step::Settle),
        2 => Just(Step::Kill),
        1 => Just(Step::Restart),
        3 => prop::collection::vec(fault, 0..3).prop_map(Step::Ship),
        1 => Just(Step::Renew),
        1 => Just(Step::Backup),
        1 => Just(Step::Restore),
    ];
    prop::collection::vec(step, 1..60)
}

struct Walk {
    folder: TempDir,
    /// None only between two processes.
    spool: Option<Arc<Spool>>,
    books: Arc<Books>,
    backup: Kept,
    next: u64,
    open: BTreeSet<u64>,
    settled: BTreeSet<u64>,
    /// Calls that a crash may leave no trace of, unless they are settled.
    faint: BTreeSet<u64>,
}

impl Walk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let spool = Some(Arc::new(open(&folder)));
        Self {
            folder,
            spool,
            books: Books::failing([]),
            backup: Kept::default(),
            next: 0,
            open: BTreeSet::new(),
            settled: BTreeSet::new(),
            faint: BTreeSet::new(),
        }
    }

    fn spool(&self) -> &Arc<Spool> {
        self.spool.as_ref().unwrap()
    }

    async fn take(&mut self, step: Step) {
        match step {
            Step::Admit => {
                self.spool().admit(&call(self.next)).unwrap();
                self.open.insert(self.next);
                self.next += 1;
            }
            Step::AdmitSoon => {
                self.spool().reserve(call(self.next).call_id, 0).unwrap();
                self.spool().admit_soon(call(self.next));
                self.open.insert(self.next);
                self.faint.insert(self.next);
                self.next += 1;
            }
            Step::Settle(pick) => {
                let pick = self.open.iter().nth(pick % self.open.len().max(1)).copied();
                if let Some(n) = pick {
                    self.spool().settle(Box::new(event(n))).await.unwrap();
                    self.open.remove(&n);
                    self.settled.insert(n);
                }
            }
            Step::Kill => {
                let crashed = crash(self.folder.path());
                self.spool = Some(Arc::new(open(&crashed)));
                self.folder = crashed;
                self.open.clear();
            }
            Step::Restart => self.restart(),
            Step::Ship(faults) => self.ship(faults).await,
            Step::Renew => drop(self.spool().renew_instance().unwrap()),
            Step::Backup => self.backup = self.books.kept.lock().clone(),
            Step::Restore => {
                *self.books.kept.lock() = self.backup.clone();
                self.restart();
            }
        }
    }

    fn restart(&mut self) {
        self.spool = None;
        self.spool = Some(Arc::new(open(&self.folder)));
        self.open.clear();
    }

    /// A shipment that hangs ends with the process.
    async fn ship(&mut self, faults: Vec<Fault>) {
        self.books.faults.lock().extend(faults);
        let hung = tokio::select! {
            () = ship(self.spool(), &self.books) => false,
            () = self.books.hung.notified() => true,
        };
        self.books.faults.lock().clear();
        // Within one process, an instance announces itself once.
        if hung { Box::pin(self.take(Step::Kill)).await } else { self.restart() }
    }

    async fn rest(mut self) {
        self.restart();
        ship(self.spool(), &self.books).await;
        let mut outcomes = BTreeMap::<CallId, Outcome>::new();
        for event in self.books.events() {
            assert_eq!(outcomes.insert(event.call.call_id, event.outcome), None, "in the books twice");
        }
        for n in 0..self.next {
            let expected = if self.settled.contains(&n) { Outcome::Complete } else { Outcome::Interrupted };
            let outcome = outcomes.get(&call(n).call_id);
            let untraced = outcome.is_none() && self.faint.contains(&n) && !self.settled.contains(&n);
            assert!(outcome == Some(&expected) || untraced, "call {n}: {outcome:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases / 8, max_shrink_iters: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn at_rest_every_admitted_call_is_in_the_books_exactly_once(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut walk = Walk::new();
            for step in steps {
                walk.take(step).await;
            }
            walk.rest().await;
        });
    }
}

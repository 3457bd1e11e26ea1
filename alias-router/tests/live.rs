//! The live router under sources that are slow, late, behind and broken.
#![expect(clippy::unwrap_used, reason = "what a test sets up may fail as loudly as what it checks")]

mod catalogue;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use alias_core::catalog::{Catalog, CatalogChange, CatalogDelta, CatalogSource, Gone, Known, Mark, Revision};
use alias_core::repository::StoreError;
use alias_core::testing::key;
use alias_router::{LiveRouter, Request, RouterPolicy, decide};
use async_trait::async_trait;
use catalogue::{alias, arrival, group, one_team, team, team_key};
use tokio::sync::{Semaphore, watch};

use Answer::{Away, Full, Nothing, Other, Raised};

/// Longer than any test takes: a test that waits as long has failed.
const PATIENCE: Duration = Duration::from_mins(1);

/// The state at a revision: one alias, which tells the revision by its name.
fn state(revision: u64) -> Catalog {
    Catalog { revision: Revision(revision), ..one_team(vec![alias(1, &format!("at-{revision}"))]) }
}

/// A source whose loads read the state when they begin and answer when they are let.
struct SlowSource {
    written: Mutex<u64>,
    begun: watch::Sender<usize>,
    let_go: Semaphore,
}

impl SlowSource {
    /// A source at a revision that answers the first load.
    fn new(revision: u64) -> Arc<Self> {
        let (begun, _) = watch::channel(0);
        Arc::new(Self { written: Mutex::new(revision), begun, let_go: Semaphore::new(1) })
    }

    fn write(&self, revision: u64) -> Revision {
        *self.written.lock().unwrap() = revision;
        Revision(revision)
    }

    fn let_go(&self, loads: usize) {
        self.let_go.add_permits(loads);
    }

    async fn wait_until_begun(&self, loads: usize) {
        self.begun.subscribe().wait_for(|begun| *begun == loads).await.unwrap();
    }

    fn loads(&self) -> usize {
        *self.begun.borrow()
    }
}

#[async_trait]
impl CatalogSource for SlowSource {
    async fn changes_since(&self, known: Option<Known>) -> Result<CatalogChange, StoreError> {
        let read = *self.written.lock().unwrap();
        self.begun.send_modify(|begun| *begun += 1);
        self.let_go.acquire().await.unwrap().forget();
        Ok(if known.is_some_and(|known| known.revision == Revision(read)) {
            CatalogChange::None
        } else {
            CatalogChange::Full(state(read))
        })
    }
}

/// What a scripted source answers.
enum Answer {
    Full(u64),
    Nothing,
    Away,
    /// It is of another history.
    Other,
    /// Its revision is raised to this, where it was told that a later one was known.
    Raised(u64),
}

/// A source that gives the answers of a list, and must not be asked more often.
struct Script(Mutex<VecDeque<Answer>>);

impl Script {
    fn new(answers: impl IntoIterator<Item = Answer>) -> Arc<Self> {
        Arc::new(Self(Mutex::new(answers.into_iter().collect())))
    }
}

#[async_trait]
impl CatalogSource for Script {
    async fn changes_since(&self, _known: Option<Known>) -> Result<CatalogChange, StoreError> {
        match self.0.lock().unwrap().pop_front().unwrap() {
            Full(revision) => Ok(CatalogChange::Full(state(revision))),
            Nothing => Ok(CatalogChange::None),
            Other => Ok(CatalogChange::Diverged),
            Away => Err(StoreError::Unavailable("the database is away".into())),
            Raised(_) => Err(StoreError::Corrupt("asked for a change, and not to be raised".into())),
        }
    }

    async fn overtake(&self, known: Known) -> Result<Revision, StoreError> {
        match self.0.lock().unwrap().pop_front().unwrap() {
            Raised(revision) => Ok(Revision(revision)),
            Away => Err(StoreError::Unavailable("the database is away".into())),
            _ => Err(StoreError::Corrupt(format!("asked to be raised beyond {known:?}").into())),
        }
    }
}

async fn start(source: Arc<dyn CatalogSource>) -> Arc<LiveRouter> {
    Arc::new(LiveRouter::start(source, RouterPolicy::default()).await.unwrap())
}

/// The one alias that can be called at present.
fn serves(live: &LiveRouter) -> String {
    let table = live.table();
    let caller = table.authenticate(key(1).expose(), arrival()).unwrap();
    let name = table.visible_models(&caller)[0].alias.to_string();
    assert_eq!(decide(&table, &caller, &Request::new(&name)).unwrap().revision(), table.revision());
    name
}

#[tokio::test]
async fn a_write_is_served_as_soon_as_the_refresh_returns() {
    let source = SlowSource::new(1);
    let live = start(source.clone()).await;
    assert_eq!(serves(&live), "at-1");
    let revision = source.write(2);
    source.let_go(1);
    assert_eq!(live.refresh(revision).await.unwrap(), Revision(2));
    assert_eq!(serves(&live), "at-2");
}

#[tokio::test]
async fn writers_who_wait_at_the_same_time_share_one_load() {
    let source = SlowSource::new(1);
    let live = start(source.clone()).await;
    let revision = source.write(11);
    let waiting: Vec<_> = (2..=11)
        .map(|written| {
            let live = live.clone();
            tokio::spawn(async move { live.refresh(Revision(written)).await.unwrap() })
        })
        .collect();
    source.wait_until_begun(2).await;
    source.let_go(100);
    for waiting in waiting {
        assert_eq!(waiting.await.unwrap(), revision);
    }
    assert_eq!(source.loads(), 2, "the first load, and one for all writers");
}

#[tokio::test]
async fn a_load_that_began_before_a_write_does_not_satisfy_its_writer() {
    let source = SlowSource::new(1);
    let live = start(source.clone()).await;
    let refresh = |revision| {
        let live = live.clone();
        tokio::spawn(async move { live.refresh(revision).await.unwrap() })
    };
    let early = refresh(source.write(2));
    source.wait_until_begun(2).await;
    let late = refresh(source.write(3));
    source.let_go(1);
    assert_eq!(early.await.unwrap(), Revision(2));
    source.wait_until_begun(3).await;
    assert!(!late.is_finished());
    source.let_go(1);
    assert_eq!(late.await.unwrap(), Revision(3));
    assert_eq!(serves(&live), "at-3");
}

#[tokio::test]
async fn an_older_state_never_replaces_a_newer_one() {
    let live = start(Script::new([Full(5), Full(3), Away, Full(5), Full(4), Away, Full(6)])).await;
    // Nor does it confirm the newer one: who asks must not take it for word of the source.
    assert!(matches!(live.poll().await, Err(StoreError::Unavailable(_))));
    assert!(!live.poll().await.unwrap());
    assert_eq!((live.revision(), serves(&live)), (Revision(5), "at-5".into()));
    let behind = live.refresh(Revision(6)).await.unwrap_err();
    assert!(matches!(behind, StoreError::Unavailable(_)), "{behind:?}");
    assert_eq!(serves(&live), "at-5");
    assert!(live.poll().await.unwrap());
    assert_eq!((serves(&live), live.restorations()), ("at-6".into(), 0));
}

#[tokio::test]
async fn a_source_that_was_restored_is_raised_beyond_what_was_known_and_read_anew() {
    let live = start(Script::new([Full(5), Full(3), Raised(1_000_005), Full(1_000_005), Nothing])).await;
    assert!(live.poll().await.unwrap());
    assert_eq!((live.revision(), serves(&live)), (Revision(1_000_005), "at-1000005".into()));
    assert!(!live.poll().await.unwrap());
    assert_eq!(live.restorations(), 1);
}

#[tokio::test]
async fn a_source_of_another_history_is_raised_and_read_anew() {
    let live =
        start(Script::new([Full(5), Other, Away, Other, Raised(1_000_006), Full(1_000_006), Nothing])).await;
    // As long as it cannot be raised, nothing of it is believed.
    assert!(matches!(live.poll().await, Err(StoreError::Unavailable(_))));
    assert_eq!(serves(&live), "at-5");
    assert!(live.poll().await.unwrap());
    assert_eq!((live.revision(), live.restorations()), (Revision(1_000_006), 1));
    assert!(!live.poll().await.unwrap());
}

/// A source that remembers what it was asked.
struct Asked(Mutex<(VecDeque<CatalogChange>, Vec<Option<Known>>)>);

#[async_trait]
impl CatalogSource for Asked {
    async fn changes_since(&self, known: Option<Known>) -> Result<CatalogChange, StoreError> {
        let mut script = self.0.lock().unwrap();
        script.1.push(known);
        Ok(script.0.pop_front().unwrap())
    }
}

#[tokio::test]
async fn a_source_is_asked_with_the_mark_that_it_gave_last() {
    let of = |revision, mark| Catalog { mark: Some(Mark::new(mark)), ..state(revision) };
    let delta = CatalogDelta { since: Revision(1), changed: of(2, "y"), ..CatalogDelta::default() };
    let answers = [CatalogChange::Full(of(1, "x")), CatalogChange::Delta(delta), CatalogChange::None];
    let source = Arc::new(Asked(Mutex::new((answers.into(), Vec::new()))));
    let live = start(source.clone()).await;
    live.poll().await.unwrap();
    live.poll().await.unwrap();
    let asked = source.0.lock().unwrap().1.clone();
    assert_eq!(asked, [None, Some(of(1, "x").known()), Some(of(2, "y").known())]);
}

/// Whether the whole is asked for after a change that takes so much away from it.
async fn is_asked_anew(whole: Catalog, gone: Gone) -> bool {
    let revision = Revision(whole.revision.0 + 1);
    let changed = Catalog { revision, ..Catalog::default() };
    let delta = CatalogDelta { since: whole.revision, changed, gone };
    let after = Catalog { revision, ..Catalog::default() };
    let (whole, after) = (CatalogChange::Full(whole), CatalogChange::Full(after));
    let answers = [whole, CatalogChange::Delta(delta), CatalogChange::None, after, CatalogChange::None];
    let source = Arc::new(Asked(Mutex::new((answers.into(), Vec::new()))));
    let live = start(source.clone()).await;
    for _ in 0..3 {
        live.poll().await.unwrap();
    }
    let asked = source.0.lock().unwrap().1.clone();
    // The smaller table is read once, and not again and again.
    assert!(asked[2].is_some() && asked.last().unwrap().is_some());
    asked[3].is_none()
}

#[tokio::test]
async fn another_history_is_noticed_also_where_much_is_left_of_what_is_gone() {
    let keys: Vec<_> = (2..5_000).map(|n| team_key(n, 2)).collect();
    let (first, mark) = (one_team(vec![alias(1, "one")]), Some(Mark::new("x")));
    let keys = [first.keys, keys].concat();
    let whole = Catalog { teams: vec![team(1, 1, &[1]), team(2, 1, &[])], keys, mark: mark.clone(), ..first };
    let gone = Gone { teams: vec![team(2, 1, &[]).uid], ..Gone::default() };
    let at = |above| Catalog { mark: mark.clone(), ..state(whole.revision.0 + above) };
    let delta = CatalogDelta { since: whole.revision, changed: at(1), gone };
    let later = at(2);
    let answers = [
        CatalogChange::Full(whole.clone()),
        CatalogChange::Delta(delta),
        // The source changes while the whole is read: that is not believed before it was asked about.
        CatalogChange::None,
        CatalogChange::Full(later),
        CatalogChange::Diverged,
    ];
    let source = Arc::new(Asked(Mutex::new((answers.into(), Vec::new()))));
    let live = start(source.clone()).await;
    assert!(live.poll().await.unwrap());
    assert!(!live.poll().await.unwrap());
    assert_eq!(live.revision(), at(1).revision);
    // It cannot be raised here.
    assert!(live.poll().await.is_err());
    let asked = source.0.lock().unwrap().1.clone();
    assert_eq!(asked[2..], [Some(at(1).known()), None, Some(at(1).known())]);
}

#[tokio::test]
async fn what_is_gone_is_forgotten_where_it_is_most_of_what_there_was() {
    const MANY: u64 = 5_000;
    let base = || one_team(vec![alias(1, "one")]);
    let keys = |team| (2..MANY).map(move |n| team_key(n, team)).collect::<Vec<_>>();
    let teams: Vec<_> = (2..MANY).map(|n| team(n, 1, &[])).collect();
    let gone = Gone { teams: teams.iter().map(|team| team.uid).collect(), ..Gone::default() };
    let whole = Catalog { teams: [base().teams, teams].concat(), ..base() };
    assert!(is_asked_anew(whole, gone).await, "teams");
    let groups: Vec<_> = (2..MANY).map(|n| group(n, &[])).collect();
    let gone = Gone { groups: groups.iter().map(|group| group.id).collect(), ..Gone::default() };
    let whole = Catalog { groups: [base().groups, groups].concat(), ..base() };
    assert!(is_asked_anew(whole, gone).await, "groups");
    // One team, which takes its keys along.
    let with = |mut keys: Vec<_>| {
        keys.extend(base().keys);
        Catalog { teams: vec![team(1, 1, &[1]), team(2, 1, &[])], keys, ..base() }
    };
    let gone = Gone { teams: vec![team(2, 1, &[]).uid], ..Gone::default() };
    assert!(is_asked_anew(with(keys(2)), gone.clone()).await, "keys of a team");
    assert!(!is_asked_anew(with(keys(1)), gone).await, "keys of another team");
    // Keys that were revoked first leave nothing behind.
    let revoked = keys(2).iter().map(|key| key.digest).collect();
    let gone = Gone { keys: revoked, teams: vec![team(2, 1, &[]).uid], ..Gone::default() };
    assert!(!is_asked_anew(with(keys(2)), gone).await, "revoked keys");
}

#[tokio::test]
async fn a_source_that_is_raised_and_shows_less_all_the_same_is_not_believed() {
    let live = start(Script::new([Full(5), Full(3), Raised(1_000_005), Full(4)])).await;
    assert!(matches!(live.poll().await, Err(StoreError::Unavailable(_))));
    assert_eq!(serves(&live), "at-5");
}

#[tokio::test]
async fn a_refresh_for_what_is_served_already_asks_nobody() {
    let live = start(Script::new([Full(5)])).await;
    assert_eq!(live.refresh(Revision(5)).await.unwrap(), Revision(5));
}

#[tokio::test]
async fn what_is_known_stays_in_force_while_the_source_is_away() {
    let source = Script::new([Full(1), Away, Away, Nothing, Full(2)]);
    let live = start(source).await;
    assert!(live.poll().await.is_err());
    assert!(live.refresh(Revision(2)).await.is_err());
    assert_eq!(serves(&live), "at-1");
    assert!(!live.poll().await.unwrap());
    assert!(live.poll().await.unwrap());
    assert_eq!(serves(&live), "at-2");
}

#[tokio::test]
async fn without_a_first_state_nothing_starts() {
    let away = LiveRouter::start(Script::new([Away]), RouterPolicy::default()).await;
    assert!(matches!(away, Err(StoreError::Unavailable(_))));
    let empty = LiveRouter::start(Script::new([Nothing]), RouterPolicy::default()).await;
    assert!(matches!(empty, Err(StoreError::Corrupt(_))));
}

#[tokio::test]
async fn a_writer_who_gives_up_does_not_hold_up_the_others() {
    let source = SlowSource::new(1);
    let live = start(source.clone()).await;
    let revision = source.write(2);
    let given_up = tokio::spawn({
        let live = live.clone();
        async move { live.refresh(revision).await.map(|_| ()) }
    });
    source.wait_until_begun(2).await;
    given_up.abort();
    assert!(given_up.await.unwrap_err().is_cancelled());
    source.let_go(1);
    assert_eq!(live.refresh(revision).await.unwrap(), revision);
}

#[tokio::test]
async fn whoever_waits_for_a_revision_is_woken_by_it_and_not_before() {
    let live = start(Script::new([Full(1), Full(2), Full(4)])).await;
    assert!(live.wait_for(Revision(1), Duration::ZERO).await);
    assert!(!live.wait_for(Revision(2), Duration::ZERO).await);
    let waiting = tokio::spawn({
        let live = live.clone();
        async move { (live.wait_for(Revision(3), PATIENCE).await, live.revision()) }
    });
    assert!(live.poll().await.unwrap());
    tokio::task::yield_now().await;
    assert!(!waiting.is_finished());
    assert!(live.poll().await.unwrap());
    assert_eq!(waiting.await.unwrap(), (true, Revision(4)));
}

#[tokio::test]
async fn a_request_goes_on_with_the_table_that_it_began_with() {
    let live = start(Script::new([Full(1), Full(2)])).await;
    let table = live.table();
    let caller = table.authenticate(key(1).expose(), arrival()).unwrap();
    assert!(live.poll().await.unwrap());
    assert!(decide(&table, &caller, &Request::new("at-1")).is_ok());
    assert_eq!(serves(&live), "at-2");
}

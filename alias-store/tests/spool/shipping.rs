//! Events reach the books exactly once, whatever fails on the way.

use std::sync::Arc;
use std::time::Duration;

use alias_core::testing::id;
use alias_core::usage::Denials;
use alias_store::spool::Spool;
use alias_store::spool::shipper::ship_forever;
use tokio::sync::watch;
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

use crate::books::{Books, Fault, Kept};
use crate::calls::{call, crash, event, open, record};

/// Ships everything that is settled, and stops.
pub(crate) async fn ship(spool: &Arc<Spool>, books: &Arc<Books>) {
    let stop = CancellationToken::new();
    stop.cancel();
    let (spool, books) = (Arc::clone(spool), Arc::clone(books));
    ship_forever(spool, books, Vec::new, watch::Sender::default(), stop).await;
}

/// Waits until the books have so many events.
async fn arrival(books: &Books, count: usize) {
    let arrived = async {
        while books.kept.lock().events.len() < count {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(Duration::from_secs(20), arrived).await.expect("the events arrive");
}

#[tokio::test]
async fn an_event_is_in_the_books_within_a_second() {
    let folder = tempfile::tempdir().unwrap();
    let (spool, books) = (Arc::new(open(&folder)), Books::failing([]));
    let stop = CancellationToken::new();
    let shipping = tokio::spawn(ship_forever(
        Arc::clone(&spool),
        Arc::clone(&books) as _,
        Vec::new,
        watch::Sender::default(),
        stop.clone(),
    ));
    let mut took = Vec::new();
    for n in 1..=3 {
        record(&spool, [n]).await;
        let settled = Instant::now();
        arrival(&books, usize::try_from(n).unwrap()).await;
        took.push(settled.elapsed());
    }
    // A machine that does something else meanwhile only ever adds.
    assert!(took.iter().min() < Some(&Duration::from_secs(1)), "{took:?}");
    stop.cancel();
    shipping.await.unwrap();
}

#[tokio::test]
async fn failures_repetitions_and_lost_replies_change_nothing_in_the_books() {
    use Fault::{LoseReply, Refuse, Repeat};
    for faults in [
        vec![Refuse, Refuse, Refuse],
        vec![Repeat],
        vec![LoseReply, LoseReply],
        vec![Refuse, LoseReply, Repeat, LoseReply, LoseReply, Refuse, Repeat],
    ] {
        let folder = tempfile::tempdir().unwrap();
        let (spool, books) = (Arc::new(open(&folder)), Books::failing([]));
        let stop = CancellationToken::new();
        let shipping = tokio::spawn(ship_forever(
            Arc::clone(&spool),
            Arc::clone(&books) as _,
            Vec::new,
            watch::Sender::default(),
            stop.clone(),
        ));
        record(&spool, [0]).await;
        arrival(&books, 1).await;
        books.faults.lock().extend(faults.clone());
        record(&spool, 1..30).await;
        stop.cancel();
        shipping.await.unwrap();
        assert_eq!(books.events(), (0..30).map(event).collect::<Vec<_>>(), "{faults:?}");
    }
}

#[tokio::test]
async fn an_announcement_whose_answer_was_lost_costs_no_event() {
    let folder = tempfile::tempdir().unwrap();
    let (spool, books) = (Arc::new(open(&folder)), Books::failing([Fault::LoseReply]));
    record(&spool, 0..10).await;
    ship(&spool, &books).await;
    assert_eq!(books.events(), (0..10).map(event).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_process_that_dies_before_the_answer_ships_nothing_twice() {
    let folder = tempfile::tempdir().unwrap();
    let (spool, books) = (Arc::new(open(&folder)), Books::failing([]));
    record(&spool, 0..10).await;
    ship(&spool, &books).await;
    drop(spool);
    let spool = Arc::new(open(&folder));
    record(&spool, 10..20).await;
    let stop = CancellationToken::new();
    let shipping = tokio::spawn(ship_forever(
        Arc::clone(&spool),
        Arc::clone(&books) as _,
        Vec::new,
        watch::Sender::default(),
        stop,
    ));
    arrival(&books, 20).await;
    books.faults.lock().push_back(Fault::Hang);
    record(&spool, [20]).await;
    timeout(Duration::from_secs(10), books.hung.notified()).await.expect("the batch is sent");
    shipping.abort();
    let folder = crash(folder.path());
    let spool = Arc::new(open(&folder));
    record(&spool, 21..30).await;
    ship(&spool, &books).await;
    assert_eq!(books.events(), (0..30).map(event).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_restored_database_catches_up() {
    let folder = tempfile::tempdir().unwrap();
    let (spool, books) = (Arc::new(open(&folder)), Books::failing([]));
    let stop = CancellationToken::new();
    let shipping = tokio::spawn(ship_forever(
        Arc::clone(&spool),
        Arc::clone(&books) as _,
        Vec::new,
        watch::Sender::default(),
        stop.clone(),
    ));
    record(&spool, 0..20).await;
    arrival(&books, 20).await;
    let backup = books.kept.lock().clone();
    record(&spool, 20..40).await;
    arrival(&books, 40).await;
    *books.kept.lock() = backup;
    record(&spool, 40..50).await;
    arrival(&books, 50).await;
    stop.cancel();
    shipping.await.unwrap();
    assert_eq!(books.events(), (0..50).map(event).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_database_that_was_created_anew_gets_everything_that_the_folder_has() {
    let folder = tempfile::tempdir().unwrap();
    let (spool, books) = (Arc::new(open(&folder)), Books::failing([]));
    let stop = CancellationToken::new();
    let shipping = tokio::spawn(ship_forever(
        Arc::clone(&spool),
        Arc::clone(&books) as _,
        Vec::new,
        watch::Sender::default(),
        stop.clone(),
    ));
    record(&spool, 0..20).await;
    arrival(&books, 20).await;
    *books.kept.lock() = Kept::default();
    record(&spool, 20..30).await;
    arrival(&books, 30).await;
    stop.cancel();
    shipping.await.unwrap();
    assert_eq!(books.events(), (0..30).map(event).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_copied_folder_goes_on_under_its_own_id() {
    let folder = tempfile::tempdir().unwrap();
    let (original, books) = (Arc::new(open(&folder)), Books::failing([]));
    record(&original, 0..5).await;
    let copy = crash(folder.path());
    ship(&original, &books).await;
    drop(original);
    let original = Arc::new(open(&folder));
    record(&original, 5..8).await;
    ship(&original, &books).await;

    let copied = Arc::new(open(&copy));
    record(&copied, 100..105).await;
    ship(&copied, &books).await;
    assert_ne!(copied.instance(), original.instance());
    let mut events = books.events();
    events.sort_by_key(|event| event.call.call_id);
    assert_eq!(events, (0..8).chain(100..105).map(event).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_copy_that_took_the_instance_over_cannot_swallow_events_of_the_original() {
    let folder = tempfile::tempdir().unwrap();
    let (original, books) = (Arc::new(open(&folder)), Books::failing([]));
    let stop = CancellationToken::new();
    let shipping = tokio::spawn(ship_forever(
        Arc::clone(&original),
        Arc::clone(&books) as _,
        Vec::new,
        watch::Sender::default(),
        stop.clone(),
    ));
    record(&original, 0..5).await;
    arrival(&books, 5).await;
    let copy = crash(folder.path());
    let copied = Arc::new(open(&copy));
    record(&copied, 100..120).await;
    ship(&copied, &books).await;
    record(&original, 5..15).await;
    stop.cancel();
    shipping.await.unwrap();
    let mut events = books.events();
    events.sort_by_key(|event| event.call.call_id);
    assert_eq!(events, (0..15).chain(100..120).map(event).collect::<Vec<_>>());
}

#[tokio::test]
async fn books_that_are_away_leave_everything_in_the_spool() {
    let folder = tempfile::tempdir().unwrap();
    let (spool, books) = (Arc::new(open(&folder)), Books::failing([Fault::Refuse; 1_000]));
    record(&spool, 0..3).await;
    let began = Instant::now();
    ship(&spool, &books).await;
    assert!(began.elapsed() < Duration::from_secs(30), "stopping has a bound");
    assert_eq!(books.events(), []);
    drop(spool);
    let (spool, books) = (Arc::new(open(&folder)), Books::failing([]));
    ship(&spool, &books).await;
    assert_eq!(books.events(), (0..3).map(event).collect::<Vec<_>>());
}

#[tokio::test]
async fn refusals_are_reported_at_the_latest_when_shipping_stops() {
    let folder = tempfile::tempdir().unwrap();
    let (spool, books) = (Arc::new(open(&folder)), Books::failing([]));
    let counted = Denials { day: call(1).started_at.day(), alias_id: id(1), team_uid: id(2), count: 7 };
    let left = parking_lot::Mutex::new(vec![counted.clone()]);
    let stop = CancellationToken::new();
    stop.cancel();
    ship_forever(
        spool,
        Arc::clone(&books) as _,
        move || std::mem::take(&mut *left.lock()),
        watch::Sender::default(),
        stop,
    )
    .await;
    assert_eq!(books.kept.lock().denials, [counted]);
}

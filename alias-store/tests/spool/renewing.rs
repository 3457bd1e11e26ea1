//! A folder that takes a new instance id.

use std::sync::Arc;

use alias_core::usage::UsageEvent;

use crate::calls::{call, crash, event, open, read_all, record, segments};

#[tokio::test]
async fn a_new_instance_has_everything_that_the_folder_held_and_the_calls_that_are_open() {
    let folder = tempfile::tempdir().unwrap();
    let spool = open(&folder);
    let before = spool.instance();
    spool.admit(&call(100)).unwrap();
    record(&spool, 0..40).await;
    spool.admit(&call(101)).unwrap();
    spool.shipped(25);
    let renewed = spool.renew_instance().unwrap();
    assert_ne!(renewed, before);
    assert_eq!((spool.instance(), spool.boot(), spool.next_seq()), (renewed, 1, 40));

    spool.settle(Box::new(event(100))).await.unwrap();
    let mut expected: Vec<_> = (0..40).chain([100]).map(event).collect();
    assert_eq!(read_all(&spool, 0).await, expected);

    let folder = crash(folder.path());
    let spool = open(&folder);
    expected.push(UsageEvent::interrupted(call(101)));
    assert_eq!(read_all(&spool, 0).await, expected);
    assert_eq!((spool.instance(), spool.boot()), (renewed, 2));
}

#[tokio::test]
async fn calls_that_are_not_journalled_yet_are_settled_under_the_new_instance() {
    let folder = tempfile::tempdir().unwrap();
    let spool = open(&folder);
    record(&spool, 0..3).await;
    for n in [100, 101, 102] {
        spool.reserve(call(n).call_id, 0).unwrap();
    }
    spool.admit_soon(call(100));
    let renewed = spool.renew_instance().unwrap();
    spool.admit_soon(call(102));
    for n in [100, 101, 102] {
        spool.settle(Box::new(event(n))).await.unwrap();
    }
    let expected: Vec<_> = (0..3).chain([100, 101, 102]).map(event).collect();
    assert_eq!(read_all(&spool, 0).await, expected);

    drop(spool);
    let spool = open(&folder);
    assert_eq!((read_all(&spool, 0).await, spool.instance()), (expected, renewed));
}

#[tokio::test]
async fn calls_whose_admissions_are_not_written_yet_outlive_a_change_of_instance() {
    let folder = tempfile::tempdir().unwrap();
    let spool = open(&folder);
    for n in 0..3 {
        spool.reserve(call(n).call_id, 0).unwrap();
    }
    spool.admit_soon(call(1));
    spool.admit_soon(call(2));
    spool.admit_now(call(2).call_id).unwrap();
    spool.renew_instance().unwrap();
    for n in 0..3 {
        spool.settle(Box::new(event(n))).await.unwrap();
    }
    assert_eq!(read_all(&spool, 0).await, (0..3).map(event).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_new_instance_leaves_no_segment_of_the_old_one() {
    let folder = tempfile::tempdir().unwrap();
    let spool = open(&folder);
    record(&spool, 0..40).await;
    let old = segments(folder.path());
    spool.renew_instance().unwrap();
    assert!(segments(folder.path()).iter().all(|segment| !old.contains(segment)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn calls_settled_while_the_instance_changes_are_all_there_once() {
    let folder = tempfile::tempdir().unwrap();
    let spool = Arc::new(open(&folder));
    record(&spool, 0..100).await;
    let settling: Vec<_> = (1..=3)
        .map(|task| {
            let spool = Arc::clone(&spool);
            tokio::spawn(async move { record(&spool, (task * 1_000)..(task * 1_000 + 60)).await })
        })
        .collect();
    for _ in 0..5 {
        let spool = Arc::clone(&spool);
        tokio::task::spawn_blocking(move || spool.renew_instance().unwrap()).await.unwrap();
    }
    for task in settling {
        task.await.unwrap();
    }
    let mut events = read_all(&spool, 0).await;
    events.sort_by_key(|event| event.call.call_id);
    let calls = (0..100).chain(1_000..1_060).chain(2_000..2_060).chain(3_000..3_060);
    assert_eq!(events, calls.map(event).collect::<Vec<_>>());
}

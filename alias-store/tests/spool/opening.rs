//! One process at a time has the folder, and it remembers who it is.

use std::fs;

use alias_store::spool::{Spool, SpoolError};

use crate::calls::{call, event, open, options, read_all, record, segments};

#[test]
fn a_folder_that_is_held_cannot_be_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let first = open(&folder);
    assert!(matches!(Spool::open(folder.path(), options()), Err(SpoolError::InUse { .. })));
    drop(first);
    open(&folder);
}

#[test]
fn an_instance_keeps_its_id_and_counts_its_starts() {
    let folder = tempfile::tempdir().unwrap();
    let first = open(&folder);
    let id = first.instance();
    assert_eq!(first.boot(), 1);
    drop(first);
    let second = open(&folder);
    assert_eq!((second.instance(), second.boot()), (id, 2));
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read_the_folder() {
    use std::os::unix::fs::PermissionsExt as _;
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("data/usage");
    let _spool = Spool::open(&folder, options()).unwrap();
    assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
    for segment in segments(&folder) {
        assert_eq!(fs::metadata(segment).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[tokio::test]
async fn events_come_back_in_order_across_segments_and_starts() {
    let folder = tempfile::tempdir().unwrap();
    let spool = open(&folder);
    record(&spool, 0..40).await;
    drop(spool);
    let spool = open(&folder);
    record(&spool, 40..80).await;
    assert!(segments(folder.path()).len() > 4, "small segments are rotated");
    assert_eq!(read_all(&spool, 0).await, (0..80).map(event).collect::<Vec<_>>());
    assert_eq!(read_all(&spool, 33).await, (33..80).map(event).collect::<Vec<_>>());
    assert_eq!(spool.read_unshipped(80, 10).unwrap(), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn calls_settled_at_once_get_numbers_without_gaps() {
    let folder = tempfile::tempdir().unwrap();
    let spool = std::sync::Arc::new(open(&folder));
    let tasks: Vec<_> = (0..8)
        .map(|task| {
            let spool = std::sync::Arc::clone(&spool);
            tokio::spawn(async move {
                let mut numbered = Vec::new();
                for n in (task * 100)..(task * 100 + 50) {
                    spool.admit(&call(n)).unwrap();
                    numbered.push((spool.settle(Box::new(event(n))).await.unwrap(), event(n)));
                }
                numbered
            })
        })
        .collect();
    let mut numbered = Vec::new();
    for task in tasks {
        numbered.extend(task.await.unwrap());
    }
    numbered.sort_by_key(|(seq, _)| *seq);
    assert!(numbered.iter().map(|(seq, _)| *seq).eq(0..400));
    let events: Vec<_> = numbered.into_iter().map(|(_, event)| event).collect();
    assert_eq!(read_all(&spool, 0).await, events);
}

#[tokio::test]
async fn a_call_is_settled_once_and_only_after_it_was_admitted() {
    let folder = tempfile::tempdir().unwrap();
    let spool = open(&folder);
    assert!(matches!(spool.settle(Box::new(event(1))).await, Err(SpoolError::NotOpen(_))));
    record(&spool, [1]).await;
    assert!(matches!(spool.settle(Box::new(event(1))).await, Err(SpoolError::NotOpen(_))));
    assert_eq!(read_all(&spool, 0).await, [event(1)]);
}

#[tokio::test]
async fn too_much_unshipped_usage_stops_calls_but_not_settlements() {
    let folder = tempfile::tempdir().unwrap();
    let bounded = alias_store::spool::SpoolOptions { max_unshipped_bytes: 40_000, ..options() };
    let spool = Spool::open(folder.path(), bounded).unwrap();
    let mut admitted = 0;
    while spool.admit(&call(admitted)).is_ok() {
        admitted += 1;
        assert!(admitted < 100, "the bound holds");
    }
    assert!(admitted > 2);
    assert!(matches!(spool.admit(&call(999)), Err(SpoolError::Full)));
    for n in 0..admitted {
        spool.settle(Box::new(event(n))).await.unwrap();
    }
    for n in admitted.. {
        if spool.admit(&call(n)).is_err() {
            break;
        }
        spool.settle(Box::new(event(n))).await.unwrap();
    }
    spool.shipped(spool.next_seq());
    spool.admit(&call(1_000)).unwrap();
}

#[tokio::test]
async fn shipped_segments_stay_only_within_the_bound() {
    let folder = tempfile::tempdir().unwrap();
    let bounded = alias_store::spool::SpoolOptions { retain_bytes: 10_000, ..options() };
    let spool = Spool::open(folder.path(), bounded).unwrap();
    spool.admit(&call(10_000)).unwrap();
    record(&spool, 0..100).await;
    spool.shipped(100);
    record(&spool, 100..110).await;
    assert_eq!(read_all(&spool, 0).await.len(), 110, "the admission of an open call is needed");
    spool.settle(Box::new(event(10_000))).await.unwrap();
    spool.shipped(100);
    record(&spool, 110..112).await;
    assert!(matches!(spool.read_unshipped(0, 1), Err(SpoolError::Gap(0))));
    assert!(segments(folder.path()).len() <= 15);
    let kept: Vec<_> = (96..110).chain([10_000]).chain(110..112).map(event).collect();
    assert_eq!(read_all(&spool, 96).await, kept);
}

//! What a start makes of the records that the last process left.

use std::fs;

use alias_core::usage::UsageEvent;
use alias_store::spool::{Spool, SpoolError};

use crate::calls::{call, crash, event, open, options, read_all, record, segments};

/// What stands before the content of a record: length, checksum, kind, number.
const FRAME: usize = 4 + 4 + 1 + 8;

#[tokio::test]
async fn a_call_cut_short_is_recorded_as_interrupted_once_over_many_starts() {
    let folder = tempfile::tempdir().unwrap();
    let spool = open(&folder);
    record(&spool, [1]).await;
    spool.admit(&call(2)).unwrap();
    let mut folder = crash(folder.path());
    for _ in 0..4 {
        let spool = open(&folder);
        assert_eq!(read_all(&spool, 0).await, [event(1), UsageEvent::interrupted(call(2))]);
        folder = crash(folder.path());
    }
}

#[tokio::test]
async fn a_call_open_over_many_segments_is_found_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let spool = open(&folder);
    spool.admit(&call(1_000)).unwrap();
    record(&spool, 0..60).await;
    let folder = crash(folder.path());
    let spool = open(&folder);
    let expected: Vec<_> = (0..60).map(event).chain([UsageEvent::interrupted(call(1_000))]).collect();
    assert_eq!(read_all(&spool, 0).await, expected);
}

#[tokio::test]
async fn a_record_torn_at_any_byte_is_cut_off_and_nothing_else_is() {
    let folder = tempfile::tempdir().unwrap();
    let spool = open(&folder);
    record(&spool, [1]).await;
    spool.admit(&call(2)).unwrap();
    let whole_until = fs::metadata(&segments(folder.path())[0]).unwrap().len();
    spool.settle(Box::new(event(2))).await.unwrap();
    let crashed = crash(folder.path());
    drop(spool);
    let bytes = fs::read(&segments(crashed.path())[0]).unwrap();
    let whole_until = usize::try_from(whole_until).unwrap();
    for length in whole_until..=bytes.len() {
        let folder = crash(crashed.path());
        fs::write(&segments(folder.path())[0], &bytes[..length]).unwrap();
        let spool = open(&folder);
        let last = if length == bytes.len() { event(2) } else { UsageEvent::interrupted(call(2)) };
        assert_eq!(read_all(&spool, 0).await, [event(1), last], "cut at {length}");
        assert_eq!(spool.damaged(), 0);
    }
}

#[tokio::test]
async fn a_tail_of_garbage_is_cut_off() {
    for tail in [vec![0; 5_000], vec![0xff; 300], b"\x20\x00\x00\x00 not a record".to_vec()] {
        let folder = tempfile::tempdir().unwrap();
        let spool = open(&folder);
        record(&spool, [1, 2]).await;
        let folder = crash(folder.path());
        let path = &segments(folder.path())[0];
        fs::write(path, [fs::read(path).unwrap(), tail].concat()).unwrap();
        let spool = open(&folder);
        record(&spool, [3]).await;
        assert_eq!(read_all(&spool, 0).await, [event(1), event(2), event(3)]);
    }
}

#[tokio::test]
async fn a_damaged_settlement_costs_only_itself_and_its_call_counts_as_interrupted() {
    let folder = tempfile::tempdir().unwrap();
    let spool = open(&folder);
    record(&spool, 0..3).await;
    let folder = crash(folder.path());
    let path = &segments(folder.path())[0];
    let mut bytes = fs::read(path).unwrap();
    let end = bytes.windows(5).rposition(|text| text == b"req_1").unwrap();
    bytes[end] ^= 1;
    fs::write(path, bytes).unwrap();

    let spool = open(&folder);
    assert_eq!(spool.damaged(), 1);
    assert_eq!(spool.read_unshipped(0, 10).unwrap(), [event(0)]);
    assert!(matches!(spool.read_unshipped(1, 10), Err(SpoolError::Gap(1))));
    spool.renew_instance().unwrap();
    assert_eq!(read_all(&spool, 0).await, [event(0), event(2), UsageEvent::interrupted(call(1))]);
}

#[tokio::test]
async fn damage_in_an_older_segment_shows_when_it_is_read_and_spares_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    let spool = open(&folder);
    record(&spool, 0..30).await;
    drop(spool);
    let path = &segments(folder.path())[1];
    let mut bytes = fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x10;
    fs::write(path, bytes).unwrap();

    let spool = open(&folder);
    let readable = spool.read_unshipped(0, 100).unwrap().len() as u64;
    assert!(matches!(spool.read_unshipped(readable, 100), Err(SpoolError::Gap(_))));
    spool.renew_instance().unwrap();
    let mut calls: Vec<_> = read_all(&spool, 0).await.into_iter().map(|event| event.call).collect();
    calls.sort_by_key(|call| call.call_id);
    assert_eq!(calls, (0..30).map(call).collect::<Vec<_>>(), "every call, once");
}

#[tokio::test]
async fn a_lost_or_damaged_identity_gives_a_new_one_and_loses_no_event() {
    for damage in [None, Some("{")] {
        let folder = tempfile::tempdir().unwrap();
        let spool = open(&folder);
        let before = spool.instance();
        record(&spool, 0..20).await;
        drop(spool);
        let path = folder.path().join("instance.json");
        match damage {
            None => fs::remove_file(&path).unwrap(),
            Some(text) => fs::write(&path, text).unwrap(),
        }
        let spool = open(&folder);
        assert_ne!(spool.instance(), before);
        assert_eq!(spool.boot(), 1);
        assert_eq!(read_all(&spool, 0).await, (0..20).map(event).collect::<Vec<_>>());
    }
}

#[test]
fn a_record_of_a_newer_version_is_not_taken_for_damage() {
    let folder = tempfile::tempdir().unwrap();
    let spool = open(&folder);
    spool.admit(&call(1)).unwrap();
    let folder = crash(folder.path());
    let path = &segments(folder.path())[0];
    let bytes = fs::read(path).unwrap();
    let text = bytes.windows(16).position(|text| text == b"chat_completions").unwrap();
    // Before the name of the first member: how many there are, and how long it is.
    let start = bytes.windows(7).position(|text| text == b"call_id").unwrap() - 2 - FRAME;
    let mut changed = bytes;
    changed[text..text + 16].copy_from_slice(b"chat_completionz");
    let checksum = crc32fast::hash(&changed[start + 8..]);
    changed[start + 4..start + 8].copy_from_slice(&checksum.to_le_bytes());
    fs::write(path, changed).unwrap();
    assert!(matches!(Spool::open(folder.path(), options()), Err(SpoolError::Content(_))));
}

#[tokio::test]
async fn records_of_the_first_versions_are_read_which_are_json() {
    // Of an instance that goes on, and of a folder that has lost its own.
    for known in [true, false] {
        let folder = tempfile::tempdir().unwrap();
        let instance = known.then(|| open(&folder).instance());
        let first = if known { 2 } else { 1 };
        let header = serde_json::json!({"shipped": 0, "replay_from": first});
        let admitted = |n| serde_json::to_value(call(n)).unwrap();
        let settled = |n| serde_json::to_value(event(n)).unwrap();
        let records = [
            (1, 0, header),
            (2, 0, admitted(1)),
            (2, 0, admitted(2)),
            (3, 0, settled(1)),
            (3, 1, settled(3)),
        ];
        let written: Vec<u8> =
            records.iter().flat_map(|(kind, number, content)| as_json(*kind, *number, content)).collect();
        fs::write(folder.path().join(format!("000001-{first:012}.log")), written).unwrap();
        let spool = open(&folder);
        assert!(instance.is_none_or(|instance| spool.instance() == instance));
        record(&spool, [4]).await;
        let expected = [event(1), event(3), UsageEvent::interrupted(call(2)), event(4)];
        assert_eq!(read_all(&spool, 0).await, expected);
        drop(spool);
        assert_eq!(read_all(&open(&folder), 0).await, expected);
    }
}

fn as_json(kind: u8, number: u64, content: &serde_json::Value) -> Vec<u8> {
    let body = [&[kind], &number.to_le_bytes()[..], content.to_string().as_bytes()].concat();
    let length = u32::try_from(body.len()).unwrap();
    [&length.to_le_bytes()[..], &crc32fast::hash(&body).to_le_bytes(), &body].concat()
}

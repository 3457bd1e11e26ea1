//! The spool on a disk that fails.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use alias_core::alias::ScheduleId;
use alias_core::budget::{BudgetId, Share};
use alias_core::clock::Timestamp;
use alias_core::credits::AccountId;
use alias_core::credits::BudgetMode;
use alias_core::key::CallerId;
use alias_core::model_ref::MAX_MODEL_REF;
use alias_core::money::{ItemPrice, NanoUsd, TokenPrice};
use alias_core::name::MAX_NAME;
use alias_core::price::{LongInput, PriceList};
use alias_core::testing::id;
use alias_core::usage::{
    Call, Endpoint, FailedTarget, InstanceId, JobRef, MAX_RAW, MAX_TOKENS, Outcome, PriceBasis, Settlement,
    TokenUsage, UsageEvent, UsageSource,
};
use parking_lot::Mutex;
use tempfile::TempDir;
use uuid::Uuid;

use super::disk::{Disk, LocalDisk};
use super::journal::{RESERVED, SHARE};
use super::record::{self, Kind, MAX_RECORD};
use super::shipper::BATCH;
use super::{Durability, Spool, SpoolError, SpoolOptions};

/// What the disk knows of a file, by its inode.
#[derive(Debug, Default, Clone, Copy)]
struct Known {
    reserved: u64,
    synced: u64,
}

#[derive(Debug, Default)]
struct FaultyDisk {
    /// Only space that was set aside can be written.
    full: AtomicBool,
    /// So many of the next writes stop half way.
    failing_writes: AtomicU32,
    /// So many of the next syncs fail, and lose what they should have kept.
    failing_syncs: AtomicU32,
    known: Mutex<HashMap<u64, Known>>,
}

impl FaultyDisk {
    fn know(&self, file: &File, change: impl FnOnce(&mut Known)) -> io::Result<Known> {
        let mut known = self.known.lock();
        let entry = known.entry(file.metadata()?.ino()).or_default();
        change(entry);
        Ok(*entry)
    }
}

fn takes_one(faults: &AtomicU32) -> bool {
    faults.fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1)).is_ok()
}

impl Disk for FaultyDisk {
    fn create(&self, path: &Path) -> io::Result<File> {
        let file = LocalDisk.create(path)?;
        self.know(&file, |known| *known = Known::default())?;
        Ok(file)
    }

    fn reserve(&self, file: &File, bytes: u64) -> io::Result<()> {
        if self.full.load(SeqCst) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.know(file, |known| known.reserved = bytes)?;
        LocalDisk.reserve(file, bytes)
    }

    fn write(&self, file: &File, bytes: &[u8]) -> io::Result<()> {
        if takes_one(&self.failing_writes) {
            LocalDisk.write(file, &bytes[..bytes.len() / 2])?;
            return Err(io::Error::other("the cable fell out"));
        }
        let end = file.metadata()?.len() + bytes.len() as u64;
        if self.full.load(SeqCst) && end > self.know(file, |_| ())?.reserved {
            return Err(io::ErrorKind::StorageFull.into());
        }
        LocalDisk.write(file, bytes)
    }

    fn sync(&self, file: &File) -> io::Result<()> {
        let length = file.metadata()?.len();
        if takes_one(&self.failing_syncs) {
            file.set_len(self.know(file, |_| ())?.synced)?;
            return Err(io::Error::other("the disk lost its cache"));
        }
        self.know(file, |known| known.synced = length)?;
        LocalDisk.sync(file)
    }
}

struct Setting {
    disk: Arc<FaultyDisk>,
    folder: TempDir,
    spool: Spool,
}

fn options() -> SpoolOptions {
    SpoolOptions { durability: Durability::Power, segment_bytes: 4096, ..SpoolOptions::default() }
}

fn setting() -> Setting {
    let disk = Arc::new(FaultyDisk::default());
    let folder = tempfile::tempdir().unwrap();
    let spool = Spool::open_on(Arc::clone(&disk) as _, folder.path(), options()).unwrap();
    Setting { disk, folder, spool }
}

impl Setting {
    /// What the next process finds if this one is killed now.
    async fn found_after_a_crash(&self) -> Vec<UsageEvent> {
        let copy = tempfile::tempdir().unwrap();
        for entry in std::fs::read_dir(self.folder.path()).unwrap() {
            let entry = entry.unwrap();
            std::fs::copy(entry.path(), copy.path().join(entry.file_name())).unwrap();
        }
        all(&Spool::open(copy.path(), options()).unwrap()).await
    }
}

async fn all(spool: &Spool) -> Vec<UsageEvent> {
    let end = spool.next_seq();
    if let Some(last) = end.checked_sub(1) {
        tokio::time::timeout(Duration::from_secs(10), spool.changed(last)).await.unwrap();
    }
    spool.read_unshipped(0, 1_000).unwrap()
}

fn call(n: u64) -> Call {
    Call {
        call_id: id(n),
        started_at: Timestamp::from_micros(1_728_907_200_000_000),
        endpoint: Endpoint::Messages,
        stream: false,
        alias_id: id(1),
        alias: "smart".parse().unwrap(),
        alias_version: 1,
        scheduled: None,
        litellm_model: "openai/gpt-4o".parse().unwrap(),
        organization_id: "acme".parse().unwrap(),
        team_uid: id(2),
        team_id: "acme-web".parse().unwrap(),
        key_id: "abcdefgh234567ab".parse().unwrap(),
        request_id: format!("req_{n}"),
        job: None,
    }
}

pub(super) fn event(n: u64) -> UsageEvent {
    UsageEvent { outcome: Outcome::Complete, status: 200, ..UsageEvent::interrupted(call(n)) }
}

fn events(calls: std::ops::Range<u64>) -> Vec<UsageEvent> {
    calls.map(event).collect()
}

#[tokio::test]
async fn a_full_disk_stops_calls_but_no_settlement_and_recovers_by_itself() {
    let at = setting();
    for n in 0..30 {
        at.spool.admit(&call(n)).unwrap();
    }
    at.disk.full.store(true, SeqCst);
    let mut admitted = 30;
    let refused = loop {
        match at.spool.admit(&call(admitted)) {
            Ok(()) => admitted += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(refused, SpoolError::Full));
    for n in 0..admitted {
        at.spool.settle(Box::new(event(n))).await.unwrap();
    }
    assert_eq!(at.found_after_a_crash().await, events(0..admitted));
    at.disk.full.store(false, SeqCst);
    at.spool.admit(&call(admitted)).unwrap();
    at.spool.settle(Box::new(event(admitted))).await.unwrap();
    assert_eq!(all(&at.spool).await, events(0..admitted + 1));
}

#[tokio::test]
async fn a_record_that_was_half_written_goes_to_a_new_segment() {
    let at = setting();
    for n in 0..5 {
        at.disk.failing_writes.store(1, SeqCst);
        at.spool.admit(&call(n)).unwrap();
        at.disk.failing_writes.store(1, SeqCst);
        at.spool.settle(Box::new(event(n))).await.unwrap();
    }
    assert_eq!(all(&at.spool).await, events(0..5));
    assert_eq!(at.found_after_a_crash().await, events(0..5));
}

#[tokio::test]
async fn a_settlement_that_cannot_be_written_is_refused_and_can_be_repeated() {
    let at = setting();
    at.spool.admit(&call(0)).unwrap();
    at.disk.failing_writes.store(2, SeqCst);
    assert!(matches!(at.spool.settle(Box::new(event(0))).await, Err(SpoolError::Io { .. })));
    let interrupted = [UsageEvent::interrupted(call(0))];
    assert_eq!(at.found_after_a_crash().await, interrupted);
    at.spool.settle(Box::new(event(0))).await.unwrap();
    assert_eq!(all(&at.spool).await, events(0..1));
    assert_eq!(at.found_after_a_crash().await, events(0..1));
}

#[tokio::test]
async fn after_a_record_that_could_not_be_written_no_call_is_taken_until_one_can() {
    let at = setting();
    at.spool.reserve(id(0), 0).unwrap();
    at.spool.admit_soon(call(0));
    at.disk.failing_writes.store(u32::MAX, SeqCst);
    assert!(at.spool.admit_now(id(0)).is_err(), "its client must not see anything");
    assert!(matches!(at.spool.reserve(id(1), 0), Err(SpoolError::Stalled)), "nothing is given away");
    assert!(matches!(at.spool.admit(&call(1)), Err(SpoolError::Stalled)));
    at.disk.failing_writes.store(0, SeqCst);
    let deadline = Instant::now() + Duration::from_secs(10);
    while at.spool.reserve(id(1), 0).is_err() {
        assert!(Instant::now() < deadline, "calls are taken again");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    at.spool.admit(&call(1)).unwrap();
    for n in 0..2 {
        at.spool.settle(Box::new(event(n))).await.unwrap();
    }
    assert_eq!(all(&at.spool).await, events(0..2));
    assert_eq!(at.found_after_a_crash().await, events(0..2));
}

#[tokio::test]
async fn records_that_a_failed_sync_lost_are_written_again() {
    let at = setting();
    for n in 0..5 {
        at.spool.admit(&call(n)).unwrap();
        at.disk.failing_syncs.store(1, SeqCst);
        at.spool.settle(Box::new(event(n))).await.unwrap();
        assert_eq!(at.disk.failing_syncs.load(SeqCst), 0);
    }
    assert_eq!(all(&at.spool).await, events(0..5));
    assert_eq!(at.spool.take_unshipped(0, 10).unwrap(), events(0..5));
    assert_eq!(at.found_after_a_crash().await, events(0..5));
}

#[tokio::test]
async fn what_is_new_is_shipped_without_a_look_at_the_segments_and_once() {
    let at = setting();
    for n in 0..3 {
        at.spool.admit(&call(n)).unwrap();
        at.spool.settle(Box::new(event(n))).await.unwrap();
    }
    let segments = std::fs::read_dir(at.folder.path()).unwrap().map(|entry| entry.unwrap().path());
    for segment in segments.filter(|path| path.extension().is_some_and(|kind| kind == "log")) {
        std::fs::remove_file(segment).unwrap();
    }
    assert_eq!(at.spool.take_unshipped(0, 2).unwrap(), events(0..2));
    assert!(matches!(at.spool.take_unshipped(0, 2), Err(SpoolError::Gap(0))), "sent again, they are read");
    assert_eq!(at.spool.take_unshipped(2, 10).unwrap(), events(2..3));
}

#[tokio::test]
async fn what_waited_is_shipped_from_the_segments_until_memory_has_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    let spool = Spool::open(folder.path(), SpoolOptions::default()).unwrap();
    let many = 3 * BATCH as u64 + 10;
    for n in 0..many {
        spool.admit(&call(n)).unwrap();
        spool.settle(Box::new(event(n))).await.unwrap();
    }
    spool.changed(many - 1).await;
    let mut shipped = Vec::new();
    while shipped.len() < usize::try_from(many).unwrap() {
        shipped.extend(spool.take_unshipped(shipped.len() as u64, BATCH).unwrap());
    }
    assert_eq!(shipped, events(0..many));
}

#[tokio::test]
async fn a_disk_that_cannot_sync_is_reported_stops_calls_and_loses_nothing_that_comes_later() {
    let at = setting();
    at.spool.admit(&call(0)).unwrap();
    at.spool.admit(&call(1)).unwrap();
    at.disk.failing_syncs.store(u32::MAX, SeqCst);
    assert!(matches!(at.spool.settle(Box::new(event(0))).await, Err(SpoolError::Stalled)));
    assert!(matches!(at.spool.admit(&call(2)), Err(SpoolError::Stalled)));
    assert!(matches!(at.spool.settle(Box::new(event(1))).await, Err(SpoolError::Stalled)));
    assert_eq!(at.spool.read_unshipped(0, 10).unwrap(), [], "what is not durable is not shipped");
    assert_eq!(at.spool.take_unshipped(0, 10).unwrap(), [], "and is not from memory, either");
    at.disk.failing_syncs.store(0, SeqCst);
    assert_eq!(all(&at.spool).await, events(0..2));
    assert_eq!(at.spool.take_unshipped(0, 10).unwrap(), events(0..2));
    at.spool.admit(&call(2)).unwrap();
    at.spool.settle(Box::new(event(2))).await.unwrap();
    assert_eq!(at.found_after_a_crash().await, events(0..3));
}

#[tokio::test]
async fn a_late_call_that_cannot_be_journalled_is_tried_again_after_a_rest() {
    let at = setting();
    let began = Instant::now();
    // A try is two writes: to the present segment, and to a new one.
    at.disk.failing_writes.store(4, SeqCst);
    at.spool.reserve(call(0).call_id, 0).unwrap();
    at.spool.admit_soon(call(0));
    let tried = async {
        while at.disk.failing_writes.load(SeqCst) > 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), tried).await.unwrap();
    assert!(began.elapsed() >= Duration::from_millis(50), "the second try waited");
    at.spool.settle(Box::new(event(0))).await.unwrap();
    assert_eq!(all(&at.spool).await, events(0..1));
}

#[tokio::test]
async fn a_late_call_that_makes_no_record_keeps_no_other_from_being_journalled() {
    let at = setting();
    let large = Call { request_id: "x".repeat(MAX_RECORD), ..call(0) };
    for late in [large, call(1), call(2)] {
        at.spool.reserve(late.call_id, 0).unwrap();
        at.spool.admit_soon(late);
    }
    let journalled = async {
        while at.spool.shared.journal.lock().late.all().len() > 1 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), journalled).await.unwrap();
    let mut found = at.found_after_a_crash().await;
    found.sort_by_key(|event| event.call.call_id);
    assert_eq!(found, [1, 2].map(|number| UsageEvent::interrupted(call(number))));
}

#[test]
fn a_late_call_that_cannot_be_journalled_does_not_keep_the_spool_from_closing() {
    let at = setting();
    at.disk.failing_writes.store(u32::MAX, SeqCst);
    at.spool.reserve(call(0).call_id, 0).unwrap();
    at.spool.admit_soon(call(0));
    let (closed, wait) = mpsc::channel();
    let spool = at.spool;
    thread::spawn(move || {
        drop(spool);
        closed.send(()).unwrap();
    });
    wait.recv_timeout(Duration::from_secs(10)).unwrap();
}

fn longest_prices() -> PriceList {
    let (token, item) = (TokenPrice::new(999_999_999_999), ItemPrice::new(9_999_999_999_999));
    let class = Some(token);
    PriceList {
        input: token,
        output: token,
        cache_read: class,
        cache_write: class,
        cache_write_1h: class,
        reasoning: class,
        audio_input: class,
        audio_output: class,
        image: Some(item),
        request: Some(item),
        long: Some(LongInput {
            above: u64::MAX,
            input: token,
            output: token,
            cache_read: class,
            cache_write: class,
            cache_write_1h: class,
        }),
    }
}

#[test]
fn the_space_kept_for_a_call_holds_the_longest_admission_and_settlement() {
    let name = "n".repeat(MAX_NAME);
    let model = format!("p/{}", "m".repeat(MAX_MODEL_REF - 2));
    let call = Call {
        started_at: Timestamp::from_micros(i64::MAX / 2_000),
        endpoint: Endpoint::ImagesGenerations,
        alias: name.parse().unwrap(),
        alias_version: u32::MAX,
        scheduled: Some(ScheduleId::new(Uuid::max())),
        litellm_model: model.parse().unwrap(),
        organization_id: name.parse().unwrap(),
        team_id: name.parse().unwrap(),
        request_id: "r".repeat(128),
        job: Some(JobRef { id: "j".repeat(40), kind: "k".repeat(128) }),
        ..call(0)
    };
    let most = MAX_TOKENS;
    // A call of an alias with 32 tags, under four budgets of each of these, of the alias, key, team and organization.
    let share = Share {
        budget: BudgetId::new(Uuid::max()),
        account: AccountId::new(Uuid::max()),
        charged: i64::MAX,
        lease: Some(InstanceId::new(Uuid::max())),
    };
    let failed = FailedTarget {
        litellm_model: format!("a/{}", "m".repeat(254)).parse().unwrap(),
        code: "c".repeat(64),
    };
    let longest = UsageEvent {
        call: call.clone(),
        outcome: Outcome::Disconnected,
        status: u16::MAX,
        error_code: Some("e".repeat(64)),
        duration_us: u64::MAX,
        first_byte_us: Some(u64::MAX),
        tokens: Some(TokenUsage {
            input: most,
            cache_read: most,
            cache_write: most,
            cache_write_1h: most,
            output: most,
            reasoning: most,
            audio_input: most,
            audio_output: most,
        }),
        provider_cost: Some(NanoUsd::new(i64::MAX)),
        charge: Some(NanoUsd::new(i64::MAX)),
        settlement: Settlement {
            source: UsageSource::Estimated,
            raw: Some("\"".repeat(MAX_RAW)),
            images: u64::MAX,
            basis: PriceBasis::Catalog(i64::MAX),
            prices: Some(longest_prices().into()),
            markup: i64::MAX,
            mode: BudgetMode::ConsumptionTokens,
            rate: i64::MAX,
            credits: i64::MAX,
            charged: i64::MAX,
            lease: Some(InstanceId::new(Uuid::max())),
            failed: vec![failed; 8],
            budgets: vec![share; 144],
        },
    };
    let mut records = Vec::new();
    record::write(&mut records, Kind::Admitted, u64::MAX, &call).unwrap();
    record::write(&mut records, Kind::Settled, u64::MAX, &longest).unwrap();
    assert!(records.len() as u64 <= RESERVED + (144 + 8 * 2) * SHARE, "{} bytes", records.len());

    // They read back as they were, and as what they say in JSON does.
    let mut scan = record::Scan::new(&records);
    let (admitted, settled) = (scan.next().unwrap().content, scan.next().unwrap().content);
    assert_eq!(admitted.read::<Call>().unwrap(), call);
    assert_eq!(settled.read::<UsageEvent>().unwrap(), longest);
    assert_eq!(
        serde_json::from_value::<UsageEvent>(serde_json::to_value(&longest).unwrap()).unwrap(),
        longest
    );
}

#[test]
fn what_an_event_does_not_say_is_left_out_and_read_back() {
    for key_id in [call(0).key_id, CallerId::token("ci"), CallerId::operator("ada")] {
        let event = UsageEvent {
            settlement: Settlement { basis: PriceBasis::Catalog(i64::MIN), ..Settlement::default() },
            ..UsageEvent::interrupted(Call { key_id, ..call(0) })
        };
        let mut records = Vec::new();
        record::write(&mut records, Kind::Settled, 0, &event).unwrap();
        let record = record::read(&records).unwrap();
        assert_eq!(record.content.read::<UsageEvent>().unwrap(), event);
        assert_eq!(super::replay::call_of(&record).unwrap(), Some(event.call.call_id));
    }
}

#[test]
fn a_spool_on_a_disk_that_cannot_write_can_be_closed() {
    let at = setting();
    at.spool.reserve(call(0).call_id, 0).unwrap();
    at.disk.failing_writes.store(u32::MAX, SeqCst);
    at.spool.admit_soon(call(0));
    drop(at.spool);
    assert!(Spool::open(at.folder.path(), options()).is_ok(), "the folder is free again");
}

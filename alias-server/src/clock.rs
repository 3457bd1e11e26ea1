//! Time that does not jump: what windows of budgets, the ends of keys and pauses, and refills go by.
//!
//! It runs with the machine's steady clock, which nobody sets, and is put right by an authority: the database's clock
//! where many servers share one, else this machine's. It never goes back, and it believes no leap: a clock that is set
//! back revives no expired key, and one that is set forward begins no new month.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use alias_core::clock::{Clock, Timestamp};
use alias_store::SqlStore;
use rustix::time::{ClockId, clock_gettime};
use tokio_util::sync::CancellationToken;

/// The largest difference that is believed at once.
const LEAP: Duration = Duration::from_mins(2);
/// How often the authority is asked.
const LOOK: Duration = Duration::from_secs(1);
/// How often what time it is goes to the disk, and how often the same leap is told of.
const SELDOM: Duration = Duration::from_mins(1);
/// The file in the data folder that holds what time it was.
const FILE: &str = "clock";

/// The machine's own clock, which may be set.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place where the time comes from")]
    fn now(&self) -> Timestamp {
        chrono::Utc::now().into()
    }
}

/// A clock that nobody sets; on Linux, one that goes on while the machine sleeps.
#[cfg(target_os = "linux")]
const STEADY: ClockId = ClockId::Boottime;
#[cfg(not(target_os = "linux"))]
const STEADY: ClockId = ClockId::Monotonic;

/// Microseconds of the steady clock.
fn steady() -> i64 {
    let time = clock_gettime(STEADY);
    time.tv_sec.saturating_mul(1_000_000).saturating_add(time.tv_nsec / 1_000)
}

/// How long the steady clock has run.
pub fn running() -> Duration {
    Duration::from_micros(steady().try_into().unwrap_or_default())
}

/// Steady time.
#[derive(Debug)]
pub struct SteadyClock {
    /// What is added to the steady clock, in microseconds.
    offset: AtomicI64,
    /// The latest time that was told.
    told: AtomicI64,
    /// What time it was already when it was started.
    floor: i64,
    /// Whether the authority agrees.
    agreed: AtomicBool,
}

impl SteadyClock {
    /// A clock that shows `at` now.
    pub fn at(at: Timestamp) -> Self {
        let offset = at.micros().saturating_sub(steady());
        let (offset, told) = (AtomicI64::new(offset), AtomicI64::new(at.micros()));
        Self { offset, told, floor: i64::MIN, agreed: AtomicBool::new(false) }
    }

    /// Takes the first word of the authority, however far it is: but not back behind what time it was already.
    pub fn begin(&self, authority: Timestamp) {
        let at = authority.micros().max(self.floor);
        self.offset.store(at.saturating_sub(steady()), Ordering::Relaxed);
        self.agreed.store(at == authority.micros(), Ordering::Relaxed);
    }

    /// What the authority says, where that is near enough. What is far is told back, and changes nothing.
    ///
    /// # Errors
    /// By how much it differs: more than two minutes.
    pub fn learn(&self, authority: Timestamp) -> Result<(), Leap> {
        let offset = authority.micros().saturating_sub(steady());
        let by = offset.saturating_sub(self.offset.load(Ordering::Relaxed));
        if by.unsigned_abs() > u64::try_from(LEAP.as_micros()).unwrap_or(u64::MAX) {
            self.agreed.store(false, Ordering::Relaxed);
            return Err(Leap { seconds: by / 1_000_000 });
        }
        self.agreed.store(true, Ordering::Relaxed);
        self.offset.store(offset, Ordering::Relaxed);
        Ok(())
    }
}

impl Clock for SteadyClock {
    fn now(&self) -> Timestamp {
        let now = steady().saturating_add(self.offset.load(Ordering::Relaxed));
        // Where it was put back a little, it stands still for as long.
        Timestamp::from_micros(self.told.fetch_max(now, Ordering::Relaxed).max(now))
    }
}

/// An authority that differs by more than is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it differs by {seconds} s")]
pub struct Leap {
    /// By how much it is ahead.
    pub seconds: i64,
}

impl Leap {
    /// Whether it leads elsewhere than another one.
    fn is_another(self, than: Self) -> bool {
        self.seconds.abs_diff(than.seconds) > LEAP.as_secs()
    }
}

/// What time it was when this server last ran, on its disk.
#[derive(Debug, Clone)]
pub struct Floor {
    file: PathBuf,
}

impl Floor {
    /// The one in this data folder.
    pub fn of(data: &Path) -> Self {
        Self { file: data.join(FILE) }
    }

    /// The start of a clock at `now`, or at what time it was already: a clock that was set back while nothing ran
    /// revives nothing either.
    pub fn start(&self, now: Timestamp) -> SteadyClock {
        let was = fs::read_to_string(&self.file).ok().and_then(|text| text.trim().parse().ok());
        let was = was.map_or(now, Timestamp::from_micros);
        if was > now {
            tracing::warn!(
                now = %now, was = %was, file = %self.file.display(),
                "this machine's clock was set back: the time goes on from where it was. Put the clock right, or remove \
                 the file if it was ahead before"
            );
        }
        let floor = if was > now { was.micros() } else { i64::MIN };
        SteadyClock { floor, ..SteadyClock::at(now.max(was)) }
    }

    fn save(&self, now: Timestamp) -> io::Result<()> {
        let folder = self.file.parent().unwrap_or(Path::new("."));
        let mut new = tempfile::NamedTempFile::new_in(folder)?;
        write!(new, "{}", now.micros())?;
        new.as_file().sync_all()?;
        new.persist(&self.file)?;
        Ok(())
    }
}

/// Keeps a clock right by its authority until `stop`, and notes what time it is.
pub async fn follow(
    clock: std::sync::Arc<SteadyClock>,
    store: SqlStore,
    floor: Floor,
    stop: CancellationToken,
) {
    let seldom = SELDOM.as_secs() / LOOK.as_secs();
    let (mut looks, mut told) = (0_u64, None);
    loop {
        let authority = match store.time().await {
            Ok(Some(time)) => Some(time),
            // A file has no clock of its own.
            Ok(None) => Some(SystemClock.now()),
            Err(_) => None,
        };
        let leap = authority.and_then(|time| clock.learn(time).err());
        if let Some(leap) = leap
            && told.is_none_or(|(last, at)| leap.is_another(last) || looks >= at + seldom)
        {
            told = Some((leap, looks));
            tracing::warn!(
                seconds = leap.seconds,
                "the clock of the database, or of this machine, has leapt: the time goes on as before. Put the clock \
                 right, or restart the server if it is"
            );
        }
        // A time that nobody agrees to is no floor for the next start.
        if looks.is_multiple_of(seldom) && clock.agreed.load(Ordering::Relaxed) {
            note(&floor, clock.now()).await;
        }
        looks += 1;
        if stop.run_until_cancelled(tokio::time::sleep(LOOK)).await.is_none() {
            if matches!(store.time().await, Ok(None)) && clock.learn(SystemClock.now()).is_err() {
                return;
            }
            if clock.agreed.load(Ordering::Relaxed) {
                note(&floor, clock.now()).await;
            }
            return;
        }
    }
}

/// Notes on the disk what time it is.
async fn note(floor: &Floor, now: Timestamp) {
    let floor = floor.clone();
    let saved = tokio::task::spawn_blocking(move || floor.save(now)).await;
    if !matches!(saved, Ok(Ok(()))) {
        tracing::debug!("what time it is could not be noted");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: i64 = 1_728_907_200_000_000;

    fn at(micros: i64) -> Timestamp {
        Timestamp::from_micros(micros)
    }

    #[test]
    fn it_runs_by_itself_and_takes_small_corrections_without_going_back() {
        let clock = SteadyClock::at(at(START));
        let first = clock.now();
        assert!(first >= at(START));
        clock.learn(at(first.micros() + 60_000_000)).unwrap();
        let ahead = clock.now();
        assert!(ahead.micros() >= first.micros() + 60_000_000);
        clock.learn(first).unwrap();
        assert_eq!(clock.now(), ahead, "it stands still, and does not go back");
        clock.learn(at(ahead.micros() + 1_000_000)).unwrap();
        assert!(clock.now().micros() >= ahead.micros() + 1_000_000);
    }

    #[test]
    fn it_believes_no_leap_in_either_direction() {
        let clock = SteadyClock::at(at(START));
        for days in [-400, -1, 1, 400] {
            let leap = clock.learn(at(START + days * 86_400_000_000)).unwrap_err();
            assert_eq!(leap.seconds.signum(), days.signum(), "{days}");
            let moved = clock.now().micros() - START;
            assert!((0..60_000_000).contains(&moved), "{days}: {moved}");
        }
    }

    #[test]
    fn what_time_it_was_is_kept_over_a_start() {
        let folder = tempfile::tempdir().unwrap();
        let floor = Floor::of(folder.path());
        assert!(floor.start(at(START)).now().micros() - START < 60_000_000);
        floor.save(at(START + 7_000_000_000)).unwrap();
        assert!(floor.start(at(START)).now() >= at(START + 7_000_000_000));
        let later = at(START + 9_000_000_000);
        assert!(floor.start(later).now() >= later);
        fs::write(folder.path().join(FILE), "not a number").unwrap();
        assert!(floor.start(at(START)).now().micros() - START < 60_000_000);
    }
}

//! How long this machine stood still: no server keeps a promise in a time in which nothing runs.

use std::sync::{LazyLock, Mutex};
use std::time::{Duration, Instant};

const BEAT: Duration = Duration::from_millis(5);
/// How late a beat may come on a machine that is merely busy.
const LATE: Duration = Duration::from_millis(100);

/// When the last beat was, and when this machine stood still for how long.
#[derive(Debug)]
struct Watch {
    beat: Instant,
    stalls: Vec<(Instant, Duration)>,
}

static WATCH: LazyLock<Mutex<Watch>> = LazyLock::new(|| {
    std::thread::spawn(|| {
        loop {
            std::thread::sleep(BEAT);
            let mut watch = WATCH.lock().unwrap();
            let (last, now) = (watch.beat, Instant::now());
            let late = now.duration_since(last).saturating_sub(BEAT);
            if late > LATE {
                watch.stalls.push((now, late));
            }
            watch.beat = now;
        }
    });
    Mutex::new(Watch { beat: Instant::now(), stalls: Vec::new() })
});

/// Begins to look. Before this, nothing is seen.
pub(crate) fn watch() -> Instant {
    LazyLock::force(&WATCH);
    Instant::now()
}

impl Watch {
    /// For how long the machine stood still between the two, as it looks `now`.
    fn between(&self, from: Instant, to: Instant, now: Instant) -> Duration {
        // The beat that would tell of the last stall may not have come yet.
        let last = now.saturating_duration_since(self.beat).saturating_sub(BEAT);
        let last = (last > LATE).then_some((now, last));
        let within = |(end, stall): (Instant, Duration)| {
            let begin = end.checked_sub(stall).unwrap_or(from);
            end.min(to).saturating_duration_since(begin.max(from))
        };
        self.stalls.iter().copied().chain(last).map(within).sum()
    }
}

/// For how long this machine stood still between the two.
pub(crate) fn between(from: Instant, to: Instant) -> Duration {
    let watch = WATCH.lock().unwrap();
    watch.between(from, to, Instant::now())
}

/// How much of the time since then this machine was there for what it had to do.
pub(crate) fn ran_since(began: Instant) -> Duration {
    began.elapsed().saturating_sub(between(began, Instant::now()))
}

#[test]
fn only_what_lies_within_is_counted() {
    let second = Duration::from_secs(1);
    let began = Instant::now();
    let end = began + second * 10;
    let watch =
        Watch { beat: end, stalls: vec![(began + second, second * 3), (began + second * 5, second * 2)] };
    assert_eq!(watch.between(began, end, end), second * 3);
    assert_eq!(watch.between(began + second * 4, end, end), second);
    assert_eq!(watch.between(began + second * 6, end, end), Duration::ZERO);
    assert_eq!(watch.between(began, end, end + second), second * 3, "what is late now lies behind it");
    assert_eq!(watch.between(end, end + second, end + second) + BEAT, second);
}

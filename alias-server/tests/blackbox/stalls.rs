//! How long this machine stood still: no server keeps a promise in a time in which nothing runs.

use std::sync::{LazyLock, Mutex};
use std::time::{Duration, Instant};

const BEAT: Duration = Duration::from_millis(5);
/// How late a beat may come on a machine that is merely busy.
const LATE: Duration = Duration::from_millis(20);

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

/// For how long this machine stood still between the two.
pub(crate) fn between(from: Instant, to: Instant) -> Duration {
    let watch = WATCH.lock().unwrap();
    // The beat that would tell of the last stall may not have come yet.
    let last = watch.beat.elapsed().saturating_sub(BEAT);
    let last = (last > LATE).then(|| (Instant::now(), last));
    let stalls = watch.stalls.iter().copied().chain(last);
    let within = |(end, stall): (Instant, Duration)| {
        let begin = end.checked_sub(stall).unwrap_or(from);
        end.min(to).saturating_duration_since(begin.max(from))
    };
    stalls.map(within).sum()
}

/// How much of the time since then this machine was there for what it had to do.
pub(crate) fn ran_since(began: Instant) -> Duration {
    began.elapsed().saturating_sub(between(began, Instant::now()))
}

#[test]
fn only_what_lies_within_is_counted() {
    let began = watch();
    std::thread::sleep(Duration::from_millis(50));
    let end = Instant::now();
    WATCH.lock().unwrap().stalls.push((end, Duration::from_mins(1)));
    assert_eq!(between(began, end), end - began);
    assert_eq!(between(began, began + Duration::from_millis(10)), Duration::from_millis(10));
    assert_eq!(ran_since(began).saturating_sub(end.elapsed()), Duration::ZERO);
}

use super::*;
use proptest::prelude::*;

const ZONES: [&str; 16] = [
    "UTC",
    "America/New_York",
    "America/St_Johns",
    "America/Santiago",
    "America/Sao_Paulo",
    "America/Havana",
    "America/Juneau",
    "Europe/Berlin",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "Asia/Manila",
    "Asia/Beirut",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "Atlantic/Azores",
];
const PERIODS: [Period; 4] = [Period::Day, Period::Week, Period::Month, Period::Year];

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn window(period: Period, zone: &str, moment: &str) -> [String; 2] {
    let (start, end) = bounds(period, zone.parse().unwrap(), at(moment));
    [start.to_string(), end.to_string()]
}

#[test]
fn periods_are_those_of_the_zone_s_calendar() {
    let day = window(Period::Day, "Asia/Kathmandu", "2024-10-14T18:15:00Z");
    assert_eq!(day, ["2024-10-14T18:15:00Z", "2024-10-15T18:15:00Z"]);
    let week = window(Period::Week, "UTC", "2024-10-20T23:59:59Z");
    assert_eq!(week, ["2024-10-14T00:00:00Z", "2024-10-21T00:00:00Z"]);
    let month = window(Period::Month, "America/New_York", "2024-03-01T04:59:59Z");
    assert_eq!(month, ["2024-02-01T05:00:00Z", "2024-03-01T05:00:00Z"]);
    let year = window(Period::Year, "Europe/Berlin", "2024-12-31T23:00:00Z");
    assert_eq!(year, ["2024-12-31T23:00:00Z", "2025-12-31T23:00:00Z"]);
}

#[test]
fn a_day_is_as_long_as_the_clocks_make_it() {
    let spring = window(Period::Day, "Europe/Berlin", "2024-03-31T12:00:00Z");
    assert_eq!(spring, ["2024-03-30T23:00:00Z", "2024-03-31T22:00:00Z"]);
    let autumn = window(Period::Day, "America/New_York", "2024-11-03T12:00:00Z");
    assert_eq!(autumn, ["2024-11-03T04:00:00Z", "2024-11-04T05:00:00Z"]);
    let half = window(Period::Day, "Australia/Lord_Howe", "2024-04-07T00:00:00Z");
    assert_eq!(half, ["2024-04-06T13:00:00Z", "2024-04-07T13:30:00Z"]);
}

#[test]
fn a_day_without_a_midnight_begins_after_the_gap() {
    let sao_paulo = window(Period::Day, "America/Sao_Paulo", "2018-11-04T12:00:00Z");
    assert_eq!(sao_paulo, ["2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z"]);
    let santiago = window(Period::Day, "America/Santiago", "2024-09-08T12:00:00Z");
    assert_eq!(santiago, ["2024-09-08T04:00:00Z", "2024-09-09T03:00:00Z"]);
}

#[test]
fn a_day_that_a_zone_skipped_has_no_window() {
    let before = window(Period::Day, "Pacific/Apia", "2011-12-30T09:59:59Z");
    assert_eq!(before, ["2011-12-29T10:00:00Z", "2011-12-30T10:00:00Z"]);
    let after = window(Period::Day, "Pacific/Apia", "2011-12-30T10:00:00Z");
    assert_eq!(after, ["2011-12-30T10:00:00Z", "2011-12-31T10:00:00Z"]);
}

#[test]
fn a_day_with_two_midnights_begins_once() {
    let havana = window(Period::Day, "America/Havana", "2024-11-03T04:30:00Z");
    assert_eq!(havana, ["2024-11-03T04:00:00Z", "2024-11-04T05:00:00Z"]);
    // A minute past midnight the clocks went back to 23:01 of the day before.
    let st_johns = window(Period::Day, "America/St_Johns", "2006-10-29T03:00:00Z");
    assert_eq!(st_johns, ["2006-10-29T02:30:00Z", "2006-10-30T03:30:00Z"]);
}

#[test]
fn the_ends_of_the_years_clamp() {
    for (period, zone) in PERIODS.iter().flat_map(|period| ZONES.map(|zone| (*period, zone))) {
        let zone = zone.parse().unwrap();
        let (start, _) = bounds(period, zone, at("0001-01-01T00:00:00Z"));
        let (_, end) = bounds(period, zone, at("9999-12-31T23:59:59Z"));
        assert_eq!(start.to_string(), "0001-01-01T00:00:00Z");
        assert_eq!(end.to_string(), "9999-12-31T23:59:59Z");
        for far in [i64::MIN, -100_000_000_000_000_000, 300_000_000_000_000_000, i64::MAX] {
            let (start, end) = bounds(period, zone, Timestamp::from_micros(far));
            assert!(start < end, "{period:?} {zone}");
        }
    }
}

#[test]
fn unknown_zones_and_periods_are_refused_with_an_example() {
    assert_eq!("Europe/Berlin".parse::<TimeZone>().unwrap().to_string(), "Europe/Berlin");
    for bad in ["", "Berlin", "CEST", "+02:00", "europe/berlin"] {
        assert!(bad.parse::<TimeZone>().unwrap_err().to_string().contains("Europe/Berlin"), "{bad}");
    }
    for period in PERIODS {
        assert_eq!(period.as_str().parse(), Ok(period));
    }
    assert_eq!("daily".parse::<Period>(), Err(InvalidPeriod));
}

/// Moments everywhere, and many around the changes of clocks, which come at whole or half hours of UTC.
fn moments() -> impl Strategy<Value = Timestamp> {
    let second = 1_000_000_i64;
    let (first, last) = YEARS;
    let modern = (-4_000_000_000_i64..6_000_000_000).prop_map(move |s| s * second);
    let half_hours =
        (-2_300_000_i64..3_000_000, -2_i64..=2).prop_map(move |(n, off)| n * 1_800 * second + off);
    prop_oneof![first..last, modern, half_hours].prop_map(Timestamp::from_micros)
}

/// Every change of clocks of a zone within a year, found by looking at each half hour.
fn changes(zone: TimeZone, year: i32) -> Vec<i64> {
    let offset = |at: i64| {
        use chrono::Offset;
        zone.0.offset_from_utc_datetime(&Timestamp::from_micros(at).utc().naive_utc()).fix()
    };
    let start = at(&format!("{year:04}-01-01T00:00:00Z")).micros();
    let step = 1_800_000_000_i64;
    (0..17_568).map(|n| start + n * step).filter(|at| offset(*at) != offset(at - 1)).collect()
}

fn holds_everywhere_around(period: Period, zone: TimeZone, at: Timestamp) {
    let (start, end) = bounds(period, zone, at);
    assert!(start <= at && at < end, "{period:?} {zone} {at}: {start} to {end}");
    let before_end = Timestamp::from_micros(end.micros() - 1);
    assert_eq!(bounds(period, zone, start), (start, end), "{period:?} {zone} {at}");
    assert_eq!(bounds(period, zone, before_end), (start, end), "{period:?} {zone} {at}");
    if end.micros() < YEARS.1 {
        assert_eq!(
            bounds(period, zone, end).0,
            end,
            "{period:?} {zone} {at}: the next begins where this ends"
        );
    }
    if start.micros() > YEARS.0 {
        let before = Timestamp::from_micros(start.micros() - 1);
        assert_eq!(bounds(period, zone, before).1, start, "{period:?} {zone} {at}: the one before ends here");
    }
}

#[test]
fn windows_tile_time_around_every_change_of_clocks() {
    for zone in ZONES.map(|zone| zone.parse::<TimeZone>().unwrap()) {
        for year in [1867, 1993, 1994, 2006, 2011, 2018, 2024, 2025] {
            for change in changes(zone, year) {
                for off in [-3_600_000_001, -1, 0, 1, 59_999_999, 60_000_000, 3_599_999_999, 3_600_000_000] {
                    for period in PERIODS {
                        holds_everywhere_around(period, zone, Timestamp::from_micros(change + off));
                    }
                }
            }
        }
    }
}

proptest! {
    #[test]
    fn windows_tile_time(at in moments(), zone in prop::sample::select(&ZONES), period in prop::sample::select(&PERIODS)) {
        holds_everywhere_around(period, zone.parse().unwrap(), at);
    }

    #[test]
    fn no_moment_is_too_far(micros: i64, zone in prop::sample::select(chrono_tz::TZ_VARIANTS.as_slice()), period in prop::sample::select(&PERIODS)) {
        let (start, end) = bounds(period, TimeZone(zone), Timestamp::from_micros(micros));
        prop_assert!(start < end);
    }
}

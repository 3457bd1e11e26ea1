use proptest::prelude::*;

use super::*;

const ZONES: [&str; 12] = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/Sao_Paulo",
    "America/Havana",
    "America/Santiago",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "Asia/Amman",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "America/Toronto",
];
const PERIODS: [Period; 4] = [Period::Day, Period::Week, Period::Month, Period::Year];

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn shown(period: Period, zone: &str, moment: &str) -> (String, String) {
    let (starts, ends) = bounds(period, zone.parse().unwrap(), at(moment));
    (starts.to_string(), ends.to_string())
}

fn is(period: Period, zone: &str, moment: &str, starts: &str, ends: &str) {
    assert_eq!(shown(period, zone, moment), (starts.to_owned(), ends.to_owned()), "{zone} {moment}");
}

#[test]
fn days_weeks_months_and_years_begin_at_midnight_of_the_zone() {
    is(Period::Day, "UTC", "2024-10-14T12:00:00Z", "2024-10-14T00:00:00Z", "2024-10-15T00:00:00Z");
    is(Period::Week, "UTC", "2024-10-20T23:59:59Z", "2024-10-14T00:00:00Z", "2024-10-21T00:00:00Z");
    is(
        Period::Month,
        "Asia/Kathmandu",
        "2024-10-31T18:15:00Z",
        "2024-10-31T18:15:00Z",
        "2024-11-30T18:15:00Z",
    );
    is(
        Period::Year,
        "America/New_York",
        "2024-01-01T04:59:59Z",
        "2023-01-01T05:00:00Z",
        "2024-01-01T05:00:00Z",
    );
}

#[test]
fn a_day_has_as_many_hours_as_the_clocks_make_it() {
    // Clocks go forward: 23 hours. Back: 25.
    is(Period::Day, "Europe/Berlin", "2024-03-31T10:00:00Z", "2024-03-30T23:00:00Z", "2024-03-31T22:00:00Z");
    is(Period::Day, "Europe/Berlin", "2024-10-27T10:00:00Z", "2024-10-26T22:00:00Z", "2024-10-27T23:00:00Z");
    is(
        Period::Month,
        "Europe/Berlin",
        "2024-10-01T00:00:00Z",
        "2024-09-30T22:00:00Z",
        "2024-10-31T23:00:00Z",
    );
}

#[test]
fn a_day_without_midnight_begins_with_its_first_moment() {
    // São Paulo went from 23:59:59 to 01:00:00.
    is(
        Period::Day,
        "America/Sao_Paulo",
        "2018-11-04T03:00:00Z",
        "2018-11-04T03:00:00Z",
        "2018-11-05T02:00:00Z",
    );
    // Samoa had no 30 December 2011.
    is(Period::Day, "Pacific/Apia", "2011-12-30T09:59:59Z", "2011-12-29T10:00:00Z", "2011-12-30T10:00:00Z");
    is(Period::Day, "Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z", "2011-12-31T10:00:00Z");
}

#[test]
fn a_midnight_that_comes_twice_begins_the_day_once() {
    // Havana went from 01:00 back to 00:00.
    is(Period::Day, "America/Havana", "2024-11-03T04:30:00Z", "2024-11-03T04:00:00Z", "2024-11-04T05:00:00Z");
    is(Period::Day, "America/Havana", "2024-11-03T05:30:00Z", "2024-11-03T04:00:00Z", "2024-11-04T05:00:00Z");
}

#[test]
fn beyond_the_years_that_calendars_count_all_of_time_is_one() {
    for period in PERIODS {
        for end in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
            let (starts, ends) = bounds(period, TimeZone::UTC, end.into());
            assert!(starts <= end.into() && ends >= end.into());
        }
    }
}

#[test]
fn words_that_are_no_zone_or_period_are_refused() {
    for bad in ["", "Berlin", "Mars/Olympus", "+01:00", "europe/berlin "] {
        assert_eq!(bad.parse::<TimeZone>(), Err(InvalidTimeZone), "{bad}");
    }
    assert_eq!("monthly".parse::<Period>(), Err(InvalidPeriod));
}

proptest! {
    #[test]
    fn windows_hold_their_moments_and_follow_one_another_without_a_gap(
        seconds in -62_135_596_800_i64..253_402_300_800,
        zone in proptest::sample::select(&ZONES[..]),
        period in proptest::sample::select(&PERIODS[..]),
    ) {
        let zone: TimeZone = zone.parse().unwrap();
        let moment = Timestamp::from_micros(seconds * 1_000_000);
        let (starts, ends) = bounds(period, zone, moment);
        prop_assert!(starts <= moment && moment < ends, "{starts} {moment} {ends}");
        // Whoever asks anywhere within it, whichever way the clock went, is told the same.
        let last = Timestamp::from_micros(ends.micros() - 1);
        prop_assert_eq!(bounds(period, zone, starts), (starts, ends));
        prop_assert_eq!(bounds(period, zone, last), (starts, ends));
        let (next_starts, next_ends) = bounds(period, zone, ends);
        prop_assert_eq!(next_starts, ends);
        prop_assert!(next_ends > ends);
        let before = Timestamp::from_micros(starts.micros() - 1);
        prop_assert_eq!(bounds(period, zone, before).1, starts);
    }

    #[test]
    fn around_changes_of_the_clocks_no_second_is_in_two_windows(
        zone in proptest::sample::select(&ZONES[1..]),
        year in 1990..2030_i32,
        period in proptest::sample::select(&PERIODS[..]),
    ) {
        let zone: TimeZone = zone.parse().unwrap();
        let start = NaiveDate::from_ymd_opt(year, 1, 1).unwrap().and_time(NaiveTime::MIN).and_utc();
        let (mut at, end): (Timestamp, _) = (start.into(), Timestamp::from(start + TimeDelta::days(366)));
        let (_, mut last_end) = bounds(period, zone, at);
        while at < end {
            let (starts, ends) = bounds(period, zone, at);
            prop_assert!(starts <= at && at < ends);
            prop_assert!(ends == last_end || starts == last_end, "{} {}", at, starts);
            last_end = ends;
            at = Timestamp::from_micros(at.micros() + 30 * 60 * 1_000_000);
        }
    }
}

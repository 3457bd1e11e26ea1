use proptest::prelude::*;
use uuid::Uuid;

use super::*;

fn draft(json: &str) -> Result<NewBudget, validator::ValidationErrors> {
    serde_json::from_str::<BudgetDraft>(json).unwrap().parse()
}

fn within(json: &str, field: &str) -> (String, String) {
    let report = draft(json).unwrap_err();
    let errors = report.field_errors();
    let fault = errors.get(field).unwrap_or_else(|| panic!("{report}")).first().unwrap();
    let place = fault.params.get(crate::validation::WITHIN).and_then(|path| path.as_str());
    (place.unwrap_or_default().to_owned(), fault.message.clone().unwrap_or_default().into_owned())
}

#[test]
fn a_budget_says_what_it_is_of_how_much_and_over_what_time() {
    let monthly = r#"{"scope": {"team_id": "acme-prod"}, "limit_usd": 100.5,
        "window": {"type": "calendar", "period": "month", "time_zone": "Europe/Berlin"}}"#;
    let budget = draft(monthly).unwrap();
    assert_eq!(budget.scope, Scope::TeamId("acme-prod".parse().unwrap()));
    assert_eq!(budget.limit_usd.nanos(), 100_500_000_000);
    assert_eq!(budget.limit_mode, LimitMode::HardLimit);
    let json = serde_json::to_value(budget.window).unwrap();
    assert_eq!(
        json,
        serde_json::json!({"type": "calendar", "period": "month", "time_zone": "Europe/Berlin"})
    );
    assert_eq!(serde_json::from_value::<BudgetWindow>(json).unwrap(), budget.window);
    let rolling = r#"{"scope": {"tag": "Vision"}, "limit_usd": 0, "limit_mode": "soft_limit",
        "window": {"type": "rolling", "duration": "48h"}}"#;
    let json = serde_json::to_value(draft(rolling).unwrap().window).unwrap();
    assert_eq!(json["duration"], "2d");
}

#[test]
fn every_wrong_field_is_named_with_its_member() {
    let report = draft("{}").unwrap_err();
    assert_eq!(report.field_errors().len(), 2, "{report}");
    assert_eq!(within(r#"{"scope": {"team_id": "a", "tag": "b"}, "limit_usd": 1}"#, "scope").0, "");
    assert_eq!(within(r#"{"scope": {"team_id": ""}, "limit_usd": 1}"#, "scope").0, "team_id");
    assert_eq!(within(r#"{"scope": {"tag": "a b"}, "limit_usd": 1}"#, "scope").0, "tag");
    for bad in ["-1", "1000000001", "0.0000001", "1e400"] {
        let json = format!(r#"{{"scope": {{"tag": "a"}}, "limit_usd": {bad}}}"#);
        if let Ok(sent) = serde_json::from_str::<BudgetDraft>(&json) {
            assert!(sent.parse().unwrap_err().field_errors().contains_key("limit_usd"), "{bad}");
        }
    }
    let window = |window: &str| {
        within(&format!(r#"{{"scope": {{"tag": "a"}}, "limit_usd": 1, "window": {window}}}"#), "window").0
    };
    assert_eq!(window("{}"), "type");
    assert_eq!(window(r#"{"type": "monthly"}"#), "type");
    assert_eq!(window(r#"{"type": "rolling"}"#), "duration");
    assert_eq!(window(r#"{"type": "rolling", "duration": "30m"}"#), "duration");
    assert_eq!(window(r#"{"type": "rolling", "duration": "367d"}"#), "duration");
    assert_eq!(window(r#"{"type": "rolling", "duration": "1d", "period": "day"}"#), "period");
    assert_eq!(window(r#"{"type": "calendar"}"#), "period");
    assert_eq!(window(r#"{"type": "calendar", "period": "decade"}"#), "period");
    assert_eq!(window(r#"{"type": "calendar", "period": "day", "time_zone": "Mars"}"#), "time_zone");
    assert_eq!(window(r#"{"type": "lifetime", "duration": "1d"}"#), "duration");
    let unlimited = r#"{"scope": {"tag": "a"}, "limit_usd": 1, "limit_mode": "unlimited"}"#;
    assert!(within(unlimited, "limit_mode").1.contains("hard_limit"));
}

fn windows() -> impl Strategy<Value = BudgetWindow> {
    const ZONES: [&str; 4] = ["UTC", "Europe/Berlin", "America/Sao_Paulo", "Pacific/Apia"];
    const PERIODS: [&str; 4] = ["day", "week", "month", "year"];
    prop_oneof![
        Just(BudgetWindow::Lifetime),
        (1..=8_784_u16)
            .prop_map(|hours| BudgetWindow::Rolling { duration: format!("{hours}h").parse().unwrap() }),
        (proptest::sample::select(&PERIODS[..]), proptest::sample::select(&ZONES[..])).prop_map(
            |(period, zone)| BudgetWindow::Calendar {
                period: period.parse().unwrap(),
                time_zone: zone.parse().unwrap(),
            }
        ),
    ]
}

proptest! {
    #[test]
    fn a_call_is_charged_to_the_window_it_began_in_whichever_way_the_clock_goes(
        window in windows(),
        first in 946_684_800_i64..4_102_444_800,
        step in -400_000_000_i64..400_000_000,
    ) {
        let budget = BudgetId::new(Uuid::from_u128(7));
        let at = |seconds: i64| Timestamp::from_micros(seconds * 1_000_000);
        let (one, other) = (at(first), at(first + step));
        let same = match window {
            BudgetWindow::Lifetime | BudgetWindow::Rolling { .. } => true,
            BudgetWindow::Calendar { .. } => window.around(one) == window.around(other),
        };
        prop_assert_eq!(window.account(budget, one) == window.account(budget, other), same);
        let others = BudgetId::new(Uuid::from_u128(8));
        prop_assert_ne!(window.account(budget, one), window.account(others, one));
    }

    #[test]
    fn a_rolling_window_never_reaches_further_back_when_time_goes_on(
        hours in 1..=8_784_u16,
        first in 946_684_800_i64..4_102_444_800,
        later in 0..400_000_000_i64,
    ) {
        let span: Span = format!("{hours}h").parse().unwrap();
        let at = |seconds: i64| Timestamp::from_micros(seconds * 1_000_000);
        prop_assert!(span.before(at(first)) <= span.before(at(first + later)));
        prop_assert_eq!(at(first).micros() - span.before(at(first)).micros(), i64::from(hours) * 3_600_000_000);
    }
}

//! Deadlines against a naive day-by-day reading, and the cases that people get wrong.

use casework::calendar::{Limit, Regime, rfc3339};
use proptest::prelude::*;
use proptest::sample::select;

use crate::naive;
use crate::oracle::{config, moments};
use crate::taihe::{TAIHE, at};

proptest! {
    #![proptest_config(config(20_000))]

    #[test]
    fn every_regime_matches_the_naive_reading(
        regime in select(Regime::ALL), count in 0_u32..70, from in moments(),
    ) {
        let limit = Limit { count, regime };
        let due = TAIHE.calendar().due(limit, from);
        prop_assert_eq!((due.at, due.provisional), naive::due(&limit.to_string(), from), "{} from {}", limit, from);
        prop_assert!(!due.derivation.is_empty());
    }

    #[test]
    fn limits_read_what_they_write(regime in select(Regime::ALL), count: u32) {
        let limit = Limit { count, regime };
        prop_assert_eq!(limit.to_string().parse(), Ok(limit));
    }

    #[test]
    fn no_text_of_a_limit_panics(text: String) {
        let _ = text.parse::<Limit>();
    }
}

proptest! {
    // Counting working days to the year 9998 takes a while.
    #![proptest_config(config(500))]

    #[test]
    fn any_count_from_any_time_answers(regime in select(Regime::ALL), count: u32, seconds in -60_000_000_000_i64..250_000_000_000) {
        let from = chrono::DateTime::from_timestamp(seconds, 999_999_999).unwrap();
        let _ = TAIHE.calendar().due(Limit { count, regime }, from);
    }
}

#[test]
fn the_cases_that_people_get_wrong() {
    let cases = [
        // 3 days over National Day: the last day is off and rolls to the first day worked.
        ("3sd", "2026-09-29T10:00:00+08:00", "2026-10-09T00:00:00+08:00", false),
        // Saturday 10 October is worked in exchange and counts.
        ("5wd", "2026-09-29T10:00:00+08:00", "2026-10-13T00:00:00+08:00", false),
        // A last day on a worked Saturday does not roll.
        ("2sd", "2026-10-08T09:00:00+08:00", "2026-10-11T00:00:00+08:00", false),
        // The day of the start is Shanghai's: 16:30 UTC is the next day there.
        ("1wd", "2026-11-23T16:30:00Z", "2026-11-26T00:00:00+08:00", false),
        ("1wd", "2026-11-23T15:59:59Z", "2026-11-25T00:00:00+08:00", false),
        // Clamped to the end of February, then rolled from Sunday; beyond the published calendar.
        ("1mo", "2027-01-31T08:00:00+08:00", "2027-03-02T00:00:00+08:00", true),
        // Leap day.
        ("12mo", "2024-02-29T08:00:00+08:00", "2025-03-01T00:00:00+08:00", false),
        // The last published day is not provisional, the first unpublished is.
        ("1wd", "2026-12-30T08:00:00+08:00", "2027-01-01T00:00:00+08:00", false),
        ("1wd", "2026-12-31T08:00:00+08:00", "2027-01-05T00:00:00+08:00", true),
        // Labour Day beyond the calendar: 1 and 2 May are off, 3 May 2027 is a Monday.
        ("1sd", "2027-04-30T08:00:00+08:00", "2027-05-04T00:00:00+08:00", true),
        ("30min", "2026-12-31T23:45:00+08:00", "2027-01-01T00:15:00+08:00", false),
        (
            "72h",
            "2026-10-01T08:00:00.250+08:00",
            "2026-10-04T08:00:00.250+08:00",
            false,
        ),
        // Nothing to count: the starting day itself, rolled for statutory days.
        ("0wd", "2026-10-01T08:00:00+08:00", "2026-10-02T00:00:00+08:00", false),
        ("0sd", "2026-10-01T08:00:00+08:00", "2026-10-09T00:00:00+08:00", false),
    ];
    for (limit, from, due, provisional) in cases {
        let found = TAIHE.calendar().due(limit.parse().unwrap(), at(from));
        assert_eq!(
            (rfc3339(found.at).as_str(), found.provisional),
            (due, provisional),
            "{limit} from {from}"
        );
    }
}

#[test]
fn a_derivation_can_be_followed() {
    let due = TAIHE
        .calendar()
        .due("3sd".parse().unwrap(), at("2026-09-29T10:00:00+08:00"));
    let text = due.derivation.join("");
    for part in ["2026年9月29日", "10月2日", "国庆节", "顺延", "2026年10月8日", "24时"] {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[test]
fn the_version_names_the_content() {
    use casework::calendar::Calendar;
    let day = |text: &str| text.parse().unwrap();
    let calendar = |off| Calendar::new([(day("2026-01-01"), off, "元旦".to_owned())], day("2026-12-31"));
    assert_eq!(calendar(true).version(), calendar(true).version());
    assert_ne!(calendar(true).version(), calendar(false).version());
    assert!(TAIHE.calendar().version().starts_with("cn-2026-12-31-"));
}

#[test]
fn what_is_no_limit_is_refused() {
    for text in [
        "",
        "min",
        "3",
        "3 d",
        "3d",
        "-3wd",
        "3WD",
        "1.5h",
        "99999999999h",
        "３h",
        "h3",
    ] {
        assert!(text.parse::<Limit>().is_err(), "{text}");
    }
}

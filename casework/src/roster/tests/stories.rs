//! A night, Spring Festival, a make-up Saturday, a hole, a swap, leave.

use super::*;
use crate::words::{Channel, Seat};

const CALL: [Channel; 1] = [Channel::Voice];

/// Who is called for the duty of `pol`, with why: `li pattern`, `office/odu pattern`, `last-resort`.
fn duty(county: &County, at: DateTime<Utc>) -> String {
    said(&county.watch().answer("pol", Seat::Duty, &CALL, at).reached)
}

fn said(reached: &Reached) -> String {
    match reached {
        Reached::Person { person, unit, why, .. } if unit == "pol" => format!("{person} {why}"),
        Reached::Person { person, unit, why, .. } => format!("{unit}/{person} {why}"),
        Reached::LastResort => "last-resort".into(),
    }
}

fn holes(county: &County, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<(DateTime<Utc>, DateTime<Utc>, String)> {
    let holes = county.watch().holes("pol", from, to);
    holes
        .into_iter()
        .map(|hole| (hole.during.from, hole.during.to, said(&hole.falls_to)))
        .collect()
}

#[test]
fn a_night_belongs_to_the_day_on_which_it_starts() {
    let county = County::new(station());
    // Thursday, the night to Friday the 13th, and Friday's night that ends on the make-up Saturday.
    assert_eq!(duty(&county, feb(12, "17:29")), "li pattern");
    assert_eq!(duty(&county, feb(12, "17:30")), "zhao pattern");
    assert_eq!(duty(&county, feb(13, "07:59")), "zhao pattern");
    assert_eq!(duty(&county, feb(13, "08:00")), "li pattern");
    // Saturday the 14th is worked: it goes like a Monday, and its night runs into the first day of the festival.
    assert_eq!(duty(&county, feb(14, "10:00")), "li pattern");
    assert_eq!(duty(&county, feb(15, "07:59")), "zhao pattern");
    assert_eq!(duty(&county, feb(15, "08:00")), "zhou pattern");
    // The last day off ends on the morning of Tuesday the 24th.
    assert_eq!(duty(&county, feb(24, "07:59")), "zhou pattern");
    assert_eq!(duty(&county, feb(24, "08:00")), "li pattern");
    assert!(holes(&county, feb(1, "00:00"), feb(28, "24:00")).is_empty());
}

#[test]
fn an_exception_a_swap_and_leave_are_laid_on_the_pattern() {
    let mut roster = station();
    roster.exceptions.push(Exception {
        during: during(feb(12, "08:00"), feb(12, "12:00")),
        seat: Seat::Duty,
        person: Some(id("sun")),
    });
    let mut swap = Swap {
        asked_by: id("li"),
        with: id("sun"),
        gives: during(feb(11, "08:00"), feb(11, "17:30")),
        takes: Some(during(feb(7, "08:00"), feb(8, "08:00"))),
        state: SwapState::Asked,
    };
    roster.swaps.push(swap.clone());
    roster.absences.push(Absence {
        person: id("zhao"),
        during: during(feb(10, "00:00"), feb(11, "00:00")),
        delegate: Some(id("zhou")),
    });
    let asked = County::new(roster.clone());
    assert_eq!(duty(&asked, feb(12, "09:00")), "sun exception");
    assert_eq!(duty(&asked, feb(12, "12:00")), "li pattern");
    assert_eq!(
        duty(&asked, feb(11, "09:00")),
        "li pattern",
        "a swap that is only asked moves nothing"
    );
    assert_eq!(duty(&asked, feb(10, "20:00")), "zhou delegation");
    assert_eq!(duty(&asked, feb(11, "00:00")), "zhao pattern");
    swap.state = SwapState::Accepted;
    roster.swaps[0] = swap;
    let accepted = County::new(roster);
    assert_eq!(duty(&accepted, feb(11, "09:00")), "sun swap");
    assert_eq!(duty(&accepted, feb(7, "09:00")), "li swap");
}

#[test]
fn delegates_who_are_away_pass_it_on_and_never_in_a_circle() {
    let mut roster = station();
    let away = |person: &str, delegate: &str| Absence {
        person: id(person),
        during: during(feb(10, "00:00"), feb(13, "00:00")),
        delegate: Some(id(delegate)),
    };
    roster.absences = vec![away("li", "zhao"), away("zhao", "sun")];
    assert_eq!(duty(&County::new(roster.clone()), feb(11, "09:00")), "sun delegation");
    roster.absences.push(away("sun", "li"));
    let county = County::new(roster);
    assert_eq!(
        duty(&county, feb(11, "09:00")),
        "wang pattern",
        "it falls to the leader on duty"
    );
    let answer = county.watch().answer("pol", Seat::Duty, &CALL, feb(11, "09:00"));
    assert_eq!(answer.fell[0].vacancy, Vacancy::Away(id("sun")));
}

#[test]
fn a_hole_falls_at_once_to_leader_office_and_last_resort() {
    let mut roster = station();
    // Nobody on the night of the 12th.
    roster.exceptions.push(Exception {
        during: during(feb(12, "17:30"), feb(13, "08:00")),
        seat: Seat::Duty,
        person: None,
    });
    let mut county = County::new(roster);
    let span = |to: &str| vec![(feb(12, "17:30"), feb(13, "08:00"), to.to_owned())];
    let week = |county: &County| holes(county, feb(9, "00:00"), feb(16, "00:00"));
    assert_eq!(week(&county), span("wang pattern"));
    county.people.get_mut(&id("wang")).unwrap().phones.clear();
    assert_eq!(week(&county), span("office/odu pattern"));
    let pol = county.posts.get_mut("pol").unwrap();
    pol.roster.leaders = vec![id("wang"), id("sun")];
    assert_eq!(
        week(&county),
        span("sun standing"),
        "the unit's other leader, before the office"
    );
    county.posts.get_mut("pol").unwrap().roster.leaders.clear();
    county.people.get_mut(&id("odu")).unwrap().disabled_at = Some(feb(13, "00:00"));
    let cut = vec![
        (feb(12, "17:30"), feb(13, "00:00"), "office/odu pattern".to_owned()),
        (feb(13, "00:00"), feb(13, "08:00"), "last-resort".to_owned()),
    ];
    assert_eq!(week(&county), cut, "to the minute, past midnight");
}

#[test]
fn a_desk_telephone_reaches_nobody_at_night_and_an_unverified_one_never() {
    let mut county = County::new(station());
    county.people.get_mut(&id("li")).unwrap().phones = vec![Phone {
        verified: true,
        night: false,
    }];
    // Office hours end at noon and begin at 14:30.
    let day = holes(&county, feb(12, "00:00"), feb(13, "00:00"));
    let gaps: Vec<_> = day.iter().map(|(from, to, _)| (*from, *to)).collect();
    assert_eq!(gaps, [(feb(12, "12:00"), feb(12, "14:30"))]);
    county.people.get_mut(&id("li")).unwrap().phones[0].verified = false;
    assert_eq!(
        holes(&county, feb(12, "00:00"), feb(13, "00:00"))[0].0,
        feb(12, "08:00")
    );
    // A mail needs no phone.
    let mailed = county
        .watch()
        .answer("pol", Seat::Duty, &[Channel::Mail], feb(12, "09:00"));
    assert_eq!(said(&mailed.reached), "li pattern");
}

#[test]
fn several_seats_are_called_each_person_once() {
    let county = County::new(station());
    let called = |seats: &[Seat], at| {
        let answers = county.watch().answers("pol", seats, &CALL, at);
        answers.iter().map(|answer| said(&answer.reached)).collect::<Vec<_>>()
    };
    assert_eq!(
        called(&[Seat::Duty, Seat::Deputy], feb(12, "09:00")),
        ["li pattern", "zhao pattern"]
    );
    // By night there is no deputy, and nobody is woken in its place.
    assert_eq!(called(&[Seat::Duty, Seat::Deputy], feb(12, "22:00")), ["zhao pattern"]);
    let empty = County::new(Roster::default());
    let all = empty.watch().answers("pol", Seat::ALL, &CALL, feb(12, "09:00"));
    assert_eq!(all.len(), 1, "all fall to the office's person: one call");
}

#[test]
fn a_unit_that_nobody_knows_is_a_hole_always() {
    let county = County::new(station());
    let holes = county.watch().holes("nowhere", feb(1, "00:00"), feb(5, "00:00"));
    assert_eq!(holes.len(), 1);
    assert_eq!(
        (holes[0].during.from, holes[0].during.to),
        (feb(1, "00:00"), feb(5, "00:00"))
    );
    assert!(county.watch().holes("pol", feb(5, "00:00"), feb(5, "00:00")).is_empty());
    assert!(
        county
            .watch()
            .holes("nowhere", feb(5, "00:00"), feb(4, "00:00"))
            .is_empty()
    );
}

#[test]
fn weeks_take_turns_and_the_latest_pattern_counts() {
    let week = |name: &str| Week {
        mon: vec![shift(&format!("00:00-24:00 {name}"))],
        ..Week::default()
    };
    let mut roster = Roster {
        patterns: vec![Pattern {
            from: NaiveDate::from_ymd_opt(2026, 1, 7).unwrap(),
            weeks: vec![week("li"), week("sun")],
        }],
        ..Roster::default()
    };
    // The first week is that of Wednesday, 7 January; its Monday lies before the first day.
    let county = County::new(roster.clone());
    assert_eq!(duty(&county, feb(2, "09:00")), "li pattern");
    assert_eq!(duty(&county, feb(9, "09:00")), "sun pattern");
    roster.patterns.push(Pattern {
        from: NaiveDate::from_ymd_opt(2026, 2, 9).unwrap(),
        weeks: vec![week("zhou")],
    });
    let county = County::new(roster);
    assert_eq!(duty(&county, feb(2, "09:00")), "li pattern");
    assert_eq!(duty(&county, feb(9, "09:00")), "zhou pattern");
}

#[test]
fn duty_is_handed_over_where_the_person_changes() {
    let county = County::new(station());
    let changes = county.watch().handovers("pol", feb(12, "00:00"), feb(13, "12:00"));
    let said: Vec<_> = changes.iter().map(|change| (change.at, said(&change.to))).collect();
    assert_eq!(
        said,
        [
            (feb(12, "08:00"), "li pattern".to_owned()),
            (feb(12, "17:30"), "zhao pattern".to_owned()),
            (feb(13, "08:00"), "li pattern".to_owned()),
        ]
    );
}

#[test]
fn the_clock_of_a_unit_runs_within_its_hours() {
    let (calendar, hours) = (spring(), Hours::read("08:00-12:00 14:30-17:30", "").unwrap());
    let clock = DutyClock {
        calendar: &calendar,
        hours: &hours,
    };
    let minutes = chrono::TimeDelta::minutes;
    assert_eq!(clock.next_open(feb(12, "13:00")), feb(12, "14:30"));
    assert_eq!(
        clock.next_open(feb(14, "20:00")),
        feb(24, "08:00"),
        "past the whole festival"
    );
    assert_eq!(
        clock.after(feb(12, "11:50"), minutes(10)),
        feb(12, "14:30"),
        "never at the end of a part"
    );
    assert_eq!(clock.after(feb(14, "17:00"), minutes(60)), feb(24, "08:30"));
    assert_eq!(clock.days_after(feb(12, "10:23"), 1), feb(13, "10:23"));
    assert_eq!(
        clock.days_after(feb(14, "22:00"), 1),
        feb(25, "08:00"),
        "at that time nobody is there"
    );
    for bad in ["8-9", "09:00-08:00", "08:00-12:00 11:00-13:00", "08:00-25:00", ""] {
        assert!(Hours::read(bad, "").is_err(), "{bad}");
    }
}

#[test]
fn a_file_is_read_whole_or_refused_with_each_mistake() {
    let good = r#"{"people": {"li": {"name": "李", "phones": [{"verified": true, "night": true}]}},
        "rosters": {"pol": {"patterns": [{"from": "2026-01-01", "weeks": [{"mon": [{"from": "08:00", "to": "08:00", "duty": "li"}]}]}]}}}"#;
    let file = RosterFile::read(good).unwrap();
    assert_eq!(RosterFile::read(&serde_json::to_string(&file).unwrap()).unwrap(), file);
    for (old, new, reason) in [
        ("\"duty\": \"li\"", "\"duty\": \"lo\"", "lo is not one of the people"),
        ("\"08:00\", \"to\"", "\"8\", \"to\"", "is not a time of day"),
        (
            "\"weeks\": [{\"mon\": [{\"from\": \"08:00\", \"to\": \"08:00\", \"duty\": \"li\"}]}]",
            "\"weeks\": []",
            "has no week",
        ),
        ("\"patterns\"", "\"pattern\"", "unknown field"),
    ] {
        let problems = RosterFile::read(&good.replace(old, new)).unwrap_err();
        assert!(problems[0].contains(reason), "{reason}: {problems:?}");
    }
}

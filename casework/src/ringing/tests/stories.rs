//! A P1 at three in the morning, an outage, an answer, a benefit review over Spring Festival, many at once.

use super::*;
use crate::ringing::beats::{Held, Wait};
use crate::ringing::bells::{Cause, Progress};
use crate::ringing::callee::Callee;
use crate::ringing::calls::Round;
use crate::roster::{Exception, Window};

/// Who is called with what id, such as `li ring:7:1:dispatch:0`.
fn said(round: &Round) -> Vec<String> {
    let name = |callee: &Callee| match callee {
        Callee::Person(person) => person.to_string(),
        Callee::LastResort => "last-resort".to_owned(),
    };
    let calls = round.calls.iter();
    calls
        .flat_map(|call| {
            call.rings
                .iter()
                .map(move |ring| format!("{} {ring}", name(&call.callee)))
        })
        .collect()
}

/// The turn at a moment, with the progress recorded.
fn turn(county: &County, stage: &mut OpenStage, now: DateTime<Utc>) -> Round {
    let watch = county.watch();
    let round = county.board(&watch).round(std::slice::from_ref(stage), now);
    for ring in &round.rings {
        stage.progress.entry(ring.id.bell.cause).or_default().next = ring.due.last + 1;
    }
    round
}

#[test]
fn a_p1_at_three_in_the_morning_rings_until_somebody_answers() {
    let (county, mut stage) = (County::new(), at_night());
    assert_eq!(
        said(&turn(&county, &mut stage, feb(12, "03:00"))),
        ["li ring:7:1:dispatch:0"]
    );
    let quiet = turn(&county, &mut stage, feb(12, "03:04"));
    assert_eq!((said(&quiet).len(), quiet.next_at), (0, Some(feb(12, "03:05"))));
    assert_eq!(
        said(&turn(&county, &mut stage, feb(12, "03:05"))),
        ["li ring:7:1:dispatch:1", "zhao ring:7:1:dispatch:1"]
    );
    assert_eq!(
        said(&turn(&county, &mut stage, feb(12, "03:10"))),
        ["wang ring:7:1:dispatch:2"]
    );
    for (index, at) in [(3, "03:20"), (4, "03:30"), (5, "03:40")] {
        let all = ["li", "wang", "zhao"].map(|name| format!("{name} ring:7:1:dispatch:{index}"));
        assert_eq!(said(&turn(&county, &mut stage, feb(12, at))), all);
    }
    stage.progress.get_mut(&Cause::Dispatch).unwrap().answered = true;
    let after = turn(&county, &mut stage, feb(12, "09:00"));
    assert_eq!((said(&after).len(), after.next_at), (0, None));
}

#[test]
fn an_answer_never_stops_the_next_level_and_the_last_one_comes_again_for_ever() {
    let (county, mut stage) = (County::new(), at_night());
    stage.progress.insert(
        Cause::Dispatch,
        Progress {
            next: 1,
            answered: true,
        },
    );
    stage.sent = sent(&stage, 2);
    // Level 1 reminds the unit, level 2 its leader.
    let round = turn(&county, &mut stage, feb(12, "03:30"));
    assert_eq!(
        said(&round),
        [
            "li ring:7:1:level-1:2",
            "wang ring:7:1:level-1:2",
            "wang ring:7:1:level-2:0",
            "zhao ring:7:1:level-1:2"
        ]
    );
    stage.sent = sent(&stage, 4);
    for cause in [Cause::Level(1), Cause::Level(2), Cause::Level(3), Cause::Level(4)] {
        stage.progress.insert(
            cause,
            Progress {
                next: 1,
                answered: true,
            },
        );
    }
    // Everybody has answered and nobody has signed: the leading group's duty hears of it after 3 hours and after 3 days.
    for (day, at, index) in [(12, "05:00", 0), (12, "06:00", 2), (15, "03:00", 140)] {
        let round = turn(&county, &mut stage, feb(day, at));
        // Its leader's seat is empty and falls to the office.
        assert_eq!(
            said(&round),
            ["gu", "odu"].map(|name| format!("{name} ring:7:1:again:{index}"))
        );
        assert_eq!(round.next_at, Some(feb(day, at) + minutes(30)));
        stage.progress.get_mut(&Cause::Again).unwrap().answered = true;
    }
}

#[test]
fn what_an_outage_missed_is_one_ring_to_all_of_its_people() {
    let (county, mut stage) = (County::new(), at_night());
    let round = turn(&county, &mut stage, feb(12, "03:33"));
    assert_eq!(
        said(&round),
        [
            "li ring:7:1:dispatch:4",
            "wang ring:7:1:dispatch:4",
            "zhao ring:7:1:dispatch:4"
        ]
    );
    let due = &round.rings[0].due;
    assert_eq!((due.first, due.last, due.late), (0, 4, true));
    assert_eq!(due.planned, feb(12, "03:30"));
    assert_eq!(
        due.channels,
        Channel::ALL,
        "by mail and desk too, as the first step would have"
    );
    assert_eq!(round.next_at, Some(feb(12, "03:40")), "and then by its own times again");
    let again = turn(&county, &mut stage, feb(12, "03:33"));
    assert!(again.rings.is_empty());
}

#[test]
fn a_limit_in_days_waits_for_duty_hours_and_says_why() {
    let (county, mut stage) = (County::new(), at_night());
    stage.unit = "ca".into();
    stage.obligation = "benefit-review".into();
    stage.urgency = Urgency::P3;
    stage.in_days = true;
    stage.start = feb(14, "20:00");
    for (now, why) in [
        (feb(14, "20:00"), Wait::OffHours),
        (feb(15, "10:00"), Wait::Holiday),
        (feb(24, "07:59"), Wait::OffHours),
    ] {
        let round = turn(&county, &mut stage, now);
        let until = feb(24, "08:00");
        assert!(round.rings.is_empty());
        assert_eq!(round.held[0].1, Held { until, why });
        assert_eq!(round.next_at, Some(until));
    }
    assert_eq!(
        said(&turn(&county, &mut stage, feb(24, "08:00"))),
        ["sun ring:7:1:dispatch:0"]
    );
    // Again a duty day later, and so on.
    assert_eq!(
        turn(&county, &mut stage, feb(24, "12:00")).next_at,
        Some(feb(25, "08:00"))
    );
    // A P1 in days: its half hour runs only while the unit is there.
    let mut urgent = at_night();
    urgent.unit = "ca".into();
    urgent.obligation = "benefit-review".into();
    urgent.in_days = true;
    urgent.start = feb(12, "11:50");
    turn(&county, &mut urgent, feb(12, "11:50"));
    assert_eq!(
        turn(&county, &mut urgent, feb(12, "12:30")).next_at,
        Some(feb(12, "14:50"))
    );
}

#[test]
fn a_person_who_is_gone_in_mid_ring_is_not_called_any_more() {
    let (mut county, mut stage) = (County::new(), at_night());
    turn(&county, &mut stage, feb(12, "03:00"));
    let li = PersonId("li".into());
    county.duty.people.get_mut(&li).unwrap().disabled_at = Some(feb(12, "03:02"));
    // The leader is called in place of the duty, beside the deputy.
    assert_eq!(
        said(&turn(&county, &mut stage, feb(12, "03:05"))),
        ["wang ring:7:1:dispatch:1", "zhao ring:7:1:dispatch:1"]
    );
}

#[test]
fn nobody_at_all_leaves_the_last_resort() {
    let (mut county, mut stage) = (County::new(), at_night());
    county.duty.people.clear();
    assert_eq!(
        said(&turn(&county, &mut stage, feb(12, "03:00"))),
        ["last-resort ring:7:1:dispatch:0"]
    );
}

#[test]
fn whoever_the_ticket_was_given_to_is_reminded_as_long_as_a_call_reaches_them() {
    let (mut county, mut stage) = (County::new(), at_night());
    stage.progress.insert(
        Cause::Dispatch,
        Progress {
            next: 1,
            answered: true,
        },
    );
    stage.sent = sent(&stage, 1);
    stage.assignee = Some(PersonId("sun".into()));
    assert_eq!(
        said(&turn(&county, &mut stage, feb(12, "03:15"))),
        ["sun ring:7:1:level-1:0"]
    );
    let post = county.duty.posts.get_mut("pol").unwrap();
    post.roster.absences.push(crate::roster::Absence {
        person: PersonId("sun".into()),
        during: Window {
            from: feb(12, "00:00"),
            to: feb(13, "00:00"),
        },
        delegate: None,
    });
    assert_eq!(
        said(&turn(&county, &mut stage, feb(12, "03:20"))),
        ["li ring:7:1:level-1:1", "zhao ring:7:1:level-1:1"]
    );
}

#[test]
fn one_call_for_a_person_and_report_and_one_with_the_number_when_many_wait() {
    let county = County::new();
    let stage = |number: i64, report: &str| {
        let mut stage = at_night();
        stage.stage = StageNo(number);
        stage.report = report.into();
        stage
    };
    let watch = county.watch();
    let round = |stages: &[OpenStage]| county.board(&watch).round(stages, feb(12, "03:00"));
    let two_tickets = round(&[stage(1, "R1"), stage(2, "R1"), stage(3, "R2")]);
    let calls: Vec<_> = two_tickets
        .calls
        .iter()
        .map(|call| (call.rings.len(), call.number))
        .collect();
    assert_eq!(
        calls,
        [(2, None), (1, None)],
        "one of R1 for both its tickets, one of R2"
    );
    let stages: Vec<OpenStage> = (1..=4).map(|number| stage(number, &format!("R{number}"))).collect();
    let many = round(&stages);
    assert_eq!(many.calls.len(), 1);
    assert_eq!((many.calls[0].reports.len(), many.calls[0].number), (4, Some(4)));
    // Those that were rung before and wait still count.
    let mut waiting = stages;
    for stage in &mut waiting[1..] {
        stage.progress.insert(
            Cause::Dispatch,
            Progress {
                next: 1,
                answered: false,
            },
        );
    }
    let one = round(&waiting);
    assert_eq!(
        (one.rings.len(), one.calls[0].number, one.calls[0].reports.len()),
        (1, Some(4), 1)
    );
}

#[test]
fn a_decision_rings_whoever_has_to_make_it() {
    let county = County::new();
    let mut stage = at_night();
    stage.awaited = Awaited::Approve;
    assert_eq!(
        said(&turn(&county, &mut stage, feb(12, "03:00"))),
        ["odu ring:7:1:asked:0"]
    );
    stage.awaited = Awaited::Confirm;
    stage.progress.clear();
    assert_eq!(
        said(&turn(&county, &mut stage, feb(12, "03:00"))),
        ["li ring:7:1:asked:0"]
    );
    stage.awaited = Awaited::Contact;
    assert_eq!(
        turn(&county, &mut stage, feb(12, "03:30")).next_at,
        None,
        "until its first level is sent"
    );
}

#[test]
fn a_level_that_a_later_one_was_told_for_has_no_bell() {
    let (county, mut stage) = (County::new(), at_night());
    stage.progress.insert(
        Cause::Dispatch,
        Progress {
            next: 1,
            answered: true,
        },
    );
    stage.sent = BTreeMap::from([(2, feb(12, "03:40"))]);
    assert_eq!(
        said(&turn(&county, &mut stage, feb(12, "03:40"))),
        ["wang ring:7:1:level-2:0"]
    );
}

#[test]
fn an_exception_counts_in_the_moment_of_the_ring() {
    let (mut county, mut stage) = (County::new(), at_night());
    turn(&county, &mut stage, feb(12, "03:00"));
    county
        .duty
        .posts
        .get_mut("pol")
        .unwrap()
        .roster
        .exceptions
        .push(Exception {
            during: Window {
                from: feb(12, "03:00"),
                to: feb(12, "08:00"),
            },
            seat: Seat::Deputy,
            person: Some(PersonId("sun".into())),
        });
    assert_eq!(
        said(&turn(&county, &mut stage, feb(12, "03:05"))),
        ["li ring:7:1:dispatch:1", "sun ring:7:1:dispatch:1"]
    );
}

#[test]
fn a_county_without_a_table_rings_all_the_same() {
    let (mut county, mut stage) = (County::new(), at_night());
    county.table = Ringing::default();
    assert_eq!(
        said(&turn(&county, &mut stage, feb(12, "03:00"))),
        ["li ring:7:1:dispatch:0"]
    );
    assert_eq!(
        said(&turn(&county, &mut stage, feb(12, "03:30"))),
        ["li ring:7:1:dispatch:1", "wang ring:7:1:dispatch:1"]
    );
}

#[test]
fn what_was_due_while_the_stage_had_ended_is_one_ring_and_not_the_systems_delay() {
    let (county, mut stage) = (County::new(), at_night());
    turn(&county, &mut stage, feb(12, "03:00"));
    stage.resumed = Some(feb(12, "05:00"));
    let back = turn(&county, &mut stage.clone(), feb(12, "05:00"));
    let due = &back.rings[0].due;
    assert_eq!((back.rings.len(), due.first, due.late), (1, 1, false));
    let later = turn(&county, &mut stage, feb(12, "05:02"));
    assert!(later.rings[0].due.late, "an outage after that is the system's");
}

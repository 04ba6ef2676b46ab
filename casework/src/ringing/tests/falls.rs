//! Calls that failed fall to the next channel and the next seat; a flood's rings are gathered.

use super::*;
use crate::ringing::bells::{Cause, Progress};
use crate::ringing::callee::{Callee, Made};
use crate::ringing::calls::{Call, Round};

/// The P1 at night after its first ring, with these calls of it: `li voice failed`.
fn after(calls: &[&str]) -> OpenStage {
    let mut stage = at_night();
    let progress = Progress {
        next: 1,
        answered: false,
    };
    stage.progress.insert(Cause::Dispatch, progress);
    stage
        .made
        .insert(Cause::Dispatch, calls.iter().map(|text| made(text)).collect());
    stage
}

fn made(text: &str) -> Made {
    let words: Vec<&str> = text.split(' ').collect();
    let callee = match words[0] {
        "last-resort" => Callee::LastResort,
        name => Callee::Person(PersonId(name.to_owned())),
    };
    let channel = Channel::from_word(words[1]).unwrap();
    Made {
        callee,
        unit: "pol".to_owned(),
        channel,
        failed: words.get(2) == Some(&"failed"),
    }
}

/// What is called instead, one minute after the dispatch: `li sms`.
fn instead(county: &County, stage: &OpenStage) -> Vec<String> {
    let watch = county.watch();
    let round = county
        .board(&watch)
        .round(std::slice::from_ref(stage), feb(12, "03:01"));
    assert!(round.rings.is_empty(), "its next ring is at 03:05");
    said(&round)
}

fn said(round: &Round) -> Vec<String> {
    let one = |call: &Call| {
        let name = match &call.callee {
            Callee::Person(person) => person.to_string(),
            Callee::LastResort => "last-resort".to_owned(),
        };
        let channels = call.channels.iter();
        channels
            .map(move |channel| format!("{name} {channel}"))
            .collect::<Vec<_>>()
    };
    round.calls.iter().flat_map(one).collect()
}

#[test]
fn a_channel_that_failed_falls_to_the_next_one_of_the_person() {
    let county = County::new();
    let none: [&str; 0] = [];
    assert_eq!(instead(&county, &after(&["li voice failed"])), ["li sms"]);
    assert_eq!(instead(&county, &after(&["li sms failed"])), ["li voice"]);
    assert_eq!(
        instead(&county, &after(&["li voice failed", "li sms"])),
        none,
        "the message is on its way"
    );
    assert_eq!(
        instead(&county, &after(&["li mail failed", "li desk"])),
        ["li sms"],
        "a mailbox that is full"
    );
}

#[test]
fn a_page_that_nobody_keeps_open_reaches_nobody() {
    let county = County::new();
    let none: [&str; 0] = [];
    assert_eq!(
        instead(&county, &after(&["li desk failed"])),
        ["li sms"],
        "nothing else was tried"
    );
    assert_eq!(
        instead(&county, &after(&["li desk failed", "li mail"])),
        none,
        "the mail is on its way"
    );
    assert_eq!(
        instead(&county, &after(&["li desk failed", "li mail failed"])),
        ["li sms"]
    );
    assert_eq!(
        instead(&county, &after(&["li sms failed", "li desk"])),
        ["li voice"],
        "a page is no telephone"
    );
}

#[test]
fn whom_no_telephone_reaches_is_passed_over_as_an_empty_seat_is() {
    let mut county = County::new();
    let both = ["li voice failed", "li sms failed"];
    assert_eq!(
        instead(&county, &after(&both)),
        ["li mail", "wang voice", "wang sms"],
        "the mail, and the leader at once"
    );
    let more = [
        both[0],
        both[1],
        "li mail",
        "wang voice failed",
        "wang sms failed",
        "wang mail failed",
    ];
    assert_eq!(instead(&county, &after(&more)), ["odu voice", "odu sms"]);
    county.duty.people.retain(|person, _| person.0 != "odu");
    assert_eq!(
        instead(&county, &after(&more)),
        ["last-resort voice", "last-resort sms"]
    );
    let all = [more.as_slice(), &["last-resort voice failed", "last-resort sms failed"]].concat();
    assert!(
        instead(&county, &after(&all)).is_empty(),
        "all was tried; the bell rings on by its own times"
    );
}

#[test]
fn the_next_ring_begins_anew_and_an_answer_ends_the_fall() {
    let county = County::new();
    let mut stage = after(&["li voice failed", "li sms failed"]);
    let watch = county.watch();
    let round = county
        .board(&watch)
        .round(std::slice::from_ref(&stage), feb(12, "03:05"));
    assert_eq!(said(&round), ["li voice", "li sms", "zhao voice", "zhao sms"]);
    assert!(round.instead.is_empty());
    stage.progress.get_mut(&Cause::Dispatch).unwrap().answered = true;
    assert!(instead(&county, &stage).is_empty());
}

#[test]
fn the_reports_of_a_flood_ring_together() {
    let county = County::new();
    let watch = county.watch();
    let of = |number: u32| {
        let mut stage = at_night();
        stage.stage = StageNo(i64::from(number));
        stage.report = format!("R{number}");
        stage.start = feb(12, "03:00") + TimeDelta::seconds(i64::from(number));
        stage.flood = Some(feb(12, "03:00"));
        stage
    };
    let stages: Vec<OpenStage> = (0..25).map(of).collect();
    let first = county.board(&watch).round(&stages, feb(12, "03:00"));
    assert!(first.calls.is_empty());
    let at = feb(12, "03:00") + TimeDelta::seconds(30);
    assert!(first.turns.iter().all(|turn| turn.next_at == Some(at)));
    let round = county.board(&watch).round(&stages, at);
    let [call] = round.calls.as_slice() else {
        panic!("one call: {:?}", round.calls)
    };
    assert_eq!((call.number, call.reports.len(), call.late), (Some(25), 25, false));
    assert!(round.turns.iter().all(|turn| turn.next_at == Some(at + minutes(5))));
}

#[test]
fn a_cause_is_read_as_it_is_written() {
    for cause in [Cause::Dispatch, Cause::Asked, Cause::Level(3), Cause::Again] {
        assert_eq!(cause.to_string().parse(), Ok(cause));
    }
    assert!("level-".parse::<Cause>().is_err());
}

//! Whom a bell calls at a moment.

use chrono::{DateTime, Utc};

use super::bells::Toward;
use super::callee::Callee;
use crate::roster::{Answer, PersonId, Reached, Watch, Why};
use crate::words::{Channel, Seat};

/// Who is called for these seats by these channels, by the roster of the moment.
pub(super) fn whom(
    watch: &Watch<'_>,
    toward: &Toward,
    (seats, channels): (&[Seat], &[Channel]),
    now: DateTime<Utc>,
) -> Vec<Answer> {
    match toward {
        Toward::Unit(unit) => watch.answers(unit, seats, channels, now),
        Toward::LeaderOf(unit) => watch.answers(unit, &[Seat::Leader], channels, now),
        Toward::Person(person, unit) => given(watch, (person, unit), (seats, channels), now),
    }
}

/// As for the unit, the person in place of its duty, as long as they can be reached.
fn given(
    watch: &Watch<'_>,
    (person, unit): (&PersonId, &str),
    (seats, channels): (&[Seat], &[Channel]),
    now: DateTime<Utc>,
) -> Vec<Answer> {
    if !watch.reaches(person, unit, channels, now) {
        return watch.answers(unit, seats, channels, now);
    }
    let others: Vec<Seat> = seats.iter().copied().filter(|seat| *seat != Seat::Duty).collect();
    let mut answers = vec![assigned(person, unit)];
    let also = watch.answers(unit, &others, channels, now);
    let theirs = Callee::of(&answers[0]);
    answers.extend(also.into_iter().filter(|answer| Callee::of(answer) != theirs));
    answers
}

/// A person who is called by name, on duty or not.
pub(super) fn assigned(person: &PersonId, unit: &str) -> Answer {
    Answer {
        reached: Reached::Person {
            person: person.clone(),
            unit: unit.to_owned(),
            seat: Seat::Duty,
            why: Why::Assigned,
        },
        fell: Vec::new(),
    }
}

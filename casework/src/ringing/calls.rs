//! One turn over the stages that wait: the rings that are due, whom each calls, and what becomes one call.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::beats::{Due, Held};
use super::bells::{Above, Bell, BellId, OpenStage, RingId, Toward};
use super::table::Ringing;
use crate::roster::{Answer, PersonId, Reached, Watch, Why};
use crate::words::{Channel, Seat, Urgency};

/// When more reports than this wait for one person, a call says how many instead of one call for each.
pub const MANY: usize = 3;

/// A ring that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ring {
    /// Which: the last that it covers.
    pub id: RingId,
    /// What it covers, whom and how it calls.
    pub due: Due,
    /// Receipt of the report.
    pub report: String,
    /// How urgent.
    pub urgency: Urgency,
    /// Who is called.
    pub answers: Vec<Answer>,
}

/// Who is called: a person, or the phones of the last resort.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Callee {
    /// A person.
    Person(PersonId),
    /// The pack's phones.
    LastResort,
}

/// One call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Who.
    pub callee: Callee,
    /// Receipts of the reports of which it tells.
    pub reports: BTreeSet<String>,
    /// The rings that it is for.
    pub rings: Vec<RingId>,
    /// The highest of them.
    pub urgency: Urgency,
    /// By what.
    pub channels: BTreeSet<Channel>,
    /// How many reports wait for this person, where they are so many that the call says their number alone.
    pub number: Option<usize>,
}

/// What a turn gives.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Round {
    /// What is due; recorded together with the progress of its bell, in one transaction.
    pub rings: Vec<Ring>,
    /// The calls that tell of them.
    pub calls: Vec<Call>,
    /// Bells that are silent until their unit is there.
    pub held: Vec<(BellId, Held)>,
    /// When to look again; none: nothing waits.
    pub next_at: Option<DateTime<Utc>>,
}

/// What a turn is computed by.
#[derive(Debug, Clone, Copy)]
pub struct Bellboard<'b> {
    /// The county's table.
    pub table: &'b Ringing,
    /// Its rosters.
    pub watch: &'b Watch<'b>,
    /// The units above all others.
    pub above: Above<'b>,
}

impl Bellboard<'_> {
    /// One turn at a moment. Only open stages are given: an act ends a stage, and with it its bells.
    pub fn round(&self, stages: &[OpenStage], now: DateTime<Utc>) -> Round {
        let mut round = Round::default();
        let mut waiting: BTreeMap<Callee, BTreeSet<&str>> = BTreeMap::new();
        for stage in stages {
            for bell in stage.bells(self.table, &self.above) {
                if bell.is_silent() {
                    continue;
                }
                let turn = bell.beats(self.watch).turn(bell.progress.next, now);
                round.next_at = Some(round.next_at.map_or(turn.next_at, |at| at.min(turn.next_at)));
                round.held.extend(turn.held.map(|held| (bell.id, held)));
                let Some(answers) = self.called(&bell, turn.due.as_ref(), now) else {
                    continue;
                };
                for answer in &answers {
                    waiting.entry(callee(answer)).or_default().insert(&stage.report);
                }
                round.rings.extend(turn.due.map(|due| Ring {
                    id: RingId {
                        bell: bell.id,
                        index: due.last,
                    },
                    due,
                    report: stage.report.clone(),
                    urgency: stage.urgency,
                    answers,
                }));
            }
        }
        round.calls = calls(&round.rings, &waiting);
        round
    }

    /// Whom a bell that has begun calls: with this ring, or with the one before.
    fn called(&self, bell: &Bell, due: Option<&Due>, now: DateTime<Utc>) -> Option<Vec<Answer>> {
        let (seats, channels) = match (due, bell.progress.next.checked_sub(1)) {
            (Some(due), _) => (&due.to, &due.channels),
            (None, Some(rung)) => {
                let step = bell.steps.step(rung);
                (&step.to, &step.channels)
            }
            (None, None) => return None,
        };
        Some(match &bell.toward {
            Toward::Unit(unit) => self.watch.answers(unit, seats, channels, now),
            Toward::LeaderOf(unit) => self.watch.answers(unit, &[Seat::Leader], channels, now),
            Toward::Person(person, unit) => self.given(person, unit, (seats, channels), now),
        })
    }

    /// As for the unit, the person in place of its duty, as long as they can be reached.
    fn given(
        &self,
        person: &PersonId,
        unit: &str,
        (seats, channels): (&[Seat], &[Channel]),
        now: DateTime<Utc>,
    ) -> Vec<Answer> {
        if !self.watch.reaches(person, unit, channels, now) {
            return self.watch.answers(unit, seats, channels, now);
        }
        let others: Vec<Seat> = seats.iter().copied().filter(|seat| *seat != Seat::Duty).collect();
        let mut answers = vec![Answer {
            reached: Reached::Person {
                person: person.clone(),
                unit: unit.to_owned(),
                seat: Seat::Duty,
                why: Why::Assigned,
            },
            fell: Vec::new(),
        }];
        let also = self.watch.answers(unit, &others, channels, now);
        let theirs = callee(&answers[0]);
        answers.extend(also.into_iter().filter(|answer| callee(answer) != theirs));
        answers
    }
}

fn callee(answer: &Answer) -> Callee {
    match &answer.reached {
        Reached::Person { person, .. } => Callee::Person(person.clone()),
        Reached::LastResort => Callee::LastResort,
    }
}

/// One call for each person and report, or one for each person for whom many wait.
fn calls(rings: &[Ring], waiting: &BTreeMap<Callee, BTreeSet<&str>>) -> Vec<Call> {
    let number = |callee: &Callee| waiting.get(callee).map(BTreeSet::len).filter(|count| *count > MANY);
    let mut calls: BTreeMap<(Callee, Option<&str>), Call> = BTreeMap::new();
    for ring in rings {
        for answer in &ring.answers {
            let callee = callee(answer);
            let number = number(&callee);
            let key = (callee.clone(), number.is_none().then_some(ring.report.as_str()));
            let call = calls.entry(key).or_insert_with(|| Call {
                callee,
                reports: BTreeSet::new(),
                rings: Vec::new(),
                urgency: ring.urgency,
                channels: BTreeSet::new(),
                number,
            });
            call.reports.insert(ring.report.clone());
            call.rings.push(ring.id);
            call.urgency = call.urgency.max(ring.urgency);
            call.channels.extend(&ring.due.channels);
        }
    }
    calls.into_values().collect()
}

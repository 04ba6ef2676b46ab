//! One turn over the stages that wait: the rings that are due, whom each calls, and what becomes one call.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::beats::{Due, Held, ON_TIME, Turn, Wait};
use super::bells::{Above, Bell, BellId, OpenStage, RingId, StageNo};
use super::callee::Callee;
use super::fall;
use super::gather::Gather;
use super::table::Ringing;
use super::whom::whom;
use crate::roster::{Answer, Reached, Watch};
use crate::words::{Channel, Urgency};

/// When more reports than this wait for one person, a call says how many instead of one call for each.
pub const MANY: usize = 3;

/// A ring that is due, or what stands in for a call of it that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ring {
    /// Which: the last that it covers.
    pub id: RingId,
    /// What it covers, whom and how it calls.
    pub due: Due,
    /// Receipt of the report.
    pub report: String,
    /// The unit that is called; who answers may be of another.
    pub unit: String,
    /// How urgent.
    pub urgency: Urgency,
    /// Who is called.
    pub answers: Vec<Answer>,
}

/// One call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Who.
    pub callee: Callee,
    /// The unit for which the person is on duty; of the last resort the one that could not be reached.
    pub unit: String,
    /// Outside of that unit's duty hours: only telephones that ring at night are called.
    pub night: bool,
    /// Receipts of the reports of which it tells.
    pub reports: BTreeSet<String>,
    /// The rings that it is for.
    pub rings: Vec<RingId>,
    /// The highest of them.
    pub urgency: Urgency,
    /// By what.
    pub channels: BTreeSet<Channel>,
    /// The system is late with one of them.
    pub late: bool,
    /// How many reports wait for this person, where they are so many that the call says their number alone.
    pub number: Option<usize>,
}

/// When a stage is looked at next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StageTurn {
    /// Which stage.
    pub stage: StageNo,
    /// When; none: all its bells are answered, until a level of it is sent.
    pub next_at: Option<DateTime<Utc>>,
    /// Why it waits until then, where the unit is not there.
    pub held: Option<Wait>,
}

/// Reports that wait for people.
pub type Waiting = BTreeMap<Callee, BTreeSet<String>>;

/// What a turn gives.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Round {
    /// What is due; recorded together with the progress of its bell, in one transaction.
    pub rings: Vec<Ring>,
    /// What stands in for calls of earlier rings that failed: calls for rings that are covered already.
    pub instead: Vec<Ring>,
    /// The calls that tell of them.
    pub calls: Vec<Call>,
    /// When each of the stages is looked at next.
    pub turns: Vec<StageTurn>,
    /// The reports that wait for those who are called, and for those whom a bell called before and nobody answered.
    pub waiting: Waiting,
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
    /// One turn at a moment. Only open stages are given: an act ends a stage, and with it its bells. Drills are given apart from
    /// the others: a call is one or the other.
    pub fn round(&self, stages: &[OpenStage], now: DateTime<Utc>) -> Round {
        let mut round = Round::default();
        for stage in stages {
            let mut next: Option<(DateTime<Utc>, Option<Held>)> = None;
            for bell in stage.bells(self.table, &self.above) {
                if bell.is_silent() {
                    continue;
                }
                let turn = self.turn(stage, &bell, now);
                if next.is_none_or(|(at, _)| turn.next_at < at) {
                    next = Some((turn.next_at, turn.held));
                }
                round.held.extend(turn.held.map(|held| (bell.id, held)));
                if turn.due.is_none() {
                    round.instead.extend(self.instead(stage, &bell, now));
                }
                let Some(answers) = self.called(&bell, turn.due.as_ref(), now) else {
                    continue;
                };
                for answer in &answers {
                    let reports = round.waiting.entry(Callee::of(answer)).or_default();
                    reports.insert(stage.report.clone());
                }
                let due = turn.due;
                round.rings.extend(due.map(|due| ring(stage, &bell, due, answers)));
            }
            round.turns.push(StageTurn {
                stage: stage.stage,
                next_at: next.map(|(at, _)| at),
                held: next.and_then(|(_, held)| held).map(|held| held.why),
            });
        }
        round.next_at = round.turns.iter().filter_map(|turn| turn.next_at).min();
        round.calls = self.calls(&round, now);
        round
    }

    /// What a bell does at a moment; of a flood's report as of the last moment at which those ring together. The system is late from
    /// the moment on at which it could ring: not while the stage had ended.
    fn turn(&self, stage: &OpenStage, bell: &Bell, now: DateTime<Utc>) -> Turn {
        let beats = bell.beats(self.watch);
        let gather = stage.flood.map(Gather);
        let mut turn = beats.turn(bell.progress.next, gather.map_or(now, |gather| gather.by(now)));
        if let Some(due) = &mut turn.due {
            let planned = beats.at(due.first);
            let owed = stage.resumed.map_or(planned, |resumed| planned.max(resumed));
            due.late = now - gather.map_or(owed, |gather| gather.from(owed)) > ON_TIME;
        }
        turn.next_at = gather.map_or(turn.next_at, |gather| gather.from(turn.next_at));
        turn
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
        Some(whom(self.watch, &bell.toward, (seats, channels), now))
    }

    /// What stands in for those calls of a bell's last ring that failed.
    fn instead(&self, stage: &OpenStage, bell: &Bell, now: DateTime<Utc>) -> Vec<Ring> {
        let Some(last) = bell.progress.next.checked_sub(1) else {
            return Vec::new();
        };
        let found = fall::instead(self.watch, bell, now).into_iter();
        let rings = found.map(|instead| {
            let due = Due {
                first: last,
                last,
                planned: bell.beats(self.watch).at(last),
                late: false,
                to: Vec::new(),
                channels: instead.channels,
            };
            ring(stage, bell, due, instead.answers)
        });
        rings.collect()
    }

    /// One call for each person and report, or one for each person for whom many wait. Who knows of more that wait adds them to
    /// the round and asks again.
    pub fn calls(&self, round: &Round, now: DateTime<Utc>) -> Vec<Call> {
        let number = |callee: &Callee| {
            round
                .waiting
                .get(callee)
                .map(BTreeSet::len)
                .filter(|count| *count > MANY)
        };
        let mut calls: BTreeMap<(Callee, Option<&str>), Call> = BTreeMap::new();
        for ring in round.rings.iter().chain(&round.instead) {
            for answer in &ring.answers {
                let callee = Callee::of(answer);
                let number = number(&callee);
                let key = (callee.clone(), number.is_none().then_some(ring.report.as_str()));
                let unit = match &answer.reached {
                    Reached::Person { unit, .. } => unit,
                    Reached::LastResort => &ring.unit,
                };
                let call = calls.entry(key).or_insert_with(|| Call {
                    callee,
                    unit: unit.clone(),
                    night: !self.watch.clock(unit).is_open(now),
                    reports: BTreeSet::new(),
                    rings: Vec::new(),
                    urgency: ring.urgency,
                    channels: BTreeSet::new(),
                    late: false,
                    number,
                });
                call.reports.insert(ring.report.clone());
                call.rings.push(ring.id);
                call.urgency = call.urgency.max(ring.urgency);
                call.channels.extend(&ring.due.channels);
                call.late |= ring.due.late;
            }
        }
        calls.into_values().collect()
    }
}

fn ring(stage: &OpenStage, bell: &Bell, due: Due, answers: Vec<Answer>) -> Ring {
    Ring {
        id: RingId {
            bell: bell.id,
            index: due.last,
        },
        due,
        report: stage.report.clone(),
        unit: bell.toward.unit().to_owned(),
        urgency: stage.urgency,
        answers,
    }
}

//! Ringing told as stories, and held to what must be of any bell: nothing lost, nothing doubled, whatever happens to the clock.

mod any_times;
mod falls;
mod stories;

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::bells::{Above, Awaited, OpenStage, StageNo};
use super::calls::Bellboard;
use super::table::{Ringing, Step, Steps};
use crate::calendar::Limit;
use crate::clock::escalation::PlannedStep;
use crate::roster::tests::{self as roster, feb};
use crate::roster::{Hours, Minute, Pattern, Person, PersonId, Phone, Post, Roster, Shift, Watch, Week};
use crate::words::{Action, Addressee, Channel, Seat, Urgency};

pub(super) fn minutes(count: i64) -> TimeDelta {
    TimeDelta::minutes(count)
}

/// `0min duty deputy / voice sms`
fn step(text: &str) -> Step {
    let (head, channels) = text.split_once(" / ").unwrap();
    let (after, to) = head.split_once(' ').unwrap();
    Step {
        after: after.parse::<Limit>().unwrap(),
        to: to.split(' ').map(|seat| Seat::from_word(seat).unwrap()).collect(),
        channels: channels
            .split(' ')
            .map(|word| Channel::from_word(word).unwrap())
            .collect(),
    }
}

/// The last text is repeated.
pub(super) fn steps(texts: &[&str]) -> Steps {
    let (again, first) = texts.split_last().unwrap();
    Steps {
        first: first.iter().map(|text| step(text)).collect(),
        again: step(again),
    }
}

/// The Taihe rows of P1 and P3.
pub(super) fn taihe() -> Ringing {
    let police = steps(&[
        "0min duty / voice sms mail desk",
        "5min duty deputy / voice sms",
        "10min leader / voice sms",
        "10min duty deputy leader / voice",
    ]);
    let named = |obligation: &str, urgency| (Some(obligation.to_owned()), urgency);
    let any = steps(&[
        "0min duty / sms mail desk",
        "30min duty deputy / voice sms",
        "30min leader / voice sms",
    ]);
    let ordinary = steps(&["0min duty / mail desk", "1wd duty / mail"]);
    Ringing::new(HashMap::from([
        (named("police-accept", Urgency::P1), police.clone()),
        (named("triage", Urgency::P1), police),
        ((None, Urgency::P1), any),
        ((None, Urgency::P3), ordinary),
    ]))
}

fn person(phone: bool) -> Person {
    let phones = vec![Phone {
        verified: phone,
        night: true,
    }];
    Person {
        phones,
        ..Person::default()
    }
}

/// `pol` with li, zhao and wang day and night, `ca` in office hours with sun, the office with odu, the leading group with gu.
#[derive(Debug)]
pub(super) struct County {
    pub(super) duty: roster::County,
    table: Ringing,
}

impl County {
    pub(super) fn new() -> Self {
        let people = ["li", "zhao", "wang", "sun", "odu", "gu"];
        let office = Hours::read("08:00-12:00 14:30-17:30", "").unwrap();
        let posts = [
            ("pol", all_day("li", Some("zhao"), Some("wang")), Hours::always()),
            ("ca", all_day("sun", None, None), office.clone()),
            ("office", all_day("odu", None, None), office.clone()),
            ("lg", all_day("gu", None, None), office),
        ];
        let post = |(unit, roster, hours): (&str, Roster, Hours)| (unit.to_owned(), Post { roster, hours });
        Self {
            duty: roster::County {
                calendar: roster::spring(),
                people: people.map(|name| (PersonId(name.to_owned()), person(true))).into(),
                posts: posts.map(post).into(),
            },
            table: taihe(),
        }
    }

    pub(super) fn watch(&self) -> Watch<'_> {
        self.duty.watch()
    }

    pub(super) fn board<'b>(&'b self, watch: &'b Watch<'b>) -> Bellboard<'b> {
        Bellboard {
            table: &self.table,
            watch,
            above: ABOVE,
        }
    }
}

pub(super) const ABOVE: Above<'static> = Above {
    office: "office",
    leading_group: "lg",
};

fn all_day(duty: &str, deputy: Option<&str>, leader: Option<&str>) -> Roster {
    let id = |name: &str| PersonId(name.to_owned());
    let day = || {
        vec![Shift {
            from: Minute::START,
            to: Minute::END,
            duty: Some(id(duty)),
            deputy: deputy.map(id),
            leader: leader.map(id),
        }]
    };
    Roster {
        patterns: vec![Pattern {
            from: NaiveDate::from_ymd_opt(2026, 1, 1).unwrap(),
            weeks: vec![Week {
                mon: day(),
                tue: day(),
                wed: day(),
                thu: day(),
                fri: day(),
                sat: day(),
                sun: day(),
                ..Week::default()
            }],
        }],
        ..Roster::default()
    }
}

/// The first levels of its plan, each sent in time.
pub(super) fn sent(stage: &OpenStage, levels: usize) -> BTreeMap<u8, DateTime<Utc>> {
    stage
        .plan
        .iter()
        .take(levels)
        .map(|step| (step.level, step.at))
        .collect()
}

/// A P1 of the police that was dispatched at 3 in the morning of 12 February and is to be signed at 3:30.
pub(super) fn at_night() -> OpenStage {
    let start = feb(12, "03:00");
    let level = |level, to, action, minute| PlannedStep {
        level,
        to,
        action,
        at: start + minutes(minute),
    };
    OpenStage {
        stage: StageNo(7),
        due_generation: 1,
        awaited: Awaited::Sign,
        report: "R1".into(),
        unit: "pol".into(),
        obligation: "police-accept".into(),
        urgency: Urgency::P1,
        start,
        resumed: None,
        in_days: false,
        assignee: None,
        plan: vec![
            level(1, Addressee::Assignee, Action::Remind, 15),
            level(2, Addressee::UnitLeader, Action::Urge, 30),
            level(3, Addressee::Office, Action::Supervise, 60),
            level(4, Addressee::LeadingGroup, Action::SuperviseLetter, 90),
        ],
        sent: BTreeMap::new(),
        progress: BTreeMap::new(),
        made: BTreeMap::new(),
        flood: None,
    }
}

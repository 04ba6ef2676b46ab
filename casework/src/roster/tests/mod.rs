//! Rosters told as stories; `naive` holds them to a reading minute by minute.

mod naive;
mod stories;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};

use super::*;
use crate::calendar::Calendar;

/// Spring Festival of 2026: 15 to 23 February off, Saturday the 14th and the 28th worked.
pub(crate) fn spring() -> Calendar {
    let day = |day| NaiveDate::from_ymd_opt(2026, 2, day).unwrap();
    let off = (15..=23).map(|n| (day(n), true, "春节".to_owned()));
    let worked = [14, 28].map(|n| (day(n), false, "春节".to_owned()));
    Calendar::new(off.chain(worked), NaiveDate::from_ymd_opt(2026, 12, 31).unwrap())
}

/// A time in February 2026, in Shanghai.
pub(crate) fn feb(day: u32, time: &str) -> DateTime<Utc> {
    time.parse::<Minute>()
        .unwrap()
        .on(NaiveDate::from_ymd_opt(2026, 2, day).unwrap())
}

pub(super) fn id(login: &str) -> PersonId {
    PersonId(login.to_owned())
}

pub(super) fn during(from: DateTime<Utc>, to: DateTime<Utc>) -> Window {
    Window { from, to }
}

/// Somebody with a mobile phone.
pub(super) fn reachable() -> Person {
    Person {
        name: String::new(),
        phones: vec![Phone {
            verified: true,
            night: true,
        }],
        mail_unverified: false,
        disabled_at: None,
    }
}

/// A shift such as `08:00-17:30 li zhao wang`: duty, deputy, leader; `-` = nobody.
pub(super) fn shift(text: &str) -> Shift {
    let (times, seats) = text.split_once(' ').unwrap();
    let (from, to) = times.split_once('-').unwrap();
    let mut seats = seats.split(' ').map(|name| (name != "-").then(|| id(name)));
    Shift {
        from: from.parse().unwrap(),
        to: to.parse().unwrap(),
        duty: seats.next().flatten(),
        deputy: seats.next().flatten(),
        leader: seats.next().flatten(),
    }
}

/// Units with their rosters, and the people on them.
#[derive(Debug)]
pub(crate) struct County {
    pub(crate) calendar: Calendar,
    pub(crate) people: People,
    pub(crate) posts: BTreeMap<String, Post>,
}

impl County {
    /// `pol` with this roster in office hours; `office` with one person day and night. All can be reached.
    pub(super) fn new(roster: Roster) -> Self {
        let people = ["li", "zhao", "wang", "sun", "zhou", "odu"].map(|name| (id(name), reachable()));
        let all_day = Week {
            mon: vec![shift("00:00-24:00 odu")],
            tue: vec![shift("00:00-24:00 odu")],
            wed: vec![shift("00:00-24:00 odu")],
            thu: vec![shift("00:00-24:00 odu")],
            fri: vec![shift("00:00-24:00 odu")],
            sat: vec![shift("00:00-24:00 odu")],
            sun: vec![shift("00:00-24:00 odu")],
            ..Week::default()
        };
        let office = Roster {
            patterns: vec![pattern(all_day)],
            ..Roster::default()
        };
        let post = |roster| Post {
            roster,
            hours: Hours::read("08:00-12:00 14:30-17:30", "").unwrap(),
        };
        Self {
            calendar: spring(),
            people: people.into(),
            posts: [("pol".to_owned(), post(roster)), ("office".to_owned(), post(office))].into(),
        }
    }

    pub(crate) fn watch(&self) -> Watch<'_> {
        Watch {
            calendar: &self.calendar,
            people: &self.people,
            posts: &self.posts,
            office: "office",
        }
    }
}

pub(super) fn pattern(week: Week) -> Pattern {
    Pattern {
        from: NaiveDate::from_ymd_opt(2026, 1, 1).unwrap(),
        weeks: vec![week],
    }
}

/// Days and nights of a police station: nights run to the next morning, weekends and holidays have one person.
pub(super) fn station() -> Roster {
    let day = || vec![shift("08:00-17:30 li zhao wang"), shift("17:30-08:00 zhao - wang")];
    Roster {
        patterns: vec![pattern(Week {
            mon: day(),
            tue: day(),
            wed: day(),
            thu: day(),
            fri: day(),
            sat: vec![shift("08:00-08:00 sun - wang")],
            sun: vec![shift("08:00-08:00 sun - wang")],
            holiday: Some(vec![shift("08:00-08:00 zhou - wang")]),
            made_up: None,
        })],
        ..Roster::default()
    }
}

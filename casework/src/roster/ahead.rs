//! What is told of a roster days before: holes, people whom no call reaches, or that nobody has begun with it.
//!
//! Once a day is looked, and told is what is new or has come nearer: a hole seven, three and one day before it. Holes that come
//! again each day for one reason (nights that no shift covers) are one; otherwise each morning would bring one more into
//! sight. What nobody mends is told again after a week, and so is a unit without any roster.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Timelike, Utc};
use serde::{Deserialize, Serialize};

use super::minute::day_of;
use super::person::{Person, PersonId};
use super::pieces::Hole;
use super::sheet::{Roster, Vacancy};
use super::watch::Watch;
use crate::calendar::shanghai;

/// So many days before a hole it is told of, each time once.
const DAYS_BEFORE: [u8; 3] = [1, 3, 7];

/// So many days after it was told last, what stays is told again.
const AGAIN_DAYS: u64 = 7;

/// The days to come of a unit's roster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ahead {
    /// Somebody wrote a pattern or an exception. Else the whole time is one hole, and nobody forgot anything.
    pub begun: bool,
    /// Its holes.
    pub holes: Vec<Hole>,
    /// Who is on it, has an open account and no verified telephone.
    pub without_phone: Vec<PersonId>,
}

/// What was told of a unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// The day of the last mail.
    pub on: NaiveDate,
    /// As [`Ahead::begun`].
    pub begun: bool,
    /// Kinds of holes, and how near they are: 1, 3 or 7 days.
    pub holes: BTreeMap<String, u8>,
    /// As [`Ahead::without_phone`].
    pub without_phone: BTreeSet<PersonId>,
}

impl Roster {
    /// Whether somebody has begun with it.
    pub fn is_begun(&self) -> bool {
        !self.patterns.is_empty() || !self.exceptions.is_empty()
    }
}

impl Watch<'_> {
    /// A unit's next seven days from a moment on.
    pub fn ahead(&self, unit: &str, from: DateTime<Utc>) -> Ahead {
        let last = DAYS_BEFORE.iter().max().copied().unwrap_or_default();
        Ahead {
            begun: self.posts.get(unit).is_some_and(|post| post.roster.is_begun()),
            holes: self.holes(unit, from, from + TimeDelta::days(i64::from(last))),
            without_phone: self.without_phone(unit, from),
        }
    }

    /// Who is on a unit's roster, has an open account and no verified telephone.
    pub fn without_phone(&self, unit: &str, at: DateTime<Utc>) -> Vec<PersonId> {
        self.named(unit, at, |person| !person.has_phone(true))
    }

    /// Who is on a unit's roster, has an open account and a mail address that nobody verified.
    pub fn with_unverified_mail(&self, unit: &str, at: DateTime<Utc>) -> Vec<PersonId> {
        self.named(unit, at, |person| person.mail_unverified)
    }

    fn named(&self, unit: &str, at: DateTime<Utc>, which: impl Fn(&Person) -> bool) -> Vec<PersonId> {
        let Some(post) = self.posts.get(unit) else {
            return Vec::new();
        };
        let named: BTreeSet<&PersonId> = post.roster.named().into_iter().collect();
        let which = named.into_iter().filter(|person| {
            let known = self.people.get(*person);
            known.is_some_and(|known| known.is_active(at) && which(known))
        });
        which.cloned().collect()
    }
}

impl Told {
    /// What has been told once this is, and whether it is to be told now; none: nothing is amiss.
    pub fn after(before: Option<&Self>, ahead: &Ahead, at: DateTime<Utc>) -> Option<(Self, bool)> {
        let mut now = Self {
            on: day_of(at),
            begun: ahead.begun,
            holes: BTreeMap::new(),
            without_phone: ahead.without_phone.iter().cloned().collect(),
        };
        if ahead.begun {
            for hole in &ahead.holes {
                let near = now.holes.entry(kind(hole)).or_insert(u8::MAX);
                *near = (*near).min(nearness(hole, at));
            }
        }
        if now.begun && now.holes.is_empty() && now.without_phone.is_empty() {
            return None;
        }
        let tell = before.is_none_or(|before| now.says_more_than(before));
        if let Some(before) = before.filter(|_| !tell) {
            now.on = before.on;
        }
        Some((now, tell))
    }

    fn says_more_than(&self, before: &Self) -> bool {
        let again = before.on.checked_add_days(Days::new(AGAIN_DAYS));
        let nearer = |(kind, near): (&String, &u8)| before.holes.get(kind).is_none_or(|then| near < then);
        self.begun != before.begun
            || self.holes.iter().any(nearer)
            || !self.without_phone.is_subset(&before.without_phone)
            || again.is_none_or(|again| again <= self.on)
    }
}

/// In how many days it begins, as one of [`DAYS_BEFORE`].
fn nearness(hole: &Hole, at: DateTime<Utc>) -> u8 {
    let near = |days: &&u8| hole.during.from <= at + TimeDelta::days(i64::from(**days));
    DAYS_BEFORE.iter().find(near).copied().unwrap_or(u8::MAX)
}

/// What makes a hole another one than that of the day before: the time of day at which it begins, and why it is there.
fn kind(hole: &Hole) -> String {
    let from = hole.during.from.with_timezone(&shanghai());
    let why = match &hole.vacancy {
        Vacancy::NoShift => "no-shift".to_owned(),
        Vacancy::Emptied => "emptied".to_owned(),
        Vacancy::Away(person) => format!("away {person}"),
        Vacancy::Gone(person) => format!("gone {person}"),
        Vacancy::NoPhone(person) => format!("no-phone {person}"),
    };
    format!("{:02}:{:02} {why}", from.hour(), from.minute())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::roster::{Reached, Window};

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn hole(from: &str, vacancy: Vacancy) -> Hole {
        let from = at(from);
        Hole {
            during: Window {
                from,
                to: from + TimeDelta::hours(10),
            },
            vacancy,
            falls_to: Reached::LastResort,
        }
    }

    fn ahead(holes: Vec<Hole>) -> Ahead {
        Ahead {
            begun: true,
            holes,
            without_phone: Vec::new(),
        }
    }

    /// The days from the 20th of November on which it is told, each at nine o'clock, until nothing is amiss any more.
    fn told(days: u32, of: impl Fn(DateTime<Utc>) -> Ahead) -> Vec<u32> {
        let mut before: Option<Told> = None;
        let mut told = Vec::new();
        for day in 20..20 + days {
            let now = at(&format!("2026-11-{day}T09:00:00+08:00"));
            let after = Told::after(before.as_ref(), &of(now), now);
            told.extend(after.as_ref().filter(|(_, tell)| *tell).map(|_| day));
            before = after.map(|(told, _)| told);
        }
        told
    }

    #[test]
    fn a_hole_is_told_seven_three_and_one_day_before() {
        let seen = |now: DateTime<Utc>, from: &str| {
            let hole = hole(from, Vacancy::Emptied);
            let in_sight = hole.during.from < now + TimeDelta::days(7) && now < hole.during.to;
            ahead(in_sight.then_some(hole).into_iter().collect())
        };
        assert_eq!(told(10, |now| seen(now, "2026-11-28T18:00:00+08:00")), [22, 26, 28]);
        assert_eq!(
            told(10, |now| seen(now, "2026-11-19T18:00:00+08:00")),
            [0; 0],
            "it is over"
        );
    }

    #[test]
    fn what_comes_again_each_night_is_told_once_a_week() {
        let nights = |now: DateTime<Utc>| {
            let night = |n: i64| hole("2026-11-20T18:00:00+08:00", Vacancy::NoShift).moved(n, now);
            ahead((0..7).map(night).collect())
        };
        assert_eq!(told(10, nights), [20, 27]);
        let away = |now: DateTime<Utc>| {
            let mut ahead = nights(now);
            if now > at("2026-11-23T00:00:00+08:00") {
                let vacancy = Vacancy::Away(PersonId("lina".into()));
                ahead.holes.push(hole("2026-11-29T08:00:00+08:00", vacancy));
            }
            ahead
        };
        assert_eq!(told(10, away), [20, 23, 26, 28], "another reason is another hole");
    }

    #[test]
    fn a_unit_without_any_roster_is_told_once_a_week() {
        let none = |now: DateTime<Utc>| Ahead {
            begun: false,
            ..ahead(vec![hole("2026-11-20T09:00:00+08:00", Vacancy::NoShift).moved(0, now)])
        };
        assert_eq!(told(9, none), [20, 27]);
        assert_eq!(told(9, |_| ahead(Vec::new())), [0; 0], "nothing is amiss");
        let begun = |now: DateTime<Utc>| {
            if now < at("2026-11-22T00:00:00+08:00") {
                none(now)
            } else {
                Ahead {
                    without_phone: vec![PersonId("lina".into())],
                    ..ahead(Vec::new())
                }
            }
        };
        assert_eq!(told(9, begun), [20, 22], "and one without a telephone as well");
    }

    impl Hole {
        /// The same, so many days after that of `now`.
        fn moved(mut self, days: i64, now: DateTime<Utc>) -> Self {
            let by = TimeDelta::days((now - self.during.from + TimeDelta::hours(9)).num_days() + days);
            self.during = Window {
                from: self.during.from + by,
                to: self.during.to + by,
            };
            self
        }
    }
}

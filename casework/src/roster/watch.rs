//! Who is called for a unit at a moment: the person on duty, or whoever a hole falls to, at once.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::hours::{DutyClock, Hours};
use super::person::{People, PersonId};
use super::sheet::{Holder, Roster, Vacancy, Why};
use crate::calendar::Calendar;
use crate::words::{Channel, Seat};

/// A unit's duty.
#[derive(Debug, Clone)]
pub struct Post {
    /// Who.
    pub roster: Roster,
    /// When the unit is there.
    pub hours: Hours,
}

/// The duty of a whole county.
#[derive(Debug, Clone)]
pub struct Watch<'w> {
    /// Which days are worked.
    pub calendar: &'w Calendar,
    /// Who can be reached.
    pub people: &'w People,
    /// By unit code. A unit that is not here has a hole always.
    pub posts: &'w BTreeMap<String, Post>,
    /// Code of the office, to which the holes of all units fall.
    pub office: &'w str,
}

/// Who is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reached {
    /// A person.
    Person {
        /// Who.
        person: PersonId,
        /// The unit for which the person is on duty.
        unit: String,
        /// In which seat.
        seat: Seat,
        /// Why the person has it.
        why: Why,
    },
    /// The county's last resort: the phones of the pack.
    LastResort,
}

/// A seat that was passed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fall {
    /// Of which unit.
    pub unit: String,
    /// Which seat.
    pub seat: Seat,
    /// Why.
    pub vacancy: Vacancy,
}

/// Who is called, and past whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Who.
    pub reached: Reached,
    /// The seats that reached nobody, in order; empty: it is the seat that was asked for.
    pub fell: Vec<Fall>,
}

/// A person whom a call reaches, in the seat that they have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Who.
    pub person: PersonId,
    /// Of which unit's roster.
    pub unit: String,
    /// In which seat.
    pub seat: Seat,
}

impl Watch<'_> {
    /// Whom one telephones about a unit, one after the other: its own seats, then those of the office; whoever no call reaches is left
    /// out, and nobody comes twice.
    pub fn chain(&self, unit: &str, at: DateTime<Utc>) -> Vec<Link> {
        let own = Seat::ALL.iter().map(|seat| (unit, *seat));
        let office = [Seat::Duty, Seat::Leader].map(|seat| (self.office, seat));
        let mut chain: Vec<Link> = Vec::new();
        for (unit, seat) in own.chain(office) {
            let Ok(holder) = self.reach(unit, seat, true, at) else {
                continue;
            };
            if !chain.iter().any(|link| link.person == holder.person) {
                chain.push(Link {
                    person: holder.person,
                    unit: unit.to_owned(),
                    seat,
                });
            }
        }
        chain
    }

    /// Who is called for a seat. A mail needs no phone, so whoever has the seat gets it, a verified phone or not.
    pub fn answer(&self, unit: &str, seat: Seat, channels: &[Channel], at: DateTime<Utc>) -> Answer {
        let by_phone = by_phone(channels);
        let mut fell: Vec<Fall> = Vec::new();
        for (code, seat) in self.way_down(unit, seat) {
            match self.reach(code, seat, by_phone, at) {
                Ok(holder) => {
                    let reached = Reached::Person {
                        person: holder.person,
                        unit: code.to_owned(),
                        seat,
                        why: holder.why,
                    };
                    return Answer { reached, fell };
                }
                Err(vacancy) => fell.push(Fall {
                    unit: code.to_owned(),
                    seat,
                    vacancy,
                }),
            }
        }
        Answer {
            reached: Reached::LastResort,
            fell,
        }
    }

    /// Who is called for several seats together, each once. An empty deputy's seat calls nobody in its place where another
    /// seat is called with it.
    pub fn answers(&self, unit: &str, seats: &[Seat], channels: &[Channel], at: DateTime<Utc>) -> Vec<Answer> {
        let mut answers: Vec<Answer> = Vec::new();
        for seat in seats {
            let answer = self.answer(unit, *seat, channels, at);
            let stands_for_another = *seat == Seat::Deputy && seats.len() > 1 && !answer.fell.is_empty();
            let known = answers.iter().any(|other| same(&other.reached, &answer.reached));
            if !stands_for_another && !known {
                answers.push(answer);
            }
        }
        answers
    }

    /// Whether a person is there and these channels reach them.
    pub fn reaches(&self, person: &PersonId, unit: &str, channels: &[Channel], at: DateTime<Utc>) -> bool {
        let away = self
            .posts
            .get(unit)
            .is_some_and(|post| post.roster.absence(person, at).is_some());
        let holder = Holder {
            person: person.clone(),
            why: Why::Assigned,
        };
        !away && self.fit(unit, holder, by_phone(channels), at).is_ok()
    }

    /// The unit's duty hours; one without any is there always.
    pub fn clock(&self, unit: &str) -> DutyClock<'_> {
        static ALWAYS: std::sync::LazyLock<Hours> = std::sync::LazyLock::new(Hours::always);
        DutyClock {
            calendar: self.calendar,
            hours: self.posts.get(unit).map_or(&ALWAYS, |post| &post.hours),
        }
    }

    /// The seats that are asked one after the other.
    fn way_down<'u>(&'u self, unit: &'u str, seat: Seat) -> Vec<(&'u str, Seat)> {
        let mut way = vec![(unit, seat), (unit, Seat::Leader)];
        way.extend([(self.office, Seat::Duty), (self.office, Seat::Leader)]);
        let mut seen = Vec::new();
        way.retain(|step| {
            let new = !seen.contains(step);
            seen.push(*step);
            new
        });
        way
    }

    /// Who has a seat and can be reached; the leaders' seat falls to the unit's leaders one by one.
    fn reach(&self, unit: &str, seat: Seat, by_phone: bool, at: DateTime<Utc>) -> Result<Holder, Vacancy> {
        let post = self.posts.get(unit).ok_or(Vacancy::NoShift)?;
        let fit = |holder: Holder| self.fit(unit, holder, by_phone, at);
        let on_shift = post.roster.holder(self.calendar, seat, at).and_then(fit);
        if seat != Seat::Leader || on_shift.is_ok() {
            return on_shift;
        }
        let present = post
            .roster
            .leaders
            .iter()
            .filter(|leader| post.roster.absence(leader, at).is_none());
        let standing = present.map(|leader| Holder {
            person: leader.clone(),
            why: Why::Standing,
        });
        standing.map(fit).find(Result::is_ok).unwrap_or(on_shift)
    }

    fn fit(&self, unit: &str, holder: Holder, by_phone: bool, at: DateTime<Utc>) -> Result<Holder, Vacancy> {
        let person = self.people.get(&holder.person).filter(|person| person.is_active(at));
        match person {
            None => Err(Vacancy::Gone(holder.person)),
            Some(person) if by_phone && !person.has_phone(self.clock(unit).is_open(at)) => {
                Err(Vacancy::NoPhone(holder.person))
            }
            Some(_) => Ok(holder),
        }
    }
}

fn by_phone(channels: &[Channel]) -> bool {
    channels.iter().any(|channel| channel.needs_phone())
}

/// Whether it is the same person, in whichever seat.
pub(crate) fn same(one: &Reached, other: &Reached) -> bool {
    match (one, other) {
        (Reached::Person { person: one, .. }, Reached::Person { person: other, .. }) => one == other,
        (Reached::LastResort, Reached::LastResort) => true,
        _ => false,
    }
}

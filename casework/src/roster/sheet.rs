//! A unit's roster: who has a seat at a moment, by its own rows.

use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::absence::{Absence, Exception, Swap, Window};
use super::minute::day_of;
use super::pattern::{Pattern, Shift, Week};
use super::person::PersonId;
use crate::calendar::Calendar;
use crate::words::{Seat, words};

/// All that is written about a unit's duty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Roster {
    /// The unit's leaders, the first to be called first; they stand in where no shift has one.
    pub leaders: Vec<PersonId>,
    /// Patterns; of those that have begun the one with the latest first day counts.
    pub patterns: Vec<Pattern>,
    /// In the order in which they were written.
    pub exceptions: Vec<Exception>,
    /// In the order in which they were accepted.
    pub swaps: Vec<Swap>,
    /// In the order in which they were written.
    pub absences: Vec<Absence>,
}

words! {
    /// Why somebody has a seat.
    Why {
        /// 按周排班
        Pattern = "pattern",
        /// 单次调整
        Exception = "exception",
        /// 换班
        Swap = "swap",
        /// 代班
        Delegation = "delegation",
        /// The unit's leader, on no shift.
        Standing = "standing",
        /// 承办人: the ticket was given to this person, on duty or not.
        Assigned = "assigned",
    }
}

/// Who has a seat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Who.
    pub person: PersonId,
    /// Why.
    pub why: Why,
}

/// Why a seat reaches nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Vacancy {
    /// No shift names anybody.
    NoShift,
    /// An exception says so.
    Emptied,
    /// Who has it is away, and nobody stands in.
    Away(PersonId),
    /// The account is closed, or the county has none of this login.
    Gone(PersonId),
    /// No verified phone that rings at that hour.
    NoPhone(PersonId),
}

impl Roster {
    /// Who has a seat at a moment.
    pub fn holder(&self, calendar: &Calendar, seat: Seat, at: DateTime<Utc>) -> Result<Holder, Vacancy> {
        let written = self.exceptions.iter().rev();
        let exception = written
            .into_iter()
            .find(|exception| exception.seat == seat && exception.during.covers(at));
        let mut holder = match exception {
            Some(exception) => Holder {
                person: exception.person.clone().ok_or(Vacancy::Emptied)?,
                why: Why::Exception,
            },
            None => Holder {
                person: self.by_pattern(calendar, seat, at).ok_or(Vacancy::NoShift)?.clone(),
                why: Why::Pattern,
            },
        };
        for swap in &self.swaps {
            if let Some(other) = swap.instead_of(&holder.person, at) {
                holder = Holder {
                    person: other.clone(),
                    why: Why::Swap,
                };
            }
        }
        self.standing_in(holder, at)
    }

    /// The holder, or who stands in; a delegate who is away too passes it on.
    fn standing_in(&self, holder: Holder, at: DateTime<Utc>) -> Result<Holder, Vacancy> {
        let mut asked = vec![&holder.person];
        let mut last = &holder.person;
        loop {
            let Some(absence) = self.absence(last, at) else {
                let person = last.clone();
                let why = if asked.len() == 1 { holder.why } else { Why::Delegation };
                return Ok(Holder { person, why });
            };
            match &absence.delegate {
                Some(next) if !asked.contains(&next) => {
                    asked.push(next);
                    last = next;
                }
                _ => return Err(Vacancy::Away(last.clone())),
            }
        }
    }

    /// The absence of somebody at a moment.
    pub fn absence(&self, person: &PersonId, at: DateTime<Utc>) -> Option<&Absence> {
        let mut written = self.absences.iter().rev();
        written.find(|absence| absence.person == *person && absence.during.covers(at))
    }

    fn by_pattern(&self, calendar: &Calendar, seat: Seat, at: DateTime<Utc>) -> Option<&PersonId> {
        let today = day_of(at);
        let yesterday = today.checked_sub_days(Days::new(1));
        let of_day = |day: NaiveDate| self.shifts(calendar, day).iter().map(move |shift| (day, shift));
        yesterday
            .into_iter()
            .flat_map(of_day)
            .chain(of_day(today))
            .filter(|(day, shift)| shift.from.on(*day) <= at && at < shift.to.on(shift.last_day(*day)))
            .filter_map(|(day, shift)| Some((shift.from.on(day), shift.seat(seat)?)))
            // The last of those that started last.
            .max_by_key(|(started, _)| *started)
            .map(|(_, person)| person)
    }

    /// Everybody whom a row names.
    pub fn named(&self) -> Vec<&PersonId> {
        let weeks = self.patterns.iter().flat_map(|pattern| &pattern.weeks);
        let shifts = weeks.flat_map(Week::shifts);
        let on_shift = shifts
            .flat_map(|shift| [&shift.duty, &shift.deputy, &shift.leader])
            .flatten();
        let excepted = self.exceptions.iter().filter_map(|exception| exception.person.as_ref());
        let swapped = self.swaps.iter().flat_map(|swap| [&swap.asked_by, &swap.with]);
        let away = self.absences.iter().map(|absence| &absence.person);
        let delegates = self.absences.iter().filter_map(|absence| absence.delegate.as_ref());
        let leaders = self.leaders.iter().chain(on_shift).chain(excepted);
        leaders.chain(swapped).chain(away).chain(delegates).collect()
    }

    /// When anything is otherwise than the pattern has it.
    pub fn windows(&self) -> impl Iterator<Item = Window> {
        let exceptions = self.exceptions.iter().map(|exception| exception.during);
        let given = self.swaps.iter().map(|swap| swap.gives);
        let taken = self.swaps.iter().filter_map(|swap| swap.takes);
        let away = self.absences.iter().map(|absence| absence.during);
        exceptions.chain(given).chain(taken).chain(away)
    }

    /// The shifts that start on a day.
    pub fn shifts(&self, calendar: &Calendar, day: NaiveDate) -> &[Shift] {
        let begun = self.patterns.iter().filter(|pattern| pattern.from <= day);
        begun
            .max_by_key(|pattern| pattern.from)
            .map_or(&[], |pattern| pattern.day(calendar, day))
    }
}

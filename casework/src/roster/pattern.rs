//! The weekly pattern of a roster.

use chrono::{Datelike, Days, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

use super::minute::Minute;
use super::person::PersonId;
use crate::calendar::{Calendar, DayKind};
use crate::words::Seat;

/// A part of a day with who is on duty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shift {
    /// When it starts, on its day.
    pub from: Minute,
    /// When it ends: on the next day where it is no later than `from`.
    pub to: Minute,
    /// 值班; none: the shift says nothing of this seat.
    #[serde(default)]
    pub duty: Option<PersonId>,
    /// 副班
    #[serde(default)]
    pub deputy: Option<PersonId>,
    /// 带班领导
    #[serde(default)]
    pub leader: Option<PersonId>,
}

impl Shift {
    /// Who has a seat.
    pub fn seat(&self, seat: Seat) -> Option<&PersonId> {
        match seat {
            Seat::Duty => self.duty.as_ref(),
            Seat::Deputy => self.deputy.as_ref(),
            Seat::Leader => self.leader.as_ref(),
        }
    }

    /// The day on which a shift of `day` ends.
    pub fn last_day(&self, day: NaiveDate) -> NaiveDate {
        if self.to > self.from {
            return day;
        }
        day.checked_add_days(Days::new(1)).unwrap_or(NaiveDate::MAX)
    }
}

/// The shifts of a week.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Week {
    /// Monday.
    pub mon: Vec<Shift>,
    /// Tuesday.
    pub tue: Vec<Shift>,
    /// Wednesday.
    pub wed: Vec<Shift>,
    /// Thursday.
    pub thu: Vec<Shift>,
    /// Friday.
    pub fri: Vec<Shift>,
    /// Saturday.
    pub sat: Vec<Shift>,
    /// Sunday.
    pub sun: Vec<Shift>,
    /// A public holiday; none: it goes like a Sunday.
    pub holiday: Option<Vec<Shift>>,
    /// A weekend day that is worked in exchange (调休); none: it goes like a Monday.
    pub made_up: Option<Vec<Shift>>,
}

impl Week {
    /// The shifts that start on a day.
    pub fn day(&self, calendar: &Calendar, day: NaiveDate) -> &[Shift] {
        match calendar.kind(day) {
            DayKind::Holiday => self.holiday.as_ref().unwrap_or(&self.sun),
            DayKind::MadeUp => self.made_up.as_ref().unwrap_or(&self.mon),
            DayKind::Weekday | DayKind::Weekend => match day.weekday() {
                Weekday::Mon => &self.mon,
                Weekday::Tue => &self.tue,
                Weekday::Wed => &self.wed,
                Weekday::Thu => &self.thu,
                Weekday::Fri => &self.fri,
                Weekday::Sat => &self.sat,
                Weekday::Sun => &self.sun,
            },
        }
    }

    /// All shifts that are written in it.
    pub fn shifts(&self) -> impl Iterator<Item = &Shift> {
        let special = self.holiday.iter().chain(&self.made_up);
        [
            &self.mon, &self.tue, &self.wed, &self.thu, &self.fri, &self.sat, &self.sun,
        ]
        .into_iter()
        .chain(special)
        .flatten()
    }
}

/// Weeks that take turns from a day on, until the next pattern begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pattern {
    /// Its first day.
    pub from: NaiveDate,
    /// One week, or several that follow each other (轮班); the first is that of `from`.
    pub weeks: Vec<Week>,
}

impl Pattern {
    /// The shifts that start on a day from its first on.
    pub fn day(&self, calendar: &Calendar, day: NaiveDate) -> &[Shift] {
        // Days since the Monday of the first week; both lie within the years of a date, so nothing wraps.
        let since = (day - self.from).num_days() + i64::from(self.from.weekday().num_days_from_monday());
        let count = i64::try_from(self.weeks.len()).unwrap_or(i64::MAX).max(1);
        let index = usize::try_from((since / 7).rem_euclid(count)).unwrap_or(0);
        self.weeks.get(index).map_or(&[], |week| week.day(calendar, day))
    }
}

//! Deadlines: five regimes over the official calendar of days off, in Asia/Shanghai.
//!
//! Minutes and hours run on the wall clock. Day regimes do not count the starting day and end at 24:00 of the
//! last day, written as 00:00 of the next. Statutory days and months roll a last day that is off to the next
//! working day; working days count only days worked, make-up weekends (调休) included.
//!
//! The state council publishes days off once a year. Beyond the published date only weekends and the holidays
//! fixed by date count as off, and a due that had to read such a day is provisional: it is computed anew when
//! the calendar grows. Every due carries its derivation in Chinese sentences, so that a unit can check it.

mod days;
mod limit;
mod zone;

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, TimeDelta, Utc};

pub use days::{Calendar, DayChange, DayKind, MissingYear, NamedDay};
pub use limit::{Limit, LimitError, Regime};
pub use zone::{rfc3339, shanghai};

use crate::zh::due as said;

/// A computed deadline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The moment at which the time is up.
    pub at: DateTime<Utc>,
    /// A day beyond the published calendar was read.
    pub provisional: bool,
    /// Chinese sentences that lead from the start to the due, printable.
    pub derivation: Vec<String>,
}

/// The last year in which a deadline may lie; RFC 3339 has four digits.
const LAST_YEAR: i32 = 9998;

impl Calendar {
    /// The deadline of `limit` from `from`. A limit that would end after the year 9998 ends there.
    pub fn due(&self, limit: Limit, from: DateTime<Utc>) -> Due {
        self.try_due(limit, from).unwrap_or_else(|| Due {
            at: midnight_after(last_day()),
            provisional: true,
            derivation: vec![said::too_far(limit, LAST_YEAR)],
        })
    }

    /// The deadline of `limit` from `from`; `None` when it would end after the year 9998.
    pub fn try_due(&self, limit: Limit, from: DateTime<Utc>) -> Option<Due> {
        let start = from.with_timezone(&shanghai());
        if start.year() > LAST_YEAR {
            return None;
        }
        let count = limit.count;
        let mut reading = Reading {
            calendar: self,
            provisional: false,
            derivation: Vec::new(),
        };
        let last = match limit.regime {
            Regime::Minutes | Regime::Hours => {
                let minutes = i64::from(count) * if limit.regime == Regime::Hours { 60 } else { 1 };
                let at = from.checked_add_signed(TimeDelta::try_minutes(minutes)?)?;
                if at.with_timezone(&shanghai()).year() > LAST_YEAR {
                    return None;
                }
                let derivation = said::clock(limit, from, at);
                return Some(Due {
                    at,
                    provisional: false,
                    derivation,
                });
            }
            Regime::StatutoryDays => {
                let last = bounded(start.date_naive().checked_add_days(Days::new(count.into()))?)?;
                reading.say(said::counted(limit, from, last));
                reading.roll(last)?
            }
            Regime::Months => {
                let last = bounded(start.date_naive().checked_add_months(Months::new(count))?)?;
                reading.say(said::months(limit, from, last));
                reading.roll(last)?
            }
            Regime::WorkingDays => reading.work(limit, from, start.date_naive())?,
        };
        reading.say(said::end(last));
        if reading.provisional {
            reading.say(said::provisional(self.published_through()));
        }
        Some(Due {
            at: midnight_after(last),
            provisional: reading.provisional,
            derivation: reading.derivation,
        })
    }
}

/// One computation: which days were read decides whether the result is provisional.
struct Reading<'c> {
    calendar: &'c Calendar,
    provisional: bool,
    derivation: Vec<String>,
}

impl Reading<'_> {
    fn say(&mut self, sentence: String) {
        self.derivation.push(sentence);
    }

    fn is_working(&mut self, day: NaiveDate) -> bool {
        self.provisional |= day > self.calendar.published_through();
        self.calendar.is_working(day)
    }

    /// The first working day from `day` on.
    fn roll(&mut self, day: NaiveDate) -> Option<NaiveDate> {
        let mut last = day;
        while !self.is_working(last) {
            last = bounded(last.succ_opt()?)?;
        }
        if last != day {
            let sentence = said::rolled(self.calendar, day, last);
            self.say(sentence);
        }
        Some(last)
    }

    /// The `count`-th working day after `start`.
    fn work(&mut self, limit: Limit, from: DateTime<Utc>, start: NaiveDate) -> Option<NaiveDate> {
        let mut day = start;
        let mut left = limit.count;
        let mut skipped = Vec::new();
        let mut made_up = Vec::new();
        while left > 0 {
            day = bounded(day.succ_opt()?)?;
            if self.is_working(day) {
                left -= 1;
                if self.calendar.kind(day) == DayKind::MadeUp {
                    said::remember(&mut made_up, day);
                }
            } else {
                said::remember(&mut skipped, day);
            }
        }
        self.say(said::counted(limit, from, day));
        if let Some(sentence) = said::skipped(self.calendar, &skipped) {
            self.say(sentence);
        }
        if let Some(sentence) = said::made_up(&made_up) {
            self.say(sentence);
        }
        Some(day)
    }
}

fn last_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(LAST_YEAR, 12, 31).unwrap_or(NaiveDate::MAX)
}

fn bounded(day: NaiveDate) -> Option<NaiveDate> {
    (day <= last_day()).then_some(day)
}

/// 00:00 of a day in Shanghai; `None` where no time is so early or so late.
pub fn midnight(day: NaiveDate) -> Option<DateTime<Utc>> {
    let local = day.and_time(chrono::NaiveTime::MIN).and_local_timezone(shanghai());
    local.single().map(|at| at.to_utc())
}

/// 24:00 of a day in Shanghai.
fn midnight_after(day: NaiveDate) -> DateTime<Utc> {
    let next = day + Days::new(1);
    (next.and_time(chrono::NaiveTime::MIN) - TimeDelta::hours(8)).and_utc()
}

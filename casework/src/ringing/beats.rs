//! When a bell rings: a sequence of moments that its start alone decides.

use chrono::{DateTime, TimeDelta, Utc};

use super::table::Steps;
use crate::calendar::{DayKind, Limit, Regime};
use crate::roster::{DutyClock, day_of};
use crate::words::{Channel, Seat, words};

/// Rung within this of its moment counts as on time: the work of a healthy clock, not an outage.
pub(super) const ON_TIME: TimeDelta = TimeDelta::seconds(60);

/// The moments of a bell.
#[derive(Debug, Clone, Copy)]
pub struct Beats<'b> {
    /// What it does.
    pub steps: &'b Steps,
    /// From when on.
    pub start: DateTime<Utc>,
    /// Its ticket is to be signed within days: it waits for the unit's duty hours, and its time runs only within them.
    pub waits: bool,
    /// The unit's duty hours.
    pub clock: DutyClock<'b>,
}

/// A ring that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The number of the first ring that it covers.
    pub first: u32,
    /// Its own number, the last that it covers: those before it were missed and are said with it.
    pub last: u32,
    /// When the last was due.
    pub planned: DateTime<Utc>,
    /// The system is late with it.
    pub late: bool,
    /// Which seats it calls.
    pub to: Vec<Seat>,
    /// How.
    pub channels: Vec<Channel>,
}

/// A bell that is silent because the unit is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// When it rings.
    pub until: DateTime<Utc>,
    /// Why the unit is not there.
    pub why: Wait,
}

words! {
    /// Why something waits for a unit's duty hours.
    Wait {
        /// A working day, before or after its duty hours or in a break of them.
        OffHours = "off-hours",
        /// A weekend.
        Weekend = "weekend",
        /// A public holiday.
        Holiday = "holiday",
    }
}

/// What a bell does at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// The ring that is due.
    pub due: Option<Due>,
    /// When to look again.
    pub next_at: DateTime<Utc>,
    /// It waits for the unit's duty hours.
    pub held: Option<Held>,
}

impl Beats<'_> {
    /// The moment of a ring, numbered from 0.
    pub fn at(&self, index: u32) -> DateTime<Utc> {
        let count = u32::try_from(self.steps.first.len()).unwrap_or(u32::MAX);
        if index < count {
            return self.later(self.start, self.steps.step(index).after, 1);
        }
        let base = match count.checked_sub(1) {
            Some(last) => self.later(self.start, self.steps.step(last).after, 1),
            None => self.later(self.start, ZERO, 1),
        };
        self.later(base, self.steps.again.after, (index - count).saturating_add(1))
    }

    /// What to do at a moment when the rings before number `next` are covered.
    pub fn turn(&self, next: u32, now: DateTime<Utc>) -> Turn {
        let Some(last) = self.last_by(next, now) else {
            let next_at = self.at(next);
            return Turn {
                due: None,
                next_at,
                held: self.held(next, next_at, now),
            };
        };
        let planned = self.at(last);
        let (mut to, mut channels) = (Vec::new(), Vec::new());
        for index in self.distinct(next, last) {
            let step = self.steps.step(index);
            to.extend(&step.to);
            channels.extend(&step.channels);
        }
        to.sort();
        to.dedup();
        channels.sort();
        channels.dedup();
        Turn {
            due: Some(Due {
                first: next,
                last,
                planned,
                late: now - self.at(next) > ON_TIME,
                to,
                channels,
            }),
            next_at: self.at(last.saturating_add(1)),
            held: None,
        }
    }

    /// The last ring from `next` on that is due by a moment.
    pub fn last_by(&self, next: u32, now: DateTime<Utc>) -> Option<u32> {
        let is_due = |index: u32| self.at(index) <= now;
        if !is_due(next) {
            return None;
        }
        // Moments only grow: doubled until one is ahead, then halved.
        let (mut due, mut step) = (next, 1_u32);
        while due.checked_add(step).is_some_and(is_due) {
            due += step;
            step = step.saturating_mul(2);
        }
        while step > 1 {
            step /= 2;
            if due.checked_add(step).is_some_and(is_due) {
                due += step;
            }
        }
        Some(due)
    }

    /// Of the numbers of a range those with different steps.
    fn distinct(&self, from: u32, to: u32) -> impl Iterator<Item = u32> {
        let count = u32::try_from(self.steps.first.len()).unwrap_or(u32::MAX);
        // All from `count` on are the repeated step.
        let again = (to >= count).then_some(to);
        (from..=to.min(count.saturating_sub(1)))
            .filter(move |index| *index < count)
            .chain(again)
    }

    /// Whether the unit's absence is why the next ring does not come yet.
    fn held(&self, next: u32, until: DateTime<Utc>, now: DateTime<Utc>) -> Option<Held> {
        let in_days = |limit: Limit| !matches!(limit.regime, Regime::Minutes | Regime::Hours);
        let waits = self.waits || in_days(self.steps.step(next).after);
        if !waits || now < self.start || self.clock.is_open(now) {
            return None;
        }
        let why = match self.clock.calendar.kind(day_of(now)) {
            DayKind::Weekday | DayKind::MadeUp => Wait::OffHours,
            DayKind::Weekend => Wait::Weekend,
            DayKind::Holiday => Wait::Holiday,
        };
        Some(Held { until, why })
    }

    /// So many times a limit after a moment.
    fn later(&self, from: DateTime<Utc>, limit: Limit, times: u32) -> DateTime<Utc> {
        let count = limit.count.saturating_mul(times);
        match limit.regime {
            Regime::Minutes | Regime::Hours => {
                let minutes =
                    i64::from(limit.count) * i64::from(times) * if limit.regime == Regime::Hours { 60 } else { 1 };
                let lasting = TimeDelta::try_minutes(minutes).unwrap_or(TimeDelta::MAX);
                if self.waits {
                    self.clock.after(from, lasting)
                } else {
                    from.checked_add_signed(lasting).unwrap_or(DateTime::<Utc>::MAX_UTC)
                }
            }
            Regime::WorkingDays | Regime::StatutoryDays | Regime::Months => self.clock.days_after(from, count),
        }
    }
}

/// No time at all.
const ZERO: Limit = Limit {
    count: 0,
    regime: Regime::Minutes,
};

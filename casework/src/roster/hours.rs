//! The duty hours of a unit: when somebody sits there, on working days and on days off.
//!
//! What has days to be done waits for them; what has minutes or hours never does. Time that runs only within duty hours is
//! the unit's [`DutyClock`].

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::minute::{Minute, day_of};
use crate::calendar::Calendar;

/// Days that are looked through for duty hours: eleven years. What would come later never comes.
const LOOK_DAYS: usize = 4_000;

/// A part of a day; it ends before `to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Its first minute.
    pub from: Minute,
    /// Its end.
    pub to: Minute,
}

/// When a unit is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hours {
    /// On working days, make-up days among them; in order, none over another.
    working: Vec<Span>,
    /// On weekends and holidays; empty = closed.
    off: Vec<Span>,
}

/// Texts that are no duty hours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HoursError {
    /// A part that can't be read.
    #[error("\"{0}\" is not a part of a day; write 08:00-12:00, and several with a space between them")]
    Unreadable(String),
    /// Parts that end before they begin, or begin before the one before them has ended.
    #[error("\"{0}\": each part must end after its start and begin after the one before it")]
    Disorder(String),
    /// No hours on working days.
    #[error("a unit needs duty hours on working days: what waits for them would wait for ever")]
    Never,
}

impl Hours {
    /// Day and night.
    pub fn always() -> Self {
        let all = vec![Span {
            from: Minute::START,
            to: Minute::END,
        }];
        Self {
            working: all.clone(),
            off: all,
        }
    }

    /// Office hours on working days: what holds where nobody has said any.
    pub fn usual() -> Self {
        let part = |from: u16, to: u16| Span {
            from: Minute::at(from),
            to: Minute::at(to),
        };
        Self {
            working: vec![part(8, 12), part(14, 18)],
            off: Vec::new(),
        }
    }

    /// Hours from two texts such as `08:00-12:00 14:30-17:30`; those of days off may be empty.
    pub fn read(working: &str, off: &str) -> Result<Self, HoursError> {
        let hours = Self {
            working: spans(working)?,
            off: spans(off)?,
        };
        if hours.working.is_empty() {
            return Err(HoursError::Never);
        }
        Ok(hours)
    }

    /// As they are written: on working days, and on days off.
    pub fn written(&self) -> (String, String) {
        let text = |spans: &[Span]| {
            let spans: Vec<String> = spans.iter().map(Span::to_string).collect();
            spans.join(" ")
        };
        (text(&self.working), text(&self.off))
    }

    /// Those of a day.
    pub fn of(&self, calendar: &Calendar, day: NaiveDate) -> &[Span] {
        if calendar.is_working(day) {
            &self.working
        } else {
            &self.off
        }
    }
}

fn spans(text: &str) -> Result<Vec<Span>, HoursError> {
    let mut spans: Vec<Span> = Vec::new();
    for part in text.split_whitespace() {
        let span: Span = part.parse()?;
        if span.to <= span.from || spans.last().is_some_and(|last| span.from < last.to) {
            return Err(HoursError::Disorder(text.to_owned()));
        }
        spans.push(span);
    }
    Ok(spans)
}

impl FromStr for Span {
    type Err = HoursError;

    fn from_str(text: &str) -> Result<Self, HoursError> {
        let wrong = || HoursError::Unreadable(text.chars().take(40).collect());
        let (from, to) = text.split_once('-').ok_or_else(wrong)?;
        Ok(Self {
            from: from.parse().map_err(|_| wrong())?,
            to: to.parse().map_err(|_| wrong())?,
        })
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.from, self.to)
    }
}

/// A unit's hours in a county's calendar.
#[derive(Debug, Clone, Copy)]
pub struct DutyClock<'c> {
    /// Which days are worked.
    pub calendar: &'c Calendar,
    /// When the unit is there.
    pub hours: &'c Hours,
}

impl DutyClock<'_> {
    /// Whether somebody sits there.
    pub fn is_open(&self, at: DateTime<Utc>) -> bool {
        let day = day_of(at);
        let spans = self.hours.of(self.calendar, day).iter();
        spans
            .clone()
            .any(|span| span.from.on(day) <= at && at < span.to.on(day))
    }

    /// The first moment of duty hours from `at` on: `at` itself within them.
    pub fn next_open(&self, at: DateTime<Utc>) -> DateTime<Utc> {
        self.after(at, TimeDelta::zero())
    }

    /// The moment at which so much time within duty hours has passed since `from`; at the end of a part it is the start of the
    /// next one.
    pub fn after(&self, from: DateTime<Utc>, lasting: TimeDelta) -> DateTime<Utc> {
        let mut left = lasting;
        for day in day_of(from).iter_days().take(LOOK_DAYS) {
            for span in self.hours.of(self.calendar, day) {
                let (start, end) = (span.from.on(day).max(from), span.to.on(day));
                let lasts = end - start;
                if lasts <= TimeDelta::zero() {
                    continue;
                }
                if left < lasts {
                    return start + left;
                }
                left -= lasts;
            }
        }
        DateTime::<Utc>::MAX_UTC
    }

    /// The `count`-th duty day after that of `from`, at the same time of day, or when the unit is there next.
    pub fn days_after(&self, from: DateTime<Utc>, count: u32) -> DateTime<Utc> {
        let Some(before) = count.checked_sub(1).and_then(|before| usize::try_from(before).ok()) else {
            return self.next_open(from);
        };
        // Of eight days some are worked, except where the longest holiday of all hides them.
        let most = LOOK_DAYS.max(before.saturating_mul(8));
        let later = day_of(from).iter_days().skip(1).take(most);
        let mut duty_days = later.filter(|day| !self.hours.of(self.calendar, *day).is_empty());
        let Some(day) = duty_days.nth(before) else {
            return DateTime::<Utc>::MAX_UTC;
        };
        let time = from - Minute::START.on(day_of(from));
        let same_time = Minute::START.on(day).checked_add_signed(time);
        same_time.map_or(DateTime::<Utc>::MAX_UTC, |at| self.next_open(at))
    }
}

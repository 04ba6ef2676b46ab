//! Times as an officer reads them: Taihe's clock, Chinese dates, never a countdown that is wrong on arrival.
//!
//! A due of a day regime is stored as 00:00 of the next day; people read that as one day too late, so it is written as
//! 24时 of the day before.

use casework::calendar::{Limit, Regime, shanghai};
use casework::zh::{
    date,
    times::{MIDNIGHT, month_day},
};
use chrono::{DateTime, Days, FixedOffset, NaiveDate, Timelike, Utc};

/// The end of a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Due {
    at: DateTime<Utc>,
    /// Ends with its day.
    whole_day: bool,
}

impl Due {
    /// A due time under a limit such as `3sd`; a limit that can't be read counts as exact.
    pub(super) fn new(at: DateTime<Utc>, time_limit: &str) -> Self {
        let by_days = time_limit
            .parse::<Limit>()
            .is_ok_and(|limit| !matches!(limit.regime, Regime::Minutes | Regime::Hours));
        let midnight = local(at).num_seconds_from_midnight() == 0;
        Self {
            at,
            whole_day: by_days && midnight,
        }
    }

    /// The moment itself.
    pub(super) fn moment(self) -> DateTime<Utc> {
        self.at
    }

    /// Whether it is past.
    pub(super) fn is_past(self, as_of: DateTime<Utc>) -> bool {
        self.at <= as_of
    }

    /// `2026年11月27日（星期五）24时`
    pub(super) fn full(self) -> String {
        let (day, clock) = self.parts();
        format!("{}{clock}", date(day))
    }

    /// For a phone's list: `11月24日16:40`. Always with its day: nobody knows on which one the mail is read.
    pub(super) fn short(self) -> String {
        let (day, clock) = self.parts();
        format!("{}{clock}", month_day(day))
    }

    fn parts(self) -> (NaiveDate, String) {
        let at = local(self.at);
        let day = at.date_naive();
        match day.checked_sub_days(Days::new(1)) {
            Some(before) if self.whole_day => (before, MIDNIGHT.into()),
            _ => (day, clock(at)),
        }
    }
}

/// `2026年11月24日（星期二）16:40`
pub(super) fn moment(at: DateTime<Utc>) -> String {
    let at = local(at);
    format!("{}{}", date(at.date_naive()), clock(at))
}

fn local(at: DateTime<Utc>) -> DateTime<FixedOffset> {
    at.with_timezone(&shanghai())
}

fn clock(at: DateTime<FixedOffset>) -> String {
    format!("{:02}:{:02}", at.hour(), at.minute())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_day_regime_ends_at_24_of_its_last_day() {
        let end = at("2026-11-28T00:00:00+08:00");
        let days = Due::new(end, "3sd");
        assert_eq!(days.full(), "2026年11月27日（星期五）24时");
        assert_eq!(days.short(), "11月27日24时");
        let hours = Due::new(end, "24h");
        assert_eq!(hours.full(), "2026年11月28日（星期六）00:00");
        assert_eq!(hours.short(), "11月28日00:00");
    }

    #[test]
    fn a_due_is_past_from_its_moment_on() {
        let due = Due::new(at("2026-11-24T18:15:00+08:00"), "30min");
        assert!(due.is_past(at("2026-11-24T18:15:00+08:00")) && !due.is_past(at("2026-11-24T18:14:59+08:00")));
        assert_eq!(moment(at("2026-11-24T08:05:59Z")), "2026年11月24日（星期二）16:05");
    }
}

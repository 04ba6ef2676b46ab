//! Times as an officer reads them: Taihe's clock, Chinese dates, the rest of the time in words.
//!
//! A due of a day regime is stored as 00:00 of the next day; people read that as one day too late, so it is written as
//! 24时 of the day before.

use casework::calendar::{Limit, Regime, date, shanghai};
use chrono::{DateTime, Datelike, Days, FixedOffset, NaiveDate, Timelike, Utc};
use platform::text::Lang;

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

    /// For a phone's list: `16:40` today, else `11月27日24时`; the year where it is another one.
    pub(super) fn short(self, as_of: DateTime<Utc>) -> String {
        let (day, clock) = self.parts();
        let today = local(as_of).date_naive();
        if day == today {
            clock
        } else if day.year() == today.year() {
            format!("{}月{}日{clock}", day.month(), day.day())
        } else {
            format!("{}年{}月{}日{clock}", day.year(), day.month(), day.day())
        }
    }

    /// `还有2小时15分钟`, `已超期3天`
    pub(super) fn left(self, as_of: DateTime<Utc>) -> String {
        let key = if self.is_past(as_of) {
            "notice.past"
        } else {
            "notice.left"
        };
        let minutes = (self.at - as_of).num_minutes().unsigned_abs();
        Lang::Zh.fill(key, &[("span", &span(minutes))])
    }

    fn parts(self) -> (NaiveDate, String) {
        let at = local(self.at);
        let day = at.date_naive();
        match day.checked_sub_days(Days::new(1)) {
            Some(before) if self.whole_day => (before, "24时".into()),
            _ => (day, clock(at)),
        }
    }
}

/// `2026年11月24日（星期二）16:40`
pub(super) fn moment(at: DateTime<Utc>) -> String {
    let at = local(at);
    format!("{}{}", date(at.date_naive()), clock(at))
}

/// The two largest units; minutes only below a day.
fn span(minutes: u64) -> String {
    let (days, hours, rest) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    let parts = match (days, hours) {
        (0, 0) if rest == 0 => return Lang::Zh.t("notice.span.moment").into(),
        (0, _) => [(hours, "notice.span.hour"), (rest, "notice.span.minute")],
        _ => [(days, "notice.span.day"), (hours, "notice.span.hour")],
    };
    let words = parts.iter().filter(|(n, _)| *n > 0);
    words
        .map(|(n, key)| Lang::Zh.fill(key, &[("n", &n.to_string())]))
        .collect()
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
        let now = at("2026-11-24T16:00:00+08:00");
        let days = Due::new(end, "3sd");
        assert_eq!(days.full(), "2026年11月27日（星期五）24时");
        assert_eq!(days.short(now), "11月27日24时");
        assert_eq!(days.short(at("2026-11-27T09:00:00+08:00")), "24时");
        let hours = Due::new(end, "24h");
        assert_eq!(hours.full(), "2026年11月28日（星期六）00:00");
        assert_eq!(hours.short(at("2025-12-31T23:59:00+08:00")), "2026年11月28日00:00");
    }

    #[test]
    fn the_rest_is_said_in_two_units() {
        let due = Due::new(at("2026-11-24T18:15:00+08:00"), "30min");
        for (now, words) in [
            ("2026-11-24T16:00:00+08:00", "还有2小时15分钟"),
            ("2026-11-24T18:14:30+08:00", "还有不到1分钟"),
            ("2026-11-24T18:00:00+08:00", "还有15分钟"),
            ("2026-11-21T14:15:00+08:00", "还有3天4小时"),
            ("2026-11-22T18:10:00+08:00", "还有2天"),
            ("2026-11-24T19:15:00+08:00", "已超期1小时"),
        ] {
            assert_eq!(due.left(at(now)), words, "{now}");
        }
        assert!(due.is_past(at("2026-11-24T18:15:00+08:00")));
        assert_eq!(moment(at("2026-11-24T08:05:59Z")), "2026年11月24日（星期二）16:05");
    }
}

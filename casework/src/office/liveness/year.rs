//! The hours of the last published year.
//!
//! Two dues are compared over a whole day by its ends. A due of a day regime is one moment for all starts of a day, a
//! due of a clock regime moves with the start, so the excess of one over the other is constant, rising or falling
//! within the day: where it is positive anywhere it is positive at 00:00 or at the last instant before 24:00. Days of
//! the same regime and event need no calendar at all: the due grows with the count.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeDelta, Utc};

use crate::calendar::{Calendar, Limit, Regime, shanghai};

/// A limit as a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Counted(Regime, u32);

impl From<Limit> for Counted {
    fn from(limit: Limit) -> Self {
        Self(limit.regime, limit.count)
    }
}

/// The last published year of a calendar.
pub(super) struct Year<'c> {
    pub(super) calendar: &'c Calendar,
    days: Vec<NaiveDate>,
}

impl<'c> Year<'c> {
    pub(super) fn new(calendar: &'c Calendar) -> Self {
        let last = calendar.published_through();
        let first = NaiveDate::from_ymd_opt(last.year(), 1, 1).unwrap_or(last);
        let days = first.iter_days().take_while(|day| *day <= last).collect();
        Self { calendar, days }
    }

    /// How long a limit can run from the hours of the year; `None` = it does not end, or ends at once.
    pub(super) fn spans(&self, limit: Limit) -> Option<BTreeSet<TimeDelta>> {
        const HOURS: i32 = 24;
        let clock = matches!(limit.regime, Regime::Minutes | Regime::Hours);
        let days = if clock {
            &self.days[..1.min(self.days.len())]
        } else {
            &self.days[..]
        };
        let mut spans = BTreeSet::new();
        for day in days {
            let from = midnight(*day);
            let whole = self.calendar.try_due(limit, from)?.at - from;
            // Over the hours of a day a day regime keeps its due; a clock keeps its span.
            let hours = if clock { 0..1 } else { 0..HOURS };
            spans.extend(hours.map(|hour| whole - TimeDelta::hours(hour.into())));
        }
        spans.iter().all(|span| *span > TimeDelta::zero()).then_some(spans)
    }

    /// A start in the year from which `rule` ends after `law`.
    pub(super) fn exceeds(&self, rule: Limit, law: Limit) -> Option<DateTime<Utc>> {
        if rule.regime == law.regime && rule.count <= law.count {
            return None;
        }
        let ends = |day: &NaiveDate| {
            [
                midnight(*day),
                midnight(*day + Days::new(1)) - TimeDelta::nanoseconds(1),
            ]
        };
        self.days.iter().flat_map(ends).find(|from| {
            let (rule, law) = (self.calendar.due(rule, *from), self.calendar.due(law, *from));
            rule.at > law.at
        })
    }
}

fn midnight(day: NaiveDate) -> DateTime<Utc> {
    let local = day.and_time(NaiveTime::MIN);
    (local - TimeDelta::seconds(shanghai().local_minus_utc().into())).and_utc()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A year with weekends, a long holiday and made-up days.
    fn calendar() -> Calendar {
        let day = |month, day| NaiveDate::from_ymd_opt(2026, month, day).unwrap();
        let off = (1..=8).map(|date| (day(10, date), true, "国庆节".to_owned()));
        let worked = [day(9, 27), day(10, 10)].map(|date| (date, false, "调休".to_owned()));
        Calendar::new(off.chain(worked), day(12, 31))
    }

    /// Every hour of the year, and the last instant before it.
    fn moments(year: &Year<'_>) -> impl Iterator<Item = DateTime<Utc>> {
        year.days.iter().flat_map(|day| {
            (0..24).flat_map(|hour| {
                let at = midnight(*day) + TimeDelta::hours(hour);
                [at, at + TimeDelta::hours(1) - TimeDelta::nanoseconds(1)]
            })
        })
    }

    #[test]
    fn both_ends_of_a_day_decide_as_all_its_hours_do() {
        let calendar = calendar();
        let year = Year::new(&calendar);
        assert_eq!(year.days.len(), 365);
        let limits = [
            "24h", "72h", "1440min", "120h", "1sd", "3sd", "1wd", "3wd", "5wd", "30sd", "1mo", "20wd",
        ];
        let limits = limits.map(|text| text.parse::<Limit>().unwrap());
        let dues: Vec<Vec<DateTime<Utc>>> = limits
            .iter()
            .map(|limit| moments(&year).map(|from| calendar.due(*limit, from).at).collect())
            .collect();
        for (rule, rules) in limits.iter().zip(&dues) {
            for (law, laws) in limits.iter().zip(&dues) {
                let brute = rules.iter().zip(laws).any(|(rule, law)| rule > law);
                assert_eq!(year.exceeds(*rule, *law).is_some(), brute, "{rule} {law}");
            }
        }
    }

    #[test]
    fn the_spans_are_those_of_all_hours() {
        let calendar = calendar();
        let year = Year::new(&calendar);
        for limit in ["30min", "3sd", "5wd", "1mo"].map(|text| text.parse::<Limit>().unwrap()) {
            let brute: BTreeSet<TimeDelta> = moments(&year)
                .step_by(2)
                .map(|from| calendar.due(limit, from).at - from)
                .collect();
            assert_eq!(year.spans(limit), Some(brute), "{limit}");
        }
    }
}

//! What a provider of messages or calls will have cost by the end of the month, and when the quota that was bought ends.
//!
//! The pace is that of the last thirty days, or of the days since the first message where it is younger. It is a county's: some days
//! have none and a drill has four hundred, so it is counted ahead for warning days before, not for the bill.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, TimeDelta, Utc};

use crate::calendar::shanghai;

/// The pace is counted over so many days.
pub const PACE_DAYS: i64 = 30;

/// A quota that ends within so many days is short.
const SHORT_DAYS: i64 = 7;

/// What went out by a provider.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sent {
    /// Within the last thirty days.
    pub lately: i64,
    /// When the first of these went out.
    pub first_at: Option<DateTime<Utc>>,
    /// Since the quota counts.
    pub of_quota: i64,
}

/// What was bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// How many messages or calls.
    pub count: i64,
    /// From the start of which day on; none: so many in each calendar month.
    pub from: Option<NaiveDate>,
    /// With so many left it is short, whatever the pace.
    pub warn_below: i64,
}

/// What is to be expected.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outlook {
    /// How many go out on a day.
    pub per_day: f64,
    /// How many more will have gone out by the end of the month.
    pub rest_of_month: f64,
    /// What is left of the quota; negative where more went out than was bought.
    pub left: Option<i64>,
    /// When nothing will be left; none: nothing was bought, nothing goes out, or the month ends before.
    pub ends: Option<DateTime<Utc>>,
    /// Somebody has to buy.
    pub short: bool,
}

/// The start of a day in the county.
pub fn day_start(day: NaiveDate) -> DateTime<Utc> {
    let midnight = day.and_time(chrono::NaiveTime::MIN);
    midnight
        .and_local_timezone(shanghai())
        .single()
        .map_or(DateTime::<Utc>::MAX_UTC, |at| at.with_timezone(&Utc))
}

/// The start of the month of a moment, and that of the next one.
pub fn month(now: DateTime<Utc>) -> (DateTime<Utc>, DateTime<Utc>) {
    let today = now.with_timezone(&shanghai()).date_naive();
    let first = today
        .checked_sub_days(Days::new(u64::from(today.day0())))
        .unwrap_or(today);
    let next = first.checked_add_months(Months::new(1)).unwrap_or(first);
    (day_start(first), day_start(next))
}

impl Quota {
    /// Since when it counts.
    pub fn since(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        self.from.map_or_else(|| month(now).0, day_start)
    }
}

/// What is to be expected of a provider.
#[expect(clippy::cast_precision_loss, reason = "counts of messages stay far below 2^52")]
pub fn outlook(sent: Sent, quota: Option<Quota>, now: DateTime<Utc>) -> Outlook {
    let days = |of: TimeDelta| of.num_seconds() as f64 / 86_400.0;
    let of_days = sent.first_at.map_or(PACE_DAYS as f64, |first| days(now - first));
    let per_day = sent.lately as f64 / of_days.clamp(1.0, PACE_DAYS as f64);
    let month_ends = month(now).1;
    let left = quota.map(|quota| quota.count - sent.of_quota);
    let ends = left.and_then(|left| ends(left, per_day, now));
    let ends = ends.filter(|ends| quota.is_some_and(|quota| quota.from.is_some()) || *ends < month_ends);
    let below = quota.zip(left).is_some_and(|(quota, left)| left <= quota.warn_below);
    Outlook {
        per_day,
        rest_of_month: per_day * days(month_ends - now),
        left,
        ends,
        short: below || ends.is_some_and(|ends| ends <= now + TimeDelta::days(SHORT_DAYS)),
    }
}

/// When a rest is used up; further ahead than a date can say is never.
fn ends(left: i64, per_day: f64, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    if left <= 0 {
        return Some(now);
    }
    if per_day <= 0.0 {
        return None;
    }
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "a count over a pace: what is too far away is cut"
    )]
    let seconds = (left as f64 / per_day * 86_400.0).min(1e12) as i64;
    now.checked_add_signed(TimeDelta::try_seconds(seconds)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        format!("{text}:00+08:00").parse().unwrap()
    }

    fn bought(count: i64, from: Option<&str>) -> Quota {
        Quota {
            count,
            from: from.map(|day| day.parse().unwrap()),
            warn_below: count / 10,
        }
    }

    fn sent(lately: i64, first: &str, of_quota: i64) -> Sent {
        Sent {
            lately,
            first_at: Some(at(first)),
            of_quota,
        }
    }

    #[test]
    fn a_month_is_that_of_the_county() {
        // Half past midnight of the first there is still the last month in London.
        let (from, to) = month(at("2026-12-01T00:30"));
        assert_eq!((from, to), (at("2026-12-01T00:00"), at("2027-01-01T00:00")));
    }

    #[test]
    fn the_pace_is_that_of_thirty_days_or_of_those_since_the_first() {
        let now = at("2026-11-21T00:00");
        let old = outlook(sent(300, "2026-10-22T00:00", 300), None, now);
        assert!(
            (old.per_day - 10.0).abs() < 0.01 && (old.rest_of_month - 100.0).abs() < 0.1,
            "{old:?}"
        );
        assert_eq!((old.left, old.ends, old.short), (None, None, false));
        let young = outlook(sent(40, "2026-11-17T00:00", 40), None, now);
        assert!((young.per_day - 10.0).abs() < 0.01, "{young:?}");
        let first = outlook(sent(4, "2026-11-20T23:59", 4), None, now);
        assert!((first.per_day - 4.0).abs() < 0.01, "a minute is no pace: {first:?}");
        assert!(outlook(Sent::default(), None, now).per_day.abs() < f64::EPSILON);
    }

    #[test]
    fn what_was_bought_ends_by_the_pace_and_is_short_a_week_before_or_below_its_rest() {
        let now = at("2026-11-21T00:00");
        let of = |used: i64, quota| outlook(sent(300, "2026-10-22T00:00", used), quota, now);
        let well = of(500, Some(bought(1000, Some("2026-01-01"))));
        assert_eq!(
            (well.left, well.ends, well.short),
            (Some(500), Some(at("2027-01-10T00:00")), false)
        );
        let near = of(935, Some(bought(1000, Some("2026-01-01"))));
        assert_eq!(
            (near.left, near.ends, near.short),
            (Some(65), Some(at("2026-11-27T12:00")), true)
        );
        let below = outlook(
            Sent {
                of_quota: 900,
                ..Sent::default()
            },
            Some(bought(1000, Some("2026-01-01"))),
            now,
        );
        assert_eq!((below.left, below.ends, below.short), (Some(100), None, true));
        let over = of(1004, Some(bought(1000, Some("2026-01-01"))));
        assert_eq!((over.left, over.ends, over.short), (Some(-4), Some(now), true));
    }

    #[test]
    fn a_monthly_quota_that_lasts_until_the_month_ends_is_not_short() {
        let now = at("2026-11-27T00:00");
        let of = |used: i64| outlook(sent(300, "2026-10-22T00:00", used), Some(bought(500, None)), now);
        let lasts = of(440);
        assert_eq!((lasts.left, lasts.ends, lasts.short), (Some(60), None, false));
        let short = of(480);
        assert_eq!(
            (short.left, short.ends, short.short),
            (Some(20), Some(at("2026-11-29T00:00")), true)
        );
    }
}

//! Which days a sheet is about: a month, a quarter, or any days; the week before this one where nothing is asked.

use casework::{
    calendar::{midnight, shanghai},
    typed::plain,
};
use chrono::{DateTime, Datelike, Days, Months, NaiveDate, Utc};
use serde::Deserialize;

/// Most days of a sheet: a leap year.
const MOST: i64 = 366;

/// The fields of an address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    pub(super) month: String,
    pub(super) quarter: String,
    pub(super) from: String,
    pub(super) to: String,
}

/// Whole days in Shanghai.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(super) first: NaiveDate,
    pub(super) last: NaiveDate,
    /// Whole months, which the span before has as many of; none: the span before has as many days.
    pub(super) months: Option<u32>,
}

impl Asked {
    /// The span that is asked for; else key of what is wrong.
    pub(super) fn read(&self, now: DateTime<Utc>) -> Result<Span, &'static str> {
        let today = now.with_timezone(&shanghai()).date_naive();
        // What holds nothing that can be seen was typed all the same, and is no span.
        let text = |field: &str| match plain(field).trim() {
            "" => field.to_owned(),
            text => text.to_owned(),
        };
        let months = |field: &str, read: fn(&str) -> Option<Span>, wrong| match text(field).as_str() {
            "" => Ok(None),
            text => read(text).map(Some).ok_or(wrong),
        };
        let day = |field: &str| match text(field).as_str() {
            "" => Ok(None),
            text => NaiveDate::parse_from_str(text, "%Y-%m-%d")
                .map(Some)
                .map_err(|_| "reads.wrong_day"),
        };
        // Each is read, also where another goes before it: what is wrong is said, and never passed over.
        let month = months(&self.month, Span::month, "monday.wrong.month")?;
        let quarter = months(&self.quarter, Span::quarter, "monday.wrong.quarter")?;
        let (first, last) = (day(&self.from)?, day(&self.to)?);
        match (quarter.or(month), first, last) {
            (Some(span), ..) => Ok(span),
            (None, None, None) => Ok(Span::week_before(today)),
            (None, Some(first), last) => Span::days(first, last.unwrap_or(today)),
            (None, None, Some(_)) => Err("monday.wrong.days"),
        }
    }
}

impl Span {
    /// Monday to Sunday before this week.
    pub(super) fn week_before(today: NaiveDate) -> Self {
        let monday = today - Days::new(u64::from(today.weekday().num_days_from_monday()) + 7);
        Self {
            first: monday,
            last: monday + Days::new(6),
            months: None,
        }
    }

    fn days(first: NaiveDate, last: NaiveDate) -> Result<Self, &'static str> {
        let count = (last - first).num_days() + 1;
        if !(1..=MOST).contains(&count) || !(2000..2200).contains(&first.year()) {
            return Err("monday.wrong.days");
        }
        Ok(Self {
            first,
            last,
            months: None,
        })
    }

    /// `2026-11`
    fn month(text: &str) -> Option<Self> {
        let first = NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d").ok()?;
        Self::months(first, 1)
    }

    /// `2026-Q4`
    fn quarter(text: &str) -> Option<Self> {
        let (year, number) = text.split_once("-Q")?;
        let number: u32 = number.parse().ok().filter(|number| (1..=4).contains(number))?;
        Self::months(NaiveDate::from_ymd_opt(year.parse().ok()?, number * 3 - 2, 1)?, 3)
    }

    /// Whole months from a first day on.
    pub(super) fn months(first: NaiveDate, count: u32) -> Option<Self> {
        (2000..2200).contains(&first.year()).then(|| Self {
            first,
            last: first + Months::new(count) - Days::new(1),
            months: Some(count),
        })
    }

    /// As long a span that ends where this one begins.
    pub(super) fn before(self) -> Self {
        let first = match self.months {
            Some(count) => self.first - Months::new(count),
            None => self.first - (self.last - self.first) - chrono::TimeDelta::days(1),
        };
        Self {
            first,
            last: self.first - Days::new(1),
            months: self.months,
        }
    }

    /// From when, and until before when.
    pub(super) fn bounds(self) -> (DateTime<Utc>, DateTime<Utc>) {
        let at = |day| midnight(day).unwrap_or(DateTime::UNIX_EPOCH);
        (at(self.first), at(self.last + Days::new(1)))
    }

    /// Fields of its address.
    pub(super) fn query(self) -> String {
        match self.months {
            Some(1) => format!("month={}", self.first.format("%Y-%m")),
            Some(_) => format!("quarter={}-Q{}", self.first.year(), self.first.month().div_ceil(3)),
            None => format!("from={}&to={}", self.first, self.last),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Result<Span, &'static str> {
        // A Friday; in Shanghai it is the 28th already.
        let asked: Asked = serde_urlencoded::from_str(query).unwrap();
        asked.read("2026-11-27T16:30:00Z".parse().unwrap())
    }

    fn said(span: Span) -> String {
        format!("{} {} {}", span.first, span.last, span.query())
    }

    #[test]
    fn a_span_and_the_one_before_have_the_days_that_are_asked() {
        for (query, span, before) in [
            (
                "",
                "2026-11-16 2026-11-22 from=2026-11-16&to=2026-11-22",
                "2026-11-09 2026-11-15 from=2026-11-09&to=2026-11-15",
            ),
            (
                "month=2026-03",
                "2026-03-01 2026-03-31 month=2026-03",
                "2026-02-01 2026-02-28 month=2026-02",
            ),
            (
                "quarter=2026-Q1",
                "2026-01-01 2026-03-31 quarter=2026-Q1",
                "2025-10-01 2025-12-31 quarter=2025-Q4",
            ),
            (
                "from=2026-11-28",
                "2026-11-28 2026-11-28 from=2026-11-28&to=2026-11-28",
                "2026-11-27 2026-11-27 from=2026-11-27&to=2026-11-27",
            ),
        ] {
            let found = read(query).unwrap();
            assert_eq!(said(found), span, "{query}");
            assert_eq!(said(found.before()), before, "{query}");
            assert_eq!(found.before().bounds().1, found.bounds().0, "{query}");
            assert_eq!(read(&found.query()), Ok(found), "{query}");
        }
        for wrong in [
            "month=2026-13",
            "month=x",
            "quarter=2026-Q5",
            "quarter=2026",
            "from=x",
            "to=2026-11-27",
            "from=2026-11-27&to=2026-11-26",
            "from=2025-01-01&to=2026-11-26",
            "from=0001-01-01&to=0001-01-02",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}

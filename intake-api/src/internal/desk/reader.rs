//! Reads typed fields, and gathers what is wrong with them.

use casework::calendar::shanghai;
use casework::ticket::closing::SEEN_BEFORE;
use chrono::{DateTime, NaiveDate, Timelike, Utc};
use platform::foreign::Foreign;

use crate::internal::{
    again::{Fields, Wrong},
    page::minute::minute,
};

/// Longest line and longest text, in characters.
pub(crate) const LINE: usize = 200;
pub(crate) const TEXT: usize = 5000;

/// Fields, and what is wrong so far.
pub(crate) struct Reader<'a> {
    pub(crate) fields: &'a Fields,
    pub(crate) wrong: Wrong,
}

impl Reader<'_> {
    pub(crate) fn get(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", |v| v.trim())
    }

    pub(crate) fn may(&mut self, name: &'static str, longest: usize) -> Option<Foreign> {
        let text = self.get(name).replace("\r\n", "\n");
        if text.chars().count() > longest {
            self.wrong.insert(name, "desk.wrong.too_long");
        }
        (!text.is_empty()).then(|| text.into())
    }

    pub(crate) fn must(&mut self, name: &'static str, longest: usize, missing: &'static str) -> Option<Foreign> {
        let text = self.may(name, longest);
        if text.is_none() {
            self.wrong.insert(name, missing);
        }
        text
    }

    /// When the child was seen: at most 30 days before the dispatch, for a patrol may have seen the child before it was reported.
    pub(crate) fn seen_at(&mut self, dispatched: DateTime<Utc>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.time(
            "at",
            (dispatched - SEEN_BEFORE, "desk.wrong.when_early"),
            ("desk.wrong.when_missing", now),
        )
    }

    /// A minute in Shanghai (`2026-11-24T16:05`) or RFC 3339; not to come, and not before the earliest, with what to say where it is
    /// and what where there is none.
    pub(crate) fn time(
        &mut self,
        name: &'static str,
        (earliest, early): (DateTime<Utc>, &'static str),
        (missing, now): (&'static str, DateTime<Utc>),
    ) -> Option<DateTime<Utc>> {
        let text = self.get(name);
        let exact = DateTime::parse_from_rfc3339(text).ok().map(|at| at.to_utc());
        let at = exact.or_else(|| minute(text));
        // People type minutes: the minute itself is not before it.
        let earliest = earliest
            .with_second(0)
            .and_then(|at| at.with_nanosecond(0))
            .unwrap_or(earliest);
        let wrong = match at {
            None if text.is_empty() => missing,
            None => "desk.wrong.when",
            Some(at) if at > now => "desk.wrong.when_future",
            Some(at) if at < earliest => early,
            Some(_) => return at,
        };
        self.wrong.insert(name, wrong);
        None
    }

    /// A day that is not to come, in Shanghai.
    pub(crate) fn day(&mut self, name: &'static str, missing: &'static str, now: DateTime<Utc>) -> Option<NaiveDate> {
        /// Nobody decides about a child of today before this year.
        const FIRST: i32 = 2000;
        let today = now.with_timezone(&shanghai()).date_naive();
        let day = NaiveDate::parse_from_str(self.get(name), "%Y-%m-%d").ok();
        let day = day.filter(|day| *day <= today && chrono::Datelike::year(day) >= FIRST);
        if day.is_none() {
            self.wrong.insert(name, missing);
        }
        day
    }
}

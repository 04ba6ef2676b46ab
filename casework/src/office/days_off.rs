//! What somebody pasted as the days off to come: the State Council's notice, or rows of `holidays.csv`; read against the calendar in
//! force.

use std::collections::BTreeSet;

use chrono::Datelike;

use crate::calendar::{Calendar, DayChange, MissingYear};
use crate::pack::days_of_table;
use crate::zh::notice::{self, NoticeProblem};

/// Longest text, in characters: twenty years of a table are shorter.
const LONGEST: usize = 60_000;

/// A calendar that can be proposed.
#[derive(Debug, Clone)]
pub struct DaysOff {
    /// It was a table, else a notice.
    pub table: bool,
    /// The years that it publishes, or publishes anew.
    pub years: BTreeSet<i32>,
    /// The calendar with them.
    pub calendar: Calendar,
    /// The days that become others, and those that the calendar in force could not know.
    pub changes: Vec<DayChange>,
    /// Sentences of a notice that decided nothing.
    pub unread: Vec<String>,
}

/// Reads it. Errors: everything that is wrong.
pub fn days_off(text: &str, in_force: &Calendar) -> Result<DaysOff, Vec<NoticeProblem>> {
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.is_empty() {
        return Err(vec![notice::empty()]);
    }
    if text.chars().count() > LONGEST {
        return Err(vec![notice::too_long()]);
    }
    let table = text.starts_with("date,");
    let (years, days, unread) = if table {
        let days =
            days_of_table(text).map_err(|problems| problems.into_iter().map(notice::of_line).collect::<Vec<_>>())?;
        let years: BTreeSet<i32> = days.iter().map(|named| named.day.year()).collect();
        (years, days, Vec::new())
    } else {
        let read = notice::read(text);
        if !read.problems.is_empty() {
            return Err(read.problems);
        }
        (BTreeSet::from([read.year]), read.days, read.unread)
    };
    if years.is_empty() {
        return Err(vec![notice::empty()]);
    }
    let calendar = in_force
        .with_years(&years, &days)
        .map_err(|MissingYear(year)| vec![notice::gap(year)])?;
    if calendar.version() == in_force.version() {
        return Err(vec![notice::same()]);
    }
    Ok(DaysOff {
        table,
        years,
        changes: in_force.changes(&calendar),
        calendar,
        unread,
    })
}

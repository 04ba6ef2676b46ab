//! Days as people write them.

use chrono::{Datelike, NaiveDate};

/// The end of a day, behind its date.
pub const MIDNIGHT: &str = "24时";

/// `2026年11月24日`
pub fn day(day: NaiveDate) -> String {
    format!("{}年{}", day.year(), month_day(day))
}

/// `11月24日`
pub fn month_day(day: NaiveDate) -> String {
    format!("{}月{}日", day.month(), day.day())
}

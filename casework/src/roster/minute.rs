//! A time of day on the county's clock: `08:00`, up to `24:00`.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::calendar::shanghai;

/// Minutes of a day, the last one being that of `24:00`.
const DAY: u16 = 24 * 60;

/// Shanghai is so many minutes ahead of UTC.
const EAST: i64 = 8 * 60;

/// Minutes since 00:00 of a day; `24:00` is the end of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Minute(u16);

impl Minute {
    /// `00:00`
    pub const START: Self = Self(0);
    /// `24:00`
    pub const END: Self = Self(DAY);

    /// A full hour; one that no day has is the end of it.
    pub(super) const fn at(hour: u16) -> Self {
        if hour < 24 { Self(hour * 60) } else { Self::END }
    }

    /// This time on a day. Beyond the years that can be written it is the last moment of all.
    pub fn on(self, day: NaiveDate) -> DateTime<Utc> {
        NaiveDateTime::new(day, NaiveTime::MIN)
            .checked_add_signed(TimeDelta::minutes(i64::from(self.0) - EAST))
            .map_or(DateTime::<Utc>::MAX_UTC, |moment| moment.and_utc())
    }
}

/// The day in Shanghai to which a moment belongs.
pub fn day_of(at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&shanghai()).date_naive()
}

impl fmt::Display for Minute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl From<Minute> for String {
    fn from(minute: Minute) -> Self {
        minute.to_string()
    }
}

impl FromStr for Minute {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let read = || {
            let (hour, minute) = text.split_once(':')?;
            let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
            if !(1..=2).contains(&hour.len()) || minute.len() != 2 || !digits(hour) || !digits(minute) {
                return None;
            }
            let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
            let count = hour * 60 + minute;
            (minute < 60 && count <= DAY).then_some(Self(count))
        };
        read().ok_or_else(|| {
            let said: String = text.chars().take(20).collect();
            format!("\"{said}\" is not a time of day such as 08:00 or 24:00")
        })
    }
}

impl TryFrom<String> for Minute {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

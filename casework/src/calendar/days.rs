//! Which day is worked: the published days off and made up, weekends, and the holidays fixed by date.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate, Weekday};

/// The official calendar of a pack.
#[derive(Debug, Clone)]
pub struct Calendar {
    days: BTreeMap<NaiveDate, Exception>,
    published_through: NaiveDate,
    version: String,
}

/// A day that the weekday alone does not decide.
#[derive(Debug, Clone)]
struct Exception {
    off: bool,
    name: String,
}

/// What kind of day a day is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayKind {
    /// Monday to Friday, worked.
    Weekday,
    /// A weekend day worked in exchange, 调休上班.
    MadeUp,
    /// Saturday or Sunday, off.
    Weekend,
    /// Off by the holiday notice, or by a date fixed in law beyond the published calendar.
    Holiday,
}

impl Calendar {
    /// A calendar from `(day, off, name)` and the last day of the published notices. Later entries of the same
    /// day win; the pack refuses them before.
    pub fn new(days: impl IntoIterator<Item = (NaiveDate, bool, String)>, published_through: NaiveDate) -> Self {
        let days: BTreeMap<_, _> = days
            .into_iter()
            .map(|(day, off, name)| (day, Exception { off, name }))
            .collect();
        let version = version_of(&days, published_through);
        Self {
            days,
            published_through,
            version,
        }
    }

    /// Names this content: the published date and a fingerprint. Stored with each due date.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The last day for which days off are known.
    pub const fn published_through(&self) -> NaiveDate {
        self.published_through
    }

    /// What kind of day `day` is.
    pub fn kind(&self, day: NaiveDate) -> DayKind {
        let weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
        if day > self.published_through {
            return match (is_fixed_holiday(day), weekend) {
                (true, _) => DayKind::Holiday,
                (false, true) => DayKind::Weekend,
                (false, false) => DayKind::Weekday,
            };
        }
        match self.days.get(&day) {
            Some(exception) if exception.off => DayKind::Holiday,
            Some(_) if weekend => DayKind::MadeUp,
            None if weekend => DayKind::Weekend,
            _ => DayKind::Weekday,
        }
    }

    /// Whether `day` is worked.
    pub fn is_working(&self, day: NaiveDate) -> bool {
        matches!(self.kind(day), DayKind::Weekday | DayKind::MadeUp)
    }

    /// The holiday's name, where the published calendar gives one.
    pub fn holiday_name(&self, day: NaiveDate) -> Option<&str> {
        if day > self.published_through {
            return None;
        }
        self.days.get(&day).map(|exception| exception.name.as_str())
    }
}

/// New Year, Labour Day and National Day: the days off that the holiday law fixes by date.
fn is_fixed_holiday(day: NaiveDate) -> bool {
    matches!((day.month(), day.day()), (1, 1) | (5, 1 | 2) | (10, 1..=3))
}

/// FNV-1a, 64 bit: enough to tell two calendars apart, with no dependency.
fn version_of(days: &BTreeMap<NaiveDate, Exception>, published_through: NaiveDate) -> String {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for (day, exception) in days {
        for byte in format!("{day}{}\n", exception.off).bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    format!("cn-{published_through}-{:08x}", (hash >> 32) ^ (hash & 0xffff_ffff))
}

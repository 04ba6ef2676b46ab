//! Which day is worked: the published days off and made up, weekends, and the holidays fixed by date.

use std::collections::{BTreeMap, BTreeSet};

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

/// A day that a notice decides, whatever its weekday.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedDay {
    /// The day.
    pub day: NaiveDate,
    /// Off; else it is worked.
    pub off: bool,
    /// The holiday for which it is.
    pub name: String,
}

/// A day that is another kind of day in another calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayChange {
    /// The day.
    pub day: NaiveDate,
    /// What it was.
    pub was: DayKind,
    /// What it is in the other one.
    pub becomes: DayKind,
    /// Its holiday in the one or the other; empty where neither names it.
    pub name: String,
}

/// A year that was published before the one in front of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MissingYear(
    /// The year that has to come first.
    pub i32,
);

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

impl DayKind {
    /// Whether such a day is worked.
    pub const fn is_worked(self) -> bool {
        matches!(self, Self::Weekday | Self::MadeUp)
    }
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

    /// The days that the notices decide, in their order.
    pub fn named_days(&self) -> impl Iterator<Item = NamedDay> {
        self.days.iter().map(|(day, exception)| NamedDay {
            day: *day,
            off: exception.off,
            name: exception.name.clone(),
        })
    }

    /// This calendar with whole years published, or published anew: what it said of them is forgotten. The days around New Year
    /// that lie in the December before go with their holiday. Refused where a year between would be unknown.
    pub fn with_years(&self, years: &BTreeSet<i32>, days: &[NamedDay]) -> Result<Self, MissingYear> {
        let known = self.published_through.year();
        let mut through = self.published_through;
        for year in years.iter().filter(|year| **year > known) {
            if *year != through.year() + 1 {
                return Err(MissingYear(through.year() + 1));
            }
            through = NaiveDate::from_ymd_opt(*year, 12, 31).unwrap_or(through);
        }
        let kept = self
            .named_days()
            .filter(|named| !years.contains(&self.notice_year(named)));
        let all = kept.chain(days.iter().cloned());
        Ok(Self::new(all.map(|named| (named.day, named.off, named.name)), through))
    }

    /// The year whose notice decides a day: a December day of the New Year's holiday is the next one's.
    fn notice_year(&self, named: &NamedDay) -> i32 {
        let year = named.day.year();
        let next = NaiveDate::from_ymd_opt(year + 1, 1, 1);
        let new_year = next.and_then(|day| self.days.get(&day));
        let is_next = named.day.month() == 12 && new_year.is_some_and(|new_year| new_year.name == named.name);
        if is_next { year + 1 } else { year }
    }

    /// The days that are other days in `other`, up to the last day that either publishes.
    pub fn changes(&self, other: &Self) -> Vec<DayChange> {
        let first = self.days.keys().chain(other.days.keys()).min().copied();
        let last = self.published_through.max(other.published_through);
        let (Some(first), false) = (first, self.version == other.version) else {
            return Vec::new();
        };
        first
            .iter_days()
            .take_while(|day| *day <= last)
            .filter(|day| self.kind(*day) != other.kind(*day))
            .map(|day| DayChange {
                day,
                was: self.kind(day),
                becomes: other.kind(day),
                name: other
                    .holiday_name(day)
                    .or_else(|| self.holiday_name(day))
                    .unwrap_or_default()
                    .to_owned(),
            })
            .collect()
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
        self.kind(day).is_worked()
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

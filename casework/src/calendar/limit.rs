//! How long something may take: `30min`, `24h`, `3sd`, `5wd`, `1mo`.

use std::fmt;
use std::str::FromStr;

use crate::words::words;

words! {
    /// How the time is counted.
    Regime {
        /// Exact wall clock.
        Minutes = "minutes",
        /// Exact wall clock.
        Hours = "hours",
        /// 法定日: calendar days, the last one rolls to a working day.
        StatutoryDays = "statutory-days",
        /// 工作日.
        WorkingDays = "working-days",
        /// Same day of a later month, rolls like statutory days.
        Months = "months",
    }
}

impl Regime {
    /// The unit as written behind the count.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Minutes => "min",
            Self::Hours => "h",
            Self::StatutoryDays => "sd",
            Self::WorkingDays => "wd",
            Self::Months => "mo",
        }
    }
}

/// A count and how it is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Limit {
    /// How many.
    pub count: u32,
    /// Of what.
    pub regime: Regime,
}

impl Limit {
    /// The shortest span in minutes that this limit can give; day regimes gain the rest of the starting day.
    pub fn shortest_minutes(self) -> i64 {
        let per_unit = match self.regime {
            Regime::Minutes => 1,
            Regime::Hours => 60,
            Regime::StatutoryDays | Regime::WorkingDays => 24 * 60,
            Regime::Months => 28 * 24 * 60,
        };
        i64::from(self.count) * per_unit
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.count, self.regime.unit())
    }
}

/// A text that is no limit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a limit; write a whole number and min, h, sd, wd or mo, such as 30min or 5wd")]
pub struct LimitError(String);

impl FromStr for Limit {
    type Err = LimitError;

    fn from_str(text: &str) -> Result<Self, LimitError> {
        let wrong = || LimitError(text.chars().take(40).collect());
        let split = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
        let (count, unit) = text.split_at(split);
        let regime = Regime::ALL
            .iter()
            .copied()
            .find(|regime| regime.unit() == unit)
            .ok_or_else(wrong)?;
        Ok(Self {
            count: count.parse().map_err(|_| wrong())?,
            regime,
        })
    }
}

impl serde::Serialize for Limit {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Limit {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

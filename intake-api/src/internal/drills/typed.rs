//! A drill as somebody typed it. The moment of a random one is drawn here, by the server, and goes nowhere but into its row.

use casework::{calendar::midnight, pack::Pack};
use chrono::{DateTime, Months, NaiveDate, TimeDelta, Utc};
use platform::store::DrillPlan;
use rand::{Rng, RngExt};
use serde::Deserialize;

use crate::internal::page::minute;

/// How long a drill rings where nobody says otherwise.
const MINUTES: i16 = 30;
/// The farthest that is planned.
const AHEAD: TimeDelta = TimeDelta::days(400);

/// What a form or the API sends.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Typed {
    /// `announced` or `random`.
    pub(super) when: String,
    /// Of an announced one: `2026-12-02T03:00`, in Shanghai.
    pub(super) at: String,
    /// Of a random one: `2026-12`.
    pub(super) month: String,
    /// Codes; none: every unit.
    pub(super) units: Vec<String>,
    /// 5 to 240; nothing: 30.
    pub(super) minutes: String,
    /// Again each month.
    pub(super) monthly: bool,
}

impl Typed {
    /// As a form sends it: a field for each unit.
    pub(super) fn of_form(pairs: Vec<(String, String)>) -> Self {
        let mut typed = Self::default();
        for (name, value) in pairs {
            match name.as_str() {
                "when" => typed.when = value,
                "at" => typed.at = value,
                "month" => typed.month = value,
                "units" => typed.units.push(value),
                "minutes" => typed.minutes = value,
                "monthly" => typed.monthly = true,
                _ => {}
            }
        }
        typed
    }

    /// The plan; the error is the key of what is wrong.
    pub(super) fn plan(&self, pack: &Pack, now: DateTime<Utc>, rng: &mut impl Rng) -> Result<DrillPlan, &'static str> {
        let random = match self.when.as_str() {
            "announced" => false,
            "random" => true,
            _ => return Err("drills.wrong.when"),
        };
        let at = if random {
            drawn(&self.month, now, rng).ok_or("drills.wrong.month")?
        } else {
            let at = minute::minute(&self.at).ok_or("drills.wrong.at")?;
            Some(at)
                .filter(|at| *at > now && *at < now + AHEAD)
                .ok_or("drills.wrong.at")?
        };
        let minutes = match self.minutes.trim() {
            "" => MINUTES,
            typed => typed.parse().map_err(|_| "drills.wrong.minutes")?,
        };
        if !(5..=240).contains(&minutes) {
            return Err("drills.wrong.minutes");
        }
        let known = |code: &String| pack.units().iter().any(|unit| unit.code == *code);
        if !self.units.iter().all(known) {
            return Err("drills.wrong.units");
        }
        Ok(DrillPlan {
            units: self.units.clone(),
            random,
            at,
            minutes,
            monthly: self.monthly,
        })
    }
}

/// A minute of what is left of a month, every one as likely as another. None: there is no such month ahead.
fn drawn(month: &str, now: DateTime<Utc>, rng: &mut impl Rng) -> Option<DateTime<Utc>> {
    let first = NaiveDate::parse_from_str(&format!("{}-01", month.trim()), "%Y-%m-%d").ok()?;
    let (begins, ends) = (midnight(first)?, midnight(first.checked_add_months(Months::new(1))?)?);
    let from = begins.max(now + TimeDelta::minutes(1));
    let minutes = (ends - from).num_minutes();
    if minutes < 1 || from > now + AHEAD {
        return None;
    }
    Some(from + TimeDelta::minutes(rng.random_range(0..minutes)))
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng, rngs::StdRng};

    use super::*;

    #[test]
    fn a_random_moment_lies_in_what_is_left_of_its_month() {
        let mut rng = StdRng::seed_from_u64(3);
        let now: DateTime<Utc> = "2026-12-20T10:00:00+08:00".parse().unwrap();
        let end: DateTime<Utc> = "2027-01-01T00:00:00+08:00".parse().unwrap();
        for _ in 0..300 {
            let at = drawn("2026-12", now, &mut rng).unwrap();
            assert!(at > now && at < end, "{at}");
        }
        let next = drawn("2027-01", now, &mut rng).unwrap();
        assert!(next >= end);
        for past in ["2026-11", "2030-01", "12", ""] {
            assert_eq!(drawn(past, now, &mut rng), None, "{past}");
        }
    }
}

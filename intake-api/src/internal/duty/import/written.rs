//! What a file or a program says of a roster, and whether the form could say it too.

use std::collections::BTreeSet;

use casework::{
    roster::{Exception, Pattern, Week},
    words::Seat,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::internal::duty::{
    scope::Colleague,
    weeks::{MOST_TIMES, MOST_WEEKS},
};

/// Most exceptions of one file.
pub(super) const MOST_EXCEPTIONS: usize = 200;

/// Most patterns: one in force and some that begin later.
const MOST_PATTERNS: usize = 50;

/// A roster as it is written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    pub(super) patterns: Vec<Pattern>,
    pub(super) exceptions: Vec<Exception>,
}

impl Written {
    /// What of it the form would refuse, with these people; none: nothing.
    pub(super) fn wrong(&self, people: &[Colleague], now: DateTime<Utc>) -> Option<&'static str> {
        let knows = |login: &str| people.iter().any(|person| person.login == login);
        let days: BTreeSet<_> = self.patterns.iter().map(|pattern| pattern.from).collect();
        if self.exceptions.len() > MOST_EXCEPTIONS || self.patterns.len() > MOST_PATTERNS {
            return Some("duty.import.wrong.too_many");
        }
        if days.len() < self.patterns.len() {
            return Some("duty.import.wrong.same_day");
        }
        for pattern in &self.patterns {
            if !(1..=MOST_WEEKS).contains(&pattern.weeks.len()) {
                return Some("duty.import.wrong.week");
            }
            if pattern.weeks.iter().any(|week| week.shifts().next().is_none()) {
                return Some("duty.import.wrong.gap");
            }
            if times(pattern) > MOST_TIMES {
                return Some("duty.import.wrong.times");
            }
            let shifts = pattern.weeks.iter().flat_map(Week::shifts);
            let mut named = shifts.flat_map(|shift| Seat::ALL.iter().filter_map(|seat| shift.seat(*seat)));
            if !named.all(|person| knows(&person.0)) {
                return Some("duty.import.wrong.person");
            }
        }
        for exception in &self.exceptions {
            // As the form and a cell say a moment: it must come up as it went down.
            let moments = [exception.during.from, exception.during.to];
            if moments
                .iter()
                .any(|at| at.timestamp() % 60 != 0 || at.timestamp_subsec_nanos() != 0)
            {
                return Some("duty.import.wrong.moment");
            }
            if exception.during.to <= exception.during.from {
                return Some("duty.wrong.order");
            }
            if exception.during.to <= now {
                return Some("duty.wrong.over");
            }
            if exception.person.as_ref().is_some_and(|person| !knows(&person.0)) {
                return Some("duty.import.wrong.person");
            }
        }
        None
    }
}

/// Different times of shifts, for each of which the form has a line.
pub(super) fn times(pattern: &Pattern) -> usize {
    let mut times: Vec<_> = pattern
        .weeks
        .iter()
        .flat_map(Week::shifts)
        .map(|shift| (shift.from, shift.to))
        .collect();
    times.sort();
    times.dedup();
    times.len()
}

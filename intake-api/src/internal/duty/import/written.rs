//! What a workbook says of a roster, and what of it the form could say too.

use casework::{
    roster::{Exception, Pattern, Post},
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

/// What a file says, or what of it is new.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Written {
    pub(super) patterns: Vec<Pattern>,
    pub(super) exceptions: Vec<Exception>,
}

impl Written {
    /// It says nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.patterns.is_empty() && self.exceptions.is_empty()
    }

    /// What a roster does not have yet.
    pub(super) fn beyond(mut self, post: &Post) -> Self {
        self.patterns.retain(|pattern| !post.roster.patterns.contains(pattern));
        self.exceptions
            .retain(|exception| !post.roster.exceptions.contains(exception));
        self
    }

    /// Whether the form could have it too, with these people.
    pub(super) fn is_sound(&self, people: &[Colleague], now: DateTime<Utc>) -> bool {
        let knows = |login: &str| people.iter().any(|person| person.login == login);
        let pattern = |pattern: &Pattern| {
            let named = pattern.weeks.iter().flat_map(casework::roster::Week::shifts);
            let mut seats = named.flat_map(|shift| Seat::ALL.iter().filter_map(|seat| shift.seat(*seat)));
            (1..=MOST_WEEKS).contains(&pattern.weeks.len())
                && times(pattern) <= MOST_TIMES
                && seats.all(|person| knows(&person.0))
        };
        let exception = |exception: &Exception| {
            exception.during.from < exception.during.to
                && now < exception.during.to
                && exception.person.as_ref().is_none_or(|person| knows(&person.0))
        };
        self.exceptions.len() <= MOST_EXCEPTIONS
            && self.patterns.iter().all(pattern)
            && self.exceptions.iter().all(exception)
    }

    /// A roster with it.
    pub(super) fn laid_on(&self, post: &mut Post) {
        for pattern in &self.patterns {
            post.roster.patterns.retain(|known| known.from != pattern.from);
            post.roster.patterns.push(pattern.clone());
        }
        post.roster.exceptions.extend(self.exceptions.iter().cloned());
    }
}

/// Different times of shifts, for each of which the form has a line.
pub(super) fn times(pattern: &Pattern) -> usize {
    let mut times: Vec<_> = pattern
        .weeks
        .iter()
        .flat_map(casework::roster::Week::shifts)
        .map(|shift| (shift.from, shift.to))
        .collect();
    times.sort();
    times.dedup();
    times.len()
}

//! Whether somebody is rung for everything that is urgent, at every hour. By the rules alone: whether the people of a roster can
//! be reached is a question about the roster ([`crate::roster::Watch::holes`]).

use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;

use super::disclosure::asked;
use crate::calendar::{Limit, Regime};
use crate::pack::Pack;
use crate::ringing::table::{Step, Steps};
use crate::words::reserved::{LEADING_GROUP, OFFICE};
use crate::words::{Lang, Seat, Stage, Urgency};
use crate::zh::ringing as said;

/// A way in which a notice rings nobody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RingingFinding {
    /// The obligation; none = all of them.
    pub obligation: Option<String>,
    /// The urgency; none = each.
    pub urgency: Option<Urgency>,
    /// What is wrong and what to do, in Chinese.
    pub sentence: String,
    /// The same in English.
    pub reason: String,
}

impl RingingFinding {
    fn of_all(sentence: &str, reason: &str) -> Self {
        Self {
            obligation: None,
            urgency: None,
            sentence: sentence.to_owned(),
            reason: reason.to_owned(),
        }
    }
}

/// On a list with what else is wrong.
impl fmt::Display for RingingFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&said::of_ringing(&self.sentence))
    }
}

/// Checks a pack that was read without problems.
pub fn check(pack: &Pack) -> Vec<RingingFinding> {
    let mut found = Vec::new();
    if pack.last_resort().is_empty() {
        let reason = "pack.toml names no last_resort: where nobody on duty, no leader and nobody of the office can be reached, nobody is rung; add [[last_resort]] with name and phone and load the pack";
        found.push(RingingFinding::of_all(said::NO_LAST_RESORT, reason));
    }
    if !pack.duty_hours().is_said() {
        let reason = "the pack has no duty.csv: nobody knows when units are there; add it and load the pack";
        found.push(RingingFinding::of_all(said::NO_HOURS, reason));
    }
    let Some(table) = pack.ringing_said() else {
        let reason = "the pack has no ringing.csv: nobody has decided whom a ticket rings; add it and load the pack";
        found.push(RingingFinding::of_all(said::NO_TABLE, reason));
        return found;
    };
    for term in pack.vocabulary().obligations.iter() {
        for urgency in Urgency::HIGHEST_FIRST {
            let label = term.label.get(Lang::Zh);
            let of = Of {
                pack,
                obligation: &term.code,
                label,
                urgency,
            };
            match table.said(&term.code, urgency) {
                None => found.push(of.finding(
                    said::silent(label, urgency),
                    "no row says whom it rings; add rows for it or for *",
                )),
                Some(steps) => found.extend(of.steps(steps)),
            }
        }
    }
    found
}

/// Kinds of units that something urgent rings: whatever is asked may be urgent, since a report that comes again is a step more so,
/// and its levels ring the office and the leading group.
pub fn rung(pack: &Pack) -> BTreeSet<String> {
    let asked = asked(pack).into_iter().map(|(_, kind)| kind);
    asked.chain([OFFICE, LEADING_GROUP].map(str::to_owned)).collect()
}

/// One obligation at one urgency.
struct Of<'p> {
    pack: &'p Pack,
    obligation: &'p str,
    label: &'p str,
    urgency: Urgency,
}

impl Of<'_> {
    fn steps(&self, steps: &Steps) -> Vec<RingingFinding> {
        let mut found = Vec::new();
        let all = || steps.first.iter().chain([&steps.again]);
        if all().any(|step| step.to == [Seat::Deputy]) {
            let reason = "a step rings the deputy alone, a seat that may be empty; add duty or leader";
            found.push(self.finding(said::deputy_alone(self.label, self.urgency), reason));
        }
        if self.urgency == Urgency::P3 {
            return found;
        }
        if !steps.again.channels.iter().any(|channel| channel.needs_phone()) {
            let reason =
                "the step again neither calls nor sends a message; at night nobody would know; add voice or sms";
            found.push(self.finding(said::no_phone(self.label, self.urgency), reason));
        }
        let sign = self.pack.rules().deadline(self.obligation, self.urgency, Stage::Sign);
        let at_any_hour = sign.is_some_and(|deadline| is_exact(deadline.limit));
        if at_any_hour && all().any(|step: &Step| !is_exact(step.after)) {
            let reason = "it is to be signed within minutes or hours and rings at any hour; duty days would wait for the morning: write min or h";
            found.push(self.finding(said::waits(self.label, self.urgency), reason));
        }
        found
    }

    fn finding(&self, sentence: String, reason: &str) -> RingingFinding {
        RingingFinding {
            obligation: Some(self.obligation.to_owned()),
            urgency: Some(self.urgency),
            sentence,
            reason: format!("{} {}: {reason}", self.obligation, self.urgency),
        }
    }
}

/// Counted on the wall clock, not in days.
fn is_exact(limit: Limit) -> bool {
    matches!(limit.regime, Regime::Minutes | Regime::Hours)
}

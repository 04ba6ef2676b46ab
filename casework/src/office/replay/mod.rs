//! 历史试算: what another set of rules would have made of the reports of the past.
//!
//! Each report is routed by both packs, as if dispatched at the same moment, and only the difference is kept: who gets
//! more, less, earlier, later, and the load of each unit ([`Outcome`]). A report is routed as [`crate::routing::decide`]
//! does it, up to the clocks: those cost most, and a due date can only differ where limit or calendar do. So limits are
//! compared first, and dues are computed for what is left. Samples are decided in full.
//!
//! Parts can be run beside each other and merged in any order ([`Tally::merge`]): the outcome is the same.

mod compare;
mod gravity;
mod outcome;
mod samples;

use std::fmt::Display;

use chrono::{DateTime, Utc};

use compare::Side;
pub use gravity::Gravity;
pub use outcome::{Flip, Load, Move, Outcome, Police, Shift, Unreadable, UnreadableReport, Urgencies};
use samples::Samples;
pub use samples::{Sample, SampleDecision, SampleStage, SampleTicket};

use crate::pack::Pack;
use crate::report::Facts;

/// Old rules against new ones, report by report.
#[derive(Debug)]
pub struct Replay<'p> {
    old: Side<'p>,
    new: Side<'p>,
    /// Both count days off alike, so that equal limits give equal dues.
    same_calendar: bool,
    tally: Tally,
}

/// What was found so far; holds no reference to the packs, so that a thread can hand it back.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tally {
    outcome: Outcome,
    samples: Samples,
}

impl<'p> Replay<'p> {
    /// Nothing replayed yet.
    pub fn new(old: &'p Pack, new: &'p Pack) -> Self {
        Self {
            old: Side::new(old),
            new: Side::new(new),
            same_calendar: old.calendar().version() == new.calendar().version(),
            tally: Tally::default(),
        }
    }

    /// Routes one report by both and keeps the difference. `report` is what a person finds it by.
    pub fn add(&mut self, report: impl Display, facts: &Facts, dispatched_at: DateTime<Utc>) {
        let before = self.old.party(facts);
        let after = self.new.party(facts);
        self.tally.outcome.saw(dispatched_at);
        let gravity = compare::fold(
            &mut self.tally.outcome,
            (&self.old, &before),
            (&self.new, &after),
            self.same_calendar,
            dispatched_at,
        );
        if let Some(gravity) = gravity {
            self.tally.outcome.changed += 1;
            let packs = [self.old.pack, self.new.pack];
            self.tally.samples.offer(gravity, report, packs, facts, dispatched_at);
        }
    }

    /// Counts a report whose facts can't be read. Neither set of rules is asked about it.
    pub fn add_unreadable(&mut self, report: impl Display, why: &str) {
        self.tally.outcome.unreadable.add(UnreadableReport {
            report: report.to_string(),
            why: why.to_owned(),
        });
    }

    /// Adds what another one found with the same packs.
    pub fn merge(&mut self, other: Replay<'_>) {
        self.tally.merge(other.tally);
    }

    /// What was found, without the packs.
    pub fn into_tally(self) -> Tally {
        self.tally
    }

    /// The answer.
    pub fn finish(self) -> Outcome {
        self.tally.finish()
    }
}

impl Tally {
    /// Adds what another part found.
    pub fn merge(&mut self, other: Self) {
        self.outcome.merge(other.outcome);
        self.samples.merge(other.samples);
    }

    /// The answer.
    pub fn finish(mut self) -> Outcome {
        self.outcome.samples = self.samples.chosen();
        self.outcome
    }
}

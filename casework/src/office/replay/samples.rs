//! Changed reports to look at: some of every gravity, the newest first.
//!
//! Which are kept does not depend on the order in which reports come, so that parts can be merged. Facts hold no
//! identity, and nothing else of a report is here.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt::Display;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Gravity;
use crate::calendar::Limit;
use crate::pack::Pack;
use crate::report::Facts;
use crate::routing::{Decision, decide};
use crate::words::{Stage, Urgency};

/// Samples of an outcome: what a person may read through.
const SHOWN: usize = 20;

/// One changed report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    /// What a person finds it by.
    pub report: String,
    /// When it was dispatched, for both.
    pub at: DateTime<Utc>,
    /// Its gravest difference.
    pub gravity: Gravity,
    /// What the rules saw.
    pub facts: Facts,
    /// By the old rules.
    pub before: SampleDecision,
    /// By the new rules.
    pub after: SampleDecision,
}

/// What one rule set decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SampleDecision {
    /// Of the report.
    pub urgency: Urgency,
    /// The lead first.
    pub tickets: Vec<SampleTicket>,
    /// Why a triage ticket is among them.
    pub triage_reasons: Vec<String>,
}

/// One ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SampleTicket {
    /// What is asked.
    pub obligation: String,
    /// Who owes it.
    pub unit: String,
    /// The kind that was asked.
    pub unit_kind: String,
    /// 主办
    pub lead: bool,
    /// By when.
    pub stages: BTreeMap<Stage, SampleStage>,
}

/// One stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SampleStage {
    /// How long.
    pub limit: Limit,
    /// From which event.
    pub start: String,
    /// `None` where that event is still to come.
    pub due: Option<DateTime<Utc>>,
}

/// The candidates by gravity, each the newest first.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Samples(BTreeMap<Gravity, Vec<Sample>>);

impl Samples {
    /// Keeps a changed report if it is among the newest of its gravity. Only then it is decided in full.
    pub(super) fn offer(
        &mut self,
        gravity: Gravity,
        report: impl Display,
        [old, new]: [&Pack; 2],
        facts: &Facts,
        at: DateTime<Utc>,
    ) {
        let held = self.0.entry(gravity).or_default();
        let full = held.len() >= SHOWN;
        if full && held.last().is_some_and(|last| at < last.at) {
            return;
        }
        let report = report.to_string();
        if full
            && held
                .last()
                .is_some_and(|last| order(last, at, &report) != Ordering::Greater)
        {
            return;
        }
        let place = held.partition_point(|other| order(other, at, &report) != Ordering::Greater);
        let sample = Sample {
            report,
            at,
            gravity,
            facts: facts.clone(),
            before: SampleDecision::from(decide(old, facts, at)),
            after: SampleDecision::from(decide(new, facts, at)),
        };
        held.insert(place, sample);
        held.truncate(SHOWN);
    }

    pub(super) fn merge(&mut self, other: Self) {
        for (gravity, samples) in other.0 {
            let held = self.0.entry(gravity).or_default();
            held.extend(samples);
            held.sort_by(|a, b| order(a, b.at, &b.report));
            held.truncate(SHOWN);
        }
    }

    /// Of each gravity in turn, until there are enough: a common harmless change must not hide a rare grave one.
    pub(super) fn chosen(self) -> Vec<Sample> {
        let mut rounds: Vec<(usize, Sample)> = self
            .0
            .into_values()
            .flat_map(|samples| samples.into_iter().enumerate())
            .collect();
        rounds.sort_by_key(|(round, sample)| (*round, sample.gravity));
        rounds.truncate(SHOWN);
        rounds.sort_by_key(|(round, sample)| (sample.gravity, *round));
        rounds.into_iter().map(|(_, sample)| sample).collect()
    }
}

/// The newest first, then by name.
fn order(sample: &Sample, at: DateTime<Utc>, report: &str) -> Ordering {
    at.cmp(&sample.at).then_with(|| sample.report.as_str().cmp(report))
}

impl From<Decision> for SampleDecision {
    fn from(decision: Decision) -> Self {
        let tickets = decision.tickets.into_iter().map(|ticket| {
            let stages = ticket.stages.into_iter().map(|planned| {
                let stage = SampleStage {
                    limit: planned.limit,
                    start: planned.start,
                    due: planned.due,
                };
                (planned.stage, stage)
            });
            SampleTicket {
                obligation: ticket.obligation,
                unit: ticket.unit,
                unit_kind: ticket.unit_kind,
                lead: ticket.lead,
                stages: stages.collect(),
            }
        });
        Self {
            urgency: decision.urgency,
            tickets: tickets.collect(),
            triage_reasons: decision.triage_reasons,
        }
    }
}

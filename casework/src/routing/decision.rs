//! The answer of routing: tickets with stages and steps, and the rows that asked for them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::calendar::Limit;
use crate::clock::escalation::PlannedStep;
use crate::county::Unlisted;
use crate::disclosure::Shows;
use crate::report::Unknown;
use crate::words::{Grade, Handling, Stage, Urgency};
use crate::zh::laws::{BY_HAND, JOINING};

/// Who owes what by when, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Of the whole report.
    pub urgency: Urgency,
    /// The lead first, then by ranking; never empty.
    pub tickets: Vec<PlannedTicket>,
    /// Assisting obligations for which no unit exists, sorted.
    pub unsent: Vec<Unsent>,
    /// Rows of the decision tables that matched or were used, each once, sorted.
    pub rows: Vec<MatchedRow>,
    /// Why a triage ticket is among the tickets; empty = none is. Chinese sentences without personal data.
    pub triage_reasons: Vec<String>,
    /// The report's area code where the county's list should have it and does not. Not part of any wire format.
    #[serde(skip)]
    pub unlisted: Option<Unlisted>,
    /// What office, leading-group and oversight see of the report without a ticket. Not part of any wire format.
    #[serde(skip)]
    pub looks: BTreeMap<String, Shows>,
    /// How often the two evaluators of the tables differed; more than 0 is an alarm. Not part of any wire format.
    #[serde(default, skip_serializing)]
    pub disagreements: u32,
}

/// One obligation of one unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedTicket {
    /// What is asked.
    pub obligation: String,
    /// Who owes it.
    pub unit: String,
    /// The kind that the rules asked; differs from the unit's own where the office stands in.
    pub unit_kind: String,
    /// 主办: true for exactly one ticket of a report.
    pub lead: bool,
    /// The role in the rules.
    pub role: Handling,
    /// The evidence kind that proves it.
    pub evidence: Option<String>,
    /// Every basis that asks it.
    pub basis: Vec<Basis>,
    /// On which unknown facts it rests: once they are known, nothing of it may be owed. Empty = on none.
    #[serde(default)]
    pub unknowns: Vec<Unknown>,
    /// Situations that asked it, in the report's order; empty where none did (a person's choice, triage).
    #[serde(skip)]
    pub own: Vec<String>,
    /// What it shows of its report. Not part of any wire format.
    #[serde(skip)]
    pub shows: Shows,
    /// Sign, contact where there is one, resolve.
    pub stages: Vec<PlannedStage>,
}

/// A law, circular or policy.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Basis {
    /// The text as the pack gives it.
    pub text: String,
    /// How well it is known.
    pub grade: Grade,
}

/// One stage of a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedStage {
    /// Which.
    pub stage: Stage,
    /// `None` until the start event has happened.
    pub due: Option<DateTime<Utc>>,
    /// How long.
    pub limit: Limit,
    /// The event that starts it: `dispatch`, or one of the pack.
    pub start: String,
    /// Where the limit comes from.
    pub basis: String,
    /// How well it is known.
    pub grade: Grade,
    /// The due read days beyond the published calendar.
    pub provisional: bool,
    /// Chinese sentences from start to due; empty while `due` is `None`.
    pub derivation: Vec<String>,
    /// Escalation, in order; empty while `due` is `None`.
    pub steps: Vec<PlannedStep>,
}

/// An assisting obligation without a unit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Unsent {
    /// What would be asked.
    pub obligation: String,
    /// Of which kind.
    pub unit_kind: String,
}

/// One row of a decision table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct MatchedRow {
    /// `urgency`, `obligations`, `deadlines` or `escalation`.
    pub decision: String,
    /// 1-based.
    pub row: usize,
}

impl PlannedTicket {
    /// Whether a person chose it, and no rule.
    pub fn is_by_hand(&self) -> bool {
        self.rests_on(BY_HAND) || self.is_joining()
    }

    /// Whether that person chose it because a unit of the case asked for another one (增派).
    pub fn is_joining(&self) -> bool {
        self.rests_on(JOINING)
    }

    fn rests_on(&self, text: &str) -> bool {
        self.basis.iter().any(|basis| basis.text == text)
    }
}

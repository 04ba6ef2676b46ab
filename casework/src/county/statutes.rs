//! What the law asks whatever the county's division of duties says, and how long it may take at most.
//!
//! These rows are measured against, never routed by: `routing.dmn` decides, and the liveness check holds it to them.
//! They are files of the pack because they speak its words (obligations, unit kinds, situations), but not of the rule
//! set that the office drafts: who edits the rules can't move the law along with them. Each row has its source and
//! grade; a deadline or duty of county policy has no row here.

use super::Line;
use crate::calendar::Limit;
use crate::dmn::sfeel::Value;
use crate::words::{Grade, Stage, Urgency};

/// All statutory rows of a pack.
#[derive(Debug, Clone, Default)]
pub struct Statutes {
    /// `statutory-duties.csv`
    pub duties: Vec<Duty>,
    /// `statutory-limits.csv`
    pub limits: Vec<Maximum>,
}

impl Statutes {
    /// Whether a row names this obligation, of whomever and whenever.
    pub fn name(&self, obligation: &str) -> bool {
        self.duties.iter().any(|duty| duty.obligation == obligation)
            || self.limits.iter().any(|limit| limit.obligation == obligation)
    }
}

/// Something that must be asked of a kind of unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duty {
    /// Of which reports or requests.
    pub of: DutyOf,
    /// What must be asked.
    pub obligation: String,
    /// Of whom.
    pub unit_kind: String,
    /// Where it stands.
    pub basis: String,
    /// How well that is known.
    pub grade: Grade,
    pub(crate) line: Line,
}

/// When a duty arises.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DutyOf {
    /// A report of one of these situations, of a child and report of which these facts hold.
    Report {
        /// Codes; empty = any situation of the pack.
        situations: Vec<String>,
        /// Column and value.
        facts: Vec<(String, Value)>,
    },
    /// A request by a unit of one of these kinds.
    Request {
        /// Who may ask.
        requester_kinds: Vec<String>,
        /// Nobody else may.
        only: bool,
    },
}

/// The longest that a stage may take by law.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Maximum {
    /// Of what.
    pub obligation: String,
    /// At which urgencies.
    pub urgencies: Vec<Urgency>,
    /// Which part of the ticket.
    pub stage: Stage,
    /// How long at most.
    pub limit: Limit,
    /// The event from which the law counts.
    pub start: String,
    /// Where it stands.
    pub basis: String,
    /// How well that is known.
    pub grade: Grade,
    pub(crate) line: Line,
}

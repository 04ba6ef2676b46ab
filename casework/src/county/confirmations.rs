//! Clocks of what a person decides about a ticket: another person's confirmation of a closing, the office's approval of a
//! transfer or of what a unit asks (申请事项), the approval and the review of an opening. Rows of the pack (`confirmations.csv`), one per matter and urgency.

use std::collections::HashMap;

use crate::calendar::Limit;
use crate::words::{Grade, Urgency, words};

words! {
    /// What is decided.
    Matter {
        /// 办结确认
        Confirm = "confirm",
        /// 移送审批, and what a unit asks of the office: return, extension
        Approve = "approve",
        /// 查看审批: what a ticket doesn't show is asked for
        Opening = "opening",
        /// 查看复核: what was opened at once is looked at afterwards
        Review = "review",
    }
}

/// How long a decision may take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionLimit {
    /// How long.
    pub limit: Limit,
    /// Where the limit comes from.
    pub basis: String,
    /// How well that is known.
    pub grade: Grade,
}

/// All limits of decisions.
#[derive(Debug, Clone, Default)]
pub struct Confirmations(HashMap<(Matter, Urgency), DecisionLimit>);

impl Confirmations {
    pub(crate) fn new(rows: HashMap<(Matter, Urgency), DecisionLimit>) -> Self {
        Self(rows)
    }

    /// The limit of a matter. A sound pack has all; what stands in for a missing row is short, so that somebody looks.
    pub fn limit(&self, matter: Matter, urgency: Urgency) -> DecisionLimit {
        self.0
            .get(&(matter, urgency))
            .cloned()
            .unwrap_or_else(|| DecisionLimit {
                limit: Limit {
                    count: 1,
                    regime: crate::calendar::Regime::Hours,
                },
                basis: "county policy".into(),
                grade: Grade::P,
            })
    }
}

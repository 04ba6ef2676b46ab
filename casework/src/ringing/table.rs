//! The table `ringing`: for each obligation and urgency the steps, and the one that repeats.

use std::collections::HashMap;

use crate::calendar::{Limit, Regime};
use crate::words::reserved::TRIAGE;
use crate::words::{Channel, Seat, Urgency};

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// How long after the start; of the repeated step: after the one before it. Only minutes, hours and working days, which
    /// here are duty days of the unit.
    pub after: Limit,
    /// Which seats it calls.
    pub to: Vec<Seat>,
    /// How.
    pub channels: Vec<Channel>,
}

/// All steps of an obligation at an urgency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Steps {
    /// In order.
    pub first: Vec<Step>,
    /// Repeated after them until somebody answers.
    pub again: Step,
}

impl Steps {
    /// The step of a ring, numbered from 0.
    pub fn step(&self, index: u32) -> &Step {
        let index = usize::try_from(index).unwrap_or(usize::MAX);
        self.first.get(index).unwrap_or(&self.again)
    }
}

/// The table of a county.
#[derive(Debug, Clone, Default)]
pub struct Ringing {
    /// By obligation; none = any other.
    rows: HashMap<(Option<String>, Urgency), Steps>,
}

impl Ringing {
    pub(crate) fn new(rows: HashMap<(Option<String>, Urgency), Steps>) -> Self {
        Self { rows }
    }

    /// The steps of an obligation. Rows that name it stand instead of those for any other; a table without either rings as one
    /// that is missing.
    pub fn steps(&self, obligation: &str, urgency: Urgency) -> Steps {
        self.said(obligation, urgency).cloned().unwrap_or_else(standing)
    }

    /// The steps of an escalation, which rings whom it reaches as the office is rung for what it judges itself.
    pub fn of_escalation(&self, urgency: Urgency) -> Steps {
        self.steps(TRIAGE, urgency)
    }

    /// What the table says itself.
    pub fn said(&self, obligation: &str, urgency: Urgency) -> Option<&Steps> {
        let named = self.rows.get(&(Some(obligation.to_owned()), urgency));
        named.or_else(|| self.rows.get(&(None, urgency)))
    }
}

/// What stands in where no table says anything: a pack of before has none, and a ticket that rings nobody is the worst answer.
fn standing() -> Steps {
    let limit = |count| Limit {
        count,
        regime: Regime::Minutes,
    };
    Steps {
        first: vec![Step {
            after: limit(0),
            to: vec![Seat::Duty],
            channels: vec![Channel::Sms, Channel::Mail, Channel::Desk],
        }],
        again: Step {
            after: limit(30),
            to: vec![Seat::Duty, Seat::Leader],
            channels: vec![Channel::Voice, Channel::Sms],
        },
    }
}

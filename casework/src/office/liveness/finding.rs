//! A way in which a report falls through, and how one is told.

use std::fmt;

use serde::Serialize;

use super::example::ExampleReport;
use super::space::{Point, Space};
use crate::pack::Pack;
use crate::words::{Grade, words};
use crate::zh::falls;
use crate::zh::liveness::Words;

words! {
    /// What must hold of every report.
    Claim {
        /// Statutory situations and present danger always have a police ticket, by the tables.
        Police = "police",
        /// What the law asks of a kind of unit is asked.
        Duty = "duty",
        /// Who may request something by law, and nobody else.
        Entitled = "entitled",
        /// Each report has an urgency.
        Urgency = "urgency",
        /// Each report has a ticket of some unit.
        Ticket = "ticket",
        /// Each unit that can be asked can be told, and so can those above it.
        Notified = "notified",
        /// Recusal never empties a lead.
        Recusal = "recusal",
        /// Each case has exactly one lead, and which is a decision and no accident.
        Lead = "lead",
        /// Each ticket has finite deadlines.
        Deadline = "deadline",
        /// No deadline is longer than its statutory limit.
        StatutoryLimit = "statutory-limit",
        /// Escalation levels strictly increase and end at the leading group.
        Escalation = "escalation",
        /// The check gave up.
        Undecided = "undecided",
    }
}

/// One way in which a report or request falls through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LivenessFinding {
    /// What does not hold.
    pub claim: Claim,
    /// The law or rule that asks it.
    pub law: String,
    /// How well that is known.
    pub grade: Grade,
    /// What is wrong and what would happen, in Chinese.
    pub sentence: String,
    /// A report that would fall through, with the fewest facts; `router route` reads it. Null where none can be named.
    pub report: Option<ExampleReport>,
    /// The asking unit's kind, where a request falls through.
    pub requester_kind: Option<String>,
}

/// On paper: the law with its grade, what is wrong, the report to try.
impl fmt::Display for LivenessFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}] {}（{}）：{}", self.claim, self.law, self.grade, self.sentence)?;
        match &self.report {
            Some(report) => write!(f, "\n    {report}"),
            None => Ok(()),
        }
    }
}

/// A pack with its space.
pub(super) struct Liveness<'p> {
    pub(super) pack: &'p Pack,
    pub(super) space: Space,
}

impl<'p> Liveness<'p> {
    pub(super) fn new(pack: &'p Pack) -> Self {
        let space = Space::new(pack);
        Self { pack, space }
    }

    pub(super) fn words(&self) -> Words<'_> {
        Words {
            pack: self.pack,
            space: &self.space,
        }
    }

    /// A finding whose witness is a point; `area` is where it happens.
    pub(super) fn finding(
        &self,
        claim: Claim,
        (law, grade): (&str, Grade),
        at: Option<(&Point, Option<&str>)>,
        sentence: String,
    ) -> LivenessFinding {
        let example = at.map(|(point, area)| self.words().example(point, area));
        LivenessFinding {
            claim,
            law: law.to_owned(),
            grade,
            sentence: match &example {
                Some(example) => format!("{sentence}{}", example.sentence),
                None => sentence,
            },
            requester_kind: example.as_ref().and_then(|example| example.requester_kind.clone()),
            report: example.map(|example| example.report),
        }
    }

    pub(super) fn undecided(&self) -> LivenessFinding {
        let sentence = falls::UNDECIDED;
        self.finding(Claim::Undecided, (falls::CHECK, Grade::P), None, sentence.to_owned())
    }
}

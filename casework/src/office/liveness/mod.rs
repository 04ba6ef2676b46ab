//! 有人接办检查: can any report of this county fall through?
//!
//! A sound table may still lose a child: a row for police that was deleted leaves no gap where another row asks
//! something of somebody else. So this check knows what the law and the county owe and asks for every combination of
//! situation, age, danger, area, trigger and all other facts that a row can test, at every hour of the calendar year.
//!
//! The product is large and is never walked through. It falls apart without losing a case, and why is said here:
//! - **Situations and children.** A report asks what the rows ask for each of its situations with each of its
//!   children, together; its urgency is the highest of theirs. What holds for every single pair therefore holds for
//!   every report. Of the facts a row sees only what [`space`] lists, so a row is a box there.
//! - **Areas.** The search for a unit sees levels and kinds, not names: see `places`.
//! - **Hours.** Minutes and hours run on by themselves. A due of a day regime depends on the day of the start alone,
//!   so over a day the distance between two dues is monotone and its first and last instant decide: see `year`.
//! - **Urgency and time** meet facts only through the limit that they choose; every obligation is checked at every
//!   urgency, reachable or not, since a person can send any of them by hand.
//!
//! Findings about police are by the tables. The safety floor of the program would still send the ticket, which is why
//! nobody would notice the lost row; the finding says so.

mod answers;
mod clocks;
mod duties;
mod law;
mod model;
mod places;
mod sentence;
pub mod space;
mod year;

use std::fmt;

use serde::Serialize;

use crate::pack::Pack;
use crate::words::words;
pub use places::{Site, sites};
use sentence::Words;
use space::{Point, Space, Undecided};

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
    /// Grade of that: V, S or P.
    pub grade: String,
    /// What is wrong and what would happen, in Chinese.
    pub sentence: String,
    /// A report that would fall through, with the fewest facts; `router route` reads it. Null where none can be named.
    pub report: Option<serde_json::Value>,
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

/// Checks a pack that was read and found sound. No finding = every claim holds.
pub fn check(pack: &Pack) -> Vec<LivenessFinding> {
    let liveness = Liveness::new(pack);
    let mut found = Vec::new();
    match model::Model::read(pack, &liveness.space) {
        Ok(model) => {
            let rules = duties::check(&liveness, &model, &mut found);
            if rules.is_err() {
                found.push(liveness.undecided());
            }
            clocks::check(&liveness, Some(&model), &mut found);
        }
        Err(Undecided) => {
            found.push(liveness.undecided());
            clocks::check(&liveness, None, &mut found);
        }
    }
    found
}

/// A pack with its space.
struct Liveness<'p> {
    pack: &'p Pack,
    space: Space,
}

impl<'p> Liveness<'p> {
    fn new(pack: &'p Pack) -> Self {
        let space = Space::new(pack);
        Self { pack, space }
    }

    fn words(&self) -> Words<'_> {
        Words {
            pack: self.pack,
            space: &self.space,
        }
    }

    /// A finding whose witness is a point; `area` is where it happens.
    fn finding(
        &self,
        claim: Claim,
        (law, grade): (&str, &str),
        at: Option<(&Point, Option<&str>)>,
        sentence: String,
    ) -> LivenessFinding {
        let example = at.map(|(point, area)| self.words().example(point, area));
        LivenessFinding {
            claim,
            law: law.to_owned(),
            grade: grade.to_owned(),
            sentence: match &example {
                Some(example) => format!("{sentence}{}", example.sentence),
                None => sentence,
            },
            requester_kind: example.as_ref().and_then(|example| example.requester_kind.clone()),
            report: example.map(|example| example.report),
        }
    }

    fn undecided(&self) -> LivenessFinding {
        let sentence = "规则组合过多，未能在限定范围内查完，不能认定为完整。请合并或简化规则后再查。";
        self.finding(Claim::Undecided, ("有人接办检查", "P"), None, sentence.to_owned())
    }
}

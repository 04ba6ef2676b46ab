//! The bells of a stage that waits for its act: the dispatch, each level that was sent, and the last level again and again.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};

use super::beats::Beats;
use super::callee::Made;
use super::table::{Ringing, Step, Steps};
use crate::calendar::{Limit, Regime};
use crate::clock::escalation::PlannedStep;
use crate::roster::{PersonId, Watch};
use crate::words::{Addressee, NoSuchWord, Urgency, words};

/// The number of a stage in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StageNo(pub i64);

words! {
    /// The act for which a stage waits.
    Awaited {
        /// 签收
        Sign = "sign",
        /// 首次见面核实
        Contact = "contact",
        /// 办结
        Resolve = "resolve",
        /// 办结确认, by another person of the unit
        Confirm = "confirm",
        /// 移送审批, by the office
        Approve = "approve",
        /// 申请事项审批, by the office
        Motion = "motion",
    }
}

/// What a bell is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// A ticket was dispatched.
    Dispatch,
    /// A decision was asked for.
    Asked,
    /// A level of the escalation was sent.
    Level(u8),
    /// The last level is repeated until somebody performs the stage's act; an answer ends only one ring of it.
    Again,
}

impl FromStr for Cause {
    type Err = NoSuchWord;

    fn from_str(word: &str) -> Result<Self, NoSuchWord> {
        let known = match word {
            "dispatch" => Some(Self::Dispatch),
            "asked" => Some(Self::Asked),
            "again" => Some(Self::Again),
            level => level
                .strip_prefix("level-")
                .and_then(|level| level.parse().ok())
                .map(Self::Level),
        };
        known.ok_or_else(|| NoSuchWord::new("Cause", word, &["dispatch", "asked", "again", "level-1"]))
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dispatch => f.write_str("dispatch"),
            Self::Asked => f.write_str("asked"),
            Self::Level(level) => write!(f, "level-{level}"),
            Self::Again => f.write_str("again"),
        }
    }
}

/// Which bell: the same for ever, however often it is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BellId {
    /// Of which stage.
    pub stage: StageNo,
    /// An extension or a reopening starts a new one, with bells of its own.
    pub due_generation: i32,
    /// What it is about.
    pub cause: Cause,
}

/// Which ring of a bell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RingId {
    /// Of which bell.
    pub bell: BellId,
    /// From 0.
    pub index: u32,
}

impl fmt::Display for RingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let BellId {
            stage: StageNo(stage),
            due_generation,
            cause,
        } = self.bell;
        write!(f, "ring:{stage}:{due_generation}:{cause}:{}", self.index)
    }
}

/// How far a bell has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// The rings before this number are covered.
    pub next: u32,
    /// A named person answered.
    pub answered: bool,
}

/// A stage whose act nobody has performed.
#[derive(Debug, Clone)]
pub struct OpenStage {
    /// Which.
    pub stage: StageNo,
    /// Counted up by an extension or a reopening.
    pub due_generation: i32,
    /// The act that ends it.
    pub awaited: Awaited,
    /// Receipt of the report: one call tells of all its rings.
    pub report: String,
    /// Who holds the ticket.
    pub unit: String,
    /// What is asked.
    pub obligation: String,
    /// How urgent.
    pub urgency: Urgency,
    /// When this generation began to run.
    pub start: DateTime<Utc>,
    /// When it went on after it had ended: a closing was taken back. What was due before is late by nobody's fault but that closing's.
    pub resumed: Option<DateTime<Utc>>,
    /// Its limit is in days: it waits for duty hours.
    pub in_days: bool,
    /// When the flood began to which its report belongs: its rings are gathered; none: they are not.
    pub flood: Option<DateTime<Utc>>,
    /// To whom the unit gave the ticket.
    pub assignee: Option<PersonId>,
    /// All levels.
    pub plan: Vec<PlannedStep>,
    /// When each level was sent; one that is missing was not, or a later one was told instead.
    pub sent: BTreeMap<u8, DateTime<Utc>>,
    /// How far its bells have come; one that is missing has not rung yet.
    pub progress: BTreeMap<Cause, Progress>,
    /// The calls of each bell's last ring.
    pub made: BTreeMap<Cause, Vec<Made>>,
}

/// Whom a bell calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Toward {
    /// The seats of a unit.
    Unit(String),
    /// The leader of a unit, whatever the seat.
    LeaderOf(String),
    /// A person of a unit for its duty, the other seats as they are.
    Person(PersonId, String),
}

impl Toward {
    /// The unit whose duty hours count.
    pub fn unit(&self) -> &str {
        match self {
            Self::Unit(unit) | Self::LeaderOf(unit) | Self::Person(_, unit) => unit,
        }
    }
}

/// One bell.
#[derive(Debug, Clone)]
pub struct Bell {
    /// Which.
    pub id: BellId,
    /// Whom it calls.
    pub toward: Toward,
    /// By which steps.
    pub steps: Steps,
    /// From when on.
    pub start: DateTime<Utc>,
    /// Whether it waits for duty hours.
    pub waits: bool,
    /// How far it has come.
    pub progress: Progress,
    /// The calls of its last ring.
    pub made: Vec<Made>,
}

impl Bell {
    /// Its moments.
    pub fn beats<'b>(&'b self, watch: &'b Watch<'_>) -> Beats<'b> {
        Beats {
            steps: &self.steps,
            start: self.start,
            waits: self.waits,
            clock: watch.clock(self.toward.unit()),
        }
    }

    /// Whether an answer has silenced it. That of the repetition is silent for one ring only.
    pub fn is_silent(&self) -> bool {
        self.progress.answered && self.id.cause != Cause::Again
    }
}

impl OpenStage {
    /// All its bells, silent ones included.
    pub fn bells(&self, table: &Ringing, units: &Above<'_>) -> Vec<Bell> {
        let mut bells = Vec::new();
        let (own, office) = (&self.unit, units.office);
        let steps = || table.of_escalation(self.urgency);
        match self.awaited {
            Awaited::Sign => {
                let steps = table.steps(&self.obligation, self.urgency);
                bells.push(self.bell(Cause::Dispatch, Toward::Unit(own.clone()), steps, self.start));
            }
            Awaited::Confirm => bells.push(self.bell(Cause::Asked, Toward::Unit(own.clone()), steps(), self.start)),
            Awaited::Approve | Awaited::Motion => {
                bells.push(self.bell(Cause::Asked, Toward::Unit(office.to_owned()), steps(), self.start));
            }
            Awaited::Contact | Awaited::Resolve => {}
        }
        let sent = |step: &PlannedStep| self.sent.get(&step.level);
        for (step, sent) in self.plan.iter().filter_map(|step| Some((step, sent(step)?))) {
            bells.push(self.bell(Cause::Level(step.level), self.toward(step.to, units), steps(), *sent));
        }
        if let Some((last, sent)) = self.plan.last().and_then(|step| Some((step, sent(step)?))) {
            let again = Steps {
                first: Vec::new(),
                again: Step {
                    after: again_after(self.urgency, self.awaited),
                    ..steps().again
                },
            };
            bells.push(self.bell(Cause::Again, self.toward(last.to, units), again, *sent));
        }
        bells
    }

    /// One of its bells.
    fn bell(&self, cause: Cause, toward: Toward, steps: Steps, start: DateTime<Utc>) -> Bell {
        Bell {
            id: BellId {
                stage: self.stage,
                due_generation: self.due_generation,
                cause,
            },
            toward,
            steps,
            start,
            waits: self.in_days,
            progress: self.progress.get(&cause).copied().unwrap_or_default(),
            made: self.made.get(&cause).cloned().unwrap_or_default(),
        }
    }

    fn toward(&self, to: Addressee, units: &Above<'_>) -> Toward {
        match (to, &self.assignee) {
            (Addressee::Assignee, Some(person)) => Toward::Person(person.clone(), self.unit.clone()),
            (Addressee::Assignee, None) => Toward::Unit(self.unit.clone()),
            (Addressee::UnitLeader, _) => Toward::LeaderOf(self.unit.clone()),
            (Addressee::Office, _) => Toward::Unit(units.office.to_owned()),
            (Addressee::LeadingGroup, _) => Toward::Unit(units.leading_group.to_owned()),
        }
    }
}

/// The units above all others.
#[derive(Debug, Clone, Copy)]
pub struct Above<'a> {
    /// Code of the office.
    pub office: &'a str,
    /// Code of the leading group.
    pub leading_group: &'a str,
}

/// How often the last level of an overdue stage is repeated.
pub const fn again_after(urgency: Urgency, awaited: Awaited) -> Limit {
    let (count, regime) = match (urgency, awaited) {
        (Urgency::P3, _) | (_, Awaited::Resolve) => (1, Regime::WorkingDays),
        (Urgency::P1, _) => (30, Regime::Minutes),
        (Urgency::P2, _) => (4, Regime::Hours),
    };
    Limit { count, regime }
}

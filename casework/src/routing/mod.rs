//! From facts to tickets: who owes what by when, and why.
//!
//! The order matters. The safety floor is laid from the raw codes before any rule is read: a statutory
//! situation or present danger has a police ticket whatever the tables say. Then the tables give urgency and
//! obligations for each situation with each child, each obligation finds its unit, and each ticket its stages.
//! Each table is answered by two evaluators; where they differ both answers count ([`rules::Twofold`]).
//! Whatever no rule settles becomes a triage ticket of the office beside the tickets that could be made, so
//! that a mistake in the rules costs a person's look and never a child.

mod ask;
mod by_hand;
mod decision;
mod plan;
pub mod rules;
pub mod soundness;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use ask::Asks;
pub use by_hand::by_hand;
pub use decision::{Basis, Decision, MatchedRow, PlannedStage, PlannedTicket, Role, Stage, Unsent, basis_zh};
pub use plan::stage_started;
use rules::{Seen, TRIAGE, Trigger, Twofold};

use crate::dmn::Ambiguous;
use crate::facts::Facts;
use crate::pack::{OFFICE, Pack};
use crate::urgency::Urgency;

/// Decides who owes what by when. Never fails: what can't be settled is a triage ticket with its reason.
pub fn decide(pack: &Pack, facts: &Facts, dispatched_at: DateTime<Utc>) -> Decision {
    let mut work = Work::new();
    let mut asks = Asks::floor(facts);
    let mut urgency = None;
    for situation in &facts.situations {
        if !pack.vocabulary().situations.contains(situation) {
            work.doubt(format!("情形代码 {situation} 不在本县词汇表中"));
        }
        for child in &facts.children {
            let seen = Seen {
                facts,
                situation,
                child,
                trigger: Trigger::Report,
            };
            for found in work.compare(pack.rules().urgency(&seen)) {
                match found {
                    Ok(Some((found, row))) => {
                        urgency = urgency.max(Some(found));
                        work.row("urgency", row);
                    }
                    Ok(None) => work.unknown_urgency(&mut urgency, format!("情形 {situation} 没有对应的紧急程度规则")),
                    Err(error) => work.unknown_urgency(&mut urgency, format!("紧急程度规则无法得出唯一结果：{error}")),
                }
            }
            for asked in work.compare(pack.rules().obligations(&seen)) {
                match asked {
                    Ok(asked) => {
                        for asked in asked {
                            work.row("obligations", asked.row());
                            asks.add(&asked);
                        }
                    }
                    Err(error) => work.doubt(format!("职责分工规则无法得出结果：{error}")),
                }
            }
        }
    }
    let mut urgency = urgency.unwrap_or(Urgency::P1);
    if facts.repeat {
        urgency = urgency.raised();
    }
    let (tickets, unsent) = asks.place(pack, facts);
    work.finish(pack, urgency, tickets, unsent, dispatched_at)
}

/// The answer for a report that could not be routed: the police ticket if the safety floor asks for one, and a
/// triage ticket with the reason. Evaluates no table, since one of them may be what failed; the urgency nobody
/// could judge counts as the highest.
pub fn triage(pack: &Pack, facts: &Facts, reason: &str, dispatched_at: DateTime<Utc>) -> Decision {
    let mut work = Work::new();
    work.doubt(reason.to_owned());
    let (tickets, unsent) = Asks::floor(facts).place(pack, facts);
    work.finish(pack, Urgency::P1, tickets, unsent, dispatched_at)
}

/// What is gathered on the way.
struct Work {
    rows: BTreeSet<MatchedRow>,
    doubts: Vec<String>,
    disagreements: u32,
}

impl Work {
    const fn new() -> Self {
        Self {
            rows: BTreeSet::new(),
            doubts: Vec::new(),
            disagreements: 0,
        }
    }

    /// The answers of a table, one where both evaluators say the same. Where they differ both count, and a person
    /// must look: one of them is wrong, and nobody knows which.
    fn compare<T>(&mut self, answers: Twofold<T>) -> impl Iterator<Item = Result<T, Ambiguous>> + use<T> {
        if let Some(difference) = &answers.difference {
            self.disagreements += 1;
            self.doubt(difference.clone());
        }
        answers.each()
    }

    fn row(&mut self, decision: &str, row: usize) {
        self.rows.insert(MatchedRow {
            decision: decision.to_owned(),
            row,
        });
    }

    /// Something that a person must look at.
    fn doubt(&mut self, reason: String) {
        if !self.doubts.contains(&reason) {
            self.doubts.push(reason);
        }
    }

    fn unknown_urgency(&mut self, urgency: &mut Option<Urgency>, reason: String) {
        *urgency = Some(Urgency::P1);
        self.doubt(reason);
    }

    fn finish(
        mut self,
        pack: &Pack,
        urgency: Urgency,
        mut tickets: Vec<PlannedTicket>,
        unsent: Vec<Unsent>,
        dispatched_at: DateTime<Utc>,
    ) -> Decision {
        if tickets.is_empty() && self.doubts.is_empty() {
            self.doubt("没有规则为本报告派出工单".into());
        }
        for ticket in &tickets {
            for reason in plan::missing(pack, &ticket.obligation, urgency) {
                self.doubt(reason);
            }
        }
        if !self.doubts.is_empty() && !tickets.iter().any(|ticket| ticket.obligation == TRIAGE) {
            tickets.push(triage_ticket(pack));
        }
        let ranking = pack.rules().ranking();
        tickets.sort_by_cached_key(|ticket| {
            let rank = ranking.rank(&ticket.obligation, &ticket.unit_kind);
            (rank, ticket.unit.clone(), ticket.obligation.clone())
        });
        for (index, ticket) in tickets.iter_mut().enumerate() {
            ticket.lead = index == 0;
            ticket.stages = plan::stages(pack, &ticket.obligation, &ticket.unit, urgency, dispatched_at);
            for &stage in Stage::ALL {
                if let Some(deadline) = pack.rules().deadline(&ticket.obligation, urgency, stage) {
                    self.row("deadlines", deadline.row);
                    for level in pack.rules().levels(urgency, stage) {
                        self.row("escalation", level.row);
                    }
                }
            }
        }
        Decision {
            urgency,
            tickets,
            unsent,
            rows: self.rows.into_iter().collect(),
            triage_reasons: self.doubts,
            disagreements: self.disagreements,
        }
    }
}

/// A ticket with which the office decides by hand.
fn triage_ticket(pack: &Pack) -> PlannedTicket {
    PlannedTicket {
        obligation: TRIAGE.into(),
        unit: pack.units().office().into(),
        unit_kind: OFFICE.into(),
        lead: false,
        role: Role::Lead,
        evidence: None,
        basis: vec![Basis {
            text: "county policy".into(),
            grade: "P".into(),
        }],
        stages: Vec::new(),
    }
}

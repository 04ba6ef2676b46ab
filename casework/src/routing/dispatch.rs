//! Who owes what, without the clocks.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::ask::Asks;
use super::{Basis, Decision, MatchedRow, PlannedTicket, Unsent, plan};
use crate::dmn::Ambiguous;
use crate::pack::Pack;
use crate::report::{ChildFacts, Facts};
use crate::rules::{Seen, Trigger, Twofold};
use crate::words::reserved::{OFFICE, TRIAGE};
use crate::words::{Grade, Handling, Stage, Urgency};
use crate::zh::doubts;

/// Who owes what, before any clock is set. Clocks cost more than all the rest, and a replay needs few of them.
pub(crate) struct Dispatch {
    pub(crate) urgency: Urgency,
    /// The lead first, then by ranking; never empty; none has stages.
    pub(crate) tickets: Vec<PlannedTicket>,
    unsent: Vec<Unsent>,
    work: Work,
}

impl Dispatch {
    /// What the floor and the tables make of a report.
    pub(crate) fn of(pack: &Pack, facts: &Facts) -> Self {
        let mut work = Work::new();
        let mut asks = Asks::floor(facts);
        let mut urgency = None;
        for situation in &facts.situations {
            if !pack.vocabulary().situations.contains(situation) {
                work.doubt(doubts::unknown_situation(situation));
            }
            for (child, of) in facts.children.iter().enumerate() {
                for possible in pack.rules().urgency_cuts().every(of) {
                    work.urgency(pack, &seen(facts, situation, &possible), &mut urgency);
                }
                for (place, possible) in pack.rules().obligations_cuts().every(of).iter().enumerate() {
                    for asked in work.compare(pack.rules().obligations(&seen(facts, situation, possible))) {
                        match asked {
                            Ok(asked) => {
                                for asked in asked {
                                    work.row("obligations", asked.row());
                                    asks.add(&asked, situation, (child, place));
                                }
                            }
                            Err(error) => work.doubt(doubts::no_obligations(error)),
                        }
                    }
                }
            }
        }
        let mut urgency = urgency.unwrap_or(Urgency::P1);
        if facts.repeat {
            urgency = urgency.raised();
        }
        let (tickets, unsent) = asks.place(pack, facts);
        Self::new((pack, facts), urgency, tickets, unsent, work)
    }

    /// The floor and a triage ticket, at the highest urgency.
    pub(super) fn triage(pack: &Pack, facts: &Facts, reason: &str) -> Self {
        let mut work = Work::new();
        work.doubt(reason.to_owned());
        let (tickets, unsent) = Asks::floor(facts).place(pack, facts);
        Self::new((pack, facts), Urgency::P1, tickets, unsent, work)
    }

    fn new(
        (pack, facts): (&Pack, &Facts),
        urgency: Urgency,
        mut tickets: Vec<PlannedTicket>,
        unsent: Vec<Unsent>,
        mut work: Work,
    ) -> Self {
        if tickets.is_empty() && work.doubts.is_empty() {
            work.doubt(doubts::NO_TICKET.into());
        }
        for ticket in &tickets {
            for reason in plan::missing(pack, &ticket.obligation, urgency) {
                work.doubt(reason);
            }
        }
        if !work.doubts.is_empty() && !tickets.iter().any(|ticket| ticket.obligation == TRIAGE) {
            tickets.push(triage_ticket(pack, facts));
        }
        let ranking = pack.rules().ranking();
        tickets.sort_by_cached_key(|ticket| {
            let rank = ranking.rank(&ticket.obligation, &ticket.unit_kind);
            (rank, ticket.unit.clone(), ticket.obligation.clone())
        });
        for (index, ticket) in tickets.iter_mut().enumerate() {
            ticket.lead = index == 0;
        }
        Self {
            urgency,
            tickets,
            unsent,
            work,
        }
    }

    /// The rows of `obligations` that asked something.
    pub(crate) fn asked(&self) -> impl Iterator<Item = usize> {
        let rows = self.work.rows.iter();
        rows.filter(|row| row.decision == "obligations").map(|row| row.row)
    }

    /// Gives each ticket its stages, with the rows they come from.
    pub(super) fn with_clocks(mut self, pack: &Pack, dispatched_at: DateTime<Utc>) -> Decision {
        for ticket in &mut self.tickets {
            ticket.stages = plan::stages(pack, (&ticket.obligation, &ticket.unit), self.urgency, dispatched_at);
            for &stage in Stage::ALL {
                if let Some(deadline) = pack.rules().deadline(&ticket.obligation, self.urgency, stage) {
                    self.work.row("deadlines", deadline.row);
                    for level in pack.rules().levels(self.urgency, stage) {
                        self.work.row("escalation", level.row);
                    }
                }
            }
        }
        Decision {
            urgency: self.urgency,
            tickets: self.tickets,
            unsent: self.unsent,
            rows: self.work.rows.into_iter().collect(),
            triage_reasons: self.work.doubts,
            unlisted: None,
            looks: pack.rules().looks(),
            disagreements: self.work.disagreements,
        }
    }
}

fn seen<'a>(facts: &'a Facts, situation: &'a str, child: &'a ChildFacts) -> Seen<'a> {
    Seen {
        facts,
        situation,
        child,
        trigger: Trigger::Report,
    }
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

    /// The urgency of one situation with one possible child, if it is higher than what was found before.
    fn urgency(&mut self, pack: &Pack, seen: &Seen<'_>, urgency: &mut Option<Urgency>) {
        for found in self.compare(pack.rules().urgency(seen)) {
            match found {
                Ok(Some((found, row))) => {
                    *urgency = (*urgency).max(Some(found));
                    self.row("urgency", row);
                }
                Ok(None) => {
                    self.unknown_urgency(urgency, doubts::no_urgency(seen.situation));
                }
                Err(error) => {
                    self.unknown_urgency(urgency, doubts::several_urgencies(error));
                }
            }
        }
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
}

/// A ticket with which the office decides by hand.
fn triage_ticket(pack: &Pack, facts: &Facts) -> PlannedTicket {
    PlannedTicket {
        obligation: TRIAGE.into(),
        unit: pack.units().office().into(),
        unit_kind: OFFICE.into(),
        lead: false,
        role: Handling::Lead,
        evidence: None,
        basis: vec![Basis {
            text: "county policy".into(),
            grade: Grade::P,
        }],
        unknowns: Vec::new(),
        // The report as a whole is what a person must judge.
        own: facts.situations.clone(),
        shows: pack.rules().shows(TRIAGE, OFFICE),
        stages: Vec::new(),
    }
}

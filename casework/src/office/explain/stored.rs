//! Explaining a ticket that was stored, by the versions that it is pinned to.
//!
//! Rows, reasons, versions and deadlines are told as they were recorded; the tables are asked again only for the
//! conditions of recorded rows. Facts that this version can't read whole are said to be so: then the recorded rows
//! are named without their conditions, because those would be guesses.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::sight::{Sight, cut, reported_as_read};
use super::{Explanation, ticket};
use crate::calendar::Limit;
use crate::clock::escalation::PlannedStep;
use crate::disclosure::Shows;
use crate::pack::Pack;
use crate::report::{StoredFacts, salvage};
use crate::routing::{Basis, Decision, MatchedRow, PlannedStage, PlannedTicket, decide};
use crate::words::reserved::TRIAGE;
use crate::words::{Grade, Handling, Stage, Urgency};
use crate::zh::explain::made;
use crate::zh::facts::{moment_zh, row_zh};

/// A ticket as it is stored, with what it was made from.
#[derive(Debug, Clone, Deserialize)]
pub struct Stored {
    obligation: String,
    unit: String,
    unit_kind: String,
    lead: bool,
    urgency: Urgency,
    basis: Vec<Basis>,
    dispatched_at: DateTime<Utc>,
    facts: StoredFacts,
    stages: Vec<StoredStage>,
    /// What brought it here, where no rule did.
    #[serde(default)]
    brought: Option<Brought>,
    /// The decision that dispatched it, or that its report was dispatched by before; none: none is kept.
    pub decision: Option<StoredDecision>,
    tickets: Vec<Other>,
}

/// An act of people that made a ticket.
#[derive(Debug, Clone, Deserialize)]
struct Brought {
    /// `transferred-in`, `returned-in`, `not-filed-told`, `request-received` or `joined-in`.
    how: String,
    /// Unit from which it comes.
    from: Option<String>,
}

/// The decision that dispatched a ticket.
#[derive(Debug, Clone, Deserialize)]
pub struct StoredDecision {
    round: i16,
    /// Version of the pack.
    pub pack_version: i32,
    /// Version of the rule set.
    pub rule_set: i32,
    rows: Vec<MatchedRow>,
    triage_reasons: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
struct StoredStage {
    stage: Stage,
    due_at: Option<DateTime<Utc>>,
    time_limit: Limit,
    start_event: String,
    basis: String,
    grade: Grade,
    provisional: bool,
    derivation: Vec<String>,
    plan: Vec<PlannedStep>,
}

/// A ticket of the same report, the explained one among them.
#[derive(Debug, Clone, Deserialize)]
struct Other {
    obligation: String,
    unit: String,
    unit_kind: String,
    lead: bool,
}

/// Explains a stored ticket to somebody who sees so much of its report. `made` is its decision; the pack is the one that this names.
pub fn stored(pack: &Pack, stored: &Stored, made: &StoredDecision, sight: &Sight) -> Explanation {
    let (mut facts, unreadable) = salvage(&stored.facts);
    if unreadable.is_some() {
        // What a row would make of half a child is a guess.
        facts.children.clear();
    }
    let (decision, mut planned) = (decision(stored, made), planned(stored));
    if !planned.is_by_hand() {
        // Facts and versions are those of the dispatch, so the rules say again what it rests on.
        let again = decide(pack, &facts, stored.dispatched_at);
        let same = |ticket: &&PlannedTicket| ticket.obligation == planned.obligation && ticket.unit == planned.unit;
        planned.unknowns = again
            .tickets
            .iter()
            .find(same)
            .map(|ticket| ticket.unknowns.clone())
            .unwrap_or_default();
    }
    let mut told = ticket(pack, &facts, &decision, &planned);
    if unreadable.is_some() {
        told.reported = reported_as_read(pack, &facts, &stored.facts, &Sight::whole());
        as_recorded(pack, &decision, &planned, &mut told);
    }
    if sight.shows != Shows::all() {
        told = cut(told, pack, &facts, &planned, sight);
        if unreadable.is_some() {
            told.reported = reported_as_read(pack, &facts, &stored.facts, sight);
        }
    }
    // Last: these sentences name units and times alone, and whoever sees less of the report must not be told either that a rule chose.
    if let Some(brought) = &stored.brought {
        by_its_own_reason(pack, brought, stored, &mut told);
    }
    told.made = versions(made, stored.dispatched_at, planned.is_by_hand());
    told
}

/// The rules did not choose this unit: whoever reads it must not be told that they did.
fn by_its_own_reason(pack: &Pack, brought: &Brought, stored: &Stored, told: &mut Explanation) {
    let name = |code: &str| {
        pack.units()
            .get(code)
            .map_or(code, |unit| unit.name.as_str())
            .to_owned()
    };
    let from = brought.from.as_deref().map(name).unwrap_or_default();
    let at = moment_zh(stored.dispatched_at);
    told.asked = Vec::new();
    match brought.how.as_str() {
        "transferred-in" => {
            told.beside_rows = vec![made::transferred(&from, &at)];
            told.found = vec![made::found_by_transfer(&told.unit.1)];
        }
        "returned-in" => {
            told.beside_rows = vec![made::returned(&from, &at)];
            told.found = vec![made::found_by_office(&told.unit.1)];
        }
        // The unit was found as the rules find it for a report.
        "request-received" => told.beside_rows = vec![made::requested(&from, &at)],
        // Who named it stands in the sentence on how it was found.
        "joined-in" => told.beside_rows = vec![made::joined(&from, &at)],
        _ => told.beside_rows = vec![made::not_filed(&from, &at)],
    }
}

/// Facts that can't be read whole: the recorded rows by number.
fn as_recorded(pack: &Pack, decision: &Decision, planned: &PlannedTicket, told: &mut Explanation) {
    if planned.is_by_hand() {
        return;
    }
    let recorded = |table: &str, name: &str| {
        let numbers = decision.rows.iter().filter(|row| row.decision == table);
        let numbers: Vec<usize> = numbers.map(|row| row.row).collect();
        (!numbers.is_empty()).then(|| made::recorded(&row_zh(name, &numbers)))
    };
    let name = |table: Option<&crate::dmn::Table>, otherwise: &str| {
        table.map_or_else(|| otherwise.to_owned(), |table| table.name.clone())
    };
    if planned.obligation != TRIAGE {
        let table = name(pack.rules().obligations_table(), "obligations");
        told.beside_rows.extend(recorded("obligations", &table));
    }
    let table = name(pack.rules().urgency_table(), "urgency");
    if let Some(rows) = recorded("urgency", &table) {
        told.urgent_because = vec![rows];
    }
}

/// By which versions it was dispatched, when and in which round.
fn versions(decision: &StoredDecision, dispatched_at: DateTime<Utc>, by_hand: bool) -> Vec<String> {
    let mut said = vec![made::versions(
        decision.rule_set,
        decision.pack_version,
        &moment_zh(dispatched_at),
    )];
    if decision.round > 1 {
        said.push(made::round(decision.round.into(), by_hand));
    }
    said
}

fn decision(stored: &Stored, made: &StoredDecision) -> Decision {
    let tickets = stored.tickets.iter().map(|other| PlannedTicket {
        obligation: other.obligation.clone(),
        unit: other.unit.clone(),
        unit_kind: other.unit_kind.clone(),
        lead: other.lead,
        role: Handling::Lead,
        evidence: None,
        basis: Vec::new(),
        unknowns: Vec::new(),
        own: Vec::new(),
        shows: Shows::nothing(),
        stages: Vec::new(),
    });
    Decision {
        urgency: stored.urgency,
        tickets: tickets.collect(),
        unsent: Vec::new(),
        rows: made.rows.clone(),
        triage_reasons: made.triage_reasons.clone(),
        unlisted: None,
        looks: BTreeMap::new(),
        disagreements: 0,
    }
}

fn planned(stored: &Stored) -> PlannedTicket {
    PlannedTicket {
        obligation: stored.obligation.clone(),
        unit: stored.unit.clone(),
        unit_kind: stored.unit_kind.clone(),
        lead: stored.lead,
        role: Handling::Lead,
        evidence: None,
        basis: stored.basis.clone(),
        unknowns: Vec::new(),
        own: Vec::new(),
        shows: Shows::nothing(),
        stages: stored.stages.iter().map(planned_stage).collect(),
    }
}

fn planned_stage(stage: &StoredStage) -> PlannedStage {
    PlannedStage {
        stage: stage.stage,
        due: stage.due_at,
        limit: stage.time_limit,
        start: stage.start_event.clone(),
        basis: stage.basis.clone(),
        grade: stage.grade,
        provisional: stage.provisional,
        derivation: stage.derivation.clone(),
        steps: stage.plan.clone(),
    }
}

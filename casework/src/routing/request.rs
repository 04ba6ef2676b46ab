//! 提请协办: what a unit may ask of another unit about a report, by the rows of the rules whose trigger is `request`.
//!
//! The same tables, units and clocks as for a report; only who asks is another fact. Entitled is whom a row asks for: nothing
//! else says who may.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::ask::Asks;
use super::{MatchedRow, PlannedTicket, decide, plan};
use crate::dmn::sfeel::Value;
use crate::dmn::{Inputs, Rule, Table};
use crate::pack::Pack;
use crate::report::{ChildFacts, Facts};
use crate::rules::{Seen, Trigger, inputs};
use crate::words::{Stage, Urgency};

/// What a request makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedRequest {
    /// Tickets of the asked units; empty where no unit of the asked kind exists.
    pub tickets: Vec<PlannedTicket>,
    /// Rows of the decision tables that matched or were used, each once, sorted.
    pub rows: Vec<MatchedRow>,
}

/// Who asks for what.
#[derive(Debug, Clone, Copy)]
pub struct Asking<'a> {
    /// Kind of the asking unit.
    pub unit_kind: &'a str,
    /// Obligation code.
    pub obligation: &'a str,
    /// Urgency of the asking unit's ticket.
    pub urgency: Urgency,
    /// When.
    pub at: DateTime<Utc>,
}

/// What can be asked for about a report at all: by obligation, the kinds of unit that may. A page asks this at each look, so rows for
/// others than requests, and kinds that a row does not name, are passed over before any child is looked at.
pub fn askable(pack: &Pack, facts: &Facts) -> BTreeMap<String, BTreeSet<String>> {
    let mut askable: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let Some(table) = pack.rules().obligations_table() else {
        return askable;
    };
    let cuts = pack.rules().obligations_cuts();
    let children: Vec<ChildFacts> = facts.children.iter().flat_map(|child| cuts.every(child)).collect();
    for kind in pack.vocabulary().unit_kinds.offered() {
        let kind = &kind.term.code;
        let by = Trigger::Request { requester_kind: kind };
        let who = Inputs::from([("trigger", "request".into()), ("requester_kind", kind.as_str().into())]);
        for rule in table.rules.iter().filter(|rule| fits(table, rule, &who, true)) {
            let met = |situation: &String, child| fits(table, rule, &inputs(facts, situation, child, by), false);
            let asked = |situation| children.iter().any(|child| met(situation, child));
            if facts.situations.iter().any(asked) {
                let obligation = table.output(rule, "obligation").as_text().unwrap_or_default();
                askable.entry(obligation.to_owned()).or_default().insert(kind.clone());
            }
        }
    }
    askable
}

/// Whether a row matches; `partly`: as far as the inputs go.
fn fits(table: &Table, rule: &Rule, inputs: &Inputs<'_>, partly: bool) -> bool {
    let mut columns = table.inputs.iter().zip(&rule.tests);
    columns.all(|(column, test)| match inputs.get(column.name.as_str()) {
        None if partly => true,
        value => test.matches(column.seen(value.unwrap_or(&Value::Null))),
    })
}

/// The tickets of a request, with their clocks; `None` where this kind of unit is not entitled to it.
pub fn request(pack: &Pack, facts: &Facts, asking: Asking<'_>) -> Option<PlannedRequest> {
    let Asking {
        unit_kind,
        obligation,
        urgency,
        at,
    } = asking;
    let asks = asks(pack, facts, unit_kind);
    let asked = asks.rows().filter(|(asked, _)| *asked == obligation);
    let mut rows: BTreeSet<MatchedRow> = asked.map(|(_, row)| matched("obligations", row)).collect();
    if rows.is_empty() {
        return None;
    }
    let (mut tickets, _) = asks.place(pack, facts);
    tickets.retain(|ticket| ticket.obligation == obligation);
    for ticket in &mut tickets {
        ticket.stages = plan::stages(pack, (obligation, &ticket.unit), urgency, at);
    }
    for &stage in Stage::ALL {
        if let Some(deadline) = pack.rules().deadline(obligation, urgency, stage) {
            rows.insert(matched("deadlines", deadline.row));
            let levels = pack.rules().levels(urgency, stage).iter();
            rows.extend(levels.map(|level| matched("escalation", level.row)));
        }
    }
    // How urgent the matter is was no question of the request: it is as urgent as the report.
    let urgent = decide(pack, facts, at).rows.into_iter();
    rows.extend(urgent.filter(|row| row.decision == "urgency"));
    Some(PlannedRequest {
        tickets,
        rows: rows.into_iter().collect(),
    })
}

fn matched(decision: &str, row: usize) -> MatchedRow {
    MatchedRow {
        decision: decision.to_owned(),
        row,
    }
}

/// Everything that the rows ask for where a unit of this kind asks. Where the two evaluators differ both answers count.
fn asks(pack: &Pack, facts: &Facts, kind: &str) -> Asks {
    let mut asks = Asks::nothing();
    for situation in &facts.situations {
        for (child, of) in facts.children.iter().enumerate() {
            for (place, possible) in pack.rules().obligations_cuts().every(of).iter().enumerate() {
                let seen = Seen {
                    facts,
                    situation,
                    child: possible,
                    trigger: Trigger::Request { requester_kind: kind },
                };
                for asked in pack.rules().obligations(&seen).each().flatten().flatten() {
                    asks.add(&asked, situation, (child, place));
                }
            }
        }
    }
    asks
}

//! Which rows met the report, and its facts as the rows see them.

use std::collections::BTreeSet;

use serde::Serialize;

use super::basis::BasisWhy;
use crate::dmn::sfeel::{Test, Value};
use crate::dmn::{Inputs, Rule, Table};
use crate::pack::Pack;
use crate::report::{ChildFacts, Facts, Unknown};
use crate::routing::{Decision, PlannedTicket};
use crate::rules::possible::Cuts;
use crate::rules::{Trigger, inputs};
use crate::words::{Grade, Handling, Urgency};
use crate::zh::explain::reported::unknowns_zh;
use crate::zh::explain::urgent;
use crate::zh::facts::{UNKNOWN, fact_zh, test_zh, value_zh};

/// One row of a decision table that met the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowWhy {
    /// The decision table's name.
    pub table: String,
    /// 1-based row.
    pub row: usize,
    /// Situations that met it, counted from 1 in the report's order.
    pub situations: Vec<usize>,
    /// Children that met it, counted from 1 in the report's order.
    pub children: Vec<usize>,
    /// What the row asks, and what the report says. Empty = the row asks nothing.
    pub conditions: Vec<Condition>,
    /// Where the row comes from, where it says so.
    pub basis: Option<BasisWhy>,
    /// What the row answers, where that is a word: `特急`.
    pub answer: Option<String>,
}

/// One cell of a row that asks something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Condition {
    /// The column's variable.
    pub column: String,
    /// What people read above the column.
    pub label: String,
    /// What the report says.
    pub fact: String,
    /// What the cell accepts.
    pub accepts: String,
}

/// Rows of `obligations` that asked for the ticket. A row counts only where the decision names it: what was decided
/// without the rules, or by a person, is not told as if a row had asked.
pub(super) fn asked(pack: &Pack, facts: &Facts, decision: &Decision, ticket: &PlannedTicket) -> Vec<RowWhy> {
    let Some(table) = pack.rules().obligations_table().filter(|_| !ticket.is_by_hand()) else {
        return Vec::new();
    };
    let mut rows = Vec::new();
    each_pair(facts, pack.rules().obligations_cuts(), |(situation, child), inputs| {
        let named = |rule: &&Rule| is_named(decision, "obligations", rule.number);
        for rule in table.evaluate(inputs).unwrap_or_default().into_iter().filter(named) {
            let text = |column| table.output(rule, column).as_text().unwrap_or_default();
            if text("obligation") == ticket.obligation
                && lands(pack, facts, text("unit_kind"), text("role")) == ticket.unit
            {
                let basis = Some(BasisWhy::new(pack, text("basis"), Grade::of_cell(text("grade"))));
                let at = At {
                    pack,
                    facts,
                    inputs,
                    situation,
                    child,
                };
                meet(at, table, rule, (basis, None), &mut rows);
            }
        }
    });
    rows.sort_by_key(|row| row.row);
    rows
}

fn is_named(decision: &Decision, table: &str, row: usize) -> bool {
    decision
        .rows
        .iter()
        .any(|named| named.decision == table && named.row == row)
}

/// The unit at which an ask of a kind lands; empty = nowhere.
fn lands<'p>(pack: &'p Pack, facts: &Facts, kind: &str, role: &str) -> &'p str {
    let (areas, recusals) = (pack.areas(), pack.rules().recusals());
    let unit = pack
        .units()
        .find(areas, recusals, kind, facts.area.as_deref(), facts.suspect);
    match (unit, Handling::from_word(role)) {
        (Some(unit), _) => &unit.code,
        (None, Some(Handling::Assist)) => "",
        (None, _) => pack.units().office(),
    }
}

/// Rows of `urgency` that gave the decided urgency, and in words what they alone don't say. Who chooses by hand takes
/// the urgency of the rules, whose rows are not recorded then.
pub(super) fn urgent(pack: &Pack, facts: &Facts, decision: &Decision, by_hand: bool) -> (Vec<RowWhy>, Vec<String>) {
    let decided = decision.urgency;
    let Some(table) = pack.rules().urgency_table() else {
        return (Vec::new(), vec![urgent::NO_TABLE.to_owned()]);
    };
    let mut rows: Vec<(Urgency, RowWhy)> = Vec::new();
    let mut unsettled = false;
    let cuts = pack.rules().urgency_cuts();
    each_pair(facts, cuts, |(situation, child), inputs| {
        let hits = table.evaluate(inputs).unwrap_or_default();
        let word = |rule| table.output(rule, "urgency").as_text().and_then(Urgency::from_word);
        let Some((rule, urgency)) = hits.first().and_then(|rule| Some((*rule, word(rule)?))) else {
            unsettled = true;
            return;
        };
        let mut met: Vec<RowWhy> = rows
            .iter()
            .filter(|(_, row)| row.row == rule.number)
            .map(|(_, row)| row.clone())
            .collect();
        rows.retain(|(_, row)| row.row != rule.number);
        let at = At {
            pack,
            facts,
            inputs,
            situation,
            child,
        };
        let answer = (None, Some(urgency.zh().to_owned()));
        meet(at, table, rule, answer, &mut met);
        rows.extend(met.into_iter().map(|row| (urgency, row)));
    });
    let pairs = facts.situations.len() * facts.children.len();
    if pairs == 0 {
        let because = urgent::nothing_to_judge(decided);
        return (Vec::new(), vec![because]);
    }
    let unasked = |(_, row): &(Urgency, RowWhy)| !is_named(decision, "urgency", row.row);
    if !by_hand && !rows.is_empty() && rows.iter().all(unasked) {
        let because = urgent::rules_unused(decided);
        return (Vec::new(), vec![because]);
    }
    let mut because = Vec::new();
    let by_rows = rows.iter().map(|(urgency, _)| *urgency).max();
    let base = if unsettled {
        Urgency::P1
    } else {
        by_rows.unwrap_or(Urgency::P1)
    };
    if unsettled {
        because.push(urgent::UNJUDGED.to_owned());
    } else if pairs > 1 {
        because.push(urgent::highest(base));
    }
    let open: BTreeSet<Unknown> = facts.children.iter().flat_map(ChildFacts::unknowns).collect();
    let open: Vec<Unknown> = open.into_iter().filter(|fact| cuts.cares(*fact)).collect();
    if !open.is_empty() {
        because.push(urgent::unknown(&unknowns_zh(&open), base));
    }
    if facts.repeat {
        let raised = base.raised();
        because.push(urgent::raised(base, raised));
    }
    let expected = if facts.repeat { base.raised() } else { base };
    if expected != decided {
        because.push(urgent::decided(decided));
    }
    let mut rows: Vec<RowWhy> = rows
        .into_iter()
        .filter(|(urgency, _)| *urgency == base)
        .map(|(_, row)| row)
        .collect();
    rows.sort_by_key(|row| row.row);
    (rows, because)
}

/// Each situation with each child, counted from 1, and what a table sees of them: of a child with unknown facts each that
/// it may be.
fn each_pair(facts: &Facts, cuts: &Cuts, mut visit: impl FnMut((usize, usize), &Inputs<'_>)) {
    for (situation, code) in facts.situations.iter().enumerate() {
        for (child, of) in facts.children.iter().enumerate() {
            for possible in cuts.every(of) {
                visit(
                    (situation + 1, child + 1),
                    &inputs(facts, code, &possible, Trigger::Report),
                );
            }
        }
    }
}

/// Which situation with which child a row met, counted from 1.
#[derive(Clone, Copy)]
struct At<'f> {
    pack: &'f Pack,
    facts: &'f Facts,
    /// What a table sees of the two.
    inputs: &'f Inputs<'f>,
    situation: usize,
    child: usize,
}

impl At<'_> {
    /// Whether a column's value is one of those that an unknown fact may have, and not what was reported.
    fn is_supposed(self, column: &str) -> bool {
        let child = self.facts.children.get(self.child - 1);
        child.is_some_and(|child| child.unknowns().any(|fact| fact.as_str() == column))
    }
}

/// Notes that a row met a pair; of several pairs the first one's facts are shown.
fn meet(
    at: At<'_>,
    table: &Table,
    rule: &Rule,
    (basis, answer): (Option<BasisWhy>, Option<String>),
    rows: &mut Vec<RowWhy>,
) {
    let At {
        pack,
        inputs,
        situation,
        child,
        ..
    } = at;
    if let Some(known) = rows.iter_mut().find(|row| row.row == rule.number) {
        for (list, number) in [(&mut known.situations, situation), (&mut known.children, child)] {
            if !list.contains(&number) {
                list.push(number);
            }
        }
        return;
    }
    let asks = table
        .inputs
        .iter()
        .zip(&rule.tests)
        .filter(|(_, test)| **test != Test::Any);
    let conditions = asks.map(|(column, test)| Condition {
        column: column.name.clone(),
        label: if column.label.is_empty() {
            fact_zh(&column.name).to_owned()
        } else {
            column.label.clone()
        },
        fact: if at.is_supposed(&column.name) {
            UNKNOWN.to_owned()
        } else {
            let value = inputs.get(column.name.as_str()).unwrap_or(&Value::Null);
            value_zh(pack, &column.name, value)
        },
        accepts: test_zh(pack, &column.name, test),
    });
    rows.push(RowWhy {
        table: table.name.clone(),
        row: rule.number,
        situations: vec![situation],
        children: vec![child],
        conditions: conditions.collect(),
        basis,
        answer,
    });
}

//! Why a ticket is as it is: told so that a clerk can answer the county's head from one screen.
//!
//! An explanation is made from the same pack, facts and decision that made the ticket, by asking the tables again; it
//! holds no judgement of its own. Each part answers one question: what was reported, which rows asked for this, how
//! the unit was found, why it is so urgent, why it leads or not, and how each deadline was counted. Every row has its
//! number and its grade, and county policy is never shown as law. Nothing here names a person: facts hold none.
//!
//! CLI, desk and API show the same [`Explanation::text`]; whoever wants parts has them as data.

mod basis;
mod explanation;
mod rows;
mod sight;
mod stored;

use std::collections::BTreeMap;

use crate::disclosure::Shows;
use crate::pack::Pack;
use crate::report::Facts;
use crate::routing::{Basis, Decision, MatchedRow, PlannedTicket};
use crate::words::reserved::{POLICE_ACCEPT, TRIAGE};
use crate::words::{Handling, Urgency};
use crate::zh::basis_zh;
pub use crate::zh::explain::StageWhy;
use crate::zh::explain::leads::{self, label};
use crate::zh::explain::{beside, reported, stages, unit};
use crate::zh::falls;
pub use basis::BasisWhy;
pub use explanation::Explanation;
pub use rows::{Condition, RowWhy};
pub use sight::Sight;
pub use stored::{Stored, StoredDecision, stored};

/// Explains one ticket of a decision. The pack is the one by which it was decided.
pub fn ticket(pack: &Pack, facts: &Facts, decision: &Decision, ticket: &PlannedTicket) -> Explanation {
    let unit = pack.units().get(&ticket.unit);
    let asked = rows::asked(pack, facts, decision, ticket);
    let (urgent, urgent_because) = rows::urgent(pack, facts, decision, ticket.is_by_hand());
    Explanation {
        obligation: label(pack, &ticket.obligation),
        unit: (
            ticket.unit.clone(),
            unit.map_or_else(|| ticket.unit.clone(), |unit| unit.name.clone()),
        ),
        urgency: decision.urgency.zh().to_owned(),
        lead: ticket.lead,
        reported: reported::reported(pack, facts),
        beside_rows: beside_rows(pack, facts, decision, ticket, asked.is_empty()),
        asked,
        found: unit::found(pack, facts, ticket),
        urgent,
        urgent_because,
        leads: leads::said(pack, decision, ticket),
        stages: stages::of(pack, decision.urgency, ticket),
        made: Vec::new(),
    }
}

/// The same for somebody who does not see the whole report.
pub fn seen(pack: &Pack, facts: &Facts, decision: &Decision, planned: &PlannedTicket, sight: &Sight) -> Explanation {
    sight::cut(ticket(pack, facts, decision, planned), pack, facts, planned, sight)
}

/// Codes of the situations whose rows asked an obligation of a unit, in the report's order. Empty where no recorded row
/// did: the safety floor, triage, a person's choice, and facts that can't be read whole.
pub fn asked_situations(
    pack: &Pack,
    facts: &Facts,
    rows: &[MatchedRow],
    (obligation, unit): (&str, &str),
    basis: &[Basis],
) -> Vec<String> {
    let asked = PlannedTicket {
        obligation: obligation.to_owned(),
        unit: unit.to_owned(),
        unit_kind: String::new(),
        lead: false,
        role: Handling::Lead,
        evidence: None,
        basis: basis.to_vec(),
        stages: Vec::new(),
        unknowns: Vec::new(),
        own: Vec::new(),
        shows: Shows::nothing(),
    };
    let decision = Decision {
        urgency: Urgency::P1,
        tickets: Vec::new(),
        unsent: Vec::new(),
        rows: rows.to_vec(),
        triage_reasons: Vec::new(),
        disagreements: 0,
        unlisted: None,
        looks: BTreeMap::new(),
    };
    let asking = rows::asked(pack, facts, &decision, &asked);
    let asks = |number: usize| asking.iter().any(|row| row.situations.contains(&number));
    let numbered = facts.situations.iter().enumerate();
    numbered
        .filter(|(at, _)| asks(at + 1))
        .map(|(_, code)| code.clone())
        .collect()
}

fn beside_rows(pack: &Pack, facts: &Facts, decision: &Decision, ticket: &PlannedTicket, no_row: bool) -> Vec<String> {
    let mut said = Vec::new();
    if ticket.is_by_hand() {
        return vec![beside::CHOSEN.to_owned()];
    }
    if ticket.obligation == POLICE_ACCEPT && facts.is_urgent() {
        let why = match (facts.is_statutory(), facts.present_danger) {
            (true, true) => beside::BOTH,
            (true, false) => falls::STATUTORY,
            _ => falls::DANGER,
        };
        said.push(beside::floor(why));
    }
    if ticket.obligation == TRIAGE {
        said.extend(decision.triage_reasons.iter().map(|reason| beside::triage(reason)));
    }
    if !ticket.unknowns.is_empty() {
        said.push(beside::rests_on(&ticket.unknowns));
    }
    if no_row && said.is_empty() {
        let basis = |basis: &Basis| beside::recorded_basis(&basis_zh(pack.phrases(), &basis.text), basis.grade);
        said.extend(ticket.basis.iter().map(basis));
    }
    said
}

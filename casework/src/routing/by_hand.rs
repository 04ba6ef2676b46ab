//! A ticket that a person decides: where no rule could, and where a unit of the case asks for another one.

use chrono::{DateTime, Utc};

use super::{Basis, Decision, PlannedTicket, decide, plan};
use crate::county::Unit;
use crate::pack::Pack;
use crate::report::Facts;
use crate::words::{Grade, Handling, Urgency};
use crate::zh::laws::{BY_HAND, JOINING};

/// One ticket of `obligation` at `unit`, with the clocks of that obligation at the report's urgency.
///
/// The error says which word the pack does not know. The caller decides whether it leads: its own report may have a
/// ticket that does.
pub fn by_hand(
    pack: &Pack,
    facts: &Facts,
    obligation: &str,
    unit: &str,
    dispatched_at: DateTime<Utc>,
) -> Result<Decision, String> {
    let vocabulary = pack.vocabulary();
    if !vocabulary.obligations.contains(obligation) {
        return Err(format!("there is no obligation {obligation:?} in this pack"));
    }
    let held = pack
        .units()
        .get(unit)
        .ok_or_else(|| format!("there is no unit {unit:?} in this pack"))?;
    let decided = decide(pack, facts, dispatched_at);
    let urgency = decided.urgency;
    let ticket = PlannedTicket {
        own: asked_anyway(&decided, obligation),
        stages: plan::stages(pack, (obligation, unit), urgency, dispatched_at),
        ..chosen(pack, obligation, held, BY_HAND)
    };
    Ok(Decision {
        urgency,
        tickets: vec![PlannedTicket {
            lead: true,
            role: Handling::Lead,
            ..ticket
        }],
        unsent: Vec::new(),
        rows: Vec::new(),
        triage_reasons: Vec::new(),
        unlisted: None,
        looks: pack.rules().looks(),
        disagreements: decided.disagreements,
    })
}

/// 增派: the ticket of a unit that joins a case, with the clocks of its obligation at the urgency of the ticket that it is asked for
/// on. It never leads. `None` where the pack does not know one of the words.
pub fn joining(
    pack: &Pack,
    facts: &Facts,
    (obligation, unit): (&str, &str),
    urgency: Urgency,
    dispatched_at: DateTime<Utc>,
) -> Option<PlannedTicket> {
    let held = pack.units().get(unit)?;
    if !pack.vocabulary().obligations.contains(obligation) {
        return None;
    }
    Some(PlannedTicket {
        own: asked_anyway(&decide(pack, facts, dispatched_at), obligation),
        stages: plan::stages(pack, (obligation, unit), urgency, dispatched_at),
        ..chosen(pack, obligation, held, JOINING)
    })
}

fn chosen(pack: &Pack, obligation: &str, held: &Unit, basis: &str) -> PlannedTicket {
    PlannedTicket {
        obligation: obligation.to_owned(),
        unit: held.code.clone(),
        unit_kind: held.kind.clone(),
        lead: false,
        role: Handling::Assist,
        evidence: None,
        basis: vec![Basis {
            text: basis.into(),
            grade: Grade::P,
        }],
        unknowns: Vec::new(),
        own: Vec::new(),
        shows: pack.rules().shows(obligation, &held.kind),
        stages: Vec::new(),
    }
}

/// Situations for which the rules ask the same obligation: what the chosen unit is told of the report besides its place.
fn asked_anyway(decided: &Decision, obligation: &str) -> Vec<String> {
    let same = decided.tickets.iter().filter(|ticket| ticket.obligation == obligation);
    same.map(|ticket| ticket.own.clone()).next().unwrap_or_default()
}

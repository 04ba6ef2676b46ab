//! A ticket that a person decides where no rule could.

use chrono::{DateTime, Utc};

use super::{Basis, Decision, PlannedTicket, decide, plan};
use crate::pack::Pack;
use crate::report::Facts;
use crate::words::{Grade, Handling};
use crate::zh::laws::BY_HAND;

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
        obligation: obligation.to_owned(),
        unit: held.code.clone(),
        unit_kind: held.kind.clone(),
        lead: true,
        role: Handling::Lead,
        evidence: None,
        basis: vec![Basis {
            text: BY_HAND.into(),
            grade: Grade::P,
        }],
        unknowns: Vec::new(),
        own: asked_anyway(&decided, obligation),
        shows: pack.rules().shows(obligation, &held.kind),
        stages: plan::stages(pack, (obligation, unit), urgency, dispatched_at),
    };
    Ok(Decision {
        urgency,
        tickets: vec![ticket],
        unsent: Vec::new(),
        rows: Vec::new(),
        triage_reasons: Vec::new(),
        unlisted: None,
        looks: pack.rules().looks(),
        disagreements: decided.disagreements,
    })
}

/// Situations for which the rules ask the same obligation: what the chosen unit is told of the report besides its place.
fn asked_anyway(decided: &Decision, obligation: &str) -> Vec<String> {
    let same = decided.tickets.iter().filter(|ticket| ticket.obligation == obligation);
    same.map(|ticket| ticket.own.clone()).next().unwrap_or_default()
}

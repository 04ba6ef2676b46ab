//! Tickets and clocks that follow from what people did with a ticket, not from a report: a successor at the unit that takes
//! over, the oversight of a decision not to file, the wait for a confirmation.

use chrono::{DateTime, Utc};

use super::{Basis, PlannedStage, PlannedTicket, plan};
use crate::calendar::Limit;
use crate::clock::escalation::{self, PlannedStep};
use crate::county::Matter;
use crate::pack::Pack;
use crate::report::{Facts, is_statutory};
use crate::words::reserved::{OVERSIGHT, PROCURATORATE};
use crate::words::{Addressee, Grade, Handling, Stage, Urgency};
use crate::zh::{due as said, laws};

/// The clock of a confirmation or an approval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedClock {
    /// Which.
    pub matter: Matter,
    /// How long.
    pub limit: Limit,
    /// By when.
    pub due: DateTime<Utc>,
    /// The due read days beyond the published calendar.
    pub provisional: bool,
    /// Where the limit comes from.
    pub basis: String,
    /// How well that is known.
    pub grade: Grade,
    /// Chinese sentences from start to due.
    pub derivation: Vec<String>,
    /// Escalation, in order.
    pub steps: Vec<PlannedStep>,
}

/// The stages of the same obligation at another unit, from its own dispatch on.
pub fn successor(
    pack: &Pack,
    obligation: &str,
    unit: &str,
    urgency: Urgency,
    dispatched_at: DateTime<Utc>,
) -> Vec<PlannedStage> {
    plan::stages(pack, (obligation, unit), urgency, dispatched_at)
}

/// The same after a return: a clock of its own for each stage, but resolving is due no later than the case's first ticket was, because
/// no return resets the clock of the case. A due that has passed already is due at the dispatch, and its steps keep their distances
/// from there: the unit is told at once, and is late for no time before it had the ticket. Says whether that holds it.
pub fn after_return(
    pack: &Pack,
    (obligation, unit): (&str, &str),
    urgency: Urgency,
    dispatched_at: DateTime<Utc>,
    first_due: Option<DateTime<Utc>>,
) -> (Vec<PlannedStage>, bool) {
    let mut stages = plan::stages(pack, (obligation, unit), urgency, dispatched_at);
    let mut held = false;
    for stage in stages.iter_mut().filter(|stage| stage.stage == Stage::Resolve) {
        let Some((own, first)) = stage.due.zip(first_due).filter(|(own, first)| first < own) else {
            continue;
        };
        let due = first.max(dispatched_at);
        stage.derivation.push(said::no_later(own, first, dispatched_at));
        stage.due = Some(due);
        stage.steps = extended(
            pack,
            (unit, urgency, Stage::Resolve),
            (dispatched_at, due),
            dispatched_at,
        );
        held = true;
    }
    (stages, held)
}

/// The steps of a stage whose due a person chose, none of them before `from`.
pub fn extended(
    pack: &Pack,
    (unit, urgency, stage): (&str, Urgency, Stage),
    (started_at, due): (DateTime<Utc>, DateTime<Utc>),
    from: DateTime<Utc>,
) -> Vec<PlannedStep> {
    let levels = plan::levels(pack, urgency, stage);
    let steps = escalation::steps(&levels, plan::letters(pack, unit), started_at, due);
    escalation::not_before(steps, from)
}

/// 法律监督 of a decision not to file a case, at the procuratorate that the area finds; where there is none, at the office.
pub fn oversight(pack: &Pack, facts: &Facts, urgency: Urgency, dispatched_at: DateTime<Utc>) -> PlannedTicket {
    let found = pack.units().find(
        pack.areas(),
        pack.rules().recusals(),
        PROCURATORATE,
        facts.area.as_deref(),
        facts.suspect,
    );
    let unit = found.map_or_else(|| pack.units().office().to_owned(), |unit| unit.code.clone());
    PlannedTicket {
        obligation: OVERSIGHT.into(),
        unit_kind: PROCURATORATE.into(),
        lead: false,
        role: Handling::Lead,
        evidence: evidence(pack),
        basis: vec![Basis {
            text: laws::NOT_FILED.into(),
            grade: Grade::S,
        }],
        unknowns: Vec::new(),
        own: facts
            .situations
            .iter()
            .filter(|code| is_statutory(code))
            .cloned()
            .collect(),
        shows: pack.rules().shows(OVERSIGHT, PROCURATORATE),
        stages: plan::stages(pack, (OVERSIGHT, &unit), urgency, dispatched_at),
        unit,
    }
}

/// The material that the rules ask with 法律监督, wherever they ask it.
fn evidence(pack: &Pack) -> Option<String> {
    let table = pack.rules().obligations_table()?;
    let text = |rule, column| table.output(rule, column).as_text().unwrap_or_default();
    table
        .rules
        .iter()
        .filter(|rule| text(rule, "obligation") == OVERSIGHT)
        .map(|rule| text(rule, "evidence"))
        .find(|code| !code.is_empty())
        .map(str::to_owned)
}

/// The clock that waits for a person. Its steps are the county's escalation of closing, one rank higher: what is late with the
/// unit falls to the office, what is late with the office goes to the leading group.
pub fn waiting(pack: &Pack, matter: Matter, urgency: Urgency, asked_at: DateTime<Utc>) -> PlannedClock {
    let row = pack.confirmations().limit(matter, urgency);
    let due = pack.calendar().due(row.limit, asked_at);
    let steps = waiting_steps(pack, matter, urgency, (asked_at, due.at));
    PlannedClock {
        matter,
        limit: row.limit,
        due: due.at,
        provisional: due.provisional,
        basis: row.basis,
        grade: row.grade,
        derivation: due.derivation,
        steps,
    }
}

/// The steps of such a clock from its start to its due.
pub(super) fn waiting_steps(
    pack: &Pack,
    matter: Matter,
    urgency: Urgency,
    (start, due): (DateTime<Utc>, DateTime<Utc>),
) -> Vec<PlannedStep> {
    let levels = plan::levels(pack, urgency, Stage::Resolve);
    let mut steps = escalation::steps(&levels, false, start, due);
    for step in &mut steps {
        // Before the due time who must decide is reminded; from then on the office is told.
        let before = step.at < due;
        step.to = match matter {
            Matter::Confirm if before => Addressee::UnitLeader,
            Matter::Confirm if step.level < 4 => Addressee::Office,
            Matter::Approve | Matter::Opening | Matter::Review if step.level < 3 => Addressee::Office,
            _ => Addressee::LeadingGroup,
        };
    }
    steps
}

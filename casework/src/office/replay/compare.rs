//! One report by both rule sets: what differs, counted.

use std::borrow::Cow;
use std::collections::HashSet;

use chrono::{DateTime, Utc};

use super::{Gravity, Move, Outcome};
use crate::pack::Pack;
use crate::report::Facts;
use crate::routing::{Dispatch, PlannedTicket, deadline};
use crate::rules::Deadline;
use crate::words::reserved::{POLICE, POLICE_ACCEPT, TRIAGE};
use crate::words::{Stage, Urgency};

/// A pack, with what is asked of it once and not per report.
#[derive(Debug)]
pub(super) struct Side<'p> {
    pub(super) pack: &'p Pack,
    /// Rows of `obligations` that ask the police.
    police_rows: HashSet<usize>,
}

/// What one side makes of a report.
pub(super) struct Party<'p> {
    urgency: Urgency,
    tickets: Vec<PlannedTicket>,
    /// By ticket and stage.
    clocks: Vec<Vec<Option<Cow<'p, Deadline>>>>,
    /// A row asks the police: the ticket does not hang on the safety floor alone.
    police_by_rules: bool,
}

impl<'p> Side<'p> {
    pub(super) fn new(pack: &'p Pack) -> Self {
        let table = pack.rules().obligations_table();
        let asks_police = |row: &&crate::dmn::Rule| {
            let text = |column| table.and_then(|table| table.output(row, column).as_text());
            text("obligation") == Some(POLICE_ACCEPT) && text("unit_kind") == Some(POLICE)
        };
        let rows = table.into_iter().flat_map(|table| &table.rules);
        Self {
            pack,
            police_rows: rows.filter(asks_police).map(|row| row.number).collect(),
        }
    }

    pub(super) fn party(&self, facts: &Facts) -> Party<'p> {
        let dispatch = Dispatch::of(self.pack, facts);
        let clocks = |ticket: &PlannedTicket| {
            let clock = |stage: &Stage| deadline(self.pack, &ticket.obligation, dispatch.urgency, *stage);
            Stage::ALL.iter().map(clock).collect()
        };
        let clocks = dispatch.tickets.iter().map(clocks).collect();
        let police_by_rules = dispatch.asked().any(|row| self.police_rows.contains(&row));
        Party {
            clocks,
            police_by_rules,
            urgency: dispatch.urgency,
            tickets: dispatch.tickets,
        }
    }
}

impl Party<'_> {
    fn has(&self, obligation: &str) -> bool {
        self.tickets.iter().any(|ticket| ticket.obligation == obligation)
    }

    fn has_only(&self, obligation: &str) -> bool {
        self.tickets.iter().all(|ticket| ticket.obligation == obligation)
    }

    fn position(&self, ticket: &PlannedTicket) -> Option<usize> {
        let same = |other: &PlannedTicket| other.obligation == ticket.obligation && other.unit == ticket.unit;
        self.tickets.iter().position(same)
    }
}

/// Counts one report. Gives how grave its difference is; `None` = there is none.
pub(super) fn fold(
    outcome: &mut Outcome,
    (old, before): (&Side<'_>, &Party<'_>),
    (new, after): (&Side<'_>, &Party<'_>),
    same_calendar: bool,
    at: DateTime<Utc>,
) -> Option<Gravity> {
    let mut gravest = reports(outcome, before, after);
    let mut note = |gravity: Gravity| gravest = gravest.map_or(Some(gravity), |held| Some(held.min(gravity)));

    for ticket in &before.tickets {
        let lost = after.position(ticket).is_none();
        outcome.each(ticket, |load| {
            load.before += 1;
            load.lead_before += u64::from(ticket.lead);
            load.lost += u64::from(lost);
        });
        if lost {
            let moved = after.has(&ticket.obligation) && after.tickets.len() >= before.tickets.len();
            note(if moved { Gravity::Moved } else { Gravity::Fewer });
        }
    }
    for (ticket, clocks) in after.tickets.iter().zip(&after.clocks) {
        let held = before.position(ticket);
        outcome.each(ticket, |load| {
            load.after += 1;
            load.lead_after += u64::from(ticket.lead);
            load.gained += u64::from(held.is_none());
        });
        let Some(held) = held else {
            note(Gravity::More);
            continue;
        };
        let was = &before.tickets[held];
        if was.unit_kind != ticket.unit_kind {
            // The same ticket of the same unit, asked of it as another kind: only the count by kind moves.
            let kinds = outcome.obligations.entry(ticket.obligation.clone()).or_default();
            kinds.entry(was.unit_kind.clone()).or_default().lost += 1;
            kinds.entry(ticket.unit_kind.clone()).or_default().gained += 1;
            note(Gravity::Moved);
        }
        if was.lead != ticket.lead {
            note(Gravity::Lead);
        }
        for ((stage, was), is) in Stage::ALL.iter().zip(&before.clocks[held]).zip(clocks) {
            let (was, is) = (was.as_deref(), is.as_deref());
            let due = |side: &Side<'_>, deadline: &Deadline| side.pack.calendar().due(deadline.limit, at).at;
            let Some(moved) = moved(was, is, same_calendar, |was, is| (due(old, was), due(new, is))) else {
                continue;
            };
            note(match moved {
                Move::Later(_) | Move::Removed | Move::Restarted => Gravity::Later,
                Move::Earlier(_) | Move::Added => Gravity::Earlier,
            });
            outcome.each(ticket, |load| load.stages.entry(*stage).or_default().count(moved));
        }
    }
    gravest
}

/// What is counted once per report.
fn reports(outcome: &mut Outcome, before: &Party<'_>, after: &Party<'_>) -> Option<Gravity> {
    outcome.urgency.count(before.urgency, after.urgency);
    let triage = (before.has(TRIAGE), after.has(TRIAGE));
    outcome.triage.count(triage.0, triage.1);
    let alone = (before.has_only(TRIAGE), after.has_only(TRIAGE));
    outcome.only_triage.count(alone.0, alone.1);
    let police = (before.police_by_rules, after.police_by_rules);
    outcome.police.by_rules.count(police.0, police.1);
    let police_lost = police.0 && !police.1;
    if police_lost && !after.has(POLICE_ACCEPT) {
        outcome.police.left_without += 1;
    }
    [
        (police_lost, Gravity::PoliceLost),
        (alone.1 && !alone.0, Gravity::OnlyTriage),
        (triage.1 && !triage.0, Gravity::Triage),
        (after.urgency < before.urgency, Gravity::Lowered),
        (after.urgency > before.urgency, Gravity::Raised),
        (police.1 && !police.0, Gravity::More),
    ]
    .into_iter()
    .find_map(|(holds, gravity)| holds.then_some(gravity))
}

/// How a stage moves; dues are asked for only where they can differ.
fn moved(
    was: Option<&Deadline>,
    is: Option<&Deadline>,
    same_calendar: bool,
    dues: impl Fn(&Deadline, &Deadline) -> (DateTime<Utc>, DateTime<Utc>),
) -> Option<Move> {
    let (was, is) = match (was, is) {
        (None, None) => return None,
        (None, Some(_)) => return Some(Move::Added),
        (Some(_), None) => return Some(Move::Removed),
        (Some(was), Some(is)) => (was, is),
    };
    if was.start != is.start {
        return Some(Move::Restarted);
    }
    if was.limit == is.limit && same_calendar {
        return None;
    }
    let (was, is) = dues(was, is);
    let minutes = (is - was).num_minutes();
    match minutes {
        0 => None,
        ..0 => Some(Move::Earlier(minutes.unsigned_abs())),
        1.. => Some(Move::Later(minutes.unsigned_abs())),
    }
}

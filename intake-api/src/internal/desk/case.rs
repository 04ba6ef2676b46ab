//! Why the case of a ticket is open, as far as its unit sees it.
//!
//! Of its own ticket it reads each thing that it waits for; of the others state and next due, as they stand on the page anyhow
//! (`case_others`). That the whole case is closed is said where the ticket shows all situations: otherwise it would tell of units that it
//! does not name.

use casework::ticket::standing::Standing;
use chrono::{DateTime, Utc};
use platform::store::{CaseClock, DeskStage, DeskTicket, OtherTicket};
use serde::Serialize;

use crate::internal::{
    page::words::{self, Telling},
    standing::{Owed, WaitWords, Waits},
};

/// The part of a ticket's page about its case.
#[derive(Default)]
pub(super) struct DeskCase {
    /// That it is closed and since when, or that it is open; none: that can't be seen from here.
    pub(super) said: Option<String>,
    /// What this ticket waits for.
    pub(super) own: Vec<WaitWords>,
    /// Others that are still owed.
    pub(super) others: Vec<String>,
}

impl DeskCase {
    pub(super) fn is_empty(&self) -> bool {
        self.said.is_none() && self.own.is_empty() && self.others.is_empty()
    }
}

/// Clocks of a ticket that have not ended.
fn clocks(ticket: &DeskTicket) -> Vec<CaseClock> {
    let clock = |stage: &DeskStage| CaseClock {
        clock: stage.stage,
        due_at: stage.due_at,
        event: stage.start_event.clone(),
    };
    ticket
        .stages
        .iter()
        .filter(|stage| stage.ended_at.is_none())
        .map(clock)
        .collect()
}

fn owed<'a>(ticket: &'a DeskTicket, clocks: &'a [CaseClock], unit: &'a str) -> Owed<'a> {
    Owed {
        state: ticket.state,
        holder: ticket.assignee_name.as_deref().unwrap_or(unit),
        decider: ticket.close_by.map(|decider| *decider),
        to: ticket.transfer_to.as_deref(),
        clocks,
    }
}

fn shows_all(ticket: &DeskTicket) -> bool {
    ticket.shows.iter().any(|part| part == "situations")
}

fn is_owed(other: &&OtherTicket) -> bool {
    other.state.standing() == Standing::Open
}

/// In words.
pub(super) fn case(ticket: &DeskTicket, how: Telling<'_>) -> DeskCase {
    let Telling { pack, lang, now } = how;
    let (clocks, unit) = (clocks(ticket), words::unit_name(pack, &ticket.unit));
    let other = |other: &OtherTicket| {
        let obligation = other.obligation.as_ref();
        let obligation = obligation.map(|code| pack.vocabulary().obligations.label(code, lang.pack()).to_owned());
        let due = other
            .next_due_at
            .map(|due| lang.fill("case.next", &[("at", &words::due(lang, due, now))]));
        let state = words::state(lang, other.state).to_owned();
        let parts = [Some(other.unit_name.clone()), obligation, Some(state), due];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
    };
    DeskCase {
        said: match ticket.case_closed_at {
            Some(at) => Some(lang.fill("case.all_closed", &[("at", &words::moment(lang, at, now))])),
            None if shows_all(ticket) => Some(lang.t("case.still_open").to_owned()),
            None => None,
        },
        own: owed(ticket, &clocks, &unit).words(how),
        others: ticket.others.iter().filter(is_owed).map(other).collect(),
    }
}

/// For programs; the others stand in the ticket's own list.
#[derive(Serialize)]
pub(super) struct CaseAnswer {
    /// Null: something is owed, or the ticket does not show all situations.
    closed_at: Option<DateTime<Utc>>,
    /// What this ticket waits for.
    waits: Vec<Waits>,
}

impl From<&DeskTicket> for CaseAnswer {
    fn from(ticket: &DeskTicket) -> Self {
        Self {
            closed_at: ticket.case_closed_at,
            waits: owed(ticket, &clocks(ticket), &ticket.unit).answer(),
        }
    }
}

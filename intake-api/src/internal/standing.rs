//! Why a case is open, in words and for programs: each obligation that is still owed, and what it waits for. What holds a case open is
//! casework's (`ticket::standing`).

use casework::ticket::{
    TicketState,
    standing::{Awaited, Wait, awaited},
};
use casework::words::TicketClock;
use chrono::{DateTime, Utc};
use platform::store::{BoardCase, CaseClock, CaseId, CaseTicket, Decider, TicketId};
use serde::Serialize;

use super::page::words::{self, Telling};

/// A ticket, as far as it says what it waits for.
pub(crate) struct Owed<'a> {
    pub(crate) state: TicketState,
    /// Who has it in hand: a person of its unit, or the unit.
    pub(crate) holder: &'a str,
    /// Who confirms a closing that waits.
    pub(crate) decider: Option<Decider>,
    /// Code of the unit that is to take it over.
    pub(crate) to: Option<&'a str>,
    /// What runs, or waits for its event.
    pub(crate) clocks: &'a [CaseClock],
}

/// A thing that a ticket waits for.
pub(crate) struct WaitWords {
    pub(crate) text: String,
    pub(crate) late: bool,
}

/// A line of a case.
pub(crate) struct CaseLine {
    pub(crate) ticket: TicketId,
    pub(crate) text: String,
    pub(crate) waits: Vec<WaitWords>,
}

/// A case on a page of the office.
pub(crate) struct CaseWords {
    /// That it is closed and since when, or how much is owed.
    pub(crate) said: String,
    pub(crate) closed: bool,
    pub(crate) lines: Vec<CaseLine>,
}

impl Owed<'_> {
    /// What it waits for, the first thing first.
    fn awaits(&self) -> Vec<Awaited> {
        awaited(self.state, self.clocks.iter().map(|clock| (clock.clock, clock.due_at)))
    }

    /// The event from which the time of a clock is counted.
    fn event(&self, clock: Option<TicketClock>) -> Option<&str> {
        let clock = self.clocks.iter().find(|one| Some(one.clock) == clock)?;
        Some(&clock.event)
    }

    /// The same in words.
    pub(crate) fn words(&self, how: Telling<'_>) -> Vec<WaitWords> {
        self.awaits().iter().map(|awaited| self.word(awaited, how)).collect()
    }

    fn word(&self, awaited: &Awaited, Telling { pack, lang, now }: Telling<'_>) -> WaitWords {
        let unit = |code: &str| words::unit_name(pack, code);
        let wait = awaited.wait;
        let said = match wait {
            Wait::Seen | Wait::Resolution => lang.fill(&format!("case.waits.{wait}"), &[("who", self.holder)]),
            Wait::Approval | Wait::TakeOver => lang.fill(
                &format!("case.waits.{wait}"),
                &[("unit", &self.to.map(unit).unwrap_or_default())],
            ),
            Wait::Event => {
                let event = self.event(awaited.clock).unwrap_or_default();
                let label = pack.vocabulary().events.label(event, lang.pack());
                lang.fill("case.waits.event", &[("event", label)])
            }
            Wait::Confirmation => {
                let office = self.decider == Some(Decider::Office);
                let key = if office { "case.waits.office" } else { "case.waits.unit" };
                lang.t(key).to_owned()
            }
            Wait::Signature | Wait::Motion => lang.t(&format!("case.waits.{wait}")).to_owned(),
        };
        let late = awaited.due.is_some_and(|due| due <= now);
        let until = awaited.due.map(|due| {
            let key = if late { "case.over" } else { "case.until" };
            lang.fill(key, &[("at", &words::due(lang, due, now))])
        });
        WaitWords {
            text: [Some(said), until]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(" · "),
            late,
        }
    }

    /// The same for programs.
    pub(crate) fn answer(&self) -> Vec<Waits> {
        let waits = |awaited: Awaited| Waits {
            wait: awaited.wait,
            clock: awaited.clock,
            due_at: awaited.due,
            event: (awaited.wait == Wait::Event)
                .then(|| self.event(awaited.clock).map(str::to_owned))
                .flatten(),
        };
        self.awaits().into_iter().map(waits).collect()
    }
}

fn owed(ticket: &CaseTicket) -> Owed<'_> {
    Owed {
        state: ticket.state,
        holder: ticket.assignee.as_ref().unwrap_or(&ticket.unit_name),
        decider: ticket.close_by,
        to: ticket.transfer_to.as_deref(),
        clocks: &ticket.clocks,
    }
}

/// A case in words.
pub(crate) fn say(case: &BoardCase, how: Telling<'_>) -> CaseWords {
    let Telling { pack, lang, now } = how;
    let obligations = &pack.vocabulary().obligations;
    let line = |ticket: &CaseTicket| CaseLine {
        ticket: ticket.id,
        text: [
            &*ticket.unit_name,
            obligations.label(&ticket.obligation, lang.pack()),
            words::state(lang, ticket.state),
        ]
        .join(" · "),
        waits: owed(ticket).words(how),
    };
    let lines: Vec<CaseLine> = case.open().map(line).collect();
    let (all, closed) = (case.tickets.len().to_string(), case.closed_at());
    CaseWords {
        said: match closed {
            Some(at) => lang.fill("case.closed", &[("n", &all), ("at", &words::moment(lang, at, now))]),
            None => lang.fill("case.open", &[("n", &all), ("open", &lines.len().to_string())]),
        },
        closed: closed.is_some(),
        lines,
    }
}

/// A case for programs.
#[derive(Serialize)]
pub(crate) struct CaseAnswer {
    case_id: CaseId,
    /// Null: something is still owed.
    closed_at: Option<DateTime<Utc>>,
    /// What holds it open.
    open: Vec<Open>,
}

/// An obligation that is still owed.
#[derive(Serialize)]
struct Open {
    ticket_id: TicketId,
    unit: String,
    unit_name: String,
    obligation: String,
    lead: bool,
    state: TicketState,
    assignee_name: Option<String>,
    transfer_to: Option<String>,
    waits: Vec<Waits>,
}

/// A thing that it waits for.
#[derive(Serialize)]
pub(crate) struct Waits {
    #[serde(rename = "for")]
    wait: Wait,
    /// Null: another ticket's clock says by when.
    clock: Option<TicketClock>,
    /// Null: its time has not begun.
    due_at: Option<DateTime<Utc>>,
    /// From which its time is counted, where that has not happened.
    event: Option<String>,
}

impl From<&BoardCase> for CaseAnswer {
    fn from(case: &BoardCase) -> Self {
        let open = |ticket: &CaseTicket| Open {
            ticket_id: ticket.id,
            unit: ticket.unit.clone(),
            unit_name: ticket.unit_name.clone(),
            obligation: ticket.obligation.clone(),
            lead: ticket.lead,
            state: ticket.state,
            assignee_name: ticket.assignee.clone(),
            transfer_to: ticket.transfer_to.clone(),
            waits: owed(ticket).answer(),
        };
        Self {
            case_id: case.case_id,
            closed_at: case.closed_at(),
            open: case.open().map(open).collect(),
        }
    }
}

//! Clocks that wait for an event: the court accepts an application, or files a case. They start when somebody of the unit records it,
//! with its number and time.

use casework::{
    calendar::Limit,
    pack::Pack,
    routing::{Running, anew},
};
use platform::{
    store::{DeskStage, DeskTicket, Detail, Started, TicketDeed},
    text::Lang,
};

use super::{
    draft::{Against, Draft, Ready},
    reader::{LINE, Reader},
    sealed::Note,
};
use crate::internal::again::{Fields, Wrong};

/// Clocks of a ticket that have not started.
fn waiting(ticket: &DeskTicket) -> impl Iterator<Item = &DeskStage> {
    ticket
        .stages
        .iter()
        .filter(|stage| stage.due_at.is_none() && stage.ended_at.is_none())
}

/// Code of the event that a clock of the ticket waits for; of several the first.
pub(crate) fn waits_for(ticket: &DeskTicket) -> Option<&str> {
    waiting(ticket).next().map(|stage| stage.start_event.as_str())
}

/// That event in words; empty: no clock waits.
pub(crate) fn awaited(ticket: &DeskTicket, pack: &Pack, lang: Lang) -> String {
    let event = waits_for(ticket).unwrap_or_default();
    pack.vocabulary().events.label(event, lang.pack()).to_owned()
}

/// Reads what was typed. The limit is the one that the ticket was dispatched with; the calendar, and who is told when it passes, are
/// those in force now.
pub(super) fn read(fields: &Fields, against: Against<'_>) -> Result<Ready, Wrong> {
    let Against {
        ticket, loaded, now, ..
    } = against;
    let mut reader = Reader {
        fields,
        wrong: Wrong::new(),
    };
    let Some(event) = waits_for(ticket) else {
        return Err([("at", "desk.wrong.start_none")].into());
    };
    let reference = reader.must("reference", LINE, "desk.wrong.started_number");
    let earliest = (ticket.dispatched_at, "desk.wrong.start_early");
    let at = reader.time("at", earliest, ("desk.wrong.start_missing", now));
    let (Some(at), true) = (at, reader.wrong.is_empty()) else {
        return Err(reader.wrong);
    };
    // A minute is typed: that of the dispatch itself began before it.
    let at = at.max(ticket.dispatched_at);
    let pack = &loaded.pack;
    let clock = |stage: &DeskStage| {
        let limit: Limit = stage.time_limit.parse().ok()?;
        let running = Running {
            unit: &ticket.unit,
            urgency: ticket.urgency,
            clock: stage.stage,
            limit,
            started_at: at,
            due_at: at,
        };
        Some((stage.stage, anew(pack, pack.calendar(), running, at)))
    };
    let clocks = waiting(ticket).filter(|stage| stage.start_event == event);
    let started = Started {
        event: event.to_owned(),
        at,
        clocks: clocks.filter_map(clock).collect(),
        calendar: pack.calendar().version().to_owned(),
    };
    Ok(Ready {
        act: Draft::Plain(TicketDeed::Start(Box::new(started))),
        note: Some(Note {
            reference,
            at: Some(at),
            ..Note::default()
        }),
        detail: Detail::default(),
    })
}

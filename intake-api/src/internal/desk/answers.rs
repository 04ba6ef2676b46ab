//! A unit's tickets as programs read them, in codes: words for people are the pack's and the pages'.
//!
//! A ticket has two forms. In the queue it says what it is, how far it is and where: nothing of it is sealed, and nobody looked at the
//! report by reading a list. In full it says what the reporter wrote, and that look is written down.

use std::collections::BTreeMap;

use casework::report::StoredFacts;
use casework::words::{Grade, TicketClock, Urgency};
use casework::{
    calendar::rfc3339,
    disclosure::{Part, Shows},
    routing::Basis,
    ticket::TicketState,
};
use chrono::{DateTime, Utc};
use platform::{
    foreign::Foreign,
    office::why::Explained,
    receipt::ReportId,
    store::{
        AccountId, Decider, DeskEvent, DeskStage, DeskTicket, Detail, Ended, EventKind, FirstTicket, Loose, NextTicket,
        OtherTicket, QueueLine, TicketChain, TicketId, Word,
    },
};
use serde::Serialize;

use super::{
    case::CaseAnswer,
    draft::Kind,
    matter::{Matter, matter},
    next::next_act,
    sealed::{self, Note},
    vain::{self, InVain},
};
use crate::parts::{Opened, Reporter};

/// A ticket in a list.
#[derive(Serialize)]
pub(crate) struct QueueTicket {
    id: TicketId,
    report_id: ReportId,
    unit: String,
    obligation: String,
    lead: bool,
    urgency: Urgency,
    state: TicketState,
    next_stage: Option<Word<TicketClock>>,
    next_due_at: Option<DateTime<Utc>>,
    assignee_name: Option<String>,
    assignee_gone: bool,
    dispatched_at: DateTime<Utc>,
    area: Option<String>,
    present_danger: bool,
    drill: bool,
}

impl From<QueueLine> for QueueTicket {
    fn from(line: QueueLine) -> Self {
        Self {
            id: line.id,
            report_id: line.report_id,
            unit: line.unit,
            obligation: line.obligation,
            lead: line.lead,
            urgency: line.urgency,
            state: line.state,
            next_stage: line.next_stage,
            next_due_at: line.next_due_at,
            assignee_name: line.assignee_name,
            assignee_gone: line.assignee_gone,
            dispatched_at: line.dispatched_at,
            area: line.area,
            present_danger: line.present_danger,
            drill: line.drill,
        }
    }
}

/// A ticket in full. Of the report it says what the ticket shows.
#[derive(Serialize)]
pub(super) struct Ticket {
    id: TicketId,
    version: i32,
    receipt: String,
    unit: String,
    obligation: String,
    lead: bool,
    urgency: Urgency,
    state: TicketState,
    next_act: Option<&'static str>,
    next_stage: Option<Word<TicketClock>>,
    next_due_at: Option<String>,
    dispatched_at: String,
    received_at: String,
    drill: bool,
    signed_at: Option<String>,
    signed_by: Option<String>,
    assignee: Option<AccountId>,
    assignee_name: Option<String>,
    contacted_at: Option<String>,
    contacted_by: Option<String>,
    seen_at: Option<String>,
    evidence: Option<String>,
    evidence_at: Option<String>,
    resolved_at: Option<String>,
    resolved_by: Option<String>,
    outcome: Option<String>,
    confirmed_by: Option<String>,
    closing: Option<Closing>,
    chain: Option<Chain>,
    basis: Vec<Basis>,
    shows: Shows,
    hidden: Vec<Part>,
    /// As given: a report of another version of the wire may have others.
    facts: StoredFacts,
    /// Null when it can't be opened.
    matter: Option<Matter>,
    reporter: Option<Reporter>,
    stages: Vec<Stage>,
    /// Why its case is open, as far as the ticket shows it.
    case: CaseAnswer,
    /// Null: nobody went in vain since the child was last seen.
    in_vain: Option<InVain>,
    others: Vec<Other>,
    events: Vec<Event>,
    explanation: Explained,
}

/// A closing that waits.
#[derive(Serialize)]
struct Closing {
    outcome: String,
    requested_at: Option<String>,
    requested_by: Option<String>,
    requested_account: Option<AccountId>,
    decides: Option<Word<Decider>>,
    transfer_to: Option<String>,
}

/// The tickets before and after this one, and the case's first clock.
#[derive(Serialize)]
struct Chain {
    case_dispatched_at: Option<DateTime<Utc>>,
    first: Option<First>,
    from: Option<String>,
    from_state: Option<TicketState>,
    to: Option<Next>,
}

/// The first ticket of the chain, where it is another.
#[derive(Serialize)]
struct First {
    unit: String,
    dispatched_at: DateTime<Utc>,
    /// By stage.
    dues: Option<BTreeMap<&'static str, Option<DateTime<Utc>>>>,
}

/// The ticket that takes over.
#[derive(Serialize)]
struct Next {
    unit: String,
    state: TicketState,
    signed_at: Option<DateTime<Utc>>,
}

#[derive(Serialize)]
struct Stage {
    stage: TicketClock,
    due_at: Option<DateTime<Utc>>,
    time_limit: String,
    start_event: String,
    basis: String,
    grade: Grade,
    provisional: bool,
    derivation: Vec<String>,
    ended_at: Option<DateTime<Utc>>,
    ended_how: Option<Ended>,
    level: Option<i16>,
}

/// Another unit's ticket of the case.
#[derive(Serialize)]
struct Other {
    unit: String,
    unit_name: String,
    obligation: Option<String>,
    lead: bool,
    state: TicketState,
    next_due_at: Option<DateTime<Utc>>,
}

/// An act on the timeline.
#[derive(Serialize)]
struct Event {
    at: String,
    kind: Loose<EventKind>,
    by: String,
    account: Option<AccountId>,
    /// Each kind of act has its own.
    detail: Detail,
    /// What the leading group wrote.
    #[serde(skip_serializing_if = "Option::is_none")]
    instruction: Option<Foreign>,
    note: Option<Note>,
}

impl Ticket {
    /// The ticket with what its person was shown of the report. `key` opens the notes.
    pub(super) fn of(ticket: DeskTicket, opened: Opened, explanation: Explained, key: Option<&[u8; 32]>) -> Self {
        let time = |at: Option<DateTime<Utc>>| at.map(rfc3339);
        let next = next_act(&ticket).map(Kind::word);
        let note = |text: Option<&str>| sealed::note(key?, ticket.report_id, text?);
        let events = ticket
            .events
            .0
            .iter()
            .map(|event| Event::of(event, note(event.sealed.as_deref())));
        Self {
            case: (&ticket).into(),
            in_vain: vain::of_ticket(&ticket),
            events: events.collect(),
            id: ticket.id,
            version: ticket.version,
            receipt: ticket.report_id.to_string(),
            unit: ticket.unit,
            obligation: ticket.obligation,
            lead: ticket.lead,
            urgency: ticket.urgency,
            state: ticket.state,
            next_act: next,
            next_stage: ticket.next_stage,
            next_due_at: time(ticket.next_due_at),
            dispatched_at: rfc3339(ticket.dispatched_at),
            received_at: rfc3339(ticket.received_at),
            drill: ticket.drill,
            signed_at: time(ticket.signed_at),
            signed_by: ticket.signed_by,
            assignee: ticket.assignee,
            assignee_name: ticket.assignee_name,
            contacted_at: time(ticket.contacted_at),
            contacted_by: ticket.contacted_by,
            seen_at: time(ticket.seen_at),
            evidence: ticket.evidence,
            evidence_at: time(ticket.evidence_at),
            resolved_at: time(ticket.resolved_at),
            resolved_by: ticket.resolved_by,
            outcome: ticket.outcome,
            confirmed_by: ticket.close_approved_by,
            closing: ticket.close_outcome.map(|outcome| Closing {
                outcome,
                requested_at: time(ticket.close_requested_at),
                requested_by: ticket.close_requested_by,
                requested_account: ticket.close_requested_account,
                decides: ticket.close_by,
                transfer_to: ticket.transfer_to,
            }),
            chain: ticket.chain.map(|chain| chain.0.into()),
            basis: ticket.basis.0,
            hidden: opened.shows.hidden().collect(),
            matter: matter(&opened),
            shows: opened.shows,
            facts: opened.raw,
            reporter: opened.reporter,
            stages: ticket.stages.0.into_iter().map(Into::into).collect(),
            others: ticket.others.0.into_iter().map(Into::into).collect(),
            explanation,
        }
    }
}

impl Event {
    fn of(event: &DeskEvent, note: Option<Note>) -> Self {
        let (instruction, note) = match note {
            Some(note) if event.kind.is(EventKind::Instructed) => (note.note, None),
            note => (event.instruction.as_deref().map(Into::into), note),
        };
        Self {
            at: rfc3339(event.at),
            kind: event.kind.clone(),
            by: event.actor.clone(),
            account: event.account,
            detail: event.detail.clone(),
            instruction,
            note,
        }
    }
}

impl From<TicketChain> for Chain {
    fn from(chain: TicketChain) -> Self {
        Self {
            case_dispatched_at: chain.case_dispatched_at,
            first: chain.first.map(Into::into),
            from: chain.from,
            from_state: chain.from_state,
            to: chain.to.map(Into::into),
        }
    }
}

impl From<FirstTicket> for First {
    fn from(first: FirstTicket) -> Self {
        Self {
            unit: first.unit,
            dispatched_at: first.dispatched_at,
            dues: first
                .dues
                .map(|dues| dues.into_iter().map(|(stage, due)| (stage.as_str(), due)).collect()),
        }
    }
}

impl From<NextTicket> for Next {
    fn from(next: NextTicket) -> Self {
        Self {
            unit: next.unit,
            state: next.state,
            signed_at: next.signed_at,
        }
    }
}

impl From<DeskStage> for Stage {
    fn from(stage: DeskStage) -> Self {
        Self {
            stage: stage.stage,
            due_at: stage.due_at,
            time_limit: stage.time_limit,
            start_event: stage.start_event,
            basis: stage.basis,
            grade: stage.grade,
            provisional: stage.provisional,
            derivation: stage.derivation,
            ended_at: stage.ended_at,
            ended_how: stage.ended_how,
            level: stage.level,
        }
    }
}

impl From<OtherTicket> for Other {
    fn from(other: OtherTicket) -> Self {
        Self {
            unit: other.unit,
            unit_name: other.unit_name,
            obligation: other.obligation,
            lead: other.lead,
            state: other.state,
            next_due_at: other.next_due_at,
        }
    }
}

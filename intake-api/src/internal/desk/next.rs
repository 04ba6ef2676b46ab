//! Which act a ticket waits for.

use casework::ticket::TicketState;
use casework::words::TicketClock;
use platform::store::DeskTicket;

use super::{clocks::waits_for, draft::Kind};

/// The next act of a ticket: sign, then what is owed in order.
pub(super) fn next_act(ticket: &DeskTicket) -> Option<Kind> {
    let state = ticket.state;
    if state.is_unsigned() {
        return Some(Kind::Sign);
    }
    if !state.is_in_hand() {
        return None;
    }
    let contact_owed = ticket
        .stages
        .iter()
        .any(|s| s.stage == TicketClock::Contact && s.ended_at.is_none());
    let evidence_owed = ticket.evidence.is_some() && ticket.evidence_at.is_none();
    // A closing that waits is another person's; what is recorded meanwhile stands among the other acts.
    if !matches!(state, TicketState::Signed | TicketState::InProgress) {
        return None;
    }
    if !contact_owed && waits_for(ticket).is_some() {
        return Some(Kind::Start);
    }
    Some(match (contact_owed, evidence_owed) {
        (true, _) => Kind::Contact,
        (false, true) => Kind::Evidence,
        (false, false) => Kind::Resolve,
    })
}

//! What is shown of a report.

use casework::calendar::rfc3339;
use casework::routing::Unsent;
use casework::words::Urgency;
use platform::{
    office::why::Explained,
    receipt::ReportId,
    store::{DecisionShown, EventShown, Legible, Loose, ReportShown, ReportState, TicketShown},
};
use serde::Serialize;

/// A report.
#[derive(Serialize)]
pub(super) struct Shown {
    pub(super) receipt: String,
    pub(super) received_at: String,
    drill: bool,
    pub(super) state: ReportState,
    /// Of the newest decision, and so are the next three; null where there is none.
    pub(super) urgency: Option<Loose<Urgency>>,
    unsent: Legible<Vec<Unsent>>,
    pub(super) triage_reasons: Legible<Vec<String>>,
    attempts: i32,
    pub(super) tickets: Vec<Ticket>,
    decisions: Vec<DecisionShown>,
    events: Vec<EventShown>,
}

/// A ticket of it.
#[derive(Serialize)]
pub(super) struct Ticket {
    #[serde(flatten)]
    pub(super) shown: TicketShown,
    /// Why it is as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) explanation: Option<Explained>,
}

impl Shown {
    pub(super) fn of(id: ReportId, stored: ReportShown) -> Self {
        let last = stored.decisions.0.last();
        let events = stored.events.0.into_iter().map(|event| EventShown {
            detail: event.detail.in_local_time(),
            ..event
        });
        Self {
            receipt: id.to_string(),
            received_at: rfc3339(stored.received_at),
            drill: stored.drill,
            state: stored.state,
            urgency: last.map(|last| last.urgency.clone()),
            unsent: last.map_or_else(|| Legible::Read(Vec::new()), |last| last.unsent.clone()),
            triage_reasons: last.map_or_else(|| Legible::Read(Vec::new()), |last| last.triage_reasons.clone()),
            attempts: stored.attempts,
            tickets: stored.tickets.0.into_iter().map(Ticket::of).collect(),
            events: events.collect(),
            decisions: stored.decisions.0,
        }
    }
}

impl Ticket {
    fn of(shown: TicketShown) -> Self {
        Self {
            shown,
            explanation: None,
        }
    }
}

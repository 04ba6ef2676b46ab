//! What the events support. Nothing here reads a state, a stage or a column of a ticket but its obligation.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use platform::store::{
    Detail, EventKind, Loose,
    event_detail::{CalledBack, Settled},
};
use sqlx::PgPool;

/// One act.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct Event {
    pub(super) at: DateTime<Utc>,
    pub(super) ticket_id: Option<i64>,
    pub(super) kind: Loose<EventKind>,
    pub(super) account_id: Option<i64>,
    pub(super) detail: Detail,
}

/// A ticket, by what was done with it.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts {
    pub(super) obligation: String,
    /// Somebody of the unit signed.
    pub(super) signed: Option<DateTime<Utc>>,
    /// Signed since it was last dispatched or reopened.
    pub(super) in_hand: bool,
    /// A named person recorded that they saw the child.
    pub(super) seen: Option<DateTime<Utc>>,
    /// Closed, and not taken back or reopened since.
    pub(super) closed: Option<DateTime<Utc>>,
    /// Somebody asked to close and another has to confirm.
    pub(super) asked: bool,
    /// Ended without having been done: returned, or withdrawn by who had moved it here.
    pub(super) gone: bool,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Model {
    pub(super) decided: bool,
    pub(super) tickets: BTreeMap<i64, Facts>,
    /// Content, anonymous, or called three times, and no ticket was reopened since.
    pub(super) called_back: bool,
    pub(super) events: Vec<Event>,
}

impl Model {
    pub(super) async fn read(db: &PgPool, report: i64) -> Self {
        let events: Vec<Event> = sqlx::query_as(
            "SELECT at, ticket_id, kind, account_id, detail FROM events WHERE report_id = $1 ORDER BY at, ticket_id NULLS LAST",
        )
        .bind(report)
        .fetch_all(db)
        .await
        .unwrap();
        let tickets: Vec<(i64, String)> = sqlx::query_as("SELECT id, obligation FROM tickets WHERE report_id = $1")
            .bind(report)
            .fetch_all(db)
            .await
            .unwrap();
        let decided = sqlx::query_scalar("SELECT EXISTS (SELECT FROM decisions WHERE report_id = $1)")
            .bind(report)
            .fetch_one(db)
            .await
            .unwrap();
        let mut model = Self {
            decided,
            ..Self::default()
        };
        for (id, obligation) in tickets {
            let facts = Facts {
                obligation,
                ..Facts::default()
            };
            model.tickets.insert(id, facts);
        }
        for event in &events {
            model.take(event);
        }
        model.events = events;
        model
    }

    fn take(&mut self, event: &Event) {
        match event.kind.known() {
            Some(EventKind::CalledBack) => {
                self.called_back = event.detail.read().is_some_and(|called: CalledBack| called.ends);
            }
            Some(EventKind::Reopened) => self.called_back = false,
            _ => {}
        }
        let Some(ticket) = event.ticket_id.and_then(|id| self.tickets.get_mut(&id)) else {
            return;
        };
        // What the system did by itself is nobody's act: it proves no signature and no contact.
        let by_somebody = event.account_id.is_some();
        let Some(kind) = event.kind.known() else { return };
        match kind {
            EventKind::Signed if by_somebody => {
                ticket.signed = ticket.signed.or(Some(event.at));
                ticket.in_hand = true;
            }
            EventKind::Contacted if by_somebody => ticket.seen = ticket.seen.or(Some(event.at)),
            EventKind::Resolved | EventKind::CloseConfirmed | EventKind::TransferReceived if by_somebody => {
                ticket.closed = Some(event.at);
                ticket.asked = false;
            }
            EventKind::CloseRequested => ticket.asked = true,
            EventKind::CloseRefused | EventKind::CloseTakenBack => {
                ticket.closed = None;
                ticket.asked = false;
            }
            EventKind::TriageAssigned | EventKind::TriageRerouted => {
                let settled: Option<Settled> = event.detail.read();
                if settled.is_some_and(|settled| settled.closed) {
                    ticket.closed = Some(event.at);
                }
            }
            EventKind::Reopened => {
                ticket.closed = None;
                ticket.in_hand = false;
            }
            EventKind::TransferWithdrawn => ticket.gone = true,
            _ => {}
        }
    }

    fn standing(&self) -> impl Iterator<Item = &Facts> {
        self.tickets.values().filter(|ticket| !ticket.gone)
    }

    /// The police signed.
    pub(super) fn police_signed(&self) -> bool {
        self.standing()
            .any(|t| t.obligation == "police-accept" && t.signed.is_some())
    }

    /// Every unit signed.
    pub(super) fn all_signed(&self) -> bool {
        self.standing()
            .filter(|t| t.obligation != "triage")
            .all(|t| t.signed.is_some())
    }

    /// Somebody saw the child.
    pub(super) fn seen(&self) -> bool {
        self.tickets.values().any(|t| t.seen.is_some())
    }

    /// Everything is closed.
    pub(super) fn resolved(&self) -> bool {
        self.standing().count() > 0 && self.standing().all(|t| t.closed.is_some())
    }
}

//! Floods as programs read them.

use chrono::{DateTime, Utc};
use platform::store;
use platform::store::{
    AccountId, FloodClosingId, FloodDecision, FloodGroundKind, FloodId, FloodKind, FloodState, ReportId, Word,
};
use serde::Serialize;

/// Those of the last days.
#[derive(Serialize)]
pub(super) struct Floods {
    pub(super) floods: Vec<Flood>,
}

/// One with the closings that were asked.
#[derive(Serialize)]
pub(super) struct OneFlood {
    pub(super) flood: Flood,
    pub(super) closings: Vec<Closing>,
}

/// The act was done, on so many reports or tickets.
#[derive(Serialize)]
pub(super) struct Done {
    pub(super) done: i64,
}

/// What is known of a flood.
#[derive(Serialize)]
pub(super) struct Flood {
    id: FloodId,
    kind: FloodKind,
    township: Option<String>,
    began_at: DateTime<Utc>,
    last_at: DateTime<Utc>,
    state: FloodState,
    decided_by: Option<String>,
    decided_at: Option<DateTime<Utc>>,
    reports: i64,
    tickets: i64,
    unsigned: i64,
    untaken: i64,
    closing_waits: bool,
}

/// Tickets that somebody asked to be ended at once.
#[derive(Serialize)]
pub(super) struct Closing {
    id: FloodClosingId,
    reports: i64,
    ground: FloodGroundKind,
    stays: Option<ReportId>,
    reason: String,
    asked_by: String,
    asked_account: AccountId,
    asked_at: DateTime<Utc>,
    due_at: DateTime<Utc>,
    decision: Option<Word<FloodDecision>>,
    decided_by: Option<String>,
    decided_at: Option<DateTime<Utc>>,
    tickets: i64,
}

impl From<store::Flood> for Flood {
    fn from(flood: store::Flood) -> Self {
        Self {
            id: flood.id,
            kind: flood.kind,
            township: flood.township,
            began_at: flood.began_at,
            last_at: flood.last_at,
            state: flood.state,
            decided_by: flood.decided_by,
            decided_at: flood.decided_at,
            reports: flood.reports,
            tickets: flood.tickets,
            unsigned: flood.unsigned,
            untaken: flood.untaken,
            closing_waits: flood.closing_waits,
        }
    }
}

impl From<store::FloodClosing> for Closing {
    fn from(closing: store::FloodClosing) -> Self {
        Self {
            id: closing.id,
            reports: closing.reports,
            ground: closing.ground,
            stays: closing.stays,
            reason: closing.reason,
            asked_by: closing.asked_by,
            asked_account: closing.asked_account,
            asked_at: closing.asked_at,
            due_at: closing.due_at,
            decision: closing.decision,
            decided_by: closing.decided_by,
            decided_at: closing.decided_at,
            tickets: closing.tickets,
        }
    }
}

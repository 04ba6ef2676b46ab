//! Motions as programs read them.

use casework::ticket::motion::{MotionKind, MotionState, ReturnGround};
use casework::words::{Stage, Urgency};
use chrono::{DateTime, Utc};
use platform::store::{AccountId, Motion as Found, MotionId, ReportId, TicketId, Word};
use serde::Serialize;

/// What a unit asks of the office.
#[derive(Serialize)]
pub(super) struct Motion {
    id: MotionId,
    ticket_id: TicketId,
    report_id: ReportId,
    /// Of the ticket: sent back with the act.
    version: i32,
    unit: String,
    unit_name: String,
    obligation: String,
    urgency: Urgency,
    kind: MotionKind,
    state: MotionState,
    ground: Option<Word<ReturnGround>>,
    wanted_unit: Option<String>,
    stage: Option<Word<Stage>>,
    was_due: Option<DateTime<Utc>>,
    wanted_due: Option<DateTime<Utc>>,
    asked_at: DateTime<Utc>,
    asked_by: String,
    asked_account: AccountId,
    agreed_at: Option<DateTime<Utc>>,
    agreed_by: Option<String>,
    due_at: DateTime<Utc>,
    drill: bool,
}

/// The word of what was done: `grant`, `refuse`, `agree`.
#[derive(Serialize)]
pub(super) struct Done {
    pub(super) done: &'static str,
}

impl From<Found> for Motion {
    fn from(m: Found) -> Self {
        Self {
            id: m.id,
            ticket_id: m.ticket_id,
            report_id: m.report_id,
            version: m.version,
            unit: m.unit,
            unit_name: m.unit_name,
            obligation: m.obligation,
            urgency: m.urgency,
            kind: m.kind,
            state: m.state,
            ground: m.ground,
            wanted_unit: m.wanted_unit,
            stage: m.stage,
            was_due: m.was_due,
            wanted_due: m.wanted_due,
            asked_at: m.asked_at,
            asked_by: m.asked_by,
            asked_account: m.asked_account,
            agreed_at: m.agreed_at,
            agreed_by: m.agreed_by,
            due_at: m.due_at,
            drill: m.drill,
        }
    }
}

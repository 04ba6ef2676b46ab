//! Closings as programs read them.

use casework::ticket::TicketState;
use casework::words::Urgency;
use chrono::{DateTime, Utc};
use platform::store::{AccountId, ClosingLine, Decider, ReportId, TicketId, Word};
use serde::Serialize;

/// A closing or transfer that waits for the office.
#[derive(Serialize)]
pub(super) struct Closing {
    ticket_id: TicketId,
    report_id: ReportId,
    version: i32,
    unit: String,
    unit_name: String,
    obligation: String,
    urgency: Urgency,
    state: TicketState,
    outcome: Option<String>,
    /// The unit that is to take over, if it is a transfer.
    transfer_to: Option<String>,
    close_by: Option<Word<Decider>>,
    requested_at: Option<DateTime<Utc>>,
    requested_by: Option<String>,
    requested_account: Option<AccountId>,
    due_at: Option<DateTime<Utc>>,
    drill: bool,
}

/// The word of what was done: `confirm`, `approve`, `refuse`.
#[derive(Serialize)]
pub(super) struct Done {
    pub(super) done: &'static str,
}

impl From<ClosingLine> for Closing {
    fn from(line: ClosingLine) -> Self {
        Self {
            ticket_id: line.ticket_id,
            report_id: line.report_id,
            version: line.version,
            unit: line.unit,
            unit_name: line.unit_name,
            obligation: line.obligation,
            urgency: line.urgency,
            state: line.state,
            outcome: line.outcome,
            transfer_to: line.transfer_to,
            close_by: line.close_by,
            requested_at: line.requested_at,
            requested_by: line.requested_by,
            requested_account: line.requested_account,
            due_at: line.due_at,
            drill: line.drill,
        }
    }
}

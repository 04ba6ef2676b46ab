//! Calls back as programs read them. What was written of a call is sealed and not among it.

use casework::callback::{CallResult, FollowUp};
use casework::ticket::TicketState;
use casework::words::{Identity, ReporterKind, Urgency};
use chrono::{DateTime, Utc};
use platform::store::{
    AccountId, CallbackDue, CallbackTicket, CallbackTry, CallbackUndecided, Loose, ReportId, TicketId, Word,
};
use serde::Serialize;

/// A report whose reporter is to be called now.
#[derive(Serialize)]
pub(crate) struct Due {
    report_id: ReportId,
    received_at: DateTime<Utc>,
    /// When the last ticket was closed.
    resolved_at: DateTime<Utc>,
    urgency: Urgency,
    reporter_kind: Option<Loose<ReporterKind>>,
    identity: Option<Loose<Identity>>,
    outcomes: Vec<String>,
    /// How often nobody was reached in this round.
    tries: i64,
    drill: bool,
}

/// 不满意 that waits for a second person.
#[derive(Serialize)]
pub(crate) struct Undecided {
    report_id: ReportId,
    attempt: i16,
    at: DateTime<Utc>,
    /// Who called can't decide it.
    by_account: Option<AccountId>,
    by_name: String,
    drill: bool,
}

/// A report with its calls.
#[derive(Serialize)]
pub(crate) struct Case {
    pub(crate) report_id: ReportId,
    pub(crate) due: bool,
    pub(crate) next_attempt: i16,
    pub(crate) calls: Vec<Call>,
    /// Those that can be reopened.
    pub(crate) tickets: Vec<Ticket>,
}

/// A call that was recorded.
#[derive(Serialize)]
pub(crate) struct Call {
    attempt: i16,
    round: i16,
    /// Which of the three tries of its round, where nobody answered.
    r#try: Option<i16>,
    result: CallResult,
    at: DateTime<Utc>,
    by_account: Option<AccountId>,
    by_name: String,
    retry_at: Option<DateTime<Utc>>,
    proposal: Option<Word<FollowUp>>,
    /// Null while a second person is waited for.
    decision: Option<Word<FollowUp>>,
    decided_at: Option<DateTime<Utc>>,
    decided_by: Option<String>,
}

/// A ticket that may be reopened.
#[derive(Serialize)]
pub(crate) struct Ticket {
    id: TicketId,
    obligation: String,
    unit_name: String,
    state: TicketState,
    outcome: Option<String>,
}

/// The call was recorded.
#[derive(Serialize)]
pub(crate) struct Recorded {
    recorded: bool,
    call: Call,
}

/// It was decided.
#[derive(Serialize)]
pub(crate) struct Decided {
    pub(crate) decided: bool,
}

impl Recorded {
    /// As this call.
    pub(crate) fn of(call: CallbackTry) -> Self {
        Self {
            recorded: true,
            call: call.into(),
        }
    }
}

impl From<CallbackDue> for Due {
    fn from(due: CallbackDue) -> Self {
        Self {
            report_id: due.report_id,
            received_at: due.received_at,
            resolved_at: due.resolved_at,
            urgency: due.urgency,
            reporter_kind: due.reporter_kind,
            identity: due.identity,
            outcomes: due.outcomes,
            tries: due.tries,
            drill: due.drill,
        }
    }
}

impl From<CallbackUndecided> for Undecided {
    fn from(call: CallbackUndecided) -> Self {
        Self {
            report_id: call.report_id,
            attempt: call.attempt,
            at: call.at,
            by_account: call.by_account,
            by_name: call.by_name,
            drill: call.drill,
        }
    }
}

impl From<CallbackTry> for Call {
    fn from(call: CallbackTry) -> Self {
        Self {
            attempt: call.attempt,
            round: call.round,
            r#try: call.nth,
            result: call.result,
            at: call.at,
            by_account: call.by_account,
            by_name: call.by_name,
            retry_at: call.retry_at,
            proposal: call.proposal,
            decision: call.decision,
            decided_at: call.decided_at,
            decided_by: call.decided_by,
        }
    }
}

impl From<CallbackTicket> for Ticket {
    fn from(ticket: CallbackTicket) -> Self {
        Self {
            id: ticket.id,
            obligation: ticket.obligation,
            unit_name: ticket.unit_name,
            state: ticket.state,
            outcome: ticket.outcome,
        }
    }
}

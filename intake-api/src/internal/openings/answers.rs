//! Openings as programs read them: what was written about them is in [`OneOpening`] alone.

use casework::disclosure::{Part, Shows};
use casework::report::StoredFacts;
use casework::ticket::opening::{Finding, OpeningState, Side, Way};
use casework::words::Urgency;
use chrono::{DateTime, Utc};
use platform::store;
use serde::Serialize;

use crate::{
    internal::{desk::Matter, reads::Look, standing::CaseAnswer},
    parts::Reporter,
};
use platform::store::{AccountId, OpeningId, ReportId, TicketId, Word};

/// What was asked: one opening for each way.
#[derive(Serialize)]
pub(super) struct Asked {
    pub(super) openings: Vec<Opening>,
}

/// A stretch of a list, and the id below which it goes on.
#[derive(Serialize)]
pub(super) struct Listed {
    pub(super) openings: Vec<Opening>,
    pub(super) before: Option<OpeningId>,
}

/// One with why it was asked, and each look.
#[derive(Serialize)]
pub(super) struct OneOpening {
    pub(super) opening: Opening,
    pub(super) reason: Option<String>,
    pub(super) reads: Vec<Look>,
}

/// What is open, to the person for whom it is open.
#[derive(Serialize)]
pub(super) struct Open {
    pub(super) opening: Opening,
    pub(super) parts: Vec<String>,
    /// As given: a report of another version of the wire may have others.
    pub(super) facts: StoredFacts,
    /// Null when it can't be opened.
    pub(super) matter: Option<Matter>,
    pub(super) reporter: Option<Reporter>,
    pub(super) identity: Option<Reporter>,
}

/// A report that somebody looked at without a ticket.
#[derive(Serialize)]
pub(crate) struct Report {
    pub(crate) report_id: ReportId,
    pub(crate) receipt: String,
    pub(crate) shows: Shows,
    pub(crate) hidden: Vec<Part>,
    /// As given.
    pub(crate) facts: StoredFacts,
    /// Null when it can't be opened.
    pub(crate) matter: Option<Matter>,
    pub(crate) reporter: Option<Reporter>,
    pub(crate) tickets: Vec<TicketId>,
    /// Null before it is routed.
    pub(crate) case: Option<CaseAnswer>,
    pub(crate) openings: Vec<Opening>,
}

/// An opening. Alone it is answered in this order of fields, in lists in that of the alphabet: so it was from the first version on.
#[derive(Serialize)]
pub(crate) struct Opening {
    id: OpeningId,
    version: i32,
    report_id: ReportId,
    ticket_id: Option<TicketId>,
    unit: String,
    unit_name: String,
    obligation: Option<String>,
    side: Side,
    way: Way,
    parts: Vec<String>,
    urgency: Urgency,
    drill: bool,
    state: OpeningState,
    asked_at: DateTime<Utc>,
    asked_account: AccountId,
    asked_by: String,
    due_at: Option<DateTime<Utc>>,
    decided_at: Option<DateTime<Utc>>,
    decided_account: Option<AccountId>,
    decided_by: Option<String>,
    opened_at: Option<DateTime<Utc>>,
    ends_at: Option<DateTime<Utc>>,
    ended_at: Option<DateTime<Utc>>,
    ended_account: Option<AccountId>,
    ended_by: Option<String>,
    ended_why: Option<String>,
    review_due_at: Option<DateTime<Utc>>,
    review: Option<Word<Finding>>,
    reviewed_at: Option<DateTime<Utc>>,
    reviewed_account: Option<AccountId>,
    reviewed_by: Option<String>,
}

impl From<store::Opening> for Opening {
    fn from(o: store::Opening) -> Self {
        Self {
            id: o.id,
            version: o.version,
            report_id: o.report_id,
            ticket_id: o.ticket_id,
            unit: o.unit,
            unit_name: o.unit_name,
            obligation: o.obligation,
            side: o.side,
            way: o.way,
            parts: o.parts,
            urgency: o.urgency,
            drill: o.drill,
            state: o.state,
            asked_at: o.asked_at,
            asked_account: o.asked_account,
            asked_by: o.asked_by,
            due_at: o.due_at,
            decided_at: o.decided_at,
            decided_account: o.decided_account,
            decided_by: o.decided_by,
            opened_at: o.opened_at,
            ends_at: o.ends_at,
            ended_at: o.ended_at,
            ended_account: o.ended_account,
            ended_by: o.ended_by,
            ended_why: o.ended_why,
            review_due_at: o.review_due_at,
            review: o.review,
            reviewed_at: o.reviewed_at,
            reviewed_account: o.reviewed_account,
            reviewed_by: o.reviewed_by,
        }
    }
}

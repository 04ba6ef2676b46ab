//! The desk: the queue of a unit, and a ticket with all that its page shows.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sqlx::{Row, types::Json};

use crate::store::{
    AccountId, Decider, Desk, DeskScope, Detail, Ended, EventKind, Ground, Listed, Loose, ReportId, Store, StoreError,
    TicketId, Unread, Word, listed::listed,
};
use casework::report::StoredFacts;
use casework::ticket::TicketState;
use casework::words::{Grade, TicketClock, Urgency};

/// One line of the queue.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct QueueLine {
    /// Ticket id.
    pub id: TicketId,
    /// Its report.
    pub report_id: ReportId,
    /// Unit that holds it.
    pub unit: String,
    /// Obligation code.
    pub obligation: String,
    /// Lead or assist.
    pub lead: bool,
    /// How urgent its case is.
    #[sqlx(try_from = "String")]
    pub urgency: Urgency,
    /// State.
    #[sqlx(try_from = "String")]
    pub state: TicketState,
    /// First stage not ended.
    pub next_stage: Option<Word<TicketClock>>,
    /// Its due time; none while its start event has not happened.
    pub next_due_at: Option<DateTime<Utc>>,
    /// Person it is assigned to.
    pub assignee_name: Option<String>,
    /// That person is disabled or no longer of the unit: it must be assigned again.
    pub assignee_gone: bool,
    /// When it was dispatched.
    pub dispatched_at: DateTime<Utc>,
    /// Area code of the report.
    pub area: Option<String>,
    /// Present danger.
    pub present_danger: bool,
    /// A drill.
    pub drill: bool,
    /// Facts that a list may say, for the pages.
    pub facts: Json<StoredFacts>,
}

/// A ticket with all that its page shows; sealed parts are opened by the caller.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct DeskTicket {
    /// Ticket id.
    pub id: TicketId,
    /// Optimistic lock.
    pub version: i32,
    /// Its report.
    pub report_id: ReportId,
    /// Unit that holds it.
    pub unit: String,
    /// Obligation code.
    pub obligation: String,
    /// Lead or assist.
    pub lead: bool,
    /// How urgent its case is.
    #[sqlx(try_from = "String")]
    pub urgency: Urgency,
    /// State.
    #[sqlx(try_from = "String")]
    pub state: TicketState,
    /// Evidence kind asked.
    pub evidence: Option<String>,
    /// When evidence was recorded.
    pub evidence_at: Option<DateTime<Utc>>,
    /// Bases of the obligation.
    pub basis: Json<Vec<casework::routing::Basis>>,
    /// When it was dispatched.
    pub dispatched_at: DateTime<Utc>,
    /// When and by whom it was signed.
    pub signed_at: Option<DateTime<Utc>>,
    /// By whom.
    pub signed_by: Option<String>,
    /// Assigned account.
    pub assignee: Option<AccountId>,
    /// And its name.
    pub assignee_name: Option<String>,
    /// That person is disabled or no longer of the unit: it must be assigned again.
    pub assignee_gone: bool,
    /// When the first contact was recorded: the child was seen exactly when this is there.
    pub contacted_at: Option<DateTime<Utc>>,
    /// By whom.
    pub contacted_by: Option<String>,
    /// When the child was seen, as that person said.
    pub seen_at: Option<DateTime<Utc>>,
    /// When it was resolved.
    pub resolved_at: Option<DateTime<Utc>>,
    /// By whom.
    pub resolved_by: Option<String>,
    /// Their account.
    pub resolved_by_account: Option<AccountId>,
    /// The outcome that waits for a confirmation, or for another unit to sign.
    pub close_outcome: Option<String>,
    /// Since when it waits.
    pub close_requested_at: Option<DateTime<Utc>>,
    /// Who asked for it.
    pub close_requested_by: Option<String>,
    /// Their account.
    pub close_requested_account: Option<AccountId>,
    /// Who confirms it.
    pub close_by: Option<Word<Decider>>,
    /// The unit that is to take over.
    pub transfer_to: Option<String>,
    /// Who confirmed the closing or approved the transfer.
    pub close_approved_by: Option<String>,
    /// Unknown facts that it rests on; empty = none.
    pub unknowns: Json<Vec<String>>,
    /// Where it comes from and goes to, with the case's first clock.
    pub chain: Option<Json<TicketChain>>,
    /// Outcome code.
    pub outcome: Option<String>,
    /// First stage not ended.
    pub next_stage: Option<Word<TicketClock>>,
    /// Its due time.
    pub next_due_at: Option<DateTime<Utc>>,
    /// Since when nothing is owed in the case any more; none: something is, or the ticket does not show all situations.
    pub case_closed_at: Option<DateTime<Utc>>,
    /// When the report was accepted.
    pub received_at: DateTime<Utc>,
    /// A drill.
    pub drill: bool,
    /// Situations that asked it.
    pub own: Vec<String>,
    /// Parts of the report that it shows.
    pub shows: Vec<String>,
    /// What the program judges by, and shows nobody: the desk's login can't read it ([`Store::ticket_ground`]).
    #[sqlx(skip)]
    pub ground: Ground,
    /// Wrapped data key.
    pub data_key: Vec<u8>,
    /// Stages with steps.
    pub stages: Json<Vec<DeskStage>>,
    /// Timeline of acts, the oldest first.
    pub events: Json<Vec<DeskEvent>>,
    /// Other units of the case: all where the ticket shows all situations, else who leads.
    pub others: Json<Vec<OtherTicket>>,
}

/// Tickets before and after this one, and the case's first clock.
#[derive(Clone, Debug, serde::Deserialize)]
pub struct TicketChain {
    /// When the case's first ticket was dispatched.
    pub case_dispatched_at: Option<DateTime<Utc>>,
    /// The ticket that this one goes back to, where it is another.
    pub first: Option<FirstTicket>,
    /// Unit of the ticket just before.
    pub from: Option<String>,
    /// Its state.
    pub from_state: Option<TicketState>,
    /// The ticket after it.
    pub to: Option<NextTicket>,
}

impl TicketChain {
    /// Another ticket goes on with it: one that was waived does not.
    pub fn is_followed(&self) -> bool {
        self.to.as_ref().is_some_and(|next| next.state != TicketState::Waived)
    }
}

/// The first ticket of a chain: its clock is the case's and is never reset.
#[derive(Clone, Debug, serde::Deserialize)]
pub struct FirstTicket {
    /// Unit.
    pub unit: String,
    /// When it was dispatched.
    pub dispatched_at: DateTime<Utc>,
    /// Due times by stage.
    pub dues: Option<BTreeMap<TicketClock, Option<DateTime<Utc>>>>,
}

/// The ticket that takes over.
#[derive(Clone, Debug, serde::Deserialize)]
pub struct NextTicket {
    /// Unit.
    pub unit: String,
    /// State.
    pub state: TicketState,
    /// When it was signed.
    pub signed_at: Option<DateTime<Utc>>,
}

/// A stage on the ticket page.
#[derive(Clone, Debug, serde::Deserialize)]
pub struct DeskStage {
    /// Which clock.
    pub stage: TicketClock,
    /// Due time.
    pub due_at: Option<DateTime<Utc>>,
    /// `30min` …
    pub time_limit: String,
    /// Event that starts it.
    pub start_event: String,
    /// Basis.
    pub basis: String,
    /// Grade of the basis.
    pub grade: Grade,
    /// Depends on an unpublished calendar.
    pub provisional: bool,
    /// How it was computed.
    pub derivation: Vec<String>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// How it ended.
    pub ended_how: Option<Ended>,
    /// Highest level sent.
    pub level: Option<i16>,
}

/// An act on the timeline.
#[derive(Clone, Debug, serde::Deserialize)]
pub struct DeskEvent {
    /// When.
    pub at: DateTime<Utc>,
    /// What was done.
    pub kind: Loose<EventKind>,
    /// Who, as shown: two people of one name are told apart.
    pub actor: String,
    /// Their account; `None` is the system.
    pub account: Option<AccountId>,
    /// Coarse detail without personal data.
    pub detail: Detail,
    /// 批示 from before it was sealed; none: it is sealed, or this is another act.
    #[serde(default)]
    pub instruction: Option<String>,
    /// Hex of what was written, sealed with the report's key.
    pub sealed: Option<String>,
}

/// Another unit's ticket of the same case.
#[derive(Clone, Debug, serde::Deserialize)]
pub struct OtherTicket {
    /// Unit code.
    pub unit: String,
    /// Unit's name.
    pub unit_name: String,
    /// Obligation; none where it would tell what this ticket does not show.
    pub obligation: Option<String>,
    /// Leads.
    pub lead: bool,
    /// State.
    pub state: TicketState,
    /// Its next due time.
    pub next_due_at: Option<DateTime<Utc>>,
}

impl Store<Desk> {
    /// The queue of these units: open tickets by next due, `limit` of them after `offset`, and how many there are in all.
    pub async fn desk_queue(
        &self,
        scope: &DeskScope,
        county: &str,
        offset: i64,
        limit: i64,
    ) -> Result<(Vec<Listed<QueueLine>>, i64), StoreError> {
        let mut tx = self.desk(scope).await?;
        let rows = sqlx::query(include_str!("queue.sql"))
            .bind(county)
            .bind(offset)
            .bind(limit)
            .fetch_all(&mut *tx)
            .await?;
        let open = sqlx::query_scalar(
            "SELECT count(*) FROM (SELECT FROM tickets WHERE county = $1
                AND unit = ANY ((SELECT desk_units())::text[])
                AND state IN ('dispatched', 'signed', 'in-progress', 'close-requested', 'transferring', 'return-requested', 'reopened') LIMIT 1000) few",
        )
        .bind(county)
        .fetch_one(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok((
            listed(&rows, |row| {
                Ok(Unread::Ticket {
                    ticket: row.try_get("id")?,
                    report: row.try_get("report_id")?,
                })
            })?,
            open,
        ))
    }

    /// One ticket, if it is of these units.
    pub async fn desk_ticket(&self, scope: &DeskScope, id: TicketId) -> Result<Option<DeskTicket>, StoreError> {
        let mut tx = self.desk(scope).await?;
        let ticket = sqlx::query_as(include_str!("ticket.sql"))
            .bind(id)
            .fetch_optional(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(ticket)
    }

    /// People of a unit: account, name as shown, phone, whether they lead it.
    pub async fn desk_people(
        &self,
        county: &str,
        unit: &str,
    ) -> Result<Vec<(AccountId, String, Option<String>, bool)>, StoreError> {
        let rows = sqlx::query_as(
            "SELECT a.id, person_shown(a.id, a.name) AS name, a.phone, bool_or(m.role = 'leader')
             FROM memberships m JOIN accounts a ON a.id = m.account_id
             WHERE m.county = $1 AND m.unit = $2 AND m.ended_at IS NULL AND m.role IN ('member', 'leader') AND a.disabled_at IS NULL
             GROUP BY a.id, a.name, a.phone ORDER BY name, a.id",
        )
        .bind(county)
        .bind(unit)
        .fetch_all(&self.pool)
        .await?;
        Ok(rows)
    }
}

//! One act on a locked ticket, and what most acts write: an event, the end of a stage, a contact, evidence.

use casework::routing::PlannedClock;
use casework::ticket::{TicketState, motion::MotionKind};
use chrono::{DateTime, Utc};
use sqlx::{PgTransaction, types::Json};

use super::deed::{Acting, OfCall};
use crate::store::{
    AccountId, Detail, EventKind, ReportId, StoreError, TicketId, Word, event_detail::Contacted,
    rings::begin::clocks_ring,
};
use casework::words::{TicketClock, reserved};

/// A ticket as an act finds it, locked.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct Found {
    pub(super) id: TicketId,
    pub(super) county: String,
    pub(super) unit: String,
    pub(super) obligation: String,
    #[sqlx(try_from = "String")]
    pub(super) state: TicketState,
    pub(super) version: i32,
    pub(super) report_id: ReportId,
    pub(super) predecessor: Option<TicketId>,
    pub(super) outcome: Option<String>,
    pub(super) resolved_at: Option<DateTime<Utc>>,
    pub(super) resolved_by_account: Option<AccountId>,
    pub(super) close_outcome: Option<String>,
    pub(super) close_requested_at: Option<DateTime<Utc>>,
    pub(super) close_requested_by: Option<String>,
    pub(super) close_requested_account: Option<AccountId>,
    pub(super) close_by: Option<Word<Decider>>,
    pub(super) transfer_to: Option<String>,
    pub(super) confirm_due: Option<DateTime<Utc>>,
    pub(super) called_back: bool,
    pub(super) asked: Option<Word<MotionKind>>,
}

casework::words! {
    /// Who confirms a closing.
    Decider {
        /// Another person of the unit.
        Unit = "unit",
        /// The office.
        Office = "office",
    }
}

/// Who acts: a unit's desk under row-level security, or the office of a county.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side<'a> {
    Desk,
    Office { county: &'a str },
}

/// One act under way: the ticket as it was found, the state that the machine gives it, and who does it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step<'a> {
    pub(super) side: Side<'a>,
    pub(super) found: &'a Found,
    pub(super) after: TicketState,
    pub(super) acting: &'a Acting<'a>,
}

impl Step<'_> {
    /// What was written, sealed.
    pub(super) fn sealed(&self) -> Option<&[u8]> {
        self.acting.sealed.as_deref()
    }
}

casework::words! {
    /// How a clock ended.
    Ended {
        /// By what it asks.
        Act = "act",
        /// With its ticket, without what it asks.
        Closed = "closed",
        /// It was taken away, or never owed.
        Void = "void",
    }
}

/// The child was seen: the first record counts, each leaves an event.
pub(super) async fn contact(
    tx: &mut PgTransaction<'_>,
    step: &Step<'_>,
    seen_at: DateTime<Utc>,
    sealed: Option<&[u8]>,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE tickets SET contacted_at = $2, contacted_by = $3, contacted_by_account = $4, seen_at = $5 WHERE id = $1 AND contacted_at IS NULL",
    )
    .bind(step.found.id)
    .bind(step.acting.at)
    .bind(step.acting.by)
    .bind(step.acting.account)
    .bind(seen_at)
    .execute(&mut **tx)
    .await?;
    stage_end(tx, step.found.id, TicketClock::Contact, Ended::Act, step.acting.at).await?;
    told(
        tx,
        step,
        EventKind::Contacted,
        &Detail::of(&Contacted { seen_at }),
        sealed,
    )
    .await
}

pub(super) async fn evidence(
    tx: &mut PgTransaction<'_>,
    step: &Step<'_>,
    detail: &Detail,
    sealed: Option<&[u8]>,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE tickets SET evidence_at = $2 WHERE id = $1")
        .bind(step.found.id)
        .bind(step.acting.at)
        .execute(&mut **tx)
        .await?;
    told(tx, step, EventKind::Evidence, detail, sealed).await
}

/// The office decided that nothing of the ticket is owed here any more: its own clock ends by that, and no other is judged.
pub(super) async fn clocks_decided(tx: &mut PgTransaction<'_>, step: &Step<'_>) -> Result<(), StoreError> {
    let (ticket, at) = (step.found.id, step.acting.at);
    stage_end(tx, ticket, TicketClock::Motion, Ended::Act, at).await?;
    for clock in TicketClock::ALL {
        stage_end(tx, ticket, *clock, Ended::Void, at).await?;
    }
    Ok(())
}

pub(super) async fn stage_end(
    tx: &mut PgTransaction<'_>,
    ticket: TicketId,
    clock: TicketClock,
    how: Ended,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE stages SET ended_at = $3, next_at = NULL, ended_how = $4 WHERE ticket_id = $1 AND stage = $2 AND ended_at IS NULL",
    )
    .bind(ticket)
    .bind(clock.as_str())
    .bind(at)
    .bind(how.as_str())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A new state and version, nothing else.
pub(super) async fn moved(tx: &mut PgTransaction<'_>, step: &Step<'_>) -> Result<(), StoreError> {
    sqlx::query("UPDATE tickets SET state = $2, version = version + 1 WHERE id = $1")
        .bind(step.found.id)
        .bind(step.after.as_str())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// A clock begins on which somebody else decides. A ticket may wait for the same again: then the same clock starts anew, as its next
/// generation.
pub(super) async fn clock_begins(
    tx: &mut PgTransaction<'_>,
    step: &Step<'_>,
    which: TicketClock,
    (clock, calendar): (&PlannedClock, &str),
) -> Result<(), StoreError> {
    let event = match which {
        TicketClock::Motion => reserved::MOTION_ASKED,
        _ => reserved::CLOSE_REQUESTED,
    };
    sqlx::query(
        "INSERT INTO stages (ticket_id, stage, time_limit, start_event, started_at, due_at, provisional, basis, grade, calendar_version,
                             derivation, plan, next_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
         ON CONFLICT (ticket_id, stage) DO UPDATE SET due_generation = stages.due_generation + 1, time_limit = excluded.time_limit,
             started_at = excluded.started_at, due_at = excluded.due_at, provisional = excluded.provisional, basis = excluded.basis,
             grade = excluded.grade, calendar_version = excluded.calendar_version, derivation = excluded.derivation,
             plan = excluded.plan, next_step = 0, next_at = excluded.next_at, ended_at = NULL, ended_how = NULL, resumed_at = NULL",
    )
    .bind(step.found.id)
    .bind(which.as_str())
    .bind(clock.limit.to_string())
    .bind(event)
    .bind(step.acting.at)
    .bind(clock.due)
    .bind(clock.provisional)
    .bind(&clock.basis)
    .bind(clock.grade.as_str())
    .bind(calendar)
    .bind(Json(&clock.derivation))
    .bind(Json(&clock.steps))
    .bind(clock.steps.first().map(|step| step.at))
    .execute(&mut **tx)
    .await?;
    clocks_ring(tx, step.found.id, &[which], step.acting.at).await
}

/// Leaves an event; of an act by telephone it says so. Several of one act carry the same time, in microseconds that keep their order.
pub(super) async fn told(
    tx: &mut PgTransaction<'_>,
    step: &Step<'_>,
    kind: EventKind,
    detail: &Detail,
    sealed: Option<&[u8]>,
) -> Result<(), StoreError> {
    let mut detail = detail.clone();
    if let Some(telephone) = step.acting.telephone {
        detail = detail.and(&OfCall { telephone });
    }
    sqlx::query(
        "INSERT INTO events (at, report_id, ticket_id, kind, actor, account_id, detail, sealed)
         SELECT $1 + count(*) * interval '1 microsecond', $2, $3, $4, $5, $6, $7, $8 FROM events e
         WHERE e.report_id = $2 AND e.ticket_id = $3 AND e.at >= $1 AND e.at < $1 + interval '1 millisecond'",
    )
    .bind(step.acting.at)
    .bind(step.found.report_id)
    .bind(step.found.id)
    .bind(kind.as_str())
    .bind(step.acting.by)
    .bind(step.acting.account)
    .bind(detail)
    .bind(sealed)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

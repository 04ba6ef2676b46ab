//! 重新办理: a closed ticket is owed again. Its clocks start anew with the next due generation; how they went before stays in
//! `stage_rounds`, what was done before stays in the events, and the child that was seen stays seen.
//!
//! Two ways lead here: the office decides so after a call-back ([`tickets`]), or the unit's leader or the office does, with a reason
//! ([`by_act`]).

use casework::pack::Pack;
use casework::routing::{PlannedStage, stage_started};
use casework::ticket::{TicketAct, TicketState, closing::goes_on};
use casework::words::{Stage, TicketClock, Urgency};
use chrono::{DateTime, Utc};
use sqlx::{PgTransaction, types::Json};
use uuid::Uuid;

use super::{
    deed::{Denied, Reopening},
    step::{Side, Step, told},
};
use crate::store::{
    By, Detail, EventKind, ReportId, StageId, StoreError, TicketId, Word, event_detail::Reopened,
    rings::begin::clocks_ring,
};

/// Which tickets, by whom, when.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) struct Reopen<'a> {
    /// County.
    pub(in crate::store) county: &'a str,
    /// Report of the tickets.
    pub(in crate::store) report_id: ReportId,
    /// The tickets; none is wrong.
    pub(in crate::store) tickets: &'a [TicketId],
    /// Who.
    pub(in crate::store) by: By<'a>,
    /// When.
    pub(in crate::store) at: DateTime<Utc>,
}

#[derive(sqlx::FromRow)]
struct Closed {
    id: TicketId,
    obligation: String,
    unit: String,
    #[sqlx(try_from = "String")]
    urgency: Urgency,
    #[sqlx(try_from = "String")]
    state: TicketState,
}

impl Reopening {
    /// By a pack: each stage that the rules have, begun at a moment.
    pub fn plan(pack: &Pack, (obligation, unit): (&str, &str), urgency: Urgency, at: DateTime<Utc>) -> Self {
        let planned =
            |stage: &Stage| -> Option<PlannedStage> { stage_started(pack, (obligation, unit), urgency, *stage, at) };
        Self {
            stages: Stage::ALL.iter().filter_map(planned).collect(),
            calendar: pack.calendar().version().to_owned(),
        }
    }
}

/// Reopens all of them, or says `false` and leaves the transaction to be rolled back.
pub(in crate::store) async fn tickets(
    tx: &mut PgTransaction<'_>,
    reopen: &Reopen<'_>,
    pack: &Pack,
) -> Result<bool, StoreError> {
    let mut ids = reopen.tickets.to_vec();
    ids.sort_unstable();
    ids.dedup();
    let found: Vec<Closed> = sqlx::query_as(
        "SELECT t.id, t.obligation, t.unit, t.urgency, t.state FROM tickets t
         WHERE t.county = $1 AND t.report_id = $2 AND t.id = ANY ($3) AND t.obligation <> 'triage'
           AND NOT EXISTS (SELECT FROM tickets s WHERE s.predecessor = t.id AND s.state NOT IN ('returned', 'waived'))
         ORDER BY t.id FOR UPDATE OF t",
    )
    .bind(reopen.county)
    .bind(reopen.report_id)
    .bind(&ids)
    .fetch_all(&mut **tx)
    .await?;
    if ids.is_empty() || found.len() != ids.len() {
        return Ok(false);
    }
    for ticket in &found {
        let Ok(state) = ticket.state.after(TicketAct::Reopen) else {
            return Ok(false);
        };
        one(tx, reopen, ticket, state, pack).await?;
    }
    Ok(true)
}

async fn one(
    tx: &mut PgTransaction<'_>,
    reopen: &Reopen<'_>,
    ticket: &Closed,
    state: TicketState,
    pack: &Pack,
) -> Result<(), StoreError> {
    let anew = Reopening::plan(pack, (&ticket.obligation, &ticket.unit), ticket.urgency, reopen.at);
    let generation = owed(tx, ticket.id, state, (&anew, reopen.at)).await?;
    sqlx::query(
        "INSERT INTO events (at, report_id, ticket_id, kind, actor, account_id, detail) VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(reopen.at)
    .bind(reopen.report_id)
    .bind(ticket.id)
    .bind(EventKind::Reopened.as_str())
    .bind(reopen.by.name)
    .bind(reopen.by.account)
    .bind(Detail::of(&Reopened {
        due_generation: generation,
    }))
    .execute(&mut **tx)
    .await?;
    notify(tx, ticket.id, generation, reopen.at).await
}

/// By the unit's leader or the office, for a reason. What another unit has taken over is owed there.
pub(super) async fn by_act(
    tx: &mut PgTransaction<'_>,
    step: &Step<'_>,
    anew: &Reopening,
) -> Result<Option<Denied>, StoreError> {
    let (ticket, at) = (step.found.id, step.acting.at);
    let follows: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT FROM tickets s WHERE s.predecessor = $1 AND s.state NOT IN ('returned', 'waived'))",
    )
    .bind(ticket)
    .fetch_one(&mut **tx)
    .await?;
    if goes_on(step.found.outcome.as_deref(), follows) {
        return Ok(Some(Denied::GoesOn));
    }
    let generation = owed(tx, ticket, step.after, (anew, at)).await?;
    let detail = Detail::of(&Reopened {
        due_generation: generation,
    });
    told(tx, step, EventKind::Reopened, &detail, step.sealed()).await?;
    match step.side {
        Side::Desk => {
            sqlx::query("SELECT desk_notice($1, $2, 'reopened', false, NULL, $3)")
                .bind(Uuid::new_v4())
                .bind(ticket)
                .bind(at)
                .execute(&mut **tx)
                .await?;
        }
        Side::Office { .. } => notify(tx, ticket, generation, at).await?,
    }
    Ok(None)
}

/// The unit is told, once for each time.
async fn notify(
    tx: &mut PgTransaction<'_>,
    ticket: TicketId,
    generation: i32,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO notices (id, dedup, county, kind, ticket_id, unit, urgency, drill, created_at, state)
         SELECT $1, $2, t.county, 'reopened', t.id, t.unit, t.urgency, r.drill, $4, 'queued'
         FROM tickets t JOIN reports r ON r.id = t.report_id WHERE t.id = $3 ON CONFLICT (dedup) DO NOTHING",
    )
    .bind(Uuid::new_v4())
    .bind(format!("reopened:{ticket}:{generation}"))
    .bind(ticket)
    .bind(at)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// It is owed again, and nothing of its closing stands on it any more; says the new generation.
async fn owed(
    tx: &mut PgTransaction<'_>,
    ticket: TicketId,
    state: TicketState,
    (anew, at): (&Reopening, DateTime<Utc>),
) -> Result<i32, StoreError> {
    let generation = stages(tx, ticket, (anew, at)).await?;
    sqlx::query(
        "UPDATE tickets t SET state = $2, version = version + 1, resolved_at = NULL, resolved_by = NULL, resolved_by_account = NULL,
                outcome = NULL, close_outcome = NULL, close_requested_at = NULL, close_requested_by = NULL, close_requested_account = NULL,
                close_by = NULL, transfer_to = NULL, close_approved_at = NULL, close_approved_by = NULL, close_approved_account = NULL,
                callback_shut = NULL, (next_stage, next_due_at) = (SELECT n.stage, n.due_at FROM ticket_next(t.id) n)
         WHERE id = $1",
    )
    .bind(ticket)
    .bind(state.as_str())
    .execute(&mut **tx)
    .await?;
    Ok(generation)
}

/// Keeps how the stages went and starts them anew; says the new generation. A stage whose start event has not come waits for it.
async fn stages(
    tx: &mut PgTransaction<'_>,
    ticket: TicketId,
    (anew, at): (&Reopening, DateTime<Utc>),
) -> Result<i32, StoreError> {
    sqlx::query(
        "INSERT INTO stage_rounds (stage_id, due_generation, time_limit, started_at, due_at, ended_at, ended_how)
         SELECT id, due_generation, time_limit, started_at, due_at, ended_at, ended_how FROM stages
         WHERE ticket_id = $1 AND stage IN ('sign', 'contact', 'resolve') ON CONFLICT DO NOTHING",
    )
    .bind(ticket)
    .execute(&mut **tx)
    .await?;
    let rows: Vec<(StageId, Word<Stage>, bool, i32)> = sqlx::query_as(
        "SELECT id, stage, started_at IS NOT NULL, due_generation FROM stages
         WHERE ticket_id = $1 AND stage IN ('sign', 'contact', 'resolve') ORDER BY id",
    )
    .bind(ticket)
    .fetch_all(&mut **tx)
    .await?;
    let generation = 1 + rows.iter().map(|(.., generation)| *generation).max().unwrap_or(1);
    for (id, Word(stage), started, _) in &rows {
        let planned = anew.stages.iter().find(|planned| *started && planned.stage == *stage);
        let Some(planned) = planned else {
            // Not started yet, or the rules have no such stage any more: it stands as it was, not ended by the closing.
            sqlx::query("UPDATE stages SET ended_at = NULL, ended_how = NULL, due_generation = $2 WHERE id = $1 AND started_at IS NULL")
                .bind(id)
                .bind(generation)
                .execute(&mut **tx)
                .await?;
            continue;
        };
        sqlx::query(
            "UPDATE stages SET due_generation = $2, time_limit = $3, start_event = $4, started_at = $5, due_at = $6, provisional = $7,
                    basis = $8, grade = $9, calendar_version = $10, derivation = $11, plan = $12, next_step = 0, next_at = $13,
                    ended_at = NULL, ended_how = NULL, resumed_at = NULL, due_fixed = false
             WHERE id = $1",
        )
        .bind(id)
        .bind(generation)
        .bind(planned.limit.to_string())
        .bind(&planned.start)
        .bind(at)
        .bind(planned.due)
        .bind(planned.provisional)
        .bind(&planned.basis)
        .bind(planned.grade.as_str())
        .bind(&anew.calendar)
        .bind(Json(&planned.derivation))
        .bind(Json(&planned.steps))
        .bind(planned.steps.first().map(|step| step.at))
        .execute(&mut **tx)
        .await?;
    }
    clocks_ring(tx, ticket, &[TicketClock::Sign], at).await?;
    Ok(generation)
}

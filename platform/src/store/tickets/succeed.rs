//! The ticket of the unit that takes over, after a transfer or a return.

use casework::words::TicketClock;
use sqlx::{PgTransaction, types::Json};
use uuid::Uuid;

use super::{deed::Successor, step::Step};
use crate::store::{StoreError, TicketId, rings::begin::clocks_ring, routing::decision::StageRow};

/// The ticket of the unit that takes over: the same obligation of the same case and report, with its own clocks, told like any dispatch.
pub(super) async fn succeed(
    tx: &mut PgTransaction<'_>,
    step: &Step<'_>,
    unit: &str,
    successor: &Successor,
) -> Result<TicketId, StoreError> {
    let Step { found, acting, .. } = *step;
    let stages: Vec<_> = successor.stages.iter().map(StageRow::of).collect();
    let first = successor.stages.first();
    let new: TicketId = sqlx::query_scalar(
        "INSERT INTO tickets (county, case_id, report_id, predecessor, obligation, unit, unit_kind, lead, urgency, evidence, basis,
                              unknowns, own, shows, rule_set, dispatched_at, state, next_stage, next_due_at)
         SELECT county, case_id, report_id, id, obligation, $8, $2, lead, urgency, evidence, basis, unknowns, own, $7,
                $3, $4, 'dispatched', $5, $6
         FROM tickets WHERE id = $1 RETURNING id",
    )
    .bind(found.id)
    .bind(&successor.unit_kind)
    .bind(successor.rule_set)
    .bind(acting.at)
    .bind(first.map(|stage| stage.stage.as_str()))
    .bind(first.and_then(|stage| stage.due))
    .bind(successor.shows.words())
    .bind(unit)
    .fetch_one(&mut **tx)
    .await?;
    sqlx::query(
        "INSERT INTO stages (ticket_id, stage, time_limit, start_event, started_at, due_at, provisional, basis, grade,
                             calendar_version, derivation, plan, next_at)
         SELECT $1, s.stage, s.time_limit, s.start_event, CASE WHEN s.due_at IS NULL THEN NULL ELSE $2 END, s.due_at, s.provisional,
                s.basis, s.grade, $3, s.derivation, s.plan, s.next_at
         FROM jsonb_to_recordset($4) AS s (stage text, time_limit text, start_event text, due_at timestamptz, provisional boolean,
             basis text, grade text, derivation jsonb, plan jsonb, next_at timestamptz)",
    )
    .bind(new)
    .bind(acting.at)
    .bind(&successor.calendar)
    .bind(Json(stages))
    .execute(&mut **tx)
    .await?;
    clocks_ring(tx, new, &[TicketClock::Sign], acting.at).await?;
    sqlx::query(
        "INSERT INTO notices (id, dedup, county, kind, ticket_id, unit, urgency, drill, created_at, state)
         SELECT $2, 'dispatch:' || t.id, t.county, 'dispatch', t.id, t.unit, t.urgency, r.drill, $3, 'queued'
         FROM tickets t JOIN reports r ON r.id = t.report_id WHERE t.id = $1",
    )
    .bind(new)
    .bind(Uuid::new_v4())
    .bind(acting.at)
    .execute(&mut **tx)
    .await?;
    Ok(new)
}

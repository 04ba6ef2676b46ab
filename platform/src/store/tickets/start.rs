//! A clock that waited for its event starts when somebody records the event: due, plan and rings follow from that moment.

use sqlx::{PgTransaction, types::Json};

use super::{
    deed::Started,
    step::{Step, told},
};
use crate::store::{Detail, EventKind, StoreError, event_detail::ClockStarted, rings::begin::clocks_ring};

/// Starts them. Steps that were due before it was recorded are late by nobody's fault but the recording's.
pub(super) async fn start(tx: &mut PgTransaction<'_>, step: &Step<'_>, started: &Started) -> Result<(), StoreError> {
    let Step { found, acting, .. } = *step;
    for (clock, anew) in &started.clocks {
        sqlx::query(
            "UPDATE stages SET started_at = $3, due_at = $4, provisional = $5, derivation = $6, plan = $7, next_step = 0, next_at = $8,
                    calendar_version = $9, resumed_at = $10
             WHERE ticket_id = $1 AND stage = $2 AND started_at IS NULL AND ended_at IS NULL",
        )
        .bind(found.id)
        .bind(clock.as_str())
        .bind(started.at)
        .bind(anew.due)
        .bind(anew.provisional)
        .bind(Json(&anew.derivation))
        .bind(Json(&anew.steps))
        .bind(anew.steps.first().map(|step| step.at))
        .bind(&started.calendar)
        .bind(acting.at)
        .execute(&mut **tx)
        .await?;
        let detail = Detail::of(&ClockStarted {
            clock: *clock,
            event: started.event.clone(),
            at: started.at,
            due: anew.due,
        });
        told(tx, step, EventKind::ClockStarted, &detail, step.sealed()).await?;
    }
    let clocks: Vec<_> = started.clocks.iter().map(|(clock, _)| *clock).collect();
    clocks_ring(tx, found.id, &clocks, acting.at).await
}

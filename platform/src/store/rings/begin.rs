//! When a stage begins to ring: whoever starts a clock or sends a level says so, in the same transaction.
//!
//! Nobody says that one has ended: the next turn finds it out and takes the row away. So only what begins must never be forgotten.

use casework::words::TicketClock;
use chrono::{DateTime, Utc};
use sqlx::PgTransaction;

use crate::store::{StageId, StoreError, TicketId};

/// These clocks of a ticket, as far as they run, are looked at from a moment on.
pub(in crate::store) async fn clocks_ring(
    tx: &mut PgTransaction<'_>,
    ticket: TicketId,
    clocks: &[TicketClock],
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let clocks: Vec<&str> = clocks.iter().map(|clock| clock.as_str()).collect();
    sqlx::query(
        "INSERT INTO ring_turns (stage_id, county, next_at)
         SELECT id, county, $3 FROM stages WHERE ticket_id = $1 AND stage = ANY ($2) AND ended_at IS NULL ORDER BY id
         ON CONFLICT (stage_id) DO UPDATE SET next_at = excluded.next_at, held = NULL WHERE ring_turns.next_at > excluded.next_at",
    )
    .bind(ticket)
    .bind(clocks)
    .bind(at)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// These stages are looked at from a moment on: a level of them was sent.
pub(in crate::store) async fn stages_ring(
    tx: &mut PgTransaction<'_>,
    stages: &[StageId],
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO ring_turns (stage_id, county, next_at) SELECT id, county, $2 FROM stages WHERE id = ANY ($1) ORDER BY id
         ON CONFLICT (stage_id) DO UPDATE SET next_at = excluded.next_at, held = NULL WHERE ring_turns.next_at > excluded.next_at",
    )
    .bind(stages)
    .bind(at)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

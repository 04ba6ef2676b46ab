//! What the clock tells: a level that was sent.

use chrono::{DateTime, Utc};
use sqlx::PgTransaction;

use crate::store::{StageId, StoreError};

/// The own systems of units are told of the levels that these stages sent at `now`. Where the county has none, nothing is looked up.
pub(in crate::store) async fn levels_post(
    tx: &mut PgTransaction<'_>,
    stages: &[StageId],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    if stages.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "INSERT INTO posts (id, outlet_id, dedup, county, event, ticket_id, detail, urgency, drill, created_at, state)
         SELECT gen_random_uuid(), o.id, format('level:%s:%s:%s', e.stage_id, e.due_generation, e.level), t.county, 'escalated', t.id,
                jsonb_build_object('stage', s.stage, 'level', e.level), t.urgency, t.drill, $2, 'queued'
         FROM stages s JOIN escalation_steps e ON e.stage_id = s.id AND e.sent_at = $2 JOIN tickets t ON t.id = s.ticket_id
         JOIN outlets o ON o.county = t.county AND o.unit = t.unit AND o.kind = 'webhook' AND o.ended_at IS NULL
         WHERE s.id = ANY ($1) AND EXISTS (SELECT FROM outlets WHERE kind = 'webhook' AND ended_at IS NULL)
         ON CONFLICT DO NOTHING",
    )
    .bind(stages)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

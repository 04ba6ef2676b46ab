//! Open stages whose turn was lost ring again, and turns of stages that ended long ago go.
//!
//! Whoever starts a clock writes the turn in the same transaction, so none is ever lost by this program. What is mended here is a
//! row that a restored backup, a hand in the database or a fault of an older version took away: that stage would be silent for
//! ever, and nobody would see it.

use chrono::{DateTime, Utc};

use crate::store::{Router, StageId, Store, StoreError};

/// Stages of one sweep, by their ids; the next one goes on where it ended.
const BATCH: i64 = 2_000;

/// What a sweep found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TurnsMended {
    /// Open stages with a bell that nobody answered, and no turn: they have one again.
    pub lost: u64,
    /// Turns of stages that have ended.
    pub ended: u64,
    /// Where the next sweep begins; none: at the first stage again.
    pub next: Option<StageId>,
}

impl Store<Router> {
    /// Looks at the next 2,000 stages of a county after one. A stage whose bells are all answered has no turn until its next level
    /// is sent, and needs none.
    pub async fn ring_turns_mend(
        &self,
        county: &str,
        after: Option<StageId>,
        now: DateTime<Utc>,
    ) -> Result<TurnsMended, StoreError> {
        let mut tx = self.pool.begin().await?;
        let stages: Vec<StageId> =
            sqlx::query_scalar("SELECT id FROM stages WHERE id > $1 AND county = $2 ORDER BY id LIMIT $3")
                .bind(after.unwrap_or(StageId(0)))
                .bind(county)
                .bind(BATCH)
                .fetch_all(&mut *tx)
                .await?;
        let lost = sqlx::query(
            "INSERT INTO ring_turns (stage_id, county, next_at)
             SELECT s.id, s.county, $2 FROM stages s
             WHERE s.id = ANY ($1) AND s.ended_at IS NULL AND s.due_at IS NOT NULL
               AND NOT EXISTS (SELECT FROM ring_turns t WHERE t.stage_id = s.id)
               AND (s.stage IN ('sign', 'confirm', 'approve', 'motion')
                    AND NOT EXISTS (SELECT FROM bells b WHERE b.stage_id = s.id AND b.due_generation = s.due_generation
                                    AND b.cause IN ('dispatch', 'asked') AND b.answered_at IS NOT NULL)
                 OR EXISTS (SELECT FROM escalation_steps e
                            WHERE e.stage_id = s.id AND e.due_generation = s.due_generation AND e.sent_at IS NOT NULL
                              -- The last level is repeated, whoever answers.
                              AND (s.next_at IS NULL
                                OR NOT EXISTS (SELECT FROM bells b WHERE b.stage_id = s.id AND b.due_generation = s.due_generation
                                               AND b.cause = 'level-' || e.level AND b.answered_at IS NOT NULL))))
             ORDER BY s.id ON CONFLICT (stage_id) DO NOTHING",
        )
        .bind(&stages)
        .bind(now)
        .execute(&mut *tx)
        .await?;
        // One that another transaction holds is at its turn just now.
        let ended = sqlx::query(
            "DELETE FROM ring_turns WHERE stage_id IN (
                 SELECT t.stage_id FROM ring_turns t JOIN stages s ON s.id = t.stage_id
                 WHERE t.stage_id = ANY ($1) AND s.ended_at IS NOT NULL FOR UPDATE OF t SKIP LOCKED)",
        )
        .bind(&stages)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        let whole = i64::try_from(stages.len()).is_ok_and(|count| count == BATCH);
        Ok(TurnsMended {
            lost: lost.rows_affected(),
            ended: ended.rows_affected(),
            next: stages.last().copied().filter(|_| whole),
        })
    }
}

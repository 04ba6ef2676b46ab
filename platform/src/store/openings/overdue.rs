//! Decisions and reviews of openings that nobody made in time: the office is told once, and the board counts them.

use chrono::{DateTime, Utc};

use crate::store::{Store, StoreError};

/// Told in one transaction.
const BATCH: i64 = 50;

impl Store {
    /// When the next one falls due.
    pub(crate) async fn openings_next(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        Ok(sqlx::query_scalar(
            "SELECT coalesce(due_at, review_due_at) FROM openings
             WHERE told_at IS NULL AND (state = 'asked' OR review_due_at IS NOT NULL AND review IS NULL)
             ORDER BY coalesce(due_at, review_due_at) LIMIT 1",
        )
        .fetch_optional(&self.pool)
        .await?)
    }

    /// Tells the office of those that are overdue by now; answers how many notices were queued.
    pub async fn openings_tell(&self, now: DateTime<Utc>) -> Result<u64, StoreError> {
        let told = sqlx::query(
            "WITH due AS (
                 SELECT id FROM openings
                 WHERE told_at IS NULL AND (state = 'asked' OR review_due_at IS NOT NULL AND review IS NULL)
                   AND coalesce(due_at, review_due_at) <= $1
                 ORDER BY coalesce(due_at, review_due_at) LIMIT $2 FOR UPDATE SKIP LOCKED
             ), told AS (
                 UPDATE openings o SET told_at = $1 FROM due WHERE o.id = due.id RETURNING o.id, o.state, o.ticket_id, o.report_id
             )
             INSERT INTO notices (id, dedup, county, kind, ticket_id, unit, urgency, drill, created_at, state)
             SELECT gen_random_uuid(), 'opening-overdue:' || told.id, t.county,
                    CASE told.state WHEN 'asked' THEN 'opening-overdue' ELSE 'review-overdue' END, t.id, office.code, t.urgency, r.drill,
                    $1, 'queued'
             FROM told
             JOIN tickets t ON t.id = coalesce(told.ticket_id,
                 (SELECT l.id FROM tickets l WHERE l.report_id = told.report_id ORDER BY l.lead DESC, l.id LIMIT 1))
             JOIN reports r ON r.id = t.report_id
             JOIN LATERAL (SELECT min(u.code) AS code FROM units u WHERE u.county = t.county AND u.kind = 'office' AND u.retired_at IS NULL
                          ) office ON office.code IS NOT NULL",
        )
        .bind(now)
        .bind(BATCH)
        .execute(&self.pool)
        .await?;
        Ok(told.rows_affected())
    }
}

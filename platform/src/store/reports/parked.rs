//! Messages that name no report of ours, and the attempts at reports that may have crashed a router.

use chrono::{DateTime, Utc};

use crate::store::{ReportId, Router, Store, StoreError};

/// A stranger's body is kept up to here, so that someone can see what it is.
const KEPT_BYTES: usize = 4096;

impl Store<Router> {
    /// Keeps a message that can't be routed. What is wrong with a stranger's may quote it, and PostgreSQL stores no NUL: what
    /// could not be parked would be held for ever.
    pub async fn parked_insert(
        &self,
        queue: &str,
        reason: &str,
        body: &[u8],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO parked_messages (queue, reason, body, parked_at) VALUES ($1, $2, $3, $4)")
            .bind(queue)
            .bind(reason.replace('\0', "\u{fffd}"))
            .bind(&body[..body.len().min(KEPT_BYTES)])
            .bind(now)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Writes down that report `id` is about to be tried again; returns how often that has happened.
    pub async fn attempt_begin(&self, id: ReportId, now: DateTime<Utc>) -> Result<i32, StoreError> {
        let attempts = sqlx::query_scalar(
            "INSERT INTO routing_attempts (report_id, attempts, last_at) VALUES ($1, 1, $2)
             ON CONFLICT (report_id) DO UPDATE SET attempts = routing_attempts.attempts + 1, last_at = $2
             RETURNING attempts",
        )
        .bind(id)
        .bind(now)
        .fetch_one(&self.pool)
        .await?;
        Ok(attempts)
    }

    /// Writes down that these reports are about to be tried for the first time; answers those of them for which that is true.
    /// The others are suspects: something ended before their last try did.
    pub async fn attempts_first(&self, ids: &[ReportId], now: DateTime<Utc>) -> Result<Vec<ReportId>, StoreError> {
        let first = sqlx::query_scalar(
            "INSERT INTO routing_attempts (report_id, attempts, last_at)
             SELECT id, 1, $2 FROM unnest($1::bigint[]) AS t (id) ORDER BY id ON CONFLICT DO NOTHING RETURNING report_id",
        )
        .bind(ids)
        .bind(now)
        .fetch_all(&self.pool)
        .await?;
        Ok(first)
    }

    /// Drops tries at reports that somebody else routed in the meantime: a try that ended in a deadlock with a consumer of the same
    /// report leaves one behind, and nobody would try that report again. A report has its outbox row until it is routed.
    pub async fn attempts_of_routed_forget(&self) -> Result<(), StoreError> {
        sqlx::query(
            "DELETE FROM routing_attempts a WHERE NOT EXISTS (SELECT FROM outbox o WHERE o.report_id = a.report_id)",
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}

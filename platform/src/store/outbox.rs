//! The outbox: reports that are not routed yet. See the table's comment for what `due_at` means.

use chrono::{DateTime, Duration, Utc};
use uuid::Uuid;

use super::{Store, StoreError};

/// A relay that dies holds its rows this long.
pub(super) const LEASE_S: i64 = 20;

/// A published report that is not routed by then is doubted and published again; doubling, since a router that is merely
/// slow must not be buried in copies.
const SWEEP_S: f64 = 60.0;
const LONGEST_SWEEP_S: f64 = 1800.0;

/// A leased row.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct OutboxRow {
    /// The report.
    pub report_id: i64,
    /// Its county.
    pub county: String,
    /// Which queue.
    pub urgent: bool,
    /// How often it was published before.
    pub publishes: i32,
}

impl Store {
    /// Leases up to `limit` rows that are due, urgent ones first.
    pub async fn outbox_lease(
        &self,
        owner: Uuid,
        now: DateTime<Utc>,
        limit: i64,
    ) -> Result<Vec<OutboxRow>, StoreError> {
        let rows = sqlx::query_as(
            "UPDATE outbox o SET lease_owner = $1, due_at = $3
             FROM (SELECT report_id FROM outbox WHERE due_at <= $2
                   ORDER BY urgent DESC, due_at LIMIT $4 FOR UPDATE SKIP LOCKED) due
             WHERE o.report_id = due.report_id
             RETURNING o.report_id, o.county, o.urgent, o.publishes",
        )
        .bind(owner)
        .bind(now)
        .bind(now + Duration::seconds(LEASE_S))
        .bind(limit)
        .fetch_all(&self.pool)
        .await?;
        Ok(rows)
    }

    /// Marks rows that the broker took. Only rows whose lease is still `owner`'s; others belong to someone else by now.
    pub async fn outbox_mark_published(&self, owner: Uuid, ids: &[i64], now: DateTime<Utc>) -> Result<u64, StoreError> {
        let done = sqlx::query(
            "UPDATE outbox SET lease_owner = NULL, published_at = $3, publishes = publishes + 1,
                    due_at = $3 + make_interval(secs => least($4 * power(2, least(publishes, 10)), $5))
             WHERE report_id = ANY($2) AND lease_owner = $1",
        )
        .bind(owner)
        .bind(ids)
        .bind(now)
        .bind(SWEEP_S)
        .bind(LONGEST_SWEEP_S)
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected())
    }

    /// Gives back rows that the broker did not take.
    pub async fn outbox_release(&self, owner: Uuid, ids: &[i64], now: DateTime<Utc>) -> Result<(), StoreError> {
        sqlx::query("UPDATE outbox SET lease_owner = NULL, due_at = $3 WHERE report_id = ANY($2) AND lease_owner = $1")
            .bind(owner)
            .bind(ids)
            .bind(now)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Reports accepted before `before` that are not routed yet, the oldest first.
    pub async fn outbox_waiting(&self, before: DateTime<Utc>, limit: i64) -> Result<Vec<i64>, StoreError> {
        let ids = sqlx::query_scalar(
            "SELECT o.report_id FROM outbox o JOIN reports r ON r.id = o.report_id WHERE r.received_at < $1
             ORDER BY o.urgent DESC, r.received_at LIMIT $2",
        )
        .bind(before)
        .bind(limit)
        .fetch_all(&self.pool)
        .await?;
        Ok(ids)
    }

    /// Rows not routed yet and the age of the oldest, in seconds.
    pub async fn outbox_depth(&self, now: DateTime<Utc>) -> Result<(i64, f64), StoreError> {
        let row = sqlx::query_as(
            "SELECT count(*), coalesce(extract(epoch FROM $1 - min(r.received_at)), 0)::float8
             FROM outbox o JOIN reports r ON r.id = o.report_id",
        )
        .bind(now)
        .fetch_one(&self.pool)
        .await?;
        Ok(row)
    }
}

//! How many calls wait and what was sent: for alarms, and for the bill counted ahead.

use chrono::{DateTime, Utc};

use crate::store::{NOTICES_COUNTED, Notifier, Store, StoreError};

/// Depth of the queue of calls.
#[derive(Clone, Copy, Debug, PartialEq, sqlx::FromRow)]
pub struct CallDepth {
    /// Waiting, leased ones included; stops at [`NOTICES_COUNTED`].
    pub queued: i64,
    /// Age of the oldest that is due, in seconds.
    pub oldest_s: f64,
}

/// What a gateway took since a moment.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct CallSpent {
    /// By which description.
    pub gateway: String,
    /// How many.
    pub sent: i64,
}

impl Store<Notifier> {
    /// How much waits in the county.
    pub async fn call_depth(&self, county: &str, now: DateTime<Utc>) -> Result<CallDepth, StoreError> {
        let depth = sqlx::query_as(
            "SELECT (SELECT count(*) FROM (SELECT FROM calls WHERE county = $2 AND state = 'queued' ORDER BY urgency, due_at, created_at LIMIT $3) few) AS queued,
                    greatest(coalesce(extract(epoch FROM $1 - (SELECT min(created_at) FROM calls
                                          WHERE county = $2 AND state = 'queued' AND due_at <= $1)), 0), 0)::float8 AS oldest_s",
        )
        .bind(now)
        .bind(county)
        .bind(NOTICES_COUNTED)
        .persistent(false)
        .fetch_one(&self.pool)
        .await?;
        Ok(depth)
    }

    /// What each gateway took since `from`.
    pub async fn calls_spent(&self, county: &str, from: DateTime<Utc>) -> Result<Vec<CallSpent>, StoreError> {
        let spent = sqlx::query_as(
            "SELECT gateway, count(*) AS sent FROM call_tries WHERE county = $1 AND handed_at >= $2 GROUP BY gateway ORDER BY gateway",
        )
        .bind(county)
        .bind(from)
        .fetch_all(&self.pool)
        .await?;
        Ok(spent)
    }
}

//! Calls: leased by a notifier, kept by a heart-beat, made outside any transaction.

use casework::words::Urgency;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::store::{
    CallId, LeaseOf, Notifier, Onward, Store, StoreError,
    lease::{Taking, held, leased, take, until},
};

/// A call that was leased. What it says is read when it is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallTaken {
    /// Which.
    pub id: CallId,
    /// How urgent.
    pub urgency: Urgency,
}

impl Store<Notifier> {
    /// Leases up to `limit` calls of the county that are due until 20 s after `now`: codes, for which a person waits before the
    /// page, then P1.
    pub async fn call_take(
        &self,
        county: &str,
        owner: Uuid,
        now: DateTime<Utc>,
        (limit, of): (i64, LeaseOf),
        onward: &mut Onward<3>,
    ) -> Result<Vec<CallTaken>, StoreError> {
        let taking = Taking {
            county,
            owner,
            now,
            limit,
            of,
        };
        let codes = self.codes_take(taking).await?;
        let limit = limit - i64::try_from(codes.len()).unwrap_or(limit);
        let calls = if limit > 0 {
            take(&self.pool, leased!("calls"), Taking { limit, ..taking }, onward).await?
        } else {
            Vec::new()
        };
        let codes = codes.into_iter().map(|id| (id, Urgency::P1));
        Ok(codes
            .chain(calls)
            .map(|(id, urgency)| CallTaken { id, urgency })
            .collect())
    }

    async fn codes_take(&self, taking: Taking<'_>) -> Result<Vec<CallId>, StoreError> {
        let codes = sqlx::query_scalar(
            "WITH due AS (
                 SELECT id FROM calls
                 WHERE county = $1 AND state = 'queued' AND kind = 'code' AND due_at <= $2 AND (leased_until IS NULL OR leased_until <= $2)
                 ORDER BY created_at LIMIT $3 FOR UPDATE SKIP LOCKED)
             UPDATE calls q SET lease_owner = $4, leased_until = $5 FROM due WHERE q.id = due.id RETURNING q.id",
        )
        .bind(taking.county)
        .bind(taking.now)
        .bind(taking.limit)
        .bind(taking.owner)
        .bind(until(taking.now))
        .persistent(false)
        .fetch_all(&self.pool)
        .await?;
        Ok(codes)
    }

    /// The heart-beat: holds the calls in hand until 20 s after `now`.
    pub async fn call_renew(&self, owner: Uuid, ids: &[CallId], now: DateTime<Utc>) -> Result<(), StoreError> {
        sqlx::query(held!("calls", "leased_until = $3"))
            .bind(owner)
            .bind(ids)
            .bind(until(now))
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}

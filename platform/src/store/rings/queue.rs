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
    /// Leases up to `limit` calls of the county that are due, P1 first, until 20 s after `now`.
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
        let taken = take(&self.pool, leased!("calls"), taking, onward).await?;
        Ok(taken
            .into_iter()
            .map(|(id, urgency)| CallTaken { id, urgency })
            .collect())
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

//! Calls: leased by a notifier, kept by a heart-beat, made outside any transaction.

use chrono::{DateTime, Duration, Utc};
use uuid::Uuid;

use crate::store::{
    CallId, LeaseOf, Notifier, Store, StoreError, Word,
    due::{Onward, due},
    notices::queue::LEASE_S,
};
use casework::words::Urgency;

/// $1 owner, $2 now, $3 end of the lease, $4 how many, $5 county, $6 the lowest urgency that may be taken, $7 to $9 where to
/// begin in each urgency. As the lease of notices; see there why it looks like this.
const LEASE: &str = concat!(
    "WITH due AS (",
    due!(
        "calls",
        "id, due_at = '-infinity' AS fresh",
        "due_at, created_at",
        "$4",
        "state = 'queued' AND county = $5 AND urgency = 'P1' AND due_at <= $2
         AND (due_at, created_at) >= ('-infinity', coalesce($7, '-infinity')) AND (leased_until IS NULL OR leased_until <= $2)",
        "state = 'queued' AND county = $5 AND urgency = 'P2' AND 'P2' <= $6 AND due_at <= $2
         AND (due_at, created_at) >= ('-infinity', coalesce($8, '-infinity')) AND (leased_until IS NULL OR leased_until <= $2)",
        "state = 'queued' AND county = $5 AND urgency = 'P3' AND 'P3' <= $6 AND due_at <= $2
         AND (due_at, created_at) >= ('-infinity', coalesce($9, '-infinity')) AND (leased_until IS NULL OR leased_until <= $2)",
    ),
    ") UPDATE calls c SET lease_owner = $1, leased_until = $3 FROM due WHERE c.id = due.id
     RETURNING c.id, c.urgency, c.created_at, due.fresh"
);

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
        let [p1, p2, p3] = onward.from(now);
        let leased: Vec<(CallId, Word<Urgency>, DateTime<Utc>, bool)> = sqlx::query_as(LEASE)
            .bind(owner)
            .bind(now)
            .bind(now + Duration::seconds(LEASE_S))
            .bind(limit)
            .bind(county)
            .bind(if of == LeaseOf::Urgent { "P1" } else { "P3" })
            .bind(p1)
            .bind(p2)
            .bind(p3)
            .persistent(false)
            .fetch_all(&self.pool)
            .await?;
        let full = i64::try_from(leased.len()).is_ok_and(|n| n == limit);
        let fresh = leased.iter().filter(|(.., fresh)| *fresh);
        let rank = |urgency: Urgency| Urgency::HIGHEST_FIRST.iter().position(|u| *u == urgency);
        onward.ended(
            full,
            fresh.filter_map(|(_, urgency, at, _)| Some((rank(**urgency)?, *at))),
        );
        let taken = |(id, urgency, ..): (CallId, Word<Urgency>, _, _)| CallTaken { id, urgency: *urgency };
        Ok(leased.into_iter().map(taken).collect())
    }

    /// The heart-beat: holds the calls in hand until 20 s after `now`. They are found by their key alone.
    pub async fn call_renew(&self, owner: Uuid, ids: &[CallId], now: DateTime<Utc>) -> Result<(), StoreError> {
        sqlx::query(
            "WITH held AS (SELECT id, lease_owner, state FROM calls WHERE id = ANY ($2) ORDER BY id FOR UPDATE)
             UPDATE calls c SET leased_until = $3 FROM held h WHERE c.id = h.id AND h.lease_owner = $1 AND h.state = 'queued'",
        )
        .bind(owner)
        .bind(ids)
        .bind(now + Duration::seconds(LEASE_S))
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}

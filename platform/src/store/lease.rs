//! The lease of what a notifier sends, notices and calls: P1 first, kept by a heart-beat, found by its key.

use chrono::{DateTime, Duration, Utc};
use sqlx::{Decode, PgPool, Postgres, Type, postgres::PgRow};
use uuid::Uuid;

use super::{Onward, StoreError, Word};
use casework::words::Urgency;

/// A notifier that is killed holds what it has this long; one that lives renews it every few seconds. Recovery stays
/// below 30 s.
const LEASE_S: i64 = 20;

/// When a lease ends that begins or is renewed now.
pub(super) fn until(now: DateTime<Utc>) -> DateTime<Utc> {
    now + Duration::seconds(LEASE_S)
}

/// What a lease may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeaseOf {
    /// All, P1 first.
    All,
    /// P1 only: what is free is kept for them.
    Urgent,
}

/// $1 owner, $2 now, $3 end of the lease, $4 how many, $5 county, $6 the lowest urgency that may be taken, $7 to $9 where to
/// begin in each urgency. What was never tried is due since ever, so that the order among these is their age.
///
/// A lease writes columns that no index has: such a row is changed within its page and costs no index anything. What is held
/// therefore stays at the head, and is passed over; it is never more than notifiers have in hand.
macro_rules! leased {
    ($table:literal) => {
        concat!(
            "WITH due AS (",
            $crate::store::due::due!(
                $table,
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
            ") UPDATE ", $table, " q SET lease_owner = $1, leased_until = $3 FROM due WHERE q.id = due.id
     RETURNING q.id, q.urgency, q.created_at, due.fresh"
        )
    };
}
pub(super) use leased;

/// An update of those of `$2` that `$1` holds; the row is `q`. They are found by their key alone: statistics from an empty queue make
/// the planner believe that an index of what is queued is the short way, however long the queue has become.
macro_rules! held {
    ($table:literal, $set:literal) => {
        concat!(
            "WITH held AS (SELECT id, lease_owner, state FROM ",
            $table,
            " WHERE id = ANY ($2) ORDER BY id FOR UPDATE) UPDATE ",
            $table,
            " q SET ",
            $set,
            " FROM held h WHERE q.id = h.id AND h.lease_owner = $1 AND h.state = 'queued'"
        )
    };
}
pub(super) use held;

/// Who takes what.
#[derive(Clone, Copy)]
pub(super) struct Taking<'a> {
    pub(super) county: &'a str,
    pub(super) owner: Uuid,
    pub(super) now: DateTime<Utc>,
    pub(super) limit: i64,
    pub(super) of: LeaseOf,
}

/// Leases by a statement of [`leased`]: the ids with their urgency, P1 first.
pub(super) async fn take<I>(
    pool: &PgPool,
    statement: &'static str,
    taking: Taking<'_>,
    onward: &mut Onward<3>,
) -> Result<Vec<(I, Urgency)>, StoreError>
where
    I: Send + Unpin + Type<Postgres> + for<'r> Decode<'r, Postgres>,
    (I, Word<Urgency>, DateTime<Utc>, bool): for<'r> sqlx::FromRow<'r, PgRow>,
{
    let [p1, p2, p3] = onward.from(taking.now);
    let leased: Vec<(I, Word<Urgency>, DateTime<Utc>, bool)> = sqlx::query_as(statement)
        .bind(taking.owner)
        .bind(taking.now)
        .bind(until(taking.now))
        .bind(taking.limit)
        .bind(taking.county)
        .bind(if taking.of == LeaseOf::Urgent { "P1" } else { "P3" })
        .bind(p1)
        .bind(p2)
        .bind(p3)
        .persistent(false)
        .fetch_all(pool)
        .await?;
    let full = i64::try_from(leased.len()).is_ok_and(|n| n == taking.limit);
    let fresh = leased.iter().filter(|(.., fresh)| *fresh);
    let rank = |urgency: Urgency| Urgency::HIGHEST_FIRST.iter().position(|u| *u == urgency);
    onward.ended(
        full,
        fresh.filter_map(|(_, urgency, at, _)| Some((rank(**urgency)?, *at))),
    );
    Ok(leased.into_iter().map(|(id, urgency, ..)| (id, *urgency)).collect())
}

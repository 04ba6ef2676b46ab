//! The outbox: reports that are not routed yet. See the table's comment for what `due_at` means.

use chrono::{DateTime, Duration, Utc};
use uuid::Uuid;

use crate::store::{
    Relay, ReportId, Router, Store, StoreError,
    due::{Onward, due},
};

/// A relay that dies holds its rows this long; a router that takes reports past the broker as well.
pub(in crate::store) const LEASE_S: i64 = 20;

/// A published report that is not routed by then is doubted and published again; doubling, since a router that is merely
/// slow must not be buried in copies.
const SWEEP_S: f64 = 60.0;
const LONGEST_SWEEP_S: f64 = 1800.0;

/// The gauge of waiting reports stops here, which means "this many or more": it is read every few seconds, also on the day
/// on which a million wait.
pub const REPORTS_COUNTED: i64 = 10_000;

/// $1 owner, $2 now, $3 end of the lease, $4 how many.
const LEASE: &str = concat!(
    "WITH due AS (",
    due!(
        "outbox",
        "report_id",
        "due_at",
        "$4",
        "urgent AND due_at <= $2",
        "NOT urgent AND due_at <= $2"
    ),
    ") UPDATE outbox o SET lease_owner = $1, due_at = $3 FROM due WHERE o.report_id = due.report_id
     RETURNING o.report_id, o.county, o.urgent, o.publishes"
);

/// $1 now, $2 until when the router holds them, $3 due since, $4 accepted before, $5 how many, $6 county, $7 and $8 where to
/// begin among the urgent and among the others.
const TAKE: &str = concat!(
    "WITH untouched AS (",
    due!(
        "outbox",
        "report_id",
        "due_at",
        "$5",
        "urgent AND due_at <= $3 AND county = $6 AND (taken_until IS NULL OR taken_until <= $1)",
        "NOT urgent AND due_at <= $3 AND county = $6 AND (taken_until IS NULL OR taken_until <= $1)",
    ),
    "), waiting AS (",
    due!(
        "outbox",
        "report_id",
        "received_at",
        "$5",
        "urgent AND received_at <= $4 AND received_at >= coalesce($7, '-infinity')
         AND county = $6 AND (taken_until IS NULL OR taken_until <= $1)",
        "NOT urgent AND received_at <= $4 AND received_at >= coalesce($8, '-infinity')
         AND county = $6 AND (taken_until IS NULL OR taken_until <= $1)",
    ),
    ") UPDATE outbox o SET taken_until = $2
     FROM (SELECT report_id FROM untouched UNION SELECT report_id FROM waiting) due WHERE o.report_id = due.report_id
     RETURNING o.report_id, o.urgent, o.received_at"
);

/// A leased row.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct OutboxRow {
    /// The report.
    pub report_id: ReportId,
    /// Its county.
    pub county: String,
    /// Which queue.
    pub urgent: bool,
    /// How often it was published before.
    pub publishes: i32,
}

/// Since when a report waits that is taken past the broker.
#[derive(Clone, Copy, Debug)]
pub struct Waits {
    /// No relay has touched it since it fell due, this long ago.
    pub untouched: DateTime<Utc>,
    /// It was accepted before this, whoever holds it.
    pub waiting: DateTime<Utc>,
}

impl Store<Relay> {
    /// Leases up to `limit` rows that are due, urgent ones first.
    pub async fn outbox_lease(
        &self,
        owner: Uuid,
        now: DateTime<Utc>,
        limit: i64,
    ) -> Result<Vec<OutboxRow>, StoreError> {
        let rows = sqlx::query_as(LEASE)
            .bind(owner)
            .bind(now)
            .bind(now + Duration::seconds(LEASE_S))
            .bind(limit)
            .persistent(false)
            .fetch_all(&self.pool)
            .await?;
        Ok(rows)
    }

    /// Marks rows that the broker took. Only rows whose lease is still `owner`'s; others belong to someone else by now.
    pub async fn outbox_mark_published(
        &self,
        owner: Uuid,
        ids: &[ReportId],
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
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
    pub async fn outbox_release(&self, owner: Uuid, ids: &[ReportId], now: DateTime<Utc>) -> Result<(), StoreError> {
        sqlx::query("UPDATE outbox SET lease_owner = NULL, due_at = $3 WHERE report_id = ANY($2) AND lease_owner = $1")
            .bind(owner)
            .bind(ids)
            .bind(now)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Rows not routed yet, counted as far as [`REPORTS_COUNTED`], and the exact age of the oldest, in seconds.
    pub async fn outbox_depth(&self, now: DateTime<Utc>) -> Result<(i64, f64), StoreError> {
        let row = sqlx::query_as(
            "SELECT (SELECT count(*) FROM (SELECT FROM outbox LIMIT $2) few),
                    coalesce(extract(epoch FROM $1 - least(
                        (SELECT received_at FROM outbox WHERE urgent ORDER BY received_at LIMIT 1),
                        (SELECT received_at FROM outbox WHERE NOT urgent ORDER BY received_at LIMIT 1))), 0)::float8",
        )
        .bind(now)
        .bind(REPORTS_COUNTED)
        .persistent(false)
        .fetch_one(&self.pool)
        .await?;
        Ok(row)
    }
}

impl Store<Router> {
    /// Takes reports past the broker: those that are due since [`Waits::untouched`], so that no relay is at work on them, and those
    /// that were accepted before [`Waits::waiting`], whoever holds them. Urgent ones first, the oldest first, up to `limit` of either
    /// kind. No other router takes them for 20 s.
    pub async fn outbox_take(
        &self,
        county: &str,
        now: DateTime<Utc>,
        Waits { untouched, waiting }: Waits,
        limit: i64,
        onward: &mut Onward<2>,
    ) -> Result<Vec<ReportId>, StoreError> {
        let [urgent, ordinary] = onward.from(now);
        let mut taken: Vec<(ReportId, bool, DateTime<Utc>)> = sqlx::query_as(TAKE)
            .bind(now)
            .bind(now + Duration::seconds(LEASE_S))
            .bind(untouched)
            .bind(waiting)
            .bind(limit)
            .bind(county)
            .bind(urgent)
            .bind(ordinary)
            .persistent(false)
            .fetch_all(&self.pool)
            .await?;
        taken.sort_unstable_by_key(|(id, urgent, at)| (!urgent, *at, *id));
        let old = taken.iter().filter(|(.., at)| *at <= waiting);
        let full = i64::try_from(old.clone().count()).is_ok_and(|n| n >= limit);
        onward.ended(full, old.map(|(_, urgent, at)| (usize::from(!urgent), *at)));
        Ok(taken.into_iter().map(|(id, ..)| id).collect())
    }
}

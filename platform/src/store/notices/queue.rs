//! Notices: leased by a notifier, kept by a heart-beat, sent outside any transaction, and recorded with every attempt.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::store::{
    LeaseOf, NoticeId, NoticeState, Notifier, Onward, Store, StoreError,
    lease::{Taking, held, leased, take, until},
};

/// A gauge of notices stops here, which means "this many or more": it is read every few seconds, also on the day on which a
/// million wait.
pub const NOTICES_COUNTED: i64 = 10_000;

/// One attempt at sending.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// Where it ended: `connect`, `greeting`, `tls`, `auth`, `envelope`, `data`, `done`, `render`, `policy`, `spool`.
    pub phase: &'static str,
    /// What the server or the system said; no personal data.
    pub detail: String,
    /// How long it took.
    pub took_ms: i32,
    /// When it ended.
    pub at: DateTime<Utc>,
}

/// What follows from an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The server took it.
    Sent,
    /// Try again then.
    Retry {
        /// By the notifier's clock.
        at: DateTime<Utc>,
    },
    /// It will never arrive this way: somebody must be told.
    GaveUp,
    /// A drill where drills are not mailed.
    Suppressed,
}

casework::words! {
    /// How an attempt at a notice went.
    AttemptOutcome {
        /// The server took it.
        Sent = "sent",
        /// It is tried again.
        Retry = "retry",
        /// It will never arrive this way.
        GaveUp = "gave-up",
        /// A drill where drills are not mailed.
        Suppressed = "suppressed",
        /// It came back later.
        Bounced = "bounced",
    }
}

/// An attempt at a notice, to be recorded.
#[derive(Clone, Debug)]
pub struct Settlement {
    /// The notice.
    pub id: NoticeId,
    /// Number of this attempt, from 1.
    pub number: i32,
    /// The attempt.
    pub attempt: Attempt,
    /// Its consequence.
    pub verdict: Verdict,
    /// The failure was this mail's own, and uses up one of its chances. A server that takes nothing from us is nobody's fault
    /// of the recipients.
    pub strike: bool,
    /// Although it is tried again, whoever is above must know by now, if it is a P1.
    pub tell: bool,
}

/// Depth of the notice queue.
#[derive(Clone, Copy, Debug, PartialEq, sqlx::FromRow)]
pub struct NoticeDepth {
    /// Waiting, leased ones included; stops at [`NOTICES_COUNTED`].
    pub queued: i64,
    /// Given up or returned, and not sent again; someone must look at them. Stops there as well.
    pub failed: i64,
    /// Age of the oldest waiting one, in seconds.
    pub oldest_s: f64,
}

impl Verdict {
    /// The word in `notice_attempts`, logs and metrics.
    pub const fn as_str(self) -> &'static str {
        self.outcome().as_str()
    }

    const fn outcome(self) -> AttemptOutcome {
        match self {
            Self::Sent => AttemptOutcome::Sent,
            Self::Retry { .. } => AttemptOutcome::Retry,
            Self::GaveUp => AttemptOutcome::GaveUp,
            Self::Suppressed => AttemptOutcome::Suppressed,
        }
    }

    const fn state(self) -> NoticeState {
        match self {
            Self::Sent => NoticeState::Sent,
            Self::Retry { .. } => NoticeState::Queued,
            Self::GaveUp => NoticeState::Failed,
            Self::Suppressed => NoticeState::Suppressed,
        }
    }
}

impl Store<Notifier> {
    /// Leases up to `limit` notices of the county that are due, P1 first, until 20 s after `now`; answers their ids. It knows nothing
    /// of what mails say: that is [`Store::notice_said`], by id.
    pub async fn notice_take(
        &self,
        county: &str,
        owner: Uuid,
        now: DateTime<Utc>,
        (limit, of): (i64, LeaseOf),
        onward: &mut Onward<3>,
    ) -> Result<Vec<NoticeId>, StoreError> {
        let taking = Taking {
            county,
            owner,
            now,
            limit,
            of,
        };
        let taken = take(&self.pool, leased!("notices"), taking, onward).await?;
        Ok(taken.into_iter().map(|(id, _)| id).collect())
    }

    /// Gives back notices that were leased and not begun.
    pub async fn notice_release(&self, owner: Uuid, ids: &[NoticeId]) -> Result<(), StoreError> {
        sqlx::query(held!("notices", "lease_owner = NULL, leased_until = NULL"))
            .bind(owner)
            .bind(ids)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// The heart-beat: holds the notices in hand until 20 s after `now`; answers which are still held.
    pub async fn notice_renew(
        &self,
        owner: Uuid,
        ids: &[NoticeId],
        now: DateTime<Utc>,
    ) -> Result<Vec<NoticeId>, StoreError> {
        let held = sqlx::query_scalar(concat!(held!("notices", "leased_until = $3"), " RETURNING q.id"))
            .bind(owner)
            .bind(ids)
            .bind(until(now))
            .fetch_all(&self.pool)
            .await?;
        Ok(held)
    }

    /// Records attempts and their consequences in one transaction, where `owner` still holds the lease; answers which it
    /// held. A mail that left although the lease was lost is worth knowing about: its attempt is recorded either way.
    ///
    /// A P1 notice that was given up, or that somebody must hear of by now, escalates in the same transaction: the office is told, or the leading group where the
    /// office itself can't be reached.
    pub async fn notice_settle(&self, owner: Uuid, settlements: &[Settlement]) -> Result<Vec<NoticeId>, StoreError> {
        // Sorted, so that two notifiers that settle the same rows never wait for each other crosswise.
        let mut sorted: Vec<&Settlement> = settlements.iter().collect();
        sorted.sort_by_key(|s| s.id);
        let retry_at = |s: &Settlement| match s.verdict {
            Verdict::Retry { at } => Some(at),
            _ => None,
        };
        let error =
            |s: &Settlement| (s.verdict != Verdict::Sent).then(|| format!("{}: {}", s.attempt.phase, s.attempt.detail));
        let mut tx = self.pool.begin().await?;
        let held: Vec<(NoticeId, bool)> = sqlx::query_as(include_str!("settle.sql"))
            .bind(owner)
            .bind(sorted.iter().map(|s| s.id).collect::<Vec<_>>())
            .bind(sorted.iter().map(|s| s.verdict.state().as_str()).collect::<Vec<_>>())
            .bind(sorted.iter().map(|s| retry_at(s)).collect::<Vec<_>>())
            .bind(sorted.iter().map(|s| s.attempt.at).collect::<Vec<_>>())
            .bind(sorted.iter().map(|s| error(s)).collect::<Vec<_>>())
            .bind(sorted.iter().map(|s| s.number).collect::<Vec<_>>())
            .bind(sorted.iter().map(|s| s.verdict.as_str()).collect::<Vec<_>>())
            .bind(sorted.iter().map(|s| s.attempt.phase).collect::<Vec<_>>())
            .bind(sorted.iter().map(|s| s.attempt.detail.as_str()).collect::<Vec<_>>())
            .bind(sorted.iter().map(|s| s.attempt.took_ms).collect::<Vec<_>>())
            .bind(sorted.iter().map(|s| s.strike).collect::<Vec<_>>())
            .bind(sorted.iter().map(|s| s.tell).collect::<Vec<_>>())
            .persistent(false)
            .fetch_all(&mut *tx)
            .await?;
        for (id, escalates) in &held {
            let Some(settled) = sorted.iter().find(|s| s.id == *id && *escalates) else {
                continue;
            };
            sqlx::query(include_str!("undeliverable.sql"))
                .bind(id)
                .bind(Uuid::new_v4())
                .bind(settled.attempt.at)
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        Ok(held.into_iter().map(|(id, _)| id).collect())
    }

    /// How much waits and how much failed in the county, each counted as far as [`NOTICES_COUNTED`] and in the order of its index: else
    /// the table itself may be read. How old the oldest is is exact.
    pub async fn notice_depth(&self, county: &str, now: DateTime<Utc>) -> Result<NoticeDepth, StoreError> {
        let depth = sqlx::query_as(
            "SELECT (SELECT count(*) FROM (SELECT FROM notices WHERE county = $2 AND state = 'queued' ORDER BY urgency, due_at, created_at LIMIT $3) few) AS queued,
                    (SELECT count(*) FROM (SELECT FROM notices WHERE county = $2 AND state IN ('failed', 'bounced')
                                               AND replaced_by IS NULL ORDER BY finished_at, id LIMIT $3) few) AS failed,
                    greatest(coalesce(extract(epoch FROM $1 - (SELECT created_at FROM notices WHERE county = $2 AND finished_at IS NULL
                                                               ORDER BY created_at LIMIT 1)), 0), 0)::float8 AS oldest_s",
        )
        .bind(now)
        .bind(county)
        .bind(NOTICES_COUNTED)
        .persistent(false)
        .fetch_one(&self.pool)
        .await?;
        Ok(depth)
    }
}

//! Notices: leased by a notifier, kept by a heart-beat, sent outside any transaction, and recorded with every attempt.

use chrono::{DateTime, Duration, Utc};
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use super::{Store, StoreError};

/// A notifier that is killed holds its notices this long; one that lives renews them every few seconds. Recovery stays
/// below 30 s.
pub(super) const LEASE_S: i64 = 20;

/// A notice with what its mail needs to say. No sealed column is read.
#[derive(Clone, Debug, sqlx::FromRow)]
#[expect(clippy::struct_excessive_bools, reason = "a row: its booleans are columns")]
pub struct LeasedNotice {
    /// Stable id; becomes the Message-ID.
    pub id: Uuid,
    /// `dispatch`, an escalation action (`remind`, `urge`, `supervise`, `supervise-letter`, `advisory-letter`) or `undeliverable`.
    pub kind: String,
    /// Escalation level, if it is a step.
    pub level: Option<i16>,
    /// The stage that is (nearly) overdue, if it is a step: `sign`, `contact`, `resolve`.
    pub stage: Option<String>,
    /// Recipient's unit code.
    pub unit: String,
    /// Recipient's name.
    pub unit_name: String,
    /// Recipient's mailbox.
    pub mailbox: String,
    /// `P1`, `P2`, `P3`.
    pub urgency: String,
    /// A drill.
    pub drill: bool,
    /// The delay is the system's own.
    pub system_late: bool,
    /// When it was queued.
    pub created_at: DateTime<Utc>,
    /// Earlier attempts.
    pub attempts: i32,
    /// The ticket.
    pub ticket_id: i64,
    /// Report id of the ticket; its receipt is printed.
    pub report_id: i64,
    /// The obligation's code.
    pub obligation: String,
    /// Unit that holds the ticket.
    pub ticket_unit: String,
    /// Its name.
    pub ticket_unit_name: String,
    /// Its kind, which tells whether it is written letters.
    pub ticket_unit_kind: String,
    /// Lead ticket of its report.
    pub lead: bool,
    /// When the ticket was dispatched.
    pub dispatched_at: DateTime<Utc>,
    /// Area code of the report, if known.
    pub area: Option<String>,
    /// Someone is in present danger.
    pub present_danger: bool,
    /// Bases of the obligation; see [`LeasedNotice::basis`].
    pub basis: Json<Value>,
    /// The ticket's stages; see [`LeasedNotice::stages`].
    pub stages: Json<Value>,
    /// The notice that never arrived, if this one is `undeliverable`; see [`LeasedNotice::failed`].
    pub failed: Option<Json<Value>>,
}

/// The nested values are read one notice at a time, so that one that can't be read stops its own mail and no other.
impl LeasedNotice {
    /// Bases of the obligation.
    pub fn basis(&self) -> Result<Vec<casework::routing::Basis>, StoreError> {
        nested(&self.basis.0, "basis")
    }

    /// The ticket's stages: sign, contact, resolve.
    pub fn stages(&self) -> Result<Vec<NoticeStage>, StoreError> {
        nested(&self.stages.0, "stages")
    }

    /// The notice that never arrived, if this one is `undeliverable`.
    pub fn failed(&self) -> Result<Option<FailedNotice>, StoreError> {
        self.failed.as_ref().map(|json| nested(&json.0, "failed")).transpose()
    }
}

fn nested<T: serde::de::DeserializeOwned>(value: &Value, what: &str) -> Result<T, StoreError> {
    T::deserialize(value).map_err(|e| StoreError::Unreadable(format!("{what} of a notice's ticket: {e}")))
}

/// A stage as a mail shows it.
#[derive(Clone, Debug, serde::Deserialize)]
pub struct NoticeStage {
    /// `sign`, `contact`, `resolve`.
    pub stage: String,
    /// Due time, if its clock has started.
    pub due_at: Option<DateTime<Utc>>,
    /// `30min`, `3sd` …
    pub time_limit: String,
    /// The event that starts its clock.
    pub start_event: String,
    /// Where the limit comes from.
    pub basis: String,
    /// Grade of that source.
    pub grade: String,
    /// The calendar beyond this date is not published yet.
    pub provisional: bool,
    /// Already done.
    pub ended_at: Option<DateTime<Utc>>,
}

/// A notice that was given up, as the one that reports it shows it.
#[derive(Clone, Debug, serde::Deserialize)]
pub struct FailedNotice {
    /// Its kind.
    pub kind: String,
    /// Name of the unit that never got it.
    pub unit_name: String,
    /// That unit's mailbox.
    pub mailbox: String,
    /// What the last attempt said.
    pub error: Option<String>,
}

/// Which notices a lease may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeaseOf {
    /// All, P1 first.
    All,
    /// P1 only: what is free is kept for them.
    Urgent,
}

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

/// An attempt at a notice, to be recorded.
#[derive(Clone, Debug)]
pub struct Settlement {
    /// The notice.
    pub id: Uuid,
    /// Number of this attempt, from 1.
    pub number: i32,
    /// The attempt.
    pub attempt: Attempt,
    /// Its consequence.
    pub verdict: Verdict,
}

/// Depth of the notice queue.
#[derive(Clone, Copy, Debug, PartialEq, sqlx::FromRow)]
pub struct NoticeDepth {
    /// Waiting, leased ones included.
    pub queued: i64,
    /// Given up; someone must look at them.
    pub failed: i64,
    /// Age of the oldest waiting one, in seconds.
    pub oldest_s: f64,
}

impl Verdict {
    /// The word in `notice_attempts`, logs and metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Retry { .. } => "retry",
            Self::GaveUp => "gave-up",
            Self::Suppressed => "suppressed",
        }
    }

    const fn state(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Retry { .. } => "queued",
            Self::GaveUp => "failed",
            Self::Suppressed => "suppressed",
        }
    }
}

impl Store {
    /// Leases up to `limit` notices of the county that are due, P1 first, until 20 s after `now`.
    pub async fn notice_lease(
        &self,
        county: &str,
        owner: Uuid,
        now: DateTime<Utc>,
        limit: i64,
        of: LeaseOf,
    ) -> Result<Vec<LeasedNotice>, StoreError> {
        let rows = sqlx::query_as(include_str!("notice_lease.sql"))
            .bind(owner)
            .bind(now)
            .bind(now + Duration::seconds(LEASE_S))
            .bind(limit)
            .bind(county)
            .bind(if of == LeaseOf::Urgent { "P1" } else { "P3" })
            .fetch_all(&self.pool)
            .await?;
        Ok(rows)
    }

    /// The heart-beat: holds the notices in hand until 20 s after `now`; answers which are still held.
    pub async fn notice_renew(&self, owner: Uuid, ids: &[Uuid], now: DateTime<Utc>) -> Result<Vec<Uuid>, StoreError> {
        let held = sqlx::query_scalar(
            "UPDATE notices SET due_at = $3 WHERE id = ANY($2) AND lease_owner = $1 AND state = 'queued' RETURNING id",
        )
        .bind(owner)
        .bind(ids)
        .bind(now + Duration::seconds(LEASE_S))
        .fetch_all(&self.pool)
        .await?;
        Ok(held)
    }

    /// Records attempts and their consequences in one transaction, where `owner` still holds the lease; answers which it
    /// held. A mail that left although the lease was lost is worth knowing about: its attempt is recorded either way.
    ///
    /// A P1 notice that was given up escalates in the same transaction: the office is told, or the leading group where the
    /// office itself can't be reached.
    pub async fn notice_settle(&self, owner: Uuid, settlements: &[Settlement]) -> Result<Vec<Uuid>, StoreError> {
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
        let held: Vec<(Uuid, bool)> = sqlx::query_as(include_str!("notice_settle.sql"))
            .bind(owner)
            .bind(sorted.iter().map(|s| s.id).collect::<Vec<_>>())
            .bind(sorted.iter().map(|s| s.verdict.state()).collect::<Vec<_>>())
            .bind(sorted.iter().map(|s| retry_at(s)).collect::<Vec<_>>())
            .bind(sorted.iter().map(|s| s.attempt.at).collect::<Vec<_>>())
            .bind(sorted.iter().map(|s| error(s)).collect::<Vec<_>>())
            .bind(sorted.iter().map(|s| s.number).collect::<Vec<_>>())
            .bind(sorted.iter().map(|s| s.verdict.as_str()).collect::<Vec<_>>())
            .bind(sorted.iter().map(|s| s.attempt.phase).collect::<Vec<_>>())
            .bind(sorted.iter().map(|s| s.attempt.detail.as_str()).collect::<Vec<_>>())
            .bind(sorted.iter().map(|s| s.attempt.took_ms).collect::<Vec<_>>())
            .fetch_all(&mut *tx)
            .await?;
        for (id, escalates) in &held {
            let Some(settled) = sorted.iter().find(|s| s.id == *id && *escalates) else {
                continue;
            };
            sqlx::query(include_str!("notice_undeliverable.sql"))
                .bind(id)
                .bind(Uuid::new_v4())
                .bind(settled.attempt.at)
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        Ok(held.into_iter().map(|(id, _)| id).collect())
    }

    /// How much waits and how much failed in the county.
    pub async fn notice_depth(&self, county: &str, now: DateTime<Utc>) -> Result<NoticeDepth, StoreError> {
        let depth = sqlx::query_as(
            "SELECT count(*) FILTER (WHERE state = 'queued') AS queued, count(*) FILTER (WHERE state = 'failed') AS failed,
                    greatest(coalesce(extract(epoch FROM $1 - min(created_at) FILTER (WHERE state = 'queued')), 0), 0)::float8
                        AS oldest_s
             FROM notices WHERE county = $2 AND state IN ('queued', 'failed')",
        )
        .bind(now)
        .bind(county)
        .fetch_one(&self.pool)
        .await?;
        Ok(depth)
    }
}

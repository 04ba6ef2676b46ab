//! Notices: leased, sent outside any transaction, and recorded with every attempt.

use chrono::{DateTime, Duration, Utc};
use sqlx::types::Json;
use uuid::Uuid;

use super::{Store, StoreError};

/// A notifier that dies holds its notices this long; longer than all SMTP phases together.
pub(super) const LEASE_S: i64 = 150;

/// A notice with what its mail needs to say. No sealed column is read.
#[derive(Clone, Debug, sqlx::FromRow)]
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
    /// Lead ticket of its report.
    pub lead: bool,
    /// When the ticket was dispatched.
    pub dispatched_at: DateTime<Utc>,
    /// Area code of the report, if known.
    pub area: Option<String>,
    /// Someone is in present danger.
    pub present_danger: bool,
    /// Bases of the obligation.
    pub basis: Json<Vec<casework::routing::Basis>>,
    /// The ticket's stages.
    pub stages: Json<Vec<NoticeStage>>,
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
    /// Where the limit comes from.
    pub basis: String,
    /// Grade of that source.
    pub grade: String,
    /// The calendar beyond this date is not published yet.
    pub provisional: bool,
    /// Already done.
    pub ended_at: Option<DateTime<Utc>>,
}

/// One attempt at sending.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// Where it ended: `connect`, `greeting`, `envelope`, `data`, `done`, `render`, `policy`.
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

impl Store {
    /// Leases up to `limit` notices that are due, P1 first.
    pub async fn notice_lease(&self, owner: Uuid, now: DateTime<Utc>, limit: i64) -> Result<Vec<LeasedNotice>, StoreError> {
        let rows = sqlx::query_as(include_str!("notice_lease.sql"))
            .bind(owner)
            .bind(now)
            .bind(now + Duration::seconds(LEASE_S))
            .bind(limit)
            .fetch_all(&self.pool)
            .await?;
        Ok(rows)
    }

    /// Records an attempt and its consequence, if `owner` still holds the lease; `false` when someone else does by now.
    ///
    /// A P1 notice that was given up escalates in the same transaction: the office is told, or the leading group where the
    /// office itself can't be reached.
    pub async fn notice_settle(&self, owner: Uuid, notice: &LeasedNotice, attempt: &Attempt, verdict: Verdict) -> Result<bool, StoreError> {
        let (outcome, state, due_at) = match verdict {
            Verdict::Sent => ("sent", "sent", None),
            Verdict::Retry { at } => ("retry", "queued", Some(at)),
            Verdict::GaveUp => ("gave-up", "failed", None),
            Verdict::Suppressed => ("suppressed", "suppressed", None),
        };
        let finished = (state != "queued").then_some(attempt.at);
        let error = (verdict != Verdict::Sent).then_some(&attempt.detail);
        let mut tx = self.pool.begin().await?;
        let held = sqlx::query(
            "UPDATE notices SET state = $3, due_at = coalesce($4, due_at), attempts = attempts + 1, lease_owner = NULL,
                    finished_at = $5, last_error = $6
             WHERE id = $1 AND lease_owner = $2 AND state = 'queued'",
        )
        .bind(notice.id)
        .bind(owner)
        .bind(state)
        .bind(due_at)
        .bind(finished)
        .bind(error)
        .execute(&mut *tx)
        .await?
        .rows_affected()
            == 1;
        // A mail that left although the lease was lost is worth knowing about: the attempt is recorded either way.
        sqlx::query(
            "INSERT INTO notice_attempts (at, notice_id, attempt, outcome, phase, detail, took_ms) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(attempt.at)
        .bind(notice.id)
        .bind(notice.attempts + 1)
        .bind(outcome)
        .bind(attempt.phase)
        .bind(&attempt.detail)
        .bind(attempt.took_ms)
        .execute(&mut *tx)
        .await?;
        if held && verdict == Verdict::GaveUp && notice.urgency == "P1" {
            sqlx::query(include_str!("notice_undeliverable.sql"))
                .bind(notice.id)
                .bind(Uuid::new_v4())
                .bind(attempt.at)
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        Ok(held)
    }

    /// Queued and failed notices, and the age of the oldest queued one in seconds.
    pub async fn notice_depth(&self, now: DateTime<Utc>) -> Result<(i64, i64, f64), StoreError> {
        let row = sqlx::query_as(
            "SELECT count(*) FILTER (WHERE state = 'queued'), count(*) FILTER (WHERE state = 'failed'),
                    coalesce(extract(epoch FROM $1 - min(created_at) FILTER (WHERE state = 'queued')), 0)::float8
             FROM notices WHERE state IN ('queued', 'failed')",
        )
        .bind(now)
        .fetch_one(&self.pool)
        .await?;
        Ok(row)
    }
}

//! What the reporter may learn, by receipt and follow-up code together.

use chrono::{DateTime, Utc};

use super::{Store, StoreError};

/// Where a report stands.
#[derive(Clone, Debug, sqlx::FromRow, serde::Serialize)]
pub struct ReportStatus {
    /// 平台已收到.
    pub received_at: DateTime<Utc>,
    /// `teacher`, `relative` …: decides how much is shown.
    pub reporter_kind: Option<String>,
    /// Tickets dispatched, or triage opened.
    pub dispatched_at: Option<DateTime<Utc>>,
    /// The police signed.
    pub police_signed_at: Option<DateTime<Utc>>,
    /// Some unit saw the child.
    pub child_seen_at: Option<DateTime<Utc>>,
    /// Every ticket is resolved.
    pub resolved_at: Option<DateTime<Utc>>,
}

impl Store {
    /// The status, if the code is right; `None` says neither whether the report exists nor whether the code is wrong.
    pub async fn status_fetch(&self, report_id: i64, follow_up_mac: &[u8]) -> Result<Option<ReportStatus>, StoreError> {
        let row = sqlx::query_as("SELECT * FROM report_status($1, $2)")
            .bind(report_id)
            .bind(follow_up_mac)
            .fetch_optional(&self.pool)
            .await?;
        Ok(row)
    }

    /// Drops idempotency answers older than their seven days; says how many.
    pub async fn answers_forget(&self, now: DateTime<Utc>) -> Result<i64, StoreError> {
        Ok(sqlx::query_scalar("SELECT intake_forget_answers($1)")
            .bind(now)
            .fetch_one(&self.pool)
            .await?)
    }

    /// Makes the partitions of the months around `now`.
    pub async fn partitions_ensure(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        for ahead in 0..=2 {
            let month = (now + chrono::Months::new(ahead)).date_naive();
            sqlx::query("SELECT partitions_ensure($1)")
                .bind(month)
                .execute(&self.pool)
                .await?;
        }
        Ok(())
    }
}

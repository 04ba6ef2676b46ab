//! 回访: after every ticket of a report is resolved, the office calls the reporter back.

use chrono::{DateTime, Utc};
use serde_json::json;

use super::{Store, StoreError};

/// The list is cut here; who has called so many back sees the next ones.
const LISTED: i64 = 200;

/// A report whose tickets are all resolved and whose reporter was not called back.
#[derive(Clone, Debug, sqlx::FromRow, serde::Serialize)]
pub struct CallbackDue {
    /// Report.
    pub report_id: i64,
    /// When it was accepted.
    pub received_at: DateTime<Utc>,
    /// When the last ticket was resolved.
    pub resolved_at: DateTime<Utc>,
    /// `P1` …
    pub urgency: String,
    /// Kind of reporter.
    pub reporter_kind: Option<String>,
    /// `named`, `confidential`, `anonymous`.
    pub identity: Option<String>,
    /// Outcomes of the tickets.
    pub outcomes: Vec<String>,
    /// A drill.
    pub drill: bool,
}

/// What is sealed of a report, for the page that records the call.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CallbackSealed {
    /// Wrapped data key.
    pub data_key: Vec<u8>,
    /// Sealed reporter.
    pub reporter: Option<Vec<u8>>,
}

/// A call-back that was recorded.
#[derive(Clone, Debug, sqlx::FromRow, serde::Serialize)]
pub struct CallbackDone {
    /// `satisfied`, `dissatisfied`, `unreachable`, `anonymous`.
    pub result: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Who called, as shown.
    pub by_name: String,
    /// Their account.
    pub by_account: Option<i64>,
}

impl Store {
    /// The call-back of a report, if it was recorded.
    pub async fn callback_fetch(&self, report_id: i64) -> Result<Option<CallbackDone>, StoreError> {
        let row = sqlx::query_as(
            "SELECT result, at, person_shown(by_account, by_name) AS by_name, by_account FROM callbacks WHERE report_id = $1",
        )
        .bind(report_id)
        .fetch_optional(&self.pool)
        .await?;
        Ok(row)
    }

    /// Reports that wait for a call-back, the longest first.
    pub async fn callbacks_due(&self, county: &str) -> Result<Vec<CallbackDue>, StoreError> {
        self.callbacks_page(county, 0, LISTED).await
    }

    /// A part of them: `limit` after `offset`, which is read over.
    pub async fn callbacks_page(&self, county: &str, offset: i64, limit: i64) -> Result<Vec<CallbackDue>, StoreError> {
        let mut waiting: Vec<i64> = sqlx::query_scalar(include_str!("callback_waiting.sql"))
            .bind(county)
            .bind(offset + limit)
            .fetch_all(&self.pool)
            .await?;
        let waiting = waiting.split_off(waiting.len().min(usize::try_from(offset).unwrap_or(usize::MAX)));
        self.callbacks_of(county, &waiting).await
    }

    /// How many reports wait for a call-back, counted up to `most`.
    pub(super) async fn callbacks_waiting(&self, county: &str, most: i64) -> Result<i64, StoreError> {
        let waiting: Vec<i64> = sqlx::query_scalar(include_str!("callback_waiting.sql"))
            .bind(county)
            .bind(most)
            .fetch_all(&self.pool)
            .await?;
        Ok(i64::try_from(waiting.len()).unwrap_or(most))
    }

    /// A report's call-back, if it waits for one: also when the list is too long to show it.
    pub async fn callback_due(&self, county: &str, report_id: i64) -> Result<Option<CallbackDue>, StoreError> {
        Ok(self.callbacks_of(county, &[report_id]).await?.pop())
    }

    async fn callbacks_of(&self, county: &str, reports: &[i64]) -> Result<Vec<CallbackDue>, StoreError> {
        let rows = sqlx::query_as(include_str!("callback_due.sql"))
            .bind(county)
            .bind(reports)
            .fetch_all(&self.pool)
            .await?;
        Ok(rows)
    }

    /// The sealed reporter of a report, to be opened by a logged act.
    pub async fn callback_sealed(&self, county: &str, report_id: i64) -> Result<Option<CallbackSealed>, StoreError> {
        let row = sqlx::query_as("SELECT data_key, reporter FROM reports WHERE county = $1 AND id = $2")
            .bind(county)
            .bind(report_id)
            .fetch_optional(&self.pool)
            .await?;
        Ok(row)
    }

    /// Records that the office opened the reporter's identity, with its reason.
    pub async fn identity_opened(
        &self,
        report_id: i64,
        (by, account): (&str, i64),
        reason: &str,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO events (at, report_id, kind, actor, account_id, reason) VALUES ($1, $2, 'identity-opened', $3, $4, $5)",
        )
        .bind(at)
        .bind(report_id)
        .bind(by)
        .bind(account)
        .bind(reason)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Records the call; the report's resolved tickets become confirmed. `false` when it was recorded before, or is not due.
    pub async fn callback_record(
        &self,
        report_id: i64,
        result: &str,
        (by, account): (&str, i64),
        sealed: Option<&[u8]>,
        at: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.pool.begin().await?;
        let recorded = sqlx::query(
            "INSERT INTO callbacks (report_id, result, at, by_name, sealed, by_account)
             SELECT $1, $2, $3, $4, $5, $6
             WHERE EXISTS (SELECT FROM tickets WHERE report_id = $1 AND state = 'resolved')
               AND NOT EXISTS (SELECT FROM tickets WHERE report_id = $1 AND resolved_at IS NULL AND state NOT IN ('returned', 'waived'))
             ON CONFLICT (report_id) DO NOTHING",
        )
        .bind(report_id)
        .bind(result)
        .bind(at)
        .bind(by)
        .bind(sealed)
        .bind(account)
        .execute(&mut *tx)
        .await?;
        if recorded.rows_affected() == 0 {
            return Ok(false);
        }
        sqlx::query(
            "UPDATE tickets SET state = 'confirmed', version = version + 1 WHERE report_id = $1 AND state = 'resolved'",
        )
        .bind(report_id)
        .execute(&mut *tx)
        .await?;
        sqlx::query(
            "INSERT INTO events (at, report_id, kind, actor, account_id, detail) VALUES ($1, $2, 'called-back', $3, $4, $5)",
        )
        .bind(at)
        .bind(report_id)
        .bind(by)
        .bind(account)
        .bind(json!({"result": result}))
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(true)
    }
}

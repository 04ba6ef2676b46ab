//! How much waits behind the links of the navigation. Each count reads an index and stops at a bound.

use chrono::{DateTime, Utc};

use super::{DeskScope, Store, StoreError};

/// A count stops here: beyond it the exact number changes nothing.
const MOST: i64 = 1000;

/// What waits for the office. Drills are not counted: they stand apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OfficeCounts {
    /// Overdue stages.
    pub overdue: i64,
    /// Reports that wait for a human.
    pub triage: i64,
    /// Reports that wait for a call-back, or for a second person to decide on an unhappy one.
    pub callbacks: i64,
}

impl Store {
    /// Open tickets of these units, and those of drills, of at most 1,000 in all.
    pub async fn desk_open(&self, scope: &DeskScope, county: &str) -> Result<(i64, i64), StoreError> {
        let mut tx = self.desk(scope).await?;
        let open = sqlx::query_as(
            "SELECT count(*) FILTER (WHERE NOT drill), count(*) FILTER (WHERE drill) FROM (
                SELECT (SELECT r.drill FROM reports r WHERE r.id = t.report_id) AS drill FROM tickets t WHERE county = $1
                AND unit = ANY ((SELECT desk_units())::text[])
                AND state IN ('dispatched', 'signed', 'in-progress', 'close-requested', 'transferring', 'return-requested', 'reopened') LIMIT $2) few",
        )
        .bind(county)
        .bind(MOST)
        .fetch_one(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(open)
    }

    /// What waits for the office.
    pub async fn office_counts(&self, county: &str, now: DateTime<Utc>) -> Result<OfficeCounts, StoreError> {
        let overdue = sqlx::query_scalar(
            "SELECT count(*) FROM (SELECT FROM stages s
               WHERE s.ended_at IS NULL AND s.next_step >= 2
                 AND (SELECT t.county = $1 AND NOT r.drill FROM tickets t JOIN reports r ON r.id = t.report_id WHERE t.id = s.ticket_id)
               LIMIT $2) few",
        )
        .bind(county)
        .bind(MOST)
        .fetch_one(&self.pool)
        .await?;
        let triage = sqlx::query_scalar(
            "SELECT count(*) FROM (SELECT FROM tickets WHERE county = $1 AND obligation = 'triage' AND resolved_at IS NULL LIMIT $2) few",
        )
        .bind(county)
        .bind(MOST)
        .fetch_one(&self.pool)
        .await?;
        Ok(OfficeCounts {
            overdue,
            triage,
            callbacks: self.callbacks_waiting(county, now, MOST).await?,
        })
    }

    /// Drafts of rules that were submitted and that this person, who did not write them, may approve.
    pub async fn rules_waiting(&self, county: &str, account: i64) -> Result<i64, StoreError> {
        Ok(sqlx::query_scalar(
            "SELECT count(*) FROM rule_sets WHERE county = $1 AND state = 'submitted' AND $2 <> ALL (authors)",
        )
        .bind(county)
        .bind(account)
        .fetch_one(&self.pool)
        .await?)
    }
}

//! How much waits behind the links of the navigation. Each count reads an index and stops at a bound.

use chrono::{DateTime, Utc};

use crate::store::{AccountId, Board, Desk, DeskScope, Store, StoreError, callback::cases::waiting};

/// A count stops here: beyond it the exact number changes nothing.
const MOST: i64 = 1000;

/// What waits for the office.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OfficeCounts {
    /// Overdue stages. Those of drills are not counted: they stand apart.
    pub overdue: i64,
    /// Reports that wait for a human.
    pub triage: i64,
    /// Reports that wait for a call-back, or for a second person to decide on an unhappy one.
    pub callbacks: i64,
    /// Closings and transfers that wait for the office.
    pub closings: i64,
    /// What units ask of the office.
    pub motions: i64,
    /// Openings that wait for a decision or a review.
    pub openings: i64,
}

impl Store<Desk> {
    /// Open tickets of these units, and those of drills, each of at most 1,000.
    pub async fn desk_open(&self, scope: &DeskScope, county: &str) -> Result<(i64, i64), StoreError> {
        let mut tx = self.desk(scope).await?;
        let counts: Vec<i64> = sqlx::query_scalar(include_str!("../desk/open.sql"))
            .bind(county)
            .bind(MOST)
            .fetch_all(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok((counts[0], counts[1]))
    }
}

impl Store<Board> {
    /// What waits for the office.
    pub async fn office_counts(&self, county: &str, now: DateTime<Utc>) -> Result<OfficeCounts, StoreError> {
        let overdue = sqlx::query_scalar(
            "SELECT count(*) FROM (SELECT FROM stages s
               WHERE s.county = $1 AND NOT s.drill AND s.ended_at IS NULL AND s.next_step >= 2
               ORDER BY s.next_step DESC, s.due_at, s.ticket_id LIMIT $2) few",
        )
        .bind(county)
        .bind(MOST)
        .fetch_one(&self.pool)
        .await?;
        let triage = sqlx::query_scalar(
            "SELECT count(*) FROM (SELECT FROM tickets WHERE county = $1 AND obligation = 'triage' AND resolved_at IS NULL AND state <> 'waived'
               ORDER BY urgency, dispatched_at, id LIMIT $2) few",
        )
        .bind(county)
        .bind(MOST)
        .fetch_one(&self.pool)
        .await?;
        let (asked, to_review, _) = self.openings_counts(county, now).await?;
        Ok(OfficeCounts {
            openings: asked + to_review,
            overdue,
            triage,
            callbacks: waiting(&self.pool, county, now, MOST).await?,
            closings: self.closings_count(county, now).await?,
            motions: self.motions_count(county).await?,
        })
    }

    /// Drafts of rules that were submitted and that this person, who did not write them, may approve.
    pub async fn rules_waiting(&self, county: &str, account: AccountId) -> Result<i64, StoreError> {
        Ok(sqlx::query_scalar(
            "SELECT count(*) FROM rule_sets WHERE county = $1 AND state = 'submitted' AND $2 <> ALL (authors)",
        )
        .bind(county)
        .bind(account)
        .fetch_one(&self.pool)
        .await?)
    }
}

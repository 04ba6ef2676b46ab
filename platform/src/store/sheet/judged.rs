//! How units kept the clocks that fell due in a span.

use casework::words::Stage;
use chrono::{DateTime, Utc};

use crate::store::{Board, Store, StoreError};

/// One unit and stage.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Judged {
    /// Unit code.
    pub unit: String,
    /// Of which clock.
    #[sqlx(try_from = "String")]
    pub stage: Stage,
    /// Clocks that fell due, were kept or were ended without what they ask.
    pub judged: i64,
    /// Of these done by their due.
    pub kept: i64,
    /// Of these done at all, in time or late.
    pub done: i64,
    /// Half of those done took no longer, from the clock's start, in seconds.
    pub p50_s: Option<f64>,
    /// Nine of ten took no longer.
    pub p90_s: Option<f64>,
}

impl Store<Board> {
    /// Units and stages of which a clock fell due in a span.
    pub async fn sheet_judged(
        &self,
        county: &str,
        now: DateTime<Utc>,
        (from, until): (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<Vec<Judged>, StoreError> {
        Ok(sqlx::query_as(include_str!("judged.sql"))
            .bind(county)
            .bind(now)
            .bind(from)
            .bind(until)
            .persistent(false)
            .fetch_all(&self.pool)
            .await?)
    }
}

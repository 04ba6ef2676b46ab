//! What is overdue, and whose delay that is.

use casework::words::{TicketClock, Urgency};
use chrono::{DateTime, Utc};

use crate::store::{Board, Listed, ReportId, Store, StoreError, TicketId, Unread, listed::listed};

casework::words! {
    /// Whose delay an overdue clock is.
    WhoseDelay {
        /// 承办单位: nobody else has to act first.
        Unit = "unit",
        /// 等待他方: somebody else decides, confirms or takes over.
        Others = "others",
        /// 系统: it told of this late.
        System = "system",
    }
}

/// One overdue clock.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct OverdueLine {
    /// Ticket.
    pub ticket_id: TicketId,
    /// Its report.
    pub report_id: ReportId,
    /// Unit code.
    pub unit: String,
    /// Obligation code.
    pub obligation: String,
    /// How urgent its case is.
    #[sqlx(try_from = "String")]
    pub urgency: Urgency,
    /// Of which clock.
    #[sqlx(try_from = "String")]
    pub stage: TicketClock,
    /// When it was due.
    pub since: DateTime<Utc>,
    /// Highest level sent.
    pub level: i16,
    /// Whose delay.
    #[sqlx(try_from = "String")]
    pub whose: WhoseDelay,
}

impl Store<Board> {
    /// `limit` of what fell due before a time and is not done, the highest level first.
    pub async fn sheet_overdue(
        &self,
        county: &str,
        until: DateTime<Utc>,
        limit: i64,
    ) -> Result<Vec<Listed<OverdueLine>>, StoreError> {
        let rows = sqlx::query(include_str!("overdue.sql"))
            .bind(county)
            .bind(until)
            .bind(limit)
            .fetch_all(&self.pool)
            .await?;
        listed(&rows, Unread::ticket)
    }
}

//! Everything about one report that needs no key: for `router show` and for the tests.

use chrono::{DateTime, Utc};
use sqlx::types::Json;

use super::shown::{DecisionShown, EventShown, TicketShown};
use crate::store::{Office, ReportId, Store, StoreError};

casework::words! {
    /// How far a report is.
    ReportState {
        /// No decision yet.
        Waiting = "waiting",
        /// Decided.
        Routed = "routed",
    }
}

/// A report with its decisions, its tickets and all that belongs to them, and its events.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ReportShown {
    /// When it was accepted.
    pub received_at: DateTime<Utc>,
    /// A drill.
    pub drill: bool,
    /// How far it is.
    #[sqlx(try_from = "String")]
    pub state: ReportState,
    /// Routing attempts after a crash, with the last error.
    pub attempts: i32,
    /// All decisions, the newest last.
    pub decisions: Json<Vec<DecisionShown>>,
    /// The lead first.
    pub tickets: Json<Vec<TicketShown>>,
    /// Acts of named people, the first first.
    pub events: Json<Vec<EventShown>>,
}

impl Store<Office> {
    /// The report, or `None` when there is no such report.
    pub async fn report_show(&self, id: ReportId) -> Result<Option<ReportShown>, StoreError> {
        Ok(sqlx::query_as(include_str!("show.sql"))
            .bind(id)
            .fetch_optional(&self.pool)
            .await?)
    }
}

//! Children whom somebody went to see in vain, and nobody of the case has seen since.

use casework::report::StoredFacts;
use casework::words::{TicketClock, Urgency};
use chrono::{DateTime, Utc};
use sqlx::types::Json;

use crate::store::{Board, Listed, ReportId, Store, StoreError, TicketId, UnitCall, Unread, Word, listed::listed};

/// A report whose child was looked for.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct VisitsInVain {
    /// Ticket on which the last visit was recorded.
    pub ticket_id: TicketId,
    /// Report.
    pub report_id: ReportId,
    /// Code of that ticket's unit.
    pub unit: String,
    /// Its name.
    pub unit_name: String,
    /// Obligation code.
    pub obligation: String,
    /// How urgent its case is.
    #[sqlx(try_from = "String")]
    pub urgency: Urgency,
    /// How often somebody went.
    pub visits: i32,
    /// When the last visit was recorded.
    pub last_at: DateTime<Utc>,
    /// By which clock somebody is to see the child next; none: no clock asks for it.
    pub next_stage: Option<Word<TicketClock>>,
    /// By when; none while that clock waits for its event.
    pub next_due_at: Option<DateTime<Utc>>,
    /// Name of the unit that owes it.
    pub next_unit: Option<String>,
    /// Whom to call.
    pub call: Json<UnitCall>,
    /// Facts that a list may say.
    pub facts: Option<Json<StoredFacts>>,
}

impl Store<Board> {
    /// A part of the list: `limit` lines after `offset`. Drills are not on it.
    pub async fn visits_in_vain(
        &self,
        county: &str,
        offset: i64,
        limit: i64,
    ) -> Result<Vec<Listed<VisitsInVain>>, StoreError> {
        let rows = self.board_rows(include_str!("vain.sql"), county, offset, limit).await?;
        listed(&rows, Unread::ticket)
    }
}

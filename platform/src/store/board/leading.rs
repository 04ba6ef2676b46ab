//! What the leading group may read: stages that are overdue at its own level, whom to phone, and whether the office can be
//! reached at all. Nothing here names a child, a situation or a reporter.

use chrono::{DateTime, Utc};
use sqlx::types::Json;

use crate::store::{Board, Listed, Store, StoreError, TicketId, UnitCall, Unread, listed::listed};
use casework::words::{TicketClock, Urgency};

/// Lines of the page. A county with more of them has another trouble than a long list.
const SHOWN: i64 = 200;

/// One overdue stage.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct LeadingLine {
    /// Ticket: the number to name on the phone.
    pub ticket_id: TicketId,
    /// Unit code.
    pub unit: String,
    /// Unit's name.
    pub unit_name: String,
    /// Obligation code.
    pub obligation: String,
    /// How urgent its case is.
    #[sqlx(try_from = "String")]
    pub urgency: Urgency,
    /// `sign`, `contact`, `resolve`.
    #[sqlx(try_from = "String")]
    pub stage: TicketClock,
    /// When it was due.
    pub since: DateTime<Utc>,
    /// When the leading group was told, or the letter sent.
    pub sent_at: DateTime<Utc>,
    /// Court or procuratorate: they got a 提示函 and are not supervised.
    pub letter: bool,
    /// A drill.
    pub drill: bool,
    /// Area code; the page says its township and no more.
    pub area: Option<String>,
    /// Whom to call.
    pub call: Json<UnitCall>,
}

/// The whole page.
#[derive(Clone, Debug)]
pub struct LeadingNow {
    /// The longest overdue first.
    pub overdue: Vec<Listed<LeadingLine>>,
    /// There are more than are listed.
    pub more: bool,
    /// The office, if the county has one.
    pub office: Option<UnitCall>,
    /// When a notice to the office was last given up: its mailbox does not work.
    pub office_failed_at: Option<DateTime<Utc>>,
}

impl Store<Board> {
    /// What is overdue at the leading group's level. `office` is the code of its office.
    pub async fn leading_now(&self, county: &str, office: &str) -> Result<LeadingNow, StoreError> {
        let rows = sqlx::query(include_str!("leading.sql"))
            .bind(county)
            .bind(SHOWN + 1)
            .fetch_all(&self.pool)
            .await?;
        let mut overdue = listed(&rows, Unread::numbered)?;
        let shown = usize::try_from(SHOWN).unwrap_or(usize::MAX);
        let more = overdue.len() > shown;
        overdue.truncate(shown);
        let call: Option<Option<Json<UnitCall>>> = sqlx::query_scalar("SELECT unit_call($1, $2)")
            .bind(county)
            .bind(office)
            .fetch_optional(&self.pool)
            .await?;
        let office_failed_at = sqlx::query_scalar(
            "SELECT finished_at FROM notices WHERE county = $1 AND unit = $2 AND state IN ('failed', 'bounced') ORDER BY finished_at DESC LIMIT 1",
        )
        .bind(county)
        .bind(office)
        .fetch_optional(&self.pool)
        .await?;
        Ok(LeadingNow {
            overdue,
            more,
            office: call.flatten().map(|call| call.0),
            office_failed_at,
        })
    }
}

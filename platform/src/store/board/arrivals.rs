//! What did not arrive within minutes: calls that no gateway said to have delivered and nobody answered, mails that still wait, and
//! what is held until a unit is there, and what nobody fetched for a closed network. What the duty officer of the office looks at first.

use casework::{
    ringing::beats::Wait,
    words::{Channel, TicketClock, Urgency},
};
use chrono::{DateTime, Utc};
use sqlx::types::Json;

use crate::store::notices::kind::StoredKind;
use crate::store::{
    AccountId, Board, CallState, FolderLate, LostPage, NoticeId, NoticeKind, ReportId, Store, StoreError, TicketId,
    UnitCall, Word,
};

/// A list is cut here.
const SHOWN: i64 = 20;

/// A ticket whose call did not arrive.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct NotArrived {
    /// Ticket.
    pub ticket_id: TicketId,
    /// Report.
    pub report_id: ReportId,
    /// Unit that holds it.
    pub unit: String,
    /// Its name.
    pub unit_name: String,
    /// Obligation code.
    pub obligation: String,
    /// How urgent.
    #[sqlx(try_from = "String")]
    pub urgency: Urgency,
    /// Which clock rings.
    pub stage: Word<TicketClock>,
    /// How many calls of the last day did not arrive.
    pub calls: i64,
    /// When the first of them was queued.
    pub since: DateTime<Utc>,
    /// When the last was.
    pub last: DateTime<Utc>,
    /// A drill.
    pub drill: bool,
    /// By what the last was made.
    #[sqlx(try_from = "String")]
    pub channel: Channel,
    /// How far it came.
    #[sqlx(try_from = "String")]
    pub state: CallState,
    /// Why it failed.
    pub last_error: Option<String>,
    /// Whom it called; none: a telephone of the last resort.
    pub account_id: Option<AccountId>,
    /// Their name, as shown.
    pub person: Option<String>,
    /// Everybody who was called about it within a day and did not answer.
    pub called: Vec<AccountId>,
    /// Whom to phone.
    pub call: Json<UnitCall>,
}

/// A mail that has waited too long.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct LateNotice {
    /// Notice.
    pub id: NoticeId,
    /// The first ticket that it is about.
    pub ticket_id: Option<TicketId>,
    /// Whom it is to tell.
    pub unit: String,
    /// Name of that unit.
    pub unit_name: String,
    /// What it is.
    #[sqlx(try_from = "StoredKind")]
    pub kind: NoticeKind,
    /// How urgent.
    #[sqlx(try_from = "String")]
    pub urgency: Urgency,
    /// Since when it waits.
    pub created_at: DateTime<Utc>,
    /// What the last try said.
    pub last_error: Option<String>,
    /// Whom to phone.
    pub call: Json<UnitCall>,
}

/// A ringing that waits for its unit's duty hours.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct HeldRing {
    /// Ticket.
    pub ticket_id: TicketId,
    /// Report.
    pub report_id: ReportId,
    /// Unit that holds it.
    pub unit: String,
    /// Its name.
    pub unit_name: String,
    /// Obligation code.
    pub obligation: String,
    /// How urgent.
    #[sqlx(try_from = "String")]
    pub urgency: Urgency,
    /// Which clock rings.
    pub stage: Word<TicketClock>,
    /// When it rings.
    pub until: DateTime<Utc>,
    /// Why the unit is not there.
    pub why: Word<Wait>,
    /// A drill.
    pub drill: bool,
}

/// All of it; each list stops at 20.
#[derive(Clone, Debug, Default)]
pub struct Arrivals {
    /// The most urgent first.
    pub not_arrived: Vec<NotArrived>,
    /// The longest waiting first.
    pub late: Vec<LateNotice>,
    /// The next first.
    pub held: Vec<HeldRing>,
    /// Units that lost a duty page.
    pub lost: Vec<LostPage>,
    /// What nobody fetched from a folder of a closed network, the most urgent first.
    pub folders: Vec<FolderLate>,
}

impl Store<Board> {
    /// What did not arrive by now.
    pub async fn arrivals(&self, county: &str, now: DateTime<Utc>) -> Result<Arrivals, StoreError> {
        let not_arrived = sqlx::query_as(include_str!("not_arrived.sql"))
            .bind(county)
            .bind(now)
            .bind(SHOWN)
            .persistent(false)
            .fetch_all(&self.pool)
            .await?;
        let late = sqlx::query_as(
            "SELECT n.id, n.ticket_id, n.unit, u.name AS unit_name, n.kind, n.urgency, n.created_at, n.last_error,
                    unit_call(n.county, n.unit) AS call
             FROM (SELECT * FROM notices n WHERE n.county = $1 AND n.finished_at IS NULL
                     AND n.created_at <= $2 - CASE n.urgency WHEN 'P1' THEN interval '5 minutes' WHEN 'P2' THEN interval '15 minutes'
                                                             ELSE interval '1 hour' END
                   ORDER BY n.created_at LIMIT $3) n
             JOIN units u ON u.county = n.county AND u.code = n.unit ORDER BY n.created_at, n.id",
        )
        .bind(county)
        .bind(now)
        .bind(SHOWN)
        .fetch_all(&self.pool)
        .await?;
        let held = sqlx::query_as(include_str!("held.sql"))
            .bind(county)
            .bind(SHOWN)
            .fetch_all(&self.pool)
            .await?;
        Ok(Arrivals {
            not_arrived,
            late,
            held,
            lost: self.duty_pages_lost(county, now).await?,
            folders: self.folders_late(county, now).await?,
        })
    }
}

//! Openings: what is asked, opened, decided and reviewed beyond what a ticket or a role shows. `ask` and `act` write, each in one
//! transaction that leaves an event; here are the lists. What an opening shows is decided in SQL (`openings_shown`), never here.

use chrono::{DateTime, Utc};

use crate::store::{AccountId, Board, Desk, DeskScope, Office, OpeningId, ReportId, Store, StoreError, TicketId, Word};
use crate::text::Lang;
use casework::ticket::opening::{Finding, OpeningState, Side, Way};
use casework::words::Urgency;

/// Lists of what waits are cut here; the count beside them stops at 1,001.
const LISTED: i64 = 200;

/// What is asked for, in the words of mails.
pub(super) fn parts_said(parts: &[String]) -> String {
    let names: Vec<&str> = parts.iter().map(|part| Lang::Zh.t(&format!("parts.{part}"))).collect();
    names.join("、")
}

/// The columns of an [`Opening`]. Names are shown so that two people of one name can be told apart.
pub(super) const OPENING: &str = "SELECT o.id, o.version, o.report_id, o.ticket_id, o.unit, u.name AS unit_name,
    (SELECT t.obligation FROM tickets t WHERE t.id = o.ticket_id) AS obligation, o.side, o.way, o.parts, o.urgency, o.drill, o.state,
    o.asked_at, o.asked_account, person_shown(o.asked_account, o.asked_by) AS asked_by, o.due_at, o.decided_at, o.decided_account,
    person_shown(o.decided_account, o.decided_by) AS decided_by, o.opened_at, o.ends_at, o.ended_at, o.ended_account,
    person_shown(o.ended_account, o.ended_by) AS ended_by, o.ended_why, o.review_due_at, o.review, o.reviewed_at, o.reviewed_account,
    person_shown(o.reviewed_account, o.reviewed_by) AS reviewed_by
    FROM openings o JOIN units u ON u.county = o.county AND u.code = o.unit";

/// An opening without what was written.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Opening {
    /// Id.
    pub id: OpeningId,
    /// Version, for the act.
    pub version: i32,
    /// Report.
    pub report_id: ReportId,
    /// Ticket in whose name it is asked.
    pub ticket_id: Option<TicketId>,
    /// Unit of who asks.
    pub unit: String,
    /// Its name.
    pub unit_name: String,
    /// Obligation code of the ticket.
    pub obligation: Option<String>,
    /// Who asks.
    #[sqlx(try_from = "String")]
    pub side: Side,
    /// How it comes to be open.
    #[sqlx(try_from = "String")]
    pub way: Way,
    /// What is opened.
    pub parts: Vec<String>,
    /// How urgent its case is.
    #[sqlx(try_from = "String")]
    pub urgency: Urgency,
    /// A drill.
    pub drill: bool,
    /// Where it stands.
    #[sqlx(try_from = "String")]
    pub state: OpeningState,
    /// When it was asked.
    pub asked_at: DateTime<Utc>,
    /// Account of who asked: the only one for whom it is open.
    pub asked_account: AccountId,
    /// Their name.
    pub asked_by: String,
    /// By when it is to be decided.
    pub due_at: Option<DateTime<Utc>>,
    /// When it was decided.
    pub decided_at: Option<DateTime<Utc>>,
    /// Account of who decided.
    pub decided_account: Option<AccountId>,
    /// Their name.
    pub decided_by: Option<String>,
    /// Since when it is open.
    pub opened_at: Option<DateTime<Utc>>,
    /// When it ends by itself.
    pub ends_at: Option<DateTime<Utc>>,
    /// When it was taken back or ended early.
    pub ended_at: Option<DateTime<Utc>>,
    /// Account of who did that.
    pub ended_account: Option<AccountId>,
    /// Their name.
    pub ended_by: Option<String>,
    /// `ticket`: it ended with its ticket. `review`: a review found it not compliant. Otherwise somebody ended it.
    pub ended_why: Option<String>,
    /// By when it is to be reviewed.
    pub review_due_at: Option<DateTime<Utc>>,
    /// What a review found.
    pub review: Option<Word<Finding>>,
    /// When.
    pub reviewed_at: Option<DateTime<Utc>>,
    /// Account of who reviewed.
    pub reviewed_account: Option<AccountId>,
    /// Their name.
    pub reviewed_by: Option<String>,
}

impl Opening {
    /// Whether it shows anything at this time.
    pub fn is_open(&self, at: DateTime<Utc>) -> bool {
        self.state.is_open(self.ends_at, at)
    }

    /// Whether it opened at once and nobody has looked at that yet.
    pub fn is_to_review(&self) -> bool {
        self.review_due_at.is_some() && self.review.is_none()
    }

    /// Whether a decision or a review is overdue at this time.
    pub fn is_overdue(&self, at: DateTime<Utc>) -> bool {
        let waits = if self.state == OpeningState::Asked {
            self.due_at
        } else {
            self.review_due_at.filter(|_| self.review.is_none())
        };
        waits.is_some_and(|due| due <= at)
    }
}

/// What was written with an opening, sealed with the report's key.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct OpeningSealed {
    /// Wrapped data key of the report.
    pub data_key: Vec<u8>,
    /// Why it was asked.
    pub reason: Vec<u8>,
    /// What was written with the decision.
    pub decided_note: Option<Vec<u8>>,
    /// What was written with the review.
    pub review_note: Option<Vec<u8>>,
}

/// Which openings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpeningList {
    /// To be decided, the earliest due first.
    Asked,
    /// To be reviewed, the earliest due first.
    Review,
    /// Open now, the newest first.
    Open,
    /// All, the newest first.
    All,
}

impl Store<Board> {
    /// Openings of a county; the long lists go on below the id `before`.
    pub async fn openings_list(
        &self,
        county: &str,
        list: OpeningList,
        before: Option<OpeningId>,
        limit: i64,
        now: DateTime<Utc>,
    ) -> Result<Vec<Opening>, StoreError> {
        let part = match list {
            OpeningList::Asked => {
                "AND o.state = 'asked' AND $3::timestamptz IS NOT NULL AND $4::bigint > 0 ORDER BY o.due_at, o.id"
            }
            OpeningList::Review => {
                "AND o.review_due_at IS NOT NULL AND o.review IS NULL AND $3::timestamptz IS NOT NULL AND $4::bigint > 0
                 ORDER BY o.review_due_at, o.id"
            }
            OpeningList::Open => "AND o.state = 'open' AND o.ends_at > $3 AND o.id < $4 ORDER BY o.id DESC",
            OpeningList::All => "AND $3::timestamptz IS NOT NULL AND o.id < $4 ORDER BY o.id DESC",
        };
        let sql = format!("{OPENING} WHERE o.county = $1 {part} LIMIT $2");
        Ok(sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(county)
            .bind(limit.min(LISTED))
            .bind(now)
            .bind(before.unwrap_or(OpeningId(i64::MAX)))
            .fetch_all(&self.pool)
            .await?)
    }

    /// How many wait for a decision, how many for a review, and how many of both are overdue; each counted to 1,001.
    pub async fn openings_counts(&self, county: &str, now: DateTime<Utc>) -> Result<(i64, i64, i64), StoreError> {
        Ok(sqlx::query_as(
            "SELECT (SELECT count(*) FROM (SELECT FROM openings WHERE county = $1 AND state = 'asked' LIMIT 1001) a),
                    (SELECT count(*) FROM (SELECT FROM openings WHERE county = $1 AND review_due_at IS NOT NULL AND review IS NULL
                                           LIMIT 1001) r),
                    (SELECT count(*) FROM (SELECT FROM openings WHERE county = $1 AND state = 'asked' AND due_at <= $2 LIMIT 1001) a)
                    + (SELECT count(*) FROM (SELECT FROM openings WHERE county = $1 AND review_due_at <= $2 AND review IS NULL
                                             LIMIT 1001) r)",
        )
        .bind(county)
        .bind(now)
        .fetch_one(&self.pool)
        .await?)
    }

    /// One opening.
    pub async fn opening(&self, county: &str, id: OpeningId) -> Result<Option<Opening>, StoreError> {
        let sql = format!("{OPENING} WHERE o.county = $1 AND o.id = $2");
        Ok(sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(county)
            .bind(id)
            .fetch_optional(&self.pool)
            .await?)
    }

    /// All openings of a report, the first first.
    pub async fn openings_of_report(&self, county: &str, report: ReportId) -> Result<Vec<Opening>, StoreError> {
        let sql = format!("{OPENING} WHERE o.county = $1 AND o.report_id = $2 ORDER BY o.asked_at, o.id");
        Ok(sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(county)
            .bind(report)
            .fetch_all(&self.pool)
            .await?)
    }
}

impl Store<Desk> {
    /// Openings of a ticket of these units, the first first.
    pub async fn desk_openings(&self, scope: &DeskScope, ticket: TicketId) -> Result<Vec<Opening>, StoreError> {
        let mut tx = self.desk(scope).await?;
        let sql = format!("{OPENING} WHERE o.ticket_id = $1 ORDER BY o.asked_at, o.id");
        let found = sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(ticket)
            .fetch_all(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(found)
    }
}

impl Store<Office> {
    /// What was written with an opening, for who decides, reviews or asked it.
    pub async fn opening_sealed(&self, county: &str, id: OpeningId) -> Result<Option<OpeningSealed>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT r.data_key, o.reason, o.decided_note, o.review_note FROM openings o JOIN reports r ON r.id = o.report_id
             WHERE o.county = $1 AND o.id = $2",
        )
        .bind(county)
        .bind(id)
        .fetch_optional(&self.pool)
        .await?)
    }
}

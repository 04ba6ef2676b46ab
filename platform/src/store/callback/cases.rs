//! 回访: after every ticket of a report is resolved, the office calls the reporter back. What is read; `record` writes.

use chrono::{DateTime, Utc};
use sqlx::{PgPool, types::Json};

use crate::store::{
    AccountId, Board, Listed, Loose, Office, ReportId, Store, StoreError, TicketId, Unread, Word, listed::listed,
};
use casework::callback::{CallResult, FollowUp};
use casework::report::StoredFacts;
use casework::ticket::TicketState;
use casework::words::{Identity, ReporterKind, Urgency};

/// The list is cut here; who has called so many back sees the next ones.
const LISTED: i64 = 200;

/// The columns of a [`CallbackTry`]. Names are shown so that two people of one name can be told apart.
pub(super) const TRY: &str = "c.attempt, c.round, c.try AS nth, c.result, c.at, c.by_account, person_shown(c.by_account, c.by_name) AS by_name, c.retry_at,
    c.proposal, c.decision, c.decided_at, person_shown(c.decided_account, c.decided_by) AS decided_by, c.sealed, c.reason";

/// A report whose tickets are all resolved and whose reporter is to be called now.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CallbackDue {
    /// Report.
    pub report_id: ReportId,
    /// When it was accepted.
    pub received_at: DateTime<Utc>,
    /// When the last ticket was resolved.
    pub resolved_at: DateTime<Utc>,
    /// How urgent its case is.
    #[sqlx(try_from = "String")]
    pub urgency: Urgency,
    /// Kind of reporter, as reported.
    pub reporter_kind: Option<Loose<ReporterKind>>,
    /// How the reporter wishes to be known.
    pub identity: Option<Loose<Identity>>,
    /// What the board shows of the facts: what the case is.
    pub facts: Json<StoredFacts>,
    /// Outcomes of the tickets.
    pub outcomes: Vec<String>,
    /// How often the reporter was not reached in this round.
    pub tries: i64,
    /// A drill.
    pub drill: bool,
}

/// What is sealed of a report, for the page that records the call.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CallbackSealed {
    /// Wrapped data key.
    pub data_key: Vec<u8>,
}

/// A call that was recorded.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CallbackTry {
    /// Number of the call; the next one is this plus one.
    pub attempt: i16,
    /// Rises with every reopening.
    pub round: i16,
    /// Which of the three tries of its round, where nobody answered.
    pub nth: Option<i16>,
    /// How it ended.
    #[sqlx(try_from = "String")]
    pub result: CallResult,
    /// When.
    pub at: DateTime<Utc>,
    /// Who called; unlike the name nobody else has it.
    pub by_account: Option<AccountId>,
    /// Who called.
    pub by_name: String,
    /// From when on the report is listed again.
    pub retry_at: Option<DateTime<Utc>>,
    /// What the caller chose to follow 不满意.
    pub proposal: Option<Word<FollowUp>>,
    /// What was decided; `None` while a second person is waited for.
    pub decision: Option<Word<FollowUp>>,
    /// When.
    pub decided_at: Option<DateTime<Utc>>,
    /// By whom.
    pub decided_by: Option<String>,
    /// The note, sealed.
    pub sealed: Option<Vec<u8>>,
    /// Why nothing is to be reopened, sealed.
    pub reason: Option<Vec<u8>>,
}

impl CallbackTry {
    /// 不满意 without reopening waits for a second person.
    pub fn is_undecided(&self) -> bool {
        self.proposal.is_some() && self.decision.is_none()
    }
}

/// 不满意 that waits for a second person of the office.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CallbackUndecided {
    /// Report.
    pub report_id: ReportId,
    /// Number of the call.
    pub attempt: i16,
    /// Since when.
    pub at: DateTime<Utc>,
    /// Who called and can't decide it.
    pub by_account: Option<AccountId>,
    /// Their name.
    pub by_name: String,
    /// What the board shows of the facts: what the case is.
    pub facts: Json<StoredFacts>,
    /// A drill.
    pub drill: bool,
}

/// What a report is about, and how far it is.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CallbackCase {
    /// How the reporter wishes to be treated: nobody stands behind an anonymous report.
    pub identity: Option<Loose<Identity>>,
    /// A drill.
    pub drill: bool,
    /// How many tickets count.
    pub tickets: i64,
    /// How many of them are open.
    pub open: i64,
    /// When the last one was resolved.
    pub resolved_at: Option<DateTime<Utc>>,
}

/// A ticket of a report that may be reopened.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CallbackTicket {
    /// Ticket.
    pub id: TicketId,
    /// Obligation code.
    pub obligation: String,
    /// Unit's name.
    pub unit_name: String,
    /// State.
    #[sqlx(try_from = "String")]
    pub state: TicketState,
    /// Outcome code.
    pub outcome: Option<String>,
}

impl Store<Board> {
    /// All calls of a report, the first first.
    pub async fn callback_tries(&self, report_id: ReportId) -> Result<Vec<CallbackTry>, StoreError> {
        tries(&self.pool, report_id).await
    }

    /// Reports that wait for a call-back, the longest first.
    pub async fn callbacks_due(
        &self,
        county: &str,
        now: DateTime<Utc>,
    ) -> Result<Vec<Listed<CallbackDue>>, StoreError> {
        self.callbacks_page(county, now, 0, LISTED).await
    }

    /// A part of them: `limit` after `offset`, which is read over.
    pub async fn callbacks_page(
        &self,
        county: &str,
        now: DateTime<Utc>,
        offset: i64,
        limit: i64,
    ) -> Result<Vec<Listed<CallbackDue>>, StoreError> {
        let mut waiting = first(&self.pool, county, now, offset + limit).await?;
        let waiting = waiting.split_off(waiting.len().min(usize::try_from(offset).unwrap_or(usize::MAX)));
        self.callbacks_of(county, &waiting, now).await
    }

    /// A report's call-back, if it waits for one: also when the list is too long to show it.
    pub async fn callback_due(
        &self,
        county: &str,
        report_id: ReportId,
        now: DateTime<Utc>,
    ) -> Result<Option<CallbackDue>, StoreError> {
        let due = self.callbacks_of(county, &[report_id], now).await?;
        Ok(Listed::whole(due)?.pop())
    }

    async fn callbacks_of(
        &self,
        county: &str,
        reports: &[ReportId],
        now: DateTime<Utc>,
    ) -> Result<Vec<Listed<CallbackDue>>, StoreError> {
        let rows = sqlx::query(include_str!("due.sql"))
            .bind(county)
            .bind(reports)
            .bind(now)
            .fetch_all(&self.pool)
            .await?;
        listed(&rows, Unread::report)
    }

    /// 不满意 that waits for a second person, the longest first.
    pub async fn callbacks_undecided(&self, county: &str) -> Result<Vec<Listed<CallbackUndecided>>, StoreError> {
        let rows = sqlx::query(
            "SELECT c.report_id, c.attempt, c.at, c.by_account, person_shown(c.by_account, c.by_name) AS by_name,
                    coalesce(board_facts(r.id), '{}') AS facts, r.drill
             FROM callbacks c JOIN reports r ON r.id = c.report_id
             WHERE c.result = 'dissatisfied' AND c.decision IS NULL AND r.county = $1 ORDER BY c.at LIMIT $2",
        )
        .bind(county)
        .bind(LISTED)
        .fetch_all(&self.pool)
        .await?;
        listed(&rows, Unread::report)
    }

    /// How many reports are put off to another day because nobody answered today.
    pub async fn callbacks_put_off(&self, county: &str, now: DateTime<Utc>) -> Result<i64, StoreError> {
        let count = sqlx::query_scalar(
            "SELECT count(*) FROM (SELECT FROM callbacks c JOIN reports r ON r.id = c.report_id
                WHERE c.retry_at > $2 AND r.county = $1 LIMIT 1001) few",
        )
        .bind(county)
        .bind(now)
        .fetch_one(&self.pool)
        .await?;
        Ok(count)
    }

    /// What a report is about, if there is such a report.
    pub async fn callback_case(&self, county: &str, report_id: ReportId) -> Result<Option<CallbackCase>, StoreError> {
        let row = sqlx::query_as(
            "SELECT p.identity, r.drill, count(t.id) AS tickets, count(t.id) FILTER (WHERE t.resolved_at IS NULL) AS open,
                    max(t.resolved_at) AS resolved_at
             FROM reports r CROSS JOIN LATERAL board_reporter(r.id) p
             LEFT JOIN tickets t ON t.report_id = r.id AND t.state NOT IN ('returned', 'waived')
             WHERE r.county = $1 AND r.id = $2 GROUP BY r.id, p.identity, r.drill",
        )
        .bind(county)
        .bind(report_id)
        .fetch_optional(&self.pool)
        .await?;
        Ok(row)
    }

    /// The tickets of a report that the reporter may be unhappy with: not the office's own triage, and none that another carries on.
    pub async fn callback_tickets(&self, county: &str, report_id: ReportId) -> Result<Vec<CallbackTicket>, StoreError> {
        let rows = sqlx::query_as(
            "SELECT t.id, t.obligation, u.name AS unit_name, t.state, t.outcome
             FROM tickets t JOIN units u ON u.county = t.county AND u.code = t.unit
             WHERE t.county = $1 AND t.report_id = $2 AND t.obligation <> 'triage' AND t.resolved_at IS NOT NULL
               AND NOT EXISTS (SELECT FROM tickets s WHERE s.predecessor = t.id AND s.state NOT IN ('returned', 'waived'))
             ORDER BY t.lead DESC, t.id",
        )
        .bind(county)
        .bind(report_id)
        .fetch_all(&self.pool)
        .await?;
        Ok(rows)
    }
}

impl Store<Office> {
    /// The key that words about a report are sealed with.
    pub async fn callback_sealed(
        &self,
        county: &str,
        report_id: ReportId,
    ) -> Result<Option<CallbackSealed>, StoreError> {
        let row = sqlx::query_as("SELECT data_key FROM reports WHERE county = $1 AND id = $2")
            .bind(county)
            .bind(report_id)
            .fetch_optional(&self.pool)
            .await?;
        Ok(row)
    }
}

/// All calls of a report, the first first.
pub(super) async fn tries(db: &PgPool, report_id: ReportId) -> Result<Vec<CallbackTry>, StoreError> {
    let sql = format!("SELECT {TRY} FROM callbacks c WHERE c.report_id = $1 ORDER BY c.attempt");
    let rows = sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(report_id)
        .fetch_all(db)
        .await?;
    Ok(rows)
}

async fn first(db: &PgPool, county: &str, now: DateTime<Utc>, most: i64) -> Result<Vec<ReportId>, StoreError> {
    let waiting = sqlx::query_scalar(include_str!("waiting.sql"))
        .bind(county)
        .bind(most)
        .bind(now)
        .fetch_all(db)
        .await?;
    Ok(waiting)
}

/// How many reports wait for a call-back or for the second person's decision, counted up to `most` each.
pub(in crate::store) async fn waiting(
    db: &PgPool,
    county: &str,
    now: DateTime<Utc>,
    most: i64,
) -> Result<i64, StoreError> {
    let waiting = first(db, county, now, most).await?;
    let undecided: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM (SELECT FROM callbacks c JOIN reports r ON r.id = c.report_id
            WHERE c.result = 'dissatisfied' AND c.decision IS NULL AND r.county = $1 LIMIT $2) few",
    )
    .bind(county)
    .bind(most)
    .fetch_one(db)
    .await?;
    Ok(i64::try_from(waiting.len()).unwrap_or(most) + undecided)
}

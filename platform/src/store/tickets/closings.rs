//! Closings that wait for the office: transfers to approve, and confirmations that the unit can't give or let pass.

use chrono::{DateTime, Utc};
use sqlx::types::Json;

use crate::store::{
    AccountId, Board, Decider, DeskEvent, Listed, Office, ReportId, Store, StoreError, TicketId, Unread, Word,
    listed::listed,
};
use casework::report::StoredFacts;
use casework::ticket::TicketState;
use casework::words::Urgency;

/// The list is cut here; the count beside it says how many there are, and stops at 1,001.
const LISTED: i64 = 200;

/// What waits for the office, of the tickets `t` with the confirmation's clock `s`: transfers, closings of a unit without
/// another person, and closings that the unit did not confirm in time ($2).
const WAITS: &str = "FROM tickets t
    JOIN stages s ON s.ticket_id = t.id AND s.stage IN ('confirm', 'approve') AND s.ended_at IS NULL
    JOIN units u ON u.county = t.county AND u.code = t.unit
    WHERE t.county = $1 AND t.state = 'close-requested' AND (t.close_by = 'office' OR s.due_at <= $2
       OR NOT EXISTS (SELECT FROM memberships m JOIN accounts a ON a.id = m.account_id
                      WHERE m.county = t.county AND m.unit = t.unit AND m.ended_at IS NULL AND m.role IN ('member', 'leader')
                        AND a.disabled_at IS NULL AND a.id IS DISTINCT FROM t.close_requested_account))";

const LINE: &str = "SELECT t.id AS ticket_id, t.report_id, t.version, t.unit, u.name AS unit_name, t.obligation, t.urgency, t.state,
    t.close_outcome AS outcome, t.transfer_to, t.close_by, t.close_requested_at AS requested_at,
    person_shown(t.close_requested_account, t.close_requested_by) AS requested_by, t.close_requested_account AS requested_account,
    s.due_at, (SELECT r.drill FROM reports r WHERE r.id = t.report_id) AS drill";

/// A closing that waits for the office.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ClosingLine {
    /// Ticket.
    pub ticket_id: TicketId,
    /// Report.
    pub report_id: ReportId,
    /// Version, for the act.
    pub version: i32,
    /// Unit code.
    pub unit: String,
    /// Its name.
    pub unit_name: String,
    /// Obligation code.
    pub obligation: String,
    /// How urgent its case is.
    #[sqlx(try_from = "String")]
    pub urgency: Urgency,
    /// State.
    #[sqlx(try_from = "String")]
    pub state: TicketState,
    /// Outcome that waits.
    pub outcome: Option<String>,
    /// The unit that is to take over, if it is a transfer.
    pub transfer_to: Option<String>,
    /// Who decides.
    pub close_by: Option<Word<Decider>>,
    /// Since when.
    pub requested_at: Option<DateTime<Utc>>,
    /// Who asked.
    pub requested_by: Option<String>,
    /// Their account.
    pub requested_account: Option<AccountId>,
    /// By when it should be decided.
    pub due_at: Option<DateTime<Utc>>,
    /// A drill.
    pub drill: bool,
}

/// One closing with what was written, for who decides it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ClosingCase {
    /// The line.
    #[sqlx(flatten)]
    pub line: ClosingLine,
    /// Routing facts.
    pub facts: Json<StoredFacts>,
    /// Wrapped data key.
    pub data_key: Vec<u8>,
    /// Acts on the ticket, the oldest first, with what was written about the closing.
    pub events: Json<Vec<DeskEvent>>,
    /// When the child was seen.
    pub seen_at: Option<DateTime<Utc>>,
    /// By whom it was recorded.
    pub contacted_by: Option<String>,
    /// When the case's first ticket was dispatched.
    pub case_dispatched_at: Option<DateTime<Utc>>,
}

impl Store<Board> {
    /// What waits for the office, the earliest due first.
    pub async fn closings_waiting(
        &self,
        county: &str,
        now: DateTime<Utc>,
    ) -> Result<Vec<Listed<ClosingLine>>, StoreError> {
        let sql = format!("{LINE} {WAITS} ORDER BY s.due_at, t.id LIMIT $3");
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(county)
            .bind(now)
            .bind(LISTED)
            .fetch_all(&self.pool)
            .await?;
        listed(&rows, Unread::ticket)
    }

    /// How many wait for the office, counted to 1,001.
    pub async fn closings_count(&self, county: &str, now: DateTime<Utc>) -> Result<i64, StoreError> {
        let sql = format!("SELECT count(*) FROM (SELECT {WAITS} LIMIT 1001) few");
        Ok(sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
            .bind(county)
            .bind(now)
            .fetch_one(&self.pool)
            .await?)
    }
}

impl Store<Office> {
    /// One closing that waits, with what was written; also one that is still the unit's to confirm.
    pub async fn closing_case(&self, county: &str, ticket: TicketId) -> Result<Option<ClosingCase>, StoreError> {
        let sql = format!(
            "{LINE}, f.facts, r.data_key, t.seen_at, person_shown(t.contacted_by_account, t.contacted_by) AS contacted_by,
             (SELECT min(c.dispatched_at) FROM tickets c WHERE c.case_id = t.case_id) AS case_dispatched_at,
             coalesce((SELECT jsonb_agg(jsonb_build_object('at', e.at, 'kind', e.kind, 'actor', person_shown(e.account_id, e.actor),
                         'account', e.account_id, 'detail', e.detail, 'sealed', encode(e.sealed, 'hex')) ORDER BY e.at)
                       FROM events e WHERE e.ticket_id = t.id AND e.report_id = t.report_id), '[]') AS events
             FROM tickets t JOIN reports r ON r.id = t.report_id JOIN report_facts f ON f.report_id = t.report_id
             JOIN units u ON u.county = t.county AND u.code = t.unit
             LEFT JOIN stages s ON s.ticket_id = t.id AND s.stage IN ('confirm', 'approve') AND s.ended_at IS NULL
             WHERE t.county = $1 AND t.id = $2 AND t.state IN ('close-requested', 'transferring')"
        );
        Ok(sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(county)
            .bind(ticket)
            .fetch_optional(&self.pool)
            .await?)
    }
}

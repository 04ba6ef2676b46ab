//! What the board and the office see of floods.

use casework::report::StoredFacts;
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::types::Json;

use super::deed::FloodGroundKind;
use crate::store::{AccountId, Board, FloodClosingId, FloodId, ReportId, Store, StoreError, TicketId, Word};

/// Floods on the board: those that go on, and what is left of earlier ones.
const SHOWN: i64 = 20;
/// How long one stays on the board.
const SHOWN_FOR: TimeDelta = TimeDelta::days(3);

casework::words! {
    /// What the reports of a flood have in common.
    FloodKind {
        /// Where they come from.
        Source = "source",
        /// Where it happened.
        Township = "township",
    }
}

casework::words! {
    /// Where a flood stands.
    FloodState {
        /// It goes on, and nobody has judged it yet.
        Open = "open",
        /// The office says that it is one.
        Confirmed = "confirmed",
        /// It has been quiet for ten minutes.
        Over = "over",
        /// The office says that it is none, or over.
        Ended = "ended",
    }
}

/// A flood on the board and on its page.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Flood {
    /// Id.
    pub id: FloodId,
    /// `source` or `township`.
    #[sqlx(try_from = "String")]
    pub kind: FloodKind,
    /// First nine digits of the area, empty where it is not known; none for a source.
    pub township: Option<String>,
    /// When it began.
    pub began_at: DateTime<Utc>,
    /// Its last report.
    pub last_at: DateTime<Utc>,
    /// Where it stands; one that has been quiet for ten minutes is over.
    #[sqlx(try_from = "String")]
    pub state: FloodState,
    /// Who said so, where somebody did.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<DateTime<Utc>>,
    /// Reports.
    pub reports: i64,
    /// Their tickets.
    pub tickets: i64,
    /// Of these, not signed.
    pub unsigned: i64,
    /// Reports that wait for a human (待人工研判) and that nobody has in hand.
    pub untaken: i64,
    /// A closing waits for another person.
    pub closing_waits: bool,
}

/// A report of a flood.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct FloodReport {
    /// Report.
    pub report_id: ReportId,
    /// When it came.
    pub received_at: DateTime<Utc>,
    /// Tickets nobody has signed.
    pub unsigned: i64,
    /// All.
    pub tickets: i64,
    /// Its first ticket, for a link.
    pub ticket_id: Option<TicketId>,
    /// What the board shows of the facts, for the pages.
    pub facts: Option<Json<StoredFacts>>,
}

casework::words! {
    /// What became of tickets that were asked to be ended at once.
    FloodDecision {
        /// Another person ended them.
        Confirmed = "confirmed",
        /// They go on.
        Refused = "refused",
        /// They ended by mistake and go on.
        GivenBack = "given-back",
    }
}

/// Tickets asked to be ended at once.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct FloodClosing {
    /// Id.
    pub id: FloodClosingId,
    /// How many reports.
    pub reports: i64,
    /// On what ground.
    #[sqlx(try_from = "String")]
    pub ground: FloodGroundKind,
    /// The report of which they are duplicates.
    pub stays: Option<ReportId>,
    /// Why.
    pub reason: String,
    /// Who asked.
    pub asked_by: String,
    /// Their account.
    pub asked_account: AccountId,
    /// When.
    pub asked_at: DateTime<Utc>,
    /// By when another should have looked.
    pub due_at: DateTime<Utc>,
    /// What became of it; none while it waits.
    pub decision: Option<Word<FloodDecision>>,
    /// Who decided.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<DateTime<Utc>>,
    /// Tickets that ended.
    pub tickets: i64,
}

const FLOOD: &str = "SELECT f.id, f.kind, f.township, f.began_at, f.last_at,
    CASE WHEN f.state = 'open' AND f.last_at <= $2 - interval '10 minutes' THEN 'over' ELSE f.state END AS state,
    person_shown(f.decided_account, f.decided_by) AS decided_by, f.decided_at, n.reports, n.tickets, n.unsigned, n.untaken,
    EXISTS (SELECT FROM flood_closings c WHERE c.flood_id = f.id AND c.decision IS NULL) AS closing_waits
    FROM floods f CROSS JOIN LATERAL (
        SELECT count(DISTINCT fr.report_id) AS reports, count(t.id) AS tickets,
               count(t.id) FILTER (WHERE t.state = 'dispatched') AS unsigned,
               count(t.id) FILTER (WHERE t.state = 'dispatched' AND t.obligation = 'triage') AS untaken
        FROM flood_reports fr LEFT JOIN tickets t ON t.report_id = fr.report_id WHERE fr.flood_id = f.id) n
    WHERE f.county = $1";

impl Store<Board> {
    /// Floods of the last three days, those that go on first.
    pub async fn floods(&self, county: &str, now: DateTime<Utc>) -> Result<Vec<Flood>, StoreError> {
        let sql = format!("{FLOOD} AND f.last_at > $3 ORDER BY f.last_at DESC LIMIT $4");
        Ok(sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(county)
            .bind(now)
            .bind(now - SHOWN_FOR)
            .bind(SHOWN)
            .fetch_all(&self.pool)
            .await?)
    }

    /// One of them.
    pub async fn flood(&self, county: &str, id: FloodId, now: DateTime<Utc>) -> Result<Option<Flood>, StoreError> {
        let sql = format!("{FLOOD} AND f.id = $3");
        Ok(sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(county)
            .bind(now)
            .bind(id)
            .fetch_optional(&self.pool)
            .await?)
    }

    /// Its reports, the oldest first: `limit` after `offset`.
    pub async fn flood_reports(&self, flood: FloodId, offset: i64, limit: i64) -> Result<Vec<FloodReport>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT r.id AS report_id, r.received_at, board_facts(r.id) AS facts, n.tickets, n.unsigned, n.ticket_id
             FROM (SELECT report_id FROM flood_reports WHERE flood_id = $1 ORDER BY report_id OFFSET $2 LIMIT $3) fr
             JOIN reports r ON r.id = fr.report_id
             CROSS JOIN LATERAL (SELECT count(*) AS tickets, count(*) FILTER (WHERE t.state = 'dispatched') AS unsigned,
                                        min(t.id) AS ticket_id FROM tickets t WHERE t.report_id = r.id) n
             ORDER BY r.id",
        )
        .bind(flood)
        .bind(offset)
        .bind(limit)
        .fetch_all(&self.pool)
        .await?)
    }

    /// What was asked to be ended at once, the newest first.
    pub async fn flood_closings(&self, flood: FloodId) -> Result<Vec<FloodClosing>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT id, cardinality(reports)::bigint AS reports, ground, stays, reason, person_shown(asked_account, asked_by) AS asked_by, asked_account,
                    asked_at, due_at, decision, person_shown(decided_account, decided_by) AS decided_by, decided_at, tickets
             FROM flood_closings WHERE flood_id = $1 ORDER BY asked_at DESC LIMIT 20",
        )
        .bind(flood)
        .fetch_all(&self.pool)
        .await?)
    }
}

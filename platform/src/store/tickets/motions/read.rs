//! What is asked, as pages and programs see it.

use casework::report::StoredFacts;
use casework::routing::Basis;
use casework::ticket::TicketState;
use casework::ticket::motion::{MotionKind, MotionState, ReturnGround};
use casework::words::{Stage, Urgency};
use chrono::{DateTime, Utc};
use sqlx::types::Json;

use crate::store::{AccountId, Board, Desk, DeskScope, MotionId, Office, ReportId, Store, StoreError, TicketId, Word};

/// The list of what waits is cut here; the count beside it stops at 1,001.
const LISTED: i64 = 200;

const MOTION: &str = "SELECT m.id, m.report_id, m.ticket_id, t.version, t.state AS ticket_state, t.obligation, m.unit, u.name AS unit_name,
    m.kind, m.urgency, m.drill, m.state, m.ground, m.wanted_unit, m.stage, m.was_due, m.wanted_due, m.asked_at,
    person_shown(m.asked_account, m.asked_by) AS asked_by, m.asked_account, m.due_at,
    m.agreed_at, person_shown(m.agreed_account, m.agreed_by) AS agreed_by, m.agreed_account, m.decided_at,
    person_shown(m.decided_account, m.decided_by) AS decided_by, m.granted_unit, m.successor, m.added, m.granted_due, m.ended_at
    FROM motions m JOIN tickets t ON t.id = m.ticket_id JOIN units u ON u.county = m.county AND u.code = m.unit";

/// Something that a unit asks of the office, without what was written.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Motion {
    /// Id.
    pub id: MotionId,
    /// Report.
    pub report_id: ReportId,
    /// Ticket.
    pub ticket_id: TicketId,
    /// The ticket's version, for the act.
    pub version: i32,
    /// The ticket's state.
    #[sqlx(try_from = "String")]
    pub ticket_state: TicketState,
    /// Obligation code.
    pub obligation: String,
    /// Code of the unit that asks.
    pub unit: String,
    /// Its name.
    pub unit_name: String,
    /// What it asks.
    #[sqlx(try_from = "String")]
    pub kind: MotionKind,
    /// How urgent its case is.
    #[sqlx(try_from = "String")]
    pub urgency: Urgency,
    /// A drill.
    pub drill: bool,
    /// Where it stands.
    #[sqlx(try_from = "String")]
    pub state: MotionState,
    /// A return: on which ground.
    pub ground: Option<Word<ReturnGround>>,
    /// Code of the unit that is proposed.
    pub wanted_unit: Option<String>,
    /// An extension: of which stage.
    pub stage: Option<Word<Stage>>,
    /// When that was due.
    pub was_due: Option<DateTime<Utc>>,
    /// Until when more time is asked for.
    pub wanted_due: Option<DateTime<Utc>>,
    /// When it was asked.
    pub asked_at: DateTime<Utc>,
    /// By whom.
    pub asked_by: String,
    /// Their account.
    pub asked_account: AccountId,
    /// By when the office decides.
    pub due_at: DateTime<Utc>,
    /// A waiver: when a first person of the office agreed.
    pub agreed_at: Option<DateTime<Utc>>,
    /// Who.
    pub agreed_by: Option<String>,
    /// Their account.
    pub agreed_account: Option<AccountId>,
    /// When it was decided.
    pub decided_at: Option<DateTime<Utc>>,
    /// By whom.
    pub decided_by: Option<String>,
    /// Code of the unit that the office named: it took over, or joined.
    pub granted_unit: Option<String>,
    /// A return: its ticket.
    pub successor: Option<TicketId>,
    /// Another unit: its ticket.
    pub added: Option<TicketId>,
    /// An extension that was granted: the due.
    pub granted_due: Option<DateTime<Utc>>,
    /// When it was taken back, or lapsed.
    pub ended_at: Option<DateTime<Utc>>,
}

/// What was asked about one ticket.
#[derive(Clone, Debug, Default)]
pub struct TicketMotions {
    /// The first first.
    pub list: Vec<Motion>,
    /// How often its obligation was returned in the case.
    pub returns: i64,
}

/// One with what was written, for who decides it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct MotionCase {
    /// It.
    #[sqlx(flatten)]
    pub motion: Motion,
    /// Wrapped data key of the report.
    pub data_key: Vec<u8>,
    /// Why it is asked, sealed.
    pub reason: Vec<u8>,
    /// What was written with the decision, sealed.
    pub decided_note: Option<Vec<u8>>,
    /// What the ticket rests on.
    pub basis: Json<Vec<Basis>>,
    /// What was reported, without identity.
    pub facts: Json<StoredFacts>,
    /// How often the obligation was returned in the case.
    pub returns: i64,
    /// An extension: since when the stage runs.
    pub started_at: Option<DateTime<Utc>>,
    /// When the case's first ticket was dispatched.
    pub case_dispatched_at: Option<DateTime<Utc>>,
    /// When the first ticket of the chain is to be resolved.
    pub first_due: Option<DateTime<Utc>>,
}

impl Store<Board> {
    /// What waits for the office, the earliest due first.
    pub async fn motions_waiting(&self, county: &str) -> Result<Vec<Motion>, StoreError> {
        let sql = format!("{MOTION} WHERE m.county = $1 AND m.state = 'asked' ORDER BY m.due_at, m.id LIMIT $2");
        Ok(sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(county)
            .bind(LISTED)
            .fetch_all(&self.pool)
            .await?)
    }

    /// How many wait for the office, counted to 1,001.
    pub async fn motions_count(&self, county: &str) -> Result<i64, StoreError> {
        Ok(sqlx::query_scalar(
            "SELECT count(*) FROM (SELECT FROM motions WHERE county = $1 AND state = 'asked' LIMIT 1001) few",
        )
        .bind(county)
        .fetch_one(&self.pool)
        .await?)
    }
}

impl Store<Desk> {
    /// What was asked about a ticket of these units.
    pub async fn desk_motions(&self, scope: &DeskScope, ticket: TicketId) -> Result<TicketMotions, StoreError> {
        let mut tx = self.desk(scope).await?;
        let sql = format!("{MOTION} WHERE m.ticket_id = $1 ORDER BY m.id");
        let list = sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(ticket)
            .fetch_all(&mut *tx)
            .await?;
        let returns = sqlx::query_scalar("SELECT case_returns($1)")
            .bind(ticket)
            .fetch_one(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(TicketMotions { list, returns })
    }
}

impl Store<Office> {
    /// One with what was written, also after it was decided.
    pub async fn motion_case(&self, county: &str, id: MotionId) -> Result<Option<MotionCase>, StoreError> {
        let columns = MOTION.replacen(
            "FROM motions",
            ", r.data_key, t.basis, f.facts, m.reason, m.decided_note, case_returns(t.id) AS returns,
             (SELECT s.started_at FROM stages s WHERE s.ticket_id = t.id AND s.stage = m.stage) AS started_at,
             (ticket_chain(t.id) ->> 'case_dispatched_at')::timestamptz AS case_dispatched_at,
             coalesce((ticket_chain(t.id) #>> '{first,dues,resolve}')::timestamptz,
                      (SELECT s.due_at FROM stages s WHERE s.ticket_id = t.id AND s.stage = 'resolve')) AS first_due
             FROM motions",
            1,
        );
        let sql = format!(
            "{columns} JOIN reports r ON r.id = m.report_id JOIN report_facts f ON f.report_id = r.id WHERE m.county = $1 AND m.id = $2"
        );
        Ok(sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(county)
            .bind(id)
            .fetch_optional(&self.pool)
            .await?)
    }
}

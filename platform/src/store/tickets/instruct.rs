//! 批示: one line of the leading group about what is overdue at its level.
//!
//! It stands in the trail under a name, unit and office are told by mail, and the ringing of the leading group about this ticket is
//! answered by it: a named human answered. It is no act of the unit: no clock, no state and no version changes, and the next
//! repetition of the level rings as if nobody had written.

use casework::words::Urgency;
use chrono::{DateTime, Utc};
use sqlx::PgTransaction;
use uuid::Uuid;

use crate::store::{
    AccountId, AnsweredHow, CallId, Detail, EventKind, Office, ReportId, StageId, Store, StoreError, TicketId,
    event_detail::Instructed,
};

/// A 批示 to write.
#[derive(Clone, Copy, Debug)]
pub struct NewInstruction<'a> {
    /// County.
    pub county: &'a str,
    /// Code of the leading group.
    pub leading_group: &'a str,
    /// Codes of those who are told beside the unit that holds the ticket.
    pub office: &'a str,
    /// About which ticket.
    pub ticket: TicketId,
    /// Who writes: account and name.
    pub by: (AccountId, &'a str),
    /// What was written, sealed with the report's key.
    pub sealed: &'a [u8],
    /// When.
    pub at: DateTime<Utc>,
}

/// 批示 on a ticket.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Instruction {
    /// On which.
    pub ticket_id: TicketId,
    /// Of which report.
    pub report_id: ReportId,
    /// When it was written.
    pub at: DateTime<Utc>,
    /// By whom, as shown.
    pub by: String,
    /// As typed, from before they were sealed.
    pub reason: Option<String>,
    /// Sealed with the report's key; none where it was erased, or never sealed.
    pub sealed: Option<Vec<u8>>,
    /// The report's key, wrapped.
    pub data_key: Vec<u8>,
}

#[derive(sqlx::FromRow)]
struct Overdue {
    report_id: ReportId,
    unit: String,
    #[sqlx(try_from = "String")]
    urgency: Urgency,
    drill: bool,
    stages: Vec<StageId>,
}

impl Store<Office> {
    /// What the leading group wrote on these tickets, the first first.
    pub async fn instructions(&self, county: &str, tickets: &[TicketId]) -> Result<Vec<Instruction>, StoreError> {
        let rows = sqlx::query_as(
            "SELECT e.ticket_id, e.report_id, e.at, person_shown(e.account_id, e.actor) AS by, e.reason, e.sealed, r.data_key
             FROM tickets t JOIN reports r ON r.id = t.report_id
             JOIN events e ON e.report_id = t.report_id AND e.ticket_id = t.id AND e.kind = 'instructed'
             WHERE t.county = $1 AND t.id = ANY ($2) ORDER BY e.at",
        )
        .bind(county)
        .bind(tickets)
        .fetch_all(&self.pool)
        .await?;
        Ok(rows)
    }

    /// The report of a ticket, and the key that words about it are sealed with, wrapped.
    pub async fn ticket_key(&self, county: &str, ticket: TicketId) -> Result<Option<(ReportId, Vec<u8>)>, StoreError> {
        let key = sqlx::query_as(
            "SELECT r.id, r.data_key FROM tickets t JOIN reports r ON r.id = t.report_id WHERE t.county = $1 AND t.id = $2",
        )
        .bind(county)
        .bind(ticket)
        .fetch_optional(&self.pool)
        .await?;
        Ok(key)
    }

    /// Writes one; `false` where nothing of the ticket is overdue at the level of the leading group, so that nothing is written.
    pub async fn instruct(&self, new: &NewInstruction<'_>) -> Result<bool, StoreError> {
        let mut tx = self.pool.begin().await?;
        let overdue: Option<Overdue> = sqlx::query_as(
            "SELECT t.report_id, t.unit, t.urgency, t.drill, array_agg(s.id ORDER BY s.id) AS stages
             FROM tickets t JOIN stages s ON s.ticket_id = t.id AND s.ended_at IS NULL AND s.next_step >= 4
             WHERE t.id = $1 AND t.county = $2
               AND EXISTS (SELECT FROM escalation_steps e WHERE e.stage_id = s.id AND e.due_generation = s.due_generation
                           AND e.level >= 4 AND e.sent_at IS NOT NULL)
             GROUP BY t.id",
        )
        .bind(new.ticket)
        .bind(new.county)
        .fetch_optional(&mut *tx)
        .await?;
        let Some(overdue) = overdue else { return Ok(false) };
        sqlx::query(
            "INSERT INTO events (at, report_id, ticket_id, kind, actor, account_id, sealed, detail)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(new.at)
        .bind(overdue.report_id)
        .bind(new.ticket)
        .bind(EventKind::Instructed.as_str())
        .bind(new.by.1)
        .bind(new.by.0)
        .bind(new.sealed)
        .bind(Detail::of(&Instructed {
            stages: overdue.stages.clone(),
        }))
        .execute(&mut *tx)
        .await?;
        let mut told = vec![overdue.unit.as_str()];
        if overdue.unit != new.office {
            told.push(new.office);
        }
        for unit in told {
            tell(&mut tx, new, &overdue, unit).await?;
        }
        answer(&mut tx, new, &overdue.stages).await?;
        tx.commit().await?;
        Ok(true)
    }
}

async fn tell(
    tx: &mut PgTransaction<'_>,
    new: &NewInstruction<'_>,
    overdue: &Overdue,
    unit: &str,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO notices (id, dedup, county, kind, ticket_id, unit, urgency, drill, created_at, state)
         VALUES ($1, $2, $3, 'instruction', $4, $5, $6, $7, $8, 'queued') ON CONFLICT (dedup) DO NOTHING",
    )
    .bind(Uuid::new_v4())
    .bind(format!(
        "instruction:{}:{}:{unit}",
        new.ticket,
        new.at.timestamp_micros()
    ))
    .bind(new.county)
    .bind(new.ticket)
    .bind(unit)
    .bind(overdue.urgency.as_str())
    .bind(overdue.drill)
    .bind(new.at)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Whoever writes has answered what rang the leading group about it.
async fn answer(tx: &mut PgTransaction<'_>, new: &NewInstruction<'_>, stages: &[StageId]) -> Result<(), StoreError> {
    let calls: Vec<CallId> = sqlx::query_scalar(
        "SELECT DISTINCT c.id FROM call_rings r JOIN calls c ON c.id = r.call_id WHERE r.stage_id = ANY ($1) AND c.unit = $2",
    )
    .bind(stages)
    .bind(new.leading_group)
    .fetch_all(&mut **tx)
    .await?;
    if calls.is_empty() {
        return Ok(());
    }
    sqlx::query("SELECT * FROM bells_answer($1, $2, $3, $4, $5)")
        .bind(calls)
        .bind(new.by.0)
        .bind(AnsweredHow::Login.as_str())
        .bind(Detail::default())
        // After the line of the 批示 itself.
        .bind(new.at + chrono::TimeDelta::microseconds(100))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

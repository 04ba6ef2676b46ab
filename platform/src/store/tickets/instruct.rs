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
    /// What, as typed.
    pub text: &'a str,
    /// When.
    pub at: DateTime<Utc>,
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
            "INSERT INTO events (at, report_id, ticket_id, kind, actor, account_id, reason, detail)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(new.at)
        .bind(overdue.report_id)
        .bind(new.ticket)
        .bind(EventKind::Instructed.as_str())
        .bind(new.by.1)
        .bind(new.by.0)
        .bind(new.text)
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

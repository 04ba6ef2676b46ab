//! 交班: who gives which open tickets over to whom. It is asked by one and taken by the other; each ticket then has a line of it.

use casework::words::{TicketClock, Urgency};
use chrono::{DateTime, Utc};

use super::pages;
use crate::store::{AccountId, Desk, DeskScope, HandoverId, ReportId, Store, StoreError, TicketId, Word};

/// Handovers of a unit that a page lists.
const SHOWN: i64 = 10;

/// An open ticket, as it is handed over.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct HandoverTicket {
    /// Ticket id.
    pub id: TicketId,
    /// Its report.
    pub report_id: ReportId,
    /// Obligation code.
    pub obligation: String,
    /// How urgent its case is.
    #[sqlx(try_from = "String")]
    pub urgency: Urgency,
    /// First stage not ended.
    pub next_stage: Option<Word<TicketClock>>,
    /// Its due time; none while its start event has not happened.
    pub next_due_at: Option<DateTime<Utc>>,
    /// A drill.
    pub drill: bool,
}

/// A handover.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Handover {
    /// Id.
    pub id: HandoverId,
    /// When it was given.
    pub at: DateTime<Utc>,
    /// By whom.
    pub from_id: AccountId,
    /// Their name.
    pub from_name: String,
    /// To whom.
    pub to_id: AccountId,
    /// Their name.
    pub to_name: String,
    /// Tickets that were open then.
    pub tickets: i64,
    /// When the other person took them over; none: not yet.
    pub taken_at: Option<DateTime<Utc>>,
}

/// A handover to write.
#[derive(Clone, Copy, Debug)]
pub struct NewHandover<'a> {
    /// County.
    pub county: &'a str,
    /// Unit.
    pub unit: &'a str,
    /// Who gives.
    pub from: AccountId,
    /// Who is to take.
    pub to: AccountId,
    /// When.
    pub at: DateTime<Utc>,
}

/// Who takes a handover, and when.
#[derive(Clone, Copy, Debug)]
pub struct Taking<'a> {
    /// Who takes it.
    pub account: AccountId,
    /// Their name.
    pub name: &'a str,
    /// When.
    pub at: DateTime<Utc>,
}

/// The states in which somebody has something to do.
const OPEN: &str =
    "('dispatched', 'signed', 'in-progress', 'close-requested', 'transferring', 'return-requested', 'reopened')";

/// What was taken over.
#[derive(sqlx::FromRow)]
struct Taken {
    tickets: Vec<i64>,
    giver: String,
    at: DateTime<Utc>,
    unit: String,
    from_id: AccountId,
}

impl Store<Desk> {
    /// The open tickets of a unit, the next due first.
    pub async fn handover_tickets(
        &self,
        scope: &DeskScope,
        (county, unit): (&str, &str),
    ) -> Result<Vec<HandoverTicket>, StoreError> {
        let mut tx = self.desk(scope).await?;
        let sql = format!(
            "SELECT id, report_id, obligation, urgency, next_stage, next_due_at, drill FROM tickets
             WHERE county = $1 AND unit = $2 AND state IN {OPEN} ORDER BY drill, next_due_at, id"
        );
        let tickets = sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(county)
            .bind(unit)
            .fetch_all(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(tickets)
    }

    /// The last handovers of a unit, the newest first.
    pub async fn handovers(
        &self,
        scope: &DeskScope,
        (county, unit): (&str, &str),
    ) -> Result<Vec<Handover>, StoreError> {
        let mut tx = self.desk(scope).await?;
        let rows = sqlx::query_as(
            "SELECT h.id, h.at, h.from_id, person_shown(f.id, f.name) AS from_name, h.to_id, person_shown(t.id, t.name) AS to_name,
                    cardinality(h.tickets)::bigint AS tickets, h.taken_at
             FROM handovers h JOIN accounts f ON f.id = h.from_id JOIN accounts t ON t.id = h.to_id
             WHERE h.county = $1 AND h.unit = $2 ORDER BY h.id DESC LIMIT $3",
        )
        .bind(county)
        .bind(unit)
        .bind(SHOWN)
        .fetch_all(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(rows)
    }

    /// Handovers that wait for a person to take them.
    pub async fn handovers_waiting(&self, scope: &DeskScope, account: AccountId) -> Result<i64, StoreError> {
        let mut tx = self.desk(scope).await?;
        let waiting = sqlx::query_scalar("SELECT count(*) FROM handovers WHERE to_id = $1 AND taken_at IS NULL")
            .bind(account)
            .fetch_one(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(waiting)
    }

    /// Gives the tickets that are open at this moment; it waits for the other person.
    pub async fn handover_give(&self, scope: &DeskScope, new: NewHandover<'_>) -> Result<(), StoreError> {
        let mut tx = self.desk(scope).await?;
        let sql = format!(
            "INSERT INTO handovers (county, unit, at, from_id, to_id, tickets)
             SELECT $1, $2, $3, $4, $5, coalesce((SELECT array_agg(t.id ORDER BY t.next_due_at, t.id) FROM tickets t
                 WHERE t.county = $1 AND t.unit = $2 AND t.state IN {OPEN}), '{{}}')"
        );
        sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(new.county)
            .bind(new.unit)
            .bind(new.at)
            .bind(new.from)
            .bind(new.to)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Takes one over: each of its tickets that the unit still holds gets a line with both names. `false` where it was taken
    /// before, or is meant for somebody else.
    pub async fn handover_take(
        &self,
        scope: &DeskScope,
        id: HandoverId,
        taking: Taking<'_>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.desk(scope).await?;
        let taken: Option<Taken> = sqlx::query_as(
            "UPDATE handovers h SET taken_at = $2 FROM accounts f
             WHERE h.id = $1 AND h.to_id = $3 AND h.taken_at IS NULL AND f.id = h.from_id
             RETURNING h.tickets, person_shown(f.id, f.name) AS giver, h.at, h.unit, h.from_id",
        )
        .bind(id)
        .bind(taking.at)
        .bind(taking.account)
        .fetch_optional(&mut *tx)
        .await?;
        let Some(taken) = taken else {
            return Ok(false);
        };
        pages::handed_over(&mut tx, (&taken.unit, taken.from_id), taking.at).await?;
        sqlx::query(
            "INSERT INTO events (at, report_id, ticket_id, kind, actor, account_id, detail)
             SELECT $1, t.report_id, t.id, 'duty-handed-over', $2, $3, jsonb_build_object('from', $4::text, 'given_at', $5::timestamptz)
             FROM tickets t WHERE t.id = ANY($6)",
        )
        .bind(taking.at)
        .bind(taking.name)
        .bind(taking.account)
        .bind(taken.giver)
        .bind(taken.at)
        .bind(taken.tickets)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(true)
    }
}

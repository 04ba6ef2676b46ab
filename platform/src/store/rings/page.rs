//! What rings on duty pages: calls to their person, by whatever channel, and whatever rings for their unit. One question for all
//! pages of a process.

use casework::words::{Channel, TicketClock, Urgency};
use chrono::{DateTime, TimeDelta, Utc};

use crate::store::{AccountId, Board, CallId, ReportId, Store, StoreError, TicketId, Word};

/// A call that nobody answered rings on a page for so long; an unanswered bell has rung again by then.
const RINGS: TimeDelta = TimeDelta::days(1);

/// A call that rings on a page.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct PageCall {
    /// Which of the pages that were asked for, from 0.
    pub page: i64,
    /// The call.
    pub call_id: CallId,
    /// By what it calls.
    #[sqlx(try_from = "String")]
    pub channel: Channel,
    /// How urgent.
    #[sqlx(try_from = "String")]
    pub urgency: Urgency,
    /// It calls the page's person.
    pub mine: bool,
}

/// What a page shows of it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct PageRing {
    /// The newest call.
    pub call_id: CallId,
    /// Ticket.
    pub ticket_id: TicketId,
    /// Report.
    pub report_id: ReportId,
    /// Unit that holds the ticket.
    pub unit_name: String,
    /// Obligation code.
    pub obligation: String,
    /// How urgent.
    #[sqlx(try_from = "String")]
    pub urgency: Urgency,
    /// Of which clock.
    pub stage: Word<TicketClock>,
    /// As casework's `Cause` writes it.
    pub cause: String,
    /// When it rang first.
    pub since: DateTime<Utc>,
    /// A drill.
    pub drill: bool,
}

/// A drill that rings on a page: it has no ticket.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct PageDrill {
    /// The newest call.
    pub call_id: CallId,
    /// Code of the unit that is drilled.
    pub unit: String,
    /// Its name.
    pub unit_name: String,
    /// When it rang first.
    pub since: DateTime<Utc>,
}

impl Store<Board> {
    /// What rings on these pages: account and unit of each. The newest 50 of a person and of a unit are looked at.
    pub async fn page_calls(
        &self,
        county: &str,
        pages: &[(AccountId, String)],
        now: DateTime<Utc>,
    ) -> Result<Vec<PageCall>, StoreError> {
        let (accounts, units): (Vec<AccountId>, Vec<String>) = pages.iter().cloned().unzip();
        let calls = sqlx::query_as(include_str!("page.sql"))
            .bind(county)
            .bind(accounts)
            .bind(units)
            .bind(now - RINGS)
            .fetch_all(&self.pool)
            .await?;
        Ok(calls)
    }

    /// The same calls as a page shows them: one line for each ticket and reason, the most urgent first.
    pub async fn page_rings(&self, calls: &[CallId]) -> Result<Vec<PageRing>, StoreError> {
        let rings = sqlx::query_as(
            "SELECT * FROM (
                 SELECT DISTINCT ON (t.id, s.id, r.cause) c.id AS call_id, t.id AS ticket_id, t.report_id, u.name AS unit_name, t.obligation,
                        t.urgency, s.stage, r.cause, min(c.created_at) OVER (PARTITION BY s.id, r.cause) AS since, c.drill
                 FROM calls c JOIN call_rings r ON r.call_id = c.id
                 JOIN stages s ON s.id = r.stage_id AND s.due_generation = r.due_generation AND s.ended_at IS NULL
                 JOIN bells b ON b.stage_id = r.stage_id AND b.due_generation = r.due_generation AND b.cause = r.cause
                 JOIN tickets t ON t.id = s.ticket_id JOIN units u ON u.county = t.county AND u.code = t.unit
                 WHERE c.id = ANY ($1) AND (b.answered_at IS NULL OR b.cause = 'again' AND b.answered_at < c.created_at)
                 ORDER BY t.id, s.id, r.cause, c.created_at DESC) rings
             ORDER BY drill, urgency, since, ticket_id",
        );
        Ok(rings.bind(calls).fetch_all(&self.pool).await?)
    }

    /// The drills among these calls that nobody answered for yet: one line for each unit.
    pub async fn page_drills(&self, calls: &[CallId]) -> Result<Vec<PageDrill>, StoreError> {
        let drills = sqlx::query_as(
            "SELECT * FROM (
                 SELECT DISTINCT ON (u.id) c.id AS call_id, u.unit, n.name AS unit_name, min(c.created_at) OVER (PARTITION BY u.id) AS since
                 FROM calls c JOIN drill_rings r ON r.call_id = c.id
                 JOIN drill_units u ON u.id = r.drill_unit_id AND u.answered_at IS NULL
                 JOIN drills d ON d.id = u.drill_id AND d.ended_at IS NULL
                 JOIN units n ON n.county = u.county AND n.code = u.unit
                 WHERE c.id = ANY ($1) ORDER BY u.id, c.created_at DESC) drills
             ORDER BY since, unit",
        );
        Ok(drills.bind(calls).fetch_all(&self.pool).await?)
    }
}

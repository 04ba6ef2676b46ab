//! Tickets by how a clock of theirs was kept: what a figure of the sheet opens.

use casework::words::Stage;
use chrono::{DateTime, Utc};
use sqlx::{Postgres, QueryBuilder};

casework::words! {
    /// How a clock was kept.
    ClockKept {
        /// 按期
        Yes = "yes",
        /// 未按期
        No = "no",
        /// Done, in time or late.
        Done = "done",
    }
}

/// Clocks of one stage that fell due in a span, as the sheet judges them (`sheet/judged.sql`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockAsked {
    /// Of which stage.
    pub stage: Stage,
    /// Kept or not; none: both.
    pub kept: Option<ClockKept>,
    /// Fell due at this time or later.
    pub from: DateTime<Utc>,
    /// Fell due before.
    pub until: DateTime<Utc>,
    /// What is open and due before this time was not kept.
    pub now: DateTime<Utc>,
}

impl ClockAsked {
    /// The condition on `listings l`. No clock falls due before its report came, so the list begins where the span ends.
    pub(super) fn condition(&self, sql: &mut QueryBuilder<Postgres>) {
        sql.push(" AND l.received_at < ").push_bind(self.until);
        sql.push(
            " AND EXISTS (SELECT FROM (
                 SELECT s.due_at, s.ended_at, s.ended_how FROM stages s WHERE s.ticket_id = l.ticket_id AND s.stage = ",
        );
        sql.push_bind(self.stage.as_str());
        sql.push(
            " UNION ALL
                 SELECT p.due_at, p.ended_at, p.ended_how FROM stages s
                 JOIN stage_rounds p ON p.stage_id = s.id AND p.due_generation <> s.due_generation
                 WHERE s.ticket_id = l.ticket_id AND s.stage = ",
        );
        sql.push_bind(self.stage.as_str());
        sql.push(
            ") r WHERE r.ended_how IS DISTINCT FROM 'void'
                 AND coalesce(r.due_at, CASE r.ended_how WHEN 'closed' THEN r.ended_at END) >= ",
        );
        sql.push_bind(self.from);
        sql.push(" AND coalesce(r.due_at, CASE r.ended_how WHEN 'closed' THEN r.ended_at END) < ");
        sql.push_bind(self.until);
        sql.push(" AND (r.ended_at IS NOT NULL OR r.due_at < ")
            .push_bind(self.now);
        sql.push(")");
        match self.kept {
            None => {}
            Some(ClockKept::Yes) => drop(sql.push(" AND r.ended_how = 'act' AND r.ended_at <= r.due_at")),
            Some(ClockKept::Done) => drop(sql.push(" AND r.ended_how = 'act'")),
            Some(ClockKept::No) => drop(sql.push(" AND (r.ended_how = 'act' AND r.ended_at <= r.due_at) IS NOT TRUE")),
        }
        sql.push(")");
    }
}

//! Lists of tickets, as the desk reads its own unit's and the board the county's.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, Postgres, QueryBuilder, Row};

use super::asked::{ListCursor, ListSort, TicketsAsked};
use crate::{
    receipt::fragment::Fragment,
    store::{Board, Desk, DeskScope, Listed, QueueLine, ReportId, Store, StoreError, Unread, Word, listed::listed},
};

/// A count stops here: what lies beyond is said as more than so many.
pub const COUNTED: i64 = 1000;

/// Reports that a piece of a receipt may stand in; with more, somebody is asked for a longer one.
const CANDIDATES: i64 = 4000;

/// A line of a list.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct TicketLine {
    /// As the unit's queue has it.
    #[sqlx(flatten)]
    pub ticket: QueueLine,
    /// Optimistic lock, for acts on several lines.
    pub version: i32,
    /// When its report came.
    pub received_at: DateTime<Utc>,
}

/// A stretch of a list.
#[derive(Clone, Debug)]
pub struct TicketsFound {
    /// The lines.
    pub lines: Vec<Listed<TicketLine>>,
    /// Where it goes on; none: that was all.
    pub next: Option<ListCursor>,
}

/// Reports whose receipts may have a piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Candidates {
    /// These.
    Of(Vec<ReportId>),
    /// More than anybody looks through.
    TooMany,
}

async fn found(
    connection: &mut PgConnection,
    asked: &TicketsAsked,
    limit: i64,
    says: &'static str,
) -> Result<TicketsFound, StoreError> {
    let mut sql = QueryBuilder::<Postgres>::new(
        "SELECT t.id, t.version, t.report_id, t.unit, t.obligation, t.lead, t.urgency, t.state, t.next_stage, t.next_due_at,
                person_shown(t.assignee, t.assignee_name) AS assignee_name, assignee_gone(t.county, t.unit, t.assignee) AS assignee_gone,
                t.dispatched_at, facts_area(listed.facts) AS area, facts_danger(listed.facts) AS present_danger, t.drill, listed.facts,
                l.received_at, l.due_at, l.urgency AS ranked
         FROM (SELECT l.* FROM listings l WHERE ",
    );
    asked.conditions(&mut sql);
    asked.below(&mut sql);
    sql.push(asked.order()).push(" LIMIT ").push_bind(limit + 1);
    sql.push(" OFFSET ").push_bind(asked.offset);
    // OFFSET 0: asked once for a line, and not once for each place that it stands in.
    sql.push(") l JOIN tickets t ON t.id = l.ticket_id CROSS JOIN LATERAL (SELECT ")
        .push(says)
        .push("(t.id) AS facts OFFSET 0) listed")
        .push(asked.order());
    let mut rows = sql.build().persistent(false).fetch_all(connection).await?;
    let limit = usize::try_from(limit).unwrap_or_default();
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = match rows.last().filter(|_| more) {
        None => None,
        Some(last) => Some(ListCursor {
            urgency: *last.try_get::<Word<_>, _>("ranked")?,
            at: last.try_get(match asked.sort {
                ListSort::Due => "due_at",
                _ => "received_at",
            })?,
            ticket: last.try_get("id")?,
        }),
    };
    let lines = listed(&rows, |row| {
        Ok(Unread::Ticket {
            ticket: row.try_get("id")?,
            report: row.try_get("report_id")?,
        })
    })?;
    Ok(TicketsFound { lines, next })
}

/// In the list's order, so that the walk that lists them is the walk that counts them.
async fn counted(connection: &mut PgConnection, asked: &TicketsAsked) -> Result<i64, StoreError> {
    let mut sql = QueryBuilder::<Postgres>::new("SELECT count(*) FROM (SELECT FROM listings l WHERE ");
    asked.conditions(&mut sql);
    sql.push(asked.order())
        .push(" LIMIT ")
        .push_bind(COUNTED + 1)
        .push(") few");
    Ok(sql.build_query_scalar().persistent(false).fetch_one(connection).await?)
}

async fn candidates(
    connection: &mut PgConnection,
    sql: &'static str,
    (county, unit): (&str, Option<&str>),
    piece: &Fragment,
) -> Result<Candidates, StoreError> {
    let (low, high): (Vec<i64>, Vec<i64>) = piece.ranges().iter().copied().unzip();
    let found: Vec<ReportId> = sqlx::query_scalar(sql)
        .bind(county)
        .bind(unit)
        .bind(piece.groups())
        .bind(low)
        .bind(high)
        .bind(CANDIDATES + 1)
        .fetch_all(connection)
        .await?;
    if i64::try_from(found.len()).is_ok_and(|found| found > CANDIDATES) {
        return Ok(Candidates::TooMany);
    }
    Ok(Candidates::Of(
        found.into_iter().filter(|id| piece.is_in(*id)).collect(),
    ))
}

impl Store<Desk> {
    /// A stretch of the list of a unit's tickets.
    pub async fn desk_tickets_found(
        &self,
        scope: &DeskScope,
        asked: &TicketsAsked,
        limit: i64,
    ) -> Result<TicketsFound, StoreError> {
        let mut tx = self.desk(scope).await?;
        let found = found(&mut tx, asked, limit, "desk_ticket_listed").await?;
        tx.commit().await?;
        Ok(found)
    }

    /// How many there are, counted to [`COUNTED`] and one more.
    pub async fn desk_tickets_counted(&self, scope: &DeskScope, asked: &TicketsAsked) -> Result<i64, StoreError> {
        let mut tx = self.desk(scope).await?;
        let count = counted(&mut tx, asked).await?;
        tx.commit().await?;
        Ok(count)
    }

    /// Reports of a unit's tickets, or of all these units', with a piece of a receipt.
    pub async fn desk_receipts_found(
        &self,
        scope: &DeskScope,
        county: &str,
        unit: Option<&str>,
        piece: &Fragment,
    ) -> Result<Candidates, StoreError> {
        let mut tx = self.desk(scope).await?;
        let sql = "SELECT * FROM desk_receipts_found($1, $2, $3, $4, $5, $6::integer)";
        let found = candidates(&mut tx, sql, (county, unit), piece).await?;
        tx.commit().await?;
        Ok(found)
    }
}

impl Store<Board> {
    /// A stretch of the list of the county's tickets.
    pub async fn tickets_found(&self, asked: &TicketsAsked, limit: i64) -> Result<TicketsFound, StoreError> {
        found(&mut *self.pool.acquire().await?, asked, limit, "board_listed").await
    }

    /// How many there are, counted to [`COUNTED`] and one more.
    pub async fn tickets_counted(&self, asked: &TicketsAsked) -> Result<i64, StoreError> {
        counted(&mut *self.pool.acquire().await?, asked).await
    }

    /// Reports of tickets with a piece of a receipt.
    pub async fn receipts_found(&self, county: &str, piece: &Fragment) -> Result<Candidates, StoreError> {
        let mut connection = self.pool.acquire().await?;
        let sql = "SELECT * FROM receipts_found($1, $2::text[], $3, $4, $5, $6::integer)";
        candidates(&mut connection, sql, (county, None), piece).await
    }

    /// Reports that nothing was dispatched of yet, the first first: `limit` of them.
    pub async fn reports_waiting(
        &self,
        county: &str,
        limit: i64,
    ) -> Result<Vec<(ReportId, DateTime<Utc>)>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT report_id, received_at FROM outbox WHERE county = $1 ORDER BY received_at, report_id LIMIT $2",
        )
        .bind(county)
        .bind(limit)
        .fetch_all(&self.pool)
        .await?)
    }
}

//! The open clocks that days off decide: what a calendar would move, before anybody confirms it.

use casework::{calendar::Limit, words::TicketClock};
use chrono::{DateTime, Utc};

use crate::store::{ReportId, SeesCounty, StageId, Store, StoreError, Word};

/// A clock that runs by days.
#[derive(Clone, Debug)]
pub struct DayClock {
    /// Its stage.
    pub stage: StageId,
    /// Report of the ticket.
    pub report: ReportId,
    /// Unit that holds it.
    pub unit: String,
    /// Which clock.
    pub clock: TicketClock,
    /// How long.
    pub limit: Limit,
    /// Since when.
    pub started_at: DateTime<Utc>,
    /// By when, by the calendar in force.
    pub due_at: DateTime<Utc>,
    /// That calendar did not know all the days.
    pub provisional: bool,
}

/// A clock as it is stored.
type Row = (
    StageId,
    ReportId,
    String,
    Word<TicketClock>,
    String,
    DateTime<Utc>,
    DateTime<Utc>,
    bool,
);

impl<L: SeesCounty> Store<L> {
    /// Open clocks with a limit in days, in the order of their stages, after one. A row that can't be read is left out here, and
    /// said where its ticket is shown.
    pub async fn day_clocks(
        &self,
        county: &str,
        after: StageId,
        limit: i64,
    ) -> Result<(Vec<DayClock>, Option<StageId>), StoreError> {
        let rows: Vec<Row> = sqlx::query_as(concat!(
            "SELECT s.id, t.report_id, t.unit, s.stage, s.time_limit, s.started_at, s.due_at, s.provisional
             FROM stages s JOIN tickets t ON t.id = s.ticket_id WHERE s.id > $2 AND s.county = $1 AND ",
            runs_by_days!(),
            " ORDER BY s.id LIMIT $3"
        ))
        .bind(county)
        .bind(after)
        .bind(limit)
        .fetch_all(&self.pool)
        .await?;
        let whole = i64::try_from(rows.len()).is_ok_and(|count| count == limit);
        let next = rows.last().map(|(stage, ..)| *stage).filter(|_| whole);
        let clocks = rows.into_iter().filter_map(
            |(stage, report, unit, Word(clock), limit, started_at, due_at, provisional)| {
                let limit = limit.parse().ok()?;
                Some(DayClock {
                    stage,
                    report,
                    unit,
                    clock,
                    limit,
                    started_at,
                    due_at,
                    provisional,
                })
            },
        );
        Ok((clocks.collect(), next))
    }
}

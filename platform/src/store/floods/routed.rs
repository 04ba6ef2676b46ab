//! Floods: which reports are one, and what is told of them together.
//!
//! The functions of `migrations/0008_floods.sql` decide and lock; see docs/decisions/0042-floods-are-grouped.md.

use casework::words::Urgency;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use sqlx::PgTransaction;
use uuid::Uuid;

use crate::store::{FloodId, Intake, NoticeId, NoticeKind, ReportId, Router, StageId, Store, StoreError, TicketId};

/// How long it is known where a report came from. A flood is noticed within ten minutes; a day is for looking back at it.
const SOURCES_KEPT: TimeDelta = TimeDelta::days(1);

/// A flood that a report belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) struct OfFlood {
    pub(in crate::store) flood: FloodId,
    /// It begins with this report: the office must be told.
    pub(in crate::store) fresh: bool,
}

impl Store<Intake> {
    /// Forgets where reports came from that are older than a day; how many.
    pub async fn sources_forget(&self, now: DateTime<Utc>) -> Result<i64, StoreError> {
        Ok(sqlx::query_scalar("SELECT intake_forget_sources($1)")
            .bind(now - SOURCES_KEPT)
            .fetch_one(&self.pool)
            .await?)
    }
}

impl Store<Router> {
    /// Floods that go on now.
    pub async fn floods_open(&self, county: &str, now: DateTime<Utc>) -> Result<i64, StoreError> {
        Ok(sqlx::query_scalar(
            "SELECT count(*) FROM floods
             WHERE county = $1 AND (state = 'confirmed' OR state = 'open' AND last_at > $2 - interval '10 minutes')",
        )
        .bind(county)
        .bind(now)
        .fetch_one(&self.pool)
        .await?)
    }
}

/// The flood that a report belongs to, where more than `above` came within ten minutes.
pub(in crate::store) async fn of_report(
    tx: &mut PgTransaction<'_>,
    report: ReportId,
    above: u32,
) -> Result<Option<OfFlood>, StoreError> {
    if above == 0 {
        return Ok(None);
    }
    let (flood, fresh): (Option<FloodId>, bool) = sqlx::query_as("SELECT flood, fresh FROM flood_of_report($1, $2)")
        .bind(report)
        .bind(i32::try_from(above).unwrap_or(i32::MAX))
        .fetch_one(&mut **tx)
        .await?;
    Ok(flood.map(|flood| OfFlood { flood, fresh }))
}

/// What a dispatch gives a unit.
#[derive(Clone, Debug, Deserialize)]
pub(in crate::store) struct Given {
    unit: String,
    /// The lead first.
    tickets: Vec<TicketId>,
    /// The id of a notice, should one be made.
    notice: NoticeId,
}

/// Tells the units of their tickets, and the office when the flood begins.
pub(in crate::store) async fn tell(
    tx: &mut PgTransaction<'_>,
    OfFlood { flood, fresh }: OfFlood,
    (county, urgency): (&str, Urgency),
    given: &[Given],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    for Given { unit, tickets, notice } in given {
        let told = Told {
            notice: *notice,
            unit,
            kind: NoticeKind::Flood,
            level: None,
            late: false,
            urgency,
            tickets,
            crossings: None,
        };
        tell_unit(tx, flood, &told, now).await?;
    }
    let first = given.iter().find_map(|given| given.tickets.first());
    let Some(first) = first.filter(|_| fresh) else {
        return Ok(());
    };
    let office: Option<String> =
        sqlx::query_scalar("SELECT min(code) FROM units WHERE county = $1 AND kind = 'office' AND retired_at IS NULL")
            .bind(county)
            .fetch_one(&mut **tx)
            .await?;
    if let Some(office) = office.filter(|office| given.iter().all(|given| given.unit != *office)) {
        let told = Told {
            notice: NoticeId(Uuid::new_v4()),
            unit: &office,
            kind: NoticeKind::Flood,
            level: None,
            late: false,
            urgency,
            tickets: &[*first],
            crossings: None,
        };
        tell_unit(tx, flood, &told, now).await?;
    }
    Ok(())
}

/// What one unit is told of a flood.
pub(in crate::store) struct Told<'a> {
    /// The id of a notice, should a new one be made.
    pub(in crate::store) notice: NoticeId,
    pub(in crate::store) unit: &'a str,
    pub(in crate::store) kind: NoticeKind,
    pub(in crate::store) level: Option<i16>,
    pub(in crate::store) late: bool,
    pub(in crate::store) urgency: Urgency,
    pub(in crate::store) tickets: &'a [TicketId],
    /// Stages and their due generations, one for each ticket, where it is a step.
    pub(in crate::store) crossings: Option<(Vec<StageId>, Vec<i32>)>,
}

/// Adds to the notice that waits, or makes the next one.
pub(in crate::store) async fn tell_unit(
    tx: &mut PgTransaction<'_>,
    flood: FloodId,
    told: &Told<'_>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let (stages, generations) = told.crossings.clone().unwrap_or_default();
    sqlx::query("SELECT flood_tell($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)")
        .bind(flood)
        .bind(told.notice)
        .bind(told.unit)
        .bind(told.kind.as_str())
        .bind(told.level)
        .bind(told.late)
        .bind(told.urgency.as_str())
        .bind(now)
        .bind(told.tickets)
        .bind(stages)
        .bind(generations)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

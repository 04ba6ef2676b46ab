//! The stages of a turn, as the ringing knows them.

use std::collections::BTreeMap;

use casework::{
    calendar::{Limit, Regime},
    clock::escalation::PlannedStep,
    ringing::{
        bells::{Awaited, Cause, OpenStage, Progress, StageNo},
        callee::{Callee, Made},
    },
    roster::PersonId,
    words::{Channel, Urgency},
};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use sqlx::{PgTransaction, types::Json};

use crate::store::{FloodId, Legible, ReportId, StageId, StoreError, TicketId};

/// A stage of a turn.
#[derive(Debug)]
pub(super) struct Ringing {
    /// As casework knows it.
    pub(super) open: OpenStage,
    /// Its row.
    pub(super) stage: StageId,
    /// Of which ticket.
    pub(super) ticket: TicketId,
    /// Of which report.
    pub(super) report: ReportId,
    /// The flood to which its report belongs.
    pub(super) flood: Option<FloodId>,
    /// A drill.
    pub(super) drill: bool,
}

/// The stages of a turn, sorted out.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// What waits for its act.
    pub(super) open: Vec<Ringing>,
    /// What rings no more.
    pub(super) ended: Vec<StageId>,
    /// What this version can't read, and why.
    pub(super) unreadable: Vec<(StageId, ReportId, String)>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: StageId,
    ticket_id: TicketId,
    due_generation: i32,
    stage: String,
    time_limit: String,
    drill: bool,
    plan: Json<Legible<Vec<PlannedStep>>>,
    ended: bool,
    start: DateTime<Utc>,
    resumed_at: Option<DateTime<Utc>>,
    report_id: ReportId,
    unit: String,
    obligation: String,
    urgency: String,
    assignee: Option<String>,
    flood: Option<FloodId>,
    flood_began: Option<DateTime<Utc>>,
    sent: Json<Legible<BTreeMap<String, DateTime<Utc>>>>,
    bells: Json<Legible<Vec<BellRow>>>,
}

#[derive(Deserialize)]
struct BellRow {
    cause: String,
    next: u32,
    answered: bool,
    made: Vec<MadeRow>,
}

/// A call of a bell's last ring.
#[derive(Deserialize)]
pub(in crate::store) struct MadeRow {
    person: Option<PersonId>,
    unit: String,
    channel: Channel,
    failed: bool,
}

/// Reads stages. Their bells are locked: an answer waits until this turn has committed, and finds the calls that it made.
pub(super) async fn read(tx: &mut PgTransaction<'_>, stages: &[StageId]) -> Result<Found, StoreError> {
    sqlx::query(
        "SELECT FROM bells WHERE stage_id = ANY ($1) ORDER BY stage_id, due_generation, cause FOR NO KEY UPDATE",
    )
    .bind(stages)
    .execute(&mut **tx)
    .await?;
    let rows: Vec<Row> = sqlx::query_as(include_str!("open.sql"))
        .bind(stages)
        .persistent(false)
        .fetch_all(&mut **tx)
        .await?;
    let mut found = Found::default();
    for row in rows {
        if row.ended {
            found.ended.push(row.id);
            continue;
        }
        let (stage, report) = (row.id, row.report_id);
        match row.read() {
            Ok(open) => found.open.push(open),
            Err(why) => found.unreadable.push((stage, report, why)),
        }
    }
    Ok(found)
}

impl Row {
    fn read(self) -> Result<Ringing, String> {
        let said = |error: &dyn std::fmt::Display| error.to_string();
        let limit: Limit = self
            .time_limit
            .parse()
            .map_err(|_| format!("the limit {:?}", self.time_limit))?;
        let sent = self.sent.0.into_read()?;
        let levels = sent
            .into_iter()
            .map(|(level, at)| level.parse().map(|level| (level, at)));
        let bells = self.bells.0.into_read()?;
        let (mut progress, mut made) = (BTreeMap::new(), BTreeMap::new());
        for bell in bells {
            let cause: Cause = bell.cause.parse().map_err(|e| said(&e))?;
            let BellRow { next, answered, .. } = bell;
            progress.insert(cause, Progress { next, answered });
            made.insert(cause, made_of(bell.made));
        }
        let open = OpenStage {
            stage: StageNo(self.id.0),
            due_generation: self.due_generation,
            awaited: self.stage.parse::<Awaited>().map_err(|e| said(&e))?,
            report: self.report_id.to_string(),
            unit: self.unit,
            obligation: self.obligation,
            urgency: self.urgency.parse::<Urgency>().map_err(|e| said(&e))?,
            start: self.start,
            resumed: self.resumed_at,
            in_days: !matches!(limit.regime, Regime::Minutes | Regime::Hours),
            flood: self.flood_began,
            assignee: self.assignee.map(PersonId),
            plan: self.plan.0.into_read()?,
            sent: levels
                .collect::<Result<_, _>>()
                .map_err(|e: std::num::ParseIntError| said(&e))?,
            progress,
            made,
        };
        Ok(Ringing {
            open,
            stage: self.id,
            ticket: self.ticket_id,
            report: self.report_id,
            flood: self.flood,
            drill: self.drill,
        })
    }
}

/// The calls of a ring. The last resort is several telephones: it has failed when all of them have.
pub(in crate::store) fn made_of(rows: Vec<MadeRow>) -> Vec<Made> {
    let mut made: Vec<Made> = Vec::new();
    for row in rows {
        let callee = row.person.map_or(Callee::LastResort, Callee::Person);
        let same = |made: &&mut Made| made.callee == callee && made.channel == row.channel;
        match made.iter_mut().find(same) {
            Some(known) => known.failed &= row.failed,
            None => made.push(Made {
                callee,
                unit: row.unit,
                channel: row.channel,
                failed: row.failed,
            }),
        }
    }
    made
}

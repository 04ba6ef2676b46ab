//! The clock's transaction: crossing, escalation step and notices of the stages that are due.
//!
//! `FOR UPDATE SKIP LOCKED` lets several routers turn the clock without a leader; the primary key of `escalation_steps` is
//! the second guard, so a level can never be sent twice.

use casework::clock::escalation::PlannedStep;
use casework::clock::pace;
use casework::words::{Addressee, Urgency};
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::{PgTransaction, types::Json};
use tracing::error;

use crate::run::telemetry::chain;
use crate::store::{
    FloodId, ReportId, Router, StageId, Store, StoreError, TicketId,
    clock::step_notice::{About, Crossing, GroupKey, StepNotices},
    due::due,
    outlets::tell::levels_post,
    rings::begin::stages_ring,
};

/// Stages settled in one transaction.
const BATCH: i64 = 50;
/// When a stage that can't be settled is tried again.
const PUT_OFF: TimeDelta = TimeDelta::minutes(10);

/// What one turn of the clock did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ticked {
    /// Stages looked at.
    pub stages: usize,
    /// Steps sent.
    pub sent: usize,
    /// Of these, sent late by the system's own fault.
    pub late: usize,
}

#[derive(sqlx::FromRow)]
struct DueStage {
    id: StageId,
    ticket_id: TicketId,
    report_id: ReportId,
    flood: Option<FloodId>,
    county: String,
    unit: String,
    #[sqlx(try_from = "String")]
    urgency: Urgency,
    drill: bool,
    due_generation: i32,
    plan: Json<Vec<PlannedStep>>,
    next_step: i16,
    resumed_at: Option<DateTime<Utc>>,
    last_sent: Option<DateTime<Utc>>,
    office: Option<String>,
    leading_group: Option<String>,
}

impl Store<Router> {
    /// When the clock must turn next; `None` when nothing runs.
    pub async fn clock_next(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        let stage: Option<DateTime<Utc>> =
            sqlx::query_scalar("SELECT min(next_at) FROM stages WHERE next_at IS NOT NULL")
                .fetch_one(&self.pool)
                .await?;
        let opening = self.openings_next().await?;
        Ok(stage.into_iter().chain(opening).min())
    }

    /// Settles up to 50 stages that are due at `now`. Call again until no stage is left.
    ///
    /// One that fails for a reason of its own (a plan that can't be read, a row that a constraint refuses) is put off and
    /// said in the log; the others of its turn are settled.
    pub async fn clock_turn(&self, now: DateTime<Utc>) -> Result<Ticked, StoreError> {
        match self.stages_settle(now, None).await {
            Err(e) if !e.is_passing() => self.stages_settle_apart(now).await,
            ended => ended,
        }
    }

    /// The stages that are due, each in a transaction of its own.
    async fn stages_settle_apart(&self, now: DateTime<Utc>) -> Result<Ticked, StoreError> {
        let due: Vec<(StageId, ReportId)> = sqlx::query_as(
            "SELECT s.id, t.report_id FROM stages s JOIN tickets t ON t.id = s.ticket_id
             WHERE s.next_at <= $1 ORDER BY s.next_at LIMIT $2",
        )
        .bind(now)
        .bind(BATCH)
        .fetch_all(&self.pool)
        .await?;
        let mut sum = Ticked::default();
        for (stage, report) in due {
            match self.stages_settle(now, Some(stage)).await {
                Ok(ticked) => {
                    sum.sent += ticked.sent;
                    sum.late += ticked.late;
                }
                Err(e) if !e.is_passing() => {
                    error!(
                        %report,
                        %stage,
                        error = chain(&e),
                        "a stage can't be settled: tried again later"
                    );
                    sqlx::query("UPDATE stages SET next_at = $3 WHERE id = $1 AND next_at <= $2")
                        .bind(stage)
                        .bind(now)
                        .bind(now + PUT_OFF)
                        .execute(&self.pool)
                        .await?;
                }
                Err(e) => return Err(e),
            }
            sum.stages += 1;
        }
        Ok(sum)
    }

    /// Settles what is due in one transaction: up to 50 stages, or this one.
    async fn stages_settle(&self, now: DateTime<Utc>, only: Option<StageId>) -> Result<Ticked, StoreError> {
        let mut tx = self.pool.begin().await?;
        let due: Vec<DueStage> = sqlx::query_as(concat!(
            "WITH due AS (",
            due!(
                "stages",
                "id, ticket_id, due_generation, plan, next_step, resumed_at, next_at",
                "next_at",
                "$2",
                "next_at <= $1 AND ($3::bigint IS NULL OR id = $3)"
            ),
            ") SELECT s.id, s.ticket_id, t.report_id, t.county, t.unit, t.urgency, r.drill, s.due_generation, s.plan, s.next_step, s.resumed_at,
                    (SELECT fr.flood_id FROM flood_reports fr JOIN floods f ON f.id = fr.flood_id
                     WHERE fr.report_id = t.report_id AND f.state <> 'ended') AS flood,
                    (SELECT max(e.sent_at) FROM escalation_steps e
                     WHERE e.stage_id = s.id AND e.due_generation = s.due_generation) AS last_sent,
                    (SELECT min(u.code) FROM units u WHERE u.county = t.county AND u.kind = 'office' AND u.retired_at IS NULL) AS office,
                    (SELECT min(u.code) FROM units u WHERE u.county = t.county AND u.kind = 'leading-group' AND u.retired_at IS NULL) AS leading_group
             FROM due s JOIN tickets t ON t.id = s.ticket_id JOIN reports r ON r.id = t.report_id
             ORDER BY s.next_at"
        ))
        .bind(now)
        .bind(BATCH)
        .bind(only)
        .persistent(false)
        .fetch_all(&mut *tx)
        .await?;
        let mut ticked = Ticked {
            stages: due.len(),
            ..Ticked::default()
        };
        let mut steps = StepNotices::default();
        for stage in &due {
            settle(&mut tx, stage, now, &mut ticked, &mut steps).await?;
        }
        steps.insert(&mut tx, now).await?;
        let told = steps.stages();
        stages_ring(&mut tx, &told, now).await?;
        levels_post(&mut tx, &told, now).await?;
        tx.commit().await?;
        Ok(ticked)
    }
}

async fn settle(
    tx: &mut PgTransaction<'_>,
    stage: &DueStage,
    now: DateTime<Utc>,
    ticked: &mut Ticked,
    steps: &mut StepNotices,
) -> Result<(), StoreError> {
    let plan = &stage.plan.0;
    let next = usize::try_from(stage.next_step).unwrap_or(0);
    let turn = pace::turn(plan, next, stage.last_sent, stage.resumed_at, now);
    for i in &turn.crossed {
        let step = &plan[*i];
        sqlx::query(
            "INSERT INTO escalation_steps (stage_id, due_generation, level, recipient, action, crossed_at)
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
        )
        .bind(stage.id)
        .bind(stage.due_generation)
        .bind(i16::from(step.level))
        .bind(recipient(stage, step))
        .bind(step.action.as_str())
        .bind(step.at)
        .execute(&mut **tx)
        .await?;
    }
    for (i, late) in &turn.send {
        let step = &plan[*i];
        let marked = sqlx::query(
            "UPDATE escalation_steps SET sent_at = $4, system_late = $5
             WHERE stage_id = $1 AND due_generation = $2 AND level = $3 AND sent_at IS NULL",
        )
        .bind(stage.id)
        .bind(stage.due_generation)
        .bind(i16::from(step.level))
        .bind(now)
        .bind(*late)
        .execute(&mut **tx)
        .await?;
        if marked.rows_affected() == 0 {
            continue;
        }
        steps.add(
            GroupKey {
                about: stage.flood.map_or(About::Report(stage.report_id), About::Flood),
                unit: recipient(stage, step).to_owned(),
                kind: step.action.into(),
                level: i16::from(step.level),
                late: *late,
            },
            &stage.county,
            Crossing {
                ticket: stage.ticket_id,
                stage: stage.id,
                due_generation: stage.due_generation,
                urgency: stage.urgency,
                drill: stage.drill,
            },
        );
        ticked.sent += 1;
        ticked.late += usize::from(*late);
    }
    sqlx::query("UPDATE stages SET next_step = $2, next_at = $3 WHERE id = $1")
        .bind(stage.id)
        .bind(i16::try_from(next + turn.send.len()).unwrap_or(i16::MAX))
        .bind(turn.next_at)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// The unit whose mailbox is told. Until units have people, assignee and leader are the unit itself.
fn recipient<'a>(stage: &'a DueStage, step: &PlannedStep) -> &'a str {
    let named = match step.to {
        Addressee::Office => &stage.office,
        Addressee::LeadingGroup => &stage.leading_group,
        Addressee::Assignee | Addressee::UnitLeader => &None,
    };
    named.as_deref().unwrap_or(&stage.unit)
}

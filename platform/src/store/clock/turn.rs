//! The clock's transaction: crossing, escalation step and notices of the stages that are due.
//!
//! `FOR UPDATE SKIP LOCKED` lets several routers turn the clock without a leader; the primary key of `escalation_steps` is
//! the second guard, so a level can never be sent twice.

use chrono::{DateTime, TimeDelta, Utc};
use tracing::error;

use super::{
    due_stage::DueStage,
    turned::{Ticked, Turned},
};
use crate::run::telemetry::chain;
use crate::store::{ReportId, Router, StageId, Store, StoreError, by_key::rows_by_key, due::due};

/// Stages settled in one transaction: a statement for each table then serves many, and a router that hangs holds no more than these.
const BATCH: i64 = 500;
/// When a stage that can't be settled is tried again.
const PUT_OFF: TimeDelta = TimeDelta::minutes(10);

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

    /// Settles up to 500 stages that are due at `now`. Call again until no stage is left.
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

    /// Settles what is due in one transaction: up to 500 stages, or this one.
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
            "), above AS (
                SELECT county, min(code) FILTER (WHERE kind = 'office') AS office, min(code) FILTER (WHERE kind = 'leading-group') AS leading_group
                FROM units WHERE retired_at IS NULL GROUP BY county
             ) SELECT s.id, s.ticket_id, t.report_id, t.county, t.unit, t.urgency, r.drill, s.due_generation, s.plan, s.next_step, s.resumed_at,
                    (SELECT fr.flood_id FROM flood_reports fr JOIN floods f ON f.id = fr.flood_id
                     WHERE fr.report_id = t.report_id AND f.state <> 'ended') AS flood,
                    (SELECT max(e.sent_at) FROM escalation_steps e
                     WHERE e.stage_id = s.id AND e.due_generation = s.due_generation) AS last_sent,
                    above.office, above.leading_group
             FROM due s JOIN tickets t ON t.id = s.ticket_id JOIN reports r ON r.id = t.report_id
             LEFT JOIN above ON above.county = t.county
             ORDER BY s.next_at"
        ))
        .bind(now)
        .bind(BATCH)
        .bind(only)
        .persistent(false)
        .fetch_all(&mut *tx)
        .await?;
        if due.is_empty() {
            return Ok(Ticked::default());
        }
        rows_by_key(&mut tx).await?;
        let mut turned = Turned::default();
        for stage in &due {
            turned.add(stage, now);
        }
        let ticked = turned.write(&mut tx, now).await?;
        tx.commit().await?;
        Ok(Ticked {
            stages: due.len(),
            ..ticked
        })
    }
}

//! What a turn of the clock writes, a statement for each table: what is due, a thousand stages at once or one, costs as few round trips.

use std::collections::BTreeSet;

use casework::clock::pace;
use chrono::{DateTime, Utc};
use sqlx::PgTransaction;

use super::{
    due_stage::DueStage,
    step_notice::{About, Crossing, GroupKey, StepNotices},
};
use crate::store::{StageId, StoreError, outlets::tell::levels_post, rings::begin::stages_ring};

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

/// The steps of a turn and what they lead to.
#[derive(Default)]
pub(super) struct Turned<'s> {
    steps: Steps<'s>,
    told: Vec<(&'s str, GroupKey, Crossing)>,
    next: Next,
}

/// The columns of the steps that are crossed.
#[derive(Default)]
struct Steps<'s> {
    stages: Vec<StageId>,
    generations: Vec<i32>,
    levels: Vec<i16>,
    recipients: Vec<&'s str>,
    actions: Vec<&'static str>,
    crossed: Vec<DateTime<Utc>>,
    late: Vec<Option<bool>>,
}

/// When the stages are looked at next.
#[derive(Default)]
struct Next {
    stages: Vec<StageId>,
    steps: Vec<i16>,
    at: Vec<Option<DateTime<Utc>>>,
}

/// A step, and whether it is sent now.
#[derive(sqlx::FromRow)]
struct Marked {
    stage_id: StageId,
    level: i16,
    sent: bool,
}

impl<'s> Turned<'s> {
    /// What a stage owes at `now`.
    pub(super) fn add(&mut self, stage: &'s DueStage, now: DateTime<Utc>) {
        let plan = &stage.plan.0;
        let first = usize::try_from(stage.next_step).unwrap_or(0);
        let turn = pace::turn(plan, first, stage.last_sent, stage.resumed_at, now);
        for i in &turn.crossed {
            let late = turn.send.iter().find(|(sent, _)| sent == i).map(|(_, late)| *late);
            self.steps.add(stage, *i, late);
        }
        for (i, late) in &turn.send {
            let step = &plan[*i];
            let key = GroupKey {
                about: stage.flood.map_or(About::Report(stage.report_id), About::Flood),
                unit: stage.recipient(step).to_owned(),
                kind: step.action.into(),
                level: i16::from(step.level),
                late: *late,
            };
            let crossing = Crossing {
                ticket: stage.ticket_id,
                stage: stage.id,
                due_generation: stage.due_generation,
                urgency: stage.urgency,
                drill: stage.drill,
            };
            self.told.push((&stage.county, key, crossing));
        }
        self.next.stages.push(stage.id);
        self.next
            .steps
            .push(i16::try_from(first + turn.send.len()).unwrap_or(i16::MAX));
        self.next.at.push(turn.next_at);
    }

    /// Writes it. A step that was sent before is told to nobody again.
    pub(super) async fn write(self, tx: &mut PgTransaction<'_>, now: DateTime<Utc>) -> Result<Ticked, StoreError> {
        let sent = self.steps.write(tx, now).await?;
        let (mut ticked, mut notices) = (Ticked::default(), StepNotices::default());
        for (county, key, crossing) in self.told {
            if sent.contains(&(crossing.stage, key.level)) {
                ticked.sent += 1;
                ticked.late += usize::from(key.late);
                notices.add(key, county, crossing);
            }
        }
        notices.insert(tx, now).await?;
        let told = notices.stages();
        stages_ring(tx, &told, now).await?;
        levels_post(tx, &told, now).await?;
        self.next.write(tx).await?;
        Ok(ticked)
    }
}

impl<'s> Steps<'s> {
    fn add(&mut self, stage: &'s DueStage, position: usize, late: Option<bool>) {
        let step = &stage.plan.0[position];
        self.stages.push(stage.id);
        self.generations.push(stage.due_generation);
        self.levels.push(i16::from(step.level));
        self.recipients.push(stage.recipient(step));
        self.actions.push(step.action.as_str());
        self.crossed.push(step.at);
        self.late.push(late);
    }

    /// Stage and level of those that are sent by this.
    async fn write(
        &self,
        tx: &mut PgTransaction<'_>,
        now: DateTime<Utc>,
    ) -> Result<BTreeSet<(StageId, i16)>, StoreError> {
        let marked: Vec<Marked> = sqlx::query_as(include_str!("step.sql"))
            .bind(&self.stages)
            .bind(&self.generations)
            .bind(&self.levels)
            .bind(&self.recipients)
            .bind(&self.actions)
            .bind(&self.crossed)
            .bind(&self.late)
            .bind(now)
            .fetch_all(&mut **tx)
            .await?;
        let sent = marked.into_iter().filter(|step| step.sent);
        Ok(sent.map(|step| (step.stage_id, step.level)).collect())
    }
}

impl Next {
    async fn write(self, tx: &mut PgTransaction<'_>) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE stages s SET next_step = n.next_step, next_at = n.next_at
             FROM unnest($1::bigint[], $2::smallint[], $3::timestamptz[]) AS n (id, next_step, next_at) WHERE s.id = n.id",
        )
        .bind(self.stages)
        .bind(self.steps)
        .bind(self.at)
        .persistent(false)
        .execute(&mut **tx)
        .await?;
        Ok(())
    }
}

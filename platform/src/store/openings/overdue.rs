//! Decisions and reviews of openings that nobody made in time: told upwards step by step, by the plan that the opening was asked
//! with, until somebody decides. The same pace as the stages of tickets (`casework::clock::pace`).

use casework::clock::escalation::PlannedStep;
use casework::clock::pace;
use casework::words::{Addressee, Urgency};
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::{PgTransaction, types::Json};
use tracing::error;

use super::opening::parts_said;
use crate::run::telemetry::chain;
use crate::store::{
    OpeningId, ReportId, Router, Said, Store, StoreError, Subject, SubjectNotice, To, due::due,
    notices::subject::subject_notice,
};

/// Told in one transaction.
const BATCH: i64 = 50;
/// When one that can't be told is tried again.
const PUT_OFF: TimeDelta = TimeDelta::minutes(10);

/// One that waits.
#[derive(sqlx::FromRow)]
struct Waits {
    id: OpeningId,
    county: String,
    report_id: ReportId,
    unit: String,
    parts: Vec<String>,
    asked_by: String,
    #[sqlx(try_from = "String")]
    urgency: Urgency,
    drill: bool,
    asked: bool,
    due: DateTime<Utc>,
    plan: Json<Vec<PlannedStep>>,
    next_step: i16,
    told_at: Option<DateTime<Utc>>,
    leading_group: Option<String>,
}

impl Store<Router> {
    /// When the next one falls due.
    pub(crate) async fn openings_next(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        Ok(
            sqlx::query_scalar("SELECT min(next_at) FROM openings WHERE next_at IS NOT NULL")
                .fetch_one(&self.pool)
                .await?,
        )
    }

    /// Takes up to 50 steps that are due by now; answers how many openings were looked at. Call again until there is none.
    ///
    /// One that fails for a reason of its own is put off and said in the log; the others of its turn are told.
    pub async fn openings_tell(&self, now: DateTime<Utc>) -> Result<u64, StoreError> {
        match self.overdue_tell(now, None).await {
            Err(e) if !e.is_passing() => self.overdue_tell_apart(now).await,
            ended => ended,
        }
    }

    /// The openings that are due, each in a transaction of its own.
    async fn overdue_tell_apart(&self, now: DateTime<Utc>) -> Result<u64, StoreError> {
        let due: Vec<(OpeningId, ReportId)> =
            sqlx::query_as("SELECT id, report_id FROM openings WHERE next_at <= $1 ORDER BY next_at LIMIT $2")
                .bind(now)
                .bind(BATCH)
                .fetch_all(&self.pool)
                .await?;
        for (opening, report) in &due {
            match self.overdue_tell(now, Some(*opening)).await {
                Err(e) if !e.is_passing() => {
                    error!(
                        %report,
                        %opening,
                        error = chain(&e),
                        "an opening can't be told: tried again later"
                    );
                    sqlx::query("UPDATE openings SET next_at = $3 WHERE id = $1 AND next_at <= $2")
                        .bind(opening)
                        .bind(now)
                        .bind(now + PUT_OFF)
                        .execute(&self.pool)
                        .await?;
                }
                ended => drop(ended?),
            }
        }
        Ok(due.len() as u64)
    }

    /// Tells what is due in one transaction: up to 50 openings, or this one.
    async fn overdue_tell(&self, now: DateTime<Utc>, only: Option<OpeningId>) -> Result<u64, StoreError> {
        let mut tx = self.pool.begin().await?;
        let waiting: Vec<Waits> = sqlx::query_as(concat!(
            "WITH due AS (",
            due!(
                "openings",
                "id, county, report_id, unit, parts, asked_by, urgency, drill, state = 'asked' AS asked,
                 coalesce(due_at, review_due_at) AS due, plan, next_step, told_at, next_at",
                "next_at",
                "$2",
                "next_at <= $1 AND ($3::bigint IS NULL OR id = $3)"
            ),
            ") SELECT d.id, d.county, d.report_id, u.name AS unit, d.parts, d.asked_by, d.urgency, d.drill, d.asked, d.due, d.plan,
                    d.next_step, d.told_at,
                    (SELECT min(l.code) FROM units l WHERE l.county = d.county AND l.kind = 'leading-group' AND l.retired_at IS NULL)
                        AS leading_group
             FROM due d JOIN openings o ON o.id = d.id JOIN units u ON u.county = o.county AND u.code = o.unit ORDER BY d.next_at"
        ))
        .bind(now)
        .bind(BATCH)
        .bind(only)
        .persistent(false)
        .fetch_all(&mut *tx)
        .await?;
        for opening in &waiting {
            turn(&mut tx, opening, now).await?;
        }
        tx.commit().await?;
        Ok(waiting.len() as u64)
    }
}

async fn turn(tx: &mut PgTransaction<'_>, opening: &Waits, now: DateTime<Utc>) -> Result<(), StoreError> {
    let plan = &opening.plan.0;
    let next = usize::try_from(opening.next_step).unwrap_or(0);
    let turn = pace::turn(plan, next, opening.told_at, None, now);
    for (i, _) in &turn.send {
        tell(tx, opening, &plan[*i], now).await?;
    }
    sqlx::query("UPDATE openings SET next_step = $2, next_at = $3, told_at = coalesce($4, told_at) WHERE id = $1")
        .bind(opening.id)
        .bind(i16::try_from(next + turn.send.len()).unwrap_or(i16::MAX))
        .bind(turn.next_at)
        .bind((!turn.send.is_empty()).then_some(now))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Before the due time whoever decides is reminded; from then on it is called overdue, and goes up to the leading group.
async fn tell(
    tx: &mut PgTransaction<'_>,
    opening: &Waits,
    step: &PlannedStep,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let subject = match (opening.asked, step.at < opening.due) {
        (true, true) => Subject::OpeningAsked(opening.id),
        (true, false) => Subject::OpeningOverdue(opening.id),
        (false, true) => Subject::ReviewWaits(opening.id),
        (false, false) => Subject::ReviewOverdue(opening.id),
    };
    let to = match &opening.leading_group {
        Some(unit) if step.to == Addressee::LeadingGroup => To::Unit(unit),
        _ => To::Office,
    };
    let notice = SubjectNotice {
        county: &opening.county,
        subject,
        round: i64::from(step.level),
        to,
        urgency: opening.urgency,
        drill: opening.drill,
        said: Said {
            report: Some(opening.report_id),
            unit: Some(opening.unit.clone()),
            asked: Some(parts_said(&opening.parts)),
            by: Some(opening.asked_by.clone()),
            due: Some(opening.due),
            ..Said::default()
        },
        at: now,
    };
    subject_notice(tx, &notice).await?;
    Ok(())
}

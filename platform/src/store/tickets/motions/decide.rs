//! The office grants or refuses, or the unit takes it back.

use casework::clock::escalation::PlannedStep;
use casework::ticket::motion::MotionKind;
use casework::words::{Stage, TicketClock};
use casework::zh;
use chrono::{DateTime, Utc};
use sqlx::{PgTransaction, types::Json};

use super::super::{
    deed::{Granting, Successor},
    step::{Ended, Found, Step, moved, stage_end, told},
    succeed::succeed,
};
use super::ask::{about, kind_said};
use crate::store::{
    Detail, EventKind, MotionId, Said, StageId, StoreError, Subject, SubjectNotice, TicketId, To,
    event_detail::{OfMotion, OtherUnit},
    notices::subject::subject_notice,
    rings::begin::stages_ring,
};

pub(in super::super) async fn grant(
    tx: &mut PgTransaction<'_>,
    step: &Step<'_>,
    granting: &Granting,
) -> Result<(), StoreError> {
    let motion = granting.motion();
    let (detail, unit, change) = match granting {
        Granting::Return {
            unit, successor, held, ..
        } => {
            let new = returned(tx, step, (unit, successor, *held)).await?;
            let detail = OfMotion {
                unit: Some(unit.clone()),
                ticket: Some(new),
                ..OfMotion::new(motion, MotionKind::Return)
            };
            (detail, Some((unit.as_str(), new)), None)
        }
        Granting::Extension { stage, due, steps, .. } => {
            let was = put_off(tx, step, (*stage, *due, steps)).await?;
            let detail = OfMotion {
                clock: Some(TicketClock::from(*stage)),
                was: Some(was),
                due: Some(*due),
                ..OfMotion::new(motion, MotionKind::Extension)
            };
            (detail, None, Some(zh::put_off(was, *due)))
        }
    };
    decided(tx, step, motion, (unit, detail.due)).await?;
    told(tx, step, EventKind::MotionGranted, &Detail::of(&detail), step.sealed()).await?;
    tell_unit(tx, step, Subject::MotionGranted(motion), (granting.kind(), change)).await
}

/// The unit's ticket is over, discharged by its successor at the unit that the office named. What it owed and had not done is not
/// judged: it was not the one to do it.
async fn returned(
    tx: &mut PgTransaction<'_>,
    step: &Step<'_>,
    (unit, successor, held): (&str, &Successor, bool),
) -> Result<TicketId, StoreError> {
    let Step { found, acting, .. } = *step;
    let new = succeed(tx, step, unit, successor).await?;
    sqlx::query("UPDATE stages SET due_fixed = true WHERE ticket_id = $1 AND stage = 'resolve' AND $2")
        .bind(new)
        .bind(held)
        .execute(&mut **tx)
        .await?;
    stage_end(tx, found.id, TicketClock::Motion, Ended::Act, acting.at).await?;
    for clock in TicketClock::ALL {
        stage_end(tx, found.id, *clock, Ended::Void, acting.at).await?;
    }
    sqlx::query("UPDATE tickets SET state = $2, version = version + 1, lead = false WHERE id = $1")
        .bind(found.id)
        .bind(step.after.as_str())
        .execute(&mut **tx)
        .await?;
    let there = Found {
        id: new,
        ..found.clone()
    };
    let from = Detail::of(&OtherUnit {
        unit: found.unit.clone(),
    });
    told(tx, &Step { found: &there, ..*step }, EventKind::ReturnedIn, &from, None).await?;
    Ok(new)
}

/// The stage goes on with its next generation: another due, its steps planned anew. What was stands in the motion and in the trail.
async fn put_off(
    tx: &mut PgTransaction<'_>,
    step: &Step<'_>,
    (stage, due, steps): (Stage, DateTime<Utc>, &[PlannedStep]),
) -> Result<DateTime<Utc>, StoreError> {
    let Step { found, acting, .. } = *step;
    let (id, was): (StageId, DateTime<Utc>) = sqlx::query_as(
        "SELECT id, due_at FROM stages WHERE ticket_id = $1 AND stage = $2 AND ended_at IS NULL FOR UPDATE",
    )
    .bind(found.id)
    .bind(stage.as_str())
    .fetch_one(&mut **tx)
    .await?;
    sqlx::query(
        "UPDATE stages SET due_generation = due_generation + 1, due_at = $2, due_fixed = true, provisional = false,
                derivation = derivation || to_jsonb($3::text), plan = $4, next_step = 0, next_at = $5, resumed_at = NULL WHERE id = $1",
    )
    .bind(id)
    .bind(due)
    .bind(zh::put_off(was, due))
    .bind(Json(steps))
    .bind(steps.first().map(|step| step.at))
    .execute(&mut **tx)
    .await?;
    stages_ring(tx, &[id], acting.at).await?;
    stage_end(tx, found.id, TicketClock::Motion, Ended::Act, acting.at).await?;
    moved(tx, step).await?;
    Ok(was)
}

/// With what the office granted: a unit and its ticket, or a due.
async fn decided(
    tx: &mut PgTransaction<'_>,
    step: &Step<'_>,
    motion: MotionId,
    (unit, due): (Option<(&str, TicketId)>, Option<DateTime<Utc>>),
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE motions SET state = 'granted', decided_at = $2, decided_by = $3, decided_account = $4, decided_note = $5,
                granted_unit = $6, successor = $7, granted_due = $8 WHERE id = $1",
    )
    .bind(motion)
    .bind(step.acting.at)
    .bind(step.acting.by)
    .bind(step.acting.account)
    .bind(step.sealed())
    .bind(unit.map(|(unit, _)| unit))
    .bind(unit.map(|(_, ticket)| ticket))
    .bind(due)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Not granted: back to work, with the reason.
pub(in super::super) async fn deny(
    tx: &mut PgTransaction<'_>,
    step: &Step<'_>,
    (motion, kind): (MotionId, MotionKind),
) -> Result<(), StoreError> {
    let Step { found, acting, .. } = *step;
    sqlx::query(
        "UPDATE motions SET state = 'refused', decided_at = $2, decided_by = $3, decided_account = $4, decided_note = $5 WHERE id = $1",
    )
    .bind(motion)
    .bind(acting.at)
    .bind(acting.by)
    .bind(acting.account)
    .bind(step.sealed())
    .execute(&mut **tx)
    .await?;
    stage_end(tx, found.id, TicketClock::Motion, Ended::Act, acting.at).await?;
    moved(tx, step).await?;
    let detail = Detail::of(&OfMotion::new(motion, kind));
    told(tx, step, EventKind::MotionRefused, &detail, step.sealed()).await?;
    tell_unit(tx, step, Subject::MotionRefused(motion), (kind, None)).await
}

/// The unit goes on as if it had not asked.
pub(in super::super) async fn unask(
    tx: &mut PgTransaction<'_>,
    step: &Step<'_>,
    kind: MotionKind,
) -> Result<(), StoreError> {
    let Step { found, acting, .. } = *step;
    let motion: MotionId = sqlx::query_scalar(
        "UPDATE motions SET state = 'withdrawn', ended_at = $2 WHERE ticket_id = $1 AND kind = $3 AND state = 'asked' RETURNING id",
    )
    .bind(found.id)
    .bind(acting.at)
    .bind(kind.as_str())
    .fetch_one(&mut **tx)
    .await?;
    stage_end(tx, found.id, TicketClock::Motion, Ended::Void, acting.at).await?;
    moved(tx, step).await?;
    let detail = Detail::of(&OfMotion::new(motion, kind));
    told(tx, step, EventKind::MotionWithdrawn, &detail, None).await
}

/// The unit that asked is told what became of it. Whoever takes over has a mail of dispatch.
async fn tell_unit(
    tx: &mut PgTransaction<'_>,
    step: &Step<'_>,
    subject: Subject,
    (kind, change): (MotionKind, Option<String>),
) -> Result<(), StoreError> {
    let Step { found, acting, .. } = *step;
    let about = about(tx, found.id).await?;
    let notice = SubjectNotice {
        county: &found.county,
        subject,
        round: 0,
        to: To::Unit(&found.unit),
        urgency: about.urgency,
        drill: about.drill,
        said: Said {
            report: Some(found.report_id),
            unit: Some(about.unit_name),
            asked: Some(kind_said(kind)),
            change,
            by: Some(acting.by.to_owned()),
            ..Said::default()
        },
        at: acting.at,
    };
    subject_notice(tx, &notice).await?;
    Ok(())
}

//! The office grants or refuses, or the unit takes it back.

use casework::clock::escalation::PlannedStep;
use casework::routing::PlannedTicket;
use casework::ticket::motion::{MotionKind, NoMotion};
use casework::words::{Stage, TicketClock};
use casework::zh;
use chrono::{DateTime, Utc};
use sqlx::{PgTransaction, types::Json};

use super::super::{
    deed::{Denied, Granting},
    step::{Ended, Found, Step, clocks_decided, moved, stage_end, told},
    succeed::succeed,
};
use super::ask::{about, kind_said};
use super::waive::waived;
use crate::store::{
    Detail, EventKind, MotionId, Said, StageId, StoreError, Subject, SubjectNotice, TicketId, To, Word,
    event_detail::{JoinedIn, OfMotion, OtherUnit},
    notices::subject::subject_notice,
    rings::begin::stages_ring,
    routing::decision::TicketRow,
};

pub(in super::super) async fn grant(
    tx: &mut PgTransaction<'_>,
    step: &Step<'_>,
    granting: &Granting,
) -> Result<Option<Denied>, StoreError> {
    let motion = granting.motion();
    let (detail, change) = match granting {
        Granting::Return {
            unit, successor, held, ..
        } => {
            let new = succeed(tx, step, unit, successor).await?;
            // Before the clocks end: what waits while they do is taken for lapsed.
            decided(
                tx,
                step,
                motion,
                Granted {
                    unit: Some(unit),
                    successor: Some(new),
                    ..Granted::default()
                },
            )
            .await?;
            returned(tx, step, new, *held).await?;
            let detail = OfMotion {
                unit: Some(unit.clone()),
                ticket: Some(new),
                ..OfMotion::new(motion, MotionKind::Return)
            };
            (detail, None)
        }
        Granting::Extension { stage, due, steps, .. } => {
            let was = put_off(tx, step, (*stage, *due, steps)).await?;
            decided(
                tx,
                step,
                motion,
                Granted {
                    due: Some(*due),
                    ..Granted::default()
                },
            )
            .await?;
            let detail = OfMotion {
                clock: Some(TicketClock::from(*stage)),
                was: Some(was),
                due: Some(*due),
                ..OfMotion::new(motion, MotionKind::Extension)
            };
            (detail, Some(zh::put_off(was, *due)))
        }
        Granting::Waiver(_) => {
            // Before the clocks end, as with a return.
            decided(tx, step, motion, Granted::default()).await?;
            waived(tx, step).await?;
            (OfMotion::new(motion, MotionKind::Waiver), None)
        }
        Granting::Reinforcement {
            ticket,
            versions,
            calendar,
            ..
        } => {
            let Some(new) = joined(tx, step, (motion, ticket), (*versions, calendar)).await? else {
                return Ok(Some(Denied::Motion(NoMotion::InCase)));
            };
            decided(
                tx,
                step,
                motion,
                Granted {
                    unit: Some(&ticket.unit),
                    added: Some(new),
                    ..Granted::default()
                },
            )
            .await?;
            stage_end(tx, step.found.id, TicketClock::Motion, Ended::Act, step.acting.at).await?;
            moved(tx, step).await?;
            let detail = OfMotion {
                unit: Some(ticket.unit.clone()),
                ticket: Some(new),
                ..OfMotion::new(motion, MotionKind::Reinforcement)
            };
            (detail, None)
        }
    };
    told(tx, step, EventKind::MotionGranted, &Detail::of(&detail), step.sealed()).await?;
    tell_unit(tx, step, Subject::MotionGranted(motion), (granting.kind(), change)).await?;
    Ok(None)
}

/// Another unit joins the case with a ticket of its own, told like any dispatch; what the asking unit wrote goes along. `None`: it has the
/// same in hand in this case already.
async fn joined(
    tx: &mut PgTransaction<'_>,
    step: &Step<'_>,
    (motion, ticket): (MotionId, &PlannedTicket),
    ((pack, rule_set), calendar): ((i32, i32), &str),
) -> Result<Option<TicketId>, StoreError> {
    let Step { found, acting, .. } = *step;
    let opened: Option<TicketId> = sqlx::query_scalar("SELECT case_ticket_open($1, $2, $3, $4, $5)")
        .bind(found.id)
        .bind(Json(TicketRow::of(ticket)))
        .bind(rule_set)
        .bind(calendar)
        .bind(acting.at)
        .fetch_one(&mut **tx)
        .await?;
    let Some(new) = opened else { return Ok(None) };
    let why: Vec<u8> = sqlx::query_scalar("SELECT reason FROM motions WHERE id = $1")
        .bind(motion)
        .fetch_one(&mut **tx)
        .await?;
    let there = Found {
        id: new,
        ..found.clone()
    };
    let from = Detail::of(&JoinedIn {
        unit: found.unit.clone(),
        motion,
        pack,
    });
    told(
        tx,
        &Step { found: &there, ..*step },
        EventKind::JoinedIn,
        &from,
        Some(&why),
    )
    .await?;
    Ok(Some(new))
}

/// The unit's ticket is over, discharged by its successor at the unit that the office named. What it owed and had not done is not
/// judged: it was not the one to do it.
async fn returned(tx: &mut PgTransaction<'_>, step: &Step<'_>, new: TicketId, held: bool) -> Result<(), StoreError> {
    let found = step.found;
    sqlx::query("UPDATE stages SET due_fixed = true WHERE ticket_id = $1 AND stage = 'resolve' AND $2")
        .bind(new)
        .bind(held)
        .execute(&mut **tx)
        .await?;
    clocks_decided(tx, step).await?;
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
    told(tx, &Step { found: &there, ..*step }, EventKind::ReturnedIn, &from, None).await
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

/// What the office granted: a unit with the ticket that takes over or joins, or a due.
#[derive(Default)]
struct Granted<'a> {
    unit: Option<&'a str>,
    successor: Option<TicketId>,
    added: Option<TicketId>,
    due: Option<DateTime<Utc>>,
}

async fn decided(
    tx: &mut PgTransaction<'_>,
    step: &Step<'_>,
    motion: MotionId,
    granted: Granted<'_>,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE motions SET state = 'granted', decided_at = $2, decided_by = $3, decided_account = $4, decided_note = $5,
                granted_unit = $6, successor = $7, granted_due = $8, added = $9 WHERE id = $1",
    )
    .bind(motion)
    .bind(step.acting.at)
    .bind(step.acting.by)
    .bind(step.acting.account)
    .bind(step.sealed())
    .bind(granted.unit)
    .bind(granted.successor)
    .bind(granted.due)
    .bind(granted.added)
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
pub(in super::super) async fn unask(tx: &mut PgTransaction<'_>, step: &Step<'_>) -> Result<(), StoreError> {
    let Step { found, acting, .. } = *step;
    let (motion, kind): (MotionId, Word<MotionKind>) = sqlx::query_as(
        "UPDATE motions SET state = 'withdrawn', ended_at = $2 WHERE ticket_id = $1 AND state = 'asked' RETURNING id, kind",
    )
    .bind(found.id)
    .bind(acting.at)
    .fetch_one(&mut **tx)
    .await?;
    stage_end(tx, found.id, TicketClock::Motion, Ended::Void, acting.at).await?;
    moved(tx, step).await?;
    let detail = Detail::of(&OfMotion::new(motion, *kind));
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

//! A unit asks.

use casework::ticket::motion::MotionKind;
use casework::words::{TicketClock, Urgency};
use chrono::{DateTime, Utc};
use sqlx::PgTransaction;

use super::super::step::{Step, clock_begins, moved, told};
use super::asking::{Asking, Asks};
use crate::store::{
    Detail, EventKind, MotionId, Said, StoreError, Subject, SubjectNotice, TicketId, To, event_detail::OfMotion,
    notices::subject::subject_notice,
};
use crate::text::Lang;

/// What the mails say of a ticket.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct About {
    pub(super) unit_name: String,
    #[sqlx(try_from = "String")]
    pub(super) urgency: Urgency,
    pub(super) drill: bool,
}

pub(super) async fn about(tx: &mut PgTransaction<'_>, ticket: TicketId) -> Result<About, StoreError> {
    Ok(sqlx::query_as(
        "SELECT u.name AS unit_name, t.urgency, t.drill FROM tickets t JOIN units u ON u.county = t.county AND u.code = t.unit
         WHERE t.id = $1",
    )
    .bind(ticket)
    .fetch_one(&mut **tx)
    .await?)
}

/// It waits for the office: the clocks of the ticket run on, the office's begins, and the office is told.
pub(in super::super) async fn ask(
    tx: &mut PgTransaction<'_>,
    step: &Step<'_>,
    asking: &Asking,
) -> Result<(), StoreError> {
    let Step { found, acting, .. } = *step;
    moved(tx, step).await?;
    let about = about(tx, found.id).await?;
    let (ground, unit, stage, due) = match &asking.asks {
        Asks::Return { ground, unit } => (Some(*ground), unit.clone(), None, None),
        Asks::Extension { stage, due } => (None, None, Some(*stage), Some(*due)),
        Asks::Reinforcement { unit } => (None, unit.clone(), None, None),
        Asks::Waiver { .. } => (None, None, None, None),
    };
    let (id, was): (MotionId, Option<DateTime<Utc>>) = sqlx::query_as(
        "INSERT INTO motions (county, report_id, ticket_id, unit, kind, urgency, drill, state, ground, wanted_unit, stage, was_due,
                              wanted_due, asked_at, asked_by, asked_account, reason, due_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'asked', $8, $9, $10,
                 (SELECT s.due_at FROM stages s WHERE s.ticket_id = $3 AND s.stage = $10), $11, $12, $13, $14, $15, $16)
         RETURNING id, was_due",
    )
    .bind(&found.county)
    .bind(found.report_id)
    .bind(found.id)
    .bind(&found.unit)
    .bind(asking.kind().as_str())
    .bind(about.urgency.as_str())
    .bind(about.drill)
    .bind(ground.map(casework::ticket::motion::ReturnGround::as_str))
    .bind(&unit)
    .bind(stage.map(casework::words::Stage::as_str))
    .bind(due)
    .bind(acting.at)
    .bind(acting.by)
    .bind(acting.account)
    .bind(step.sealed().unwrap_or_default())
    .bind(asking.clock.due)
    .fetch_one(&mut **tx)
    .await?;
    clock_begins(tx, step, TicketClock::Motion, (&asking.clock, &asking.calendar)).await?;
    let detail = OfMotion {
        ground,
        unit,
        clock: stage.map(TicketClock::from),
        was,
        due,
        ..OfMotion::new(id, asking.kind())
    };
    told(tx, step, EventKind::MotionAsked, &Detail::of(&detail), step.sealed()).await?;
    tell_office(tx, step, about, (id, asking.kind()), (0, Some(asking.clock.due))).await
}

/// The office is told that something waits for it: in the first round when it is asked, in the second that one person has agreed.
pub(super) async fn tell_office(
    tx: &mut PgTransaction<'_>,
    step: &Step<'_>,
    about: About,
    (motion, kind): (MotionId, MotionKind),
    (round, due): (i64, Option<DateTime<Utc>>),
) -> Result<(), StoreError> {
    let Step { found, acting, .. } = *step;
    let notice = SubjectNotice {
        county: &found.county,
        subject: Subject::MotionAsked(motion),
        round,
        to: To::Office,
        urgency: about.urgency,
        drill: about.drill,
        said: Said {
            report: Some(found.report_id),
            unit: Some(about.unit_name),
            asked: Some(kind_said(kind)),
            by: Some(acting.by.to_owned()),
            due,
            ..Said::default()
        },
        at: acting.at,
    };
    subject_notice(tx, &notice).await?;
    Ok(())
}

/// What is asked, in the words of mails.
pub(super) fn kind_said(kind: MotionKind) -> String {
    Lang::Zh.t(&format!("motions.kind.{kind}")).to_owned()
}

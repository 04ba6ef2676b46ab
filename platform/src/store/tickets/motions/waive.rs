//! 终止办理: one person of the office agrees, another confirms, and nothing of the ticket is owed any more.

use casework::ticket::motion::MotionKind;
use casework::words::TicketClock;
use sqlx::PgTransaction;

use super::super::step::{Ended, Step, moved, stage_end, told};
use super::ask::{about, kind_said};
use crate::store::{
    Detail, EventKind, MotionId, Said, StoreError, Subject, SubjectNotice, To, event_detail::OfMotion,
    notices::subject::subject_notice,
};

/// It waits for the second person, on the same clock, and the office is told again.
pub(in super::super) async fn agree(
    tx: &mut PgTransaction<'_>,
    step: &Step<'_>,
    motion: MotionId,
) -> Result<(), StoreError> {
    let Step { found, acting, .. } = *step;
    sqlx::query("UPDATE motions SET agreed_at = $2, agreed_by = $3, agreed_account = $4 WHERE id = $1")
        .bind(motion)
        .bind(acting.at)
        .bind(acting.by)
        .bind(acting.account)
        .execute(&mut **tx)
        .await?;
    moved(tx, step).await?;
    let detail = Detail::of(&OfMotion::new(motion, MotionKind::Waiver));
    told(tx, step, EventKind::MotionAgreed, &detail, step.sealed()).await?;
    let about = about(tx, found.id).await?;
    let notice = SubjectNotice {
        county: &found.county,
        subject: Subject::MotionAsked(motion),
        round: 1,
        to: To::Office,
        urgency: about.urgency,
        drill: about.drill,
        said: Said {
            report: Some(found.report_id),
            unit: Some(about.unit_name),
            asked: Some(kind_said(MotionKind::Waiver)),
            by: Some(acting.by.to_owned()),
            ..Said::default()
        },
        at: acting.at,
    };
    subject_notice(tx, &notice).await?;
    Ok(())
}

/// What was owed and not done is not judged: nobody needs it any more.
pub(super) async fn waived(tx: &mut PgTransaction<'_>, step: &Step<'_>) -> Result<(), StoreError> {
    let Step { found, acting, .. } = *step;
    stage_end(tx, found.id, TicketClock::Motion, Ended::Act, acting.at).await?;
    for clock in TicketClock::ALL {
        stage_end(tx, found.id, *clock, Ended::Void, acting.at).await?;
    }
    moved(tx, step).await
}

//! 终止办理: one person of the office agrees, another confirms, and nothing of the ticket is owed any more.

use casework::ticket::motion::MotionKind;
use sqlx::PgTransaction;

use super::super::step::{Step, clocks_decided, moved, told};
use super::ask::{about, tell_office};
use crate::store::{Detail, EventKind, MotionId, StoreError, event_detail::OfMotion};

/// It waits for the second person, on the same clock, and the office is told again.
pub(in super::super) async fn agree(
    tx: &mut PgTransaction<'_>,
    step: &Step<'_>,
    motion: MotionId,
) -> Result<(), StoreError> {
    let acting = step.acting;
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
    let about = about(tx, step.found.id).await?;
    tell_office(tx, step, about, (motion, MotionKind::Waiver), (1, None)).await
}

/// What was owed and not done is not judged: nobody needs it any more.
pub(super) async fn waived(tx: &mut PgTransaction<'_>, step: &Step<'_>) -> Result<(), StoreError> {
    clocks_decided(tx, step).await?;
    moved(tx, step).await
}

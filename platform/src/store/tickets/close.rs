//! 办结: what was written is recorded, then the ticket ends or waits.

use casework::county::Matter;
use casework::words::{TicketClock, reserved::NOT_APPLICABLE};
use sqlx::PgTransaction;
use uuid::Uuid;

use super::{
    deed::{Closing, Wait},
    end,
    step::{Decider, Step, clock_begins, contact, evidence, told},
};
use crate::store::{Detail, EventKind, NoticeKind, StoreError, event_detail::EvidenceOf};

pub(super) async fn close(tx: &mut PgTransaction<'_>, step: &Step<'_>, closing: &Closing) -> Result<(), StoreError> {
    if let Some((seen_at, sealed)) = &closing.contact {
        contact(tx, step, *seen_at, Some(sealed)).await?;
    }
    if let Some((kind, sealed)) = &closing.evidence {
        let detail = Detail::of(&EvidenceOf { material: kind.clone() });
        evidence(tx, step, &detail, Some(sealed)).await?;
    }
    if let Some(sealed) = &closing.decision {
        told(tx, step, EventKind::DecisionRecorded, &Detail::default(), Some(sealed)).await?;
    }
    let Step { found, acting, .. } = *step;
    match &closing.wait {
        Some(wait) => request(tx, step, closing, wait).await,
        None => {
            end::end(tx, step, closing.outcome == NOT_APPLICABLE).await?;
            sqlx::query(
                "UPDATE tickets SET state = $6, version = version + 1, outcome = $2, resolved_at = $3, resolved_by = $4,
                        resolved_by_account = $5 WHERE id = $1",
            )
            .bind(found.id)
            .bind(&closing.outcome)
            .bind(acting.at)
            .bind(acting.by)
            .bind(acting.account)
            .bind(step.after.as_str())
            .execute(&mut **tx)
            .await?;
            told(tx, step, EventKind::Resolved, &acting.detail, step.sealed()).await?;
            end::oversee(tx, step, closing.oversight.as_deref()).await
        }
    }
}

/// It waits for a person: the clocks of the ticket run on, that of the confirmation begins, and who must decide is told.
async fn request(
    tx: &mut PgTransaction<'_>,
    step: &Step<'_>,
    closing: &Closing,
    wait: &Wait,
) -> Result<(), StoreError> {
    let Step { found, acting, .. } = *step;
    sqlx::query(
        "UPDATE tickets SET state = $8, version = version + 1, close_outcome = $2, close_requested_at = $3,
                close_requested_by = $4, close_requested_account = $5, close_by = $6, transfer_to = $7 WHERE id = $1",
    )
    .bind(found.id)
    .bind(&closing.outcome)
    .bind(acting.at)
    .bind(acting.by)
    .bind(acting.account)
    .bind(if wait.office { Decider::Office } else { Decider::Unit }.as_str())
    .bind(&wait.transfer_to)
    .bind(step.after.as_str())
    .execute(&mut **tx)
    .await?;
    let clock = &wait.clock;
    let which = match clock.matter {
        Matter::Confirm => TicketClock::Confirm,
        _ => TicketClock::Approve,
    };
    clock_begins(tx, step, which, (clock, &wait.calendar)).await?;
    told(tx, step, EventKind::CloseRequested, &acting.detail, step.sealed()).await?;
    let kind = if wait.transfer_to.is_some() {
        NoticeKind::TransferRequested
    } else {
        NoticeKind::CloseRequested
    };
    sqlx::query("SELECT desk_notice($1, $2, $3, $4, $5, $6)")
        .bind(Uuid::new_v4())
        .bind(found.id)
        .bind(kind.as_str())
        .bind(wait.office)
        .bind(clock.matter.as_str())
        .bind(acting.at)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

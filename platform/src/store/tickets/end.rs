//! A ticket ends by a confirmed closing, and is taken back.

use casework::words::reserved::NOT_APPLICABLE;
use sqlx::{PgTransaction, types::Json};

use super::step::Ended;
use super::{
    deed::Oversight,
    step::{Side, Step, stage_end, told},
};
use crate::store::{
    Detail, EventKind, StoreError,
    event_detail::{Confirmed, TakenBack},
    rings::begin::clocks_ring,
    routing::decision::TicketRow,
};
use casework::ticket::TicketState;
use casework::words::TicketClock;

/// Ends what still runs. A contact that nobody recorded was not met; `void` where it never was owed.
pub(super) async fn end(tx: &mut PgTransaction<'_>, step: &Step<'_>, void: bool) -> Result<(), StoreError> {
    for clock in TicketClock::ALL {
        let how = match clock {
            TicketClock::Contact if void => Ended::Void,
            TicketClock::Contact => Ended::Closed,
            _ => Ended::Act,
        };
        stage_end(tx, step.found.id, *clock, how, step.acting.at).await?;
    }
    Ok(())
}

/// Another person confirms what was asked: closed now, by who asked, confirmed by who acts.
pub(super) async fn confirm(
    tx: &mut PgTransaction<'_>,
    step: &Step<'_>,
    oversight: Option<&Oversight>,
) -> Result<(), StoreError> {
    let Step { found, acting, .. } = *step;
    end(tx, step, found.close_outcome.as_deref() == Some(NOT_APPLICABLE)).await?;
    sqlx::query(
        "UPDATE tickets SET state = $5, version = version + 1, outcome = close_outcome, resolved_at = $2,
                resolved_by = close_requested_by, resolved_by_account = close_requested_account,
                close_approved_at = $2, close_approved_by = $3, close_approved_account = $4, close_outcome = NULL,
                close_requested_at = NULL, close_requested_by = NULL, close_requested_account = NULL, close_by = NULL
         WHERE id = $1",
    )
    .bind(found.id)
    .bind(acting.at)
    .bind(acting.by)
    .bind(acting.account)
    .bind(step.after.as_str())
    .execute(&mut **tx)
    .await?;
    let detail = Detail::of(&Confirmed {
        outcome: found.close_outcome.clone(),
        requested_by: found.close_requested_by.clone(),
    });
    told(tx, step, EventKind::CloseConfirmed, &detail, step.sealed()).await?;
    oversee(tx, step, oversight).await
}

/// 不予立案 goes on to the procuratorate, in the same transaction.
pub(super) async fn oversee(
    tx: &mut PgTransaction<'_>,
    step: &Step<'_>,
    oversight: Option<&Oversight>,
) -> Result<(), StoreError> {
    let Some(Oversight {
        ticket,
        rule_set,
        calendar,
    }) = oversight
    else {
        return Ok(());
    };
    let Step { found, acting, .. } = *step;
    let open = match step.side {
        Side::Desk => "SELECT desk_oversight_open($1, $2, $3, $4, $5, $6, $7)",
        Side::Office { .. } => "SELECT oversight_open($1, $2, $3, $4, $5, $6, $7)",
    };
    sqlx::query(open)
        .bind(found.id)
        .bind(Json(TicketRow::of(ticket)))
        .bind(rule_set)
        .bind(calendar)
        // After the event of the closing itself.
        .bind(acting.at + chrono::TimeDelta::microseconds(100))
        .bind(acting.by)
        .bind(acting.account)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Back to work by who closed. The clocks run on from their dues: nothing that fell due meanwhile is forgiven, its steps are
/// sent from now on with the distances of the plan, and are not called the system's delay.
pub(super) async fn take_back(tx: &mut PgTransaction<'_>, step: &Step<'_>) -> Result<bool, StoreError> {
    let Step { found, acting, .. } = *step;
    if found.state == TicketState::Transferring {
        let withdrawn: bool = sqlx::query_scalar("SELECT desk_transfer_withdraw($1, $2, $3, $4)")
            .bind(found.id)
            .bind(acting.at)
            .bind(acting.by)
            .bind(acting.account)
            .fetch_one(&mut **tx)
            .await?;
        if !withdrawn {
            return Ok(false);
        }
    }
    for clock in [TicketClock::Confirm, TicketClock::Approve] {
        stage_end(tx, found.id, clock, Ended::Void, acting.at).await?;
    }
    sqlx::query(
        "UPDATE stages SET ended_at = NULL, ended_how = NULL, resumed_at = $2,
                next_at = (plan -> next_step::integer ->> 'at')::timestamptz
         WHERE ticket_id = $1 AND stage IN ('contact', 'resolve') AND ended_at = $3 AND (stage = 'resolve' OR ended_how <> 'act')",
    )
    .bind(found.id)
    .bind(acting.at)
    .bind(found.resolved_at)
    .execute(&mut **tx)
    .await?;
    clocks_ring(tx, found.id, &[TicketClock::Contact, TicketClock::Resolve], acting.at).await?;
    sqlx::query(
        "UPDATE tickets SET state = $2, version = version + 1, outcome = NULL, resolved_at = NULL, resolved_by = NULL,
                resolved_by_account = NULL, close_approved_at = NULL, close_approved_by = NULL, close_approved_account = NULL,
                close_outcome = NULL, close_requested_at = NULL, close_requested_by = NULL, close_requested_account = NULL,
                close_by = NULL, transfer_to = NULL WHERE id = $1",
    )
    .bind(found.id)
    .bind(step.after.as_str())
    .execute(&mut **tx)
    .await?;
    let outcome = found.outcome.as_ref().or(found.close_outcome.as_ref());
    let detail = Detail::of(&TakenBack {
        outcome: outcome.cloned(),
        was: found.state,
    });
    told(tx, step, EventKind::CloseTakenBack, &detail, step.sealed()).await?;
    if found.outcome.as_deref() == Some(casework::words::reserved::NOT_FILED) {
        sqlx::query("SELECT desk_oversight_withdraw($1, $2, $3, $4)")
            .bind(found.id)
            .bind(acting.at)
            .bind(acting.by)
            .bind(acting.account)
            .execute(&mut **tx)
            .await?;
    }
    Ok(true)
}

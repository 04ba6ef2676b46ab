//! A closing that waits: who may decide it, the transfer that is approved, and the refusal.

use casework::ticket::closing::{Colleague, confirmers, falls_to_office, may_take_back};
use casework::words::reserved::TRANSFERRED;
use sqlx::PgTransaction;
use uuid::Uuid;

use super::step::Ended;
use super::{
    deed::{Acting, Denied, Successor, TicketDeed},
    motions,
    step::{Decider, Found, Side, Step, stage_end, told},
    succeed::succeed,
};
use crate::store::{
    AccountId, Detail, EventKind, StoreError, Word,
    event_detail::{OtherUnit, Refused, Transferred},
};
use casework::ticket::TicketState;
use casework::words::TicketClock;

/// Why this person may not, or not now.
pub(super) async fn denied(
    tx: &mut PgTransaction<'_>,
    side: Side<'_>,
    found: &Found,
    deed: &TicketDeed,
    acting: &Acting<'_>,
) -> Result<Option<Denied>, StoreError> {
    match deed {
        TicketDeed::TakeBack => {
            let closed = found.resolved_at.or(found.close_requested_at).unwrap_or(acting.at);
            let by = found.resolved_by_account.or(found.close_requested_account);
            Ok(if by != Some(acting.account) {
                Some(Denied::NotYours)
            } else if !may_take_back(by, closed, acting.account, acting.at) {
                Some(Denied::TooLate)
            } else if found.called_back {
                Some(Denied::CalledBack)
            } else if found.state == TicketState::Resolved && found.outcome.as_deref() == Some(TRANSFERRED) {
                Some(Denied::TakenOver)
            } else {
                None
            })
        }
        TicketDeed::Confirm(_) | TicketDeed::Approve(_) | TicketDeed::Refuse => {
            let asked = found.close_requested_account;
            if asked == Some(acting.account) {
                return Ok(Some(Denied::Own));
            }
            let transfer = found.close_outcome.as_deref() == Some(TRANSFERRED);
            let people = colleagues(tx, found).await?;
            let asked = asked.unwrap_or(AccountId(0));
            Ok(match side {
                Side::Desk if transfer => Some(Denied::Office),
                Side::Desk => {
                    let may = confirmers(asked, &people);
                    let leader = people.iter().any(|p| p.leader && may.contains(&p.account));
                    match may.contains(&acting.account) {
                        true => None,
                        false if leader => Some(Denied::Leader),
                        false => Some(Denied::Office),
                    }
                }
                Side::Office { .. } if transfer || found.close_by == Some(Word(Decider::Office)) => None,
                Side::Office { .. } => {
                    let falls = falls_to_office(asked, &people, found.confirm_due, acting.at);
                    (!falls).then_some(Denied::Unit)
                }
            })
        }
        TicketDeed::Reopen(_) => Ok(match side {
            Side::Office { .. } => None,
            Side::Desk => {
                let people = colleagues(tx, found).await?;
                let leads = |p: &Colleague<AccountId>| p.leader && p.account == acting.account;
                (!people.iter().any(leads)).then_some(Denied::LeaderReopens)
            }
        }),
        TicketDeed::Ask(_) | TicketDeed::Agree(_) | TicketDeed::Grant(_) | TicketDeed::Deny(..) | TicketDeed::Unask => {
            motions::denied(tx, side, found, deed, acting).await
        }
        TicketDeed::Sign
        | TicketDeed::Assign { .. }
        | TicketDeed::Contact { .. }
        | TicketDeed::Evidence
        | TicketDeed::Request(_)
        | TicketDeed::Progress { .. }
        | TicketDeed::Start(_)
        | TicketDeed::Close(_) => Ok(None),
    }
}

/// Active people of the ticket's unit, as they are now.
async fn colleagues(tx: &mut PgTransaction<'_>, found: &Found) -> Result<Vec<Colleague<AccountId>>, StoreError> {
    let rows: Vec<(AccountId, bool)> = sqlx::query_as(
        "SELECT a.id, bool_or(m.role = 'leader') FROM memberships m JOIN accounts a ON a.id = m.account_id
         WHERE m.county = $1 AND m.unit = $2 AND m.ended_at IS NULL AND m.role IN ('member', 'leader') AND a.disabled_at IS NULL
         GROUP BY a.id ORDER BY a.id",
    )
    .bind(&found.county)
    .bind(&found.unit)
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(account, leader)| Colleague { account, leader })
        .collect())
}

/// The office agrees that another unit takes over: a successor with its own clocks, told like any dispatch. The old ticket
/// stays open and its clocks run on until the successor is signed.
pub(super) async fn approve(
    tx: &mut PgTransaction<'_>,
    step: &Step<'_>,
    successor: &Successor,
) -> Result<(), StoreError> {
    let Step { found, acting, .. } = *step;
    let new = succeed(tx, step, found.transfer_to.as_deref().unwrap_or_default(), successor).await?;
    // The case is led by one unit: the one that is asked now.
    sqlx::query(
        "UPDATE tickets SET state = $5, version = version + 1, lead = false, close_approved_at = $2, close_approved_by = $3,
                close_approved_account = $4 WHERE id = $1",
    )
    .bind(found.id)
    .bind(acting.at)
    .bind(acting.by)
    .bind(acting.account)
    .bind(step.after.as_str())
    .execute(&mut **tx)
    .await?;
    stage_end(tx, found.id, TicketClock::Approve, Ended::Act, acting.at).await?;
    let detail = Detail::of(&Transferred {
        unit: found.transfer_to.clone(),
        ticket: new,
    });
    told(tx, step, EventKind::TransferApproved, &detail, step.sealed()).await?;
    let there = Found {
        id: new,
        ..found.clone()
    };
    let there = Step { found: &there, ..*step };
    let from = Detail::of(&OtherUnit {
        unit: found.unit.clone(),
    });
    told(tx, &there, EventKind::TransferredIn, &from, None).await
}

/// Neither: the ticket is in progress again, and its unit is told.
pub(super) async fn refuse(tx: &mut PgTransaction<'_>, step: &Step<'_>) -> Result<(), StoreError> {
    let Step { found, acting, .. } = *step;
    for clock in [TicketClock::Confirm, TicketClock::Approve] {
        stage_end(tx, found.id, clock, Ended::Act, acting.at).await?;
    }
    sqlx::query(
        "UPDATE tickets SET state = $2, version = version + 1, close_outcome = NULL, close_requested_at = NULL,
                close_requested_by = NULL, close_requested_account = NULL, close_by = NULL, transfer_to = NULL WHERE id = $1",
    )
    .bind(found.id)
    .bind(step.after.as_str())
    .execute(&mut **tx)
    .await?;
    let detail = Detail::of(&Refused {
        outcome: found.close_outcome.clone(),
        unit: found.transfer_to.clone(),
    });
    told(tx, step, EventKind::CloseRefused, &detail, step.sealed()).await?;
    let notice = match step.side {
        Side::Desk => "SELECT desk_notice($1, $2, 'close-refused', false, 'resolve', $3)",
        Side::Office { .. } => {
            "INSERT INTO notices (id, dedup, county, kind, ticket_id, stage_id, unit, urgency, drill, created_at, state)
             SELECT $1, 'close-refused:' || $1, t.county, 'close-refused', t.id,
                    (SELECT s.id FROM stages s WHERE s.ticket_id = t.id AND s.stage = 'resolve'), t.unit, t.urgency, r.drill, $3, 'queued'
             FROM tickets t JOIN reports r ON r.id = t.report_id WHERE t.id = $2"
        }
    };
    sqlx::query(notice)
        .bind(Uuid::new_v4())
        .bind(found.id)
        .bind(acting.at)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

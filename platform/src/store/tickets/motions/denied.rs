//! Why something can't be asked or decided by this person, or not now.

use casework::ticket::motion::{Extends, Held, MotionKind, MotionState, NoMotion, is_later, may_extend, may_return};
use casework::words::{Grade, Stage, Urgency};
use chrono::{DateTime, Utc};
use sqlx::PgTransaction;

use super::super::{
    deed::{Acting, Denied, Granting, TicketDeed},
    step::{Found, Side},
};
use super::asking::Asks;
use crate::store::{AccountId, MotionId, StoreError, TicketId};

pub(in super::super) async fn denied(
    tx: &mut PgTransaction<'_>,
    side: Side<'_>,
    found: &Found,
    deed: &TicketDeed,
    acting: &Acting<'_>,
) -> Result<Option<Denied>, StoreError> {
    match (deed, side) {
        (TicketDeed::Ask(asking), Side::Desk) => {
            if waits(tx, found.id).await? {
                return Ok(Some(Denied::MotionWaits));
            }
            let may = match &asking.asks {
                Asks::Return { .. } => returns(tx, found.id).await?,
                Asks::Extension { stage, due } => extends(tx, found.id, *stage, (*due, acting.at)).await?,
                Asks::Reinforcement { .. } => Ok(()),
                Asks::Waiver { may } => *may,
            };
            Ok(may.err().map(Denied::Motion))
        }
        (TicketDeed::Grant(granting), Side::Office { .. }) => {
            let no = undecided(tx, found.id, (granting.motion(), granting.kind()), acting.account).await?;
            if no.is_some() {
                return Ok(no);
            }
            let may = match &**granting {
                Granting::Return { .. } => {
                    // Two returns of one obligation that are granted at once come one after the other.
                    sqlx::query("SELECT FROM cases WHERE id = (SELECT case_id FROM tickets WHERE id = $1) FOR UPDATE")
                        .bind(found.id)
                        .execute(&mut **tx)
                        .await?;
                    returns(tx, found.id).await?
                }
                // Whoever opens the ticket looks, with the case locked.
                Granting::Reinforcement { .. } => Ok(()),
                Granting::Waiver(waiving) => {
                    let second = second_person(tx, waiving.motion, acting.account).await?;
                    if !second {
                        return Ok(Some(Denied::SecondPerson));
                    }
                    waiving.may
                }
                Granting::Extension { stage, due, .. } => later(tx, found.id, *stage, (*due, acting.at)).await?,
            };
            Ok(may.err().map(Denied::Motion))
        }
        (TicketDeed::Agree(waiving), Side::Office { .. }) => {
            let no = undecided(tx, found.id, (waiving.motion, MotionKind::Waiver), acting.account).await?;
            Ok(no.or(waiving.may.err().map(Denied::Motion)))
        }
        (TicketDeed::Deny(motion, kind), Side::Office { .. }) => {
            undecided(tx, found.id, (*motion, *kind), acting.account).await
        }
        (TicketDeed::Unask, Side::Desk) => Ok((!waits(tx, found.id).await?).then_some(Denied::MotionOver)),
        // A unit does not decide, and the office does not ask.
        (_, Side::Desk) => Ok(Some(Denied::Office)),
        (_, Side::Office { .. }) => Ok(Some(Denied::MotionOver)),
    }
}

async fn waits(tx: &mut PgTransaction<'_>, ticket: TicketId) -> Result<bool, StoreError> {
    Ok(
        sqlx::query_scalar("SELECT EXISTS (SELECT FROM motions WHERE ticket_id = $1 AND state = 'asked')")
            .bind(ticket)
            .fetch_one(&mut **tx)
            .await?,
    )
}

/// Who asked this, while it waits.
async fn asked_by(
    tx: &mut PgTransaction<'_>,
    ticket: TicketId,
    (motion, kind): (MotionId, MotionKind),
) -> Result<Option<AccountId>, StoreError> {
    Ok(sqlx::query_scalar(
        "SELECT asked_account FROM motions WHERE id = $1 AND ticket_id = $2 AND kind = $3 AND state = $4",
    )
    .bind(motion)
    .bind(ticket)
    .bind(kind.as_str())
    .bind(MotionState::Asked.as_str())
    .fetch_optional(&mut **tx)
    .await?)
}

/// It waits, and another person decides it: neither whoever asked, nor another login of theirs.
async fn undecided(
    tx: &mut PgTransaction<'_>,
    ticket: TicketId,
    motion: (MotionId, MotionKind),
    account: AccountId,
) -> Result<Option<Denied>, StoreError> {
    let Some(asked) = asked_by(tx, ticket, motion).await? else {
        return Ok(Some(Denied::MotionOver));
    };
    let same: bool = sqlx::query_scalar("SELECT $1 = $2 OR same_person($1, $2)")
        .bind(account)
        .bind(asked)
        .fetch_one(&mut **tx)
        .await?;
    Ok(same.then_some(Denied::OwnMotion))
}

/// Somebody has agreed to a waiver, and this is another person.
async fn second_person(tx: &mut PgTransaction<'_>, motion: MotionId, account: AccountId) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar(
        "SELECT EXISTS (SELECT FROM motions m WHERE m.id = $1 AND m.agreed_account <> $2 AND NOT same_person(m.agreed_account, $2))",
    )
    .bind(motion)
    .bind(account)
    .fetch_one(&mut **tx)
    .await?)
}

#[derive(sqlx::FromRow)]
struct HeldRow {
    #[sqlx(try_from = "String")]
    urgency: Urgency,
    unit_kind: String,
    returns: i64,
    awaited: bool,
}

async fn returns(tx: &mut PgTransaction<'_>, ticket: TicketId) -> Result<Result<(), NoMotion>, StoreError> {
    let row: HeldRow = sqlx::query_as(
        "SELECT t.urgency, u.kind AS unit_kind, case_returns(t.id) AS returns, ticket_awaited(t.id) AS awaited FROM tickets t
         JOIN units u ON u.county = t.county AND u.code = t.unit WHERE t.id = $1",
    )
    .bind(ticket)
    .fetch_one(&mut **tx)
    .await?;
    Ok(may_return(Held {
        urgency: row.urgency,
        kind: &row.unit_kind,
        returns: row.returns,
        awaited: row.awaited,
    }))
}

#[derive(sqlx::FromRow)]
struct Running {
    #[sqlx(try_from = "String")]
    grade: Grade,
    due_at: Option<DateTime<Utc>>,
    asked_before: bool,
}

/// Asked before means: since the stage began, and not taken back by the unit itself. A reopened one is asked for anew.
async fn extends(
    tx: &mut PgTransaction<'_>,
    ticket: TicketId,
    stage: Stage,
    (wanted, now): (DateTime<Utc>, DateTime<Utc>),
) -> Result<Result<(), NoMotion>, StoreError> {
    let running: Option<Running> = sqlx::query_as(
        "SELECT s.grade, s.due_at, EXISTS (SELECT FROM motions m WHERE m.ticket_id = s.ticket_id AND m.stage = s.stage
                    AND m.state IN ('granted', 'refused') AND m.asked_at >= s.started_at) AS asked_before
         FROM stages s WHERE s.ticket_id = $1 AND s.stage = $2 AND s.ended_at IS NULL",
    )
    .bind(ticket)
    .bind(stage.as_str())
    .fetch_optional(&mut **tx)
    .await?;
    Ok(match running {
        None => Err(NoMotion::Over),
        Some(running) => may_extend(
            Extends {
                grade: running.grade,
                due: running.due_at,
                asked_before: running.asked_before,
            },
            wanted,
            now,
        ),
    })
}

/// What was asked in time may be granted after it: that the office is late is not the unit's delay.
async fn later(
    tx: &mut PgTransaction<'_>,
    ticket: TicketId,
    stage: Stage,
    (due, now): (DateTime<Utc>, DateTime<Utc>),
) -> Result<Result<(), NoMotion>, StoreError> {
    let was: Option<DateTime<Utc>> =
        sqlx::query_scalar("SELECT due_at FROM stages WHERE ticket_id = $1 AND stage = $2 AND ended_at IS NULL")
            .bind(ticket)
            .bind(stage.as_str())
            .fetch_optional(&mut **tx)
            .await?
            .flatten();
    Ok(was.map_or(Err(NoMotion::Over), |was| is_later(was, due, now)))
}

//! Acts on a ticket, each in one transaction: what the state machine allows is done once, and leaves an event with the account.
//!
//! A unit's desk and the office go the same way; the desk's login reaches another unit's ticket only through the narrow
//! functions of the schema.

use chrono::{DateTime, Utc};
use sqlx::PgTransaction;

use super::step::Ended;
use super::{
    ask, close,
    deed::{ActDone, Acting, Denied, TicketDeed},
    end, motions, reopen, start,
    step::{Found, Side, Step, contact, evidence, moved, stage_end, told},
    wait,
};
use crate::store::{AccountId, Desk, DeskScope, EventKind, Loose, Office, Store, StoreError, TicketId};
use casework::words::{TicketClock, reserved::TRIAGE};

impl Store<Desk> {
    /// Does one act of a unit. Twice the same page does it once.
    pub async fn desk_act(
        &self,
        scope: &DeskScope,
        id: TicketId,
        deed: &TicketDeed,
        acting: &Acting<'_>,
    ) -> Result<ActDone, StoreError> {
        let tx = self.desk(scope).await?;
        act(tx, Side::Desk, id, deed, acting).await
    }
}

impl Store<Office> {
    /// Does one act of the office: confirms, approves or refuses a closing that waits for it.
    pub async fn office_act(
        &self,
        county: &str,
        id: TicketId,
        deed: &TicketDeed,
        acting: &Acting<'_>,
    ) -> Result<ActDone, StoreError> {
        let tx = self.pool.begin().await?;
        act(tx, Side::Office { county }, id, deed, acting).await
    }
}

async fn act(
    mut tx: PgTransaction<'_>,
    side: Side<'_>,
    id: TicketId,
    deed: &TicketDeed,
    acting: &Acting<'_>,
) -> Result<ActDone, StoreError> {
    let county = match side {
        Side::Desk => None,
        Side::Office { county } => Some(county),
    };
    sqlx::query("SELECT tickets_lock($1)")
        .bind(id)
        .execute(&mut *tx)
        .await?;
    let found: Option<Found> = sqlx::query_as(
        "SELECT t.id, t.county, t.unit, t.obligation, t.state, t.version, t.report_id, t.predecessor, t.outcome, t.resolved_at, t.resolved_by_account,
                t.close_outcome, t.close_requested_at, t.close_requested_by, t.close_requested_account, t.close_by, t.transfer_to,
                coalesce(t.callback_shut = t.resolved_at, false) AS called_back,
                (SELECT s.due_at FROM stages s WHERE s.ticket_id = t.id AND s.stage = 'confirm' AND s.ended_at IS NULL) AS confirm_due,
                (SELECT m.kind FROM motions m WHERE m.ticket_id = t.id AND m.state = 'asked') AS asked
         FROM tickets t WHERE t.id = $1 AND ($2::text IS NULL OR t.county = $2)",
    )
    .bind(id)
    .bind(county)
    .fetch_optional(&mut *tx)
    .await?;
    let Some(found) = found else {
        return Ok(ActDone::NotFound);
    };
    if found.version != acting.version {
        return stale(&mut tx, id, acting.at).await;
    }
    let transfer = found.close_outcome.as_deref() == Some(casework::words::reserved::TRANSFERRED);
    let wrong_way = match deed {
        // What waits as a transfer is approved, anything else confirmed.
        TicketDeed::Confirm(_) => transfer,
        TicketDeed::Approve(_) => !transfer,
        // What a person has judged is judged: its tickets are done again, not the judging.
        TicketDeed::Reopen(_) => found.obligation == TRIAGE,
        _ => false,
    };
    let after = match found.state.after(deed.act(found.asked.map(|kind| *kind))) {
        Ok(after) if !wrong_way => after,
        _ => return Ok(ActDone::NotAllowed { state: found.state }),
    };
    if let Some(denied) = wait::denied(&mut tx, side, &found, deed, acting).await? {
        return Ok(ActDone::Denied(denied));
    }
    let step = Step {
        side,
        found: &found,
        after,
        acting,
    };
    if let Some(denied) = apply(&mut tx, &step, deed).await? {
        return Ok(ActDone::Denied(denied));
    }
    sqlx::query("UPDATE tickets SET (next_stage, next_due_at) = (SELECT n.stage, n.due_at FROM ticket_next($1) n) WHERE id = $1")
        .bind(id)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(ActDone::Done)
}

/// Does it, or says what came first.
async fn apply(tx: &mut PgTransaction<'_>, step: &Step<'_>, deed: &TicketDeed) -> Result<Option<Denied>, StoreError> {
    match deed {
        TicketDeed::Sign => sign(tx, step).await?,
        TicketDeed::Assign { account, name } => {
            sqlx::query(
                "UPDATE tickets SET state = $2, version = version + 1, assignee = $3, assignee_name = $4 WHERE id = $1",
            )
            .bind(step.found.id)
            .bind(step.after.as_str())
            .bind(account)
            .bind(name)
            .execute(&mut **tx)
            .await?;
            told(tx, step, deed.kind(), &step.acting.detail, step.sealed()).await?;
        }
        TicketDeed::Contact { seen_at } => {
            moved(tx, step).await?;
            contact(tx, step, *seen_at, step.sealed()).await?;
        }
        TicketDeed::Evidence => {
            moved(tx, step).await?;
            evidence(tx, step, &step.acting.detail, step.sealed()).await?;
        }
        TicketDeed::Progress { .. } => {
            moved(tx, step).await?;
            told(tx, step, deed.kind(), &step.acting.detail, step.sealed()).await?;
        }
        TicketDeed::Request(requested) => {
            moved(tx, step).await?;
            return ask::ask(tx, step, requested).await;
        }
        TicketDeed::Start(started) => {
            moved(tx, step).await?;
            start::start(tx, step, started).await?;
        }
        TicketDeed::Close(closing) => close::close(tx, step, closing).await?,
        TicketDeed::Confirm(oversight) => end::confirm(tx, step, oversight.as_deref()).await?,
        TicketDeed::Approve(successor) => wait::approve(tx, step, successor).await?,
        TicketDeed::Refuse => wait::refuse(tx, step).await?,
        TicketDeed::TakeBack => return Ok((!end::take_back(tx, step).await?).then_some(Denied::TakenOver)),
        TicketDeed::Reopen(anew) => return reopen::by_act(tx, step, anew).await,
        TicketDeed::Ask(asking) => motions::ask(tx, step, asking).await?,
        TicketDeed::Agree(waiving) => motions::agree(tx, step, waiving.motion).await?,
        TicketDeed::Grant(granting) => return motions::grant(tx, step, granting).await,
        TicketDeed::Deny(motion, kind) => motions::deny(tx, step, (*motion, *kind)).await?,
        TicketDeed::Unask => motions::unask(tx, step).await?,
    }
    Ok(None)
}

async fn sign(tx: &mut PgTransaction<'_>, step: &Step<'_>) -> Result<(), StoreError> {
    let Step { found, acting, .. } = *step;
    // Whoever signs has it in hand, unless the leader has given it to somebody already. By telephone that is who called; without an
    // account nobody has it yet.
    let holder = match acting.telephone {
        None => Some((acting.account, acting.by)),
        Some(telephone) => telephone.account.map(|account| (account, telephone.caller.as_str())),
    };
    sqlx::query(
        "UPDATE tickets SET state = $5, version = version + 1, signed_at = $2, signed_by = $3, signed_by_account = $4,
                assignee = coalesce(assignee, $6), assignee_name = coalesce(assignee_name, $7) WHERE id = $1",
    )
    .bind(found.id)
    .bind(acting.at)
    .bind(acting.by)
    .bind(acting.account)
    .bind(step.after.as_str())
    .bind(holder.map(|(account, _)| account))
    .bind(holder.map(|(_, name)| name))
    .execute(&mut **tx)
    .await?;
    stage_end(tx, found.id, TicketClock::Sign, Ended::Act, acting.at).await?;
    told(tx, step, EventKind::Signed, &acting.detail, step.sealed()).await?;
    if found.predecessor.is_some() {
        sqlx::query("SELECT desk_hand_over($1, $2, $3, $4)")
            .bind(found.id)
            .bind(acting.at)
            .bind(acting.by)
            .bind(acting.account)
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

/// The last thing that happened to a ticket.
#[derive(sqlx::FromRow)]
struct Last {
    kind: Loose<EventKind>,
    by: String,
    account_id: Option<AccountId>,
    at: DateTime<Utc>,
}

async fn stale(tx: &mut PgTransaction<'_>, id: TicketId, now: DateTime<Utc>) -> Result<ActDone, StoreError> {
    let last: Option<Last> = sqlx::query_as(
        "SELECT kind, person_shown(account_id, actor) AS by, account_id, at FROM events WHERE ticket_id = $1 ORDER BY at DESC LIMIT 1",
    )
    .bind(id)
    .fetch_optional(&mut **tx)
    .await?;
    let last = last.unwrap_or_else(|| Last {
        kind: Loose::Other("changed".into()),
        by: "–".into(),
        account_id: None,
        at: now,
    });
    Ok(ActDone::Stale {
        last_kind: last.kind,
        last_by: last.by,
        last_account: last.account_id,
        last_at: last.at,
    })
}

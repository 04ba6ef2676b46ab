//! Acts on a ticket, each in one transaction: what the state machine allows is done once, and leaves an event with the account.
//!
//! A unit's desk and the office go the same way; the desk's login reaches another unit's ticket only through the narrow
//! functions of the schema.

use casework::disclosure::Shows;
use casework::routing::{PlannedClock, PlannedStage, PlannedTicket};
use casework::ticket::{TicketAct, TicketState};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sqlx::PgTransaction;

use super::{close, end, wait};
use crate::store::{DeskScope, Store, StoreError};

/// An act on a ticket.
#[derive(Clone, Debug)]
pub enum TicketDeed {
    /// 收到并签收
    Sign,
    /// 分办 to a person of the unit.
    Assign {
        /// Account.
        account: i64,
        /// Name.
        name: String,
    },
    /// 已见到孩子
    Contact {
        /// When, as the person said.
        seen_at: DateTime<Utc>,
    },
    /// Evidence of the asked kind.
    Evidence,
    /// 办结, at once or to be confirmed.
    Close(Box<Closing>),
    /// Another person confirms; with what follows from 不予立案.
    Confirm(Option<Box<Oversight>>),
    /// The office approves a transfer: the stages of the successor.
    Approve(Box<Successor>),
    /// Neither: back to work.
    Refuse,
    /// Who closed takes it back.
    TakeBack,
}

/// What somebody closes a ticket with. What was written is sealed.
#[derive(Clone, Debug, Default)]
pub struct Closing {
    /// Outcome code of the pack.
    pub outcome: String,
    /// The child was seen by a named person: when, and the record of it.
    pub contact: Option<(DateTime<Utc>, Vec<u8>)>,
    /// The asked material, with its kind.
    pub evidence: Option<(String, Vec<u8>)>,
    /// Number and date of a decision.
    pub decision: Option<Vec<u8>>,
    /// What it waits for; `None` closes at once.
    pub wait: Option<Wait>,
    /// What follows from 不予立案 when it closes at once.
    pub oversight: Option<Box<Oversight>>,
}

/// A confirmation or approval that a closing waits for.
#[derive(Clone, Debug)]
pub struct Wait {
    /// The office decides, not another person of the unit.
    pub office: bool,
    /// The unit that is to take over.
    pub transfer_to: Option<String>,
    /// Its clock.
    pub clock: PlannedClock,
    /// Version of the calendar.
    pub calendar: String,
}

/// The oversight ticket that a decision not to file opens.
#[derive(Clone, Debug)]
pub struct Oversight {
    /// As planned.
    pub ticket: PlannedTicket,
    /// Version of the rules.
    pub rule_set: i32,
    /// Version of the calendar.
    pub calendar: String,
}

/// The stages of a ticket at the unit that takes over.
#[derive(Clone, Debug)]
pub struct Successor {
    /// The unit's kind.
    pub unit_kind: String,
    /// What the successor shows of the report.
    pub shows: Shows,
    /// Stages from its own dispatch on.
    pub stages: Vec<PlannedStage>,
    /// Version of the rules.
    pub rule_set: i32,
    /// Version of the calendar.
    pub calendar: String,
}

impl TicketDeed {
    /// The kind of the event it leaves.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Sign => "signed",
            Self::Assign { .. } => "assigned",
            Self::Contact { .. } => "contacted",
            Self::Evidence => "evidence",
            Self::Close(closing) if closing.wait.is_some() => "close-requested",
            Self::Close(_) => "resolved",
            Self::Confirm(_) => "close-confirmed",
            Self::Approve(_) => "transfer-approved",
            Self::Refuse => "close-refused",
            Self::TakeBack => "close-taken-back",
        }
    }

    fn act(&self) -> TicketAct {
        match self {
            Self::Sign => TicketAct::Sign,
            Self::Assign { .. } => TicketAct::Assign,
            Self::Contact { .. } => TicketAct::Contact,
            Self::Evidence => TicketAct::Evidence,
            Self::Close(closing) if closing.wait.is_some() => TicketAct::RequestClose,
            Self::Close(_) => TicketAct::Close,
            Self::Confirm(_) => TicketAct::Confirm,
            Self::Approve(_) => TicketAct::Approve,
            Self::Refuse => TicketAct::Refuse,
            Self::TakeBack => TicketAct::TakeBack,
        }
    }
}

/// Who acts, on which version of the page, and what they wrote.
#[derive(Clone, Debug)]
pub struct Acting<'a> {
    /// Name.
    pub by: &'a str,
    /// Account.
    pub account: i64,
    /// Version the page showed.
    pub version: i32,
    /// When.
    pub at: DateTime<Utc>,
    /// What they wrote, sealed with the report's key.
    pub sealed: Option<Vec<u8>>,
    /// Coarse detail without personal data.
    pub detail: Value,
}

/// How an act ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ActDone {
    /// Done now.
    Done,
    /// The page was stale: somebody (perhaps this person, by a double click) acted in between. Nothing was changed.
    Stale {
        /// Kind of the last act.
        last_kind: String,
        /// By whom, as shown.
        last_by: String,
        /// Their account.
        last_account: Option<i64>,
        /// When.
        last_at: DateTime<Utc>,
    },
    /// The ticket's state does not allow it.
    NotAllowed {
        /// The state.
        state: String,
    },
    /// The state would allow it, but not to this person or not now.
    Denied(Denied),
    /// No such ticket for these units.
    NotFound,
}

/// Why an act is not this person's, or not now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denied {
    /// Nobody confirms their own closing.
    Own,
    /// The unit has a leader for that.
    Leader,
    /// The office decides.
    Office,
    /// Another person of the unit can, and has time until the due.
    Unit,
    /// Only who closed it takes it back.
    NotYours,
    /// More than 24 hours ago.
    TooLate,
    /// The other unit has signed.
    TakenOver,
    /// The reporter was called about this closing.
    CalledBack,
}

impl Denied {
    /// The word of texts and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Leader => "leader",
            Self::Office => "office",
            Self::Unit => "unit",
            Self::NotYours => "not-yours",
            Self::TooLate => "too-late",
            Self::TakenOver => "taken-over",
            Self::CalledBack => "called-back",
        }
    }
}

/// A ticket as an act finds it, locked.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct Found {
    pub(super) id: i64,
    pub(super) county: String,
    pub(super) unit: String,
    pub(super) state: String,
    pub(super) version: i32,
    pub(super) report_id: i64,
    pub(super) predecessor: Option<i64>,
    pub(super) outcome: Option<String>,
    pub(super) resolved_at: Option<DateTime<Utc>>,
    pub(super) resolved_by_account: Option<i64>,
    pub(super) close_outcome: Option<String>,
    pub(super) close_requested_at: Option<DateTime<Utc>>,
    pub(super) close_requested_by: Option<String>,
    pub(super) close_requested_account: Option<i64>,
    pub(super) close_by: Option<String>,
    pub(super) transfer_to: Option<String>,
    pub(super) confirm_due: Option<DateTime<Utc>>,
    pub(super) called_back: bool,
}

impl Found {
    /// The same, under another ticket of the report.
    pub(super) fn of(&self, id: i64) -> Self {
        Self { id, ..self.clone() }
    }
}

/// Who acts: a unit's desk under row-level security, or the office.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Desk,
    Office,
}

impl Store {
    /// Does one act of a unit. Twice the same page does it once.
    pub async fn desk_act(
        &self,
        scope: &DeskScope,
        id: i64,
        deed: &TicketDeed,
        acting: &Acting<'_>,
    ) -> Result<ActDone, StoreError> {
        let tx = self.desk(scope).await?;
        act(tx, Side::Desk, None, id, deed, acting).await
    }

    /// Does one act of the office: confirms, approves or refuses a closing that waits for it.
    pub async fn office_act(
        &self,
        county: &str,
        id: i64,
        deed: &TicketDeed,
        acting: &Acting<'_>,
    ) -> Result<ActDone, StoreError> {
        let tx = self.pool.begin().await?;
        act(tx, Side::Office, Some(county), id, deed, acting).await
    }
}

async fn act(
    mut tx: PgTransaction<'_>,
    side: Side,
    county: Option<&str>,
    id: i64,
    deed: &TicketDeed,
    acting: &Acting<'_>,
) -> Result<ActDone, StoreError> {
    sqlx::query("SELECT tickets_lock($1)")
        .bind(id)
        .execute(&mut *tx)
        .await?;
    let found: Option<Found> = sqlx::query_as(
        "SELECT t.id, t.county, t.unit, t.state, t.version, t.report_id, t.predecessor, t.outcome, t.resolved_at, t.resolved_by_account,
                t.close_outcome, t.close_requested_at, t.close_requested_by, t.close_requested_account, t.close_by, t.transfer_to,
                coalesce(t.callback_shut = t.resolved_at, false) AS called_back,
                (SELECT s.due_at FROM stages s WHERE s.ticket_id = t.id AND s.stage = 'confirm' AND s.ended_at IS NULL) AS confirm_due
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
    let Some(before) = TicketState::from_word(&found.state) else {
        return Err(StoreError::Unreadable(format!(
            "ticket {id} has the unknown state {:?}",
            found.state
        )));
    };
    let transfer = found.close_outcome.as_deref() == Some(casework::words::reserved::TRANSFERRED);
    let wrong_way = match deed {
        // What waits as a transfer is approved, anything else confirmed.
        TicketDeed::Confirm(_) => transfer,
        TicketDeed::Approve(_) => !transfer,
        _ => false,
    };
    let after = match before.after(deed.act()) {
        Ok(after) if !wrong_way => after,
        _ => return Ok(ActDone::NotAllowed { state: found.state }),
    };
    if let Some(denied) = wait::denied(&mut tx, side, &found, deed, acting).await? {
        return Ok(ActDone::Denied(denied));
    }
    if !apply(&mut tx, side, &found, after, deed, acting).await? {
        return Ok(ActDone::Denied(Denied::TakenOver));
    }
    sqlx::query("UPDATE tickets SET (next_stage, next_due_at) = (SELECT n.stage, n.due_at FROM ticket_next($1) n) WHERE id = $1")
        .bind(id)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(ActDone::Done)
}

/// Does it; `false` when another unit was faster.
async fn apply(
    tx: &mut PgTransaction<'_>,
    side: Side,
    found: &Found,
    after: TicketState,
    deed: &TicketDeed,
    acting: &Acting<'_>,
) -> Result<bool, StoreError> {
    match deed {
        TicketDeed::Sign => {
            sign(tx, found, acting).await?;
        }
        TicketDeed::Assign { account, name } => {
            sqlx::query("UPDATE tickets SET version = version + 1, assignee = $2, assignee_name = $3 WHERE id = $1")
                .bind(found.id)
                .bind(account)
                .bind(name)
                .execute(&mut **tx)
                .await?;
            told(tx, found, deed.kind(), acting, &acting.detail, acting.sealed.as_deref()).await?;
        }
        TicketDeed::Contact { seen_at } => {
            moved(tx, found, after).await?;
            contact(tx, found, acting, *seen_at, acting.sealed.as_deref()).await?;
        }
        TicketDeed::Evidence => {
            moved(tx, found, after).await?;
            evidence(tx, found, acting, &acting.detail, acting.sealed.as_deref()).await?;
        }
        TicketDeed::Close(closing) => close::close(tx, found, closing, acting).await?,
        TicketDeed::Confirm(oversight) => end::confirm(tx, side, found, oversight.as_deref(), acting).await?,
        TicketDeed::Approve(successor) => wait::approve(tx, found, successor, acting).await?,
        TicketDeed::Refuse => wait::refuse(tx, side, found, acting).await?,
        TicketDeed::TakeBack => return end::take_back(tx, found, acting).await,
    }
    Ok(true)
}

/// A new state and version, nothing else.
async fn moved(tx: &mut PgTransaction<'_>, found: &Found, after: TicketState) -> Result<(), StoreError> {
    sqlx::query("UPDATE tickets SET state = $2, version = version + 1 WHERE id = $1")
        .bind(found.id)
        .bind(after.as_str())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

async fn sign(tx: &mut PgTransaction<'_>, found: &Found, acting: &Acting<'_>) -> Result<(), StoreError> {
    // Whoever signs has it in hand, unless the leader has given it to somebody already.
    sqlx::query(
        "UPDATE tickets SET state = 'signed', version = version + 1, signed_at = $2, signed_by = $3, signed_by_account = $4,
                assignee = coalesce(assignee, $4), assignee_name = coalesce(assignee_name, $3) WHERE id = $1",
    )
    .bind(found.id)
    .bind(acting.at)
    .bind(acting.by)
    .bind(acting.account)
    .execute(&mut **tx)
    .await?;
    stage_end(tx, found.id, "sign", "act", acting.at).await?;
    told(tx, found, "signed", acting, &acting.detail, acting.sealed.as_deref()).await?;
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

/// The child was seen: the first record counts, each leaves an event.
pub(super) async fn contact(
    tx: &mut PgTransaction<'_>,
    found: &Found,
    acting: &Acting<'_>,
    seen_at: DateTime<Utc>,
    sealed: Option<&[u8]>,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE tickets SET contacted_at = $2, contacted_by = $3, contacted_by_account = $4, seen_at = $5 WHERE id = $1 AND contacted_at IS NULL",
    )
    .bind(found.id)
    .bind(acting.at)
    .bind(acting.by)
    .bind(acting.account)
    .bind(seen_at)
    .execute(&mut **tx)
    .await?;
    stage_end(tx, found.id, "contact", "act", acting.at).await?;
    told(tx, found, "contacted", acting, &json!({"seen_at": seen_at}), sealed).await
}

pub(super) async fn evidence(
    tx: &mut PgTransaction<'_>,
    found: &Found,
    acting: &Acting<'_>,
    detail: &Value,
    sealed: Option<&[u8]>,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE tickets SET evidence_at = $2 WHERE id = $1")
        .bind(found.id)
        .bind(acting.at)
        .execute(&mut **tx)
        .await?;
    told(tx, found, "evidence", acting, detail, sealed).await
}

pub(super) async fn stage_end(
    tx: &mut PgTransaction<'_>,
    ticket: i64,
    stage: &str,
    how: &str,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE stages SET ended_at = $3, next_at = NULL, ended_how = $4 WHERE ticket_id = $1 AND stage = $2 AND ended_at IS NULL",
    )
    .bind(ticket)
    .bind(stage)
    .bind(at)
    .bind(how)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Leaves an event. Several of one act carry the same time, in microseconds that keep their order.
pub(super) async fn told(
    tx: &mut PgTransaction<'_>,
    found: &Found,
    kind: &str,
    acting: &Acting<'_>,
    detail: &Value,
    sealed: Option<&[u8]>,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO events (at, report_id, ticket_id, kind, actor, account_id, detail, sealed)
         SELECT $1 + count(*) * interval '1 microsecond', $2, $3, $4, $5, $6, $7, $8 FROM events e
         WHERE e.report_id = $2 AND e.ticket_id = $3 AND e.at >= $1 AND e.at < $1 + interval '1 millisecond'",
    )
    .bind(acting.at)
    .bind(found.report_id)
    .bind(found.id)
    .bind(kind)
    .bind(acting.by)
    .bind(acting.account)
    .bind(detail)
    .bind(sealed)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn stale(tx: &mut PgTransaction<'_>, id: i64, now: DateTime<Utc>) -> Result<ActDone, StoreError> {
    let last: Option<(String, String, Option<i64>, DateTime<Utc>)> = sqlx::query_as(
        "SELECT kind, person_shown(account_id, actor), account_id, at FROM events WHERE ticket_id = $1 ORDER BY at DESC LIMIT 1",
    )
    .bind(id)
    .fetch_optional(&mut **tx)
    .await?;
    let (last_kind, last_by, last_account, last_at) = last.unwrap_or_else(|| ("changed".into(), "–".into(), None, now));
    Ok(ActDone::Stale {
        last_kind,
        last_by,
        last_account,
        last_at,
    })
}

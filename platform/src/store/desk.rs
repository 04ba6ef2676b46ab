//! The desk: what a unit sees and does. Every query runs in a transaction that names the units, and row-level security does
//! the rest; a query that forgets a condition shows nothing of another unit.

use casework::lifecycle::{TicketAct, TicketState};
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{PgTransaction, types::Json};

use super::{Store, StoreError};

/// The units a person acts for, as the database is told.
#[derive(Clone, Debug)]
pub struct DeskScope(String);

impl DeskScope {
    /// From unit codes of the pack (which hold no comma).
    pub fn new<'a>(units: impl IntoIterator<Item = &'a str>) -> Self {
        Self(
            units
                .into_iter()
                .filter(|unit| !unit.contains(','))
                .collect::<Vec<_>>()
                .join(","),
        )
    }
}

/// One line of the queue.
#[derive(Clone, Debug, sqlx::FromRow, serde::Serialize)]
pub struct QueueLine {
    /// Ticket id.
    pub id: i64,
    /// Its report.
    pub report_id: i64,
    /// Unit that holds it.
    pub unit: String,
    /// Obligation code.
    pub obligation: String,
    /// Lead or assist.
    pub lead: bool,
    /// `P1` …
    pub urgency: String,
    /// State.
    pub state: String,
    /// First stage not ended.
    pub next_stage: Option<String>,
    /// Its due time; none while its start event has not happened.
    pub next_due_at: Option<DateTime<Utc>>,
    /// Person it is assigned to.
    pub assignee_name: Option<String>,
    /// That person is disabled or no longer of the unit: it must be assigned again.
    pub assignee_gone: bool,
    /// When it was dispatched.
    pub dispatched_at: DateTime<Utc>,
    /// Area code of the report.
    pub area: Option<String>,
    /// Present danger.
    pub present_danger: bool,
    /// A drill.
    pub drill: bool,
    /// Routing facts, for the pages.
    #[serde(skip)]
    pub facts: Value,
}

/// A ticket with all that its page shows; sealed parts are opened by the caller.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct DeskTicket {
    /// Ticket id.
    pub id: i64,
    /// Optimistic lock.
    pub version: i32,
    /// Its report.
    pub report_id: i64,
    /// Unit that holds it.
    pub unit: String,
    /// Obligation code.
    pub obligation: String,
    /// Lead or assist.
    pub lead: bool,
    /// `P1` …
    pub urgency: String,
    /// State.
    pub state: String,
    /// Evidence kind asked.
    pub evidence: Option<String>,
    /// When evidence was recorded.
    pub evidence_at: Option<DateTime<Utc>>,
    /// Bases of the obligation.
    pub basis: Json<Vec<casework::routing::Basis>>,
    /// When it was dispatched.
    pub dispatched_at: DateTime<Utc>,
    /// When and by whom it was signed.
    pub signed_at: Option<DateTime<Utc>>,
    /// By whom.
    pub signed_by: Option<String>,
    /// Assigned account.
    pub assignee: Option<i64>,
    /// And its name.
    pub assignee_name: Option<String>,
    /// That person is disabled or no longer of the unit: it must be assigned again.
    pub assignee_gone: bool,
    /// When the child was seen.
    pub contacted_at: Option<DateTime<Utc>>,
    /// When it was resolved.
    pub resolved_at: Option<DateTime<Utc>>,
    /// By whom.
    pub resolved_by: Option<String>,
    /// Outcome code.
    pub outcome: Option<String>,
    /// First stage not ended.
    pub next_stage: Option<String>,
    /// Its due time.
    pub next_due_at: Option<DateTime<Utc>>,
    /// When the report was accepted.
    pub received_at: DateTime<Utc>,
    /// A drill.
    pub drill: bool,
    /// Routing facts.
    pub facts: Value,
    /// Wrapped data key.
    pub data_key: Vec<u8>,
    /// Sealed matter.
    pub matter: Vec<u8>,
    /// Sealed reporter.
    pub reporter: Option<Vec<u8>>,
    /// Stages with steps.
    pub stages: Json<Vec<DeskStage>>,
    /// Timeline of acts, the oldest first.
    pub events: Json<Vec<DeskEvent>>,
    /// Other units of the case.
    pub others: Json<Vec<OtherTicket>>,
    /// What it was made from, for [`crate::why::Why`].
    pub made: Option<Value>,
}

/// A stage on the ticket page.
#[derive(Clone, Debug, serde::Deserialize, serde::Serialize)]
pub struct DeskStage {
    /// `sign`, `contact`, `resolve`.
    pub stage: String,
    /// Due time.
    pub due_at: Option<DateTime<Utc>>,
    /// `30min` …
    pub time_limit: String,
    /// Event that starts it.
    pub start_event: String,
    /// Basis.
    pub basis: String,
    /// Grade of the basis.
    pub grade: String,
    /// Depends on an unpublished calendar.
    pub provisional: bool,
    /// How it was computed.
    pub derivation: Vec<String>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// Highest level sent.
    pub level: Option<i16>,
}

/// An act on the timeline.
#[derive(Clone, Debug, serde::Deserialize, serde::Serialize)]
pub struct DeskEvent {
    /// When.
    pub at: DateTime<Utc>,
    /// `signed`, `assigned`, `contacted`, `evidence`, `resolved`, `identity-opened` …
    pub kind: String,
    /// Who.
    pub actor: String,
    /// Coarse detail without personal data.
    pub detail: Value,
    /// Hex of what was written, sealed with the report's key.
    pub sealed: Option<String>,
}

/// Another unit's ticket of the same case.
#[derive(Clone, Debug, serde::Deserialize, serde::Serialize)]
pub struct OtherTicket {
    /// Unit code.
    pub unit: String,
    /// Unit's name.
    pub unit_name: String,
    /// Obligation.
    pub obligation: String,
    /// Leads.
    pub lead: bool,
    /// State.
    pub state: String,
    /// Its next due time.
    pub next_due_at: Option<DateTime<Utc>>,
}

/// An act on a ticket.
#[derive(Clone, Debug)]
pub enum DeskAct {
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
    /// 办结
    Resolve {
        /// Outcome code of the pack.
        outcome: String,
    },
    /// The reporter's identity was opened, with a reason.
    OpenIdentity,
}

impl DeskAct {
    /// The kind of the event it leaves.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Sign => "signed",
            Self::Assign { .. } => "assigned",
            Self::Contact { .. } => "contacted",
            Self::Evidence => "evidence",
            Self::Resolve { .. } => "resolved",
            Self::OpenIdentity => "identity-opened",
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
    /// No such ticket for these units.
    NotFound,
}

impl Store {
    /// The queue of these units: open tickets by next due, `limit` of them after `offset`, and how many there are in all.
    pub async fn desk_queue(
        &self,
        scope: &DeskScope,
        county: &str,
        offset: i64,
        limit: i64,
    ) -> Result<(Vec<QueueLine>, i64), StoreError> {
        let mut tx = self.desk(scope).await?;
        let lines = sqlx::query_as(include_str!("desk_queue.sql"))
            .bind(county)
            .bind(offset)
            .bind(limit)
            .fetch_all(&mut *tx)
            .await?;
        let open = sqlx::query_scalar(
            "SELECT count(*) FROM (SELECT FROM tickets WHERE county = $1
                AND unit = ANY ((SELECT desk_units())::text[])
                AND state IN ('dispatched', 'signed', 'in-progress', 'close-requested', 'transferring', 'return-requested', 'reopened') LIMIT 1000) few",
        )
        .bind(county)
        .fetch_one(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok((lines, open))
    }

    /// One ticket, if it is of these units.
    pub async fn desk_ticket(&self, scope: &DeskScope, id: i64) -> Result<Option<DeskTicket>, StoreError> {
        let mut tx = self.desk(scope).await?;
        let ticket = sqlx::query_as(include_str!("desk_ticket.sql"))
            .bind(id)
            .fetch_optional(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(ticket)
    }

    /// People of a unit to whom a ticket can be assigned: account, name.
    pub async fn desk_people(
        &self,
        county: &str,
        unit: &str,
    ) -> Result<Vec<(i64, String, Option<String>)>, StoreError> {
        let rows = sqlx::query_as(
            "SELECT DISTINCT a.id, a.name, a.phone FROM memberships m JOIN accounts a ON a.id = m.account_id
             WHERE m.county = $1 AND m.unit = $2 AND m.ended_at IS NULL AND m.role IN ('member', 'leader') AND a.disabled_at IS NULL
             ORDER BY a.name",
        )
        .bind(county)
        .bind(unit)
        .fetch_all(&self.pool)
        .await?;
        Ok(rows)
    }

    /// Does one act, in one transaction: ticket, stages, event. Twice the same page does it once.
    pub async fn desk_act(
        &self,
        scope: &DeskScope,
        id: i64,
        act: &DeskAct,
        acting: &Acting<'_>,
    ) -> Result<ActDone, StoreError> {
        let mut tx = self.desk(scope).await?;
        let row: Option<(String, i32, i64)> =
            sqlx::query_as("SELECT state, version, report_id FROM tickets WHERE id = $1 FOR UPDATE")
                .bind(id)
                .fetch_optional(&mut *tx)
                .await?;
        let Some((state, version, report_id)) = row else {
            return Ok(ActDone::NotFound);
        };
        if version != acting.version {
            return stale(&mut tx, id, acting.at).await;
        }
        let Some(before) = TicketState::from_word(&state) else {
            return Err(StoreError::Unreadable(format!(
                "ticket {id} has the unknown state {state:?}"
            )));
        };
        let Some(after) = next_state(before, act) else {
            return Ok(ActDone::NotAllowed { state });
        };
        apply(&mut tx, id, after, act, acting).await?;
        sqlx::query("INSERT INTO events (at, report_id, ticket_id, kind, actor, account_id, detail, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)")
            .bind(acting.at)
            .bind(report_id)
            .bind(id)
            .bind(act.kind())
            .bind(acting.by)
            .bind(acting.account)
            .bind(&acting.detail)
            .bind(&acting.sealed)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(ActDone::Done)
    }

    /// A transaction that acts for these units.
    pub(super) async fn desk(&self, scope: &DeskScope) -> Result<PgTransaction<'_>, StoreError> {
        let mut tx = self.pool.begin().await?;
        sqlx::query("SELECT set_config('shouwang.units', $1, true)")
            .bind(&scope.0)
            .execute(&mut *tx)
            .await?;
        Ok(tx)
    }
}

/// The state after an act; `None` when the state does not allow it.
fn next_state(before: TicketState, act: &DeskAct) -> Option<TicketState> {
    let act = match act {
        DeskAct::Sign => TicketAct::Sign,
        DeskAct::Assign { .. } => TicketAct::Assign,
        DeskAct::Contact { .. } => TicketAct::Contact,
        DeskAct::Evidence => TicketAct::Evidence,
        DeskAct::Resolve { .. } => TicketAct::Close,
        DeskAct::OpenIdentity => TicketAct::OpenIdentity,
    };
    before.after(act).ok()
}

async fn apply(
    tx: &mut PgTransaction<'_>,
    id: i64,
    after: TicketState,
    act: &DeskAct,
    acting: &Acting<'_>,
) -> Result<(), StoreError> {
    let ends: &[&str] = match act {
        DeskAct::Sign => &["sign"],
        DeskAct::Contact { .. } => &["contact"],
        DeskAct::Resolve { .. } => &["sign", "contact", "resolve"],
        _ => &[],
    };
    sqlx::query(
        "UPDATE stages SET ended_at = $3, next_at = NULL, ended_how = CASE WHEN $4 AND stage = 'contact' THEN 'closed' ELSE 'act' END
         WHERE ticket_id = $1 AND stage = ANY($2) AND ended_at IS NULL",
    )
    .bind(id)
    .bind(ends)
    .bind(acting.at)
    .bind(matches!(act, DeskAct::Resolve { .. }))
    .execute(&mut **tx)
    .await?;
    let (assignee, assignee_name) = match act {
        DeskAct::Assign { account, name } => (Some(*account), Some(name.as_str())),
        // Who signs has it in hand until it is assigned.
        DeskAct::Sign => (Some(acting.account), Some(acting.by)),
        _ => (None, None),
    };
    let outcome = match act {
        DeskAct::Resolve { outcome } => Some(outcome.as_str()),
        _ => None,
    };
    sqlx::query(include_str!("desk_act.sql"))
        .bind(id)
        .bind(after.as_str())
        .bind(matches!(act, DeskAct::Sign))
        .bind(match act {
            DeskAct::Contact { seen_at } => Some(*seen_at),
            _ => None,
        })
        .bind(matches!(act, DeskAct::Evidence))
        .bind(outcome)
        .bind(assignee)
        .bind(assignee_name)
        .bind(acting.by)
        .bind(acting.at)
        .bind(acting.account)
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

//! 待人工研判: a named human settles what no rule could.

use casework::{
    routing::{Decision, PlannedTicket},
    ticket::{TicketAct, TicketState},
    words::Stage,
};
use chrono::{DateTime, Utc};
use sqlx::PgTransaction;

use crate::store::{
    AccountId, CaseId, Detail, EventKind, Office, ReportId, ReportToRoute, SeesCounty, Store, StoreError, TicketId,
    event_detail::{ByMachine, Settled},
    routing::decision::{Pinned, decision_insert, tickets_insert},
};

/// Why a triage can't be settled.
#[derive(Debug, thiserror::Error)]
pub enum TriageError {
    /// The report has no open triage ticket.
    #[error("this report has no open triage ticket")]
    NoTriage,
    /// Somebody else has it in hand; nothing was changed.
    #[error("{by} took this triage in hand already")]
    Taken {
        /// Who.
        by: String,
        /// Their account.
        account: Option<AccountId>,
        /// When.
        at: DateTime<Utc>,
    },
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for TriageError {
    fn from(e: sqlx::Error) -> Self {
        Self::Store(e.into())
    }
}

/// What settling did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TriageSettled {
    /// New tickets.
    pub tickets: usize,
    /// The triage ticket is closed; otherwise the reasons for it still hold.
    pub closed: bool,
}

/// A human and why they act; both are kept.
#[derive(Clone, Copy, Debug)]
pub struct Act<'a> {
    /// Name of the person.
    pub by: &'a str,
    /// Their account; `None` from the command line.
    pub account: Option<AccountId>,
    /// From the command line: the user of the machine, because no account stands behind the name.
    pub os_user: Option<&'a str>,
    /// Their reason.
    pub reason: &'a str,
    /// When.
    pub at: DateTime<Utc>,
}

/// Where the triage of a report stands: open, or who settled it when.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct TriageState {
    /// Who has it in hand, as shown.
    pub signed_by: Option<String>,
    /// Their account.
    pub signed_by_account: Option<AccountId>,
    /// Since when.
    pub signed_at: Option<DateTime<Utc>>,
    /// Who settled it, as shown.
    pub resolved_by: Option<String>,
    /// Their account.
    pub resolved_by_account: Option<AccountId>,
    /// When.
    pub resolved_at: Option<DateTime<Utc>>,
}

impl<L: SeesCounty> Store<L> {
    /// The latest triage ticket of a report; `None` when it never had one.
    pub async fn triage_state(&self, report_id: ReportId) -> Result<Option<TriageState>, StoreError> {
        let row = sqlx::query_as(
            "SELECT person_shown(signed_by_account, signed_by) AS signed_by, signed_by_account, signed_at,
                    person_shown(resolved_by_account, resolved_by) AS resolved_by, resolved_by_account, resolved_at FROM tickets
             WHERE report_id = $1 AND obligation = 'triage' ORDER BY (resolved_at IS NULL) DESC, id DESC LIMIT 1",
        )
        .bind(report_id)
        .fetch_optional(&self.pool)
        .await?;
        Ok(row)
    }
}

impl Store<Office> {
    /// A named person takes the triage in hand: it is signed, and its signing clock stops.
    pub async fn triage_take(&self, report_id: ReportId, act: Act<'_>) -> Result<TriageSettled, TriageError> {
        let mut tx = self.pool.begin().await?;
        let triage = open_triage(&mut tx, report_id).await?;
        let Ok(signed) = triage.state.after(TicketAct::Sign) else {
            let (by, account, at) = sqlx::query_as(
                "SELECT person_shown(signed_by_account, signed_by), signed_by_account, signed_at FROM tickets WHERE id = $1",
            )
            .bind(triage.id)
            .fetch_one(&mut *tx)
            .await?;
            return Err(TriageError::Taken { by, account, at });
        };
        sqlx::query(
            "UPDATE tickets SET state = $5, signed_at = $2, signed_by = $3, signed_by_account = $4, version = version + 1
             WHERE id = $1",
        )
        .bind(triage.id)
        .bind(act.at)
        .bind(act.by)
        .bind(act.account)
        .bind(signed.as_str())
        .execute(&mut *tx)
        .await?;
        stages_end(&mut tx, triage.id, &[Stage::Sign], act.at).await?;
        event(&mut tx, &triage, EventKind::TriageTaken, act, Detail::default()).await?;
        tx.commit().await?;
        Ok(TriageSettled {
            tickets: 0,
            closed: false,
        })
    }

    /// Dispatches tickets that a person chose, and closes the triage.
    pub async fn triage_assign(
        &self,
        report: &ReportToRoute,
        chosen: &Decision,
        pinned: Pinned<'_>,
        act: Act<'_>,
    ) -> Result<TriageSettled, TriageError> {
        self.triage_settle(report, chosen.clone(), pinned, act, EventKind::TriageAssigned)
            .await
    }

    /// Records a new decision of the rules, dispatches what is new in it, and closes the triage unless it asks for one again.
    pub async fn triage_reroute(
        &self,
        report: &ReportToRoute,
        decision: &Decision,
        pinned: Pinned<'_>,
        act: Act<'_>,
    ) -> Result<TriageSettled, TriageError> {
        self.triage_settle(report, decision.clone(), pinned, act, EventKind::TriageRerouted)
            .await
    }

    async fn triage_settle(
        &self,
        report: &ReportToRoute,
        mut decision: Decision,
        pinned: Pinned<'_>,
        act: Act<'_>,
        kind: EventKind,
    ) -> Result<TriageSettled, TriageError> {
        let mut tx = self.pool.begin().await?;
        let triage = open_triage(&mut tx, report.id).await?;
        if kind == EventKind::TriageAssigned && !triage.lead {
            // Another ticket leads already, such as the police's; a chosen one joins it.
            decision.tickets.iter_mut().for_each(|ticket| ticket.lead = false);
        }
        let round: i16 = sqlx::query_scalar("SELECT (max(round) + 1)::smallint FROM decisions WHERE report_id = $1")
            .bind(report.id)
            .fetch_one(&mut *tx)
            .await?;
        decision_insert(&mut tx, report.id, round, &decision, pinned).await?;
        sqlx::query("UPDATE decisions SET decided_account = $3 WHERE report_id = $1 AND round = $2")
            .bind(report.id)
            .bind(round)
            .bind(act.account)
            .execute(&mut *tx)
            .await?;
        let tickets = tickets_insert(&mut tx, report, triage.case_id, &decision, pinned).await?;
        let closed = decision.triage_reasons.is_empty();
        if closed {
            resolve(&mut tx, &triage, act).await?;
            stages_end(&mut tx, triage.id, Stage::ALL, act.at).await?;
            lead_move(&mut tx, report.id, decision.tickets.iter().find(|t| t.lead)).await?;
        }
        event(
            &mut tx,
            &triage,
            kind,
            act,
            Detail::of(&Settled { tickets, closed, round }),
        )
        .await?;
        tx.commit().await?;
        Ok(TriageSettled { tickets, closed })
    }
}

/// The report's open triage ticket, locked against a second hand.
#[derive(sqlx::FromRow)]
struct Open {
    id: TicketId,
    report_id: ReportId,
    case_id: CaseId,
    lead: bool,
    #[sqlx(try_from = "String")]
    state: TicketState,
}

async fn open_triage(tx: &mut PgTransaction<'_>, report_id: ReportId) -> Result<Open, TriageError> {
    sqlx::query_as(
        "SELECT id, report_id, case_id, lead, state FROM tickets WHERE report_id = $1 AND obligation = 'triage' AND resolved_at IS NULL ORDER BY id FOR UPDATE",
    )
    .bind(report_id)
    .fetch_optional(&mut **tx)
    .await?
    .ok_or(TriageError::NoTriage)
}

/// Signs it in the name of whoever acts; it is one act with what follows, so the version rises there.
async fn sign(tx: &mut PgTransaction<'_>, id: TicketId, signed: TicketState, act: Act<'_>) -> Result<(), StoreError> {
    sqlx::query("UPDATE tickets SET state = $5, signed_at = $2, signed_by = $3, signed_by_account = $4 WHERE id = $1")
        .bind(id)
        .bind(act.at)
        .bind(act.by)
        .bind(act.account)
        .bind(signed.as_str())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Closes it. Whoever settles what nobody has in hand takes it at the same moment.
async fn resolve(tx: &mut PgTransaction<'_>, triage: &Open, act: Act<'_>) -> Result<(), TriageError> {
    let mut state = triage.state;
    if let Ok(signed) = state.after(TicketAct::Sign) {
        sign(tx, triage.id, signed, act).await?;
        state = signed;
    }
    let resolved = state.after(TicketAct::Close).map_err(|_| TriageError::NoTriage)?;
    sqlx::query(
        "UPDATE tickets SET state = $5, resolved_at = $2, resolved_by = $3, resolved_by_account = $4, version = version + 1
         WHERE id = $1",
    )
    .bind(triage.id)
    .bind(act.at)
    .bind(act.by)
    .bind(act.account)
    .bind(resolved.as_str())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn stages_end(
    tx: &mut PgTransaction<'_>,
    ticket: TicketId,
    stages: &[Stage],
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE stages SET ended_at = $3, next_at = NULL, ended_how = CASE stage WHEN 'contact' THEN 'closed' ELSE 'act' END
         WHERE ticket_id = $1 AND stage = ANY($2) AND ended_at IS NULL",
    )
    .bind(ticket)
    .bind(stages.iter().map(|stage| stage.as_str()).collect::<Vec<_>>())
    .bind(at)
    .execute(&mut **tx)
    .await?;
    // The order of the desk and of the board follows the first stage that is not ended.
    sqlx::query(
        "UPDATE tickets SET (next_stage, next_due_at) = (SELECT n.stage, n.due_at FROM ticket_next($1) n) WHERE id = $1",
    )
    .bind(ticket)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A report has exactly one lead ticket: the one that the last settling decision names, or the one there was.
async fn lead_move(
    tx: &mut PgTransaction<'_>,
    report_id: ReportId,
    lead: Option<&PlannedTicket>,
) -> Result<(), StoreError> {
    if let Some(lead) = lead {
        sqlx::query(
            // Where the ticket was transferred, the one that took it over leads.
            "WITH RECURSIVE chain AS (
                 SELECT id, 0 AS step FROM tickets WHERE report_id = $1 AND obligation = $2 AND unit = $3 AND predecessor IS NULL
                 UNION ALL
                 SELECT s.id, c.step + 1 FROM chain c JOIN tickets s ON s.predecessor = c.id
                     AND (s.state <> 'returned' OR EXISTS (SELECT FROM tickets n WHERE n.predecessor = s.id))
             )
             UPDATE tickets SET lead = (id = (SELECT id FROM chain ORDER BY step DESC LIMIT 1)) WHERE report_id = $1",
        )
        .bind(report_id)
        .bind(&lead.obligation)
        .bind(&lead.unit)
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

async fn event(
    tx: &mut PgTransaction<'_>,
    triage: &Open,
    kind: EventKind,
    act: Act<'_>,
    mut detail: Detail,
) -> Result<(), StoreError> {
    if let Some(user) = act.os_user {
        detail = detail.and(&ByMachine {
            os_user: user.to_owned(),
        });
    }
    sqlx::query(
        "INSERT INTO events (at, report_id, ticket_id, kind, actor, account_id, reason, detail) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(act.at)
    .bind(triage.report_id)
    .bind(triage.id)
    .bind(kind.as_str())
    .bind(act.by)
    .bind(act.account)
    .bind(act.reason)
    .bind(detail)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

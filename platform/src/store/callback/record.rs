//! Recording a call and deciding on 不满意: one transaction each, with the report's tickets locked.

use casework::{
    callback::{CallResult, FollowUp, again},
    pack::Pack,
    ticket::{TicketAct, TicketState},
};
use chrono::{DateTime, Utc};
use sqlx::PgTransaction;

use super::cases::{CallbackTry, TRY, tries};
use crate::store::tickets::reopen::{self, Reopen};
use crate::store::{
    By, Detail, EventKind, Office, ReportId, Store, StoreError, TicketId, Word,
    event_detail::{CallbackDecided, CalledBack},
};

/// What the caller chose to follow 不满意.
#[derive(Clone, Debug)]
pub enum FollowUpAsked {
    /// These tickets are reopened at once.
    Reopen(Vec<TicketId>),
    /// Nothing is to be reopened, for a sealed reason; a second person decides.
    Keep(Vec<u8>),
}

/// A call to be recorded.
#[derive(Clone, Debug)]
pub struct CallbackNew<'a> {
    /// County.
    pub county: &'a str,
    /// Report.
    pub report_id: ReportId,
    /// Number of the call that the page was made for; `None`: the one that is due.
    pub attempt: Option<i16>,
    /// How it ended.
    pub result: CallResult,
    /// What follows, exactly with 不满意.
    pub follow_up: Option<FollowUpAsked>,
    /// Who called.
    pub by: By<'a>,
    /// Sealed note.
    pub note: Option<Vec<u8>>,
    /// When.
    pub at: DateTime<Utc>,
}

/// How recording ended.
#[derive(Clone, Debug)]
pub enum CallbackRecorded {
    /// Recorded, as this call.
    Now(Box<CallbackTry>),
    /// Somebody (perhaps this person, by a double click) recorded a call before: this one. Nothing was stored.
    Before(Box<CallbackTry>),
    /// Some ticket is open, or there is no such report. Nothing was stored.
    NotDue,
    /// A ticket that was named is not of this report or can't be reopened. Nothing was stored.
    NotReopenable,
}

/// A decision on 不满意.
#[derive(Clone, Debug)]
pub struct CallbackDecision<'a> {
    /// County.
    pub county: &'a str,
    /// Report.
    pub report_id: ReportId,
    /// Number of the call.
    pub attempt: i16,
    /// Tickets to reopen; none: nothing is reopened.
    pub reopen: Vec<TicketId>,
    /// Who decides.
    pub by: By<'a>,
    /// When.
    pub at: DateTime<Utc>,
}

/// How deciding ended.
#[derive(Clone, Debug)]
pub enum Decided {
    /// Decided.
    Now,
    /// It was decided before. Nothing was changed.
    Before(Box<CallbackTry>),
    /// Who called can't agree with themself. Nothing was changed.
    SamePerson,
    /// No such call waits for a decision.
    NotFound,
    /// A ticket that was named can't be reopened. Nothing was changed.
    NotReopenable,
}

struct Locked {
    id: TicketId,
    state: TicketState,
    shut: bool,
}

impl Store<Office> {
    /// Records a call, and what follows from it at once.
    pub async fn callback_record(&self, new: &CallbackNew<'_>, pack: &Pack) -> Result<CallbackRecorded, StoreError> {
        let mut tx = self.pool.begin().await?;
        let tickets = lock(&mut tx, new.county, new.report_id).await?;
        let calls = calls(&mut tx, new.report_id).await?;
        let last = calls.last();
        if tickets.is_empty() || tickets.iter().any(|t| !t.state.is_resolved()) {
            return Ok(CallbackRecorded::NotDue);
        }
        if let Some(last) = last
            && (new.attempt.is_some_and(|asked| asked != last.attempt + 1) || !follows(last, &tickets, new))
        {
            return Ok(CallbackRecorded::Before(Box::new(last.clone())));
        }
        if last.is_none() && !tickets.iter().any(|t| t.state == TicketState::Resolved) {
            return Ok(CallbackRecorded::NotDue);
        }
        let attempt = last.map_or(1, |last| last.attempt + 1);
        let (round, nth) = place(&calls, new.result);
        if let Err(e) = insert(&mut tx, new, attempt, round, nth).await {
            // The second of two at the same instant: the constraints refused it.
            let taken = matches!(&e, sqlx::Error::Database(e) if e.is_unique_violation());
            tx.rollback().await?;
            let last = tries(&self.pool, new.report_id).await?.pop().filter(|_| taken);
            return last.map_or(Err(e.into()), |last| Ok(CallbackRecorded::Before(Box::new(last))));
        }
        let ends = match new.result {
            CallResult::Satisfied | CallResult::Anonymous => true,
            CallResult::Unreachable => nth.and_then(|nth| again(nth, new.at)).is_none(),
            CallResult::Dissatisfied => false,
        };
        if ends {
            confirm(&mut tx, &tickets).await?;
        }
        let detail = Detail::of(&CalledBack {
            result: new.result,
            attempt,
            nth,
            ends,
        });
        event(&mut tx, new.report_id, (EventKind::CalledBack, &detail), new.by, new.at).await?;
        let possible = match &new.follow_up {
            Some(FollowUpAsked::Reopen(ids)) => {
                let reopen = Reopen {
                    county: new.county,
                    report_id: new.report_id,
                    tickets: ids,
                    by: new.by,
                    at: new.at,
                };
                reopen::tickets(&mut tx, &reopen, pack).await?
            }
            Some(FollowUpAsked::Keep(_)) => {
                shut(&mut tx, new.report_id).await?;
                true
            }
            None => true,
        };
        if !possible {
            tx.rollback().await?;
            return Ok(CallbackRecorded::NotReopenable);
        }
        let kept = self::calls(&mut tx, new.report_id).await?.pop();
        tx.commit().await?;
        let kept = kept.ok_or(sqlx::Error::RowNotFound)?;
        Ok(CallbackRecorded::Now(Box::new(kept)))
    }

    /// A person of the office decides on 不满意: agrees that nothing is reopened, or reopens tickets.
    pub async fn callback_decide(&self, new: &CallbackDecision<'_>, pack: &Pack) -> Result<Decided, StoreError> {
        let mut tx = self.pool.begin().await?;
        let tickets = lock(&mut tx, new.county, new.report_id).await?;
        let calls = calls(&mut tx, new.report_id).await?;
        let Some(call) = calls.iter().find(|c| c.attempt == new.attempt && c.proposal.is_some()) else {
            return Ok(Decided::NotFound);
        };
        if tickets.is_empty() {
            return Ok(Decided::NotFound);
        }
        if !call.is_undecided() {
            return Ok(Decided::Before(Box::new(call.clone())));
        }
        let decision = if new.reopen.is_empty() {
            FollowUp::Keep
        } else {
            FollowUp::Reopen
        };
        if decision == FollowUp::Keep && call.by_account == Some(new.by.account) {
            return Ok(Decided::SamePerson);
        }
        sqlx::query(
            "UPDATE callbacks SET decision = $3, decided_at = $4, decided_by = $5, decided_account = $6 WHERE report_id = $1 AND attempt = $2",
        )
        .bind(new.report_id)
        .bind(new.attempt)
        .bind(decision.as_str())
        .bind(new.at)
        .bind(new.by.name)
        .bind(new.by.account)
        .execute(&mut *tx)
        .await?;
        let detail = Detail::of(&CallbackDecided {
            attempt: new.attempt,
            decision,
        });
        event(
            &mut tx,
            new.report_id,
            (EventKind::CallbackDecided, &detail),
            new.by,
            new.at,
        )
        .await?;
        let reopen = Reopen {
            county: new.county,
            report_id: new.report_id,
            tickets: &new.reopen,
            by: new.by,
            at: new.at,
        };
        if decision == FollowUp::Reopen && !reopen::tickets(&mut tx, &reopen, pack).await? {
            tx.rollback().await?;
            return Ok(Decided::NotReopenable);
        }
        tx.commit().await?;
        Ok(Decided::Now)
    }
}

/// Whether another call may be recorded after the last one, all tickets being closed.
fn follows(last: &CallbackTry, tickets: &[Locked], new: &CallbackNew<'_>) -> bool {
    if last.is_undecided() {
        return false;
    }
    let waiting = tickets.iter().any(|t| t.state == TicketState::Resolved && !t.shut);
    let put_off = last.retry_at.is_some_and(|retry| retry > new.at);
    match new.result {
        // A reporter who is unhappy later on is heard later on, by somebody who saw what was recorded before.
        CallResult::Dissatisfied => waiting && !put_off || new.attempt.is_some(),
        // Who was not reached may phone by themself.
        CallResult::Satisfied | CallResult::Anonymous => waiting && (!put_off || new.attempt.is_some()),
        CallResult::Unreachable => waiting && !put_off,
    }
}

/// Round of the next call, and which of its tries it is.
fn place(calls: &[CallbackTry], result: CallResult) -> (i16, Option<i16>) {
    let count = |n: usize| i16::try_from(n).unwrap_or(i16::MAX);
    let reopened = calls.iter().filter(|c| c.decision == Some(Word(FollowUp::Reopen)));
    let round = count(1 + reopened.count());
    let tries = calls.iter().filter(|c| c.round == round && c.nth.is_some()).count();
    (round, (result == CallResult::Unreachable).then(|| count(1 + tries)))
}

async fn lock(tx: &mut PgTransaction<'_>, county: &str, report_id: ReportId) -> Result<Vec<Locked>, StoreError> {
    let rows: Vec<(TicketId, Word<TicketState>, bool)> = sqlx::query_as(
        "SELECT id, state, coalesce(callback_shut = resolved_at, false) FROM tickets
         WHERE county = $1 AND report_id = $2 AND state NOT IN ('returned', 'waived') ORDER BY id FOR UPDATE",
    )
    .bind(county)
    .bind(report_id)
    .fetch_all(&mut **tx)
    .await?;
    let locked = |(id, Word(state), shut)| Locked { id, state, shut };
    Ok(rows.into_iter().map(locked).collect())
}

async fn calls(tx: &mut PgTransaction<'_>, report_id: ReportId) -> Result<Vec<CallbackTry>, StoreError> {
    let sql = format!("SELECT {TRY} FROM callbacks c WHERE c.report_id = $1 ORDER BY c.attempt");
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(report_id)
        .fetch_all(&mut **tx)
        .await?)
}

async fn insert(
    tx: &mut PgTransaction<'_>,
    new: &CallbackNew<'_>,
    attempt: i16,
    round: i16,
    nth: Option<i16>,
) -> Result<(), sqlx::Error> {
    let (proposal, reason, at_once) = match &new.follow_up {
        Some(FollowUpAsked::Reopen(_)) => (Some(FollowUp::Reopen), None, true),
        Some(FollowUpAsked::Keep(reason)) => (Some(FollowUp::Keep), Some(reason), false),
        None => (None, None, false),
    };
    sqlx::query(
        "INSERT INTO callbacks (report_id, attempt, round, try, result, at, by_name, by_account, sealed, retry_at, proposal, reason,
                                decision, decided_at, decided_by, decided_account)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
    )
    .bind(new.report_id)
    .bind(attempt)
    .bind(round)
    .bind(nth)
    .bind(new.result.as_str())
    .bind(new.at)
    .bind(new.by.name)
    .bind(new.by.account)
    .bind(&new.note)
    .bind(nth.and_then(|nth| again(nth, new.at)))
    .bind(proposal.map(FollowUp::as_str))
    .bind(reason)
    .bind(at_once.then_some(FollowUp::Reopen.as_str()))
    .bind(at_once.then_some(new.at))
    .bind(at_once.then_some(new.by.name))
    .bind(at_once.then_some(new.by.account))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// 已回访: the reporter is content, anonymous, or was called three times.
async fn confirm(tx: &mut PgTransaction<'_>, tickets: &[Locked]) -> Result<(), StoreError> {
    for ticket in tickets {
        let Ok(after) = ticket.state.after(TicketAct::CallBack) else {
            continue;
        };
        sqlx::query("UPDATE tickets SET state = $2, version = version + 1 WHERE id = $1")
            .bind(ticket.id)
            .bind(after.as_str())
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

/// The reporter was called about these closings: no further call, and no 已回访 either.
async fn shut(tx: &mut PgTransaction<'_>, report_id: ReportId) -> Result<(), StoreError> {
    sqlx::query("UPDATE tickets SET callback_shut = resolved_at WHERE report_id = $1 AND state = 'resolved'")
        .bind(report_id)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

async fn event(
    tx: &mut PgTransaction<'_>,
    report_id: ReportId,
    (kind, detail): (EventKind, &Detail),
    by: By<'_>,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO events (at, report_id, kind, actor, account_id, detail) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(at)
        .bind(report_id)
        .bind(kind.as_str())
        .bind(by.name)
        .bind(by.account)
        .bind(detail)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

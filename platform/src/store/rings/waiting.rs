//! Reports that wait for a person already: with those of a turn they decide whether a call says their number alone.

use std::collections::BTreeMap;

use casework::ringing::{
    callee::Callee,
    calls::{Round, Waiting},
};
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgTransaction;

use crate::store::{AccountId, DutyBook, ReportId, StoreError};

/// So long a call that nobody answered counts as waiting.
const WAITS: TimeDelta = TimeDelta::days(1);

/// Adds what earlier calls told those who are called now, and nobody answered; whether there was any.
pub(super) async fn add(
    tx: &mut PgTransaction<'_>,
    book: &DutyBook,
    round: &mut Round,
    (drill, now): (bool, DateTime<Utc>),
) -> Result<bool, StoreError> {
    let mut called: BTreeMap<AccountId, Callee> = BTreeMap::new();
    for call in round.calls.iter().filter(|call| call.number.is_none()) {
        if let Callee::Person(person) = &call.callee
            && let Some(account) = book.account(person)
        {
            called.insert(account, call.callee.clone());
        }
    }
    if called.is_empty() {
        return Ok(false);
    }
    let accounts: Vec<AccountId> = called.keys().copied().collect();
    // The newest of each are enough: what is more than a few is said as a number.
    let waits: Vec<(AccountId, ReportId)> = sqlx::query_as(
        // Each bell and stage is asked for by its key, in a question of its own: as one join the planner begins at the bells that
        // nobody answered, which it takes to be none.
        "WITH called AS MATERIALIZED (
             SELECT who.account_id, c.id FROM unnest($1::bigint[]) AS who (account_id)
             CROSS JOIN LATERAL (SELECT c.id FROM calls c
                                 WHERE c.account_id = who.account_id AND c.created_at > $2 AND c.kind = 'ring' AND c.drill = $3
                                 ORDER BY c.created_at DESC LIMIT 100) c
         ), rung AS MATERIALIZED (
             SELECT DISTINCT called.account_id, r.stage_id, r.due_generation, r.cause
             FROM called JOIN call_rings r ON r.call_id = called.id
         ), waits AS MATERIALIZED (
             SELECT r.account_id, (SELECT t.report_id FROM tickets t
                                   WHERE t.id = (SELECT s.ticket_id FROM stages s WHERE s.id = r.stage_id AND s.ended_at IS NULL
                                                 AND s.due_generation = r.due_generation)) AS report_id
             FROM rung r
             WHERE (SELECT b.answered_at IS NULL FROM bells b
                    WHERE b.stage_id = r.stage_id AND b.due_generation = r.due_generation AND b.cause = r.cause)
         )
         SELECT DISTINCT account_id, report_id FROM waits WHERE report_id IS NOT NULL",
    )
    .bind(&accounts)
    .bind(now - WAITS)
    .bind(drill)
    .persistent(false)
    .fetch_all(&mut **tx)
    .await?;
    let waiting: &mut Waiting = &mut round.waiting;
    let mut more = false;
    for (account, report) in waits {
        if let Some(callee) = called.get(&account) {
            more |= waiting.entry(callee.clone()).or_default().insert(report.to_string());
        }
    }
    Ok(more)
}

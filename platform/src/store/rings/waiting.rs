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
        "SELECT DISTINCT who.account_id, t.report_id
         FROM unnest($1::bigint[]) AS who (account_id)
         CROSS JOIN LATERAL (SELECT c.id FROM calls c
                             WHERE c.account_id = who.account_id AND c.created_at > $2 AND c.kind = 'ring' AND c.drill = $3
                             ORDER BY c.created_at DESC LIMIT 100) c
         JOIN call_rings r ON r.call_id = c.id
         JOIN bells b USING (stage_id, due_generation, cause)
         JOIN stages s ON s.id = r.stage_id AND s.due_generation = r.due_generation AND s.ended_at IS NULL
         JOIN tickets t ON t.id = s.ticket_id
         WHERE b.answered_at IS NULL",
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

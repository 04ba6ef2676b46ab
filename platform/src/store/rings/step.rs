//! One try of a call: begun before the gateway is asked, and recorded after it answered.

use chrono::{DateTime, Utc};
use sqlx::{Postgres, Transaction};
use uuid::Uuid;

use crate::store::{CallId, Notifier, PhoneId, Store, StoreError, lease};

/// The place of whatever has one address only: a mailbox, a page, a telephone of the last resort.
const ONLY: i16 = 1;

/// Which number of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallNumber {
    /// In which order, from 1.
    pub place: i16,
    /// The person's own telephone; none: a shared one, the last resort, a mailbox, a page.
    pub phone: Option<PhoneId>,
}

impl CallNumber {
    /// The one address of what has one.
    pub const ONLY: Self = Self {
        place: ONLY,
        phone: None,
    };
}

/// What a try begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallBegun {
    /// Send it: the try of this number, from 1.
    Send(i32),
    /// Somebody answered or the act was done: it is silenced.
    Silenced,
    /// Somebody else holds it, or it is over.
    Lost,
}

/// What came of a try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallOutcome {
    /// The other side took it.
    HandedOver {
        /// What the provider calls it.
        provider_id: Option<String>,
        /// Until when a receipt is awaited; none: there will be none.
        receipt_due: Option<DateTime<Utc>>,
    },
    /// Try the same number again then.
    Later {
        /// By the notifier's clock.
        at: DateTime<Utc>,
        /// Without numbers.
        why: String,
    },
    /// This number is done with; the next one is tried at once.
    NextNumber {
        /// Without numbers.
        why: String,
    },
    /// No number is left.
    Failed {
        /// Without numbers.
        why: String,
    },
}

impl CallOutcome {
    /// The word in metrics.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::HandedOver { .. } => "handed-over",
            Self::Later { .. } => "later",
            Self::NextNumber { .. } => "next-number",
            Self::Failed { .. } => "failed",
        }
    }
}

impl Store<Notifier> {
    /// Begins a try of a call that `owner` holds: written down before anything is sent, so that a repeat after a crash is known for
    /// one. A call that nobody needs to hear any more is silenced instead.
    pub async fn call_begin(
        &self,
        owner: Uuid,
        id: CallId,
        number: CallNumber,
        gateway: &str,
        now: DateTime<Utc>,
    ) -> Result<CallBegun, StoreError> {
        let mut tx = self.pool.begin().await?;
        if !held(&mut tx, owner, id).await? {
            return Ok(CallBegun::Lost);
        }
        // A code rings for nothing; it is wanted until it was typed.
        let wanted: bool = sqlx::query_scalar(
            "SELECT call_is_wanted($1) OR EXISTS (SELECT FROM phone_codes WHERE call_id = $1 AND used_at IS NULL)
                 OR EXISTS (SELECT FROM mail_codes WHERE call_id = $1 AND used_at IS NULL)",
        )
        .bind(id)
        .fetch_one(&mut *tx)
        .await?;
        if !wanted {
            sqlx::query(
                "UPDATE calls SET state = 'silenced', finished_at = $2, lease_owner = NULL, leased_until = NULL WHERE id = $1",
            )
            .bind(id)
            .bind(now)
            .execute(&mut *tx)
            .await?;
            tx.commit().await?;
            return Ok(CallBegun::Silenced);
        }
        sqlx::query("UPDATE calls SET leased_until = $2, attempts = attempts + 1 WHERE id = $1")
            .bind(id)
            .bind(lease::until(now))
            .execute(&mut *tx)
            .await?;
        let attempt = sqlx::query_scalar(
            "INSERT INTO call_tries AS t (call_id, place, county, phone_id, gateway, attempts, began_at)
             SELECT id, $2, county, $3, $4, 1, $5 FROM calls WHERE id = $1
             ON CONFLICT (call_id, place) DO UPDATE SET phone_id = excluded.phone_id, gateway = excluded.gateway,
                 attempts = t.attempts + 1, began_at = excluded.began_at
             RETURNING attempts",
        )
        .bind(id)
        .bind(number.place)
        .bind(number.phone)
        .bind(gateway)
        .bind(now)
        .fetch_one(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(CallBegun::Send(attempt))
    }

    /// Records what came of a try; answers whether `owner` still held the call. What the gateway took is remembered either way, so
    /// that its receipt is known.
    pub async fn call_settle(
        &self,
        owner: Uuid,
        id: CallId,
        place: i16,
        outcome: &CallOutcome,
        at: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.pool.begin().await?;
        let held = held(&mut tx, owner, id).await?;
        match outcome {
            CallOutcome::HandedOver {
                provider_id,
                receipt_due,
            } => {
                sqlx::query(
                    "UPDATE call_tries SET provider_id = coalesce($3, provider_id), handed_at = $4, receipt_due_at = $5
                     WHERE call_id = $1 AND place = $2",
                )
                .bind(id)
                .bind(place)
                .bind(provider_id)
                .bind(at)
                .bind(receipt_due)
                .execute(&mut *tx)
                .await?;
                step(&mut tx, (id, "handed-over"), "", at).await?;
                // The receipt may have been faster.
                let known = sqlx::query_scalar::<_, Option<String>>(
                    "SELECT outcome FROM call_tries WHERE call_id = $1 AND place = $2",
                )
                .bind(id)
                .bind(place)
                .fetch_optional(&mut *tx)
                .await?;
                if held && known.flatten().is_none() {
                    freed(&mut tx, (id, "handed-over"), None, None).await?;
                }
            }
            _ if !held => {}
            CallOutcome::Later { at: again, why } => {
                freed(&mut tx, (id, "queued"), Some(*again), Some(why)).await?;
            }
            CallOutcome::NextNumber { why } => {
                number_failed(&mut tx, (id, place), why, at).await?;
                freed(&mut tx, (id, "queued"), Some(at), Some(why)).await?;
            }
            CallOutcome::Failed { why } => {
                sqlx::query(
                    "UPDATE call_tries SET outcome = 'failed', outcome_at = $3 WHERE call_id = $1 AND place = $2 AND outcome IS NULL",
                )
                .bind(id)
                .bind(place)
                .bind(at)
                .execute(&mut *tx)
                .await?;
                sqlx::query("SELECT call_fail($1, $2, $3)")
                    .bind(id)
                    .bind(at)
                    .bind(why)
                    .execute(&mut *tx)
                    .await?;
            }
        }
        tx.commit().await?;
        Ok(held)
    }
}

/// Locks the call; whether `owner` holds it.
async fn held(tx: &mut Transaction<'_, Postgres>, owner: Uuid, id: CallId) -> Result<bool, StoreError> {
    let row: Option<bool> = sqlx::query_scalar(
        "SELECT lease_owner IS NOT DISTINCT FROM $1 AND state = 'queued' FROM calls WHERE id = $2 FOR UPDATE",
    )
    .bind(owner)
    .bind(id)
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.unwrap_or(false))
}

/// The call is in this state and in nobody's hand.
pub(super) async fn freed(
    tx: &mut Transaction<'_, Postgres>,
    (id, state): (CallId, &str),
    due_at: Option<DateTime<Utc>>,
    why: Option<&str>,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE calls SET state = $2, due_at = coalesce($3, due_at), last_error = coalesce($4, last_error), lease_owner = NULL,
             leased_until = NULL
         WHERE id = $1",
    )
    .bind(id)
    .bind(state)
    .bind(due_at)
    .bind(why)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A number did not take it, or did not answer.
pub(super) async fn number_failed(
    tx: &mut Transaction<'_, Postgres>,
    (id, place): (CallId, i16),
    why: &str,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE call_tries SET outcome = 'failed', outcome_at = $3 WHERE call_id = $1 AND place = $2")
        .bind(id)
        .bind(place)
        .bind(at)
        .execute(&mut **tx)
        .await?;
    step(tx, (id, "failed"), why, at).await
}

/// One line of the evidence ladder.
pub(super) async fn step(
    tx: &mut Transaction<'_, Postgres>,
    (id, step): (CallId, &str),
    detail: &str,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO call_steps (at, call_id, step, detail) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING")
        .bind(at)
        .bind(id)
        .bind(step)
        .bind(detail)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

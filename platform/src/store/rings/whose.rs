//! Whose a digit or a message is, and who may say a duty PIN on a shared telephone.

use chrono::{DateTime, Utc};

use crate::store::{AccountId, CallId, Notifier, Store, StoreError};

/// What a wrong PIN is called in the ladder of a call.
const WRONG: &str = "wrong PIN";

/// A person who may answer on the shared telephone of a unit.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct PinHolder {
    /// Who.
    pub account_id: AccountId,
    /// Their PIN, argon2id.
    pub pin_hash: String,
}

impl Store<Notifier> {
    /// Whose verified telephone this is, by the keyed hash of its number; none: nobody's, or of somebody who left.
    pub async fn phone_owner(&self, county: &str, number_mac: &[u8]) -> Result<Option<AccountId>, StoreError> {
        let owner = sqlx::query_scalar(
            "SELECT p.account_id FROM phones p JOIN accounts a ON a.id = p.account_id
             WHERE p.number_mac = $2 AND p.verified_at IS NOT NULL AND p.ended_at IS NULL AND a.county = $1 AND a.disabled_at IS NULL",
        )
        .bind(county)
        .bind(number_mac)
        .fetch_optional(&self.pool)
        .await?;
        Ok(owner)
    }

    /// Who of the called unit has a duty PIN; nobody where the call has heard `limit` wrong ones.
    pub async fn pin_holders(&self, call: CallId, limit: i64) -> Result<Vec<PinHolder>, StoreError> {
        let holders = sqlx::query_as(
            "SELECT p.account_id, p.pin_hash FROM duty_pins p JOIN accounts a ON a.id = p.account_id
             WHERE a.disabled_at IS NULL
                 AND p.account_id IN (SELECT m.account_id FROM calls c JOIN memberships m ON m.county = c.county AND m.unit = c.unit
                                      WHERE c.id = $1 AND m.ended_at IS NULL)
                 AND (SELECT count(*) FROM call_steps s WHERE s.call_id = $1 AND s.step = 'picked-up' AND s.detail = $2) < $3
             ORDER BY p.account_id",
        )
        .bind(call)
        .bind(WRONG)
        .bind(limit)
        .fetch_all(&self.pool)
        .await?;
        Ok(holders)
    }

    /// Writes down that somebody said a wrong PIN.
    pub async fn pin_wrong(&self, call: CallId, at: DateTime<Utc>) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO call_steps (at, call_id, step, detail) VALUES ($1, $2, 'picked-up', $3) ON CONFLICT DO NOTHING")
            .bind(at)
            .bind(call)
            .bind(WRONG)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}

//! A person's own number for answering on a shared telephone.

use chrono::{DateTime, Utc};

use crate::store::{AccountId, NewAct, People, Store, StoreError};

impl Store<People> {
    /// Since when the person has one.
    pub async fn duty_pin_since(&self, account: AccountId) -> Result<Option<DateTime<Utc>>, StoreError> {
        let since = sqlx::query_scalar("SELECT set_at FROM duty_pins WHERE account_id = $1")
            .bind(account)
            .fetch_optional(&self.pool)
            .await?;
        Ok(since)
    }

    /// Sets it, or another one in its place; `hash` is argon2id (PHC string).
    pub async fn duty_pin_set(&self, account: AccountId, hash: &str, act: &NewAct<'_>) -> Result<(), StoreError> {
        let mut tx = self.pool.begin().await?;
        sqlx::query(
            "INSERT INTO duty_pins (account_id, pin_hash, set_at) VALUES ($1, $2, $3)
             ON CONFLICT (account_id) DO UPDATE SET pin_hash = excluded.pin_hash, set_at = excluded.set_at",
        )
        .bind(account)
        .bind(hash)
        .bind(act.at)
        .execute(&mut *tx)
        .await?;
        act.record(&mut tx).await?;
        tx.commit().await?;
        Ok(())
    }
}

//! Tries of a login as leaky buckets: reserved in one statement before anything is compared, given back when it was right.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgTransaction;

use crate::store::{People, Store, StoreError};

/// A limit that a try counts against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// What counts, as a keyed hash.
    pub key: Vec<u8>,
    /// How long one try takes to leak away.
    pub cost: TimeDelta,
    /// How many fit in at once.
    pub at_once: i32,
}

impl Bucket {
    fn cost_ms(&self) -> i64 {
        self.cost.num_milliseconds()
    }
}

impl Store<People> {
    /// Takes a try from all of these or from none; the error is the time from which one may be taken.
    pub async fn tries_take(
        &self,
        buckets: &[Bucket],
        now: DateTime<Utc>,
    ) -> Result<Result<(), DateTime<Utc>>, StoreError> {
        let keys: Vec<&[u8]> = buckets.iter().map(|b| b.key.as_slice()).collect();
        let costs: Vec<i64> = buckets.iter().map(Bucket::cost_ms).collect();
        let rooms: Vec<i64> = buckets.iter().map(|b| b.cost_ms() * i64::from(b.at_once)).collect();
        let free_at: Option<DateTime<Utc>> = sqlx::query_scalar("SELECT login_take($1, $2, $3, $4)")
            .bind(keys)
            .bind(costs)
            .bind(rooms)
            .bind(now)
            .fetch_one(&self.pool)
            .await?;
        Ok(free_at.map_or(Ok(()), Err))
    }

    /// Gives a try back that was no failure.
    pub async fn tries_give_back(&self, buckets: &[Bucket]) -> Result<(), StoreError> {
        let mut tx = self.pool.begin().await?;
        give_back(&mut tx, buckets).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Drops what has leaked away.
    pub async fn tries_forget(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM login_tries WHERE empty_at <= $1")
            .bind(now)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}

/// As [`Store::tries_give_back`], in the transaction of what it was for.
pub(in crate::store) async fn give_back(tx: &mut PgTransaction<'_>, buckets: &[Bucket]) -> Result<(), StoreError> {
    let keys: Vec<&[u8]> = buckets.iter().map(|b| b.key.as_slice()).collect();
    let costs: Vec<i64> = buckets.iter().map(Bucket::cost_ms).collect();
    sqlx::query(
        "WITH locked AS MATERIALIZED (SELECT key FROM login_tries WHERE key = ANY($1) ORDER BY key FOR UPDATE)
         UPDATE login_tries t SET empty_at = t.empty_at - b.cost * interval '1 millisecond'
         FROM unnest($1, $2) AS b (key, cost) JOIN locked USING (key) WHERE t.key = b.key",
    )
    .bind(keys)
    .bind(costs)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

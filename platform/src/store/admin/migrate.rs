//! Migrations, one migrator at a time.
//!
//! The library's own advisory lock waits inside a query, and its snapshot would block CREATE INDEX CONCURRENTLY of the one
//! who holds the lock; so the lock is tried in a loop here and the library's is off.

use std::time::Duration;

use chrono::{DateTime, Months, Utc};
use sqlx::{Connection, Executor, PgConnection};

use crate::store::{StoreError, options};

/// An arbitrary number that every migrator of this product uses.
const LOCK: i64 = 0x5348_4f55_5741_4e47;

/// How long to wait for another migrator.
const PATIENCE: Duration = Duration::from_mins(5);

/// Partitions made ahead; housekeeping adds the following ones.
const MONTHS_AHEAD: u32 = 3;

/// Brings the schema up to date. Safe to repeat and to run on several machines at once.
pub async fn migrate(url: &str, now: DateTime<Utc>) -> anyhow::Result<()> {
    let options = options(url, "migrate")
        .map_err(StoreError::from)?
        .options([("statement_timeout", "0"), ("lock_timeout", "60000")]);
    let mut connection = <PgConnection as Connection>::connect_with(&options).await?;
    let waited = tokio::time::timeout(PATIENCE, async {
        loop {
            let got: bool = sqlx::query_scalar("SELECT pg_try_advisory_lock($1)")
                .bind(LOCK)
                .fetch_one(&mut connection)
                .await?;
            if got {
                return Ok::<_, sqlx::Error>(());
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    });
    waited
        .await
        .map_err(|_| anyhow::anyhow!("another migration has held the lock for {} s", PATIENCE.as_secs()))??;
    let mut migrator = sqlx::migrate!("../migrations");
    migrator.set_locking(false);
    migrator.run(&mut connection).await?;
    for ahead in 0..=MONTHS_AHEAD {
        let month = (now + Months::new(ahead)).date_naive();
        sqlx::query("SELECT partitions_ensure($1)")
            .bind(month)
            .execute(&mut connection)
            .await?;
    }
    connection.execute("SELECT pg_advisory_unlock_all()").await?;
    connection.close().await?;
    Ok(())
}

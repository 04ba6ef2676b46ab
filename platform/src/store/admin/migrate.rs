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

/// The numbers of the migrations up to 2026-11 began with a date. They were drawn anew as one schema with numbers from 1 on, while
/// no installation was in use; a database that has one of them can't be brought up to date.
const DATED: i64 = 20_261_124_000_001;

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
    drawn_anew(&mut connection).await?;
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

/// Refuses a database that an older version made with migrations that are gone.
async fn drawn_anew(connection: &mut PgConnection) -> anyhow::Result<()> {
    let migrated: bool = sqlx::query_scalar("SELECT to_regclass('_sqlx_migrations') IS NOT NULL")
        .fetch_one(&mut *connection)
        .await?;
    if !migrated {
        return Ok(());
    }
    let dated: Option<i64> = sqlx::query_scalar("SELECT min(version) FROM _sqlx_migrations WHERE version >= $1")
        .bind(DATED)
        .fetch_one(&mut *connection)
        .await?;
    anyhow::ensure!(
        dated.is_none(),
        "this database was made by a version of November 2026 (migration {}), before the schema was drawn anew; it can't be upgraded \
         and nothing in it was changed. A demo is made anew: `deploy/down --wipe`, which removes its data, then `deploy/up --demo`. \
         Elsewhere name an empty database in DATABASE_URL",
        dated.unwrap_or_default(),
    );
    Ok(())
}

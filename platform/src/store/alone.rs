//! Work that one process at a time does for a county.

use sqlx::PgExecutor;

use super::StoreError;

/// Whether this transaction, alone, is at some work for a county. Outside of a transaction it only tells whether another is.
pub(super) async fn alone(connection: impl PgExecutor<'_>, work: &str, county: &str) -> Result<bool, StoreError> {
    Ok(
        sqlx::query_scalar("SELECT pg_try_advisory_xact_lock(hashtext($1), hashtext($2))")
            .bind(work)
            .bind(county)
            .fetch_one(connection)
            .await?,
    )
}

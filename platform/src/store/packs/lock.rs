//! One change of the pack at a time.

use sqlx::PgTransaction;

use crate::store::StoreError;

/// One load, or one confirmation of a calendar, at a time in a county.
pub(in crate::store) async fn pack_lock(tx: &mut PgTransaction<'_>, county: &str) -> Result<(), StoreError> {
    sqlx::query("SELECT pg_advisory_xact_lock(hashtext('pack ' || $1))")
        .bind(county)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

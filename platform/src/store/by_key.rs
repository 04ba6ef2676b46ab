//! For statements whose plan must not depend on what the planner last heard of a table.

use sqlx::PgTransaction;

use super::StoreError;

/// Until its end this transaction finds rows by their keys, never by reading a table. Each row that it writes asks whether what it
/// names exists, and the database keeps the plan of that question for the life of a connection: made while the table was almost
/// empty, it would read the whole of it for each row, however long it has become.
pub(super) async fn rows_by_key(tx: &mut PgTransaction<'_>) -> Result<(), StoreError> {
    sqlx::query("SET LOCAL enable_seqscan = off").execute(&mut **tx).await?;
    Ok(())
}

/// Until its end this transaction reads a list in the order of an index, and stops at its limit. Where the planner expects a handful of
/// rows (nothing had failed when it last looked) it may as well fetch and sort all that there are, which after an outage are a hundred
/// thousand.
pub(super) async fn rows_in_order(tx: &mut PgTransaction<'_>) -> Result<(), StoreError> {
    sqlx::query("SET LOCAL enable_sort = off").execute(&mut **tx).await?;
    Ok(())
}

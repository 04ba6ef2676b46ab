//! The desk: what a unit sees and does. Every query runs in a transaction that names the units, and row-level security does
//! the rest; a query that forgets a condition shows nothing of another unit.

use sqlx::PgTransaction;

use crate::store::{Desk, Store, StoreError};

/// The units a person acts for, as the database is told.
#[derive(Clone, Debug)]
pub struct DeskScope(String);

impl DeskScope {
    /// From unit codes of the pack (which hold no comma).
    pub fn new<'a>(units: impl IntoIterator<Item = &'a str>) -> Self {
        Self(
            units
                .into_iter()
                .filter(|unit| !unit.contains(','))
                .collect::<Vec<_>>()
                .join(","),
        )
    }
}

impl Store<Desk> {
    /// A transaction that acts for these units.
    pub(in crate::store) async fn desk(&self, scope: &DeskScope) -> Result<PgTransaction<'_>, StoreError> {
        let mut tx = self.pool.begin().await?;
        sqlx::query("SELECT set_config('shouwang.units', $1, true)")
            .bind(&scope.0)
            .execute(&mut *tx)
            .await?;
        Ok(tx)
    }
}

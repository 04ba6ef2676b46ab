//! What an opening opens, handed to the person for whom it is open; the same call writes down that it was.

use crate::store::{Desk, DeskScope, Handed, Office, OpeningId, Reading, Store, StoreError};

/// Parts of a report through an opening, with who reported where that is opened.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct OpeningHanded {
    /// The parts.
    #[sqlx(flatten)]
    pub parts: Handed,
    /// Who reported, whole; sealed.
    pub identity: Option<Vec<u8>>,
}

const COLUMNS: &str = "shows, facts, place, child, birth, school, home, narrative, reporter, data_key, identity";

impl Store<Office> {
    /// What an opening of the office or the oversight opens; `None` when it is not open for this person now.
    pub async fn opening_read(
        &self,
        opening: OpeningId,
        reading: Reading,
    ) -> Result<Option<OpeningHanded>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM opening_handed($1, $2, $3, $4)");
        Ok(sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(opening)
            .bind(reading.account)
            .bind(reading.how)
            .bind(reading.at)
            .fetch_optional(&self.pool)
            .await?)
    }
}

impl Store<Desk> {
    /// The same at a desk.
    pub async fn desk_opening_read(
        &self,
        scope: &DeskScope,
        opening: OpeningId,
        reading: Reading,
    ) -> Result<Option<OpeningHanded>, StoreError> {
        let mut tx = self.desk(scope).await?;
        let sql = format!("SELECT {COLUMNS} FROM desk_opening_handed($1, $2, $3, $4)");
        let handed = sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(opening)
            .bind(reading.account)
            .bind(reading.how)
            .bind(reading.at)
            .fetch_optional(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(handed)
    }
}

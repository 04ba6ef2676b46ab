//! What a database was made for, and whether our master key is its key.

use sqlx::{Connection, PgConnection};

use crate::store::{Intake, Login, ReportId, Store, StoreError, options};

/// The key that sealed the newest report.
#[derive(Clone, Debug)]
pub struct NewestKey {
    /// Which report.
    pub report_id: ReportId,
    /// Id of the master key.
    pub key_id: String,
    /// The report's own key, wrapped by it.
    pub data_key: Vec<u8>,
}

/// Marks a database that has no mark yet, as made for a demo or not; answers what it was made for.
pub async fn installation_mark(url: &str, demo: bool) -> Result<bool, StoreError> {
    let mut connection = <PgConnection as Connection>::connect_with(&options(url, "migrate")?).await?;
    sqlx::query("INSERT INTO installation (demo) VALUES ($1) ON CONFLICT DO NOTHING")
        .bind(demo)
        .execute(&mut connection)
        .await?;
    let made_for = sqlx::query_scalar("SELECT demo FROM installation")
        .fetch_one(&mut connection)
        .await?;
    connection.close().await?;
    Ok(made_for)
}

impl<L: Login> Store<L> {
    /// Whether this database was made for a demo. One without a mark was not.
    pub async fn installation_is_demo(&self) -> Result<bool, StoreError> {
        let demo: Option<bool> = sqlx::query_scalar("SELECT demo FROM installation")
            .fetch_optional(&self.pool)
            .await?;
        Ok(demo.unwrap_or(false))
    }
}

impl Store<Intake> {
    /// The key of the newest report of a county; `None` where there is no report yet.
    pub async fn report_newest_key(&self, county: &str) -> Result<Option<NewestKey>, StoreError> {
        let row: Option<(ReportId, String, Vec<u8>)> =
            sqlx::query_as("SELECT id, key_id, data_key FROM reports_newest_key($1)")
                .bind(county)
                .fetch_optional(&self.pool)
                .await?;
        Ok(row.map(|(report_id, key_id, data_key)| NewestKey {
            report_id,
            key_id,
            data_key,
        }))
    }
}

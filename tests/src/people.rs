//! People of a county in tests of the store: accounts that nobody logs in with.

use chrono::{DateTime, Utc};
use platform::store::AccountId;
use sqlx::PgPool;

/// A person with one unit and role.
#[derive(Clone, Copy, Debug)]
pub struct NewPerson<'a> {
    /// Their login, which is nobody else's.
    pub login: &'a str,
    /// Two people may have one.
    pub name: &'a str,
    /// As typed.
    pub phone: Option<&'a str>,
    /// Code of the unit.
    pub unit: &'a str,
    /// `member`, `leader`, `office`, …
    pub role: &'a str,
    /// Since when they have it.
    pub since: DateTime<Utc>,
}

/// Their account's id.
pub async fn person(db: &PgPool, new: NewPerson<'_>) -> AccountId {
    sqlx::query_scalar(
        "WITH a AS (INSERT INTO accounts (county, login, name, phone, password_hash, created_at, created_by)
                    VALUES ('taihe', $1, $2, $3, 'x', $6, 'test') RETURNING id)
         INSERT INTO memberships (account_id, county, unit, role, since) SELECT id, 'taihe', $4, $5, $6 FROM a RETURNING account_id",
    )
    .bind(new.login)
    .bind(new.name)
    .bind(new.phone)
    .bind(new.unit)
    .bind(new.role)
    .bind(new.since)
    .fetch_one(db)
    .await
    .expect("one more person")
}

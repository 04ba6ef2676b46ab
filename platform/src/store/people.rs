//! Accounts, memberships, sessions. Password hashes go through here and are never logged.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Store, StoreError};

/// An account as the login needs it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct AccountSecret {
    /// Id.
    pub id: i64,
    /// argon2id, PHC string.
    pub password_hash: String,
    /// Failed attempts since the last success.
    pub failures: i32,
    /// No attempt counts before this time.
    pub retry_at: Option<DateTime<Utc>>,
    /// Disabled accounts can't log in.
    pub disabled_at: Option<DateTime<Utc>>,
}

/// An account as people see it.
#[derive(Clone, Debug, sqlx::FromRow, serde::Serialize)]
pub struct Account {
    /// Id.
    pub id: i64,
    /// What they type.
    pub login: String,
    /// Name.
    pub name: String,
    /// Phone at work.
    pub phone: Option<String>,
    /// Set while disabled.
    pub disabled_at: Option<DateTime<Utc>>,
    /// The password was given by someone else.
    pub must_change: bool,
    /// Last time they came in.
    pub last_login_at: Option<DateTime<Utc>>,
}

/// person x unit x role.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow, serde::Serialize)]
pub struct Membership {
    /// The person.
    pub account_id: i64,
    /// Unit code.
    pub unit: String,
    /// `member`, `leader`, `office`, `oversight`, `admin`.
    pub role: String,
}

/// Who acts in a request, with what they may do at this moment.
#[derive(Clone, Debug)]
pub struct Person {
    /// The account.
    pub account: Account,
    /// Current memberships.
    pub memberships: Vec<Membership>,
}

/// A new account.
#[derive(Clone, Debug)]
pub struct NewAccount<'a> {
    /// County.
    pub county: &'a str,
    /// What they type.
    pub login: &'a str,
    /// Name.
    pub name: &'a str,
    /// Phone at work.
    pub phone: Option<&'a str>,
    /// argon2id, PHC string.
    pub password_hash: &'a str,
    /// The person must choose another password first.
    pub must_change: bool,
    /// Who made it.
    pub by: &'a str,
}

const ACCOUNT: &str = "id, login, name, phone, disabled_at, must_change, last_login_at";

impl Store {
    /// The secret of a login name.
    pub async fn account_secret(&self, county: &str, login: &str) -> Result<Option<AccountSecret>, StoreError> {
        let row = sqlx::query_as(
            "SELECT id, password_hash, failures, retry_at, disabled_at FROM accounts WHERE county = $1 AND login = $2",
        )
        .bind(county)
        .bind(login)
        .fetch_optional(&self.pool)
        .await?;
        Ok(row)
    }

    /// Records a failed attempt; no attempt counts before `retry_at`.
    pub async fn account_failed(&self, id: i64, retry_at: DateTime<Utc>) -> Result<(), StoreError> {
        sqlx::query("UPDATE accounts SET failures = failures + 1, retry_at = $2 WHERE id = $1")
            .bind(id)
            .bind(retry_at)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Creates an account; `None` when the login name is taken.
    pub async fn account_create(&self, new: NewAccount<'_>, now: DateTime<Utc>) -> Result<Option<i64>, StoreError> {
        let id = sqlx::query_scalar(
            "INSERT INTO accounts (county, login, name, phone, password_hash, must_change, created_at, created_by)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (county, login) DO NOTHING RETURNING id",
        )
        .bind(new.county)
        .bind(new.login)
        .bind(new.name)
        .bind(new.phone)
        .bind(new.password_hash)
        .bind(new.must_change)
        .bind(now)
        .bind(new.by)
        .fetch_optional(&self.pool)
        .await?;
        Ok(id)
    }

    /// Sets a password and ends every session of the account but `keep`.
    pub async fn account_set_password(
        &self,
        id: i64,
        hash: &str,
        must_change: bool,
        keep: Option<Uuid>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "WITH s AS (UPDATE sessions SET ended_at = $4 WHERE account_id = $1 AND ended_at IS NULL AND id IS DISTINCT FROM $5)
             UPDATE accounts SET password_hash = $2, must_change = $3, failures = 0, retry_at = NULL WHERE id = $1",
        )
        .bind(id)
        .bind(hash)
        .bind(must_change)
        .bind(now)
        .bind(keep)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Disables or enables an account; disabling ends its sessions.
    pub async fn account_disable(
        &self,
        county: &str,
        id: i64,
        disabled: bool,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "WITH a AS (UPDATE accounts SET disabled_at = CASE WHEN $3 THEN $4 END WHERE id = $2 AND county = $1 RETURNING id),
                  s AS (UPDATE sessions SET ended_at = $4 WHERE $3 AND account_id IN (SELECT id FROM a) AND ended_at IS NULL)
             SELECT id FROM a",
        )
        .bind(county)
        .bind(id)
        .bind(disabled)
        .bind(now)
        .fetch_optional(&self.pool)
        .await?;
        Ok(done.is_some())
    }

    /// How many enabled administrators a county has besides this account: nobody may lock the county out.
    pub async fn admins_besides(&self, county: &str, id: i64) -> Result<i64, StoreError> {
        let count = sqlx::query_scalar(
            "SELECT count(DISTINCT a.id) FROM accounts a JOIN memberships m ON m.account_id = a.id
             WHERE a.county = $1 AND a.id <> $2 AND m.role = 'admin' AND m.ended_at IS NULL AND a.disabled_at IS NULL",
        )
        .bind(county)
        .bind(id)
        .fetch_one(&self.pool)
        .await?;
        Ok(count)
    }

    /// The login name of an account of a county.
    pub async fn account_login(&self, county: &str, id: i64) -> Result<Option<String>, StoreError> {
        let login = sqlx::query_scalar("SELECT login FROM accounts WHERE county = $1 AND id = $2")
            .bind(county)
            .bind(id)
            .fetch_optional(&self.pool)
            .await?;
        Ok(login)
    }

    /// All accounts of a county with their memberships, by name.
    pub async fn accounts_list(&self, county: &str) -> Result<Vec<Person>, StoreError> {
        let accounts: Vec<Account> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "SELECT {ACCOUNT} FROM accounts WHERE county = $1 ORDER BY login"
        )))
        .bind(county)
        .fetch_all(&self.pool)
        .await?;
        let memberships: Vec<Membership> = sqlx::query_as(
            "SELECT account_id, unit, role FROM memberships WHERE county = $1 AND ended_at IS NULL ORDER BY unit, role",
        )
        .bind(county)
        .fetch_all(&self.pool)
        .await?;
        Ok(accounts
            .into_iter()
            .map(|account| Person {
                memberships: memberships
                    .iter()
                    .filter(|m| m.account_id == account.id)
                    .cloned()
                    .collect(),
                account,
            })
            .collect())
    }

    /// Gives a person a role in a unit; the unit must exist.
    pub async fn membership_grant(
        &self,
        county: &str,
        account: i64,
        unit: &str,
        role: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO memberships (account_id, county, unit, role, since) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (account_id, unit, role) DO UPDATE SET ended_at = NULL, since = excluded.since WHERE memberships.ended_at IS NOT NULL",
        )
        .bind(account)
        .bind(county)
        .bind(unit)
        .bind(role)
        .bind(now)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Ends a role.
    pub async fn membership_end(
        &self,
        county: &str,
        account: i64,
        unit: &str,
        role: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE memberships SET ended_at = $5 WHERE county = $1 AND account_id = $2 AND unit = $3 AND role = $4 AND ended_at IS NULL",
        )
        .bind(county)
        .bind(account)
        .bind(unit)
        .bind(role)
        .bind(now)
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Opens a session after a right password.
    pub async fn session_open(
        &self,
        id: Uuid,
        account: i64,
        now: DateTime<Utc>,
        expires_at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "WITH a AS (UPDATE accounts SET failures = 0, retry_at = NULL, last_login_at = $3 WHERE id = $2)
             INSERT INTO sessions (id, account_id, created_at, expires_at) VALUES ($1, $2, $3, $4)",
        )
        .bind(id)
        .bind(account)
        .bind(now)
        .bind(expires_at)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Who a live session is, with the memberships of this moment; `None` when it ended or the account is disabled.
    pub async fn session_person(&self, id: Uuid, now: DateTime<Utc>) -> Result<Option<Person>, StoreError> {
        let account: Option<Account> = sqlx::query_as(
            "SELECT a.id, a.login, a.name, a.phone, a.disabled_at, a.must_change, a.last_login_at
             FROM sessions s JOIN accounts a ON a.id = s.account_id
             WHERE s.id = $1 AND s.ended_at IS NULL AND s.expires_at > $2 AND a.disabled_at IS NULL",
        )
        .bind(id)
        .bind(now)
        .fetch_optional(&self.pool)
        .await?;
        let Some(account) = account else { return Ok(None) };
        let memberships = sqlx::query_as("SELECT account_id, unit, role FROM memberships WHERE account_id = $1 AND ended_at IS NULL ORDER BY unit, role")
            .bind(account.id)
            .fetch_all(&self.pool)
            .await?;
        Ok(Some(Person { account, memberships }))
    }

    /// Ends one session.
    pub async fn session_end(&self, id: Uuid, now: DateTime<Utc>) -> Result<(), StoreError> {
        sqlx::query("UPDATE sessions SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL")
            .bind(id)
            .bind(now)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Ends every session of an account: 退出所有设备.
    pub async fn sessions_end(&self, account: i64, now: DateTime<Utc>) -> Result<(), StoreError> {
        sqlx::query("UPDATE sessions SET ended_at = $2 WHERE account_id = $1 AND ended_at IS NULL")
            .bind(account)
            .bind(now)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}

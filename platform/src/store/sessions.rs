//! Logins: what a password is compared with, the delays after wrong ones, the browsers that are known, and sessions.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::{Account, Person, Store, StoreError};

/// Browsers that an account is known in; the one not used for the longest time is forgotten first.
const DEVICES: i64 = 20;

/// An account as the login needs it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct AccountSecret {
    /// Id.
    pub id: i64,
    /// argon2id, PHC string.
    pub password_hash: String,
    /// The browser that asks, if this account logged in there before.
    pub device: Option<Uuid>,
    /// Failed attempts since the last success: from that browser, or from all that are not known.
    pub failures: i32,
    /// No attempt of the same kind counts before this time.
    pub retry_at: Option<DateTime<Utc>>,
    /// Disabled accounts can't log in.
    pub disabled_at: Option<DateTime<Utc>>,
}

impl AccountSecret {
    /// How long no attempt counts.
    pub fn waits(&self, now: DateTime<Utc>) -> Option<TimeDelta> {
        self.retry_at
            .map(|at| at - now)
            .filter(|wait| *wait > TimeDelta::zero())
    }
}

impl Store {
    /// The secret of a login name, as it stands for this browser.
    pub async fn account_secret(
        &self,
        county: &str,
        login: &str,
        device: Option<Uuid>,
    ) -> Result<Option<AccountSecret>, StoreError> {
        let row = sqlx::query_as(
            "SELECT a.id, a.password_hash, d.device, coalesce(d.failures, a.failures) AS failures,
                    CASE WHEN d.device IS NULL THEN a.retry_at ELSE d.retry_at END AS retry_at, a.disabled_at
             FROM accounts a LEFT JOIN login_devices d ON d.account_id = a.id AND d.device = $3
             WHERE a.county = $1 AND a.login = $2",
        )
        .bind(county)
        .bind(login)
        .bind(device)
        .fetch_optional(&self.pool)
        .await?;
        Ok(row)
    }

    /// Records a failed attempt; no attempt of the same kind counts before `retry_at`.
    pub async fn login_failed(&self, account: &AccountSecret, retry_at: DateTime<Utc>) -> Result<(), StoreError> {
        let sql = if account.device.is_some() {
            "UPDATE login_devices SET failures = failures + 1, retry_at = $2 WHERE account_id = $1 AND device = $3"
        } else {
            "UPDATE accounts SET failures = failures + 1, retry_at = $2 WHERE id = $1 AND $3::uuid IS NULL"
        };
        sqlx::query(sql)
            .bind(account.id)
            .bind(retry_at)
            .bind(account.device)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Opens a session after a right password. The browser is known from now on; what strangers failed goes on counting
    /// against strangers.
    pub async fn session_open(
        &self,
        id: Uuid,
        account: &AccountSecret,
        device: Option<Uuid>,
        now: DateTime<Utc>,
        expires_at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.pool.begin().await?;
        sqlx::query(
            "UPDATE accounts SET last_login_at = $2, failures = CASE WHEN $3 THEN failures ELSE 0 END,
                    retry_at = CASE WHEN $3 THEN retry_at END WHERE id = $1",
        )
        .bind(account.id)
        .bind(now)
        .bind(account.device.is_some())
        .execute(&mut *tx)
        .await?;
        sqlx::query("INSERT INTO sessions (id, account_id, created_at, expires_at) VALUES ($1, $2, $3, $4)")
            .bind(id)
            .bind(account.id)
            .bind(now)
            .bind(expires_at)
            .execute(&mut *tx)
            .await?;
        if let Some(device) = device {
            sqlx::query(
                "INSERT INTO login_devices (device, account_id, since, last_at) VALUES ($1, $2, $3, $3)
                 ON CONFLICT (device, account_id) DO UPDATE SET last_at = excluded.last_at, failures = 0, retry_at = NULL",
            )
            .bind(device)
            .bind(account.id)
            .bind(now)
            .execute(&mut *tx)
            .await?;
            sqlx::query(
                "DELETE FROM login_devices WHERE account_id = $1 AND device IN
                    (SELECT device FROM login_devices WHERE account_id = $1 ORDER BY last_at DESC, device OFFSET $2)",
            )
            .bind(account.id)
            .bind(DEVICES)
            .execute(&mut *tx)
            .await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Who a live session is, with the memberships of this moment; `None` when it ended or the account is disabled.
    pub async fn session_person(&self, id: Uuid, now: DateTime<Utc>) -> Result<Option<Person>, StoreError> {
        let account: Option<Account> = sqlx::query_as(
            "SELECT a.id, a.login, a.name, a.phone, a.disabled_at, a.must_change, a.last_login_at, a.demo
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

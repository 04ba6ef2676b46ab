//! The trail of what administrators did to accounts and units. It is only added to.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{PgTransaction, types::Json};

use super::{Store, StoreError};

/// Acts that a page lists.
const SHOWN: i64 = 50;

/// An act to record, in the transaction that does it.
#[derive(Clone, Debug)]
pub struct NewAct<'a> {
    /// County.
    pub county: &'a str,
    /// When.
    pub at: DateTime<Utc>,
    /// Who; none for the command line.
    pub actor: Option<i64>,
    /// That person's name.
    pub actor_name: &'a str,
    /// `created`, `granted`, `ended`, `reset`, `disabled`, `enabled`, `mended`, `handed-over`, `contacts`,
    /// `password`, `sessions-ended`, `factor-set`, `factor-off`, `factor-reset-asked`, `factor-reset`, `factor-reset-refused`,
    /// `recovery-codes`, `recovery-code-used`.
    pub act: &'static str,
    /// The account it was done to.
    pub account: Option<i64>,
    /// The unit it is about.
    pub unit: Option<&'a str>,
    /// The role it is about.
    pub role: Option<&'a str>,
    /// Before and after.
    pub detail: Value,
}

impl NewAct<'_> {
    /// Adds it to the trail.
    pub(super) async fn record(&self, tx: &mut PgTransaction<'_>) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO account_acts (county, at, actor, actor_name, act, account_id, unit, role, detail)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(self.county)
        .bind(self.at)
        .bind(self.actor)
        .bind(self.actor_name)
        .bind(self.act)
        .bind(self.account)
        .bind(self.unit)
        .bind(self.role)
        .bind(Json(&self.detail))
        .execute(&mut **tx)
        .await?;
        Ok(())
    }
}

/// An act of the trail.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct AccountAct {
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub actor_name: String,
    /// That person's login; none for the command line.
    pub actor_login: Option<String>,
    /// What, see [`NewAct::act`].
    pub act: String,
    /// Unit.
    pub unit: Option<String>,
    /// Role.
    pub role: Option<String>,
    /// Before and after.
    pub detail: Value,
}

impl Store {
    /// Records an act that changes nothing else.
    pub async fn account_act_record(&self, act: &NewAct<'_>) -> Result<(), StoreError> {
        let mut tx = self.pool.begin().await?;
        act.record(&mut tx).await?;
        tx.commit().await?;
        Ok(())
    }

    /// What was done to an account, the newest first.
    pub async fn account_acts(&self, account: i64) -> Result<Vec<AccountAct>, StoreError> {
        self.acts(
            "c.account_id = $1 AND $2::text IS NULL AND $3::text IS NULL",
            Some(account),
            None,
            None,
        )
        .await
    }

    /// What others did to an account's way in since then: what its owner is told at the next login.
    pub async fn account_login_acts(&self, account: i64, since: DateTime<Utc>) -> Result<i64, StoreError> {
        let count = sqlx::query_scalar(
            "SELECT count(*) FROM account_acts WHERE account_id = $1 AND at > $2 AND actor IS DISTINCT FROM $1
                AND act IN ('reset', 'sessions-ended', 'factor-reset', 'factor-off')",
        )
        .bind(account)
        .bind(since)
        .fetch_one(&self.pool)
        .await?;
        Ok(count)
    }

    /// What was done to a unit's contacts, the newest first.
    pub async fn unit_acts(&self, county: &str, unit: &str) -> Result<Vec<AccountAct>, StoreError> {
        self.acts(
            "$1::bigint IS NULL AND c.county = $2 AND c.unit = $3 AND c.act = 'contacts'",
            None,
            Some(county),
            Some(unit),
        )
        .await
    }

    async fn acts(
        &self,
        which: &'static str,
        account: Option<i64>,
        county: Option<&str>,
        unit: Option<&str>,
    ) -> Result<Vec<AccountAct>, StoreError> {
        let sql = format!(
            "SELECT c.at, c.actor_name, a.login AS actor_login, c.act, c.unit, c.role, c.detail
             FROM account_acts c LEFT JOIN accounts a ON a.id = c.actor WHERE {which} ORDER BY c.id DESC LIMIT $4"
        );
        let rows = sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(account)
            .bind(county)
            .bind(unit)
            .bind(SHOWN)
            .fetch_all(&self.pool)
            .await?;
        Ok(rows)
    }
}

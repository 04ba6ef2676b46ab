//! A person's own mail address, beside their telephones: by which they are told on duty. It is verified by a code that is sent there,
//! under the rules of the telephones' codes; what it is told of does not wait for that (decision 64).

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgTransaction;

use super::codes::{A_DAY, A_DAY_OF_ONE, CODE_MINUTES, CODE_TRIES, CodeAsked, CodeTaken, NewCode, PAUSE, call};
use crate::store::{AccountId, NewAct, People, Store, StoreError};

/// A person's own address.
#[derive(Clone, Debug, Default, sqlx::FromRow)]
pub struct OwnMail {
    /// The address; none: mails of duty have nowhere to go but the unit's mailbox.
    pub mail: Option<String>,
    /// When a code that was sent there came back.
    pub verified_at: Option<DateTime<Utc>>,
    /// Until when the code that was sent last can be typed; none: none is awaited.
    pub code_until: Option<DateTime<Utc>>,
    /// The code that was asked for last could not be sent.
    pub code_failed: bool,
}

impl Store<People> {
    /// The address of a person.
    pub async fn own_mail(&self, account: AccountId, now: DateTime<Utc>) -> Result<OwnMail, StoreError> {
        let mail = sqlx::query_as(
            "SELECT a.mail, a.mail_verified_at AS verified_at,
                    CASE WHEN k.expires_at > $2 AND k.tries < $3 AND NOT k.failed THEN k.expires_at END AS code_until,
                    coalesce(k.failed, false) AS code_failed
             FROM accounts a LEFT JOIN LATERAL (
                 SELECT k.mail, k.expires_at, k.tries, c.state = 'failed' AS failed
                 FROM mail_codes k JOIN calls c ON c.id = k.call_id WHERE k.account_id = a.id ORDER BY k.id DESC LIMIT 1
             ) k ON k.mail = a.mail AND a.mail_verified_at IS NULL
             WHERE a.id = $1",
        )
        .bind(account)
        .bind(now)
        .bind(CODE_TRIES)
        .fetch_one(&self.pool)
        .await?;
        Ok(mail)
    }

    /// Sets it, unverified, or takes it away; `false` where it is so already.
    pub async fn own_mail_set(
        &self,
        account: AccountId,
        mail: Option<&str>,
        act: &NewAct<'_>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.pool.begin().await?;
        let set = sqlx::query(
            "UPDATE accounts SET mail = $2, mail_verified_at = NULL WHERE id = $1 AND mail IS DISTINCT FROM $2",
        )
        .bind(account)
        .bind(mail)
        .execute(&mut *tx)
        .await?;
        if set.rows_affected() == 0 {
            return Ok(false);
        }
        act.record(&mut tx).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Queues a code to the person's address, where it is not yet verified.
    pub async fn mail_code_ask(&self, county: &str, new: &NewCode<'_, ()>) -> Result<CodeAsked, StoreError> {
        let mut tx = self.pool.begin().await?;
        // Two requests of one person come one after the other, and so do two that ask for one address.
        let found: Option<(String, bool)> = sqlx::query_as(
            "SELECT a.mail, EXISTS (SELECT FROM units u WHERE u.county = a.county AND lower(u.mailbox) = lower(a.mail)) AS shared
             FROM accounts a WHERE a.id = $1 AND a.mail_unverified FOR UPDATE",
        )
        .bind(new.account)
        .fetch_optional(&mut *tx)
        .await?;
        let Some((mail, shared)) = found else {
            return Ok(CodeAsked::Nothing);
        };
        if shared {
            return Ok(CodeAsked::Shared);
        }
        sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended(lower($1), 0))")
            .bind(&mail)
            .execute(&mut *tx)
            .await?;
        if let Some(until) = held_back(&mut tx, new, &mail).await? {
            return Ok(CodeAsked::Wait(until));
        }
        call(&mut tx, county, new).await?;
        sqlx::query(
            "INSERT INTO mail_codes (account_id, mail, call_id, code, code_mac, sent_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(new.account)
        .bind(&mail)
        .bind(new.call)
        .bind(new.sealed)
        .bind(new.mac)
        .bind(new.at)
        .bind(new.at + TimeDelta::minutes(CODE_MINUTES))
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(CodeAsked::Queued)
    }

    /// Takes a typed code, by its keyed hash. Each try is counted before anything is compared.
    pub async fn mail_code_take(
        &self,
        account: AccountId,
        mac: &[u8],
        act: &NewAct<'_>,
    ) -> Result<CodeTaken, StoreError> {
        let tried: Option<(i64, Vec<u8>, i16, String)> = sqlx::query_as(
            "UPDATE mail_codes SET tries = tries + 1
             WHERE id = (SELECT k.id FROM mail_codes k WHERE k.account_id = $1 ORDER BY k.id DESC LIMIT 1)
               AND tries < $2 AND used_at IS NULL AND expires_at > $3
             RETURNING id, code_mac, tries, mail",
        )
        .bind(account)
        .bind(CODE_TRIES)
        .bind(act.at)
        .fetch_optional(&self.pool)
        .await?;
        let Some((code, expected, tries, mail)) = tried else {
            return Ok(CodeTaken::Over);
        };
        if expected != mac {
            return Ok(CodeTaken::Wrong(CODE_TRIES - tries));
        }
        match self.mail_verify((account, &mail), code, act).await {
            Ok(true) => Ok(CodeTaken::Verified),
            Ok(false) => Ok(CodeTaken::Over),
            Err(StoreError::Db(sqlx::Error::Database(e))) if e.constraint() == Some("accounts_mail_of_one") => {
                Ok(CodeTaken::Taken)
            }
            Err(e) => Err(e),
        }
    }

    /// `false` where the person has another address by now.
    async fn mail_verify(
        &self,
        (account, mail): (AccountId, &str),
        code: i64,
        act: &NewAct<'_>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.pool.begin().await?;
        sqlx::query("UPDATE mail_codes SET used_at = $2 WHERE id = $1")
            .bind(code)
            .bind(act.at)
            .execute(&mut *tx)
            .await?;
        let verified = sqlx::query(
            "UPDATE accounts SET mail_verified_at = $3 WHERE id = $1 AND mail = $2 AND mail_verified_at IS NULL",
        )
        .bind(account)
        .bind(mail)
        .bind(act.at)
        .execute(&mut *tx)
        .await?;
        if verified.rows_affected() == 0 {
            return Ok(false);
        }
        act.record(&mut tx).await?;
        tx.commit().await?;
        Ok(true)
    }
}

/// From when on another code may be asked for, where it may not be just now: as for a telephone.
async fn held_back(
    tx: &mut PgTransaction<'_>,
    new: &NewCode<'_, ()>,
    mail: &str,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    let until = sqlx::query_scalar(
        "WITH sent AS (SELECT k.sent_at, lower(k.mail) = lower($1) AS here, k.account_id = $2 AS own FROM mail_codes k
                       WHERE (lower(k.mail) = lower($1) OR k.account_id = $2) AND k.sent_at > $3 - interval '24 hours')
         SELECT max(until) FROM (
             SELECT max(sent_at) + $4 AS until FROM sent WHERE here
             UNION ALL (SELECT sent_at + interval '24 hours' FROM sent WHERE here ORDER BY sent_at DESC OFFSET $5 - 1 LIMIT 1)
             UNION ALL (SELECT sent_at + interval '24 hours' FROM sent WHERE own ORDER BY sent_at DESC OFFSET $6 - 1 LIMIT 1)
         ) held WHERE until > $3",
    )
    .bind(mail)
    .bind(new.account)
    .bind(new.at)
    .bind(PAUSE)
    .bind(A_DAY)
    .bind(A_DAY_OF_ONE)
    .fetch_one(&mut **tx)
    .await?;
    Ok(until)
}

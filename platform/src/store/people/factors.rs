//! Second factors and recovery codes of accounts, and their reset by two people.

use casework::words::Urgency;
use chrono::{DateTime, Utc};

use crate::store::{
    AccountId, FactorResetId, NewAct, People, Said, SessionId, Store, StoreError, Subject, SubjectNotice, To,
    notices::subject::subject_notice, people::granting::may_be_one,
};

/// A factor to set.
#[derive(Clone, Debug)]
pub struct NewFactor<'a> {
    /// Whose.
    pub account: AccountId,
    /// The secret, sealed.
    pub sealed: &'a [u8],
    /// The step of the code that proved it.
    pub step: i64,
    /// The recovery codes, as keyed hashes.
    pub recovery: &'a [Vec<u8>],
    /// The session that goes on, and counts from now on as one with the factor; all others end.
    pub session: SessionId,
}

/// A reset that waits for its second person.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct FactorReset {
    /// Id.
    pub id: FactorResetId,
    /// Whose factor.
    pub account_id: AccountId,
    /// Their login.
    pub login: String,
    /// Their name.
    pub name: String,
    /// When it was asked for.
    pub asked_at: DateTime<Utc>,
    /// By whom.
    pub asked_by: AccountId,
    /// That person's name.
    pub asked_by_name: String,
    /// Why.
    pub reason: String,
    /// After this nobody can confirm it.
    pub expires_at: DateTime<Utc>,
    /// The units of the person.
    pub units: Vec<String>,
}

impl Store<People> {
    /// Sets a factor where there is none; `false` where there is one.
    pub async fn factor_set(&self, new: &NewFactor<'_>, act: &NewAct<'_>) -> Result<bool, StoreError> {
        let mut tx = self.pool.begin().await?;
        let set = sqlx::query(
            "UPDATE accounts SET factor = $2, factor_at = $3, factor_step = $4 WHERE id = $1 AND factor IS NULL",
        )
        .bind(new.account)
        .bind(new.sealed)
        .bind(act.at)
        .bind(new.step)
        .execute(&mut *tx)
        .await?;
        if set.rows_affected() == 0 {
            return Ok(false);
        }
        recovery_set(&mut tx, new.account, new.recovery, act.at).await?;
        sqlx::query(
            "UPDATE sessions SET factor = factor OR id = $2, ended_at = CASE WHEN id <> $2 THEN $3 END
             WHERE account_id = $1 AND ended_at IS NULL",
        )
        .bind(new.account)
        .bind(new.session)
        .bind(act.at)
        .execute(&mut *tx)
        .await?;
        act.record(&mut tx).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Takes a code by its step: once, and none that is older than the last one taken.
    pub async fn factor_take(&self, account: AccountId, step: i64) -> Result<bool, StoreError> {
        let taken = sqlx::query(
            "UPDATE accounts SET factor_step = $2 WHERE id = $1 AND factor IS NOT NULL AND factor_step < $2",
        )
        .bind(account)
        .bind(step)
        .execute(&self.pool)
        .await?;
        Ok(taken.rows_affected() == 1)
    }

    /// Uses a recovery code up.
    pub async fn recovery_take(&self, account: AccountId, mac: &[u8], act: &NewAct<'_>) -> Result<bool, StoreError> {
        let mut tx = self.pool.begin().await?;
        let taken = sqlx::query(
            "UPDATE recovery_codes SET used_at = $3 WHERE account_id = $1 AND mac = $2 AND used_at IS NULL",
        )
        .bind(account)
        .bind(mac)
        .bind(act.at)
        .execute(&mut *tx)
        .await?;
        if taken.rows_affected() == 0 {
            return Ok(false);
        }
        act.record(&mut tx).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Recovery codes that are left.
    pub async fn recovery_left(&self, account: AccountId) -> Result<i64, StoreError> {
        let left = sqlx::query_scalar("SELECT count(*) FROM recovery_codes WHERE account_id = $1 AND used_at IS NULL")
            .bind(account)
            .fetch_one(&self.pool)
            .await?;
        Ok(left)
    }

    /// Fresh recovery codes; the old ones open nothing any more.
    pub async fn recovery_replace(
        &self,
        account: AccountId,
        macs: &[Vec<u8>],
        act: &NewAct<'_>,
    ) -> Result<(), StoreError> {
        let mut tx = self.pool.begin().await?;
        recovery_set(&mut tx, account, macs, act.at).await?;
        act.record(&mut tx).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Takes the factor away; sessions but `keep` end.
    pub async fn factor_off(
        &self,
        account: AccountId,
        keep: Option<SessionId>,
        act: &NewAct<'_>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.pool.begin().await?;
        let off = factor_remove(&mut tx, account, keep, act.at).await?;
        if off {
            act.record(&mut tx).await?;
        }
        tx.commit().await?;
        Ok(off)
    }

    /// Asks for a reset; `false` where there is no factor, or one is asked for already.
    pub async fn factor_reset_ask(
        &self,
        account: AccountId,
        by: AccountId,
        reason: &str,
        expires_at: DateTime<Utc>,
        act: &NewAct<'_>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.pool.begin().await?;
        sqlx::query(
            "UPDATE factor_resets SET ended_at = $2, confirmed = false WHERE account_id = $1 AND ended_at IS NULL AND expires_at <= $2",
        )
        .bind(account)
        .bind(act.at)
        .execute(&mut *tx)
        .await?;
        let asked: Option<FactorResetId> = sqlx::query_scalar(
            "INSERT INTO factor_resets (county, account_id, asked_at, asked_by, reason, expires_at)
             SELECT a.county, a.id, $3, $4, $5, $6 FROM accounts a WHERE a.id = $2 AND a.county = $1 AND a.factor IS NOT NULL
             ON CONFLICT DO NOTHING RETURNING id",
        )
        .bind(act.county)
        .bind(account)
        .bind(act.at)
        .bind(by)
        .bind(reason)
        .bind(expires_at)
        .fetch_optional(&mut *tx)
        .await?;
        if let Some(id) = asked {
            act.record(&mut tx).await?;
            tell(&mut tx, id, account, expires_at, act).await?;
        }
        tx.commit().await?;
        Ok(asked.is_some())
    }

    /// How many wait for this person: asked by others, about others. `units`: only of these units' people.
    pub async fn factor_resets_waiting(
        &self,
        county: &str,
        account: AccountId,
        units: Option<&[&str]>,
        now: DateTime<Utc>,
    ) -> Result<i64, StoreError> {
        let count = sqlx::query_scalar(
            "SELECT count(*) FROM factor_resets r WHERE r.county = $1 AND r.ended_at IS NULL AND r.expires_at > $3
                AND r.asked_by <> $2 AND r.account_id <> $2
                AND ($4::text[] IS NULL OR EXISTS (SELECT FROM memberships m WHERE m.account_id = r.account_id AND m.ended_at IS NULL
                                                       AND m.unit = ANY ($4)))",
        )
        .bind(county)
        .bind(account)
        .bind(now)
        .bind(units)
        .fetch_one(&self.pool)
        .await?;
        Ok(count)
    }

    /// Resets that wait, the oldest first.
    pub async fn factor_resets(&self, county: &str, now: DateTime<Utc>) -> Result<Vec<FactorReset>, StoreError> {
        let rows = sqlx::query_as(
            "SELECT r.id, r.account_id, a.login, a.name, r.asked_at, r.asked_by, person_shown(b.id, b.name) AS asked_by_name, r.reason, r.expires_at,
                    ARRAY(SELECT DISTINCT m.unit FROM memberships m WHERE m.account_id = a.id AND m.ended_at IS NULL) AS units
             FROM factor_resets r JOIN accounts a ON a.id = r.account_id JOIN accounts b ON b.id = r.asked_by
             WHERE r.county = $1 AND r.ended_at IS NULL AND r.expires_at > $2 ORDER BY r.asked_at, r.id",
        )
        .bind(county)
        .bind(now)
        .fetch_all(&self.pool)
        .await?;
        Ok(rows)
    }

    /// The second person confirms or refuses; `false` where it is not theirs to confirm, or was decided meanwhile.
    pub async fn factor_reset_decide(
        &self,
        id: FactorResetId,
        by: AccountId,
        confirmed: bool,
        act: &NewAct<'_>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.pool.begin().await?;
        let asker: Option<AccountId> = sqlx::query_scalar(
            "SELECT asked_by FROM factor_resets WHERE id = $1 AND county = $2 AND ended_at IS NULL FOR UPDATE",
        )
        .bind(id)
        .bind(act.county)
        .fetch_optional(&mut *tx)
        .await?;
        let Some(asker) = asker else { return Ok(false) };
        if confirmed && may_be_one(&mut tx, asker, Some(by), act.at).await? {
            return Ok(false);
        }
        let account: Option<AccountId> = sqlx::query_scalar(
            "UPDATE factor_resets SET ended_at = $3, ended_by = $4, confirmed = $5
             WHERE id = $1 AND county = $2 AND ended_at IS NULL AND expires_at > $3
               AND (NOT $5 OR (asked_by <> $4 AND account_id <> $4))
             RETURNING account_id",
        )
        .bind(id)
        .bind(act.county)
        .bind(act.at)
        .bind(by)
        .bind(confirmed)
        .fetch_optional(&mut *tx)
        .await?;
        let Some(account) = account else { return Ok(false) };
        if confirmed {
            factor_remove(&mut tx, account, None, act.at).await?;
        }
        act.record(&mut tx).await?;
        tx.commit().await?;
        Ok(true)
    }
}

/// Tells those who can confirm it: the office, and the units of the account, whose leader may.
async fn tell(
    tx: &mut sqlx::PgTransaction<'_>,
    reset: FactorResetId,
    account: AccountId,
    until: DateTime<Utc>,
    act: &NewAct<'_>,
) -> Result<(), StoreError> {
    let (person, by): (String, Option<String>) = sqlx::query_as(
        "SELECT a.name || '（' || a.login || '）', (SELECT b.name || '（' || b.login || '）' FROM accounts b WHERE b.id = $2)
         FROM accounts a WHERE a.id = $1",
    )
    .bind(account)
    .bind(act.actor)
    .fetch_one(&mut **tx)
    .await?;
    for to in [To::Office, To::UnitsOf(account)] {
        let notice = SubjectNotice {
            county: act.county,
            subject: Subject::FactorResetAsked(reset),
            round: 0,
            to,
            urgency: Urgency::P3,
            drill: false,
            said: Said {
                person: Some(person.clone()),
                by: by.clone(),
                due: Some(until),
                ..Said::default()
            },
            at: act.at,
        };
        subject_notice(tx, &notice).await?;
    }
    Ok(())
}

async fn factor_remove(
    tx: &mut sqlx::PgTransaction<'_>,
    account: AccountId,
    keep: Option<SessionId>,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let off = sqlx::query("UPDATE accounts SET factor = NULL, factor_at = NULL WHERE id = $1 AND factor IS NOT NULL")
        .bind(account)
        .execute(&mut **tx)
        .await?;
    sqlx::query("DELETE FROM recovery_codes WHERE account_id = $1")
        .bind(account)
        .execute(&mut **tx)
        .await?;
    sqlx::query(
        "UPDATE sessions SET ended_at = $3 WHERE account_id = $1 AND ended_at IS NULL AND id IS DISTINCT FROM $2",
    )
    .bind(account)
    .bind(keep)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(off.rows_affected() == 1)
}

async fn recovery_set(
    tx: &mut sqlx::PgTransaction<'_>,
    account: AccountId,
    macs: &[Vec<u8>],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM recovery_codes WHERE account_id = $1")
        .bind(account)
        .execute(&mut **tx)
        .await?;
    sqlx::query("INSERT INTO recovery_codes (account_id, mac, made_at) SELECT $1, m, $3 FROM unnest($2) m")
        .bind(account)
        .bind(macs)
        .bind(now)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

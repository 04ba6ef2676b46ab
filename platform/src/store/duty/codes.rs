//! Codes by which a person shows that a telephone is theirs. A code is queued as a call, tries are counted before anything is
//! compared, and numbers are held apart by their keyed hash: ending a telephone and adding it again begins nothing anew.

use casework::words::Channel;
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgTransaction;

use crate::store::{AccountId, CallId, NewAct, People, PhoneId, Store, StoreError};

/// How long a code can be typed, in minutes.
pub const CODE_MINUTES: i64 = 10;

/// How often something may be typed for one code.
pub const CODE_TRIES: i16 = 5;

/// From one code to a number to the next.
pub(super) const PAUSE: TimeDelta = TimeDelta::minutes(1);

/// Codes that are sent to a number within a day, whoever asks for them.
pub(super) const A_DAY: i64 = 5;

/// Codes that a person asks for within a day, whatever the numbers.
pub(super) const A_DAY_OF_ONE: i64 = 10;

/// A code to send.
#[derive(Clone, Debug)]
pub struct NewCode<'a, To = PhoneId> {
    /// Who asks for it, whose telephone or address it is.
    pub account: AccountId,
    /// To which telephone; a person has one address.
    pub to: To,
    /// The call that brings it.
    pub call: CallId,
    /// By message, said, or by mail.
    pub channel: Channel,
    /// A unit of the person.
    pub unit: &'a str,
    /// The code, sealed for the notifier.
    pub sealed: &'a [u8],
    /// Its keyed hash.
    pub mac: &'a [u8],
    /// When.
    pub at: DateTime<Utc>,
}

/// How asking for a code ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeAsked {
    /// It is queued.
    Queued,
    /// The last one to this number is too recent, or there were too many: from then on another may be asked for.
    Wait(DateTime<Utc>),
    /// The person has no such telephone or address that is not yet verified.
    Nothing,
    /// The address is the mailbox of a unit, which is nobody's own.
    Shared,
}

/// How typing a code ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeTaken {
    /// The telephone or address is verified.
    Verified,
    /// It was another code; so many tries are left.
    Wrong(i16),
    /// No code is awaited: none was sent, it has expired, or was tried too often.
    Over,
    /// Somebody else has verified this number or address.
    Taken,
}

impl Store<People> {
    /// Queues a code for a telephone that is not yet verified.
    pub async fn code_ask(&self, county: &str, new: &NewCode<'_>) -> Result<CodeAsked, StoreError> {
        let mut tx = self.pool.begin().await?;
        // Two that ask for one number come one after the other, and so do two requests of one person.
        sqlx::query("SELECT FROM accounts WHERE id = $1 FOR UPDATE")
            .bind(new.account)
            .execute(&mut *tx)
            .await?;
        let mac: Option<Vec<u8>> = sqlx::query_scalar(
            "SELECT number_mac FROM phones WHERE id = $2 AND account_id = $1 AND verified_at IS NULL AND ended_at IS NULL",
        )
        .bind(new.account)
        .bind(new.to)
        .fetch_optional(&mut *tx)
        .await?;
        let Some(mac) = mac else {
            return Ok(CodeAsked::Nothing);
        };
        sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended(encode($1, 'hex'), 0))")
            .bind(&mac)
            .execute(&mut *tx)
            .await?;
        if let Some(until) = held_back(&mut tx, new, &mac).await? {
            return Ok(CodeAsked::Wait(until));
        }
        queue(&mut tx, county, new).await?;
        tx.commit().await?;
        Ok(CodeAsked::Queued)
    }

    /// Takes a typed code, by its keyed hash.
    pub async fn code_take(
        &self,
        account: AccountId,
        (phone, mac): (PhoneId, &[u8]),
        act: &NewAct<'_>,
    ) -> Result<CodeTaken, StoreError> {
        let tried: Option<(i64, Vec<u8>, i16)> = sqlx::query_as(
            "UPDATE phone_codes SET tries = tries + 1
             WHERE id = (SELECT k.id FROM phone_codes k JOIN phones p ON p.id = k.phone_id
                         WHERE k.phone_id = $2 AND p.account_id = $1 AND p.ended_at IS NULL AND p.verified_at IS NULL
                         ORDER BY k.id DESC LIMIT 1)
               AND tries < $3 AND used_at IS NULL AND expires_at > $4
             RETURNING id, code_mac, tries",
        )
        .bind(account)
        .bind(phone)
        .bind(CODE_TRIES)
        .bind(act.at)
        .fetch_optional(&self.pool)
        .await?;
        let Some((code, expected, tries)) = tried else {
            return Ok(CodeTaken::Over);
        };
        if expected != mac {
            return Ok(CodeTaken::Wrong(CODE_TRIES - tries));
        }
        match self.verify(phone, code, act).await {
            Ok(true) => Ok(CodeTaken::Verified),
            Ok(false) => Ok(CodeTaken::Over),
            Err(StoreError::Db(sqlx::Error::Database(e))) if e.constraint() == Some("phones_of_one") => {
                Ok(CodeTaken::Taken)
            }
            Err(e) => Err(e),
        }
    }

    async fn verify(&self, phone: PhoneId, code: i64, act: &NewAct<'_>) -> Result<bool, StoreError> {
        let mut tx = self.pool.begin().await?;
        sqlx::query("UPDATE phone_codes SET used_at = $2 WHERE id = $1")
            .bind(code)
            .bind(act.at)
            .execute(&mut *tx)
            .await?;
        let verified = sqlx::query(
            "UPDATE phones SET verified_at = $2 WHERE id = $1 AND verified_at IS NULL AND ended_at IS NULL",
        )
        .bind(phone)
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

/// From when on another code may be asked for, where it may not be just now.
async fn held_back(
    tx: &mut PgTransaction<'_>,
    new: &NewCode<'_>,
    number_mac: &[u8],
) -> Result<Option<DateTime<Utc>>, StoreError> {
    // Of each group that is full, the code that leaves it first.
    let until = sqlx::query_scalar(
        "WITH sent AS (SELECT k.sent_at, p.number_mac = $1 AS here, p.account_id = $2 AS own
                       FROM phone_codes k JOIN phones p ON p.id = k.phone_id
                       WHERE (p.number_mac = $1 OR p.account_id = $2) AND k.sent_at > $3 - interval '24 hours')
         SELECT max(until) FROM (
             SELECT max(sent_at) + $4 AS until FROM sent WHERE here
             UNION ALL (SELECT sent_at + interval '24 hours' FROM sent WHERE here ORDER BY sent_at DESC OFFSET $5 - 1 LIMIT 1)
             UNION ALL (SELECT sent_at + interval '24 hours' FROM sent WHERE own ORDER BY sent_at DESC OFFSET $6 - 1 LIMIT 1)
         ) held WHERE until > $3",
    )
    .bind(number_mac)
    .bind(new.account)
    .bind(new.at)
    .bind(PAUSE)
    .bind(A_DAY)
    .bind(A_DAY_OF_ONE)
    .fetch_one(&mut **tx)
    .await?;
    Ok(until)
}

/// The call that brings a code.
pub(super) async fn call<To>(
    tx: &mut PgTransaction<'_>,
    county: &str,
    new: &NewCode<'_, To>,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO calls (id, kind, dedup, county, account_id, unit, channel, urgency, drill, system_late, night, created_at, state)
         VALUES ($1, 'code', 'code:' || $1::text, $2, $3, $4, $5, 'P1', false, false, false, $6, 'queued')",
    )
    .bind(new.call)
    .bind(county)
    .bind(new.account)
    .bind(new.unit)
    .bind(new.channel.as_str())
    .bind(new.at)
    .execute(&mut **tx)
    .await?;
    sqlx::query("INSERT INTO call_steps (at, call_id, step, detail) VALUES ($1, $2, 'queued', '')")
        .bind(new.at)
        .bind(new.call)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// The call and what it says.
async fn queue(tx: &mut PgTransaction<'_>, county: &str, new: &NewCode<'_>) -> Result<(), StoreError> {
    call(tx, county, new).await?;
    sqlx::query(
        "INSERT INTO phone_codes (phone_id, call_id, code, code_mac, sent_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(new.to)
    .bind(new.call)
    .bind(new.sealed)
    .bind(new.mac)
    .bind(new.at)
    .bind(new.at + TimeDelta::minutes(CODE_MINUTES))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

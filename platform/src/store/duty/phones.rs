//! Telephones of persons. Numbers come and go sealed: this file knows their keyed hashes and nothing else of them.

use chrono::{DateTime, Utc};
use sqlx::PgTransaction;

use super::codes::CODE_TRIES;
use crate::store::{AccountId, NewAct, OpensPhones, People, PhoneId, Store, StoreError};

/// Telephones that a person has at the most.
pub const MOST_PHONES: i16 = 9;

/// A telephone of a person, in force.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct OwnPhone {
    /// Id.
    pub id: PhoneId,
    /// Whose.
    pub account_id: AccountId,
    /// The number, sealed with the contact key.
    pub number: Vec<u8>,
    /// It rings outside of duty hours too.
    pub night: bool,
    /// When a code that was sent there came back; none: it is never called.
    pub verified_at: Option<DateTime<Utc>>,
    /// Until when the code that was sent last can be typed; none: none is awaited.
    pub code_until: Option<DateTime<Utc>>,
    /// The code that was asked for last could not be sent.
    pub code_failed: bool,
}

/// A telephone to add.
#[derive(Clone, Debug)]
pub struct NewPhone<'a> {
    /// Whose.
    pub account: AccountId,
    /// The number, sealed.
    pub number: &'a [u8],
    /// Its keyed hash.
    pub number_mac: &'a [u8],
    /// It rings outside of duty hours too.
    pub night: bool,
}

/// How adding a telephone ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhoneAdded {
    /// It is there, the last in the order.
    Done(PhoneId),
    /// The person has it already.
    Twice,
    /// The person has as many as one may have.
    Full,
}

impl<L: OpensPhones> Store<L> {
    /// The telephone that was added last and is in force, by which a contact key is known to be the right one.
    pub async fn phone_newest(&self, county: &str) -> Result<Option<(AccountId, Vec<u8>)>, StoreError> {
        let newest = sqlx::query_as(
            "SELECT p.account_id, p.number FROM phones p JOIN accounts a ON a.id = p.account_id
             WHERE a.county = $1 AND p.ended_at IS NULL ORDER BY p.id DESC LIMIT 1",
        )
        .bind(county)
        .fetch_optional(&self.pool)
        .await?;
        Ok(newest)
    }
}

impl Store<People> {
    /// The telephones of these persons, each in the order in which they are called.
    pub async fn phones_of(&self, accounts: &[AccountId], now: DateTime<Utc>) -> Result<Vec<OwnPhone>, StoreError> {
        let rows = sqlx::query_as(
            "SELECT p.id, p.account_id, p.number, p.night, p.verified_at,
                    CASE WHEN k.expires_at > $2 AND k.tries < $3 AND NOT k.failed THEN k.expires_at END AS code_until,
                    coalesce(k.failed, false) AS code_failed
             FROM phones p LEFT JOIN LATERAL (
                 SELECT k.expires_at, k.tries, c.state = 'failed' AS failed
                 FROM phone_codes k JOIN calls c ON c.id = k.call_id
                 WHERE k.phone_id = p.id AND p.verified_at IS NULL ORDER BY k.id DESC LIMIT 1
             ) k ON true
             WHERE p.account_id = ANY($1) AND p.ended_at IS NULL ORDER BY p.account_id, p.place",
        )
        .bind(accounts)
        .bind(now)
        .bind(CODE_TRIES)
        .fetch_all(&self.pool)
        .await?;
        Ok(rows)
    }

    /// Ends every telephone of the act's account, or of its county where it names none, with an act for each person: how many people.
    pub async fn phones_forget(&self, act: &NewAct<'_>) -> Result<usize, StoreError> {
        let mut tx = self.pool.begin().await?;
        let ended: Vec<AccountId> = sqlx::query_scalar(
            "WITH ended AS (UPDATE phones p SET ended_at = $2 FROM accounts a
                            WHERE a.id = p.account_id AND a.county = $1 AND a.id = coalesce($3, a.id) AND p.ended_at IS NULL
                            RETURNING p.account_id)
             SELECT DISTINCT account_id FROM ended ORDER BY account_id",
        )
        .bind(act.county)
        .bind(act.at)
        .bind(act.account)
        .fetch_all(&mut *tx)
        .await?;
        for account in &ended {
            let of = NewAct {
                account: Some(*account),
                ..act.clone()
            };
            of.record(&mut tx).await?;
        }
        tx.commit().await?;
        Ok(ended.len())
    }

    /// Verifies the made-up telephones of a demo's accounts, which no code could reach.
    pub async fn phones_demo_verify(&self, accounts: &[AccountId], now: DateTime<Utc>) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE phones p SET verified_at = $2 FROM accounts a
             WHERE a.id = p.account_id AND a.demo AND a.id = ANY($1) AND p.verified_at IS NULL AND p.ended_at IS NULL",
        )
        .bind(accounts)
        .bind(now)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Ends what `people demo-duty` made: telephones of a demo's accounts, and rosters that they wrote.
    pub async fn duty_demo_end(&self, county: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
        sqlx::query(
            "WITH demo AS (SELECT id FROM accounts WHERE county = $1 AND demo),
                  silent AS (UPDATE phones SET ended_at = $2 WHERE account_id IN (SELECT id FROM demo) AND ended_at IS NULL)
             UPDATE roster_patterns SET ended_at = $2, ended_by = made_by
             WHERE county = $1 AND made_by IN (SELECT id FROM demo) AND ended_at IS NULL",
        )
        .bind(county)
        .bind(now)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Records that somebody saw numbers in full.
    pub async fn phones_seen(&self, act: &NewAct<'_>) -> Result<(), StoreError> {
        let mut tx = self.pool.begin().await?;
        act.record(&mut tx).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Adds a telephone as the last one; it is called once it is verified.
    pub async fn phone_add(&self, new: &NewPhone<'_>, act: &NewAct<'_>) -> Result<PhoneAdded, StoreError> {
        let mut tx = self.pool.begin().await?;
        let have = lock(&mut tx, new.account).await?;
        let twice: bool = sqlx::query_scalar(
            "SELECT EXISTS (SELECT FROM phones WHERE account_id = $1 AND number_mac = $2 AND ended_at IS NULL)",
        )
        .bind(new.account)
        .bind(new.number_mac)
        .fetch_one(&mut *tx)
        .await?;
        if twice {
            return Ok(PhoneAdded::Twice);
        }
        if have >= MOST_PHONES {
            return Ok(PhoneAdded::Full);
        }
        let id = sqlx::query_scalar(
            "INSERT INTO phones (account_id, number, number_mac, place, night, added_at, added_by)
             VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
        )
        .bind(new.account)
        .bind(new.number)
        .bind(new.number_mac)
        .bind(have + 1)
        .bind(new.night)
        .bind(act.at)
        .bind(act.actor.unwrap_or(new.account))
        .fetch_one(&mut *tx)
        .await?;
        act.record(&mut tx).await?;
        tx.commit().await?;
        Ok(PhoneAdded::Done(id))
    }

    /// Ends a telephone of a person: it is never called again. `false` where there is none.
    pub async fn phone_end(&self, account: AccountId, phone: PhoneId, act: &NewAct<'_>) -> Result<bool, StoreError> {
        let mut tx = self.pool.begin().await?;
        lock(&mut tx, account).await?;
        let place: Option<i16> = sqlx::query_scalar(
            "UPDATE phones SET ended_at = $3 WHERE id = $2 AND account_id = $1 AND ended_at IS NULL RETURNING place",
        )
        .bind(account)
        .bind(phone)
        .bind(act.at)
        .fetch_optional(&mut *tx)
        .await?;
        let Some(place) = place else { return Ok(false) };
        sqlx::query("UPDATE phones SET place = place - 1 WHERE account_id = $1 AND place > $2 AND ended_at IS NULL")
            .bind(account)
            .bind(place)
            .execute(&mut *tx)
            .await?;
        act.record(&mut tx).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Has a telephone called before the one that stands before it; `false` where none does.
    pub async fn phone_up(&self, account: AccountId, phone: PhoneId, act: &NewAct<'_>) -> Result<bool, StoreError> {
        let mut tx = self.pool.begin().await?;
        lock(&mut tx, account).await?;
        let moved = sqlx::query(
            "UPDATE phones p SET place = 2 * moves.place - 1 - p.place
             FROM phones moves WHERE moves.id = $2 AND moves.account_id = $1 AND moves.ended_at IS NULL AND moves.place > 1
                 AND p.account_id = $1 AND p.ended_at IS NULL AND p.place IN (moves.place, moves.place - 1)",
        )
        .bind(account)
        .bind(phone)
        .execute(&mut *tx)
        .await?;
        if moved.rows_affected() == 0 {
            return Ok(false);
        }
        act.record(&mut tx).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Says whether a telephone rings at night; `false` where it says so already.
    pub async fn phone_night(
        &self,
        account: AccountId,
        (phone, night): (PhoneId, bool),
        act: &NewAct<'_>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.pool.begin().await?;
        let changed = sqlx::query(
            "UPDATE phones SET night = $3 WHERE id = $2 AND account_id = $1 AND ended_at IS NULL AND night <> $3",
        )
        .bind(account)
        .bind(phone)
        .bind(night)
        .execute(&mut *tx)
        .await?;
        if changed.rows_affected() == 0 {
            return Ok(false);
        }
        act.record(&mut tx).await?;
        tx.commit().await?;
        Ok(true)
    }
}

/// Holds the telephones of a person until the transaction ends, and counts them.
async fn lock(tx: &mut PgTransaction<'_>, account: AccountId) -> Result<i16, StoreError> {
    sqlx::query("SELECT FROM accounts WHERE id = $1 FOR UPDATE")
        .bind(account)
        .execute(&mut **tx)
        .await?;
    let have = sqlx::query_scalar("SELECT count(*)::smallint FROM phones WHERE account_id = $1 AND ended_at IS NULL")
        .bind(account)
        .fetch_one(&mut **tx)
        .await?;
    Ok(have)
}

//! Logins: what a password is compared with, the browsers that are known, and sessions.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgTransaction;

use crate::store::{
    Account, AccountId, Bucket, DeviceId, NewAct, People, Person, SessionId, Store, StoreError,
    people::{
        accounts::{ACCOUNT, HeldRole},
        tries,
    },
};

/// Browsers that an account is known in; the one not used for the longest time is forgotten first.
const DEVICES: i64 = 20;

/// Sessions that a list holds.
const LISTED: i64 = 50;

/// An account as the login needs it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct AccountSecret {
    /// Id.
    pub id: AccountId,
    /// Name.
    pub name: String,
    /// argon2id, PHC string; none until its owner has set a password by an invitation.
    pub password_hash: Option<String>,
    /// The browser that asks, if this account logged in there before.
    pub device: Option<DeviceId>,
    /// Whether it logged in from this address before.
    pub placed: bool,
    /// Disabled accounts can't log in.
    pub disabled_at: Option<DateTime<Utc>>,
    /// Made for a demo.
    pub demo: bool,
    /// The sealed secret of the second factor.
    pub factor: Option<Vec<u8>>,
    /// The login before this one.
    pub last_login_at: Option<DateTime<Utc>>,
}

/// A session to open.
#[derive(Clone, Debug)]
pub struct NewSession<'a> {
    /// Its id.
    pub id: SessionId,
    /// Whose.
    pub account: AccountId,
    /// The browser, which is known from now on; a program has none.
    pub device: Option<DeviceId>,
    /// The address as a keyed hash.
    pub place: &'a [u8],
    /// The address, for its owner's list of sessions.
    pub address: Option<IpAddr>,
    /// What the browser calls itself, in words of ours.
    pub agent: Option<&'a str>,
    /// Opened with the second factor.
    pub factor: bool,
    /// When it ends whatever happens.
    pub expires_at: DateTime<Utc>,
    /// The try that this was, which was no failure.
    pub tried: &'a [Bucket],
}

/// A live session, with who it is.
#[derive(Clone, Debug)]
pub struct LiveSession {
    /// The person, with the memberships of this moment.
    pub person: Person,
    /// When a person last did something.
    pub used_at: DateTime<Utc>,
    /// Opened with the second factor.
    pub factor: bool,
}

/// A session as its owner sees it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct SessionLine {
    /// Its id.
    pub id: SessionId,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// When a person last did something.
    pub used_at: DateTime<Utc>,
    /// From where.
    pub address: Option<String>,
    /// In what.
    pub agent: Option<String>,
    /// Opened with the second factor.
    pub factor: bool,
}

/// Which sessions end.
#[derive(Clone, Copy, Debug)]
pub enum EndSessions {
    /// This one.
    One(SessionId),
    /// All others.
    AllBut(SessionId),
    /// Every one.
    All,
}

#[derive(sqlx::FromRow)]
struct LiveRow {
    #[sqlx(flatten)]
    account: Account,
    used_at: DateTime<Utc>,
    factor: bool,
}

impl Store<People> {
    /// The secret of a login name, as it stands for this browser and this address.
    pub async fn account_secret(
        &self,
        county: &str,
        login: &str,
        device: Option<DeviceId>,
        place: &[u8],
    ) -> Result<Option<AccountSecret>, StoreError> {
        let row = sqlx::query_as(
            "SELECT a.id, a.name, a.password_hash, d.device, a.disabled_at, a.demo, a.factor, a.last_login_at,
                    EXISTS (SELECT FROM login_devices p WHERE p.account_id = a.id AND p.place = $4) AS placed
             FROM accounts a LEFT JOIN login_devices d ON d.account_id = a.id AND d.device = $3
             WHERE a.county = $1 AND a.login = $2",
        )
        .bind(county)
        .bind(login)
        .bind(device)
        .bind(place)
        .fetch_optional(&self.pool)
        .await?;
        Ok(row)
    }

    /// Opens a session after a right password. The browser is known from now on, and sessions that other people left open in it
    /// end; what strangers failed goes on counting against strangers.
    pub async fn session_open(&self, new: &NewSession<'_>, now: DateTime<Utc>) -> Result<(), StoreError> {
        let mut tx = self.pool.begin().await?;
        sqlx::query("UPDATE accounts SET last_login_at = $2 WHERE id = $1")
            .bind(new.account)
            .bind(now)
            .execute(&mut *tx)
            .await?;
        tries::give_back(&mut tx, new.tried).await?;
        sqlx::query(
            "INSERT INTO sessions (id, account_id, created_at, used_at, expires_at, address, agent, device, factor)
             VALUES ($1, $2, $3, $3, $4, $5::inet, $6, $7, $8)",
        )
        .bind(new.id)
        .bind(new.account)
        .bind(now)
        .bind(new.expires_at)
        .bind(new.address.map(|ip| ip.to_string()))
        .bind(new.agent)
        .bind(new.device)
        .bind(new.factor)
        .execute(&mut *tx)
        .await?;
        if let Some(device) = new.device {
            device_known(&mut tx, new, device, now).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// A live session; `None` when it ended, nobody did anything in it for so long, or the account is disabled.
    pub async fn session_person(
        &self,
        id: SessionId,
        idle: TimeDelta,
        now: DateTime<Utc>,
    ) -> Result<Option<LiveSession>, StoreError> {
        let row: Option<LiveRow> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "SELECT {ACCOUNT}, s.used_at, s.factor FROM sessions s JOIN accounts a ON a.id = s.account_id
             WHERE s.id = $1 AND s.ended_at IS NULL AND s.expires_at > $2 AND s.used_at > $3 AND a.disabled_at IS NULL
               AND a.password_hash IS NOT NULL"
        )))
        .bind(id)
        .bind(now)
        .bind(now - idle)
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let held: Vec<HeldRole> = sqlx::query_as("SELECT account_id, unit, role FROM memberships WHERE account_id = $1 AND ended_at IS NULL ORDER BY unit, role")
            .bind(row.account.id)
            .fetch_all(&self.pool)
            .await?;
        Ok(Some(LiveSession {
            person: Person::of(row.account, held.into_iter()),
            used_at: row.used_at,
            factor: row.factor,
        }))
    }

    /// A person did something.
    pub async fn session_touch(&self, id: SessionId, now: DateTime<Utc>) -> Result<(), StoreError> {
        sqlx::query("UPDATE sessions SET used_at = $2 WHERE id = $1 AND used_at < $2")
            .bind(id)
            .bind(now)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// The live sessions of an account, the one used last first.
    pub async fn sessions_list(
        &self,
        account: AccountId,
        idle: TimeDelta,
        now: DateTime<Utc>,
    ) -> Result<Vec<SessionLine>, StoreError> {
        let rows = sqlx::query_as(
            "SELECT id, created_at, used_at, host(address) AS address, agent, factor FROM sessions
             WHERE account_id = $1 AND ended_at IS NULL AND expires_at > $2 AND used_at > $3
             ORDER BY used_at DESC, id LIMIT $4",
        )
        .bind(account)
        .bind(now)
        .bind(now - idle)
        .bind(LISTED)
        .fetch_all(&self.pool)
        .await?;
        Ok(rows)
    }

    /// Ends one session.
    pub async fn session_end(&self, id: SessionId, now: DateTime<Utc>) -> Result<(), StoreError> {
        sqlx::query("UPDATE sessions SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL")
            .bind(id)
            .bind(now)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Ends every session of an account: 退出所有设备.
    pub async fn sessions_end(&self, account: AccountId, now: DateTime<Utc>) -> Result<(), StoreError> {
        sqlx::query("UPDATE sessions SET ended_at = $2 WHERE account_id = $1 AND ended_at IS NULL")
            .bind(account)
            .bind(now)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Ends sessions of an account, one or all but one, and records it; gives how many ended.
    pub async fn sessions_end_some(
        &self,
        account: AccountId,
        which: EndSessions,
        act: &NewAct<'_>,
    ) -> Result<u64, StoreError> {
        let (one, but) = match which {
            EndSessions::One(id) => (Some(id), None),
            EndSessions::AllBut(id) => (None, Some(id)),
            EndSessions::All => (None, None),
        };
        let mut tx = self.pool.begin().await?;
        let ended = sqlx::query(
            "UPDATE sessions SET ended_at = $2 WHERE account_id = $1 AND ended_at IS NULL
                AND ($3::uuid IS NULL OR id = $3) AND id IS DISTINCT FROM $4",
        )
        .bind(account)
        .bind(act.at)
        .bind(one)
        .bind(but)
        .execute(&mut *tx)
        .await?
        .rows_affected();
        if ended > 0 {
            act.record(&mut tx).await?;
        }
        tx.commit().await?;
        Ok(ended)
    }
}

/// The browser is known to the account, and is nobody else's any more.
async fn device_known(
    tx: &mut PgTransaction<'_>,
    new: &NewSession<'_>,
    device: DeviceId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE sessions SET ended_at = $3 WHERE device = $1 AND account_id <> $2 AND ended_at IS NULL")
        .bind(device)
        .bind(new.account)
        .bind(now)
        .execute(&mut **tx)
        .await?;
    sqlx::query(
        "INSERT INTO login_devices (device, account_id, since, last_at, place) VALUES ($1, $2, $3, $3, $4)
         ON CONFLICT (device, account_id) DO UPDATE SET last_at = excluded.last_at, place = excluded.place",
    )
    .bind(device)
    .bind(new.account)
    .bind(now)
    .bind(new.place)
    .execute(&mut **tx)
    .await?;
    sqlx::query(
        "DELETE FROM login_devices WHERE account_id = $1 AND device IN
            (SELECT device FROM login_devices WHERE account_id = $1 ORDER BY last_at DESC, device OFFSET $2)",
    )
    .bind(new.account)
    .bind(DEVICES)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

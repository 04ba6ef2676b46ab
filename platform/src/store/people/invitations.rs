//! Invitations: the only way to a first password, and to another one for whoever forgot theirs. Nobody but its owner ever knows
//! a password; what is handed over is a code that works once and ends by itself.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgTransaction;

use crate::store::{AccountActKind, AccountId, Detail, NewAct, People, Store, StoreError, Word};

/// Days for which an invitation can be used.
pub const INVITED_DAYS: i64 = 7;

/// Whom a code invites, while it does.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Invited {
    /// The account.
    pub account_id: AccountId,
    /// What they type at login.
    pub login: String,
    /// Their name.
    pub name: String,
    /// Their units: no password holds one of these names.
    pub units: Vec<String>,
    /// Until when.
    pub expires_at: DateTime<Utc>,
}

casework::words! {
    /// How an invitation ended before its time was over.
    InvitationEnd {
        /// Its owner set a password by it.
        Used = "used",
        /// Another took its place, or somebody took it back.
        Voided = "voided",
    }
}

/// The last invitation of an account.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Invitation {
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// By whom, told apart; none: the command line.
    pub made_by: Option<String>,
    /// Until when it could be used.
    pub expires_at: DateTime<Utc>,
    /// When it was used or voided.
    pub ended_at: Option<DateTime<Utc>>,
    /// How it ended.
    pub ended_how: Option<Word<InvitationEnd>>,
}

impl Store<People> {
    /// Invites an account anew: its password, its sessions and known browsers, and an invitation that waits, end with this.
    pub async fn invitation_make(&self, account: AccountId, digest: &[u8], act: &NewAct<'_>) -> Result<(), StoreError> {
        let mut tx = self.pool.begin().await?;
        void(&mut tx, account, act).await?;
        sqlx::query(
            "WITH s AS (UPDATE sessions SET ended_at = $2 WHERE account_id = $1 AND ended_at IS NULL),
                  d AS (DELETE FROM login_devices WHERE account_id = $1)
             UPDATE accounts SET password_hash = NULL, password_at = $2 WHERE id = $1",
        )
        .bind(account)
        .bind(act.at)
        .execute(&mut *tx)
        .await?;
        invite(&mut tx, account, digest, act).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Voids the invitation that waits; `false` where none does.
    pub async fn invitation_void(&self, account: AccountId, act: &NewAct<'_>) -> Result<bool, StoreError> {
        let mut tx = self.pool.begin().await?;
        let voided = void(&mut tx, account, act).await?;
        tx.commit().await?;
        Ok(voided)
    }

    /// Whom this code invites; nobody where it is unknown, used, voided or over, or the account is disabled.
    pub async fn invitation_find(
        &self,
        county: &str,
        digest: &[u8],
        now: DateTime<Utc>,
    ) -> Result<Option<Invited>, StoreError> {
        let row = sqlx::query_as(
            "SELECT i.account_id, a.login, a.name, i.expires_at,
                    ARRAY(SELECT DISTINCT u.name FROM memberships m JOIN units u ON u.county = m.county AND u.code = m.unit
                          WHERE m.account_id = a.id AND m.ended_at IS NULL) AS units
             FROM invitations i JOIN accounts a ON a.id = i.account_id
             WHERE i.digest = $2 AND a.county = $1 AND i.ended_at IS NULL AND i.expires_at > $3 AND a.disabled_at IS NULL",
        )
        .bind(county)
        .bind(digest)
        .bind(now)
        .fetch_optional(&self.pool)
        .await?;
        Ok(row)
    }

    /// Uses it up: the password is its owner's from now on. `false` where it can't be used any more.
    pub async fn invitation_use(
        &self,
        county: &str,
        digest: &[u8],
        hash: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.pool.begin().await?;
        let used: Option<(AccountId, String)> = sqlx::query_as(
            "UPDATE invitations i SET ended_at = $3, ended_how = 'used' FROM accounts a
             WHERE i.digest = $2 AND a.id = i.account_id AND a.county = $1 AND i.ended_at IS NULL AND i.expires_at > $3
               AND a.disabled_at IS NULL RETURNING a.id, a.name",
        )
        .bind(county)
        .bind(digest)
        .bind(now)
        .fetch_optional(&mut *tx)
        .await?;
        let Some((account, name)) = used else { return Ok(false) };
        sqlx::query("UPDATE accounts SET password_hash = $2, password_at = $3 WHERE id = $1")
            .bind(account)
            .bind(hash)
            .bind(now)
            .execute(&mut *tx)
            .await?;
        let act = NewAct {
            county,
            at: now,
            actor: Some(account),
            actor_name: &name,
            act: AccountActKind::InvitationUsed,
            account: Some(account),
            unit: None,
            role: None,
            detail: Detail::default(),
        };
        act.record(&mut tx).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// The last invitation of an account.
    pub async fn invitation_last(&self, account: AccountId) -> Result<Option<Invitation>, StoreError> {
        let row = sqlx::query_as(
            "SELECT i.made_at, person_shown(b.id, b.name) AS made_by, i.expires_at, i.ended_at, i.ended_how
             FROM invitations i LEFT JOIN accounts b ON b.id = i.made_by WHERE i.account_id = $1 ORDER BY i.id DESC LIMIT 1",
        )
        .bind(account)
        .fetch_optional(&self.pool)
        .await?;
        Ok(row)
    }
}

/// Makes one, with its line in the trail; `act` says who and when.
pub(in crate::store) async fn invite(
    tx: &mut PgTransaction<'_>,
    account: AccountId,
    digest: &[u8],
    act: &NewAct<'_>,
) -> Result<(), StoreError> {
    let until = act.at + TimeDelta::days(INVITED_DAYS);
    sqlx::query(
        "INSERT INTO invitations (account_id, digest, made_at, made_by, expires_at) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(account)
    .bind(digest)
    .bind(act.at)
    .bind(act.actor)
    .bind(until)
    .execute(&mut **tx)
    .await?;
    line(tx, account, AccountActKind::Invited, act).await
}

/// Voids the one that waits, with its line in the trail. One that is over by itself is put aside without a line.
pub(in crate::store) async fn void(
    tx: &mut PgTransaction<'_>,
    account: AccountId,
    act: &NewAct<'_>,
) -> Result<bool, StoreError> {
    let expires_at: Option<DateTime<Utc>> = sqlx::query_scalar(
        "UPDATE invitations SET ended_at = $2, ended_how = 'voided' WHERE account_id = $1 AND ended_at IS NULL RETURNING expires_at",
    )
    .bind(account)
    .bind(act.at)
    .fetch_optional(&mut **tx)
    .await?;
    let waited = expires_at.is_some_and(|until| until > act.at);
    if waited {
        line(tx, account, AccountActKind::InvitationVoided, act).await?;
    }
    Ok(waited)
}

async fn line(
    tx: &mut PgTransaction<'_>,
    account: AccountId,
    kind: AccountActKind,
    act: &NewAct<'_>,
) -> Result<(), StoreError> {
    let act = NewAct {
        act: kind,
        account: Some(account),
        unit: None,
        role: None,
        ..act.clone()
    };
    act.record(tx).await
}

//! Accounts and memberships. Password hashes go through here and are never logged.

use chrono::{DateTime, Utc};
use sqlx::PgTransaction;

use crate::store::{
    AccountActKind, AccountId, Detail, Loose, NewAct, People, Role, SessionId, Store, StoreError, Word,
    act_detail::{ActWhy, Because},
    people::{granting, invitations::invite},
};

/// An account as people see it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Account {
    /// Id.
    pub id: AccountId,
    /// What they type.
    pub login: String,
    /// Name.
    pub name: String,
    /// Phone at work.
    pub phone: Option<String>,
    /// Set while disabled.
    pub disabled_at: Option<DateTime<Utc>>,
    /// Its owner has set a password.
    pub has_password: bool,
    /// Until when the invitation that waits can be used.
    pub invited_until: Option<DateTime<Utc>>,
    /// Last time they came in.
    pub last_login_at: Option<DateTime<Utc>>,
    /// Made for a demo.
    pub demo: bool,
    /// Since when they have a second factor.
    pub factor_at: Option<DateTime<Utc>>,
}

/// person x unit x role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// The person.
    pub account_id: AccountId,
    /// Unit code.
    pub unit: String,
    /// What they may do there.
    pub role: Role,
}

/// Who acts in a request, with what they may do at this moment.
#[derive(Clone, Debug)]
pub struct Person {
    /// The account.
    pub account: Account,
    /// Current memberships.
    pub memberships: Vec<Membership>,
    /// Memberships of a role that this version doesn't know: they give nothing.
    pub strange: Vec<StrangeRole>,
}

/// A membership that a newer version gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StrangeRole {
    /// Unit code.
    pub unit: String,
    /// Its role.
    pub word: String,
}

/// A membership as it is stored.
#[derive(Clone, sqlx::FromRow)]
pub(super) struct HeldRole {
    account_id: AccountId,
    unit: String,
    role: Loose<Role>,
}

impl Person {
    pub(super) fn of(account: Account, held: impl Iterator<Item = HeldRole>) -> Self {
        let (mut memberships, mut strange) = (Vec::new(), Vec::new());
        for HeldRole { account_id, unit, role } in held {
            match role {
                Loose::Known(role) => memberships.push(Membership { account_id, unit, role }),
                Loose::Other(word) => strange.push(StrangeRole { unit, word }),
            }
        }
        Self {
            account,
            memberships,
            strange,
        }
    }
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
    /// How its owner comes in.
    pub way: WayIn<'a>,
    /// Unit of the first role.
    pub unit: &'a str,
    /// The first role.
    pub role: Role,
    /// Who made it; none for the command line.
    pub actor: Option<AccountId>,
    /// That person's name.
    pub by: &'a str,
    /// What the trail says besides: which command, and who typed it.
    pub detail: Detail,
}

/// How the owner of a new account comes in for the first time.
#[derive(Clone, Copy, Debug)]
pub enum WayIn<'a> {
    /// By an invitation: the digest of its code.
    Invitation(&'a [u8]),
    /// In a demo: by a password that stands on the login page (argon2id, PHC string).
    Demo(&'a str),
    /// By a password that exists already (argon2id, PHC string).
    Password(&'a str),
}

/// How making accounts ended: all of them, or none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Created {
    /// Their ids, in order.
    All(Vec<AccountId>),
    /// These logins are taken.
    Taken(Vec<String>),
}

/// The columns of an [`Account`] of `accounts a`.
pub(in crate::store) const ACCOUNT: &str = "a.id, a.login, a.name, a.phone, a.disabled_at, a.password_hash IS NOT NULL AS has_password,
    (SELECT i.expires_at FROM invitations i WHERE i.account_id = a.id AND i.ended_at IS NULL) AS invited_until, a.last_login_at,
    a.demo, a.factor_at";

/// Which accounts a list holds.
#[derive(Clone, Debug)]
pub enum Find<'a> {
    /// Every one.
    All,
    /// One, by id.
    One(AccountId),
    /// Those with a role in a unit.
    OfUnit(&'a str),
    /// Those in whose name, login, phone or units each of these stands, in small letters.
    Words(Vec<String>),
}

impl Store<People> {
    /// Makes accounts, each with its first role: all in one transaction, or none when a login is taken.
    pub async fn accounts_create(&self, new: &[NewAccount<'_>], now: DateTime<Utc>) -> Result<Created, StoreError> {
        let mut tx = self.pool.begin().await?;
        let (mut ids, mut taken) = (Vec::new(), Vec::new());
        for account in new {
            match account_insert(&mut tx, account, now).await? {
                Some(id) => ids.push(id),
                None => taken.push(account.login.to_owned()),
            }
        }
        if !taken.is_empty() {
            tx.rollback().await?;
            return Ok(Created::Taken(taken));
        }
        tx.commit().await?;
        Ok(Created::All(ids))
    }

    /// Which of these logins are taken.
    pub async fn logins_taken(&self, county: &str, logins: &[String]) -> Result<Vec<String>, StoreError> {
        let rows = sqlx::query_scalar("SELECT login FROM accounts WHERE county = $1 AND login = ANY($2)")
            .bind(county)
            .bind(logins)
            .fetch_all(&self.pool)
            .await?;
        Ok(rows)
    }

    /// Sets a password that its owner chose, ends every session of the account but `keep`, and records `act`, all or nothing.
    pub async fn account_set_password(
        &self,
        id: AccountId,
        hash: &str,
        keep: Option<SessionId>,
        act: &NewAct<'_>,
    ) -> Result<(), StoreError> {
        let mut tx = self.pool.begin().await?;
        sqlx::query(
            "WITH s AS (UPDATE sessions SET ended_at = $3 WHERE account_id = $1 AND ended_at IS NULL AND id IS DISTINCT FROM $4)
             UPDATE accounts SET password_hash = $2, password_at = $3 WHERE id = $1",
        )
        .bind(id)
        .bind(hash)
        .bind(act.at)
        .bind(keep)
        .execute(&mut *tx)
        .await?;
        act.record(&mut tx).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Enables an account again; `None` when there is nothing to enable. It comes back with the roles of its units. Those that
    /// reach over the county end with it, or one person would give them: they are given again by two. Says how many ended.
    pub async fn account_enable(
        &self,
        county: &str,
        id: AccountId,
        act: &NewAct<'_>,
    ) -> Result<Option<usize>, StoreError> {
        let mut tx = self.pool.begin().await?;
        let ended: Vec<(String, Word<Role>)> = sqlx::query_as(
            "UPDATE memberships m SET ended_at = $3, ended_by = $4 FROM accounts a
             WHERE a.id = $2 AND a.county = $1 AND a.disabled_at IS NOT NULL AND m.account_id = a.id AND m.ended_at IS NULL
               AND m.role NOT IN ('member', 'leader') RETURNING m.unit, m.role",
        )
        .bind(county)
        .bind(id)
        .bind(act.at)
        .bind(act.actor)
        .fetch_all(&mut *tx)
        .await?;
        let done = sqlx::query(
            "UPDATE accounts SET disabled_at = NULL WHERE id = $2 AND county = $1 AND disabled_at IS NOT NULL",
        )
        .bind(county)
        .bind(id)
        .execute(&mut *tx)
        .await?;
        if done.rows_affected() == 0 {
            return Ok(None);
        }
        act.record(&mut tx).await?;
        for (unit, role) in &ended {
            let ends = NewAct {
                act: AccountActKind::Ended,
                unit: Some(unit),
                role: Some(role.0),
                detail: Detail::of(&Because { why: ActWhy::Enabled }),
                ..act.clone()
            };
            ends.record(&mut tx).await?;
        }
        tx.commit().await?;
        Ok(Some(ended.len()))
    }

    /// Disables the accounts of a demo, or enables them again; gives how many changed.
    pub async fn accounts_demo_set(&self, county: &str, enabled: bool, now: DateTime<Utc>) -> Result<u64, StoreError> {
        let mut tx = self.pool.begin().await?;
        // A demo ends although nobody else may be there yet: its administrator is nobody's.
        sqlx::query("SELECT set_config('shouwang.demo_ends', 'on', true)")
            .execute(&mut *tx)
            .await?;
        let done = sqlx::query(
            "WITH a AS (UPDATE accounts SET disabled_at = CASE WHEN NOT $2 THEN $3 END
                        WHERE county = $1 AND demo AND (disabled_at IS NULL) <> $2 RETURNING id),
                  s AS (UPDATE sessions SET ended_at = $3 WHERE NOT $2 AND account_id IN (SELECT id FROM a) AND ended_at IS NULL)
             SELECT id FROM a",
        )
        .bind(county)
        .bind(enabled)
        .bind(now)
        .fetch_all(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(done.len() as u64)
    }

    /// How many enabled administrators a county has besides this account: nobody may lock the county out.
    pub async fn admins_besides(&self, county: &str, id: AccountId) -> Result<i64, StoreError> {
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

    /// Id and name of the account that has a login.
    pub async fn account_named(&self, county: &str, login: &str) -> Result<Option<(AccountId, String)>, StoreError> {
        let row = sqlx::query_as("SELECT id, name FROM accounts WHERE county = $1 AND login = $2")
            .bind(county)
            .bind(login)
            .fetch_optional(&self.pool)
            .await?;
        Ok(row)
    }

    /// The login name of an account of a county.
    pub async fn account_login(&self, county: &str, id: AccountId) -> Result<Option<String>, StoreError> {
        let login = sqlx::query_scalar("SELECT login FROM accounts WHERE county = $1 AND id = $2")
            .bind(county)
            .bind(id)
            .fetch_optional(&self.pool)
            .await?;
        Ok(login)
    }

    /// Accounts of a county with their memberships, by login: those that fit `find`, or one, or all.
    pub async fn accounts_list(&self, county: &str, find: Find<'_>) -> Result<Vec<Person>, StoreError> {
        let (id, unit, words) = match find {
            Find::All => (None, None, Vec::new()),
            Find::One(id) => (Some(id), None, Vec::new()),
            Find::OfUnit(unit) => (None, Some(unit), Vec::new()),
            Find::Words(words) => (None, None, words),
        };
        let accounts: Vec<Account> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "SELECT {ACCOUNT} FROM accounts a WHERE a.county = $1 AND ($2::bigint IS NULL OR a.id = $2)
                AND ($3::text IS NULL OR EXISTS (SELECT FROM memberships m WHERE m.account_id = a.id AND m.unit = $3 AND m.ended_at IS NULL))
                AND NOT EXISTS (SELECT FROM unnest($4::text[]) AS w (word) WHERE NOT
                    (position(w.word IN lower(a.login || ' ' || a.name || ' ' || coalesce(a.phone, ''))) > 0
                     OR EXISTS (SELECT FROM memberships m JOIN units u ON u.county = m.county AND u.code = m.unit
                                WHERE m.account_id = a.id AND m.ended_at IS NULL
                                  AND position(w.word IN lower(u.name || ' ' || u.code)) > 0)))
             ORDER BY a.login"
        )))
        .bind(county)
        .bind(id)
        .bind(unit)
        .bind(words)
        .fetch_all(&self.pool)
        .await?;
        let ids: Vec<AccountId> = accounts.iter().map(|account| account.id).collect();
        let memberships: Vec<HeldRole> = sqlx::query_as(
            "SELECT account_id, unit, role FROM memberships
             WHERE county = $1 AND account_id = ANY($2) AND ended_at IS NULL ORDER BY account_id, unit, role",
        )
        .bind(county)
        .bind(ids)
        .fetch_all(&self.pool)
        .await?;
        let of = |id: AccountId| {
            let from = memberships.partition_point(|m| m.account_id < id);
            memberships[from..]
                .iter()
                .take_while(move |m| m.account_id == id)
                .cloned()
        };
        Ok(accounts
            .into_iter()
            .map(|account| {
                let held = of(account.id);
                Person::of(account, held)
            })
            .collect())
    }

    /// Mends name and phone; open tickets of that person show the new name.
    pub async fn account_mend(
        &self,
        county: &str,
        id: AccountId,
        name: &str,
        phone: Option<&str>,
        act: &NewAct<'_>,
    ) -> Result<(), StoreError> {
        let mut tx = self.pool.begin().await?;
        sqlx::query("UPDATE accounts SET name = $3, phone = $4 WHERE county = $1 AND id = $2")
            .bind(county)
            .bind(id)
            .bind(name)
            .bind(phone)
            .execute(&mut *tx)
            .await?;
        sqlx::query("SELECT account_renamed($1, $2, $3)")
            .bind(county)
            .bind(id)
            .bind(name)
            .execute(&mut *tx)
            .await?;
        act.record(&mut tx).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Whether an enabled person holds a role that is not of a demo.
    pub async fn role_is_held(&self, county: &str, role: Role) -> Result<bool, StoreError> {
        let held = sqlx::query_scalar(
            "SELECT EXISTS (SELECT FROM memberships m JOIN accounts a ON a.id = m.account_id
             WHERE m.county = $1 AND m.role = $2 AND m.ended_at IS NULL AND a.disabled_at IS NULL AND NOT a.demo)",
        )
        .bind(county)
        .bind(role.as_str())
        .fetch_one(&self.pool)
        .await?;
        Ok(held)
    }

    /// Gives a person a role in a unit of the act's county; the unit must exist. `false` when the person has it already.
    ///
    /// The database refuses what nobody may give alone: [`Store::grant_ask`] asks for that.
    pub async fn membership_grant(
        &self,
        account: AccountId,
        unit: &str,
        role: Role,
        act: &NewAct<'_>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.pool.begin().await?;
        let given = granting::give(&mut tx, account, unit, role, act).await?;
        if given {
            act.record(&mut tx).await?;
        }
        tx.commit().await?;
        Ok(given)
    }
}

async fn account_insert(
    tx: &mut PgTransaction<'_>,
    new: &NewAccount<'_>,
    now: DateTime<Utc>,
) -> Result<Option<AccountId>, StoreError> {
    let (hash, demo) = match new.way {
        WayIn::Invitation(_) => (None, false),
        WayIn::Demo(hash) => (Some(hash), true),
        WayIn::Password(hash) => (Some(hash), false),
    };
    let id: Option<AccountId> = sqlx::query_scalar(
        "INSERT INTO accounts (county, login, name, phone, password_hash, password_at, created_at, created_by, demo)
         VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8) ON CONFLICT (county, login) DO NOTHING RETURNING id",
    )
    .bind(new.county)
    .bind(new.login)
    .bind(new.name)
    .bind(new.phone)
    .bind(hash)
    .bind(now)
    .bind(new.by)
    .bind(demo)
    .fetch_optional(&mut **tx)
    .await?;
    if let Some(id) = id {
        // A role that takes two people is asked for and not given; somebody else confirms it.
        let alone = new.actor.is_none() || !new.role.takes_two();
        let mut act = NewAct {
            county: new.county,
            at: now,
            actor: new.actor,
            actor_name: new.by,
            act: AccountActKind::Created,
            account: Some(id),
            unit: alone.then_some(new.unit),
            role: alone.then_some(new.role),
            detail: new.detail.clone(),
        };
        if alone {
            granting::give(tx, id, new.unit, new.role, &act).await?;
            act.record(tx).await?;
        } else {
            act.record(tx).await?;
            (act.act, act.unit, act.role) = (AccountActKind::Asked, Some(new.unit), Some(new.role));
            granting::ask(tx, id, new.unit, new.role, &act).await?;
        }
        if let WayIn::Invitation(digest) = new.way {
            invite(tx, id, digest, &act).await?;
        }
    }
    Ok(id)
}

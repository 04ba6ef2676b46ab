//! Somebody leaves: what they hold, to whom it goes, and that both happen together or not at all.

use crate::store::{AccountId, NewAct, People, Role, Store, StoreError, people::invitations};
use casework::words::Urgency;

/// Open tickets of one obligation that a person holds in a unit.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Held {
    /// Unit code.
    pub unit: String,
    /// Obligation code.
    pub obligation: String,
    /// How urgent its case is.
    #[sqlx(try_from = "String")]
    pub urgency: Urgency,
    /// How many.
    pub tickets: i64,
}

/// To whom the open tickets of a unit go; nobody = they wait to be assigned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandOver {
    /// Unit code.
    pub unit: String,
    /// The colleague.
    pub to: Option<AccountId>,
}

/// What ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaving<'a> {
    /// The whole account.
    Account,
    /// One role in one unit.
    Role {
        /// Unit code.
        unit: &'a str,
        /// What ends.
        role: Role,
    },
}

/// How it went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Left {
    /// Done; so many tickets were handed over.
    Done(i64),
    /// There was nothing to end: somebody did it before.
    Before,
    /// Nobody would keep the accounts any more.
    LastAdmin,
    /// Tickets that nobody was named for, because they came in the meantime.
    Holds(Vec<Held>),
}

impl Store<People> {
    /// The open tickets that a person holds, counted by unit and obligation.
    pub async fn account_holds(&self, county: &str, id: AccountId) -> Result<Vec<Held>, StoreError> {
        let rows = sqlx::query_as("SELECT unit, obligation, urgency, tickets FROM account_holds($1, $2)")
            .bind(county)
            .bind(id)
            .fetch_all(&self.pool)
            .await?;
        Ok(rows)
    }

    /// Ends an account or a role and hands over what the person holds, in one transaction. `act` is what is recorded.
    ///
    /// The database keeps the last administrator, with a lock, so that two who disable each other at once come one by one.
    pub async fn account_leave(
        &self,
        county: &str,
        id: AccountId,
        leaving: Leaving<'_>,
        hand_over: &[HandOver],
        act: &NewAct<'_>,
    ) -> Result<Left, StoreError> {
        match self.leave(county, id, leaving, hand_over, act).await {
            Err(StoreError::Db(sqlx::Error::Database(e))) if e.constraint() == Some("last_admin") => {
                Ok(Left::LastAdmin)
            }
            other => other,
        }
    }

    async fn leave(
        &self,
        county: &str,
        id: AccountId,
        leaving: Leaving<'_>,
        hand_over: &[HandOver],
        act: &NewAct<'_>,
    ) -> Result<Left, StoreError> {
        let mut tx = self.pool.begin().await?;
        let ended = match leaving {
            Leaving::Account => sqlx::query(
                "WITH a AS (UPDATE accounts SET disabled_at = $3 WHERE id = $2 AND county = $1 AND disabled_at IS NULL RETURNING id),
                      d AS (DELETE FROM login_devices WHERE account_id IN (SELECT id FROM a)),
                      s AS (UPDATE sessions SET ended_at = $3 WHERE account_id IN (SELECT id FROM a) AND ended_at IS NULL)
                 SELECT id FROM a",
            )
            .bind(county)
            .bind(id)
            .bind(act.at)
            .fetch_optional(&mut *tx)
            .await?
            .is_some(),
            Leaving::Role { unit, role } => {
                sqlx::query(
                    "UPDATE memberships SET ended_at = $5, ended_by = $6 WHERE county = $1 AND account_id = $2 AND unit = $3 AND role = $4
                        AND ended_at IS NULL",
                )
                .bind(county)
                .bind(id)
                .bind(unit)
                .bind(role.as_str())
                .bind(act.at)
                .bind(act.actor)
                .execute(&mut *tx)
                .await?
                .rows_affected()
                    == 1
            }
        };
        if !ended {
            return Ok(Left::Before);
        }
        let mut moved = 0;
        for given in hand_over {
            let count: i64 = sqlx::query_scalar("SELECT account_hand_over($1, $2, $3, $4, $5, $6, $7)")
                .bind(county)
                .bind(id)
                .bind(&given.unit)
                .bind(given.to)
                .bind(act.actor)
                .bind(act.actor_name)
                .bind(act.at)
                .fetch_one(&mut *tx)
                .await?;
            moved += count;
        }
        // A person who is still of the unit by another role keeps its tickets.
        let left: Vec<Held> = sqlx::query_as(
            "SELECT h.unit, h.obligation, h.urgency, h.tickets FROM account_holds($1, $2) h
             WHERE NOT EXISTS (SELECT FROM memberships m JOIN accounts a ON a.id = m.account_id
                               WHERE m.account_id = $2 AND m.unit = h.unit AND m.role IN ('member', 'leader')
                                 AND m.ended_at IS NULL AND a.disabled_at IS NULL)",
        )
        .bind(county)
        .bind(id)
        .fetch_all(&mut *tx)
        .await?;
        if !left.is_empty() {
            tx.rollback().await?;
            return Ok(Left::Holds(left));
        }
        act.record(&mut tx).await?;
        if matches!(leaving, Leaving::Account) {
            invitations::void(&mut tx, id, act).await?;
        }
        tx.commit().await?;
        Ok(Left::Done(moved))
    }
}

//! The trail of what administrators did to accounts and units. It is only added to.

use chrono::{DateTime, Utc};
use sqlx::{FromRow, PgTransaction, Row, postgres::PgRow};

use crate::store::{
    AccountActId, AccountActKind, AccountId, Board, Detail, EventKind, Loose, Owner, People, ReportId, Role,
    RuleSetStep, Store, StoreError, TicketId,
};

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
    pub actor: Option<AccountId>,
    /// That person's name.
    pub actor_name: &'a str,
    /// What.
    pub act: AccountActKind,
    /// The account it was done to.
    pub account: Option<AccountId>,
    /// The unit it is about.
    pub unit: Option<&'a str>,
    /// The role it is about.
    pub role: Option<Role>,
    /// Before and after.
    pub detail: Detail,
}

impl NewAct<'_> {
    /// Adds it to the trail.
    pub(in crate::store) async fn record(&self, tx: &mut PgTransaction<'_>) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO account_acts (county, at, actor, actor_name, act, account_id, unit, role, detail)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(self.county)
        .bind(self.at)
        .bind(self.actor)
        .bind(self.actor_name)
        .bind(self.act.as_str())
        .bind(self.account)
        .bind(self.unit)
        .bind(self.role.map(Role::as_str))
        .bind(&self.detail)
        .execute(&mut **tx)
        .await?;
        Ok(())
    }
}

/// An act of the trail.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct AccountAct {
    /// Its place in the trail.
    pub id: AccountActId,
    /// When.
    pub at: DateTime<Utc>,
    /// Who; none for the command line.
    pub actor: Option<AccountId>,
    /// Their name then.
    pub actor_name: String,
    /// That person's login; none for the command line.
    pub actor_login: Option<String>,
    /// What was done.
    pub act: Loose<AccountActKind>,
    /// The account it was done to.
    pub account_id: Option<AccountId>,
    /// Its name now.
    pub account_name: Option<String>,
    /// Its login.
    pub account_login: Option<String>,
    /// Unit.
    pub unit: Option<String>,
    /// The role that was given or taken.
    pub role: Option<Loose<Role>>,
    /// Before and after.
    pub detail: Detail,
}

/// Which acts.
#[derive(Clone, Debug, Default)]
pub struct ActsFind<'a> {
    /// Done to this account …
    pub account: Option<AccountId>,
    /// … or by it.
    pub or_by: bool,
    /// About this unit.
    pub unit: Option<&'a str>,
    /// One kind of act.
    pub act: Option<AccountActKind>,
    /// Older than this one.
    pub before: Option<AccountActId>,
    /// At most.
    pub limit: i64,
}

/// An act on reports or rules, as the trail of a person lists it.
#[derive(Clone, Debug)]
pub struct DeedLine {
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub what: DeedWhat,
}

/// What somebody did, and on what.
#[derive(Clone, Debug)]
pub enum DeedWhat {
    /// An event of a report.
    Event {
        /// Its kind.
        kind: Loose<EventKind>,
        /// The report.
        report: ReportId,
        /// The ticket, where it was done on one.
        ticket: Option<TicketId>,
    },
    /// A step of a version of the rules.
    Rules {
        /// Which step.
        step: Loose<RuleSetStep>,
        /// The version.
        version: i32,
    },
}

impl FromRow<'_, PgRow> for DeedLine {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        let what = match row.try_get("version")? {
            Some(version) => DeedWhat::Rules {
                step: row.try_get("kind")?,
                version,
            },
            None => DeedWhat::Event {
                kind: row.try_get("kind")?,
                report: row.try_get("report_id")?,
                ticket: row.try_get("ticket_id")?,
            },
        };
        Ok(Self {
            at: row.try_get("at")?,
            what,
        })
    }
}

impl Store<Owner> {
    /// Records an act that changes nothing else.
    pub async fn account_act_record(&self, act: &NewAct<'_>) -> Result<(), StoreError> {
        let mut tx = self.pool.begin().await?;
        act.record(&mut tx).await?;
        tx.commit().await?;
        Ok(())
    }
}

impl Store<People> {
    /// What was done to accounts and units, the newest first.
    pub async fn acts_find(&self, county: &str, find: &ActsFind<'_>) -> Result<Vec<AccountAct>, StoreError> {
        let rows = sqlx::query_as(
            "SELECT c.id, c.at, c.actor, c.actor_name, a.login AS actor_login, c.act, c.account_id, o.name AS account_name,
                    o.login AS account_login, c.unit, c.role, c.detail
             FROM account_acts c LEFT JOIN accounts a ON a.id = c.actor LEFT JOIN accounts o ON o.id = c.account_id
             WHERE c.county = $1 AND ($2::bigint IS NULL OR c.account_id = $2 OR ($3 AND c.actor = $2))
               AND ($4::text IS NULL OR c.unit = $4) AND ($5::text IS NULL OR c.act = $5) AND ($6::bigint IS NULL OR c.id < $6)
             ORDER BY c.id DESC LIMIT $7",
        )
        .bind(county)
        .bind(find.account)
        .bind(find.or_by)
        .bind(find.unit)
        .bind(find.act.map(AccountActKind::as_str))
        .bind(find.before)
        .bind(find.limit)
        .fetch_all(&self.pool)
        .await?;
        Ok(rows)
    }

    /// What was done to an account, the newest first.
    pub async fn account_acts(&self, county: &str, account: AccountId) -> Result<Vec<AccountAct>, StoreError> {
        let find = ActsFind {
            account: Some(account),
            limit: SHOWN,
            ..ActsFind::default()
        };
        self.acts_find(county, &find).await
    }

    /// What others did to an account's way in since then: what its owner is told at the next login.
    pub async fn account_login_acts(&self, account: AccountId, since: DateTime<Utc>) -> Result<i64, StoreError> {
        let count = sqlx::query_scalar(
            "SELECT count(*) FROM account_acts WHERE account_id = $1 AND at > $2 AND actor IS DISTINCT FROM $1
                AND act IN ('invited', 'sessions-ended', 'factor-reset', 'factor-off')",
        )
        .bind(account)
        .bind(since)
        .fetch_one(&self.pool)
        .await?;
        Ok(count)
    }

    /// What was done to a unit's contacts, the newest first.
    pub async fn unit_acts(&self, county: &str, unit: &str) -> Result<Vec<AccountAct>, StoreError> {
        let find = ActsFind {
            unit: Some(unit),
            act: Some(AccountActKind::Contacts),
            limit: SHOWN,
            ..ActsFind::default()
        };
        self.acts_find(county, &find).await
    }
}

impl Store<Board> {
    /// What a person did on reports and rules, the newest first.
    pub async fn account_deeds(
        &self,
        county: &str,
        account: AccountId,
        limit: i64,
    ) -> Result<Vec<DeedLine>, StoreError> {
        let rows = sqlx::query_as(
            "(SELECT at, kind, report_id, ticket_id, NULL::integer AS version FROM events WHERE account_id = $2
              ORDER BY at DESC LIMIT $3)
             UNION ALL
             (SELECT at, act, NULL, NULL, version FROM rule_set_acts WHERE county = $1 AND account_id = $2 ORDER BY id DESC LIMIT $3)
             ORDER BY at DESC LIMIT $3",
        )
        .bind(county)
        .bind(account)
        .bind(limit)
        .fetch_all(&self.pool)
        .await?;
        Ok(rows)
    }
}

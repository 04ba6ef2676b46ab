//! What the office's login does about calls beside answering them: it shows the page that a mail opens, with as much as the mail said,
//! and has somebody called by hand.

use casework::words::Urgency;
use chrono::{DateTime, Utc};

use super::{
    answer::AnsweredHow,
    ladder::{CallStep, telling_first},
};
use crate::store::{AccountId, CallId, Office, Store, StoreError, TicketId, Word};

/// A call to a person by mail.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CallAsked {
    /// Whom it calls.
    pub account_id: AccountId,
    /// Their name.
    pub person: String,
    /// For the duty of which unit.
    pub unit_name: String,
    /// How urgent.
    #[sqlx(try_from = "String")]
    pub urgency: Urgency,
    /// How many reports it tells of.
    pub reports: i64,
    /// A drill.
    pub drill: bool,
    /// It still rings.
    pub open: bool,
    /// When somebody answered first.
    pub answered_at: Option<DateTime<Utc>>,
    /// Who, as shown.
    pub answered_by: Option<String>,
    /// How.
    pub answered_how: Option<Word<AnsweredHow>>,
}

impl Store<Office> {
    /// A call that went to a person by mail; `None` for any other. Whose account is closed answers nothing any more.
    pub async fn call_asked(&self, county: &str, call: CallId) -> Result<Option<CallAsked>, StoreError> {
        let asked = sqlx::query_as(sqlx::AssertSqlSafe(telling_first(include_str!("asked.sql"))));
        Ok(asked.bind(county).bind(call).fetch_optional(&self.pool).await?)
    }

    /// Somebody opened what was sent. It answers nothing: programs open links too.
    pub async fn call_opened(&self, call: CallId, at: DateTime<Utc>) -> Result<(), StoreError> {
        let mut tx = self.pool.begin().await?;
        sqlx::query(
            "INSERT INTO call_steps (at, call_id, step, detail)
             SELECT $2, $1, $3, '' WHERE NOT EXISTS (SELECT FROM call_steps WHERE call_id = $1 AND step = $3)",
        )
        .bind(call)
        .bind(at)
        .bind(CallStep::Opened.as_str())
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }

    /// Has a person called now, by voice and message, about what rings for a ticket and nobody answered; who asked for it stands in the
    /// trail. 0: nothing rings, or the account is closed.
    pub async fn call_by_hand(
        &self,
        ticket: TicketId,
        account: AccountId,
        by: AccountId,
        at: DateTime<Utc>,
    ) -> Result<i64, StoreError> {
        let mut tx = self.pool.begin().await?;
        let count = sqlx::query_scalar("SELECT calls_by_hand($1, $2, $3, $4)")
            .bind(ticket)
            .bind(account)
            .bind(by)
            .bind(at)
            .fetch_one(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(count)
    }
}

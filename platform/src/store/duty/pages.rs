//! 开始值班: a page that somebody on duty keeps open and that rings. It says every few seconds that it is there, by an ask of its
//! own: a stream that stays open proves nothing about the page at its other end.
//!
//! A page ends when its person says so, when another takes the duty over, or when the same person begins anew for the same unit.
//! One that is heard of no more is lost (`lost`).

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgTransaction;

use crate::store::{AccountId, CallId, Desk, DeskScope, DutyPageId, Store, StoreError, TicketId, Word};

/// A page that was not heard of for so long is lost, and a call to it reaches nobody.
pub const LOST_AFTER: TimeDelta = TimeDelta::seconds(60);

casework::words! {
    /// How a page ended.
    DutyPageEnd {
        /// 结束值班
        Finished = "finished",
        /// 交班
        HandedOver = "handed-over",
        /// The person began anew, here or elsewhere.
        Replaced = "replaced",
        /// It was heard of no more.
        Lost = "lost",
    }
}

/// A person on duty.
#[derive(Clone, Copy, Debug)]
pub struct OnDuty<'a> {
    /// County.
    pub county: &'a str,
    /// For which unit.
    pub unit: &'a str,
    /// Who.
    pub account: AccountId,
}

/// A page of somebody.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct DutyPage {
    /// Which.
    pub id: DutyPageId,
    /// For which unit.
    pub unit: String,
    /// Whose.
    pub account_id: AccountId,
    /// Since when.
    pub began_at: DateTime<Utc>,
    /// When it was last heard of.
    pub beat_at: DateTime<Utc>,
    /// When it ended; none: it is open.
    pub ended_at: Option<DateTime<Utc>>,
    /// How.
    pub ended_how: Option<Word<DutyPageEnd>>,
}

impl Store<Desk> {
    /// Begins one; an open page of the same person for the same unit is replaced by it.
    pub async fn duty_page_begin(
        &self,
        scope: &DeskScope,
        who: OnDuty<'_>,
        at: DateTime<Utc>,
    ) -> Result<DutyPage, StoreError> {
        let mut tx = self.desk(scope).await?;
        sqlx::query(
            "UPDATE duty_pages SET ended_at = $4, ended_how = 'replaced'
             WHERE county = $1 AND unit = $2 AND account_id = $3 AND ended_at IS NULL",
        )
        .bind(who.county)
        .bind(who.unit)
        .bind(who.account)
        .bind(at)
        .execute(&mut *tx)
        .await?;
        let page = sqlx::query_as(
            "INSERT INTO duty_pages (county, unit, account_id, began_at, beat_at) VALUES ($1, $2, $3, $4, $4)
             RETURNING id, unit, account_id, began_at, beat_at, ended_at, ended_how",
        )
        .bind(who.county)
        .bind(who.unit)
        .bind(who.account)
        .bind(at)
        .fetch_one(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(page)
    }

    /// The page says that it is there, and which calls it has shown; how it stands. None: no page of this person.
    pub async fn duty_page_beat(
        &self,
        scope: &DeskScope,
        (id, account): (DutyPageId, AccountId),
        shown: &[CallId],
        at: DateTime<Utc>,
    ) -> Result<Option<DutyPage>, StoreError> {
        let mut tx = self.desk(scope).await?;
        sqlx::query(
            "UPDATE duty_pages SET beat_at = greatest(beat_at, $3) WHERE id = $1 AND account_id = $2 AND ended_at IS NULL",
        )
        .bind(id)
        .bind(account)
        .bind(at)
        .execute(&mut *tx)
        .await?;
        let page: Option<DutyPage> = sqlx::query_as(
            "SELECT id, unit, account_id, began_at, beat_at, ended_at, ended_how FROM duty_pages WHERE id = $1 AND account_id = $2",
        )
        .bind(id)
        .bind(account)
        .fetch_optional(&mut *tx)
        .await?;
        if page.as_ref().is_some_and(|page| page.ended_at.is_none()) && !shown.is_empty() {
            sqlx::query("SELECT desk_calls_shown($1, $2, $3)")
                .bind(shown)
                .bind(account)
                .bind(at)
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        Ok(page)
    }

    /// Ends it; whether it was open.
    pub async fn duty_page_finish(
        &self,
        scope: &DeskScope,
        (id, account): (DutyPageId, AccountId),
        at: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.desk(scope).await?;
        let ended = sqlx::query(
            "UPDATE duty_pages SET ended_at = $3, ended_how = 'finished' WHERE id = $1 AND account_id = $2 AND ended_at IS NULL",
        )
        .bind(id)
        .bind(account)
        .bind(at)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(ended.rows_affected() > 0)
    }

    /// The pages of these units that are open now, the oldest first.
    pub async fn duty_pages_open(&self, scope: &DeskScope, now: DateTime<Utc>) -> Result<Vec<DutyPage>, StoreError> {
        let mut tx = self.desk(scope).await?;
        let pages = sqlx::query_as(
            "SELECT id, unit, account_id, began_at, beat_at, ended_at, ended_how FROM duty_pages
             WHERE unit = ANY ((SELECT desk_units())::text[]) AND ended_at IS NULL AND beat_at > $1 ORDER BY began_at, id",
        );
        Ok(pages.bind(now - LOST_AFTER).fetch_all(&mut *tx).await?)
    }

    /// A person opened a call that their page showed: the ticket that it is about; none: no such call for them.
    pub async fn duty_call_opened(
        &self,
        scope: &DeskScope,
        (call, account): (CallId, AccountId),
        at: DateTime<Utc>,
    ) -> Result<Option<TicketId>, StoreError> {
        let mut tx = self.desk(scope).await?;
        let ticket = sqlx::query_scalar("SELECT desk_call_opened($1, $2, $3)")
            .bind(call)
            .bind(account)
            .bind(at)
            .fetch_one(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(ticket)
    }
}

/// Who has a page open.
pub(in crate::store) async fn live(
    tx: &mut PgTransaction<'_>,
    county: &str,
    now: DateTime<Utc>,
) -> Result<BTreeSet<AccountId>, StoreError> {
    let live: Vec<AccountId> =
        sqlx::query_scalar("SELECT account_id FROM duty_pages WHERE county = $1 AND ended_at IS NULL AND beat_at > $2")
            .bind(county)
            .bind(now - LOST_AFTER)
            .fetch_all(&mut **tx)
            .await?;
    Ok(live.into_iter().collect())
}

/// Who gave the duty over has no page for it any more.
pub(super) async fn handed_over(
    tx: &mut PgTransaction<'_>,
    (unit, account): (&str, AccountId),
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE duty_pages SET ended_at = $3, ended_how = 'handed-over' WHERE unit = $1 AND account_id = $2 AND ended_at IS NULL",
    )
    .bind(unit)
    .bind(account)
    .bind(at)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

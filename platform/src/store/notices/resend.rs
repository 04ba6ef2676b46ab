//! What becomes of a notice after it left: it comes back, or a person has it sent again.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::store::notices::kind::StoredKind;
use crate::store::{
    AccountId, Desk, DeskScope, Listed, NoticeId, NoticeKind, NoticeState, Notifier, Office, Store, StoreError,
    TicketId, Unread, Word, listed::listed,
};

/// What a returned mail did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bounced {
    /// Its notice is marked now.
    Marked,
    /// It was marked before, or its notice ended otherwise.
    Before,
    /// The sending is not recorded yet: come back later.
    NotYet,
    /// No notice of ours.
    Unknown,
}

/// A notice that was queued again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resent {
    /// The new notice.
    pub id: NoticeId,
    /// The first ticket that it is about, if it is about tickets.
    pub ticket_id: Option<TicketId>,
}

/// A mail that did not reach a ticket's own unit.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct LostNotice {
    /// Notice.
    pub id: NoticeId,
    /// Its kind.
    #[sqlx(try_from = "StoredKind")]
    pub kind: NoticeKind,
    /// Given up, or it came back.
    #[sqlx(try_from = "String")]
    pub state: NoticeState,
    /// When it was given up or came back.
    pub finished_at: DateTime<Utc>,
}

/// Why a notice can't be sent again.
#[derive(Debug, thiserror::Error)]
pub enum ResendError {
    /// No such notice in the county.
    #[error("there is no such notice")]
    Missing,
    /// It waits, is a suppressed drill, or was sent again already.
    #[error("this notice can't be sent again")]
    NotNow,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for ResendError {
    fn from(e: sqlx::Error) -> Self {
        Self::Store(e.into())
    }
}

impl Store<Notifier> {
    /// A returned mail: the notice is marked with the reason, and of a P1 whoever is above is told, in one transaction.
    pub async fn notice_bounce(
        &self,
        county: &str,
        id: NoticeId,
        reason: &str,
        now: DateTime<Utc>,
    ) -> Result<Bounced, StoreError> {
        let mut tx = self.pool.begin().await?;
        let urgent: Option<bool> = sqlx::query_scalar(include_str!("bounce.sql"))
            .bind(id)
            .bind(county)
            .bind(reason)
            .bind(now)
            .fetch_optional(&mut *tx)
            .await?;
        let Some(urgent) = urgent else {
            let state: Option<Word<NoticeState>> =
                sqlx::query_scalar("SELECT state FROM notices WHERE id = $1 AND county = $2")
                    .bind(id)
                    .bind(county)
                    .fetch_optional(&mut *tx)
                    .await?;
            return Ok(match state {
                None => Bounced::Unknown,
                Some(Word(NoticeState::Queued)) => Bounced::NotYet,
                Some(_) => Bounced::Before,
            });
        };
        if urgent {
            sqlx::query(include_str!("undeliverable.sql"))
                .bind(id)
                .bind(Uuid::new_v4())
                .bind(now)
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        Ok(Bounced::Marked)
    }
}

impl Store<Desk> {
    /// Mails about a ticket of these units that did not reach the ticket's own unit, the latest first.
    pub async fn desk_failed_notices(
        &self,
        scope: &DeskScope,
        ticket: TicketId,
    ) -> Result<Vec<Listed<LostNotice>>, StoreError> {
        let mut tx = self.desk(scope).await?;
        let lost = sqlx::query("SELECT id, kind, state, finished_at FROM desk_failed_notices($1)")
            .bind(ticket)
            .fetch_all(&mut *tx)
            .await?;
        tx.commit().await?;
        listed(&lost, Unread::notice)
    }

    /// 再次发送 by a leader of the ticket's unit; `false` where it is no lost mail to that unit, or was sent again already.
    pub async fn desk_notice_resend(
        &self,
        scope: &DeskScope,
        (ticket, notice): (TicketId, NoticeId),
        (account, name): (AccountId, &str),
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.desk(scope).await?;
        let again = sqlx::query_scalar("SELECT desk_notice_resend($1, $2, $3, $4, $5, $6)")
            .bind(ticket)
            .bind(notice)
            .bind(Uuid::new_v4())
            .bind(account)
            .bind(name)
            .bind(now)
            .fetch_one(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(again)
    }
}

impl Store<Office> {
    /// 再次发送: a person has a notice that is sent, failed or returned sent again, as a notice of its own. The act is recorded.
    pub async fn notice_resend(
        &self,
        county: &str,
        id: NoticeId,
        (account, name): (AccountId, &str),
        now: DateTime<Utc>,
    ) -> Result<Resent, ResendError> {
        let mut tx = self.pool.begin().await?;
        let again: Option<bool> = sqlx::query_scalar(
            "SELECT state IN ('sent', 'failed', 'bounced') AND replaced_by IS NULL FROM notices WHERE id = $1 AND county = $2 FOR UPDATE",
        )
        .bind(id)
        .bind(county)
        .fetch_optional(&mut *tx)
        .await?;
        match again {
            None => return Err(ResendError::Missing),
            Some(false) => return Err(ResendError::NotNow),
            Some(true) => {}
        }
        let (new, ticket_id): (NoticeId, Option<TicketId>) = sqlx::query_as(include_str!("resend.sql"))
            .bind(id)
            .bind(Uuid::new_v4())
            .bind(account)
            .bind(name)
            .bind(now)
            .fetch_one(&mut *tx)
            .await?;
        sqlx::query("UPDATE notices SET replaced_by = $2 WHERE id = $1")
            .bind(id)
            .bind(new)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(Resent { id: new, ticket_id })
    }
}

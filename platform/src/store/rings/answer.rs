//! 知悉接手: a named person answers what rings.
//!
//! An answer is for a call, by its id, or for all that rings for a person; either way it answers every ring of those calls, so a
//! call that told of several reports answers all of them. What an answer does, in one transaction (`bells_answer` in
//! `migrations/0015_duty.sql`):
//!
//! - The bells of those rings are silent, for everybody who was called: what is still queued for them is silenced, and no later ring
//!   of theirs comes. Of the repetition after the last level (`again`) only the rings so far are silent.
//! - It stops no clock and no other bell: the next level rings as if nobody had answered.
//! - Each ticket has one line in its trail (`ring-answered`), under the name of the person, and each call the step `acknowledged`.
//! - Who is second changes nothing and is told who was first, when and how; so a button that is pressed twice does it once, and
//!   two people who press at the same time wait for each other.
//!
//! A shared telephone or mailbox is nobody: only an account answers. Whose right it is to answer for an account (a session, a verified
//! telephone, a duty PIN) is for the caller to know; a desk reaches only calls to that person or for the duty of its units.

use chrono::{DateTime, Utc};
use sqlx::PgTransaction;

use crate::store::{
    AccountId, AnswersBells, CallId, Desk, DeskScope, Detail, ReportId, StageId, Store, StoreError, TicketId, Word,
    event_detail::Answered,
};

casework::words! {
    /// How somebody answered.
    AnsweredHow {
        /// On a page, logged in.
        Login = "login",
        /// A digit in a call to an own telephone.
        Digit = "digit",
        /// A message from an own telephone.
        Message = "message",
        /// The own duty PIN on a shared telephone.
        Pin = "pin",
        /// The button that a mail opens.
        Mail = "mail",
        /// The office wrote down who answered by telephone (电话代签).
        Telephone = "telephone",
    }
}

/// An answer.
#[derive(Clone, Copy, Debug)]
pub struct BellAnswer {
    /// Who answers.
    pub by: AccountId,
    /// How.
    pub how: AnsweredHow,
    /// Who of the office wrote it down, where it came by telephone; none: the person did it.
    pub recorded_by: Option<AccountId>,
    /// When.
    pub at: DateTime<Utc>,
}

/// What became of one bell.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct BellAnswered {
    /// Of which report.
    pub report_id: ReportId,
    /// Of which ticket.
    pub ticket_id: TicketId,
    /// Of which stage.
    pub stage_id: StageId,
    /// As casework's `Cause` writes it; `drill` for a unit of a drill, whose row `stage_id` is then.
    pub cause: String,
    /// This answer was the first. False: somebody was before, or the act is done and nothing rings.
    pub fresh: bool,
    /// When it was answered first; none: nobody had to, the act is done.
    pub answered_at: Option<DateTime<Utc>>,
    /// By whom.
    pub answered_by: Option<AccountId>,
    /// How.
    pub answered_how: Option<Word<AnsweredHow>>,
}

impl<L: AnswersBells> Store<L> {
    /// Answers calls, county-wide: the office's and the notifier's way. Empty: there are no such calls.
    pub async fn bell_answer(&self, calls: &[CallId], answer: BellAnswer) -> Result<Vec<BellAnswered>, StoreError> {
        let mut tx = self.pool.begin().await?;
        let mut answered = answer_in(&mut tx, "SELECT * FROM bells_answer($1, $2, $3, $4, $5)", calls, answer).await?;
        answered.extend(drills_in(&mut tx, "SELECT drills_answer($1, $2, $3, $4, $5)", calls, answer).await?);
        tx.commit().await?;
        Ok(answered)
    }

    /// Answers all that rings for the person who answers. Empty: nothing does.
    pub async fn bell_answer_all(&self, answer: BellAnswer) -> Result<Vec<BellAnswered>, StoreError> {
        let mut tx = self.pool.begin().await?;
        let calls = ringing(&mut tx, answer).await?;
        let mut answered = answer_in(
            &mut tx,
            "SELECT * FROM bells_answer($1, $2, $3, $4, $5)",
            &calls,
            answer,
        )
        .await?;
        answered.extend(drills_in(&mut tx, "SELECT drills_answer($1, $2, $3, $4, $5)", &calls, answer).await?);
        tx.commit().await?;
        Ok(answered)
    }
}

impl Store<Desk> {
    /// Answers calls to a person or for the duty of the scope's units; others are left alone.
    pub async fn desk_bell_answer(
        &self,
        scope: &DeskScope,
        calls: &[CallId],
        answer: BellAnswer,
    ) -> Result<Vec<BellAnswered>, StoreError> {
        let mut tx = self.desk(scope).await?;
        let mut answered = answer_in(
            &mut tx,
            "SELECT * FROM desk_bells_answer($1, $2, $3, $4, $5)",
            calls,
            answer,
        )
        .await?;
        answered.extend(drills_in(&mut tx, "SELECT desk_drills_answer($1, $2, $3, $4, $5)", calls, answer).await?);
        tx.commit().await?;
        Ok(answered)
    }

    /// Answers all that rings for a person.
    pub async fn desk_bell_answer_all(
        &self,
        scope: &DeskScope,
        answer: BellAnswer,
    ) -> Result<Vec<BellAnswered>, StoreError> {
        let mut tx = self.desk(scope).await?;
        let calls = ringing(&mut tx, answer).await?;
        let mut answered = answer_in(
            &mut tx,
            "SELECT * FROM desk_bells_answer($1, $2, $3, $4, $5)",
            &calls,
            answer,
        )
        .await?;
        answered.extend(drills_in(&mut tx, "SELECT desk_drills_answer($1, $2, $3, $4, $5)", &calls, answer).await?);
        tx.commit().await?;
        Ok(answered)
    }
}

/// The units of drills that these calls ring for. A drill has neither report nor ticket, so those ids are 0, which no row has.
async fn drills_in(
    tx: &mut PgTransaction<'_>,
    statement: &'static str,
    calls: &[CallId],
    answer: BellAnswer,
) -> Result<Vec<BellAnswered>, StoreError> {
    let units: Vec<i64> = sqlx::query_scalar(statement)
        .bind(calls)
        .bind(answer.by)
        .bind(answer.how.as_str())
        .bind(answer.recorded_by)
        .bind(answer.at)
        .fetch_all(&mut **tx)
        .await?;
    let answered = units.into_iter().map(|unit| BellAnswered {
        report_id: ReportId::from_db(0),
        ticket_id: TicketId(0),
        stage_id: StageId(unit),
        cause: "drill".to_owned(),
        fresh: true,
        answered_at: Some(answer.at),
        answered_by: Some(answer.by),
        answered_how: Some(Word(answer.how)),
    });
    Ok(answered.collect())
}

async fn ringing(tx: &mut PgTransaction<'_>, answer: BellAnswer) -> Result<Vec<CallId>, StoreError> {
    let calls = sqlx::query_scalar("SELECT calls_ringing($1, $2)");
    Ok(calls.bind(answer.by).bind(answer.at).fetch_all(&mut **tx).await?)
}

async fn answer_in(
    tx: &mut PgTransaction<'_>,
    statement: &'static str,
    calls: &[CallId],
    answer: BellAnswer,
) -> Result<Vec<BellAnswered>, StoreError> {
    let said = Answered {
        recorded_by: answer.recorded_by,
    };
    let answered = sqlx::query_as(statement)
        .bind(calls)
        .bind(answer.by)
        .bind(answer.how.as_str())
        .bind(Detail::of(&said))
        .bind(answer.at)
        .fetch_all(&mut **tx)
        .await?;
    Ok(answered)
}

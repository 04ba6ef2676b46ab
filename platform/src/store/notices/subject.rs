//! Mails that are not about a ticket: somebody is asked to decide on something else, or told that it changed.
//!
//! Whoever writes the thing itself queues the mail in the same transaction; the notifier finds words and link by its kind.
//! It is queued once for a subject and its round, however often the writer tries.

use casework::words::Urgency;
use casework::words::reserved::OFFICE;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::{PgConnection, types::Json};

use crate::store::{Store, StoreError, Tells};

/// What such a mail is about, and what happened to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// This version of the rules was submitted: somebody else of the office approves it.
    RulesSubmitted(i32),
    /// Rights, password or second factor of this account changed.
    RightsChanged(i64),
    /// This opening of what is hidden is asked for.
    OpeningAsked(i64),
    /// Nobody decided on it in time.
    OpeningOverdue(i64),
    /// It opened at once, and somebody else reviews it.
    ReviewWaits(i64),
    /// Nobody reviewed it in time.
    ReviewOverdue(i64),
    /// A review found that it was not right.
    OpeningFaulted(i64),
    /// Call-backs that wait on this day, written as `20261126`.
    CallbacksDue(i32),
    /// The reset of a second factor waits for its second person.
    FactorResetAsked(i64),
    /// Many tickets of this flood were ended at once.
    FloodClosed(i64),
    /// They were given back.
    FloodGivenBack(i64),
}

/// To whom. Where a unit is retired or an account belongs to none, to the office.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum To<'a> {
    /// The county's office.
    Office,
    /// This unit.
    Unit(&'a str),
    /// Each unit that this account belongs to.
    UnitsOf(i64),
}

/// What the mail says about its subject, as far as there is something to say: nothing sealed, nothing of a child.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Said {
    /// Number of a version of the rules.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<i32>,
    /// Report: its receipt is printed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report: Option<i64>,
    /// Unit that asks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// What is asked for, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked: Option<String>,
    /// Person whom it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// What changed, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<String>,
    /// Who did it, or asks for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// How many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<i64>,
    /// By when it is to be decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<DateTime<Utc>>,
}

/// A mail to be queued.
#[derive(Clone, Debug)]
pub struct SubjectNotice<'a> {
    /// County.
    pub county: &'a str,
    /// What it is about.
    pub subject: Subject,
    /// Tells a second asking from a repeated call: a draft that was declined and submitted again has another round.
    pub round: i64,
    /// To whom.
    pub to: To<'a>,
    /// Its urgency: the order in which mails leave.
    pub urgency: Urgency,
    /// It is about a drill.
    pub drill: bool,
    /// What it says.
    pub said: Said,
    /// When it happened.
    pub at: DateTime<Utc>,
}

impl Subject {
    /// Every kind of such notices.
    pub const KINDS: [&str; 11] = [
        "rules-submitted",
        "rights-changed",
        "opening-asked",
        "callbacks-due",
        "factor-reset-asked",
        "flood-closed",
        "flood-given-back",
        "opening-overdue",
        "review-waits",
        "review-overdue",
        "opening-faulted",
    ];

    /// The page where the people of a unit of this kind find it; `/` is everybody's own first page.
    pub fn page(subject_kind: &str, id: i64, unit_kind: &str) -> String {
        match (subject_kind, unit_kind == OFFICE) {
            ("rule-set", true) => format!("/rules/{id}"),
            ("opening", true) => format!("/openings/{id}"),
            ("callbacks", true) => "/callbacks".to_owned(),
            ("factor-reset", true) => "/factor-resets".to_owned(),
            ("flood", true) => format!("/floods/{id}"),
            _ => "/".to_owned(),
        }
    }

    /// Kind of the notice, kind of the subject, and its id.
    const fn words(self) -> (&'static str, &'static str, i64) {
        match self {
            Self::RulesSubmitted(version) => (Self::KINDS[0], "rule-set", version as i64),
            Self::RightsChanged(account) => (Self::KINDS[1], "account", account),
            Self::OpeningAsked(opening) => (Self::KINDS[2], "opening", opening),
            Self::CallbacksDue(day) => (Self::KINDS[3], "callbacks", day as i64),
            Self::FactorResetAsked(reset) => (Self::KINDS[4], "factor-reset", reset),
            Self::FloodClosed(flood) => (Self::KINDS[5], "flood", flood),
            Self::FloodGivenBack(flood) => (Self::KINDS[6], "flood", flood),
            Self::OpeningOverdue(opening) => (Self::KINDS[7], "opening", opening),
            Self::ReviewWaits(opening) => (Self::KINDS[8], "opening", opening),
            Self::ReviewOverdue(opening) => (Self::KINDS[9], "opening", opening),
            Self::OpeningFaulted(opening) => (Self::KINDS[10], "opening", opening),
        }
    }
}

/// Queues it in the transaction of what it tells of; answers to how many. Ring with [`Store::notices_wake`] after the commit.
pub(in crate::store) async fn subject_notice(
    tx: &mut PgConnection,
    notice: &SubjectNotice<'_>,
) -> Result<i64, sqlx::Error> {
    let (kind, subject, id) = notice.subject.words();
    let (unit, account) = match notice.to {
        To::Office => (None, None),
        To::Unit(unit) => (Some(unit), None),
        To::UnitsOf(account) => (None, Some(account)),
    };
    sqlx::query_scalar("SELECT subject_notice($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)")
        .bind(notice.county)
        .bind(kind)
        .bind(subject)
        .bind(id)
        .bind(notice.round)
        .bind(unit)
        .bind(account)
        .bind(notice.urgency.as_str())
        .bind(notice.drill)
        .bind(Json(&notice.said))
        .bind(notice.at)
        .fetch_one(tx)
        .await
}

impl<L: Tells> Store<L> {
    /// Queues such a mail by itself, where nothing else is written.
    pub async fn subject_notice(&self, notice: &SubjectNotice<'_>) -> Result<i64, StoreError> {
        let mut connection = self.pool.acquire().await?;
        Ok(subject_notice(&mut connection, notice).await?)
    }
}

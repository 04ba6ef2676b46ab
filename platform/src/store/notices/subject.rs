//! Mails that are not about a ticket: somebody is asked to decide on something else, or told that it changed.
//!
//! Whoever writes the thing itself queues the mail in the same transaction; the notifier finds words and link by its kind.
//! It is queued once for a subject and its round, however often the writer tries.

use casework::words::Urgency;
use casework::words::reserved::OFFICE;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use sqlx::{PgConnection, types::Json};

use crate::store::{
    AccountId, CalendarChangeId, DutyPageId, FactorResetId, FloodId, MotionId, NoticeKind, OpeningId, ReportId,
    RosterChangeId, Store, StoreError, Tells,
};

casework::words! {
    /// What such a mail is about.
    SubjectKind {
        /// A version of the rules
        RuleSet = "rule-set",
        /// An account
        Account = "account",
        /// An opening
        Opening = "opening",
        /// The call-backs of a day
        Callbacks = "callbacks",
        /// The reset of a second factor
        FactorReset = "factor-reset",
        /// A flood
        Flood = "flood",
        /// A duty page
        DutyPage = "duty-page",
        /// Rosters, as of a day
        Duty = "duty",
        /// A swap of two people on a roster
        Swap = "swap",
        /// A calendar
        Calendar = "calendar",
        /// What was bought of providers, as of a day
        Gateway = "gateway",
        /// What a unit asks of the office
        Motion = "motion",
    }
}

/// What such a mail is about, and what happened to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// This version of the rules was submitted: somebody else of the office approves it.
    RulesSubmitted(i32),
    /// Rights, password or second factor of this account changed.
    RightsChanged(AccountId),
    /// This opening of what is hidden is asked for.
    OpeningAsked(OpeningId),
    /// Nobody decided on it in time.
    OpeningOverdue(OpeningId),
    /// It opened at once, and somebody else reviews it.
    ReviewWaits(OpeningId),
    /// Nobody reviewed it in time.
    ReviewOverdue(OpeningId),
    /// A review found that it was not right.
    OpeningFaulted(OpeningId),
    /// Call-backs that wait on this day, written as `20261126`.
    CallbacksDue(i32),
    /// The reset of a second factor waits for its second person.
    FactorResetAsked(FactorResetId),
    /// Many tickets of this flood were ended at once.
    FloodClosed(FloodId),
    /// They were given back.
    FloodGivenBack(FloodId),
    /// This duty page is heard of no more.
    DutyPageLost(DutyPageId),
    /// Holes of a unit's roster, as of this day.
    DutyHole(i32),
    /// A unit has no roster at all on this day.
    DutyNone(i32),
    /// All holes of the county, as of this day.
    DutyHoles(i32),
    /// Somebody is asked to swap.
    SwapAsked(RosterChangeId),
    /// They agreed to it.
    SwapAccepted(RosterChangeId),
    /// They did not.
    SwapDeclined(RosterChangeId),
    /// Whoever asked took it back.
    SwapWithdrawn(RosterChangeId),
    /// Days off were proposed: somebody else of the office confirms them.
    CalendarProposed(CalendarChangeId),
    /// Dues of a unit moved by them.
    CalendarMoved(CalendarChangeId),
    /// The last day that is published, written as `20261231`, is near.
    CalendarEnds(i32),
    /// What was bought of a provider ends, as of this day.
    GatewayQuota(i32),
    /// A unit asks this of the office.
    MotionAsked(MotionId),
    /// The office granted it.
    MotionGranted(MotionId),
    /// The office did not.
    MotionRefused(MotionId),
}

/// To whom. Where a unit is retired or an account belongs to none, to the office.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum To<'a> {
    /// The county's office.
    Office,
    /// This unit.
    Unit(&'a str),
    /// Each unit that this account belongs to.
    UnitsOf(AccountId),
    /// A person of this unit, at their own address where they have one.
    Person(&'a str, AccountId),
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
    pub report: Option<ReportId>,
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
    /// Holes of rosters, a line each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub holes: Vec<String>,
    /// Who is on a roster and has no verified telephone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub without_phone: Vec<String>,
    /// Units that have no roster at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub without_roster: Option<usize>,
    /// Dues that a calendar moved, a line each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub moved: Vec<String>,
    /// The last day whose days off are published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub through: Option<NaiveDate>,
    /// A time on a roster: what somebody gives away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gives: Option<String>,
    /// What they take over in return.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub takes: Option<String>,
    /// Providers whose quota ends, a line each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gateways: Vec<String>,
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
    /// The page where the people of a unit of this kind find it; `/` is everybody's own first page.
    pub fn page(subject: SubjectKind, id: i64, unit_kind: &str) -> String {
        match subject {
            _ if unit_kind != OFFICE => "/".to_owned(),
            SubjectKind::RuleSet => format!("/rules/{id}"),
            SubjectKind::Opening => format!("/openings/{id}"),
            SubjectKind::Callbacks => "/callbacks".to_owned(),
            SubjectKind::FactorReset => "/factor-resets".to_owned(),
            SubjectKind::Flood => format!("/floods/{id}"),
            SubjectKind::DutyPage => "/board".to_owned(),
            SubjectKind::Duty | SubjectKind::Swap => "/duty".to_owned(),
            SubjectKind::Calendar => "/calendar".to_owned(),
            SubjectKind::Gateway => "/gateways".to_owned(),
            SubjectKind::Motion => format!("/motions/{id}"),
            SubjectKind::Account => "/".to_owned(),
        }
    }

    /// Kind of the notice, kind of the subject, and its id.
    const fn words(self) -> (NoticeKind, SubjectKind, i64) {
        match self {
            Self::RulesSubmitted(version) => (NoticeKind::RulesSubmitted, SubjectKind::RuleSet, version as i64),
            Self::RightsChanged(account) => (NoticeKind::RightsChanged, SubjectKind::Account, account.0),
            Self::OpeningAsked(opening) => (NoticeKind::OpeningAsked, SubjectKind::Opening, opening.0),
            Self::CallbacksDue(day) => (NoticeKind::CallbacksDue, SubjectKind::Callbacks, day as i64),
            Self::FactorResetAsked(reset) => (NoticeKind::FactorResetAsked, SubjectKind::FactorReset, reset.0),
            Self::FloodClosed(flood) => (NoticeKind::FloodClosed, SubjectKind::Flood, flood.0),
            Self::DutyPageLost(page) => (NoticeKind::DutyPageLost, SubjectKind::DutyPage, page.0),
            Self::FloodGivenBack(flood) => (NoticeKind::FloodGivenBack, SubjectKind::Flood, flood.0),
            Self::OpeningOverdue(opening) => (NoticeKind::OpeningOverdue, SubjectKind::Opening, opening.0),
            Self::ReviewWaits(opening) => (NoticeKind::ReviewWaits, SubjectKind::Opening, opening.0),
            Self::ReviewOverdue(opening) => (NoticeKind::ReviewOverdue, SubjectKind::Opening, opening.0),
            Self::OpeningFaulted(opening) => (NoticeKind::OpeningFaulted, SubjectKind::Opening, opening.0),
            Self::DutyHole(day) => (NoticeKind::DutyHole, SubjectKind::Duty, day as i64),
            Self::DutyNone(day) => (NoticeKind::DutyNone, SubjectKind::Duty, day as i64),
            Self::DutyHoles(day) => (NoticeKind::DutyHoles, SubjectKind::Duty, day as i64),
            Self::SwapAsked(swap) => (NoticeKind::SwapAsked, SubjectKind::Swap, swap.0),
            Self::SwapAccepted(swap) => (NoticeKind::SwapAccepted, SubjectKind::Swap, swap.0),
            Self::SwapDeclined(swap) => (NoticeKind::SwapDeclined, SubjectKind::Swap, swap.0),
            Self::SwapWithdrawn(swap) => (NoticeKind::SwapWithdrawn, SubjectKind::Swap, swap.0),
            Self::CalendarProposed(change) => (NoticeKind::CalendarProposed, SubjectKind::Calendar, change.0),
            Self::CalendarMoved(change) => (NoticeKind::CalendarMoved, SubjectKind::Calendar, change.0),
            Self::CalendarEnds(day) => (NoticeKind::CalendarEnds, SubjectKind::Calendar, day as i64),
            Self::MotionAsked(motion) => (NoticeKind::MotionAsked, SubjectKind::Motion, motion.0),
            Self::MotionGranted(motion) => (NoticeKind::MotionGranted, SubjectKind::Motion, motion.0),
            Self::MotionRefused(motion) => (NoticeKind::MotionRefused, SubjectKind::Motion, motion.0),
            Self::GatewayQuota(day) => (NoticeKind::GatewayQuota, SubjectKind::Gateway, day as i64),
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
        To::Person(unit, account) => {
            return sqlx::query_scalar("SELECT person_notice($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)")
                .bind(notice.county)
                .bind(kind.as_str())
                .bind(subject.as_str())
                .bind(id)
                .bind(notice.round)
                .bind(unit)
                .bind(account)
                .bind(notice.urgency.as_str())
                .bind(Json(&notice.said))
                .bind(notice.at)
                .fetch_one(tx)
                .await;
        }
    };
    sqlx::query_scalar("SELECT subject_notice($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)")
        .bind(notice.county)
        .bind(kind.as_str())
        .bind(subject.as_str())
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

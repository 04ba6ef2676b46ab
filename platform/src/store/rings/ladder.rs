//! What became of each call of a ticket: whom it rang, by what, how far it came (queued, handed over, delivered, opened, answered,
//! failed), and who answered.

use casework::words::{Channel, Urgency};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use sqlx::{AssertSqlSafe, types::Json};

use super::answer::AnsweredHow;
use crate::store::{AccountId, CallId, Desk, DeskScope, SeesCalls, Store, StoreError, TicketId, Word};

/// As many of a ticket are listed; older ones stay in the database.
const LISTED: i64 = 200;

casework::words! {
    /// How far a call has come.
    CallState {
        /// Waits for the notifier, or for its next try.
        Queued = "queued",
        /// The gateway took it; nobody knows yet whether it arrived.
        HandedOver = "handed-over",
        /// It arrived, as the gateway says.
        Delivered = "delivered",
        /// It reached nobody.
        Failed = "failed",
        /// Somebody answered, or the act was done, before it went out.
        Silenced = "silenced",
    }
}

casework::words! {
    /// A step of a call.
    CallStep {
        /// The router queued it.
        Queued = "queued",
        /// It waits for the unit's duty hours.
        Held = "held",
        /// The gateway took it.
        HandedOver = "handed-over",
        /// It arrived, as the gateway says.
        Delivered = "delivered",
        /// Somebody opened what was sent; nothing is answered by that.
        Opened = "opened",
        /// A shared telephone was picked up, which is nobody.
        PickedUp = "picked-up",
        /// A named person answered.
        Acknowledged = "acknowledged",
        /// It reached nobody.
        Failed = "failed",
    }
}

casework::words! {
    /// Why a call reached nobody, where we know it ourselves. A gateway's own words stand beside these.
    CallFault {
        /// Its account may not log in any more.
        Closed = "the person's account is closed",
        /// There is nowhere to mail to.
        NoMail = "the person has no mail address",
        /// What they gave is a mailbox of a unit, where the notices go: a shared one is nobody's.
        SharedMailbox = "the person's mail address is a unit's mailbox, which is nobody's own",
        /// Drills are not mailed here (`mail.drill`).
        DrillMail = "drills are not mailed here",
        /// Of the verified telephones none takes messages, or none at this hour.
        NoMessages = "no verified telephone of the person takes messages at this hour",
        /// Of the verified telephones none rings at this hour.
        NoTelephone = "no verified telephone of the person rings at this hour",
        /// The county has connected no gateway for messages, or none for voice.
        NoGateway = "no gateway is described for this channel",
        /// None of the channel's gateways answers anybody just now.
        GatewayAway = "the gateways of this channel do not answer",
        /// As many as the description allows to one number a day.
        DayLimit = "the provider sends no more to this number today",
        /// A call to the page of somebody who has none open.
        NoPage = "the person has no duty page open",
        /// Their page was open, and did not say within a minute that it showed it.
        NotShown = "the duty page did not show it",
        /// All were tried.
        NoNumber = "no number of the call answered",
    }
}

/// A call for bells of a ticket.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct LadderCall {
    /// Call.
    pub id: CallId,
    /// By what.
    #[sqlx(try_from = "String")]
    pub channel: Channel,
    /// For the duty of which unit.
    pub unit: String,
    /// Its name.
    pub unit_name: String,
    /// Who; `None`: a telephone of the last resort.
    pub account_id: Option<AccountId>,
    /// Their name, as shown.
    pub person: Option<String>,
    /// Which telephone of the last resort, from 1.
    pub last_resort: Option<i16>,
    /// How far it has come.
    #[sqlx(try_from = "String")]
    pub state: CallState,
    /// How urgent.
    #[sqlx(try_from = "String")]
    pub urgency: Urgency,
    /// When it was queued.
    pub created_at: DateTime<Utc>,
    /// When its ring was due.
    pub planned_at: DateTime<Utc>,
    /// Later than that by the system's own fault.
    pub system_late: bool,
    /// How many reports wait for the person, where the call says their number alone.
    pub waiting: Option<i32>,
    /// Why the last try failed, numbers taken out.
    pub last_error: Option<String>,
    /// The rings of this ticket that it is for.
    pub rings: Json<Vec<LadderRing>>,
    /// One of them is of an open stage and unanswered.
    pub open: bool,
    /// One of them is of an open stage: its act is owed, whoever answered.
    pub owed: bool,
    /// When somebody answered first.
    pub answered_at: Option<DateTime<Utc>>,
    /// Who, as shown.
    pub answered_by: Option<String>,
    /// How.
    pub answered_how: Option<Word<AnsweredHow>>,
    /// What happened to it, the first first.
    pub steps: Json<Vec<LadderStep>>,
}

/// A ring of a ticket's bell.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct LadderRing {
    /// Of which clock: those of a ticket, `confirm` and `approve`.
    pub stage: casework::words::TicketClock,
    /// As casework's `Cause` writes it.
    pub cause: String,
    /// The first ring that it covers, from 0.
    pub first: i32,
    /// The last: those before it were missed and are said with it.
    pub ring: i32,
}

/// What happened to a call.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct LadderStep {
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub step: CallStep,
    /// Until when and why it is held, why it failed, how it was answered.
    pub detail: String,
}

/// A statement that tells who answered a call first.
pub(super) fn telling_first(statement: &str) -> String {
    statement.replace("{first_answer}", include_str!("first_answer.sql"))
}

impl<L: SeesCalls> Store<L> {
    /// The last 200 calls for a ticket, the last first.
    pub async fn ticket_calls(&self, ticket: TicketId) -> Result<Vec<LadderCall>, StoreError> {
        let calls = sqlx::query_as(AssertSqlSafe(telling_first(include_str!("ladder.sql"))));
        Ok(calls.bind(ticket).bind(LISTED).fetch_all(&self.pool).await?)
    }
}

impl Store<Desk> {
    /// The same for a ticket of these units.
    pub async fn desk_ticket_calls(&self, scope: &DeskScope, ticket: TicketId) -> Result<Vec<LadderCall>, StoreError> {
        let mut tx = self.desk(scope).await?;
        let calls = sqlx::query_as(AssertSqlSafe(telling_first(include_str!("ladder.sql"))));
        Ok(calls.bind(ticket).bind(LISTED).fetch_all(&mut *tx).await?)
    }

    /// How many reports ring for a person and were answered by nobody. A call whose report this desk may not read counts for itself.
    pub async fn desk_ringing(
        &self,
        scope: &DeskScope,
        account: AccountId,
        now: DateTime<Utc>,
    ) -> Result<i64, StoreError> {
        let mut tx = self.desk(scope).await?;
        let count = sqlx::query_scalar(
            "SELECT count(DISTINCT coalesce(t.report_id::text, c.id::text)) FROM calls_ringing($1, $2) AS c (id)
             JOIN call_rings r ON r.call_id = c.id LEFT JOIN stages s ON s.id = r.stage_id LEFT JOIN tickets t ON t.id = s.ticket_id",
        );
        Ok(count.bind(account).bind(now).fetch_one(&mut *tx).await?)
    }

    /// Whether a drill rings for this person.
    pub async fn desk_drilled(
        &self,
        scope: &DeskScope,
        account: AccountId,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.desk(scope).await?;
        let drilled = sqlx::query_scalar(
            "SELECT EXISTS (SELECT FROM calls_ringing($1, $2) AS c (id)
                            WHERE NOT EXISTS (SELECT FROM call_rings r WHERE r.call_id = c.id))",
        );
        Ok(drilled.bind(account).bind(now).fetch_one(&mut *tx).await?)
    }
}

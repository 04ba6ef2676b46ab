//! One ticket as the office sees it, with its stages, acts and notices in one statement (`ticket.sql`).

use casework::ticket::TicketState;
use casework::words::{Grade, TicketClock, Urgency};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use sqlx::types::Json;

use crate::store::notices::kind::of_json;
use crate::store::{
    AttemptOutcome, Board, CallWay, Ended, EventKind, Loose, NoticeId, NoticeKind, NoticeState, ReportId, Store,
    StoreError, TicketChain, TicketId, UnitCall,
};

/// What the office may see of a ticket: everything that is not sealed.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct BoardTicket {
    /// Ticket.
    pub id: TicketId,
    /// Report.
    pub report_id: ReportId,
    /// Obligation code.
    pub obligation: String,
    /// Unit code.
    pub unit: String,
    /// Unit's name.
    pub unit_name: String,
    /// How urgent its case is.
    #[sqlx(try_from = "String")]
    pub urgency: Urgency,
    /// 主办.
    pub lead: bool,
    /// State.
    #[sqlx(try_from = "String")]
    pub state: TicketState,
    /// Outcome code of the pack.
    pub outcome: Option<String>,
    /// Who has it inside the unit.
    pub assignee_name: Option<String>,
    /// That person is disabled or no longer of the unit.
    pub assignee_gone: bool,
    /// Optimistic lock.
    pub version: i32,
    /// The outcome that waits for a confirmation, or for another unit to sign.
    pub close_outcome: Option<String>,
    /// The unit that is to take over.
    pub transfer_to: Option<String>,
    /// Where it comes from and goes to, with the case's first clock.
    pub chain: Option<Json<TicketChain>>,
    /// When the report was accepted.
    pub received_at: DateTime<Utc>,
    /// When the ticket was dispatched.
    pub dispatched_at: DateTime<Utc>,
    /// A drill.
    pub drill: bool,
    /// Situations that asked it.
    pub own: Vec<String>,
    /// Whom to call.
    pub call: Json<UnitCall>,
    /// Stages with their steps.
    pub stages: Json<Vec<BoardStage>>,
    /// Acts, the newest first.
    pub events: Json<Vec<BoardEvent>>,
    /// Notices with attempts, the newest first.
    pub notices: Json<Vec<BoardNotice>>,
    /// The report's tickets, itself among them; the lead first.
    pub others: Json<Vec<BoardOther>>,
}

/// A stage with what became of it.
#[derive(Clone, Debug, Deserialize)]
pub struct BoardStage {
    /// Which clock.
    pub stage: TicketClock,
    /// `30min` …
    pub limit: String,
    /// None while its start event has not happened.
    pub due_at: Option<DateTime<Utc>>,
    /// None while it runs.
    pub ended_at: Option<DateTime<Utc>>,
    /// How it ended.
    pub ended_how: Option<Ended>,
    /// Where its limit stands, as the rules say it.
    pub basis: String,
    /// How well that is known.
    pub grade: Grade,
    /// How it went before the ticket was reopened, the first round first.
    pub earlier: Vec<BoardRound>,
    /// The levels that were crossed.
    pub steps: Vec<BoardStep>,
}

/// A stage before its ticket was reopened.
#[derive(Clone, Debug, Deserialize)]
pub struct BoardRound {
    /// When that round ended.
    pub ended_at: DateTime<Utc>,
    /// None where it never started.
    pub due_at: Option<DateTime<Utc>>,
    /// As [`BoardStage::ended_how`].
    pub ended_how: Option<Ended>,
}

/// A crossed level.
#[derive(Clone, Debug, Deserialize)]
pub struct BoardStep {
    /// From 1.
    pub level: i16,
    /// When it was crossed.
    pub crossed_at: DateTime<Utc>,
    /// It was told late because the system was away.
    pub system_late: bool,
}

/// An act on the ticket, or on its report.
#[derive(Clone, Debug, Deserialize)]
pub struct BoardEvent {
    /// When it was done.
    pub at: DateTime<Utc>,
    /// What was done.
    pub kind: Loose<EventKind>,
    /// Who, as shown: two people of one name are told apart.
    pub actor: String,
    /// As typed; what was written about a child is sealed and not here.
    pub reason: Option<String>,
    /// What the office reads of the details, which each kind has of its own.
    pub detail: BoardEventDetail,
}

/// The details that the office reads.
#[derive(Clone, Debug, Deserialize)]
pub struct BoardEventDetail {
    /// The user of the machine who typed a command.
    pub os_user: Option<String>,
    /// When the child was seen; the act itself is when that was written down.
    pub seen_at: Option<DateTime<Utc>>,
    /// The call, where somebody of the unit said so by telephone.
    pub telephone: Option<EventCall>,
}

/// A call that an act was written down from.
#[derive(Clone, Debug, Deserialize)]
pub struct EventCall {
    /// Who called whom.
    pub way: CallWay,
    /// When they spoke.
    pub at: DateTime<Utc>,
}

/// A notice about the ticket.
#[derive(Clone, Debug, Deserialize)]
pub struct BoardNotice {
    /// Notice.
    pub id: NoticeId,
    /// What it tells of.
    #[serde(deserialize_with = "of_json")]
    pub kind: NoticeKind,
    /// Whom it tells.
    pub unit_name: String,
    /// Where it stands.
    pub state: NoticeState,
    /// Somebody had another sent in its place.
    pub replaced: bool,
    /// It was sent in the place of another.
    pub resent: bool,
    /// The first first.
    pub attempts: Vec<BoardAttempt>,
}

/// A try to send a notice, or what came back.
#[derive(Clone, Debug, Deserialize)]
pub struct BoardAttempt {
    /// When.
    pub at: DateTime<Utc>,
    /// How it went.
    pub outcome: AttemptOutcome,
    /// The server's words, addresses taken out.
    pub detail: String,
}

/// A ticket of the report.
#[derive(Clone, Debug, Deserialize)]
pub struct BoardOther {
    /// Ticket.
    pub id: TicketId,
    /// Obligation code.
    pub obligation: String,
    /// Unit's name.
    pub unit_name: String,
    /// State.
    pub state: TicketState,
}

impl Store<Board> {
    /// One ticket with everything unsealed around it.
    pub async fn board_ticket(&self, county: &str, id: TicketId) -> Result<Option<BoardTicket>, StoreError> {
        Ok(sqlx::query_as(include_str!("ticket.sql"))
            .bind(county)
            .bind(id)
            .fetch_optional(&self.pool)
            .await?)
    }
}

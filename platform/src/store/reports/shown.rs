//! What is shown of a report, part by part. A word or a column that this version does not know is shown as it was found: whoever looks
//! here, looks because something is odd.

use std::fmt;

use casework::{
    calendar::rfc3339,
    office::explain,
    routing::{Basis, MatchedRow, Unsent},
    ticket::TicketState,
    words::{Channel, Grade, TicketClock, Urgency},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize, Serializer};

use crate::store::{
    AccountId, AnsweredHow, CallId, CallState, CallStep, Decider, Detail, Ended, EventKind, Legible, Loose, NoticeId,
    NoticeKind, NoticeState, TicketId,
};

/// A moment, shown in the county's own time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(transparent)]
pub struct Moment(pub DateTime<Utc>);

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&rfc3339(self.0))
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

/// A decision.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct DecisionShown {
    /// 1 is the first routing.
    pub round: i16,
    /// How urgent it found the report.
    pub urgency: Loose<Urgency>,
    /// Version of the pack.
    pub pack_version: i32,
    /// Version of the rules.
    pub rule_set: i32,
    /// Rows of the tables that matched.
    pub rows: Legible<Vec<MatchedRow>>,
    /// What was owed and went to nobody.
    pub unsent: Legible<Vec<Unsent>>,
    /// Why the office has to look; empty: it need not.
    pub triage_reasons: Legible<Vec<String>>,
    /// The router, or who decided by hand.
    pub decided_by: String,
    /// When.
    pub decided_at: Moment,
}

/// A ticket.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct TicketShown {
    /// Which.
    pub id: TicketId,
    /// Code of what is owed.
    pub obligation: String,
    /// Code of the unit that owes it.
    pub unit: String,
    /// The kind that the rules asked.
    pub unit_kind: String,
    /// Leads the case.
    pub lead: bool,
    /// How urgent its case is.
    pub urgency: Loose<Urgency>,
    /// How far it is.
    pub state: Loose<TicketState>,
    /// Version of the rules that made it.
    pub rule_set: i32,
    /// When it was.
    pub dispatched_at: Moment,
    /// When it was signed; null: not yet.
    pub signed_at: Option<Moment>,
    /// By whom.
    pub signed_by: Option<String>,
    /// When it was closed; null: it is open.
    pub resolved_at: Option<Moment>,
    /// By whom.
    pub resolved_by: Option<String>,
    /// Code of the outcome that holds.
    pub outcome: Option<String>,
    /// When the first contact was recorded.
    pub contacted_at: Option<Moment>,
    /// When the child was seen, as that person said.
    pub seen_at: Option<Moment>,
    /// The ticket that it takes over from.
    pub predecessor: Option<TicketId>,
    /// Code of the outcome that waits.
    pub close_outcome: Option<String>,
    /// Since when.
    pub close_requested_at: Option<Moment>,
    /// Who asked for it.
    pub close_requested_by: Option<String>,
    /// Who confirms it.
    pub close_by: Option<Loose<Decider>>,
    /// Code of the unit that is to take over.
    pub transfer_to: Option<String>,
    /// When that was confirmed or approved.
    pub close_approved_at: Option<Moment>,
    /// By whom.
    pub close_approved_by: Option<String>,
    /// What asked it.
    pub basis: Legible<Vec<Basis>>,
    /// Unknown facts of a child on which it rests.
    pub unknowns: Vec<String>,
    /// What has to be recorded; null: nothing.
    pub evidence: Option<String>,
    /// What it was made from: shown as its explanation.
    #[serde(skip_serializing)]
    pub made: Option<Legible<explain::Stored>>,
    /// Its clocks.
    pub stages: Vec<StageShown>,
    /// Mails about it. One about several tickets stands with each of them, under its one id.
    pub notices: Vec<NoticeShown>,
    /// Calls for it. One for several rings stands with each of them, also with those of other tickets.
    pub rings: Vec<RingShown>,
}

/// A clock of a ticket.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct StageShown {
    /// Which.
    pub stage: Loose<TicketClock>,
    /// When its time is up; null: it waits for its start event.
    pub due: Option<Moment>,
    /// As the rules give it.
    pub limit: String,
    /// What starts it.
    pub start: String,
    /// When it started.
    pub started_at: Option<Moment>,
    /// When it ended; null: it runs.
    pub ended_at: Option<Moment>,
    /// How.
    pub ended_how: Option<Loose<Ended>>,
    /// What the limit rests on.
    pub basis: String,
    /// How firm that is.
    pub grade: Loose<Grade>,
    /// The calendar of that year was not published yet.
    pub provisional: bool,
    /// How the due time was counted, step by step.
    pub derivation: Legible<Vec<String>>,
    /// Rises when the clock starts anew.
    pub due_generation: i32,
    /// When its next step comes; null: none is left, or it does not run.
    pub next_at: Option<Moment>,
    /// Levels that were crossed.
    pub steps: Vec<StepShown>,
}

/// A level that was crossed.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct StepShown {
    /// Which, from 1.
    pub level: i16,
    /// Code of the unit that is told.
    pub to: String,
    /// What it is told to do.
    pub action: String,
    /// Of which start of the clock.
    pub due_generation: i32,
    /// By the plan.
    pub crossed_at: Moment,
    /// When its notices were queued; null: a later level was told instead.
    pub sent_at: Option<Moment>,
    /// Later than planned by the system's own fault.
    pub system_late: bool,
}

/// A mail about a ticket.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct NoticeShown {
    /// Which.
    pub id: NoticeId,
    /// What it says.
    pub kind: Loose<NoticeKind>,
    /// Level of the escalation; null: of none.
    pub level: Option<i16>,
    /// The clock that it tells of; null: of none.
    pub stage: Option<Loose<TicketClock>>,
    /// Code of the unit that is told.
    pub unit: String,
    /// How far it is.
    pub state: Loose<NoticeState>,
    /// How often it was tried.
    pub attempts: i32,
    /// When it was queued.
    pub created_at: Moment,
    /// When it was sent or given up.
    pub finished_at: Option<Moment>,
    /// Later than planned by the system's own fault.
    pub system_late: bool,
    /// What the last try said, addresses taken out.
    pub last_error: Option<String>,
}

/// A call, for one ring of a ticket. It names persons by their login and telephones by their place, never by a number.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct RingShown {
    /// The ring, as casework's `RingId` writes it: the same for ever.
    pub id: String,
    /// Of which clock.
    pub stage: Loose<TicketClock>,
    /// Of which start of the clock.
    pub due_generation: i32,
    /// Of which bell, as casework's `Cause` writes it.
    pub cause: String,
    /// Which ring of the bell, from 0.
    pub ring: i32,
    /// Smaller than `ring`: those before it were missed, and are said with it.
    pub first_ring: i32,
    /// When the ring was due.
    pub planned_at: Moment,
    /// The call.
    pub call: CallId,
    /// Login of who is called; null: a telephone of the last resort.
    pub person: Option<String>,
    /// Which of those, from 1.
    pub last_resort: Option<i16>,
    /// Code of the unit for whose duty.
    pub unit: String,
    /// By what.
    pub channel: Loose<Channel>,
    /// For how many rings the call is, of this ticket and of others; 1: for this one alone.
    pub grouped: i64,
    /// How many reports wait for the person, where the call says their number alone.
    pub waiting: Option<i32>,
    /// Later than planned by the system's own fault.
    pub system_late: bool,
    /// When the call was queued.
    pub created_at: Moment,
    /// How far it has come.
    pub state: Loose<CallState>,
    /// When nothing more was to come.
    pub finished_at: Option<Moment>,
    /// What the last try said, numbers taken out.
    pub last_error: Option<String>,
    /// What happened to the call, the first first.
    pub steps: Vec<RungStep>,
    /// When the bell was answered first; of a repetition: since this call. Null: by nobody.
    pub answered_at: Option<Moment>,
    /// Login of who answered.
    pub answered_by: Option<String>,
    /// How.
    pub answered_how: Option<Loose<AnsweredHow>>,
}

/// What happened to a call.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct RungStep {
    /// When.
    pub at: Moment,
    /// What.
    pub step: Loose<CallStep>,
    /// Why it failed, how it was answered; empty: there is no more to say.
    pub detail: String,
}

/// An act of a named person.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct EventShown {
    /// When.
    pub at: Moment,
    /// What was done.
    pub kind: Loose<EventKind>,
    /// Who did it, as shown.
    pub actor: String,
    /// Their account; null: nobody logged in.
    pub account: Option<AccountId>,
    /// The reason that was given.
    pub reason: Option<String>,
    /// On which ticket; null: on the report.
    pub ticket: Option<TicketId>,
    /// What else is known of it.
    pub detail: Detail,
}

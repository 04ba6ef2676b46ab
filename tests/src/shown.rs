//! What `router show --json` says of a report, typed as far as tests look at it.

use chrono::{DateTime, FixedOffset};
use serde::Deserialize;
use serde_json::Value;

/// A report.
#[derive(Clone, Debug, Deserialize)]
pub struct Shown {
    /// A drill.
    pub drill: bool,
    /// `waiting` or `routed`.
    pub state: String,
    /// Of the newest decision; `None` while it waits.
    pub urgency: Option<String>,
    /// What was owed and went to nobody.
    pub unsent: Vec<Unsent>,
    /// Why the office has to look; empty where it need not.
    pub triage_reasons: Vec<String>,
    /// The lead first.
    pub tickets: Vec<Ticket>,
    /// The first routing, then each by hand.
    pub decisions: Vec<Value>,
    /// Acts of named people.
    pub events: Vec<Event>,
}

/// An obligation without a unit of the kind that the rules asked.
#[derive(Clone, Debug, Deserialize)]
pub struct Unsent {
    /// Its code.
    pub obligation: String,
    /// The kind.
    pub unit_kind: String,
}

/// A ticket.
#[derive(Clone, Debug, Deserialize)]
pub struct Ticket {
    /// Its id.
    pub id: i64,
    /// Code of what is owed.
    pub obligation: String,
    /// Code of who owes it.
    pub unit: String,
    /// Leads the case.
    pub lead: bool,
    /// As the state machine names it.
    pub state: String,
    /// The version of the rules that made it.
    pub rule_set: i64,
    /// When it was.
    pub dispatched_at: DateTime<FixedOffset>,
    /// Who signed; `None`: nobody yet.
    pub signed_by: Option<String>,
    /// Its clocks.
    pub stages: Vec<Stage>,
    /// Mails about it.
    pub notices: Vec<Notice>,
    /// Calls for it, one entry for each ring.
    pub rings: Vec<Ring>,
    /// Why it is as it is, in words.
    pub explanation: Explanation,
}

/// A clock of a ticket.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Stage {
    /// `sign`, `contact`, …
    pub stage: String,
    /// As the rules give it.
    pub limit: String,
    /// `None`: it has not started.
    pub due: Option<DateTime<FixedOffset>>,
    /// `None`: it waits for its start event.
    pub started_at: Option<DateTime<FixedOffset>>,
    /// When its next step comes; `None`: never.
    pub next_at: Option<DateTime<FixedOffset>>,
    /// Levels that were crossed.
    pub steps: Vec<Step>,
}

/// A crossing.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Step {
    /// 1 is the first.
    pub level: i64,
    /// Code of the unit that is told.
    pub to: String,
    /// What it is told to do.
    pub action: String,
    /// By the plan.
    pub crossed_at: DateTime<FixedOffset>,
    /// `None`: a later one was told instead.
    pub sent_at: Option<DateTime<FixedOffset>>,
    /// After an outage.
    pub system_late: bool,
}

/// A mail about a ticket.
#[derive(Clone, Debug, Deserialize)]
pub struct Notice {
    /// Its UUID.
    pub id: String,
    /// What it says.
    pub kind: String,
    /// Of the escalation; `None`: of none.
    pub level: Option<i64>,
    /// The clock that it tells of; `None`: of none.
    pub stage: Option<String>,
    /// Code of who is told.
    pub unit: String,
    /// `queued`, `sent`, …
    pub state: String,
}

/// A call, for one ring of a ticket.
#[derive(Clone, Debug, Deserialize)]
pub struct Ring {
    /// The ring.
    pub id: String,
    /// Its clock.
    pub stage: String,
    /// Which bell.
    pub cause: String,
    /// When it was due.
    pub planned_at: DateTime<FixedOffset>,
    /// The call's UUID.
    pub call: String,
    /// Login; `None`: a telephone of the last resort.
    pub person: Option<String>,
    /// Which, from 1.
    pub last_resort: Option<i64>,
    /// Code of the unit for whose duty.
    pub unit: String,
    /// By what.
    pub channel: String,
    /// For how many rings the call is.
    pub grouped: usize,
    /// `queued`, `delivered`, …
    pub state: String,
    /// What happened to the call.
    pub steps: Vec<RungStep>,
    /// `None`: by nobody.
    pub answered_at: Option<DateTime<FixedOffset>>,
    /// Login.
    pub answered_by: Option<String>,
    /// `digit`, `login`, …
    pub answered_how: Option<String>,
}

/// What happened to a call.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct RungStep {
    /// When.
    pub at: DateTime<FixedOffset>,
    /// `queued`, `acknowledged`, …
    pub step: String,
    /// Why it failed, how it was answered.
    pub detail: String,
}

/// Why a ticket is as it is.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Explanation {
    /// For people.
    pub text: String,
}

/// An act.
#[derive(Clone, Debug, Deserialize)]
pub struct Event {
    /// What was done.
    pub kind: String,
    /// Who did it, as shown.
    pub actor: String,
}

impl Shown {
    /// The first ticket of an obligation.
    pub fn ticket(&self, obligation: &str) -> &Ticket {
        let found = self.tickets.iter().find(|ticket| ticket.obligation == obligation);
        found.unwrap_or_else(|| panic!("no ticket {obligation} among {:?}", self.obligations()))
    }

    /// The first ticket of a unit.
    pub fn ticket_of(&self, unit: &str) -> &Ticket {
        let found = self.tickets.iter().find(|ticket| ticket.unit == unit);
        found.unwrap_or_else(|| panic!("no ticket of {unit}"))
    }

    /// The tickets that lead: one, in a sound report.
    pub fn leads(&self) -> Vec<&Ticket> {
        self.tickets.iter().filter(|ticket| ticket.lead).collect()
    }

    /// The obligations of its tickets, in their order.
    pub fn obligations(&self) -> Vec<&str> {
        self.tickets.iter().map(|ticket| ticket.obligation.as_str()).collect()
    }
}

impl Ticket {
    /// A clock.
    pub fn stage(&self, name: &str) -> &Stage {
        let found = self.stages.iter().find(|stage| stage.stage == name);
        found.unwrap_or_else(|| panic!("no stage {name} of {}", self.obligation))
    }
}

//! From facts to tickets.

mod decision;
pub mod rules;

use chrono::{DateTime, Utc};

pub use decision::{Basis, Decision, MatchedRow, PlannedStage, PlannedTicket, Role, Stage, Unsent};

use crate::facts::Facts;
use crate::pack::Pack;

/// Decides who owes what by when.
pub fn decide(pack: &Pack, facts: &Facts, dispatched_at: DateTime<Utc>) -> Decision {
    triage(pack, facts, "", dispatched_at)
}

/// The answer for a report that can't be routed.
pub fn triage(pack: &Pack, facts: &Facts, reason: &str, dispatched_at: DateTime<Utc>) -> Decision {
    let _ = (pack, facts, reason, dispatched_at);
    unimplemented!("in work")
}

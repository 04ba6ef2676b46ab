//! From facts to tickets: who owes what by when, and why.
//!
//! The order matters. The safety floor is laid from the raw codes before any rule is read: a statutory
//! situation or present danger has a police ticket whatever the tables say. Then the tables give urgency and
//! obligations for each situation with each child, each obligation finds its unit, and each ticket its stages. What is
//! unknown of a child is every value that it may have ([`crate::rules::possible`]).
//! Each table is answered by two evaluators; where they differ both answers count ([`crate::rules::Twofold`]).
//! Whatever no rule settles becomes a triage ticket of the office beside the tickets that could be made, so
//! that a mistake in the rules costs a person's look and never a child.

mod again;
mod ask;
mod by_hand;
mod chosen;
mod decision;
mod dispatch;
mod plan;
mod request;

use chrono::{DateTime, Utc};

pub use again::{Anew, Running, anew, due_by};
pub use by_hand::{by_hand, joining};
pub use chosen::{PlannedClock, after_return, extended, oversight, successor, waiting};
pub use decision::{Basis, Decision, MatchedRow, PlannedStage, PlannedTicket, Unsent};
pub(crate) use dispatch::Dispatch;
pub(crate) use plan::deadline;
pub use plan::stage_started;
pub use request::{Asking, PlannedRequest, askable, request};

use crate::pack::Pack;
use crate::report::Facts;

/// Decides who owes what by when. Never fails: what can't be settled is a triage ticket with its reason.
pub fn decide(pack: &Pack, facts: &Facts, dispatched_at: DateTime<Utc>) -> Decision {
    noted(pack, facts, Dispatch::of(pack, facts).with_clocks(pack, dispatched_at))
}

/// The answer for a report that could not be routed: the police ticket if the safety floor asks for one, and a
/// triage ticket with the reason. Evaluates no table, since one of them may be what failed; the urgency nobody
/// could judge counts as the highest.
pub fn triage(pack: &Pack, facts: &Facts, reason: &str, dispatched_at: DateTime<Utc>) -> Decision {
    let dispatch = Dispatch::triage(pack, facts, reason);
    noted(pack, facts, dispatch.with_clocks(pack, dispatched_at))
}

/// With the area code that the county's list should have.
fn noted(pack: &Pack, facts: &Facts, decision: Decision) -> Decision {
    Decision {
        unlisted: pack.areas().unlisted(facts.area.as_deref()),
        ..decision
    }
}

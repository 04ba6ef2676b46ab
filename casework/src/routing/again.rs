//! A running clock by another calendar: the limit and the start stay, the days off are others.

use chrono::{DateTime, Utc};

use super::chosen::waiting_steps;
use super::plan;
use crate::calendar::{Calendar, Limit};
use crate::clock::escalation::{self, PlannedStep};
use crate::county::Matter;
use crate::pack::Pack;
use crate::words::{Stage, TicketClock, Urgency};
use crate::zh::due as said;

/// A clock that runs.
#[derive(Debug, Clone, Copy)]
pub struct Running<'a> {
    /// Code of the unit that holds the ticket.
    pub unit: &'a str,
    /// Urgency of the ticket.
    pub urgency: Urgency,
    /// Which of its clocks.
    pub clock: TicketClock,
    /// How long.
    pub limit: Limit,
    /// Since when.
    pub started_at: DateTime<Utc>,
    /// By when, so far.
    pub due_at: DateTime<Utc>,
}

/// When it is due by the other calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anew {
    /// The moment at which the time is up ([`due_by`]).
    pub due: DateTime<Utc>,
    /// Days beyond the published calendar were read.
    pub provisional: bool,
    /// Chinese sentences from start to due.
    pub derivation: Vec<String>,
    /// Escalation, in order; none of it before that moment either.
    pub steps: Vec<PlannedStep>,
}

/// When a clock is due by another calendar that holds since `holds_from`, and whether that is provisional. A time that was up before
/// anybody could know of the calendar is up when it begins to hold: nobody is late for time that lay before. Who was late already
/// stays late for the same time.
pub fn due_by(
    calendar: &Calendar,
    limit: Limit,
    (started_at, was): (DateTime<Utc>, DateTime<Utc>),
    holds_from: DateTime<Utc>,
) -> (DateTime<Utc>, bool) {
    let due = calendar.due(limit, started_at);
    (effective(due.at, was, holds_from), due.provisional)
}

fn effective(due: DateTime<Utc>, was: DateTime<Utc>, holds_from: DateTime<Utc>) -> DateTime<Utc> {
    due.max(was.min(holds_from))
}

/// The clock by `calendar`, which holds since `holds_from`. `pack` = the one whose rules the ticket is pinned to: who is told
/// and when stays as it was decided.
pub fn anew(pack: &Pack, calendar: &Calendar, running: Running<'_>, holds_from: DateTime<Utc>) -> Anew {
    let due = calendar.due(running.limit, running.started_at);
    let span = (running.started_at, due.at);
    let stage = |stage: Stage| {
        let levels = plan::levels(pack, running.urgency, stage);
        escalation::steps(&levels, plan::letters(pack, running.unit), span.0, span.1)
    };
    let steps = match running.clock {
        TicketClock::Sign => stage(Stage::Sign),
        TicketClock::Contact => stage(Stage::Contact),
        TicketClock::Resolve => stage(Stage::Resolve),
        TicketClock::Confirm => waiting_steps(pack, Matter::Confirm, running.urgency, span),
        TicketClock::Approve | TicketClock::Motion => waiting_steps(pack, Matter::Approve, running.urgency, span),
    };
    let at = effective(due.at, running.due_at, holds_from);
    let mut derivation = due.derivation;
    if due.at < at {
        derivation.push(said::before_it_held(due.at, at));
    }
    Anew {
        due: at,
        provisional: due.provisional,
        derivation,
        steps: escalation::not_before(steps, holds_from),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_late_for_time_before_the_calendar_held() {
        let day = |day: i64| DateTime::UNIX_EPOCH + chrono::TimeDelta::days(day);
        let held = day(10);
        // due by the new calendar, due so far, due in effect
        for (due, was, effect) in [
            (12, 14, 12),
            (14, 12, 14),
            (8, 12, 10),
            (8, 9, 9),
            (9, 8, 9),
            (8, 8, 8),
            (10, 12, 10),
        ] {
            assert_eq!(effective(day(due), day(was), held), day(effect), "{due} {was}");
        }
    }
}

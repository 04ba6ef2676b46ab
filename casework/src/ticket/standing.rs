//! Why a case (个案) is open: which of its obligations are still owed, and what each waits for.
//!
//! A case closes when each of its obligations is discharged or waived, and is open again when one is done again. The schema's
//! `ticket_standing` and `case_closed_at` say the same, for lists and for units that don't see each other's tickets.

use chrono::{DateTime, Utc};

use super::TicketState;
use crate::words::{TicketClock, words};

words! {
    /// How a ticket stands in its case, and in the ledger: dispatched = open + discharged + waived.
    Standing {
        /// Its unit still owes it.
        Open = "open",
        /// It was done, or is owed elsewhere by another ticket.
        Discharged = "discharged",
        /// 经批准终止办理
        Waived = "waived",
    }
}

words! {
    /// What an obligation that is still owed waits for.
    Wait {
        /// That its unit signs.
        Signature = "signature",
        /// That another person confirms its closing.
        Confirmation = "confirmation",
        /// That the office decides on its transfer.
        Approval = "approval",
        /// That the unit which takes it over signs.
        TakeOver = "take-over",
        /// That the office decides what its unit asked.
        Motion = "motion",
        /// That something happens from which its time is counted: a court accepts, a case is filed.
        Event = "event",
        /// That a named person sees the child.
        Seen = "seen",
        /// That it is done.
        Resolution = "resolution",
    }
}

/// A thing that it waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Awaited {
    /// What.
    pub wait: Wait,
    /// The clock that says by when; none: no clock of its own ticket does.
    pub clock: Option<TicketClock>,
    /// By when, where its time has begun.
    pub due: Option<DateTime<Utc>>,
}

impl TicketState {
    /// How a ticket in this state stands in its case.
    pub fn standing(self) -> Standing {
        match self {
            state if state.is_open() => Standing::Open,
            Self::Waived => Standing::Waived,
            _ => Standing::Discharged,
        }
    }
}

/// What a ticket waits for, by its clocks that have not ended, each with its due: what comes first stands first. A ticket that is still
/// owed waits for something in any case.
pub fn awaited(
    state: TicketState,
    clocks: impl IntoIterator<Item = (TicketClock, Option<DateTime<Utc>>)>,
) -> Vec<Awaited> {
    if state.standing() != Standing::Open {
        return Vec::new();
    }
    let of_clock = |(clock, due): (TicketClock, Option<DateTime<Utc>>)| Awaited {
        wait: if due.is_some() { wait(clock) } else { Wait::Event },
        clock: Some(clock),
        due,
    };
    let without = |wait| Awaited {
        wait,
        clock: None,
        due: None,
    };
    let mut awaited: Vec<Awaited> = clocks.into_iter().map(of_clock).collect();
    if state == TicketState::Transferring {
        awaited.push(without(Wait::TakeOver));
    } else if awaited.is_empty() {
        awaited.push(without(Wait::Resolution));
    }
    awaited.sort_by_key(|one| one.wait);
    awaited
}

/// What a clock that runs waits for.
fn wait(clock: TicketClock) -> Wait {
    match clock {
        TicketClock::Sign => Wait::Signature,
        TicketClock::Contact => Wait::Seen,
        TicketClock::Resolve => Wait::Resolution,
        TicketClock::Confirm => Wait::Confirmation,
        TicketClock::Approve => Wait::Approval,
        TicketClock::Motion => Wait::Motion,
    }
}

/// Since when nothing is owed in a case any more, by its tickets and when each ended; none: something is, or there is no ticket.
pub fn closed_at(tickets: impl IntoIterator<Item = (TicketState, Option<DateTime<Utc>>)>) -> Option<DateTime<Utc>> {
    tickets.into_iter().try_fold(None, |latest, (state, ended)| {
        (state.standing() != Standing::Open).then(|| latest.max(ended))
    })?
}

#[cfg(test)]
mod tests {
    use super::*;
    use TicketState as S;

    fn at(hour: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + chrono::TimeDelta::hours(hour)
    }

    fn words(state: TicketState, clocks: &[(TicketClock, Option<DateTime<Utc>>)]) -> Vec<Wait> {
        let awaited = awaited(state, clocks.iter().copied());
        awaited.into_iter().map(|one| one.wait).collect()
    }

    #[test]
    fn what_comes_first_stands_first() {
        use TicketClock as C;
        let begun = |clock| (clock, Some(at(1)));
        assert_eq!(
            words(S::Dispatched, &[C::Sign, C::Contact, C::Resolve].map(begun)),
            [Wait::Signature, Wait::Seen, Wait::Resolution]
        );
        assert_eq!(
            words(S::CloseRequested, &[C::Resolve, C::Confirm].map(begun)),
            [Wait::Confirmation, Wait::Resolution]
        );
        assert_eq!(
            words(S::InProgress, &[(C::Resolve, None), begun(C::Motion)]),
            [Wait::Motion, Wait::Event],
            "a court's time begins with its own event"
        );
        assert_eq!(
            words(S::Transferring, &[begun(C::Resolve)]),
            [Wait::TakeOver, Wait::Resolution]
        );
    }

    #[test]
    fn whatever_is_owed_waits_for_something_and_nothing_else_does() {
        for state in TicketState::ALL {
            let none = words(*state, &[]);
            assert_eq!(none.is_empty(), !state.is_open(), "{state}");
            assert_eq!(state.standing() == Standing::Open, state.is_open(), "{state}");
        }
        assert!(words(S::Resolved, &[(TicketClock::Resolve, Some(at(1)))]).is_empty());
    }

    #[test]
    fn a_case_is_closed_since_its_last_obligation_ended() {
        let done = (S::Resolved, Some(at(3)));
        assert_eq!(closed_at([]), None, "a case without a ticket says nothing");
        assert_eq!(closed_at([done, (S::Waived, Some(at(5)))]), Some(at(5)));
        assert_eq!(closed_at([(S::Returned, Some(at(1))), done]), Some(at(3)));
        assert_eq!(closed_at([done, (S::Reopened, Some(at(9)))]), None, "it is owed again");
        for state in TicketState::OPEN {
            assert_eq!(closed_at([done, (state, None)]), None, "{state}");
        }
    }
}

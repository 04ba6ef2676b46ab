//! Closing with substance: what an outcome must hold, who confirms it, to whom a ticket may move, until when it is taken back.
//!
//! What an outcome needs are words of the pack (`outcomes.csv`, column `needs`); the code reserves three outcomes, because
//! something follows from them: [`TRANSFERRED`] opens a successor,
//! [`NOT_FILED`](crate::words::reserved::NOT_FILED) tells the procuratorate, and
//! [`NOT_APPLICABLE`](crate::words::reserved::NOT_APPLICABLE) is only for a ticket that rests on an unknown fact.

use chrono::{DateTime, TimeDelta, Utc};

use super::{TicketAct, TicketState};
use crate::words::Urgency;
use crate::words::reserved::{LEADING_GROUP, POLICE, POLICE_ACCEPT, TRANSFERRED, TRIAGE};

/// How long the person who closed may take it back.
pub const TAKE_BACK: TimeDelta = TimeDelta::hours(24);

/// How long before the dispatch a contact may lie: a patrol saw the child, then it was reported.
pub const SEEN_BEFORE: TimeDelta = TimeDelta::days(30);

/// Whether another person must confirm a closing. Facts that nobody can read count as statutory.
pub fn needs_confirmation(urgency: Urgency, statutory: Option<bool>) -> bool {
    urgency == Urgency::P1 || statutory.unwrap_or(true)
}

/// An active person of the unit. `A` is what accounts are told apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colleague<A> {
    /// Account.
    pub account: A,
    /// 带班领导 of the unit.
    pub leader: bool,
}

/// Who confirms what `requester` closed: the unit's leaders, or where none is left another person; a leader's own closing any
/// other person of the unit. Empty: the unit has nobody else, and the office confirms.
pub fn confirmers<A: Copy + Ord>(requester: A, people: &[Colleague<A>]) -> Vec<A> {
    let leads = people.iter().any(|p| p.account == requester && p.leader);
    let others = || people.iter().filter(|p| p.account != requester);
    let only_leaders = !leads && others().any(|p| p.leader);
    let mut accounts: Vec<A> = others()
        .filter(|p| p.leader || !only_leaders)
        .map(|p| p.account)
        .collect();
    accounts.sort_unstable();
    accounts.dedup();
    accounts
}

/// Whether the office may confirm now: nobody else of the unit can, or the unit let the time pass.
pub fn falls_to_office<A: Copy + Ord>(
    requester: A,
    people: &[Colleague<A>],
    due: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> bool {
    confirmers(requester, people).is_empty() || due.is_some_and(|due| due <= now)
}

/// Whether a closing of `closed_by` at `closed_at` may be taken back by `account` now.
pub fn may_take_back<A: PartialEq>(
    closed_by: Option<A>,
    closed_at: DateTime<Utc>,
    account: A,
    now: DateTime<Utc>,
) -> bool {
    closed_by == Some(account) && now - closed_at <= TAKE_BACK
}

/// Whether what a closed ticket owed is owed elsewhere: it was transferred, or another ticket follows it.
pub fn goes_on(outcome: Option<&str>, follows: bool) -> bool {
    follows || outcome == Some(TRANSFERRED)
}

/// Whether a ticket can be done again. What a person has judged is judged: the tickets of it are done again, not the judging.
pub fn may_be_done_again(state: TicketState, obligation: &str, outcome: Option<&str>, follows: bool) -> bool {
    state.after(TicketAct::Reopen).is_ok() && obligation != TRIAGE && !goes_on(outcome, follows)
}

/// Why a ticket can't move to a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoTransfer {
    /// The unit that has it.
    Itself,
    /// The leading group supervises, it does not work on tickets.
    LeadingGroup,
    /// Only another police unit may take it: a statutory situation always has a police ticket.
    PoliceOnly,
}

/// A unit: code and kind.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// Code.
    pub unit: &'a str,
    /// Its kind.
    pub kind: &'a str,
}

/// Whether a ticket may move from one unit to another. The acceptance by the police never leaves the police, and neither does
/// any P1 ticket that they hold.
pub fn transfer(obligation: &str, urgency: Urgency, from: Place<'_>, to: Place<'_>) -> Result<(), NoTransfer> {
    let stays = obligation == POLICE_ACCEPT || (from.kind == POLICE && urgency == Urgency::P1);
    if from.unit == to.unit {
        Err(NoTransfer::Itself)
    } else if to.kind == LEADING_GROUP {
        Err(NoTransfer::LeadingGroup)
    } else if stays && to.kind != POLICE {
        Err(NoTransfer::PoliceOnly)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_closed_and_owed_nowhere_else_is_done_again() {
        let done = Some("confirmed-handled");
        for (state, obligation, outcome, follows, may) in [
            (TicketState::Resolved, POLICE_ACCEPT, done, false, true),
            (TicketState::Confirmed, POLICE_ACCEPT, done, false, true),
            (TicketState::Signed, POLICE_ACCEPT, None, false, false),
            (TicketState::Returned, POLICE_ACCEPT, None, true, false),
            (TicketState::Waived, POLICE_ACCEPT, None, false, false),
            (TicketState::Resolved, POLICE_ACCEPT, done, true, false),
            (TicketState::Resolved, POLICE_ACCEPT, Some(TRANSFERRED), false, false),
            (TicketState::Resolved, TRIAGE, done, false, false),
        ] {
            assert_eq!(
                may_be_done_again(state, obligation, outcome, follows),
                may,
                "{state} {obligation} {outcome:?} {follows}"
            );
        }
    }

    fn people(list: &[(i64, bool)]) -> Vec<Colleague<i64>> {
        list.iter()
            .map(|&(account, leader)| Colleague { account, leader })
            .collect()
    }

    #[test]
    fn another_person_confirms_its_leader_where_there_is_one() {
        let unit = people(&[(1, true), (2, false), (3, false)]);
        assert_eq!(confirmers(2, &unit), [1], "the leader, not the colleague");
        assert_eq!(confirmers(1, &unit), [2, 3], "the only leader's own: a member");
        let two = people(&[(1, true), (4, true), (2, false)]);
        assert_eq!(confirmers(1, &two), [2, 4], "another leader or another member");
        assert_eq!(
            confirmers(2, &people(&[(2, false), (3, false)])),
            [3],
            "no leader: a colleague"
        );
        assert!(confirmers(2, &people(&[(2, false)])).is_empty(), "alone: the office");
        // One person with both roles is one person.
        assert!(confirmers(1, &people(&[(1, true), (1, false)])).is_empty());
        assert_eq!(confirmers(2, &people(&[(1, true), (1, false), (2, false)])), [1]);
    }

    #[test]
    fn the_office_confirms_when_the_unit_can_not_or_does_not() {
        let at = DateTime::UNIX_EPOCH;
        let unit = people(&[(1, true), (2, false)]);
        assert!(!falls_to_office(2, &unit, Some(at), at - TimeDelta::seconds(1)));
        assert!(falls_to_office(2, &unit, Some(at), at));
        assert!(falls_to_office(2, &unit[1..], Some(at), at - TimeDelta::hours(1)));
    }

    #[test]
    fn only_who_closed_takes_it_back_and_only_for_a_day() {
        let at = DateTime::UNIX_EPOCH;
        assert!(may_take_back(Some(7), at, 7, at + TAKE_BACK));
        assert!(!may_take_back(Some(7), at, 7, at + TAKE_BACK + TimeDelta::seconds(1)));
        assert!(!may_take_back(Some(7), at, 8, at) && !may_take_back(None, at, 8, at));
    }

    #[test]
    fn police_tickets_stay_with_the_police() {
        let place = |unit, kind| Place { unit, kind };
        let (here, there) = (place("pol-1", POLICE), place("pol-2", POLICE));
        for urgency in [Urgency::P1, Urgency::P2, Urgency::P3] {
            assert_eq!(transfer(POLICE_ACCEPT, urgency, here, here), Err(NoTransfer::Itself));
            assert_eq!(transfer(POLICE_ACCEPT, urgency, here, there), Ok(()));
            let school = place("edu-1", "education");
            assert_eq!(
                transfer(POLICE_ACCEPT, urgency, here, school),
                Err(NoTransfer::PoliceOnly)
            );
            assert_eq!(
                transfer(POLICE_ACCEPT, urgency, place("office", "office"), school),
                Err(NoTransfer::PoliceOnly),
                "nor where the office stands in for them"
            );
            let other = transfer("separate-handling", urgency, here, place("court", "court"));
            assert_eq!(other.is_ok(), urgency != Urgency::P1, "{urgency}");
            assert_eq!(
                transfer("family-support", urgency, school, place("wf", "womens-federation")),
                Ok(())
            );
            assert_eq!(
                transfer("family-support", urgency, school, place("lg", LEADING_GROUP)),
                Err(NoTransfer::LeadingGroup)
            );
        }
    }

    #[test]
    fn unreadable_facts_count_as_statutory() {
        assert!(needs_confirmation(Urgency::P3, None));
        assert!(needs_confirmation(Urgency::P3, Some(true)) && needs_confirmation(Urgency::P1, Some(false)));
        assert!(!needs_confirmation(Urgency::P2, Some(false)));
    }
}

//! Every state with every act, against a table written by hand.

use super::{TicketAct as A, TicketState as S};

/// One line per act: the states that allow it, each with what follows. Everything else is refused.
const TABLE: &[(A, &[(S, S)])] = &[
    (A::Sign, &[(S::Dispatched, S::Signed), (S::Reopened, S::Signed)]),
    (A::SignAsked, &[(S::Dispatched, S::ReturnRequested)]),
    (A::Assign, GIVEN),
    (A::Contact, WORK),
    (A::Evidence, WORK),
    (A::Close, &[(S::Signed, S::Resolved), (S::InProgress, S::Resolved)]),
    (
        A::RequestClose,
        &[(S::Signed, S::CloseRequested), (S::InProgress, S::CloseRequested)],
    ),
    (A::Request, &IN_HAND),
    (A::Progress, WORK),
    (A::Start, WORK),
    (A::Confirm, &[(S::CloseRequested, S::Resolved)]),
    (A::Approve, &[(S::CloseRequested, S::Transferring)]),
    (A::Refuse, &[(S::CloseRequested, S::InProgress)]),
    (A::HandOver, &[(S::Transferring, S::Resolved)]),
    (
        A::TakeBack,
        &[
            (S::CloseRequested, S::InProgress),
            (S::Transferring, S::InProgress),
            (S::Resolved, S::InProgress),
        ],
    ),
    (A::Withdraw, &[(S::Dispatched, S::Returned)]),
    (A::CallBack, &[(S::Resolved, S::Confirmed)]),
    (
        A::Reopen,
        &[
            (S::Resolved, S::Reopened),
            (S::Confirmed, S::Reopened),
            (S::Archived, S::Reopened),
        ],
    ),
    (A::Waive, &[(S::Dispatched, S::Waived)]),
    (A::GiveBack, &[(S::Waived, S::Dispatched)]),
    (
        A::AskReturn,
        &[
            (S::Dispatched, S::Dispatched),
            (S::Signed, S::ReturnRequested),
            (S::InProgress, S::ReturnRequested),
        ],
    ),
    (
        A::GrantReturn,
        &[(S::Dispatched, S::Returned), (S::ReturnRequested, S::Returned)],
    ),
    (
        A::EndReturn,
        &[(S::Dispatched, S::Dispatched), (S::ReturnRequested, S::InProgress)],
    ),
    (A::GrantWaiver, &[(S::Signed, S::Waived), (S::InProgress, S::Waived)]),
    (A::Ask, &[(S::Signed, S::Signed), (S::InProgress, S::InProgress)]),
    (
        A::Answer,
        &[
            (S::Signed, S::Signed),
            (S::InProgress, S::InProgress),
            (S::CloseRequested, S::CloseRequested),
            (S::Transferring, S::Transferring),
        ],
    ),
];

const GIVEN: &[(S, S)] = &[
    (S::Dispatched, S::Dispatched),
    (S::Reopened, S::Reopened),
    (S::Signed, S::Signed),
    (S::InProgress, S::InProgress),
    (S::CloseRequested, S::CloseRequested),
    (S::Transferring, S::Transferring),
    (S::ReturnRequested, S::ReturnRequested),
];

const IN_HAND: [(S, S); 5] = [
    (S::Signed, S::Signed),
    (S::InProgress, S::InProgress),
    (S::CloseRequested, S::CloseRequested),
    (S::Transferring, S::Transferring),
    (S::ReturnRequested, S::ReturnRequested),
];

const WORK: &[(S, S)] = &[
    (S::Signed, S::InProgress),
    (S::InProgress, S::InProgress),
    (S::CloseRequested, S::CloseRequested),
    (S::Transferring, S::Transferring),
    (S::ReturnRequested, S::ReturnRequested),
];

#[test]
fn every_state_with_every_act() {
    assert_eq!(
        TABLE.iter().map(|(act, _)| *act).collect::<Vec<_>>(),
        A::ALL,
        "every act stands in the table once"
    );
    for (act, allowed) in TABLE {
        for &state in S::ALL {
            let expected = allowed.iter().find(|(from, _)| *from == state).map(|(_, to)| *to);
            assert_eq!(state.after(*act).ok(), expected, "{act} while {state}");
        }
    }
}

#[test]
fn what_follows_from_the_table() {
    for &state in S::ALL {
        for &act in A::ALL {
            let Ok(next) = state.after(act) else { continue };
            // Nothing is closed that nobody signed, and the end is the end.
            assert!(
                !next.is_resolved() || state.is_in_hand() || state.is_resolved(),
                "{state} {act}"
            );
            assert!(
                state != S::Returned && (state != S::Waived || act == A::GiveBack),
                "{state} {act}"
            );
            // Only an act that closes or calls back leaves a ticket resolved.
            let closes = matches!(act, A::Close | A::Confirm | A::HandOver | A::CallBack);
            assert_eq!(next.is_resolved(), closes, "{state} {act}");
        }
        assert_eq!(state.after(A::Sign).is_ok(), state.is_unsigned(), "{state}");
        let ended = matches!(state, S::Returned | S::Waived);
        assert!(
            u8::from(state.is_open()) + u8::from(state.is_resolved()) + u8::from(ended) == 1,
            "{state} is counted once"
        );
    }
}

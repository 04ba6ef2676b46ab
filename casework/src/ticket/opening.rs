//! 申请查看: what may happen to an opening of what a ticket doesn't show, beside the lifecycle of the ticket itself.
//!
//! 待审批 -> 已开放 or 未批准; who asked may take it back (已撤回). What is open ends by itself after 72 hours and may be ended
//! earlier (已提前结束): by a person, with its ticket, or by a review that found it not compliant. Two ways open at once and are reviewed afterwards by somebody else: what a unit that signed asks for a
//! P1, never the reporter; and the sealed identity for the police unit that signed, where its row shows it. The CHECK constraints and the
//! trigger in `migrations/0012_openings.sql` say the same; [`OpeningState::after`] is the whole table.

use chrono::{DateTime, TimeDelta, Utc};

use super::TicketState;
use crate::words::{Urgency, words};

/// How long an opening lasts, unless it is ended before.
pub const LASTS: TimeDelta = TimeDelta::hours(72);

/// The part that holds what a reporter is and, of a named one, how to reach them.
pub const REPORTER: &str = "reporter";
/// The part that holds the sealed identity.
pub const IDENTITY: &str = "identity";

words! {
    /// The state of an opening.
    OpeningState {
        /// 待审批
        Asked = "asked",
        /// 已开放, until it ends by itself
        Open = "open",
        /// 未批准
        Refused = "refused",
        /// 已撤回
        Withdrawn = "withdrawn",
        /// 已提前结束
        Ended = "ended",
    }
}

words! {
    /// What can be done with an opening.
    OpeningAct {
        /// 批准
        Approve = "approve",
        /// 不批准
        Refuse = "refuse",
        /// 撤回申请
        Withdraw = "withdraw",
        /// 提前结束
        End = "end",
        /// 复核
        Review = "review",
    }
}

words! {
    /// How an opening comes to be open.
    Way {
        /// Another person approves it first.
        Approval = "approval",
        /// 特急: at once, reviewed by another unit within a working day.
        Urgent = "urgent",
        /// The police unit that signed opens the identity at once, and is reviewed.
        Police = "police",
    }
}

words! {
    /// Who asks.
    Side {
        /// A unit's person, of its own ticket.
        Unit = "unit",
        /// The office.
        Office = "office",
        /// 检察监督
        Oversight = "oversight",
    }
}

words! {
    /// What a review finds.
    Finding {
        /// 合规
        Compliant = "compliant",
        /// 不合规
        NotCompliant = "not-compliant",
    }
}

/// An act that the state of an opening, or its end, does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{act} is not possible while the opening is {from}")]
pub struct InvalidOpening {
    /// The state.
    pub from: OpeningState,
    /// What was tried.
    pub act: OpeningAct,
}

impl OpeningState {
    /// The state after an act at a time. `ends_at` is when it ends by itself; an opening that has ended so can't be ended again,
    /// but it is reviewed all the same.
    pub fn after(
        self,
        act: OpeningAct,
        ends_at: Option<DateTime<Utc>>,
        at: DateTime<Utc>,
    ) -> Result<Self, InvalidOpening> {
        use OpeningAct as A;
        match (act, self) {
            (A::Approve, Self::Asked) => Ok(Self::Open),
            (A::Refuse, Self::Asked) => Ok(Self::Refused),
            (A::Withdraw, Self::Asked) => Ok(Self::Withdrawn),
            (A::End, Self::Open) if self.is_open(ends_at, at) => Ok(Self::Ended),
            (A::Review, Self::Open | Self::Ended) => Ok(self),
            _ => Err(InvalidOpening { from: self, act }),
        }
    }

    /// The state after a review. What was found not compliant ends with the finding, where it still ran.
    pub fn reviewed(
        self,
        finding: Finding,
        ends_at: Option<DateTime<Utc>>,
        at: DateTime<Utc>,
    ) -> Result<Self, InvalidOpening> {
        let state = self.after(OpeningAct::Review, ends_at, at)?;
        Ok(match finding {
            Finding::NotCompliant if self.is_open(ends_at, at) => Self::Ended,
            _ => state,
        })
    }

    /// The state once its ticket closed or left the unit: what rests on a ticket ends with it.
    #[must_use]
    pub fn without_ticket(self, ends_at: Option<DateTime<Utc>>, at: DateTime<Utc>) -> Self {
        match self {
            Self::Asked => Self::Withdrawn,
            Self::Open if self.is_open(ends_at, at) => Self::Ended,
            state => state,
        }
    }

    /// Whether it shows anything now.
    pub fn is_open(self, ends_at: Option<DateTime<Utc>>, at: DateTime<Utc>) -> bool {
        self == Self::Open && ends_at.is_some_and(|end| end > at)
    }
}

/// Who asks, and what stands behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asker {
    /// Of the case.
    pub urgency: Urgency,
    /// The ticket in whose name it is asked; the office and the oversight may have none.
    pub ticket: Option<TicketState>,
    /// The ticket is held by the police and its row shows the identity.
    pub sees_identity: bool,
}

/// How a part comes to be open for somebody.
pub fn way(asker: Asker, part: &str) -> Way {
    let signed = asker.ticket.is_some_and(TicketState::is_in_hand);
    match part {
        IDENTITY if signed && asker.sees_identity => Way::Police,
        IDENTITY | REPORTER => Way::Approval,
        _ if signed && asker.urgency == Urgency::P1 => Way::Urgent,
        _ => Way::Approval,
    }
}

/// Whether a ticket in this state may be asked from: the unit still owes something.
pub fn may_ask(state: TicketState) -> bool {
    state.is_open()
}

/// The roles of somebody who decides or reviews.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Judge {
    /// 县未保办
    pub office: bool,
    /// 检察监督
    pub oversight: bool,
}

/// Whether these roles decide on what this side asks: the office on what units ask; another person of the office or the
/// oversight on what the office asks, and likewise on what the oversight asks.
pub fn decides(side: Side, judge: Judge) -> bool {
    match side {
        Side::Unit => judge.office,
        Side::Office | Side::Oversight => judge.office || judge.oversight,
    }
}

/// Whether these roles review what opened at once: the office or the oversight what a unit opened, the oversight what the
/// office opened. Nobody reviews their own unit.
pub fn reviews(side: Side, judge: Judge) -> bool {
    match side {
        Side::Unit => judge.office || judge.oversight,
        Side::Office | Side::Oversight => judge.oversight,
    }
}

/// Whether somebody who may act for the opening ends it early: who asked, and at any time the office or the oversight.
pub fn ends(own: bool, judge: Judge) -> bool {
    own || judge.office || judge.oversight
}

#[cfg(test)]
mod tests {
    use super::*;
    use OpeningAct as A;
    use OpeningState as S;

    /// One line per act: the states that allow it, each with what follows. Everything else is refused.
    const TABLE: &[(A, &[(S, S)])] = &[
        (A::Approve, &[(S::Asked, S::Open)]),
        (A::Refuse, &[(S::Asked, S::Refused)]),
        (A::Withdraw, &[(S::Asked, S::Withdrawn)]),
        (A::End, &[(S::Open, S::Ended)]),
        (A::Review, &[(S::Open, S::Open), (S::Ended, S::Ended)]),
    ];

    #[test]
    fn every_state_of_an_opening_with_every_act() {
        let at = DateTime::UNIX_EPOCH;
        let later = Some(at + TimeDelta::seconds(1));
        assert_eq!(TABLE.iter().map(|(act, _)| *act).collect::<Vec<_>>(), A::ALL);
        for (act, allowed) in TABLE {
            for &state in S::ALL {
                let expected = allowed.iter().find(|(from, _)| *from == state).map(|(_, to)| *to);
                assert_eq!(state.after(*act, later, at).ok(), expected, "{act} while {state}");
            }
        }
    }

    #[test]
    fn an_opening_ends_by_itself() {
        let opened = DateTime::UNIX_EPOCH;
        let ends = Some(opened + LASTS);
        let last = opened + LASTS - TimeDelta::microseconds(1);
        assert!(S::Open.is_open(ends, opened) && S::Open.is_open(ends, last));
        assert!(!S::Open.is_open(ends, opened + LASTS) && !S::Open.is_open(None, opened));
        for state in [S::Asked, S::Refused, S::Withdrawn, S::Ended] {
            assert!(!state.is_open(ends, opened), "{state}");
        }
        assert_eq!(S::Open.after(A::End, ends, last), Ok(S::Ended));
        assert!(
            S::Open.after(A::End, ends, opened + LASTS).is_err(),
            "it has ended already"
        );
        assert_eq!(S::Open.after(A::Review, ends, opened + LASTS), Ok(S::Open));
    }

    #[test]
    fn a_bad_review_ends_what_runs_and_a_ticket_takes_its_openings_along() {
        let at = DateTime::UNIX_EPOCH;
        let (runs, over) = (Some(at + TimeDelta::seconds(1)), Some(at));
        for finding in [Finding::Compliant, Finding::NotCompliant] {
            let bad = finding == Finding::NotCompliant;
            assert_eq!(
                S::Open.reviewed(finding, runs, at),
                Ok(if bad { S::Ended } else { S::Open })
            );
            assert_eq!(S::Open.reviewed(finding, over, at), Ok(S::Open), "it was over");
            assert_eq!(S::Ended.reviewed(finding, runs, at), Ok(S::Ended));
            for state in [S::Asked, S::Refused, S::Withdrawn] {
                assert!(state.reviewed(finding, runs, at).is_err(), "{state}");
            }
        }
        assert_eq!(S::Asked.without_ticket(None, at), S::Withdrawn);
        assert_eq!(S::Open.without_ticket(runs, at), S::Ended);
        assert_eq!(S::Open.without_ticket(over, at), S::Open);
        for state in [S::Refused, S::Withdrawn, S::Ended] {
            assert_eq!(state.without_ticket(runs, at), state);
        }
    }

    #[test]
    fn at_once_is_for_what_was_signed_and_never_for_the_reporter() {
        let parts = [
            "place",
            "situations",
            "own",
            "child",
            "birth",
            "school",
            "home",
            "suspect",
            "narrative",
            "reporter",
            "identity",
        ];
        for &urgency in Urgency::ALL {
            for state in TicketState::ALL.iter().copied().map(Some).chain([None]) {
                for sees_identity in [false, true] {
                    let asker = Asker {
                        urgency,
                        ticket: state,
                        sees_identity,
                    };
                    let signed = state.is_some_and(TicketState::is_in_hand);
                    for part in parts {
                        let expected = match part {
                            "identity" if sees_identity && signed => Way::Police,
                            "identity" | "reporter" => Way::Approval,
                            _ if signed && urgency == Urgency::P1 => Way::Urgent,
                            _ => Way::Approval,
                        };
                        assert_eq!(way(asker, part), expected, "{asker:?} {part}");
                    }
                }
            }
        }
    }

    #[test]
    fn who_decides_and_who_reviews() {
        let judge = |office, oversight| Judge { office, oversight };
        let (nobody, office, oversight) = (judge(false, false), judge(true, false), judge(false, true));
        for &side in Side::ALL {
            assert!(
                !decides(side, nobody) && !reviews(side, nobody) && !ends(false, nobody),
                "{side}"
            );
            assert!(ends(true, nobody) && ends(false, office) && ends(false, oversight));
            assert!(decides(side, office), "{side}");
            assert_eq!(decides(side, oversight), side != Side::Unit, "{side}");
            assert_eq!(reviews(side, office), side == Side::Unit, "{side}");
            assert!(reviews(side, oversight), "{side}");
        }
    }
}

//! What may happen to a ticket. Transitions are methods that refuse what the states of the design do not allow.
//!
//! 已派单 -> 已签收 -> 办理中 -> 已办结 -> 已回访 -> 已归档. A return is asked by the unit and decided by the office;
//! a returned ticket ends and a successor carries on. Reopening starts a new clock for the ticket, never for
//! the case. Waiving (经批准终止办理) is refused for statutory obligations.

use crate::code::words;

words! {
    /// The state of a ticket.
    TicketState {
        /// 已派单
        Dispatched = "dispatched",
        /// 已签收
        Signed = "signed",
        /// 办理中
        InProgress = "in-progress",
        /// 已办结
        Resolved = "resolved",
        /// 已回访
        Confirmed = "confirmed",
        /// 已归档
        Archived = "archived",
        /// 申请退单
        ReturnRequested = "return-requested",
        /// 已退单
        Returned = "returned",
        /// 重新办理
        Reopened = "reopened",
        /// 经批准终止办理
        Waived = "waived",
    }
}

/// A transition that the ticket's state does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a ticket that is {from} can't be {verb}")]
pub struct InvalidTransition {
    /// The state the ticket is in.
    pub from: TicketState,
    /// What was tried, as a participle: `signed`, `resolved`.
    pub verb: &'static str,
}

type Transition = Result<TicketState, InvalidTransition>;

impl TicketState {
    fn step(self, verb: &'static str, from: &[Self], to: Self) -> Transition {
        if from.contains(&self) {
            Ok(to)
        } else {
            Err(InvalidTransition { from: self, verb })
        }
    }

    /// 签收: the unit has taken it.
    pub fn sign(self) -> Transition {
        self.step("signed", &[Self::Dispatched, Self::Reopened], Self::Signed)
    }

    /// The first act after signing: assigned, child seen, evidence recorded. Later acts change nothing.
    pub fn begin(self) -> Transition {
        self.step("worked on", &[Self::Signed, Self::InProgress], Self::InProgress)
    }

    /// 办结 with an outcome. A unit may close right after signing.
    pub fn resolve(self) -> Transition {
        self.step("resolved", &[Self::Signed, Self::InProgress], Self::Resolved)
    }

    /// 已回访 by the office.
    pub fn confirm(self) -> Transition {
        self.step("confirmed", &[Self::Resolved], Self::Confirmed)
    }

    /// 归档.
    pub fn archive(self) -> Transition {
        self.step("archived", &[Self::Confirmed], Self::Archived)
    }

    /// 申请退单: the clock runs on until the office decides.
    pub fn request_return(self) -> Transition {
        self.step(
            "asked to be returned",
            &[Self::Dispatched, Self::Signed, Self::InProgress, Self::Reopened],
            Self::ReturnRequested,
        )
    }

    /// The office agrees: this ticket ends, a successor begins.
    pub fn grant_return(self) -> Transition {
        self.step("returned", &[Self::ReturnRequested], Self::Returned)
    }

    /// The office refuses: back to the state before the request.
    pub fn refuse_return(self, before: Self) -> Transition {
        before.request_return()?;
        self.step("kept", &[Self::ReturnRequested], before)
    }

    /// 重新办理: new facts, or the call-back was unhappy.
    pub fn reopen(self) -> Transition {
        self.step(
            "reopened",
            &[Self::Resolved, Self::Confirmed, Self::Archived],
            Self::Reopened,
        )
    }

    /// 经批准终止办理; `statutory` obligations can't be waived.
    pub fn waive(self, statutory: bool) -> Transition {
        let open: &[Self] = if statutory { &[] } else { &Self::OPEN };
        self.step("waived", open, Self::Waived)
    }

    /// The states in which a unit still owes something.
    pub const OPEN: [Self; 5] = [
        Self::Dispatched,
        Self::Signed,
        Self::InProgress,
        Self::ReturnRequested,
        Self::Reopened,
    ];

    /// Whether a unit still owes something.
    pub fn is_open(self) -> bool {
        Self::OPEN.contains(&self)
    }

    /// Whether signing is still owed: which stage's clock runs.
    pub fn is_unsigned(self) -> bool {
        matches!(self, Self::Dispatched | Self::Reopened)
    }

    /// What the UI shows.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Dispatched => "已派单",
            Self::Signed => "已签收",
            Self::InProgress => "办理中",
            Self::Resolved => "已办结",
            Self::Confirmed => "已回访",
            Self::Archived => "已归档",
            Self::ReturnRequested => "申请退单",
            Self::Returned => "已退单",
            Self::Reopened => "重新办理",
            Self::Waived => "经批准终止办理",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::TicketState as S;

    #[test]
    fn the_plain_way_through() {
        let end = S::Dispatched
            .sign()
            .and_then(S::begin)
            .and_then(S::resolve)
            .and_then(S::confirm)
            .and_then(S::archive);
        assert_eq!(end, Ok(S::Archived));
        assert_eq!(S::Archived.reopen().and_then(S::sign), Ok(S::Signed));
    }

    #[test]
    fn nothing_skips_signing_and_the_end_is_the_end() {
        assert!(S::Dispatched.resolve().is_err());
        assert!(S::Dispatched.begin().is_err());
        for state in S::ALL {
            assert!(S::Returned.sign().is_err() && S::Waived.reopen().is_err());
            assert_eq!(state.sign().is_ok(), state.is_unsigned(), "{state}");
            assert_eq!(state.waive(false).is_ok(), state.is_open(), "{state}");
            assert!(
                state.waive(true).is_err(),
                "statutory obligations can't be waived: {state}"
            );
        }
    }

    #[test]
    fn a_refused_return_goes_back() {
        let asked = S::InProgress.request_return().unwrap();
        assert_eq!(asked.refuse_return(S::InProgress), Ok(S::InProgress));
        assert!(asked.refuse_return(S::Archived).is_err());
        assert_eq!(asked.grant_return(), Ok(S::Returned));
    }
}

//! What may happen to a ticket: the one state machine, for pages, API, clock and commands alike.
//!
//! 已派单 -> 已签收 -> 办理中 -> 已办结 -> 已回访 -> 已归档. Where another person must confirm, a closing waits as 待确认办结;
//! where the office agreed that another unit takes over, it waits as 移送中 until that unit has signed. In both the unit still
//! owes everything, and what it does meanwhile is recorded. A transfer that is taken back returns the ticket that it made. Reopening
//! starts a new clock for the ticket, never for the case. Waiving (经批准终止办理) ends what nobody has signed, with the tickets of a
//! flood that are no real reports, which can be given back; and what a unit asks to be waived and two people of the office agree to. A unit may ask to return a ticket (申请退单), signed or not: it owes everything
//! until the office grants that and a successor takes over, and goes on where it does not. What it has not signed stays 已派单
//! meanwhile. Nobody archives yet: the state has its name, and no act leads there.
//!
//! [`TicketState::after`] is the whole table. Who may do an act, and what a closing must hold, is in [`closing`]; what a
//! ticket doesn't show is asked for in [`opening`], and what a unit asks of the office in [`motion`]. Why a case is still open is in
//! [`standing`].

pub mod closing;
pub mod motion;
pub mod opening;
pub mod standing;

use crate::words::words;

words! {
    /// The state of a ticket.
    TicketState {
        /// 已派单
        Dispatched = "dispatched",
        /// 已签收
        Signed = "signed",
        /// 办理中
        InProgress = "in-progress",
        /// 待确认办结
        CloseRequested = "close-requested",
        /// 移送中: the office agreed, the other unit has not signed
        Transferring = "transferring",
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

words! {
    /// What can be done with a ticket.
    TicketAct {
        /// 签收: the unit has taken it.
        Sign = "sign",
        /// 签收 while its return is asked: the clock of signing ends, and the asking goes on.
        SignAsked = "sign-asked",
        /// 分办 to a person of the unit.
        Assign = "assign",
        /// 见到孩子
        Contact = "contact",
        /// The asked material is recorded.
        Evidence = "evidence",
        /// 办结 by the unit alone.
        Close = "close",
        /// 办结, to be confirmed by another person, or 移送, to be approved by the office.
        RequestClose = "request-close",
        /// 提请协办: another unit is asked for what the rules name; the ticket stays as it is.
        Request = "request",
        /// 记一笔进展: what was done or heard, or a visit that did not see the child. It ends nothing.
        Progress = "progress",
        /// The event that a clock waits for has happened: the court accepted the application or filed the case.
        Start = "start",
        /// Another person confirms.
        Confirm = "confirm",
        /// The office agrees that another unit takes over.
        Approve = "approve",
        /// Neither: back to work.
        Refuse = "refuse",
        /// The unit that takes over has signed.
        HandOver = "hand-over",
        /// Who closed takes it back.
        TakeBack = "take-back",
        /// The transfer that made this ticket was taken back before it was signed.
        Withdraw = "withdraw",
        /// 回访 by the office.
        CallBack = "call-back",
        /// 重新办理: new facts, or the call-back was unhappy.
        Reopen = "reopen",
        /// 经批准终止办理: the office ends a ticket of a flood that nobody has signed; another person confirms.
        Waive = "waive",
        /// That was a mistake: the ticket is as it was.
        GiveBack = "give-back",
        /// 申请退单: the unit says that it is not the one.
        AskReturn = "ask-return",
        /// The office names another unit: this ticket is discharged by its successor.
        GrantReturn = "grant-return",
        /// Not granted, or taken back: back to work.
        EndReturn = "end-return",
        /// 终止办理: the office waives what the unit owes; another person has agreed before.
        GrantWaiver = "grant-waiver",
        /// Something is asked of the office that leaves the ticket as it is, such as more time.
        Ask = "ask",
        /// That is decided, or taken back.
        Answer = "answer",
    }
}

/// An act that the ticket's state does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{act} is not possible while the ticket is {from}")]
pub struct InvalidTransition {
    /// The state the ticket is in.
    pub from: TicketState,
    /// What was tried.
    pub act: TicketAct,
}

impl TicketState {
    /// The state after an act, or that the state does not allow it.
    pub fn after(self, act: TicketAct) -> Result<Self, InvalidTransition> {
        use TicketAct as A;
        use TicketState as S;
        let next = match (act, self) {
            (A::Sign, S::Dispatched | S::Reopened) => S::Signed,
            // A leader may say who takes it before anybody has signed; the sign clock runs on. What is true is recorded
            // also while a closing waits.
            (A::Assign, S::Dispatched | S::Reopened)
            | (A::AskReturn | A::EndReturn, S::Dispatched)
            | (
                A::Contact | A::Evidence | A::Start | A::Progress,
                S::CloseRequested | S::Transferring | S::ReturnRequested,
            )
            | (A::Ask, S::Signed | S::InProgress)
            | (A::Answer, S::Signed | S::InProgress | S::CloseRequested | S::Transferring) => self,
            // A name must stand behind the ticket; it moves nothing.
            (A::Assign | A::Request, held) if held.is_in_hand() => held,
            // The first such act begins the work; what was asked and is not to be goes back to it.
            (A::Contact | A::Evidence | A::Start | A::Progress, S::Signed | S::InProgress)
            | (A::Refuse, S::CloseRequested)
            | (A::TakeBack, S::CloseRequested | S::Transferring | S::Resolved)
            | (A::EndReturn, S::ReturnRequested) => S::InProgress,
            (A::Close, S::Signed | S::InProgress)
            | (A::Confirm, S::CloseRequested)
            | (A::HandOver, S::Transferring) => S::Resolved,
            (A::RequestClose, S::Signed | S::InProgress) => S::CloseRequested,
            (A::Approve, S::CloseRequested) => S::Transferring,
            (A::Withdraw | A::GrantReturn, S::Dispatched) | (A::GrantReturn, S::ReturnRequested) => S::Returned,
            (A::AskReturn, S::Signed | S::InProgress) | (A::SignAsked, S::Dispatched) => S::ReturnRequested,
            (A::CallBack, S::Resolved) => S::Confirmed,
            (A::Reopen, S::Resolved | S::Confirmed | S::Archived) => S::Reopened,
            (A::Waive, S::Dispatched) | (A::GrantWaiver, S::Signed | S::InProgress) => S::Waived,
            (A::GiveBack, S::Waived) => S::Dispatched,
            _ => return Err(InvalidTransition { from: self, act }),
        };
        Ok(next)
    }

    /// The states in which a unit still owes something. The lists in SQL say the same; a test compares them.
    pub const OPEN: [Self; 7] = [
        Self::Dispatched,
        Self::Signed,
        Self::InProgress,
        Self::CloseRequested,
        Self::Transferring,
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

    /// Whether somebody of the unit signed and the ticket is not over.
    pub fn is_in_hand(self) -> bool {
        matches!(
            self,
            Self::Signed | Self::InProgress | Self::CloseRequested | Self::Transferring | Self::ReturnRequested
        )
    }

    /// Whether it is closed with an outcome.
    pub fn is_resolved(self) -> bool {
        matches!(self, Self::Resolved | Self::Confirmed | Self::Archived)
    }
}

#[cfg(test)]
mod tests;

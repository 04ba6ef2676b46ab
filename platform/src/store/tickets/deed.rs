//! What can be done to a ticket, by whom, and how it ends.

use super::motions::Asking;
use crate::store::{AccountId, Detail, EventKind, Loose, MotionId};
use casework::{
    clock::escalation::PlannedStep,
    disclosure::Shows,
    routing::{Anew, MatchedRow, PlannedClock, PlannedStage, PlannedTicket},
    ticket::{
        TicketAct, TicketState,
        motion::{MotionKind, NoMotion},
    },
    words::{Stage, TicketClock},
};
use chrono::{DateTime, Utc};
use serde::Serialize;

/// An act on a ticket.
#[derive(Clone, Debug)]
pub enum TicketDeed {
    /// 收到并签收
    Sign,
    /// 分办 to a person of the unit.
    Assign {
        /// Account.
        account: AccountId,
        /// Name.
        name: String,
    },
    /// 已见到孩子
    Contact {
        /// When, as the person said.
        seen_at: DateTime<Utc>,
    },
    /// Evidence of the asked kind.
    Evidence,
    /// 提请协办: the tickets of the asked units.
    Request(Box<Requested>),
    /// 记一笔进展.
    Progress {
        /// Somebody went and did not see the child.
        failed_visit: bool,
    },
    /// The event that clocks wait for has happened.
    Start(Box<Started>),
    /// 办结, at once or to be confirmed.
    Close(Box<Closing>),
    /// Another person confirms; with what follows from 不予立案.
    Confirm(Option<Box<Oversight>>),
    /// The office approves a transfer: the stages of the successor.
    Approve(Box<Successor>),
    /// Neither: back to work.
    Refuse,
    /// Who closed takes it back.
    TakeBack,
    /// 重新办理 of what is closed, by the unit's leader or the office.
    Reopen(Box<Reopening>),
    /// 申请退单、申请延期: the unit asks this of the office.
    Ask(Box<Asking>),
    /// A first person of the office agrees to a waiver, which another one confirms.
    Agree(Waiving),
    /// The office grants it.
    Grant(Box<Granting>),
    /// The office does not.
    Deny(MotionId, MotionKind),
    /// The unit takes back what waits.
    Unask,
}

/// What a unit asks of others, as the rules route it.
#[derive(Clone, Debug)]
pub struct Requested {
    /// As planned.
    pub tickets: Vec<PlannedTicket>,
    /// By which rows and versions.
    pub routed: Routed,
    /// Version of the calendar.
    pub calendar: String,
}

/// What a request is pinned to.
#[derive(Clone, Debug, Serialize)]
pub struct Routed {
    /// Version of the pack.
    pub pack_version: i32,
    /// Version of the rules.
    pub rule_set: i32,
    /// Rows that matched or were used.
    pub rows: Vec<MatchedRow>,
}

/// Clocks whose event has happened.
#[derive(Clone, Debug)]
pub struct Started {
    /// Event code of the pack.
    pub event: String,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// Each clock that waited for it, and when it is due.
    pub clocks: Vec<(TicketClock, Anew)>,
    /// Version of the calendar.
    pub calendar: String,
}

/// The stages of a ticket that is owed again, as if each began now. One whose event has not come is left as it waits.
#[derive(Clone, Debug)]
pub struct Reopening {
    /// Stages that the rules in force have.
    pub stages: Vec<PlannedStage>,
    /// Version of the calendar.
    pub calendar: String,
}

/// What the office grants.
#[derive(Clone, Debug)]
pub enum Granting {
    /// 退单: this unit takes over.
    Return {
        /// Which motion.
        motion: MotionId,
        /// Code of the unit.
        unit: String,
        /// Its ticket.
        successor: Box<Successor>,
        /// Resolving is due when the case's first ticket is, not by the limit.
        held: bool,
    },
    /// 延期: this due.
    Extension {
        /// Which motion.
        motion: MotionId,
        /// For which stage.
        stage: Stage,
        /// Until when.
        due: DateTime<Utc>,
        /// Escalation to it.
        steps: Vec<PlannedStep>,
    },
    /// 增派: this ticket joins the case.
    Reinforcement {
        /// Which motion.
        motion: MotionId,
        /// As planned.
        ticket: Box<PlannedTicket>,
        /// Versions of pack and rules.
        versions: (i32, i32),
        /// Version of the calendar.
        calendar: String,
    },
    /// 终止办理, confirmed by the second person.
    Waiver(Waiving),
}

/// What is to be waived.
#[derive(Clone, Copy, Debug)]
pub struct Waiving {
    /// Which motion.
    pub motion: MotionId,
    /// Whether it may be, by the county's rows in force.
    pub may: Result<(), NoMotion>,
}

impl Granting {
    /// The kind of it.
    pub fn kind(&self) -> MotionKind {
        match self {
            Self::Return { .. } => MotionKind::Return,
            Self::Extension { .. } => MotionKind::Extension,
            Self::Reinforcement { .. } => MotionKind::Reinforcement,
            Self::Waiver(_) => MotionKind::Waiver,
        }
    }

    pub(in crate::store) fn motion(&self) -> MotionId {
        match self {
            Self::Return { motion, .. } | Self::Extension { motion, .. } | Self::Reinforcement { motion, .. } => {
                *motion
            }
            Self::Waiver(waiving) => waiving.motion,
        }
    }
}

/// What somebody closes a ticket with. What was written is sealed.
#[derive(Clone, Debug, Default)]
pub struct Closing {
    /// Outcome code of the pack.
    pub outcome: String,
    /// The child was seen by a named person: when, and the record of it.
    pub contact: Option<(DateTime<Utc>, Vec<u8>)>,
    /// The asked material, with its kind.
    pub evidence: Option<(String, Vec<u8>)>,
    /// Number and date of a decision.
    pub decision: Option<Vec<u8>>,
    /// What it waits for; `None` closes at once.
    pub wait: Option<Wait>,
    /// What follows from 不予立案 when it closes at once.
    pub oversight: Option<Box<Oversight>>,
}

/// A confirmation or approval that a closing waits for.
#[derive(Clone, Debug)]
pub struct Wait {
    /// The office decides, not another person of the unit.
    pub office: bool,
    /// The unit that is to take over.
    pub transfer_to: Option<String>,
    /// Its clock.
    pub clock: PlannedClock,
    /// Version of the calendar.
    pub calendar: String,
}

/// The oversight ticket that a decision not to file opens.
#[derive(Clone, Debug)]
pub struct Oversight {
    /// As planned.
    pub ticket: PlannedTicket,
    /// Version of the rules.
    pub rule_set: i32,
    /// Version of the calendar.
    pub calendar: String,
}

/// The stages of a ticket at the unit that takes over.
#[derive(Clone, Debug)]
pub struct Successor {
    /// The unit's kind.
    pub unit_kind: String,
    /// What the successor shows of the report.
    pub shows: Shows,
    /// Stages from its own dispatch on.
    pub stages: Vec<PlannedStage>,
    /// Version of the rules.
    pub rule_set: i32,
    /// Version of the calendar.
    pub calendar: String,
}

impl TicketDeed {
    /// The kind of the event it leaves.
    pub fn kind(&self) -> EventKind {
        match self {
            Self::Sign => EventKind::Signed,
            Self::Assign { .. } => EventKind::Assigned,
            Self::Contact { .. } => EventKind::Contacted,
            Self::Evidence => EventKind::Evidence,
            Self::Request(_) => EventKind::Requested,
            Self::Progress { failed_visit: true } => EventKind::VisitFailed,
            Self::Progress { failed_visit: false } => EventKind::Progress,
            Self::Start(_) => EventKind::ClockStarted,
            Self::Close(closing) if closing.wait.is_some() => EventKind::CloseRequested,
            Self::Close(_) => EventKind::Resolved,
            Self::Confirm(_) => EventKind::CloseConfirmed,
            Self::Approve(_) => EventKind::TransferApproved,
            Self::Refuse => EventKind::CloseRefused,
            Self::TakeBack => EventKind::CloseTakenBack,
            Self::Reopen(_) => EventKind::Reopened,
            Self::Ask(_) => EventKind::MotionAsked,
            Self::Agree(_) => EventKind::MotionAgreed,
            Self::Grant(_) => EventKind::MotionGranted,
            Self::Deny(..) => EventKind::MotionRefused,
            Self::Unask => EventKind::MotionWithdrawn,
        }
    }

    /// `asked`: what waits for the office about the ticket.
    pub(super) fn act(&self, asked: Option<MotionKind>) -> TicketAct {
        match self {
            Self::Sign if asked == Some(MotionKind::Return) => TicketAct::SignAsked,
            Self::Sign => TicketAct::Sign,
            Self::Assign { .. } => TicketAct::Assign,
            Self::Contact { .. } => TicketAct::Contact,
            Self::Evidence => TicketAct::Evidence,
            Self::Request(_) => TicketAct::Request,
            Self::Progress { .. } => TicketAct::Progress,
            Self::Start(_) => TicketAct::Start,
            Self::Close(closing) if closing.wait.is_some() => TicketAct::RequestClose,
            Self::Close(_) => TicketAct::Close,
            Self::Confirm(_) => TicketAct::Confirm,
            Self::Approve(_) => TicketAct::Approve,
            Self::Refuse => TicketAct::Refuse,
            Self::TakeBack => TicketAct::TakeBack,
            Self::Reopen(_) => TicketAct::Reopen,
            Self::Ask(asking) => match asking.kind() {
                MotionKind::Return => TicketAct::AskReturn,
                MotionKind::Extension | MotionKind::Reinforcement | MotionKind::Waiver => TicketAct::Ask,
            },
            Self::Agree(_) => TicketAct::Answer,
            Self::Grant(granting) => match granting.kind() {
                MotionKind::Return => TicketAct::GrantReturn,
                MotionKind::Waiver => TicketAct::GrantWaiver,
                MotionKind::Extension | MotionKind::Reinforcement => TicketAct::Answer,
            },
            Self::Deny(_, kind) => ended(*kind),
            Self::Unask => asked.map_or(TicketAct::Answer, ended),
        }
    }
}

/// What ends the asking, where it is not granted.
fn ended(kind: MotionKind) -> TicketAct {
    match kind {
        MotionKind::Return => TicketAct::EndReturn,
        MotionKind::Extension | MotionKind::Reinforcement | MotionKind::Waiver => TicketAct::Answer,
    }
}

/// Who acts, on which version of the page, and what they wrote.
#[derive(Clone, Debug)]
pub struct Acting<'a> {
    /// Name.
    pub by: &'a str,
    /// Account.
    pub account: AccountId,
    /// Version the page showed.
    pub version: i32,
    /// When.
    pub at: DateTime<Utc>,
    /// What they wrote, sealed with the report's key.
    pub sealed: Option<Vec<u8>>,
    /// Coarse detail without personal data.
    pub detail: Detail,
    /// Done for somebody of the unit who said so by telephone; `None` where the person acts at the desk themself.
    pub telephone: Option<&'a ByTelephone>,
}

/// 电话代签、电话代办: an act of somebody who does not open our pages, written down by a person of the office. Each event of the act
/// carries it in its detail, as `telephone`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ByTelephone {
    /// Who of the unit said so.
    pub caller: String,
    /// Their account; `None` where they have none.
    #[serde(skip)]
    pub account: Option<AccountId>,
    /// Who called whom.
    pub way: CallWay,
    /// When they spoke.
    pub at: DateTime<Utc>,
    /// Who wrote it down: the account of the act.
    pub recorder: String,
}

/// Beside the detail of an act by telephone.
#[derive(Serialize)]
pub(super) struct OfCall<'a> {
    pub(super) telephone: &'a ByTelephone,
}

casework::words! {
    /// Who called whom.
    CallWay {
        /// The unit called the office.
        In = "in",
        /// The office called the unit.
        Out = "out",
    }
}

/// How an act ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ActDone {
    /// Done now.
    Done,
    /// The page was stale: somebody (perhaps this person, by a double click) acted in between. Nothing was changed.
    Stale {
        /// Kind of the last act.
        last_kind: Loose<EventKind>,
        /// By whom, as shown.
        last_by: String,
        /// Their account.
        last_account: Option<AccountId>,
        /// When.
        last_at: DateTime<Utc>,
    },
    /// The ticket's state does not allow it.
    NotAllowed {
        /// The state.
        state: TicketState,
    },
    /// The state would allow it, but not to this person or not now.
    Denied(Denied),
    /// No such ticket for these units.
    NotFound,
}

impl ActDone {
    /// A double click: the last act was the same one by the same person. What it was, and when.
    pub fn was_done(&self, deed: EventKind, by: AccountId) -> Option<(&Loose<EventKind>, DateTime<Utc>)> {
        match self {
            // The same person is the same account; two people may share a name.
            Self::Stale {
                last_kind,
                last_account,
                last_at,
                ..
            } if last_kind.is(deed) && *last_account == Some(by) => Some((last_kind, *last_at)),
            _ => None,
        }
    }
}

/// Why an act is not this person's, or not now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denied {
    /// Nobody confirms their own closing.
    Own,
    /// The unit has a leader for that.
    Leader,
    /// What is closed is done again by the unit's leader or the office.
    LeaderReopens,
    /// The office decides.
    Office,
    /// Another person of the unit can, and has time until the due.
    Unit,
    /// Only who closed it takes it back.
    NotYours,
    /// More than 24 hours ago.
    TooLate,
    /// The other unit has signed.
    TakenOver,
    /// It goes on in another ticket: at the unit that it was transferred to, or in one that was opened after it.
    GoesOn,
    /// The reporter was called about this closing.
    CalledBack,
    /// The same is asked of that unit already, and open.
    AskedBefore,
    /// Something is asked of the office already.
    MotionWaits,
    /// What was asked is decided, or over.
    MotionOver,
    /// Nobody decides what they asked themselves.
    OwnMotion,
    /// Another person of the office confirms than who agreed.
    SecondPerson,
    /// It can't be asked, or not granted.
    Motion(NoMotion),
}

impl Denied {
    /// The word of texts and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Leader => "leader",
            Self::LeaderReopens => "leader-reopens",
            Self::Office => "office",
            Self::Unit => "unit",
            Self::NotYours => "not-yours",
            Self::TooLate => "too-late",
            Self::TakenOver => "taken-over",
            Self::GoesOn => "goes-on",
            Self::CalledBack => "called-back",
            Self::AskedBefore => "asked-before",
            Self::MotionWaits => "motion-waits",
            Self::MotionOver => "motion-over",
            Self::OwnMotion => "own-motion",
            Self::SecondPerson => "second-person",
            Self::Motion(NoMotion::PoliceUrgent) => "police-urgent",
            Self::Motion(NoMotion::Final) => "final",
            Self::Motion(NoMotion::Awaited) => "awaited",
            Self::Motion(NoMotion::Statutory) => "statutory",
            Self::Motion(NoMotion::Over) => "stage-over",
            Self::Motion(NoMotion::Once) => "once",
            Self::Motion(NoMotion::NotLater) => "not-later",
            Self::Motion(NoMotion::InCase) => "in-case",
            Self::Motion(NoMotion::ByLaw) => "by-law",
        }
    }
}

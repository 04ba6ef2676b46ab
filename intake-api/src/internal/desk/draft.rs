//! An act on a ticket before it is done: which one, what was typed, and what came of reading it.

use chrono::{DateTime, Utc};
use platform::{
    pack::watch::LoadedPack,
    seal::{MasterKey, OpenError},
    store::{AccountId, Closing, DeskTicket, Detail, EventKind, Oversight, TicketDeed, Wait},
};

use super::sealed::{self, Note};

/// Which act a door asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// 收到并签收
    Sign,
    /// 分办
    Assign,
    /// 已见到孩子
    Contact,
    /// Evidence.
    Evidence,
    /// 记一笔进展
    Progress,
    /// The application was accepted, or the case filed.
    Start,
    /// 办结
    Resolve,
    /// 确认办结 of another person's
    Confirm,
    /// 退回
    Refuse,
    /// 撤回办结
    TakeBack,
    /// 重新办理
    Reopen,
    /// 申请退单
    AskReturn,
    /// 申请延期
    AskExtension,
    /// 申请增派
    AskReinforcement,
    /// 申请终止办理
    AskWaiver,
    /// 撤回申请
    Unask,
}

impl Kind {
    /// The last part of its address, also the id of its form.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Sign => "sign",
            Self::Assign => "assign",
            Self::Contact => "contact",
            Self::Evidence => "evidence",
            Self::Progress => "progress",
            Self::Start => "start",
            Self::Resolve => "resolve",
            Self::Confirm => "confirm",
            Self::Refuse => "refuse",
            Self::TakeBack => "take-back",
            Self::Reopen => "reopen",
            Self::AskReturn => "return",
            Self::AskExtension => "extend",
            Self::AskReinforcement => "reinforce",
            Self::AskWaiver => "waive",
            Self::Unask => "unask",
        }
    }
}

/// Somebody of the unit: account, name as shown, phone, whether they lead it.
pub(crate) type Person = (AccountId, String, Option<String>, bool);

/// People of the unit.
pub(crate) type People = [Person];

/// An act, ready to be done.
#[derive(Debug)]
pub(crate) struct Ready {
    /// What.
    pub(crate) act: Draft,
    /// Words to seal.
    pub(crate) note: Option<Note>,
    /// Coarse detail.
    pub(crate) detail: Detail,
}

/// An act whose words are not sealed yet.
#[derive(Debug)]
pub(crate) enum Draft {
    /// All it has is in the note.
    Plain(TicketDeed),
    /// 办结, with the records that come with it.
    Close(Box<ClosingDraft>),
}

/// What somebody closes with.
#[derive(Debug, Default)]
pub(crate) struct ClosingDraft {
    /// Outcome code.
    pub(crate) outcome: String,
    /// A contact that is recorded with it.
    pub(crate) contact: Option<(DateTime<Utc>, Note)>,
    /// The asked material.
    pub(crate) evidence: Option<(String, Note)>,
    /// Number and date of a decision.
    pub(crate) decision: Option<Note>,
    /// What it waits for.
    pub(crate) wait: Option<Wait>,
    /// What follows from 不予立案 at once.
    pub(crate) oversight: Option<Box<Oversight>>,
}

/// What an act is read against.
#[derive(Clone, Copy)]
pub(crate) struct Against<'a> {
    /// The ticket.
    pub(crate) ticket: &'a DeskTicket,
    /// People of its unit.
    pub(crate) people: &'a People,
    /// The pack in force.
    pub(crate) loaded: &'a LoadedPack,
    /// Who acts.
    pub(crate) account: AccountId,
    /// Now.
    pub(crate) now: DateTime<Utc>,
}

impl Draft {
    /// The kind of the event it leaves.
    pub(crate) fn kind(&self) -> EventKind {
        match self {
            Self::Plain(deed) => deed.kind(),
            Self::Close(draft) if draft.wait.is_some() => EventKind::CloseRequested,
            Self::Close(_) => EventKind::Resolved,
        }
    }

    /// With its words sealed.
    pub(crate) fn seal(self, keys: &MasterKey, ticket: &DeskTicket) -> Result<TicketDeed, OpenError> {
        let draft = match self {
            Self::Plain(deed) => return Ok(deed),
            Self::Close(draft) => *draft,
        };
        let seal = |note: &Note| sealed::seal(keys, ticket, note);
        let contact = draft.contact.map(|(at, note)| Ok((at, seal(&note)?))).transpose()?;
        let evidence = draft
            .evidence
            .map(|(kind, note)| Ok((kind, seal(&note)?)))
            .transpose()?;
        Ok(TicketDeed::Close(Box::new(Closing {
            outcome: draft.outcome,
            contact,
            evidence,
            decision: draft.decision.as_ref().map(seal).transpose()?,
            wait: draft.wait,
            oversight: draft.oversight,
        })))
    }
}

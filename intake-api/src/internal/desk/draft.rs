//! An act on a ticket before it is done: which one, what was typed, and what came of reading it.

use chrono::{DateTime, Utc};
use platform::{
    pack::watch::LoadedPack,
    seal::{MasterKey, OpenError},
    store::{AccountId, Closing, DeskTicket, Oversight, TicketDeed, Wait},
};
use serde_json::Value;

use super::sealed::{self, Note};

/// Which act a door asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// 收到并签收
    Sign,
    /// 分办
    Assign,
    /// 已见到孩子
    Contact,
    /// Evidence.
    Evidence,
    /// 办结
    Resolve,
    /// 确认办结 of another person's
    Confirm,
    /// 退回
    Refuse,
    /// 撤回办结
    TakeBack,
}

impl Kind {
    /// The last part of its address, also the id of its form.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Sign => "sign",
            Self::Assign => "assign",
            Self::Contact => "contact",
            Self::Evidence => "evidence",
            Self::Resolve => "resolve",
            Self::Confirm => "confirm",
            Self::Refuse => "refuse",
            Self::TakeBack => "take-back",
        }
    }
}

/// Somebody of the unit: account, name as shown, phone, whether they lead it.
pub(crate) type Person = (AccountId, String, Option<String>, bool);

/// People of the unit.
pub(crate) type People = [Person];

/// An act, ready to be done.
#[derive(Debug)]
pub(super) struct Ready {
    /// What.
    pub(super) act: Draft,
    /// Words to seal.
    pub(super) note: Option<Note>,
    /// Coarse detail.
    pub(super) detail: Value,
}

/// An act whose words are not sealed yet.
#[derive(Debug)]
pub(super) enum Draft {
    /// All it has is in the note.
    Plain(TicketDeed),
    /// 办结, with the records that come with it.
    Close(Box<ClosingDraft>),
}

/// What somebody closes with.
#[derive(Debug, Default)]
pub(super) struct ClosingDraft {
    /// Outcome code.
    pub(super) outcome: String,
    /// A contact that is recorded with it.
    pub(super) contact: Option<(DateTime<Utc>, Note)>,
    /// The asked material.
    pub(super) evidence: Option<(String, Note)>,
    /// Number and date of a decision.
    pub(super) decision: Option<Note>,
    /// What it waits for.
    pub(super) wait: Option<Wait>,
    /// What follows from 不予立案 at once.
    pub(super) oversight: Option<Box<Oversight>>,
}

/// What an act is read against.
#[derive(Clone, Copy)]
pub(super) struct Against<'a> {
    /// The ticket.
    pub(super) ticket: &'a DeskTicket,
    /// People of its unit.
    pub(super) people: &'a People,
    /// The pack in force.
    pub(super) loaded: &'a LoadedPack,
    /// Who acts.
    pub(super) account: AccountId,
    /// Now.
    pub(super) now: DateTime<Utc>,
}

impl Draft {
    /// The kind of the event it leaves.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Plain(deed) => deed.kind(),
            Self::Close(draft) if draft.wait.is_some() => "close-requested",
            Self::Close(_) => "resolved",
        }
    }

    /// With its words sealed.
    pub(super) fn seal(self, keys: &MasterKey, ticket: &DeskTicket) -> Result<TicketDeed, OpenError> {
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

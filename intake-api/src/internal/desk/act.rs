//! Acts on a ticket: what somebody typed becomes one act or a list of what is wrong, and is done once.
//!
//! The form and the API send the same fields; so there is one reader for both. Writing runs in a task of its own, because
//! a handler is dropped when the browser hangs up, and a dropped transaction can poison a pooled connection.

use std::collections::{BTreeMap, HashMap};

use casework::ticket::TicketState;
use chrono::{DateTime, Utc};
use platform::{
    pack::watch::LoadedPack,
    run::telemetry::chain,
    seal::{MasterKey, OpenError},
    store::{ActDone, Acting, Closing, DeskScope, DeskTicket, Oversight, TicketDeed, Wait},
};
use serde_json::{Value, json};
use tracing::error;

use super::{
    closing,
    reader::{LINE, Reader, TEXT},
    sealed::{self, Note},
};
use crate::internal::{Internal, auth::Actor, in_own_task};

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

/// Fields as typed.
pub(crate) type Fields = HashMap<String, String>;

/// What is wrong: field -> key of the text that says so.
pub(crate) type Wrong = BTreeMap<&'static str, &'static str>;

/// People of the unit: account, name as shown, phone, whether they lead it.
pub(crate) type People = [(i64, String, Option<String>, bool)];

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
    pub(super) account: i64,
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

    fn seal(self, keys: &MasterKey, ticket: &DeskTicket) -> Result<TicketDeed, OpenError> {
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

/// Reads what was typed for an act.
pub(super) fn read(kind: Kind, fields: &Fields, against: Against<'_>) -> Result<Ready, Wrong> {
    let Against {
        ticket,
        people,
        loaded,
        now,
        ..
    } = against;
    let mut reader = Reader {
        fields,
        wrong: Wrong::new(),
    };
    let (act, note, detail) = match kind {
        Kind::Sign => (TicketDeed::Sign, None, json!({})),
        Kind::Confirm => {
            let oversight = closing::oversight_of(ticket, loaded, ticket.close_outcome.as_deref(), now);
            (TicketDeed::Confirm(oversight), None, json!({}))
        }
        Kind::Refuse => {
            let reason = reader.must("reason", TEXT, "desk.wrong.refuse");
            let note = Note {
                reason,
                ..Note::default()
            };
            (TicketDeed::Refuse, Some(note), json!({}))
        }
        Kind::TakeBack => (TicketDeed::TakeBack, None, json!({})),
        Kind::Resolve => return closing::read(fields, against),
        Kind::Assign => {
            let account = reader.get("account").parse::<i64>().ok();
            let person = people.iter().find(|(id, ..)| Some(*id) == account);
            let Some((id, name, ..)) = person else {
                return Err([("account", "desk.wrong.account")].into());
            };
            (
                TicketDeed::Assign {
                    account: *id,
                    name: name.clone(),
                },
                None,
                json!({"to": name}),
            )
        }
        Kind::Contact => {
            let at = reader.seen_at(ticket.dispatched_at, now);
            let who = reader.must("who", LINE, "desk.wrong.who");
            let place = reader.must("place", LINE, "desk.wrong.place");
            let note = reader.may("note", TEXT);
            (
                TicketDeed::Contact {
                    seen_at: at.unwrap_or(now),
                },
                Some(Note {
                    who,
                    place,
                    at,
                    note,
                    ..Note::default()
                }),
                json!({}),
            )
        }
        Kind::Evidence => {
            let Some(kind) = &ticket.evidence else {
                return Err([("reference", "desk.wrong.no_evidence")].into());
            };
            let reference = reader.must("reference", LINE, "desk.wrong.reference");
            let note = reader.may("note", TEXT);
            (
                TicketDeed::Evidence,
                Some(Note {
                    reference,
                    note,
                    ..Note::default()
                }),
                json!({"kind": kind}),
            )
        }
    };
    if reader.wrong.is_empty() {
        Ok(Ready {
            act: Draft::Plain(act),
            note,
            detail,
        })
    } else {
        Err(reader.wrong)
    }
}

/// The version the page showed; a page without one is stale by definition.
pub(super) fn version(fields: &Fields) -> i32 {
    fields.get("version").and_then(|v| v.parse().ok()).unwrap_or(0)
}

/// Why an act was not even tried.
#[derive(Debug)]
pub(super) enum NotDone {
    /// The words could not be sealed: without that they are not stored.
    Sealing,
    /// The database was away: nothing was done.
    Database,
    /// The database did not confirm: perhaps done, perhaps not.
    Unsure,
}

/// Does an act in a task of its own.
pub(super) async fn perform(
    internal: &Internal,
    scope: &DeskScope,
    actor: &Actor,
    ticket: &DeskTicket,
    ready: Ready,
    version: i32,
    now: DateTime<Utc>,
) -> Result<ActDone, NotDone> {
    // Before anybody has signed, a ticket is given to somebody by the unit's leader.
    let unsigned = TicketState::from_word(&ticket.state).is_some_and(TicketState::is_unsigned);
    if unsigned && matches!(ready.act, Draft::Plain(TicketDeed::Assign { .. })) && !actor.leads(&ticket.unit) {
        return Ok(ActDone::NotAllowed {
            state: ticket.state.clone(),
        });
    }
    let sealed = ready
        .note
        .as_ref()
        .map(|note| sealed::seal(&internal.keys, ticket, note))
        .transpose()
        .map_err(|_| NotDone::Sealing)?;
    let kind = ready.act.kind();
    let deed = ready.act.seal(&internal.keys, ticket).map_err(|_| NotDone::Sealing)?;
    let (store, scope, person, id) = (internal.desk.clone(), scope.clone(), actor.person.clone(), ticket.id);
    let work = async move {
        let by = person.account.name.as_str();
        let acting = Acting {
            by,
            account: person.account.id,
            version,
            at: now,
            sealed,
            detail: ready.detail,
        };
        let done = store.desk_act(&scope, id, &deed, &acting).await?;
        // These queue notices. A bell that is not heard costs a poll, never a notice.
        if done == ActDone::Done && !matches!(kind, "contacted" | "evidence" | "assigned") {
            let _ = store.notices_wake().await;
        }
        Ok::<_, platform::store::StoreError>(done)
    };
    match in_own_task(work).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(e)) => {
            let known = e.is_certain();
            error!(ticket = id, error = chain(&e), known, "an act was not confirmed");
            Err(if known { NotDone::Database } else { NotDone::Unsure })
        }
        Err(e) => {
            error!(ticket = id, error = chain(&e), "nothing is known of an act");
            Err(NotDone::Unsure)
        }
    }
}

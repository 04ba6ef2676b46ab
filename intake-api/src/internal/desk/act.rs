//! Acts on a ticket: what somebody typed becomes one act or a list of what is wrong, and is done once.
//!
//! The form and the API send the same fields; so there is one reader for both. Writing runs in a task of its own, because
//! a handler is dropped when the browser hangs up, and a dropped transaction can poison a pooled connection.

use chrono::{DateTime, Utc};
use platform::{
    run::telemetry::chain,
    store::{
        AccountId, ActDone, Acting, ByTelephone, DeskScope, DeskTicket, Detail, Reopening, TicketDeed,
        event_detail::{EvidenceOf, Given},
    },
};
use tracing::error;

use super::{
    clocks, closing,
    draft::{Against, Draft, Kind, Ready},
    motion, progress,
    reader::{LINE, Reader, TEXT},
    sealed::{self, Note},
};
use crate::internal::{
    Visit,
    again::{Fields, Wrong},
    in_own_task,
};

/// Reads what was typed for an act.
pub(crate) fn read(kind: Kind, fields: &Fields, against: Against<'_>) -> Result<Ready, Wrong> {
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
        Kind::Sign => (TicketDeed::Sign, None, Detail::default()),
        Kind::Confirm => {
            let oversight = closing::oversight_of(ticket, loaded, ticket.close_outcome.as_deref(), now);
            (TicketDeed::Confirm(oversight), None, Detail::default())
        }
        Kind::Refuse => {
            let reason = reader.must("reason", TEXT, "desk.wrong.refuse");
            let note = Note {
                reason,
                ..Note::default()
            };
            (TicketDeed::Refuse, Some(note), Detail::default())
        }
        Kind::TakeBack => (TicketDeed::TakeBack, None, Detail::default()),
        Kind::Reopen => {
            let reason = reader.must("reason", TEXT, "desk.wrong.reopen");
            let note = Note {
                reason,
                ..Note::default()
            };
            let owed = (&*ticket.obligation, &*ticket.unit);
            let anew = Reopening::plan(&loaded.pack, owed, ticket.urgency, now);
            (TicketDeed::Reopen(Box::new(anew)), Some(note), Detail::default())
        }
        Kind::Progress => return progress::read(fields, against),
        Kind::Start => return clocks::read(fields, against),
        Kind::Resolve => return closing::read(fields, against),
        Kind::AskReturn => return motion::ask_return(fields, against),
        Kind::AskExtension => return motion::ask_extension(fields, against),
        Kind::AskReinforcement => return motion::ask_reinforcement(fields, against),
        Kind::AskWaiver => return motion::ask_waiver(fields, against),
        Kind::Unask => (TicketDeed::Unask, None, Detail::default()),
        Kind::Assign => {
            let account = reader.get("account").parse::<AccountId>().ok();
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
                Detail::of(&Given {
                    to: Some(name.clone()),
                    why: None,
                }),
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
                Detail::default(),
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
                Detail::of(&EvidenceOf { material: kind.clone() }),
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
pub(crate) fn version(fields: &Fields) -> i32 {
    fields.get("version").and_then(|v| v.parse().ok()).unwrap_or(0)
}

/// Why an act was not even tried.
#[derive(Debug)]
pub(crate) enum NotDone {
    /// The words could not be sealed: without that they are not stored.
    Sealing,
    /// The database was away: nothing was done.
    Database,
    /// The database did not confirm: perhaps done, perhaps not.
    Unsure,
}

impl NotDone {
    /// What a page says of it, as a text key.
    pub(crate) fn key(&self) -> &'static str {
        match self {
            Self::Sealing => "desk.trouble.sealing",
            Self::Database => "desk.trouble.database",
            Self::Unsure => "desk.trouble.unsure",
        }
    }
}

/// On which ticket an act is done, and for whom.
pub(crate) struct Doing<'a> {
    /// The units that the person acts for.
    pub(crate) scope: &'a DeskScope,
    /// The ticket, as it was shown.
    pub(crate) ticket: &'a DeskTicket,
    /// The version of the page.
    pub(crate) version: i32,
    /// Now.
    pub(crate) now: DateTime<Utc>,
    /// Somebody of the unit said so by telephone: the name that the act is done under, and the call.
    pub(crate) telephone: Option<(String, ByTelephone)>,
}

/// Does an act in a task of its own.
pub(crate) async fn perform(visit: &Visit, doing: Doing<'_>, ready: Ready) -> Result<ActDone, NotDone> {
    let Doing {
        ticket, version, now, ..
    } = doing;
    // Before anybody has signed, a ticket is given to somebody by the unit's leader.
    let unsigned = ticket.state.is_unsigned();
    if unsigned && matches!(ready.act, Draft::Plain(TicketDeed::Assign { .. })) && !visit.actor.leads(&ticket.unit) {
        return Ok(ActDone::NotAllowed { state: ticket.state });
    }
    let keys = &visit.internal.keys;
    let sealed = ready.note.as_ref().map(|note| sealed::seal(keys, ticket, note));
    let sealed = sealed.transpose().map_err(|_| NotDone::Sealing)?;
    let kind = ready.act.kind();
    let deed = ready.act.seal(keys, ticket).map_err(|_| NotDone::Sealing)?;
    let (store, scope, person, id) = (
        visit.internal.desk.clone(),
        doing.scope.clone(),
        visit.actor.person.clone(),
        ticket.id,
    );
    let telephone = doing.telephone;
    let work = async move {
        let by = telephone
            .as_ref()
            .map_or(person.account.name.as_str(), |(by, _)| by.as_str());
        let acting = Acting {
            by,
            account: person.account.id,
            version,
            at: now,
            sealed,
            detail: ready.detail,
            telephone: telephone.as_ref().map(|(_, call)| call),
        };
        let done = store.desk_act(&scope, id, &deed, &acting).await?;
        // These queue notices. A bell that is not heard costs a poll, never a notice.
        if done == ActDone::Done && !kind.is_told_to_nobody() {
            let _ = store.notices_wake().await;
        }
        Ok::<_, platform::store::StoreError>(done)
    };
    match in_own_task(work).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(e)) => {
            let known = e.is_certain();
            error!(ticket = id.0, error = chain(&e), known, "an act was not confirmed");
            Err(if known { NotDone::Database } else { NotDone::Unsure })
        }
        Err(e) => {
            error!(ticket = id.0, error = chain(&e), "nothing is known of an act");
            Err(NotDone::Unsure)
        }
    }
}

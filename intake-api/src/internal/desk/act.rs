//! Acts on a ticket: what somebody typed becomes one act or a list of what is wrong, and is done once.
//!
//! The form and the API send the same fields; so there is one reader for both. Writing runs in a task of its own, because
//! a handler is dropped when the browser hangs up, and a dropped transaction can poison a pooled connection.

use std::collections::{BTreeMap, HashMap};

use casework::{calendar::shanghai, lifecycle::TicketState, pack::Pack};
use chrono::{DateTime, NaiveDateTime, Timelike, Utc};
use platform::{
    store::{ActDone, Acting, DeskAct, DeskScope, DeskTicket},
    telemetry::chain,
};
use serde_json::{Value, json};
use tracing::error;

use super::sealed::{self, Note};
use crate::internal::{Internal, auth::Actor};

/// Longest line and longest text, in characters.
const LINE: usize = 200;
const TEXT: usize = 5000;

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
        }
    }
}

/// Fields as typed.
pub(super) type Fields = HashMap<String, String>;

/// What is wrong: field -> key of the text that says so.
pub(super) type Wrong = BTreeMap<&'static str, &'static str>;

/// People of the unit: account, name, phone.
pub(super) type People = [(i64, String, Option<String>)];

/// An act, ready to be done.
#[derive(Debug)]
pub(super) struct Ready {
    /// What.
    pub(super) act: DeskAct,
    /// Words to seal.
    pub(super) note: Option<Note>,
    /// Coarse detail.
    pub(super) detail: Value,
}

/// Reads what was typed for an act.
pub(super) fn read(
    kind: Kind,
    fields: &Fields,
    ticket: &DeskTicket,
    people: &People,
    pack: &Pack,
    now: DateTime<Utc>,
) -> Result<Ready, Wrong> {
    let mut reader = Reader {
        fields,
        wrong: Wrong::new(),
    };
    let (act, note, detail) = match kind {
        Kind::Sign => (DeskAct::Sign, None, json!({})),
        Kind::Assign => {
            let account = reader.get("account").parse::<i64>().ok();
            let person = people.iter().find(|(id, ..)| Some(*id) == account);
            let Some((id, name, _)) = person else {
                return Err([("account", "desk.wrong.account")].into());
            };
            (
                DeskAct::Assign {
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
                DeskAct::Contact {
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
                DeskAct::Evidence,
                Some(Note {
                    reference,
                    note,
                    ..Note::default()
                }),
                json!({"kind": kind}),
            )
        }
        Kind::Resolve => {
            let outcome = reader.get("outcome").to_owned();
            if !pack.vocabulary().outcomes.offered().any(|term| term.code == outcome) {
                reader.wrong.insert("outcome", "desk.wrong.outcome");
            }
            let note = reader.may("note", TEXT);
            let detail = json!({"outcome": outcome});
            (
                DeskAct::Resolve { outcome },
                note.map(|note| Note {
                    note: Some(note),
                    ..Note::default()
                }),
                detail,
            )
        }
    };
    if reader.wrong.is_empty() {
        Ok(Ready { act, note, detail })
    } else {
        Err(reader.wrong)
    }
}

/// Reads the reason for opening an identity.
pub(super) fn read_reason(fields: &Fields) -> Result<Ready, Wrong> {
    let mut reader = Reader {
        fields,
        wrong: Wrong::new(),
    };
    let reason = reader.must("reason", TEXT, "desk.wrong.reason");
    if reader.wrong.is_empty() {
        Ok(Ready {
            act: DeskAct::OpenIdentity,
            note: Some(Note {
                reason,
                ..Note::default()
            }),
            detail: json!({}),
        })
    } else {
        Err(reader.wrong)
    }
}

/// The version the page showed; a page without one is stale by definition.
pub(super) fn version(fields: &Fields) -> i32 {
    fields.get("version").and_then(|v| v.parse().ok()).unwrap_or(0)
}

struct Reader<'a> {
    fields: &'a Fields,
    wrong: Wrong,
}

impl Reader<'_> {
    fn get(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", |v| v.trim())
    }

    fn may(&mut self, name: &'static str, longest: usize) -> Option<String> {
        let text = self.get(name).replace("\r\n", "\n");
        if text.chars().count() > longest {
            self.wrong.insert(name, "desk.wrong.too_long");
        }
        (!text.is_empty()).then_some(text)
    }

    fn must(&mut self, name: &'static str, longest: usize, missing: &'static str) -> Option<String> {
        let text = self.may(name, longest);
        if text.is_none() {
            self.wrong.insert(name, missing);
        }
        text
    }

    /// A minute in Shanghai (`2026-11-24T16:05`) or RFC 3339; not to come, and not before the ticket was there.
    fn seen_at(&mut self, dispatched: DateTime<Utc>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let text = self.get("at");
        let exact = DateTime::parse_from_rfc3339(text).ok().map(|at| at.to_utc());
        let minute = || {
            NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M")
                .or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S"))
                .ok()
        };
        let at = exact.or_else(|| minute()?.and_local_timezone(shanghai()).single().map(|at| at.to_utc()));
        // People type minutes: the minute of the dispatch itself is not before it.
        let earliest = dispatched
            .with_second(0)
            .and_then(|at| at.with_nanosecond(0))
            .unwrap_or(dispatched);
        let wrong = match at {
            None if text.is_empty() => "desk.wrong.when_missing",
            None => "desk.wrong.when",
            Some(at) if at > now => "desk.wrong.when_future",
            Some(at) if at < earliest => "desk.wrong.when_early",
            Some(_) => return at,
        };
        self.wrong.insert("at", wrong);
        None
    }
}

/// Why an act was not even tried.
#[derive(Debug)]
pub(super) enum NotDone {
    /// The words could not be sealed: without that they are not stored.
    Sealing,
    /// The database.
    Database,
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
    if unsigned && matches!(ready.act, DeskAct::Assign { .. }) && !actor.leads(&ticket.unit) {
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
        store.desk_act(&scope, id, &ready.act, &acting).await
    };
    match tokio::spawn(work).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(e)) => {
            error!(ticket = id, error = chain(&e), "an act could not be stored");
            Err(NotDone::Database)
        }
        Err(e) => {
            error!(ticket = id, error = %e, "an act ended early");
            Err(NotDone::Database)
        }
    }
}

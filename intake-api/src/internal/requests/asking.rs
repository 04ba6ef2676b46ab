//! What may be asked about a ticket, and by whom; and what somebody typed when they ask.

use std::collections::{BTreeMap, BTreeSet};

use casework::{
    pack::Pack,
    report::salvage,
    routing::{self, Asking},
};
use chrono::{DateTime, Utc};
use platform::{
    pack::watch::LoadedPack,
    store::{DeskTicket, Detail, Requested, Routed, TicketDeed},
    text::Lang,
};

use crate::internal::{
    again::{Fields, Wrong},
    desk::{
        draft::{Draft, Ready},
        reader::{Reader, TEXT},
        sealed::Note,
    },
};

/// What can be asked for about the report of a ticket: by obligation, the kinds of unit that may.
pub(super) fn askable(pack: &Pack, ticket: &DeskTicket) -> BTreeMap<String, BTreeSet<String>> {
    routing::askable(pack, &salvage(&ticket.ground.facts).0)
}

/// The kind of a ticket's unit; empty when the pack does not know it any more.
pub(super) fn unit_kind<'p>(pack: &'p Pack, ticket: &DeskTicket) -> &'p str {
    pack.units().get(&ticket.unit).map_or("", |unit| unit.kind.as_str())
}

/// Who may ask for it, in a sentence.
pub(super) fn who_may(pack: &Pack, lang: Lang, obligation: &str, kinds: &BTreeSet<String>) -> String {
    let vocabulary = pack.vocabulary();
    let named = vocabulary
        .unit_kinds
        .iter()
        .filter(|kind| kinds.contains(&kind.term.code));
    let names: Vec<&str> = named.map(|kind| kind.term.label.get(lang.pack())).collect();
    let what = vocabulary.obligations.label(obligation, lang.pack());
    lang.fill(
        "requests.who_may",
        &[("what", what), ("units", &names.join(lang.t("words.and")))],
    )
}

/// Why it can't be asked as it was typed.
pub(super) enum Refused {
    /// Fields are wrong.
    Wrong(Wrong),
    /// The unit is not entitled: the obligation, and the kinds that are.
    Unentitled(String, BTreeSet<String>),
}

/// Reads what was typed.
pub(super) fn read(
    fields: &Fields,
    ticket: &DeskTicket,
    loaded: &LoadedPack,
    now: DateTime<Utc>,
) -> Result<Ready, Refused> {
    let pack = &loaded.pack;
    let mut reader = Reader {
        fields,
        wrong: Wrong::new(),
    };
    let obligation = reader.get("obligation").to_owned();
    let reason = reader.must("reason", TEXT, "requests.wrong.reason");
    let Some(kinds) = askable(pack, ticket).remove(&obligation) else {
        reader.wrong.insert("obligation", "requests.wrong.obligation");
        return Err(Refused::Wrong(reader.wrong));
    };
    let asking = Asking {
        unit_kind: unit_kind(pack, ticket),
        obligation: &obligation,
        urgency: ticket.urgency,
        at: now,
    };
    let Some(planned) = routing::request(pack, &salvage(&ticket.ground.facts).0, asking) else {
        return Err(Refused::Unentitled(obligation, kinds));
    };
    if planned.tickets.is_empty() {
        reader.wrong.insert("obligation", "requests.wrong.nobody");
    }
    if !reader.wrong.is_empty() {
        return Err(Refused::Wrong(reader.wrong));
    }
    Ok(Ready {
        act: Draft::Plain(TicketDeed::Request(Box::new(Requested {
            tickets: planned.tickets,
            routed: Routed {
                pack_version: loaded.version,
                rule_set: loaded.rule_set,
                rows: planned.rows,
            },
            calendar: pack.calendar().version().to_owned(),
        }))),
        note: Some(Note {
            reason,
            ..Note::default()
        }),
        detail: Detail::default(),
    })
}

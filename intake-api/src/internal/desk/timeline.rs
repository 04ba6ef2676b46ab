//! What was done on a ticket, line by line.

use casework::pack::Pack;
use chrono::{DateTime, Utc};
use platform::{
    foreign::Foreign,
    seal::MasterKey,
    store::{DeskEvent, DeskTicket, EventCall, EventKind},
    text::Lang,
};
use serde::Deserialize;

use super::sealed::{self, Note};
use crate::internal::page::words::{self, Telling};

/// An act on the timeline.
pub(super) struct EventWords {
    pub(super) at: String,
    pub(super) text: String,
    pub(super) lines: Vec<(&'static str, String)>,
    /// It holds words that can't be opened.
    pub(super) shut: bool,
}

/// The dispatch and every act since, with what was written.
pub(super) fn events(ticket: &DeskTicket, keys: &MasterKey, how: Telling<'_>) -> Vec<EventWords> {
    let Telling { pack, lang, now } = how;
    let key = sealed::data_key(keys, ticket).ok();
    let dispatched = EventWords {
        at: words::moment(lang, ticket.dispatched_at, now),
        text: lang.t("desk.event.dispatched").to_owned(),
        lines: Vec::new(),
        shut: false,
    };
    let acts = ticket.events.iter().map(|event| {
        let sealed = event.sealed.as_deref();
        let note = sealed.and_then(|text| sealed::note(key.as_ref()?, ticket.report_id, text));
        // A contact has two times: when the child was seen, and when it was written down.
        let at = match note
            .as_ref()
            .and_then(|note| note.at)
            .filter(|_| event.kind.is(EventKind::Contacted))
        {
            Some(seen) => lang.fill(
                "desk.seen_at",
                &[
                    ("seen", &words::moment(lang, seen, now)),
                    ("at", &words::moment(lang, event.at, now)),
                ],
            ),
            None => words::moment(lang, event.at, now),
        };
        let telephone = event.detail.get("telephone");
        let call: Option<EventCall> = telephone.and_then(|call| EventCall::deserialize(call).ok());
        EventWords {
            at,
            text: event_text(event, pack, lang),
            shut: sealed.is_some() && note.is_none(),
            lines: call
                .map(|call| (lang.t("telephone.call"), words::called(&call, lang, now)))
                .into_iter()
                .chain(note.map(|note| note_lines(note, lang, now)).unwrap_or_default())
                .collect(),
        }
    });
    std::iter::once(dispatched).chain(acts).collect()
}

/// An act in words.
pub(crate) fn event_text(event: &DeskEvent, pack: &Pack, lang: Lang) -> String {
    use EventKind as E;
    let detail = |name: &str| event.detail[name].as_str().unwrap_or_default().to_owned();
    let pl = lang.pack();
    let name = |unit: &str| {
        pack.units()
            .get(unit)
            .map_or(unit, |unit| unit.name.as_str())
            .to_owned()
    };
    let outcome = || pack.vocabulary().outcomes.label(&detail("outcome"), pl).to_owned();
    let Some(kind) = event.kind.known() else {
        return said(lang, event, "other", &event.kind.to_string());
    };
    let (word, more) = match kind {
        E::Assigned if event.detail["why"] == "left" => ("handed-over", detail("to")),
        E::Assigned | E::RungByHand => (kind.as_str(), detail("to")),
        E::Instructed => (kind.as_str(), event.instruction.clone().unwrap_or_default()),
        E::UnitMoved => (kind.as_str(), detail("from_name")),
        E::DutyHandedOver => (kind.as_str(), detail("from")),
        E::Evidence => (
            kind.as_str(),
            pack.vocabulary().evidence.label(&detail("kind"), pl).to_owned(),
        ),
        E::CloseRequested | E::CloseRefused => match event.detail["unit"].as_str() {
            None => (kind.as_str(), outcome()),
            Some(unit) if kind == E::CloseRequested => ("transfer-requested", name(unit)),
            Some(unit) => ("transfer-refused", name(unit)),
        },
        E::Resolved | E::CloseConfirmed | E::CloseTakenBack => (kind.as_str(), outcome()),
        E::TransferApproved
        | E::TransferReceived
        | E::TransferredIn
        | E::TransferWithdrawn
        | E::OversightOpened
        | E::NotFiledTold
        | E::NotFiledWithdrawn => (kind.as_str(), name(&detail("unit"))),
        kind if kind.is_opening() => {
            let words: Vec<String> = serde_json::from_value(event.detail["parts"].clone()).unwrap_or_default();
            (kind.as_str(), crate::internal::openings::parts(lang, &words))
        }
        E::FloodClosed => {
            // Closings from before grounds were asked have none.
            let known = ["drill", "duplicate"]
                .into_iter()
                .find(|ground| event.detail["ground"] == *ground);
            let ground = lang.t(&format!("floods.ground.{}", known.unwrap_or("not-real")));
            (kind.as_str(), ground.to_owned())
        }
        // What a desk has no words of its own for: it is of the office.
        E::TriageTaken | E::TriageAssigned | E::TriageRerouted | E::CalledBack | E::CallbackDecided => {
            ("other", kind.to_string())
        }
        _ => (kind.as_str(), String::new()),
    };
    said(lang, event, word, &more)
}

/// The sentence of an act, with who did it.
fn said(lang: Lang, event: &DeskEvent, word: &str, what: &str) -> String {
    lang.fill(
        &format!("desk.event.{word}"),
        &[("by", &words::actor(lang, &event.actor)), ("what", what)],
    )
}

/// What was written with an act, label by label.
pub(crate) fn note_lines(note: Note, lang: Lang, now: DateTime<Utc>) -> Vec<(&'static str, String)> {
    let at = note.at.map(|at| words::moment(lang, at, now));
    let dated = note.dated.map(|day| day.to_string());
    let number = if dated.is_some() {
        "desk.field.decision_number"
    } else {
        "desk.field.reference"
    };
    let said = |words: Option<Foreign>| words.map(|words| words.to_string());
    let all = [
        ("desk.field.who", said(note.who)),
        ("desk.field.at", at),
        ("desk.field.place", said(note.place)),
        (number, said(note.reference)),
        ("desk.field.decision_date", dated),
        ("desk.field.missing", said(note.missing)),
        ("desk.field.unseen", said(note.unseen)),
        ("closings.reason", said(note.reason)),
        ("telephone.number", said(note.number)),
        ("desk.field.close_note", said(note.note)),
    ];
    all.into_iter()
        .filter_map(|(key, value)| Some((lang.t(key), value?)))
        .collect()
}

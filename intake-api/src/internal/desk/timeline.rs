//! What was done on a ticket, line by line.

use casework::pack::Pack;
use chrono::{DateTime, Utc};
use platform::{
    foreign::Foreign,
    seal::MasterKey,
    store::{
        BoardEventDetail, DeskEvent, DeskTicket, EventKind, FloodGroundKind,
        event_detail::{
            Asked, ClockStarted, DueMoved, EvidenceOf, FloodClosed, Given, GivenWhy, HandedOver, OfClosing, OfMotion,
            OfOpening, OtherUnit, UnitMoved,
        },
    },
    text::Lang,
};

use super::sealed::{self, Note};
use crate::internal::{
    motions::event as of_motion,
    page::words::{self, Telling},
};

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
        use EventKind as E;
        let sealed = event.sealed.as_deref();
        let note = sealed.and_then(|text| sealed::note(key.as_ref()?, ticket.report_id, text));
        let shut = sealed.is_some() && note.is_none();
        // What the leading group wrote stands in its own sentence.
        let (written, note) = match note {
            Some(note) if event.kind.is(EventKind::Instructed) => (note.note, None),
            note => (event.instruction.as_deref().map(Into::into), note),
        };
        // These have two times: when it was (the child was seen), and when it was written down.
        let at = match note.as_ref().and_then(|note| note.at).filter(|_| {
            [E::Contacted, E::Progress, E::VisitFailed]
                .map(|kind| event.kind.is(kind))
                .contains(&true)
        }) {
            Some(seen) => lang.fill(
                if event.kind.is(E::Contacted) {
                    "desk.seen_at"
                } else {
                    "desk.happened_at"
                },
                &[
                    ("seen", &words::moment(lang, seen, now)),
                    ("at", &words::moment(lang, event.at, now)),
                ],
            ),
            None => words::moment(lang, event.at, now),
        };
        let call = event
            .detail
            .read::<BoardEventDetail>()
            .and_then(|detail| detail.telephone);
        EventWords {
            at,
            text: event_text(event, written.as_ref(), (pack, lang)),
            shut,
            lines: call
                .map(|call| (lang.t("telephone.call"), words::called(&call, lang, now)))
                .into_iter()
                .chain(note.map(|note| note_lines(note, lang, now)).unwrap_or_default())
                .collect(),
        }
    });
    std::iter::once(dispatched).chain(acts).collect()
}

/// An act in words; `written` is what the leading group wrote with it.
fn event_text(event: &DeskEvent, written: Option<&Foreign>, (pack, lang): (&Pack, Lang)) -> String {
    use EventKind as E;
    let Some(kind) = event.kind.known() else {
        return said(lang, event, "other", &event.kind.to_string());
    };
    let (detail, same) = (&event.detail, kind.as_str());
    let name = |unit: &str| words::unit_name(pack, unit);
    let closing = || detail.read::<OfClosing>().unwrap_or_default();
    let outcome = |of: OfClosing| {
        let code = of.outcome.unwrap_or_default();
        pack.vocabulary().outcomes.label(&code, lang.pack()).to_owned()
    };
    let (word, more) = match kind {
        E::Assigned | E::Unassigned | E::RungByHand => {
            let given = detail.read::<Given>().unwrap_or_default();
            match (kind, given.why) {
                (E::Assigned, Some(GivenWhy::Left)) => ("handed-over", given.to.unwrap_or_default()),
                _ => (same, given.to.unwrap_or_default()),
            }
        }
        E::DueMoved => (
            same,
            detail
                .read::<DueMoved>()
                .map(|of| due_moved(&of, lang))
                .unwrap_or_default(),
        ),
        E::Requested => (
            same,
            detail
                .read::<Asked>()
                .map(|of| asked(&of, (pack, lang)))
                .unwrap_or_default(),
        ),
        E::ClockStarted => (
            same,
            detail
                .read::<ClockStarted>()
                .map(|of| started(&of, (pack, lang)))
                .unwrap_or_default(),
        ),
        E::Instructed => (same, written.map(Foreign::to_string).unwrap_or_default()),
        E::UnitMoved => (
            same,
            detail.read::<UnitMoved>().map(|of| of.from_name).unwrap_or_default(),
        ),
        E::DutyHandedOver => (same, detail.read::<HandedOver>().map(|of| of.from).unwrap_or_default()),
        E::Evidence => {
            let of = detail.read::<EvidenceOf>().unwrap_or_default();
            (
                same,
                pack.vocabulary().evidence.label(&of.material, lang.pack()).to_owned(),
            )
        }
        E::CloseRequested | E::CloseRefused => {
            let of = closing();
            match &of.unit {
                None => (same, outcome(of)),
                Some(unit) if kind == E::CloseRequested => ("transfer-requested", name(unit)),
                Some(unit) => ("transfer-refused", name(unit)),
            }
        }
        E::Resolved | E::CloseConfirmed | E::CloseTakenBack => (same, outcome(closing())),
        E::TransferApproved
        | E::TransferReceived
        | E::TransferredIn
        | E::ReturnedIn
        | E::JoinedIn
        | E::TransferWithdrawn
        | E::RequestReceived
        | E::OversightOpened
        | E::NotFiledTold
        | E::NotFiledWithdrawn => {
            let other = detail.read::<OtherUnit>().unwrap_or_default();
            (same, name(&other.unit))
        }
        kind if kind.is_opening() => {
            let parts = detail.read::<OfOpening>().map(|of| of.parts).unwrap_or_default();
            (same, crate::internal::openings::parts(lang, &parts))
        }
        E::MotionAsked | E::MotionAgreed | E::MotionGranted | E::MotionRefused | E::MotionWithdrawn => {
            let of = detail.read::<OfMotion>();
            (same, of.map(|of| of_motion(&of, pack, lang)).unwrap_or_default())
        }
        E::FloodClosed => {
            // Closings from before grounds were asked have none.
            let ground = detail.read::<FloodClosed>().and_then(|of| of.ground);
            let ground = ground.unwrap_or(FloodGroundKind::NotReal);
            (same, lang.t(&format!("floods.ground.{ground}")).to_owned())
        }
        // What a desk has no words of its own for: it is the office's.
        E::TriageTaken | E::TriageAssigned | E::TriageRerouted | E::CalledBack | E::CallbackDecided => {
            ("other", same.to_owned())
        }
        _ => (same, String::new()),
    };
    said(lang, event, word, &more)
}

/// A due that days off moved: which clock, and both times.
fn due_moved(of: &DueMoved, lang: Lang) -> String {
    let values = [
        ("clock", words::stage(lang, of.clock).to_owned()),
        ("was", words::due(lang, of.was, of.was)),
        ("due", words::due(lang, of.due, of.was)),
    ];
    lang.fill(
        "desk.due_moved",
        &values.each_ref().map(|(name, value)| (*name, value.as_str())),
    )
}

/// What was asked of whom.
fn asked(of: &Asked, (pack, lang): (&Pack, Lang)) -> String {
    let what = pack.vocabulary().obligations.label(&of.obligation, lang.pack());
    lang.fill(
        "requests.asked",
        &[("what", what), ("unit", &words::unit_name(pack, &of.unit))],
    )
}

/// A clock that started: by what, when, and until when it runs.
fn started(of: &ClockStarted, (pack, lang): (&Pack, Lang)) -> String {
    let values = [
        (
            "event",
            pack.vocabulary().events.label(&of.event, lang.pack()).to_owned(),
        ),
        ("at", words::due(lang, of.at, of.at)),
        ("clock", words::stage(lang, of.clock).to_owned()),
        ("due", words::due(lang, of.due, of.at)),
    ];
    lang.fill(
        "desk.clock_started",
        &values.each_ref().map(|(name, value)| (*name, value.as_str())),
    )
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

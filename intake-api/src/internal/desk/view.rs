//! A ticket in words, in the order in which somebody reads it out at 3 a.m.

use casework::disclosure::Part;
use casework::pack::Pack;
use casework::report::salvage;
use casework::ticket::TicketState;
use casework::words::reserved::POLICE;
use chrono::{DateTime, Utc};
use platform::{
    foreign::Foreign,
    receipt::ReportId,
    seal::MasterKey,
    store::{DeskEvent, DeskStage, DeskTicket},
    text::Lang,
};

use super::{
    act::Kind,
    sealed::{self, Note},
};
use crate::{
    internal::page::words::{self, Countdown},
    parts::Opened,
};

/// A ticket as its page shows it.
pub(super) struct View {
    pub(super) id: i64,
    pub(super) version: i32,
    pub(super) receipt: String,
    pub(super) obligation: String,
    pub(super) unit: String,
    pub(super) role: &'static str,
    pub(super) state: &'static str,
    pub(super) urgency: &'static str,
    pub(super) hot: bool,
    pub(super) drill: bool,
    pub(super) danger: bool,
    pub(super) countdown: Countdown,
    /// Highest escalation of a stage that runs, in words.
    pub(super) level: Option<&'static str>,
    pub(super) next: Option<Kind>,
    /// Acts that the state allows besides the next one.
    pub(super) others_allowed: Vec<Kind>,
    pub(super) assignee: Option<String>,
    /// That person can't act on it any more.
    pub(super) assignee_gone: bool,
    /// `None`: not shown.
    pub(super) place: Option<String>,
    pub(super) where_now: Option<Foreign>,
    pub(super) found_at: Option<String>,
    pub(super) received_at: String,
    pub(super) situations: Vec<String>,
    pub(super) children: Vec<ChildWords>,
    /// `None`: not shown.
    pub(super) suspect: Option<&'static str>,
    pub(super) narrative: Option<Foreign>,
    /// The sealed words could not be opened.
    pub(super) shut: bool,
    /// Kind, wish, organization and contact, as far as they are shown.
    pub(super) reporter: Vec<String>,
    /// Parts of the report that this ticket does not show, in a sentence.
    pub(super) hidden: Option<String>,
    pub(super) shows_narrative: bool,
    /// Only who leads stands among the others.
    pub(super) others_hidden: bool,
    pub(super) bases: Vec<String>,
    pub(super) evidence: Option<String>,
    pub(super) evidence_at: Option<String>,
    pub(super) stages: Vec<StageWords>,
    pub(super) others: Vec<OtherWords>,
    pub(super) events: Vec<EventWords>,
    pub(super) outcome: Option<String>,
    /// 不予立案 of a statutory situation goes on to the procuratorate.
    pub(super) statutory_police: bool,
    pub(super) hotline: String,
}

/// A child: a heading and facts.
pub(super) struct ChildWords {
    pub(super) heading: String,
    pub(super) facts: Vec<(&'static str, String)>,
}

/// A stage.
pub(super) struct StageWords {
    pub(super) name: &'static str,
    pub(super) status: String,
    pub(super) late: bool,
    /// Limit and start event in a sentence.
    pub(super) limit: String,
    pub(super) basis: String,
    pub(super) provisional: bool,
    pub(super) derivation: Vec<String>,
    pub(super) level: Option<&'static str>,
}

/// Another unit's ticket.
pub(super) struct OtherWords {
    pub(super) code: String,
    pub(super) unit: String,
    pub(super) obligation: String,
    pub(super) role: &'static str,
    pub(super) state: &'static str,
}

/// An act on the timeline.
pub(super) struct EventWords {
    pub(super) at: String,
    pub(super) text: String,
    pub(super) lines: Vec<(&'static str, String)>,
    /// It holds words that can't be opened.
    pub(super) shut: bool,
}

/// The next act of a ticket: sign, then what is owed in order.
pub(super) fn next_act(ticket: &DeskTicket) -> Option<Kind> {
    let state = TicketState::from_word(&ticket.state)?;
    if state.is_unsigned() {
        return Some(Kind::Sign);
    }
    if !state.is_in_hand() {
        return None;
    }
    let contact_owed = ticket
        .stages
        .iter()
        .any(|s| s.stage == "contact" && s.ended_at.is_none());
    let evidence_owed = ticket.evidence.is_some() && ticket.evidence_at.is_none();
    // A closing that waits is another person's; what is recorded meanwhile stands among the other acts.
    if !matches!(state, TicketState::Signed | TicketState::InProgress) {
        return None;
    }
    Some(match (contact_owed, evidence_owed) {
        (true, _) => Kind::Contact,
        (false, true) => Kind::Evidence,
        (false, false) => Kind::Resolve,
    })
}

/// What names a ticket, and says nothing of its report.
pub(super) struct Head {
    pub(super) id: i64,
    pub(super) version: i32,
    pub(super) receipt: String,
    pub(super) obligation: String,
    pub(super) unit: String,
    pub(super) state: &'static str,
    pub(super) urgency: &'static str,
    pub(super) hot: bool,
}

/// The head of a page that shows no report.
pub(super) fn head(ticket: &DeskTicket, pack: &Pack, lang: Lang) -> Head {
    let obligations = &pack.vocabulary().obligations;
    let unit = pack.units().get(&ticket.unit);
    Head {
        id: ticket.id,
        version: ticket.version,
        receipt: ReportId::from_db(ticket.report_id).to_string(),
        obligation: obligations.label(&ticket.obligation, lang.pack()).to_owned(),
        unit: unit.map_or_else(|| ticket.unit.clone(), |unit| unit.name.clone()),
        state: words::state(lang, &ticket.state),
        urgency: words::urgency(lang, &ticket.urgency),
        hot: ticket.urgency == "P1",
    }
}

/// A ticket in words.
pub(super) fn view(
    ticket: &DeskTicket,
    opened: &Opened,
    keys: &MasterKey,
    pack: &Pack,
    lang: Lang,
    now: DateTime<Utc>,
    leads: bool,
) -> View {
    let pl = lang.pack();
    let vocabulary = pack.vocabulary();
    let when = |at: DateTime<Utc>| words::moment(lang, at, now);
    let (facts, shows) = (&opened.facts, |part| opened.shows.has(part));
    let next = next_act(ticket);
    let offered = [Kind::Assign, Kind::Contact, Kind::Evidence, Kind::Resolve];
    let state = TicketState::from_word(&ticket.state);
    let waits = matches!(state, Some(TicketState::CloseRequested | TicketState::Transferring));
    let allowed = |kind: &Kind| {
        Some(*kind) != next
            && (*kind != Kind::Evidence || ticket.evidence.is_some())
            && !(waits && *kind == Kind::Resolve)
    };
    let open = state.is_some_and(TicketState::is_in_hand);
    let police = pack.units().get(&ticket.unit).is_some_and(|unit| unit.kind == POLICE);
    // What follows from an outcome is judged by the whole report, not by what is shown of it.
    let statutory_police = police && salvage(&ticket.ground.facts).0.is_statutory();
    View {
        id: ticket.id,
        version: ticket.version,
        receipt: ReportId::from_db(ticket.report_id).to_string(),
        obligation: vocabulary.obligations.label(&ticket.obligation, pl).to_owned(),
        unit: pack
            .units()
            .get(&ticket.unit)
            .map_or(ticket.unit.clone(), |unit| unit.name.clone()),
        role: words::role(lang, ticket.lead),
        state: words::state(lang, &ticket.state),
        urgency: words::urgency(lang, &ticket.urgency),
        hot: ticket.urgency == "P1",
        drill: ticket.drill,
        danger: facts.present_danger,
        countdown: words::fixed(lang, ticket.next_stage.as_deref(), ticket.next_due_at, now).since(
            ticket.dispatched_at,
            ticket.next_due_at,
            now,
        ),
        level: ticket
            .stages
            .iter()
            .filter(|s| s.ended_at.is_none())
            .filter_map(|s| s.level)
            .max()
            .map(|level| words::level(lang, level, words::letters(pack, &ticket.unit))),
        next,
        others_allowed: if open {
            offered.into_iter().filter(allowed).collect()
        } else if next == Some(Kind::Sign) && leads {
            vec![Kind::Assign]
        } else {
            Vec::new()
        },
        assignee: ticket.assignee_name.clone(),
        assignee_gone: ticket.assignee_gone,
        place: shows(Part::Place).then(|| words::place(lang, pack, facts.area.as_deref())),
        where_now: opened.place.as_ref().and_then(|place| place.where_now.clone()),
        found_at: opened
            .place
            .as_ref()
            .and_then(|place| place.found_at)
            .map(|at| when(at.to_utc())),
        received_at: when(ticket.received_at),
        situations: facts
            .situations
            .iter()
            .map(|code| vocabulary.situations.label(code, pl).to_owned())
            .collect(),
        children: children(lang, opened),
        suspect: shows(Part::Suspect).then(|| lang.t(&format!("form.suspect.{}", facts.suspect))),
        narrative: opened.narrative.clone(),
        shows_narrative: shows(Part::Narrative),
        shut: opened.shut,
        reporter: reporter(lang, opened),
        hidden: hidden(lang, opened),
        others_hidden: !shows(Part::Situations),
        bases: ticket
            .basis
            .iter()
            .map(|b| words::basis(lang, &b.text, &b.grade))
            .collect(),
        evidence: ticket
            .evidence
            .as_ref()
            .map(|code| vocabulary.evidence.label(code, pl).to_owned()),
        evidence_at: ticket.evidence_at.map(when),
        stages: ticket
            .stages
            .iter()
            .map(|s| stage(s, ticket, pack, lang, now))
            .collect(),
        others: ticket
            .others
            .iter()
            .map(|o| OtherWords {
                code: o.unit.clone(),
                unit: o.unit_name.clone(),
                obligation: o
                    .obligation
                    .as_ref()
                    .map_or_else(String::new, |code| vocabulary.obligations.label(code, pl).to_owned()),
                role: words::role(lang, o.lead),
                state: words::state(lang, &o.state),
            })
            .collect(),
        events: events(ticket, keys, pack, lang, now),
        outcome: ticket
            .outcome
            .as_ref()
            .map(|code| vocabulary.outcomes.label(code, pl).to_owned()),
        statutory_police,
        hotline: pack.hotline(pl).to_owned(),
    }
}

/// Children with what is shown of them. While the words are shut, sex and age come from the facts.
fn children(lang: Lang, opened: &Opened) -> Vec<ChildWords> {
    let of_facts = |n: usize| opened.facts.children.get(n);
    let known = opened.count().max(opened.facts.children.len());
    let child = |n: usize| {
        let said = opened.children.as_ref().and_then(|children| children.get(n));
        let (sex, living, left_behind) = match (said, of_facts(n)) {
            (Some(c), _) => (Some(c.sex), Some(c.living_with), c.left_behind),
            (None, Some(f)) => (Some(f.sex), Some(f.living_with), f.left_behind),
            (None, None) => (None, None, None),
        };
        // An age that was computed when the report was accepted stands in its facts alone.
        let age = said.and_then(|c| c.age).or_else(|| of_facts(n).and_then(|f| f.age));
        let name = said.and_then(|c| c.name.as_ref()).map(Foreign::to_string);
        let name = name.unwrap_or_else(|| lang.fill("desk.child", &[("n", &(n + 1).to_string())]));
        let mut facts = Vec::new();
        let mut add = |key: &str, value: Option<String>| facts.extend(value.map(|value| (lang.t(key), value)));
        add(
            "form.label.living_with",
            living.map(|living| lang.t(&format!("form.living_with.{living}")).to_owned()),
        );
        add(
            "desk.left_behind",
            left_behind.map(|yes| lang.t(if yes { "form.yes" } else { "form.no" }).to_owned()),
        );
        let birth = opened.birth.as_ref().and_then(|births| births.get(n));
        let line = |list: &Option<Vec<Option<Foreign>>>| {
            let said = list.as_ref().and_then(|list| list.get(n)?.as_ref());
            said.map(Foreign::to_string)
        };
        add("form.label.home_address", line(&opened.home));
        add("form.label.school", line(&opened.school));
        add(
            "form.label.birth_date",
            birth.and_then(|b| b.birth_date).map(|day| day.to_string()),
        );
        add(
            "form.label.id_number",
            birth.and_then(|b| b.id_number.as_ref()).map(Foreign::to_string),
        );
        let heading = match sex {
            None => name,
            Some(sex) => {
                let age = match age {
                    None => lang.t("desk.age_unknown").to_owned(),
                    Some(0) => lang.t("form.age.under_one").to_owned(),
                    Some(age) => lang.fill("form.age.years", &[("age", &age.to_string())]),
                };
                format!("{name} · {} · {age}", lang.t(&format!("form.sex.{sex}")))
            }
        };
        ChildWords { heading, facts }
    };
    (0..known).map(child).collect()
}

/// What is shown of who reported; a named reporter can be called.
fn reporter(lang: Lang, opened: &Opened) -> Vec<String> {
    if !opened.shows.has(Part::Reporter) {
        return Vec::new();
    }
    let facts = &opened.facts;
    let mut said = vec![
        lang.t(&format!("form.reporter_kind.{}", facts.reporter_kind))
            .to_owned(),
        lang.t(&format!("desk.identity.{}", facts.identity)).to_owned(),
    ];
    if let Some(reporter) = &opened.reporter {
        let contact = [&reporter.organization, &reporter.name, &reporter.phone];
        said.extend(contact.into_iter().flatten().map(Foreign::to_string));
    }
    said
}

/// What this ticket does not show, said so that nobody takes it for empty.
fn hidden(lang: Lang, opened: &Opened) -> Option<String> {
    // Who reported is opened apart, by whoever may; that it is sealed is said there.
    let parts = opened.shows.hidden().filter(|part| *part != Part::Identity);
    let names: Vec<&str> = parts.map(|part| lang.t(&format!("parts.{part}"))).collect();
    let joined = names.join(lang.t("words.and"));
    (!names.is_empty()).then(|| lang.fill("desk.hidden", &[("parts", &joined)]))
}

fn stage(s: &DeskStage, ticket: &DeskTicket, pack: &Pack, lang: Lang, now: DateTime<Utc>) -> StageWords {
    let countdown = words::fixed(lang, Some(&s.stage), s.due_at, now);
    let start = pack.vocabulary().events.label(&s.start_event, lang.pack());
    let missed = |ended: DateTime<Utc>| s.due_at.is_some_and(|due| ended > due);
    let status = match s.ended_at {
        Some(ended) if s.ended_how.as_deref().is_some_and(|how| how != "act") => {
            let key = if s.ended_how.as_deref() == Some("void") {
                "desk.ended_void"
            } else {
                "desk.ended_closed"
            };
            lang.fill(key, &[("at", &words::moment(lang, ended, now))])
        }
        Some(ended) => {
            let key = if missed(ended) { "desk.ended_late" } else { "desk.ended" };
            lang.fill(key, &[("at", &words::moment(lang, ended, now))])
        }
        None => countdown.text,
    };
    StageWords {
        name: words::stage(lang, &s.stage),
        status,
        late: s.ended_at.is_none() && countdown.overdue,
        limit: lang.fill(
            "desk.limit_line",
            &[("limit", &words::limit(lang, &s.time_limit)), ("start", start)],
        ),
        basis: words::basis(lang, &s.basis, &s.grade),
        provisional: s.provisional,
        derivation: s.derivation.clone(),
        level: s
            .level
            .map(|level| words::level(lang, level, words::letters(pack, &ticket.unit))),
    }
}

fn events(ticket: &DeskTicket, keys: &MasterKey, pack: &Pack, lang: Lang, now: DateTime<Utc>) -> Vec<EventWords> {
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
            .filter(|_| event.kind == "contacted")
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
        EventWords {
            at,
            text: event_text(event, pack, lang),
            shut: sealed.is_some() && note.is_none(),
            lines: note.map(|note| note_lines(note, lang, now)).unwrap_or_default(),
        }
    });
    std::iter::once(dispatched).chain(acts).collect()
}

/// An act in words.
pub(crate) fn event_text(event: &DeskEvent, pack: &Pack, lang: Lang) -> String {
    let detail = |name: &str| event.detail[name].as_str().unwrap_or_default().to_owned();
    let pl = lang.pack();
    let name = |unit: &str| {
        pack.units()
            .get(unit)
            .map_or(unit, |unit| unit.name.as_str())
            .to_owned()
    };
    let (kind, more) = match event.kind.as_str() {
        "assigned" if event.detail["why"] == "left" => ("handed-over", detail("to")),
        "assigned" => ("assigned", detail("to")),
        "unassigned" => ("unassigned", String::new()),
        "unit-moved" => ("unit-moved", detail("from_name")),
        "evidence" => (
            "evidence",
            pack.vocabulary().evidence.label(&detail("kind"), pl).to_owned(),
        ),
        "resolved" => (
            "resolved",
            pack.vocabulary().outcomes.label(&detail("outcome"), pl).to_owned(),
        ),
        known @ ("close-requested" | "close-refused") => {
            let outcome = pack.vocabulary().outcomes.label(&detail("outcome"), pl).to_owned();
            match event.detail["unit"].as_str() {
                None => (known, outcome),
                Some(unit) if known == "close-requested" => ("transfer-requested", name(unit)),
                Some(unit) => ("transfer-refused", name(unit)),
            }
        }
        known @ ("close-confirmed" | "close-taken-back") => (
            known,
            pack.vocabulary().outcomes.label(&detail("outcome"), pl).to_owned(),
        ),
        known @ ("transfer-approved"
        | "transfer-received"
        | "transferred-in"
        | "transfer-withdrawn"
        | "oversight-opened"
        | "not-filed-told"
        | "not-filed-withdrawn") => (known, name(&detail("unit"))),
        known @ ("opening-asked" | "opening-opened" | "opening-approved" | "opening-refused" | "opening-withdrawn"
        | "opening-ended" | "opening-reviewed") => {
            let words: Vec<String> = serde_json::from_value(event.detail["parts"].clone()).unwrap_or_default();
            (known, crate::internal::openings::parts(lang, &words))
        }
        "flood-closed" => {
            // Closings from before grounds were asked have none.
            let known = ["drill", "duplicate"]
                .into_iter()
                .find(|ground| event.detail["ground"] == *ground);
            let ground = lang.t(&format!("floods.ground.{}", known.unwrap_or("not-real")));
            ("flood-closed", ground.to_owned())
        }
        known @ ("flood-given-back" | "signed" | "contacted" | "decision-recorded" | "reopened" | "notice-resent") => {
            (known, String::new())
        }
        _ => ("other", event.kind.clone()),
    };
    lang.fill(
        &format!("desk.event.{kind}"),
        &[("by", &words::actor(lang, &event.actor)), ("what", &more)],
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
        ("desk.field.close_note", said(note.note)),
    ];
    all.into_iter()
        .filter_map(|(key, value)| Some((lang.t(key), value?)))
        .collect()
}

//! A ticket in words, in the order in which somebody reads it out at 3 a.m.

use casework::disclosure::Part;
use casework::report::salvage;
use casework::ticket::TicketState;
use casework::words::{Urgency, reserved::POLICE};
use chrono::{DateTime, Utc};
use platform::{
    foreign::Foreign,
    seal::MasterKey,
    store::{DeskStage, DeskTicket, Ended, TicketId},
    text::Lang,
};

use super::{
    clocks::{awaited, waits_for},
    draft::Kind,
    next::next_act,
    timeline::{EventWords, events},
    told::{ChildWords, children, hidden, reporter},
    vain,
};
use crate::{
    internal::page::words::{self, Countdown, Telling},
    parts::Opened,
};

/// A ticket as its page shows it.
pub(super) struct View {
    pub(super) id: TicketId,
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
    /// Visits that did not see the child, and what comes next.
    pub(super) in_vain: Option<String>,
    /// The event that a clock waits for.
    pub(super) awaited: String,
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

/// A ticket in words. `leads`: the reader leads its unit.
pub(super) fn view(ticket: &DeskTicket, opened: &Opened, keys: &MasterKey, leads: bool, how: Telling<'_>) -> View {
    let Telling { pack, lang, now } = how;
    let pl = lang.pack();
    let vocabulary = pack.vocabulary();
    let when = |at: DateTime<Utc>| words::moment(lang, at, now);
    let (facts, shows) = (&opened.facts, |part| opened.shows.has(part));
    let next = next_act(ticket);
    let offered = [
        Kind::Assign,
        Kind::Contact,
        Kind::Progress,
        Kind::Start,
        Kind::Evidence,
        Kind::Resolve,
    ];
    let state = ticket.state;
    let waits = matches!(
        state,
        TicketState::CloseRequested | TicketState::Transferring | TicketState::ReturnRequested
    );
    let allowed = |kind: &Kind| {
        Some(*kind) != next
            && (*kind != Kind::Start || waits_for(ticket).is_some())
            && (*kind != Kind::Evidence || ticket.evidence.is_some())
            && !(waits && *kind == Kind::Resolve)
    };
    let open = state.is_in_hand();
    let police = pack.units().get(&ticket.unit).is_some_and(|unit| unit.kind == POLICE);
    // What follows from an outcome is judged by the whole report, not by what is shown of it.
    let statutory_police = police && salvage(&ticket.ground.facts).0.is_statutory();
    View {
        id: ticket.id,
        version: ticket.version,
        receipt: ticket.report_id.to_string(),
        obligation: vocabulary.obligations.label(&ticket.obligation, pl).to_owned(),
        unit: pack
            .units()
            .get(&ticket.unit)
            .map_or(ticket.unit.clone(), |unit| unit.name.clone()),
        role: words::role(lang, ticket.lead),
        state: words::state(lang, ticket.state),
        urgency: words::urgency(lang, ticket.urgency),
        hot: ticket.urgency == Urgency::P1,
        drill: ticket.drill,
        danger: facts.present_danger,
        countdown: words::fixed(lang, ticket.next_stage.map(|clock| *clock), ticket.next_due_at, now).since(
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
            .map(|b| words::basis(lang, pack.phrases(), &b.text, b.grade))
            .collect(),
        in_vain: in_vain(ticket, lang, now),
        awaited: awaited(ticket, pack, lang),
        evidence: ticket
            .evidence
            .as_ref()
            .map(|code| vocabulary.evidence.label(code, pl).to_owned()),
        evidence_at: ticket.evidence_at.map(when),
        stages: ticket.stages.iter().map(|s| stage(s, ticket, how)).collect(),
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
                state: words::state(lang, o.state),
            })
            .collect(),
        events: events(ticket, keys, how),
        outcome: ticket
            .outcome
            .as_ref()
            .map(|code| vocabulary.outcomes.label(code, pl).to_owned()),
        statutory_police,
        hotline: pack.hotline(pl).to_owned(),
    }
}

/// Visits in vain since the child was last seen, and what comes next; none: there were none.
fn in_vain(ticket: &DeskTicket, lang: Lang, now: DateTime<Utc>) -> Option<String> {
    let visits = vain::of_ticket(ticket)?;
    let open = ticket.stages.iter().filter(|s| s.ended_at.is_none());
    Some(visits.say(open.map(|s| (s.stage, s.due_at)), lang, now))
}

fn stage(s: &DeskStage, ticket: &DeskTicket, how: Telling<'_>) -> StageWords {
    let Telling { pack, lang, now } = how;
    let countdown = words::fixed(lang, Some(s.stage), s.due_at, now);
    let start = pack.vocabulary().events.label(&s.start_event, lang.pack());
    let missed = |ended: DateTime<Utc>| s.due_at.is_some_and(|due| ended > due);
    let status = match s.ended_at {
        Some(ended) if s.ended_how.is_some_and(|how| how != Ended::Act) => {
            let key = if s.ended_how == Some(Ended::Void) {
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
        None if s.due_at.is_none() => lang.fill("desk.not_started", &[("start", start)]),
        None => countdown.text,
    };
    StageWords {
        name: words::stage(lang, s.stage),
        status,
        late: s.ended_at.is_none() && countdown.overdue,
        limit: lang.fill(
            "desk.limit_line",
            &[("limit", &words::limit(lang, &s.time_limit)), ("start", start)],
        ),
        basis: words::basis(lang, pack.phrases(), &s.basis, s.grade),
        provisional: s.provisional,
        derivation: s.derivation.clone(),
        level: s
            .level
            .map(|level| words::level(lang, level, words::letters(pack, &ticket.unit))),
    }
}

//! The openings of a ticket as its page shows them, and what can be asked there.

use casework::disclosure::{Part, Shows};
use casework::ticket::opening::{Asker, OpeningState, Way, may_ask, way};
use casework::words::{Identity, reserved::POLICE};
use platform::store::{AccountId, DeskTicket, Opening};

use super::words::{Line, line};
use crate::internal::page::words::Telling;

/// A part that can be asked for.
pub(crate) struct Askable {
    pub(crate) part: &'static str,
    pub(crate) name: &'static str,
}

/// The openings of a ticket as its page shows them, and what can be asked.
pub(crate) struct DeskOpenings {
    /// Mine first asked last shown; everybody's of the unit.
    pub(crate) lines: Vec<DeskLine>,
    /// Opens at once, and is reviewed.
    pub(crate) at_once: Vec<Askable>,
    /// Takes an approval.
    pub(crate) approved: Vec<Askable>,
    /// The identity can be asked for: `true` opens at once.
    pub(crate) identity: Option<bool>,
}

/// A line with what this person may do.
pub(crate) struct DeskLine {
    pub(crate) line: Line,
    pub(crate) mine: bool,
}

/// What the page of a ticket says of its openings.
pub(crate) fn of_ticket(ticket: &DeskTicket, found: &[Opening], me: AccountId, how: Telling<'_>) -> DeskOpenings {
    let Telling { pack, lang, now } = how;
    let police = pack.units().get(&ticket.unit).is_some_and(|unit| unit.kind == POLICE);
    let row = Shows::from_words(ticket.shows.iter().map(String::as_str));
    let asker = Asker {
        urgency: ticket.urgency,
        ticket: Some(ticket.state),
        sees_identity: police && row.has(Part::Identity),
    };
    // Nobody stands behind an anonymous report, and who chose to be named stands on the ticket already where its row shows that.
    let choice = ticket.ground.facts.identity();
    let nothing_hidden =
        choice == Some(Identity::Anonymous) || choice == Some(Identity::Named) && row.has(Part::Reporter);
    // What is asked or open already is not offered again.
    let mine = |part: Part| {
        found.iter().any(|o| {
            o.asked_account == me
                && (o.state == OpeningState::Asked || o.is_open(now))
                && o.parts.iter().any(|p| p == part.as_str())
        })
    };
    let may = may_ask(ticket.state);
    let shown = Shows::from_words(
        ticket
            .shows
            .iter()
            .map(String::as_str)
            .filter(|part| *part != "identity"),
    );
    let hidden = shown.hidden().filter(|part| may && !mine(*part));
    let (mut at_once, mut approved, mut identity) = (Vec::new(), Vec::new(), None);
    for part in hidden {
        let way = way(asker, part.as_str());
        if part == Part::Identity {
            identity = (!nothing_hidden).then_some(way == Way::Police);
            continue;
        }
        let askable = Askable {
            part: part.as_str(),
            name: lang.t(&format!("parts.{part}")),
        };
        match way {
            Way::Urgent => at_once.push(askable),
            _ => approved.push(askable),
        }
    }
    DeskOpenings {
        lines: found
            .iter()
            .rev()
            .map(|o| DeskLine {
                line: line(o, pack, lang, now),
                mine: o.asked_account == me,
            })
            .collect(),
        at_once,
        approved,
        identity,
    }
}

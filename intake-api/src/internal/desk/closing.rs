//! 办结: what the chosen outcome needs, read from the form or the API.

use casework::county::{Matter, Outcome};
use casework::pack::Pack;
use casework::report::{StoredFacts, salvage};
use casework::routing;
use casework::ticket::closing::{Colleague, NoTransfer, Place, confirmers, needs_confirmation, transfer};
use casework::words::reserved::{NOT_APPLICABLE, NOT_FILED, TRANSFERRED};
use casework::words::{Need, TicketClock, Urgency};
use chrono::{DateTime, Utc};
use platform::{
    pack::watch::LoadedPack,
    store::{AccountId, DeskTicket, Detail, Oversight, Wait, event_detail::ClosedWith},
};

use super::{
    draft::{Against, ClosingDraft, Draft, People, Ready},
    reader::{LINE, Reader, TEXT},
    sealed::Note,
};
use crate::internal::again::{Fields, Wrong};

/// The kind of the ticket's unit; empty when the pack does not know it any more.
pub(super) fn unit_kind<'p>(pack: &'p Pack, unit: &str) -> &'p str {
    pack.units().get(unit).map_or("", |unit| unit.kind.as_str())
}

/// The outcomes that this ticket may be closed with.
pub(super) fn offered<'p>(pack: &'p Pack, ticket: &DeskTicket) -> impl Iterator<Item = &'p Outcome> {
    let kind = unit_kind(pack, &ticket.unit);
    let unknown = rests_on_unknown(ticket);
    let fits = move |outcome: &&Outcome| outcome.fits(kind) && (unknown || outcome.term.code != NOT_APPLICABLE);
    pack.vocabulary().outcomes.offered().filter(fits)
}

/// Whether the rules asked it only because a fact is unknown.
fn rests_on_unknown(ticket: &DeskTicket) -> bool {
    !ticket.unknowns.is_empty()
}

/// Whether the report names a statutory situation; `None` when its facts can't be read.
pub(super) fn statutory(facts: &StoredFacts) -> Option<bool> {
    facts.whole().ok().map(|facts| facts.is_statutory())
}

/// Active people of the unit, as the state machine asks for them.
pub(super) fn colleagues(people: &People) -> Vec<Colleague<AccountId>> {
    let one = |(account, _, _, leader): &(AccountId, String, Option<String>, bool)| Colleague {
        account: *account,
        leader: *leader,
    };
    people.iter().map(one).collect()
}

/// Whether somebody must still say whether the child was seen.
pub(crate) fn owes_contact(ticket: &DeskTicket) -> bool {
    ticket
        .stages
        .iter()
        .any(|stage| stage.stage == TicketClock::Contact && stage.ended_at.is_none())
}

/// The material that is asked and was not recorded.
pub(super) fn owes_evidence(ticket: &DeskTicket) -> Option<&str> {
    ticket.evidence.as_deref().filter(|_| ticket.evidence_at.is_none())
}

/// The oversight ticket that follows from closing with this outcome.
pub(crate) fn oversight(
    facts: &StoredFacts,
    urgency: Urgency,
    loaded: &LoadedPack,
    outcome: Option<&str>,
    now: DateTime<Utc>,
) -> Option<Box<Oversight>> {
    if outcome != Some(NOT_FILED) || statutory(facts) == Some(false) {
        return None;
    }
    let (facts, _) = salvage(facts);
    Some(Box::new(Oversight {
        ticket: routing::oversight(&loaded.pack, &facts, urgency, now),
        rule_set: loaded.rule_set,
        calendar: loaded.pack.calendar().version().to_owned(),
    }))
}

/// The same for a ticket of the desk.
pub(super) fn oversight_of(
    ticket: &DeskTicket,
    loaded: &LoadedPack,
    outcome: Option<&str>,
    now: DateTime<Utc>,
) -> Option<Box<Oversight>> {
    oversight(&ticket.ground.facts, ticket.urgency, loaded, outcome, now)
}

/// What a closing with this outcome by this person waits for.
fn wait(outcome: &str, to: Option<String>, against: Against<'_>) -> Option<Wait> {
    let Against {
        ticket,
        people,
        loaded,
        account,
        now,
    } = against;
    let urgency = ticket.urgency;
    let (matter, office) = if outcome == TRANSFERRED {
        (Matter::Approve, true)
    } else if needs_confirmation(urgency, statutory(&ticket.ground.facts)) {
        (Matter::Confirm, confirmers(account, &colleagues(people)).is_empty())
    } else {
        return None;
    };
    Some(Wait {
        office,
        transfer_to: to,
        clock: routing::waiting(&loaded.pack, matter, urgency, now),
        calendar: loaded.pack.calendar().version().to_owned(),
    })
}

/// Reads what was typed: the outcome first, then what it needs and nothing else.
pub(super) fn read(fields: &Fields, against: Against<'_>) -> Result<Ready, Wrong> {
    let Against {
        ticket, loaded, now, ..
    } = against;
    let pack = &loaded.pack;
    let mut reader = Reader {
        fields,
        wrong: Wrong::new(),
    };
    let chosen = reader.get("outcome").to_owned();
    let Some(outcome) = offered(pack, ticket).find(|outcome| outcome.term.code == chosen) else {
        return Err([("outcome", "desk.wrong.outcome")].into());
    };
    let mut draft = ClosingDraft {
        outcome: chosen.clone(),
        ..ClosingDraft::default()
    };
    let mut note = Note::default();
    let mut to = None;
    // Where no material is asked, a note says what was done.
    let mut must_note = outcome.needs.contains(&Need::Note);
    for need in &outcome.needs {
        match need {
            Need::Evidence if ticket.evidence.is_none() => must_note = true,
            Need::Evidence => evidence(&mut reader, ticket, &mut draft, &mut note),
            Need::Decision => {
                let number = reader.must("decision_number", LINE, "desk.wrong.decision_number");
                let dated = reader.day("decision_date", "desk.wrong.decision_date", now);
                draft.decision = Some(Note {
                    reference: number,
                    dated,
                    ..Note::default()
                });
            }
            Need::Unit => {
                to = target(&mut reader, ticket, pack);
                note.reason = reader.must("reason", TEXT, "desk.wrong.reason_transfer");
            }
            Need::Note => {}
        }
    }
    if owes_contact(ticket) && chosen != NOT_APPLICABLE {
        contact(&mut reader, ticket, now, &mut draft, &mut note);
    }
    note.note = if must_note {
        reader.must("note", TEXT, "desk.wrong.note")
    } else {
        reader.may("note", TEXT)
    };
    if !reader.wrong.is_empty() {
        return Err(reader.wrong);
    }
    let detail = Detail::of(&ClosedWith {
        outcome: chosen.clone(),
        unit: to.clone(),
        seen: ticket.contacted_at.is_some() || draft.contact.is_some(),
    });
    draft.wait = wait(&chosen, to, against);
    if draft.wait.is_none() {
        draft.oversight = oversight_of(ticket, loaded, Some(&chosen), now);
    }
    Ok(Ready {
        act: Draft::Close(Box::new(draft)),
        note: (note != Note::default()).then_some(note),
        detail,
    })
}

/// The number of the asked material, or why there is none.
fn evidence(reader: &mut Reader<'_>, ticket: &DeskTicket, draft: &mut ClosingDraft, note: &mut Note) {
    let Some(kind) = owes_evidence(ticket) else { return };
    let reference = reader.may("reference", LINE);
    note.missing = reader.may("missing", TEXT);
    match reference {
        Some(_) => {
            draft.evidence = Some((
                kind.to_owned(),
                Note {
                    reference,
                    ..Note::default()
                },
            ));
        }
        None if note.missing.is_none() => {
            reader.wrong.insert("reference", "desk.wrong.reference_or_missing");
        }
        None => {}
    }
}

/// The unit that is to take over.
fn target(reader: &mut Reader<'_>, ticket: &DeskTicket, pack: &Pack) -> Option<String> {
    let code = reader.get("unit").to_owned();
    let wrong = match allowed(pack, ticket, &code) {
        Some(Ok(())) => return Some(code),
        Some(Err(NoTransfer::Itself)) => "desk.wrong.unit_itself",
        Some(Err(NoTransfer::LeadingGroup)) => "desk.wrong.unit_leading",
        Some(Err(NoTransfer::PoliceOnly)) => "desk.wrong.unit_police",
        None => "desk.wrong.unit",
    };
    reader.wrong.insert("unit", wrong);
    None
}

/// Whether the ticket may move to this unit; `None` when there is none of that code now, a retired one included.
pub(super) fn allowed(pack: &Pack, ticket: &DeskTicket, code: &str) -> Option<Result<(), NoTransfer>> {
    let to = pack.units().get(code)?;
    let from = Place {
        unit: &ticket.unit,
        kind: unit_kind(pack, &ticket.unit),
    };
    let to = Place {
        unit: &to.code,
        kind: &to.kind,
    };
    Some(transfer(&ticket.obligation, ticket.urgency, from, to))
}

/// By whom the child was seen, or why not. A program need not say which of the two it means.
fn contact(
    reader: &mut Reader<'_>,
    ticket: &DeskTicket,
    now: DateTime<Utc>,
    draft: &mut ClosingDraft,
    note: &mut Note,
) {
    let said = reader.get("seen").to_owned();
    let named = ["who", "at", "place"].iter().any(|name| !reader.get(name).is_empty());
    match said.as_str() {
        "yes" => {}
        "no" => {
            note.unseen = reader.must("unseen", TEXT, "desk.wrong.unseen");
            return;
        }
        _ if named => {}
        _ => {
            note.unseen = reader.may("unseen", TEXT);
            if note.unseen.is_none() {
                reader.wrong.insert("seen", "desk.wrong.seen");
            }
            return;
        }
    }
    let at = reader.seen_at(ticket.dispatched_at, now);
    let who = reader.must("who", LINE, "desk.wrong.who");
    let place = reader.must("place", LINE, "desk.wrong.place");
    draft.contact = Some((
        at.unwrap_or(now),
        Note {
            who,
            place,
            at,
            ..Note::default()
        },
    ));
}

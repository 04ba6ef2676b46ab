//! What somebody typed when they ask, read and stored; page and API share it.

use std::collections::HashMap;

use casework::county::Matter;
use casework::disclosure::Part;
use casework::pack::Pack;
use casework::routing;
use casework::ticket::opening::Side;
use casework::words::Urgency;
use chrono::{DateTime, Utc};
use platform::{
    clock,
    store::{DeskScope, DeskTicket, OpeningAsk, OpeningAsked, OpeningClock, OpeningClocks, ReportId, Role, TicketId},
};

use crate::internal::{
    By, Visit,
    auth::{Actor, Desk},
    desk::sealed::{self, Note},
    detached,
    error::PageError,
};

/// Longest reason or note, in characters.
pub(super) const LONGEST: usize = 5000;

/// What is asked, and why.
#[derive(Clone, Debug)]
pub(super) struct Asking {
    pub(super) parts: Vec<String>,
    pub(super) reason: String,
}

impl Asking {
    /// Reads parts and a reason; the error is the field with the key of what is wrong.
    pub(super) fn read<'p>(parts: impl IntoIterator<Item = &'p str>, reason: &str) -> Result<Self, Wanting> {
        let mut known = Vec::new();
        for word in parts {
            let part = Part::from_word(word).ok_or(("parts", "openings.wrong_parts"))?;
            if !known.contains(&part) {
                known.push(part);
            }
        }
        if known.is_empty() {
            return Err(("parts", "openings.wrong_none"));
        }
        known.sort_unstable();
        Ok(Self {
            parts: known.iter().map(|part| part.as_str().to_owned()).collect(),
            reason: reason_of(reason)?,
        })
    }

    /// From a form, where a part is ticked as `part-school=on`.
    pub(super) fn of_form(fields: &HashMap<String, String>) -> Result<Self, Wanting> {
        let ticked = fields.keys().filter_map(|name| name.strip_prefix("part-"));
        Self::read(ticked, fields.get("reason").map_or("", String::as_str))
    }
}

/// A reason: something that can be read, and not a book.
pub(super) fn reason_of(text: &str) -> Result<String, Wanting> {
    let text = text.trim().replace("\r\n", "\n");
    if casework::typed::is_blank(&text) {
        return Err(("reason", "openings.wrong_reason"));
    }
    if text.chars().count() > LONGEST {
        return Err(("reason", "desk.wrong.too_long"));
    }
    Ok(text)
}

/// When it must be decided and reviewed, and who is told otherwise, by the pack's rows.
fn clocks(pack: &Pack, urgency: Urgency, now: DateTime<Utc>) -> OpeningClocks {
    let clock = |matter| {
        let planned = routing::waiting(pack, matter, urgency, now);
        OpeningClock {
            due: planned.due,
            plan: planned.steps,
        }
    };
    OpeningClocks {
        decide: clock(Matter::Opening),
        review: clock(Matter::Review),
    }
}

/// A field that is wrong, and the key of what is said of it.
pub(super) type Wanting = (&'static str, &'static str);

/// In whose name it is asked.
enum Door {
    /// A ticket of these units.
    Desk(DeskScope, TicketId),
    /// A report, without a ticket.
    Report(ReportId, Side),
}

/// A unit's person asks, in a task of its own.
pub(super) async fn at_desk(by: &By<Desk>, ticket: &DeskTicket, asking: &Asking) -> Result<OpeningAsked, PageError> {
    let note = note(&asking.reason);
    let sealed = sealed::seal_with(&by.internal.keys, ticket.report_id, &ticket.data_key, &note)?;
    stored(by, Door::Desk(by.right.scope.clone(), ticket.id), asking, sealed).await
}

/// The office or the oversight asks, in a task of its own.
pub(super) async fn without_ticket(
    visit: &Visit,
    side: Side,
    report: ReportId,
    asking: &Asking,
) -> Result<OpeningAsked, PageError> {
    let internal = &visit.internal;
    let Some(key) = internal.office.callback_sealed(&internal.county, report).await? else {
        return Ok(OpeningAsked::NotFound);
    };
    let sealed = sealed::seal_with(&internal.keys, report, &key.data_key, &note(&asking.reason))?;
    stored(visit, Door::Report(report, side), asking, sealed).await
}

/// What both doors store, in a task of its own.
async fn stored(visit: &Visit, door: Door, asking: &Asking, sealed: Vec<u8>) -> Result<OpeningAsked, PageError> {
    let (internal, person) = (&visit.internal, visit.actor.person.clone());
    let (desk, office) = (internal.desk.clone(), internal.office.clone());
    let (loaded, county) = (internal.pack.current(), internal.county.clone());
    let (parts, now) = (asking.parts.clone(), clock::now());
    detached(async move {
        let ask = OpeningAsk {
            county: &county,
            parts: &parts,
            reason: &sealed,
            by: &person.account.name,
            account: person.account.id,
            at: now,
            clocks: &|urgency| clocks(&loaded.pack, urgency, now),
        };
        let asked = match door {
            Door::Desk(scope, ticket) => desk.desk_opening_ask(&scope, ticket, &ask).await?,
            Door::Report(report, side) => office.opening_ask(report, side, &ask).await?,
        };
        if matches!(asked, OpeningAsked::Now(_)) {
            let _ = office.notices_wake().await;
        }
        Ok::<_, platform::store::StoreError>(asked)
    })
    .await
}

/// A reason as it is sealed.
pub(super) fn note(reason: &str) -> Note {
    Note {
        reason: Some(reason.into()),
        ..Note::default()
    }
}

/// As what somebody without a ticket asks: the oversight before the office, where a person is both.
pub(super) fn side_of(actor: &Actor) -> Side {
    if actor.is(&[Role::Office]) {
        Side::Office
    } else {
        Side::Oversight
    }
}

#[cfg(test)]
mod tests {
    use super::Asking;

    #[test]
    fn an_asking_names_parts_and_a_reason() {
        let ask = |parts: &[&str], reason: &str| Asking::read(parts.iter().copied(), reason);
        assert_eq!(
            ask(&["school", "home", "school"], " 上门 ").unwrap().parts,
            ["school", "home"]
        );
        assert_eq!(ask(&["school"], " 上门 ").unwrap().reason, "上门");
        assert_eq!(ask(&["moon"], "上门").unwrap_err(), ("parts", "openings.wrong_parts"));
        assert_eq!(ask(&[], "上门").unwrap_err(), ("parts", "openings.wrong_none"));
        for blank in ["", "  ", "\u{200b}\u{feff}", "\n"] {
            assert_eq!(
                ask(&["home"], blank).unwrap_err(),
                ("reason", "openings.wrong_reason"),
                "{blank:?}"
            );
        }
        assert_eq!(ask(&["home"], &"长".repeat(5001)).unwrap_err().0, "reason");
    }
}

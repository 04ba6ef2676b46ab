//! 记一笔进展: what was done or heard, and visits that did not see the child. It ends no clock.

use platform::store::{Detail, TicketDeed};

use super::{
    draft::{Against, Draft, Ready},
    reader::{LINE, Reader, TEXT},
    sealed::Note,
};
use crate::internal::again::{Fields, Wrong};

/// Reads what was typed. A visit that did not see the child says where somebody went and why they did not see it.
pub(super) fn read(fields: &Fields, against: Against<'_>) -> Result<Ready, Wrong> {
    let mut reader = Reader {
        fields,
        wrong: Wrong::new(),
    };
    let failed_visit = match reader.get("visit") {
        "" => false,
        "failed" => true,
        _ => return Err([("visit", "desk.wrong.visit")].into()),
    };
    let at = reader.seen_at(against.ticket.dispatched_at, against.now);
    let note = if failed_visit {
        Note {
            place: reader.must("place", LINE, "desk.wrong.visited"),
            unseen: reader.must("note", TEXT, "desk.wrong.unseen"),
            at,
            ..Note::default()
        }
    } else {
        Note {
            place: reader.may("place", LINE),
            note: reader.must("note", TEXT, "desk.wrong.progress"),
            at,
            ..Note::default()
        }
    };
    if !reader.wrong.is_empty() {
        return Err(reader.wrong);
    }
    Ok(Ready {
        act: Draft::Plain(TicketDeed::Progress { failed_visit }),
        note: Some(note),
        detail: Detail::default(),
    })
}

//! 申请退单、申请延期、申请增派、申请终止办理: what was typed becomes an asking, or a list of what is wrong.

use casework::calendar::shanghai;
use casework::county::Matter;
use casework::pack::Pack;
use casework::routing::{self, Basis};
use casework::ticket::motion::{NoMotion, ReturnGround, is_extended, may_waive};
use casework::words::{Stage, reserved::LEADING_GROUP};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use platform::store::{Asking, Asks, Detail, TicketDeed};

use super::{
    closing::allowed,
    draft::{Against, Draft, Ready},
    reader::{Reader, TEXT},
    sealed::Note,
};
use crate::internal::again::{Fields, Wrong};

/// 申请退单: a ground, a reason, and perhaps whom the unit proposes.
pub(super) fn ask_return(fields: &Fields, against: Against<'_>) -> Result<Ready, Wrong> {
    let pack = &against.loaded.pack;
    asked(fields, against, |reader| {
        let ground = ReturnGround::from_word(reader.get("ground"));
        if ground.is_none() {
            reader.wrong.insert("ground", "motions.wrong.ground");
        }
        let unit = proposed(reader, pack, |code| allowed(pack, against.ticket, code) == Some(Ok(())));
        Some(Asks::Return { ground: ground?, unit })
    })
}

/// The unit that is proposed: by its code, its name, or a part of the name that no other unit has.
fn proposed(reader: &mut Reader<'_>, pack: &Pack, may: impl Fn(&str) -> bool) -> Option<String> {
    let typed = reader.get("unit").to_owned();
    if typed.is_empty() {
        return None;
    }
    if may(&typed) {
        return Some(typed);
    }
    let named = || {
        let units = pack.units().iter();
        units.filter(|unit| unit.name.contains(&typed) && may(&unit.code))
    };
    let exact = named().find(|unit| unit.name == typed);
    let only = || named().next().filter(|_| named().count() == 1);
    let found = exact.or_else(only).map(|unit| unit.code.clone());
    if found.is_none() {
        reader.wrong.insert("unit", "motions.wrong.unit");
    }
    found
}

/// 申请增派: what is needed, and perhaps of whom.
pub(super) fn ask_reinforcement(fields: &Fields, against: Against<'_>) -> Result<Ready, Wrong> {
    let pack = &against.loaded.pack;
    asked(fields, against, |reader| {
        let unit = proposed(reader, pack, |code| {
            let unit = pack.units().get(code);
            unit.is_some_and(|unit| unit.code != against.ticket.unit && unit.kind != LEADING_GROUP)
        });
        Some(Asks::Reinforcement { unit })
    })
}

/// 申请终止办理: why nothing of it is needed any more.
pub(super) fn ask_waiver(fields: &Fields, against: Against<'_>) -> Result<Ready, Wrong> {
    let ticket = against.ticket;
    let may = waivable(&against.loaded.pack, &ticket.obligation, &ticket.basis);
    asked(fields, against, |_| Some(Asks::Waiver { may }))
}

/// Whether what a ticket asks may be waived, by the county's rows in force and by what the ticket rests on.
pub(crate) fn waivable(pack: &Pack, obligation: &str, basis: &[Basis]) -> Result<(), NoMotion> {
    let grades = basis.iter().map(|basis| basis.grade);
    may_waive(obligation, pack.statutes().name(obligation), grades)
}

/// 申请延期: for which stage, until the end of which day, and why.
pub(super) fn ask_extension(fields: &Fields, against: Against<'_>) -> Result<Ready, Wrong> {
    asked(fields, against, |reader| {
        let stage = Stage::from_word(reader.get("stage")).filter(|stage| is_extended(*stage));
        if stage.is_none() {
            reader.wrong.insert("stage", "motions.wrong.stage");
        }
        let due = end_of(reader.get("until"));
        if due.is_none() {
            reader.wrong.insert("until", "motions.wrong.until");
        }
        Some(Asks::Extension {
            stage: stage?,
            due: due?,
        })
    })
}

/// What is asked, as it is read, with the reason that each asking has.
fn asked(
    fields: &Fields,
    against: Against<'_>,
    asks: impl FnOnce(&mut Reader<'_>) -> Option<Asks>,
) -> Result<Ready, Wrong> {
    let mut reader = Reader {
        fields,
        wrong: Wrong::new(),
    };
    let asks = asks(&mut reader);
    let note = Note {
        reason: reader.must("reason", TEXT, "motions.wrong.reason"),
        ..Note::default()
    };
    let Some(asks) = asks.filter(|_| reader.wrong.is_empty()) else {
        return Err(reader.wrong);
    };
    let pack = &against.loaded.pack;
    let asking = Asking {
        asks,
        clock: routing::waiting(pack, Matter::Approve, against.ticket.urgency, against.now),
        calendar: pack.calendar().version().to_owned(),
    };
    Ok(Ready {
        act: Draft::Plain(TicketDeed::Ask(Box::new(asking))),
        note: Some(note),
        detail: Detail::default(),
    })
}

/// The end of a day in Shanghai: a due of days is 00:00 of the next.
pub(crate) fn end_of(day: &str) -> Option<DateTime<Utc>> {
    let next = NaiveDate::parse_from_str(day.trim(), "%Y-%m-%d").ok()?.succ_opt()?;
    let midnight = next.and_time(NaiveTime::MIN).and_local_timezone(shanghai());
    Some(midnight.single()?.to_utc())
}

#[cfg(test)]
mod tests {
    use super::end_of;

    #[test]
    fn a_day_ends_when_the_next_begins() {
        let end = end_of("2026-12-31").unwrap();
        assert_eq!(end.to_rfc3339(), "2026-12-31T16:00:00+00:00");
        for wrong in ["", "31.12.2026", "2026-02-30", "2026-12-31T10:00"] {
            assert_eq!(end_of(wrong), None, "{wrong}");
        }
    }
}

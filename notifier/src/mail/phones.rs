//! Whom to phone: the duty phones of the units that a mail speaks of, and the office's. Where a unit has none, its people.

use casework::typed::phone::{Part, parts};
use platform::store::{LeasedNotice, NoticeContact, NoticeTicket, Phone};

use super::texts::fill;

/// Whom to phone: a unit, and text in which each number can be called.
#[derive(Debug, Clone)]
pub(crate) struct Callable {
    pub(crate) label: String,
    pub(crate) parts: Vec<Part>,
}

/// The office last, once; the recipient's own people know each other.
pub(super) fn rows(notice: &LeasedNotice, tickets: &[NoticeTicket]) -> Vec<Callable> {
    let failed = notice.failed().ok().flatten().map(|failed| failed.unit.clone());
    let holders = tickets.iter().map(|ticket| ticket.unit.clone());
    let mut units: Vec<String> = Vec::new();
    for unit in failed.into_iter().chain(holders) {
        if !units.contains(&unit) {
            units.push(unit);
        }
    }
    let office = |unit: &String| notice.contacts.get(unit).is_some_and(|c| c.office);
    units.retain(|unit| !office(unit));
    units.extend(notice.contacts.keys().filter(|unit| office(unit)).cloned());
    let row = |unit: &String| {
        let contact = notice.contacts.get(unit)?;
        let own = *unit == notice.unit;
        said(contact, own)
    };
    units.iter().filter_map(row).collect()
}

fn said(contact: &NoticeContact, own: bool) -> Option<Callable> {
    let (key, parts) = match &contact.duty_phone {
        Some(phone) => ("notice.row.phone-duty", parts(phone)),
        None if own || contact.people.is_empty() => return None,
        None => ("notice.row.phone-people", people(&contact.people)),
    };
    Some(Callable {
        label: fill(key, &[("unit", &contact.unit_name)]),
        parts,
    })
}

/// `王伟 0558-8600001、李娜 13800000000`. A name is no number, whatever stands in it.
fn people(people: &[Phone]) -> Vec<Part> {
    let words = |text: String| Part { text, href: None };
    let mut all = Vec::new();
    for person in people {
        let comma = if all.is_empty() { "" } else { "、" };
        all.push(words(format!("{comma}{} ", person.name)));
        all.extend(parts(&person.phone));
    }
    all
}

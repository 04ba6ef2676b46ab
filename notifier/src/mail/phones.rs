//! Whom to phone: the duty phones of the units that a mail speaks of, and the office's. Where a unit has none, its people.

use platform::store::{LeasedNotice, NoticeContact, NoticeTicket};

use super::{row::Row, texts::fill};

/// The office last, once; the recipient's own people know each other.
pub(super) fn rows(notice: &LeasedNotice, tickets: &[NoticeTicket]) -> Vec<Row> {
    let failed = notice.failed().ok().flatten().map(|failed| failed.unit);
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

fn said(contact: &NoticeContact, own: bool) -> Option<Row> {
    let (key, value) = match &contact.duty_phone {
        Some(phone) => ("notice.row.phone-duty", phone.clone()),
        None if own || contact.people.is_empty() => return None,
        None => {
            let people = contact.people.iter().map(|p| format!("{} {}", p.name, p.phone));
            ("notice.row.phone-people", people.collect::<Vec<_>>().join("、"))
        }
    };
    Some(Row {
        label: fill(key, &[("unit", &contact.unit_name)]),
        value,
        strong: false,
    })
}

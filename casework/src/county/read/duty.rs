//! `duty.csv`: duty hours and telephones of units.

use super::sheet::{Row, Sheet};
use crate::county::{DUTY, DutyHours, DutyRow, EVERY_KIND, PackFiles, Problems, Units, Vocabulary};
use crate::roster::Hours;
use crate::typed::phone::is_callable;
use crate::zh::ringing as said;

/// A pack of before has no such file: office hours hold, and the check of the whole says that it is missing.
pub(crate) fn duty(files: &PackFiles, units: &Units, vocabulary: &Vocabulary, problems: &mut Problems) -> DutyHours {
    const COLUMNS: [&str; 5] = ["unit_kind", "unit", "working_days", "days_off", "phone"];
    if !files.contains_key(DUTY) {
        return DutyHours::default();
    }
    let sheet = Sheet::read(files, DUTY, &COLUMNS, problems);
    sheet.unique(&["unit_kind", "unit"], problems);
    let rows = sheet.rows().filter_map(|row| read(row, (units, vocabulary), problems));
    DutyHours::new(rows.collect())
}

fn read(row: &Row<'_>, (units, vocabulary): (&Units, &Vocabulary), problems: &mut Problems) -> Option<DutyRow> {
    let at = (DUTY, row.line);
    let (kind, unit, phone) = (row.get("unit_kind"), row.get("unit"), row.get("phone"));
    if kind.is_empty() == unit.is_empty() {
        let reason =
            "a row is for a kind of units (unit_kind, * = every kind) or for one unit (unit): fill in one of the two";
        problems.add_zh(at, reason, said::KIND_OR_UNIT);
    }
    if !kind.is_empty() && kind != EVERY_KIND && !vocabulary.unit_kinds.allows(kind) {
        let reason =
            format!("column unit_kind: {kind} is not a known unit kind of unit-kinds.csv; write one of them or *");
        problems.add_zh(at, reason, said::unknown("unit_kind", kind));
    }
    if !unit.is_empty() && units.iter().next().is_some() && units.get(unit).is_none() {
        let reason = format!("column unit: {unit} is not a unit of units.csv; write its code");
        problems.add_zh(at, reason, said::unknown("unit", unit));
    }
    if !phone.is_empty() && !is_callable(phone) {
        let reason =
            format!("column phone: \"{phone}\" holds nothing that can be called; write a number such as 0558-1234567");
        problems.add_zh(at, reason, said::no_number("phone", phone));
    }
    let hours = match Hours::read(row.get("working_days"), row.get("days_off")) {
        Ok(hours) => hours,
        Err(error) => {
            let zh = said::no_hours(row.get("working_days"), row.get("days_off"));
            problems.add_zh(at, format!("columns working_days and days_off: {error}"), zh);
            return None;
        }
    };
    Some(DutyRow {
        unit_kind: Some(kind.to_owned()).filter(|kind| !kind.is_empty() && kind != EVERY_KIND),
        unit: Some(unit.to_owned()).filter(|unit| !unit.is_empty()),
        hours,
        phone: Some(phone.to_owned()).filter(|phone| !phone.is_empty()),
    })
}

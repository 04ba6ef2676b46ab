//! What must hold of the trees of areas and units, and of a mailbox.

use std::collections::HashSet;

use crate::county::{Areas, Problems, Units};
use crate::words::reserved::{LEADING_GROUP, OFFICE};

/// Parents exist, stand higher, and only one area is at the top.
pub(crate) fn check_areas(areas: &Areas, problems: &mut Problems) {
    const FILE: &str = "areas.csv";
    for area in areas.iter() {
        let Some(parent) = &area.parent else { continue };
        match areas.get(parent) {
            None => problems.add(FILE, area.line, format!("parent {parent} is not an area of this file")),
            // A parent that stands higher also rules out circles.
            Some(above) if above.level >= area.level => {
                let reason = format!(
                    "parent {parent} is a {}, which is not above a {}",
                    above.level, area.level
                );
                problems.add(FILE, area.line, reason);
            }
            Some(_) => {}
        }
    }
    let mut tops = areas.iter().filter(|area| area.parent.is_none());
    if let Some(top) = tops.next() {
        for other in tops {
            let reason = format!(
                "{} has no parent; only the highest area ({}) may have none",
                other.code, top.code
            );
            problems.add(FILE, other.line, reason);
        }
    }
}

/// Parents exist without circles; one leading group without a parent, one office.
pub(crate) fn check_units(units: &Units, problems: &mut Problems) {
    const FILE: &str = "units.csv";
    if units.iter().next().is_none() {
        return; // the file could not be read, which is reported
    }
    for unit in units.iter() {
        match &unit.parent {
            Some(parent) if units.get(parent).is_none() => {
                problems.add(FILE, unit.line, format!("parent {parent} is not a unit of this file"));
            }
            Some(_) if unit.kind == LEADING_GROUP => {
                problems.add(
                    FILE,
                    unit.line,
                    format!("{} is the leading group and must have no parent", unit.code),
                );
            }
            None if unit.kind != LEADING_GROUP => {
                let reason = format!("{} has no parent; only the leading group may have none", unit.code);
                problems.add(FILE, unit.line, reason);
            }
            _ => {}
        }
        let mut seen = HashSet::from([unit.code.as_str()]);
        let mut above = unit.parent.as_deref().and_then(|code| units.get(code));
        while let Some(next) = above {
            if next.code == unit.code {
                problems.add(
                    FILE,
                    unit.line,
                    format!("the parents of {} go round in a circle", unit.code),
                );
            }
            if !seen.insert(&next.code) {
                break;
            }
            above = next.parent.as_deref().and_then(|code| units.get(code));
        }
    }
    for (kind, why) in [
        (LEADING_GROUP, "the last level of supervision"),
        (OFFICE, "triage and supervision"),
    ] {
        let mut of_kind = units.of_kind(kind);
        if of_kind.next().is_none() {
            problems.add(FILE, 0, format!("no unit is of kind {kind}; {why} would reach nobody"));
        }
        for second in of_kind {
            problems.add(
                FILE,
                second.line,
                format!("{} is a second unit of kind {kind}; there must be one", second.code),
            );
        }
    }
}

/// Whether a notice can be sent there: the everyday form of an address, ASCII, no display name.
pub fn is_mailbox(text: &str) -> bool {
    const MAX_LEN: usize = 254;
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let atom = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~-".contains(&b))
    };
    let host = |part: &str| {
        !part.is_empty()
            && !part.starts_with('-')
            && !part.ends_with('-')
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    text.len() <= MAX_LEN && local.len() <= 64 && local.split('.').all(atom) && domain.split('.').all(host)
}

#[cfg(test)]
mod tests {
    use super::is_mailbox;

    #[test]
    fn mailboxes() {
        assert!(is_mailbox("pol-341222101@taihe.example") && is_mailbox("a.b+c@x"));
        for bad in [
            "",
            "a",
            "a@",
            "@b",
            "a b@c",
            "a@b@c",
            "a..b@c",
            "a@b.",
            "a@-b",
            "甲@b",
            "a@b\r\nBcc: x@y",
            "N <a@b>",
        ] {
            assert!(!is_mailbox(bad), "{bad}");
        }
    }
}

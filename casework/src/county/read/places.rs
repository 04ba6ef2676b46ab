//! The areas and units of a pack.

use std::collections::HashMap;

use super::sheet::Sheet;
use super::tree;
use super::words::code;
use crate::county::{Area, AreaLevel, Areas, PINYIN, PackFiles, Problems, Unit, Units, Vocabulary};
use crate::words::is_area_code;

const AREAS: &str = "areas.csv";
const UNITS: &str = "units.csv";

pub(crate) fn areas(files: &PackFiles, county: String, problems: &mut Problems) -> Areas {
    let sheet = Sheet::read(files, AREAS, &["code", "name", "level", "parent"], problems);
    sheet.unique(&["code"], problems);
    let mut list = Vec::new();
    for row in sheet.rows() {
        if !is_area_code(row.get("code")) {
            problems.add(
                AREAS,
                row.line,
                format!("code \"{}\" must be 12 digits", row.get("code")),
            );
        }
        if row.get("name").is_empty() {
            problems.add(AREAS, row.line, "the area has no name");
        }
        let Some(level) = AreaLevel::from_word(row.get("level")) else {
            let reason = format!(
                "level \"{}\" must be province, prefecture, county, township or village",
                row.get("level")
            );
            problems.add(AREAS, row.line, reason);
            continue;
        };
        list.push(Area {
            code: row.get("code").to_owned(),
            name: row.get("name").to_owned(),
            level,
            parent: non_empty(row.get("parent")),
            line: row.line,
        });
    }
    let areas = Areas::new(list, county);
    tree::check_areas(&areas, problems);
    areas
}

/// Spellings of places. The file is for typing only, so a pack may do without it; what it says must still be right.
pub(crate) fn pinyin(files: &PackFiles, areas: &Areas, problems: &mut Problems) -> HashMap<String, String> {
    if !files.contains_key(PINYIN) {
        return HashMap::new();
    }
    let sheet = Sheet::read(files, PINYIN, &["code", "pinyin"], problems);
    sheet.unique(&["code"], problems);
    let mut spellings = HashMap::new();
    for row in sheet.rows() {
        let at = (PINYIN, row.line);
        problems.known(at, "area of areas.csv", row.get("code"), areas.allows(row.get("code")));
        let plain = |c: char| c.is_ascii_lowercase() || matches!(c, ' ' | '|');
        if row.get("pinyin").is_empty() || !row.get("pinyin").chars().all(plain) {
            let reason = format!(
                "pinyin \"{}\" must be syllables of a-z such as ba li cun",
                row.get("pinyin")
            );
            problems.add(PINYIN, row.line, reason);
        }
        spellings.insert(row.get("code").to_owned(), row.get("pinyin").to_owned());
    }
    spellings
}

pub(crate) fn units(files: &PackFiles, areas: &Areas, vocabulary: &Vocabulary, problems: &mut Problems) -> Units {
    let sheet = Sheet::read(
        files,
        UNITS,
        &["code", "kind", "name", "area", "parent", "mailbox"],
        problems,
    );
    sheet.unique(&["code"], problems);
    let mut list = Vec::new();
    for row in sheet.rows() {
        let at = (UNITS, row.line);
        code(at, row.get("code"), problems);
        problems.known(
            at,
            "unit kind of unit-kinds.csv",
            row.get("kind"),
            vocabulary.unit_kinds.allows(row.get("kind")),
        );
        problems.known(at, "area of areas.csv", row.get("area"), areas.allows(row.get("area")));
        if row.get("name").is_empty() {
            problems.add(UNITS, row.line, "the unit has no name");
        }
        if !tree::is_mailbox(row.get("mailbox")) {
            problems.add(
                UNITS,
                row.line,
                format!(
                    "mailbox \"{}\" is not a mail address such as office@taihe.example",
                    row.get("mailbox")
                ),
            );
        }
        list.push(Unit {
            code: row.get("code").to_owned(),
            kind: row.get("kind").to_owned(),
            name: row.get("name").to_owned(),
            area: row.get("area").to_owned(),
            parent: non_empty(row.get("parent")),
            mailbox: row.get("mailbox").to_owned(),
            line: row.line,
        });
    }
    let units = Units::new(list);
    if files.contains_key(UNITS) {
        tree::check_units(&units, problems);
    }
    units
}

fn non_empty(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

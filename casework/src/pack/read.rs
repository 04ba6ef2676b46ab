//! Reading a pack: each file in turn, then what must agree between them.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use serde::Deserialize;
use toml::Spanned;

use super::problem::Problems;
use super::sheet::{Row, Sheet, text_of};
use super::{
    Area, AreaLevel, Areas, EVERY_KIND, Label, Pack, PackFiles, PackProblem, Recusals, Situation,
    Term, Terms, Unit, UnitKind, Units, Vocabulary, tree,
};
use crate::calendar::Calendar;
use crate::code::{is_area_code, is_code};
use crate::facts::STATUTORY;
use crate::lines::{line_of, line_starts};
use crate::report::Suspect;
use crate::routing::rules;

const PACK: &str = "pack.toml";
const AREAS: &str = "areas.csv";
const UNITS: &str = "units.csv";
const HOLIDAYS: &str = "holidays.csv";
const RECUSAL: &str = "recusal.csv";
const RANKING: &str = "ranking.csv";
/// The decision model of a pack.
pub(super) const MODEL: &str = "routing.dmn";

/// Reads as much as can be read. The pack is there as soon as `pack.toml` can be read, however wrong the rest.
pub(super) fn examine(files: &PackFiles) -> (Option<Pack>, Vec<PackProblem>) {
    let mut problems = Problems::default();
    let head = head(files, &mut problems);
    let vocabulary = vocabulary(files, &mut problems);
    let county = head
        .as_ref()
        .map_or("", |head| head.area.get_ref())
        .to_owned();
    let areas = areas(files, county, &mut problems);
    let units = units(files, &areas, &vocabulary, &mut problems);
    let recusals = recusals(files, &vocabulary, &mut problems);
    let ranking = ranking(files, &vocabulary, &mut problems);
    let through = head
        .as_ref()
        .map_or(NaiveDate::MIN, |head| head.published_through);
    let calendar = calendar(files, through, &mut problems);
    let text = text_of(files, MODEL, &mut problems).unwrap_or_default();
    let rules = rules::read(
        text,
        MODEL,
        &vocabulary,
        &units,
        ranking,
        recusals,
        &mut problems,
    );
    if let Some(head) = &head
        && areas
            .get(head.area.get_ref())
            .is_none_or(|area| area.level != AreaLevel::County)
    {
        problems.add(
            PACK,
            head.area_line,
            format!("area {} is not a county of areas.csv", head.area.get_ref()),
        );
    }
    let pack = head.map(|head| Pack {
        county: head.county,
        county_name: head.name,
        hotline: head.hotline,
        areas,
        units,
        vocabulary,
        calendar,
        rules,
    });
    (pack, problems.finish())
}

/// What `pack.toml` says.
struct Head {
    county: String,
    area: Spanned<String>,
    area_line: u32,
    name: Label,
    hotline: Label,
    published_through: NaiveDate,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HeadFile {
    county: Spanned<String>,
    area: Spanned<String>,
    name: TextFile,
    calendar: CalendarFile,
    hotline: TextFile,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TextFile {
    zh: String,
    en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CalendarFile {
    published_through: Spanned<toml::value::Datetime>,
}

fn head(files: &PackFiles, problems: &mut Problems) -> Option<Head> {
    let text = text_of(files, PACK, problems)?;
    let starts = line_starts(text);
    let file: HeadFile = match toml::from_str(text) {
        Ok(file) => file,
        Err(error) => {
            let line = error.span().map_or(0, |span| line_of(&starts, span.start));
            problems.add(PACK, line, error.message());
            return None;
        }
    };
    if !is_code(file.county.get_ref()) {
        let line = line_of(&starts, file.county.span().start);
        problems.add(
            PACK,
            line,
            "county must be a short code of a-z, 0-9 and -, such as taihe",
        );
    }
    let through = &file.calendar.published_through;
    let Ok(published_through) = through.get_ref().to_string().parse() else {
        let line = line_of(&starts, through.span().start);
        problems.add(
            PACK,
            line,
            "published_through must be a date such as 2026-12-31",
        );
        return None;
    };
    let label = |text: TextFile| Label {
        zh: text.zh,
        en: text.en,
    };
    Some(Head {
        area_line: line_of(&starts, file.area.span().start),
        county: file.county.into_inner(),
        area: file.area,
        name: label(file.name),
        hotline: label(file.hotline),
        published_through,
    })
}

const TERM: [&str; 4] = ["code", "zh", "en", "retired"];

fn vocabulary(files: &PackFiles, problems: &mut Problems) -> Vocabulary {
    const KIND: [&str; 5] = ["code", "zh", "en", "letter", "retired"];
    const SITUATION: [&str; 10] = [
        "code", "group_zh", "group_en", "zh", "en", "hint_zh", "hint_en", "basis", "grade",
        "retired",
    ];
    let situations = terms(
        files,
        "situations.csv",
        &SITUATION,
        &STATUTORY,
        problems,
        |row, term, problems| {
            grade(("situations.csv", row.line), row.get("grade"), problems);
            Situation {
                term,
                group: label(row, "group_zh", "group_en"),
                hint: label(row, "hint_zh", "hint_en"),
                basis: row.get("basis").to_owned(),
                grade: row.get("grade").to_owned(),
            }
        },
    );
    let reserved = [super::LEADING_GROUP, super::OFFICE, super::POLICE];
    let unit_kinds = terms(
        files,
        "unit-kinds.csv",
        &KIND,
        &reserved,
        problems,
        |row, term, problems| UnitKind {
            term,
            letter: flag(
                ("unit-kinds.csv", row.line),
                "letter",
                row.get("letter"),
                problems,
            ),
        },
    );
    let reserved = [rules::POLICE_ACCEPT, rules::TRIAGE];
    Vocabulary {
        situations,
        unit_kinds,
        obligations: terms(
            files,
            "obligations.csv",
            &TERM,
            &reserved,
            problems,
            |_, term, _| term,
        ),
        evidence: terms(files, "evidence.csv", &TERM, &[], problems, |_, term, _| {
            term
        }),
        outcomes: terms(files, "outcomes.csv", &TERM, &[], problems, |_, term, _| {
            term
        }),
        events: terms(
            files,
            "events.csv",
            &TERM,
            &[rules::DISPATCH],
            problems,
            |_, term, _| term,
        ),
    }
}

/// One word list; `reserved` codes must be among it, because the program itself speaks of them.
fn terms<T: AsRef<Term>>(
    files: &PackFiles,
    file: &'static str,
    columns: &[&'static str],
    reserved: &[&str],
    problems: &mut Problems,
    read: impl Fn(&Row<'_>, Term, &mut Problems) -> T,
) -> Terms<T> {
    let sheet = Sheet::read(files, file, columns, problems);
    sheet.unique(&["code"], problems);
    let mut list = Vec::new();
    for row in sheet.rows() {
        code((file, row.line), row.get("code"), problems);
        let label = label(row, "zh", "en");
        if label.zh.is_empty() || label.en.is_empty() {
            problems.add(
                file,
                row.line,
                format!("{} needs a label in zh and in en", row.get("code")),
            );
        }
        let retired = flag((file, row.line), "retired", row.get("retired"), problems);
        list.push(read(
            row,
            Term {
                code: row.get("code").to_owned(),
                label,
                retired,
            },
            problems,
        ));
    }
    let terms = Terms::new(list);
    for word in reserved {
        if files.contains_key(file) && !terms.contains(word) {
            problems.add(file, 0, format!("{word} is missing; the program needs it"));
        }
    }
    terms
}

fn label(row: &Row<'_>, zh: &str, en: &str) -> Label {
    Label {
        zh: row.get(zh).to_owned(),
        en: row.get(en).to_owned(),
    }
}

fn code(at: (&str, u32), code: &str, problems: &mut Problems) {
    if !is_code(code) {
        problems.add(
            at.0,
            at.1,
            format!("code \"{code}\" must be 1 to 60 of a-z, 0-9 and -"),
        );
    }
}

fn grade(at: (&str, u32), grade: &str, problems: &mut Problems) {
    if !rules::GRADES.contains(&grade) {
        problems.add(at.0, at.1, format!("grade \"{grade}\" must be V, S or P"));
    }
}

/// `true`, `false` or empty (= false).
fn flag(at: (&str, u32), column: &str, text: &str, problems: &mut Problems) -> bool {
    if !matches!(text, "" | "true" | "false") {
        problems.add(
            at.0,
            at.1,
            format!("{column} must be true, false or empty, not \"{text}\""),
        );
    }
    text == "true"
}

fn areas(files: &PackFiles, county: String, problems: &mut Problems) -> Areas {
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

fn units(
    files: &PackFiles,
    areas: &Areas,
    vocabulary: &Vocabulary,
    problems: &mut Problems,
) -> Units {
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
            vocabulary.unit_kinds.contains(row.get("kind")),
        );
        problems.known(
            at,
            "area of areas.csv",
            row.get("area"),
            areas.get(row.get("area")).is_some(),
        );
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

fn calendar(files: &PackFiles, published_through: NaiveDate, problems: &mut Problems) -> Calendar {
    let sheet = Sheet::read(files, HOLIDAYS, &["date", "kind", "name"], problems);
    sheet.unique(&["date"], problems);
    let mut days = Vec::new();
    for row in sheet.rows() {
        let Ok(day) = NaiveDate::parse_from_str(row.get("date"), "%Y-%m-%d") else {
            problems.add(
                HOLIDAYS,
                row.line,
                format!("\"{}\" is not a date such as 2026-10-01", row.get("date")),
            );
            continue;
        };
        if !matches!(row.get("kind"), "off" | "work") {
            problems.add(
                HOLIDAYS,
                row.line,
                format!("kind \"{}\" must be off or work", row.get("kind")),
            );
        }
        if day > published_through && published_through != NaiveDate::MIN {
            let reason = format!(
                "{day} is after published_through {published_through} of pack.toml; move that date first"
            );
            problems.add(HOLIDAYS, row.line, reason);
        }
        days.push((day, row.get("kind") == "off", row.get("name").to_owned()));
    }
    Calendar::new(days, published_through)
}

fn recusals(files: &PackFiles, vocabulary: &Vocabulary, problems: &mut Problems) -> Recusals {
    let sheet = Sheet::read(
        files,
        RECUSAL,
        &["suspect", "unit_kind", "levels_skipped"],
        problems,
    );
    sheet.unique(&["suspect", "unit_kind"], problems);
    let mut skipped = HashSet::new();
    for row in sheet.rows() {
        let at = (RECUSAL, row.line);
        let suspect = Suspect::from_word(row.get("suspect"));
        problems.known(at, "suspect", row.get("suspect"), suspect.is_some());
        let kind = row.get("unit_kind");
        problems.known(
            at,
            "unit kind of unit-kinds.csv, nor *",
            kind,
            kind == EVERY_KIND || vocabulary.unit_kinds.contains(kind),
        );
        for word in row.get("levels_skipped").split_whitespace() {
            let level = AreaLevel::from_word(word);
            problems.known(at, "area level", word, level.is_some());
            if let (Some(suspect), Some(level)) = (suspect, level) {
                skipped.insert((suspect, kind.to_owned(), level));
            }
        }
    }
    Recusals::new(skipped)
}

fn ranking(files: &PackFiles, vocabulary: &Vocabulary, problems: &mut Problems) -> rules::Ranking {
    let sheet = Sheet::read(
        files,
        RANKING,
        &["rank", "obligation", "unit_kind"],
        problems,
    );
    sheet.unique(&["rank"], problems);
    sheet.unique(&["obligation", "unit_kind"], problems);
    let mut ranking = HashMap::new();
    for row in sheet.rows() {
        let at = (RANKING, row.line);
        let (obligation, kind) = (row.get("obligation"), row.get("unit_kind"));
        problems.known(
            at,
            "obligation of obligations.csv",
            obligation,
            vocabulary.obligations.contains(obligation),
        );
        problems.known(
            at,
            "unit kind of unit-kinds.csv",
            kind,
            vocabulary.unit_kinds.contains(kind),
        );
        match row.get("rank").parse::<u32>() {
            Ok(rank) => {
                ranking
                    .entry((obligation.to_owned(), kind.to_owned()))
                    .or_insert(rank);
            }
            Err(_) => problems.add(
                RANKING,
                row.line,
                format!("rank \"{}\" is not a whole number", row.get("rank")),
            ),
        }
    }
    rules::Ranking::new(ranking)
}

fn non_empty(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

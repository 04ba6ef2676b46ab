//! `statutory-duties.csv` and `statutory-limits.csv`.

use super::sheet::{Row, Sheet};
use super::words::grade;
use crate::county::{Duty, DutyOf, Line, Maximum, PackFiles, Problems, Statutes, Vocabulary};
use crate::dmn::sfeel::Value;
use crate::report::RoutingFact;
use crate::words::{Grade, Stage, Urgency};

const DUTIES: &str = "statutory-duties.csv";
const LIMITS: &str = "statutory-limits.csv";

pub(crate) fn statutes(files: &PackFiles, vocabulary: &Vocabulary, problems: &mut Problems) -> Statutes {
    Statutes {
        duties: duties(files, vocabulary, problems),
        limits: limits(files, vocabulary, problems),
    }
}

fn duties(files: &PackFiles, vocabulary: &Vocabulary, problems: &mut Problems) -> Vec<Duty> {
    const COLUMNS: [&str; 9] = [
        "trigger",
        "situations",
        "facts",
        "requester_kinds",
        "only",
        "obligation",
        "unit_kind",
        "basis",
        "grade",
    ];
    let sheet = Sheet::read(files, DUTIES, &COLUMNS, problems);
    let mut duties = Vec::new();
    for row in sheet.rows() {
        let at = (DUTIES, row.line);
        about(at, row, vocabulary, problems);
        let kind = row.get("unit_kind");
        problems.known(
            at,
            "unit kind of unit-kinds.csv",
            kind,
            vocabulary.unit_kinds.allows(kind),
        );
        let of = match row.get("trigger") {
            "report" => DutyOf::Report {
                situations: words(
                    at,
                    row,
                    ("situations", "situation of situations.csv"),
                    problems,
                    |word| vocabulary.situations.allows(word),
                ),
                facts: facts(at, row.get("facts"), problems),
            },
            "request" => DutyOf::Request {
                requester_kinds: words(
                    at,
                    row,
                    ("requester_kinds", "unit kind of unit-kinds.csv"),
                    problems,
                    |word| vocabulary.unit_kinds.allows(word),
                ),
                only: row.get("only") == "true",
            },
            other => {
                problems.add(
                    DUTIES,
                    row.line,
                    format!("trigger \"{other}\" must be report or request"),
                );
                continue;
            }
        };
        duties.push(Duty {
            of,
            obligation: row.get("obligation").to_owned(),
            unit_kind: kind.to_owned(),
            basis: row.get("basis").to_owned(),
            grade: Grade::of_cell(row.get("grade")),
            line: row.line,
        });
    }
    duties
}

fn limits(files: &PackFiles, vocabulary: &Vocabulary, problems: &mut Problems) -> Vec<Maximum> {
    const COLUMNS: [&str; 7] = ["obligation", "urgencies", "stage", "limit", "start", "basis", "grade"];
    let sheet = Sheet::read(files, LIMITS, &COLUMNS, problems);
    let mut limits = Vec::new();
    for row in sheet.rows() {
        let at = (LIMITS, row.line);
        about(at, row, vocabulary, problems);
        let event = row.get("start");
        problems.known(at, "event of events.csv", event, vocabulary.events.allows(event));
        let urgencies = words(at, row, ("urgencies", "urgency"), problems, |word| {
            Urgency::from_word(word).is_some()
        });
        let stage = Stage::from_word(row.get("stage"));
        problems.known(at, "stage", row.get("stage"), stage.is_some());
        let limit = row.get("limit").parse().map_err(|error| {
            problems.add(LIMITS, row.line, format!("{error}"));
        });
        if let (Some(stage), Ok(limit)) = (stage, limit) {
            limits.push(Maximum {
                obligation: row.get("obligation").to_owned(),
                urgencies: urgencies.iter().filter_map(|word| Urgency::from_word(word)).collect(),
                stage,
                limit,
                start: event.to_owned(),
                basis: row.get("basis").to_owned(),
                grade: Grade::of_cell(row.get("grade")),
                line: row.line,
            });
        }
    }
    limits
}

/// Obligation, basis and grade, which both files have.
fn about(at: (&'static str, Line), row: &Row<'_>, vocabulary: &Vocabulary, problems: &mut Problems) {
    let obligation = row.get("obligation");
    problems.known(
        at,
        "obligation of obligations.csv",
        obligation,
        vocabulary.obligations.allows(obligation),
    );
    if row.get("basis").is_empty() {
        problems.add(at.0, at.1, "a row without a basis is nobody's law");
    }
    grade(at, row.get("grade"), problems);
}

/// The words of a cell, each known.
fn words(
    at: (&'static str, Line),
    row: &Row<'_>,
    (column, what): (&str, &str),
    problems: &mut Problems,
    known: impl Fn(&str) -> bool,
) -> Vec<String> {
    let words: Vec<String> = row.get(column).split_whitespace().map(str::to_owned).collect();
    for word in &words {
        problems.known(at, what, word, known(word));
    }
    words
}

/// `left_behind=true place=home`
fn facts(at: (&'static str, Line), cell: &str, problems: &mut Problems) -> Vec<(String, Value)> {
    let mut facts = Vec::new();
    for test in cell.split_whitespace() {
        let (name, word) = test.split_once('=').unwrap_or((test, ""));
        let value = RoutingFact::from_word(name).and_then(|fact| fact.read(word));
        match value {
            Some(value) => facts.push((name.to_owned(), value)),
            None => problems.add(
                at.0,
                at.1,
                format!("{test} is not a fact such as left_behind=true or place=home"),
            ),
        }
    }
    facts
}

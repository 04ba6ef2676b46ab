//! The small tables of a pack: days off, recusals, ranking.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;

use super::sheet::Sheet;
use crate::calendar::{Calendar, Limit, Regime};
use crate::county::{
    AreaLevel, Confirmations, DecisionLimit, EVERY_KIND, HOLIDAYS, Matter, PackFiles, Problems, Ranking, Recusals,
    Vocabulary,
};
use crate::words::{Grade, Suspect, Urgency};

const RECUSAL: &str = "recusal.csv";
const RANKING: &str = "ranking.csv";

pub(crate) fn calendar(files: &PackFiles, published_through: NaiveDate, problems: &mut Problems) -> Calendar {
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
            let reason =
                format!("{day} is after published_through {published_through} of pack.toml; move that date first");
            problems.add(HOLIDAYS, row.line, reason);
        }
        days.push((day, row.get("kind") == "off", row.get("name").to_owned()));
    }
    Calendar::new(days, published_through)
}

pub(crate) fn recusals(files: &PackFiles, vocabulary: &Vocabulary, problems: &mut Problems) -> Recusals {
    let sheet = Sheet::read(files, RECUSAL, &["suspect", "unit_kind", "levels_skipped"], problems);
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
            kind == EVERY_KIND || vocabulary.unit_kinds.allows(kind),
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

/// How long a confirmation or an approval may take: a row for each matter and urgency.
pub(crate) fn confirmations(files: &PackFiles, problems: &mut Problems) -> Confirmations {
    const FILE: &str = "confirmations.csv";
    /// Whole years would leave a child waiting for a signature.
    const MOST_DAYS: u32 = 30;
    let sheet = Sheet::read(files, FILE, &["matter", "urgency", "limit", "basis", "grade"], problems);
    sheet.unique(&["matter", "urgency"], problems);
    let mut rows = HashMap::new();
    for row in sheet.rows() {
        let at = (FILE, row.line);
        let matter = Matter::from_word(row.get("matter"));
        problems.known(
            at,
            "matter (confirm, approve, opening, review)",
            row.get("matter"),
            matter.is_some(),
        );
        let urgency = Urgency::from_word(row.get("urgency"));
        problems.known(at, "urgency", row.get("urgency"), urgency.is_some());
        super::words::grade(at, row.get("grade"), problems);
        let limit: Limit = match row.get("limit").parse() {
            Ok(limit) => limit,
            Err(error) => {
                problems.add(FILE, row.line, format!("{error}"));
                continue;
            }
        };
        let days = limit.shortest_minutes() / (24 * 60);
        if limit.count == 0 || limit.regime == Regime::Months || days > i64::from(MOST_DAYS) {
            problems.add(
                FILE,
                row.line,
                format!("limit {limit} must be at least 1 and at most {MOST_DAYS} days"),
            );
            continue;
        }
        if let (Some(matter), Some(urgency)) = (matter, urgency) {
            rows.entry((matter, urgency)).or_insert(DecisionLimit {
                limit,
                basis: row.get("basis").to_owned(),
                grade: Grade::of_cell(row.get("grade")),
            });
        }
    }
    for &matter in Matter::ALL {
        for &urgency in Urgency::ALL {
            if files.contains_key(FILE) && !rows.contains_key(&(matter, urgency)) {
                problems.add(FILE, 0, format!("no row for {matter} and {urgency}"));
            }
        }
    }
    Confirmations::new(rows)
}

pub(crate) fn ranking(files: &PackFiles, vocabulary: &Vocabulary, problems: &mut Problems) -> Ranking {
    let sheet = Sheet::read(files, RANKING, &["rank", "obligation", "unit_kind"], problems);
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
            vocabulary.obligations.allows(obligation),
        );
        problems.known(
            at,
            "unit kind of unit-kinds.csv",
            kind,
            vocabulary.unit_kinds.allows(kind),
        );
        match row.get("rank").parse::<u32>() {
            Ok(rank) => {
                ranking.entry((obligation.to_owned(), kind.to_owned())).or_insert(rank);
            }
            Err(_) => problems.add(
                RANKING,
                row.line,
                format!("rank \"{}\" is not a whole number", row.get("rank")),
            ),
        }
    }
    Ranking::new(ranking)
}

//! What the check found, as lines beside the rows that they concern.

use casework::disclosure::Shows;
use casework::office::{
    liveness::ExampleReport,
    soundness::{Examined, Line},
};
use casework::pack::Pack;
use casework::report::Report;
use platform::text::Lang;

use crate::{internal::board::facts, parts::Opened};

/// One finding.
pub(super) struct FindingLine {
    /// Id and name of the table it is about, where it is about one.
    pub(super) table: Option<(String, String)>,
    /// The first row, for the link; 0 = none.
    pub(super) row: usize,
    /// `第 3、5 行`, or nothing.
    pub(super) rows: String,
    /// All its rows.
    pub(super) concerns: Vec<usize>,
    /// What is wrong, and what would happen. Findings are in Chinese in both languages, as the law they cite.
    pub(super) sentence: String,
    /// The law or rule that asks it.
    pub(super) law: String,
    /// A report that would fall through: fact and value in words.
    pub(super) example: Vec<(String, String)>,
}

impl FindingLine {
    /// Whether it stands beside this row.
    pub(super) fn is_about(&self, table: &str, row: usize) -> bool {
        self.table.as_ref().is_some_and(|(id, _)| id == table) && self.concerns.contains(&row)
    }
}

/// All findings, what would lose a child first.
pub(super) fn lines(examined: &Examined, pack: &Pack, lang: Lang) -> Vec<FindingLine> {
    let line = |line: Line| {
        let named = line.decision.as_ref().and_then(|id| {
            let found = examined.tables.iter().find(|(table, _)| table.id == *id);
            found.map(|(table, _)| (table.id.clone(), table.name.clone()))
        });
        let numbers: Vec<String> = line.rows.iter().map(ToString::to_string).collect();
        FindingLine {
            table: named,
            row: line.rows.first().copied().unwrap_or_default(),
            rows: if numbers.is_empty() {
                String::new()
            } else {
                lang.fill("rules.check.rows", &[("n", &numbers.join(lang.t("rules.check.and")))])
            },
            concerns: line.rows,
            sentence: line.sentence,
            law: line.law.unwrap_or_default(),
            example: match line.report {
                Some(report) => readable(&report, pack, lang),
                None => line.facts,
            },
        }
    };
    examined.lines().into_iter().map(line).collect()
}

/// A counter-example in the words of the office's pages.
fn readable(report: &ExampleReport, pack: &Pack, lang: Lang) -> Vec<(String, String)> {
    let Ok(report) = Report::parse(report.to_string().as_bytes()) else {
        return Vec::new();
    };
    let facts = report.facts(platform::clock::now());
    let lines = facts::lines(&Opened::of_facts(&facts, Shows::all()), pack, lang).into_iter();
    lines.map(|(name, value)| (name.to_owned(), value)).collect()
}

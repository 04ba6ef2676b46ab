//! Everything that can be wrong with a county's rules, in one go: what does not fit together, each table by itself, and
//! whether any report could fall through. `router check` prints it, and the office's pages show it beside the rows.

use std::sync::Arc;

use super::disclosure::{self, DisclosureFinding};
use super::ringing::{self, RingingFinding};
use super::{is_county, named, scope};
use crate::county::{MODEL, PackFiles, PackProblem};
use crate::disclosure::DISCLOSURE;
use crate::dmn::check::{Finding, Kind, Report, Scope, Undecided, check};
use crate::dmn::grid::Grid;
use crate::dmn::sfeel::Value;
use crate::dmn::{self, Column, Model, Table};
use crate::office::liveness::{self, ExampleReport, LivenessFinding};
use crate::pack::Pack;
use crate::zh::check::chinese;

/// How long a table's search may go on: asked with the number of tables that are left, gives the question that the
/// search asks every few microseconds.
pub type Share<'s> = dyn FnMut(usize) -> Box<dyn FnMut() -> bool> + 's;

/// What a check of the whole found.
#[derive(Debug, Clone)]
pub struct Examined {
    /// The pack as far as it can be read.
    pub pack: Option<Arc<Pack>>,
    /// What can't be read or does not fit together.
    pub problems: Vec<PackProblem>,
    /// Each decision table with what was found in it.
    pub tables: Vec<(Table, Report)>,
    /// Ways in which a report would fall through; looked for in a pack without problems.
    pub liveness: Vec<LivenessFinding>,
    /// What is not said, or wrongly, of what tickets show; looked for in a pack without problems.
    pub disclosure: Vec<DisclosureFinding>,
    /// Ways in which a notice would ring nobody; looked for in a pack without problems.
    pub ringing: Vec<RingingFinding>,
}

/// One finding as an office reads it.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Line {
    /// The table it is about, where it is about one.
    pub decision: Option<String>,
    /// The rows it is about, 1-based.
    pub rows: Vec<usize>,
    /// What is wrong, in Chinese.
    pub sentence: String,
    /// The law or rule that asks it.
    pub law: Option<String>,
    /// Facts of a report that would fall through: what they are called, and their value, in Chinese.
    pub facts: Vec<(String, String)>,
    /// Such a report as the wire has it; `router route` reads it.
    pub report: Option<ExampleReport>,
}

/// Checks a pack.
pub fn examine(files: &PackFiles, share: &mut Share<'_>) -> Examined {
    let (pack, problems) = Pack::examine(files);
    let model = files.get(MODEL).and_then(|text| dmn::read(text).ok());
    let mut tables = model.map(|model| reports(model, share)).unwrap_or_default();
    for (_, report) in &mut tables {
        // Words that the pack does not know are among its problems, which name the list that lacks them.
        report.findings.retain(|finding| finding.kind != Kind::Outside);
    }
    // Who would answer is asked of a pack that can be read; half of one names nobody.
    let whole = pack.as_ref().filter(|_| problems.is_empty());
    let liveness = whole.map(liveness::check).unwrap_or_default();
    let disclosure = whole.map(disclosure::check).unwrap_or_default();
    let ringing = whole.map(ringing::check).unwrap_or_default();
    Examined {
        pack: pack.map(Arc::new),
        problems,
        tables,
        liveness,
        disclosure,
        ringing,
    }
}

/// Each table of a model with its report, as the county asks it where the model is a county's.
fn reports(model: Model, share: &mut Share<'_>) -> Vec<(Table, Report)> {
    let county = is_county(&model);
    let count = model.tables.len();
    let checked = model.tables.into_iter().enumerate().map(|(index, table)| {
        let scope = if county { scope(&table) } else { Scope::of(&table) };
        let report = check(&table, &Grid::new(&table), &scope, &mut *share(count - index));
        (table, report)
    });
    checked.collect()
}

impl Examined {
    /// Whether nothing was found and nothing is left undecided.
    pub fn sound(&self) -> bool {
        self.problems.is_empty()
            && self.liveness.is_empty()
            && self.disclosure.is_empty()
            && self.ringing.is_empty()
            && !self.tables.is_empty()
            && self.tables.iter().all(|(_, report)| report.sound())
    }

    /// All findings, what would lose a child first.
    pub fn lines(&self) -> Vec<Line> {
        let liveness = self.liveness.iter().map(|found| Line {
            decision: None,
            rows: Vec::new(),
            sentence: found.sentence.clone(),
            law: Some(format!("{}（{}）", found.law, found.grade)),
            facts: Vec::new(),
            report: found.report.clone(),
        });
        let tables = self.tables.iter().flat_map(|(table, report)| {
            let found = report.findings.iter().map(|finding| self.finding(table, finding));
            let open = report.undecided.iter().map(|open| self.undecided(table, open));
            found.chain(open)
        });
        let problems = self.problems.iter().map(|problem| self.problem(problem));
        let shown = self.disclosure.iter().map(|found| Line {
            decision: Some(DISCLOSURE.to_owned()),
            rows: found.row.into_iter().collect(),
            sentence: found.sentence.clone(),
            law: None,
            facts: Vec::new(),
            report: None,
        });
        let rung = self.ringing.iter().map(|found| Line {
            decision: None,
            rows: Vec::new(),
            sentence: found.to_string(),
            law: None,
            facts: Vec::new(),
            report: None,
        });
        liveness
            .chain(rung)
            .chain(shown)
            .chain(tables)
            .chain(problems)
            .collect()
    }

    fn named(&self, column: &Column, word: &str) -> Option<String> {
        named(self.pack.as_ref()?.vocabulary(), column, word)
    }

    fn finding(&self, table: &Table, finding: &Finding) -> Line {
        let name = |column: &Column, word: &str| self.named(column, word);
        let facts = match finding.kind {
            Kind::Gap => self.facts(table, &finding.example),
            _ => Vec::new(),
        };
        Line {
            decision: Some(table.id.clone()),
            rows: finding.rows.clone(),
            sentence: chinese(table, finding, &name),
            law: None,
            facts,
            report: None,
        }
    }

    fn undecided(&self, table: &Table, open: &Undecided) -> Line {
        let name = |column: &Column, word: &str| self.named(column, word);
        Line {
            decision: Some(table.id.clone()),
            rows: open.rows.clone(),
            sentence: chinese(table, open, &name),
            law: None,
            facts: Vec::new(),
            report: None,
        }
    }

    /// An input that no row answers, in words.
    fn facts(&self, table: &Table, example: &[Value]) -> Vec<(String, String)> {
        let fact = |(column, value): (&Column, &Value)| {
            let word = match value {
                Value::Null => return None,
                Value::Flag(flag) => crate::zh::cells::yes(*flag).to_owned(),
                Value::Text(word) => self.named(column, word).unwrap_or_else(|| word.clone()),
                Value::Number(number) => number.normalize().to_string(),
            };
            Some((column.heading().to_owned(), word))
        };
        table.inputs.iter().zip(example).filter_map(fact).collect()
    }

    /// A problem of the model, led back from its line to the row.
    fn problem(&self, problem: &PackProblem) -> Line {
        let at = self.tables.iter().filter(|_| problem.file == MODEL && problem.line > 0);
        let row = at.clone().find_map(|(table, _)| {
            let rule = table.rules.iter().find(|rule| rule.line == problem.line)?;
            Some((table.id.clone(), vec![rule.number]))
        });
        let whole = || {
            let table = at
                .clone()
                .map(|(table, _)| table)
                .find(|table| table.line == problem.line)?;
            Some((table.id.clone(), Vec::new()))
        };
        let (decision, rows) = row.or_else(whole).unzip();
        Line {
            decision,
            rows: rows.unwrap_or_default(),
            sentence: problem
                .zh
                .clone()
                .unwrap_or_else(|| format!("{}：{}", problem.file, problem.reason)),
            law: None,
            facts: Vec::new(),
            report: None,
        }
    }
}

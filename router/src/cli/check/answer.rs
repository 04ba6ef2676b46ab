//! What `router check` answers: lines for people, one JSON object for programs.

use std::collections::BTreeMap;

use casework::county::PackProblem;
use casework::dmn::check::{Finding, Region, Report, Undecided};
use casework::dmn::sfeel::Value;
use casework::dmn::{HitPolicy, Table};
use casework::office::liveness::LivenessFinding;
use casework::office::soundness::disclosure::DisclosureFinding;
use casework::office::soundness::ringing::RingingFinding;
use casework::zh;
use casework::zh::check::{Named, chinese, english};
use serde::Serialize;

/// The shape of the JSON object, for `--help`.
pub(super) const SHAPE: &str =
    "Exit codes: 0 sound, 1 a finding or not decided, 2 unreadable or outside the subset of DMN.

JSON (--json), one object:
  sound     true only if nothing was found and nothing is left undecided
  problems  what can't be read or does not fit together: [{file, line, reason}]
  tables    one per decision table: {decision, name, hit_policy, rows, findings, more, undecided}
    findings   {kind, rows, by, column, region, example, differs, text, text_zh}
      kind       gap: no row matches; overlap: rows of a UNIQUE table match together; conflict: rows of an ANY table
                 match together and say different things; never-matches: no allowed input matches the row;
                 hidden: better rows match wherever it does; redundant: without the row all answers are the same;
                 outside-allowed: a cell says what its column does not allow
      rows       the rows it is about, 1-based; by: the rows that hide the row or say the same
      column     the column at fault (never-matches, outside-allowed), else null
      region     where it shows: {column: [values as in a cell]}; columns that may be anything are left out
      example    an input that shows it, {column: value}, with the fewest facts that differ from the usual ones
                 (differs: how many); null where no input can
    more       kinds with more findings than are listed
    undecided  {kind, rows, regions, left, text, text_zh}: what may be wrong was not settled in time; regions = how
               many regions are open, left = some of them
  liveness  ways in which a report of the county would fall through, for a pack without problems:
            [{claim, law, grade, sentence, report, requester_kind}]; report is one that router route reads
  disclosure  what the rules don't say, or wrongly, of what a ticket shows of its report, for a pack without problems:
            [{obligation, unit_kind, row, sentence, reason}]
  ringing   ways in which a notice would ring nobody, for a pack without problems: [{obligation, urgency, sentence, reason}]
An empty answer of COLLECT or RULE ORDER is an answer; with --gaps it counts as a gap.";

/// In which language lines are written.
#[derive(Clone, Copy)]
pub(super) enum Words {
    English,
    Chinese,
}

#[derive(Serialize)]
pub(super) struct Answer {
    sound: bool,
    problems: Vec<PackProblem>,
    tables: Vec<TableAnswer>,
    liveness: Vec<LivenessFinding>,
    disclosure: Vec<DisclosureFinding>,
    ringing: Vec<RingingFinding>,
    #[serde(skip)]
    lines: Vec<String>,
}

#[derive(Serialize)]
struct TableAnswer {
    decision: String,
    name: String,
    hit_policy: &'static str,
    rows: usize,
    findings: Vec<FindingAnswer>,
    more: Vec<&'static str>,
    undecided: Vec<UndecidedAnswer>,
}

/// A finding. Its fields stand in the order of the alphabet: so they were printed from the first version on.
#[derive(Serialize)]
struct FindingAnswer {
    by: Vec<usize>,
    column: Option<String>,
    differs: usize,
    example: Option<BTreeMap<String, Value>>,
    kind: &'static str,
    region: BTreeMap<String, Vec<String>>,
    rows: Vec<usize>,
    text: String,
    text_zh: String,
}

/// The same of what was not decided.
#[derive(Serialize)]
struct UndecidedAnswer {
    kind: &'static str,
    left: Vec<BTreeMap<String, Vec<String>>>,
    regions: usize,
    rows: Vec<usize>,
    text: String,
    text_zh: String,
}

impl Answer {
    pub(super) fn new(problems: Vec<PackProblem>) -> Self {
        Self {
            sound: problems.is_empty(),
            lines: problems.iter().map(ToString::to_string).collect(),
            problems,
            tables: Vec::new(),
            liveness: Vec::new(),
            disclosure: Vec::new(),
            ringing: Vec::new(),
        }
    }

    pub(super) fn sound(&self) -> bool {
        self.sound
    }

    /// Adds ways in which a report would fall through.
    pub(super) fn add_liveness(&mut self, findings: Vec<LivenessFinding>) {
        self.sound &= findings.is_empty();
        self.lines.extend(findings.iter().map(ToString::to_string));
        self.liveness = findings;
    }

    /// Adds what is not said, or wrongly, of what tickets show.
    pub(super) fn add_disclosure(&mut self, findings: Vec<DisclosureFinding>) {
        self.sound &= findings.is_empty();
        let said = findings.iter().map(|found| zh::check::of_disclosure(&found.sentence));
        self.lines.extend(said);
        self.disclosure = findings;
    }

    /// Adds ways in which a notice would ring nobody.
    pub(super) fn add_ringing(&mut self, findings: Vec<RingingFinding>) {
        self.sound &= findings.is_empty();
        self.lines.extend(findings.iter().map(ToString::to_string));
        self.ringing = findings;
    }

    pub(super) fn lines(&self) -> impl Iterator<Item = &String> {
        self.lines.iter()
    }

    /// Adds the report of a table.
    pub(super) fn add(&mut self, file: &str, table: &Table, report: &Report, named: &Named<'_>, words: Words) {
        self.sound &= report.sound();
        let zh = |line: &str| format!("{}：{line}", table.name);
        let en = |line: &str| format!("decision {}: {line}", table.id);
        let mut say = |line: u32, english: &str, chinese: &str| {
            let text = match words {
                Words::English => en(english),
                Words::Chinese => zh(chinese),
            };
            self.lines.push(format!("{file}:{line}: {text}"));
        };
        let mut findings = Vec::new();
        for finding in &report.findings {
            let (text, text_zh) = (english(table, finding), chinese(table, finding, named));
            say(line(table, &finding.rows), &text, &text_zh);
            findings.push(FindingAnswer::of(table, finding, text, text_zh));
        }
        for kind in &report.more {
            let kind = kind.as_str();
            say(
                table.line,
                &format!("there are more findings ({kind}) than are listed"),
                &zh::check::more(kind),
            );
        }
        let mut undecided = Vec::new();
        for open in &report.undecided {
            let (text, text_zh) = (english(table, open), chinese(table, open, named));
            say(line(table, &open.rows), &text, &text_zh);
            undecided.push(UndecidedAnswer::of(table, open, text, text_zh));
        }
        self.tables.push(TableAnswer {
            decision: table.id.clone(),
            name: table.name.clone(),
            hit_policy: HitPolicy::as_str(table.hit_policy),
            rows: table.rules.len(),
            findings,
            more: report.more.iter().map(|kind| kind.as_str()).collect(),
            undecided,
        });
    }
}

/// The line of the first of some rows, or of the table.
fn line(table: &Table, rows: &[usize]) -> u32 {
    let row = rows.first().and_then(|number| table.rules.get(number - 1));
    row.map_or(table.line, |row| row.line)
}

impl FindingAnswer {
    fn of(table: &Table, finding: &Finding, text: String, text_zh: String) -> Self {
        let names = table.inputs.iter().map(|column| column.name.clone());
        let shown = !finding.example.is_empty() || (table.inputs.is_empty() && finding.column.is_none());
        Self {
            kind: finding.kind.as_str(),
            rows: finding.rows.clone(),
            by: finding.by.clone(),
            column: finding.column.clone(),
            region: region(table, &finding.region),
            example: shown.then(|| names.zip(finding.example.iter().cloned()).collect()),
            differs: finding.distance,
            text,
            text_zh,
        }
    }
}

impl UndecidedAnswer {
    fn of(table: &Table, open: &Undecided, text: String, text_zh: String) -> Self {
        Self {
            kind: open.kind.as_str(),
            rows: open.rows.clone(),
            regions: open.regions,
            left: open.left.iter().map(|part| region(table, part)).collect(),
            text,
            text_zh,
        }
    }
}

fn region(table: &Table, region: &Region) -> BTreeMap<String, Vec<String>> {
    let parts = region.0.iter();
    parts
        .map(|part| (table.inputs[part.column].name.clone(), part.words()))
        .collect()
}

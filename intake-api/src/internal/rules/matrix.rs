//! 环节时限 at a glance: each obligation at each urgency, and which row says so.
//!
//! The table has a row per obligation, urgency and stage, some 160 of them; whoever asks "how long has the police for an
//! urgent one" reads one cell here and is led to its row.

use casework::dmn::{Inputs, Table};
use casework::pack::Pack;
use casework::words::{Stage, Urgency};
use platform::text::Lang;

use crate::internal::page::words;

/// One obligation.
pub(super) struct MatrixRow {
    pub(super) obligation: String,
    /// By urgency, the most urgent first.
    pub(super) cells: Vec<MatrixCell>,
}

/// One obligation at one urgency.
pub(super) struct MatrixCell {
    pub(super) urgency: &'static str,
    pub(super) hot: bool,
    pub(super) stages: Vec<MatrixStage>,
}

/// One stage of a cell.
pub(super) struct MatrixStage {
    pub(super) name: &'static str,
    /// Rows that say how long, with their words: one in a sound table.
    pub(super) limits: Vec<(usize, String)>,
}

/// The table as a matrix; nothing where it is another table. An obligation without a row is there all the same.
pub(super) fn matrix(pack: &Pack, table: &Table, lang: Lang) -> Vec<MatrixRow> {
    if table.id != "deadlines" {
        return Vec::new();
    }
    let obligations = pack.vocabulary().obligations.iter();
    obligations
        .map(|term| MatrixRow {
            obligation: term.label.get(lang.pack()).to_owned(),
            cells: Urgency::HIGHEST_FIRST
                .iter()
                .map(|urgency| MatrixCell {
                    urgency: words::urgency(lang, *urgency),
                    hot: *urgency == Urgency::P1,
                    stages: Stage::ALL
                        .iter()
                        .map(|stage| MatrixStage {
                            name: words::stage(lang, (*stage).into()),
                            limits: limits(pack, table, lang, (&term.code, *urgency, *stage)),
                        })
                        .filter(|stage| !stage.limits.is_empty())
                        .collect(),
                })
                .collect(),
        })
        .collect()
}

/// Each row that matches, clashing ones too: then the matrix shows both and the check says what is wrong.
fn limits(
    pack: &Pack,
    table: &Table,
    lang: Lang,
    (obligation, urgency, stage): (&str, Urgency, Stage),
) -> Vec<(usize, String)> {
    let inputs = Inputs::from([
        ("obligation", obligation.into()),
        ("urgency", urgency.as_str().into()),
        ("stage", stage.as_str().into()),
    ]);
    let found = match table.evaluate(&inputs) {
        Ok(rules) => rules.into_iter().map(|rule| rule.number).collect(),
        Err(clash) => clash.rows,
    };
    let rules = table.rules.iter().filter(|rule| found.contains(&rule.number));
    rules
        .map(|rule| {
            let text = |column| table.output(rule, column).as_text().unwrap_or_default();
            let limit = words::limit(lang, text("limit"));
            let said = match text("start") {
                "" | "dispatch" => limit,
                event => {
                    let event = pack.vocabulary().events.label(event, lang.pack());
                    lang.fill("rules.matrix.from", &[("limit", &limit), ("event", event)])
                }
            };
            (rule.number, said)
        })
        .collect()
}

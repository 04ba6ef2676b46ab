//! What must hold of the tables before a report meets them.

use std::collections::{BTreeMap, HashMap};

use super::Deadline;
use super::columns::{self, Allowed, Words};
use crate::calendar::{Limit, Regime};
use crate::clock::escalation::{Anchor, Level};
use crate::county::{Problems, Units, Vocabulary};
use crate::disclosure::{ANY_TICKET, DISCLOSURE, OVERSIGHT_LOOK, Part, Shows};
use crate::dmn::sfeel::Value;
use crate::dmn::{Column, Inputs, Model, Rule, Table};
use crate::words::reserved::DISPATCH;
use crate::words::{Action, Addressee, Grade, Lang, Stage, Urgency};
use crate::zh::tables;

/// The highest escalation level that is looked for.
const MAX_LEVEL: u8 = 9;

/// The longest limit that counts as finite: ten years.
const LONGEST_MINUTES: i64 = 10 * 366 * 24 * 60;

pub(super) struct Check<'c> {
    pub(super) file: &'c str,
    pub(super) vocabulary: &'c Vocabulary,
    pub(super) units: &'c Units,
    pub(super) problems: &'c mut Problems,
}

impl Check<'_> {
    fn add(&mut self, line: u32, reason: impl Into<String>) {
        self.problems.add(self.file, line, reason);
    }

    fn add_zh(&mut self, line: u32, reason: impl Into<String>, zh: impl Into<String>) {
        self.problems.add_zh((self.file, line), reason, zh);
    }

    fn label(&self, obligation: &str) -> String {
        self.vocabulary.obligations.label(obligation, Lang::Zh).to_owned()
    }

    /// The table of a decision, if it is there with the right columns; its cells are checked.
    pub(super) fn table<'m>(&mut self, model: &'m Model, name: &'static str) -> Option<&'m Table> {
        let Some(table) = model.table(name) else {
            self.add(0, format!("decision {name} is missing"));
            return None;
        };
        let (inputs, all_inputs, outputs) = columns::of(name);
        let sound = self.columns(table, &table.inputs, "input", inputs, all_inputs)
            & self.columns(table, &table.outputs, "output", outputs, true);
        if !sound {
            return None;
        }
        for error in table.outside_allowed() {
            self.add(error.line, error.to_string());
        }
        for rule in &table.rules {
            for (column, test) in table.inputs.iter().zip(&rule.tests) {
                for value in test.values() {
                    self.cell(table, rule, column, inputs, value);
                }
            }
            for (column, value) in table.outputs.iter().zip(&rule.outputs) {
                self.cell(table, rule, column, outputs, value);
            }
        }
        Some(table)
    }

    fn columns(&mut self, table: &Table, found: &[Column], which: &str, allowed: &[Allowed], all: bool) -> bool {
        let mut sound = true;
        for column in found {
            let known = allowed.iter().find(|allowed| allowed.name == column.name);
            let reason = match known {
                None => format!("decision {}: {which} column {} is not known", table.id, column.name),
                Some(known) if known.kind != column.kind => {
                    format!(
                        "decision {}: {which} column {} must be of type {}",
                        table.id, column.name, known.kind
                    )
                }
                Some(_) => continue,
            };
            self.add(column.line, reason);
            sound = false;
        }
        for wanted in allowed.iter().filter(|_| all) {
            if !found.iter().any(|column| column.name == wanted.name) {
                self.add(
                    table.line,
                    format!("decision {}: {which} column {} is missing", table.id, wanted.name),
                );
                sound = false;
            }
        }
        sound
    }

    fn cell(&mut self, table: &Table, rule: &Rule, column: &Column, allowed: &[Allowed], value: &Value) {
        let Some(wanted) = allowed.iter().find(|allowed| allowed.name == column.name) else {
            return;
        };
        let at = |reason: String| {
            format!(
                "decision {}, row {}, column {}: {reason}",
                table.id, rule.number, column.name
            )
        };
        let reason = match (wanted.words, value) {
            (_, Value::Null) => "the cell is empty".to_owned(),
            (Words::Prose, Value::Text(text)) if text.trim().is_empty() => "the cell is empty".to_owned(),
            (Words::Limit, Value::Text(text)) => match text.parse::<Limit>() {
                Ok(_) => return,
                Err(error) => error.to_string(),
            },
            (Words::Fact(fact), Value::Text(word)) if !fact.values().contains(value) => {
                format!("{word} is not a known word")
            }
            (Words::Closed(knows), Value::Text(word)) if !knows(word) => {
                format!("{word} is not a known word")
            }
            (Words::Pack(knows, list), Value::Text(word)) if !knows(self.vocabulary, word) => {
                format!("{word} is not a known {list}")
            }
            (Words::Pack(..), Value::Text(word))
                if table.id != DISCLOSURE
                    && matches!(column.name.as_str(), "unit_kind" | "requester_kind")
                    && !self.units.allows_kind(word) =>
            {
                format!("no unit of units.csv is of kind {word}")
            }
            _ => return,
        };
        let zh = tables::unknown_word(column.heading());
        self.add_zh(rule.line, at(reason), zh);
    }

    /// Every obligation and urgency needs finite sign and resolve limits; contact may be left out.
    pub(super) fn deadlines(&mut self, table: &Table) -> HashMap<(String, Urgency, Stage), Deadline> {
        let mut deadlines = HashMap::new();
        let obligations: Vec<String> = self
            .vocabulary
            .obligations
            .iter()
            .map(|term| term.code.clone())
            .collect();
        for obligation in obligations {
            for urgency in Urgency::HIGHEST_FIRST {
                for &stage in Stage::ALL {
                    let inputs = Inputs::from([
                        ("obligation", obligation.as_str().into()),
                        ("urgency", urgency.as_str().into()),
                        ("stage", stage.as_str().into()),
                    ]);
                    let found = match table.evaluate(&inputs) {
                        Ok(hits) => hits.first().and_then(|rule| self.deadline(table, rule, stage)),
                        Err(ambiguous) => {
                            let zh = tables::several_limits(&self.label(&obligation), urgency, stage);
                            self.add_zh(table.line, format!("{obligation} {urgency} {stage}: {ambiguous}"), zh);
                            continue;
                        }
                    };
                    match found {
                        Some(deadline) => {
                            deadlines.insert((obligation.clone(), urgency, stage), deadline);
                        }
                        None if stage == Stage::Contact => {}
                        None => {
                            let reason = format!("{obligation} has no {stage} limit at urgency {urgency}");
                            let zh = tables::no_limit(&self.label(&obligation), urgency, stage);
                            self.add_zh(table.line, format!("decision {}: {reason}", table.id), zh);
                        }
                    }
                }
            }
        }
        deadlines
    }

    fn deadline(&mut self, table: &Table, rule: &Rule, stage: Stage) -> Option<Deadline> {
        let text = |column| table.output(rule, column).as_text().unwrap_or_default();
        let limit: Limit = text("limit").parse().ok()?;
        if limit.count == 0 {
            let reason = format!(
                "decision {}, row {}: a limit of 0 leaves no time",
                table.id, rule.number
            );
            self.add_zh(rule.line, reason, tables::NO_TIME);
            return None;
        }
        if limit.shortest_minutes() > LONGEST_MINUTES {
            let reason = format!("{limit} is longer than ten years; no child waits that long");
            let reason = format!("decision {}, row {}: {reason}", table.id, rule.number);
            self.add_zh(rule.line, reason, tables::TOO_LONG);
            return None;
        }
        if stage == Stage::Sign && text("start") != DISPATCH {
            let reason = "signing starts with the dispatch; any other event may never come";
            let reason = format!("decision {}, row {}: {reason}", table.id, rule.number);
            self.add_zh(rule.line, reason, tables::SIGN_STARTS_WITH_DISPATCH);
        }
        Some(Deadline {
            limit,
            start: text("start").to_owned(),
            basis: text("basis").to_owned(),
            grade: Grade::of_cell(text("grade")),
            row: rule.number,
        })
    }

    /// The levels of each urgency and stage, in order.
    pub(super) fn escalation(&mut self, table: &Table) -> BTreeMap<(Urgency, Stage), Vec<Level>> {
        let mut escalation = BTreeMap::new();
        for urgency in Urgency::HIGHEST_FIRST {
            for &stage in Stage::ALL {
                let mut levels = Vec::new();
                for level in 1..=MAX_LEVEL {
                    let inputs = Inputs::from([
                        ("urgency", urgency.as_str().into()),
                        ("stage", stage.as_str().into()),
                        ("level", i64::from(level).into()),
                    ]);
                    match table.evaluate(&inputs) {
                        Ok(hits) => levels.extend(hits.first().and_then(|rule| self.level(table, rule, level))),
                        Err(ambiguous) => {
                            let zh = tables::several_levels(urgency, stage, level);
                            self.add_zh(table.line, format!("{urgency} {stage} level {level}: {ambiguous}"), zh);
                        }
                    }
                }
                let gap = levels
                    .iter()
                    .zip(1..)
                    .any(|(level, wanted): (&Level, u8)| level.level != wanted);
                if levels.is_empty() || gap {
                    let reason = "the levels must be 1, 2, 3 and so on without a gap";
                    let zh = tables::missing_level(urgency, stage);
                    self.add_zh(
                        table.line,
                        format!("decision {}: {urgency} {stage}: {reason}", table.id),
                        zh,
                    );
                }
                escalation.insert((urgency, stage), levels);
            }
        }
        escalation
    }

    /// What each obligation shows to each unit kind, and to who looks without a ticket. Which rows must be there is not a
    /// question of one table ([`crate::office::soundness::disclosure::check`]).
    pub(super) fn disclosure(&mut self, table: &Table) -> HashMap<(String, String), (Shows, usize)> {
        let mut rows = HashMap::new();
        let kinds = self.vocabulary.unit_kinds.iter().map(|kind| kind.term.code.clone());
        let kinds: Vec<String> = kinds.chain([OVERSIGHT_LOOK.to_owned()]).collect();
        let asked = self.vocabulary.obligations.iter().map(|term| term.code.clone());
        for obligation in asked.chain([ANY_TICKET.to_owned()]) {
            for kind in &kinds {
                let inputs = Inputs::from([
                    ("obligation", obligation.as_str().into()),
                    ("unit_kind", kind.as_str().into()),
                ]);
                match table.evaluate(&inputs) {
                    Ok(hits) => {
                        let Some(rule) = hits.first() else { continue };
                        let shown = |part: &Part| *table.output(rule, part.as_str()) == Value::Flag(true);
                        let shows = Part::ALL.iter().copied().filter(shown).collect();
                        rows.insert((obligation.clone(), kind.clone()), (shows, rule.number));
                    }
                    Err(ambiguous) => {
                        let label = self.vocabulary.unit_kinds.label(kind, Lang::Zh).to_owned();
                        let zh = tables::several_shows(&self.label(&obligation), &label);
                        self.add_zh(table.line, format!("{obligation} {kind}: {ambiguous}"), zh);
                    }
                }
            }
        }
        rows
    }

    fn level(&mut self, table: &Table, rule: &Rule, level: u8) -> Option<Level> {
        let text = |column| table.output(rule, column).as_text().unwrap_or_default();
        let percent = table
            .output(rule, "percent")
            .as_whole()
            .and_then(|percent| u32::try_from(percent).ok());
        let minimum: Option<Limit> = text("minimum").parse().ok();
        let minutes = minimum
            .filter(|limit| matches!(limit.regime, Regime::Minutes | Regime::Hours))
            .and_then(|limit| u32::try_from(limit.shortest_minutes()).ok());
        let (Some(percent), Some(minimum_minutes), Some(anchor)) =
            (percent, minutes, Anchor::from_word(text("anchor")))
        else {
            let reason = "percent must be 0 or more and minimum a limit in min or h";
            let reason = format!("decision {}, row {}: {reason}", table.id, rule.number);
            self.add_zh(rule.line, reason, tables::NO_SPAN);
            return None;
        };
        // A wrong word is named by the check of its cell; until it is mended somebody is told.
        Some(Level {
            level,
            to: text("to").parse().unwrap_or(Addressee::Office),
            anchor,
            percent,
            minimum_minutes,
            action: text("action").parse().unwrap_or(Action::Urge),
            row: rule.number,
        })
    }

    /// Each level comes strictly after the one below it, for the shortest span that any deadline can have and
    /// for all longer ones.
    pub(super) fn steps_increase(
        &mut self,
        escalation: &BTreeMap<(Urgency, Stage), Vec<Level>>,
        deadlines: &HashMap<(String, Urgency, Stage), Deadline>,
    ) {
        for (&(urgency, stage), levels) in escalation {
            let shortest = deadlines
                .iter()
                .filter(|((_, of, at), _)| (*of, *at) == (urgency, stage))
                .map(|(_, deadline)| deadline.limit.shortest_minutes())
                .min();
            let Some(shortest) = shortest else { continue };
            for pair in levels.windows(2) {
                if let [lower, upper] = pair
                    && !increases(lower, upper, shortest)
                {
                    let reason = format!(
                        "level {} (row {}) must come after level {} (row {}) for every span",
                        upper.level, upper.row, lower.level, lower.row
                    );
                    let zh = tables::unordered_levels(urgency, stage, upper.level, lower.level);
                    self.add_zh(0, format!("decision escalation: {urgency} {stage}: {reason}"), zh);
                }
            }
        }
    }
}

/// Whether `upper` lies after `lower` for every span of `shortest` minutes or more.
fn increases(lower: &Level, upper: &Level, shortest: i64) -> bool {
    // A delay is max(percent of the span, minimum): with a larger percent and a minimum that is no smaller,
    // the upper one grows faster, so the shortest span decides.
    let delay =
        |level: &Level| (shortest * i64::from(level.percent) * 60 / 100).max(i64::from(level.minimum_minutes) * 60);
    match (lower.anchor, upper.anchor) {
        (Anchor::Start, Anchor::Due) => lower.percent < 100 && delay(lower) < shortest * 60,
        (Anchor::Due, Anchor::Start) => false,
        _ => {
            lower.percent < upper.percent
                && lower.minimum_minutes <= upper.minimum_minutes
                && delay(lower) < delay(upper)
        }
    }
}

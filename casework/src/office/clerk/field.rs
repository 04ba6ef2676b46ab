//! A cell as a form's fields, and the form's fields as a cell.
//!
//! Field names begin with `if.` or `then.` and the column's name. An input of words has `if.place.mode` (`any`, `some`,
//! `not`) and one `if.place` per chosen code; a flag has `if.repeat` (empty, `true`, `false`); a whole number has
//! `if.age.from` and `if.age.to`, either of which may be empty. An output of words has `then.role`; a limit
//! `then.limit.count` and `then.limit.unit`; a whole number and free text `then.percent`, `then.basis`.
//!
//! What a clerk can't say in these words (two ranges in one cell, say) is [`Field::Complex`]: it is shown and kept as it is.

use rust_decimal::Decimal;
use serde::Serialize;

use crate::calendar::{Limit, Regime};
use crate::dmn::sfeel::{Bound, Item, Kind, Test, Value};
use crate::dmn::{Column, Row, Rule, Table};
use crate::pack::Pack;
use crate::zh::cells::{self, Choice, choices, heading};
use crate::zh::forms::{BACKWARDS, CHOOSE, EMPTY, LIMIT, NONE_TICKED, TICKED, WHOLE};

/// How a cell is edited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Field {
    /// Any, some or none of these words.
    Words {
        /// Which.
        mode: Mode,
        /// The words, chosen or not.
        choices: Vec<(Choice, bool)>,
    },
    /// Any, yes or no.
    Flag(Option<bool>),
    /// From, to; both included.
    Range(Option<i64>, Option<i64>),
    /// Shown and kept.
    Complex(String),
    /// One of these words.
    Choice {
        /// The words, chosen or not.
        choices: Vec<(Choice, bool)>,
    },
    /// So many of these.
    Limit {
        /// `24`
        count: String,
        /// `h`, with all units and their words.
        units: Vec<(Choice, bool)>,
    },
    /// A whole number.
    Number(String),
    /// Free text.
    Text(String),
}

/// How an input of words is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Mode {
    /// 不限
    Any,
    /// 是下列之一
    Some,
    /// 不是下列任何一个
    Not,
}

/// A field with its name and heading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NamedField {
    /// Beginning of the names in the form: `if.place`, `then.role`.
    pub name: String,
    /// What people call the column.
    pub heading: String,
    /// How it is edited.
    pub field: Field,
}

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldProblem {
    /// Beginning of the field's names.
    pub name: String,
    /// What is wrong and what to do.
    pub zh: String,
    /// The same in English.
    pub en: String,
}

/// The fields of a row: inputs, then outputs. `None` = a new row.
pub fn fields(pack: &Pack, table: &Table, rule: Option<&Rule>) -> Vec<NamedField> {
    let row = rule.map_or_else(|| blank(table), Row::of);
    let inputs = table.inputs.iter().zip(&row.tests).map(|(column, test)| NamedField {
        name: format!("if.{}", column.name),
        heading: heading(column).to_owned(),
        field: input(pack, column, test),
    });
    let outputs = table
        .outputs
        .iter()
        .zip(&row.outputs)
        .map(|(column, value)| NamedField {
            name: format!("then.{}", column.name),
            heading: heading(column).to_owned(),
            field: output(pack, column, value),
        });
    inputs.chain(outputs).collect()
}

/// The row that a form describes. `rule` is the row it was made from: what was not touched stays exactly as it was.
pub fn row_from(
    pack: &Pack,
    table: &Table,
    rule: Option<&Rule>,
    typed: &[(String, String)],
) -> Result<Row, Vec<FieldProblem>> {
    let old = rule.map_or_else(|| blank(table), Row::of);
    let typed = Typed(typed);
    let mut problems = Vec::new();
    let mut keep = |name: String, problem: (&str, &str)| {
        problems.push(FieldProblem {
            name,
            zh: problem.0.to_owned(),
            en: problem.1.to_owned(),
        });
    };
    let mut row = Row {
        was: rule.map(|rule| rule.number),
        tests: Vec::new(),
        outputs: Vec::new(),
    };
    for (column, was) in table.inputs.iter().zip(old.tests) {
        let name = format!("if.{}", column.name);
        match typed.test(&name, &input(pack, column, &was)) {
            Ok(Some(test)) if !same(&test, &was) => row.tests.push(test),
            Ok(_) => row.tests.push(was),
            Err(problem) => keep(name, problem),
        }
    }
    for (column, was) in table.outputs.iter().zip(old.outputs) {
        let name = format!("then.{}", column.name);
        match typed.value(&name, &output(pack, column, &was)) {
            Ok(text) if text == said(pack, column, &was) => row.outputs.push(was),
            Ok(text) if column.kind == Kind::Whole => match text.parse::<i64>() {
                Ok(number) => row.outputs.push(number.into()),
                Err(_) => keep(name, WHOLE),
            },
            Ok(text) if column.kind == Kind::Flag => row.outputs.push((text == "true").into()),
            Ok(text) => row.outputs.push(text.as_str().into()),
            Err(problem) => keep(name, problem),
        }
    }
    if problems.is_empty() { Ok(row) } else { Err(problems) }
}

fn blank(table: &Table) -> Row {
    Row {
        was: None,
        tests: table.inputs.iter().map(|_| Test::Any).collect(),
        outputs: table.outputs.iter().map(|_| Value::Null).collect(),
    }
}

fn input(pack: &Pack, column: &Column, test: &Test) -> Field {
    let complex = || Field::Complex(cells::test(pack, column, test));
    match (column.kind, test) {
        (Kind::Flag, Test::Any) => Field::Flag(None),
        (Kind::Flag, Test::OneOf(items)) => match items.as_slice() {
            [Item::Is(Value::Flag(flag))] => Field::Flag(Some(*flag)),
            _ => complex(),
        },
        (Kind::Whole, Test::Any) => Field::Range(None, None),
        (Kind::Whole, Test::OneOf(items)) => range(items).map_or_else(complex, |(from, to)| Field::Range(from, to)),
        (Kind::Text, test) => {
            let Some(words) = choices(pack, column) else {
                return complex();
            };
            let (mode, items) = match test {
                Test::Any => (Mode::Any, &[][..]),
                Test::OneOf(items) => (Mode::Some, items.as_slice()),
                Test::Not(items) => (Mode::Not, items.as_slice()),
            };
            let chosen: Option<Vec<&str>> = items.iter().map(text_of).collect();
            let known = |code: &&str| words.iter().any(|word| word.code == **code);
            match chosen {
                Some(chosen) if chosen.iter().all(known) => Field::Words {
                    mode,
                    choices: tick(words, |code| chosen.contains(&code)),
                },
                _ => complex(),
            }
        }
        _ => complex(),
    }
}

fn output(pack: &Pack, column: &Column, value: &Value) -> Field {
    if matches!(column.name.as_str(), "limit" | "minimum") {
        let limit = value.as_text().and_then(|text| text.parse::<Limit>().ok());
        // The shortest way between two levels is exact: it has no days.
        let short = column.name == "minimum";
        let regimes = Regime::ALL
            .iter()
            .filter(|regime| !short || matches!(regime, Regime::Minutes | Regime::Hours));
        let units = regimes.map(|regime| {
            let choice = Choice {
                code: regime.unit().to_owned(),
                label: regime.zh().to_owned(),
            };
            (choice, limit.is_some_and(|limit| limit.regime == *regime))
        });
        return Field::Limit {
            count: limit.map_or_else(String::new, |limit| limit.count.to_string()),
            units: units.collect(),
        };
    }
    let said = said(pack, column, value);
    match (column.kind, choices(pack, column)) {
        (Kind::Text, Some(words)) => Field::Choice {
            choices: tick(words, |code| code == said),
        },
        (Kind::Flag, _) => Field::Choice {
            choices: tick(cells::yes_no(), |code| code == said),
        },
        (Kind::Whole, _) => Field::Number(said),
        _ => Field::Text(said),
    }
}

/// An output as its field shows it: a basis in Chinese, everything else as the model has it.
fn said(pack: &Pack, column: &Column, value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Text(text) if column.name == "basis" => cells::word(pack, column, text),
        Value::Text(text) => text.clone(),
        Value::Number(number) => number.normalize().to_string(),
        Value::Flag(flag) => flag.to_string(),
    }
}

fn tick(words: Vec<Choice>, chosen: impl Fn(&str) -> bool) -> Vec<(Choice, bool)> {
    let tick = |word: Choice| {
        let chosen = chosen(&word.code);
        (word, chosen)
    };
    words.into_iter().map(tick).collect()
}

fn text_of(item: &Item) -> Option<&str> {
    match item {
        Item::Is(value) => value.as_text(),
        Item::Between(..) => None,
    }
}

/// One range of whole numbers.
fn range(items: &[Item]) -> Option<(Option<i64>, Option<i64>)> {
    let whole = |at: Decimal| Value::Number(at).as_whole();
    let end = |bound: &Option<Bound>| match bound {
        None => Some(None),
        Some(bound) if bound.included => whole(bound.at).map(Some),
        Some(_) => None,
    };
    match items {
        [Item::Is(value)] => value.as_whole().map(|number| (Some(number), Some(number))),
        [Item::Between(low, high)] => Some((end(low)?, end(high)?)),
        _ => None,
    }
}

/// Whether two tests accept the same, so that an untouched cell keeps its way of saying it.
pub(crate) fn same(a: &Test, b: &Test) -> bool {
    let set = |items: &[Item]| {
        let mut words: Vec<String> = items.iter().map(|item| format!("{item:?}")).collect();
        words.sort();
        words
    };
    match (a, b) {
        (Test::Any, Test::Any) => true,
        (Test::OneOf(a), Test::OneOf(b)) => {
            set(a) == set(b) || range(a).is_some_and(|range| Some(range) == self::range(b))
        }
        (Test::Not(a), Test::Not(b)) => set(a) == set(b),
        _ => false,
    }
}

/// What a form sent.
struct Typed<'t>(&'t [(String, String)]);

impl Typed<'_> {
    fn get(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value.trim())
    }

    /// The test of an input; `None` = as it was.
    fn test(&self, name: &str, field: &Field) -> Result<Option<Test>, (&'static str, &'static str)> {
        match field {
            Field::Words { choices, .. } => {
                let ticked: Vec<Item> = choices
                    .iter()
                    .map(|(choice, _)| choice.code.as_str())
                    .filter(|code| self.0.iter().any(|(key, value)| key == name && value == code))
                    .map(|code| Item::Is(code.into()))
                    .collect();
                let untouched = choices
                    .iter()
                    .all(|(choice, was)| *was == ticked.iter().any(|item| text_of(item) == Some(&choice.code)));
                match self.get(&format!("{name}.mode")) {
                    // Somebody who ticks something means it, and must not lose it to a drop-down that still says 不限.
                    "any" if !ticked.is_empty() && !untouched => Err(TICKED),
                    "any" => Ok(Some(Test::Any)),
                    "some" | "not" if ticked.is_empty() => Err(NONE_TICKED),
                    "some" => Ok(Some(Test::OneOf(ticked))),
                    "not" => Ok(Some(Test::Not(ticked))),
                    _ => Err(CHOOSE),
                }
            }
            Field::Flag(_) => match self.get(name) {
                "" => Ok(Some(Test::Any)),
                "true" => Ok(Some(Test::OneOf(vec![Item::Is(true.into())]))),
                "false" => Ok(Some(Test::OneOf(vec![Item::Is(false.into())]))),
                _ => Err(CHOOSE),
            },
            Field::Range(..) => {
                let end = |end: &str| match self.get(&format!("{name}.{end}")) {
                    "" => Ok(None),
                    typed => typed.parse::<i64>().map(Some).map_err(|_| WHOLE),
                };
                let bound = |number: Option<i64>| {
                    number.map(|number| Bound {
                        at: number.into(),
                        included: true,
                    })
                };
                match (end("from")?, end("to")?) {
                    (None, None) => Ok(Some(Test::Any)),
                    (Some(from), Some(to)) if from > to => Err(BACKWARDS),
                    (Some(from), Some(to)) if from == to => Ok(Some(Test::OneOf(vec![Item::Is(from.into())]))),
                    (from, to) => Ok(Some(Test::OneOf(vec![Item::Between(bound(from), bound(to))]))),
                }
            }
            _ => Ok(None),
        }
    }

    /// The text of an output as its field shows it.
    fn value(&self, name: &str, field: &Field) -> Result<String, (&'static str, &'static str)> {
        let typed = self.get(name);
        match field {
            Field::Choice { choices } => {
                let known = choices.iter().any(|(choice, _)| choice.code == typed);
                if known { Ok(typed.to_owned()) } else { Err(CHOOSE) }
            }
            Field::Limit { units, .. } => {
                let count = self.get(&format!("{name}.count")).parse::<u32>().ok();
                // A level may come at once; a deadline leaves some time.
                let count = count.filter(|count| *count > 0 || name == "then.minimum");
                let unit = self.get(&format!("{name}.unit"));
                match count {
                    Some(count) if units.iter().any(|(choice, _)| choice.code == unit) => Ok(format!("{count}{unit}")),
                    _ => Err(LIMIT),
                }
            }
            _ if typed.is_empty() => Err(EMPTY),
            _ => Ok(typed.to_owned()),
        }
    }
}

//! From the words of a cell back to what the model holds: the inverse of `words`, for people who fill in a spreadsheet.
//!
//! Labels hold commas and 或 themselves, so a list is read from left to right against the labels of the column, and only
//! a reading that is the only one counts. Codes and S-FEEL are refused: who copied `< 8` from somewhere would not see
//! what it means. Of numbers 以上 and 以下 include the number, 小于, 不满 and 大于 do not, as in the law.

mod number;

use super::words::{self, Choice, choices, heading};
use crate::calendar::{Limit, Regime};
use crate::dmn::sfeel::{Item, Kind, Test, Value};
use crate::dmn::{Column, Row, Rule, Table};
use crate::pack::Pack;

/// No text of a cell is longer, in characters; the longest list of all situations is far shorter.
const MAX_CHARS: usize = 2_000;
/// Of longer lists only the first words are named in a problem.
const NAMED: usize = 8;
/// A text of half words and commas is given up after so many tries.
const MAX_TRIES: u32 = 10_000;

/// What is wrong with a cell, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct CellProblem {
    /// For a clerk.
    pub zh: String,
    /// In English.
    pub en: String,
}

impl CellProblem {
    fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            zh: zh.into(),
            en: en.into(),
        }
    }
}

/// The row that cells in words say, inputs first. `was` is the row of the table that it was made from: what still reads
/// as it did stays exactly as it was. Errors: the index of each cell that can't be read, and why.
pub fn row(
    pack: &Pack,
    table: &Table,
    was: Option<&Rule>,
    cells: &[impl AsRef<str>],
) -> Result<Row, Vec<(usize, CellProblem)>> {
    let mut row = Row {
        was: was.map(|rule| rule.number),
        tests: Vec::new(),
        outputs: Vec::new(),
    };
    let mut problems = Vec::new();
    let text = |index: usize| cells.get(index).map_or("", |cell| cell.as_ref().trim());
    for (index, column) in table.inputs.iter().enumerate() {
        let old = was.and_then(|rule| rule.tests.get(index));
        match old.filter(|old| words::test(pack, column, old) == text(index)) {
            Some(old) => row.tests.push(old.clone()),
            None => match test(pack, column, text(index)) {
                Ok(test) => row.tests.push(test),
                Err(problem) => problems.push((index, problem)),
            },
        }
    }
    for (output, column) in table.outputs.iter().enumerate() {
        let index = table.inputs.len() + output;
        // A text that any row of the column says is kept as the model has it, however it is shown.
        let own = was.and_then(|rule| rule.outputs.get(output));
        let known = own
            .into_iter()
            .chain(table.rules.iter().filter_map(|rule| rule.outputs.get(output)));
        let mut known = known.filter(|_| own.is_some() || column.name == "basis");
        match known.find(|known| words::value(pack, column, known) == text(index)) {
            Some(known) => row.outputs.push(known.clone()),
            None => match value(pack, column, text(index)) {
                Ok(value) => row.outputs.push(value),
                Err(problem) => problems.push((index, problem)),
            },
        }
    }
    if problems.is_empty() { Ok(row) } else { Err(problems) }
}

/// Reads an input cell; an empty one asks nothing.
pub fn test(pack: &Pack, column: &Column, text: &str) -> Result<Test, CellProblem> {
    let text = text.trim();
    if text.is_empty() || text == "不限" {
        return Ok(Test::Any);
    }
    short_enough(text)?;
    match (items(pack, column, text), text.strip_prefix("不是")) {
        (Ok(items), _) => Ok(Test::OneOf(items)),
        (Err(_), Some(rest)) => Ok(Test::Not(items(pack, column, rest)?)),
        (Err(problem), None) => Err(problem),
    }
}

/// Reads an output cell.
pub fn value(pack: &Pack, column: &Column, text: &str) -> Result<Value, CellProblem> {
    let text = text.trim();
    if text.is_empty() || text == "（空）" {
        return Err(CellProblem::new("不能为空。", "This must not be empty."));
    }
    short_enough(text)?;
    match column.name.as_str() {
        "limit" => return limit(text, Regime::ALL),
        "minimum" => return limit(text, &[Regime::Minutes, Regime::Hours]),
        _ if column.kind == Kind::Text && choices(pack, column).is_none() => return Ok(text.into()),
        _ => {}
    }
    match items(pack, column, text)?.as_slice() {
        [Item::Is(value)] => Ok(value.clone()),
        _ => Err(one_only(pack, column)),
    }
}

fn items(pack: &Pack, column: &Column, text: &str) -> Result<Vec<Item>, CellProblem> {
    match column.kind {
        Kind::Whole | Kind::Number => number::items(pack, column, text),
        Kind::Flag => {
            let said = listed(text, &["是", "否"]);
            let problem = || CellProblem::new("请写“是”“否”或“不限”。", "Write 是, 否 or 不限.");
            let found = said.map_err(|_| problem())?;
            Ok(found.into_iter().map(|index| Item::Is((index == 0).into())).collect())
        }
        Kind::Text => {
            let known = choices(pack, column).unwrap_or_default();
            let labels: Vec<&str> = known.iter().map(|choice| choice.label.trim()).collect();
            let found = listed(text, &labels).or_else(|unread| graded(column, &known, text).ok_or(unread));
            let found = found.map_err(|unread| unread.problem(column, &known, text))?;
            Ok(found
                .into_iter()
                .map(|index| Item::Is(known[index].code.as_str().into()))
                .collect())
        }
    }
}

/// A grade may be written by its letter, as everybody calls it.
fn graded(column: &Column, known: &[Choice], text: &str) -> Option<Vec<usize>> {
    let index = known.iter().position(|choice| choice.code == text)?;
    (column.name == "grade").then(|| vec![index])
}

/// Why a list of words can't be read.
enum Unread {
    /// Some part is no word of the column.
    Unknown,
    /// It can be read in two ways.
    Twofold,
}

impl Unread {
    fn problem(&self, column: &Column, known: &[Choice], text: &str) -> CellProblem {
        let (text, offer) = (short(text), offer(column, known));
        let heading = heading(column);
        match self {
            Self::Unknown => CellProblem::new(
                format!("“{text}”不是“{heading}”一栏的词；不要写代码或公式。{offer}"),
                format!("\"{text}\" is no word of {}; write no codes. {offer}", column.name),
            ),
            Self::Twofold => CellProblem::new(
                format!("“{text}”有两种读法：本栏有名称相同或相连的词，请在网页上修改本格。"),
                format!("\"{text}\" can be read in two ways; change this cell on the page."),
            ),
        }
    }
}

/// `可写：主办；协办。`
fn offer(column: &Column, known: &[Choice]) -> String {
    let labels: Vec<&str> = known.iter().map(|choice| choice.label.as_str()).collect();
    let more = if labels.len() > NAMED {
        format!("等 {} 项", labels.len())
    } else {
        String::new()
    };
    match labels.len() {
        0 => format!("“{}”一栏请在网页上修改。", heading(column)),
        count => format!("可写：{}{more}。", labels[..count.min(NAMED)].join("；")),
    }
}

fn one_only(pack: &Pack, column: &Column) -> CellProblem {
    let offer = match column.kind {
        Kind::Text => offer(column, &choices(pack, column).unwrap_or_default()),
        Kind::Flag => "可写：是；否。".to_owned(),
        Kind::Whole | Kind::Number => "可写一个数，例如 50。".to_owned(),
    };
    CellProblem::new(format!("只能写一项。{offer}"), format!("Only one value. {offer}"))
}

/// The words of a list, by index.
fn listed(text: &str, labels: &[&str]) -> Result<Vec<usize>, Unread> {
    struct Search<'l> {
        labels: &'l [&'l str],
        tries: u32,
        path: Vec<usize>,
        readings: Vec<Vec<usize>>,
    }
    impl Search<'_> {
        fn rest(&mut self, text: &str) {
            let text = text.trim_start();
            let negated = text.strip_prefix("也不是").map(str::trim_start);
            for text in [Some(text), negated].into_iter().flatten() {
                for index in 0..self.labels.len() {
                    let Some(after) = text.strip_prefix(self.labels[index]).map(str::trim_start) else {
                        continue;
                    };
                    self.tries += 1;
                    if self.tries > MAX_TRIES || self.readings.len() > 1 || self.labels[index].is_empty() {
                        return;
                    }
                    self.path.push(index);
                    if after.is_empty() {
                        self.readings.push(self.path.clone());
                    } else if let Some(next) = after.strip_prefix(is_separator) {
                        self.rest(next);
                    }
                    self.path.pop();
                }
            }
        }
    }
    let mut search = Search {
        labels,
        tries: 0,
        path: Vec::new(),
        readings: Vec::new(),
    };
    search.rest(text);
    match (search.readings.len(), search.readings.pop()) {
        (1, Some(only)) if search.tries <= MAX_TRIES => Ok(only),
        (0, _) => Err(Unread::Unknown),
        _ => Err(Unread::Twofold),
    }
}

fn is_separator(c: char) -> bool {
    matches!(c, '或' | '；' | '、' | '，' | ',' | ';' | '\n')
}

/// `30分钟`, `24小时`, `3日`, `5个工作日`, `1个月`.
fn limit(text: &str, units: &[Regime]) -> Result<Value, CellProblem> {
    let problem = || {
        let example = |regime: &Regime| {
            Limit {
                count: 3,
                regime: *regime,
            }
            .zh()
        };
        let like = units.iter().map(example).collect::<Vec<_>>().join("、");
        CellProblem::new(
            format!("“{}”不是时限，请写如：{like}。", short(text)),
            format!("\"{}\" is no limit; write for example {like}.", short(text)),
        )
    };
    let split = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(problem)?;
    let (count, unit) = text.split_at(split);
    let regime = match unit.trim() {
        "分钟" => Regime::Minutes,
        "小时" | "个小时" => Regime::Hours,
        "日" | "天" => Regime::StatutoryDays,
        "个工作日" | "工作日" => Regime::WorkingDays,
        "个月" | "月" => Regime::Months,
        _ => return Err(problem()),
    };
    let count = count.parse().map_err(|_| problem())?;
    let limit = Limit { count, regime };
    units
        .contains(&regime)
        .then(|| Value::Text(limit.to_string()))
        .ok_or_else(problem)
}

fn short_enough(text: &str) -> Result<(), CellProblem> {
    if text.chars().count() <= MAX_CHARS {
        return Ok(());
    }
    Err(CellProblem::new(
        format!("文字太长，最多 {MAX_CHARS} 字。"),
        format!("Too long; at most {MAX_CHARS} characters."),
    ))
}

/// The beginning of a text.
fn short(text: &str) -> String {
    const SHOWN: usize = 30;
    let mut out: String = text.chars().take(SHOWN).collect();
    if text.chars().count() > SHOWN {
        out.push('…');
    }
    out
}
